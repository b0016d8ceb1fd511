"""A paper as a workbook: each of its tables on a sheet of its own, to be printed and to be calculated with."""

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

from api.language.translation import translated
from api.paper.model import FigureSaid, Heading, Paper, PaperCell, PaperColumn, PaperTable, Row
from api.paper.pdf import foot_lines
from api.settings import Language
from api.workbook.table_book import Pieces, ShownNumber, TablePrinted, table_book
from domain.patterns import regex

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SPACE = r"[.\u202f\u00a0 ]"
_FIGURES = {
    "it": regex(rf"([-+\u2212]?)\s?([0-9]{{1,3}}(?:{_SPACE}[0-9]{{3}})+|[0-9]+)(?:,([0-9]{{1,9}}))?(\s?%)?"),
    "en": regex(r"([-+\u2212]?)\s?([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.([0-9]{1,9}))?(\s?%)?"),
}


def as_xlsx(paper: Paper) -> bytes:
    """The workbook of the tables of a paper; of one without a table, a sheet that says from where it is seen.

    A cell that says one number has it, as a percentage where it is one; what is said beside the number stands in a column of
    its own, next to it. What was struck out is.
    """
    title, seen = paper.title, paper.subtitle
    foot = "  ".join(foot_lines(paper.stamp, paper.language))
    tables = []
    for heading, table in _tables(paper):
        columns, rows = _with_notes(table, paper.language)
        lines = [line for line in (seen, heading if heading != title else "", table.caption) if line]
        tables.append(TablePrinted(title, lines, columns, rows, foot=foot, name=heading or table.caption))
    return table_book(*tables or [TablePrinted(title, [seen], [], [], foot=foot)])


def number_said(text: str, language: Language) -> ShownNumber | None:
    """The number that a text is, whole, as papers print it in a language ("91,5 %", "1.240"); None where it says more."""
    match = _FIGURES[language].fullmatch(text.strip())
    if match is None:
        return None
    sign, whole, decimals, percentage = match.groups()
    value = Decimal(f"{re.sub('[^0-9]', '', whole)}.{decimals or 0}")
    value = -value if sign in {"-", "\u2212"} else value
    return _number(FigureSaid(value, len(decimals or ""), bool(percentage)))


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


class _Shown(NamedTuple):
    """What a cell of a workbook has, and what is said beside its number."""

    value: object = None
    beside: str = ""


NOTHING_SHOWN = _Shown()


def _with_notes(table: PaperTable, language: Language) -> tuple[list[str], list[list[object]]]:
    """The heads and the rows of a table; after a column that says something beside its numbers, one with what it says."""
    branch = [table.branch] if table.branch else []
    rows = [_row(table.columns, row, language) for row in (*branch, *table.rows)]
    noted = [any(row[place].beside for row in rows) for place in range(len(table.columns))]
    note = translated("Nota", language).lower()
    heads: list[str] = []
    for column, has_notes in zip(table.columns, noted, strict=True):
        heads += [column.head, *([f"{column.head} ({note})"] if has_notes else [])]
    return heads, [
        [
            cell
            for shown, has_notes in zip(row, noted, strict=True)
            for cell in ((shown.value, shown.beside) if has_notes else (shown.value,))
        ]
        for row in rows
    ]


def _row(columns: tuple[PaperColumn, ...], row: Row, language: Language) -> list[_Shown]:
    """The cells of a row, one for each column; a cell of several columns stands in the first of them."""
    cells: list[_Shown] = []
    for cell in row.cells:
        column = columns[len(cells)]
        cells.append(_shown(cell, language if column.align == "right" else None))
        cells += [NOTHING_SHOWN] * (cell.columns - 1)
    cells += [NOTHING_SHOWN] * (len(columns) - len(cells))
    for place, figure in row.figures:
        cells[place] = _shown(figure, language)
    return cells


def _shown(cell: PaperCell, language: Language | None) -> _Shown:
    parts = [part for line in cell.lines for part in line]
    figures = [part.figure for part in parts if part.figure and part.mark != "struck"]
    beside = [part for part in parts if part.figure is None or part.mark == "struck"]
    if len(figures) == 1 and all(part.mark == "soft" or not part.text.strip() for part in beside):
        said = " ".join(part.text for part in parts if part.figure is None or part.figure.says_more)
        return _Shown(_number(figures[0]), " ".join(said.split()))
    return _Shown(_value(cell, language))


def _number(figure: FigureSaid) -> ShownNumber:
    places = f".{'0' * figure.decimals}" if figure.decimals else ""
    value = figure.value / 100 if figure.is_percent else figure.value
    return ShownNumber(value, f"#,##0{places}{'%' if figure.is_percent else ''}")


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
