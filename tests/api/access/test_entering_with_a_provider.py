"""Entering the service through a provider: a browser goes and comes back, and a session of an account is opened."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest
from starlette.testclient import TestClient

from api.http.app import create_app
from api.settings import Settings
from domain.access.decide import ACCOUNTS, AccountState
from domain.access.principal import Grant
from tests.support.harness import ServiceHarness
from tests.support.lying_provider import Answer, Json, LyingProvider, signed
from tests.support.sign_in import CODE, OURS, ROLES, SECRET

SITE = "http://localhost:8000"
GO, BACK, OWN = "/accesso/oidc", "/accesso/oidc/ritorno", "/utenza"
PLANNER = Grant("planner", "cciaa-brindisi")


class Office:
    """A service that is entered through the provider, and what its record says of accounts."""

    def __init__(self, provider: LyingProvider, authority: str, folder: Path) -> None:
        self.provider = provider
        self.harness = ServiceHarness(folder / "office.sqlite")
        self.harness.on("2026-03-02")
        roles = folder / "roles.json"
        roles.write_text(json.dumps(ROLES), encoding="utf-8")
        said: dict[str, Any] = {
            "oidc_issuer": provider.issuer,
            "oidc_client_id": OURS,
            "oidc_client_secret": SECRET,
            "oidc_roles": str(roles),
            "ca_file": authority,
        }
        self.app = create_app(Settings(database=self.harness.store.location, **said), self.harness.store)

    def browser(self) -> TestClient:
        """A browser that has been nowhere."""
        return TestClient(self.app, base_url=SITE, follow_redirects=False)

    def go(self, browser: TestClient) -> dict[str, str]:
        """The browser is sent to the provider, with these parameters."""
        sent = browser.get(GO)
        assert sent.status_code == 303
        assert sent.headers["Location"].startswith(f"{self.provider.issuer}/authorize?")
        return dict(parse_qsl(urlsplit(sent.headers["Location"]).query))

    def come_back(self, browser: TestClient, asked: Json, **claims: Any) -> httpx2.Response:
        """The provider says who it is, and the browser comes back with that."""
        now = int(self.harness.now.timestamp())
        identity = {"iss": self.provider.issuer, "aud": OURS, "sub": "persona-55d0", "exp": now + 300, "iat": now}
        content = identity | {"nonce": asked["nonce"], "name": "Ada Verdi", "ruoli": ["piani-redazione"]} | claims
        token = {"access_token": "accesso", "token_type": "Bearer", "id_token": signed(content)}
        self.provider.answers["/token"] = Answer(token)
        answer: httpx2.Response = browser.get(BACK, params={"state": asked["state"], "code": CODE})
        return answer

    def enter(self, browser: TestClient, **claims: Any) -> httpx2.Response:
        """There and back."""
        return self.come_back(browser, self.go(browser), **claims)

    @property
    def accounts(self) -> dict[str, tuple[Grant, ...]]:
        """The accounts of the record, with their roles."""
        with self.harness.store.reading() as reader:
            state = AccountState(reader.timelines(ACCOUNTS))
            return {account: state.roles(account) for account in state.accounts()}


@pytest.fixture
def office(liar: LyingProvider, authority: str, tmp_path: Path) -> Iterator[Office]:
    """A service on a new file."""
    opened = Office(liar, authority, tmp_path)
    yield opened
    opened.harness.store.close()


def is_in(browser: TestClient) -> bool:
    """Whether the browser has a session."""
    return browser.get(OWN).status_code == 200


def test_who_has_a_role_by_its_claim_enters_and_is_the_same_account_the_next_time(office: Office) -> None:
    browser = office.browser()
    entered = office.enter(browser)
    assert (entered.status_code, is_in(browser)) == (303, True)
    ((account, roles),) = office.accounts.items()
    assert roles == (PLANNER,)
    assert "Ada Verdi" in browser.get(OWN).text
    office.enter(office.browser(), ruoli=["piani-redazione", "piani-lettura"])
    assert office.accounts == {account: (PLANNER, Grant("reader", "cciaa-brindisi"))}
    office.enter(office.browser(), sub="persona-d2f7")
    assert len(office.accounts) == 2


def test_nothing_of_the_person_is_in_the_record(office: Office) -> None:
    office.enter(office.browser())
    with office.harness.store.datastore.cursor() as cursor:
        events = str(cursor.execute("SELECT * FROM stored_events").fetchall())
    assert "account-opened" in events
    assert not any(text in events for text in ("Ada", "persona-55d0", office.provider.issuer))


@pytest.mark.parametrize("claim", [[], ["posta"], None])
def test_who_has_no_role_does_not_enter_and_no_account_is_opened(office: Office, claim: object) -> None:
    browser = office.browser()
    refused = office.enter(browser, ruoli=claim)
    assert (refused.status_code, is_in(browser), office.accounts) == (403, False, {})
    assert "ma non ha alcun ruolo" in refused.text


def test_who_is_left_without_a_role_keeps_none_of_those_that_it_had(office: Office) -> None:
    before, after = office.browser(), office.browser()
    office.enter(before)
    assert office.enter(after, ruoli=["posta"]).status_code == 403
    assert not is_in(after)
    assert list(office.accounts.values()) == [()]
    assert office.enter(after).status_code == 303  # and has them again with the claim
    assert list(office.accounts.values()) == [(PLANNER,)]


@pytest.mark.parametrize(
    "claims",
    [{"aud": "altro", "azp": OURS}, {"sub": ""}, {"nonce": "altro"}, {"exp": 1}, {"ruoli": {"piani-redazione": True}}],
    ids=["audience", "subject", "nonce", "expired", "roles"],
)
def test_what_does_not_hold_opens_nothing(office: Office, claims: Json) -> None:
    browser = office.browser()
    refused = office.enter(browser, **claims)
    assert (refused.status_code, is_in(browser), office.accounts) == (403, False, {})
    assert "persona-55d0" not in refused.text


def test_a_return_in_another_browser_opens_nothing_and_uses_nothing(office: Office) -> None:
    browser, other = office.browser(), office.browser()
    asked, _ = office.go(browser), office.go(other)
    assert office.come_back(other, asked).status_code == 403
    assert office.come_back(office.browser(), asked).status_code == 403
    assert (is_in(other), office.accounts, office.provider.times_asked("/token")) == (False, {}, 0)
    assert office.come_back(browser, asked).status_code == 303


def test_a_return_serves_once_even_in_its_own_browser(office: Office) -> None:
    browser = office.browser()
    asked = office.go(browser)
    ticket = dict(browser.cookies)
    assert office.come_back(browser, asked).status_code == 303
    again = office.browser()
    again.cookies.update(ticket)
    assert office.come_back(again, asked).status_code == 403
    assert (is_in(again), office.provider.times_asked("/token")) == (False, 1)


def test_a_return_that_was_refused_is_used_up(office: Office) -> None:
    browser = office.browser()
    asked = office.go(browser)
    assert office.come_back(browser, asked, nonce="altro").status_code == 403
    assert office.come_back(browser, asked).status_code == 403
    assert not is_in(browser)


def test_a_return_after_ten_minutes_opens_nothing(office: Office) -> None:
    browser = office.browser()
    asked = office.go(browser)
    office.harness.on("2026-03-03")
    assert office.come_back(browser, asked).status_code == 403
    assert not is_in(browser)


def test_a_provider_that_is_away_is_said_to_be_away(office: Office) -> None:
    office.provider.answers.clear()
    office.provider.answers["/.well-known/openid-configuration"] = Answer({}, 503)
    sent = office.browser().get(GO)
    assert sent.status_code == 503
    assert sent.headers["Retry-After"] == "60"
