"""When somebody is reminded of what is due: so many days before, so many after, each once."""

from collections.abc import Iterable
from datetime import date

from domain.deadlines.model import DueDay

DEFAULT_DAYS = (-14, -3, 1, 7)
"""Two weeks and three days before, the day after, a week after."""


def step_due(deadline: DueDay, today: date, days: Iterable[int]) -> int | None:
    """Which of the days of a reminder has come last, counted from the day that it is about; None before the first.

    Of what is done nobody is reminded. Where nobody looked for a while, the last one alone is due: not those in between.
    """
    if deadline.done:
        return None
    passed = (today - deadline.on).days
    return max((day for day in days if day <= passed), default=None)


def reminder_key(account: str, plan: str, deadline: DueDay, step: int) -> str:
    """What a reminder is known by: another day for the same thing is another reminder."""
    return f"{account}/{plan}/{deadline.key}/{deadline.on.isoformat()}/{step}"
