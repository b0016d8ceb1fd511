"""What a year counts, by the day on which it begins to, without a database."""

from datetime import date

from domain.changes.counted_by_day import ALL_CAUSES, PLANNED, CountBegun, approved_since, counts_begun
from domain.changes.rate import VARIANTS, year_rates
from domain.objectives.events import ObjectiveConditionMet
from domain.plans.events import PlanApproved
from domain.plans.history import PlanHistory, plan_changes
from tests.support.given import DRAFTED, Given, revised

END = date(2022, 12, 31)


def begun(history: PlanHistory, since: date = DRAFTED) -> set[CountBegun]:
    return set(counts_begun(history, 2022, since, plan_changes(history, date.max, drafting=False)))


def test_a_plan_is_approved_since_its_first_act_and_a_draft_since_no_day() -> None:
    assert approved_since(Given().history) is None
    assert approved_since(Given.numbered().history) == DRAFTED


def test_a_plan_is_approved_at_no_day_before_it_was_drafted() -> None:
    assert approved_since(Given().later("2022-01-10", PlanApproved(year=2022)).history) == DRAFTED


def test_the_earliest_of_the_approvals_is_the_one_that_counts() -> None:
    record = Given().later("2022-03-10", PlanApproved(year=2022)).later("2022-02-20", PlanApproved(year=2022))
    assert approved_since(record.history) == date(2022, 2, 20)


def test_what_is_planned_begins_with_the_approval() -> None:
    assert begun(Given.numbered(2).history) == {CountBegun(PLANNED, ALL_CAUSES, "operativo", DRAFTED, 2)}


def test_an_objective_begins_to_be_counted_on_the_day_on_which_it_is_first_touched() -> None:
    record = Given.numbered()
    record.later("2022-09-01", revised("i1", ">= 65", ">= 60"), cause="new_data")
    record.later("2022-05-01", revised("i1", ">= 70,34", ">= 80"), cause="exogenous")
    assert begun(record.history) - {CountBegun(PLANNED, ALL_CAUSES, "operativo", DRAFTED, 1)} == {
        CountBegun("any", ALL_CAUSES, "operativo", date(2022, 5, 1), 1),
        CountBegun("any", "exogenous", "operativo", date(2022, 5, 1), 1),
        CountBegun("any", "new_data", "operativo", date(2022, 9, 1), 1),
        CountBegun("substance", ALL_CAUSES, "operativo", date(2022, 5, 1), 1),
        CountBegun("substance", "exogenous", "operativo", date(2022, 5, 1), 1),
        CountBegun("substance", "new_data", "operativo", date(2022, 9, 1), 1),
        CountBegun("easier", ALL_CAUSES, "operativo", date(2022, 9, 1), 1),
        CountBegun("easier", "new_data", "operativo", date(2022, 9, 1), 1),
    }


def test_a_change_without_a_cause_is_counted_under_none_said() -> None:
    record = Given.numbered().later("2022-05-01", revised("i1", ">= 70,34", ">= 60"))
    assert {count.cause for count in begun(record.history)} == {ALL_CAUSES, "not_said"}


def test_a_conditional_objective_counts_from_the_day_on_which_its_trigger_was_met() -> None:
    record = Given().objective("o1", condition="se arriva il finanziamento")
    record.indicator("i1", "o1", ">= 70,34", polarity="up").approved()
    record.later("2022-05-01", revised("i1", ">= 70,34", ">= 60"))
    assert begun(record.history) == set()
    record.later("2022-07-01", ObjectiveConditionMet(objective="o1"))
    assert {count.since for count in begun(record.history)} == {date(2022, 7, 1)}


def test_what_has_begun_by_a_day_is_the_rate_of_that_day() -> None:
    record = Given.numbered(3)
    record.later("2022-05-01", revised("i1", ">= 70,34", ">= 60"))
    record.later("2022-06-01", revised("i1", ">= 60", ">= 50"), revised("i2", ">= 70,34", ">= 80"))
    counts = begun(record.history)
    for day in (DRAFTED, date(2022, 5, 1), date(2022, 5, 31), date(2022, 6, 1), END):
        rates = year_rates(record.history, 2022, day).rates
        for variant in VARIANTS:
            of_variant = [c for c in counts if (c.measure, c.cause) == (variant, ALL_CAUSES) and c.since <= day]
            assert sum(count.objectives for count in of_variant) == len(rates[variant].touched)
