"""Rounds opened and closed, and rules adopted, by forms: all that the plan knows is chosen, and its effect is seen before."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from domain.point import Point, today
from projections.rounds import RoundRow, rounds
from projections.system_comparison import SystemAnswer, system_in_force
from tests.api.http.test_work_pages import WORK, post, problems_in
from tests.support.chamber import DRAFTS, OTHER, OWN, PUBLISHED, Browser, Chambers, signed_in

PLAN = PUBLISHED[OWN]
OPEN, CLOSE, ADOPT = (f"{WORK}/{name}" for name in ("open_round", "close_round", "adopt_system"))
OPENING = {"as_at": "2022-06-30", "due_by": "2022-07-31", "opened_on": "2022-07-05"}
ADOPTION = {"year": "2022", "system": "raggiunto-o-no", "act": "delibera di Giunta n. 7 del 20/06/2022"}


@pytest.fixture
def chambers(tmp_path: Path) -> Iterator[Chambers]:
    made = Chambers(tmp_path)
    made.harness.on("2022-07-05")
    yield made
    made.close()


def listed(chambers: Chambers) -> list[RoundRow]:
    with chambers.harness.store.reading() as reader:
        return rounds(reader, PLAN, Point(today(chambers.harness.store.clock())))["rounds"]


def rules(chambers: Chambers, year: int = 2022) -> SystemAnswer:
    with chambers.harness.store.reading() as reader:
        return system_in_force(reader, PLAN, year, Point(today(chambers.harness.store.clock())))


def opened(chambers: Chambers, **more: str) -> Browser:
    """A planner who has opened a round."""
    _, planner = signed_in(chambers, "anna", "planner")
    planner.open(OPEN)
    assert post(planner, OPEN, "check", **OPENING, **more).status_code == 200
    assert post(planner, OPEN, "record").status_code == 303
    return planner


def test_a_round_is_opened_with_the_days_levels_and_offices_of_the_plan_as_choices(chambers: Chambers) -> None:
    _, planner = signed_in(chambers, "anna", "planner")
    page = planner.open(OPEN).text
    assert 'name="as_at" type="date" value="2022-06-30"' in page
    assert 'name="due_by" type="date" value="2022-07-20"' in page
    days = re.findall(r'<option value="(\d{4}-\d\d-\d\d)">', page)
    assert days == [f"{year}-{day}" for year in (2022, 2023, 2024) for day in ("06-30", "12-31")]
    assert 'name="scope.offices/Servizio Bilancio"' in page
    assert re.search(r'name="scope.levels/operational" value="sì"> obiettivo operativo', page)
    assert 'name="round"' not in page
    assert "<textarea" not in page
    chosen = {"scope.levels/operational": "sì", "scope.offices/Servizio Bilancio": "sì"}
    checked = unescape(post(planner, OPEN, "check", **OPENING, **chosen).text)
    for words in (
        "Chiede un valore o uno stato di 3 indicatori",
        "obiettivo operativo",
        "Servizio Bilancio",
        "31/07/2022",
    ):
        assert words in checked, words
    assert listed(chambers) == []
    back = post(planner, OPEN, "back").text
    assert 'name="scope.levels/operational" value="sì" checked' in back
    assert 'name="scope.levels/strategic" value="sì">' in back
    post(planner, OPEN, "check", **OPENING, **chosen)
    recorded = post(planner, OPEN, "record")
    assert recorded.headers["location"] == f"/piani/{PLAN}/monitoraggio"
    (row,) = listed(chambers)
    assert row["scope"] == {"offices": ["Servizio Bilancio"], "levels": ["operational"], "objectives": []}
    assert planner.open(OPEN).text.count('<option value="2022-06-30">') == 0, "a round asks of that day already"


def test_what_is_wrong_with_an_opening_is_told_at_its_field_and_what_was_ticked_stays(chambers: Chambers) -> None:
    _, planner = signed_in(chambers, "anna", "planner")
    planner.open(OPEN)
    ticked = {"scope.levels/operational": "sì"}
    refused = post(planner, OPEN, "check", as_at="2022-06-30", due_by="2022-05-01", **ticked)
    assert [field for field, _ in problems_in(refused.text)] == ["due_by"]
    assert 'name="scope.levels/operational" value="sì" checked' in refused.text
    missing = post(planner, OPEN, "check", **ticked)
    assert problems_in(missing.text)[0] == ("as_at", "Manca «data dei dati»")
    unknown = post(planner, OPEN, "check", **OPENING, **{"scope.offices/Ufficio <i>X</i>": "sì"})
    assert unknown.status_code == 404
    assert problems_in(unknown.text)[0][0] == "scope.offices"
    assert "<i>X" not in unknown.text


def test_a_round_is_closed_by_choosing_it_and_what_stays_missing_is_seen_before(chambers: Chambers) -> None:
    opened(chambers)
    chambers.harness.measure(series=f"{PLAN}.incasso", period="2022-H1", text="60%", data_as_at="2022-06-30")
    _, validator = signed_in(chambers, "vera", "validator")
    page = unescape(validator.open(CLOSE).text)
    assert "dati al 30/06/2022: senza risposta 2 su 3</option>" in page
    assert 'name="closed_on" type="date" value="2022-07-05"' in page
    checked = unescape(post(validator, CLOSE, "check", round="monitoraggio-2022-06-30", closed_on="2022-07-05").text)
    for words in ("2 indicatori su 3 restano senza risposta", "Servizio Bilancio: 2 mancano", "non si riapre"):
        assert words in checked, words
    assert listed(chambers)[0]["status"] == "open"
    assert post(validator, CLOSE, "record").status_code == 303
    assert listed(chambers)[0]["closed_on"] == "2022-07-05"
    refused = unescape(validator.open(CLOSE).text)
    assert "senza risposta 2 su 3</option>" not in refused


def test_who_recorded_what_came_closes_only_with_an_exception_that_says_why(chambers: Chambers) -> None:
    opened(chambers)
    account, both = signed_in(chambers, "ugo", "planner", "validator")
    owed = f"{WORK}/record_measurement"
    both.open(owed)
    common = {"period": "2022-H1", "data_as_at": "2022-06-30", "finality": "provisional"}
    post(both, owed, "check", **common, **{"value.incasso": "60%"})
    assert post(both, owed, "record").status_code == 303
    both.open(CLOSE)
    closing = {"round": "monitoraggio-2022-06-30", "closed_on": "2022-07-05"}
    refused = post(both, CLOSE, "check", **closing)
    assert refused.status_code in {403, 409}, refused.text
    allowed = post(both, CLOSE, "check", **closing, exception="l'ufficio ha una persona sola")
    assert allowed.status_code == 200, unescape(allowed.text)
    assert post(both, CLOSE, "record").status_code == 303
    assert account


def test_rules_are_adopted_by_choosing_them_and_what_they_do_is_seen_before(chambers: Chambers) -> None:
    chambers.harness.on("2023-02-01")
    chambers.harness.measure(series=f"{PLAN}.incasso", period="2022", text="60%", data_as_at="2022-12-31")
    _, planner = signed_in(chambers, "anna", "planner")
    page = unescape(planner.open(f"{ADOPT}?year=2022").text)
    assert "Tutto o niente" in page
    assert "soglie: 100 se raggiunta, altrimenti 0" in page
    assert "le stesse regole che valgono oggi" in page
    wrong = post(planner, ADOPT, "check", year="2022")
    assert [field for field, _ in problems_in(wrong.text)] == ["system", "act"]
    checked = unescape(post(planner, ADOPT, "check", **ADOPTION).text)
    for words in ("Tutto o niente", "osservato / target", "100 se raggiunta, altrimenti 0", "sul 2022", "Performance"):
        assert words in checked, words
    assert "Valgono anche per gli altri piani dell'ente: Bozza" in checked
    assert rules(chambers)["adopted_for"] is None
    recorded = post(planner, ADOPT, "record")
    assert recorded.status_code == 303, recorded.text
    assert recorded.headers["location"] == f"/piani/{PLAN}/punteggi/regole/confronto?anno=2022"
    assert "Tutto o niente" in planner.open(recorded.headers["location"]).text
    assert (rules(chambers)["adopted_for"], rules(chambers)["system"]["name"]) == (2022, "Tutto o niente")


def test_an_adoption_is_put_right_and_what_was_adopted_may_be_adopted_again(chambers: Chambers) -> None:
    _, planner = signed_in(chambers, "anna", "planner")
    planner.open(ADOPT)
    post(planner, ADOPT, "check", **ADOPTION)
    assert post(planner, ADOPT, "record").status_code == 303
    page = unescape(planner.open(ADOPT).text)
    (version,) = re.findall(r'<option value="(\d+)">Per il 2022, dal 20/06/2022: «Tutto o niente»', page)
    right = {"year": "2022", "system": "media-semplice", "corrects": version}
    missing = post(planner, ADOPT, "check", **right)
    assert problems_in(missing.text)[0][0] == "justification"
    assert post(planner, ADOPT, "check", **right, justification="il regolamento dice altro").status_code == 200
    assert post(planner, ADOPT, "record").status_code == 303
    assert rules(chambers)["system"]["name"] == "Media semplice"
    codes = re.findall(r'value="(adottate-\d+)"', planner.open(ADOPT).text)
    again = ADOPTION | {"year": "2023", "system": codes[0], "act": "delibera di Giunta n. 8 del 01/07/2022"}
    assert post(planner, ADOPT, "check", **again).status_code in {200, 409}
    bad = post(planner, ADOPT, "check", **(ADOPTION | {"system": "<b>inventato</b>"}))
    assert problems_in(bad.text)[0][0] == "system"
    assert "<b>inventato" not in bad.text


@pytest.mark.parametrize(
    ("role", "may"),
    [("planner", {OPEN, ADOPT}), ("validator", {CLOSE}), ("oiv", set()), ("approver", set()), ("reader", set())],
)
def test_only_who_may_finds_the_forms_and_of_no_other_administration(
    chambers: Chambers, role: str, may: set[str]
) -> None:
    _, browser = signed_in(chambers, "anna", role)
    assert {path for path in (OPEN, CLOSE, ADOPT) if browser.open(path).status_code == 200} == may
    assert {path for path in (OPEN, CLOSE, ADOPT) if f'"{path}"' in browser.open(WORK).text} == may
    for plan in (PUBLISHED[OTHER], DRAFTS[OTHER]):
        for name in ("open_round", "close_round", "adopt_system"):
            assert browser.open(f"/piani/{plan}/lavoro/{name}").status_code in {403, 404}
            sent = browser.send(f"/piani/{plan}/lavoro/{name}", step="record") if "csrf" in browser.page else None
            assert sent is None or sent.status_code in {403, 404}


def test_the_forms_speak_english_too(chambers: Chambers) -> None:
    _, planner = signed_in(chambers, "anna", "planner")
    for path in (OPEN, ADOPT):
        assert planner.open(f"{path}?lingua=en").status_code == 200
        assert '<html lang="en"' in planner.page
