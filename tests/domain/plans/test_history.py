"""The history of a plan, without a database: what counts as what, from which knowledge."""

from datetime import date

import pytest

from domain.annulments.events import EventsAnnulled
from domain.changes.rate import year_rates
from domain.objectives.events import ObjectiveReinstated, ObjectiveWithdrawn
from domain.plans.history import PlanChange, PlanHistory, plan_changes
from tests.domain.plans.plan_events import opened, revised, year_approved


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
    record = opened()
    record.add("2022-10-03", "2022-09-30", revised(">= 68", ">= 70,34"))
    record.add("2022-11-15", "2022-06-30", revised(">= 69", ">= 70,34"))
    (in_force,) = record.known_on(known_on).state(date.fromisoformat(as_of)).targets("i1").values()
    assert isinstance(in_force, dict)
    assert in_force["value"] == expected


def test_what_the_approving_append_touches_is_rolling_and_what_is_decided_after_its_year_is_in_year() -> None:
    record = opened(years=(2022, 2023))
    record.add("2022-09-20", "2022-09-15", revised(">= 71", ">= 70,34", 2023))
    record.add("2023-01-16", "2023-01-15", revised(">= 66", ">= 70,34", 2022))
    record.add("2023-02-01", "2023-01-31", revised(">= 72", ">= 71", 2023), year_approved(2023))
    assert kinds(record.known_on("2023-03-01")) == [
        ("rolling_update", 2023),
        ("in_year_revision", 2022),
        ("rolling_update", 2023),
    ]


def test_a_revision_of_january_is_in_year_until_the_act_that_approved_the_year_is_known() -> None:
    record = opened(years=(2022, 2023))
    record.add("2023-01-20", "2023-01-20", revised(">= 60", ">= 70,34", 2023))
    record.add("2023-03-10", "2023-01-31", year_approved(2023))
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
    approval = opened().known_on("2022-03-01").approvals[2023]
    assert (approval.on, approval.first) == (date(2023, 1, 1), None)


def test_before_and_direction_are_those_of_the_timelines_whatever_the_event_said() -> None:
    record = opened()
    record.add("2022-10-03", "2022-09-30", revised(">= 69", ">= 70,34"))
    (change,) = changes(record.known_on("2022-10-10"))
    assert (change.before["text"], change.direction) == (">= 70,34", "easier")  # type: ignore[index,call-overload]
    record.add("2022-11-15", "2022-06-30", revised(">= 66", ">= 70,34"))
    late, overtaken = changes(record.known_on("2022-12-01"))
    assert (late.direction, overtaken.direction) == ("easier", "harder")
    assert overtaken.before["text"] == ">= 66"  # type: ignore[index,call-overload]


def test_an_objective_withdrawn_and_reinstated_is_touched_once_and_still_planned() -> None:
    record = opened(objectives=2)
    record.add("2022-05-02", "2022-05-01", ObjectiveWithdrawn(objective="o1"))
    record.add("2022-07-02", "2022-07-01", ObjectiveReinstated(objective="o1"))
    rate = year_rates(record.known_on("2022-12-31"), 2022, date(2022, 12, 31)).rates["any"]
    assert (rate.touched, rate.planned, str(rate.percent)) == (("o1",), 2, "50.00")


def test_what_was_annulled_counts_no_more_and_an_earlier_knowledge_still_sees_it() -> None:
    record = opened()
    record.add("2022-07-01", "2022-06-30", revised(">= 69", ">= 70,34"))
    version = len(record.records)
    record.add("2022-08-01", "2022-06-30", EventsAnnulled(versions=(version,), reason="recorded_by_mistake"))
    assert kinds(record.known_on("2022-07-15")) == [("in_year_revision", 2022)]
    assert kinds(record.known_on("2022-08-01")) == []


def test_a_correction_stands_in_the_place_of_what_it_restores() -> None:
    record = opened()
    wrong = next(r.version for r in record.records if r.event.topic == "target-set")
    record.add(
        "2022-06-01", "2022-01-31", EventsAnnulled(versions=(wrong,), reason="recorded_by_mistake"), revised(">= 75", ">= 70,34"),
        claim="correction", restores=(wrong,),
    )  # fmt: skip
    history = record.known_on("2022-06-02")
    assert [(change.kind, change.restored_kind, change.counts) for change in changes(history)] == [
        ("correction", "drafting", False)
    ]
    (ex_ante,) = history.ex_ante(2022).targets("i1").values()
    assert isinstance(ex_ante, dict)
    assert ex_ante["value"] == "75"


def test_the_history_after_is_that_of_all_the_events() -> None:
    record = opened(objectives=2)
    record.add("2022-07-01", "2022-06-30", revised(">= 69", ">= 70,34"))
    before = record.known_on("2022-07-01")
    record.add("2022-08-01", "2022-06-30", EventsAnnulled(versions=(before.version,), reason="recorded_by_mistake"))
    record.add("2022-08-02", "2022-03-31", revised(">= 65", ">= 70,34", indicator="i2"))
    whole = record.known_on("2022-08-02")
    after = before.after(record.records[before.version :], {before.version})
    assert kinds(after) == kinds(whole)
    assert {key: dict(after.timelines.fields(key)) for key in after.timelines.objects("/")} == {
        key: dict(whole.timelines.fields(key)) for key in whole.timelines.objects("/")
    }
    assert kinds(before) == [("in_year_revision", 2022)], "the history before is left as it was"
