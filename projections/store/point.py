"""The point in the two times that a question is asked from: in force on a date, as known at an instant."""

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

ROME = ZoneInfo("Europe/Rome")


class Point(NamedTuple):
    """`as_of` is a date; `known_at` an instant in UTC, or None for all that is known by now."""

    as_of: date
    known_at: datetime | None = None


def today(now: datetime) -> date:
    """The day that it is in Rome."""
    return now.astimezone(ROME).date()


def end_of_day(day: date) -> datetime:
    """The last microsecond of a day in Rome, in UTC: what a date means as `known_at`."""
    midnight = datetime.combine(day + timedelta(days=1), time.min, tzinfo=ROME)
    return midnight.astimezone(UTC) - timedelta(microseconds=1)
