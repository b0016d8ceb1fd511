"""The two dates of a question, as every address takes them, and what they mean for a cache."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, NamedTuple

from pydantic import BeforeValidator, Field, WithJsonSchema

from domain.point import ISO_DAY, ITALIAN_DAY, Point, WrittenDay, point_at, read_known_at, read_known_from
from domain.vocabulary import Frozen


def _reads(reading: Callable[[str], datetime]) -> BeforeValidator:
    return BeforeValidator(lambda value: reading(value) if isinstance(value, str) else value)


_AS_DOCUMENTED = WithJsonSchema(
    {
        "type": "string",
        "maxLength": 32,
        "pattern": rf"^({ISO_DAY}(T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{{1,6}})?)?(Z|[+-](0\d|1[0-4]):[0-5]\d))?"
        rf"|{ITALIAN_DAY})$",
    }
)
KnownAt = Annotated[datetime, _reads(read_known_at), _AS_DOCUMENTED]
"""An instant, or the end of a day in Rome."""
KnownFrom = Annotated[datetime, _reads(read_known_from), _AS_DOCUMENTED]
"""An instant, or the start of a day in Rome."""


class AskedDates(NamedTuple):
    """The two dates of a question, each None where it is not said."""

    as_of: date | None = None
    known_at: datetime | None = None

    def point(self, now: datetime) -> Point:
        """The point that they say at an instant; a knowledge of the future is the knowledge of now."""
        return point_at(self.as_of, self.known_at, now)

    def asked(self) -> tuple[datetime, ...]:
        """The knowledge that is asked about, where it is said."""
        return () if self.known_at is None else (self.known_at,)

    def says_when(self) -> bool:
        """Whether both are said: the answer changes no more than the knowledge does."""
        return self.as_of is not None and self.known_at is not None


class Dated(Frozen):
    """The point from which a question is asked; what is not a parameter of the address is refused."""

    as_of: WrittenDay | None = Field(
        None,
        title="in vigore al",
        description="In vigore al: la data AAAA-MM-GG a cui si riferisce la risposta. Se manca, oggi in Italia.",
        examples=["2022-09-30"],
    )
    known_at: KnownAt | None = Field(
        None,
        title="noto al",
        description=(
            "Noto al: che cosa risultava registrato a quella data (fine del giorno in Italia) o a quell'istante "
            "(ISO 8601 con il fuso). Se manca, o è nel futuro, adesso."
        ),
        examples=["2022-10-03", "2022-10-03T09:30:00Z"],
    )

    @property
    def dates(self) -> AskedDates:
        """The two dates alone."""
        return AskedDates(self.as_of, self.known_at)

    def point(self, now: datetime) -> Point:
        """The point that the parameters say at an instant."""
        return self.dates.point(now)

    def asked(self) -> tuple[datetime, ...]:
        """The knowledge that is asked about, where it is said."""
        return self.dates.asked()

    def says_when(self) -> bool:
        """Whether both dates are said."""
        return self.dates.says_when()
