"""The cells of a sheet as a reader of tables sees them: texts without what print and OCR leave in them, and what is merged."""

import html
import re
from bisect import bisect_left
from functools import cached_property
from typing import NamedTuple

from api.workbook.cells import Broken, CellValue, Rich, Sheet
from api.workbook.sheets import is_struck
from api.workbook.values import cell_text, is_empty
from domain.patterns import regex

MOST_COLUMNS = 200
"""How many columns of a sheet are looked at; those of a plan are some tens."""

_TAG = regex(r"</?(?:b|i|u|em|strong|sup|sub|br|p)\s*/?>", re.IGNORECASE)
_HYPHEN = regex(r"(?<=[a-zàèéìòù])[-\u00ad]\s*\n\s*(?=[a-zàèéìòù])")
"""A word that a print broke at the end of a line."""


def unprinted(text: str) -> str:
    """A text without tags, entities, bold signs, soft hyphens; broken words and lines are joined."""
    if "<" in text:
        text = _TAG.sub(" ", text)
    if "&" in text:
        text = html.unescape(text)
    if text.startswith("#"):
        text = text.lstrip("#")
    text = _HYPHEN.sub("", text.replace("\u00a0", " ").replace("**", " ").replace("\u200b", ""))
    return " ".join(text.replace("\u00ad", "").split())


class Grid:
    """A sheet: `texts` are the cells that hold something, by row and column; `rows` their numbers in order."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.name = sheet.name
        self.texts: dict[int, dict[int, str]] = {}
        for number in sorted(sheet.rows):
            cells = {
                column: text
                for column, cell in sorted(sheet.rows[number].items())[:MOST_COLUMNS]
                if (text := cell_words(cell))
            }
            if cells:
                self.texts[number] = cells
        self.rows = list(self.texts)

    def cell(self, row: int, column: int) -> CellValue | None:
        """A cell as the file holds it."""
        return self.sheet.rows.get(row, {}).get(column)

    def real(self, column: int) -> int:
        """The column of the sheet that a column of the table is."""
        return column

    def text(self, row: int, column: int) -> str:
        """The text of a cell, empty for none."""
        return self.texts.get(row, {}).get(column, "")

    @cached_property
    def spans(self) -> dict[tuple[int, int], tuple[int, int]]:
        """The last row and column of each merged cell, by its first."""
        return {(first_row, first): (last_row, last) for first_row, first, last_row, last in self.sheet.merged}

    @cached_property
    def _covers(self) -> dict[int, list[tuple[int, int, int]]]:
        by_column: dict[int, list[tuple[int, int, int]]] = {}
        for first_row, first, last_row, last in sorted(self.sheet.merged):
            if last_row > first_row and last - first < MOST_COLUMNS:
                by_column.setdefault(first, []).append((first_row, last_row, last))
        return by_column

    def merged_above(self, row: int, column: int) -> int | None:
        """The first row of the merged cell that reaches a cell from above; None where none does."""
        covers = self._covers.get(column, [])
        position = bisect_left(covers, (row, 0, 0)) - 1
        if position >= 0 and covers[position][0] < row <= covers[position][1]:
            return covers[position][0]
        return None

    def width(self, row: int, column: int) -> int:
        """How many columns a cell is merged across."""
        last = self.spans.get((row, column))
        return last[1] - column + 1 if last else 1


def cell_words(cell: CellValue) -> str:
    """The text of a cell; of one that is struck out whole, what was struck."""
    if is_empty(cell) or isinstance(cell, Broken):
        return cell.what if isinstance(cell, Broken) else ""
    if isinstance(cell, Rich) and is_struck(cell):
        return unprinted(cell.struck)
    return unprinted(cell_text(cell))


class SheetPlace(NamedTuple):
    """A cell of a workbook."""

    sheet: str
    row: int
    column: int
