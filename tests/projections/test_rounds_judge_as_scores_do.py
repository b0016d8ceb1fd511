"""A round, its sheets, its check, the deviations and the scores read what a target asks for in one way."""

from typing import Any

import pytest

from api.commands import deviations as commands
from api.commands.evaluation import open_round
from domain.deviations.commands import ExplainDeviation
from domain.rounds.commands import OpenRound
from projections.collection_sheets import collection_sheets
from projections.contradictions import contradictions
from projections.deviations import deviation_lines, plan_deviations
from projections.dues import plan_dues
from projections.explanations import explained, explanation
from projections.rounds import round_status
from projections.scores import scores
from tests.support.harness import PLAN, ServiceHarness, document, point

ROUND = "2022-06-30"
AT = point("2022-07-20")


def indicator(id_: str, target: str, **card: Any) -> dict[str, Any]:
    row = {"id": id_, "objective": "a1", "name": id_.capitalize(), "owner": "Bilancio", "polarity": "up"}
    return row | card | {"targets": [{"year": 2022, "text": target}]}


@pytest.fixture(scope="module")
def harness(tmp_path_factory: pytest.TempPathFactory) -> ServiceHarness:
    """References, ceilings, changes and figures of the system, each with its value of the first half year."""
    rows = [
        indicator("anno", ">= valore 2021", unit="numero"),
        indicator("triennio", ">= media del triennio precedente", unit="%"),
        indicator("tetto", "<= 12", formula="conteggio", polarity="down"),
        indicator("salita", "+10% sul 2021", formula="conteggio"),
        indicator("discesa", "+10% sul 2021", formula="conteggio"),
        indicator("media", ">= 90%", name="Media ponderata delle azioni", objective="a", co_owners=["Registro"]),
        indicator("tempo", "<= 30 gg", measured_by="Registro", co_owners=["Tributi"], polarity="down"),
        indicator("condizionato", ">= 90%", objective="a2"),
        indicator("dirigenti", ">= 90%", weight="30", feeds="dirigenti; produttività"),
    ]
    content = document(indicators=rows)
    content["objectives"][2]["condition"] = "se arriva il finanziamento"
    harness = ServiceHarness(tmp_path_factory.mktemp("judged") / "h.sqlite").on("2022-02-05")
    harness.load(**content)
    harness.on("2022-07-10")
    values = {
        ("anno", "2021"): "100",
        ("anno", "2022-H1"): "40",
        **{("triennio", str(year)): "80%" for year in (2019, 2020, 2021)},
        ("triennio", "2022-H1"): "70%",
        ("tetto", "2022-H1"): "9",
        ("salita", "2021"): "100",
        ("salita", "2021-H1"): "40",
        ("salita", "2022-H1"): "42",
        ("discesa", "2021"): "100",
        ("discesa", "2022-H1"): "42",
        ("condizionato", "2022-H1"): "50%",
        ("dirigenti", "2022-H1"): "95%",
    }
    for (name, period), text in values.items():
        day = {"H1": "06-30"}.get(period[5:], "12-31")
        harness.measure(series=f"{PLAN}.{name}", period=period, text=text, data_as_at=f"{period[:4]}-{day}")
    opening = OpenRound.model_validate({"as_at": "2022-06-30", "due_by": "2022-07-15"})
    open_round(harness.service, PLAN, opening, harness.caller())
    for name in ("anno", "triennio", "media"):
        harness.report(subject="indicator", id=name, status="reached", reported_on="2022-07-11")
    return harness


def rows(harness: ServiceHarness) -> dict[str, Any]:
    return {row["id"]: row for row in harness.ask(plan_deviations, PLAN, 2022, AT)["deviations"]}


def items(harness: ServiceHarness) -> dict[str, dict[str, Any]]:
    """By office, the items of the round by indicator."""
    status = harness.ask(round_status, PLAN, ROUND, AT)
    return {office["office"]: {item["indicator"]: item for item in office["items"]} for office in status["offices"]}


def test_what_a_reference_or_a_change_asks_for_is_one_in_round_and_list(harness: ServiceHarness) -> None:
    listed, asked = rows(harness), items(harness)["Bilancio"]
    for name, value, wanted in (
        ("anno", "-10", "50"),
        ("triennio", "-10", "80"),
        ("tetto", "3", "6"),
        ("salita", "-5", "10"),
    ):
        for row in (listed[name], asked[name]):
            variance = row["variance"]
            assert (row["met"], row["asks_cause"]) == (False, True), name
            assert (variance["value"], variance["asked"]) == (value, wanted)
    scored = {row["id"]: row["score"] for row in harness.ask(scores, PLAN, 2022, AT)["indicators"]}
    assert scored["salita"] == "50"


def test_a_change_without_the_same_half_is_judged_by_nobody_and_both_say_so(harness: ServiceHarness) -> None:
    row = rows(harness)["discesa"]
    assert (row["met"], row["variance"], row["asks_cause"]) == (None, None, False)
    assert "primo semestre 2021" in row["note"]
    told = list(explained(harness.ask(explanation, PLAN, 2022, AT, "discesa")))
    assert [line.strip() for line in told if "primo semestre 2021" in line] == [f"nota: {row['note']}"]
    assert items(harness)["Bilancio"]["discesa"]["met"] is None


def test_what_is_said_reached_is_held_against_what_a_reference_means(harness: ServiceHarness) -> None:
    told = harness.ask(contradictions, PLAN, AT, name=ROUND)["contradictions"]
    words = {row["subjects"][0].partition("/")[2]: row["words"] for row in told}
    assert words["anno"].endswith("40 contro 100 (al 30/06/2022 si attende 50)")
    assert words["triennio"].endswith("70 contro 80")
    assert {row["kind"] for row in told} == {"reached_below_target"}


def test_the_sheet_of_the_office_asks_the_cause_of_what_misses_a_reference(harness: ServiceHarness) -> None:
    (sheet,) = harness.ask(collection_sheets, PLAN, ROUND, AT, office="Bilancio")
    asking = {row.indicator: row.deviation for row in sheet.rows if row.is_given}
    assert {"anno", "triennio", "tetto", "salita", "media"} <= asking.keys()
    assert "scostamento -10 punti percentuali" in asking["triennio"]


def test_what_the_system_measures_is_asked_of_nobody_and_held_at_the_date(harness: ServiceHarness) -> None:
    status = harness.ask(round_status, PLAN, ROUND, AT)
    due = {value["indicator"] for value in harness.ask(plan_dues, PLAN, AT)["values"]}
    assert due == {"tempo"}
    assert status["due"] == 7
    item = items(harness)["Bilancio"]["media"]
    assert (item["by_system"], item["asks_value"], item["met"]) == (True, False, False)
    told = harness.ask(contradictions, PLAN, AT, name=ROUND)["contradictions"]
    assert any(row["subjects"] == ["indicator/media"] for row in told)
    assert "complete_without_value" not in {row["kind"] for row in told}
    observed = rows(harness)["media"]
    assert observed["period"] == "2022-H1"
    assert observed["observed"] == item["observed"]
    assert observed["observed"].endswith("%")
    assert len(observed["observed"]) <= len("83,33%")


def test_the_office_that_measures_is_asked_for_the_value_once(harness: ServiceHarness) -> None:
    listed = harness.ask(plan_dues, PLAN, AT)
    assert [(row["office"], row["values"]) for row in listed["offices"]] == [("Registro", 1)]
    asks = {office: found["tempo"]["asks_value"] for office, found in items(harness).items() if "tempo" in found}
    assert asks == {"Registro": True, "Bilancio": False, "Tributi": False}
    reminders = {row["office"]: row["words"] for row in harness.ask(round_status, PLAN, ROUND, AT)["reminders"]}
    assert "mancano 1 risposta" in reminders["Registro"]
    assert "mancano" not in reminders["Tributi"]
    assert "di 1 indicatore che altri misurano manca lo stato" in reminders["Tributi"]
    (sheet,) = harness.ask(collection_sheets, PLAN, ROUND, AT, office="Registro")
    assert [row.indicator for row in sheet.rows if not row.is_given] == ["tempo"]


def test_what_waits_for_its_condition_says_so_and_covers_nothing(harness: ServiceHarness) -> None:
    row = rows(harness)["condizionato"]
    assert "\n".join(deviation_lines(row)).endswith("nota: condizionato, e la condizione non si è avverata")
    scored = harness.ask(scores, PLAN, 2022, AT)
    assert {each["id"]: each["covered"] for each in scored["objectives"]}["a2"] is None
    counts = harness.ask(plan_deviations, PLAN, 2022, AT)["counts"]
    assert counts["measured"] == 7


def test_what_counts_in_other_scores_alone_is_explained_as_such(harness: ServiceHarness) -> None:
    lines = [line.strip() for line in explained(harness.ask(explanation, PLAN, 2022, AT, "dirigenti"))]
    assert "Dirigenti: 100,00 %" in lines
    assert "nota: non conta nel punteggio che si chiede: conta in «dirigenti», «produttività»" in lines


def test_a_cause_of_what_misses_nothing_is_told(harness: ServiceHarness) -> None:
    def given(**said: str) -> list[str]:
        body = {"subject": "indicator", "period": "2022-H1", "cause": "exogenous", "words": "meno fondi"}
        command = ExplainDeviation.model_validate(body | said | {"explained_on": "2022-07-25"})
        outcome = commands.explain_deviation(harness.on("2022-07-25").service, PLAN, command, harness.caller())
        return [notice.name for notice in outcome.warnings]

    assert given(id="tetto") == []
    assert given(id="dirigenti") == ["nothing_deviates"]
    assert given(subject="objective", id="a2") == ["nothing_deviates"]
    assert given(subject="objective", id="a1") == []
