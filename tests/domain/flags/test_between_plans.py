"""What a plan asks for less than the one before it: the cases and the findings of `eased_between_plans`."""

from datetime import date
from typing import Any

import pytest

from domain.event import Event
from domain.flags.between_plans import between_plans, eased_between_plans
from domain.flags.context import LocatedCase, PlanBefore, YearOnRecord
from domain.flags.figures import KnownFigures
from domain.flags.model import Finding, Started, Thresholds
from domain.names import Names
from domain.plans.successive import succession
from domain.point import Point
from tests.domain.plans.test_successive import NextPlan, indicator, objective
from tests.support.given import Given, measured

AS_OF = date(2023, 12, 31)


def flagged(old: Given, *events: Event, year: int = 2023, **how: Any) -> list[tuple[LocatedCase, Finding | None]]:
    plan = NextPlan(*events, **how)
    point = Point(AS_OF)

    def figures(of: int) -> KnownFigures:
        return KnownFigures(old.history, old.record, old.administration.records, of, point)

    case = YearOnRecord(
        history=plan.history,
        changes=[],
        year=year,
        as_of=AS_OF,
        figures=KnownFigures(plan.history, old.record, old.administration.records, year, point),
        names=Names({}),
        field_words={},
        before=PlanBefore(succession(old.history, plan.history, AS_OF), figures),
    )
    return [(located, eased_between_plans(located.case, Thresholds())) for located in between_plans(case)]


def outcomes(judged: list[tuple[LocatedCase, Finding | None]]) -> dict[str, str]:
    return {located.id: finding.outcome for located, finding in judged if finding is not None}


@pytest.fixture
def old() -> Given:
    """Two indicators set for 2022 and 2023, in one objective."""
    plan = Given().objective("a")
    for id_ in ("i", "j"):
        plan.indicator(id_, "a", ">= 80", years=(2022, 2023), polarity="up")
    return plan.approved()


def kept(id_: str, text: str) -> list[Event]:
    return indicator(id_, {2023: text}, polarity="up")


def test_an_eased_target_of_a_year_of_both_is_raised_in_that_year_alone(old: Given) -> None:
    events = [objective(), *kept("i", ">= 70"), *kept("j", ">= 80")]
    judged = flagged(old, *events)
    assert outcomes(judged) == {"i-2023-1": "raised", "j-2023-1": "clear"}
    located, finding = judged[0]
    assert finding is not None
    assert ("«≥ 80»" in finding.words, "«≥ 70»" in finding.words, "prova-2022-2024" in finding.words) == (True,) * 3
    assert (located.indicator, located.objectives, finding.severity) == ("i", ("a",), None)
    assert flagged(old, *events, year=2024) == []


@pytest.mark.parametrize(("text", "outcome"), [(">= 90", "clear"), (">= 70 gg", "clear"), ("da def.", "raised")])
def test_what_is_harder_or_cannot_be_compared_is_not_raised(old: Given, text: str, outcome: str) -> None:
    assert outcomes(flagged(old, objective(), *kept("i", text), *kept("j", ">= 80")))["i-2023-1"] == outcome


@pytest.mark.parametrize(("value", "outcome"), [("60", "raised"), ("85", "clear"), (None, "clear")])
def test_an_indicator_that_was_failing_and_is_left_out_is_raised(old: Given, value: str | None, outcome: str) -> None:
    if value is not None:
        old.administration.add("2022-12-31", measured("s.j", value, "2022", "2022-12-31"))
    judged = flagged(old, objective(), *kept("i", ">= 80"))
    assert outcomes(judged) == {"i-2023-1": "clear", "j-dropped": outcome}
    if value == "60":
        assert "60 per 2022" in str(judged[1][1])


def test_what_was_left_out_is_asked_about_in_the_first_year_alone(old: Given) -> None:
    old.administration.add("2022-12-31", measured("s.j", "60", "2022", "2022-12-31"))
    assert flagged(old, objective(), *kept("i", ">= 80"), year=2024) == []


def test_a_figure_of_after_the_decision_was_not_there(old: Given) -> None:
    old.administration.add("2023-06-30", measured("s.j", "60", "2023", "2023-06-30"))
    assert outcomes(flagged(old, objective(), *kept("i", ">= 80")))["j-dropped"] == "clear"


def test_a_new_indicator_and_another_case_are_nothing_to_ask_about(old: Given) -> None:
    judged = flagged(old, objective(), *kept("i", ">= 80"), *kept("j", ">= 80"), *kept("k", ">= 1"))
    assert set(outcomes(judged)) == {"i-2023-1", "j-2023-1"}
    assert eased_between_plans(Started("«i»", 2023, "«1»", "«1»", easier=False), Thresholds()) is None
