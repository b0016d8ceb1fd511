"""Read model: the facts, which are the value that each event gave to each field.

A fact is known by its cell (a field of an object of a stream), the day from which it holds, and the version of its
event; it is held as a fragment: `[object, field, effective_on, version, value]`, ready JSON. The latest fact of a cell, by
day and then by version, lies in the row of the cell, and most cells have no other; what is earlier lies in `fact`. A state
is those rows, and a seek for each that is newer than what is asked. The database itself strings the fragments together.

SQLite finds a row fastest by one whole number, so that there the three lie in it: cell, day, version, from the left. A
server seeks by the three numbers, and compares whose the row is that it found.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, ClassVar, NamedTuple, Protocol, TypeAlias

import orjson

from domain.errors import Malformed, Problem, StoreRefused
from domain.facts import Fact
from projections.store.cursor import Cursor, bulk_insert, past_prefix
from projections.store.owners import OF_STREAM, StreamKey

CELLS = "cell_number"
"""What counts the cells: a sequence of a server, a counter beside that of positions in a file."""
DAY_ZERO = date(1900, 1, 1)
DAY_BITS, VERSION_BITS = 17, 22
MAX_DAYS, MAX_VERSIONS, MAX_CELLS = 2**DAY_BITS, 2**VERSION_BITS, 2 ** (63 - DAY_BITS - VERSION_BITS)
"""What fits: until the year 2258, 4 million events a stream; on SQLite 16 million cells a file, a server has no such end."""
_CELL_SHIFT = DAY_BITS + VERSION_BITS
_PLACE_MASK = 2**_CELL_SHIFT - 1
_VERSION_MASK = MAX_VERSIONS - 1
LAST_VERSION = MAX_VERSIONS - 1
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


@lru_cache(maxsize=4096)
def stored_day(text: str) -> int:
    """The number of a day as an event holds it; ValueError for what is none, Malformed outside the calendar of the store."""
    return storable_day(date.fromisoformat(text))


def fact_rows(facts: Iterable[Fact], effective_on: date, version: int) -> list[FactRow]:
    """What an event says, as rows."""
    day, date_text = storable_day(effective_on), effective_on.isoformat()
    return [
        FactRow(object_, field, day, version, orjson.dumps((object_, field, date_text, version, value)).decode())
        for object_, field, value in facts
    ]


class NewCell(NamedTuple):
    """A cell to be entered, with its latest fact, and whether it has others."""

    administration: str
    stream: str
    object: str
    field: str
    day: int
    version: int
    fragment: str
    has_history: int


_NEW = "administration, originator_id, object, field, day, version, fragment, several"
"""The columns of a new cell, as they lie."""


class CellFilter(NamedTuple):
    """Which cells are asked for: all of these objects, and these fields of any other."""

    objects: tuple[str, ...]
    fields: tuple[str, ...]


def _filter_sql(cells: CellFilter | None, among: str) -> str:
    if cells is None:
        return ""
    objects, fields = (", ".join("?" * len(names)) for names in cells)
    if not cells.fields:  # sought, where else every cell of the stream is read: a file needs to be told by which index
        of_objects = f"o.administration = ? AND o.originator_id = ? AND o.object IN ({objects}) AND o.field >= ''"
        return f"AND c.id {among.format(f'SELECT o.id FROM cell o WHERE {of_objects}')}"  # noqa: S608 - question marks alone
    return f"AND (c.object IN ({objects}) OR c.field IN ({fields}))"


def _filter_params(key: StreamKey, cells: CellFilter | None) -> tuple[str, ...]:
    if cells is None:
        return ()
    return (*cells.objects, *cells.fields) if cells.fields else (*key, *cells.objects)


EarlierFact: TypeAlias = tuple[str, int, int, int, str]
"""A fact that is not the latest of its cell: administration, cell, day, version, fragment."""


_SERVED = """
SELECT 'objective/' || substr(a.object, ?) FROM cell a
WHERE a.administration = ? AND a.originator_id = ? AND a.object >= ? AND a.object < ? AND a.field = 'life'"""
_OF_STREAM = "c.administration = ? AND c.originator_id = ?"


def _served_params(key: StreamKey, assignments: str) -> tuple[object, ...]:
    return len(assignments) + 1, *key, assignments, past_prefix(assignments)


class FactTable(Protocol):
    """How one database holds facts; every question is of one snapshot."""

    logical: ClassVar[tuple[int, str]]
    """The earlier facts with the cell of each, whatever its number, and how many of the first columns are the key.

    `{prefix}` stands before the tables.
    """

    def write(self, cursor: Cursor, key: StreamKey, rows: Sequence[FactRow]) -> None:
        """Adds facts to the timelines of a stream, named by its key: the latest of each cell to its row, the others beside.

        A fact that lies there already is left.
        """

    def begin_cells_after(self, cursor: Cursor, number: int) -> None:
        """Sees to it that cells entered from now on have greater numbers: so many were entered otherwise."""

    def put_many(self, cursor: Cursor, rows: Sequence[EarlierFact], prefix: str) -> None:
        """Fills a table that is rebuilt with earlier facts, fast."""

    def state(
        self,
        cursor: Cursor,
        key: StreamKey,
        day: int,
        version: int,
        annulled: Collection[int],
        cells: CellFilter | None = None,
    ) -> bytes:
        """The fragments in force on a day, as known at a version, as one JSON list in the order of the cells.

        `annulled` are the versions that do not count; `cells`, where it is given, the only ones that are asked for.
        """

    def timelines(self, cursor: Cursor, key: StreamKey, low: str, high: str, version: int) -> list[str]:
        """All fragments up to a version of the objects from `low` to `high`, in the order of their places."""

    def served(self, cursor: Cursor, key: StreamKey, assignments: str) -> list[str]:
        """All fragments of the objectives that assignments beginning so are to, in the order of their places."""

    def earlier(self, cursor: Cursor, administration: str, cell: int) -> list[tuple[int, int, str]]:
        """Day, version and fragment of every fact of a cell that is not in its row, in their order."""

    def orphan(self, cursor: Cursor) -> str | None:
        """The fragment of a fact that is of no cell; None when there is none."""


def _except_annulled(annulled: Collection[int], version: str) -> str:
    return f"AND {version} NOT IN ({', '.join(map(str, sorted(annulled)))})" if annulled else ""


def _listed(row: tuple[Any, ...] | None) -> bytes:
    return b"[" + (row[0] if row and row[0] else "").encode() + b"]"


_LATEST_PLACE = f"((c.id << {_CELL_SHIFT}) | (c.day << {VERSION_BITS}) | c.version)"
_EARLIER_OF_CELL = f"f.id BETWEEN c.id << {_CELL_SHIFT} AND (c.id << {_CELL_SHIFT} | {_PLACE_MASK})"


POINT_LOOKUP_LIMIT = 12
"""Up to how many cells are asked for one by one; more, and all those of the stream are read."""


class _Cell(NamedTuple):
    """A cell that is there, with its latest fact."""

    number: int
    day: int
    version: int
    fragment: str
    has_history: bool

    @property
    def place(self) -> tuple[int, int]:
        """What a fact is later by."""
        return self.day, self.version


def _place(row: FactRow) -> tuple[int, int]:
    return row.day, row.version


def _read_cells(cursor: Cursor, key: StreamKey, cells: Collection[tuple[str, str]]) -> dict[tuple[str, str], _Cell]:
    """The cells that are there, of those asked for."""
    sql = f"SELECT object, field, id, day, version, fragment, several FROM cell WHERE {OF_STREAM}"  # noqa: S608
    if len(cells) > POINT_LOOKUP_LIMIT:
        rows = cursor.execute(sql, key).fetchall()
    else:
        sql += " AND object = ? AND field = ?"
        rows = [row for cell in cells for row in cursor.execute(sql, (*key, *cell)).fetchall()]
    return {
        (str(o), str(f)): _Cell(int(number), day, version, str(fragment), bool(has_history))
        for o, f, number, day, version, fragment, has_history in rows
    }


def _by_cell(rows: Sequence[FactRow]) -> dict[tuple[str, str], list[FactRow]]:
    of_cell: dict[tuple[str, str], list[FactRow]] = {}
    for row in rows:
        of_cell.setdefault((row.object, row.field), []).append(row)
    return of_cell


class SqliteFacts:
    """Facts in a table of one whole number and a text: `cell << 39 | day << 22 | version`."""

    logical: ClassVar[tuple[int, str]] = (
        6,
        f"""
SELECT c.administration, c.originator_id, c.object, c.field, f.id >> {VERSION_BITS} & {MAX_DAYS - 1}, f.id & {_VERSION_MASK}, f.fragment
FROM {{prefix}}cell c JOIN {{prefix}}fact f ON {_EARLIER_OF_CELL}
UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, id, fragment FROM {{prefix}}fact
WHERE id >> {_CELL_SHIFT} NOT IN (SELECT id FROM {{prefix}}cell)""",  # noqa: S608
    )
    """From cell to fact, for no index leads back."""

    def write(self, cursor: Cursor, key: StreamKey, rows: Sequence[FactRow]) -> None:
        """Adds facts, to the cells that are read first."""
        of_cell = _by_cell(rows)
        known = _read_cells(cursor, key, of_cell)
        new: list[NewCell] = []
        later: list[tuple[object, ...]] = []
        second: list[tuple[object, ...]] = []
        earlier: list[EarlierFact] = []
        earlier_of_new: list[tuple[int, FactRow]] = []
        for cell, cell_rows in of_cell.items():
            *others, latest = sorted(cell_rows, key=_place)
            cell_there = known.get(cell)
            if cell_there is None:
                earlier_of_new += [(len(new), row) for row in others]
                new.append(NewCell(*key, *cell, latest.day, latest.version, latest.fragment, int(bool(others))))
                continue
            number = cell_there.number
            if _place(latest) > cell_there.place:
                later.append((latest.day, latest.version, latest.fragment, *key, number))
                earlier.append((key.administration, number, *cell_there.place, cell_there.fragment))
            else:
                others = cell_rows
                if not cell_there.has_history:
                    second.append((*key, number))
            earlier += [(key.administration, number, row.day, row.version, row.fragment) for row in others]
        sql = f"UPDATE cell SET day = ?, version = ?, fragment = ?, several = 1 WHERE {OF_STREAM} AND id = ?"  # noqa: S608
        cursor.executemany(sql, later)
        if second:
            cursor.executemany(f"UPDATE cell SET several = 1 WHERE {OF_STREAM} AND id = ?", second)  # noqa: S608
        if new:
            numbers = self._new_cells(cursor, new)
            earlier += [
                (key.administration, numbers[place], row.day, row.version, row.fragment)
                for place, row in earlier_of_new
            ]
        cursor.executemany("INSERT OR IGNORE INTO fact (id, fragment) VALUES (?, ?)", _places(earlier))

    def put_many(self, cursor: Cursor, rows: Sequence[EarlierFact], prefix: str) -> None:
        """Fills a table that is rebuilt."""
        cursor.executemany(f"INSERT INTO {prefix}fact (id, fragment) VALUES (?, ?)", _places(rows))  # noqa: S608

    def _new_cells(self, cursor: Cursor, cells: Sequence[NewCell]) -> list[int]:
        """Enters cells, numbered by a counter beside that of positions."""
        row = cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (CELLS,)).fetchone()
        if row is None:  # a program that kept no counter left the numbers themselves
            sql = f"SELECT max(coalesce((SELECT max(id) FROM cell), 0), coalesce((SELECT max(id) >> {_CELL_SHIFT} FROM fact), 0))"  # noqa: S608
            row = cursor.execute(sql).fetchone()
        first = (int(row[0]) if row else 0) + 1
        if first + len(cells) > MAX_CELLS:
            raise StoreRefused("il file non ha posto per altri oggetti", accepted="un archivio su PostgreSQL")
        numbers = list(range(first, first + len(cells)))
        sql = f"INSERT INTO cell (id, {_NEW}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
        cursor.executemany(sql, [(number, *cell) for number, cell in zip(numbers, cells, strict=True)])
        self.begin_cells_after(cursor, numbers[-1])
        return numbers

    def begin_cells_after(self, cursor: Cursor, number: int) -> None:
        """Sets the counter of cells."""
        cursor.execute("DELETE FROM sqlite_sequence WHERE name = ?", (CELLS,))
        cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (CELLS, number))

    def state(
        self,
        cursor: Cursor,
        key: StreamKey,
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
FROM cell c WHERE {_OF_STREAM} {_filter_sql(cells, "IN ({})")}"""  # noqa: S608 - whole numbers of ours
        params = (day, version, day << VERSION_BITS | _VERSION_MASK, version, *key, *_filter_params(key, cells))
        return _listed(cursor.execute(sql, params).fetchone())

    def timelines(self, cursor: Cursor, key: StreamKey, low: str, high: str, version: int) -> list[str]:
        """The fragments of some objects."""
        of_objects = f"{_OF_STREAM} AND c.object >= ? AND c.object < ?"
        sql = f"SELECT {_LATEST_PLACE}, c.fragment, c.several FROM cell c WHERE {of_objects} ORDER BY 1"  # noqa: S608
        places = cursor.execute(sql, (*key, low, high)).fetchall()
        if any(several for *_, several in places):  # what never changed is asked of the cells alone
            sql = f"SELECT f.id, f.fragment, 1 FROM cell c JOIN fact f ON {_EARLIER_OF_CELL} WHERE {of_objects} AND c.several"  # noqa: S608
            places = sorted([*places, *cursor.execute(sql, (*key, low, high)).fetchall()])
        return [text for place, text, _ in places if place & _VERSION_MASK <= version]

    def served(self, cursor: Cursor, key: StreamKey, assignments: str) -> list[str]:
        """The fragments of some objectives."""
        sql = f"""
SELECT c.fragment, {_LATEST_PLACE} FROM cell c WHERE {_OF_STREAM} AND c.object IN ({_SERVED})
UNION ALL SELECT f.fragment, f.id FROM cell c JOIN fact f ON {_EARLIER_OF_CELL}
WHERE {_OF_STREAM} AND c.object IN ({_SERVED}) AND c.several ORDER BY 2"""  # noqa: S608
        rows = cursor.execute(sql, (*key, *_served_params(key, assignments)) * 2).fetchall()
        return [str(text) for text, _ in rows]

    def earlier(self, cursor: Cursor, administration: str, cell: int) -> list[tuple[int, int, str]]:
        """The earlier facts of a cell."""
        del administration  # the cell is of one
        sql = "SELECT id, fragment FROM fact WHERE id BETWEEN ? AND ? ORDER BY id"
        rows = cursor.execute(sql, (cell << _CELL_SHIFT, cell << _CELL_SHIFT | _PLACE_MASK)).fetchall()
        return [((place & _PLACE_MASK) >> VERSION_BITS, place & _VERSION_MASK, str(text)) for place, text in rows]

    def orphan(self, cursor: Cursor) -> str | None:
        """A fact of no cell."""
        sql = f"SELECT fragment FROM fact WHERE id >> {_CELL_SHIFT} NOT IN (SELECT id FROM cell) ORDER BY id LIMIT 1"  # noqa: S608
        row = cursor.execute(sql).fetchone()
        return str(row[0]) if row else None


def _places(rows: Iterable[EarlierFact]) -> list[tuple[int, str]]:
    """The rows of earlier facts, in the order in which a file takes them fastest."""
    return sorted((cell << _CELL_SHIFT | day << VERSION_BITS | version, text) for _, cell, day, version, text in rows)


_SOUGHT = f"SELECT * FROM cell c WHERE {_OF_STREAM} AND c.object = g.object AND c.field = g.field OFFSET 0"  # noqa: S608
"""The cell of what is given, by a seek of its own. A server that takes administration and stream for independent of each other
thinks of a stream as of a row or none, and would rather read it whole."""
_EARLIER = "SELECT * FROM fact f WHERE f.administration = c.administration AND f.cell = c.id OFFSET 0"
"""The same of the earlier facts of a cell."""
_LATER = "(g.day, g.version) > (c.day, c.version)"
_PUT_LATEST = f"""
WITH given AS MATERIALIZED (
    SELECT * FROM unnest(?::text[], ?::text[], ?::int[], ?::int[], ?::text[], ?::int[]) WITH ORDINALITY
    AS g (object, field, day, version, fragment, several, place)),
there AS MATERIALIZED (
    SELECT c.id, c.object, c.field, c.day, c.version, c.fragment
    FROM given g CROSS JOIN LATERAL ({_SOUGHT}) AS c),
entered AS (
    INSERT INTO cell AS c (administration, originator_id, object, field, day, version, fragment, several)
    SELECT ?, ?, object, field, day, version, fragment, several FROM given ORDER BY place
    ON CONFLICT (administration, originator_id, object, field) DO UPDATE SET several = 1,
        (day, version, fragment) = (SELECT g.day, g.version, g.fragment FROM (
            VALUES (c.day, c.version, c.fragment), (excluded.day, excluded.version, excluded.fragment)
        ) AS g (day, version, fragment) ORDER BY g.day DESC, g.version DESC LIMIT 1))
INSERT INTO fact (administration, cell, day, version, fragment)
SELECT ?, c.id, CASE WHEN {_LATER} THEN c.day ELSE g.day END, CASE WHEN {_LATER} THEN c.version ELSE g.version END,
    CASE WHEN {_LATER} THEN c.fragment ELSE g.fragment END
FROM given g JOIN there c ON c.object = g.object AND c.field = g.field
ON CONFLICT DO NOTHING"""  # noqa: S608 - our own words
"""The latest fact that an append gives to each cell: the later of it and of the one that lay there is the row of the cell,
the other goes beside. Every part of it sees the tables as they were."""
_PUT_OTHERS = f"""
INSERT INTO fact (administration, cell, day, version, fragment)
SELECT c.administration, c.id, g.day, g.version, g.fragment
FROM unnest(?::text[], ?::text[], ?::int[], ?::int[], ?::text[]) AS g (object, field, day, version, fragment)
CROSS JOIN LATERAL ({_SOUGHT}) AS c
ON CONFLICT DO NOTHING"""  # noqa: S608 - our own words


NEAR_EVENTS = 6_000
"""How many events of a stream lie near a day: a field that is one of a thousand revised ones has some of them."""
LONG_HISTORY = 5 * NEAR_EVENTS
"""From how many events on a stream is looked at near the day first: it spares four parts of five."""
_UP_TO = f"""
    SELECT f.fragment FROM fact f
    WHERE f.administration = c.administration AND f.cell = c.id AND (f.day, f.version) <= (?, {_VERSION_MASK})"""  # noqa: S608
_NEWEST_FIRST = "ORDER BY f.day DESC, f.version DESC LIMIT 1"
_NEAR = f"""
WITH near AS MATERIALIZED (
    SELECT (SELECT max(c.day) FROM boundary c WHERE {_OF_STREAM} AND c.day <= ?)
        - ?::bigint * (SELECT max(c.day) - min(c.day) FROM boundary c WHERE {_OF_STREAM}) / ? AS first)"""  # noqa: S608
"""The first of the days in which so many events fall, up to the last one on which something takes effect. Whoever asks a
server for the first row of an index gets all that follow it on its page read and compared, a hundred, unless it is said where
they end."""


class PostgresFacts:
    """Facts in a table of three numbers and a text."""

    logical: ClassVar[tuple[int, str]] = (
        6,
        (
            "SELECT f.administration, c.originator_id, c.object, c.field, f.day, f.version, f.fragment "
            "FROM {prefix}fact f LEFT JOIN {prefix}cell c ON c.administration = f.administration AND c.id = f.cell"
        ),
    )

    def write(self, cursor: Cursor, key: StreamKey, rows: Sequence[FactRow]) -> None:
        """Adds facts by one statement, which the server answers nothing to: nobody waits for what lies there."""
        latest: list[tuple[object, ...]] = []
        others: list[FactRow] = []
        for (object_, field), of_cell in _by_cell(rows).items():
            *earlier, last = sorted(of_cell, key=_place)
            others += earlier
            latest.append((object_, field, last.day, last.version, last.fragment, int(bool(earlier))))
        if latest:
            cursor.execute(_PUT_LATEST, (*map(list, zip(*latest, strict=True)), *key, *key, key.administration))
        if others:
            cursor.execute(_PUT_OTHERS, (*map(list, zip(*others, strict=True)), *key))

    def put_many(self, cursor: Cursor, rows: Sequence[EarlierFact], prefix: str) -> None:
        """Fills a table that is rebuilt."""
        bulk_insert(cursor, f"{prefix}fact", ("administration", "cell", "day", "version", "fragment"), rows)

    def begin_cells_after(self, cursor: Cursor, number: int) -> None:
        """Raises the sequence of cells: by setting it, or number by number where the right to do that is lacking."""
        sql = (
            "SELECT coalesce(pg_sequence_last_value('cell_number'), 0), has_sequence_privilege('cell_number', 'UPDATE')"
        )
        last, may_set = cursor.execute(sql).fetchone() or (0, False)
        if number <= last:
            return
        if may_set:
            cursor.execute("SELECT setval('cell_number', ?)", (number,))
        else:
            cursor.execute(
                "SELECT count(nextval('cell_number')) FROM generate_series(?::bigint, ?::bigint)", (last + 1, number)
            )

    def state(
        self,
        cursor: Cursor,
        key: StreamKey,
        day: int,
        version: int,
        annulled: Collection[int],
        cells: CellFilter | None = None,
    ) -> bytes:
        """The state, strung together by the database; of a long history, what lies near the day is looked at first."""
        counts = f"f.version <= ? {_except_annulled(annulled, 'f.version')}"
        newest, asked = f"({_UP_TO} AND {counts} {_NEWEST_FIRST})", [day, version]
        near, of_near = "", tuple[object, ...]()
        if version >= LONG_HISTORY and cells is None:
            newest = (
                f"coalesce(({_UP_TO} AND f.day >= (SELECT first FROM near) AND {counts} {_NEWEST_FIRST}), {newest})"  # noqa: S608 - our own words
            )
            near, of_near, asked = _NEAR, (*key, day, NEAR_EVENTS, *key, version), [day, version, *asked]
        sql = f"""
{near} SELECT string_agg(CASE
WHEN c.day <= ? AND c.version <= ? {_except_annulled(annulled, "c.version")} THEN c.fragment
WHEN c.several = 1 THEN {newest}
END, ',' ORDER BY c.id)
FROM cell c WHERE {_OF_STREAM} {_filter_sql(cells, "= ANY(ARRAY({}))")}"""  # noqa: S608 - whole numbers of ours
        params = (*of_near, day, version, *asked, *key, *_filter_params(key, cells))
        return _listed(cursor.execute(sql, params).fetchone())

    def timelines(self, cursor: Cursor, key: StreamKey, low: str, high: str, version: int) -> list[str]:
        """The fragments of some objects."""
        sql = f"""
SELECT c.fragment, c.id, c.day, c.version FROM cell c
WHERE {_OF_STREAM} AND c.object >= ? AND c.object < ? AND c.version <= ?
UNION ALL SELECT f.fragment, f.cell, f.day, f.version FROM cell c CROSS JOIN LATERAL ({_EARLIER}) AS f
WHERE {_OF_STREAM} AND c.object >= ? AND c.object < ? AND c.several = 1 AND f.version <= ? ORDER BY 2, 3, 4"""  # noqa: S608 - our own words
        rows = cursor.execute(sql, (*key, low, high, version) * 2).fetchall()
        return [str(text) for text, *_ in rows]

    def served(self, cursor: Cursor, key: StreamKey, assignments: str) -> list[str]:
        """The fragments of some objectives."""
        sql = f"""
WITH served AS MATERIALIZED (
    SELECT c.administration, c.id, c.day, c.version, c.fragment, c.several
    FROM (SELECT DISTINCT object FROM ({_SERVED}) AS o (object)) AS o
    CROSS JOIN LATERAL (SELECT * FROM cell c WHERE {_OF_STREAM} AND c.object = o.object OFFSET 0) AS c)
SELECT fragment, id, day, version FROM served
UNION ALL SELECT f.fragment, f.cell, f.day, f.version FROM served c CROSS JOIN LATERAL ({_EARLIER}) AS f
WHERE c.several = 1 ORDER BY 2, 3, 4"""  # noqa: S608
        rows = cursor.execute(sql, (*_served_params(key, assignments), *key)).fetchall()
        return [str(text) for text, *_ in rows]

    def earlier(self, cursor: Cursor, administration: str, cell: int) -> list[tuple[int, int, str]]:
        """The earlier facts of a cell."""
        sql = "SELECT day, version, fragment FROM fact WHERE administration = ? AND cell = ? ORDER BY day, version"
        rows = cursor.execute(sql, (administration, cell)).fetchall()
        return [(day, version, str(text)) for day, version, text in rows]

    def orphan(self, cursor: Cursor) -> str | None:
        """A fact of no cell."""
        sql = """
SELECT fragment FROM fact WHERE (administration, cell) NOT IN (SELECT administration, id FROM cell)
ORDER BY administration, cell LIMIT 1"""
        row = cursor.execute(sql).fetchone()
        return str(row[0]) if row else None
