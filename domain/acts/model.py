"""The act by which a body of the administration decides: delibera, determina, decreto."""

import datetime as dt
from typing import Literal

from pydantic import Field

from domain.acts.bodies import canonical_body, without_prepositions
from domain.patterns import regex
from domain.vocabulary import Frozen, Identifier, IsoDate, Line, Sha256

ActType = Literal["delibera", "determina", "decreto", "ordinanza", "altro"]


class Act(Frozen):
    """An act: body, type, number, date; `assumed` where the date is not documented.

    `body` is None where the citation does not say it: "determina n. 46 del 12/10/2015".
    `ratifies` and `annuls` name other acts of the same administration: an urgent act of the President lapses unless the
    Giunta ratifies it.
    """

    id: Identifier
    body: Line | None = None
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
    other_confirmed: bool = Field(default=False, exclude=True)
    """Whether it is said to be another act than the one that it looks like."""
    same_confirmed: bool = Field(default=False, exclude=True)
    """Whether it is said to be the very act that enacted a proposal, and to have decided more than that."""

    def same_as(self, other: "Act") -> bool:
        """Whether two acts are one, under whatever id: of the same body, kind, number and date."""
        return self.identity == other.identity

    @property
    def identity(self) -> tuple[str, str, str, dt.date]:
        """What tells an act from another, however it is spelled: body, kind, number, date; the body is empty where none is said."""
        body = without_prepositions(canonical_body(self.body)).casefold() if self.body else ""
        return body, self.type, self._bare_number, self.date

    @property
    def _bare_number(self) -> str:
        """The number without what stands before it, the year of the act, and the marks before `bis`."""
        number = _NUMBER_WORDS.sub("", (self.number or "").casefold())
        year = str(self.date.year)
        number = number.removesuffix(f"/{year}").removeprefix(f"{year}/").lstrip("0")
        return _ORDINAL.sub(r"-\1", number)

    def __str__(self) -> str:
        number = f" n. {self.number}" if self.number else ""
        assumed = " (data presunta)" if self.assumed else ""
        body = "" if not self.body or self.body.casefold() in self.type else f" {_of(self.body)}"
        return f"{self.type}{body}{number} del {self.date:%d/%m/%Y}{assumed}"


_NUMBER_WORDS = regex(r"^\s*(?:n(?:\.?ro|r|umero)?\s*[.°º]*|[°º])\s*|\s+")
"""What stands before a number, and the blanks in it: n. 50, nr.50 and 50/2022 of that year are one number."""
_ORDINAL = regex(r"[\s/-]*((?:bis|ter|quater|quinquies|sexies))$")
"""A number that was put in between: 3 bis, 3-bis and 3/bis are one number."""

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
