"""Properties of scores: bounded when cut, monotone in the observed value, blind to the order of rows, true means."""

from decimal import Decimal, localcontext
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Malformed
from domain.measurements.values import NumberValue
from domain.scoring.achievement import Achievement
from domain.scoring.combination import Part, combine
from domain.scoring.forms import Circumstances, achieve
from domain.scoring.row import achieve_row, read_achieve_row
from domain.scoring.tree import BODY, Forest, IndicatorNode, ObjectiveNode, Place, score_forest
from domain.systems.model import MeasurementSystem
from domain.targets.model import Comparator, Threshold
from domain.vocabulary import JsonValue, Polarity

FIGURES = st.decimals(min_value=-1_000_000, max_value=1_000_000, places=3, allow_nan=False, allow_infinity=False)
POINTS = st.decimals(min_value=0, max_value=300, places=2, allow_nan=False, allow_infinity=False)
SCORES = st.one_of(st.none(), st.decimals(min_value=0, max_value=100, places=6, allow_nan=False))
COMPARATORS: st.SearchStrategy[Comparator] = st.sampled_from([">=", ">", "<=", "<", "="])
POLARITIES: st.SearchStrategy[Polarity | None] = st.sampled_from(["up", "down", None])
PARTS = st.lists(st.tuples(SCORES, st.one_of(st.none(), POINTS)), min_size=1, max_size=12)
SYSTEMS = st.builds(
    MeasurementSystem,
    thresholds=st.sampled_from(["ratio", "met_or_not", "distance"]),
    combination=st.sampled_from(["weighted_mean", "mean", "worst"]),
    weights=st.sampled_from(["rescaled", "as_points"]),
    unweighted=st.sampled_from(["mean", "zero"]),
    missing=st.sampled_from(["excluded", "zero"]),
)


def _judge(
    observed: Decimal, target: Decimal, comparator: Comparator, system: MeasurementSystem, polarity: Polarity | None
) -> Achievement:
    made = Threshold(text="", comparator=comparator, value=target)
    return achieve(made, NumberValue(text="", value=observed), Circumstances(system=system, polarity=polarity))


@given(FIGURES, FIGURES, COMPARATORS, SYSTEMS, POLARITIES)
def test_an_achievement_never_exceeds_a_hundred_when_cut_and_never_falls_below_the_floor(
    observed: Decimal, target: Decimal, comparator: Comparator, system: MeasurementSystem, polarity: Polarity | None
) -> None:
    found = _judge(observed, target, comparator, system, polarity).achievement
    assert found is not None
    assert 0 <= found <= 100


@given(FIGURES, FIGURES, FIGURES, st.sampled_from([">=", ">", "<=", "<"]), SYSTEMS)
def test_an_achievement_is_monotone_in_the_observed_value(
    one: Decimal, other: Decimal, target: Decimal, comparator: Comparator, system: MeasurementSystem
) -> None:
    worse, better = sorted((one, other), reverse=comparator in {"<=", "<"})
    low = _judge(worse, target, comparator, system, None).achievement
    high = _judge(better, target, comparator, system, None).achievement
    assert low is not None
    assert high is not None
    assert low <= high


@given(FIGURES, FIGURES, st.sampled_from([">=", "<="]), st.decimals(min_value=0, max_value=100, places=2))
def test_a_target_that_is_met_is_worth_a_hundred(
    observed: Decimal, target: Decimal, comparator: Comparator, tolerance: Decimal
) -> None:
    upper = comparator == "<="
    made = Threshold(text="", comparator=comparator, value=target, tolerance=tolerance if upper else None)
    found = achieve(made, NumberValue(text="", value=observed))
    if found.met:
        assert found.achievement == 100
    assert found.met == (observed <= target + tolerance if upper else observed >= target)


@given(PARTS, SYSTEMS, st.randoms(use_true_random=False))
def test_a_combination_does_not_depend_on_the_order_of_rows(
    rows: list[tuple[Decimal | None, Decimal | None]], system: MeasurementSystem, random: Random
) -> None:
    parts = [Part(figure, weight) for figure, weight in rows]
    shuffled = list(parts)
    random.shuffle(shuffled)
    assert combine(parts, system)[:3] == combine(shuffled, system)[:3]


@given(PARTS, SYSTEMS)
def test_a_combination_never_exceeds_a_hundred_and_a_mean_lies_between_its_parts(
    rows: list[tuple[Decimal | None, Decimal | None]], system: MeasurementSystem
) -> None:
    found = combine([Part(figure, weight) for figure, weight in rows], system)
    if found.score is None:
        return
    known = [figure for figure, _ in rows if figure is not None]
    assert 0 <= found.score <= 100
    if system.weights == "rescaled":
        assert min(known) <= found.score <= max(known)


@given(st.lists(st.tuples(st.decimals(0, 100, places=4), POINTS.filter(bool)), min_size=1, max_size=8))
def test_a_parent_is_the_mean_made_by_hand(rows: list[tuple[Decimal, Decimal]]) -> None:
    indicators = {
        f"i{place}": IndicatorNode(
            f"i{place}",
            {1: Threshold(text="", comparator=">=", value=Decimal(100))},
            NumberValue(text="", value=observed),
            Circumstances(),
        )
        for place, (observed, _) in enumerate(rows)
    }
    places = [Place(f"i{place}", "o", weight) for place, (_, weight) in enumerate(rows)]
    forest = Forest(MeasurementSystem(), indicators, places, {"o": ObjectiveNode("o", None, None)})
    scores = score_forest(forest)
    with localcontext() as context:
        context.prec = 60
        by_hand = sum((o * w for o, w in rows), Decimal(0)) / sum((w for _, w in rows), Decimal(0))
        found = scores.objectives["o"].counted
        assert found is not None
        assert abs(found - by_hand) < Decimal("1e-30")
    assert scores.objectives[BODY].counted == scores.objectives["o"].counted


@pytest.mark.parametrize(
    ("system", "score", "covered"),
    [
        (MeasurementSystem(), "76", "50"),
        (MeasurementSystem(combination="mean"), "70", "75"),
        (MeasurementSystem(combination="worst"), "40", "50"),
        (MeasurementSystem(weights="as_points"), "100", "50"),
        (MeasurementSystem(weights="as_points", cut_at=None), "114", "50"),
    ],
)
def test_weights_that_sum_to_three_hundred_are_taken_and_handled_by_the_declared_rule(
    system: MeasurementSystem, score: str, covered: str
) -> None:
    parts = [
        Part(Decimal(100), Decimal(50)),
        Part(Decimal(70), Decimal(70)),
        Part(Decimal(50), Decimal(30)),
        Part(None, Decimal(150)),
    ]
    if system.combination == "mean":
        parts = [Part(Decimal(f), w) for f, w in ((100, None), (70, None), (40, None))] + [Part(None, None)]
    if system.combination == "worst":
        parts[2] = Part(Decimal(40), Decimal(30))
    found = combine(parts, system)
    assert (str(found.score), str(found.covered)) == (score, covered)


NUMBERS = st.one_of(
    st.text(alphabet="0123456789,.-%+ ", max_size=60),
    st.integers(min_value=-(10**90), max_value=10**90).map(str),
    st.sampled_from(["Sì", "n.d.", "31/12", "NUM 1 DEN 0", "1" * 499, "0," + "0" * 400 + "1"]),
)
TARGETS = st.builds(
    lambda sign, number: sign + number, st.sampled_from(["", ">= ", "< ", "= ", "entro il ", "+"]), NUMBERS
)


@given(
    TARGETS, NUMBERS, NUMBERS, NUMBERS, POLARITIES, st.sampled_from([None, "half_up", "truncated:100", "half_up:0.001"])
)
def test_no_row_whatever_its_texts_and_numbers_does_anything_but_answer_or_be_refused(
    target: str, observed: str, numerator: str, denominator: str, polarity: Polarity | None, rounding: str | None
) -> None:
    row: dict[str, JsonValue] = {"target": target, "observed": observed, "polarity": polarity, "rounding": rounding}
    for terms in ({}, {"numerator": numerator, "denominator": denominator}):
        try:
            found = achieve_row(read_achieve_row(row | terms))
        except Malformed:
            continue
        assert found.achievement is None or 0 <= found.achievement <= 100
