"""A value that came for a round, held against what its target asks for at the date of the round.

At 30 June a target of the year asks for its June step, the terms that have passed, or half of what adds up; what it asks
for at the end of the year is another question.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from domain.italian import print_date
from domain.measurements.printer import print_value
from domain.measurements.values import NumberValue, Observed
from domain.rounds.collection import CollectedRound, Due
from domain.rounds.expected import expected_value
from domain.scoring.achievement import Achievement, Compared
from domain.scoring.dated import step_sign
from domain.scoring.figures import figure
from domain.scoring.forms import Circumstances, achieve, direction_of
from domain.scoring.inputs import divides, proposal_of
from domain.scoring.numbers import plus
from domain.scoring.quantities import comparison_holds, spelt
from domain.scoring.shares import resolved_share
from domain.scoring.variance import Variance, variance
from domain.targets.model import Change, Deadline, Milestones, Target, Threshold
from domain.vocabulary import polarity_of


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
    at_date = case._replace(on=on, year=on.year)
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
        if isinstance(target, Threshold) and isinstance(observed, NumberValue):
            read = figure(observed, target.unit, case.system, own_unit=case.own_unit)
            if read.value is not None:
                return variance(target, Compared(read.value, expected_value(target, on.year, on, case.system)))
    return None


def judged_due(whole: CollectedRound, due: Due) -> Judged | None:
    """The value of an indicator against its targets, at the date; None where there is nothing to compare."""
    if due.observed is None or due.period is None:
        return None
    state, proposal = whole.state, proposal_of(whole.state, due.indicator)
    case = Circumstances(
        system=whole.system,
        polarity=polarity_of(state.indicator(due.indicator, "polarity")),
        own_unit=proposal.unit,
        is_ratio=divides(proposal),
        within_year={due.period: due.observed} if "-" in due.period else {},
    )
    return judged(due.targets, due.observed, case, whole.round.as_at)


def _is_to_come(target: Target, on: date) -> bool:
    return isinstance(target, Deadline) and target.value > on


def _held(target: Target, observed: Observed, case: Circumstances, on: date) -> Judged | None:
    """One value against one target, at a date."""
    worth = resolved_share(target, observed, case.own_unit, is_ratio=case.is_ratio)
    if worth is None or isinstance(worth, Achievement):
        return None
    if isinstance(target, Threshold) and isinstance(worth, NumberValue):
        return _threshold(target, worth, case, on)
    if isinstance(target, Change) and _is_part_of_what_adds_up(worth, on):
        return None  # what was done so far is not held against the whole of another year
    achievement = achieve(target, worth, case)
    if achievement.met is None:
        return None
    reached = achievement.met
    words = f"{print_value(observed)} contro {target.text}"
    if isinstance(target, Milestones):
        due = [step for step in target.steps if step.by <= on]
        # A step that has come is what a status of its day speaks of; before the first one it speaks of the last.
        reached = achievement.met if due else achievement.met and not _short_of_last(target, worth, case)
        words += f" (al {print_date(on)} si attende {spelt(due[-1].value)})" if due else ""
    return Judged(achievement.met, reached, words, variance(target, achievement.compared))


def _is_part_of_what_adds_up(observed: Observed, on: date) -> bool:
    """Whether a value is a count, or an amount, of a year that is not over."""
    return isinstance(observed, NumberValue) and observed.unit in {None, "EUR"} and (on.month, on.day) != (12, 31)


def _threshold(target: Threshold, observed: NumberValue, case: Circumstances, on: date) -> Judged | None:
    """A number against a threshold: against its part of the year, where it adds up."""
    comparator, _ = direction_of(target.comparator, case, target.implied)
    read = figure(observed, target.unit, case.system, own_unit=case.own_unit)
    if comparator is None or read.value is None:
        return None
    asked = expected_value(target, on.year, on, case.system)
    words = f"{spelt(read.value)} contro {spelt(target.value)}"
    if asked != target.value:
        words += f" (al {print_date(on)} si attende {spelt(asked)})"
    limit = plus(target.value, target.tolerance or Decimal(0))
    met = comparison_holds(comparator, read.value, limit if asked == target.value else asked)
    reached = comparison_holds(comparator, read.value, limit)
    return Judged(met, reached, words, variance(target, Compared(read.value, asked)))


def _short_of_last(target: Milestones, observed: Observed, case: Circumstances) -> bool:
    """Whether a value falls short of the last step of a target."""
    last = target.steps[-1]
    read = figure(observed, last.unit, case.system) if isinstance(observed, NumberValue) else None
    sign = step_sign(case.polarity, case.system)
    return read is None or read.value is None or not comparison_holds(sign, read.value, last.value)
