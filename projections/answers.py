"""What answers are made of: the types that their fields share, and the point that they are seen from.

An answer is a TypedDict beside its projection: a plain dict when the program runs, a type for whoever reads it, and
the schema of the interface (`api/documentation/schemas.py`). The TypedDict is that of typing_extensions, because
pydantic reads no other under Python 3.12. Days and instants are texts here: they are written once, by the projection.
"""

from datetime import date, datetime
from typing import Annotated, NotRequired

from pydantic import AfterValidator, Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema
from typing_extensions import TypedDict

from domain.vocabulary import Identifier


class DescribedBy:
    """Says, within Annotated, that an answer is described to clients by another type: a model that is taken in, too."""

    def __init__(self, described: object) -> None:
        self.described = described

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """The schema of the other type."""
        return handler.generate_schema(self.described)


def _a_day(text: str) -> str:
    date.fromisoformat(text)
    return text


def _an_instant(text: str) -> str:
    datetime.fromisoformat(text)
    return text


Text = Annotated[str, Field(max_length=4000)]
"""A text of an office, or a sentence."""

Name = Annotated[str, Field(max_length=120)]
"""A word of the program: the topic of an event, an actor, a role, a field, a rule."""

ActorShown = Annotated[
    str | None,
    Field(max_length=120, description="Chi lo registrò: un'utenza o un ruolo; null per chi non legge il registro."),
]
"""Who recorded something: an account or a role, as it is shown to those who may read the record."""

Day = Annotated[str, AfterValidator(_a_day), Field(json_schema_extra={"format": "date"})]
"""A day, YYYY-MM-DD."""

Instant = Annotated[str, AfterValidator(_an_instant), Field(json_schema_extra={"format": "date-time"})]
"""An instant in UTC, with Z."""

Count = Annotated[int, Field(ge=0)]

Version = Annotated[int, Field(ge=1)]
"""The place of an event in its stream, or of a stream in all, from 1."""

PercentText = Annotated[str, Field(pattern=r"^\d{1,3}\.\d{2}$", max_length=6)]
"""A rate, in percent, with two decimals."""

DecimalText = Annotated[str, Field(pattern=r"^-?\d{1,80}(\.\d{1,80})?$", max_length=170)]
"""A decimal number as text, with all its digits."""

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", max_length=64)]
"""A SHA-256, in hexadecimal."""

ShortHash = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$", max_length=16)]
"""The first sixteen digits of the hash of an event, by which people name it."""

PageCursor = Annotated[str, Field(max_length=4000)]
"""The address of the page that follows."""


class OfPlan(TypedDict):
    """What every answer on a plan says: of which, on which day, of which version."""

    plan: Identifier
    as_of: Day
    version: Version


class SeenOfPlan(OfPlan):
    """The same, with the instant at which it was known; null when that is now."""

    known_at: Instant | None


class ListedOfPlan(OfPlan):
    """The same, where the instant is left out when that is now."""

    known_at: NotRequired[Instant | None]


class OfAdministration(TypedDict):
    """What every answer on an administration says: of which, on which day, of which version."""

    administration: Identifier
    as_of: Day
    version: Version
