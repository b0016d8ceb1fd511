"""Read model: the facts, which are the value that each event gave to each field, appended and never updated.

The row of a fact is known by its cell (a field of an object of a stream), the day from which it holds, and the version
of its event; it holds a fragment: `[object, field, effective_on, version, value]`, ready JSON. The latest fact of a cell
also lies in the row of the cell: a state is those rows, and a seek for each that is newer than what is asked. The
database itself strings the fragments together.

SQLite finds a row fastest by one whole number, so that there the three lie in it: cell, day, version, from the left.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, ClassVar, NamedTuple, Protocol

import orjson

from domain.errors import Malformed, Problem, StoreRefused
from domain.facts import Fact
from projections.store.cursor import Cursor

DAY_ZERO = date(1900, 1, 1)
DAY_BITS, VERSION_BITS = 17, 22
MAX_DAYS, MAX_VERSIONS, MAX_CELLS = 2**DAY_BITS, 2**VERSION_BITS, 2 ** (63 - DAY_BITS - VERSION_BITS)
"""What fits: until the year 2258, 4 million events a stream; on SQLite 16 million cells a file, a server has no such end."""
_CELL_SHIFT = DAY_BITS + VERSION_BITS
_PLACE_MASK = 2**_CELL_SHIFT - 1
_VERSION_MASK = MAX_VERSIONS - 1
LAST_DAY = DAY_ZERO + timedelta(days=MAX_DAYS - 1)


class FactRow(NamedTuple):
    """One fact on its way to the store."""

    object: str
    field: str
    day: int
    version: int
    fragment: str


def day_number(day: date) -> int:
    """The days from 1 January 1900 to a date; negative before."""
    return (day - DAY_ZERO).days


def number_day(number: int) -> date:
    """The date of a number of days."""
    return DAY_ZERO + timedelta(days=number)


@lru_cache(maxsize=4096)
def storable_day(day: date) -> int:
    """The number of a date from which something may hold; Malformed outside the calendar of the store."""
    number = day_number(day)
    if not 0 <= number < MAX_DAYS:
        problem = Problem(
            where="effective_on",
            found=day.isoformat(),
            accepted=f"una data dal {DAY_ZERO:%d/%m/%Y} al {LAST_DAY:%d/%m/%Y}",
        )
        raise Malformed([problem])
    return number


def fact_rows(facts: Iterable[Fact], effective_on: date, version: int) -> list[FactRow]:
    """What an event says, as rows."""
    day, date_text = storable_day(effective_on), effective_on.isoformat()
    return [
        FactRow(object_, field, day, version, orjson.dumps((object_, field, date_text, version, value)).decode())
        for object_, field, value in facts
    ]


class NewCell(NamedTuple):
    """A cell to be entered, with its latest fact, and whether it has others; without, where facts are put in later."""

    stream: str
    object: str
    field: str
    day: int | None = None
    version: int | None = None
    fragment: str | None = None
    has_history: int | None = None


_NEW = "stream, object, field, day, version, fragment, several"
"""The columns of a new cell, as they lie."""


class CellFilter(NamedTuple):
    """Which cells are asked for: all of these objects, and these fields of any other."""

    objects: tuple[str, ...]
    fields: tuple[str, ...]


def _filter_sql(cells: CellFilter | None) -> str:
    if cells is None:
        return ""
    objects, fields = (", ".join("?" * len(names)) for names in cells)
    return f"AND (c.object IN ({objects}) OR c.field IN ({fields}))"


def _filter_params(cells: CellFilter | None) -> tuple[str, ...]:
    return () if cells is None else (*cells.objects, *cells.fields)


class FactTable(Protocol):
    """How one database holds facts; every question is of one snapshot."""

    logical: ClassVar[tuple[int, str]]
    """The facts with the cell of each, whatever its number, and how many of the first columns are the key.

    `{prefix}` stands before the tables.
    """

    def put(self, cursor: Cursor, rows: Iterable[tuple[int, int, int, str]], prefix: str = "") -> None:
        """Appends facts: cell, day, version, fragment."""

    def new_cells(self, cursor: Cursor, cells: Sequence[NewCell], prefix: str = "") -> list[int]:
        """Enters cells; answers their numbers, which rise."""

    def refresh_latest(self, cursor: Cursor, prefix: str) -> None:
        """Puts the latest fact of each cell into its row."""

    def state(
        self,
        cursor: Cursor,
        stream: str,
        day: int,
        version: int,
        annulled: Collection[int],
        cells: CellFilter | None = None,
    ) -> bytes:
        """The fragments in force on a day, as known at a version, as one JSON list in the order of the cells.

        `annulled` are the versions that do not count; `cells`, where it is given, the only ones that are asked for.
        """

    def timelines(self, cursor: Cursor, stream: str, low: str, high: str, version: int) -> list[str]:
        """All fragments up to a version of the objects from `low` to `high`, in the order of their places."""

    def of_cell(self, cursor: Cursor, cell: int) -> list[tuple[int, int, str]]:
        """Day, version and fragment of every fact of a cell, in their order."""

    def orphan(self, cursor: Cursor) -> str | None:
        """The fragment of a fact that is of no cell; None when there is none."""


def _except_annulled(annulled: Collection[int], version: str) -> str:
    return f"AND {version} NOT IN ({', '.join(map(str, sorted(annulled)))})" if annulled else ""


def _listed(row: tuple[Any, ...] | None) -> bytes:
    return b"[" + (row[0] if row and row[0] else "").encode() + b"]"


class SqliteFacts:
    """Facts in a table of one whole number and a text: `cell << 39 | day << 22 | version`."""

    logical: ClassVar[tuple[int, str]] = (
        5,
        f"""
SELECT c.stream, c.object, c.field, f.id >> {VERSION_BITS} & {MAX_DAYS - 1}, f.id & {_VERSION_MASK}, f.fragment
FROM {{prefix}}cell c
JOIN {{prefix}}fact f ON f.id BETWEEN c.id << {_CELL_SHIFT} AND (c.id << {_CELL_SHIFT} | {_PLACE_MASK})
UNION ALL SELECT NULL, NULL, NULL, NULL, id, fragment FROM {{prefix}}fact
WHERE id >> {_CELL_SHIFT} NOT IN (SELECT id FROM {{prefix}}cell)""",  # noqa: S608
    )
    """From cell to fact, for no index leads back."""

    def put(self, cursor: Cursor, rows: Iterable[tuple[int, int, int, str]], prefix: str = "") -> None:
        """Appends facts."""
        places = [(cell << _CELL_SHIFT | day << VERSION_BITS | version, text) for cell, day, version, text in rows]
        if len(places) > 1:
            places.sort()  # the file takes them faster in its own order
        cursor.executemany(f"INSERT INTO {prefix}fact (id, fragment) VALUES (?, ?)", places)  # noqa: S608

    def new_cells(self, cursor: Cursor, cells: Sequence[NewCell], prefix: str = "") -> list[int]:
        """Enters cells; there is none without a fact, so that the last fact knows the last of them."""
        row = cursor.execute(f"SELECT max(id) >> {_CELL_SHIFT} FROM {prefix}fact").fetchone()  # noqa: S608
        first = (int(row[0]) if row and row[0] else 0) + 1
        if first + len(cells) > MAX_CELLS:
            raise StoreRefused("il file non ha posto per altri oggetti", accepted="un archivio su PostgreSQL")
        numbers = list(range(first, first + len(cells)))
        sql = f"INSERT INTO {prefix}cell (id, {_NEW}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
        cursor.executemany(sql, [(number, *cell) for number, cell in zip(numbers, cells, strict=True)])
        return numbers

    def refresh_latest(self, cursor: Cursor, prefix: str) -> None:
        """Puts the latest facts into their cells."""
        facts_of_cell = f"FROM {prefix}fact f WHERE f.id BETWEEN {prefix}cell.id << {_CELL_SHIFT} AND ({prefix}cell.id << {_CELL_SHIFT} | {_PLACE_MASK})"
        cursor.execute(
            f"UPDATE {prefix}cell SET several = (SELECT count(*) FROM (SELECT 1 {facts_of_cell} LIMIT 2)) = 2, "  # noqa: S608
            f"(day, version, fragment) = (SELECT f.id >> {VERSION_BITS} & {MAX_DAYS - 1}, f.id & {_VERSION_MASK}, f.fragment "
            f"{facts_of_cell} ORDER BY f.id DESC LIMIT 1)"
        )

    def state(
        self,
        cursor: Cursor,
        stream: str,
        day: int,
        version: int,
        annulled: Collection[int],
        cells: CellFilter | None = None,
    ) -> bytes:
        """The state, strung together by the database."""
        sql = f"""
SELECT group_concat(CASE
WHEN c.day <= ? AND c.version <= ? {_except_annulled(annulled, "c.version")} THEN c.fragment
WHEN c.several THEN (
    SELECT f.fragment FROM fact f
    WHERE f.id BETWEEN c.id << {_CELL_SHIFT} AND (c.id << {_CELL_SHIFT} | ?) AND f.id & {_VERSION_MASK} <= ? {_except_annulled(annulled, f"f.id & {_VERSION_MASK}")}
    ORDER BY f.id DESC LIMIT 1)
END)
FROM cell c WHERE c.stream = ? {_filter_sql(cells)}"""  # noqa: S608 - whole numbers of ours
        params = (day, version, day << VERSION_BITS | _VERSION_MASK, version, stream, *_filter_params(cells))
        return _listed(cursor.execute(sql, params).fetchone())

    def timelines(self, cursor: Cursor, stream: str, low: str, high: str, version: int) -> list[str]:
        """The fragments of some objects."""
        sql = f"""
SELECT f.fragment FROM cell c JOIN fact f ON f.id BETWEEN c.id << {_CELL_SHIFT} AND (c.id << {_CELL_SHIFT} | {_PLACE_MASK})
WHERE c.stream = ? AND c.object >= ? AND c.object < ? AND f.id & {_VERSION_MASK} <= ? ORDER BY f.id"""  # noqa: S608
        return [str(text) for (text,) in cursor.execute(sql, (stream, low, high, version)).fetchall()]

    def of_cell(self, cursor: Cursor, cell: int) -> list[tuple[int, int, str]]:
        """The facts of a cell."""
        sql = "SELECT id, fragment FROM fact WHERE id BETWEEN ? AND ? ORDER BY id"
        rows = cursor.execute(sql, (cell << _CELL_SHIFT, cell << _CELL_SHIFT | _PLACE_MASK)).fetchall()
        return [((place & _PLACE_MASK) >> VERSION_BITS, place & _VERSION_MASK, str(text)) for place, text in rows]

    def orphan(self, cursor: Cursor) -> str | None:
        """A fact of no cell."""
        sql = f"SELECT fragment FROM fact WHERE id >> {_CELL_SHIFT} NOT IN (SELECT id FROM cell) ORDER BY id LIMIT 1"  # noqa: S608
        row = cursor.execute(sql).fetchone()
        return str(row[0]) if row else None


class PostgresFacts:
    """Facts in a table of three numbers and a text."""

    logical: ClassVar[tuple[int, str]] = (
        5,
        (
            "SELECT c.stream, c.object, c.field, f.day, f.version, f.fragment "
            "FROM {prefix}fact f LEFT JOIN {prefix}cell c ON c.id = f.cell"
        ),
    )

    def put(self, cursor: Cursor, rows: Iterable[tuple[int, int, int, str]], prefix: str = "") -> None:
        """Appends facts."""
        cursor.executemany(f"INSERT INTO {prefix}fact (cell, day, version, fragment) VALUES (?, ?, ?, ?)", rows)  # noqa: S608

    def new_cells(self, cursor: Cursor, cells: Sequence[NewCell], prefix: str = "") -> list[int]:
        """Enters cells, many with one statement."""
        numbers: list[int] = []
        for first in range(0, len(cells), CELLS_PER_INSERT):
            batch = cells[first : first + CELLS_PER_INSERT]
            values = ", ".join(["(?, ?, ?, ?, ?, ?, ?)"] * len(batch))
            sql = f"INSERT INTO {prefix}cell ({_NEW}) VALUES {values} RETURNING id"  # noqa: S608
            rows = cursor.execute(sql, [word for cell in batch for word in cell]).fetchall()
            numbers += sorted(int(number) for (number,) in rows)
        return numbers

    def refresh_latest(self, cursor: Cursor, prefix: str) -> None:
        """Puts the latest facts into their cells."""
        sql = f"""
UPDATE {prefix}cell c SET day = f.day, version = f.version, fragment = f.fragment, several = least(f.facts - 1, 1)
FROM (SELECT cell, day, version, fragment, count(*) OVER (PARTITION BY cell) AS facts,
             row_number() OVER (PARTITION BY cell ORDER BY day DESC, version DESC) AS place FROM {prefix}fact) f
WHERE f.cell = c.id AND f.place = 1"""  # noqa: S608
        cursor.execute(sql)

    def state(
        self,
        cursor: Cursor,
        stream: str,
        day: int,
        version: int,
        annulled: Collection[int],
        cells: CellFilter | None = None,
    ) -> bytes:
        """The state, strung together by the database."""
        sql = f"""
SELECT string_agg(CASE
WHEN c.day <= ? AND c.version <= ? {_except_annulled(annulled, "c.version")} THEN c.fragment
WHEN c.several = 1 THEN (
    SELECT f.fragment FROM fact f
    WHERE f.cell = c.id AND (f.day, f.version) <= (?, {_VERSION_MASK}) AND f.version <= ? {_except_annulled(annulled, "f.version")}
    ORDER BY f.day DESC, f.version DESC LIMIT 1)
END, ',' ORDER BY c.id)
FROM cell c WHERE c.stream = ? {_filter_sql(cells)}"""  # noqa: S608 - whole numbers of ours
        return _listed(cursor.execute(sql, (day, version, day, version, stream, *_filter_params(cells))).fetchone())

    def timelines(self, cursor: Cursor, stream: str, low: str, high: str, version: int) -> list[str]:
        """The fragments of some objects."""
        sql = """
SELECT f.fragment FROM cell c JOIN fact f ON f.cell = c.id
WHERE c.stream = ? AND c.object >= ? AND c.object < ? AND f.version <= ? ORDER BY c.id, f.day, f.version"""
        return [str(text) for (text,) in cursor.execute(sql, (stream, low, high, version)).fetchall()]

    def of_cell(self, cursor: Cursor, cell: int) -> list[tuple[int, int, str]]:
        """The facts of a cell."""
        sql = "SELECT day, version, fragment FROM fact WHERE cell = ? ORDER BY day, version"
        return [(day, version, str(text)) for day, version, text in cursor.execute(sql, (cell,)).fetchall()]

    def orphan(self, cursor: Cursor) -> str | None:
        """A fact of no cell."""
        sql = "SELECT fragment FROM fact WHERE cell NOT IN (SELECT id FROM cell) ORDER BY cell LIMIT 1"
        row = cursor.execute(sql).fetchone()
        return str(row[0]) if row else None


# -- cells -------------------------------------------------------------------------------------------------------------

CELLS_PER_INSERT = 500
"""How many cells one statement enters on a server."""
POINT_LOOKUP_LIMIT = 12
"""Up to how many cells are asked for one by one; more, and all those of the stream are read."""


class _Cell(NamedTuple):
    """A cell that is there, and the place of its newest fact."""

    number: int
    place: tuple[int, int]
    has_history: bool


def write_facts(cursor: Cursor, table: FactTable, stream: str, rows: Sequence[FactRow]) -> None:
    """Appends facts to the timelines of a stream; the newest of a cell, by day and then by version, goes into its row."""
    of_cell: dict[tuple[str, str], list[FactRow]] = {}
    for row in rows:
        of_cell.setdefault((row.object, row.field), []).append(row)
    known = _read_cells(cursor, stream, of_cell)
    newer: list[tuple[object, ...]] = []
    new: list[NewCell] = []
    second: list[tuple[object, ...]] = []
    for cell, cell_rows in of_cell.items():
        latest = max(cell_rows, key=_place)
        known_cell = known.get(cell)
        if known_cell is None:
            new.append(NewCell(stream, *cell, latest.day, latest.version, latest.fragment, int(len(cell_rows) > 1)))
        elif _place(latest) > known_cell.place:
            newer.append((latest.day, latest.version, latest.fragment, stream, known_cell.number))
        elif not known_cell.has_history:
            second.append((stream, known_cell.number))
    sql = "UPDATE cell SET day = ?, version = ?, fragment = ?, several = 1 WHERE stream = ? AND id = ?"
    cursor.executemany(sql, newer)
    cursor.executemany("UPDATE cell SET several = 1 WHERE stream = ? AND id = ?", second)
    numbers = {cell: known_cell.number for cell, known_cell in known.items()}
    numbers |= zip(
        [(cell.object, cell.field) for cell in new], table.new_cells(cursor, new) if new else (), strict=True
    )
    table.put(cursor, [(numbers[row.object, row.field], row.day, row.version, row.fragment) for row in rows])


def _place(row: FactRow) -> tuple[int, int]:
    return row.day, row.version


def _read_cells(cursor: Cursor, stream: str, cells: Collection[tuple[str, str]]) -> dict[tuple[str, str], _Cell]:
    """The cells that are there, of those asked for."""
    sql = "SELECT object, field, id, day, version, several FROM cell WHERE stream = ?"
    if len(cells) > POINT_LOOKUP_LIMIT:
        rows = cursor.execute(sql, (stream,)).fetchall()
    else:
        sql += " AND object = ? AND field = ?"
        rows = [row for cell in cells for row in cursor.execute(sql, (stream, *cell)).fetchall()]
    return {
        (str(o), str(f)): _Cell(int(number), (day, v), bool(has_history)) for o, f, number, day, v, has_history in rows
    }
