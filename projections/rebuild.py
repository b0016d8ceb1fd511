"""Shadow tables: rebuilds every projection from the record, to the same rows, while the old ones answer.

They are filled stream by stream, in the order of their keys, while others read and write; a rebuild that was killed goes
on where it had come to. What was recorded meanwhile is taken in after. At the end a file swaps its tables for them, in one
transaction in which nobody writes; a server puts their rows in place some streams at a time, and writers wait for moments.
"""

# ruff: noqa: S608 - every name of a table here is ours

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar

from projections.across.comparison import NO_ROW, RowDiffers, rows_that_differ
from projections.proof.checkpoints import confirm, confirm_streams, latest
from projections.store import schema, sqlite
from projections.store.cursor import Cursor
from projections.store.failures import rebuilt_elsewhere
from projections.store.gc_tuning import gc_tuned
from projections.store.location import is_server
from projections.store.owners import OF_STREAM, StreamKey
from projections.store.reader import state_bytes
from projections.store.store import Store
from projections.store.stream_rows import RowBatch, StreamRows

if TYPE_CHECKING:
    from projections.store import postgres

BATCH = 20_000
EVENTS_IN_PLACE, STREAMS_IN_PLACE = 5_000, 500
"""How many events, of how many streams, are put in the place of what answers while writers wait."""
END = StreamKey("\U0010ffff", "")
"""Behind every stream."""
BEGINNING = StreamKey("", "")
Datastore: TypeAlias = "sqlite.Datastore | postgres.Datastore"
OwnCursor = TypeVar("OwnCursor", bound=Cursor)
Transaction: TypeAlias = Callable[[], AbstractContextManager[OwnCursor]]
DatastoreKind: TypeAlias = "type[sqlite.Datastore | postgres.Datastore]"

RebuildProgress = Callable[[int, int], None]
"""Is told how many events are done, of how many."""


SaysWhose: TypeAlias = Callable[[Cursor], None]
"""Says whose the events are that a program of before has recorded meanwhile, which says it of none."""
_SAID = f"administration <> '{schema.UNSAID}'"


def _is_said(_cursor: Cursor) -> None:
    pass


def _no_progress(_done: int, _total: int) -> None:
    pass


def rebuild(store: Store, progress: RebuildProgress = _no_progress) -> int:
    """Rebuilds the projections of the whole store; answers how many events it read.

    An event that cannot be read stops it, and what answers stays as it was; so does a record that no longer agrees with
    what was signed: rebuilding must not cover the traces of whoever altered it.
    """
    datastore = store.datastore
    with gc_tuned(), datastore.only_rebuild():
        building = _built(type(datastore), lambda: datastore.cursor(commit=True), progress)
        building.confirm_beside()
        if datastore.merge_shadow:
            building.put_in_place(datastore.merge_shadow)
        with building.caught_up(alone=None if datastore.merge_shadow else datastore.lock_out_writers):
            building.confirm()
            _carry_out(datastore.finish_shadow, datastore, building.cursor)
            building.number_cells()
        return building.done


def check_projections(store: Store, progress: RebuildProgress = _no_progress) -> list[RowDiffers]:
    """Rebuilds in shadow tables, compares, and leaves what answers as it is; answers a row of each table that differs.

    What a rebuild that was killed had come to is not gone on with: nothing in a table is taken for what the events say.
    Where the tables of streams differ, those across administrations are not compared.
    """
    datastore = store.datastore
    questions = {**_LOGICAL, "fact": datastore.reader.facts.logical}
    with gc_tuned(), datastore.only_rebuild():
        building = _built(type(datastore), lambda: datastore.cursor(commit=True), progress, resume=False)
        # One snapshot: what the events say and what answers are of the same moment, whoever writes meanwhile.
        with building.caught_up(alone=None):
            differing = [
                row
                for table, question in questions.items()
                if (row := _differing_row(building.cursor, table, *question))
            ]
            _carry_out(datastore.drop_shadow, datastore, building.cursor)
    if differing:
        return differing  # what lies across administrations is made of them
    with store.reading() as reader:
        first: dict[str, RowDiffers] = {}
        for row in rows_that_differ(reader):
            first.setdefault(row.table, row)
    return list(first.values())


def rebuild_within(kind: DatastoreKind, cursor: Cursor, progress: RebuildProgress = _no_progress) -> int:
    """Rebuilds in place, in a transaction of the store that is under way, and sees what that transaction recorded."""
    for statement in kind.clear_projections:
        cursor.execute(statement)
    with gc_tuned():
        building = _Building(kind, lambda: nullcontext(cursor), cursor, "", progress)
        while building.batch():
            pass
        building.number_cells()
        building.confirm()
    return building.done


def migrate(location: str, append_only_role: str | None, progress: RebuildProgress) -> tuple[int, int]:
    """Makes the tables of a store, or brings them to this version, and rebuilds what is derived where its shape changed.

    Answers the version before, 0 for none, and the one now. On a server what is derived is rebuilt beside what answers:
    the program before serves meanwhile, and a migration that was killed goes on where it had come to.
    """
    if not is_server(location):
        return sqlite.migrate(location, lambda cursor: rebuild_within(sqlite.Datastore, cursor, progress))
    from projections.store import keying, postgres  # noqa: PLC0415 - of no use to a file: `server_driver`

    @contextmanager
    def derived() -> "Iterator[postgres.PostgresCursor]":
        with gc_tuned():
            building = _built(
                postgres.Datastore, lambda: postgres.past_the_pools(location), progress, say_whose=keying.say_the_rest
            )
            building.confirm_beside()
            with building.caught_up(alone=postgres.Datastore.lock_out_everybody):
                building.confirm()
                building.number_cells()
                yield building.cursor

    return postgres.migrate(location, append_only_role, derived, progress)


def _built(
    kind: DatastoreKind,
    transaction: Transaction[OwnCursor],
    progress: RebuildProgress,
    *,
    resume: bool = True,
    say_whose: SaysWhose = _is_said,
) -> "_Building[OwnCursor]":
    """The projections of all that is recorded, in shadow tables, but for what is recorded just now."""
    with transaction() as cursor:
        kind.lock_out_writers(cursor)  # for a moment: a standby refuses it, and says why
        for statement in kind.create_shadow:
            cursor.execute(statement)
        row = cursor.execute(f"SELECT version FROM {schema.PROGRESS}").fetchone()
        if not resume or row != (schema.SCHEMA_VERSION,):
            _carry_out(kind.renew_shadow, kind, cursor)
        building = _Building(kind, transaction, cursor, schema.SHADOW, progress, say_whose)
        say_whose(cursor)
    more = True
    while more:
        with transaction() as cursor:
            building.cursor = cursor
            more = building.batch() or building.catch_up() >= BATCH
    with transaction() as cursor:
        kind.survey(cursor, schema.SHADOW_TABLES)
    return building


def _carry_out(statements: Sequence[str], kind: "Datastore | DatastoreKind", cursor: Cursor) -> None:
    """Carries out statements that drop derived tables: what lay in them can be made again, and need not be overwritten."""
    with kind.leaving_what_is_freed(cursor):
        for statement in statements:
            cursor.execute(statement)


_LOGICAL: dict[str, tuple[int, str]] = {
    "append": (3, "SELECT administration, originator_id, recorded_at, first, last, horizon FROM {prefix}append"),
    "boundary": (3, "SELECT administration, originator_id, day, version FROM {prefix}boundary"),
    "cell": (
        4,
        (
            "SELECT administration, originator_id, object, field, day, version, fragment, several, "
            "row_number() OVER (PARTITION BY administration, originator_id ORDER BY id) FROM {prefix}cell"
        ),
    ),
    "annulment": (4, "SELECT administration, originator_id, version, since, annulled, named FROM {prefix}annulment"),
    "leaf": (3, "SELECT administration, originator_id, version, hash FROM {prefix}leaf"),
    "edge": (2, "SELECT administration, originator_id, size, root, nodes FROM {prefix}edge"),
    "plan_owner": (2, "SELECT administration, originator_id FROM {prefix}plan_owner"),
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


class _Building(Generic[OwnCursor]):
    """Projections on their way, stream by stream; the names of its tables begin with `prefix`."""

    def __init__(
        self,
        kind: DatastoreKind,
        transaction: Transaction[OwnCursor],
        cursor: OwnCursor,
        prefix: str,
        progress: RebuildProgress,
        say_whose: SaysWhose = _is_said,
    ) -> None:
        self.cursor = cursor
        self.done = 0
        self._kind = kind
        self._transaction = transaction
        self._reader = kind.reader
        self._in_place = BEGINNING
        self._unconfirmed: set[StreamKey] | None = None
        self._prefix = prefix
        self._progress = progress
        self._say_whose = say_whose
        self._place = BEGINNING, 0
        self._followed_from = self._reader(cursor).settled_position()
        self._cells = 0
        self._cut: StreamRows | None = None
        if prefix:
            self._resume()
        # Counting them takes seconds of a long record, in which nobody writes: as many as there are positions, or fewer.
        row = cursor.execute("SELECT max(position) FROM stored_events").fetchone()
        self._total = int(row[0] or 0) if row else 0

    def _resume(self) -> None:
        columns = "administration, stream, stream_version, position, cells, done, in_place_of, in_place"
        row = self.cursor.execute(f"SELECT {columns} FROM {schema.PROGRESS}").fetchone()
        if row is None:
            sql = f"INSERT INTO {schema.PROGRESS} (version, {columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
            self.cursor.execute(sql, (schema.SCHEMA_VERSION, *self._reached()))
            return
        self._place = StreamKey(str(row[0]), str(row[1])), int(row[2])
        self._followed_from, self._cells, self.done = (int(number) for number in row[3:6])
        self._in_place = StreamKey(str(row[6]), str(row[7]))
        if self._place[1]:
            self._cut = StreamRows.gone_on_with(self._place[0], self.cursor, self._prefix)

    def batch(self) -> bool:
        """Takes in the next events, in the order of their streams; answers whether there may be more."""
        self._check_owner()
        key = "administration, originator_id, originator_version"
        sql = f"SELECT {key}, topic, state FROM stored_events WHERE ({key}) > (?, ?, ?) AND {_SAID} ORDER BY {key} LIMIT ?"
        rows = self.cursor.execute(sql, (*self._place[0], self._place[1], BATCH)).fetchall()
        batch = RowBatch(self._cells)
        for names, of_stream in groupby(rows, key=itemgetter(0, 1)):
            stream = StreamKey(*map(str, names))
            if self._cut is None or stream != self._place[0]:
                self._cut = StreamRows(stream)
            self._cut.take([(version, topic, state_bytes(state)) for *_, version, topic, state in of_stream], batch)
            self._place = stream, self._cut.version
        more = len(rows) == BATCH
        if not more:
            self._place = END, 0
        self._write(batch, len(rows))
        return more

    def catch_up(self) -> int:
        """Takes in what was recorded since its streams were, but of those that are in place; answers how many events."""
        self._check_owner()
        reader = self._reader(self.cursor)
        followed_from = reader.settled_position()
        self._say_whose(self.cursor)
        where, params, _ = reader.log_from(self._followed_from, inclusive=False, settled=False)
        names = "administration, originator_id"
        sql = f"""
SELECT DISTINCT {names} FROM stored_events WHERE {where} AND ({names}) > (?, ?) AND {_SAID} ORDER BY {names}"""
        taken = 0
        for administration, name in self.cursor.execute(sql, (*params, *self._in_place)).fetchall():
            key = StreamKey(str(administration), str(name))
            if self._unconfirmed is not None:
                self._unconfirmed.add(key)
            stream = StreamRows.gone_on_with(key, self.cursor, self._prefix)
            more = True
            while more:
                sql = f"""
SELECT originator_version, topic, state FROM stored_events
WHERE {OF_STREAM} AND originator_version > ? ORDER BY originator_version LIMIT ?"""
                rows = self.cursor.execute(sql, (*key, stream.version, BATCH)).fetchall()
                batch = RowBatch(self._cells)
                if rows:
                    stream.take([(version, topic, state_bytes(state)) for version, topic, state in rows], batch)
                self._write(batch, len(rows))
                taken += len(rows)
                more = len(rows) == BATCH
        self._followed_from = followed_from
        self._write(RowBatch(self._cells), 0)
        return taken

    def confirm(self) -> None:
        """Holds the leaves against what was signed, of all streams first, and then of those that went on: RecordAltered."""
        if self._unconfirmed is None:
            confirm(self.cursor, self._prefix)
        else:
            confirm_streams(self.cursor, self._prefix, self._unconfirmed)
        self._unconfirmed = set()

    def confirm_beside(self) -> None:
        """The same of all streams, while others write: of what was signed by now, and taken in with what was recorded since."""
        with self._transaction() as cursor:
            self.cursor = cursor
            signed = latest(cursor)
            self._unconfirmed = set()  # what goes on from here is confirmed again: it may be signed meanwhile
            self.catch_up()
            if signed is not None:
                confirm(cursor, self._prefix, signed=signed, leaving=self._streams_in_place())

    def _streams_in_place(self) -> set[str]:
        """The streams whose rows answer already, and were confirmed before they did: what they record goes there."""
        if self._in_place == BEGINNING:
            return set()
        rows = self.cursor.execute(
            "SELECT originator_id FROM edge WHERE (administration, originator_id) <= (?, ?)", self._in_place
        )
        return {str(row[0]) for row in rows.fetchall()}

    @contextmanager
    def caught_up(self, *, alone: Callable[[OwnCursor], None] | None) -> Iterator[None]:
        """A transaction in which all that is recorded is taken in; `alone` keeps others out until its end."""
        with self._transaction() as cursor:
            self.cursor = cursor
            if alone is not None:
                alone(cursor)
            self.catch_up()
            yield

    def put_in_place(self, merge: Sequence[str]) -> None:
        """Makes the rows that answer those that were built, some streams at a time: nobody who writes waits for long."""
        with self._transaction() as cursor:
            self._kind.survey(cursor, schema.PROJECTED)
        while self._in_place != END:
            with self.caught_up(alone=self._kind.lock_out_writers):
                self.confirm()
                reached = self._next_in_place()
                for statement in merge:
                    self.cursor.execute(statement, (*self._in_place, *reached) * (statement.count("?") // 4))
                self._in_place = reached
                self._write(RowBatch(self._cells), 0)

    def _next_in_place(self) -> StreamKey:
        """The last of the next streams that are put in place together; the end where there are no more."""
        key = "administration, originator_id"
        sql = f"SELECT {key}, size FROM {self._prefix}edge WHERE ({key}) > (?, ?) ORDER BY {key} LIMIT ?"
        rows = self.cursor.execute(sql, (*self._in_place, STREAMS_IN_PLACE)).fetchall()
        events = 0
        for administration, stream, size in rows:
            events += int(size)
            if events >= EVENTS_IN_PLACE:
                return StreamKey(str(administration), str(stream))
        return StreamKey(*map(str, rows[-1][:2])) if len(rows) == STREAMS_IN_PLACE else END

    def number_cells(self) -> None:
        """Sees to it that the next cell is numbered after these, unless cells that answer have numbers of their own."""
        if self._in_place == BEGINNING:
            self._reader.facts.begin_cells_after(self.cursor, self._cells)

    def _write(self, batch: RowBatch, events: int) -> None:
        batch.write(self.cursor, self._reader.facts, self._prefix)
        self._cells, self.done = batch.cells, self.done + events
        if events:
            self._progress(self.done, max(self._total, self.done))
        if self._prefix:
            columns = (
                "administration = ?, stream = ?, stream_version = ?, position = ?, cells = ?, done = ?, "
                "in_place_of = ?, in_place = ?"
            )
            self.cursor.execute(f"UPDATE {schema.PROGRESS} SET {columns}", self._reached())

    def _reached(self) -> tuple[object, ...]:
        key, version = self._place
        return *key, version, self._followed_from, self._cells, self.done, *self._in_place

    def _check_owner(self) -> None:
        if not self._prefix:
            return
        row = self.cursor.execute(f"SELECT position, done FROM {schema.PROGRESS}").fetchone()
        if row != (self._followed_from, self.done):
            raise rebuilt_elsewhere()
