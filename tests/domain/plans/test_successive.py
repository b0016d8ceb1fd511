"""Two consecutive plans, along each series: from the events alone, what each way of saying it otherwise comes to."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from domain.event import Event
from domain.indicators.card import Card
from domain.indicators.events import IndicatorAdded, IndicatorAssigned, IndicatorWithdrawn
from domain.objectives.events import ObjectiveAdded
from domain.plans.events import MeasurementSystemAdopted, PlanApproved, PlanDrafted
from domain.plans.history import PlanHistory, history_of
from domain.plans.successive import SeriesPair, Succession, stated_predecessor, succession
from domain.systems.decide import adopted_systems, read_system, rules_json
from domain.targets.events import TargetSet
from domain.timelines import Timelines
from tests.support.given import Given, Stream, revised, target

NEXT = "prova-2023-2025"
APPROVED = date(2023, 1, 31)
LATER = date(2024, 6, 30)


class NextPlan(Stream):
    """A plan of 2023-2025, drafted on the day of its approval, that follows the one of `Given`."""

    def __init__(self, *events: Event, predecessor: str | None = None, approved: bool = True) -> None:
        super().__init__(f"plan/{NEXT}")
        drafted = PlanDrafted(
            plan=NEXT,
            administration="ente",
            title="Piano successivo",
            first_year=2023,
            last_year=2025,
            drafted_on=APPROVED,
            predecessor=predecessor,
        )
        self.add(APPROVED, drafted, *events, *((PlanApproved(year=2023),) if approved else ()))

    @property
    def history(self) -> PlanHistory:
        return history_of(NEXT, len(self.records), self.records, set(), adopted_systems(Timelines()))


def objective(id_: str = "a", **fields: Any) -> Event:
    return ObjectiveAdded.model_validate({"objective": id_, "level": "operativo", "title": id_.upper()} | fields)


def indicator(
    id_: str,
    texts: dict[int, str],
    *,
    series: str | None = None,
    weight: str | None = None,
    objectives: Sequence[str] = ("a",),
    **card: Any,
) -> list[Event]:
    return [
        IndicatorAdded(
            indicator=id_, series=series or f"s.{id_}", card=Card.model_validate({"name": id_.upper()} | card)
        ),
        *(IndicatorAssigned.model_validate({"indicator": id_, "objective": o, "weight": weight}) for o in objectives),
        *(TargetSet(indicator=id_, year=year, target=target(text, year)) for year, text in texts.items()),
    ]


@pytest.fixture
def old() -> Given:
    """An objective with two indicators: one set in each of the three years, one in the first two."""
    plan = Given().objective("a")
    plan.indicator("i", "a", ">= 80", weight="50", years=(2022, 2023, 2024), polarity="up", formula="x / y")
    plan.indicator("j", "a", "<= 30 gg", weight="50", years=(2022, 2023))
    return plan.approved()


def compared(old: Given, *events: Event, as_of: date = LATER, **how: Any) -> Succession:
    return succession(old.history, NextPlan(*events, **how).history, as_of)


def pair_of(result: Succession, series: str) -> SeriesPair:
    return next(pair for pair in result.series if series in (pair.series_before, pair.series_after))


def goes_on(texts: dict[int, str], **how: Any) -> list[Event]:
    """The first indicator as the plan before has it, with other targets."""
    return [objective(), *indicator("i", texts, **{"weight": "50", "polarity": "up", "formula": "x / y"} | how)]


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        (">= 70", "easier"),
        (">= 85", "harder"),
        ("≥ 80,00", "neutral"),
        (">= 80 gg", "undetermined"),
        (">= 80 sul piano ridotto", "undetermined"),
        ("da def.", "easier"),
    ],
)
def test_a_target_of_a_year_of_both_is_easier_harder_neutral_or_undetermined(
    old: Given, text: str, direction: str
) -> None:
    result = pair_of(compared(old, *goes_on({2023: text, 2024: ">= 80", 2025: ">= 10"})), "s.i")
    assert [(item.year, item.direction) for item in result.targets] == [(2023, direction), (2024, "neutral")]
    assert result.fate == "continues"
    assert not result.redefined
    assert not result.places


def test_a_target_that_is_not_set_again_is_easier_and_one_that_was_not_there_harder(old: Given) -> None:
    result = compared(old, *goes_on({2023: ">= 80"}), *indicator("j", {2024: "<= 30 gg"}, weight="50"))
    assert [(t.year, t.direction) for t in pair_of(result, "s.i").targets] == [(2023, "neutral"), (2024, "easier")]
    assert [(t.year, t.direction) for t in pair_of(result, "s.j").targets] == [(2023, "easier"), (2024, "harder")]


def test_years_that_only_one_of_the_plans_covers_are_left_aside(old: Given) -> None:
    result = compared(old, *goes_on({2023: ">= 80", 2025: ">= 1"}))
    assert result.years == (2023, 2024)
    assert {item.year for pair in result.series for item in pair.targets} == {2023, 2024}


def test_what_was_in_force_before_is_that_of_the_day_of_the_approval(old: Given) -> None:
    old.add("2022-09-30", revised("i", ">= 80", ">= 75", 2023))
    old.add("2023-05-01", revised("i", ">= 75", ">= 60", 2023))
    (first, _) = pair_of(compared(old, *goes_on({2023: ">= 70", 2024: ">= 80"})), "s.i").targets
    assert isinstance(first.before, dict)
    assert (first.before["text"], first.direction) == (">= 75", "easier")


def test_what_was_withdrawn_before_was_not_dropped_by_the_next_plan(old: Given) -> None:
    old.add("2022-12-01", IndicatorWithdrawn(indicator="j"))
    result = compared(old, *goes_on({2023: ">= 80", 2024: ">= 80"}))
    assert [pair.before for pair in result.series] == ["i"]


def test_a_later_revision_of_the_next_plan_is_not_what_was_approved(old: Given) -> None:
    plan = NextPlan(*goes_on({2023: ">= 80", 2024: ">= 80"}))
    plan.add("2023-09-30", revised("i", ">= 80", ">= 10", 2023))
    result = succession(old.history, plan.history, LATER)
    assert [item.direction for item in pair_of(result, "s.i").targets] == ["neutral", "neutral"]
    assert (result.day, result.approved) == (APPROVED, True)


def test_a_draft_is_compared_as_it_stands_on_the_date(old: Given) -> None:
    old.add("2023-05-01", revised("i", ">= 80", ">= 60", 2023))
    result = compared(old, *goes_on({2023: ">= 70", 2024: ">= 80"}), approved=False, as_of=LATER)
    assert (result.day, result.approved) == (LATER, False)
    assert [item.direction for item in pair_of(result, "s.i").targets] == ["harder", "neutral"]


def test_indicators_are_dropped_and_added(old: Given) -> None:
    result = compared(old, *goes_on({2023: ">= 80", 2024: ">= 80"}), *indicator("k", {2023: ">= 1", 2025: ">= 1"}))
    fates = {(pair.before or pair.after): pair.fate for pair in result.series}
    assert fates == {"i": "continues", "j": "dropped", "k": "added"}
    assert [item.direction for item in pair_of(result, "s.j").targets] == ["easier"]
    assert [item.direction for item in pair_of(result, "s.k").targets] == ["harder"]


def test_an_indicator_that_has_another_id_goes_on_by_its_series(old: Given) -> None:
    result = compared(
        old, objective(), *indicator("altro", {2023: ">= 80", 2024: ">= 80"}, series="s.i", polarity="up")
    )
    pair = pair_of(result, "s.i")
    assert (pair.before, pair.after, pair.matched_by, pair.cut) == ("i", "altro", "series", False)


@pytest.mark.parametrize(
    ("id_", "card", "by"),
    [
        ("altro", {"name": "  i "}, "name"),
        ("i", {"name": "Un altro nome"}, "id"),
    ],
)
def test_a_series_that_was_cut_hides_no_easing(old: Given, id_: str, card: dict[str, Any], by: str) -> None:
    events = indicator(id_, {2023: ">= 10"}, series="nuova", polarity="up", formula="x / y", **card)
    pair = pair_of(compared(old, objective(), *events), "s.i")
    assert (pair.matched_by, pair.cut, pair.series_after) == (by, True, "nuova")
    assert pair.targets[0].direction == "easier"


def test_the_same_id_of_something_else_does_not_go_on(old: Given) -> None:
    result = compared(old, objective(), *indicator("i", {2023: ">= 10"}, series="nuova", name="Altro", formula="z"))
    assert {(pair.before, pair.after) for pair in result.series} == {("i", None), ("j", None), (None, "i")}


@pytest.mark.parametrize(
    ("card", "field"),
    [
        ({"formula": "x / z"}, "formula"),
        ({"unit": "%"}, "unit"),
        ({"source": "stime"}, "source"),
        ({"polarity": "down"}, "polarity"),
        ({"name": "Nome nuovo"}, "name"),
        ({"baseline": "12"}, "baseline"),
    ],
)
def test_a_card_that_says_otherwise_is_told_field_by_field(old: Given, card: dict[str, Any], field: str) -> None:
    pair = pair_of(compared(old, *goes_on({2023: ">= 80", 2024: ">= 80"}, **card)), "s.i")
    assert [item.field for item in pair.redefined] == [field]
    assert (pair.rebased, pair.measures_otherwise) == (field == "baseline", field != "baseline")
    assert pair.differs


def test_a_bare_target_under_the_opposite_polarity_has_no_direction() -> None:
    plan = Given().objective("a").indicator("i", "a", "80", years=(2023,), polarity="up").approved()
    same = pair_of(compared(plan, objective(), *indicator("i", {2023: "70"}, polarity="up")), "s.i")
    turned = pair_of(compared(plan, objective(), *indicator("i", {2023: "70"}, polarity="down")), "s.i")
    assert (same.targets[0].direction, turned.targets[0].direction) == ("easier", "undetermined")
    assert [item.field for item in turned.redefined] == ["polarity"]


def test_a_bare_target_without_polarity_goes_by_what_the_rules_of_the_year_say() -> None:
    plan = Given().objective("a").indicator("i", "a", "80", years=(2023,)).approved()
    rules = MeasurementSystemAdopted(year=2023, system=rules_json(read_system({"bare_value": "up"})))
    events = [objective(), *indicator("i", {2023: "70"})]
    assert pair_of(compared(plan, *events), "s.i").targets[0].direction == "undetermined"
    assert pair_of(compared(plan, *events, rules), "s.i").targets[0].direction == "easier"


def test_weights_moved_and_places_left_are_told(old: Given) -> None:
    events = goes_on({2023: ">= 80", 2024: ">= 80"}, weight="10")
    pair = pair_of(compared(old, *events), "s.i")
    assert [(p.objective_before, p.weight_before, p.objective_after, p.weight_after) for p in pair.places] == [
        ("a", "50", "a", "10")
    ]
    elsewhere = goes_on({2023: ">= 80", 2024: ">= 80"}, objectives=("b",))
    pair = pair_of(compared(old, objective("b", title="B"), *elsewhere), "s.i")
    assert [(p.objective_before, p.objective_after) for p in pair.places] == [("a", None), (None, "b")]


def test_the_same_weight_in_other_digits_is_the_same(old: Given) -> None:
    assert not pair_of(compared(old, *goes_on({2023: ">= 80", 2024: ">= 80"}, weight="50.00")), "s.i").differs


def test_objectives_are_dropped_added_and_said_otherwise() -> None:
    plan = Given().objective("a").objective("b", weight="40", parent="a").objective("c").approved()
    result = compared(
        plan, objective(), objective("b", weight="60", parent="a"), objective("nuovo", title="C"), objective("d")
    )
    assert [(o.before, o.after, o.fate, [f.field for f in o.fields]) for o in result.objectives] == [
        ("b", "b", "continues", ["weight"]),
        (None, "d", "added", []),
    ]
    result = compared(plan, objective(title="Altro titolo"), objective("b", weight="40", parent="a"))
    assert [(o.before, o.fate, [f.field for f in o.fields]) for o in result.objectives] == [
        ("a", "continues", ["title"]),
        ("c", "dropped", []),
    ]


def test_what_hangs_from_the_same_objective_under_another_id_was_not_moved() -> None:
    plan = Given().objective("a").objective("b", parent="a").approved()
    assert not compared(plan, objective("alfa", title="A"), objective("b", parent="alfa")).objectives


def test_nothing_differs_between_a_plan_and_the_same_again(old: Given) -> None:
    result = compared(old, *goes_on({2023: ">= 80", 2024: ">= 80"}), *indicator("j", {2023: "<= 30 gg"}, weight="50"))
    assert [pair.differs for pair in result.series] == [False, False]
    assert not result.objectives
    assert result.related


def test_plans_without_an_indicator_in_common_are_not_related(old: Given) -> None:
    assert not compared(old, objective(), *indicator("k", {2023: ">= 1"})).related


def test_each_difference_names_its_events(old: Given) -> None:
    plan = NextPlan(*goes_on({2023: ">= 70", 2024: ">= 80"}, weight="10"))
    pair = pair_of(succession(old.history, plan.history, LATER), "s.i")
    topics = {r.version: r.event.topic for r in plan.records}
    assert [topics[version] for version in pair.versions(later=True)] == ["indicator-assigned", "target-set"]
    before = {r.version: r.event for r in old.records}
    assert [before[version].topic for version in pair.versions(later=False)] == ["indicator-assigned", "target-set"]


@pytest.mark.parametrize("stated", [None, "prova-2022-2024"])
def test_the_predecessor_is_the_one_that_the_drafting_states(stated: str | None) -> None:
    assert stated_predecessor(NextPlan(predecessor=stated).history) == stated
