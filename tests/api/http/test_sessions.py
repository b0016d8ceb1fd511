"""Sessions and tokens over HTTP: begun by a link or a password, held to one browser, ended everywhere, outlived by nothing."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest
from starlette.testclient import TestClient

from api.access.one_time_links import LinkRefused
from api.access.sessions import SessionLife
from api.commands import accounts
from api.commands.handler import Caller
from api.commands.sign_in.door import Door
from api.http.app import create_app
from domain.access.commands import (
    ErasePerson,
    GiveRole,
    MakeLink,
    RevokeToken,
    SuspendAccount,
    TakeRole,
)
from domain.access.decide import ACCOUNTS, RoleUnfit
from domain.access.events import SignInRefused
from domain.access.roles import Role
from tests.api.http.client import problem
from tests.support.chamber import (
    BY_MACHINE,
    DRAFTS,
    OFFICE,
    OTHER,
    OWN,
    PASSWORD,
    PUBLISHED,
    Browser,
    Chambers,
    link_of,
    signed_in,
)
from tests.support.problem_places import place_of


@pytest.fixture
def chambers(tmp_path: Path) -> Iterator[Chambers]:
    made = Chambers(tmp_path)
    yield made
    made.close()


def test_a_link_gives_the_first_password_once_and_begins_a_session(chambers: Chambers) -> None:
    account, browser = signed_in(chambers, "anna", "planner")
    assert browser.open("/v1/account").json()["account"] == account
    assert browser.open("/utenza").status_code == 200
    assert "anna" in browser.page
    cookie = next(cookie for cookie in browser.http.cookies.jar if cookie.name == "initinere")
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert len(cookie.value or "") == 43


def test_a_link_that_was_used_or_is_another_is_refused(chambers: Chambers) -> None:
    _, link = link_of(chambers)
    first, second = Browser(chambers), Browser(chambers)
    first.open(link)
    second.open(link)
    assert first.send(link, password=PASSWORD, repeated=PASSWORD).status_code == 303
    refused = second.send(link, password=PASSWORD + "!", repeated=PASSWORD + "!")
    assert refused.status_code == 403
    assert "non vale più" in refused.text
    assert Browser(chambers).open(link[:-1] + ("A" if link[-1] != "A" else "B")).status_code == 403


def test_of_several_that_use_one_link_at_once_one_comes_in(chambers: Chambers) -> None:
    account, link = link_of(chambers)
    door = Door(chambers.service, SessionLife(timedelta(hours=1), timedelta(hours=12)), is_secure=False)
    together, outcomes = Barrier(4), []

    def use(number: int) -> None:
        password = f"{PASSWORD} {number}"
        together.wait()
        try:
            outcomes.append(door.links.sign_in_with_password(link.rpartition("/")[2], password, password).account)
        except LinkRefused as refused:
            outcomes.append(refused.name)

    threads = [Thread(target=use, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [account, *["link_refused"] * 3]


def test_a_password_lets_in_and_what_is_wrong_is_not_told(chambers: Chambers) -> None:
    signed_in(chambers)
    browser = Browser(chambers)
    browser.open("/accesso")
    wrong = browser.send("/accesso", login="anna", password="un'altra cosa del tutto")
    unknown = browser.send("/accesso", login="nessuno", password=PASSWORD)
    assert wrong.status_code == unknown.status_code == 403
    assert wrong.text == unknown.text
    assert browser.send("/accesso", login=" Anna ", password=PASSWORD).status_code == 303
    assert browser.open("/v1/account").status_code == 200
    with chambers.harness.store.reading() as reader:
        refused = [r.event for r in reader.records(ACCOUNTS) if isinstance(r.event, SignInRefused)]
    assert len(refused) == 2
    assert "anna" not in "".join(event.body().decode() for event in refused)


def test_signing_in_changes_the_cookie_and_a_form_of_before_is_refused(chambers: Chambers) -> None:
    signed_in(chambers)
    browser = Browser(chambers)
    browser.open("/accesso")
    before = browser.csrf
    browser.http.cookies.set("initinere", "A" * 43)
    assert browser.send("/accesso", login="anna", password=PASSWORD).status_code == 303
    assert browser.http.cookies.get("initinere", domain="localhost.local") != "A" * 43
    refused = browser.http.post("/utenza/sessioni/chiudi", data={"csrf": before})
    assert refused.status_code == 403
    assert refused.json()["type"].endswith("csrf-refused")


@pytest.mark.parametrize(
    "wanted", ["//altrove.example", "https://altrove.example/", "/\\altrove", "altrove", "javascript:1"]
)
def test_nobody_is_led_elsewhere_after_signing_in(chambers: Chambers, wanted: str) -> None:
    signed_in(chambers)
    browser = Browser(chambers)
    browser.open("/accesso")
    answer = browser.http.post(
        "/accesso", params={"poi": wanted}, data={"csrf": browser.csrf, "login": "anna", "password": PASSWORD}
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_a_page_that_wants_a_session_leads_to_the_sign_in_and_back(chambers: Chambers) -> None:
    signed_in(chambers)
    browser = Browser(chambers)
    sent = browser.open("/utenza")
    assert (sent.status_code, sent.headers["location"]) == (303, "/accesso?poi=/utenza")
    assert browser.open("/").headers["location"] == "/accesso"


def test_a_session_writes_only_with_the_token_of_its_pages(chambers: Chambers) -> None:
    account, browser = signed_in(chambers, "anna", "planner")
    body = {"name": "prova", "rights": [f"planner@{OWN}"], "expires_on": "2022-12-31"}
    problem_of = browser.http.post("/v1/tokens", json=body)
    problem(problem_of, 403, "csrf-refused")
    problem(browser.http.post("/v1/tokens", json=body, headers={"CSRF-Token": "0" * 64}), 403, "csrf-refused")
    browser.open("/utenza")
    taken = browser.http.post("/v1/tokens", json=body, headers={"CSRF-Token": browser.csrf})
    assert taken.status_code == 201, taken.text
    assert chambers.ask("GET", "/v1/account", taken.json()["secret"]).json()["account"] == account


def test_sessions_end_everywhere_at_once_and_one_by_one(chambers: Chambers) -> None:
    _, first = signed_in(chambers)
    second = Browser(chambers)
    second.open("/accesso")
    second.send("/accesso", login="anna", password=PASSWORD)
    third = Browser(chambers)
    third.open("/accesso")
    third.send("/accesso", login="anna", password=PASSWORD)
    third.open("/utenza")
    assert third.send("/uscita").status_code == 303
    assert third.open("/v1/account").status_code == 401
    assert second.open("/v1/account").status_code == 200
    second.open("/utenza")
    second.send("/utenza/sessioni/chiudi")
    assert first.open("/v1/account").status_code == second.open("/v1/account").status_code == 401


def test_a_session_ends_without_use_and_at_the_latest_after_its_longest(chambers: Chambers) -> None:
    _, browser = signed_in(chambers)
    statuses = []
    for _ in range(15):
        chambers.harness.now += timedelta(minutes=50)
        statuses.append(browser.open("/v1/account").status_code)
    assert (statuses[0], statuses[-1]) == (200, 401)
    _, other = signed_in(chambers, "bruno")
    chambers.harness.now += timedelta(minutes=61)
    assert other.open("/v1/account").status_code == 401


def test_a_role_that_is_given_or_taken_holds_from_the_next_request_and_changes_the_cookie(chambers: Chambers) -> None:
    account, browser = signed_in(chambers)
    assert browser.open(f"/v1/plans/{DRAFTS[OWN]}").status_code == 404
    cookie = browser.http.cookies.get("initinere", domain="localhost.local")
    accounts.give_role(chambers.service, GiveRole(account=account, role="planner", administration=OWN), BY_MACHINE)
    assert browser.open(f"/v1/plans/{DRAFTS[OWN]}").status_code == 200
    renewed = browser.http.cookies.get("initinere", domain="localhost.local")
    assert renewed != cookie
    old = Browser(chambers)
    old.http.cookies.set("initinere", cookie or "")
    assert old.open("/v1/account").status_code == 200  # what was under way is answered
    chambers.harness.now += timedelta(minutes=1)
    assert old.open("/v1/account").status_code == 401
    accounts.take_role(chambers.service, TakeRole(account=account, role="planner", administration=OWN), BY_MACHINE)
    assert browser.open(f"/v1/plans/{DRAFTS[OWN]}").status_code == 404


@pytest.mark.parametrize("ended", ["suspended", "erased"])
def test_an_account_that_ends_in_the_middle_of_a_session_is_out_at_once(chambers: Chambers, ended: str) -> None:
    account, browser = signed_in(chambers, "anna", "planner")
    token = chambers.issue(account, f"planner@{OWN}")
    assert chambers.ask("GET", "/v1/account", token).status_code == 200
    if ended == "suspended":
        accounts.suspend_account(chambers.service, SuspendAccount(account=account), BY_MACHINE)
    else:
        accounts.erase_person(chambers.service, ErasePerson(account=account), BY_MACHINE)
    assert browser.open("/v1/account").status_code == 401
    problem(chambers.ask("GET", "/v1/account", token), 401, "token-refused")
    browser.open("/accesso")
    assert browser.send("/accesso", login="anna", password=PASSWORD).status_code == 403


@pytest.mark.parametrize("cookie", ["", "A" * 43, "'; DROP TABLE access; --", "\\x00", "è"])
def test_a_session_that_nobody_began_is_nobodys(chambers: Chambers, cookie: str) -> None:
    answer = chambers.client.get("/v1/account", headers={b"Cookie": f"initinere={cookie}".encode("latin-1")})
    assert answer.status_code == 401


def test_a_token_holds_for_its_roles_until_its_day_or_until_it_is_revoked(chambers: Chambers) -> None:
    account = chambers.open_account(("planner", OWN), ("validator", OWN), ("planner", OTHER))
    token = chambers.issue(account, f"validator@{OWN}")
    assert chambers.ask("GET", f"/v1/plans/{DRAFTS[OWN]}", token).status_code == 200
    problem(chambers.ask("POST", f"/v1/plans/{PUBLISHED[OWN]}/changes", token, {}), 403, "forbidden")
    assert chambers.ask("GET", f"/v1/plans/{DRAFTS[OTHER]}", token).status_code == 404
    problem(
        chambers.ask(
            "POST", "/v1/tokens", token, {"name": "x", "rights": [f"validator@{OWN}"], "expires_on": "2022-09-01"}
        ),
        403,
        "forbidden",
    )
    accounts.take_role(chambers.service, TakeRole(account=account, role="validator", administration=OWN), BY_MACHINE)
    assert chambers.ask("GET", f"/v1/plans/{DRAFTS[OWN]}", token).status_code == 404
    other = chambers.issue(account, f"planner@{OWN}")
    assert chambers.ask("GET", "/v1/account", other).status_code == 200
    used = [one["used_at"] for one in chambers.ask("GET", "/v1/tokens", other).json()["tokens"] if one["rights"]]
    assert all(used)
    (named,) = [t["token"] for t in chambers.ask("GET", "/v1/tokens", other).json()["tokens"] if t["rights"]]
    accounts.revoke_token(chambers.service, RevokeToken(token=named), BY_MACHINE)
    problem(chambers.ask("GET", "/v1/account", other), 401, "token-refused")
    last = chambers.issue(account, f"planner@{OWN}")
    chambers.harness.now += timedelta(days=302)
    problem(chambers.ask("GET", "/v1/account", last), 401, "token-refused")


def test_an_event_says_the_account_that_did_it_and_no_header_says_another(chambers: Chambers) -> None:
    token = chambers.token("planner")
    account = chambers.accounts["planner", OWN]
    body = {"name": "Ufficio Studi", "office": "studi"}
    address = f"/v1/administrations/{OWN}/offices"
    problem(chambers.ask("POST", address, token, body, Actor="oiv"), 422, "malformed")
    assert chambers.ask("POST", address, token, body).status_code == 201
    with chambers.harness.store.reading() as reader:
        assert reader.records(f"administration/{OWN}")[-1].actor == account


def test_an_administrator_cannot_act_as_another(chambers: Chambers) -> None:
    admin = chambers.token("administrator")
    account, _ = signed_in(chambers, "anna", "planner")
    problem(chambers.ask("POST", "/v1/account-links", admin, {"account": account}), 403, "forbidden")
    problem(
        chambers.ask(
            "POST",
            "/v1/tokens",
            admin,
            {"name": "x", "rights": [f"planner@{OWN}"], "expires_on": "2022-09-01", "account": account},
        ),
        403,
        "forbidden",
    )
    own = chambers.accounts["administrator", OWN]
    problem(
        chambers.ask("POST", "/v1/roles", admin, {"account": own, "role": "planner", "administration": OWN}),
        403,
        "role-for-oneself",
    )
    problem(
        chambers.ask("POST", "/v1/roles", admin, {"account": account, "role": "planner", "administration": OTHER}),
        403,
        "forbidden",
    )
    link = accounts.make_link(chambers.service, MakeLink(account=account), BY_MACHINE).secret
    assert Browser(chambers).open(link).status_code == 200


def test_where_the_service_is_open_to_the_public_what_is_published_is_read_and_no_more(tmp_path: Path) -> None:
    chambers = Chambers(tmp_path, public=True)
    assert chambers.ask("GET", f"/v1/plans/{PUBLISHED[OWN]}").status_code == 200
    assert {row["id"] for row in chambers.ask("GET", "/v1/plans").json()["plans"]} == set(PUBLISHED.values())
    for path in (f"/v1/plans/{DRAFTS[OWN]}", f"/v1/plans/{PUBLISHED[OWN]}?as_of=2022-01-30"):
        assert chambers.ask("GET", path).status_code == 404
    before = f"/v1/plans/{PUBLISHED[OWN]}?as_of=2022-02-10&known_at=2022-02-04"
    assert chambers.ask("GET", before).status_code == 404
    for path in ("audit", "events", "rounds", "flags", "reviews", "blame", "proposals", "diligence"):
        assert chambers.ask("GET", f"/v1/plans/{PUBLISHED[OWN]}/{path}").status_code == 401, path
    chambers.close()


def test_nobody_says_that_it_is_somebodys_account_where_the_door_is_open(tmp_path: Path) -> None:
    chambers = Chambers(tmp_path, sign_in="open")
    body = {"name": "Ufficio Studi", "office": "studi"}
    address = f"/v1/administrations/{OWN}/offices"
    problem(chambers.ask("POST", address, body=body, Actor="acc-k3v5o2aq7x4mlc6e"), 422, "malformed")
    assert chambers.ask("POST", address, body=body, Actor="ufficio-statistica").status_code == 201
    chambers.close()


def test_behind_tls_the_cookie_is_of_this_host_alone_and_an_administrator_needs_more_than_a_password(
    tmp_path: Path,
) -> None:
    chambers = Chambers(tmp_path, public_address="https://piani.ente.example")
    app = create_app(chambers.settings, chambers.harness.store)
    browser = Browser(chambers)
    browser.http = TestClient(app, base_url="https://piani.ente.example", follow_redirects=False)
    account, link = link_of(chambers)
    browser.open(link)
    entered = browser.send(link, password=PASSWORD, repeated=PASSWORD)
    cookie = entered.headers["set-cookie"]
    assert cookie.startswith("__Host-initinere=")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    accounts.give_role(
        chambers.service, GiveRole(account=account, role="administrator", administration=OWN), BY_MACHINE
    )
    told = problem(browser.open("/v1/accounts"), 403, "forbidden")
    assert "serve un accesso con una passkey" in told["detail"]
    assert "/utenza" in told["accepted"]
    assert "richiesta" in browser.open("/utenza").text
    accounts.give_role(chambers.service, GiveRole(account=account, role="planner", administration=OWN), BY_MACHINE)
    browser.open("/utenza")
    written, body = {"CSRF-Token": browser.csrf}, {"name": "prova", "expires_on": "2022-12-31"}
    lent = body | {"rights": [f"planner@{OWN}"]}
    assert browser.http.post("/v1/tokens", json=lent, headers=written).status_code == 201
    refused = browser.http.post("/v1/tokens", json=body | {"rights": [f"administrator@{OWN}"]}, headers=written)
    assert "passkey" in problem(refused, 403, "forbidden")["accepted"]
    chambers.close()


@pytest.mark.parametrize(("held", "given"), [("oiv", "planner"), ("approver", "oiv"), ("oiv", "validator")])
def test_the_oiv_of_an_administration_has_no_other_part_there(chambers: Chambers, held: Role, given: Role) -> None:
    account = chambers.open_account((held, OWN))
    with pytest.raises(RoleUnfit, match="valuterebbe"):
        accounts.give_role(chambers.service, GiveRole(account=account, role=given, administration=OWN), BY_MACHINE)
    accounts.give_role(chambers.service, GiveRole(account=account, role=given, administration=OTHER), BY_MACHINE)


def test_a_link_is_made_by_whoever_administers_wherever_it_would_let_in(chambers: Chambers) -> None:
    admin, elsewhere, everywhere = (chambers.token("administrator", body) for body in (OWN, OTHER, None))
    account, link = link_of(chambers)
    for body in (OWN, OTHER):
        giving = GiveRole(account=account, role="planner", administration=body)
        accounts.give_role(chambers.service, giving, BY_MACHINE)
    told = problem(chambers.ask("POST", "/v1/account-links", admin, {"account": account}), 403, "forbidden")
    assert OTHER in told["accepted"]
    problem(chambers.ask("POST", "/v1/account-links", elsewhere, {"account": account}), 404, "not-found")
    assert chambers.ask("POST", "/v1/account-links", everywhere, {"account": account}).status_code == 201
    # Nor is a role elsewhere put into the hands of whoever has the link.
    new, link = link_of(chambers, "bea")
    role = {"account": new, "role": "planner", "administration": OTHER}
    told = problem(chambers.ask("POST", "/v1/roles", everywhere, role), 409, "role-unfit")
    assert "primo accesso" in told["accepted"]
    strange = problem(chambers.ask("POST", "/v1/roles", elsewhere, role), 404, "not-found")
    nobody = problem(
        chambers.ask("POST", "/v1/roles", elsewhere, role | {"account": f"acc-{'a' * 16}"}), 404, "not-found"
    )
    assert strange["detail"].replace(new, "") == nobody["detail"].replace(f"acc-{'a' * 16}", "")
    browser = Browser(chambers)
    browser.open(link)
    assert browser.send(link, password=PASSWORD, repeated=PASSWORD).status_code == 303
    assert chambers.ask("POST", "/v1/roles", elsewhere, role).status_code == 201


def test_a_role_is_of_an_administration_and_of_offices_that_are_there(chambers: Chambers) -> None:
    everywhere = chambers.token("administrator", None)
    account = chambers.open_account()
    nowhere = {"account": account, "role": "planner", "administration": "cciaa-brova"}
    told = problem(chambers.ask("POST", "/v1/roles", everywhere, nowhere), 404, "not-found")
    assert (place_of(told), OWN in told["accepted"]) == ("administration", True)
    offices = {"account": account, "role": "responsible", "administration": OWN, "offices": [OFFICE, "servizio-x"]}
    told = problem(chambers.ask("POST", "/v1/roles", everywhere, offices), 404, "not-found")
    assert (place_of(told), OFFICE in told["accepted"]) == ("offices[1]", True)
    offices["offices"] = [OFFICE]
    assert chambers.ask("POST", "/v1/roles", everywhere, offices).status_code == 201


def test_what_is_refused_is_told_in_words_of_people_and_a_page_leaves_out_what_programs_use(chambers: Chambers) -> None:
    account, browser = signed_in(chambers)
    told = problem(chambers.ask("GET", "/v1/accounts", chambers.token("planner")), 403, "forbidden")
    assert told["detail"] == "i ruoli di chi chiede non consentono di leggere le utenze"
    assert told["accepted"] == "un ruolo che lo consente: amministratore"
    page = {"Accept": "text/html"}
    refused = browser.http.get(f"/piani/{PUBLISHED[OWN]}/proposte", headers=page)
    assert refused.status_code == 403
    nothing = browser.http.get(f"/piani/{DRAFTS[OTHER]}", headers=page)
    assert nothing.status_code == 404
    for answer in (refused, nothing):
        assert not re.search(rf"{account}.*non|read_proposals|GET /v1", answer.text), answer.text


def test_nobody_is_made_a_link_who_works_by_a_token(chambers: Chambers) -> None:
    account, _ = link_of(chambers, "bea")
    accounts.give_role(chambers.service, GiveRole(account=account, role="planner", administration=OWN), BY_MACHINE)
    chambers.issue(account, f"planner@{OWN}")
    admin = chambers.token("administrator")
    problem(chambers.ask("POST", "/v1/account-links", admin, {"account": account}), 403, "forbidden")


def test_a_key_is_its_accounts_own(chambers: Chambers) -> None:
    office, other_office = ({"name": name, "valid_from": "2022-01-01"} for name in ("Ufficio Metrico", "Ufficio Studi"))
    addresses = {body: f"/v1/administrations/{body}/offices" for body in (OWN, OTHER)}
    planners = {body: chambers.token("planner", body) for body in (OWN, OTHER)}
    first = chambers.ask("POST", addresses[OWN], planners[OWN], office, Idempotency_Key="chiave-1")
    assert (first.status_code, first.json()["command_id"]) == (201, "chiave-1")
    # What one account has used tells nothing to another.
    assert (
        chambers.ask("POST", addresses[OTHER], planners[OTHER], office, Idempotency_Key="chiave-1").status_code == 201
    )
    again = chambers.ask("POST", addresses[OWN], planners[OWN], office, Idempotency_Key="chiave-1")
    assert (again.status_code, again.json()) == (200, first.json() | {"repeated": True})
    told = chambers.ask("POST", addresses[OWN], planners[OWN], other_office, Idempotency_Key="chiave-1")
    assert "chiave-1" in problem(told, 409, "command-reused")["detail"]
    # Longer than the id of a command may be, with the account before it.
    long = "k" * 120
    assert [
        chambers.ask("POST", addresses[OWN], planners[OWN], other_office, Idempotency_Key=long).status_code
        for _ in "ab"
    ] == [201, 200]


def test_a_receipt_of_before_keys_were_kept_apart_is_its_accounts_own(
    chambers: Chambers, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, address = {"name": "Ufficio Metrico"}, f"/v1/administrations/{OWN}/offices"
    with monkeypatch.context() as before:
        before.setattr(Caller, "recorded_id", property(lambda caller: caller.command_id))
        assert (
            chambers.ask("POST", address, chambers.token("planner"), office, Idempotency_Key="vecchia").status_code
            == 201
        )
    again = chambers.ask("POST", address, chambers.token("planner"), office, Idempotency_Key="vecchia")
    assert (again.status_code, again.json()["repeated"]) == (200, True)
    other = chambers.ask("POST", address, chambers.token("planner"), {"name": "Studi"}, Idempotency_Key="vecchia")
    problem(other, 409, "command-reused")
    elsewhere = f"/v1/administrations/{OTHER}/offices"
    strange = chambers.ask("POST", elsewhere, chambers.token("planner", OTHER), office, Idempotency_Key="vecchia")
    assert strange.status_code == 201
