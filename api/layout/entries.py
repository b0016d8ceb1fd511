"""A row of which one cell holds several indicators, an entry each: `a) Tempo medio`, `b) Pratiche evase`, with their weights."""

import re

from api.layout.columns import TableColumns
from api.layout.grid import Grid, unprinted
from api.layout.rows import RowRead
from domain.patterns import regex

_MARK = regex(r"^\s*(?:\(?[a-z]\)|\(?[0-9]{1,2}[.)](?![0-9])|[-–•▪*])\s*(?=\S)", re.IGNORECASE)
_NUMBER = regex(r"\s*[0-9]{1,3}(?:[.,][0-9]+)?\s*%?\s*")


def rows_of_entries(grid: Grid, row: RowRead, columns: TableColumns) -> list[RowRead]:
    """A row for each indicator that a row holds; none where it holds one."""
    column = columns.one("indicator")
    if column is None or row.changed or row.joined:
        return []
    names = _lines(grid, row.number, column)
    marked = [line for line in names if _MARK.match(line)]
    figures = {c: _lines(grid, row.number, c) for c in columns.of("weight", "target", "revision")}
    alike = [c for c, lines in figures.items() if len(lines) == len(names)]
    weights = [c for c in columns.of("weight") if all(_NUMBER.fullmatch(line) for line in figures[c])]
    if len(names) < 2 or not alike or (len(marked) < len(names) and not set(weights) & set(alike)):
        return []
    rows: list[RowRead] = []
    for place in range(len(names)):
        part = RowRead(row.number, "indicator", dict(row.texts) if place == 0 else _below(row, columns))
        for c in (
            column,
            *columns.of("weight", "target", "revision", "formula", "unit", "baseline", "source", "owner"),
        ):
            lines = _lines(grid, row.number, c)
            if len(lines) == len(names):
                part.texts[c] = unprinted(_MARK.sub("", lines[place]))
                part.changed.add(c)
        rows.append(part)
    return rows


def _below(row: RowRead, columns: TableColumns) -> dict[int, str]:
    """The texts of a row without its nodes, which its first indicator has opened."""
    return {c: text for c, text in row.texts.items() if not columns.roles[c].kind.startswith("level")}


def _lines(grid: Grid, row: int, column: int) -> list[str]:
    cell = grid.cell(row, column)
    return [line for line in cell.splitlines() if line.strip()] if isinstance(cell, str) else []
