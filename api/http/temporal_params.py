"""The two dates of a question, as every address takes them, and what they mean for a cache."""

import re
from datetime import date, datetime, timedelta
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from domain.point import Point, end_of_day, today
from domain.vocabulary import Frozen, IsoDate

INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
ACCEPTED = "scrivere AAAA-MM-GG, oppure un istante con il fuso: 2022-10-03T09:30:00Z (in un indirizzo + si scrive %2B)"
SETTLED = timedelta(minutes=1)
"""How old a knowledge must be to last for ever: longer than any append that has its instant and is not yet committed."""


def read_known_at(value: object) -> object:
    """The instant that a text means, a date meaning the end of that day in Rome."""
    if not isinstance(value, str):
        return value
    try:
        if DAY.fullmatch(value):
            return end_of_day(date.fromisoformat(value))
        if INSTANT.fullmatch(value):
            instant = datetime.fromisoformat(value)
            end_of_day(instant.date())  # both ends of the calendar have no instant in every zone
            return instant
    except (ValueError, OverflowError):
        msg = f"{value[:40]!r} non esiste nel calendario: {ACCEPTED}"
        raise ValueError(msg) from None
    msg = f"{value[:40]!r} non è una data né un istante: {ACCEPTED}"
    raise ValueError(msg)


def _recent(instant: datetime) -> datetime:
    if instant.year < 1900:
        msg = f"{instant.isoformat()!r} precede ogni registrazione possibile: {ACCEPTED}"
        raise ValueError(msg)
    return instant


KnownAt = Annotated[
    datetime,
    BeforeValidator(read_known_at),
    AfterValidator(_recent),
    WithJsonSchema(
        {
            "type": "string",
            "maxLength": 32,
            "pattern": r"^(19|2\d)\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
            r"(T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?(Z|[+-](0\d|1[0-4]):[0-5]\d))?$",
        }
    ),
]


class Dated(Frozen):
    """The point from which a question is asked; what is not a parameter of the address is refused."""

    as_of: IsoDate | None = Field(
        None,
        description="In vigore al: la data AAAA-MM-GG a cui si riferisce la risposta. Se manca, oggi in Italia.",
        examples=["2022-09-30"],
    )
    known_at: KnownAt | None = Field(
        None,
        description=(
            "Noto al: che cosa risultava registrato a quella data (fine del giorno in Italia) o a quell'istante "
            "(ISO 8601 con il fuso). Se manca, o è nel futuro, adesso."
        ),
        examples=["2022-10-03", "2022-10-03T09:30:00Z"],
    )

    def point(self, now: datetime) -> Point:
        """The point that the parameters say at an instant; a knowledge of the future is the knowledge of now."""
        known_at = self.known_at if self.known_at is not None and self.known_at < now else None
        return Point(self.as_of or today(now), known_at)

    def lasts(self, now: datetime) -> bool:
        """Whether the answer can never change: both dates are said, and no append can fall before them any more."""
        return self.as_of is not None and self.known_at is not None and self.known_at < now - SETTLED
