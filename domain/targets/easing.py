"""Says whether a revision made a target easier or harder, and whether a target asks for less than where it starts."""

from decimal import Decimal
from functools import lru_cache
from typing import Literal

from domain.measurements.values import NumberValue, Observed, read_value
from domain.targets.levels import ranks
from domain.targets.model import (
    DIRECTIONS,
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

Easing = Literal["easier", "harder", "neutral", "undetermined"]


def easing(before: Target | None, after: Target | None, polarity: Polarity | None) -> Easing:
    """Judge a revision: `before` or `after` is None where there was, or is left, no target.

    The same figure of something else ("70 % of the reduced plan") is undetermined. A written comparator gives the direction, else the indicator's polarity, else the comparator implied on reading;
    with none of them, or between different forms or units, the answer is `undetermined`.
    """
    if not _commits(before) or not _commits(after):
        return _signed(int(_commits(before)) - int(_commits(after)))
    if before is None or after is None:
        return "neutral"
    if same_commitment(before, after):
        return "neutral" if same_words(before, after) else "undetermined"
    match before, after:
        case Threshold(), Threshold() if before.unit == after.unit:
            moves = [_quantity(before, after, polarity), _signed((after.tolerance or 0) - (before.tolerance or 0))]
            return _together(moves)
        case Range(), Range() if before.unit == after.unit:
            return _together([_signed(before.low - after.low), _signed(after.high - before.high)])
        case Deadline(), Deadline():
            return _signed((after.value - before.value).days)
        case Milestones(), Milestones() if len(before.steps) == len(after.steps):
            pairs = zip(before.steps, after.steps, strict=True)
            return _together([_step(earlier, later, polarity) for earlier, later in pairs])
        case YesNo(), YesNo():
            return "easier" if after.value == "no" else "harder"
        case Level(), Level():
            return _level(before, after, polarity)
        case Change(), Change() if (before.unit, before.base) == (after.unit, after.base):
            return _quantity(before, after, polarity)
        case Reference(), Reference() if same_commitment(
            before.model_copy(update={"comparator": after.comparator}), after
        ):
            return _strictness(before.comparator, after.comparator)
        case _:
            return "undetermined"


def easier_than_baseline(target: Target | None, baseline: str | None, polarity: Polarity | None) -> bool:
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
    match _direction(target, polarity):
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


def _commits(target: Target | None) -> bool:
    return target is not None and not isinstance(target, NoTarget | ToBeDefined)


def _quantity(before: Threshold | Change, after: Threshold | Change, polarity: Polarity | None) -> Easing:
    if before.value == after.value and "=" in {before.comparator, after.comparator}:
        return _strictness(before.comparator, after.comparator)
    direction = _direction(before, polarity)
    if direction is None or direction != _direction(after, polarity):
        return "undetermined"
    if before.value != after.value:
        return _signed(before.value - after.value if direction == "up" else after.value - before.value)
    return _strictness(before.comparator, after.comparator)


def _direction(target: Threshold | Change | Level, polarity: Polarity | None) -> Polarity | None:
    written = DIRECTIONS.get(target.comparator) if target.comparator else None
    implied = DIRECTIONS.get(target.implied) if isinstance(target, Threshold) and target.implied else None
    return written or polarity or implied


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


def _level(before: Level, after: Level, polarity: Polarity | None) -> Easing:
    scales = {before.scale, after.scale} - {None}  # one that says none is placed on the other's
    places = ranks(before.value, after.value, scales.pop() if len(scales) == 1 else None)
    direction = _direction(before, polarity)
    if places is None or direction is None or direction != _direction(after, polarity):
        return "undetermined"
    if places[0] == places[1]:
        return _strictness(before.comparator, after.comparator)
    return _signed(places[0] - places[1] if direction == "up" else places[1] - places[0])


def _step(before: Step, after: Step, polarity: Polarity | None) -> Easing:
    if before.unit != after.unit:
        return "undetermined"
    moved = _signed((after.by - before.by).days)
    if before.value == after.value:
        return moved
    if polarity is None:
        return "undetermined"
    return _together([moved, _signed(before.value - after.value if polarity == "up" else after.value - before.value)])


def _together(moves: list[Easing]) -> Easing:
    """Put several moves together: what stays counts for nothing, moves that disagree are undetermined."""
    kinds = set(moves) - {"neutral"}
    if not kinds:
        return "neutral"
    return kinds.pop() if len(kinds) == 1 else "undetermined"


def _signed(gain: Decimal | int) -> Easing:
    return "neutral" if gain == 0 else "easier" if gain > 0 else "harder"
