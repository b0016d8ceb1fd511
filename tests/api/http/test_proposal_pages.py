"""Proposals by pages: drafted, submitted with effects, commented and enacted by people of the roles that may."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from domain.access.roles import Role
from domain.point import Point, today
from projections.plan_in_force import plan_in_force
from projections.proposals import proposal_list
from tests.api.http.test_what_is_redacted_is_nowhere import redact
from tests.support.chamber import OTHER, OWN, PASSWORD, PUBLISHED, Browser, Chambers, signed_in

PLAN = PUBLISHED[OWN]
LIST = f"/piani/{PLAN}/proposte"
REVISE = f"/piani/{PLAN}/lavoro/revise_target"
REVISION = {
    "step": "keep",
    "proposal_title": "Meno incasso",
    "object": "incasso",
    "year": "2022",
    "target": ">= 65%",
    "justification": "calo dei versamenti",
    "cause": "new_data",
}


@pytest.fixture
def chambers(tmp_path: Path) -> Iterator[Chambers]:
    made = Chambers(tmp_path)
    made.harness.on("2022-09-20")
    yield made
    made.close()


def _drafted(chambers: Chambers) -> tuple[Browser, str]:
    _, planner = signed_in(chambers, "anna", "planner")
    assert planner.open(f"{REVISE}?object=incasso").status_code == 200
    sent = kept(planner)
    assert sent.status_code == 303, sent.text
    address = sent.headers["location"]
    assert planner.open(address).status_code == 200
    return planner, address


def _target(chambers: Chambers) -> str:
    with chambers.harness.store.reading() as reader:
        document = plan_in_force(reader, PLAN, Point(today(chambers.harness.store.clock())))
    (card,) = [card for card in document["indicators"] if card["id"] == "incasso"]
    return next(str(target["text"]) for target in card["targets"] if target["year"] == 2022)


def test_a_proposal_is_drafted_submitted_and_enacted_by_two_people(chambers: Chambers) -> None:
    planner, address = _drafted(chambers)
    assert "calo dei versamenti" in planner.page
    assert "Adotta con un atto" not in planner.page
    assert planner.send(f"{address}/presenta", effective_on="20/09/2022").status_code == 303
    planner.open(address)
    assert "Tasso di modifica" in planner.page
    assert "presentata" in planner.page
    assert _target(chambers) == ">= 70,34%"
    _, approver = signed_in(chambers, "bruno", "approver")
    approver.open(address)
    assert "registrato il" in approver.page
    enacted = approver.send(f"{address}/adotta", act="delibera di Giunta n. 9 del 20/09/2022")
    assert enacted.status_code == 303, enacted.text
    assert "adottata" in approver.open(address).text
    assert _target(chambers) == ">= 65%"


def test_who_drafted_does_not_enact_unless_an_exception_says_why(chambers: Chambers) -> None:
    _, both = signed_in(chambers, "anna", "planner", "approver")
    both.open(f"{REVISE}?object=incasso")
    address = kept(both).headers["location"]
    both.open(address)
    both.send(f"{address}/presenta")
    both.open(address)
    act = "delibera di Giunta n. 9 del 20/09/2022"
    assert 'id="adotta-exception"' not in both.page
    refused = both.send(f"{address}/adotta", act=act)
    assert refused.status_code == 409
    assert 'href="#adotta-exception"' in refused.text
    assert "non la adotta" in refused.text
    assert f'value="{act}"' in refused.text
    assert _target(chambers) == ">= 70,34%"
    assert both.send(f"{address}/adotta", act=act, exception="un solo funzionario").status_code == 303
    assert "Eccezione alla separazione dei compiti" in both.open(address).text


@pytest.mark.parametrize(
    ("role", "seen", "actions"),
    [
        ("oiv", True, {"commenta"}),
        ("validator", True, {"commenta"}),
        ("approver", True, {"commenta"}),
        ("planner", True, {"presenta", "commenta", "ritira"}),
        ("responsible", False, set()),
        ("administrator", False, set()),
        ("reader", False, set()),
    ],
)
def test_each_role_sees_and_does_what_the_table_says(
    chambers: Chambers, role: str, *, seen: bool, actions: set[str]
) -> None:
    _, address = _drafted(chambers)
    _, other = signed_in(chambers, "altro", *([] if role == "responsible" else [role]))
    answer = other.open(address)
    assert answer.status_code == (200 if seen else 403)
    assert {
        name for name in ("presenta", "commenta", "ritira", "adotta", "respingi") if f"{address}/{name}" in answer.text
    } == actions
    for name in {"presenta", "ritira"} - actions if seen else ():
        assert other.send(f"{address}/{name}", justification="no").status_code == 403


def test_nobody_from_elsewhere_sees_a_proposal_nor_whoever_has_not_signed_in(chambers: Chambers) -> None:
    _, address = _drafted(chambers)
    stranger = Browser(chambers)
    sent = stranger.open(address)
    assert (sent.status_code, sent.headers["location"]) == (303, f"/accesso?poi={address}")
    _, abroad = signed_in(chambers, "carla", "planner")
    assert abroad.open(address.replace(PLAN, PUBLISHED[OTHER])).status_code == 403
    forged = abroad.http.post(f"{address}/ritira", data={"csrf": "0" * 64})
    assert forged.status_code == 403
    assert forged.json()["type"].endswith("csrf-refused")


def test_a_proposal_submitted_again_between_page_and_click_is_not_adopted(chambers: Chambers) -> None:
    planner, address = _drafted(chambers)
    planner.send(f"{address}/presenta", effective_on="20/09/2022")
    _, approver = signed_in(chambers, "bruno", "approver")
    approver.open(address)
    seen = re.findall(r'name="submission" value="([0-9]+)"', approver.page)
    assert len(seen) == 1
    planner.open(address)
    planner.send(f"{address}/presenta", effective_on="20/09/2022")
    sent = {"act": "delibera di Giunta n. 9 del 20/09/2022", "submission": seen[0]}
    refused = approver.send(f"{address}/adotta", **sent)
    assert refused.status_code == 412
    assert "presentata di nuovo" in refused.text
    assert _target(chambers) == ">= 70,34%"
    (now,) = re.findall(r'name="submission" value="([0-9]+)"', approver.page)
    assert approver.send(f"{address}/adotta", **(sent | {"submission": now})).status_code == 303
    assert _target(chambers) == ">= 65%"


def kept(browser: Browser) -> httpx2.Response:
    """A change is looked at, and kept as a proposal."""
    browser.send(REVISE, **(REVISION | {"step": "propose"}))
    (checked,) = re.findall(r'name="checked" value="([0-9a-f]{64})"', browser.page)
    return browser.send(REVISE, checked=checked, **REVISION)


def words_of(page: str) -> str:
    """What somebody reads on a page, its spaces made one."""
    text = re.sub(r"<(script|style)[^>]*>.*?</\\1>|<[^>]+>", " ", page, flags=re.DOTALL)
    return " ".join(unescape(text).split())


def _proposed(chambers: Chambers, *changes: dict[str, Any], **more: Any) -> str:
    """A proposal that somebody drafted at the other door; the address of its page."""
    file = {"title": "Altra", "justification": "calo", "cause": "new_data", "changes": list(changes)} | more
    drafted = chambers.ask("POST", f"/v1/plans/{PLAN}/proposals", chambers.token("planner"), file)
    assert drafted.status_code == 201, drafted.text
    return f"{LIST}/{drafted.json()['proposal']}"


def _told(chambers: Chambers, address: str, what: str, role: Role = "planner", **body: object) -> None:
    """Something is done with it at the other door."""
    path = address.replace("/piani/", "/v1/plans/").replace("/proposte/", "/proposals/")
    answer = chambers.ask("POST", f"{path}/{what}", chambers.token(role), body)
    assert answer.status_code == 201, answer.text


REVISED = {"verb": "revise_target", "object": "incasso", "year": 2022, "target": ">= 65%"}
ACT = "delibera di Giunta n. 9 del 20/09/2022"


def test_what_is_proposed_stands_before_and_after_with_the_name_of_its_indicator(chambers: Chambers) -> None:
    planner, address = _drafted(chambers)
    for page in (planner.page, planner.open(f"{LIST}").text, planner.open(address).text):
        assert "revise_target" not in page
        assert "['" not in page
    words = words_of(planner.page)
    assert "«Percentuale di incasso»: Target 2022 prima: ≥ 70,34% dopo: ≥ 65% più facile" in words
    assert "Rimodula un target: «Percentuale di incasso»" in words
    assert "nuovi dati" in words
    assert "new_data" not in words
    assert "Se l'atto fosse di oggi" in words


def test_the_page_has_the_frame_of_the_plan_and_is_read_in_english_too(chambers: Chambers) -> None:
    planner, address = _drafted(chambers)
    assert 'aria-current="page">Proposte</a>' in planner.page
    (short,) = re.findall(r'href="http://localhost:8000(/p/[^"]*)"', planner.page)
    leads = planner.http.get(short).headers["location"]
    assert leads.startswith(address)
    seen = planner.open(leads)
    assert seen.status_code == 200
    assert "Che cosa puoi fare" not in seen.text, "what was is read, and not acted on"
    assert planner.open(f"{address}?as_of=2022-09-01").status_code == 404
    assert "Nessuna proposta." in planner.open(f"{LIST}?as_of=2022-09-01").text
    assert '<html lang="en">' in planner.open(f"{address}?lingua=en").text


def test_hostile_words_are_only_words(chambers: Chambers) -> None:
    hostile = "<script>alert(1)</script>"
    address = _proposed(chambers, REVISED, title=hostile, justification=hostile)
    _told(chambers, address, "comments", words=hostile)
    _, planner = signed_in(chambers, "anna", "planner")
    for path in (LIST, address, f"{address}/modifica"):
        page = planner.open(path).text
        assert hostile not in page
        assert "&lt;script&gt;" in page


@pytest.mark.parametrize(
    ("end", "role", "title"),
    [("rejection", "approver", "Che cosa avrebbe fatto"), ("withdrawal", "planner", "Che cosa avrebbe fatto")],
)
def test_what_was_not_adopted_still_says_what_it_would_have_done(
    chambers: Chambers, end: str, role: Role, title: str
) -> None:
    address = _proposed(chambers, REVISED)
    _told(chambers, address, "submission")
    _told(chambers, address, end, role, justification="il target resta raggiungibile")
    _, planner = signed_in(chambers, "anna", "planner")
    words = words_of(planner.open(address).text)
    assert title in words
    assert "Come fu mostrato alla presentazione, il 20/09/2022." in words
    assert "prima: ≥ 70,34% dopo: ≥ 65%" in words
    assert "il target resta raggiungibile" in words


def test_the_request_to_the_oiv_says_its_words_and_its_time_and_leads_to_the_opinion(chambers: Chambers) -> None:
    address = _proposed(chambers, REVISED)
    _told(chambers, address, "submission", effective_on="2022-09-30")
    _, oiv = signed_in(chambers, "olga", "oiv")
    _, planner = signed_in(chambers, "anna", "planner")
    planner.open(address)
    assert planner.send(f"{address}/parere", due="2022-09-28", words="Basta il nuovo valore?").status_code == 303
    words = words_of(oiv.open(address).text)
    assert "Parere chiesto il 20/09/2022 , entro il 28/09/2022 Basta il nuovo valore?" in words
    assert "Parere dell'OIV entro il 28/09/2022, fra 8 giorni" in words
    (link,) = re.findall(r'href="([^"]*give_opinion[^"]*)"', oiv.page)
    assert parse_qs(urlsplit(unescape(link)).query)["about"] == [f"proposal/{address.rpartition('/')[2]}"]
    form = oiv.open(unescape(link)).text
    assert f'value="proposal/{address.rpartition("/")[2]}" selected' in form
    assert "give_opinion" not in planner.open(address).text
    chosen = {"about": f"proposal/{address.rpartition('/')[2]}", "judgement": "conditional", "words": "A giugno."}
    path = f"/piani/{PLAN}/lavoro/give_opinion"
    oiv.send(path, **chosen, step="check")
    (checked,) = re.findall(r'name="checked" value="([0-9a-f]{64})"', oiv.page)
    assert oiv.send(path, **chosen, checked=checked, step="record").status_code == 303
    told = words_of(planner.open(address).text)
    assert "Favorevole con osservazioni" in told
    assert "A giugno." in told


def test_an_act_that_decided_something_else_is_meant_by_a_box_that_comes_with_the_refusal(chambers: Chambers) -> None:
    change = {"verb": "revise_target", "object": "cassetto", "year": 2022, "target": ">= 13%"}
    chambers.harness.change(change, act=ACT)
    address = _proposed(chambers, REVISED)
    _told(chambers, address, "submission")
    _, approver = signed_in(chambers, "bruno", "approver")
    approver.open(address)
    assert 'name="same_act"' not in approver.page
    refused = approver.send(f"{address}/adotta", act=ACT)
    assert refused.status_code == 409
    assert 'type="checkbox" id="adotta-same_act"' in refused.text
    assert f'value="{ACT}"' in refused.text
    assert "same_act," not in words_of(refused.text)
    assert "la casella «stesso atto»" in words_of(refused.text)
    assert "Rimodulato il target 2022 di «Adesione al cassetto»" in words_of(refused.text)
    assert approver.send(f"{address}/adotta", act=ACT, same_act="sì").status_code == 303
    assert _target(chambers) == ">= 65%"


def test_what_was_typed_stays_at_its_field_when_it_is_refused(chambers: Chambers) -> None:
    planner, address = _drafted(chambers)
    planner.send(f"{address}/presenta")
    planner.open(address)
    assert '<textarea id="parere-words"' in planner.page
    asked = planner.send(f"{address}/parere", due="ieri", words="Due righe,\nda tenere")
    assert asked.status_code == 422
    assert "Due righe,\nda tenere</textarea>" in asked.text.replace("\r", "")
    assert 'id="parere-due-wrong"' in asked.text
    assert 'href="#parere-due"' in asked.text
    assert '<details class="panel deed" id="parere" open>' in asked.text


def test_a_proposal_is_written_anew_by_its_own_page(chambers: Chambers) -> None:
    other = {"verb": "revise_target", "object": "cassetto", "year": 2022, "target": ">= 13%"}
    address = _proposed(chambers, REVISED, other)
    _told(chambers, address, "submission")
    _, planner = signed_in(chambers, "anna", "planner")
    planner.open(f"{address}/modifica")
    assert 'name="changes.0.target"' in planner.page
    assert "torna bozza" in planner.page.lower()
    form = _fields(planner.page)
    assert form["changes.0.target"] == ">= 65%"
    assert form["justification"] == "calo"
    refused = planner.send(f"{address}/modifica", **(form | {"changes.1.target": "", "changes.0.left_out": "sì"}))
    assert refused.status_code == 422
    assert 'href="#changes.1.target"' in refused.text, "the second, though the first is left out"
    stale = planner.send(f"{address}/modifica", **(form | {"seen": "99"}))
    assert stale.status_code == 412
    written = form | {"changes.0.target": ">= 60%", "changes.1.left_out": "sì", "title": "Una sola"}
    assert planner.send(f"{address}/modifica", **written).status_code == 303
    words = words_of(planner.open(address).text)
    assert "Una sola" in words
    assert "bozza" in words
    assert "dopo: ≥ 60%" in words
    assert "Adesione al cassetto" not in words
    _, oiv = signed_in(chambers, "olga", "oiv")
    assert oiv.open(f"{address}/modifica").status_code == 403
    seen = oiv.open(address).text
    assert f"{address}/modifica" not in seen
    assert "Il testo è stato modificato dopo." in seen


def _fields(page: str) -> dict[str, str]:
    """The fields of the form of a page, as they stand."""
    form = page.partition('<form method="post"')[2]
    fields = re.findall(r'<input[^>]* name="([^"]*)"[^>]*type="(?:text|date)"[^>]* value="([^"]*)"', form)
    fields += re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', form)
    fields += re.findall(r'<textarea id="[^"]*" name="([^"]*)"[^>]*>\n([^<]*)</textarea>', form)
    fields += [
        (name, value) for name, value in re.findall(r'type="radio"[^>]* name="([^"]*)" value="([^"]*)" checked', form)
    ]
    return {unescape(name): unescape(value) for name, value in fields}


def test_the_list_counts_each_status_and_shows_one_of_them(chambers: Chambers) -> None:
    address = _proposed(chambers, REVISED, title="La prima")
    _proposed(chambers, REVISED, title="La seconda")
    _told(chambers, address, "submission")
    _, planner = signed_in(chambers, "anna", "planner")
    words = words_of(planner.open(LIST).text)
    assert "tutte (2) bozza (1) presentata (1) ritirata (0) respinta (0) adottata (0)" in words
    only = planner.open(f"{LIST}?stato=draft").text
    assert "La seconda" in only
    assert "La prima" not in only


def test_who_did_what_is_told_to_whoever_may_know(chambers: Chambers) -> None:
    _, address = _drafted(chambers)
    roles: tuple[Role, ...] = ("oiv", "validator", "approver", "planner")
    for role in roles:
        _, other = signed_in(chambers, role, role)
        life = other.open(address).text.partition('<ol class="life">')[2].partition("</ol>")[0]
        knows = chambers.ask("GET", f"/v1/administrations/{OWN}/actors", chambers.token(role)).status_code == 200
        assert ("Anna" in life) is knows, role
        assert "acc-" not in life


def test_values_and_statuses_that_come_with_the_changes_have_a_line_each(chambers: Chambers) -> None:
    measured = {"series": f"{PLAN}.cassetto", "period": "2022-06", "text": "12%", "data_as_at": "2022-06-30"}
    status = {"subject": "objective", "id": "a1", "status": "at_risk", "progress": "40", "reported_on": "2022-09-20"}
    address = _proposed(chambers, REVISED, measurements=[measured], statuses=[status])
    _told(chambers, address, "submission")
    _, oiv = signed_in(chambers, "olga", "oiv")
    words = words_of(oiv.open(address).text)
    assert "«Adesione al cassetto»: Valore giugno 2022 dopo: 12% (definitivo)" in words
    assert "«Incassare»: Stato di avanzamento dopo: a rischio, avanzamento 40%" in words


def test_an_adoption_that_was_annulled_says_so(chambers: Chambers) -> None:
    address = _proposed(chambers, REVISED)
    _told(chambers, address, "submission")
    _told(chambers, address, "enactment", "approver", act=ACT)
    _, planner = signed_in(chambers, "anna", "planner")
    words = words_of(planner.open(address).text)
    assert "Come fu mostrato all'adozione, il 20/09/2022." in words
    assert "delibera della Giunta n. 9 del 20/09/2022" in words
    assert "annullata" not in words
    with chambers.harness.store.reading() as reader:
        version = reader.head(f"plan/{PLAN}").version
    chambers.harness.annul(version)
    assert "L'adozione è stata annullata" in words_of(planner.open(address).text)
    listed = words_of(planner.open(LIST).text)
    assert "1 adozione fu poi annullata." in listed
    assert "annullata il 20/09/2022" in listed


def test_flags_that_are_born_or_gone_say_of_what_they_are(chambers: Chambers) -> None:
    chambers.harness.measure(series=f"{PLAN}.incasso", period="2022-06", text="60%", data_as_at="2022-06-30")
    chambers.harness.revise(">= 66%", "2022-09-10")
    with chambers.harness.store.reading() as reader:
        version = reader.head(f"plan/{PLAN}").version
    back = {**REVISED, "target": ">= 70,34%", "kind": "correction", "restores": [version]}
    address = _proposed(chambers, back)
    _, planner = signed_in(chambers, "anna", "planner")
    eased = "Target abbassato dopo un valore sfavorevole: «Percentuale di incasso»"
    gone = f"Segnalazioni che non ci sarebbero più 1 {eased}"
    assert gone in words_of(planner.open(address).text)
    _told(chambers, address, "submission")
    assert gone in words_of(planner.open(address).text)
    _told(chambers, address, "enactment", "approver", act=ACT)
    assert gone in words_of(planner.open(address).text), "as it was known when it was shown"
    assert "eased_after_bad_value" not in planner.page
    again = _proposed(chambers, {**REVISED, "target": ">= 62%"})
    born = "Target abbassato dopo un valore sfavorevole Il target 2022 di «Percentuale di incasso» è passato"
    assert f"Segnalazioni che nascerebbero 1 {born}" in words_of(planner.open(again).text)


def test_a_new_proposal_begins_among_the_forms_of_the_changes(chambers: Chambers) -> None:
    _, planner = signed_in(chambers, "anna", "planner")
    page = planner.open(LIST).text
    assert f'class="button" href="/piani/{PLAN}/lavoro"' in page
    _, oiv = signed_in(chambers, "olga", "oiv")
    assert "Nuova proposta" not in oiv.open(LIST).text


def test_what_was_redacted_by_order_is_told_so(chambers: Chambers) -> None:
    address = _proposed(chambers, REVISED, title="Da oscurare")
    _told(chambers, address, "submission")
    _told(chambers, address, "comments", words="Parole da oscurare")
    redact(chambers.harness, 1, "proposals")
    redact(chambers.harness, 3, "proposals")
    _, planner = signed_in(chambers, "anna", "planner")
    page = planner.open(address).text
    assert "oscurare" not in page
    assert words_of(page).count("testo oscurato per ordine") == 3
    assert "testo oscurato per ordine" in planner.open(LIST).text
    assert f"{address}/modifica" not in page
    assert planner.open(f"{address}/modifica").status_code == 409


def test_a_proposal_that_the_plan_overtook_says_what_moved_in_words(chambers: Chambers) -> None:
    address = _proposed(chambers, REVISED)
    _told(chambers, address, "submission")
    chambers.harness.revise(">= 68%", "2022-09-15")
    _, approver = signed_in(chambers, "bruno", "approver")
    words = words_of(approver.open(address).text)
    assert "Il piano si è mosso" in words
    assert "Rimodulato il target 2022 di «Percentuale di incasso»: da ≥ 70,34% a ≥ 68%" in words
    refused = approver.send(f"{address}/adotta", act=ACT)
    assert refused.status_code == 409
    assert "target-revised" not in refused.text
    assert address.rpartition("/")[2] not in words_of(
        refused.text.partition('class="problems"')[2].partition("</ul>")[0]
    )


def test_whoever_has_no_session_any_more_is_led_back_to_the_page(chambers: Chambers) -> None:
    planner, address = _drafted(chambers)
    csrf = planner.csrf
    planner.http.cookies.clear()
    away = planner.http.post(f"{address}/commenta", data={"csrf": csrf, "words": "tardi"})
    assert (away.status_code, away.headers["location"]) == (303, f"/accesso?poi={address}")


def test_what_was_typed_when_the_session_ended_is_there_after_signing_in(chambers: Chambers) -> None:
    planner, address = _drafted(chambers)
    login = re.findall(r'name="mark" value="([^".]+)', planner.open(address).text)[0]
    hidden = dict(re.findall(r'<input type="hidden" name="(csrf|mark)" value="([^"]*)">', planner.page))
    planner.http.cookies.clear()
    away = planner.http.post(f"{address}/commenta", data={**hidden, "words": "manca il parere dell'ufficio"})
    entrance = away.headers["location"]
    assert (away.status_code, login != "") == (303, True)
    assert entrance.startswith(f"/accesso?poi={address}%3Fkept%3D")
    planner.open(entrance)
    entered = planner.send(entrance, login="anna", password=PASSWORD)
    again = unescape(planner.open(entered.headers["location"]).text)
    assert "La sessione di prima era finita" in again
    assert "manca il parere dell'ufficio</textarea>" in again


def test_what_was_recorded_is_said_once_by_the_title_of_the_proposal(chambers: Chambers) -> None:
    planner, address = _drafted(chambers)
    assert "Registrato. Redatta la proposta «Meno incasso»: 1 modifica" in unescape(planner.page)
    assert "Registrato. Redatta" not in planner.open(address).text
    with chambers.harness.store.reading() as reader:
        assert proposal_list(reader, PLAN, Point(today(chambers.harness.now)))["counts"]["draft"] == 1
