"""The events of a monitoring round: opened for a date and a scope, closed. What came in is measurements and statuses."""

from domain.event import Event, Occurrence
from domain.facts import Fact
from domain.names import Names
from domain.rounds.model import Scope, round_called, round_id
from domain.vocabulary import Identifier, IsoDate


class RoundOpened(Occurrence):
    """A collection was opened: data as at a date, from whom, and until when they are awaited."""

    topic = "round-opened"

    round: Identifier
    as_at: IsoDate
    opened_on: IsoDate
    due_by: IsoDate | None = None
    scope: Scope = Scope()

    def facts(self) -> list[Fact]:
        body = self.model_dump(mode="json", exclude={"round"}, exclude_none=True)
        return [Fact(f"round/{self.round}", "opened", body)]

    def sentence(self, names: Names) -> str:
        called = "" if self.round == round_id(self.as_at) else f" ({self.round})"
        return f"Aperto il monitoraggio al {self.as_at:%d/%m/%Y}{called}"


class RoundClosed(Occurrence):
    """A collection was closed: what comes for it from here on comes late."""

    topic = "round-closed"

    round: Identifier
    closed_on: IsoDate

    def facts(self) -> list[Fact]:
        return [Fact(f"round/{self.round}", "closed", self.closed_on.isoformat())]

    def sentence(self, names: Names) -> str:
        return f"Chiuso il monitoraggio {round_called(self.round)} il {self.closed_on:%d/%m/%Y}"


EVENTS: tuple[type[Event], ...] = (RoundOpened, RoundClosed)
