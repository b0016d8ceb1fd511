"""What is expected under way: at half a year, half of what adds up; of a rate or a time, all of it.

A count adds up over the year (`>= 10` initiatives, `<= 12` complaints), a percentage or a span of time does not: it is held
from the start. Which is which: `domain/scoring/sums.py`.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from domain.scoring.numbers import HUNDRED, over, percent, times
from domain.systems.model import MeasurementSystem
from domain.targets.model import Milestones, Target


def expected_progress(year: int, on: date, system: MeasurementSystem) -> Decimal | None:
    """The share of the year, in percent by whole months, that has gone by on a date; None where no rule says it."""
    if system.expected_progress == "none":
        return None
    if on.year != year:
        return HUNDRED if on.year > year else Decimal(0)
    if (on + timedelta(days=1)).day == 1:
        return percent(Decimal(on.month), Decimal(12))
    start, end = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
    return percent(Decimal(on.toordinal() - start + 1), Decimal(end - start + 1))


def expected_of_targets(targets: Iterable[Target], on: date, system: MeasurementSystem) -> Decimal | None:
    """The same, of targets that may have steps: the step that is due by the date says how much, not the calendar."""
    steps = [target.steps for target in targets if isinstance(target, Milestones)]
    share = expected_progress(on.year, on, system)
    if not steps or share is None:
        return share
    due, last = [step for step in steps[0] if step.by <= on], steps[0][-1]
    if not due:
        return Decimal(0)
    return percent(due[-1].value, last.value) if last.value > 0 else share


def expected_value(value: Decimal, on: date, system: MeasurementSystem, *, adds_up: bool) -> Decimal:
    """How much of what is asked for in a year is asked for at a date of it: its part where it adds up, else the whole."""
    share = expected_progress(on.year, on, system) if adds_up and value > 0 else None
    return value if share is None else over(times(value, share), HUNDRED)
