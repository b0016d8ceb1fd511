"""The forms of signing in, as their user sends them and as an attacker does: nothing else gets in, and a browser is told in a page."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path

import httpx2
import pytest

from api.access.passwords import HashCost, PasswordHashing
from api.access.tokens import TokenMistyped
from api.commands import accounts
from api.commands.sign_in import passwords
from api.commands.sign_in.passkeys import Passkeys
from api.commands.sign_in.passwords import Passwords
from domain.access.commands import GiveRole, MakeLink, ResumeAccount, SuspendAccount
from domain.access.events import CredentialAdded, CredentialRemoved
from domain.errors import StoreBusy
from projections.access import door
from tests.api.http.client import problem
from tests.support.chamber import BY_MACHINE, OWN, Chambers
from tests.support.problem_places import place_of
from tests.support.visitor import (
    ORIGIN,
    PASSWORD,
    SECURE_ORIGIN,
    Sent,
    Visitor,
    entered,
    events_of,
    login_of,
    opened,
    refusals_of,
    statuses_at_once,
)

OTHER_PASSWORD = "cinque gatti sotto la scala"


@pytest.fixture(scope="module")
def chambers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chambers]:
    """One service for all the tests of this module, each with accounts of its own."""
    with cheaply_hashing(Chambers(tmp_path_factory.mktemp("aperto"))) as service:
        yield service


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chambers]:
    """The same, behind TLS that is declared."""
    with cheaply_hashing(Chambers(tmp_path_factory.mktemp("sicuro"), public_address=SECURE_ORIGIN)) as service:
        yield service


@contextmanager
def cheaply_hashing(chambers: Chambers) -> Iterator[Chambers]:
    """Passwords that cost next to nothing: what they should cost is tested where they are made."""
    with pytest.MonkeyPatch.context() as patch:
        cheap = partial(PasswordHashing, HashCost(memory_kib=8, passes=1, lanes=1))
        patch.setattr(passwords, "PasswordHashing", cheap)
        assert chambers.client is not None  # it is made
    yield chambers
    chambers.close()


@pytest.fixture
def since(request: pytest.FixtureRequest) -> int:
    """How many events there were before the test, to which no refusal of another test counts."""
    service: Chambers = request.getfixturevalue("secure" if "secure" in request.fixturenames else "chambers")
    door.writing(service.service.store, lambda cursor: cursor.execute("DELETE FROM attempt"))
    return len(events_of(service))


def is_page(answer: httpx2.Response, status: int, title: str) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert f"<title>Errore: {title}</title>" in answer.text
    assert "no-store" in answer.headers["cache-control"]
    assert "default-src 'none'" in answer.headers["content-security-policy"]


# -- where somebody wanted to go ---------------------------------------------------------------------------------------


def test_after_signing_in_one_is_where_one_wanted_to_be(chambers: Chambers) -> None:
    account, first = entered(chambers)
    first.open("/utenza")
    first.create_passkey("/utenza/passkey", current=PASSWORD)
    visitor = Visitor(chambers)
    sent = visitor.open("/utenza").headers["location"]
    visitor.open(sent)
    assert set(visitor.actions) == {"/accesso?poi=/utenza", "/accesso/passkey?poi=/utenza"}
    form = next(action for action in visitor.actions if "passkey" not in action)
    wrong = visitor.send(form, login=login_of(account), password="un'altra cosa del tutto")
    assert wrong.status_code == 403
    assert form in visitor.actions
    assert visitor.send(form, login=login_of(account), password=PASSWORD).headers["location"] == "/utenza"
    visitor = first
    visitor.open("/utenza")
    visitor.send("/uscita")
    assert visitor.open("/checkpoint").headers["location"] == "/accesso?poi=/checkpoint"
    visitor.open("/accesso?poi=/checkpoint")
    visitor.device.count += 1
    options = visitor.asked_for_passkey()
    by_passkey = next(action for action in visitor.actions if "passkey" in action)
    assert visitor.send(by_passkey, credential=visitor.device.get(options)).headers["location"] == "/checkpoint"


@pytest.mark.parametrize(
    "wanted",
    [
        *(
            "//altrove.example",
            "https://altrove.example/",
            "/\\altrove",
            "\\\\altrove",
            "altrove",
            "javascript:alert(1)",
        ),
        *("/\t/altrove", "\t//altrove", "/\n/altrove", "//[", "/a\\..\\\\b", "/è", "/" * 600, "", " /", "/\x00"),
    ],
)
def test_no_address_leads_elsewhere(chambers: Chambers, wanted: str) -> None:
    account, visitor = entered(chambers)
    visitor = Visitor(chambers)
    visitor.http.get("/accesso", params={"poi": wanted})
    shown = visitor.http.get("/accesso", params={"poi": wanted})
    assert 'action="/accesso"' in shown.text
    visitor.page = shown.text
    form = {"csrf": visitor.csrf, "login": login_of(account), "password": PASSWORD}
    answer = visitor.http.post("/accesso", params={"poi": wanted}, data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


# -- what is no form ---------------------------------------------------------------------------------------------------

FORMS: dict[str, tuple[Callable[[str], bytes], str, int]] = {
    "nothing": (lambda _: b"", "application/x-www-form-urlencoded", 400),
    "bytes that are no text": (
        lambda csrf: f"csrf={csrf}&login=".encode() + b"\xff",
        "application/x-www-form-urlencoded",
        400,
    ),
    "escapes that are no text": (
        lambda csrf: f"csrf={csrf}&login=%FF".encode(),
        "application/x-www-form-urlencoded",
        400,
    ),
    "a character that ends texts": (
        lambda csrf: f"csrf={csrf}&login=%00&password=x".encode(),
        "application/x-www-form-urlencoded",
        400,
    ),
    "a field said twice": (
        lambda csrf: f"csrf={csrf}&login=anna&login=bruno".encode(),
        "application/x-www-form-urlencoded",
        400,
    ),
    "fields without end": (
        lambda csrf: f"csrf={csrf}".encode() + b"&a=1" * 200,
        "application/x-www-form-urlencoded",
        400,
    ),
    "a form without end": (
        lambda csrf: f"csrf={csrf}&login={'a' * 70_000}".encode(),
        "application/x-www-form-urlencoded",
        413,
    ),
    "JSON": (lambda csrf: f'{{"csrf": "{csrf}"}}'.encode(), "application/json", 415),
    "a form in parts": (lambda _: b"--a--", "multipart/form-data; boundary=a", 415),
    "a text": (lambda csrf: f"csrf={csrf}".encode(), "text/plain", 415),
    "another session's": (lambda _: b"csrf=" + b"0" * 64 + b"&login=anna", "application/x-www-form-urlencoded", 403),
    "no secret": (lambda _: b"login=anna", "application/x-www-form-urlencoded", 403),
    "a secret in other letters": (lambda _: "csrf=è".encode(), "application/x-www-form-urlencoded", 403),
}


@pytest.mark.parametrize("name", FORMS)
def test_what_is_no_form_of_ours_is_told_in_a_page_and_does_nothing(chambers: Chambers, name: str) -> None:
    body, kind, status = FORMS[name]
    _, visitor = entered(chambers)
    before = len(events_of(chambers))
    for page, path, sender in (
        ("/accesso", "/accesso", Visitor(chambers)),
        ("/utenza", "/utenza/password", visitor),
    ):
        sender.open(page)
        headers, csrf = {"Content-Type": kind}, sender.csrf
        answer = sender.http.post(path, content=body(csrf), headers=headers)
        assert answer.status_code == status, answer.text
        assert answer.text.startswith("<!doctype html>")
        told = sender.http.post(path, content=body(csrf), headers=headers | {"Accept": "*/*"})
        assert told.headers["content-type"] == "application/problem+json"
        assert told.status_code == status
    assert len(events_of(chambers)) == before


def test_fields_that_are_missing_or_huge_are_refused_as_what_they_are(chambers: Chambers) -> None:
    _, visitor = entered(chambers)
    stranger = Visitor(chambers)
    stranger.open("/accesso")
    assert stranger.send("/accesso").status_code == 403
    assert stranger.send("/accesso", login="a" * 20_000, password="b" * 20_000).status_code == 403
    assert stranger.send("/accesso/passkey").status_code == 403
    assert stranger.send("/accesso/passkey", credential="a" * 30_000).status_code == 403
    visitor.open("/utenza")
    for path, status in (
        ("/utenza/password", 422),
        ("/utenza/passkey", 403),
        ("/utenza/passkey/nome", 404),
        ("/utenza/passkey/togli", 404),
    ):
        answer = visitor.send(path)
        assert answer.status_code == status, (path, answer.text)
        assert "<title>Errore: La tua utenza</title>" in answer.text


def test_a_form_whose_session_has_ended_leads_to_the_sign_in(chambers: Chambers) -> None:
    account, visitor = entered(chambers)
    visitor.open("/utenza")
    other = Visitor(chambers)
    other.sign_in(account)
    other.open("/utenza")
    other.send("/utenza/sessioni/chiudi")
    answer = visitor.send("/utenza/password", current=PASSWORD, password=OTHER_PASSWORD, repeated=OTHER_PASSWORD)
    assert (answer.status_code, answer.headers["location"]) == (303, "/accesso?poi=/utenza")
    assert Visitor(chambers).sign_in(account).status_code == 303


# -- what a browser is told --------------------------------------------------------------------------------------------


def test_a_browser_that_is_refused_gets_a_page_and_a_program_a_problem(
    chambers: Chambers, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = Visitor(chambers)
    is_page(visitor.open("/nulla"), 404, "Indirizzo sconosciuto")
    is_page(visitor.open("/uscita"), 405, "Metodo non ammesso")
    is_page(
        visitor.http.get("/", headers={"Host": "altrove.example"}),
        421,
        "Nome dell'host non ammesso".replace("'", "&#39;"),
    )
    is_page(visitor.http.get("/", headers={"Authorization": "Bearer iit_x"}), 401, TokenMistyped.title)
    problem(visitor.open("/v1/account"), 401, "unauthenticated")
    problem(visitor.http.get("/nulla", headers={"Accept": "*/*"}), 404, "no-such-address")
    assert visitor.http.head("/nulla").content == b""

    def away(*_: object, **__: object) -> None:
        raise StoreBusy("l'archivio non risponde")

    monkeypatch.setattr(Passwords, "sign_in", away)
    visitor.open("/accesso")
    answer = visitor.send("/accesso", login="anna", password=PASSWORD)
    is_page(answer, 503, StoreBusy.title)
    assert answer.headers["retry-after"] == str(StoreBusy.retry_after)


def test_pages_with_secrets_are_kept_nowhere_and_heads_have_no_body(chambers: Chambers) -> None:
    _, link = opened(chambers)
    _, visitor = entered(chambers)
    for path in ("/accesso", link, "/utenza"):
        shown = visitor.http.get(path) if path == "/utenza" else Visitor(chambers).open(path)
        assert (shown.status_code, shown.headers["cache-control"]) == (200, "no-store")
        assert visitor.http.head(path).content == b""
    assert Visitor(chambers).open(link).status_code == 200


def test_an_open_door_has_no_way_in(tmp_path: Path) -> None:
    chambers = Chambers(tmp_path, sign_in="open")
    is_page(Visitor(chambers).open("/accesso"), 404, "Indirizzo sconosciuto")
    assert Visitor(chambers).open("/").status_code == 200
    chambers.close()


def test_a_store_that_fails_is_told_in_a_page(chambers: Chambers, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise sqlite3.OperationalError("database is locked")

    monkeypatch.setattr(Passkeys, "ask", fails)
    visitor = Visitor(chambers)
    visitor.open("/accesso")
    is_page(visitor.http.post("/accesso/passkey/opzioni", data={"csrf": visitor.csrf}), 503, StoreBusy.title)


# -- sessions ----------------------------------------------------------------------------------------------------------


def test_cookies_are_held_to_this_service_and_behind_tls_to_tls(chambers: Chambers) -> None:
    _, link = opened(chambers)
    visitor = Visitor(chambers)
    form = visitor.open(link).headers["set-cookie"]
    session, device = visitor.send(link, password=PASSWORD, repeated=PASSWORD).headers.get_list("set-cookie")
    assert {"httponly", "path=/", "samesite=strict"} <= set(device.lower().split("; "))
    for cookie, name in ((form, "initinere-modulo="), (session, "initinere=")):
        assert cookie.startswith(name)
        assert {"httponly", "path=/", "samesite=lax"} <= set(cookie.lower().split("; "))
        assert "secure" not in cookie.lower()
        assert "domain" not in cookie.lower()


def test_behind_tls_no_other_host_sets_a_cookie_of_ours(secure: Chambers) -> None:
    _, link = opened(secure)
    visitor = Visitor(secure, SECURE_ORIGIN)
    form = visitor.open(link).headers["set-cookie"]
    session, device = visitor.send(link, password=PASSWORD, repeated=PASSWORD).headers.get_list("set-cookie")
    assert device.startswith("__Host-initinere-device-")
    for cookie, name in ((form, "__Host-initinere-modulo="), (session, "__Host-initinere=")):
        assert cookie.startswith(name)
        assert {"httponly", "path=/", "samesite=lax", "secure"} <= set(cookie.lower().split("; "))
    planted = Visitor(secure, SECURE_ORIGIN)
    planted.http.cookies.set("initinere", visitor.cookie("__Host-initinere") or "")
    planted.http.cookies.set("initinere-modulo", "scelto da altri")
    assert planted.account is None
    assert "__Host-initinere-modulo=" in planted.open("/accesso").headers["set-cookie"]


def test_signing_in_ends_the_session_that_the_browser_had(chambers: Chambers) -> None:
    bruno, _ = entered(chambers)
    _, visitor = entered(chambers)
    before = visitor.cookie("initinere") or ""
    visitor.open("/utenza")
    visitor.send("/accesso", login=login_of(bruno), password=PASSWORD)
    assert visitor.account == bruno
    thief = Visitor(chambers)
    thief.http.cookies.set("initinere", before)
    assert thief.account is None


@pytest.mark.parametrize("path", ["/uscita", "/utenza/sessioni/chiudi"])
def test_who_leaves_has_left_though_its_roles_have_changed_meanwhile(chambers: Chambers, path: str) -> None:
    account, visitor = entered(chambers)
    visitor.open("/utenza")
    accounts.give_role(chambers.service, GiveRole(account=account, role="planner", administration=OWN), BY_MACHINE)
    before = visitor.cookie("initinere") or ""
    assert visitor.send(path).status_code == 303
    assert not visitor.cookie("initinere")
    thief = Visitor(chambers)
    thief.http.cookies.set("initinere", before)
    assert visitor.account is thief.account is None


def test_a_password_that_is_changed_keeps_this_session_though_roles_have_changed(chambers: Chambers) -> None:
    account, visitor = entered(chambers)
    other = Visitor(chambers)
    other.sign_in(account)
    visitor.open("/utenza")
    accounts.give_role(chambers.service, GiveRole(account=account, role="planner", administration=OWN), BY_MACHINE)
    sent = {"current": PASSWORD, "password": OTHER_PASSWORD, "repeated": OTHER_PASSWORD}
    assert visitor.send("/utenza/password", **sent).status_code == 303
    assert visitor.account == account
    assert other.account is None


def test_a_session_that_is_ended_while_it_is_noted_in_use_stays_ended(chambers: Chambers) -> None:
    account, visitor = entered(chambers)
    gate = chambers.client.app.state.gate  # type: ignore[attr-defined]  # of Starlette
    scope = {"type": "http", "path": "/", "headers": [(b"cookie", f"initinere={visitor.cookie('initinere')}".encode())]}
    for changes in (False, True):
        with chambers.harness.store.reading() as reader:
            admission = gate.admit(reader, scope, chambers.harness.now)
        assert admission.principal.actor == account
        if changes:
            giving = GiveRole(account=account, role="planner", administration=OWN)
            accounts.give_role(chambers.service, giving, BY_MACHINE)
        ender = Visitor(chambers)
        ender.sign_in(account)
        ender.open("/utenza")
        ender.send("/utenza/sessioni/chiudi")
        later = chambers.harness.now.replace(hour=(chambers.harness.now.hour + 1) % 24)
        with chambers.harness.store.reading() as reader:
            gate._directory.at(reader)
        assert gate.renewed(admission, later, is_safe=True) is None
        assert visitor.account is None
        visitor.sign_in(account)
        scope["headers"] = [(b"cookie", f"initinere={visitor.cookie('initinere')}".encode())]


def test_a_token_acts_for_an_account_and_does_not_keep_it(chambers: Chambers) -> None:
    account, visitor = entered(chambers, "planner")
    token = chambers.issue(account, f"planner@{OWN}")
    thief = Visitor(chambers)
    thief.http.headers["Authorization"] = f"Bearer {token}"
    assert thief.account == account
    before = len(events_of(chambers))
    assert thief.open("/utenza").headers["location"] == "/accesso?poi=/utenza"
    thief.open("/accesso")
    sent = {"password": OTHER_PASSWORD, "repeated": OTHER_PASSWORD, "current": PASSWORD}
    assert thief.send("/utenza/password", **sent).headers["location"] == "/accesso?poi=/utenza"
    assert thief.http.post("/utenza/passkey/opzioni", data={"csrf": thief.csrf}).status_code == 401
    assert thief.send("/utenza/sessioni/chiudi").status_code == 303
    assert visitor.account == account
    assert len(events_of(chambers)) == before


# -- links -------------------------------------------------------------------------------------------------------------


def test_a_link_for_lost_credentials_ends_the_sessions_of_whoever_has_them(chambers: Chambers) -> None:
    account, thief = entered(chambers)
    link = accounts.make_link(chambers.service, MakeLink(account=account), BY_MACHINE).secret
    visitor = Visitor(chambers)
    visitor.open(link)
    assert visitor.send(link, password=OTHER_PASSWORD, repeated=OTHER_PASSWORD).status_code == 303
    assert (visitor.account, thief.account) == (account, None)
    assert Visitor(chambers).sign_in(account).status_code == 403


def test_a_link_that_is_refused_is_recorded_when_it_is_used_and_not_when_it_is_looked_at(
    chambers: Chambers, since: int
) -> None:
    account, link = opened(chambers)
    visitor = Visitor(chambers)
    visitor.open(link)
    accounts.suspend_account(chambers.service, SuspendAccount(account=account), BY_MACHINE)
    assert Visitor(chambers).open(link).status_code == 403
    assert refusals_of(chambers, since) == []
    refused = visitor.send(link, password=PASSWORD, repeated=PASSWORD)
    is_page(refused, 403, "Utenza sospesa")
    accounts.resume_account(chambers.service, ResumeAccount(account=account), BY_MACHINE)
    visitor.open(link)
    assert visitor.send(link, password=PASSWORD, repeated=PASSWORD).status_code == 303
    visitor.open("/utenza")
    assert visitor.send(link, password=PASSWORD, repeated=PASSWORD).status_code == 403
    assert refusals_of(chambers, since) == [("link", "suspended", None), ("link", "expired", None)]
    assert visitor.open("/accesso/link/x").status_code == 403


def test_a_form_of_a_link_that_is_sent_twice_comes_in_once(chambers: Chambers, since: int) -> None:
    _, link = opened(chambers)
    visitor = Visitor(chambers)
    visitor.open(link)
    form = {"csrf": visitor.csrf, "password": PASSWORD, "repeated": PASSWORD}
    assert statuses_at_once(chambers, [Sent(visitor, link, form)] * 2) == [303, 403]
    added = [event.kind for event in events_of(chambers)[since:] if isinstance(event, CredentialAdded)]
    assert added == ["link", "password"]


def test_behind_tls_the_link_of_an_administrator_makes_a_passkey_and_no_password(secure: Chambers) -> None:
    account, link = opened(secure, "administrator")
    visitor = Visitor(secure, SECURE_ORIGIN)
    visitor.open(link)
    assert link not in visitor.actions
    refused = visitor.send(link, password=PASSWORD, repeated=PASSWORD)
    assert refused.status_code == 409
    assert "serve una passkey" in refused.text
    assert visitor.create_passkey(f"{link}/passkey").status_code == 303
    assert visitor.account == account


# -- an account that is suspended --------------------------------------------------------------------------------------


def test_whoever_is_suspended_is_refused_by_every_method_and_it_is_recorded(chambers: Chambers, since: int) -> None:
    account, visitor = entered(chambers)
    visitor.open("/utenza")
    assert visitor.create_passkey("/utenza/passkey", current=PASSWORD).status_code == 303
    accounts.suspend_account(chambers.service, SuspendAccount(account=account), BY_MACHINE)
    assert visitor.account is None
    assert visitor.sign_in(account).status_code == 403
    assert "sospesa" in visitor.page
    assert visitor.sign_in_by_passkey().status_code == 403
    assert "sospesa" in visitor.page
    assert refusals_of(chambers, since) == [("password", "suspended", account), ("passkey", "suspended", account)]


def test_a_wrong_password_of_before_is_recorded_as_a_refusal(chambers: Chambers, since: int) -> None:
    account, visitor = entered(chambers)
    visitor.open("/utenza")
    sent = {"current": "un'altra cosa", "password": OTHER_PASSWORD, "repeated": OTHER_PASSWORD}
    assert visitor.send("/utenza/password", **sent).status_code == 422
    assert refusals_of(chambers, since) == [("password", "wrong_secret", account)]


# -- passkeys ----------------------------------------------------------------------------------------------------------


def with_passkey(chambers: Chambers, *roles: str, origin: str = ORIGIN) -> tuple[str, Visitor]:
    account, link = opened(chambers, *roles)
    visitor = Visitor(chambers, origin)
    visitor.open(link)
    assert visitor.create_passkey(f"{link}/passkey").status_code == 303
    return account, visitor


def test_a_passkey_comes_in_and_is_answered_once(chambers: Chambers, since: int) -> None:
    account, visitor = with_passkey(chambers)
    assert visitor.sign_in_by_passkey().status_code == 303
    assert visitor.account == account
    visitor.open("/utenza")
    visitor.send("/uscita")
    visitor.open("/accesso")
    counted_before = visitor.device.get(visitor.asked_for_passkey())
    assert visitor.send("/accesso/passkey", credential=counted_before).status_code == 403
    visitor.device.count += 1
    again = visitor.device.get(visitor.asked_for_passkey())
    assert visitor.send("/accesso/passkey", credential=again).status_code == 303
    visitor.open("/utenza")
    visitor.send("/uscita")
    visitor.open("/accesso")
    assert visitor.send("/accesso/passkey", credential=again).status_code == 403
    assert refusals_of(chambers, since) == [("passkey", "not_genuine", account)]  # told once of both


def test_the_question_of_one_ceremony_is_no_answer_in_another(chambers: Chambers) -> None:
    account, visitor = with_passkey(chambers)
    _, other = entered(chambers)
    visitor.open("/utenza")
    creating = visitor.http.post("/utenza/passkey/opzioni", data={"csrf": visitor.csrf}).text
    visitor.device.count += 1
    stranger = Visitor(chambers)
    stranger.open("/accesso")
    assert stranger.send("/accesso/passkey", credential=visitor.device.get(creating)).status_code == 403
    asking = stranger.asked_for_passkey()
    device = Visitor(chambers).device
    device.handle = visitor.device.handle
    answer = device.create(creating.replace(_challenge(creating), _challenge(asking)))
    assert visitor.send("/utenza/passkey", credential=answer, name="x").status_code == 403
    # What one account was asked is no answer of another's.
    creating = visitor.http.post("/utenza/passkey/opzioni", data={"csrf": visitor.csrf}).text
    other.open("/utenza")
    assert other.send("/utenza/passkey", credential=device.create(creating), name="x").status_code == 403
    assert other.http.get("/utenza").text.count("Togli</button>") == 0
    assert visitor.account == account


def _challenge(options: str) -> str:
    return options.partition('"challenge": "')[2].partition('"')[0]


def test_another_way_in_is_made_by_whoever_knows_the_password_or_has_just_come_in(chambers: Chambers) -> None:
    _, visitor = entered(chambers)
    visitor.open("/utenza")
    for form in ({}, {"current": OTHER_PASSWORD}):
        asked = visitor.http.post(
            "/utenza/passkey/opzioni", data={"csrf": visitor.csrf} | form, headers={"Accept": "*/*"}
        )
        assert [place_of(p) for p in problem(asked, 422, "malformed")["problems"]] == ["current"]
    assert visitor.create_passkey("/utenza/passkey", current=PASSWORD).status_code == 303


def test_who_has_no_password_signs_in_again_before_another_way_in_is_made(chambers: Chambers) -> None:
    _, visitor = with_passkey(chambers)
    chambers.harness.now += timedelta(minutes=11)
    visitor.open("/utenza")
    assert {"/utenza/passkey", "/utenza/password"}.isdisjoint(visitor.actions)
    asked = visitor.http.post("/utenza/passkey/opzioni", data={"csrf": visitor.csrf}, headers={"Accept": "*/*"})
    problem(asked, 403, "sign-in-not-fresh")
    first = visitor.send("/utenza/password", password=PASSWORD, repeated=PASSWORD)
    assert first.status_code == 403
    assert "più di 10 minuti fa" in first.text
    assert visitor.sign_in_by_passkey().status_code == 303
    visitor.open("/utenza")
    visitor.device = Visitor(chambers).device
    assert visitor.create_passkey("/utenza/passkey", "chiave").status_code == 303
    assert visitor.send("/utenza/password", password=PASSWORD, repeated=PASSWORD).status_code == 303


def test_the_id_of_a_passkey_is_taken_by_nobody_else(chambers: Chambers) -> None:
    account, visitor = with_passkey(chambers)
    _, other = entered(chambers)
    other.device.id = visitor.device.id
    other.open("/utenza")
    assert other.create_passkey("/utenza/passkey", current=PASSWORD).status_code == 403
    assert visitor.sign_in_by_passkey().status_code == 303
    assert visitor.account == account


def test_of_two_copies_of_a_passkey_that_answer_at_once_one_comes_in(chambers: Chambers) -> None:
    _, owner = with_passkey(chambers)
    owner.device.count += 1
    sent = []
    for visitor in [Visitor(chambers) for _ in range(3)]:
        visitor.open("/accesso")
        credential = owner.device.get(visitor.asked_for_passkey())
        sent.append(Sent(visitor, "/accesso/passkey", {"csrf": visitor.csrf, "credential": credential}))
    assert statuses_at_once(chambers, sent) == [303, 403, 403]


def test_what_is_kept_of_a_passkey_is_changed_only_where_nobody_was_first(chambers: Chambers) -> None:
    account, visitor = with_passkey(chambers)
    datastore, now = chambers.harness.store.datastore, chambers.harness.now
    with datastore.cursor() as cursor:
        (before,) = door.of_account(cursor, account, "passkey")
    visitor.sign_in_by_passkey()
    with datastore.cursor(commit=True) as cursor:
        assert not door.replace_unchanged(cursor, before, before._replace(used_at=now))
        (after,) = door.of_account(cursor, account, "passkey")
        assert after.state["sign_count"] == visitor.device.count
        assert door.replace_unchanged(cursor, after, after._replace(used_at=now))
        door.forget(cursor, "passkey", after.id)
        assert not door.replace_unchanged(cursor, after, after)
        assert door.of_account(cursor, account, "passkey") == []


def test_a_name_that_is_none_is_told_at_its_passkey(chambers: Chambers) -> None:
    _, visitor = with_passkey(chambers)
    visitor.open("/utenza")
    of_first = visitor.page.partition('name="credential_id" value="')[2].partition('"')[0]
    assert visitor.send("/utenza/passkey/nome", credential_id=of_first, name="x" * 61).status_code == 422
    assert 'href="#name-1"' in visitor.page
    assert visitor.send("/utenza/passkey/nome", credential_id=of_first, name=" chiave  blu ").status_code == 303
    visitor.open("/utenza")
    assert "chiave blu</h3>" in visitor.page


def test_the_last_way_in_is_not_removed_and_what_is_removed_is_so_once(chambers: Chambers, since: int) -> None:
    _, visitor = with_passkey(chambers)
    visitor.open("/utenza")
    first = visitor.page.partition('name="credential_id" value="')[2].partition('"')[0]
    last = visitor.send("/utenza/passkey/togli", credential_id=first)
    assert last.status_code == 422
    assert "il solo modo di entrare" in last.text
    old, visitor.device = visitor.device, Visitor(chambers).device
    assert visitor.create_passkey("/utenza/passkey", "chiave").status_code == 303
    assert visitor.send("/utenza/passkey/togli", credential_id=first).status_code == 303
    assert visitor.send("/utenza/passkey/togli", credential_id=first).status_code == 404
    removed = [
        event
        for event in events_of(chambers)[since:]
        if isinstance(event, CredentialRemoved) and event.kind == "passkey"
    ]
    assert len(removed) == 1
    stranger = Visitor(chambers)
    stranger.device = old
    assert stranger.sign_in_by_passkey().status_code == 403


def test_behind_tls_whoever_administers_keeps_a_passkey_though_it_has_a_password(secure: Chambers) -> None:
    _, visitor = with_passkey(secure, "administrator", origin=SECURE_ORIGIN)
    visitor.open("/utenza")
    assert visitor.send("/utenza/password", password=PASSWORD, repeated=PASSWORD).status_code == 303
    visitor.open("/utenza")
    only = visitor.page.partition('name="credential_id" value="')[2].partition('"')[0]
    assert visitor.send("/utenza/passkey/togli", credential_id=only).status_code == 422


def test_behind_tls_the_password_of_an_administrator_is_half_of_the_way(secure: Chambers) -> None:
    account, visitor = with_passkey(secure, "administrator", origin=SECURE_ORIGIN)
    visitor.open("/utenza")
    visitor.send("/utenza/password", password=PASSWORD, repeated=PASSWORD)
    thief = Visitor(secure, SECURE_ORIGIN)
    half = thief.sign_in(account)
    assert half.status_code == 200
    assert "Conferma con la passkey" in half.text
    assert thief.account is None
    owner = Visitor(secure, SECURE_ORIGIN)
    owner.device = visitor.device
    owner.open("/accesso?poi=/utenza")
    owner.send("/accesso?poi=/utenza", login=login_of(account), password=PASSWORD)
    owner.device.count += 1
    options = owner.asked_for_passkey()
    (confirm,) = owner.actions
    assert owner.send(confirm, credential=owner.device.get(options)).headers["location"] == "/utenza"
    assert owner.account == account
