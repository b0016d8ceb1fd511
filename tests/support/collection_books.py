"""Sheets of collection in the tests: filled, and spoilt, as an office fills and spoils them."""

import io
from collections.abc import Callable, Mapping
from typing import Any

import openpyxl

HEADING_ROW = 6
FIRST_ROW = 7


def filled(
    content: bytes, rows: Mapping[int, Mapping[str, object]], edit: Callable[[Any], None] | None = None
) -> bytes:
    """A sheet with cells filled in: by row, from the first, and by heading; `edit` does what else is done to the workbook."""
    made = openpyxl.load_workbook(io.BytesIO(content))
    page = made["Raccolta"]
    columns = headings(page)
    for number, cells in rows.items():
        for heading, value in cells.items():
            page.cell(FIRST_ROW + number, columns[heading]).value = value
    if edit is not None:
        edit(made)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def headings(page: Any) -> dict[str, int]:
    """The column of each heading of the open sheet."""
    return {cell.value: cell.column for cell in page[HEADING_ROW] if cell.value}
