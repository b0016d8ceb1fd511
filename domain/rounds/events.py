"""The events of a monitoring round: opened for a date and a scope, closed. What came in is measurements and statuses."""

from domain.event import Event
from domain.rounds.model import Scope
from domain.vocabulary import Identifier, IsoDate


class RoundOpened(Event):
    """A collection was opened: data as at a date, from whom, and until when they are awaited."""

    topic = "round-opened"

    round: Identifier
    as_at: IsoDate
    opened_on: IsoDate
    due_by: IsoDate | None = None
    scope: Scope = Scope()


class RoundClosed(Event):
    """A collection was closed: what comes for it from here on comes late."""

    topic = "round-closed"

    round: Identifier
    closed_on: IsoDate
