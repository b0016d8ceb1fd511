"""Writes tables as a workbook that is made to be printed and to be calculated with: numbers are numbers, days are days.

A sheet a table, across, as wide as a page, its headings repeated. A text is a text: nothing of it is a formula or an
address.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

from api.workbook.look import GREY, Look, fits_paper, look_of, row_height
from domain.patterns import regex
from domain.point import ROME

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

MADE_ON = datetime(1980, 1, 1, tzinfo=UTC)
"""When every such workbook says that it was made: the same rows are the same bytes."""
LAST_YEAR_WITHOUT_DAYS = 1900
"""The format counts its days from here, with one too many; what is earlier is a text."""
NARROWEST, WIDEST = 8.0, (48.0, 40.0, 32.0, 26.0, 20.0, 16.0)
"""The widths of columns, in characters: the widest that one may be, and less where there are many."""
PAGE_WIDTH = 175.0
"""Characters on the width of a page that can still be read."""
LONGEST_NUMBER, LONGEST_INSTANT = 11, 19
"""Signs of a number or a day, and of an instant, as they are shown."""
LONGEST_TEXT = 32_767
"""Characters that a cell of the format holds."""
_FIGURE = regex(r"-?[0-9]+(?:\.[0-9]+)?")
"""A figure as answers write it."""
MOST_DECIMALS = 2
"""How many decimals are shown; the number has them all."""
_NO_SHEET_NAME = regex(r"[\[\]:*?/\\\x00-\x1f]")
LONGEST_FOOT = 244
"""Signs of the foot of a page: the format has 255, for ours and for what numbers the pages."""
LONGEST_NAME = 31
"""Signs of the name of a sheet."""
_DAY = regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = regex(r"2[0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z")
"""An instant as answers write it; a sheet has it as the clocks in Italy showed it."""


class ShownNumber(NamedTuple):
    """A number that is shown in a way of its own: the number format, as a workbook has it."""

    value: Decimal
    shown_as: str


class Pieces(NamedTuple):
    """A text of which some pieces are struck out: each piece, and whether it is."""

    pieces: tuple[tuple[str, bool], ...]

    def __str__(self) -> str:
        return "".join(piece for piece, _ in self.pieces)


class TablePrinted(NamedTuple):
    """A table to print: its title and the lines beneath it, its columns, its rows; `figures` are the columns of numbers.

    A cell is None, a truth, a number, a day, an instant, a text, or a list of texts; a whole number of another column is the
    number of something, a year or an event, and has no signs of thousands. `foot` stands at the foot of each page, `name` on
    the tab of the sheet.
    """

    title: str
    lines: Sequence[str]
    columns: Sequence[str]
    rows: Iterable[Sequence[object]]
    figures: Collection[str] = ()
    foot: str = ""
    yes_no: tuple[str, str] = ("sì", "no")
    name: str = ""


_Value = Decimal | ShownNumber | Pieces | date | str


def figure_of(text: str) -> Decimal | None:
    """The number that a text is, whole, as answers write it ("91.5"); None of a text that is none, or says more."""
    return Decimal(text) if _FIGURE.fullmatch(text) else None


def table_book(*tables: TablePrinted) -> bytes:
    """The workbook of some tables, at least one; the same tables are the same bytes."""
    import xlsxwriter  # noqa: PLC0415 - no start of the service waits for it

    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True})
    book.set_properties({"title": tables[0].title, "created": MADE_ON})
    look, formats = look_of(book), _Formats(book)
    for table, name in zip(tables, _sheet_names(tables), strict=True):
        _write(book.add_worksheet(name), table, look, formats)
    book.close()
    return buffer.getvalue()


def _write(page: "Worksheet", table: TablePrinted, look: Look, formats: "_Formats") -> None:
    page.write_string(0, 0, table.title[:LONGEST_TEXT], look.title)
    for number, line in enumerate(table.lines, start=1):
        page.write_string(number, 0, line, look.line)
    heading_row = len(table.lines) + 2
    rows = [
        [_value(table, column, cell) for column, cell in zip(table.columns, row, strict=True)] for row in table.rows
    ]
    widths = _widths(table.columns, rows)
    page.set_row(heading_row, row_height(table.columns, widths))
    for place, (column, width) in enumerate(zip(table.columns, widths, strict=True)):
        page.set_column(place, place, width)
        page.write_string(heading_row, place, column, look.heading)
    for number, row in enumerate(rows, start=heading_row + 1):
        page.set_row(number, row_height([_text(cell) for cell in row], widths))
        for place, cell in enumerate(row):
            _write_cell(page, number, place, cell, formats)
    last = max(0, len(table.columns) - 1)
    page.freeze_panes(heading_row + 1, 0)
    page.autofilter(heading_row, 0, heading_row + max(1, len(rows)), last)
    fits_paper(page, last, heading_row)
    page.set_footer(f"&L{table.foot[:LONGEST_FOOT].replace('&', '&&')}&R&P / &N")


def _write_cell(page: "Worksheet", row: int, place: int, cell: _Value, formats: "_Formats") -> None:
    match cell:
        case ShownNumber():
            page.write_number(row, place, float(cell.value), formats.number(cell.shown_as))
        case Decimal():
            page.write_number(row, place, float(cell), formats.number(_shown_as(cell)))
        case datetime():
            page.write_datetime(row, place, cell, formats.number("dd/mm/yyyy hh:mm:ss"))
        case date():
            page.write_datetime(row, place, cell, formats.number("dd/mm/yyyy"))
        case Pieces(pieces=pieces) if len(pieces) > 1 and all(p for p, _ in pieces) and len(str(cell)) <= LONGEST_TEXT:
            parts = [part for piece, struck in pieces for part in ((formats.struck, piece) if struck else (piece,))]
            page.write_rich_string(row, place, *parts, formats.text)
        case Pieces(pieces=((piece, True),)) if piece:
            page.write_string(row, place, piece[:LONGEST_TEXT], formats.struck)
        case Pieces() | str():
            if text := str(cell):
                page.write_string(row, place, text[:LONGEST_TEXT], formats.text)


def _sheet_names(tables: Sequence[TablePrinted]) -> list[str]:
    """The names on the tabs: of at most 31 signs, none of those that the format keeps, no two alike."""
    names: list[str] = []
    for number, table in enumerate(tables, start=1):
        name = " ".join(_NO_SHEET_NAME.sub(" ", table.name).split())[:LONGEST_NAME].strip("' ") or f"Tabella {number}"
        taken, again = {"history", *(other.casefold() for other in names)}, number
        while name.casefold() in taken:
            name, again = f"{name[: LONGEST_NAME - len(f' {again}')].strip()} {again}", again + 1
        names.append(name)
    return names


class _Formats:
    """The formats of cells, one for each way of showing a number."""

    def __init__(self, book: "Workbook") -> None:
        self._book = book
        self._numbers: dict[str, Format] = {}
        border = {"valign": "top", "bottom": 1, "bottom_color": GREY}
        self._border = border
        self.text = book.add_format({**border, "text_wrap": True, "num_format": "@", "align": "left", "indent": 1})
        self.struck = book.add_format(
            {**border, "text_wrap": True, "num_format": "@", "align": "left", "indent": 1, "font_strikeout": True}
        )

    def number(self, shown_as: str) -> "Format":
        """The format of a number that is shown so."""
        if shown_as not in self._numbers:
            self._numbers[shown_as] = self._book.add_format({**self._border, "num_format": shown_as, "align": "right"})
        return self._numbers[shown_as]


def _value(table: TablePrinted, column: str, cell: object) -> _Value:
    match cell:
        case None:
            return ""
        case bool():
            return table.yes_no[0 if cell else 1]
        case int():
            return Decimal(cell) if column in table.figures else ShownNumber(Decimal(cell), "0")
        case Decimal() | ShownNumber() | Pieces() | date():
            return cell
        case list() | tuple():
            return "; ".join(map(str, cell))
        case str() if _DAY.fullmatch(cell):
            return _day_of(cell)
        case str() if _INSTANT.fullmatch(cell):
            return datetime.fromisoformat(cell).astimezone(ROME).replace(tzinfo=None)
        case str() if column in table.figures:
            figure = figure_of(cell)
            return cell if figure is None else figure
        case _:
            return str(cell)


def _shown_as(figure: Decimal) -> str:
    """The number format; the signs of thousands and of decimals are those of whoever opens it."""
    exponent = figure.normalize().as_tuple().exponent
    decimals = min(MOST_DECIMALS, max(0, -exponent)) if isinstance(exponent, int) else 0
    return f"#,##0.{'0' * decimals}" if decimals else "#,##0"


def _day_of(text: str) -> date | str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return text
    return day if day.year > LAST_YEAR_WITHOUT_DAYS else text


def _text(cell: _Value) -> str:
    return str(cell) if isinstance(cell, str | Pieces) else ""


def _widths(columns: Sequence[str], rows: Sequence[Sequence[_Value]]) -> list[float]:
    """The widths of the columns: as wide as what they hold, and no wider together than a page that can be read."""
    least = [_least(column, [row[place] for row in rows]) for place, column in enumerate(columns)]
    held = [max(width, *(_length(row[place]) + 2.0 for row in rows), 0) for place, width in enumerate(least)]
    widths = held
    for widest in WIDEST:
        widths = [max(narrowest, min(width, widest)) for narrowest, width in zip(least, held, strict=True)]
        if sum(widths) <= PAGE_WIDTH:
            break
    return widths


def _least(column: str, cells: Sequence[_Value]) -> float:
    """What a column must have: room for the words of its head, and for numbers and days, which cannot be wrapped."""
    unwrapped = (_length(cell) + 2.0 for cell in cells if not isinstance(cell, str | Pieces))
    return max(NARROWEST, *(len(word) + 2.0 for word in column.split()), *unwrapped)


def _length(cell: _Value) -> int:
    if isinstance(cell, str | Pieces):
        return max(map(len, _text(cell).splitlines()), default=0)
    return LONGEST_INSTANT if isinstance(cell, datetime) else LONGEST_NUMBER
