"""A paper as a workbook: each of its tables on a sheet of its own, to be printed and to be calculated with."""

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby

from api.paper.model import Heading, Paper, PaperCell, PaperColumn, PaperTable, Row
from api.paper.pdf import foot_lines
from api.settings import Language
from api.workbook.table_book import Pieces, ShownNumber, TablePrinted, table_book

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SPACE = r"[.\u202f\u00a0 ]"
_FIGURES = {
    "it": re.compile(rf"([-+\u2212]?)\s?([0-9]{{1,3}}(?:{_SPACE}[0-9]{{3}})+|[0-9]+)(?:,([0-9]{{1,9}}))?(\s?%)?"),
    "en": re.compile(r"([-+\u2212]?)\s?([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.([0-9]{1,9}))?(\s?%)?"),
}


def as_xlsx(paper: Paper) -> bytes:
    """The workbook of the tables of a paper; of one without a table, a sheet that says from where it is seen.

    A column of figures, aligned to the right, has numbers wherever a cell is one number and no more; what was struck out is.
    """
    title, seen = paper.title, paper.subtitle
    foot = "  ".join(foot_lines(paper.stamp, paper.language))
    tables = [
        TablePrinted(
            title=title,
            lines=[line for line in (seen, heading if heading != title else "", table.caption) if line],
            columns=[column.head for column in table.columns],
            rows=[_row(table.columns, row, paper.language) for row in table.rows],
            foot=foot,
            name=heading or table.caption,
        )
        for heading, table in _tables(paper)
    ]
    return table_book(*tables or [TablePrinted(title, [seen], [], [], foot=foot)])


def number_said(text: str, language: Language) -> ShownNumber | None:
    """The number that a text is, whole, as papers print it in a language ("91,5 %", "1.240"); None where it says more."""
    match = _FIGURES[language].fullmatch(text.strip())
    if match is None:
        return None
    sign, whole, decimals, percentage = match.groups()
    value = Decimal(f"{re.sub('[^0-9]', '', whole)}.{decimals or 0}")
    value = -value if sign in {"-", "\u2212"} else value
    places = f".{'0' * len(decimals)}" if decimals else ""
    return ShownNumber(value / 100 if percentage else value, f"#,##0{places}{'%' if percentage else ''}")


def _tables(paper: Paper) -> Iterator[tuple[str, PaperTable]]:
    """The tables, each with the heading that it stands under."""
    heading = ""
    for block in paper.blocks:
        match block:
            case Heading():
                heading = block.text
            case PaperTable():
                yield heading, block
            case _:
                pass


def _row(columns: tuple[PaperColumn, ...], row: Row, language: Language) -> list[object]:
    """The cells of a row, one for each column; a cell of several columns stands in the first of them."""
    cells: list[object] = []
    for cell in row.cells:
        column = columns[len(cells)]
        cells.append(_value(cell, language if column.align == "right" else None))
        cells += [None] * (cell.columns - 1)
    cells += [None] * (len(columns) - len(cells))
    return cells


def _value(cell: PaperCell, language: Language | None) -> object:
    runs: list[tuple[str, bool]] = []
    for number, line in enumerate(cell.lines):
        runs += [("\n", False)] if number else []
        runs += [(part.text, part.mark == "struck") for part in line]
    pieces = tuple(
        ("".join(text for text, _ in group), struck) for struck, group in groupby(runs, key=lambda piece: piece[1])
    )
    if any(struck for _, struck in pieces):
        return Pieces(pieces)
    text = "".join(piece for piece, _ in pieces)
    return (number_said(text, language) if language else None) or text
