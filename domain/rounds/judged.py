"""A value that came for a round, held against what its target asks for at the date of the round.

At 30 June a target of the year asks for its June step, the terms that have passed, or half of what adds up, be it a number,
a ceiling, a range or what a reference means; what it asks for at the end of the year is another question.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from domain.italian import print_date
from domain.measurements.printer import print_rounded
from domain.measurements.values import NumberValue, Observed
from domain.periods import period_ending
from domain.rounds.collection import CollectedRound, Due
from domain.rounds.expected import expected_value
from domain.scoring.achievement import Achievement, Compared
from domain.scoring.dated import step_sign
from domain.scoring.figures import figure
from domain.scoring.forms import Circumstances, achieve, direction_of, referred
from domain.scoring.numbers import plus
from domain.scoring.quantities import comparison_holds, range_achievement, spelt
from domain.scoring.shares import resolved_share
from domain.scoring.sums import adds_up
from domain.scoring.units import things_in_another_unit
from domain.scoring.variance import Variance, variance
from domain.targets.model import Comparator, Deadline, Milestones, Range, Reference, Target, Threshold


class Judged(NamedTuple):
    """A value held against its targets: `met` at the date, `reached` for the whole year; `variance` is that at the date."""

    met: bool
    reached: bool
    words: str
    variance: Variance | None


def judged(targets: Mapping[int, Target], observed: Observed, case: Circumstances, on: date) -> Judged | None:
    """What was observed of a part of the year, or of all of it, at a date; None where there is nothing to compare.

    Several targets of one cell are all to be met: of those that are not, the first says what is short.
    """
    at_date = _at(case, on)
    held = [(target, one) for target in targets.values() if (one := _held(target, observed, at_date, on)) is not None]
    asked = [one for target, one in held if not _is_to_come(target, on)] or [one for _, one in held if one.met]
    if not asked:
        return None
    missed = [one for one in asked if not one.met]
    reached = len(asked) == len(targets) and all(one.reached for one in asked)
    return (missed or asked)[0]._replace(met=not missed, reached=reached)


def undirected_variance(
    targets: Mapping[int, Target], observed: Observed, case: Circumstances, on: date
) -> Variance | None:
    """How far a value is from a bare target of which nobody knows whether more is better: that takes no direction to say."""
    for target in targets.values():
        if isinstance(target, Threshold | Reference) and isinstance(observed, NumberValue):
            asked = _asked(target, observed, _at(case, on), on)
            if asked is not None and asked.comparator is None:
                return variance(target, Compared(asked.seen, asked.part), observed)
    return None


def why_not_held(targets: Mapping[int, Target], observed: Observed, case: Circumstances, on: date) -> str | None:
    """Why a value is not held against its targets, as the score of its year says it; None where nothing has to be said."""
    at_date = _at(case, on)
    outcomes = [achieve(target, observed, at_date) for target in targets.values()]
    told = (each.note for each in outcomes if each.met is None and each.standing == "missing" and each.compared is None)
    return next((note for note in told if note), None)


def judged_due(whole: CollectedRound, due: Due) -> Judged | None:
    """The value of an indicator against its targets, at the date; None where there is nothing to compare.

    It is read as the score of the year reads it: with what references mean, earlier years, what others published.
    """
    if due.observed is None or due.period is None:
        return None
    row, seen = whole.reading(due.indicator)
    observed = row.observed if seen is not None and seen.period == due.period and row.observed else due.observed
    case = row.case._replace(part=part_of_year(due.period))
    return judged(due.targets, due.observed if due.by_system else observed, case, whole.round.as_at)


def part_of_year(period: str) -> str | None:
    """The part of the year that a period is; None of a whole year."""
    return period if "-" in period else None


def _at(case: Circumstances, on: date) -> Circumstances:
    """The circumstances of a date: what is known of a whole year, before it is over, is of the part that ends there."""
    under_way = (on.month, on.day) != (12, 31)
    part = part_of_year(period_ending(on)) or ("" if under_way else None)
    return case._replace(on=on, year=on.year, part=part if case.part is None else case.part)


def _is_to_come(target: Target, on: date) -> bool:
    return isinstance(target, Deadline) and target.value > on


def _held(target: Target, observed: Observed, case: Circumstances, on: date) -> Judged | None:
    """One value against one target, at a date."""
    worth = resolved_share(target, observed, case.own_unit, is_ratio=case.is_ratio)
    if worth is None or isinstance(worth, Achievement):
        return None
    if isinstance(worth, NumberValue) and isinstance(target, Threshold | Reference):
        return _quantity(target, worth, case, on)
    if isinstance(worth, NumberValue) and isinstance(target, Range):
        return _range(target, worth, case, on)
    achievement = achieve(target, worth, case)
    if achievement.met is None:
        return None
    reached = achievement.met
    words = f"{print_rounded(observed)} contro {target.text}"
    if isinstance(target, Milestones):
        due = [step for step in target.steps if step.by <= on]
        # A step that has come is what a status of its day speaks of; before the first one it speaks of the last.
        reached = achievement.met if due else achievement.met and not _short_of_last(target, worth, case)
        words += f" (al {print_date(on)} si attende {spelt(due[-1].value)})" if due else ""
    return Judged(achievement.met, reached, words, variance(target, achievement.compared))


class _Asked(NamedTuple):
    """The figure of a value, and what a target asks for: of the whole year, with its tolerance, and of the part that has gone by."""

    seen: Decimal
    comparator: Comparator | None
    whole: Decimal
    limit: Decimal
    part: Decimal
    part_limit: Decimal


def _asked(target: Threshold | Reference, observed: NumberValue, case: Circumstances, on: date) -> _Asked | None:
    """None where the figures are not there, or cannot be compared."""
    meant = referred(target, case) if isinstance(target, Reference) else None
    whole = target.value if isinstance(target, Threshold) else None if meant is None else meant.value
    read = figure(observed, target.unit, case.system, own_unit=case.own_unit)
    if whole is None or read.value is None or things_in_another_unit(target, observed, case.own_unit) is not None:
        return None
    implied = target.implied if isinstance(target, Threshold) else None
    comparator, _ = direction_of(target.comparator, case, implied)
    sums = adds_up(target.unit, comparator, case.nature, observed)
    tolerance = (target.tolerance if isinstance(target, Threshold) else None) or Decimal(0)
    limit = plus(whole, tolerance)
    parts = (expected_value(value, on, case.system, adds_up=sums) for value in (whole, limit))
    return _Asked(read.value, comparator, whole, limit, *parts)


def _quantity(target: Threshold | Reference, observed: NumberValue, case: Circumstances, on: date) -> Judged | None:
    """A number against a threshold, or what a reference means: against its part of the year, where it adds up.

    Of exactly so much, what has gone by asks for its part at least, and for no more than the whole.
    """
    asked = _asked(target, observed, case, on)
    if asked is None or asked.comparator is None:
        return None
    words = f"{spelt(asked.seen)} contro {spelt(asked.whole)}"
    if asked.part != asked.whole:
        words += f" (al {print_date(on)} si attende {spelt(asked.part)})"
    if asked.comparator == "=" and asked.part != asked.whole:
        met = asked.part <= asked.seen <= asked.limit
    else:
        met = comparison_holds(asked.comparator, asked.seen, asked.part_limit)
    reached = comparison_holds(asked.comparator, asked.seen, asked.limit)
    return Judged(met, reached, words, variance(target, Compared(asked.seen, asked.part), observed))


def _range(target: Range, observed: NumberValue, case: Circumstances, on: date) -> Judged | None:
    """A number between two: between their parts of the year, where they add up."""
    whole = achieve(target, observed, case)
    read = figure(observed, target.unit, case.system, own_unit=case.own_unit)
    if whole.met is None or read.value is None:
        return None
    sums = adds_up(target.unit, "=", case.nature, observed)
    low, high = (expected_value(end, on, case.system, adds_up=sums) for end in (target.low, target.high))
    held = range_achievement(read.value, low, high, case.system)
    words = f"{print_rounded(observed)} contro {target.text}"
    if (low, high) != (target.low, target.high):
        words += f" (al {print_date(on)} si attende tra {spelt(low)} e {spelt(high)})"
    return Judged(held.met, whole.met, words, variance(target, held.compared))


def _short_of_last(target: Milestones, observed: Observed, case: Circumstances) -> bool:
    """Whether a value falls short of the last step of a target."""
    last = target.steps[-1]
    read = figure(observed, last.unit, case.system) if isinstance(observed, NumberValue) else None
    sign = step_sign(case.polarity, case.system)
    return read is None or read.value is None or not comparison_holds(sign, read.value, last.value)
