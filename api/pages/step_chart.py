"""The chart of an indicator: its targets as steps on the calendar, the values observed as points at their period's end.

Places along the calendar are in percent of the width, values in pixels of a fixed height: type keeps its size whatever
the width, and nothing is scaled.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple, get_args

from api.pages.chart_labels import Label, Labels, Marked, NowLine, now_line, year_words
from api.pages.chart_scale import BOTTOM, TOP, ChartScale
from api.pages.observations import ObservedPeriod
from api.pages.target_pieces import Piece, TargetOfYear
from domain.measurements.values import NumberValue
from domain.scoring.figures import figure
from domain.systems.model import MeasurementSystem
from domain.targets.direction import target_direction
from domain.targets.model import Milestones, NoTarget, Range, Reference, Target, Threshold
from domain.targets.printer import print_target
from domain.vocabulary import Polarity

HEIGHT = 276
"""Pixels: with the years beneath."""
NARROW, NARROW_BESIDE_LONG_VALUES = 232, 186
"""Pixels of the drawing on a screen of 320, and there where the values of its axis take more room."""
SHORT_VALUE = 5
"""Letters of a value for which the axis has room."""
UNDER_NOW, OVER_YEARS = 18, BOTTOM + 8
"""Pixels: between these heights words stand."""
PointKind = Literal["final", "provisional", "superseded"]
KINDS: tuple[PointKind, ...] = get_args(PointKind)


class NumericLimits(NamedTuple):
    """What a target says in numbers: one limit, or two; and which side of it reaches the target."""

    low: Decimal
    high: Decimal
    unit: str | None
    better: Polarity | None


class Stretch(NamedTuple):
    """A horizontal part: from and to in percent, at a height in pixels."""

    start: float
    end: float
    y: float


class Tint(NamedTuple):
    """A rectangle in which the target is reached."""

    start: float
    width: float
    y: float
    height: float


class Riser(NamedTuple):
    """The date of a revision."""

    x: float
    top: float
    bottom: float
    y: float


class StepWord(NamedTuple):
    """A text beside a step, as long as there is room for it."""

    mark: Marked
    old: bool
    label: Label | None = None


class ObservedPoint(NamedTuple):
    """A value at the end of its period, and what says it, as long as there is room for it."""

    x: float
    y: float
    text: str
    kind: PointKind
    period: str
    label: Label | None = None


class YearOnAxis(NamedTuple):
    """Where a year begins and what its middle is, in percent; short where there are many."""

    year: str
    start: float
    middle: float
    of_plan: bool


class Tick(NamedTuple):
    """A value of the axis."""

    value: Decimal
    y: float


class StepChart(NamedTuple):
    """All that is drawn."""

    height: int
    top: int
    bottom: int
    unit: str | None
    ticks: list[Tick]
    years: list[YearOnAxis]
    tints: list[Tint]
    steps: list[Stretch]
    ghosts: list[Stretch]
    risers: list[Riser]
    words: list[StepWord]
    points: list[ObservedPoint]
    now: NowLine | None
    left_out: int
    wide: bool

    @property
    def unsaid(self) -> int:
        """How many values and targets have no word, for there is no room."""
        labels = [*(word.label for word in self.words), *(point.label for point in self.points)]
        return labels.count(None)


Rules = Callable[[int], MeasurementSystem]


class _Point(NamedTuple):
    on: date
    value: Decimal
    text: str
    kind: PointKind
    period: str


def step_chart(
    targets: Sequence[TargetOfYear],
    periods: Sequence[ObservedPeriod],
    years: Iterable[int],
    as_of: date,
    polarity: Polarity | None,
    rules: Rules,
    *,
    narrowest: int | None = None,
) -> StepChart | None:
    """The chart of the targets that are quantities of one unit; None where no target is.

    `narrowest`: in so many pixels of width its words must find room, where not in those of the narrowest screen.
    """
    units = Counter(
        limits.unit
        for target in targets
        for piece in target.pieces
        if piece.target is not None
        for limits in _limits(piece.target, piece.start, polarity, rules(target.year).bare_value)[:1]
    )
    if not units:
        return None
    unit = units.most_common(1)[0][0]
    points = list(_points(periods, unit, rules))
    of_plan = list(years)
    first, last = _reach(targets, points, of_plan)
    points = [point for point in points if first <= point.on.year <= last]
    lines = _Lines(targets, unit, polarity, rules)
    values = [*lines.values(), *(point.value for point in points)]
    scale = ChartScale(values, date(first, 1, 1), date(last, 12, 31))
    lines.draw(scale)
    wide = any(len(f"{value:,f}") > SHORT_VALUE for value in scale.ticks)
    narrow = narrowest or (NARROW_BESIDE_LONG_VALUES if wide else NARROW)
    words, observed = _labelled(lines.words, _observed(points, scale), narrow)
    written = year_words(range(first, last + 1), narrow)
    return StepChart(
        height=HEIGHT,
        top=TOP,
        bottom=BOTTOM,
        unit=unit,
        ticks=[Tick(value, scale.y(value)) for value in scale.ticks],
        years=[
            YearOnAxis(words, scale.x(date(year, 1, 1)), scale.x(date(year, 7, 2)), year in of_plan)
            for year, words in written.items()
        ],
        tints=lines.tints,
        steps=lines.steps,
        ghosts=lines.ghosts,
        risers=lines.risers,
        words=words,
        points=observed,
        now=now_line(scale.x(as_of), narrow) if scale.start <= as_of <= scale.end else None,
        left_out=lines.left_out,
        wide=wide,
    )


def _observed(points: Iterable["_Point"], scale: ChartScale) -> list[ObservedPoint]:
    return [ObservedPoint(scale.x(p.on), scale.y(p.value), p.text, p.kind, p.period) for p in points]


def _labelled(
    words: Sequence[StepWord], points: Sequence[ObservedPoint], narrow: float
) -> tuple[list[StepWord], list[ObservedPoint]]:
    """Each with its word in its place: first what is in force, and the latest values that stand."""
    labels = Labels(narrow, UNDER_NOW, OVER_YEARS)
    placed: dict[int, Label | None] = {}
    for number in sorted(range(len(words)), key=lambda each: words[each].old):
        placed[number] = labels.place(words[number].mark)
    first = sorted(range(len(points)), key=lambda each: (KINDS.index(points[each].kind), -points[each].x))
    of_points = {
        number: labels.place(Marked(point.x, point.y, point.text, 10, (4.0,)))
        for number in first
        for point in [points[number]]
    }
    return (
        [word._replace(label=placed[number]) for number, word in enumerate(words)],
        [point._replace(label=of_points[number]) for number, point in enumerate(points)],
    )


class _Lines:
    """The steps of all targets, their tints, ghosts and words."""

    def __init__(
        self, targets: Sequence[TargetOfYear], unit: str | None, polarity: Polarity | None, rules: Rules
    ) -> None:
        self.targets, self.unit, self.polarity, self.rules = targets, unit, polarity, rules
        self.tints: list[Tint] = []
        self.steps: list[Stretch] = []
        self.ghosts: list[Stretch] = []
        self.risers: list[Riser] = []
        self.words: list[StepWord] = []
        self.left_out = 0

    def values(self) -> list[Decimal]:
        """All the values that have to fit."""
        everything = [
            limits
            for target in self.targets
            for piece_target, start in [*((p.target, p.start) for p in target.pieces), (target.approved, None)]
            for limits in self._of(piece_target, target.year, start)
        ]
        return [value for limits in everything for value in (limits.low, limits.high)]

    def draw(self, scale: ChartScale) -> None:
        """Places everything."""
        for target in self.targets:
            self._draw(target, scale)

    def _of(self, target: Target | None, year: int, start: date | None = None) -> list[NumericLimits]:
        if target is None:
            return []
        day = start or date(year, 1, 1)
        limits = _limits(target, day, self.polarity, self.rules(year).bare_value)
        return [each for each in limits if each.unit == self.unit]

    def _draw(self, target: TargetOfYear, scale: ChartScale) -> None:
        ghost = self._of(target.approved, target.year)
        before: NumericLimits | None = None
        for piece in target.pieces:
            limits = self._of(piece.target, target.year, piece.start)
            if piece.target is None or not limits:
                self.left_out += not isinstance(piece.target, NoTarget | None)
                before = None
            elif isinstance(piece.target, Milestones):
                self._milestones(piece.target, piece.start, piece.end, scale)
            else:
                self._step(piece, limits[0], before, scale)
                if ghost and (ghost[0].low, ghost[0].high) != (limits[0].low, limits[0].high):
                    start, end = scale.x(piece.start), scale.x(piece.end)
                    self.ghosts += [Stretch(start, end, scale.y(value)) for value in {ghost[0].low, ghost[0].high}]
                last = piece is target.pieces[-1]
                if before is None or (last and limits[0] != before):  # between the first and the last there is no room
                    self._word(piece, limits[0], before, scale, old=not last)
                before = limits[0]

    def _step(self, piece: Piece, shown: NumericLimits, before: NumericLimits | None, scale: ChartScale) -> None:
        start, end, y = scale.x(piece.start), scale.x(piece.end), scale.y(shown.high)
        self._tint(shown, start, end, scale)
        self.steps += [Stretch(start, end, height) for height in dict.fromkeys((y, scale.y(shown.low)))]
        if before is not None and before.high != shown.high:
            was = scale.y(before.high)
            self.risers.append(Riser(start, min(was, y), max(was, y), y))

    def _word(
        self, piece: Piece, shown: NumericLimits, before: NumericLimits | None, scale: ChartScale, *, old: bool
    ) -> None:
        """What a step says, above it; beneath it where it came down."""
        if piece.target is not None:
            x, y = scale.x(piece.start), scale.y(shown.high)
            lower = before is not None and shown.high < before.high
            text = print_target(piece.target, piece.start.year)
            shifts = (16.0, -6.0) if lower else (-6.0, 16.0)
            self.words.append(StepWord(Marked(x, y, text, 3, shifts), old))

    def _milestones(self, target: Milestones, start: date, end: date, scale: ChartScale) -> None:
        day = start
        for step in target.steps:
            until = min(max(step.by, day), end)
            x, y = scale.x(day), scale.y(step.value)
            self.steps.append(Stretch(x, scale.x(until), y))
            text = print_target(target.model_copy(update={"steps": (step,)}), step.by.year)
            self.words.append(StepWord(Marked(x, y, text, 3), old=False))
            day = until

    def _tint(self, shown: NumericLimits, start: float, end: float, scale: ChartScale) -> None:
        low, high = scale.y(shown.low), scale.y(shown.high)
        if shown.low != shown.high:
            top, bottom = high, low
        elif shown.better == "up":
            top, bottom = float(TOP), high
        elif shown.better == "down":
            top, bottom = low, float(BOTTOM)
        else:
            return
        self.tints.append(Tint(start, round(end - start, 2), top, round(bottom - top, 1)))


def _limits(target: Target, day: date, polarity: Polarity | None, bare_value: Polarity | None) -> list[NumericLimits]:
    """What a target says in numbers; nothing where it says none. `day` is when it begins to hold."""
    match target:
        case Threshold():
            direction = target_direction(target.comparator, target.implied, polarity, bare_value)
            return [NumericLimits(target.value, target.value, target.unit, direction.better if direction else None)]
        case Reference() if target.value is not None:
            direction = target_direction(target.comparator, None, polarity, bare_value)
            return [NumericLimits(target.value, target.value, target.unit, direction.better if direction else None)]
        case Range():
            return [NumericLimits(target.low, target.high, target.unit, None)]
        case Milestones():
            return [NumericLimits(step.value, step.value, step.unit, None) for step in target.steps if step.by >= day]
        case _:
            return []


def _points(periods: Sequence[ObservedPeriod], unit: str | None, rules: Rules) -> Iterable[_Point]:
    for period in periods:
        for value in period.values:
            observed = value.observed
            if not isinstance(observed, NumberValue):
                continue
            shown = figure(observed, unit, rules(period.year))
            kind: PointKind = (
                "superseded" if value is not period.latest else "provisional" if value.provisional else "final"
            )
            if shown.value is not None:
                yield _Point(period.ends_on, shown.value, value.text, kind, period.period)


def _reach(targets: Sequence[TargetOfYear], points: Sequence[_Point], of_plan: Sequence[int]) -> tuple[int, int]:
    """The first and the last year of the axis: those of the plan, and of what was observed near it."""
    years = [*of_plan, *(target.year for target in targets), *(point.on.year for point in points)]
    return max(min(years), of_plan[0] - 5), min(max(years), of_plan[-1] + 3)
