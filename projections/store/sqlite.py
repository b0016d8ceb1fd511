"""The embedded store: the library's `SQLiteApplicationRecorder` on a file, with our tables in the same transaction."""

import os
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from threading import Lock
from time import sleep
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

from domain.errors import StoreDamaged, StoreRefused
from domain.proof.merkle import leaf_hash
from projections.store import schema
from projections.store.append import Head, Prepared, read_head, write
from projections.store.cursor import Cursor
from projections.store.envelope import stamp, write_instant
from projections.store.facts import SqliteFacts
from projections.store.failures import REPAIR, damaged, not_ours, refusal_of
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
from projections.store.reader import Reader, state_bytes
from projections.store.sqlite_file import (
    ASIDE,
    is_left_behind,
    require_own_sides,
    require_place,
    require_sides_have_owner,
    side_files,
)

BUSY_SECONDS = 30
TORN_SECONDS = 0.05
"""After how long what seemed torn is looked at once more."""
MARK_SECONDS = 0.5
"""How long an answer waits for a writer before it is given without being settled."""
LEAST_BYTES = 512
"""A file that is shorter is no database: SQLite would take one of a single byte for an empty one."""
SMALL_BYTES = 4 * 2**20
"""Up to which size a file is looked at whole at every opening: a few milliseconds."""
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


def counters(cursor: Cursor) -> dict[str, int]:
    """What is counted beside the positions, in the table that SQLite counts those in."""
    rows = cursor.execute(
        "SELECT name, seq FROM sqlite_sequence WHERE name IN (?, ?, ?)", (MARK, REDACTED, ERASED)
    ).fetchall()
    return {str(name): int(seq) for name, seq in rows}


def _count(cursor: sqlite3.Cursor, name: str, count: int) -> None:
    if not cursor.execute("UPDATE sqlite_sequence SET seq = ? WHERE name = ?", (count, name)).rowcount:
        cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (name, count))


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
        self.pool: _Pool = _Pool(path)
        self.single_row_tracking = True
        self.originator_id_type = "text"
        self._event_loop_connection: sqlite3.Connection | None = None
        self._path = path
        self._rewritten = -1

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

    def mark(self, cursor: Cursor) -> datetime:
        """The mark of the instants: see projections/store/instants.py."""
        count = counters(cursor).get(MARK)
        # A program that kept no mark leaves the instants themselves.
        return (last_recorded(cursor) or NEVER) if count is None else instant_of(count)

    def raise_mark(self, cursor: sqlite3.Cursor, instant: datetime) -> None:
        """Raises the mark, in a transaction that writes."""
        if MARK not in counters(cursor):  # a program that counted nothing leaves the texts themselves, and its version
            _count(cursor, REDACTED, cursor.execute("SELECT count(*) FROM text WHERE text IS NULL").fetchone()[0])
            cursor.execute(f"PRAGMA user_version = {schema.SCHEMA_VERSION}")
        _count(cursor, MARK, microseconds(max(instant, self.mark(cursor))))

    def has_to_erase(self) -> bool:
        """Whether words that were redacted may still lie somewhere in the files."""
        with self.cursor() as cursor:
            counted = counters(cursor)
            if REDACTED in counted:
                return counted[REDACTED] > counted.get(ERASED, 0)
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
                if self._rewritten != count:
                    for table, key in schema.WITH_WORDS.items():
                        cursor.execute(f"CREATE TEMP TABLE kept AS SELECT * FROM main.{table}")  # noqa: S608 - our own names
                        cursor.execute(f"DELETE FROM main.{table}")  # noqa: S608
                        cursor.execute(f"INSERT INTO main.{table} SELECT * FROM temp.kept ORDER BY {key}")  # noqa: S608
                        cursor.execute("DROP TABLE temp.kept")
                cursor.execute("COMMIT")
                self._rewritten = count
                if cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                    return False
                cursor.execute("BEGIN IMMEDIATE")
                _count(cursor, ERASED, count)
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

    def __init__(self, datastore: Datastore, clock: Clock) -> None:
        super().__init__(datastore)
        self.clock = clock
        self.has_to_erase = False
        self.group_commit = GroupCommit(lambda: datastore.cursor(commit=True))
        self.insert_events_statement = (
            "INSERT INTO stored_events (originator_id, originator_version, topic, state) VALUES (?,?,?,?)"
        )

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
        recorded_at = write_instant(self._take_instant(cursor, heads))
        rows = [(s.originator_id, s.originator_version, s.topic, stamp(s.state, recorded_at)) for s in stored_events]
        cursor.executemany(self.insert_events_statement, rows[:-1])
        last = int(cursor.execute(self.insert_events_statement, rows[-1]).lastrowid or 0) if rows else 0
        write(cursor, SqliteReader.facts, prepared, heads, recorded_at, [state for *_, state in rows])
        if prepared.redacts():
            _count(cursor, REDACTED, cursor.execute("SELECT count(*) FROM text WHERE text IS NULL").fetchone()[0])
            self.has_to_erase = True
        return range(last - len(rows) + 1, last + 1)

    def _take_instant(self, cursor: sqlite3.Cursor, heads: Mapping[str, Head]) -> datetime:
        counted, now = counters(cursor), self.clock.now()
        if MARK not in counted:
            self.datastore.raise_mark(cursor, NEVER)
            counted = counters(cursor)
        mark = instant_of(counted[MARK])
        require_near(mark, now, self.clock)
        instant = max(earliest(heads.values(), now, self.clock.answered), mark + MICROSECOND)
        _count(cursor, MARK, microseconds(instant))
        self.clock.taken = instant
        self.has_to_erase = self.has_to_erase or counted.get(REDACTED, 0) > counted.get(ERASED, 0)
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
        if _is_ours(library_cursor.sqlite_cursor):
            return
    with connection.transaction(commit=True) as library_cursor:
        cursor = library_cursor.sqlite_cursor
        if cursor.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            return
        for statement in (*schema.SQLITE, *schema.SQLITE_PROJECTED):
            cursor.execute(statement)
        cursor.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
        cursor.execute(f"PRAGMA user_version = {schema.SCHEMA_VERSION}")


def check(path: str, timeout: float | None = None, *, is_open: bool = False, older: bool = False) -> None:
    """Refuses what is no database, another program's, newer, or not whole, before anything could change a byte of it.

    A few reads, whatever its size. All of it is read where a journal was left behind by nobody knows whom: once, since
    SQLite takes it in at the next opening. `is_open`: this process has it open already. `older`: of a version before,
    it is about to be migrated.
    """
    file = Path(path)
    if path.startswith("file:"):
        return
    require_place(file)
    if not file.exists() or not file.stat().st_size:
        require_sides_have_owner(file)
        return
    wait = BUSY_SECONDS if timeout is None else timeout
    try:
        _look(file, wait, is_open=is_open, older=older)
    except StoreDamaged:
        sleep(TORN_SECONDS)  # another process may just have begun, or ended, with it
        _look(file, wait, is_open=is_open, older=older)


def _look(file: Path, wait: float, *, is_open: bool, older: bool) -> None:
    path = str(file)
    try:
        if file.stat().st_size < LEAST_BYTES:
            raise not_ours(path)
        with _looking(file, "immutable=1", wait) as cursor:
            pages, page_size = (
                int(cursor.execute(f"PRAGMA {name}").fetchone()[0]) for name in ("page_count", "page_size")
            )
        require_own_sides(file, pages, page_size)
        # Where no journal lies beside the file it is read as it is: a connection of any other kind would leave one there.
        wal, _, journal = side_files(file)
        if journal.exists() and not wal.exists():
            return
        with _looking(file, "mode=ro" if wal.exists() else "immutable=1", wait) as cursor:
            left_behind = not is_open and is_left_behind(file)  # before the first read, which locks
            cursor.execute("BEGIN")
            version = _version(cursor)
            if not older:
                _is_ours(cursor)
            if version == schema.SCHEMA_VERSION:
                _require_tables(cursor, file)
                if left_behind:
                    require_whole(cursor, path, accepted=ASIDE)
                    _require_leaves(cursor, path)
    except sqlite3.Error as error:
        raise refusal_of(error, path) from None


@contextmanager
def _looking(file: Path, how: str, timeout: float) -> Iterator[sqlite3.Cursor]:
    """A connection that changes nothing of a file."""
    uri = f"{file.absolute().as_uri()}?{how}"
    with closing(sqlite3.connect(uri, uri=True, timeout=timeout, isolation_level=None)) as connection:
        yield connection.cursor()


def _require_tables(cursor: sqlite3.Cursor, file: Path) -> None:
    tables = {str(row[0]) for row in cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()}
    if missing := sorted(schema.TABLES - tables):
        raise damaged(str(file), f"mancano le tabelle {', '.join(missing)}")


def require_whole(cursor: sqlite3.Cursor, location: str, *, accepted: str = REPAIR) -> None:
    """StoreDamaged where its pages do not hold together, or its streams do not: reads all of it."""
    row = cursor.execute("PRAGMA integrity_check(1)").fetchone()
    if row is not None and row[0] != "ok":
        raise damaged(location, str(row[0]), accepted=accepted)
    for (stream,) in cursor.execute(UNEVEN).fetchall():
        raise damaged(location, f"gli eventi di {stream} non sono quelli del suo albero", accepted=accepted)


def _require_leaves(cursor: sqlite3.Cursor, location: str) -> None:
    """StoreDamaged where an event is not the one that its leaf was made of."""
    sql = (
        "SELECT originator_id, originator_version, state, hash FROM stored_events "
        "LEFT JOIN leaf ON stream = originator_id AND version = originator_version"
    )
    for stream, version, state, leaf in cursor.execute(sql):
        if leaf_hash(state_bytes(state)) != leaf:
            raise damaged(location, f"{stream}, evento {version}, non è quello della sua foglia", accepted=ASIDE)


UNEVEN = """
WITH counted (stream, events, last) AS (
    SELECT originator_id, count(*), max(originator_version) FROM stored_events GROUP BY originator_id)
SELECT counted.stream FROM counted LEFT JOIN edge ON edge.stream = counted.stream
WHERE edge.size IS NOT events OR edge.size IS NOT last
UNION ALL SELECT stream FROM edge WHERE stream NOT IN (SELECT stream FROM counted) LIMIT 1"""
"""A stream whose events are not as many as its tree has."""


def require_sound(cursor: sqlite3.Cursor, location: str) -> None:
    """StoreDamaged when the last event is not what the tables that are derived from the record end with: a few reads.

    Of a file that is small all pages are looked at as well, which takes as long as a few questions.
    """
    pages, page_size = (int(cursor.execute(f"PRAGMA {name}").fetchone()[0]) for name in ("page_count", "page_size"))
    if pages * page_size <= SMALL_BYTES and (row := cursor.execute("PRAGMA quick_check(1)").fetchone())[0] != "ok":
        raise damaged(location, str(row[0]))
    sql = "SELECT originator_id, originator_version, state FROM stored_events ORDER BY position DESC LIMIT 1"
    if (last := cursor.execute(sql).fetchone()) is None:
        return
    stream, version, state = last
    row = cursor.execute(
        "SELECT edge.size, leaf.hash, (SELECT max(last) FROM append WHERE stream = edge.stream) "
        "FROM edge LEFT JOIN leaf ON leaf.stream = edge.stream AND leaf.version = ? WHERE edge.stream = ?",
        (version, stream),
    ).fetchone()
    if row is None or tuple(row) != (version, leaf_hash(state_bytes(state)), version):
        raise damaged(location, f"l'ultimo evento ({stream}, {version}) non è quello a cui arrivano le sue tabelle")


def migrate(path: str, derive: Callable[[Cursor], object]) -> tuple[int, int]:
    """Brings the tables of a file to this version, in one transaction; answers the version before and the one now.

    `derive` rebuilds, in the same transaction, what is derived from the record.
    """
    check(path, older=True)
    with closing(sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)) as connection:
        cursor = connection.cursor()
        cursor.execute("BEGIN IMMEDIATE")
        before = _version(cursor)
        if 0 < before < schema.SCHEMA_VERSION:
            for target in range(before + 1, schema.SCHEMA_VERSION + 1):
                for statement in schema.SQLITE_MIGRATIONS[target]:
                    cursor.execute(statement)
            if before < schema.DERIVED_SINCE:
                derive(cursor)
            cursor.execute(f"PRAGMA user_version = {schema.SCHEMA_VERSION}")
        cursor.execute("COMMIT")
    return before or schema.SCHEMA_VERSION, schema.SCHEMA_VERSION


def _is_ours(cursor: sqlite3.Cursor) -> bool:
    """Whether the file holds our tables: False when it holds nothing, StoreRefused when they are of an older version."""
    version = _version(cursor)
    if 0 < version < schema.DERIVED_SINCE:
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
