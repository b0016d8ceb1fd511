"""An act as a document, or whoever sends a command, cites it."""

from typing import Annotated

from pydantic import Field

from domain.acts.model import ActType
from domain.vocabulary import Frozen, Identifier, IsoDate, Line


class ActPart(Frozen):
    """An act in full; the id is made of body, type, number and date when it is not said."""

    id: Identifier | None = None
    body: Annotated[Line, Field(min_length=1)]
    type: ActType = "delibera"
    number: Line | None = None
    date: IsoDate
    title: Line | None = None
    protocol: Line | None = None
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    ratifies: tuple[Identifier, ...] = ()
    annuls: tuple[Identifier, ...] = ()
    assumed: bool = False


ActText = ActPart | Line
"""An act in full, or the phrase by which it is cited."""
