"""Monitoring rounds: what is due by office, what came late, what does not hold together; Brindisi as printed."""

import json
from pathlib import Path
from typing import Any

import pytest

from api.commands.evaluation import close_round, open_round
from domain.documents.changes import ChangeFile
from domain.documents.plan import PlanDocument
from domain.rounds.commands import CloseRound, OpenRound
from projections.contradictions import contradictions
from projections.rounds import round_status, rounds
from projections.scores import scores
from tests.support.harness import PLAN, ServiceHarness, point

SERIES = f"{PLAN}."
BRINDISI = "brindisi-2022-2024"
ROOT = Path(__file__).parents[2] / "examples"


@pytest.fixture
def harness(sqlite_path: object) -> ServiceHarness:
    """The small plan, with a round open for 30 June, answers awaited by 15 July."""
    harness = ServiceHarness(str(sqlite_path)).on("2022-02-05")
    harness.load()
    harness.on("2022-07-01")
    open_round(
        harness.service,
        PLAN,
        OpenRound.model_validate({"as_at": "2022-06-30", "due_by": "2022-07-15"}),
        harness.caller(),
    )
    return harness


def status(harness: ServiceHarness, known: str | None = None, name: str = "2022-06-30") -> dict[str, Any]:
    found: dict[str, Any] = harness.ask(round_status, PLAN, name, point("2022-12-31", known))
    return found


def items(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {item["indicator"]: item for office in found["offices"] for item in office["items"]}


def test_each_office_has_its_list_and_who_lacks_is_reminded(harness: ServiceHarness) -> None:
    harness.on("2022-07-10").measure(
        series=f"{SERIES}incasso",
        period="2022-H1",
        value="35",
        unit="%",
        data_as_at="2022-06-30",
        finality="provisional",
    )
    harness.report(
        subject="indicator", id="cassetto", status="at_risk", progress="40", reported_on="2022-07-10", note="x"
    )
    found = status(harness)
    assert (found["due"], found["received"], found["values"], found["missing"]) == (3, 2, 1, 1)
    assert found["expected_progress"] == "50"
    (reminder,) = found["reminders"]
    assert reminder["office"] == "Servizio Bilancio"
    assert reminder["missing"] == ["Regolamento approvato"]
    assert reminder["values"] == ["Adesione al cassetto"]
    assert "entro il 15/07/2022" in reminder["words"]


def test_what_came_late_says_so(harness: ServiceHarness) -> None:
    harness.on("2022-07-10").report(subject="indicator", id="incasso", status="in_line", reported_on="2022-06-30")
    harness.on("2022-07-20").report(subject="indicator", id="cassetto", status="in_line", reported_on="2022-07-20")
    close_round(
        harness.on("2022-07-25").service,
        PLAN,
        CloseRound.model_validate({"round": "monitoraggio-2022-06-30", "closed_on": "2022-07-25"}),
        harness.caller(),
    )
    harness.on("2022-08-02").report(subject="indicator", id="regolamento", status="in_line", reported_on="2022-08-01")
    assert {name: item["came"] for name, item in items(status(harness)).items()} == {
        "incasso": "in_time",
        "cassetto": "late",
        "regolamento": "after_closing",
    }
    assert status(harness)["round"]["status"] == "closed"
    assert status(harness, "2022-07-19")["round"]["status"] == "open"


def test_a_round_asks_for_its_scope_only_and_answers_belong_to_their_own_round(harness: ServiceHarness) -> None:
    harness.on("2022-10-01")
    scope = {"objectives": ["a2"]}
    open_round(
        harness.service, PLAN, OpenRound.model_validate({"as_at": "2022-09-30", "scope": scope}), harness.caller()
    )
    harness.on("2022-10-05").report(subject="indicator", id="cassetto", status="reached", reported_on="2022-10-05")
    assert set(items(status(harness, name="2022-09-30"))) == {"cassetto", "regolamento"}
    assert items(status(harness))["cassetto"]["status"] is None
    assert [one["as_at"] for one in harness.ask(rounds, PLAN, point("2022-12-31"))["rounds"]] == [
        "2022-06-30",
        "2022-09-30",
    ]


def kinds(harness: ServiceHarness) -> dict[str, list[str]]:
    found = harness.ask(contradictions, PLAN, point("2022-12-31"), name="2022-06-30")
    made: dict[str, list[str]] = {}
    for one in found["contradictions"]:
        made.setdefault(one["kind"], []).append(one["words"])
    return made


def test_in_line_with_less_than_the_target_does_not_hold_together(harness: ServiceHarness) -> None:
    harness.on("2022-07-10").measure(
        series=f"{SERIES}incasso", period="2022-H1", value="69.5", unit="%", data_as_at="2022-06-30"
    )
    harness.report(subject="indicator", id="incasso", status="in_line", progress="40", reported_on="2022-07-10")
    harness.report(subject="objective", id="a", status="in_line", reported_on="2022-07-10")
    found = kinds(harness)
    assert (
        "«Percentuale di incasso» è detto in linea, ma il valore è 69,5 contro 70,34" in found["in_line_below_target"]
    )
    assert any("Riscuotere" in words for words in found["in_line_below_target"])
    assert "si attende il 50 %" in found["in_line_behind"][0]


def test_a_hundred_percent_without_a_value_and_a_passed_deadline_do_not_hold_together(harness: ServiceHarness) -> None:
    harness.on("2022-07-10").report(
        subject="indicator", id="cassetto", status="reached", progress="100", reported_on="2022-07-10"
    )
    harness.report(subject="indicator", id="regolamento", status="in_line", reported_on="2022-07-10")
    found = kinds(harness)
    assert set(found) == {"complete_without_value", "in_line_past_deadline"}


def test_one_sentence_for_thirty_indicators_is_pointed_out(sqlite_path: object) -> None:
    harness = ServiceHarness(str(sqlite_path)).on("2022-02-05")
    thirty = [
        {
            "id": f"i{place}",
            "objective": "a1",
            "name": f"Indicatore {place}",
            "targets": [{"year": 2022, "text": ">= 10"}],
        }
        for place in range(30)
    ]
    harness.load(indicators=thirty)
    harness.on("2022-07-05")
    for place in range(30):
        note = "Attività svolta regolarmente." if place % 2 else "attività  svolta regolarmente"
        harness.report(subject="indicator", id=f"i{place}", status="in_line", reported_on="2022-06-30", note=note)
    found = harness.ask(contradictions, PLAN, point("2022-06-30"))
    (one,) = found["contradictions"]
    assert one["kind"] == "one_sentence_for_many"
    assert len(one["subjects"]) == 30


@pytest.fixture
def brindisi(sqlite_path: object) -> ServiceHarness:
    """Brindisi as printed, with its half-year monitoring."""
    harness = ServiceHarness(str(sqlite_path)).on("2022-08-01")
    plan = json.loads((ROOT / "plans" / f"{BRINDISI}.json").read_text(encoding="utf-8"))
    harness.service.load_plan(PlanDocument.model_validate(plan), harness.caller())
    monitoring = json.loads((ROOT / "changes" / "brindisi-2022-monitoring.json").read_text(encoding="utf-8"))
    harness.service.change(ChangeFile.model_validate(monitoring), harness.caller())
    return harness


def test_brindisi_at_half_year_says_in_line_over_a_value_below_its_target(brindisi: ServiceHarness) -> None:
    found = brindisi.ask(contradictions, BRINDISI, point("2022-06-30"))
    words = [one["words"] for one in found["contradictions"] if one["kind"] == "in_line_below_target"]
    assert any("è detto in linea" in one and "69,5 contro 70" in one for one in words)
    assert found["by_kind"]["complete_without_value"] >= 1
    assert found["by_kind"]["one_sentence_for_many"] >= 1


def test_brindisi_at_half_year_has_one_value_and_its_score_says_how_little_that_covers(
    brindisi: ServiceHarness,
) -> None:
    found = brindisi.ask(scores, BRINDISI, 2022, point("2022-06-30"))
    measured = [one for one in found["indicators"] if one["observed"] is not None]
    assert [(one["observed"], one["finality"], one["achievement"][:5]) for one in measured] == [
        ("69,5%", "provisional", "99.28")
    ]
    assert found["body"]["covered"] is not None
    assert 0 < float(found["body"]["covered"]) < 2


def test_a_round_loaded_long_after_the_fact_does_not_know_what_came_late(brindisi: ServiceHarness) -> None:
    opened = {"as_at": "2022-06-30", "opened_on": "2022-06-15", "due_by": "2022-07-15", "retrospective": True}
    open_round(brindisi.service, BRINDISI, OpenRound.model_validate(opened), brindisi.caller())
    found = brindisi.ask(round_status, BRINDISI, "2022-06-30", point("2022-12-31"))
    assert (found["due"], found["received"], found["values"]) == (79, 75, 1)
    came = {item["came"] for office in found["offices"] for item in office["items"]}
    assert came <= {None, "not_knowable"}
    assert len([office for office in found["offices"] if "egistro" in office["office"]]) == 1


def test_not_available_is_not_counted_among_the_values_of_a_round(harness: ServiceHarness) -> None:
    harness.on("2022-07-10").measure(series=f"{SERIES}incasso", period="2022-H1", text="n.d.", data_as_at="2022-06-30")
    told = status(harness)
    assert (told["due"], told["received"], told["values"], told["missing"]) == (3, 1, 0, 2)
    office = next(row for row in told["offices"] if any(item["indicator"] == "incasso" for item in row["items"]))
    assert (office["received"], office["values"]) == (1, 0)
