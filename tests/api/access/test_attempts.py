"""Attempts to sign in: slowed where they are made, counted by all processes together, and in nobody else's way."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api.access import attempts
from api.access.attempts import (
    FREE_ATTEMPTS,
    LONGEST_DELAY,
    MOST_DEVICES,
    SPREAD_ATTEMPTS,
    Attempt,
    TooManyAttempts,
    delay_after,
    device_cookie,
    device_cookie_name,
    known_device,
    note_refusal,
    note_success,
    remember_device,
    require_attempt_allowed,
)
from api.access.credentials_key import make_credentials_key
from projections.access import door
from projections.store import postgres
from projections.store.store import Store

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
ANNA = Attempt("acc-k3v5o2aq7x4mlc6e", "203.0.113.9")


class AttemptHarness:
    """A store with a key, and a clock that a test sets."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.key = make_credentials_key()
        self.now = NOW

    def tries(self, attempt: Attempt = ANNA, times: int = 1) -> list[int]:
        """Tries so many times, wrongly: 0 for what may go on, the seconds to wait otherwise."""
        waits = []
        for _ in range(times):
            try:
                door.writing(self.store, lambda cursor: require_attempt_allowed(cursor, self.key, attempt, self.now))
                waits.append(0)
            except TooManyAttempts as error:
                waits.append(error.retry_after or 0)
        return waits

    def succeeds(self, attempt: Attempt = ANNA) -> None:
        """Tries once, rightly."""
        assert self.tries(attempt) == [0]
        with self.store.datastore.cursor(commit=True) as cursor:
            note_success(cursor, self.key, attempt)

    def refused(self, kind: str, times: int = 1) -> list[int]:
        """What the record is told of so many refusals."""
        with self.store.datastore.cursor(commit=True) as cursor:
            return [note_refusal(cursor, self.key, kind, self.now) for _ in range(times)]

    def remembers(self, account: str = ANNA.account, device: str = "") -> str:
        """Remembers a browser; the secret of its cookie."""
        with self.store.datastore.cursor(commit=True) as cursor:
            return remember_device(cursor, self.key, account, device, self.now)

    def knows(self, secret: str, account: str = ANNA.account) -> str:
        """By what a browser is known."""
        with self.store.datastore.cursor() as cursor:
            return known_device(cursor, self.key, account, ["another", secret], self.now)


@pytest.fixture
def at_the_door(tmp_path: Path) -> Iterator[AttemptHarness]:
    with closing(Store(str(tmp_path / "door.sqlite"))) as store:
        store.datastore.prepare_access()
        yield AttemptHarness(store)


def test_a_few_attempts_wait_for_nothing_and_each_one_after_waits_longer(at_the_door: AttemptHarness) -> None:
    assert at_the_door.tries(times=FREE_ATTEMPTS + 2) == [0] * FREE_ATTEMPTS + [30, 30]
    waits = []
    for _ in range(9):
        [wait] = at_the_door.tries()
        waits.append(wait)
        at_the_door.now += timedelta(seconds=wait)
        assert at_the_door.tries() == [0]
    assert waits == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]


def test_what_is_refused_makes_nobody_wait_longer(at_the_door: AttemptHarness) -> None:
    at_the_door.tries(times=FREE_ATTEMPTS)
    assert at_the_door.tries(times=50) == [30] * 50
    at_the_door.now += timedelta(seconds=30)
    assert at_the_door.tries(times=2) == [0, 60]


def test_whoever_tries_an_account_keeps_its_owner_out_nowhere_else(at_the_door: AttemptHarness) -> None:
    assert at_the_door.tries(times=50)[-1] > 0
    at_the_door.succeeds(ANNA._replace(address="198.51.100.7"))
    at_the_door.succeeds(ANNA._replace(account="acc-aaaaaaaaaaaaaaaa"))
    assert at_the_door.tries()[-1] > 0


def test_a_device_that_is_known_comes_in_from_the_very_address_of_the_attacker(at_the_door: AttemptHarness) -> None:
    device = at_the_door.knows(at_the_door.remembers())
    for n in range(40):
        at_the_door.tries(ANNA._replace(account=f"acc-{n:016}"), times=5)
    assert at_the_door.tries(times=10)[-1] > 0
    at_the_door.succeeds(ANNA._replace(device=device))
    assert at_the_door.tries(ANNA._replace(device=device), times=6) == [0, 0, 0, 0, 0, 30]


def test_who_tries_many_accounts_from_one_address_is_slowed_and_not_shut_out(at_the_door: AttemptHarness) -> None:
    each = [Attempt(f"acc-{n:016}", ANNA.address) for n in range(SPREAD_ATTEMPTS + 3)]
    waits = [at_the_door.tries(attempt)[0] for attempt in each]
    assert waits == [0] * (SPREAD_ATTEMPTS + 1) + [5, 5]
    at_the_door.now += timedelta(seconds=5)
    at_the_door.succeeds()


def test_a_whole_office_may_come_in_from_one_address(at_the_door: AttemptHarness) -> None:
    for n in range(SPREAD_ATTEMPTS * 2):
        at_the_door.succeeds(Attempt(f"acc-{n:016}", ANNA.address))


def test_a_right_secret_begins_the_count_anew(at_the_door: AttemptHarness) -> None:
    at_the_door.tries(times=FREE_ATTEMPTS - 1)
    at_the_door.succeeds()
    assert at_the_door.tries(times=FREE_ATTEMPTS + 1) == [0] * FREE_ATTEMPTS + [30]


def test_half_a_day_later_nothing_is_remembered(at_the_door: AttemptHarness) -> None:
    at_the_door.tries(times=FREE_ATTEMPTS)
    at_the_door.now += attempts.FORGOTTEN_AFTER
    assert at_the_door.tries(times=FREE_ATTEMPTS) == [0] * FREE_ATTEMPTS


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_many_attempts_at_once_are_as_many(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    location = str(tmp_path / "door.sqlite") if kind == "sqlite" else request.getfixturevalue("postgres_url")
    if kind == "postgres":
        postgres.migrate(location)
    with closing(Store(location)) as store, ThreadPoolExecutor(8) as pool:
        store.datastore.prepare_access()
        harness = AttemptHarness(store)
        waits = [wait for one in pool.map(lambda _: harness.tries(), range(24)) for wait in one]
        assert waits.count(0) == FREE_ATTEMPTS
        harness.now += timedelta(seconds=30)
        waits = [wait for one in pool.map(lambda _: harness.tries(), range(24)) for wait in one]
        assert waits.count(0) == 1


def test_no_delay_is_longer_than_the_longest() -> None:
    assert [delay_after(count).total_seconds() for count in (0, 4, 5, 6)] == [0, 0, 30, 60]
    assert {delay_after(count) for count in (12, 13, 100, 10**6)} == {LONGEST_DELAY}


def test_neither_an_address_nor_what_was_typed_is_written_down(at_the_door: AttemptHarness) -> None:
    at_the_door.tries(Attempt("anna.rossi@esempio.it", "203.0.113.9"), times=9)
    secret = at_the_door.remembers()
    at_the_door.refused("anna.rossi@esempio.it password")
    with at_the_door.store.datastore.cursor() as cursor:
        rows = [*cursor.execute("SELECT * FROM attempt").fetchall(), *cursor.execute("SELECT * FROM access").fetchall()]
    assert len(rows) >= 4
    for word in ("203.0.113", "anna", "esempio", secret):
        assert word not in str(rows)


def test_the_record_is_told_of_ever_more_refusals_at_once(at_the_door: AttemptHarness) -> None:
    told = at_the_door.refused("a password wrong_secret", times=1_234)
    assert [(n + 1, times) for n, times in enumerate(told) if times] == [(1, 1), (10, 9), (100, 90), (1_000, 900)]
    assert at_the_door.refused("b password wrong_secret") == [1]
    at_the_door.now += attempts.TOLD_WINDOW
    assert at_the_door.refused("a password wrong_secret", times=2) == [235, 0]


def test_a_device_is_known_to_its_account_alone_and_for_half_a_year(at_the_door: AttemptHarness) -> None:
    secret = at_the_door.remembers()
    assert at_the_door.knows(secret)
    assert at_the_door.knows(secret, "acc-aaaaaaaaaaaaaaaa") == ""
    assert at_the_door.knows(secret[:-1]) == ""
    assert at_the_door.knows("") == ""
    at_the_door.now += attempts.DEVICE_LASTS
    assert at_the_door.knows(secret) == ""


def test_a_device_that_signs_in_again_gets_another_secret(at_the_door: AttemptHarness) -> None:
    first = at_the_door.remembers()
    second = at_the_door.remembers(device=at_the_door.knows(first))
    assert (at_the_door.knows(first), bool(at_the_door.knows(second))) == ("", True)


def test_of_very_many_devices_the_latest_are_known(at_the_door: AttemptHarness) -> None:
    known = []
    for _ in range(MOST_DEVICES + 2):
        at_the_door.now += timedelta(seconds=1)
        known.append(at_the_door.remembers())
    assert [bool(at_the_door.knows(secret)) for secret in known] == [False, False] + [True] * MOST_DEVICES
    with at_the_door.store.datastore.cursor() as cursor:
        assert len(door.of_account(cursor, ANNA.account, "device")) == MOST_DEVICES


def test_the_cookie_of_a_device_goes_to_this_service_alone() -> None:
    name = device_cookie_name(is_secure=True)
    assert device_cookie(name, "x", is_secure=True) == (
        "__Host-initinere-device=x; Path=/; Max-Age=15552000; HttpOnly; SameSite=Strict; Secure"
    )
    name = device_cookie_name(is_secure=False)
    assert device_cookie(name, "x", is_secure=False).startswith(
        "initinere-device=x; Path=/; Max-Age=15552000; HttpOnly"
    )


def test_each_account_has_a_cookie_of_its_own_whose_name_says_nothing(at_the_door: AttemptHarness) -> None:
    names = {device_cookie_name(account, at_the_door.key, is_secure=True) for account in ("acc-a", "acc-b")}
    assert len(names) == 2
    assert all(name.startswith(device_cookie_name(is_secure=True)) and "acc" not in name for name in names)
