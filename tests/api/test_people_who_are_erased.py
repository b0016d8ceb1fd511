"""Whoever is erased is in no answer and in no file of the store, on either database; the events stay whole."""

import logging
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from time import monotonic

import psycopg
import pytest

from api.access.sessions import SessionLife
from api.commands.accounts import erase_person, give_role, open_account
from api.commands.handler import Caller
from api.commands.sign_in.door import Door
from api.commands.sign_in.entrance import SignInWrong
from domain.access.commands import ErasePerson, GiveRole, OpenAccount
from domain.access.decide import ACCOUNTS
from domain.access.principal import MACHINE
from projections.access import door, people
from projections.access.door import StoredAccess
from projections.proof.live_verification import verify_database
from projections.proof.log import Log
from projections.store import postgres, sqlite
from projections.store.store import Store
from tests.api.http.test_what_is_redacted_is_nowhere import holding
from tests.support.harness import PLAN, ServiceHarness

ACCOUNT, OTHER = "acc-aaaaaaaaaaaaaaaa", "acc-bbbbbbbbbbbbbbbb"
NAME, LOGIN, PASSKEY = "Ermenegilda Quattrocchi", "ermenegilda.q", "telefono di Ermenegilda"
BY_MACHINE = Caller(MACHINE.actor)


@pytest.fixture
def harness(location: str, tmp_path: Path) -> Iterator[ServiceHarness]:
    """Two accounts with their people; one of them recorded a revision, and has a passkey with a name."""
    harness = ServiceHarness(location).on("2022-02-05")
    harness.service.log = Log(harness.store, tmp_path.parent / f"{tmp_path.name}.key")
    harness.load()
    for account, name, login in ((ACCOUNT, NAME, LOGIN), (OTHER, "Altra Persona", "altra")):
        command = OpenAccount(name=name, login=login, account=account)
        open_account(harness.service, command, Caller(MACHINE.actor, f"apre-{login[:5]}"))
        give_role(harness.service, GiveRole(account=account, role="planner", administration="cciaa-prova"), BY_MACHINE)
    with harness.store.datastore.cursor(commit=True) as cursor:
        door.keep(cursor, StoredAccess("passkey", "chiave", ACCOUNT, {"name": PASSKEY}, harness.now))
    harness.on("2022-10-05").actor = ACCOUNT
    harness.revise(">= 68%", "2022-09-30")
    yield harness
    harness.store.close()


def erase(harness: ServiceHarness) -> tuple[str, ...]:
    """Erases the person; the names of the warnings."""
    outcome = erase_person(harness.service, ErasePerson(account=ACCOUNT), BY_MACHINE)
    return tuple(notice.name for notice in outcome.warnings)


def test_nothing_of_a_person_is_in_a_file_while_the_service_runs(harness: ServiceHarness, location: str) -> None:
    for words in (NAME, LOGIN, PASSKEY):
        assert holding(location, words), words
    assert erase(harness) == ()
    assert not harness.store.has_to_erase()
    for words in (NAME, LOGIN, PASSKEY):
        assert holding(location, words) == [], words
    assert holding(location, ACCOUNT)
    assert holding(location, "Altra Persona")
    with harness.store.datastore.cursor() as cursor:
        assert people.of_accounts(cursor, [ACCOUNT, OTHER]).keys() == {OTHER}
        assert door.of_account(cursor, ACCOUNT, "passkey") == []
        assert verify_database(cursor).events > 0
    assert harness.target("2022-12-31") == ">= 68%"


def test_people_whose_rows_were_moved_from_page_to_page_leave_nothing(harness: ServiceHarness, location: str) -> None:
    for number in range(60):
        account = f"acc-{'cdefghij'[number % 8]}{'klmnopqr'[number // 8]}{'a' * 14}"
        name = f"PERSONA{number:02d} " + "x" * (number * 7 % 90)
        open_account(harness.service, OpenAccount(name=name, login=f"persona.{number}", account=account), BY_MACHINE)
    for number in range(60):
        account = f"acc-{'cdefghij'[number % 8]}{'klmnopqr'[number // 8]}{'a' * 14}"
        erase_person(harness.service, ErasePerson(account=account), BY_MACHINE)
    assert holding(location, "PERSONA") == []
    assert holding(location, "persona.") == []


def test_who_reads_on_holds_a_person_back_and_it_is_said_and_done_afterwards(
    harness: ServiceHarness, location: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("projections.store.store.ERASE_SECONDS", 0.05)
    with closing(Store(location)) as another, another.reading() as reader:
        assert people.of_accounts(reader.cursor, [ACCOUNT])
        assert erase(harness) == ("redaction_incomplete",)
        assert harness.store.has_to_erase()
    assert holding(location, NAME)
    harness.revise(">= 69%", "2022-10-03")
    assert not harness.store.has_to_erase()
    assert holding(location, NAME) == []


def test_who_opens_the_store_next_erases_who_was_left(harness: ServiceHarness, location: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for kind in (sqlite.Datastore, postgres.Datastore):
            patch.setattr(kind, "erase", lambda _self, _wait: False)
        erase(harness)
        assert harness.store.has_to_erase()
    with closing(Store(location)) as opened:
        until = monotonic() + 30
        while opened.has_to_erase() and monotonic() < until:  # a server's own statistics may see them for a moment
            opened.resume_erasing()
        assert not opened.has_to_erase()
        assert holding(location, NAME) == []


def test_the_statistics_of_a_server_hold_no_person(postgres_url: str, tmp_path: Path) -> None:
    postgres.migrate(postgres_url)
    harness = ServiceHarness(postgres_url).on("2022-02-05")
    harness.service.log = Log(harness.store, tmp_path / "signing.key")
    try:
        for number in range(40):
            command = OpenAccount(
                name="Persona Ripetuta",
                login=f"login-{number}",
                account=f"acc-{'cdefghij'[number % 8]}{'klmnopqr'[number // 8]}{'a' * 14}",
            )
            open_account(harness.service, command, BY_MACHINE)
        with psycopg.connect(postgres_url, autocommit=True) as connection:
            connection.execute("ANALYZE")
            kept = connection.execute("SELECT * FROM pg_stats WHERE tablename IN ('person', 'access')").fetchall()
        assert "Ripetuta" not in str(kept)
        assert "login-" not in str(kept)
    finally:
        harness.store.close()


# -- what the record and the logs keep -----------------------------------------------------------------------------------


def test_neither_events_nor_receipts_nor_logs_hold_a_name(
    harness: ServiceHarness, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    ways_in = Door(harness.service, SessionLife(timedelta(hours=1), timedelta(hours=8)), is_secure=False)
    with pytest.raises(SignInWrong):
        ways_in.passwords.sign_in(LOGIN, "una password qualsiasi")
    erase(harness)
    with harness.store.reading() as reader:
        states = reader.cursor.execute("SELECT state FROM stored_events").fetchall()
        events = b"".join(bytes(state) for (state,) in states)
        receipts = str(reader.cursor.execute("SELECT command_id, request, answer FROM receipt").fetchall())
    for words in (NAME, LOGIN, PASSKEY, "Ermenegilda"):
        assert words.encode() not in events
        assert words not in receipts
        assert words not in caplog.text


def test_a_repeated_opening_is_no_way_to_guess_a_name(harness: ServiceHarness) -> None:
    """The receipt of an opening is the same whatever the name: nothing that is kept confirms a guess of it."""
    command = OpenAccount(name="Un Altro Nome", login="altro.login", account=ACCOUNT)
    outcome = open_account(harness.service, command, Caller(MACHINE.actor, f"apre-{LOGIN[:5]}"))
    assert (outcome.repeated, outcome.secret) == (True, "")
    with harness.store.datastore.cursor() as cursor:
        assert people.by_login(cursor, LOGIN) is not None
        assert people.by_login(cursor, "altro.login") is None


def test_the_login_of_somebody_who_was_erased_is_free_and_the_account_is_not(harness: ServiceHarness) -> None:
    erase(harness)
    another = OpenAccount(name="Chi viene dopo", login=LOGIN, account="acc-cccccccccccccccc")
    open_account(harness.service, another, BY_MACHINE)
    with harness.store.reading() as reader:
        assert people.by_login(reader.cursor, LOGIN) is not None
        records = reader.records(ACCOUNTS)
    assert [r.event.topic for r in records].count("person-erased") == 1
    assert PLAN in harness.plan("2022-12-31")["plan"]["id"]
