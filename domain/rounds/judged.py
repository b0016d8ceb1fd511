"""A value that came for a round, held against what its target asks for at the date of the round.

At 30 June a target of the year asks for its June step, the terms that have passed, or half of what adds up; what it asks
for at the end of the year is another question.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from domain.italian import print_date
from domain.measurements.values import NumberValue, Observed
from domain.plans.state import PlanState
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
from domain.systems.model import MeasurementSystem
from domain.targets.model import Deadline, Milestones, Target, Threshold
from domain.vocabulary import first_day, last_day, polarity_of


class Judged(NamedTuple):
    """A value held against its targets: `met` at the date, `reached` for the whole year; `variance` is that at the date."""

    met: bool
    reached: bool
    words: str
    variance: Variance | None


def judged(
    state: PlanState,
    indicator: str,
    targets: Mapping[int, Target],
    seen: Mapping[str, Observed],
    system: MeasurementSystem,
    on: date,
) -> Judged | None:
    """An indicator at a date, by what was observed of each period; None where there is nothing to compare.

    Several targets of one cell are all to be met: of those that are not, the first says what is short.
    """
    year = on.year
    case = Circumstances(
        system=system,
        polarity=polarity_of(state.indicator(indicator, "polarity")),
        own_unit=(proposal := proposal_of(state, indicator)).unit,
        is_ratio=divides(proposal),
        year=year,
        on=on,
        within_year={period: value for period, value in seen.items() if "-" in period},
    )
    latest = _latest(seen, on)
    if latest is None:
        return None
    held = [(target, one) for target in targets.values() if (one := _held(target, latest, case, on)) is not None]
    asked = [one for target, one in held if not _is_to_come(target, on)] or [one for _, one in held if one.met]
    if not asked:
        return None
    missed = [one for one in asked if not one.met]
    reached = len(asked) == len(targets) and all(one.reached for one in asked)
    return (missed or asked)[0]._replace(met=not missed, reached=reached)


def _latest(seen: Mapping[str, Observed], on: date) -> Observed | None:
    """What was observed of the period that ends last by a date: of the longest of those that end together."""
    ended = [period for period in seen if first_day(period) <= on]
    return seen[max(ended, key=lambda period: (last_day(period), -len(period)))] if ended else None


def _is_to_come(target: Target, on: date) -> bool:
    return isinstance(target, Deadline) and target.value > on


def _held(target: Target, latest: Observed, case: Circumstances, on: date) -> Judged | None:
    """One value against one target, at a date."""
    worth = resolved_share(target, latest, case.own_unit, is_ratio=case.is_ratio)
    if worth is None or isinstance(worth, Achievement):
        return None
    if isinstance(target, Threshold) and isinstance(worth, NumberValue):
        return _threshold(target, worth, case, on)
    achievement = achieve(target, worth, case)
    if achievement.met is None:
        return None
    reached = achievement.met and not (isinstance(target, Milestones) and _short_of_last(target, worth, case))
    words = achievement.arithmetic or target.text
    return Judged(achievement.met, reached, words, variance(target, achievement.compared))


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
