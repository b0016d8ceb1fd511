"""Passwords that are tried, over HTTP: who tries is slowed, whose account it is comes in all the same, the record is told."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.access.attempts import FREE_ATTEMPTS
from api.commands.sign_in.door import Door
from api.http.access import Gate
from domain.access.decide import ACCOUNTS
from domain.access.events import SignInRefused
from tests.support.chamber import PASSWORD, Browser, Chambers, link_of, signed_in


@pytest.fixture
def chambers(tmp_path: Path) -> Iterator[Chambers]:
    made = Chambers(tmp_path)
    yield made
    made.close()


def _tries(browser: Browser, login: str, password: str) -> tuple[int, str | None]:
    browser.http.cookies.delete("initinere")
    assert browser.open("/accesso").status_code == 200
    answer = browser.send("/accesso", login=login, password=password)
    return answer.status_code, answer.headers.get("retry-after")


def _told(chambers: Chambers) -> list[tuple[str | None, str, int]]:
    with chambers.harness.store.reading() as reader:
        events = [recorded.event for recorded in reader.records(ACCOUNTS)]
    return [(event.account, event.reason, event.times) for event in events if isinstance(event, SignInRefused)]


def test_a_password_that_is_tried_too_often_waits_and_its_owner_comes_in_with_the_known_browser(
    chambers: Chambers,
) -> None:
    account, owner = signed_in(chambers)
    assert _tries(owner, "anna", PASSWORD)[0] == 303  # from here on its browser is known
    stranger = Browser(chambers)
    for _ in range(FREE_ATTEMPTS):
        assert _tries(stranger, "anna", "sbagliata per davvero") == (403, None)
    status, wait = _tries(stranger, "anna", PASSWORD)
    assert (status, 0 < int(wait or 0) <= 30) == (429, True)
    assert "una passkey" in stranger.page
    assert _tries(stranger, "bruno", "un'altra utenza") == (403, None)
    assert _tries(owner, "anna", PASSWORD) == (303, None)
    assert _told(chambers) == [
        (account, "wrong_secret", 1),
        (account, "locked", 1),
        (None, "wrong_secret", 1),
    ]


def test_whoever_came_in_by_its_link_is_known_and_so_is_another_account_of_the_same_browser(chambers: Chambers) -> None:
    _, shared = signed_in(chambers)  # by its link, and a password that it chose there
    other = link_of(chambers, "bruno")[1]
    shared.http.cookies.delete("initinere")
    shared.open(other)
    assert shared.send(other, password=PASSWORD, repeated=PASSWORD).status_code == 303
    neighbour = Browser(chambers)
    for login in ("anna", "bruno"):
        for _ in range(FREE_ATTEMPTS):
            _tries(neighbour, login, "sbagliata per davvero")
        assert _tries(neighbour, login, PASSWORD)[0] == 429
        assert _tries(shared, login, PASSWORD)[0] == 303


def test_what_nobody_has_as_login_waits_as_what_somebody_has(chambers: Chambers) -> None:
    signed_in(chambers)
    answers = []
    for login in ("anna", "nessuno"):
        browser = Browser(chambers)
        answers.append([_tries(browser, login, "sbagliata per davvero")[0] for _ in range(FREE_ATTEMPTS + 1)])
    assert answers[0] == answers[1] == [403] * FREE_ATTEMPTS + [429]


def test_the_present_password_is_not_guessed_within_a_session_either(chambers: Chambers) -> None:
    _, browser = signed_in(chambers)
    browser.open("/utenza")
    new = "sei tamburi nella nebbia"
    statuses = [
        browser.send("/utenza/password", current="sbagliata per davvero", password=new, repeated=new).status_code
        for _ in range(FREE_ATTEMPTS + 1)
    ]
    assert statuses == [422] * FREE_ATTEMPTS + [429]


def test_thousands_of_wrong_passwords_are_a_few_events(chambers: Chambers) -> None:
    account, _ = signed_in(chambers)
    gate: Gate = chambers.client.app.state.gate  # type: ignore[attr-defined]
    door = Door(chambers.service, gate.life, is_secure=False)
    for _ in range(120):
        door.entrance.refused("password", "wrong_secret", account)
    assert [times for _, _, times in _told(chambers)] == [1, 9, 90]
