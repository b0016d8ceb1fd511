"""The event of a score that was forced: what was calculated stays beside what counts."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from domain.event import Event, Occurrence
from domain.facts import Fact
from domain.italian import print_number
from domain.names import Names
from domain.vocabulary import Identifier, ObjectKind, Year


class ScoreOverridden(Occurrence):
    """The score of an indicator or an objective was forced; the reason lies beside the event, the act in its envelope.

    `calculated` is what the rules gave as known then: evidence, never the source of an answer.
    """

    topic = "score-overridden"

    subject: ObjectKind
    id: Identifier
    year: Year
    calculated: Decimal | None = None
    forced: Annotated[Decimal, Field(ge=0, le=1000)]

    def facts(self) -> list[Fact]:
        body = self.model_dump(mode="json", include={"calculated", "forced"}, exclude_none=True)
        return [Fact(f"{self.subject}/{self.id}", f"override/{self.year}", body)]

    def sentence(self, names: Names) -> str:
        calculated = "—" if self.calculated is None else f"{print_number(self.calculated)}%"
        subject = names.called(f"{self.subject}/{self.id}")
        return f"Forzato il punteggio {self.year} di {subject}: {print_number(self.forced)}%, calcolato {calculated}"


EVENTS: tuple[type[Event], ...] = (ScoreOverridden,)
