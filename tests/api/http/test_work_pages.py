"""The work on a plan by forms: filled in, looked at once more, recorded; refused, overtaken, and kept."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from html import unescape
from pathlib import Path

import httpx2
import pytest

from api.access.kept_forms import KEPT_FOR, MOST_KEPT
from api.commands import accounts
from api.commands.handler import Caller
from api.commands.oversight import redact_texts
from domain.access.commands import GiveRole
from domain.administrations.decide import known_acts
from domain.documents.changes import ChangeFile
from domain.point import Point, today
from domain.redactions.commands import RedactTexts
from projections.access import door
from projections.plan_in_force import plan_in_force
from projections.streams import administration_stream, plan_stream
from tests.api.paper.read_docx import text_after
from tests.support.chamber import BY_MACHINE, DRAFTS, OTHER, OWN, PASSWORD, PUBLISHED, Browser, Chambers, signed_in

PLAN = PUBLISHED[OWN]
WORK = f"/piani/{PLAN}/lavoro"
REVISE = f"{WORK}/revise_target"
ACT = "delibera di Giunta n. 9 del 20/09/2022"
REVISION = {
    "year": "2022",
    "target": ">= 65%",
    "cause": "new_data",
    "justification": "calo dei versamenti",
    "act": ACT,
}


@pytest.fixture
def chambers(tmp_path: Path) -> Iterator[Chambers]:
    made = Chambers(tmp_path)
    made.harness.on("2022-09-20")
    yield made
    made.close()


def hidden(browser: Browser) -> dict[str, str]:
    """What the form of the page carries unseen."""
    written = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', browser.page)
    return {unescape(name): unescape(value) for name, value in written}


def post(browser: Browser, path: str, step: str, **typed: str) -> httpx2.Response:
    """Sends the form of the page with one of its buttons."""
    return browser.send(path, **(hidden(browser) | typed | {"step": step}))


def target_of(chambers: Chambers, year: int = 2022, indicator: str = "incasso") -> str:
    with chambers.harness.store.reading() as reader:
        document = plan_in_force(reader, PLAN, Point(today(chambers.harness.store.clock())))
    (card,) = [card for card in document["indicators"] if card["id"] == indicator]
    return next(str(target["text"]) for target in card["targets"] if target["year"] == year)


def version_of(chambers: Chambers) -> int:
    with chambers.harness.store.reading() as reader:
        return reader.head(plan_stream(PLAN)).version


def problems_in(page: str) -> list[tuple[str, str]]:
    """The summary of what is wrong: the field that each leads to, and its words."""
    summary = page.partition('class="problems"')[2].partition("</ul>")[0]
    return [(field, unescape(words)) for field, words in re.findall(r'<a href="#([^"]*)">([^<]*)</a>', summary)]


def changed_by(chambers: Chambers, verb: str = "revise_target", *, account: str = "", **change: object) -> None:
    """Somebody else changes the plan meanwhile."""
    content = {
        "plan": PLAN,
        "act": ACT,
        "justification": "altro motivo",
        "cause": "other",
        "changes": [{"verb": verb, "object": "incasso", **change}],
    }
    chambers.service.change(ChangeFile.model_validate(content), Caller(account) if account else BY_MACHINE)


def revising(chambers: Chambers, login: str = "anna") -> Browser:
    _, planner = signed_in(chambers, login, "planner")
    assert planner.open(f"{REVISE}?object=incasso&year=2022").status_code == 200
    return planner


def test_a_target_is_revised_by_a_form_only_after_its_effect_was_seen(chambers: Chambers) -> None:
    chambers.harness.measure(series=f"{PLAN}.incasso", period="2022", text="60%", data_as_at="2022-09-10")
    planner, before = revising(chambers), version_of(chambers)
    assert "oggi ≥\xa070,34%" in planner.page
    checked = post(planner, REVISE, "check", **REVISION)
    assert checked.status_code == 200
    for words in ("Controlla prima di registrare", "modifica in itinere", "Tasso di modifica", "Nuovo target"):
        assert words in checked.text
    assert "Domanda a cui rispondere:" in checked.text
    assert (target_of(chambers), version_of(chambers)) == (">= 70,34%", before)
    recorded = post(planner, REVISE, "record")
    assert recorded.status_code == 303, recorded.text
    assert recorded.headers["location"] == f"/piani/{PLAN}/indicatori/incasso"
    assert target_of(chambers) == ">= 65%"
    shown = planner.open(f"/piani/{PLAN}")
    assert "Registrato. Rimodulato il target 2022 di «Percentuale di incasso»" in unescape(shown.text)
    assert "Registrato." not in planner.open(f"/piani/{PLAN}").text


def test_an_act_that_another_overtook_says_until_when_it_holds(chambers: Chambers) -> None:
    chambers.harness.on("2022-10-20")
    changed_by(chambers, year=2022, target=">= 60%", effective_on="2022-10-15")
    planner = revising(chambers)
    checked = post(planner, REVISE, "check", **REVISION | {"target": ">= 65%"})
    limit = "Vale dal 20/09/2022 al 14/10/2022: dal 15/10/2022 è già registrato «≥\xa060%»"
    assert limit in checked.text
    assert "≥\xa070,34%</del>" in checked.text
    assert post(planner, REVISE, "record").status_code == 303
    assert target_of(chambers) == ">= 60%"
    assert limit in planner.open(f"/piani/{PLAN}/indicatori/incasso").text


def test_what_may_be_a_slip_is_asked_before_it_is_recorded(chambers: Chambers) -> None:
    planner, before = revising(chambers), version_of(chambers)
    checked = post(planner, REVISE, "check", **REVISION | {"target": "65"})
    assert "è senza unità" in unescape(checked.text)
    again = post(planner, REVISE, "record")
    assert problems_in(again.text) == [("sure", "Manca la risposta: è proprio così?")]
    assert version_of(chambers) == before
    assert post(planner, REVISE, "record", sure="sì").status_code == 303
    assert target_of(chambers) == "65"


def test_the_draft_of_the_act_is_had_from_the_check_and_nothing_is_recorded(chambers: Chambers) -> None:
    planner, before = revising(chambers), version_of(chambers)
    post(planner, REVISE, "check", **REVISION)
    drafted = planner.http.post(REVISE, data=hidden(planner) | {"step": "act"})
    assert drafted.headers["content-disposition"].endswith('-atto-2022-09-20.docx"')
    told = text_after(drafted.content, "accepted")
    assert "«calo dei versamenti» (nuovi dati)" in told
    assert any("n. 9 del 20/09/2022" in line for line in told)
    assert version_of(chambers) == before
    wrong = post(planner, REVISE, "act", **REVISION | {"target": ">= 70,34%"})
    assert wrong.status_code == 409
    assert problems_in(wrong.text)


def test_what_is_sent_twice_is_recorded_once(chambers: Chambers) -> None:
    planner = revising(chambers)
    post(planner, REVISE, "check", **REVISION)
    page = planner.page
    assert post(planner, REVISE, "record").status_code == 303
    after = version_of(chambers)
    planner.page = page
    assert post(planner, REVISE, "record").status_code == 303
    assert version_of(chambers) == after


def test_all_that_is_wrong_is_told_at_once_each_at_its_field_and_what_was_typed_stays(chambers: Chambers) -> None:
    planner = revising(chambers)
    refused = post(planner, REVISE, "check", year="2022", target="circa il 61", justification="<b>Adesioni</b>")
    assert refused.status_code == 422
    told = dict(problems_in(refused.text))
    assert list(told) == ["target", "cause", "act"]
    assert told["cause"] == "Manca «causa»"
    assert "circa il 61" in told["target"]
    assert "<title>Errore: Rimodula un target" in refused.text
    assert 'value="circa il 61"' in refused.text
    assert "&lt;b&gt;Adesioni&lt;/b&gt;</textarea>" in refused.text
    assert 'aria-describedby="target-hint target-wrong"' in refused.text
    assert "C&#39;è un problema" in refused.text or "C'è un problema" in refused.text


def test_the_check_leads_back_to_each_answer_with_what_was_typed(chambers: Chambers) -> None:
    planner = revising(chambers)
    checked = post(planner, REVISE, "check", **REVISION)
    assert f'formaction="{REVISE}#justification"' in checked.text
    back = post(planner, REVISE, "back")
    assert back.status_code == 200
    assert "calo dei versamenti</textarea>" in back.text
    assert f'value="{ACT}"' in back.text


def test_a_change_without_its_act_is_kept_as_a_proposal(chambers: Chambers) -> None:
    planner, before = revising(chambers), version_of(chambers)
    checked = post(planner, REVISE, "propose", **(REVISION | {"act": ""}))
    assert checked.status_code == 200, checked.text
    assert "Oggetto della proposta" in checked.text
    kept = post(planner, REVISE, "keep", proposal_title="Meno incasso")
    assert kept.status_code == 303, kept.text
    assert version_of(chambers) == before
    assert "Meno incasso" in planner.open(kept.headers["location"]).text


def test_who_was_overtaken_sees_what_the_other_did_and_keeps_what_was_typed(chambers: Chambers) -> None:
    planner = revising(chambers)
    other, _ = signed_in(chambers, "bruno", "planner")
    changed_by(chambers, account=other, year=2022, target=">= 69%")
    refused = post(planner, REVISE, "check", **REVISION)
    assert refused.status_code == 412
    text = unescape(refused.text)
    assert "Che cosa è stato registrato nel frattempo" in text
    assert "Rimodulato il target 2022 di «Percentuale di incasso»: da ≥\xa070,34% a ≥\xa069%" in text or "69%" in text
    assert 'value="&gt;= 65%"' in refused.text
    assert "calo dei versamenti</textarea>" in refused.text
    assert target_of(chambers) == ">= 69%"
    assert post(planner, REVISE, "check", **REVISION).status_code == 200
    assert post(planner, REVISE, "record").status_code == 303
    assert target_of(chambers) == ">= 65%"


def test_a_change_of_something_else_overtakes_nobody(chambers: Chambers) -> None:
    planner = revising(chambers)
    post(planner, REVISE, "check", **REVISION)
    changed_by(chambers, object="cassetto", year=2022, target=">= 13%")
    assert post(planner, REVISE, "record").status_code == 303
    assert target_of(chambers) == ">= 65%"


def test_a_form_whose_session_ended_is_as_it_was_after_signing_in(chambers: Chambers) -> None:
    planner = revising(chambers)
    chambers.harness.on("2022-09-21")
    sent = post(planner, REVISE, "check", **REVISION)
    assert sent.status_code == 303
    entrance = sent.headers["location"]
    assert entrance.startswith(f"/accesso?poi={REVISE}")
    assert planner.open(entrance).status_code == 200
    entered = planner.send(entrance, login="anna", password=PASSWORD)
    assert entered.status_code == 303
    again = planner.open(entered.headers["location"])
    assert "La sessione di prima era finita" in unescape(again.text)
    assert 'value="&gt;= 65%"' in again.text
    assert "calo dei versamenti</textarea>" in again.text
    assert post(planner, REVISE, "check", **REVISION).status_code == 200
    assert post(planner, REVISE, "record").status_code == 303
    assert target_of(chambers) == ">= 65%"
    assert "calo dei versamenti" not in planner.open(entered.headers["location"]).text, (
        "it was sent, and is kept no more"
    )


def test_what_was_kept_is_shown_to_nobody_else_and_not_for_ever(chambers: Chambers) -> None:
    planner = revising(chambers)
    chambers.harness.on("2022-09-21")
    wanted = unescape(post(planner, REVISE, "check", **REVISION).headers["location"]).partition("poi=")[2]
    kept = wanted.replace("%3F", "?").replace("%3D", "=")
    _, other = signed_in(chambers, "bruno", "planner")
    assert "calo dei versamenti" not in other.open(f"{kept}&object=incasso").text
    chambers.harness.store.clock = _later(chambers, KEPT_FOR + timedelta(minutes=1))
    planner.open("/accesso")
    planner.send("/accesso", login="anna", password=PASSWORD)
    assert "calo dei versamenti" not in planner.open(f"{kept}&object=incasso").text


def _later(chambers: Chambers, by: timedelta) -> Callable[[], datetime]:
    now = chambers.harness.store.clock()
    return lambda: now + by


def test_only_a_form_of_ours_is_kept_and_few_of_an_account(chambers: Chambers) -> None:
    account, planner = signed_in(chambers, "anna", "planner")
    planner.open(f"{REVISE}?object=incasso")
    page, forms = planner.page, hidden(planner)
    chambers.harness.on("2022-09-21")
    for _ in range(MOST_KEPT + 2):
        planner.page = page
        post(planner, REVISE, "check", **REVISION)
    assert len(_kept(chambers, account)) == MOST_KEPT
    for forged in ({"mark": f"{account}.{'0' * 64}"}, {"csrf": "0" * 64}, {"mark": ""}):
        sent = planner.http.post(REVISE, data=forms | REVISION | forged)
        assert sent.headers["location"] == f"/accesso?poi={REVISE}"
    stranger, _ = signed_in(chambers, "bruno", "planner")
    planner.http.post(REVISE, data=forms | REVISION | {"mark": forms["mark"].replace(account, stranger)})
    assert (len(_kept(chambers, account)), len(_kept(chambers, stranger))) == (MOST_KEPT, 0)
    planner.page = page
    assert post(planner, REVISE, "check", **(REVISION | {"justification": "x" * 40_000})).status_code == 303
    assert len(_kept(chambers, account)) == MOST_KEPT


def _kept(chambers: Chambers, account: str) -> list[door.StoredAccess]:
    with chambers.harness.store.datastore.cursor() as cursor:
        return door.of_account(cursor, account, "form")


def test_a_form_of_an_earlier_session_of_the_same_account_is_shown_again(chambers: Chambers) -> None:
    planner = revising(chambers)
    earlier = hidden(planner)
    planner.http.cookies.clear()
    planner.open("/accesso")
    planner.send("/accesso", login="anna", password=PASSWORD)
    sent = planner.http.post(REVISE, data=earlier | REVISION | {"step": "record"})
    assert sent.status_code == 200
    assert "calo dei versamenti</textarea>" in sent.text
    assert target_of(chambers) == ">= 70,34%"
    _, other = signed_in(chambers, "bruno", "planner")
    assert other.http.post(REVISE, data=earlier | REVISION).status_code == 403


@pytest.mark.parametrize(
    ("role", "may"),
    [
        ("planner", {"revise_target", "record_measurement", "open_round", "answer_flag", "override_score"}),
        ("oiv", {"make_request", "make_remark", "give_opinion", "validate_report", "draw_sample"}),
        ("validator", {"close_round"}),
        ("approver", {"redact_texts"}),
        ("reader", set()),
    ],
)
def test_each_role_is_offered_and_allowed_what_the_table_says(chambers: Chambers, role: str, may: set[str]) -> None:
    _, browser = signed_in(chambers, "anna", role)
    listed = browser.open(WORK)
    assert listed.status_code == 200
    offered = set(re.findall(rf'href="{WORK}/([a-z_]+)"', listed.text))
    assert may <= offered
    assert bool(offered) == bool(may)
    for name in ("revise_target", "make_request", "close_round"):
        assert browser.open(f"{WORK}/{name}").status_code == (200 if name in offered else 403)


def test_a_draft_of_another_administration_is_not_there(chambers: Chambers) -> None:
    _, planner = signed_in(chambers, "anna", "planner")
    assert planner.open(f"/piani/{DRAFTS[OWN]}/lavoro/reword_objective").status_code == 200
    for path in ("", "/add_objective", "/record_measurement"):
        assert planner.open(f"/piani/{DRAFTS[OTHER]}/lavoro{path}").status_code in {403, 404}
    assert planner.open(f"/piani/{PUBLISHED[OTHER]}/lavoro/revise_target").status_code == 403
    assert planner.open(f"{WORK}/nessuno").status_code == 404


def test_nobody_who_has_not_signed_in_reaches_a_form(chambers: Chambers) -> None:
    stranger = Browser(chambers)
    sent = stranger.open(f"{REVISE}?object=incasso")
    assert (sent.status_code, sent.headers["location"].partition("?")[0]) == (303, "/accesso")
    assert "revise_target" in sent.headers["location"]


def responsible(chambers: Chambers, login: str = "ida") -> Browser:
    """A person who is responsible for the office of one of the three indicators."""
    account, browser = signed_in(chambers, login)
    giving = GiveRole(account=account, role="responsible", administration=OWN, offices=("servizio-bilancio",))
    accounts.give_role(chambers.service, giving, BY_MACHINE)
    return browser


def test_a_responsible_office_sees_what_it_owes_and_enters_it(chambers: Chambers) -> None:
    chambers.harness.on("2023-02-01")
    browser = responsible(chambers)
    owed = f"{WORK}/record_measurement"
    page = browser.open(f"{owed}?period=2022")
    assert page.status_code == 200
    assert "Percentuale di incasso" in page.text
    fields = re.findall(r'name="value\.([a-z]+)"', page.text)
    assert "incasso" in fields
    common = {"period": "2022", "data_as_at": "2022-12-31", "finality": "final"}
    refused = post(browser, owed, "check", **common, **{"value.incasso": "circa il 12 o 13"})
    assert refused.status_code in {409, 422}, refused.text.partition("<main")[2]
    assert problems_in(refused.text)[0][0] == "value.incasso"
    assert 'value="circa il 12 o 13"' in refused.text
    checked = post(browser, owed, "check", **common, **{"value.incasso": "69,1%"})
    assert checked.status_code == 200, checked.text
    assert "69,1%" in checked.text
    assert post(browser, owed, "record").status_code == 303
    assert "incasso" not in re.findall(r'name="value\.([a-z]+)"', browser.open(f"{owed}?period=2022").text)


def test_several_values_are_one_act_of_recording(chambers: Chambers) -> None:
    chambers.harness.on("2023-02-01")
    _, planner = signed_in(chambers, "anna", "planner")
    owed = f"{WORK}/record_measurement"
    planner.open(f"{owed}?period=2022")
    common = {"period": "2022", "data_as_at": "2022-12-31", "finality": "final"}
    values = {"value.incasso": "69,1%", "value.cassetto": "15%", "value.regolamento": ""}
    wrong = post(
        planner, owed, "check", **common, **{"value.incasso": "circa il 12 o 13", "value.cassetto": "abc non so"}
    )
    assert [field for field, _ in problems_in(wrong.text)] == ["value.incasso", "value.cassetto"]
    assert post(planner, owed, "check", **common, **values).status_code == 200
    with chambers.harness.store.reading() as reader:
        before = reader.head(f"administration/{OWN}").version
    assert post(planner, owed, "record").status_code == 303
    with chambers.harness.store.reading() as reader:
        records = reader.records(f"administration/{OWN}", range(before + 1, before + 3))
    assert len({record.command_id for record in records}) == 1
    assert len(records) == 2


def test_an_office_enters_no_value_of_another(chambers: Chambers) -> None:
    chambers.harness.load(
        plan={"id": "terzo-2022-2024", "title": "Piano con due uffici", "first_year": 2022, "last_year": 2024},
        indicators=[
            {
                "id": "altrui",
                "objective": "a1",
                "name": "Di un altro ufficio",
                "owner": "Servizio Registro",
                "targets": [{"year": 2022, "text": ">= 5"}],
            }
        ],
    )
    browser = responsible(chambers)
    owed = "/piani/terzo-2022-2024/lavoro/record_measurement"
    page = browser.open(owed)
    assert page.status_code == 200
    assert "Di un altro ufficio" not in page.text
    common = {"period": "2022", "data_as_at": "2022-09-01", "finality": "final"}
    assert post(browser, owed, "check", **common, **{"value.altrui": "6"}).status_code == 403
    assert browser.open(f"{owed}?object=altrui").text.count("Di un altro ufficio") == 0


def test_hostile_titles_are_shown_as_text(chambers: Chambers) -> None:
    _, planner = signed_in(chambers, "anna", "planner")
    path = f"{WORK}/reword_objective"
    planner.open(f"{path}?object=a1")
    change = {"title": "<script>alert(1)</script>", "cause": "other", "justification": "</textarea><i>", "act": ACT}
    checked = post(planner, path, "check", **change)
    assert checked.status_code == 200
    assert "<script>alert" not in checked.text
    assert post(planner, path, "record").status_code == 303
    for address in (WORK, f"{path}?object=a1", f"{WORK}/move_objective?object=a2", f"/piani/{PLAN}/monitoraggio"):
        page = planner.open(address)
        assert page.status_code == 200
        assert "<script>alert" not in page.text


def test_an_act_is_said_with_its_protocol_and_the_digest_of_its_file(chambers: Chambers) -> None:
    planner = revising(chambers)
    assert "Dettagli dell'atto" in unescape(planner.page)
    form = hidden(planner) | REVISION | {"act_protocol": "0012345/2022", "act_sha256": "", "step": "check"}
    sent = planner.http.post(
        REVISE,
        data={"csrf": planner.csrf} | form,
        files={"act_file": ("delibera.pdf", b"%PDF-1.7 delibera", "application/pdf")},
    )
    assert sent.status_code == 303, sent.text
    checked = planner.open(sent.headers["location"])
    digest = sha256(b"%PDF-1.7 delibera").hexdigest()
    assert "0012345/2022" in checked.text
    assert digest in checked.text
    assert post(planner, REVISE, "record").status_code == 303
    with chambers.harness.store.reading() as reader:
        acts = known_acts(reader.timelines(administration_stream(OWN)))
    assert [(act.protocol, act.sha256) for act in acts if act.number == "9"] == [("0012345/2022", digest)]


def test_a_digest_that_is_none_is_told_at_its_field(chambers: Chambers) -> None:
    planner = revising(chambers)
    assert post(planner, REVISE, "check", **REVISION, act_sha256="boh").status_code == 422
    assert [field for field, _ in problems_in(planner.page)] == ["act_sha256"]
    assert '<details class="more" open><summary>Dettagli dell\'atto' in unescape(planner.page)


def looked_at(chambers: Chambers) -> int:
    """How many forms are kept while they are looked at."""
    with chambers.harness.store.reading() as reader:
        return len(reader.cursor.execute("SELECT id FROM access WHERE kind = 'check'").fetchall())


def test_what_was_typed_and_not_recorded_is_gone_after_a_redaction(chambers: Chambers) -> None:
    planner = revising(chambers)
    post(planner, REVISE, "check", **REVISION)
    assert looked_at(chambers) == 1
    chambers.harness.report(
        subject="indicator", id="incasso", status="at_risk", reported_on="2022-09-19", note="parole"
    )
    command = RedactTexts(version=version_of(chambers))
    redact_texts(chambers.service, PLAN, command, "decreto del Presidente n. 2 del 01/02/2022", BY_MACHINE)
    assert looked_at(chambers) == 0
