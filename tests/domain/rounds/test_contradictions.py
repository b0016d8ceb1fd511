"""What is said in a round against the figures: of an indicator at its date, of an objective with all that hangs from it."""

from datetime import date

import pytest

from domain.rounds.contradictions import contradictions_of
from tests.support.given import Given
from tests.support.rounds import AS_AT, collect, measure, reported

JULY = date(2022, 7, 2)
STEPS = "giugno 30%; dicembre 100%"


@pytest.fixture
def plan() -> Given:
    """Three levels of objectives, and indicators under the lowest: a rate, steps, two terms in one cell."""
    plan = Given()
    plan.objective("top")
    plan.objective("middle", parent="top")
    plan.objective("low", parent="middle")
    plan.indicator("rate", "low", ">= 80%")
    plan.indicator("steps", "low", STEPS)
    return plan.approved()


def kinds(plan: Given) -> dict[str, str]:
    """The kind of each contradiction by its first subject."""
    return {found.subjects[0].partition("/")[2]: found.kind for found in contradictions_of(collect(plan))}


def words(plan: Given) -> list[str]:
    return [found.words for found in contradictions_of(collect(plan))]


@pytest.mark.parametrize(("value", "said"), [("30%", {}), ("29%", {"steps": "in_line_below_target"})])
def test_a_status_of_june_is_judged_by_the_step_of_june(plan: Given, value: str, said: dict[str, str]) -> None:
    measure(plan, "steps", value, "2022-H1", AS_AT)
    reported(plan, "steps", "in_line", JULY, progress="30")
    assert kinds(plan) == said


@pytest.mark.parametrize(("value", "said"), [("30%", {}), ("29%", {"steps": "reached_below_target"})])
def test_what_is_reached_in_june_has_reached_the_step_of_june(plan: Given, value: str, said: dict[str, str]) -> None:
    measure(plan, "steps", value, "2022-H1", AS_AT)
    reported(plan, "steps", "reached", JULY)
    assert kinds(plan) == said
    if said:
        assert "ma il valore è 29% contro" in words(plan)[0]
        assert "(al 30/06/2022 si attende 30)" in words(plan)[0]


def test_an_indicator_at_risk_whose_step_of_june_is_met_is_told(plan: Given) -> None:
    measure(plan, "steps", "31%", "2022-H1", AS_AT)
    reported(plan, "steps", "at_risk", JULY)
    assert kinds(plan) == {"steps": "troubled_but_met"}


def test_trouble_however_deep_stands_against_what_is_said_above(plan: Given) -> None:
    reported(plan, "top", "in_line", JULY, subject="objective")
    reported(plan, "rate", "at_risk", JULY)
    assert kinds(plan) == {"top": "objective_in_line_above_trouble"}


def test_a_value_below_its_target_stands_against_every_objective_over_it(plan: Given) -> None:
    measure(plan, "rate", "70%", "2022-H1", AS_AT)
    reported(plan, "top", "in_line", JULY, subject="objective")
    reported(plan, "middle", "reached", JULY, subject="objective")
    assert kinds(plan) == {"top": "in_line_below_target", "middle": "reached_below_target"}
    assert "«TOP» è detto in linea, ma sotto: «RATE» 70 contro 80" in words(plan)


def test_an_objective_at_risk_over_values_that_are_all_met(plan: Given) -> None:
    measure(plan, "rate", "90%", "2022-H1", AS_AT)
    measure(plan, "steps", "31%", "2022-H1", AS_AT)
    reported(plan, "top", "at_risk", JULY, subject="objective")
    assert kinds(plan) == {"top": "troubled_but_met"}


def test_an_objective_that_is_reached_with_no_value_below_or_behind_the_calendar(plan: Given) -> None:
    reported(plan, "middle", "reached", JULY, subject="objective")
    reported(plan, "top", "in_line", JULY, progress="20", subject="objective")
    assert kinds(plan) == {"middle": "complete_without_value", "top": "in_line_behind"}
