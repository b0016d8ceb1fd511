"""What a cell of a workbook holds, whichever format it comes from, before anybody asks what it means."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import NamedTuple

from domain.patterns import regex


class PercentCell(NamedTuple):
    """A number formatted as a percentage: `value` is as stored, 0.15 for what is shown as 15 %."""

    value: Decimal

    @property
    def points(self) -> Decimal:
        """The number that people see before the sign: 15."""
        return plain_decimal(self.value * 100)


class Money(NamedTuple):
    """A number formatted as an amount in euro."""

    value: Decimal


class Rich(NamedTuple):
    """A text of which a part, or all, is struck out: the parts in order, and whether each is."""

    runs: tuple[tuple[str, bool], ...]

    @property
    def kept(self) -> str:
        """What is left of the text without what is struck out."""
        return " ".join(
            "".join(text if not struck else "\x00" for text, struck in self.runs).replace("\x00", " ").split()
        )

    @property
    def struck(self) -> str:
        """What is struck out."""
        return " ".join(" ".join(text for text, struck in self.runs if struck).split())

    @property
    def size(self) -> int:
        """How much it takes to hold: its characters, and its parts."""
        return sum(len(text) + 1 for text, _ in self.runs)


class Broken(NamedTuple):
    """A cell whose value cannot be had: an error (`#N/D`), a formula that was never calculated."""

    what: str


class FormattedCell(NamedTuple):
    """A number or a date whose format adds to it (`"<= "0" gg"`, `0,"K"`): the text that people see, and what is stored."""

    text: str
    value: "Decimal | PercentCell | Money | date | datetime"


CellValue = str | Decimal | bool | date | datetime | PercentCell | Money | Rich | Broken | FormattedCell

SheetRow = dict[int, CellValue]
"""The cells of a row that hold something, by column, from 1."""


@dataclass
class Sheet:
    """A sheet: its rows that hold something, by number, from 1; which of them are hidden; which cells are merged.

    `merged` holds (first row, first column, last row, last column); `comments` are what is written beside cells, by (row, column), as far as it is told;
    `widths`, of a text whose columns a sign divides, how many there are in each row, be they empty.
    """

    name: str
    rows: dict[int, SheetRow] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    comments: dict[tuple[int, int], str] = field(default_factory=dict)
    widths: dict[int, int] = field(default_factory=dict)
    visible: bool = True


MOST_COMMENTS = 1_000
"""How many comments of a sheet are told."""
MOST_OF_A_COMMENT = 2_000
"""How many characters of one are looked at."""
LONGEST_COMMENT = 300
"""How much of a comment is told, in characters."""
_WHO_SAYS_IT = regex(
    r"\s*(?:\[[^\]]{0,40}\].*?(?:comment[oi]?|comment):|[^\n:]{1,60}:[ \t]*(?=\n))", re.IGNORECASE | re.DOTALL
)


def comment_words(text: str) -> str:
    """What a comment says, without the name of its author that a spreadsheet writes above it."""
    author = _WHO_SAYS_IT.match(text)
    said = " ".join(text[author.end() if author else 0 :].split())
    return said if len(said) <= LONGEST_COMMENT else f"{said[: LONGEST_COMMENT - 3]}..."


NOT_READ = "c'è un commento, che non è stato letto"


def comment_told(words: str) -> str:
    """That a comment was not read, with what it says: it may decide what the cell means."""
    return f"{NOT_READ}: «{words}»" if words else NOT_READ


def without_comment(told: str) -> str:
    """The same without what it says, for what stays: beside a cell people write names of people."""
    return NOT_READ if told.startswith(f"{NOT_READ}: «") else told


def characters(value: CellValue) -> int:
    """How many characters a cell holds; of a number or a date, few enough not to count."""
    match value:
        case str():
            return len(value)
        case Rich():
            return value.size
        case FormattedCell():
            return len(value.text)
        case _:
            return 0


_ERROR = regex(
    r"#(?:N/?[AD]|RIF!|REF!|DIV/0!|VALORE!|VALUE!|NOME\??|NAME\??|NUM!|NULLO!|NULL!|ESPANSIONE!|SPILL!|CALC!)|Err:\d{1,4}"
)


def error_in(text: str) -> str | None:
    """The error that a text shows in the place of a value, in Italian or English; None for any other text."""
    shown = text.strip()
    return shown if _ERROR.fullmatch(shown) else None


def letter(column: int) -> str:
    """The letters by which people call a column: 1 is A, 28 is AB."""
    name = ""
    while column:
        column, remainder = divmod(column - 1, 26)
        name = chr(65 + remainder) + name
    return name


def cell_address(sheet: str, row: int, column: int | None = None) -> str:
    """A place in a workbook in the words of its users: `Target!C5`, or `Target, riga 5`."""
    return f"{sheet}, riga {row}" if column is None else f"{sheet}!{letter(column)}{row}"


_FIFTEEN = Context(prec=15, rounding=ROUND_HALF_EVEN)


def from_binary(text: str) -> Decimal:
    """The number that a program stored as a binary float, with the digits that it meant: 0.15, never 0.1499999999.

    A spreadsheet reckons with fifteen digits: what stands beyond them is noise of the binary number.
    """
    try:
        return plain_decimal(_FIFTEEN.plus(Decimal(repr(float(text)))))
    except (ValueError, OverflowError, ArithmeticError):
        raise ValueError(text) from None


def plain_decimal(number: Decimal) -> Decimal:
    """The same number without a power of ten and without zeros at its end: 15, not 15.00 nor 1.5E+1."""
    if not number.is_finite():
        raise ValueError(str(number))
    normalised = number.normalize()
    return (
        normalised.quantize(Decimal(1))
        if isinstance(exponent := normalised.as_tuple().exponent, int) and 0 < exponent < 28
        else normalised
    )
