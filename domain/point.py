"""The point in the two times that a question is asked from: valid time (`as_of`) and transaction time (`known_at`).

`as_of` is a day, in force on which; `known_at` an instant, known by which. Both are read here from the texts of every
door: a day is `2022-09-30` or `30/09/2022`; an instant is `2022-10-03T09:30:00Z`, with its zone, or with a blank for
the `T`; as `known_at` a day means its end in Rome. Nothing lies before 1900. There is no clock here: `now` comes in.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, WithJsonSchema

from domain.patterns import regex

ROME = ZoneInfo("Europe/Rome")
FIRST_YEAR = 1900
"""Nothing was recorded, or took effect, before: a year of two or three digits is a slip."""
DAY_FORMS = "AAAA-MM-GG oppure GG/MM/AAAA, per esempio 2022-09-30"
INSTANT_FORMS = "AAAA-MM-GG, GG/MM/AAAA, oppure un istante con il fuso: 2022-10-03T09:30:00Z"
_DAYS = (
    regex(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"),
    regex(r"(?P<day>[0-9]{1,2})/(?P<month>[0-9]{1,2})/(?P<year>[0-9]{4})"),
)
_INSTANT = regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})")
DayOrInstant = TypeVar("DayOrInstant", date, datetime)
_YEAR = r"(19|2\d)\d\d"
_LEAP_YEAR = r"((19|2\d)(0[48]|[2468][048]|[13579][26])|2[048]00)"
ISO_DAY = (
    rf"({_YEAR}-((0[13578]|1[02])-(0[1-9]|[12]\d|3[01])|(0[469]|11)-(0[1-9]|[12]\d|30)|02-(0[1-9]|1\d|2[0-8]))"
    rf"|{_LEAP_YEAR}-02-29)"
)
ITALIAN_DAY = (
    r"(((0?[1-9]|[12]\d|3[01])/(0?[13578]|1[02])|(0?[1-9]|[12]\d|30)/(0?[469]|11)|(0?[1-9]|1\d|2[0-8])/0?2)"
    rf"/{_YEAR}|29/0?2/{_LEAP_YEAR})"
)
"""How a day may be written, as a schema says it: those that the calendar has, and no others."""


def _written_day(value: object) -> object:
    if isinstance(value, str):
        return read_day(value)
    if isinstance(value, int | float):
        msg = f"{value!r} non è una data: scrivere {DAY_FORMS}"
        raise ValueError(msg)  # noqa: TRY004 - pydantic collects ValueError only
    return value


WrittenDay = Annotated[
    date,
    BeforeValidator(_written_day),
    WithJsonSchema({"type": "string", "maxLength": 10, "pattern": f"^({ISO_DAY}|{ITALIAN_DAY})$"}),
]
"""A day in what somebody sends: 2022-09-30 or 30/09/2022, the same at every door. What is recorded is always ISO."""


class Point(NamedTuple):
    """`as_of` is a date; `known_at` an instant in UTC, or None for all that is known by now."""

    as_of: date
    known_at: datetime | None = None


def today(now: datetime) -> date:
    """The day that it is in Rome."""
    return now.astimezone(ROME).date()


def start_of_day(day: date) -> datetime:
    """The first instant of a day in Rome, in UTC."""
    return datetime.combine(day, time.min, tzinfo=ROME).astimezone(UTC)


def end_of_day(day: date) -> datetime:
    """The last microsecond of a day in Rome, in UTC: what a date means as `known_at`."""
    if day == date.max:  # it has no next one
        return datetime.combine(day, time.max, tzinfo=ROME).astimezone(UTC)
    return start_of_day(day + timedelta(days=1)) - timedelta(microseconds=1)


def point_at(as_of: date | None, known_at: datetime | None, now: datetime) -> Point:
    """The point that two dates say at an instant: today where no day is said, and a knowledge of the future is that of now.

    Whoever prints the point says so: its `known_at` is None.
    """
    return Point(as_of or today(now), known_at if known_at is not None and known_at < now else None)


def is_day(text: str) -> bool:
    """Whether a text is written as a day, and not as an instant."""
    return any(form.fullmatch(text.strip()) for form in _DAYS)


def read_day(text: str) -> date:
    """A day written 2022-09-30 or 30/09/2022; ValueError for anything else, and before 1900."""
    return _not_too_early(_calendar_day(text, DAY_FORMS), text, DAY_FORMS)


def read_known_at(text: str) -> datetime:
    """The instant, in UTC, that a text means as `known_at`, a day meaning its end in Rome; ValueError for anything else."""
    return _read_instant(text, end_of_day)


def read_known_from(text: str) -> datetime:
    """The instant, in UTC, from which a time of recording begins: a day means its start in Rome."""
    return _read_instant(text, start_of_day)


def _read_instant(text: str, of_day: Callable[[date], datetime]) -> datetime:
    try:
        if is_day(text):
            return of_day(_not_too_early(_calendar_day(text, INSTANT_FORMS), text, INSTANT_FORMS))
        if not _INSTANT.fullmatch(text.strip()):
            msg = f"{text[:40]!r} non è una data né un istante: scrivere {INSTANT_FORMS}"
            raise ValueError(msg)
        # The last hours of the calendar are of no day in Rome.
        return min(_not_too_early(_calendar_instant(text), text, INSTANT_FORMS), end_of_day(date.max))
    except OverflowError:  # the ends of the calendar have no instant in every zone
        raise ValueError(_not_in_calendar(text, INSTANT_FORMS)) from None


def _calendar_day(text: str, forms: str) -> date:
    match = next((match for form in _DAYS if (match := form.fullmatch(text.strip()))), None)
    if match is None:
        msg = f"{text[:40]!r} non è una data: scrivere {forms}"
        raise ValueError(msg)
    try:
        return date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        raise ValueError(_not_in_calendar(text, forms)) from None


def _calendar_instant(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text.strip()).astimezone(UTC)
    except ValueError:
        raise ValueError(_not_in_calendar(text, INSTANT_FORMS)) from None


def _not_in_calendar(text: str, forms: str) -> str:
    return f"{text[:40]!r} non esiste nel calendario: scrivere {forms}"


def _not_too_early(value: DayOrInstant, text: str, forms: str) -> DayOrInstant:
    if value.year < FIRST_YEAR:
        msg = f"{text[:40]!r} precede ogni registrazione possibile: scrivere {forms}"
        raise ValueError(msg)
    return value
