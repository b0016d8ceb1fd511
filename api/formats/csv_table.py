"""A table for a spreadsheet: CSV as Italian ones open it, with nothing in it that they would compute."""

import csv
import io
from collections.abc import Iterable, Sequence

import orjson

COMPUTED = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a spreadsheet would take for the beginning of a formula, in full width too."""


def csv_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """The rows beneath their columns; a cell that a spreadsheet would compute is kept as text."""
    return b"\xef\xbb\xbf" + csv_rows([columns]) + csv_rows(rows)


def csv_rows(rows: Iterable[Sequence[object]]) -> bytes:
    """Further rows of such a table."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    writer.writerows([_cell(value) for value in row] for row in rows)
    return buffer.getvalue().encode()


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "sì" if value else "no"
        case dict() | list():
            text = orjson.dumps(value).decode()
        case _:
            text = str(value)
    return f"'{text}" if text.lstrip(" ").startswith(COMPUTED) else text
