"""The Italian words for what the code names in English, and how dates, numbers and values are written for people."""

from datetime import date, datetime
from decimal import Decimal

from api.language.labels import CAUSES as CAUSES  # noqa: PLC0414 - shown under this name
from api.language.labels import DIFFERENCES as DIFFERENCES  # noqa: PLC0414 - shown under this name
from api.language.labels import DIRECTIONS as DIRECTIONS  # noqa: PLC0414 - shown under this name
from api.language.labels import KINDS as KINDS  # noqa: PLC0414 - shown under this name
from api.language.labels import VARIANTS as VARIANTS  # noqa: PLC0414 - shown under this name
from api.language.values import field_name as field_name  # noqa: PLC0414 - shown under this name
from api.language.values import field_of_change as field_of_change  # noqa: PLC0414 - shown under this name
from api.language.values import number as number  # noqa: PLC0414 - shown under this name
from api.language.values import printable as printable  # noqa: PLC0414 - shown under this name
from api.language.values import target_words as target_words  # noqa: PLC0414 - shown under this name
from api.language.values import value_in_words as value_in_words  # noqa: PLC0414 - shown under this name
from domain.italian import print_number
from domain.names import Names
from domain.point import ROME, Point
from domain.scoring.numbers import HUNDREDTH, at_step, places_to_say

ALREADY_RECORDED = "Già registrato da questo stesso comando"
"""What a command that was recorded before under the same id says, whichever command it is."""


def day(value: object) -> str:
    """A date, from an ISO text or a date, as dd/mm/yyyy."""
    date_ = value if isinstance(value, date) else date.fromisoformat(str(value))
    return f"{date_:%d/%m/%Y}"


def instant(value: object) -> str:
    """An instant in the time of Rome, as dd/mm/yyyy hh:mm."""
    instant_ = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return f"{instant_.astimezone(ROME):%d/%m/%Y %H:%M}"


def percentage(value: Decimal | str | None) -> str:
    """A figure in percent: two decimals, half up."""
    if value is None:
        return "nessun punteggio"
    exact = Decimal(value)
    step = min(HUNDREDTH, Decimal(1).scaleb(-places_to_say(exact, 2)))
    return f"{print_number(at_step(exact, step, 'half_up'))} %"


def banner(point: Point, now: datetime) -> str:
    """The two dates of an answer."""
    known = f"{instant(point.known_at)}" if point.known_at else f"{instant(now)} (adesso)"
    return f"in vigore al {day(point.as_of)} · noto al {known}"


def called(names: Names, key: str) -> str:
    """How an object is called: its code and title; of an assignment, the indicator."""
    if key.startswith("assignment/"):
        key = f"indicator/{key.split('/')[1]}"
    return printable(names.by_key.get(key) or key.partition("/")[2] or key)


def counted(number_: int, singular: str, plural: str) -> str:
    """A number with its noun."""
    return f"{number_} {singular if number_ == 1 else plural}"
