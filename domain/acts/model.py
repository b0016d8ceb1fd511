"""The act by which a body of the administration decides: delibera, determina, decreto."""

import datetime as dt
import re
from typing import Literal

from pydantic import Field

from domain.vocabulary import Frozen, Identifier, IsoDate, Line, Sha256

ActType = Literal["delibera", "determina", "decreto", "ordinanza", "altro"]


class Act(Frozen):
    """An act: body, type, number, date; `assumed` where the date is not documented.

    `ratifies` and `annuls` name other acts of the same administration: an urgent act of the President lapses unless the
    Giunta ratifies it.
    """

    id: Identifier
    body: Line
    type: ActType
    number: Line | None = None
    date: IsoDate
    title: Line | None = None
    protocol: Line | None = None
    sha256: Sha256 | None = None
    ratifies: tuple[Identifier, ...] = ()
    annuls: tuple[Identifier, ...] = ()
    assumed: bool = False
    date_confirmed: bool = Field(default=False, exclude=True)
    """Whether whoever cites it confirmed a date that looks wrong: said with a command, no part of the act."""
    body_confirmed: bool = Field(default=False, exclude=True)
    """The same of a body that looks like a person."""

    def same_as(self, other: "Act") -> bool:
        """Whether two acts are one, under whatever id: of the same body, kind, number and date."""
        return self.identity == other.identity

    @property
    def identity(self) -> tuple[str, str, str, dt.date]:
        """What tells an act from another, however it is spelled."""
        number = _NUMBER_WORDS.sub("", (self.number or "").casefold()).lstrip("0")
        number = number.removesuffix(f"/{self.date.year}")
        return " ".join(self.body.casefold().split()), self.type, number, self.date

    def __str__(self) -> str:
        number = f" n. {self.number}" if self.number else ""
        assumed = " (data presunta)" if self.assumed else ""
        body = "" if self.body.casefold() in self.type else f" {_of(self.body)}"
        return f"{self.type}{body}{number} del {self.date:%d/%m/%Y}{assumed}"


_NUMBER_WORDS = re.compile(r"^\s*(?:n(?:r|umero)?\s*[.°º]*|[°º])\s*|\s+")
"""What stands before a number, and the blanks in it: n. 50, nr.50 and 50/2022 of that year are one number."""

_FEMININE = ("giunta", "camera", "commissione", "direzione", "presidenza", "segreteria")


def _of(body: str) -> str:
    first = body.partition(" ")[0].casefold()
    if first in _FEMININE:
        return f"della {body}"
    if first[:1] in "aeiou":
        return f"dell'{body}"
    return f"del {body}"


def day_of_effect(stated: dt.date | None, act: Act | None, today: dt.date) -> dt.date:
    """From when something holds: the day that is stated, else that of the act, else today."""
    return stated or (act.date if act else today)
