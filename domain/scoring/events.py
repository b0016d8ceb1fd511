"""The event of a score that was forced: what was calculated stays beside what counts."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from domain.event import Event
from domain.vocabulary import Identifier, Year


class ScoreOverridden(Event):
    """The score of an indicator or an objective was forced; the reason lies beside the event, the act in its envelope.

    `calculated` is what the rules gave as known then: evidence, never the source of an answer.
    """

    topic = "score-overridden"

    subject: Literal["objective", "indicator"]
    id: Identifier
    year: Year
    calculated: Decimal | None = None
    forced: Annotated[Decimal, Field(ge=0, le=1000)]
