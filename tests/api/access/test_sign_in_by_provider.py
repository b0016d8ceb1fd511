"""Signing in with the body's provider through the whole service: a real one, and one that lies."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from api.access import issuers
from api.access.issuers import trusted_context
from api.commands import accounts
from api.commands.sign_in.identities import Identities
from domain.access.commands import GiveRole, MakeLink, SuspendAccount
from domain.access.events import AccountOpened, CredentialAdded, CredentialRemoved, RoleGiven, RoleTaken
from projections.access import door
from projections.access.door import StoredAccess
from tests.api.access.test_oidc_lies import CLAIMS, TOKENS
from tests.support.authenticator import Authenticator
from tests.support.chamber import BY_MACHINE, DRAFTS, OTHER, OWN, Chambers
from tests.support.lying_provider import Answer, Json, LyingProvider, signed
from tests.support.pyop_provider import CLIENT, LEVEL, LOWEST
from tests.support.pyop_provider import SECRET as CLIENT_SECRET
from tests.support.sign_in import OURS, SECRET
from tests.support.visitor import (
    PASSWORD,
    Visitor,
    entered,
    events_of,
    opened,
    query_of,
    refusals_of,
)

PUBLIC = "https://piani.example"
MAPPING = {
    "claim": "ruoli",
    "roles": [
        {"value": "piani-redazione", "role": "planner", "administration": OWN},
        {"value": "piani-oiv", "role": "oiv", "administration": OWN},
        {"value": "piani-uffici", "role": "responsible", "administration": OWN, "offices": ["studi", "bilancio"]},
    ],
}


class Body(Chambers):
    """A service that a body's provider vouches for people to."""

    def __init__(self, folder: Path, issuer: str, authority: str, *, mapped: bool = True, **how: Any) -> None:
        roles = folder / "ruoli.json"
        roles.write_text(json.dumps(MAPPING), encoding="utf-8")
        said: Json = {
            "public_address": PUBLIC,
            "oidc_issuer": issuer,
            "oidc_client_id": OURS,
            "oidc_client_secret": SECRET,
            "ca_file": authority,
        }
        super().__init__(folder, **said | ({"oidc_roles": str(roles)} if mapped else {}) | how)


class Person(Visitor):
    """Somebody who signs in with the provider that lies; what it will say is in `claims` and `token`."""

    def __init__(self, body: Body, liar: LyingProvider, **claims: Any) -> None:
        super().__init__(body, PUBLIC)
        self.body, self.liar = body, liar
        self.claims: Json = {"sub": "persona-55d0", "name": "Ada Verdi", "ruoli": ["piani-redazione"]} | claims
        self.token: Json = {}
        self.state = ""

    def goes(self, path: str = "/accesso/oidc") -> httpx2.Response:
        """Goes to the provider."""
        answer = self.open(path)
        if answer.status_code == 303:
            asked = query_of(answer.headers["location"])
            self.state = asked["state"]
            now = int(self.body.harness.now.timestamp())
            asked_for: Json = {
                "iss": self.liar.issuer,
                "aud": OURS,
                "nonce": asked["nonce"],
                "iat": now,
                "exp": now + 300,
            }
            self.claims |= asked_for
        return answer

    def comes_back(self, **callback: str) -> httpx2.Response:
        """Comes back, with what the provider says of it."""
        claims = {name: value for name, value in self.claims.items() if value is not None}
        token: Json = {"access_token": "accesso-90fa", "token_type": "Bearer", "id_token": signed(claims)} | self.token
        self.liar.answers["/token"] = Answer({name: value for name, value in token.items() if value is not None})
        query = {"state": self.state, "code": "codice-8e3c21"} | callback
        return self._shown(self.http.get("/accesso/oidc/ritorno", params=query))

    def signs_in(self) -> httpx2.Response:
        """There and back."""
        assert self.goes().status_code == 303
        return self.comes_back()


@pytest.fixture(scope="module")
def serving_body(
    tmp_path_factory: pytest.TempPathFactory, serving_liar: LyingProvider, authority: str
) -> Iterator[Body]:
    """One service for the tests of this module, each with people of its own."""
    body = Body(tmp_path_factory.mktemp("ente"), serving_liar.issuer, authority)
    yield body
    body.close()


@pytest.fixture
def body(serving_body: Body, liar: LyingProvider) -> Body:
    """The same; what it knows of the provider is an hour old, and is asked again."""
    del liar  # asked for, so that it is honest
    serving_body.harness.now += timedelta(hours=1)
    return serving_body


@pytest.fixture
def since(body: Body) -> int:
    """How many events there were before the test."""
    return len(events_of(body))


def refused(answer: httpx2.Response, status: int, words: str) -> None:
    """A page says so, and nobody is signed in."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert words in answer.text.replace("&#39;", "'"), answer.text
    assert not any(cookie.startswith("__Host-initinere=") for cookie in answer.headers.get_list("set-cookie"))


# -- the real provider -------------------------------------------------------------------------------------------------


def goes_to_the_real_one(body: Body, authority: str, path: str = "/accesso/oidc") -> tuple[Visitor, str]:
    """A browser at the real provider, and the address that it is sent back to, on the service."""
    body.harness.now = datetime.now(UTC)  # the provider's clock is this machine's
    visitor = Visitor(body, PUBLIC)
    away = visitor.open(path)
    assert away.status_code == 303, away.text
    with httpx2.Client(verify=trusted_context(authority)) as client:
        back = client.get(away.headers["location"]).headers["location"]
    assert back.startswith(f"{PUBLIC}/accesso/oidc/ritorno?")
    return visitor, back.removeprefix(PUBLIC)


def test_somebody_signs_in_at_a_real_provider_and_holds_what_its_claim_gives(
    tmp_path: Path, pyop: str, authority: str
) -> None:
    how: Json = {"oidc_client_id": CLIENT, "oidc_client_secret": CLIENT_SECRET, "oidc_scopes": "openid profile ruoli"}
    body = Body(tmp_path, pyop, authority, oidc_acr_values=LEVEL, **how)
    visitor = Visitor(body, PUBLIC)
    assert visitor.open("/utenza").headers["location"] == "/accesso?poi=/utenza"
    visitor.open("/accesso?poi=/utenza")
    assert pyop in visitor.page
    visitor, back = goes_to_the_real_one(body, authority, visitor.to_provider())
    entering = visitor.open(back)
    assert (entering.status_code, entering.headers["location"]) == (303, "/utenza")
    session, _device, ticket = entering.headers.get_list("set-cookie")
    assert session.startswith("__Host-initinere=")
    assert {"httponly", "secure", "samesite=lax", "path=/"} <= set(session.lower().split("; "))
    assert ticket.startswith('__Host-initinere-accesso="";')
    assert "max-age=0" in ticket.lower()
    account = visitor.account
    assert account is not None
    assert [event for event in events_of(body) if getattr(event, "account", None) == account] == [
        AccountOpened(account=account, administration=OWN),
        CredentialAdded(account=account, kind="oidc"),
        RoleGiven(account=account, role="planner", administration=OWN),
    ]
    assert visitor.http.get(f"/v1/plans/{DRAFTS[OWN]}").status_code == 200
    assert visitor.http.get(f"/v1/plans/{DRAFTS[OTHER]}").status_code == 404
    assert "Ada Verdi" in visitor.open("/utenza").text
    record = "".join(event.body().decode() for event in events_of(body))
    assert "Ada" not in record
    replayed = visitor.open(back)
    refused(replayed, 403, "non risponde a un accesso cominciato in questo browser, o è già servito")
    other, back = goes_to_the_real_one(body, authority)
    refused(Visitor(body, PUBLIC).open(back), 403, "non risponde a un accesso cominciato in questo browser")
    assert other.open(back).status_code == 303
    assert other.account == account
    assert refusals_of(body) == []
    body.close()


def test_a_level_that_is_too_low_at_a_real_provider_is_told_and_recorded(
    tmp_path: Path, pyop: str, authority: str
) -> None:
    how: Json = {"oidc_client_id": CLIENT, "oidc_client_secret": CLIENT_SECRET, "oidc_scopes": "openid profile ruoli"}
    body = Body(tmp_path, pyop, authority, oidc_acr_values=LOWEST, oidc_acr_accepted=LEVEL, **how)
    visitor, back = goes_to_the_real_one(body, authority)
    refused(visitor.open(back), 403, "livello di garanzia inferiore")
    assert visitor.account is None
    assert refusals_of(body) == [("oidc", "second_factor", None)]
    body.close()


# -- roles by the claim ------------------------------------------------------------------------------------------------


def test_roles_are_those_of_the_claim_at_every_sign_in(body: Body, liar: LyingProvider, since: int) -> None:
    def says(*values: str) -> Person:
        person = Person(body, liar, sub="ruoli-che-cambiano", ruoli=[*values, "posta"])
        person.signs_in()
        return person

    first = says("piani-redazione", "piani-uffici")
    account = first.account
    assert account is not None
    at_other_times = [
        (("piani-redazione",), [RoleTaken(account=account, role="responsible", administration=OWN)]),
        (("piani-redazione",), []),
        (
            ("piani-oiv",),
            [
                RoleTaken(account=account, role="planner", administration=OWN),
                RoleGiven(account=account, role="oiv", administration=OWN),
            ],
        ),
    ]
    for values, events in at_other_times:
        count = len(events_of(body))
        assert says(*values).account == account
        assert events_of(body)[count:] == events
    count = len(events_of(body))
    last = says()
    assert events_of(body)[count:-1] == [RoleTaken(account=account, role="oiv", administration=OWN)]
    assert refusals_of(body, since) == [("oidc", "no_role", account)]
    assert "non ha alcun ruolo in questo servizio" in last.page
    assert last.account is None
    assert first.http.get(f"/v1/plans/{DRAFTS[OWN]}").status_code == 404  # the session of before has none either


def test_an_identity_that_has_no_role_is_refused_told_and_opens_nothing(
    body: Body, liar: LyingProvider, since: int
) -> None:
    for values in (None, [], ["posta"], ["PIANI-REDAZIONE"], ["piani-redazione "]):
        refused(Person(body, liar, sub="nessuno", ruoli=values).signs_in(), 403, "non ha alcun ruolo")
    assert refusals_of(body, since) == [("oidc", "no_role", None)]  # told once of them all
    assert len(events_of(body)) == since + 1


def test_a_claim_that_is_not_what_the_mapping_says_refuses_the_entry(
    body: Body, liar: LyingProvider, since: int
) -> None:
    for value in ("", 5, {"a": 1}, [["piani-redazione"]], ["piani-redazione", ""]):
        refused(Person(body, liar, sub="storto", ruoli=value).signs_in(), 403, "non dice i ruoli nella forma")
    assert refusals_of(body, since) == [("oidc", "not_genuine", None)]


def test_two_first_entries_of_one_person_at_once_are_one_account(
    body: Body, liar: LyingProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (Person(body, liar, sub="due volte") for _ in range(2))
    assert first.signs_in().status_code == 303
    looked: list[str] = []
    real = Identities._account_of

    def not_yet(self: Identities, digest: str) -> str | None:
        looked.append(digest)
        return None if len(looked) == 1 else real(self, digest)

    monkeypatch.setattr(Identities, "_account_of", not_yet)
    assert second.signs_in().status_code == 303
    assert len(looked) == 2
    assert second.account == first.account


def test_whoever_is_suspended_meanwhile_is_refused_and_its_session_is_over(
    body: Body, liar: LyingProvider, since: int
) -> None:
    person = Person(body, liar, sub="sospesa")
    person.signs_in()
    account = person.account
    assert account is not None
    again = Person(body, liar, sub="sospesa")
    again.goes()
    accounts.suspend_account(body.service, SuspendAccount(account=account), BY_MACHINE)
    assert person.account is None
    refused(again.comes_back(), 403, "sospesa")
    assert refusals_of(body, since) == [("oidc", "suspended", account)]


# -- with a link -------------------------------------------------------------------------------------------------------


@pytest.fixture
def unmapped(tmp_path: Path, liar: LyingProvider, authority: str) -> Iterator[Body]:
    """A service whose roles are given by hand: the provider says who somebody is, and no more."""
    body = Body(tmp_path, liar.issuer, authority, mapped=False)
    yield body
    body.close()


def test_the_page_of_a_link_ties_an_identity_to_its_account_once(unmapped: Body, liar: LyingProvider) -> None:
    account, link = opened(unmapped, "planner")
    stranger = Person(unmapped, liar)
    refused(stranger.signs_in(), 403, "non ha alcun ruolo")
    person = Person(unmapped, liar)
    person.open(link)
    assert person.goes(person.to_provider()).status_code == 303
    assert person.comes_back().headers["location"] == "/"
    assert person.account == account
    assert [e for e in events_of(unmapped) if isinstance(e, CredentialAdded | CredentialRemoved)] == [
        CredentialAdded(account=account, kind="link"),
        CredentialAdded(account=account, kind="oidc"),
        CredentialRemoved(account=account, kind="link"),
    ]
    again = Person(unmapped, liar)
    assert again.signs_in().status_code == 303
    assert again.account == account
    assert Person(unmapped, liar).open(link).status_code == 403
    assert refusals_of(unmapped) == [("oidc", "no_role", None)]


def test_a_link_that_is_used_while_somebody_is_at_the_provider_ties_nobody(unmapped: Body, liar: LyingProvider) -> None:
    account, link = opened(unmapped, "planner")
    person = Person(unmapped, liar)
    person.open(link)
    person.goes(person.to_provider())
    owner = Visitor(unmapped, PUBLIC)
    owner.open(link)
    assert owner.send(link, password=PASSWORD, repeated=PASSWORD).status_code == 303
    refused(person.comes_back(), 403, "Questo link non c'è")
    refused(Person(unmapped, liar).signs_in(), 403, "non ha alcun ruolo")
    assert owner.account == account


def test_the_link_of_an_account_without_a_role_is_not_used_up_by_the_provider(
    unmapped: Body, liar: LyingProvider
) -> None:
    account, link = opened(unmapped)
    person = Person(unmapped, liar)
    person.open(link)
    person.goes(person.to_provider())
    refused(person.comes_back(), 403, "non ha alcun ruolo")
    accounts.give_role(unmapped.service, GiveRole(account=account, role="planner", administration=OWN), BY_MACHINE)
    person.open(link)
    person.goes(person.to_provider())
    assert person.comes_back().status_code == 303
    assert person.account == account


def test_nobody_is_led_to_the_provider_with_the_link_of_another(unmapped: Body, liar: LyingProvider) -> None:
    _, link = opened(unmapped, "planner")
    attacker, victim = Person(unmapped, liar), Person(unmapped, liar)
    attacker.open(link)
    victim.open("/accesso")
    for address in (
        attacker.to_provider(),
        f"/accesso/oidc?link={link.rpartition('/')[2]}",
        "/accesso/oidc?link=x&csrf=è",
    ):
        refused(victim.goes(address), 403, "non viene da una pagina di questa sessione")
    assert liar.times_asked("/token") == 0
    assert Person(unmapped, liar).open(link).status_code == 200


# -- one way in: there, or here ----------------------------------------------------------------------------------------


def test_whom_the_provider_vouches_for_makes_no_password_and_no_passkey(body: Body, liar: LyingProvider) -> None:
    person = Person(body, liar, sub="senza credenziali sue")
    person.signs_in()
    person.open("/utenza")
    assert {"/utenza/password", "/utenza/passkey"}.isdisjoint(person.actions)
    before = len(events_of(body))
    password = person.send("/utenza/password", password=PASSWORD, repeated=PASSWORD)
    refused(password, 403, "ha credenziali sue")
    asked = person.http.post("/utenza/passkey/opzioni", data={"csrf": person.csrf}, headers={"Accept": "*/*"})
    assert (asked.status_code, asked.json()["type"].rpartition(":")[2]) == (403, "credentials-of-provider")
    assert events_of(body)[before:] == []
    assert person.account is not None


def test_a_passkey_that_was_asked_for_before_is_not_added_to_an_account_of_the_provider(unmapped: Body) -> None:
    account, owner = entered(unmapped, "planner", origin=PUBLIC)
    owner.open("/utenza")
    owner.device = Authenticator(PUBLIC, "piani.example")
    asked = owner.http.post("/utenza/passkey/opzioni", data={"csrf": owner.csrf, "current": PASSWORD})
    assert asked.status_code == 200, asked.text
    identity = StoredAccess("oidc", "0" * 64, account, {}, unmapped.harness.now)
    door.writing(unmapped.harness.store, lambda cursor: door.keep(cursor, identity))
    refused(owner.send("/utenza/passkey", credential=owner.device.create(asked.text), name="x"), 403, "credenziali sue")


def test_an_account_that_is_tied_to_an_identity_leaves_its_password_and_takes_it_again_by_a_link_of_the_machine(
    unmapped: Body, liar: LyingProvider
) -> None:
    account, owner = entered(unmapped, "planner", origin=PUBLIC)
    person = Person(unmapped, liar)
    person.open(accounts.make_link(unmapped.service, MakeLink(account=account), BY_MACHINE).secret)
    person.goes(person.to_provider())
    assert person.comes_back().status_code == 303
    assert owner.account != account
    assert owner.sign_in(account).status_code == 403
    assert CredentialRemoved(account=account, kind="password") in events_of(unmapped)
    link = accounts.make_link(unmapped.service, MakeLink(account=account), BY_MACHINE).secret
    owner.open(link)
    assert owner.send(link, password=PASSWORD, repeated=PASSWORD).status_code == 303
    assert owner.account == account
    assert events_of(unmapped)[-1] == CredentialRemoved(account=account, kind="oidc")
    assert person.account is None
    refused(Person(unmapped, liar).signs_in(), 403, "non ha alcun ruolo")


# -- the return --------------------------------------------------------------------------------------------------------


def test_a_return_serves_once_in_the_browser_that_began_and_within_ten_minutes(
    body: Body, liar: LyingProvider, since: int
) -> None:
    person, thief = Person(body, liar, sub="ritorno"), Person(body, liar, sub="ritorno")
    person.goes()
    liar.asked.clear()
    refused(thief.comes_back(state=person.state), 403, "non risponde a un accesso cominciato in questo browser")
    assert liar.asked == []
    assert person.comes_back().status_code == 303
    refused(person.comes_back(), 403, "o è già servito")
    late = Person(body, liar, sub="ritorno")
    late.goes()
    body.harness.now += timedelta(minutes=10)
    refused(late.comes_back(), 403, "da più di dieci minuti")
    wrong = Person(body, liar, sub="ritorno")
    wrong.goes()
    refused(wrong.comes_back(state="altro"), 403, "non risponde")
    refused(wrong.comes_back(), 403, "o è già servito")
    declined = Person(body, liar, sub="ritorno")
    declined.goes()
    refused(declined.comes_back(error="access_denied"), 403, "non ha concesso l'accesso")
    twice = Person(body, liar, sub="ritorno")
    twice.goes()
    refused(twice.http.get(f"/accesso/oidc/ritorno?state={twice.state}&code=a&code=b"), 403, "non si può accettare")
    assert refusals_of(body, since) == [("oidc", "expired", None), ("oidc", "not_genuine", None)]
    assert Person(body, liar).http.get("/accesso/oidc/ritorno").status_code == 403


def test_a_ticket_that_another_host_plants_is_no_ticket(body: Body, liar: LyingProvider) -> None:
    attacker, victim = Person(body, liar, sub="attaccante"), Person(body, liar)
    attacker.goes()
    victim.http.cookies.set("initinere-accesso", attacker.cookie("__Host-initinere-accesso") or "")
    victim.state, victim.claims = attacker.state, attacker.claims
    refused(victim.comes_back(), 403, "non risponde a un accesso cominciato in questo browser")


@pytest.mark.parametrize("name", CLAIMS)
def test_a_claim_that_lies_gets_nobody_in_and_records_a_refusal_and_no_more(
    body: Body, liar: LyingProvider, since: int, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    changed, reason = CLAIMS[name]
    person = Person(body, liar)
    person.goes()
    person.claims |= changed
    refused(person.comes_back(), 403, "non si può accettare")
    assert person.account is None
    assert refusals_of(body, since) == [("oidc", "not_genuine", None)]
    assert len(events_of(body)) == since + 1
    assert f"identity_refused: {reason}" in caplog.text
    assert "persona-55d0" not in caplog.text


def test_every_token_that_is_none_gets_nobody_in(body: Body, liar: LyingProvider, since: int) -> None:
    for make, _ in TOKENS.values():
        person = Person(body, liar)
        person.goes()
        person.token = {"id_token": make(person.claims)}
        refused(person.comes_back(), 403, "non si può accettare")
        assert person.account is None
    told = refusals_of(body, since)
    assert set(told) == {("oidc", "not_genuine", None)}
    assert len(events_of(body)) == since + len(told)


@pytest.mark.parametrize("claim", ["iss", "aud", "sub", "exp", "iat", "nonce"])
def test_a_claim_that_is_missing_gets_nobody_in(body: Body, liar: LyingProvider, since: int, claim: str) -> None:
    person = Person(body, liar)
    person.goes()
    person.claims[claim] = None
    refused(person.comes_back(), 403, "non si può accettare")
    assert refusals_of(body, since) == [("oidc", "not_genuine", None)]


AWAY: dict[str, tuple[Callable[[LyingProvider], object], int, str]] = {
    "busy": (lambda liar: liar.answers.update({"/token": Answer({}, 503)}), 503, "non risponde"),
    "slow": (lambda liar: liar.answers.update({"/token": Answer({}, drips=True)}), 503, "non risponde"),
    "elsewhere": (
        lambda liar: liar.answers.update({"/token": Answer({}, 302, {"Location": "/x"})}),
        502,
        "non si può accettare",
    ),
}


@pytest.mark.parametrize("name", AWAY)
def test_a_provider_that_is_away_is_told_in_a_page(
    body: Body, liar: LyingProvider, since: int, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    away, status, words = AWAY[name]
    monkeypatch.setattr(issuers, "SECONDS", 0.3)
    person = Person(body, liar)
    person.goes()
    person.comes_back(state="")
    person.goes()
    away(liar)
    answer = person.http.get("/accesso/oidc/ritorno", params={"state": person.state, "code": "codice-8e3c21"})
    refused(answer, status, words)
    assert (answer.headers.get("retry-after") == "60") is (status == 503)
    assert len(events_of(body)) == since
    body.harness.now += timedelta(hours=1)
    liar.answers["/.well-known/openid-configuration"] = Answer({}, 500)
    refused(person.goes(), 503, "non risponde")
    entered(body, origin=PUBLIC)  # who has a password comes in meanwhile
