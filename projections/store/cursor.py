"""What both databases offer to whoever reads or writes: statements, with `?` for their parameters."""

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any, Protocol


class Cursor(Protocol):
    """What both databases offer: a statement with `?` for its parameters, and its rows."""

    def execute(self, sql: str, params: Sequence[object] = ...) -> "Cursor":
        """Runs one statement."""

    def executemany(self, sql: str, rows: Iterable[Sequence[object]]) -> object:
        """Runs one statement for many rows."""

    def fetchall(self) -> list[tuple[Any, ...]]:
        """All the rows of the last statement."""

    def fetchone(self) -> tuple[Any, ...] | None:
        """The next row of the last statement."""


def on_sqlite(cursor: Cursor) -> bool:
    """Whether the cursor is one of a file."""
    return isinstance(getattr(cursor, "connection", None), sqlite3.Connection)
