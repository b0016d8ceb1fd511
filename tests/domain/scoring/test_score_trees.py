"""Scores up a tree: places, parts, overrides, indicators that measure the plan itself."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from domain.formulas.model import Meta
from domain.measurements.values import NumberValue
from domain.scoring.forms import Circumstances
from domain.scoring.tree import (
    BODY,
    Forest,
    ForestScores,
    IndicatorNode,
    MetaFormula,
    ObjectiveNode,
    Override,
    Place,
    score_forest,
)
from domain.systems.model import MeasurementSystem
from domain.targets.reader import read_one

HUNDRED = read_one(">= 100")


def indicator(name: str, value: int | None, target: str = ">= 100", meta: MetaFormula | None = None) -> IndicatorNode:
    observed = None if value is None else NumberValue(text="", value=Decimal(value))
    return IndicatorNode(name, {1: read_one(target, 2022)}, observed, Circumstances(), meta)


def scored(
    indicators: Iterable[IndicatorNode],
    places: Iterable[tuple[str, str, int | None]],
    objectives: Iterable[ObjectiveNode],
    system: MeasurementSystem | None = None,
    change_rate: Decimal | None = None,
) -> ForestScores:
    return score_forest(
        Forest(
            system or MeasurementSystem(),
            {one.id: one for one in indicators},
            [Place(i, o, None if w is None else Decimal(w)) for i, o, w in places],
            {one.id: one for one in objectives},
            change_rate,
        )
    )


def test_a_transversal_indicator_counts_once_a_place_with_its_weight_there() -> None:
    found = scored(
        [indicator("shared", 50), indicator("own", 100)],
        [("shared", "a", 80), ("own", "a", 20), ("shared", "b", 10), ("own", "b", 90)],
        [ObjectiveNode("a", None, None), ObjectiveNode("b", None, None)],
    )
    assert [found.objectives[one].counted for one in ("a", "b")] == [60, 95]


def test_an_objective_is_made_of_its_indicators_and_of_its_children() -> None:
    rows = [ObjectiveNode("top", None, None), ObjectiveNode("one", "top", Decimal(100))]
    places = [("own", "top", 100), ("below", "one", 100)]
    both = scored([indicator("own", 100), indicator("below", 50)], places, rows)
    assert both.objectives["top"].counted == 75
    first = MeasurementSystem(parts="indicators_first")
    assert scored([indicator("own", 100), indicator("below", 50)], places, rows, first).objectives["top"].counted == 100


def test_an_indicator_that_is_the_mean_of_the_children_stands_for_them() -> None:
    meta = MetaFormula(Meta.WEIGHTED_MEAN_OF_CHILDREN)
    found = scored(
        [indicator("mean", None, meta=meta), indicator("x", 40), indicator("y", 80)],
        [("mean", "top", 100), ("x", "one", 100), ("y", "two", 100)],
        [
            ObjectiveNode("top", None, None),
            ObjectiveNode("one", "top", Decimal(75)),
            ObjectiveNode("two", "top", Decimal(25)),
        ],
    )
    assert found.indicators["mean"].by_system == 50
    assert found.objectives["top"].counted == 50
    assert found.objectives["top"].children == ()


def test_the_share_of_indicators_above_a_threshold_is_measured_by_the_system() -> None:
    meta = MetaFormula(Meta.SHARE_ABOVE, Decimal(90))
    found = scored(
        [indicator("share", None, ">= 50%", meta), indicator("x", 95), indicator("y", 80), indicator("z", None)],
        [("share", "o", 1), ("x", "o", 1), ("y", "o", 1), ("z", "o", 1)],
        [ObjectiveNode("o", None, None)],
    )
    assert found.indicators["share"].by_system == 50
    assert found.indicators["share"].counted == 100
    assert found.indicators["share"].counted_from == (2, 3)
    assert "almeno al 90%: 1 su 2 di quelli con un dato; in tutto sono 3" in (
        found.indicators["share"].calculated.note or ""
    )


def test_a_share_of_indicators_covers_as_little_as_what_it_is_counted_from() -> None:
    meta = MetaFormula(Meta.SHARE_ABOVE, Decimal(90))
    found = scored(
        [indicator("share", None, ">= 50%", meta), indicator("x", 95), *(indicator(f"z{n}", None) for n in range(3))],
        [("share", "o", 1), ("x", "p", 1)],
        [ObjectiveNode("o", None, None), ObjectiveNode("p", None, None)],
    )
    assert found.indicators["share"].covered == 25
    assert found.objectives["o"].calculated.covered == 25
    assert found.objectives["p"].calculated.covered == 100


def test_the_change_rate_is_measured_by_the_system_and_what_was_entered_stands_beside() -> None:
    meta = MetaFormula(Meta.CHANGE_RATE)
    found = scored(
        [indicator("rate", 10, "< 20%", meta)],
        [("rate", "o", 100)],
        [ObjectiveNode("o", None, None)],
        None,
        Decimal(25),
    )
    assert found.indicators["rate"].counted == 80
    assert "il valore inserito era 10" in (found.indicators["rate"].calculated.note or "")


def test_the_difference_from_what_was_entered_is_said_with_two_decimals() -> None:
    meta = MetaFormula(Meta.SHARE_ABOVE, Decimal(90))
    rows = [indicator("share", 90, ">= 50%", meta), *(indicator(f"x{n}", value) for n, value in enumerate((95, 5, 5)))]
    found = scored(rows, [("share", "o", 1)], [ObjectiveNode("o", None, None)])
    assert "il valore inserito era 90 (differenza 56,67)" in (found.indicators["share"].calculated.note or "")


def test_of_what_has_no_weight_that_which_does_not_count_is_left_out_of_the_note() -> None:
    def noted(**why: Any) -> tuple[str, ...]:
        objectives = [ObjectiveNode("o", None, None), ObjectiveNode("p", "o", Decimal(40))]
        objectives.append(ObjectiveNode("q", "o", None, **why))
        rows = [indicator("x", 100), indicator("y", 100)]
        return scored(rows, [("x", "p", 1), ("y", "q", 1)], objectives).objectives["o"].calculated.notes

    assert "1 senza peso: contano quanto la media degli altri, 40" in noted()
    assert not any("senza peso" in note for note in noted(counts=False, why_not="condizionato"))


def test_what_is_neutralised_is_left_out_and_what_is_forced_keeps_the_calculated() -> None:
    found = scored(
        [indicator("x", 40), indicator("y", 80)],
        [("x", "one", 100), ("y", "two", 100)],
        [
            ObjectiveNode("one", None, Decimal(50), counts=False, why_not="neutralizzato nel 2022"),
            ObjectiveNode("two", None, Decimal(50), override=Override(Decimal(90), 7)),
        ],
    )
    assert found.objectives[BODY].counted == 90
    assert found.objectives["two"].calculated.score == 80
    assert found.objectives["one"].standing == "outside"


def test_the_covered_share_of_weight_reaches_down_to_the_indicators() -> None:
    found = scored(
        [indicator("x", 100), indicator("y", None)],
        [("x", "one", 40), ("y", "one", 60)],
        [ObjectiveNode("top", None, None), ObjectiveNode("one", "top", None)],
    )
    assert [found.objectives[BODY].counted, found.objectives[BODY].calculated.covered] == [100, 40]


def test_a_zero_that_stands_in_for_missing_data_covers_no_weight() -> None:
    zero = MeasurementSystem(missing="zero")
    missing = replace(indicator("y", None), case=Circumstances(system=zero))
    found = scored(
        [indicator("x", 100), missing],
        [("x", "one", 40), ("y", "one", 60)],
        [ObjectiveNode("top", None, None), ObjectiveNode("one", "top", None)],
        zero,
    )
    assert [found.objectives[BODY].counted, found.objectives[BODY].calculated.covered] == [40, 40]


def test_the_weighted_mean_of_the_children_covers_what_they_cover() -> None:
    meta = MetaFormula(Meta.WEIGHTED_MEAN_OF_CHILDREN)
    found = scored(
        [indicator("mean", None, meta=meta), indicator("x", 50), indicator("y", None)],
        [("mean", "top", 100), ("x", "one", 100), ("y", "two", 100)],
        [
            ObjectiveNode("top", None, None),
            ObjectiveNode("one", "top", Decimal(30)),
            ObjectiveNode("two", "top", Decimal(70)),
        ],
    )
    assert found.objectives["top"].counted == 50
    assert found.objectives[BODY].calculated.covered == 30


def test_a_group_without_weights_beside_another_says_why_it_counts_what_it_counts() -> None:
    rows = [ObjectiveNode("top", None, None), ObjectiveNode("one", "top", None), ObjectiveNode("two", "top", None)]
    found = scored(
        [indicator("own", 100), indicator("x", 40), indicator("y", 60)],
        [("own", "top", 100), ("x", "one", None), ("y", "two", None)],
        rows,
    )
    top = found.objectives["top"].calculated
    assert (top.score, top.points) == (Decimal(75), Decimal(100))
    assert list(top.effective) == [100, 50, 50]
    assert top.notes == (
        "gli obiettivi (2) non hanno peso: insieme contano 100 punti, ciascuno 50",
        "i punti dei due gruppi fanno 200, non 100: riportati a cento",
    )


def test_where_the_rules_take_a_plain_mean_it_is_said_that_weights_count_for_nothing() -> None:
    found = scored(
        [indicator("x", 40), indicator("y", 60)],
        [("x", "one", 90), ("y", "one", 10)],
        [ObjectiveNode("one", None, None)],
        MeasurementSystem(combination="mean"),
    )
    one = found.objectives["one"].calculated
    assert one.score == 50
    assert one.notes == ("il sistema fa la media semplice: i pesi del piano non contano",)
