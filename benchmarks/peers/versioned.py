"""MariaDB's system-versioned tables: the recorded date alone, or with an application period for the effective date."""

from abc import ABC, abstractmethod
from bisect import bisect_right
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from typing import Any

import orjson
import pymysql

from benchmarks.peers.peer import Given, instant
from benchmarks.workload import Question
from domain.timelines import Cell
from domain.vocabulary import JsonValue

BATCH = 2_000
ALWAYS = date(9999, 12, 31)
APPROVED = date(2022, 1, 31)
_COLUMNS = "object VARCHAR(200) NOT NULL, field VARCHAR(200) NOT NULL, value LONGTEXT NOT NULL"
_VERSIONED = """row_start TIMESTAMP(6) GENERATED ALWAYS AS ROW START, row_end TIMESTAMP(6) GENERATED ALWAYS AS ROW END,
    PERIOD FOR SYSTEM_TIME (row_start, row_end)"""
# The texts of the values are JSON already: the server joins them, and one value crosses the socket.
_ANSWER = """SELECT CONCAT('[', GROUP_CONCAT(CONCAT('["', object, '","', field, '",', value, ']')), ']')
FROM cell FOR SYSTEM_TIME AS OF TIMESTAMP %s"""
FOREVER = "2038-01-19 03:14:07.999999"
Rectangle = tuple[str, str, str, str, str, str, str]


class _MariaDb(ABC):
    """The connection, the filling and the asking that the two tables share."""

    name: str
    both_dates: bool
    create: str
    insert: str

    def __init__(self, socket: str) -> None:
        self._connection = pymysql.connect(unix_socket=socket, user="root", charset="utf8mb4", autocommit=True)
        self._cursor = self._connection.cursor()
        for statement in (
            "DROP DATABASE IF EXISTS banco",
            "CREATE DATABASE banco CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
            "USE banco",
            "SET time_zone = '+00:00', group_concat_max_len = 100000000, system_versioning_insert_history = ON",
            self.create,
        ):
            self._cursor.execute(statement)

    def fill(self, given: Given) -> None:
        """Every version of every row, with the dates that it had; the server takes them as history."""
        rows = self.rows(given)
        self._connection.begin()
        while batch := list(islice(rows, BATCH)):
            self._cursor.executemany(self.insert, batch)
        self._connection.commit()
        self._cursor.execute("ANALYZE TABLE cell")

    @abstractmethod
    def rows(self, given: Given) -> Iterator[tuple[str, ...]]:
        """The rows with their dates."""

    def close(self) -> None:
        """Closes the connection."""
        self._connection.close()


class SystemVersioned(_MariaDb):
    """Knows when a thing was recorded, not from when it holds."""

    name = "MariaDB, system-versioned table"
    both_dates = False
    create = f"CREATE TABLE cell ({_COLUMNS}, {_VERSIONED}, PRIMARY KEY (object, field)) WITH SYSTEM VERSIONING"
    insert = "INSERT INTO cell (object, field, value, row_start, row_end) VALUES (%s, %s, %s, %s, %s)"

    def rows(self, given: Given) -> Iterator[tuple[str, ...]]:
        """A row ends where the next of its cell begins."""
        current: dict[Cell, tuple[int, JsonValue]] = {cell: (0, value) for cell, value in given.cells.items()}
        for place, _, cell, value in given.workload.said():
            since, previous_value = current[cell]
            yield *cell, _text(previous_value), _moment(since), _moment(place)
            current[cell] = place, value
        for cell, (since, value) in current.items():
            yield *cell, _text(value), _moment(since), FOREVER

    def ask(self, question: Question) -> bytes:
        """The table as of an instant."""
        self._cursor.execute(_ANSWER, (_moment(question.place),))
        return _bytes(self._cursor.fetchone())


class Bitemporal(_MariaDb):
    """Knows both dates: each row holds for a period, and for a stretch of the record."""

    name = "MariaDB, system-versioned with application period"
    both_dates = True
    create = f"""CREATE TABLE cell ({_COLUMNS}, holds_from DATE NOT NULL, holds_until DATE NOT NULL, {_VERSIONED},
        PERIOD FOR holding (holds_from, holds_until), PRIMARY KEY (object, field, holding WITHOUT OVERLAPS)
        ) WITH SYSTEM VERSIONING"""
    insert = """INSERT INTO cell (object, field, value, holds_from, holds_until, row_start, row_end)
        VALUES (%s, %s, %s, %s, %s, %s, %s)"""

    def rows(self, given: Given) -> Iterator[Rectangle]:
        """What UPDATE ... FOR PORTION OF leaves: the part that was overtaken closed, its rest opened again."""
        # For each cell the periods as they hold now: begin, recorded at, value.
        periods_by_cell: dict[Cell, list[tuple[date, int, JsonValue]]] = {
            cell: [(APPROVED, 0, value)] for cell, value in given.cells.items()
        }
        for place, on, cell, value in given.workload.said():
            periods = periods_by_cell[cell]
            index = bisect_right(periods, on, key=lambda period: period[0]) - 1
            begin, since, previous_value = periods[index]
            until = periods[index + 1][0] if index + 1 < len(periods) else ALWAYS
            yield *cell, _text(previous_value), begin.isoformat(), until.isoformat(), _moment(since), _moment(place)
            remainder = [(begin, place, previous_value)] if begin < on else []
            periods[index : index + 1] = [*remainder, (on, place, value)]
        for cell, periods in periods_by_cell.items():
            ends = [begin for begin, *_ in periods[1:]] + [ALWAYS]
            for (begin, since, value), until in zip(periods, ends, strict=True):
                yield *cell, _text(value), begin.isoformat(), until.isoformat(), _moment(since), FOREVER

    def ask(self, question: Question) -> bytes:
        """The table as of an instant, and of it the rows that hold on a date."""
        on = min(question.as_of, ALWAYS - timedelta(days=1)).isoformat()
        self._cursor.execute(
            f"{_ANSWER} WHERE holds_from <= %s AND holds_until > %s", (_moment(question.place), on, on)
        )
        return _bytes(self._cursor.fetchone())


def _text(value: JsonValue) -> str:
    return orjson.dumps(value).decode()


def _moment(place: int) -> str:
    return instant(place).strftime("%Y-%m-%d %H:%M:%S.%f")


def _bytes(row: Any) -> bytes:  # noqa: ANN401 - a row of the driver
    return str(row[0]).encode()
