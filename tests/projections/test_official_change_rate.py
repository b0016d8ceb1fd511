"""The official change rate against its ceiling, and what a proposed change would make of it."""

from typing import Any

import pytest

from domain.documents.changes import ChangeFile
from projections.change_preview import change_preview
from projections.change_rate import changes_of_year
from projections.official_rate import against_the_ceiling, official_rates
from projections.scores import scores
from projections.streams import plan_stream
from tests.support.harness import PLAN, ServiceHarness, document, point

OWN = {
    "id": "tasso",
    "objective": "a1",
    "name": "n° obiettivi soggetti a modifica in itinere / n° obiettivi programmati ex ante",
    "weight": "10",
    "targets": [{"year": 2022, "text": "< 20%"}, {"year": 2023, "text": "< 18%"}],
}


def planned(objectives: int) -> dict[str, Any]:
    """A plan of so many objectives under one, each with an indicator; the plan's own rate is watched in the first."""
    rows = [{"id": "a", "level": "strategic", "title": "Tutto"}]
    rows += [
        {"id": f"a{place}", "level": "operational", "title": f"Obiettivo {place}", "parent": "a"}
        for place in range(1, objectives + 1)
    ]
    indicators = [
        {
            "id": f"i{place}",
            "objective": f"a{place}",
            "name": f"Indicatore {place}",
            "owner": "Servizio A" if place % 2 else "SERVIZIO  a" if place % 4 else "Servizio B",
            "targets": [{"year": 2022, "text": ">= 70%"}, {"year": 2023, "text": ">= 71%"}],
        }
        for place in range(1, objectives + 1)
    ]
    return document() | {"objectives": rows, "indicators": [*indicators, OWN]}


@pytest.fixture
def harness(sqlite_path: object) -> ServiceHarness:
    """Ten objectives, one of them revised in May."""
    harness = ServiceHarness(str(sqlite_path)).on("2022-02-05")
    harness.load(**{name: planned(10)[name] for name in ("objectives", "indicators")})
    harness.on("2022-05-20").revise(">= 65%", "2022-05-15", indicator="i3", cause="exogenous")
    return harness


def official(harness: ServiceHarness, as_of: str = "2022-12-31") -> dict[str, Any]:
    found: dict[str, Any] = harness.ask(against_the_ceiling, PLAN, 2022, point(as_of))
    return found


def test_the_ceiling_is_the_target_of_the_plans_own_indicator(harness: ServiceHarness) -> None:
    assert official(harness)["words"] == "10,0 %, tetto < 20%"
    assert official(harness)["ceiling"]["indicator"] == "tasso"
    assert official(harness)["ceiling"]["respected"] is True


def test_the_plans_own_indicator_is_measured_by_the_system(harness: ServiceHarness) -> None:
    found = harness.ask(scores, PLAN, 2022, point("2022-12-31"))
    own = next(one for one in found["indicators"] if one["id"] == "tasso")
    assert (own["measured_by_system"], own["achievement"], own["met"]) == ("10", "100", True)


def test_a_proposal_is_told_how_far_it_goes_and_nothing_is_recorded(harness: ServiceHarness) -> None:
    changes = [{"verb": "revise_target", "object": f"i{place}", "year": 2022, "target": ">= 60%"} for place in (3, 4)]
    file = ChangeFile.model_validate(
        {
            "plan": PLAN,
            "act": "delibera di Giunta n. 9 del 30/09/2022",
            "justification": "dati del monitoraggio",
            "cause": "new_data",
            "changes": changes,
        }
    )
    head = harness.on("2022-10-03").store.head(plan_stream(PLAN)).version

    preview = harness.service.preview_change(file, harness.caller(), lambda reader: change_preview(reader, PLAN))
    found = preview["change_rate"]["2022"]["official"]
    assert found["words"] == "dal 10,0 % al 20,0 %, tetto < 20%: superato"
    assert found["objectives_added"] == ["a4"]
    assert found["ceiling_respected"] is False
    assert harness.store.head(plan_stream(PLAN)).version == head


def test_rates_are_given_by_office_cause_and_month_and_over_the_years(harness: ServiceHarness) -> None:
    harness.on("2022-10-02").revise(">= 72%", "2022-09-30", indicator="i4", cause="new_data")
    found = harness.ask(changes_of_year, PLAN, 2022, point("2022-12-31"))
    by_month = {month: rates["any"]["rate"] for month, rates in found["rates_by_month"].items()}
    assert by_month == {"2022-05": "10.00", "2022-09": "20.00"}
    assert {cause: rates["any"]["numerator"] for cause, rates in found["rates_by_cause"].items()} == {
        "exogenous": 1,
        "new_data": 1,
    }
    offices = {office: (r["any"]["numerator"], r["any"]["denominator"]) for office, r in found["by_office"].items()}
    assert offices == {"Servizio A": (1, 8), "Servizio B": (1, 2)}
    years = harness.ask(official_rates, PLAN, point("2023-06-30"))["years"]
    assert [(one["year"], one["rate"], one["ceiling"]["text"]) for one in years] == [
        (2022, "20", "< 20%"),
        (2023, "0", "< 18%"),
    ]


def test_what_is_not_counted_stands_beside_with_its_objectives(harness: ServiceHarness) -> None:
    harness.on("2022-06-01").change({"verb": "reclassify_objective", "object": "a5", "code": "OP5"}, act=None,
                                 effective_on="2022-06-01")  # fmt: skip
    found = harness.ask(changes_of_year, PLAN, 2022, point("2022-12-31"))
    assert found["beside"]["reclassification"]["objectives"] == ["a5"]
    assert found["beside"]["correction"]["changes"] == 0
    assert found["change_rate"]["any"]["objectives"] == ["a3"]
