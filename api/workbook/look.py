"""How our workbooks look on a screen and on paper: cells to fill and cells to look at, rows high enough, pages that fit."""

from collections.abc import Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

LINE = 15.0
"""The height of a line of text, in points."""
ROOM_OF_LINE = 0.95
"""How much of the width of a column a line of text fills before it is wrapped."""
HIGHEST = 405.0
"""What a row is at most high, a little under what the programs take."""
A4 = 9
LAST_COLUMN = 16_383
"""The last column of a sheet, from 0."""
GREY, YELLOW, BLUE, ORANGE = "#D9D9D9", "#FFF8D6", "#E6ECF2", "#F7D9A8"


class Look(NamedTuple):
    """The formats of the cells: headings, those that must be filled, what is filled in, what is looked at, what is technical."""

    title: "Format"
    plain: "Format"
    line: "Format"
    heading: "Format"
    required: "Format"
    text: "Format"
    day: "Format"
    fill: "Format"
    guide: "Format"
    technical: "Format"
    label: "Format"
    example: "Format"
    technical_heading: "Format"
    technical_text: "Format"


def look_of(book: "Workbook") -> Look:
    """The formats, added to a workbook."""
    top = {"text_wrap": True, "valign": "top"}
    return Look(
        title=book.add_format({"bold": True, "font_size": 14}),
        plain=book.add_format({**top}),
        line=book.add_format({"valign": "top"}),
        heading=book.add_format({**top, "bold": True, "bg_color": BLUE, "border": 1}),
        required=book.add_format({**top, "bold": True, "underline": 1, "bg_color": ORANGE, "border": 1}),
        text=book.add_format({**top, "locked": False, "num_format": "@"}),
        day=book.add_format({"valign": "top", "locked": False, "num_format": "dd/mm/yyyy"}),
        fill=book.add_format({**top, "locked": False, "num_format": "@", "bg_color": YELLOW, "border": 1}),
        guide=book.add_format({**top, "num_format": "@", "border": 1, "border_color": GREY}),
        label=book.add_format({**top, "bold": True}),
        example=book.add_format({**top, "locked": False, "num_format": "@", "italic": True, "font_color": "#6B6B6B"}),
        technical_heading=book.add_format(
            {**top, "bold": True, "font_color": "#6B6B6B", "bg_color": GREY, "border": 1}
        ),
        technical_text=book.add_format({**top, "locked": False, "num_format": "@", "font_color": "#6B6B6B"}),
        technical=book.add_format({**top, "num_format": "@", "font_color": "#808080", "bg_color": "#F2F2F2"}),
    )


def row_height(texts: Sequence[str], widths: Sequence[float]) -> float:
    """How high a row must be for its wrapped texts, in points; widths are in characters."""
    most = 1
    for text, width in zip(texts, widths, strict=False):
        if len(text) > width * ROOM_OF_LINE or "\n" in text:
            room = max(1, int(width * ROOM_OF_LINE))
            most = max(most, sum(max(1, len(wrap(part, room))) for part in text.split("\n")))
    return min(HIGHEST, LINE * most)


def fits_paper(page: "Worksheet", last_column: int, heading_row: int = 0, first_column: int = 0) -> None:
    """Prints on A4 across, as wide as one page, the headings repeated; columns before the first and after the last are out."""
    page.set_landscape()
    page.set_paper(A4)
    page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    page.fit_to_pages(1, 0)
    page.repeat_rows(heading_row)
    page.print_area(0, first_column, max(heading_row, page.dim_rowmax or 0), last_column)


def without_warnings(page: "Worksheet") -> None:
    """No green corners: a number is kept as a text on purpose, as the office wrote it."""
    page.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
