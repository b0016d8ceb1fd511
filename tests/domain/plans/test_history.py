"""The history of a plan, without a database: what counts as what, from which knowledge."""

import gc
from datetime import date
from decimal import Decimal
from weakref import ref

import pytest

from domain.annulments.events import EventsAnnulled
from domain.changes.kinds import Approval
from domain.changes.rate import year_rates
from domain.event import Event
from domain.indicators.card import Card
from domain.indicators.events import IndicatorAssigned, IndicatorRedefined, IndicatorUnassigned, IndicatorWithdrawn
from domain.objectives.events import (
    ObjectiveMerged,
    ObjectiveNeutralised,
    ObjectiveReinstated,
    ObjectiveReweighted,
    ObjectiveReworded,
    ObjectiveWithdrawn,
)
from domain.plans.events import YearApproved
from domain.plans.history import PlanChange, PlanHistory, changes_that_count, plan_changes
from domain.targets.events import TargetRevised, TargetSet, TargetWithdrawn
from domain.vocabulary import Claim, JsonValue
from tests.support.given import OWNER, PLAN, Given, revised, target


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
    after = before.after(record.records[before.version :], {before.version}, before.systems)
    same(after, whole)
    assert kinds(after) == kinds(whole)
    assert kinds(before) == [("in_year_revision", 2022)], "the history before is left as it was"


def same(one: PlanHistory, other: PlanHistory) -> None:
    """Two histories say the same of everything."""
    assert (one.plan, one.version, one.years, one.approvals) == (
        other.plan,
        other.version,
        other.years,
        other.approvals,
    )
    assert (one.records, one.counting, one.places) == (other.records, other.counting, other.places)
    assert (one.plan, one.administration) == (PLAN, OWNER)
    assert one.timelines.version == other.timelines.version
    assert [dict(one.timelines.fields(key)) for key in one.timelines.objects("/")] == [
        dict(other.timelines.fields(key)) for key in other.timelines.objects("/")
    ]


def test_the_history_after_counts_again_what_an_annulment_of_an_annulment_gives_back() -> None:
    record = Given.numbered().later("2022-06-30", revised("i1", ">= 70,34", ">= 69"))
    revision = len(record.records)
    record.later("2022-07-01", EventsAnnulled(versions=(revision,), reason="recorded_by_mistake"))
    before = record.history
    annulment = len(record.records)
    record.later("2022-08-01", EventsAnnulled(versions=(annulment,), reason="recorded_by_mistake"))
    after = before.after(record.records[before.version :], {annulment}, before.systems)
    same(after, record.history)
    assert kinds(after) == [("in_year_revision", 2022)]


def test_the_history_after_leaves_out_what_was_recorded_and_annulled_since() -> None:
    record = Given.numbered()
    before = record.history
    version = record.add("2022-06-30", revised("i1", ">= 70,34", ">= 69")).version
    record.later("2022-07-01", EventsAnnulled(versions=(version,), reason="recorded_by_mistake"))
    after = before.after(record.records[before.version :], {version}, before.systems)
    same(after, record.history)
    assert kinds(after) == []


def test_an_approval_is_the_append_that_recorded_it() -> None:
    record = Given.numbered(years=(2022, 2023))
    first = len(record.records) + 1
    record.later(
        "2023-01-31", revised("i1", ">= 70,34", ">= 72", 2023), YearApproved(year=2023), recorded_on="2023-02-01"
    )
    record.later("2023-02-02", ObjectiveReworded(objective="o1", title="Altro"))
    history = record.history
    assert history.approvals[2022] == Approval(date(2022, 1, 31), date(2022, 1, 31), 1, first - 1)
    assert history.approvals[2023] == Approval(date(2023, 1, 31), date(2023, 1, 31), first, first + 1)
    assert history.approvals[2024] == Approval(date(2024, 1, 1), date(2024, 1, 1))


def test_a_draft_has_no_approval_and_all_of_it_is_drafting() -> None:
    draft = Given().objective("a").indicator("i", "a", ">= 10")
    assert draft.history.approvals == {}
    changes_of_draft = plan_changes(draft.history, date(2022, 1, 31))
    assert {(change.kind, change.year, change.counts) for change in changes_of_draft} == {("drafting", 2022, False)}
    assert len(changes_of_draft) == 4
    assert plan_changes(draft.history, date(2022, 1, 30)) == []
    assert draft.history.ex_ante(2022).targets("i") == {}, "it counts as approved on its 1 January"
    assert draft.history.ex_ante(2023).targets("i").keys() == {(2022, 1)}


def test_what_is_drafting_is_left_out_on_request_only() -> None:
    record = Given.numbered().later("2022-05-01", revised("i1", ">= 70,34", ">= 60"))
    assert [change.kind for change in plan_changes(record.history, date(2022, 5, 1))] == [
        "drafting", "drafting", "drafting", "drafting", "in_year_revision",
    ]  # fmt: skip
    assert [change.restored_kind for change in changes(record.history)] == [None]
    assert changes(record.history, "2022-04-30") == []
    assert [change.kind for change in changes_that_count(record.history, date(2022, 5, 1))] == ["in_year_revision"]
    assert changes_that_count(record.history, date(2022, 4, 30)) == []


def test_a_change_that_touches_no_year_under_way_is_of_the_year_of_its_date() -> None:
    record = Given.numbered(years=(2022, 2023))
    record.later("2023-01-15", ObjectiveReworded(objective="o1", title="Altro"))
    record.later("2023-01-31", YearApproved(year=2023), recorded_on="2023-02-01")
    assert kinds(record.history) == [("rolling_update", 2023)]
    record.later("2023-03-01", ObjectiveReworded(objective="o1", title="Altro ancora"))
    assert kinds(record.history)[-1] == ("in_year_revision", 2023)


@pytest.mark.parametrize(
    ("restores", "claim", "expected"),
    [
        ((7,), "correction", (date(2022, 2, 1), 7)),
        ((), "correction", (date(2022, 5, 1), 9)),
        ((99,), "correction", (date(2022, 5, 1), 9)),
        ((7,), "reclassification", (date(2022, 5, 1), 9)),
        ((7,), None, (date(2022, 5, 1), 9)),
    ],
)
def test_only_a_correction_takes_the_place_of_what_it_restores(
    restores: tuple[int, ...], claim: Claim | None, expected: tuple[date, int]
) -> None:
    record = Given.numbered().later("2022-02-01", *[ObjectiveReworded(objective="o1", title="Altro")] * 2)
    record.later("2022-05-01", revised("i1", ">= 70,34", ">= 60"), claim=claim, restores=restores)
    assert len(record.records) == 9
    assert record.history.places[9] == expected


@pytest.mark.parametrize(
    ("event", "before", "after"),
    [
        (ObjectiveReworded(objective="o1", title="Altro"), "O1", "Altro"),
        (ObjectiveReweighted(objective="o1", weight=Decimal(40)), None, "40"),
        (IndicatorRedefined(indicator="i1", card=Card(name="Altro", source="bilancio")),
         {"name": "I1"}, {"name": "Altro", "source": "bilancio"}),
        (IndicatorRedefined(indicator="i1", card=Card(unit="%", source="bilancio")),
         None, {"unit": "%", "source": "bilancio"}),
    ],
)  # fmt: skip
def test_before_and_after_are_those_of_the_fields_that_a_change_sets(
    event: Event, before: JsonValue, after: JsonValue
) -> None:
    (change,) = changes(Given.numbered().later("2022-05-01", event).history)
    assert (change.before, change.after) == (before, after)


@pytest.mark.parametrize(
    ("event", "objectives"),
    [
        (ObjectiveWithdrawn(objective="a"), ("a", "a1", "a2")),
        (ObjectiveNeutralised(objective="a", year=2022), ("a", "a1", "a2")),
        (ObjectiveMerged(objective="a1", into="a2"), ("a1",)),
        (ObjectiveReworded(objective="a", title="Altro"), ("a",)),
        (IndicatorWithdrawn(indicator="i"), ("a1", "b")),
        (revised("i", ">= 10", ">= 5"), ("a1", "b")),
        (IndicatorUnassigned(indicator="i", objective="b"), ("b",)),
    ],
)
def test_a_change_touches_its_objective_or_those_that_its_indicator_serves(
    event: Event, objectives: tuple[str, ...]
) -> None:
    plan = Given().objective("a").objective("a1", parent="a").objective("a2", parent="a").objective("b")
    plan.indicator("i", "a1", ">= 10").later("2022-01-31", IndicatorAssigned(indicator="i", objective="b")).approved()
    (change,) = changes(plan.later("2022-05-01", event).history)
    assert change.objectives == objectives


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (TargetRevised(indicator="i", year=2022, before=target("10"), target=target("8")), "easier"),
        (TargetRevised(indicator="i", year=2022, before=target("10"), target=target("12")), "harder"),
        (TargetSet(indicator="i", year=2023, target=target("8", 2023)), "harder"),
        (ObjectiveWithdrawn(objective="a"), "easier"),
        (ObjectiveNeutralised(objective="a", year=2022), "easier"),
        (ObjectiveMerged(objective="a", into="b"), "easier"),
        (IndicatorWithdrawn(indicator="i"), "easier"),
        (ObjectiveReworded(objective="a", title="Altro"), None),
        (ObjectiveReinstated(objective="b"), None),
    ],
)
def test_a_change_has_the_direction_of_its_target_by_the_polarity_and_what_is_dropped_is_easier(
    event: Event, expected: str | None
) -> None:
    plan = Given().objective("a").objective("b").indicator("i", "a", "10", polarity="up").approved()
    (change,) = changes(plan.later("2022-05-01", event).history)
    assert change.direction == expected


def test_a_target_that_is_withdrawn_is_easier_and_has_nothing_after() -> None:
    plan = Given().objective("a").indicator("i", "a", "10").approved()
    (change,) = changes(
        plan.later("2022-05-01", TargetWithdrawn(indicator="i", year=2022, before=target("10"))).history
    )
    assert (change.direction, change.after) == ("easier", None)


def test_a_history_is_gone_with_its_last_reader_and_nothing_of_it_waits_for_the_collector() -> None:
    record = Given.numbered()
    record.later("2022-09-30", revised("i1", ">= 70,34", ">= 68"))
    history = record.known_on("2022-10-10")
    (change,) = [one for one in changes(history) if one.direction == "easier"]
    gone = ref(history)
    gc.disable()
    try:
        del history
        assert gone() is None
        assert change.objectives == ("o1",)
    finally:
        gc.enable()
