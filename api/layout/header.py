"""Finds the rows of headings of a sheet, however many, and what each column is headed by.

A table may have several: groups above (`Target` over 2024, 2025, 2026), the same again on every page, another table below.
"""

import re
from typing import NamedTuple

from api.layout.grid import MOST_COLUMNS, Grid
from api.layout.vocabulary import YEAR, is_number_heading, role_of_heading
from domain.patterns import regex
from domain.spelling import folded

MOST_HEADING_ROWS = 4
_PARTS = {
    "descrizione",
    "titolo",
    "denominazione",
    "nome",
    "codice",
    "testo",
    "valore",
    "oggetto",
    "strategico",
    "operativo",
    "strategici",
    "operativi",
    "generale",
    "specifico",
}
"""What a heading under a group says of it."""
MOST_WORDS = 8
"""How many words a heading has; one longer text may head a table that is of one objective."""
_DATA = regex(
    r"[<>≤≥=]\s*[+-]?[0-9]|^[+-]?[0-9]{1,3}(?:[.,][0-9]+)?\s*%?$|^[0-9]+[.,][0-9]+\s*%?$|^(?:s[iì]|no)$|[0-9]\s*%",
    re.IGNORECASE,
)
"""What no heading says: a figure, a target."""
LONGEST_HEADING = 120
_FEWEST = 3
"""How many known headings make a row of them; with an indicator among them two are enough."""


class Header(NamedTuple):
    """The rows of headings of one table: its first and last row, and by column the heading, groups above first."""

    first: int
    last: int
    headings: dict[int, str]

    @property
    def signature(self) -> tuple[tuple[int, str], ...]:
        """What tells one layout from another: its headings where they stand."""
        return tuple((column, folded(text)) for column, text in sorted(self.headings.items()))


def is_heading_row(grid: Grid, row: int) -> bool:
    """Whether a row has the headings of a plan: several that are known, and none that is a sentence."""
    cells = grid.texts.get(row, {})
    if len(cells) < 2 or any(len(text) > LONGEST_HEADING for text in cells.values()):
        return False
    texts = {folded(text): text for text in cells.values()}
    long = [text for text in texts.values() if len(text.split()) > MOST_WORDS]
    if len(texts) < 2 or len(long) > 1 or any(_DATA.search(text) for text in texts.values()):
        return False
    known = {k: role for k, text in texts.items() if text not in long and (role := role_of_heading(text)) is not None}
    kinds = {role.kind for role in known.values()} - {"nothing"}
    years = sum(bool(re.fullmatch(r"(?:anno|target)?\s*(?:19|20|21)[0-9]{2}", key)) for key in texts)
    numbered = sum(is_number_heading(text) for text in texts.values())
    share = (len(known) + numbered) / len(texts)
    telling = bool(kinds & {"indicator", "target", "weight", "formula"})
    if "indicator" in kinds and kinds & {"target", "weight", "formula", "level", "unit"} and share >= 0.5:
        return True
    if years >= 2 and (kinds - {"target"} or years + 1 >= len(texts)) and share >= 0.5:
        return True
    return telling and len(kinds) >= _FEWEST and share >= 0.6


def headers_of(grid: Grid) -> list[Header]:
    """The headers of a sheet from the top."""
    headers: list[Header] = []
    last = 0
    for position, row in enumerate(grid.rows):
        if row <= last or not is_heading_row(grid, row):
            continue
        first, bottom = row, row
        while _continues_up(grid, first, last, headers):
            first -= 1
        for below in grid.rows[position + 1 : position + MOST_HEADING_ROWS]:
            if below != bottom + 1 or not _goes_on(grid, first, bottom, below):
                break
            bottom = below
        header = Header(first, bottom, _headings(grid, first, bottom))
        if headers and _is_piece(grid, header, headers[-1]):
            continue
        headers.append(header)
        last = bottom
    return headers


def _is_piece(grid: Grid, header: Header, before: Header) -> bool:
    """Whether what looks like a header is a row of data that repeats years under one that has them already."""
    del grid
    return header.first <= before.last


def _continues_up(grid: Grid, first: int, last: int, headers: list[Header]) -> bool:
    """Whether the row above is a row of groups over these headings: merged across, or blank beside them."""
    above = first - 1
    cells = grid.texts.get(above, {})
    if above <= last or not cells or first - above > 1 or len(cells) >= len(grid.texts[first]) + 4:
        return False
    if any(len(text) > LONGEST_HEADING for text in cells.values()):
        return False
    table = len(grid.texts[first])
    wide = [column for column in cells if grid.width(above, column) >= max(3, table) and column == min(cells)]
    if len(cells) == 1 and (wide or role_of_heading(next(iter(cells.values()))) is None):
        return False  # a title
    if len(cells) == 1 and min(cells) == min(grid.texts[first]) and grid.width(above, min(cells)) == 1:
        return False
    merged = any(grid.width(above, column) > 1 for column in cells)
    below = sum(column in grid.texts[first] for column in cells)
    groups = sum(role_of_heading(text) is not None for text in cells.values())
    del headers
    return (
        (merged or groups >= 1) and groups >= 1 and (merged or below < len(cells) or groups >= 2) and len(cells) > 1
    ) or (len(cells) == 1 and merged)


def _goes_on(grid: Grid, first: int, bottom: int, below: int) -> bool:
    """Whether the next row still is of the headings: years or parts under a group, and nothing that looks like data."""
    cells, heads = grid.texts[below], grid.texts[bottom]
    fresh = {column: text for column, text in cells.items() if grid.merged_above(below, column) is None}
    if not fresh or any(len(text) > 60 for text in fresh.values()):
        return False
    known = [
        text
        for text in fresh.values()
        if role_of_heading(text) is not None
        or is_number_heading(text)
        or folded(text) in _PARTS
        or re.fullmatch(r"\(?[a-z0-9%]{1,3}\)?|valore|testo", text.casefold())
    ]
    if len(known) < len(fresh):
        return False
    if any(YEAR.fullmatch(text) for text in fresh.values()):
        return True
    under = 0
    for column in fresh:
        left = max((c for c in heads if c <= column), default=None)
        if left is not None and (left + grid.width(bottom, left) > column or column not in heads):
            under += 1
    del first
    return under == len(fresh) and not all(column in heads and grid.width(bottom, column) == 1 for column in fresh)


def _headings(grid: Grid, first: int, bottom: int) -> dict[int, str]:
    """The heading of each column: the groups above it, then its own."""
    columns = sorted({column for row in range(first, bottom + 1) for column in grid.texts.get(row, {})})
    for row in range(first, bottom + 1):
        for column in grid.texts.get(row, {}):
            columns = sorted({*columns, *range(column, column + min(grid.width(row, column), MOST_COLUMNS))})
    headings: dict[int, list[str]] = {column: [] for column in columns}
    for row in range(first, bottom + 1):
        cells = grid.texts.get(row, {})
        for column in columns:
            text = cells.get(column) or _group(grid, row, column, bottom)
            if text and (not headings[column] or folded(headings[column][-1]) != folded(text)):
                headings[column].append(text)
    return {column: " ".join(parts) for column, parts in headings.items() if parts}


def _group(grid: Grid, row: int, column: int, bottom: int) -> str:
    """The group that reaches a column from its left: merged across it, or blank above headings of its own."""
    cells = grid.texts.get(row, {})
    left = max((c for c in cells if c < column), default=None)
    if left is None:
        return ""
    if left + grid.width(row, left) > column:
        return cells[left]
    above = grid.merged_above(row, column)
    if above is not None:
        return ""
    if row == bottom or grid.width(row, left) > 1:
        return ""
    own = any(grid.text(below, column) for below in range(row + 1, bottom + 1))
    of_left = any(
        grid.text(below, left) and grid.merged_above(below, left) is None for below in range(row + 1, bottom + 1)
    )
    return cells[left] if own and of_left else ""
