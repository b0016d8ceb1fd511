"""The people of an administration, looked after by forms: what each shows, asks, records, and to whom it is not there."""

import re
from collections.abc import Iterator

import pytest

from domain.access.decide import ACCOUNTS
from projections.reminders import mailbox_of
from tests.support.chamber import OFFICE, OTHER, OWN, PASSWORD, Browser, Chambers, signed_in

LINK = re.compile(r'value="(http://[^"]*/accesso/link/[^"]+)"')


@pytest.fixture(scope="module")
def chambers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chambers]:
    made = Chambers(tmp_path_factory.mktemp("camere"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def boss(chambers: Chambers) -> Browser:
    return signed_in(chambers, "capo", "administrator")[1]


def _fields(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))


def _recorded(browser: Browser, path: str, **typed: str) -> str:
    """What a form shows once it was checked and recorded; where it leads, where it leads on."""
    command = path.partition("?")[0]
    browser.open(path)
    if typed:
        browser.send(command, **_fields(browser.page), **typed, step="check")
    assert 'value="record"' in browser.page, browser.page
    answer = browser.http.post(command, data=_fields(browser.page) | {"step": "record"})
    if answer.status_code == 303:
        browser.open(answer.headers["location"])
        return browser.page
    assert answer.status_code == 200, answer.text
    browser.page = answer.text
    return answer.text


def _account(browser: Browser, name: str) -> str:
    return next(
        str(id_)
        for id_, shown in re.findall(r'href="/utenze/(acc-[a-z2-7]{16})">([^<]*)<', browser.open("/utenze").text)
        if shown == name
    )


def _events(chambers: Chambers) -> int:
    with chambers.harness.store.reading() as reader:
        return reader.head(ACCOUNTS).version


def test_an_administrator_does_all_its_work_by_forms(chambers: Chambers, boss: Browser) -> None:
    shown = _recorded(boss, "/utenze/lavoro/open_account", name="Lia Rame", login="lia", administration=OWN)
    link = LINK.search(shown)
    assert link
    assert "no-store" in boss.http.get("/utenze").headers["cache-control"]
    person = Browser(chambers)
    path = link[1].partition(":8000")[2]
    person.open(path)
    assert person.send(path, password=PASSWORD, repeated=PASSWORD).status_code == 303
    lia = _account(boss, "Lia Rame")
    about = f"account={lia}"

    page = _recorded(boss, f"/utenze/lavoro/give_role?{about}", **{"role": "responsible", f"offices/{OFFICE}": "sì"})
    assert "Dato a «Lia Rame» il ruolo di responsabile in Camera di Commercio di Prova, per Servizio Bilancio" in page
    assert "responsabile (Servizio Bilancio)" in person.open("/utenza").text

    token = _recorded(
        person,
        "/utenze/lavoro/issue_token",
        name="invio",
        expires_on="2022-06-30",
        **{f"rights/responsible@{OWN}": "sì"},
    )
    secret = re.search(r'value="(iit_[0-9A-Za-z]{49})"', token)
    assert secret
    assert chambers.ask("GET", "/v1/account", secret[1]).json()["account"] == lia
    assert secret[1] not in person.open("/utenza").text

    page = boss.open(f"/utenze/{lia}").text
    revoke = re.search(r'href="(/utenze/lavoro/revoke_token[^"]*)"', page)
    assert revoke
    assert "invio" in page
    assert "Ultimo accesso" in page
    _recorded(boss, revoke[1].replace("&amp;", "&"))
    assert chambers.ask("GET", "/v1/account", secret[1]).status_code == 401

    assert "accesso aperto" in page
    _recorded(boss, f"/utenze/lavoro/end_sessions?{about}")
    assert person.http.get("/utenza").headers["location"].startswith("/accesso")
    _recorded(boss, f"/utenze/lavoro/take_role?{about}&role=responsible&administration={OWN}")
    _recorded(boss, f"/utenze/lavoro/suspend_account?{about}")
    assert "sospesa" in boss.page
    _recorded(boss, f"/utenze/lavoro/resume_account?{about}")
    assert "Cancellata la persona" in _recorded(boss, f"/utenze/lavoro/erase_person?{about}")
    assert "Lia" not in boss.open("/utenze").text


def test_whoever_has_an_account_opts_out_of_reminders_and_in_again_by_a_form(chambers: Chambers) -> None:
    account, person = signed_in(chambers, "ida")
    assert "Non è detto a quale indirizzo" in person.open("/utenza").text
    form = "/utenze/lavoro/choose_reminders"
    page = _recorded(person, form, reminders="on", address="ida@ente.example", language="en")
    assert "arrivano a ida@ente.example" in page
    page = _recorded(person, form, reminders="off")
    assert "Non ricevi promemoria delle scadenze" in page
    with chambers.harness.store.reading() as reader:
        assert mailbox_of(reader.cursor, account, chambers.harness.store.clock()) == (
            "ida@ente.example",
            False,
            "en",
        )
    person.open(form)
    assert 'value="off" checked' in person.page
    again = person.send(form, **_fields(person.page), reminders="off", step="check")
    assert again.status_code == 409
    assert "già scritta così" in again.text
    assert "arrivano a" in _recorded(person, form, reminders="on")
    person.open(form)
    wrong = person.send(form, **_fields(person.page), reminders="on", address="x y", step="check")
    assert wrong.status_code == 422


def test_nobody_chooses_reminders_for_another_by_the_form_of_ones_own(chambers: Chambers) -> None:
    account, _ = signed_in(chambers, "leo")
    other, stranger = signed_in(chambers, "eva2")
    _recorded(stranger, f"/utenze/lavoro/choose_reminders?account={account}", reminders="off", account=account)
    with chambers.harness.store.reading() as reader:
        now = chambers.harness.store.clock()
        assert [mailbox_of(reader.cursor, each, now).reminders for each in (account, other)] == [True, False]


def test_what_is_shown_once_is_shown_once_and_sent_twice_opens_one_account(chambers: Chambers, boss: Browser) -> None:
    boss.open("/utenze/lavoro/open_account")
    typed = {"name": "Ugo Blu", "login": "ugo", "administration": OWN}
    boss.send("/utenze/lavoro/open_account", **_fields(boss.page), **typed, step="check")
    record = _fields(boss.page) | {"step": "record"}
    first = boss.http.post("/utenze/lavoro/open_account", data=record)
    before = _events(chambers)
    again = boss.http.post("/utenze/lavoro/open_account", data=record)
    assert LINK.search(first.text)
    assert not LINK.search(again.text)
    assert "già stato mostrato" in again.text
    assert _events(chambers) == before


def test_nothing_is_recorded_that_was_not_looked_at(chambers: Chambers, boss: Browser) -> None:
    before = _events(chambers)
    boss.open("/utenze/lavoro/open_account")
    typed = {"name": "Eva Bo", "login": "eva", "administration": OWN}
    shown = boss.send("/utenze/lavoro/open_account", **_fields(boss.page), **typed, step="record")
    assert "Nulla è ancora stato registrato" in shown.text
    altered = _fields(boss.page) | {"login": "altra", "step": "record"}
    assert boss.http.post("/utenze/lavoro/open_account", data=altered).status_code == 303
    assert _events(chambers) == before


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"login": "x y", "name": "Eva", "administration": OWN}, "Nome d&#39;accesso: "),
        ({"login": "", "name": "", "administration": OWN}, "Manca «nome d&#39;accesso»"),
        ({"login": "eva", "name": "Eva\u202eoB", "administration": OWN}, "segni che non si vedono"),
        ({"login": "capo", "name": "Eva", "administration": OWN}, "non è libero"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_what_was_typed_stays(
    boss: Browser, typed: dict[str, str], told: str
) -> None:
    boss.open("/utenze/lavoro/open_account")
    refused = boss.send("/utenze/lavoro/open_account", **_fields(boss.page), **typed, step="check")
    assert refused.status_code in {409, 422}
    assert told in refused.text
    assert f'value="{typed["login"]}"' in refused.text


def test_the_last_who_administers_is_asked_before_it_goes(chambers: Chambers, boss: Browser) -> None:
    own = boss.http.get("/v1/account").json()["account"]
    path = f"/utenze/lavoro/take_role?account={own}&role=administrator&administration={OWN}"
    asked = boss.open(path)
    assert asked.status_code == 409
    assert "unica utenza che amministra" in asked.text
    assert 'name="leaves_nobody"' in asked.text
    checked = boss.send("/utenze/lavoro/take_role", **_fields(asked.text), leaves_nobody="sì", step="check")
    assert 'value="record"' in checked.text
    told = chambers.ask("POST", "/v1/erasures", chambers.token("administrator", OTHER), {"account": own})
    assert told.status_code == 404


def test_who_looks_after_nobody_sees_no_people_and_keeps_its_own_tokens(chambers: Chambers) -> None:
    planner = signed_in(chambers, "pia", "planner")[1]
    assert 'href="/utenze"' not in planner.open("/utenza").text
    assert planner.http.get("/utenze", headers={"Accept": "text/html"}).status_code == 403
    assert planner.http.get("/utenze/lavoro/open_account").status_code == 403
    assert planner.open("/utenze/lavoro/issue_token").status_code == 200
    stranger = Browser(chambers)
    assert stranger.http.get("/utenze").headers["location"] == "/accesso?poi=/utenze"


def test_the_people_of_another_administration_are_not_there(chambers: Chambers, boss: Browser) -> None:
    chambers.token("planner", OTHER)
    other = chambers.accounts["planner", OTHER]
    assert boss.http.get(f"/utenze/{other}").status_code == 404
    before = _events(chambers)
    refused = boss.open(f"/utenze/lavoro/suspend_account?account={other}")
    assert refused.status_code == 404
    assert chambers.harness.store.location
    assert _events(chambers) == before
