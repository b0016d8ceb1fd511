"""Says whether a revision made a target easier or harder, and whether a target asks for less than where it starts."""

from decimal import Decimal
from functools import lru_cache
from typing import Literal, NamedTuple

from domain.late import late
from domain.measurements.values import NumberValue, Observed
from domain.targets.direction import target_direction
from domain.targets.levels import ranks
from domain.targets.model import (
    Change,
    Comparator,
    Deadline,
    Level,
    Milestones,
    NoTarget,
    Range,
    Reference,
    Step,
    Target,
    Threshold,
    ToBeDefined,
    YesNo,
    same_commitment,
    same_words,
)
from domain.vocabulary import Polarity

with late:  # what is stored was read before
    from domain.measurements.reader import read_value

Easing = Literal["easier", "harder", "neutral", "undetermined"]


def easing(
    before: Target | None, after: Target | None, polarity: Polarity | None, bare_value: Polarity | None
) -> Easing:
    """Judge a revision: `before` or `after` is None where there was, or is left, no target.

    The same figure of something else ("70 % of the reduced plan") is undetermined. Which way is better is said by
    `target_direction`, with the polarity of the indicator and what the rules of the year say of a bare value; where it is
    not known, or between different forms or units, the answer is `undetermined`.
    """
    if not _commits(before) or not _commits(after):
        return _signed(int(_commits(before)) - int(_commits(after)))
    if before is None or after is None:
        return "neutral"
    ways = _Ways(polarity, bare_value)
    if same_commitment(before, after):
        return "neutral" if same_words(before, after) else "undetermined"
    match before, after:
        case Threshold(), Threshold() if before.unit == after.unit:
            moves = [_quantity(before, after, ways), _signed((after.tolerance or 0) - (before.tolerance or 0))]
            return _together(moves)
        case Range(), Range() if before.unit == after.unit:
            return _together([_signed(before.low - after.low), _signed(after.high - before.high)])
        case Deadline(), Deadline():
            return _signed((after.value - before.value).days)
        case Milestones(), Milestones() if len(before.steps) == len(after.steps):
            pairs = zip(before.steps, after.steps, strict=True)
            return _together([_step(earlier, later, ways) for earlier, later in pairs])
        case YesNo(), YesNo():
            return "easier" if after.value == "no" else "harder"
        case Level(), Level():
            return _level(before, after, ways)
        case Change(), Change() if (before.unit, before.base) == (after.unit, after.base):
            return _quantity(before, after, ways)
        case Reference(), Reference() if same_commitment(
            before.model_copy(update={"comparator": after.comparator}), after
        ):
            return _strictness(before.comparator, after.comparator)
        case _:
            return "undetermined"


def easier_than_baseline(
    target: Target | None, baseline: str | None, polarity: Polarity | None, bare_value: Polarity | None
) -> bool:
    """Whether a threshold asks for less than the start value of its indicator, as that is printed on the card.

    A start value without a unit is in that of the target, as people print it. Whatever cannot be compared (another
    form, another unit, a direction that nobody knows, a start value that is no number) is not said to be easier; a
    tolerance is left aside.
    """
    if not isinstance(target, Threshold) or not baseline:
        return False
    start = _start_value(baseline)
    if not isinstance(start, NumberValue) or start.value is None or start.unit not in {None, target.unit}:
        return False
    match _Ways(polarity, bare_value).of(target):
        case "up":
            return target.value < start.value
        case "down":
            return target.value > start.value
        case None:
            return False


@lru_cache(maxsize=20_000)
def _start_value(baseline: str) -> Observed:
    """The start value that a card prints; read once, for a plan prints the same ones year after year."""
    return read_value(baseline)


class _Ways(NamedTuple):
    """What says which way is better beside the target itself: the indicator's polarity, and the rules of the year."""

    polarity: Polarity | None
    bare_value: Polarity | None

    def of(self, target: Threshold | Change | Level | Step) -> Polarity | None:
        """Which way is better for a target."""
        comparator = None if isinstance(target, Step) else target.comparator
        implied = target.implied if isinstance(target, Threshold) else None
        direction = target_direction(comparator, implied, *self)
        return None if direction is None else direction.better


def _commits(target: Target | None) -> bool:
    return target is not None and not isinstance(target, NoTarget | ToBeDefined)


def _quantity(before: Threshold | Change, after: Threshold | Change, ways: "_Ways") -> Easing:
    if before.value == after.value and "=" in {before.comparator, after.comparator}:
        return _strictness(before.comparator, after.comparator)
    direction = ways.of(before)
    if direction is None or direction != ways.of(after):
        return "undetermined"
    if before.value != after.value:
        return _signed(before.value - after.value if direction == "up" else after.value - before.value)
    return _strictness(before.comparator, after.comparator)


def _strictness(before: Comparator | None, after: Comparator | None) -> Easing:
    """Compare two comparators on the same value: `> 10` is harder than `>= 10`, a bare 10 is as `>= 10` or `<= 10`."""
    if before == after:
        return "neutral"
    if before is None or after is None:
        strict = (before or after) in {">", "<"}
        return (
            _signed(1 if after is None else -1) if strict else "neutral" if (before or after) != "=" else "undetermined"
        )
    match before, after:
        case (">=", ">") | ("<=", "<") | (">=" | "<=", "="):
            return "harder"
        case (">", ">=") | ("<", "<=") | ("=", ">=" | "<="):
            return "easier"
        case _:
            return "undetermined"


def _level(before: Level, after: Level, ways: "_Ways") -> Easing:
    scales = {before.scale, after.scale} - {None}  # one that says none is placed on the other's
    places = ranks(before.value, after.value, scales.pop() if len(scales) == 1 else None)
    direction = ways.of(before)
    if places is None or direction is None or direction != ways.of(after):
        return "undetermined"
    if places[0] == places[1]:
        return _strictness(before.comparator, after.comparator)
    return _signed(places[0] - places[1] if direction == "up" else places[1] - places[0])


def _step(before: Step, after: Step, ways: "_Ways") -> Easing:
    if before.unit != after.unit:
        return "undetermined"
    moved = _signed((after.by - before.by).days)
    if before.value == after.value:
        return moved
    direction = ways.of(after)
    if direction is None:
        return "undetermined"
    return _together([moved, _signed(before.value - after.value if direction == "up" else after.value - before.value)])


def _together(moves: list[Easing]) -> Easing:
    """Put several moves together: what stays counts for nothing, moves that disagree are undetermined."""
    kinds = set(moves) - {"neutral"}
    if not kinds:
        return "neutral"
    return kinds.pop() if len(kinds) == 1 else "undetermined"


def _signed(gain: Decimal | int) -> Easing:
    return "neutral" if gain == 0 else "easier" if gain > 0 else "harder"
