"""The embedded store: the library's `SQLiteApplicationRecorder` on a file, with our tables in the same transaction."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from eventsourcing.persistence import IntegrityError, Notification, OperationalError, StoredEvent
from eventsourcing.sqlite import (
    SQLiteApplicationRecorder,
    SQLiteConnection,
    SQLiteConnectionPool,
    SQLiteCursor,
    SQLiteDatastore,
)

from domain.errors import StoreRefused
from projections.store import schema
from projections.store.append import Head, Prepared, next_instant, read_head, write
from projections.store.cursor import Cursor
from projections.store.envelope import stamp, write_instant
from projections.store.facts import SqliteFacts
from projections.store.group_commit import GroupCommit
from projections.store.reader import Reader

BUSY_SECONDS = 30
CHECKPOINT_PAGES = 4_000
"""How long the journal grows before it is carried over, 16 MB: some command waits for that, one of hundreds."""
MAPPED_BYTES = 2**30
"""How much of a file is read through the memory of the system, without a copy: a third less for a long history."""
SHRINK_BYTES = 2**20
SMALL_FILE_BYTES = 2**26
"""What is written in less than a second: 64 MB."""
Answer = TypeVar("Answer")


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


class Datastore(SQLiteDatastore):
    """The library's datastore on our pool."""

    reader = SqliteReader
    clear_projections = (*(f"DROP TABLE IF EXISTS {table}" for table in schema.PROJECTED), *schema.SQLITE_PROJECTED)
    """Empties the projections."""
    create_shadow = tuple(statement.replace("TABLE ", "TABLE IF NOT EXISTS ", 1) for statement in schema.SQLITE_SHADOW)
    """DDL of the shadow tables, in which projections are rebuilt."""
    swap_shadow = (
        *(
            statement
            for table in schema.PROJECTED
            for statement in (f"DROP TABLE {table}", f"ALTER TABLE {schema.SHADOW}{table} RENAME TO {table}")
        ),
        f"DROP TABLE {schema.PROGRESS}",
    )
    """Puts the shadow tables in the place of those that answer."""
    drop_shadow = tuple(f"DROP TABLE {table}" for table in schema.SHADOW_TABLES)
    """Drops the shadow tables."""

    def lock_out_writers(self, cursor: Cursor) -> None:
        """Keeps other writers out until the end of the transaction: whoever writes to a file has no other beside."""

    def __init__(self, path: str) -> None:
        self.pool = _Pool(db_name=path, lock_timeout=BUSY_SECONDS, pool_timeout=BUSY_SECONDS)
        self.single_row_tracking = True
        self.originator_id_type = "text"
        self._event_loop_connection: sqlite3.Connection | None = None
        self._path = path

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
                self._event_loop_connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
            self._event_loop_connection.execute("BEGIN")
            try:
                yield self._event_loop_connection.cursor()
            finally:
                self._event_loop_connection.rollback()
        except sqlite3.OperationalError as error:
            raise OperationalError(error) from error

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

    def close(self) -> None:
        """Closes every connection."""
        super().close()
        if self._event_loop_connection is not None:
            self._event_loop_connection.close()


class Recorder(SQLiteApplicationRecorder):
    """Writes events, facts, texts and receipt in one transaction, at one instant that rises with the version."""

    datastore: Datastore

    def __init__(self, datastore: Datastore, clock: Callable[[], datetime]) -> None:
        super().__init__(datastore)
        self.clock = clock
        self.group_commit = GroupCommit(lambda: datastore.cursor(commit=True))
        self.insert_events_statement = (
            "INSERT INTO stored_events (originator_id, originator_version, topic, state) VALUES (?,?,?,?)"
        )

    def construct_create_table_statements(self) -> list[str]:
        """Every table of the file."""
        return [*schema.SQLITE, *schema.SQLITE_PROJECTED]

    def create_table(self) -> None:
        """Makes a new file ours; refuses one that is another program's, or newer, without touching it."""
        with self.datastore.cursor() as c:
            if _is_ours(c):
                return
        with self.datastore.cursor(commit=True) as c:
            if c.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                return
            for statement in self.create_table_statements:
                c.execute(statement)
            c.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
            c.execute(f"PRAGMA user_version = {schema.SCHEMA_VERSION}")

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: object) -> Sequence[int]:
        """Writes an append, whole or not at all; answers the positions of its events."""
        prepared = kwargs["prepared"]
        if not isinstance(prepared, Prepared):
            raise TypeError("events come with their prepared rows")
        return self.group_commit.run(lambda cursor: self.record(cursor, stored_events, prepared))

    def transact(self, work: Callable[[sqlite3.Cursor], Answer], lock_key: str) -> Answer:
        """Runs what reads, decides and writes in one transaction, in which nobody else writes."""
        del lock_key
        return self.group_commit.run(work)

    def record(
        self,
        cursor: sqlite3.Cursor,
        stored_events: Sequence[StoredEvent],
        prepared: Prepared,
        head: Callable[[str], Head] | None = None,
    ) -> Sequence[int]:
        """Writes an append in the transaction of the cursor; answers the positions of its events.

        `head` says where a stream stands, to whom has read it in the same transaction.
        """
        heads = {
            part.stream: head(part.stream) if head else read_head(cursor, part.stream)
            for part in prepared.append.streams
        }
        recorded_at = write_instant(next_instant(heads.values(), self.clock()))
        rows = [(s.originator_id, s.originator_version, s.topic, stamp(s.state, recorded_at)) for s in stored_events]
        cursor.executemany(self.insert_events_statement, rows[:-1])
        last = int(cursor.execute(self.insert_events_statement, rows[-1]).lastrowid or 0) if rows else 0
        write(cursor, SqliteReader.facts, prepared, heads, recorded_at, [state for *_, state in rows])
        return range(last - len(rows) + 1, last + 1)

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


def check(path: str) -> None:
    """Refuses a file that is no database, another program's, or newer, before anything could change a byte of it."""
    file = Path(path)
    if path.startswith("file:") or not file.exists() or not file.stat().st_size:
        return
    # Where no journal lies beside the file it is read as it is: a connection of any other kind would leave one there.
    has_journal = any(Path(f"{file}{kind}").exists() for kind in ("-wal", "-journal"))
    uri = f"{file.absolute().as_uri()}?mode=ro{'' if has_journal else '&immutable=1'}"
    try:
        reading = sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None)
        with closing(reading) as connection:
            connection.execute("BEGIN")
            _is_ours(connection.cursor())
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        raise StoreRefused(
            f"{path} non è un archivio", accepted="un file nuovo, o un archivio nostro", where="--database"
        ) from None


def migrate(path: str, derive: Callable[[Cursor], object]) -> tuple[int, int]:
    """Brings the tables of a file to this version, in one transaction; answers the version before and the one now.

    `derive` rebuilds, in the same transaction, what is derived from the record.
    """
    with closing(sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)) as connection:
        cursor = connection.cursor()
        cursor.execute("BEGIN IMMEDIATE")
        before = _version(cursor)
        if 0 < before < schema.SCHEMA_VERSION:
            for target in range(before + 1, schema.SCHEMA_VERSION + 1):
                for statement in schema.SQLITE_MIGRATIONS[target]:
                    cursor.execute(statement)
            derive(cursor)
            cursor.execute(f"PRAGMA user_version = {schema.SCHEMA_VERSION}")
        cursor.execute("COMMIT")
    return before or schema.SCHEMA_VERSION, schema.SCHEMA_VERSION


def _is_ours(cursor: sqlite3.Cursor) -> bool:
    """Whether the file holds our tables: False when it holds nothing, StoreRefused when they are of an older version."""
    version = _version(cursor)
    if 0 < version < schema.SCHEMA_VERSION:
        words = f"l'archivio è della versione {version}, questo programma legge la {schema.SCHEMA_VERSION}"
        raise StoreRefused(words, accepted="initinere migrate, che lo aggiorna", where="--database")
    return bool(version)


def _version(cursor: sqlite3.Cursor) -> int:
    """The version of our tables, 0 in an empty file; StoreRefused when they are another program's, or newer."""
    marked = cursor.execute("PRAGMA application_id").fetchone()[0]
    version = int(cursor.execute("PRAGMA user_version").fetchone()[0])
    tables = cursor.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if marked == schema.APPLICATION_ID and version > schema.SCHEMA_VERSION:
        detail = f"l'archivio è della versione {version}, questo programma legge la {schema.SCHEMA_VERSION}"
        raise StoreRefused(detail, accepted="il programma che lo ha scritto, o uno più recente")
    if marked == schema.APPLICATION_ID and version > 0:
        return version
    if tables or marked:
        raise StoreRefused("il file è l'archivio di un altro programma", accepted="un file nuovo, o un archivio nostro")
    return 0
