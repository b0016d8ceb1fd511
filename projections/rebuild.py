"""Shadow tables: rebuilds every projection from the record, to the same ordered rows, while the old ones answer.

They are filled batch by batch, while others read and write; a rebuild that was killed goes on where it had come to. At
the end, in one transaction in which nobody writes, the rest is taken in and the two are swapped.
"""

# ruff: noqa: S608 - every name of a table here is ours

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeAlias

from domain.errors import ConcurrentChange
from domain.proof.merkle import Edge, leaf_hash, unpacked
from projections.across.comparison import NO_ROW, RowDiffers, rows_that_differ
from projections.proof.checkpoints import confirm
from projections.store import schema, sqlite
from projections.store.append import write_annulment
from projections.store.cursor import Cursor
from projections.store.event_decoding import decode
from projections.store.facts import FactRow, NewCell, day_number, fact_rows
from projections.store.gc_tuning import gc_tuned
from projections.store.location import is_server
from projections.store.reader import NotificationRow
from projections.store.store import Store

if TYPE_CHECKING:
    from projections.store import postgres

BATCH = 20_000
Datastore: TypeAlias = "sqlite.Datastore | postgres.Datastore"

RebuildProgress = Callable[[int, int], None]
"""Is told how many events are done, of how many."""


def _no_progress(_done: int, _total: int) -> None:
    pass


def rebuild(store: Store, progress: RebuildProgress = _no_progress) -> int:
    """Rebuilds the projections of the whole store; answers how many events it read.

    An event that cannot be read stops it, and what answers stays as it was; so does a record that no longer agrees with
    what was signed: rebuilding must not cover the traces of whoever altered it.
    """
    with gc_tuned(), _shadow_tables(store.datastore, progress) as building:
        confirm(building.cursor, f"{schema.SHADOW}leaf")
        for statement in store.datastore.swap_shadow:
            building.cursor.execute(statement)
        return building.done


def check_projections(store: Store, progress: RebuildProgress = _no_progress) -> list[RowDiffers]:
    """Rebuilds in shadow tables, compares, and leaves what answers as it is; answers a row of each table that differs.

    What a rebuild that was killed had come to is not gone on with: nothing in a table is taken for what the events say.
    """
    questions = {**_LOGICAL, "fact": store.datastore.reader.facts.logical}
    with gc_tuned(), _shadow_tables(store.datastore, progress, resume=False) as building:
        differing = [
            row for table, question in questions.items() if (row := _differing_row(building.cursor, table, *question))
        ]
        for statement in store.datastore.drop_shadow:
            building.cursor.execute(statement)
    with store.reading() as reader:
        first: dict[str, RowDiffers] = {}
        for row in rows_that_differ(reader):
            first.setdefault(row.table, row)
    return [*differing, *first.values()]


def rebuild_within(datastore: "Datastore | type[Datastore]", cursor: Cursor, progress: RebuildProgress) -> int:
    """Rebuilds in place, in a transaction of the store that is under way, and sees what that transaction recorded."""
    for statement in datastore.clear_projections:
        cursor.execute(statement)
    with gc_tuned():
        building = _Building(datastore, cursor, "", progress)
        building.finish()
        confirm(cursor)
    return building.done


def migrate(location: str, append_only_role: str | None, progress: RebuildProgress) -> tuple[int, int]:
    """Makes the tables of a store, or brings them to this version and rebuilds what is derived: whole, or not at all.

    Answers the version before, 0 for none, and the one now.
    """
    if is_server(location):
        from projections.store import postgres  # noqa: PLC0415 - of no use to a file: `server_driver`

        return postgres.migrate(
            location, append_only_role, lambda cursor: rebuild_within(postgres.Datastore, cursor, progress)
        )
    return sqlite.migrate(location, lambda cursor: rebuild_within(sqlite.Datastore, cursor, progress))


@contextmanager
def _shadow_tables(datastore: Datastore, progress: RebuildProgress, *, resume: bool = True) -> Iterator["_Building"]:
    """The projections of all that is recorded, in shadow tables; in the transaction in which nobody else writes."""
    with datastore.cursor(commit=True) as cursor:
        for statement in datastore.create_shadow:
            cursor.execute(statement)
        if not resume:
            cursor.execute(f"DELETE FROM {schema.PROGRESS}")
        building = _Building(datastore, cursor, schema.SHADOW, progress)
    more = True
    while more:
        with datastore.cursor(commit=True) as cursor:
            building.cursor = cursor
            more = building.batch(settled=True)
    with datastore.cursor(commit=True) as cursor:
        datastore.lock_out_writers(cursor)
        building.cursor = cursor
        building.finish()
        yield building


_LOGICAL: dict[str, tuple[int, str]] = {
    "append": (2, "SELECT stream, recorded_at, first, last, horizon FROM {prefix}append"),
    "boundary": (2, "SELECT stream, day, version FROM {prefix}boundary"),
    "cell": (
        3,
        (
            "SELECT stream, object, field, day, version, fragment, several, "
            "row_number() OVER (PARTITION BY stream ORDER BY id) FROM {prefix}cell"
        ),
    ),
    "annulment": (3, "SELECT stream, version, since, annulled, named FROM {prefix}annulment"),
    "leaf": (2, "SELECT stream, version, hash FROM {prefix}leaf"),
    "edge": (1, "SELECT stream, size, root, nodes FROM {prefix}edge"),
}
"""The rows of each projection, whatever the numbers of the cells, and how many of their first columns are the key."""


def _differing_row(cursor: Cursor, table: str, width: int, question: str) -> RowDiffers | None:
    """A row of a table that is not as it was rebuilt; None when there is none."""
    live, shadow = question.format(prefix=""), question.format(prefix=schema.SHADOW)
    expected, found = (
        cursor.execute(f"SELECT * FROM ({left}) a EXCEPT SELECT * FROM ({right}) b LIMIT 1").fetchone()
        for left, right in ((shadow, live), (live, shadow))
    )
    if expected is None and found is None:
        return None
    return RowDiffers(table, _words((expected or found or ())[:width]), _words(expected), _words(found))


def _words(row: Sequence[object] | None) -> str:
    """Columns as they are told; bytes in hexadecimal."""
    if row is None:
        return NO_ROW
    return ", ".join(bytes(v).hex() if isinstance(v, bytes | memoryview) else str(v) for v in row)


class _Building:
    """Projections on their way, from the first event to the last; the names of its tables begin with `prefix`."""

    def __init__(
        self, datastore: "Datastore | type[Datastore]", cursor: Cursor, prefix: str, progress: RebuildProgress
    ) -> None:
        self.cursor = cursor
        self.position = self.done = 0
        self._reader = datastore.reader
        self._facts = datastore.reader.facts
        self._prefix = prefix
        self._progress = progress
        self._cells: dict[tuple[str, str, str], int] = {}
        self._edges: dict[str, Edge] = {}
        self._horizons: dict[str, int] = {}
        if prefix:
            self._resume()
        row = cursor.execute("SELECT count(*) FROM stored_events").fetchone()
        self._total = int(row[0]) if row else 0

    def _resume(self) -> None:
        row = self.cursor.execute(f"SELECT version, position, done FROM {schema.PROGRESS}").fetchone()
        if row is None or row[0] != schema.SCHEMA_VERSION:
            for table in schema.SHADOW_TABLES:
                self.cursor.execute(f"DELETE FROM {table}")
            sql = f"INSERT INTO {schema.PROGRESS} (version, position, done) VALUES (?, 0, 0)"
            self.cursor.execute(sql, (schema.SCHEMA_VERSION,))
            return
        self.position, self.done = int(row[1]), int(row[2])
        rows = self.cursor.execute(f"SELECT stream, object, field, id FROM {self._prefix}cell").fetchall()
        self._cells = {(str(s), str(o), str(f)): int(number) for s, o, f, number in rows}
        rows = self.cursor.execute(f"SELECT stream, size, nodes FROM {self._prefix}edge").fetchall()
        self._edges = {str(stream): unpacked(int(size), bytes(nodes)) for stream, size, nodes in rows}
        rows = self.cursor.execute(f"SELECT stream, max(horizon) FROM {self._prefix}append GROUP BY stream").fetchall()
        self._horizons = {str(stream): int(horizon) for stream, horizon in rows}

    def batch(self, *, settled: bool) -> bool:
        """Takes in the next events; answers whether there may be more."""
        if self._prefix:
            self._check_owner()
        rows = self._reader(self.cursor).scan(self.position, BATCH, inclusive_of_start=False, settled=settled)
        if rows:
            self._take(rows)
            self.position, self.done = rows[-1][0], self.done + len(rows)
            self._progress(self.done, max(self._total, self.done))
        if self._prefix:
            sql = f"UPDATE {schema.PROGRESS} SET position = ?, done = ?"
            self.cursor.execute(sql, (self.position, self.done))
        return len(rows) == BATCH

    def finish(self) -> None:
        """Takes in all that is left."""
        while self.batch(settled=False):
            pass
        self._facts.refresh_latest(self.cursor, self._prefix)

    def _check_owner(self) -> None:
        row = self.cursor.execute(f"SELECT position, done FROM {schema.PROGRESS}").fetchone()
        if row is None or (row[0], row[1]) != (self.position, self.done):
            raise ConcurrentChange("un'altra ricostruzione è in corso", accepted="attendere che finisca")

    def _take(self, rows: Sequence[NotificationRow]) -> None:
        facts: list[tuple[str, FactRow]] = []
        appends: dict[tuple[str, str], list[int]] = {}
        boundaries: dict[tuple[str, int], int] = {}
        leaves: dict[str, list[tuple[str, int, bytes]]] = {}
        for _, stream, version, topic, state in rows:
            event = decode(topic, state)
            day = day_number(event.effective_on)
            horizon = self._horizons[stream] = max(self._horizons.get(stream, 0), day)
            appends.setdefault((stream, event.recorded_at), [version, version, horizon])[1:] = version, horizon
            boundaries.setdefault((stream, day), version)
            leaves.setdefault(stream, []).append((stream, version, leaf_hash(state)))
            facts += [(stream, fact) for fact in fact_rows(event.facts, event.effective_on, version)]
            if event.annuls:
                write_annulment(self.cursor, stream, version, event.annuls, f"{self._prefix}annulment")
        self._write_appends(appends)
        self._many("boundary (stream, day, version) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                   [(stream, day, version) for (stream, day), version in boundaries.items()])  # fmt: skip
        self._write_leaves(leaves)
        self._write_facts(facts)

    def _write_appends(self, appends: Mapping[tuple[str, str], Sequence[int]]) -> None:
        rows = [(stream, recorded_at, *span) for (stream, recorded_at), span in appends.items()]
        self._many(
            "append (stream, recorded_at, first, last, horizon) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (stream, recorded_at) DO UPDATE SET last = excluded.last, horizon = excluded.horizon",
            rows,
        )

    def _write_leaves(self, leaves: Mapping[str, Sequence[tuple[str, int, bytes]]]) -> None:
        edges: list[tuple[str, int, bytes, bytes]] = []
        for stream, rows in leaves.items():
            self._many("leaf (stream, version, hash) VALUES (?, ?, ?)", rows)
            edge = self._edges[stream] = self._edges.get(stream, Edge()).grown([leaf for *_, leaf in rows])
            edges.append((stream, edge.size, edge.root, edge.packed()))
        self._many(
            "edge (stream, size, root, nodes) VALUES (?, ?, ?, ?) ON CONFLICT (stream) DO UPDATE "
            "SET size = excluded.size, root = excluded.root, nodes = excluded.nodes",
            edges,
        )

    def _write_facts(self, facts: Sequence[tuple[str, FactRow]]) -> None:
        new = [
            NewCell(*cell)
            for cell in dict.fromkeys((stream, fact.object, fact.field) for stream, fact in facts)
            if cell not in self._cells
        ]
        numbers = self._facts.new_cells(self.cursor, new, self._prefix)
        self._cells.update((cell[:3], number) for cell, number in zip(new, numbers, strict=True))
        self._facts.put(
            self.cursor,
            [
                (self._cells[stream, fact.object, fact.field], fact.day, fact.version, fact.fragment)
                for stream, fact in facts
            ],
            self._prefix,
        )

    def _many(self, into: str, rows: Iterable[Sequence[object]]) -> None:
        self.cursor.executemany(f"INSERT INTO {self._prefix}{into}", rows)
