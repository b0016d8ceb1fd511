"""The status of a plan: one rule, from the values of its own fields."""

from datetime import date

from domain.facts import PLAN
from domain.plans.events import PlanSucceeded, YearClosed
from domain.plans.state import status_of
from tests.support.given import Given


def test_a_plan_is_absent_draft_approved_closed_succeeded() -> None:
    record = Given.numbered()
    record.later("2025-05-31", YearClosed(year=2024), recorded_on="2025-06-01").later(
        "2025-06-30", PlanSucceeded(by="b"), recorded_on="2025-07-01"
    )
    history = record.known_on("2025-12-31")
    fields = history.timelines.fields(PLAN)
    assert [
        status_of({field: history.timelines.value(PLAN, field, date.fromisoformat(day)) for field in fields})
        for day in ("2022-01-30", "2022-01-31", "2025-05-31", "2025-06-30")
    ] == ["absent", "approved", "closed", "succeeded"]


def test_closing_a_year_before_the_last_leaves_a_plan_approved() -> None:
    years = {"first_year": 2022, "last_year": 2024, "approved/2022": True}
    assert status_of(years | {"closed/2022": True}) == "approved"
    assert status_of(years | {"closed/2024": True}) == "closed"
    assert status_of({"first_year": 2022, "last_year": 2024}) == "draft"
    assert status_of({}) == "absent"
