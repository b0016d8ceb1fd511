"""The change rate, without a database: what is counted, of what, in which variant."""

from datetime import date

import pytest

from domain.changes.rate import (
    VARIANTS,
    by_level,
    by_office,
    cause_of,
    concerns,
    counted_apart,
    counted_in,
    counts,
    ex_ante_indicators,
    ex_ante_objectives,
    ex_ante_targets,
    indicators_touched,
    month_of,
    objectives_added,
    percent_of,
    rates,
    rates_by_cause,
    rates_by_month,
    targets_touched,
    touched_by,
    versions_by_act,
    year_rates,
)
from domain.indicators.card import Card
from domain.indicators.events import IndicatorAssigned, IndicatorRedefined
from domain.objectives.events import (
    ObjectiveAdded,
    ObjectiveConditionMet,
    ObjectiveReclassified,
    ObjectiveReworded,
    ObjectiveWithdrawn,
)
from domain.plans.history import PlanChange, changes_that_count, plan_changes
from domain.targets.events import TargetRevised, TargetSet
from tests.support.given import Given, revised, target

END = date(2022, 12, 31)


def test_each_variant_lies_within_the_one_before() -> None:
    record = Given.numbered(4)
    record.later("2022-05-01", revised("i1", ">= 70,34", ">= 60"))
    record.later("2022-05-01", revised("i2", ">= 70,34", ">= 80"))
    record.later("2022-05-01", IndicatorRedefined(indicator="i3", card=Card(source="altra")))
    rates_2022 = year_rates(record.known_on("2022-12-31"), 2022, END).rates
    assert {variant: rates_2022[variant].touched for variant in VARIANTS} == {
        "any": ("o1", "o2", "o3"),
        "substance": ("o1", "o2"),
        "easier": ("o1",),
    }
    assert [str(rates_2022[variant].percent) for variant in VARIANTS] == ["75.00", "50.00", "25.00"]


def test_a_change_that_a_variant_does_not_count_is_in_none_of_the_narrower() -> None:
    record = Given.numbered().later("2022-05-01", revised("i1", ">= 70,34", ">= 80"))
    (change,) = plan_changes(record.known_on("2022-12-31"), END, drafting=False)
    assert [counts(change, variant) for variant in VARIANTS] == [True, True, False]


def test_what_counts_is_the_same_with_or_without_what_every_approval_reaches() -> None:
    record = Given.numbered(2).later("2022-05-01", revised("i1", ">= 70,34", ">= 60"))
    history = record.known_on("2022-12-31")
    every = [change.record.version for change in plan_changes(history, END) if change.counts]
    assert [change.record.version for change in changes_that_count(history, END)] == every == [history.version]


def test_nothing_of_nothing_is_no_rate() -> None:
    assert percent_of(0, 0) is None


def test_rates_stand_by_level_cause_and_month() -> None:
    record = Given.numbered(2)
    record.later("2022-05-01", revised("i1", ">= 70,34", ">= 60"), cause="exogenous")
    record.later("2022-09-01", revised("i2", ">= 70,34", ">= 60"), cause="new_data")
    history = record.known_on("2022-12-31")
    rates_2022, changes = year_rates(history, 2022, END), counted_in(changes_that_count(history, END), 2022)
    assert by_level(rates_2022.ex_ante, rates_2022.planned) == {"operativo": ["o1", "o2"]}
    assert {c: r["any"].touched for c, r in rates_by_cause(changes, rates_2022.planned).items()} == {
        "exogenous": ("o1",), "new_data": ("o2",),
    }  # fmt: skip
    assert {m: str(r["any"].percent) for m, r in rates_by_month(changes, rates_2022.planned).items()} == {
        "2022-05": "50.00", "2022-09": "100.00",
    }  # fmt: skip


def test_a_change_without_a_cause_is_counted_as_not_said() -> None:
    record = Given.numbered().later("2022-05-01", revised("i1", ">= 70,34", ">= 60"))
    (change,) = changes_of(record)
    assert (cause_of(change), month_of(change)) == ("not_said", "2022-05")


def changes_of(record: Given, as_of: date = END) -> list[PlanChange]:
    """The changes after the approval."""
    return plan_changes(record.history, as_of, drafting=False)


def test_a_change_counts_in_its_own_year_and_only_while_it_is_under_way() -> None:
    record = Given.numbered(2, years=(2022, 2023))
    record.later("2022-05-01", revised("i1", ">= 70,34", ">= 60"), revised("i2", ">= 70,34", ">= 60", 2023))
    record.later("2023-05-01", revised("i1", ">= 70,34", ">= 60", 2023))
    record.later("2022-05-01", ObjectiveReclassified(objective="o2", code="1"))
    changes = changes_of(record, date(2023, 12, 31))
    assert [(change.kind, change.year) for change in counted_in(changes, 2022)] == [("in_year_revision", 2022)]
    assert [change.objectives for change in counted_in(changes, 2023)] == [("o1",)]
    shown = [(change.kind, concerns(change, 2022), concerns(change, 2023)) for change in changes]
    assert shown == [
        ("in_year_revision", True, False), ("rolling_update", False, True), ("reclassification", True, False),
        ("in_year_revision", False, True),
    ]  # fmt: skip


def test_the_rates_of_a_year_are_those_of_a_date() -> None:
    record = Given.numbered(2).later("2022-05-01", revised("i1", ">= 70,34", ">= 60"))
    assert year_rates(record.history, 2022, date(2022, 4, 30)).rates["any"].touched == ()
    on_the_day = year_rates(record.history, 2022, date(2022, 5, 1))
    assert (on_the_day.year, on_the_day.rates["any"].touched) == (2022, ("o1",))
    ready = year_rates(record.history, 2022, END, [])
    assert ready.rates["any"].touched == ()


def test_the_rates_of_a_level_are_of_its_objectives() -> None:
    plan = Given().objective("a", level="strategico").objective("b").objective("c", level="strategico")
    for indicator, objective in (("i", "a"), ("j", "b"), ("k", "c")):
        plan.indicator(indicator, objective, ">= 10")
    plan.approved().later("2022-05-01", revised("i", ">= 10", ">= 5"), revised("j", ">= 10", ">= 5"))
    of_year = year_rates(plan.history, 2022, END)
    assert of_year.of_level(None) == of_year
    assert of_year.of_level("strategico").planned == ["a", "c"]
    assert of_year.of_level("strategico").rates["any"] == (("a",), 2)
    assert of_year.of_level("operativo").planned == ["b"]


def test_what_is_planned_bears_itself_a_target_that_commits_and_is_in_force() -> None:
    plan = Given().objective("a").objective("a1", parent="a").objective("b").objective("c").objective("d")
    plan.indicator("i", "a1", ">= 10").indicator("j", "b", "---").indicator("k", "c", ">= 10", years=(2023,))
    plan.indicator("l", "d", ">= 10").later("2022-01-31", IndicatorAssigned(indicator="i", objective="a"))
    plan.later("2022-01-31", ObjectiveWithdrawn(objective="d"), TargetSet(
        indicator="i", year=2022, ordinal=2, target=target("entro il 30/6"))).approved()  # fmt: skip
    ex_ante = plan.history.ex_ante(2022)
    assert ex_ante_objectives(ex_ante, ex_ante, 2022) == ["a", "a1"]
    assert ex_ante_indicators(ex_ante, ex_ante, 2022) == ["i"]
    assert ex_ante_targets(ex_ante, ex_ante, 2022) == ["i/2022/1", "i/2022/2"]
    assert ex_ante_targets(ex_ante, ex_ante, 2023) == ["k/2023/1"]


def test_an_objective_that_serves_a_live_indicator_but_hangs_from_what_is_gone_is_not_planned() -> None:
    plan = Given().objective("a").objective("a1", parent="a").objective("b").indicator("i", "a1", ">= 10")
    plan.later("2022-01-31", IndicatorAssigned(indicator="i", objective="b"), ObjectiveWithdrawn(objective="a"))
    ex_ante = plan.approved().history.ex_ante(2022)
    assert ex_ante_objectives(ex_ante, ex_ante, 2022) == ["b"]


def test_a_conditional_objective_is_planned_once_its_trigger_is_met_and_not_in_a_year_before() -> None:
    plan = Given().objective("a").objective("b", condition="accorpamento")
    plan.indicator("i", "a", ">= 10", years=(2022, 2023)).indicator("j", "b", ">= 10", years=(2022, 2023)).approved()
    assert year_rates(plan.history, 2022, END).planned == ["a"]
    plan.later("2022-10-01", ObjectiveConditionMet(objective="b"))
    assert year_rates(plan.history, 2022, date(2022, 9, 30)).planned == ["a"]
    assert year_rates(plan.history, 2022, END).planned == ["a", "b"]
    late = Given().objective("b", condition="accorpamento").indicator("j", "b", ">= 10", years=(2022, 2023)).approved()
    late.later("2023-01-01", ObjectiveConditionMet(objective="b"))
    assert year_rates(late.history, 2022, date(2023, 12, 31)).planned == []
    assert year_rates(late.history, 2023, date(2023, 12, 31)).planned == ["b"]


def test_a_rate_may_be_of_indicators_or_of_targets() -> None:
    record = Given.numbered(2, years=(2022, 2023)).later("2022-05-01", revised("i2", ">= 70,34", ">= 60"))
    record.later("2022-06-01", IndicatorRedefined(indicator="i1", card=Card(source="altra")))
    record.later("2022-07-01", ObjectiveReworded(objective="o1", title="Altro"))
    changes, ex_ante = changes_of(record), record.history.ex_ante(2022)
    assert [tuple(indicators_touched(change)) for change in changes] == [("i2",), ("i1",), ()]
    assert [tuple(targets_touched(change)) for change in changes] == [("i2/2022/1",), (), ()]
    of_indicators = rates(changes, indicators_touched, ex_ante_indicators(ex_ante, ex_ante, 2022))
    of_targets = rates(changes, targets_touched, ex_ante_targets(ex_ante, ex_ante, 2022))
    assert (of_indicators["any"].touched, of_indicators["substance"].touched) == (("i1", "i2"), ("i2",))
    assert (of_targets["any"].touched, of_targets["any"].planned) == (("i2/2022/1",), 2)


def test_the_second_target_of_a_cell_is_one_of_its_own() -> None:
    record = Given.numbered().later("2022-01-31", TargetSet(indicator="i1", year=2022, ordinal=2, target=target("Sì")))
    revision = TargetRevised(indicator="i1", year=2022, ordinal=2, before=target("Sì"), target=target("No"))
    (change,) = changes_of(record.later("2022-05-01", revision))
    assert list(targets_touched(change)) == ["i1/2022/2"]


def test_what_one_variant_counted_already_may_be_new_to_the_next() -> None:
    record = Given.numbered().later("2022-05-01", IndicatorRedefined(indicator="i1", card=Card(source="altra")))
    record.later("2022-06-01", revised("i1", ">= 70,34", ">= 60"))
    of_year = year_rates(record.history, 2022, END).rates
    assert [of_year[variant].touched for variant in VARIANTS] == [("o1",), ("o1",), ("o1",)]


def test_offices_are_those_that_an_objective_names_else_those_of_its_indicators_by_any_spelling() -> None:
    plan = Given().objective("a", offices=("Servizio A", "SERVIZIO  a", "Servizio B")).objective("b").objective("c")
    plan.indicator("i", "a", ">= 10", owner="Servizio Z").indicator("j", "b", ">= 10", owner="servizio «a»")
    plan.indicator("k", "b", ">= 10", owner="Servizio B").indicator("l", "c", ">= 10").approved()
    grouped = by_office(plan.history.ex_ante(2022), ["a", "b", "c"])
    assert grouped == {"SERVIZIO  a": ["a", "b"], "Servizio B": ["a", "b"]}


def test_the_objectives_that_each_group_of_changes_touched_are_listed_once() -> None:
    record = Given.numbered(3).later("2022-09-01", revised("i2", ">= 70,34", ">= 60"), cause="new_data")
    record.later(
        "2022-05-01", revised("i3", ">= 70,34", ">= 60"), revised("i1", ">= 70,34", ">= 60"), cause="resources"
    )
    record.later("2022-05-02", ObjectiveReworded(objective="o1", title="Altro"), cause="resources")
    changes = changes_of(record)
    assert touched_by(changes, ["o1", "o2", "o3"], cause_of) == {"new_data": ["o2"], "resources": ["o1", "o3"]}
    assert touched_by(changes, ["o1"], month_of) == {"2022-05": ["o1"], "2022-09": []}
    assert list(touched_by(changes, ["o1"], cause_of)) == ["new_data", "resources"]


@pytest.mark.parametrize(
    ("touched", "planned", "percent"), [(1, 3, "33.33"), (1, 800, "0.13"), (1, 1600, "0.06"), (0, 5, "0.00")]
)
def test_a_rate_is_rounded_half_up_at_two_digits(touched: int, planned: int, percent: str) -> None:
    assert str(percent_of(touched, planned)) == percent


def test_the_changes_of_an_act_go_together() -> None:
    record = Given.numbered(2)
    first = record.add("2022-05-01", revised("i1", ">= 70,34", ">= 60"), act="delibera-2").version
    second = record.add("2022-06-01", revised("i2", ">= 70,34", ">= 60")).version
    third = record.add("2022-07-01", revised("i1", ">= 60", ">= 50"), act="delibera-2").version
    changes = plan_changes(record.history, END)
    assert versions_by_act(changes) == {"delibera-2": [first, third], "": [second]}


def test_what_is_not_counted_stands_beside_by_kind_with_the_planned_objectives_that_it_touches() -> None:
    record = Given.numbered(2)
    correction = record.add("2022-05-01", revised("i2", ">= 70,34", ">= 60"), claim="correction").version
    record.later("2022-06-01", revised("i1", ">= 70,34", ">= 60"))
    apart = counted_apart(plan_changes(record.history, END, drafting=False), ["o1", "o2"])
    assert apart == {
        "rolling_update": ([], []),
        "correction": ([correction], ["o2"]),
        "reclassification": ([], []),
    }


def test_what_a_year_adds_is_what_came_to_be_under_way() -> None:
    record = Given.numbered().later("2022-05-01", ObjectiveAdded(objective="nuovo", level="operativo", title="Nuovo"))
    record.later("2022-06-01", revised("i1", ">= 70,34", ">= 60"))
    assert objectives_added(counted_in(changes_that_count(record.history, END), 2022)) == ["nuovo"]
