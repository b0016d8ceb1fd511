"""What the score of a year is made of, and what changes did to it: from the events alone."""

from datetime import date
from decimal import Decimal

import pytest

from domain.changes.official_rate import official_rate
from domain.errors import NotFound, OutsidePlan
from domain.indicators.card import Card
from domain.indicators.events import IndicatorRedefined
from domain.plans.history import history_of
from domain.point import Point
from domain.scoring.effects import ChangeEffects
from domain.scoring.inputs import AdministrationRecord, inputs, score_year
from domain.systems.model import DEFAULT
from domain.targets.events import TargetSet
from domain.timelines import timelines_of
from tests.support.given import Given, Stream, measured, revised, target

POINT = Point(date(2023, 12, 31))


def measure(stream: Stream, series: str, text: str, period: str = "2022") -> None:
    stream.add(date(2022, 12, 31), measured(series, text, period, date(2022, 12, 31)))


@pytest.fixture
def plan() -> Given:
    """Two objectives of one indicator each; one target was eased within the year."""
    plan = Given()
    plan.objective("a", weight="60")
    plan.objective("b", weight="40")
    plan.indicator("i", "a", ">= 100", polarity="up")
    plan.indicator("j", "b", ">= 100", polarity="up")
    plan.approved()
    measure(plan.administration, "s.i", "50")
    measure(plan.administration, "s.j", "100")
    return plan


def test_ex_ante_the_year_is_held_to_what_was_approved(plan: Given) -> None:
    plan.add(date(2022, 9, 30), revised("i", ">= 100", ">= 50"))
    in_force, ex_ante = (
        score_year(plan.history, plan.record, 2022, POINT, basis=basis) for basis in ("in_force", "ex_ante")
    )
    assert (in_force.body().counted, ex_ante.body().counted) == (Decimal(100), Decimal(70))


def test_the_year_has_to_be_of_a_plan_that_is_there(plan: Given) -> None:
    with pytest.raises(NotFound):
        inputs(plan.history, plan.record, 2022, Point(date(2022, 1, 1)))
    with pytest.raises(OutsidePlan):
        inputs(plan.history, plan.record, 2030, POINT)


def test_the_whole_year_counts_before_any_part_of_it(plan: Given) -> None:
    measure(plan.administration, "s.i", "20", "2022-H2")
    assert inputs(plan.history, plan.record, 2022, POINT).seen["i"].period == "2022"


def test_a_figure_of_less_than_the_year_is_partial(plan: Given) -> None:
    measure(plan.administration, "s.j", "20", "2023-H1")
    assert not inputs(plan.history, plan.record, 2022, POINT).seen["i"].is_partial(2022)
    plan.add(date(2022, 1, 31), TargetSet(indicator="j", year=2023, target=target(">= 100", 2023)))
    assert inputs(plan.history, plan.record, 2023, POINT).seen["j"].is_partial(2023)


def test_targets_count_as_of_the_date_and_the_rest_as_the_year_ended(plan: Given) -> None:
    approved = plan.history.version
    revision = plan.add(date(2023, 3, 1), revised("i", ">= 100", ">= 50")).version
    polarity = plan.add(date(2023, 3, 1), IndicatorRedefined(indicator="i", card=Card(polarity="down"))).version
    versions = {}
    for basis in ("in_force", "ex_ante"):
        read = inputs(plan.history, plan.record, 2022, POINT, basis=basis)
        entries = (read.entry("indicator/i", field) for field in ("target/2022/1", "polarity"))
        versions[basis] = [entry.version for entry in entries if entry]
    assert versions["in_force"][0] == revision
    assert versions["ex_ante"][0] <= approved
    assert all(of_basis[1] <= approved < polarity for of_basis in versions.values())


def test_a_series_is_inherited_from_one_predecessor_and_from_no_two(plan: Given) -> None:
    before = [Stream("administration/uno"), Stream("administration/due")]
    for stream in before:
        measure(stream, "s.i", "40", "2021")
    first, second = (timelines_of(stream.records, 1) for stream in before)
    owner = plan.record.timelines
    for predecessors, earlier in (((first,), {2021: Decimal(40)}), ((first, second), {}), ((), {})):
        record = AdministrationRecord(owner, predecessors)
        assert inputs(plan.history, record, 2022, POINT).forest.indicators["i"].case.earlier == earlier


def test_an_effect_is_what_the_year_would_be_without_the_change_and_leaves_the_history_as_it_is(plan: Given) -> None:
    version = plan.add(date(2022, 9, 30), revised("i", ">= 100", ">= 50")).version
    history = plan.history
    before = {field: list(entries) for field, entries in history.timelines.fields("indicator/i").items()}
    effects = ChangeEffects(history, plan.record, 2022, POINT, scorings=1)
    assert (effects.whole.score, effects.whole.rate) == (Decimal(100), Decimal(50))
    without = effects.without([version])
    assert (without.score, without.rate) == (Decimal(70), Decimal(0))
    assert dict(history.timelines.fields("indicator/i")) == before
    records = plan.records[:-1]
    never = history_of(history.plan, len(records), records, set(), {})
    assert score_year(never, plan.record, 2022, POINT).body().counted == without.score
    assert official_rate(never, 2022, POINT, DEFAULT).figure == without.rate


def test_scores_of_a_large_plan_are_not_worked_out_change_by_change(plan: Given) -> None:
    effects = ChangeEffects(plan.history, plan.record, 2022, POINT, scorings=10**6)
    assert (effects.scored, effects.whole.score, effects.whole.rate) == (False, None, Decimal(0))
