"""The scores of a tree: achievements of indicators put together, objective by objective, up to the body.

What it is given is already in force: which indicators serve which objective with what weight, the targets of the year,
what was observed. Indicators that measure the plan itself are worked out here, from what the tree gives.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from domain.formulas.model import Meta
from domain.measurements.values import NumberValue, Observed
from domain.scoring.achievement import NOTHING, STAND_INS, Achievement, Standing, both_to_be_met, without
from domain.scoring.combination import Combined, Part, combine
from domain.scoring.forms import Circumstances, achieve
from domain.scoring.numbers import minus, percent, print_hundredths, total
from domain.scoring.quantities import short
from domain.systems.model import MeasurementSystem
from domain.targets.model import Target

BODY = ""
"""The node above the roots: the administration as a whole."""


class MetaFormula(NamedTuple):
    """What an indicator measures of the plan itself; `threshold` in percent, for the share above one."""

    meta: Meta
    threshold: Decimal | None = None


class Override(NamedTuple):
    """A figure that was forced, and the version of the event that did."""

    forced: Decimal
    version: int


@dataclass(frozen=True)
class IndicatorNode:
    """An indicator in force: its targets of the year by ordinal, what was observed, and the circumstances."""

    id: str
    targets: Mapping[int, Target]
    observed: Observed | None
    case: Circumstances
    meta: MetaFormula | None = None
    override: Override | None = None
    problem: Achievement | None = None
    """Why its terms give no value, where they do not."""


@dataclass(frozen=True)
class Place:
    """An indicator in the service of an objective, with its weight there."""

    indicator: str
    objective: str
    weight: Decimal | None


@dataclass(frozen=True)
class ObjectiveNode:
    """An objective in force; `counts` is False for one that is neutralised, or whose condition was not met."""

    id: str
    parent: str | None
    weight: Decimal | None
    counts: bool = True
    why_not: str | None = None
    override: Override | None = None


@dataclass(frozen=True)
class Forest:
    """All that a score is made of."""

    system: MeasurementSystem
    indicators: Mapping[str, IndicatorNode]
    places: Sequence[Place]
    objectives: Mapping[str, ObjectiveNode]
    change_rate: Decimal | None = None

    @cached_property
    def places_of(self) -> Mapping[str, Sequence[Place]]:
        """The places in which each indicator serves."""
        places: defaultdict[str, list[Place]] = defaultdict(list)
        for place in self.places:
            places[place.indicator].append(place)
        return places


class CountedFrom(NamedTuple):
    """How many indicators a figure of the system's own was counted from, of how many that concern the year."""

    with_data: int
    of: int


class MadeOf(NamedTuple):
    """What a figure of the system's own is made of: objectives for a mean of what hangs beneath, indicators for a share.

    `arithmetic` is how they make it; `combined` how objectives were put together.
    """

    parts: tuple[str, ...]
    arithmetic: str
    combined: Combined | None = None


class IndicatorScore(NamedTuple):
    """What an indicator achieves: `counted` is what goes up the tree, forced or calculated; `targets` by ordinal."""

    counted: Decimal | None
    standing: Standing
    calculated: Achievement
    targets: Mapping[int, Achievement]
    observed: Observed | None
    by_system: Decimal | None = None
    override: Override | None = None
    covered: Decimal | None = None
    """The share, in percent, of what a figure of the system's own is made of that has data; None where all has."""
    counted_from: CountedFrom | None = None
    """What a share of indicators was counted from."""
    made_of: MadeOf | None = None
    """What a figure of the system's own is made of; None of the change rate, which no score is behind."""


class ObjectiveScore(NamedTuple):
    """What an objective, or the body, comes to; the parts are indicators first, then children, in the plan's order."""

    counted: Decimal | None
    standing: Standing
    calculated: Combined
    indicators: tuple[str, ...]
    children: tuple[str, ...]
    override: Override | None = None
    why_not: str | None = None

    @property
    def covered(self) -> Decimal | None:
        """The share of weight that has data; None of what does not count."""
        return None if self.why_not is not None else self.calculated.covered


@dataclass
class ForestScores:
    """The scores of a forest."""

    indicators: dict[str, IndicatorScore] = field(default_factory=dict)
    objectives: dict[str, ObjectiveScore] = field(default_factory=dict)


def score_forest(forest: Forest) -> ForestScores:
    """Every score; an indicator is achieved once, wherever it serves, and weighs in each place with its own weight."""
    scores = ForestScores()
    children: defaultdict[str, list[str]] = defaultdict(list)
    for objective in forest.objectives.values():
        parent = objective.parent if objective.parent in forest.objectives else None
        children[parent or BODY].append(objective.id)
    serving: defaultdict[str, list[Place]] = defaultdict(list)
    for place in forest.places:
        serving[place.objective].append(place)
    later: list[IndicatorNode] = []
    for row in forest.indicators.values():
        if row.meta is None:
            scores.indicators[row.id] = _achieved(row, row.observed)
        elif row.meta.meta is Meta.CHANGE_RATE:
            scores.indicators[row.id] = _measured_by_system(row, forest.change_rate)
        else:
            later.append(row)
    for row in later:
        if row.meta is not None and row.meta.meta is Meta.SHARE_ABOVE:
            scores.indicators[row.id] = _share_above(row, row.meta, scores, later)
    for node in _children_first(children):
        of_one = [place.indicator for place in serving[node]]
        _mean_of_children(forest, scores, of_one, children[node])
        scores.objectives[node] = _objective(forest, scores, node, serving[node], children[node])
    return scores


def _children_first(children: Mapping[str, Sequence[str]]) -> list[str]:
    order: list[str] = []
    waiting = [BODY]
    while waiting:
        node = waiting.pop()
        order.append(node)
        waiting.extend(children.get(node, ()))
    return order[::-1]


def _achieved(row: IndicatorNode, observed: Observed | None, by_system: Decimal | None = None) -> IndicatorScore:
    if not row.targets:
        nothing = without("no_target", "non c'è un target per l'anno", "outside")
        return IndicatorScore(None, "outside", nothing, {}, observed, by_system)
    if row.problem is not None and row.override is None:
        return IndicatorScore(None, row.problem.standing, row.problem, {}, observed, by_system)
    targets = {ordinal: achieve(target, observed, row.case) for ordinal, target in sorted(row.targets.items())}
    calculated = both_to_be_met(list(targets.values()))
    if row.override is not None:
        return IndicatorScore(row.override.forced, "scored", calculated, targets, observed, by_system, row.override)
    return IndicatorScore(calculated.achievement, calculated.standing, calculated, targets, observed, by_system)


def _measured_by_system(row: IndicatorNode, value: Decimal | None, how: str = "") -> IndicatorScore:
    """An indicator on the plan itself: the system's own figure; what was entered stands beside it, with the difference.

    `how` says what the figure was counted from.
    """
    if value is None:
        return _achieved(row, row.observed)
    scored = _achieved(row, NumberValue(text="", value=value), value)
    entered = row.observed.value if isinstance(row.observed, NumberValue) else None
    beside = ""
    if entered is not None and entered != value:
        difference = print_hundredths(minus(entered, value))
        beside = f"il valore inserito era {print_hundredths(entered)} (differenza {difference})"
    note = "; ".join(filter(None, ("misurato dal sistema", how, beside, scored.calculated.note)))
    noted = scored.calculated.model_copy(update={"note": note})
    return scored._replace(calculated=noted)


def system_figure(value: Decimal) -> NumberValue:
    """What the system measures of a plan, as a value: each of its figures is in percent."""
    return NumberValue(text="", value=value, unit="%")


def _share_above(
    row: IndicatorNode, meta: MetaFormula, scores: ForestScores, about_the_plan: Sequence[IndicatorNode]
) -> IndicatorScore:
    """Indicators that achieve at least so much / indicators that have a figure; those about the plan are in neither.

    Those without data are in neither either, and leave their share of what the figure is made of uncovered.
    """
    left_out = {other.id for other in about_the_plan}
    by_id = {i: s for i, s in scores.indicators.items() if i not in left_out and s.standing != "outside"}
    concerned = by_id.values()
    figures = [s.counted for s in concerned if s.counted is not None]
    if not figures or meta.threshold is None:
        return _measured_by_system(row, None)._replace(made_of=MadeOf(tuple(by_id), ""))
    above = sum(figure >= meta.threshold for figure in figures)
    counted = CountedFrom(sum(not _stands_in(s) for s in concerned if s.counted is not None), len(concerned))
    threshold = short(meta.threshold)
    how = f"almeno al {threshold}%: {above} su {len(figures)} di quelli con un dato; in tutto sono {counted.of}"
    share = percent(Decimal(above), Decimal(len(figures)))
    made_of = MadeOf(tuple(by_id), f"{above} / {len(figures)} × 100 = {short(share)}")
    scored = _measured_by_system(row, share, how)._replace(made_of=made_of)
    if scored.override is not None or counted.with_data == counted.of:
        return scored._replace(counted_from=counted)
    return scored._replace(covered=percent(Decimal(counted.with_data), Decimal(counted.of)), counted_from=counted)


def _is_mean(forest: Forest, indicator: str) -> bool:
    meta = forest.indicators[indicator].meta
    return meta is not None and meta.meta is Meta.WEIGHTED_MEAN_OF_CHILDREN


def _mean_of_children(forest: Forest, scores: ForestScores, indicators: Sequence[str], children: Sequence[str]) -> None:
    """Works out the indicators that are the mean of what hangs beneath, or of their sisters where nothing does."""
    for indicator in indicators:
        if not _is_mean(forest, indicator) or indicator in scores.indicators:
            continue
        parts = [objective_part(forest, scores, child) for child in children]
        mean = combine(parts, forest.system) if parts else None
        scored = _measured_by_system(forest.indicators[indicator], mean.score if mean else None)
        covered = mean.covered if mean is not None and mean.score is not None else None
        made_of = MadeOf(tuple(children), mean.arithmetic, mean) if mean else None
        scores.indicators[indicator] = scored._replace(covered=covered, made_of=made_of)


def objective_part(forest: Forest, scores: ForestScores, objective: str) -> Part:
    """An objective as a part of what it is put together in; one that was forced counts as covered by data."""
    scored = scores.objectives[objective]
    covered = None if scored.override is not None else scored.calculated.covered
    return Part(scored.counted, forest.objectives[objective].weight, scored.standing, covered)


def indicator_part(scores: ForestScores, place: Place) -> Part:
    """An indicator as a part of what it is put together in, with its weight in that place.

    A figure that the rules put in the place of missing data covers nothing.
    """
    scored = scores.indicators[place.indicator]
    return Part(scored.counted, place.weight, scored.standing, NOTHING if _stands_in(scored) else scored.covered)


def _stands_in(scored: IndicatorScore) -> bool:
    """Whether a figure is what the rules put in the place of missing data."""
    return scored.override is None and scored.standing == "scored" and scored.calculated.rule in STAND_INS


def _objective(
    forest: Forest, scores: ForestScores, node: str, places: Sequence[Place], children: Sequence[str]
) -> ObjectiveScore:
    row = forest.objectives.get(node)
    own = [place for place in places if place.indicator in scores.indicators]
    below = list(children)
    rule = forest.system.parts
    through = any(_is_mean(forest, place.indicator) for place in own)
    if own and below and (rule == "indicators_first" or (rule == "both" and through)):
        below = []
    elif own and below and rule == "children_first":
        own = []
    parts = [indicator_part(scores, place) for place in own]
    of_below = [objective_part(forest, scores, child) for child in below]
    combined = combine_groups(parts, of_below, forest.system)
    if through and children and not below:
        note = "gli obiettivi che gli fanno capo contano attraverso l'indicatore che ne è la media"
        combined = combined._replace(notes=(*combined.notes, note))
    indicators = tuple(place.indicator for place in own)
    if row is not None and not row.counts:
        return ObjectiveScore(None, "outside", combined, indicators, tuple(below), why_not=row.why_not)
    if row is not None and row.override is not None:
        return ObjectiveScore(row.override.forced, "scored", combined, indicators, tuple(below), row.override)
    standing: Standing = "scored" if combined.score is not None else "missing"
    if standing == "missing" and {part.standing for part in (*parts, *of_below)} - {"outside"} == {"pending"}:
        standing = "pending"  # nothing of it is due yet
    if combined.rule == "nothing_to_score":
        standing = "outside"
    return ObjectiveScore(combined.score, standing, combined, indicators, tuple(below))


def combine_groups(own: Sequence[Part], below: Sequence[Part], system: MeasurementSystem) -> Combined:
    """Indicators and children of one objective: each group with its own points, and a group without any as a hundred."""
    if not own or not below or system.combination == "mean":
        return combine([*own, *below], system)
    points = total(part.weight for part in (*own, *below) if part.weight is not None)
    assumed = [
        note(len(parts), short(percent(Decimal(1), Decimal(len(parts)))))
        for parts, note in ((own, _indicators_assumed), (below, _objectives_assumed))
        if not _weighed(parts)
    ]
    combined = combine([*_as_points(own), *_as_points(below)], system, assumed=bool(assumed))
    return combined._replace(points=points, notes=(*assumed, *combined.notes))


def _weighed(parts: Sequence[Part]) -> bool:
    return any(part.weight is not None for part in parts)


def _as_points(parts: Sequence[Part]) -> list[Part]:
    if _weighed(parts):
        return list(parts)
    share = percent(Decimal(1), Decimal(len(parts)))
    return [part._replace(weight=share) for part in parts]


def _indicators_assumed(many: int, share: str) -> str:
    """Why a group of indicators without weights counts what it counts."""
    return f"gli indicatori ({many}) non hanno peso: insieme contano 100 punti, ciascuno {share}"


def _objectives_assumed(many: int, share: str) -> str:
    """The same of a group of objectives."""
    return f"gli obiettivi ({many}) non hanno peso: insieme contano 100 punti, ciascuno {share}"
