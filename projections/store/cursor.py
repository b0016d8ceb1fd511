"""What both databases offer to whoever reads or writes: statements, with `?` for their parameters."""

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any, Protocol, TypeAlias, runtime_checkable


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


AskedStatement: TypeAlias = tuple[str, tuple[object, ...]]
"""A statement and its parameters."""


class ForeseeingCursor:
    """A cursor that asks nothing: it notes what it was asked, and every answer is that there is nothing."""

    def __init__(self) -> None:
        self.asked: dict[AskedStatement, None] = {}

    def execute(self, sql: str, params: Sequence[object] = ()) -> "ForeseeingCursor":
        """Notes a statement."""
        self.asked[sql, tuple(params)] = None
        return self

    def executemany(self, sql: str, rows: Iterable[Sequence[object]]) -> object:
        """Refused: what is foreseen is reading."""
        raise TypeError(sql, rows)

    def fetchall(self) -> list[tuple[Any, ...]]:
        """No row."""
        return []

    def fetchone(self) -> None:
        """No row."""


@runtime_checkable
class CopyCursor(Protocol):
    """A cursor of a database that takes many rows at once in a stream of its own."""

    def copy(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Adds rows to the columns of a table."""


def past_prefix(prefix: str) -> str:
    """What follows, in the order of characters, all that begins with a prefix."""
    return prefix[:-1] + chr(ord(prefix[-1]) + 1)


def on_sqlite(cursor: Cursor) -> bool:
    """Whether the cursor is one of a file."""
    return isinstance(getattr(cursor, "connection", None), sqlite3.Connection)


def bulk_insert(cursor: Cursor, table: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Adds many rows to a table, as fast as the database takes them: a server by COPY."""
    if isinstance(cursor, CopyCursor):
        cursor.copy(table, columns, rows)
        return
    sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608 - our own names
    cursor.executemany(sql, rows)
