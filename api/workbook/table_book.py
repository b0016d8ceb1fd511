"""Writes a table as a workbook that is made to be printed and to be calculated with: numbers are numbers, days are days.

One sheet, across, as wide as a page, its headings repeated. A text is a text: nothing of it is a formula or an address.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

from api.workbook.look import GREY, fits_paper, look_of, row_height

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook

MADE_ON = datetime(1980, 1, 1, tzinfo=UTC)
"""When every such workbook says that it was made: the same rows are the same bytes."""
NARROWEST, WIDEST = 8.0, 48.0
"""The widths of columns, in characters."""
LONGEST_TEXT = 32_767
"""Characters that a cell of the format holds."""
_FIGURE = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
"""A figure as answers write it."""
MOST_DECIMALS = 2
"""How many decimals are shown; the number has them all."""
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class TablePrinted(NamedTuple):
    """A table to print: its title and the lines beneath it, its columns, its rows; `figures` are the columns of numbers.

    A cell is None, a truth, a number, a day, a text, or a list of texts. `foot` stands at the foot of each page.
    """

    title: str
    lines: Sequence[str]
    columns: Sequence[str]
    rows: Iterable[Sequence[object]]
    figures: Collection[str] = ()
    foot: str = ""
    yes_no: tuple[str, str] = ("sì", "no")


def figure_of(text: str) -> Decimal | None:
    """The number that a text is, whole, as answers write it ("91.5"); None of a text that is none, or says more."""
    return Decimal(text) if _FIGURE.fullmatch(text) else None


def table_book(table: TablePrinted) -> bytes:
    """The workbook of a table; the same table is the same bytes."""
    import xlsxwriter  # noqa: PLC0415 - no start of the service waits for it

    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True})
    book.set_properties({"title": table.title, "created": MADE_ON})
    look, formats = look_of(book), _Formats(book)
    page = book.add_worksheet()
    page.write_string(0, 0, table.title[:LONGEST_TEXT], look.title)
    for number, line in enumerate(table.lines, start=1):
        page.write_string(number, 0, line, look.line)
    heading_row = len(table.lines) + 2
    rows = [
        [_value(table, column, cell) for column, cell in zip(table.columns, row, strict=True)] for row in table.rows
    ]
    widths = [_width(column, [row[place] for row in rows]) for place, column in enumerate(table.columns)]
    for place, (column, width) in enumerate(zip(table.columns, widths, strict=True)):
        page.set_column(place, place, width)
        page.write_string(heading_row, place, column, look.heading)
    for number, row in enumerate(rows, start=heading_row + 1):
        page.set_row(number, row_height([_text(cell) for cell in row], widths))
        for place, cell in enumerate(row):
            match cell:
                case Decimal():
                    page.write_number(number, place, float(cell), formats.number(_shown_as(cell)))
                case date():
                    page.write_datetime(number, place, cell, formats.number("dd/mm/yyyy"))
                case str():
                    if cell:
                        page.write_string(number, place, cell[:LONGEST_TEXT], formats.text)
    last = max(0, len(table.columns) - 1)
    page.freeze_panes(heading_row + 1, 0)
    page.autofilter(heading_row, 0, heading_row + max(1, len(rows)), last)
    fits_paper(page, last, heading_row)
    page.set_footer(f"&L{table.foot.replace('&', '&&')}&R&P / &N")
    book.close()
    return buffer.getvalue()


class _Formats:
    """The formats of cells, one for each way of showing a number."""

    def __init__(self, book: "Workbook") -> None:
        self._book = book
        self._numbers: dict[str, Format] = {}
        border = {"valign": "top", "bottom": 1, "bottom_color": GREY}
        self._border = border
        self.text = book.add_format({**border, "text_wrap": True, "num_format": "@"})

    def number(self, shown_as: str) -> "Format":
        """The format of a number that is shown so."""
        if shown_as not in self._numbers:
            self._numbers[shown_as] = self._book.add_format({**self._border, "num_format": shown_as, "align": "right"})
        return self._numbers[shown_as]


def _value(table: TablePrinted, column: str, cell: object) -> Decimal | date | str:
    match cell:
        case None:
            return ""
        case bool():
            return table.yes_no[0 if cell else 1]
        case int():
            return Decimal(cell)
        case Decimal():
            return cell
        case date():
            return cell
        case list() | tuple():
            return "; ".join(map(str, cell))
        case str() if _DAY.fullmatch(cell):
            return _day_of(cell)
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
    return day if day.year > MADE_ON.year - 80 else text  # the format has no day before 1900


def _text(cell: Decimal | date | str) -> str:
    return cell if isinstance(cell, str) else ""


def _width(column: str, cells: Sequence[Decimal | date | str]) -> float:
    longest = max(
        (max(map(len, cell.split("\n"))) if isinstance(cell, str) and cell else 11 for cell in cells), default=0
    )
    return min(WIDEST, max(NARROWEST, longest + 1.0, *(len(word) + 2.0 for word in column.split())))
