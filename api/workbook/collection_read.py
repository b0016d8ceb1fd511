"""Reads sheets of collection that come back: what each is of, and the rows as they were filled, every problem with its cell.

Nothing of it is compared with the record here: what the cells hold is all that is said.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from api.workbook.cells import Broken, CellValue, PercentCell, Rich, Sheet, cell_address, comment_told, plain_decimal
from api.workbook.collection_format import (
    COLLECTION,
    FILLED,
    GIVEN,
    GUIDES,
    KEY,
    MOST_TERMS,
    OFFICE_LINE,
    OPEN_SHEET,
    TECHNICAL,
    TECHNICAL_SHEET,
    WANTED_OF,
    CollectionColumn,
    term_columns,
)
from api.workbook.sheets import HEADING_ROWS, find_sheet, heading_words
from api.workbook.values import CellProblem, cell_text, decimal_in, is_empty, value_of
from domain.errors import Problem
from domain.italian import print_number
from domain.patterns import regex
from domain.spelling import folded

_COLUMNS = (*GUIDES, *term_columns(MOST_TERMS), *FILLED, KEY)
_FEWEST_HEADINGS = 4
_PER_CENT = regex(r"\s*(?:per\s*cento|percento|%)\s*$", re.IGNORECASE)
_NOT_SAID = frozenset({"finality"})
"""What a row says before anybody fills it."""


class FilledRow(NamedTuple):
    """A row of a sheet that came back: its number, its texts by field, what was filled in, by field."""

    number: int
    guides: dict[str, str]
    filled: dict[str, str]

    @property
    def is_filled(self) -> bool:
        """Whether anybody filled anything in."""
        return bool(self.filled.keys() - _NOT_SAID)


class ReturnedSheet(NamedTuple):
    """A sheet of collection as it came back: the file that it is in, what it is of, its columns, its rows, what is odd."""

    file: str
    sheet: str
    head: dict[str, str]
    technical: str
    columns: dict[str, int]
    rows: list[FilledRow]
    problems: list[Problem]
    remarks: list[tuple[str, str]]
    office: tuple[str, str] | None = None
    """The office that the line above the headings names, and its cell."""

    def place(self, number: int, field: str = "") -> str:
        """The cell of a field in a row; the row, where the field has no column."""
        return self.located(cell_address(self.sheet, number, self.columns.get(field)))

    def technical_place(self, field: str) -> str:
        """The cell of a technical line."""
        names = [line.field for line in TECHNICAL]
        return self.located(cell_address(self.technical, names.index(field) + 1, 2))

    def located(self, where: str) -> str:
        """A place, with the file before it where there are several."""
        return f"{self.file}: {where}" if self.file else where


def is_collection(sheets: list[Sheet]) -> bool:
    """Whether a workbook is a sheet of collection: its technical sheet says so, or its open sheet has the headings."""
    technical = find_sheet(sheets, TECHNICAL_SHEET, ())
    if technical is not None and _head(technical).get("kind") == COLLECTION:
        return True
    return find_sheet(sheets, OPEN_SHEET, ()) is not None


def read_collection(sheets: list[Sheet], file: str = "") -> ReturnedSheet:
    """What a sheet of collection says."""
    technical, page = find_sheet(sheets, TECHNICAL_SHEET, ()), find_sheet(sheets, OPEN_SHEET, ())
    head = _head(technical) if technical is not None else {}
    name = page.name if page is not None else OPEN_SHEET
    returned = ReturnedSheet(
        file, name, head, technical.name if technical is not None else TECHNICAL_SHEET, {}, [], [], []
    )
    missing = [line.heading for line in TECHNICAL if not head.get(line.field)]
    if technical is None or missing:
        words = "manca il foglio" if technical is None else f"manca ciò che dice {missing[0]!r}"
        accepted = "la scheda com'è stata esportata, restituita intera in .xlsx o .ods"
        returned.problems.append(Problem(where=returned.located(TECHNICAL_SHEET), found=words, accepted=accepted))
    if page is None:
        words = f"manca il foglio {OPEN_SHEET!r}"
        returned.problems.append(
            Problem(where=returned.located("cartella"), found=words, accepted="la scheda esportata")
        )
        return returned
    returned = returned._replace(office=_named_office(page, returned))
    for sheet in sheets:
        if sheet.rows and sheet not in (page, technical) and folded(sheet.name) != "istruzioni":
            returned.remarks.append((returned.located(sheet.name), "foglio aggiunto: non è stato letto"))
    _read_rows(page, returned)
    return returned


def _head(technical: Sheet) -> dict[str, str]:
    labels = {folded(line.heading): line.field for line in TECHNICAL}
    head: dict[str, str] = {}
    for cells in technical.rows.values():
        field = labels.get(heading_words(cells[1])) if 1 in cells else None
        if field is not None and 2 in cells:
            head.setdefault(field, cell_text(cells[2]).strip())
    return head


def _named_office(page: Sheet, returned: ReturnedSheet) -> tuple[str, str] | None:
    headed = _headings(page)
    for number in sorted(page.rows)[:HEADING_ROWS]:
        if headed is None or number >= headed[0]:
            break
        for column, cell in sorted(page.rows[number].items()):
            text = "" if isinstance(cell, Broken) else cell_text(cell).strip()
            if text.startswith(OFFICE_LINE):
                return returned.located(cell_address(page.name, number, column)), text.removeprefix(OFFICE_LINE).strip()
    return None


def _read_rows(page: Sheet, returned: ReturnedSheet) -> None:
    headed = _headings(page)
    if headed is None:
        accepted = ", ".join(column.heading for column in (GUIDES[1], *GIVEN))
        words = "non si trova la riga delle intestazioni"
        returned.problems.append(
            Problem(where=returned.located(page.name), found=words, accepted=f"le colonne {accepted}")
        )
        return
    heading_row, columns = headed
    returned.columns.update({column.field: place for place, column in columns.items()})
    returned.problems.extend(
        Problem(where=returned.located(cell_address(page.name, heading_row)), found=f"manca la colonna {column.heading!r}", accepted=f"l'intestazione {column.heading!r}")
        for column in (GUIDES[1], *WANTED_OF.get(returned.head.get("format", ""), FILLED))
        if column.field not in returned.columns
    )  # fmt: skip
    for number in sorted(page.rows):
        if number > heading_row:
            row = _row(page, number, columns, returned)
            if row is not None:
                returned.rows.append(row)
    for (row_number, column_number), words in sorted(page.comments.items()):
        if row_number > heading_row:
            where = returned.located(cell_address(page.name, row_number, column_number))
            returned.remarks.append((where, comment_told(words)))


def _headings(page: Sheet) -> tuple[int, dict[int, CollectionColumn]] | None:
    by_words = {folded(column.heading): column for column in _COLUMNS}
    for number in sorted(page.rows)[:HEADING_ROWS]:
        columns = {
            place: by_words[words]
            for place, cell in page.rows[number].items()
            if (words := heading_words(cell)) in by_words
        }
        if len(columns) >= _FEWEST_HEADINGS:
            return number, columns
    return None


def _row(page: Sheet, number: int, columns: dict[int, CollectionColumn], returned: ReturnedSheet) -> FilledRow | None:
    guides: dict[str, str] = {}
    filled: dict[str, str] = {}
    for place, cell in sorted(page.rows[number].items()):
        if is_empty(cell):
            continue
        where = returned.located(cell_address(page.name, number, place))
        column = columns.get(place)
        if column is None:
            returned.remarks.append(
                (where, f"{cell_text(cell)[:60]!r} è in una colonna che la scheda non ha: non è stato letto")
            )
        elif column.role == "guide":
            guides[column.field] = cell_text(cell).strip()
        elif (text := _filled(cell, column, where, returned)) is not None:
            filled[column.field] = text
    return FilledRow(number, guides, filled) if guides or filled else None


def _filled(cell: CellValue, column: CollectionColumn, where: str, returned: ReturnedSheet) -> str | None:
    """What a cell that was filled says, in the words of a command; None, with the problem told, where it says nothing."""
    if isinstance(cell, Rich) and cell.struck:
        returned.remarks.append((where, f"{cell.struck[:60]!r} è barrato: non è stato letto"))
        if not cell.kept:
            return None
    for problem in _doubts(cell, column):
        returned.problems.append(Problem(where=where, found=problem.found, accepted=problem.accepted))
        return None
    if column.field == "progress" and isinstance(cell, str):
        cell = _PER_CENT.sub("%", cell)
    try:
        return str(value_of(cell, column.read_as()))
    except CellProblem as wrong:
        returned.problems.append(Problem(where=where, found=wrong.found, accepted=wrong.accepted))
        return None


def _doubts(cell: CellValue, column: CollectionColumn) -> Iterator[CellProblem]:
    """What may mean two things: 0,45 as a progress is 45 %, or less than one."""
    if column.field != "progress" or isinstance(cell, PercentCell | Broken):
        return
    text = cell_text(cell).strip()
    number = decimal_in(text)
    if number is not None and 0 < number <= 1:
        percent = print_number(plain_decimal(number * 100))
        yield CellProblem(f"{text!r} può voler dire {percent}% oppure {text}%", f"{percent}%, oppure {text}%")
