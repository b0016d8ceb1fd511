"""The history of a plan, without a database: what counts as what, from which knowledge."""

from datetime import date

import pytest

from domain.annulments.events import EventsAnnulled
from domain.changes.rate import year_rates
from domain.objectives.events import ObjectiveReinstated, ObjectiveWithdrawn
from domain.plans.events import YearApproved
from domain.plans.history import PlanChange, PlanHistory, plan_changes
from tests.support.given import Given, revised


def changes(history: PlanHistory, as_of: str = "2024-12-31") -> list[PlanChange]:
    return plan_changes(history, date.fromisoformat(as_of), drafting=False)


def kinds(history: PlanHistory) -> list[tuple[str, int | None]]:
    return [(change.kind, change.year) for change in changes(history)]


@pytest.mark.parametrize(
    ("as_of", "known_on", "expected"),
    [
        ("2022-03-15", "2022-08-01", "70.34"),
        ("2022-03-15", "2022-10-10", "70.34"),
        ("2022-03-15", "2022-12-01", "70.34"),
        ("2022-07-15", "2022-08-01", "70.34"),
        ("2022-07-15", "2022-10-10", "70.34"),
        ("2022-07-15", "2022-12-01", "69"),
        ("2022-10-10", "2022-08-01", "70.34"),
        ("2022-10-10", "2022-10-10", "68"),
        ("2022-10-10", "2022-12-01", "68"),
    ],
)
def test_the_target_in_force_is_that_of_the_two_dates(as_of: str, known_on: str, expected: str) -> None:
    record = Given.numbered()
    record.later("2022-09-30", revised("i1", ">= 70,34", ">= 68"), recorded_on="2022-10-03")
    record.later("2022-06-30", revised("i1", ">= 70,34", ">= 69"), recorded_on="2022-11-15")
    (in_force,) = record.known_on(known_on).state(date.fromisoformat(as_of)).targets("i1").values()
    assert isinstance(in_force, dict)
    assert in_force["value"] == expected


def test_what_the_approving_append_touches_is_rolling_and_what_is_decided_after_its_year_is_in_year() -> None:
    record = Given.numbered(years=(2022, 2023))
    record.later("2022-09-15", revised("i1", ">= 70,34", ">= 71", 2023), recorded_on="2022-09-20")
    record.later("2023-01-15", revised("i1", ">= 70,34", ">= 66"), recorded_on="2023-01-16")
    record.later("2023-01-31", revised("i1", ">= 71", ">= 72", 2023), YearApproved(year=2023), recorded_on="2023-02-01")
    assert kinds(record.known_on("2023-03-01")) == [
        ("rolling_update", 2023),
        ("in_year_revision", 2022),
        ("rolling_update", 2023),
    ]


def test_a_revision_of_january_is_in_year_until_the_act_that_approved_the_year_is_known() -> None:
    record = Given.numbered(years=(2022, 2023))
    record.later("2023-01-20", revised("i1", ">= 70,34", ">= 60", 2023))
    record.later("2023-01-31", YearApproved(year=2023), recorded_on="2023-03-10")
    assert kinds(record.known_on("2023-02-01")) == [("in_year_revision", 2023)]
    assert kinds(record.known_on("2023-03-10")) == [("rolling_update", 2023)]
    (ex_ante,) = (
        target
        for (year, _), target in record.known_on("2023-03-10").ex_ante(2023).targets("i1").items()
        if year == 2023
    )
    assert isinstance(ex_ante, dict)
    assert ex_ante["value"] == "60"


def test_a_year_that_no_act_approved_counts_from_its_first_of_january() -> None:
    approval = Given.numbered().known_on("2022-03-01").approvals[2023]
    assert (approval.on, approval.first) == (date(2023, 1, 1), None)


def test_before_and_direction_are_those_of_the_timelines_whatever_the_event_said() -> None:
    record = Given.numbered()
    record.later("2022-09-30", revised("i1", ">= 70,34", ">= 69"), recorded_on="2022-10-03")
    (change,) = changes(record.known_on("2022-10-10"))
    assert (change.before["text"], change.direction) == (">= 70,34", "easier")  # type: ignore[index,call-overload]
    record.later("2022-06-30", revised("i1", ">= 70,34", ">= 66"), recorded_on="2022-11-15")
    late, overtaken = changes(record.known_on("2022-12-01"))
    assert (late.direction, overtaken.direction) == ("easier", "harder")
    assert overtaken.before["text"] == ">= 66"  # type: ignore[index,call-overload]


def test_an_objective_withdrawn_and_reinstated_is_touched_once_and_still_planned() -> None:
    record = Given.numbered(2)
    record.later("2022-05-01", ObjectiveWithdrawn(objective="o1"), recorded_on="2022-05-02")
    record.later("2022-07-01", ObjectiveReinstated(objective="o1"), recorded_on="2022-07-02")
    rate = year_rates(record.known_on("2022-12-31"), 2022, date(2022, 12, 31)).rates["any"]
    assert (rate.touched, rate.planned, str(rate.percent)) == (("o1",), 2, "50.00")


def test_what_was_annulled_counts_no_more_and_an_earlier_knowledge_still_sees_it() -> None:
    record = Given.numbered()
    record.later("2022-06-30", revised("i1", ">= 70,34", ">= 69"), recorded_on="2022-07-01")
    version = len(record.records)
    record.later(
        "2022-06-30", EventsAnnulled(versions=(version,), reason="recorded_by_mistake"), recorded_on="2022-08-01"
    )
    assert kinds(record.known_on("2022-07-15")) == [("in_year_revision", 2022)]
    assert kinds(record.known_on("2022-08-01")) == []


def test_a_correction_stands_in_the_place_of_what_it_restores() -> None:
    record = Given.numbered()
    wrong = next(r.version for r in record.records if r.event.topic == "target-set")
    record.later("2022-01-31", EventsAnnulled(versions=(wrong,), reason="recorded_by_mistake"), revised("i1", ">= 70,34", ">= 75"),
        claim="correction", restores=(wrong,), recorded_on="2022-06-01")  # fmt: skip
    history = record.known_on("2022-06-02")
    assert [(change.kind, change.restored_kind, change.counts) for change in changes(history)] == [
        ("correction", "drafting", False)
    ]
    (ex_ante,) = history.ex_ante(2022).targets("i1").values()
    assert isinstance(ex_ante, dict)
    assert ex_ante["value"] == "75"


def test_the_history_after_is_that_of_all_the_events() -> None:
    record = Given.numbered(2)
    record.later("2022-06-30", revised("i1", ">= 70,34", ">= 69"), recorded_on="2022-07-01")
    before = record.known_on("2022-07-01")
    record.later(
        "2022-06-30", EventsAnnulled(versions=(before.version,), reason="recorded_by_mistake"), recorded_on="2022-08-01"
    )
    record.later("2022-03-31", revised("i2", ">= 70,34", ">= 65"), recorded_on="2022-08-02")
    whole = record.known_on("2022-08-02")
    after = before.after(record.records[before.version :], {before.version})
    assert kinds(after) == kinds(whole)
    assert {key: dict(after.timelines.fields(key)) for key in after.timelines.objects("/")} == {
        key: dict(whole.timelines.fields(key)) for key in whole.timelines.objects("/")
    }
    assert kinds(before) == [("in_year_revision", 2022)], "the history before is left as it was"
