"""An entry of the library of indicators: what a card may inherit, under a code of a scheme."""

import re
from typing import Annotated

from pydantic import Field, StringConstraints

from domain.indicators.card import CardPolarity, DataSource, Formula, PrintedUnit, StatedName
from domain.vocabulary import NO_PEOPLE, Frozen, Line

Scheme = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._-]{0,39}$"),
    Field(
        title="schema",
        description="Di chi è il codice: KPISTD e OC sono quelli nazionali; un ente ha il proprio.",
        examples=["KPISTD"],
    ),
]
"""What a code is of, as a card's `codes` names it."""

LibraryCode = Annotated[
    str,
    StringConstraints(min_length=1, max_length=60, pattern=r"^[^|\x00-\x1f]+$"),
    Field(title="codice", description="Il codice, com'è stampato.", examples=["84"]),
]

TermText = Annotated[Line, StringConstraints(min_length=1, pattern=r"^[^|]+$")]

Terms = Annotated[
    tuple[TermText, ...],
    Field(
        title="termini",
        description=f"Che cosa si conta per ciascun termine della formula. {NO_PEOPLE}",
        examples=[["oneri correnti: totale della voce B del conto economico"]],
    ),
]
COMPARED = ("name", "formula", "unit", "polarity", "source")
"""The fields that a card has too, and may inherit."""


class LibraryEntry(Frozen):
    """An entry whole: its code, and what a card may inherit of it."""

    scheme: Scheme
    code: LibraryCode
    name: StatedName
    formula: Formula = None
    terms: Terms = ()
    unit: PrintedUnit = None
    polarity: CardPolarity = None
    source: DataSource = None

    @property
    def called(self) -> str:
        """Its scheme and code, as people say them."""
        return f"{self.scheme} {self.code}"


def library_key(scheme: str, code: str) -> str:
    """The object under which an entry stands: no case and no blank tells two codes apart."""
    return f"library/{_plain(scheme)}/{_plain(code)}"


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", text).casefold()
