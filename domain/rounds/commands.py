"""The commands of a monitoring round."""

from domain.rounds.model import Scope
from domain.vocabulary import Frozen, Identifier, IsoDate


class OpenRound(Frozen):
    """Open a collection of data as at a date; the id is made of the date when it is not said."""

    as_at: IsoDate
    round: Identifier | None = None
    opened_on: IsoDate | None = None
    due_by: IsoDate | None = None
    scope: Scope = Scope()
    retrospective: bool = False


class CloseRound(Frozen):
    """Close a collection, with whatever is missing."""

    round: Identifier
    closed_on: IsoDate | None = None
    retrospective: bool = False
