"""What of a plan as a whole may change, which scores a row counts in, and what waits for a trigger that fails."""

from datetime import date
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from domain.changes.rate import ex_ante_indicators, ex_ante_objectives, ex_ante_targets
from domain.errors import AlreadyThere, DomainError, NoChange, NotFound, OutsidePlan
from domain.indicators.feeds import PlaceFeeds, counts_in
from domain.objectives.events import ObjectiveConditionFailed, ObjectiveConditionMet
from domain.plans.state import PlanState
from tests.support.given import Given

FEEDS: TypeAdapter[str] = TypeAdapter(PlaceFeeds)


def state_after(plan: Given, *changes: dict[str, Any]) -> PlanState:
    for pending in plan.change(*changes).pending:
        plan.add(pending.effective_on, pending.event)
    return PlanState(plan.timelines, date(2022, 12, 31))


def test_title_years_and_level_names_are_changed_by_an_event() -> None:
    plan = Given.numbered(2)
    state = state_after(
        plan, {"verb": "amend_plan", "title": "Altro", "last_year": 2025, "levels": {"Operativo": "azione"}}
    )
    assert (state.last_year, state.value("plan", "title")) == (2025, "Altro")
    assert [state.objective(name, "level") for name in ("o1", "o2")] == ["azione", "azione"]


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"levels": {"strategico": "ambito"}}, NotFound),
        ({"first_year": 2023}, OutsidePlan),  # 2022 has targets, and the act that approved it
        ({"last_year": 2020}, OutsidePlan),
        ({"last_year": 2040}, OutsidePlan),  # no document of it could be imported
        ({"title": "Piano di prova"}, NoChange),
    ],
)
def test_what_would_cut_a_year_off_or_change_nothing_is_refused(change: dict[str, Any], error: Any) -> None:
    Given.numbered().change({"verb": "amend_plan", **change}).refused(error)


@pytest.mark.parametrize(
    ("levels", "error"),
    [
        ({"operativo": "strategico"}, AlreadyThere),
        ({"Operativo": "STRATEGICO "}, AlreadyThere),
        ({"operativo": "uno", "strategico": "Uno"}, AlreadyThere),
        ({"operativo": "strategico", "strategico": "operativo"}, None),
        ({"operativo": "Operativo"}, None),
    ],
)
def test_two_levels_do_not_become_one(levels: dict[str, str], error: type[DomainError] | None) -> None:
    plan = Given().objective("a", level="strategico").objective("b", level="operativo")
    changed = plan.change({"verb": "amend_plan", "levels": levels})
    if error is not None:
        changed.refused(error)
    else:
        assert [pending.event.topic for pending in changed.pending] == ["plan-amended"]


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("albero", "objective"),
        ("entrambi", "both"),
        ("produttività; albero", "both"),
        ("dirigenti; albero", "objective; dirigenti"),
        ("albero + produttività + dirigenti", "both; dirigenti"),
        ("both", "both"),
    ],
)
def test_the_scores_of_a_row_are_names(written: str, stored: str) -> None:
    assert FEEDS.validate_python(written) == stored
    assert FEEDS.validate_python(stored) == stored


def test_a_row_counts_in_the_scores_that_it_names_and_all_is_none() -> None:
    assert [counts_in("objective; dirigenti", name) for name in ("objective", "individual", "dirigenti", "all")] == [
        True,
        False,
        True,
        True,
    ]
    with pytest.raises(ValidationError):
        FEEDS.validate_python("tutto")


def test_what_hangs_from_a_trigger_that_was_not_met_or_failed_is_in_no_denominator() -> None:
    plan = Given().objective("a").objective("b", condition="bando").objective("c", parent="b")
    plan.indicator("i", "a", ">= 1").indicator("j", "c", ">= 1").approved()

    def counted() -> tuple[int, int, int]:
        state = PlanState(plan.timelines, date(2022, 12, 31))
        return (
            len(ex_ante_objectives(state, state, 2022)),
            len(ex_ante_indicators(state, state, 2022)),
            len(ex_ante_targets(state, state, 2022)),
        )

    assert counted() == (1, 1, 1)
    plan.later("2022-03-01", ObjectiveConditionMet(objective="b"))
    assert counted() == (2, 2, 2)
    plan.later("2022-05-01", ObjectiveConditionFailed(objective="b"))
    assert counted() == (1, 1, 1)
