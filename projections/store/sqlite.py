"""The embedded store: the library's `SQLiteApplicationRecorder` on a file, with our tables in the same transaction."""

import os
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext, suppress
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import TypeVar

from eventsourcing.persistence import (
    ConnectionUnavailableError,
    IntegrityError,
    Notification,
    OperationalError,
    PersistenceError,
    StoredEvent,
)
from eventsourcing.sqlite import (
    SQLiteApplicationRecorder,
    SQLiteConnection,
    SQLiteConnectionPool,
    SQLiteCursor,
    SQLiteDatastore,
)

from projections.store import schema
from projections.store.append import Head, Prepared, record_rows, stream_keys, write
from projections.store.cursor import Cursor
from projections.store.envelope import write_instant
from projections.store.facts import SqliteFacts
from projections.store.failures import HELD_OPEN, busy
from projections.store.group_commit import GroupCommit
from projections.store.instants import (
    MARK,
    MICROSECOND,
    NEVER,
    Clock,
    earliest,
    instant_of,
    last_recorded,
    microseconds,
    require_near,
)
from projections.store.owners import Owners
from projections.store.reader import Foresight, Reader
from projections.store.replication import ReplicationState
from projections.store.sqlite_file import (
    require_place,
    require_sides_have_owner,
)
from projections.store.sqlite_soundness import BUSY_SECONDS, check, is_ours, schema_version

MARK_SECONDS = 0.5
"""How long an answer waits for a writer before it is given without being settled."""
LATER_SECONDS = 1.0
"""How long a question waits for a store that was not to be had when the service began."""
CHECKPOINT_PAGES = 4_000
"""How long the journal grows before it is carried over, 16 MB: some command waits for that, one of hundreds."""
MAPPED_BYTES = 2**30
"""How much of a file is read through the memory of the system, without a copy: a third less for a long history."""
SHRINK_BYTES = 2**20
SMALL_FILE_BYTES = 2**26
"""What is written in less than a second: 64 MB."""
Answer = TypeVar("Answer")
_OPEN: Counter[str | None] = Counter()
"""The files that this process has open, and how often: of these no file beside them may be opened by any other way."""


class _Connection(SQLiteConnection):
    """Takes the write lock when a writing transaction begins: one that reads before it writes never finds it taken."""

    @contextmanager
    def transaction(self, *, commit: bool) -> Iterator[SQLiteCursor]:
        connection = self._sqlite_conn
        try:
            connection.execute("BEGIN IMMEDIATE" if commit else "BEGIN")
            try:
                cursor = self.cursor()
                with cursor:
                    yield cursor
            except BaseException:
                connection.rollback()
                raise
            if commit:
                connection.commit()
            else:
                connection.rollback()
        except sqlite3.IntegrityError as error:
            raise IntegrityError(error) from error


class _Pool(SQLiteConnectionPool):
    """Connections to one file, which is looked at, and made ours where it is new, before the first of them."""

    def __init__(self, path: str) -> None:
        super().__init__(db_name=path, lock_timeout=BUSY_SECONDS, pool_timeout=BUSY_SECONDS)
        self._preparing = Lock()
        self._file: str | None = None
        self._prepared = False

    def prepare(self, timeout: float) -> None:
        """Makes a new file ours; refuses one that is another program's, newer, or not whole, without touching it."""
        with self._preparing:
            if self._prepared:
                return
            _make_file(self.db_name)
            self._enter()
            check(self.db_name, timeout, is_open=_OPEN[self._file] > 1)
            connection = self._taken(None, is_writer=True)
            try:
                _make_tables(connection)
            finally:
                self.put_connection(connection)
            self._prepared = True

    def _enter(self) -> None:
        """Notes that this process has the file open."""
        if self._file is None and not self.db_name.startswith("file:"):
            self._file = os.path.realpath(self.db_name)
            _OPEN[self._file] += 1

    def close(self) -> None:
        """Closes every connection."""
        super().close()
        if self._file is not None:
            _OPEN[self._file] -= 1
            self._file = None

    def get_connection(self, timeout: float | None = None, *, is_writer: bool | None = None) -> SQLiteConnection:
        """A connection; the first of a store that was not to be had at its start makes it ready."""
        if not self._prepared:
            self.prepare(LATER_SECONDS)
        return self._taken(timeout, is_writer=is_writer)

    def _taken(self, timeout: float | None, *, is_writer: bool | None) -> SQLiteConnection:
        try:
            return super().get_connection(timeout, is_writer=is_writer)
        except ConnectionUnavailableError as error:
            if is_writer and str(error).endswith("return of connection"):
                self._stop_writing()
            raise
        except (sqlite3.Error, PersistenceError):
            if is_writer:
                self._stop_writing()
            raise

    def _stop_writing(self) -> None:
        """Lets the next writer in: the library would keep the lock for a connection that could not be made."""
        self._num_writers -= 1
        self._writer_lock.release()

    def _create_connection(self) -> SQLiteConnection:
        connection = super()._create_connection()._sqlite_conn  # noqa: SLF001 - the pool is the place that may
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA secure_delete = ON")  # words that are redacted leave the file
        connection.execute("PRAGMA cache_size = -16384")
        connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        connection.execute(f"PRAGMA mmap_size = {MAPPED_BYTES}")
        connection.row_factory = sqlite3.Row
        return _Connection(connection, self.max_age)


class SqliteReader(Reader):
    """The questions, asked of SQLite."""

    facts = SqliteFacts()

    def redacted_texts(self) -> int:
        """How many texts were redacted so far, as they are counted beside the positions."""
        if self._redacted_texts is None:
            row = self.cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (REDACTED,)).fetchone()
            self._redacted_texts = int(row[0]) if row else 0
        return self._redacted_texts


REDACTED, ERASED = "texts_redacted", "texts_erased"
"""Counters beside that of positions: the texts that were redacted, and those of them that are gone from the files."""
PEOPLE_ERASED, PEOPLE_GONE = "people_erased", "people_gone"
"""The same of the people of accounts."""


def counters(cursor: Cursor) -> dict[str, int]:
    """What is counted beside the positions, in the table that SQLite counts those in."""
    rows = cursor.execute("SELECT name, seq FROM sqlite_sequence").fetchall()  # a handful: a condition would cost more
    return {str(name): int(seq) for name, seq in rows}


def _count(cursor: sqlite3.Cursor, name: str, count: int) -> None:
    if not cursor.execute("UPDATE sqlite_sequence SET seq = ? WHERE name = ?", (count, name)).rowcount:
        cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (name, count))


def is_left(counted: Mapping[str, int]) -> bool:
    """Whether something was redacted, or erased, that may still lie in the files."""
    texts = counted.get(REDACTED, 0) > counted.get(ERASED, 0)
    return texts or counted.get(PEOPLE_ERASED, 0) > counted.get(PEOPLE_GONE, 0)


class Datastore(SQLiteDatastore):
    """The library's datastore on our pool."""

    reader = SqliteReader
    clear_projections = (
        *(f"DROP TABLE IF EXISTS {table}" for table in schema.PROJECTED),
        *schema.SQLITE_PROJECTED,
        schema.PLAN_INDEX,
    )
    """Empties the projections."""
    create_shadow = tuple(statement.replace("TABLE ", "TABLE IF NOT EXISTS ", 1) for statement in schema.SQLITE_SHADOW)
    """DDL of the shadow tables, in which projections are rebuilt."""
    finish_shadow = (
        *(
            statement
            for table in schema.PROJECTED
            for statement in (f"DROP TABLE {table}", f"ALTER TABLE {schema.SHADOW}{table} RENAME TO {table}")
        ),
        f"DROP TABLE {schema.PROGRESS}",
        schema.PLAN_INDEX,
    )
    """Puts the shadow tables in the place of those that answer."""
    merge_shadow: tuple[str, ...] = ()
    """None: whoever writes to a file has no other beside, and a table changes its name in no time (`finish_shadow`)."""
    drop_shadow = tuple(f"DROP TABLE {table}" for table in schema.SHADOW_TABLES)
    """Drops the shadow tables."""
    renew_shadow = (*drop_shadow, *schema.SQLITE_SHADOW)
    """Empties them; those of another version had other columns."""

    def recorder(self, clock: Clock) -> "Recorder":
        """What writes to it."""
        return Recorder(self, clock)

    @staticmethod
    def lock_out_writers(cursor: Cursor) -> None:
        """Keeps other writers out until the end of the transaction: whoever writes to a file has no other beside."""

    @staticmethod
    @contextmanager
    def leaving_what_is_freed(cursor: Cursor) -> Iterator[None]:
        """Within it, pages that become free keep what lay on them: all that is dropped there stands in the record as well."""
        cursor.execute("PRAGMA secure_delete = FAST")
        try:
            yield
        finally:
            cursor.execute("PRAGMA secure_delete = ON")

    @staticmethod
    def survey(cursor: Cursor, tables: Sequence[str]) -> None:
        """Nothing: how a file is asked does not hang on how many rows it has."""

    @staticmethod
    def only_rebuild() -> AbstractContextManager[None]:
        """Within it nothing else rebuilds: another one of the same file finds its progress changed, and is refused."""
        return nullcontext()

    def __init__(self, path: str) -> None:
        self.pool: _Pool = _Pool(path)
        self.single_row_tracking = True
        self.originator_id_type = "text"
        self._event_loop_connection: sqlite3.Connection | None = None
        self._path = path
        self._rewritten = (-1, -1)
        self.owners: dict[str, str] = {}
        self._is_current = False

    def prepare(self, *, patient: bool) -> None:
        """Makes a new file ours; refuses, untouched, one that cannot serve; a `patient` one waits for one that is locked."""
        self.pool.prepare(BUSY_SECONDS if patient else LATER_SECONDS)

    @contextmanager
    def cursor(self, *, commit: bool = False) -> Iterator[sqlite3.Cursor]:
        """A plain cursor in a transaction of its own: a snapshot to read, or the write lock."""
        with self.transaction(commit=commit) as library_cursor:
            cursor = library_cursor.sqlite_cursor
            cursor.row_factory = None
            yield cursor

    @property
    def is_file(self) -> bool:
        """Whether it lies in a file, and not in memory."""
        return not self._path.startswith("file:")

    @contextmanager
    def event_loop_cursor(self) -> Iterator[sqlite3.Cursor]:
        """A snapshot on a connection of its own, for one thread that must wait for no other: short questions to a file."""
        try:
            if self._event_loop_connection is None:
                self.pool.prepare(0)
                self._event_loop_connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
            self._event_loop_connection.execute("BEGIN")
            try:
                yield self._event_loop_connection.cursor()
            finally:
                self._event_loop_connection.rollback()
        except sqlite3.OperationalError as error:
            raise OperationalError(error) from error

    def data_version(self) -> int | None:
        """A number that is another one after each write to the file, as the connection of the event loop sees it."""
        if self._event_loop_connection is None:
            return None
        try:
            row = self._event_loop_connection.execute("PRAGMA data_version").fetchone()
        except sqlite3.OperationalError as error:
            raise OperationalError(error) from error
        return int(row[0])

    def shrink(self) -> None:
        """Writes the file anew where half of it is free, or where it is small; a larger one takes new rows in its free pages.

        Writers wait meanwhile, for as long as it takes to write what is not free.
        """
        if not self.is_file:
            return
        with closing(sqlite3.connect(self._path, timeout=BUSY_SECONDS, isolation_level=None)) as connection:
            page, pages, free = (
                connection.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("page_size", "page_count", "freelist_count")
            )
            if page * free > SHRINK_BYTES and (free >= pages - free or page * (pages - free) < SMALL_FILE_BYTES):
                connection.execute("PRAGMA synchronous = FULL")
                connection.execute("VACUUM")
                pages = connection.execute("PRAGMA page_count").fetchone()[0]
            # The file itself is cut when the journal is carried over, which whoever reads just then puts off.
            if Path(self._path).stat().st_size > page * pages:
                connection.execute("PRAGMA busy_timeout = 1000")
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def outlast(self) -> None:
        """Nothing: what can be read in a file is on its disk."""

    def replication_state(self, cursor: Cursor) -> ReplicationState:  # noqa: ARG002 - as a server is asked
        """A file has no standby."""
        return ReplicationState(is_standby=False, level_at=None, mark=NEVER, lag=None)

    def mark(self, cursor: Cursor) -> datetime:
        """The mark of the instants: see projections/store/instants.py."""
        count = counters(cursor).get(MARK)
        # A program that kept no mark leaves the instants themselves.
        return (last_recorded(cursor) or NEVER) if count is None else instant_of(count)

    def raise_mark(self, cursor: sqlite3.Cursor, instant: datetime) -> None:
        """Raises the mark, in a transaction that writes."""
        self.bring_up(cursor)
        if MARK not in counters(cursor):  # a program that counted nothing leaves the texts themselves
            _count(cursor, REDACTED, cursor.execute("SELECT count(*) FROM text WHERE text IS NULL").fetchone()[0])
        _count(cursor, MARK, microseconds(max(instant, self.mark(cursor))))

    def bring_up(self, cursor: sqlite3.Cursor) -> None:
        """Gives a file of an earlier program the tables that came since, in a transaction that writes."""
        if self._is_current:
            return
        before = schema_version(cursor)
        if before == schema.SCHEMA_VERSION:  # and not as soon as they are made: the transaction may come to nothing
            self._is_current = True
            return
        for target in range(before + 1, schema.SCHEMA_VERSION + 1):
            for statement in schema.SQLITE_MIGRATIONS[target]:
                cursor.execute(statement)
        cursor.execute(f"PRAGMA user_version = {schema.SCHEMA_VERSION}")

    def prepare_access(self) -> None:
        """Sees to it that the tables of the door are there, in a file of an earlier program too."""
        with self.cursor(commit=True) as cursor:
            self.bring_up(cursor)

    def has_to_erase(self) -> bool:
        """Whether words that were redacted may still lie somewhere in the files."""
        with self.cursor() as cursor:
            counted = counters(cursor)
            if REDACTED in counted or PEOPLE_ERASED in counted:
                return is_left(counted)
            return cursor.execute("SELECT 1 FROM text WHERE text IS NULL LIMIT 1").fetchone() is not None

    def erase(self, wait: float) -> bool:
        """Sees to it that words that were redacted are nowhere in the files; False while somebody reads what holds them.

        Rows that were moved from page to page have left copies that `secure_delete` does not know: the tables are
        written anew, and what they lay on is overwritten; then the journal is carried over, and cut to nothing.
        """
        if not self.is_file:
            return True
        try:
            with closing(sqlite3.connect(self._path, timeout=wait, isolation_level=None)) as connection:
                connection.execute("PRAGMA secure_delete = ON")
                cursor = connection.cursor()
                cursor.execute("BEGIN IMMEDIATE")
                count = cursor.execute("SELECT count(*) FROM text WHERE text IS NULL").fetchone()[0]
                _count(cursor, REDACTED, count)
                people = counters(cursor).get(PEOPLE_ERASED, 0)
                if self._rewritten != (count, people):
                    # Where nobody was ever erased, the tables of the people may not be there yet.
                    for table, key in (schema.WITH_WORDS | (schema.WITH_PEOPLE if people else {})).items():
                        cursor.execute(f"CREATE TEMP TABLE kept AS SELECT * FROM main.{table}")  # noqa: S608 - our own names
                        cursor.execute(f"DELETE FROM main.{table}")  # noqa: S608
                        cursor.execute(f"INSERT INTO main.{table} SELECT * FROM temp.kept ORDER BY {key}")  # noqa: S608
                        cursor.execute("DROP TABLE temp.kept")
                cursor.execute("COMMIT")
                self._rewritten = (count, people)
                if cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                    return False
                cursor.execute("BEGIN IMMEDIATE")
                _count(cursor, ERASED, count)
                _count(cursor, PEOPLE_GONE, people)
                cursor.execute("COMMIT")
        except sqlite3.OperationalError:
            return False
        return True

    def answer_for(self, instant: datetime) -> None:
        """Raises the mark to what is answered for; OperationalError where somebody writes just now: nobody waits for it."""
        if not self.is_file:
            with self.cursor(commit=True) as cursor:
                self.raise_mark(cursor, instant)
            return
        try:
            with closing(sqlite3.connect(self._path, timeout=MARK_SECONDS, isolation_level=None)) as connection:
                connection.execute("BEGIN IMMEDIATE")
                self.raise_mark(connection.cursor(), instant)
                connection.execute("COMMIT")
        except sqlite3.OperationalError as error:
            raise OperationalError(error) from error

    def close(self) -> None:
        """Closes every connection."""
        super().close()
        if self._event_loop_connection is not None:
            self._event_loop_connection.close()


class Recorder(SQLiteApplicationRecorder):
    """Writes events, facts, texts and receipt in one transaction, at one instant that rises with the version."""

    datastore: Datastore
    reads_ahead = False

    def __init__(self, datastore: Datastore, clock: Clock) -> None:
        super().__init__(datastore)
        self.clock = clock
        self.has_to_erase = False
        self.group_commit = GroupCommit(lambda: datastore.cursor(commit=True))
        self.insert_events_statement = "INSERT INTO stored_events (administration, originator_id, originator_version, topic, state) VALUES (?,?,?,?,?)"

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: object) -> None:
        """Writes an append, whole or not at all."""
        prepared = kwargs["prepared"]
        if not isinstance(prepared, Prepared):
            raise TypeError("events come with their prepared rows")
        self.group_commit.run(lambda cursor: self.record(cursor, stored_events, prepared))

    def transact(self, work: Callable[[sqlite3.Cursor], Answer], lock_key: str, foresee: Foresight | None) -> Answer:
        """Runs what reads, decides and writes in one transaction, in which nobody else writes."""
        del lock_key, foresee  # nothing is far
        return self.group_commit.run(work)

    def record(
        self,
        cursor: sqlite3.Cursor,
        stored_events: Sequence[StoredEvent],
        prepared: Prepared,
        reader: Reader | None = None,
    ) -> None:
        """Writes an append in the transaction of the cursor.

        `reader` is one that has read in the same transaction where the streams stand.
        """
        if reader is None:
            reader = self.datastore.reader(cursor)
            reader.owners = Owners(self.datastore.owners, beside=True)
        keys = stream_keys(prepared.append.streams, reader.key)
        heads = {part.stream: reader.head(part.stream) for part in prepared.append.streams}
        recorded_at = write_instant(self._take_instant(cursor, heads))
        rows = record_rows(stored_events, keys, recorded_at)
        cursor.executemany(self.insert_events_statement, rows)
        write(cursor, SqliteReader.facts, prepared, keys, heads, recorded_at, [state for *_, state in rows])
        if prepared.redacts():
            _count(cursor, REDACTED, cursor.execute("SELECT count(*) FROM text WHERE text IS NULL").fetchone()[0])
            self.has_to_erase = True
        if prepared.erases_people():
            _count(cursor, PEOPLE_ERASED, counters(cursor).get(PEOPLE_ERASED, 0) + 1)
            self.has_to_erase = True

    def _take_instant(self, cursor: sqlite3.Cursor, heads: Mapping[str, Head]) -> datetime:
        self.datastore.bring_up(cursor)
        counted, now = counters(cursor), self.clock.now()
        if MARK not in counted:
            self.datastore.raise_mark(cursor, NEVER)
            counted = counters(cursor)
        mark = instant_of(counted[MARK])
        require_near(mark, now, self.clock)
        instant = max(earliest(heads.values(), now, self.clock.answered), mark + MICROSECOND)
        _count(cursor, MARK, microseconds(instant))
        self.clock.taken = instant
        self.has_to_erase = self.has_to_erase or is_left(counted)
        return instant

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """The notification log, by position; the library's own statement knows no column but its rowid."""
        with self.datastore.cursor() as cursor:
            reader = SqliteReader(cursor)
            return reader.select_notifications(start, limit, stop, topics, inclusive_of_start=inclusive_of_start)


def _make_file(path: str) -> None:
    """The file, for its owner only, and its folder, where they are not there; StoreRefused for what is no place for it."""
    if path.startswith("file:"):
        return
    file = Path(path)
    require_place(file)
    if not file.exists():
        require_sides_have_owner(file)
        file.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def _make_tables(connection: SQLiteConnection) -> None:
    """Every table of a file that is empty."""
    with connection.transaction(commit=False) as library_cursor:
        if is_ours(library_cursor.sqlite_cursor):
            return
    with connection.transaction(commit=True) as library_cursor:
        cursor = library_cursor.sqlite_cursor
        if cursor.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            return
        for statement in (*schema.SQLITE, *schema.SQLITE_PROJECTED, schema.PLAN_INDEX):
            cursor.execute(statement)
        cursor.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
        cursor.execute(f"PRAGMA user_version = {schema.SCHEMA_VERSION}")


def migrate(path: str, derive: Callable[[Cursor], object]) -> tuple[int, int]:
    """Brings the tables of a file to this version, in one transaction; answers the version before and the one now.

    `derive` rebuilds, in the same transaction, what is derived from the record. StoreBusy while another process has the
    file open: a program of before would go on with tables that it does not know.
    """
    check(path, LATER_SECONDS, older=True)
    with closing(sqlite3.connect(path, timeout=LATER_SECONDS, isolation_level=None)) as connection:
        before = schema_version(connection.cursor())
    if not 0 < before < schema.SCHEMA_VERSION:
        return schema.SCHEMA_VERSION, schema.SCHEMA_VERSION
    with closing(sqlite3.connect(path, timeout=LATER_SECONDS, isolation_level=None)) as connection:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")  # taken with the first question, before any transaction
        connection.execute("PRAGMA secure_delete = ON")  # of what lies elsewhere from now on no copy is left
        cursor = connection.cursor()
        try:
            before = schema_version(cursor)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                raise busy(path, HELD_OPEN) from error
            raise
        cursor.execute("BEGIN IMMEDIATE")
        for target in range(before + 1, schema.SCHEMA_VERSION + 1):
            for statement in schema.SQLITE_MIGRATIONS[target]:
                cursor.execute(statement)
        if before < schema.DERIVED_SINCE:
            derive(cursor)
        cursor.execute(f"PRAGMA user_version = {schema.SCHEMA_VERSION}")
        cursor.execute("COMMIT")
        with suppress(sqlite3.OperationalError):  # where there is no room for a second file, it is used from within
            cursor.execute("VACUUM")
    return before, schema.SCHEMA_VERSION
