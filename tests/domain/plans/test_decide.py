"""Given a plan, when it is approved, closed, succeeded or given its rules as a whole, then an event or a refusal."""

import pytest

from domain.errors import AlreadyApproved, DomainError, NoChange, NotApproved, OutsidePlan, YearNotOpen
from domain.plans import commands as c
from domain.plans import decide as d
from domain.plans import events as e
from domain.plans.state import PlanState
from tests.support.given import Given

APPROVED = e.PlanApproved(year=2022)
CLOSED = e.YearClosed(year=2022)


def approving(year: int) -> c.ApproveYear:
    return c.ApproveYear(verb="approve_year", year=year)


def closing(year: int) -> c.CloseYear:
    return c.CloseYear(verb="close_year", year=year)


def test_a_plan_is_approved_once_with_its_first_year() -> None:
    command = c.ApprovePlan(verb="approve_plan")
    Given().when(d.approve_plan, command).then(APPROVED)
    Given().approved().when(d.approve_plan, command).refused(AlreadyApproved)


def test_a_later_year_is_approved_once_and_the_first_of_a_draft_approves_the_plan() -> None:
    Given().approved().when(d.approve_year, approving(2023)).then(e.YearApproved(year=2023))
    Given().when(d.approve_year, approving(2022)).then(APPROVED)


@pytest.mark.parametrize(
    ("plan", "year", "error", "words"),
    [
        (Given().approved(), 2025, OutsidePlan, "dal 2022 al 2024"),
        (Given().approved(), 2021, OutsidePlan, "dal 2022 al 2024"),
        (Given(), 2023, NotApproved, "bozza"),
        (Given().approved(), 2022, AlreadyApproved, "31/01/2022"),
        (Given().approved().later("2023-01-31", e.YearApproved(year=2023)), 2023, AlreadyApproved, "31/01/2023"),
    ],
)
def test_a_year_that_cannot_be_approved_is_refused(
    plan: Given, year: int, error: type[DomainError], words: str
) -> None:
    plan.when(d.approve_year, approving(year)).refused(error, words)


@pytest.mark.parametrize("day", ["2023-01-01", "2024-06-30"])
def test_a_year_that_is_over_is_closed(day: str) -> None:
    Given().approved().when(d.close_year, closing(2022), day).then(CLOSED)


@pytest.mark.parametrize(
    ("plan", "year", "day", "error"),
    [
        (Given().approved(), 2022, "2022-12-31", OutsidePlan),
        (Given().approved(), 2025, "2026-06-30", OutsidePlan),
        (Given(), 2022, "2023-06-30", NotApproved),
        (Given().approved().later("2023-06-15", CLOSED), 2022, "2023-06-30", YearNotOpen),
        (Given().approved().later("2023-06-15", CLOSED), 2022, "2023-05-30", YearNotOpen),
    ],
)
def test_a_year_that_cannot_be_closed_is_refused(plan: Given, year: int, day: str, error: type[DomainError]) -> None:
    plan.when(d.close_year, closing(year), day).refused(error)


def test_another_plan_takes_the_place_of_this_one_once_and_yet_another_may() -> None:
    succeeded = Given(e.PlanSucceeded(by="nuovo"))
    Given().when(d.succeed_plan, c.SucceedPlan(verb="succeed_plan", by="nuovo")).then(e.PlanSucceeded(by="nuovo"))
    succeeded.when(d.succeed_plan, c.SucceedPlan(verb="succeed_plan", by="nuovo")).refused(NoChange)
    succeeded.when(d.succeed_plan, c.SucceedPlan(verb="succeed_plan", by="altro")).then(e.PlanSucceeded(by="altro"))


@pytest.mark.parametrize(("year", "inside"), [(2021, False), (2022, True), (2024, True), (2025, False)])
def test_the_years_of_a_plan_are_its_first_to_its_last(year: int, *, inside: bool) -> None:
    def nothing(state: PlanState, of_year: int) -> list[e.PlanApproved]:
        d.require_plan_year(state, of_year)
        return []

    within = Given().when(nothing, year)
    if inside:
        within.then()
    else:
        within.refused(OutsidePlan, where="year")
