"""The store of a server: PostgreSQL, with events, facts, texts and receipt in one transaction, and no table lock.

Events are ordered within a stream by the unique pair of stream and version. Across streams they are read in the order
of (transaction, position), never above a transaction that is still under way: a position may commit late.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from datetime import datetime, timedelta
from functools import lru_cache
from threading import Lock
from time import monotonic, sleep
from typing import Any, TypeVar
from uuid import UUID

import psycopg
from eventsourcing.persistence import (
    ApplicationRecorder,
    IntegrityError,
    Notification,
    OperationalError,
    PersistenceError,
    StoredEvent,
    Subscription,
)
from psycopg import errors, sql
from psycopg_pool import ConnectionPool, PoolTimeout

from domain.errors import StoreBusy, StoreRefused
from projections.store import keying, merging, schema
from projections.store.append import Head, Prepared, record_rows, stream_keys, write
from projections.store.cursor import AskedStatement, Cursor, ForeseeingCursor
from projections.store.envelope import write_instant
from projections.store.facts import PostgresFacts
from projections.store.failures import damaged, rebuilt_elsewhere, refusal_of
from projections.store.instants import (
    NEVER,
    Clock,
    earliest,
    instant_of,
    last_recorded,
    microseconds,
    require_near,
)
from projections.store.location import shown_location
from projections.store.owners import OF_STREAM, Owners, looked_up
from projections.store.reader import Foresight, Reader
from projections.store.replication import ReplicationState

Answer = TypeVar("Answer")
LOCK_STRIPES = 64
"""Locks by which the writers of one plan follow one another within a process: striped by the hash of its name."""
CONNECTIONS = 10
"""The most that a process holds to read, and the most to write."""
WAIT_SECONDS = 30.0
"""How long one waits for a connection of a server that is there."""
PATIENCE_SECONDS = 2.0
"""How long one waits before asking whether the server is there at all."""
NOT_LONG = "SET LOCAL lock_timeout = '1500ms'"
"""Who waits for a table alone has all others wait behind: not for longer than this. A server's own vacuum, which holds it for
minutes, gives way to whoever waits for a second (`deadlock_timeout`)."""
TRIES_ALONE, BETWEEN_TRIES_SECONDS = 300, 6.0
"""How often a migration tries to have tables alone, and how long it lets others work in between: four times as long."""
MIGRATION_SECONDS = 0.2
"""How long a migration waits before it looks again whether another one is done."""
PROBE_SECONDS = 3
"""How long a server that is there takes to say so, at the most."""
ERASE_SECONDS = 10.0
"""How long the migration waits for those that read a table which is written anew."""
MIGRATE = "initinere migrate, che prepara o aggiorna l'archivio"
OWN = "una base di dati vuota, o un archivio nostro"
_LOCK = 0x1717_4E52
"""The advisory lock under which one migration at a time runs."""

RESTORE = "pg_restore di una copia di sicurezza intera, in una base di dati vuota"
_OWN_TABLES = "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace"
_MAINTAINS = 170_000
"""The version of PostgreSQL since which the maintenance of a table may be granted."""

_NOT_WAITED = "01000"
"""The warning of a commit that did not wait for the standby."""
_SETTLED = "transaction < pg_snapshot_xmin(pg_current_snapshot())"
_TURN = f"{_LOCK}, 1"
"""The advisory lock under which one instant at a time is taken; nobody waits for the end of another's transaction."""
_MARK = f"""
FROM (SELECT pg_advisory_lock({_TURN}), coalesce(pg_sequence_last_value('last_instant'), 0) AS mark OFFSET 0) AS before"""
_GIVEN_BACK = f"pg_advisory_unlock({_TURN})"
_PEOPLE_ERASED = "coalesce(pg_sequence_last_value('people_erased'), 0)"
_PEOPLE_GONE = "coalesce(pg_sequence_last_value('people_gone'), 0)"
_TEXTS_LEFT = (
    "(SELECT count(*) FROM text WHERE text IS NULL) > (SELECT coalesce(pg_sequence_last_value('texts_erased'), 0))"
)
_REPLICATION_STATE = """
SELECT is_standby, (extract(epoch FROM level_at) * 1000000)::bigint,
CASE WHEN is_level THEN 0 ELSE extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) END,
coalesce(pg_sequence_last_value('last_instant'), 0)
FROM (SELECT pg_is_in_recovery() AS is_standby,
    coalesce(pg_last_wal_replay_lsn() >= pg_last_wal_receive_lsn(), false)
    AND EXISTS (SELECT FROM pg_stat_wal_receiver) AS is_level,
    (SELECT last_msg_send_time FROM pg_stat_wal_receiver
        WHERE pg_last_wal_replay_lsn() >= latest_end_lsn) AS level_at) AS server"""
"""Whether a standby is asked; when its primary was last heard of, if it has all that that had sent by then, and receives
still; its lag in seconds, as far as it knows; its mark. Who was heard of when is told to roles with pg_read_all_stats."""
_HAS_TO_ERASE = f"{_TEXTS_LEFT} OR {_PEOPLE_ERASED} > {_PEOPLE_GONE}"
_TAKE = f"""
SELECT CASE WHEN mark > ? THEN -mark ELSE setval('last_instant', greatest(mark + 1, ?)) END,
({_HAS_TO_ERASE})::int, {_GIVEN_BACK} {_MARK}"""
"""The instant of an append; the mark, negative, where the clock is too far behind it. And whether there is to erase."""
_RAISE = f"SELECT setval('last_instant', greatest(mark, ?)), {_GIVEN_BACK} {_MARK}"
_INSERT = (
    "INSERT INTO stored_events (administration, originator_id, originator_version, topic, state) VALUES (?, ?, ?, ?, ?)"
)


@lru_cache(maxsize=512)
def _translated(statement: str) -> bytes:
    return statement.replace("%", "%%").replace("?", "%s").encode()


class PostgresCursor:
    """A cursor that takes statements as SQLite writes them.

    Each statement has a cursor of psycopg to itself: in a pipeline the late answers of one would else be taken for
    those of the next.
    """

    def __init__(self, cursor: psycopg.Cursor[tuple[Any, ...]]) -> None:
        self._cursor = cursor
        self._ahead: dict[str, dict[tuple[object, ...], list[tuple[Any, ...]]]] = {}
        self._ready: list[tuple[Any, ...]] | None = None
        self.taken: tuple[int, ...] | None = None
        """What the server answered to whoever took an instant ahead of its time."""

    def read_ahead(self, asked: Iterable[AskedStatement], take: Sequence[object]) -> None:
        """Asks statements and takes an instant, within `in_one_message` in one round trip; asked again, a statement is answered from it.

        Until something is written: `forget_ahead`.
        """
        try:
            sent = self._send(asked)
            row = self._another().execute(_translated(_TAKE), take).fetchone()
            self._keep(sent)
        except BaseException:
            self._cursor.connection.close()  # and with it the lock of the session, should it be held
            raise
        self.taken = tuple(int(number) for number in (row or ())[:-1])

    def ask_together(self, asked: Iterable[AskedStatement]) -> None:
        """Asks statements in one round trip; asked again within the snapshot, each is answered from it."""
        with self._cursor.connection.pipeline():
            self._keep(self._send(asked))

    def ask_now(self, asked: Iterable[AskedStatement]) -> None:
        """The same within `in_one_message`."""
        self._keep(self._send(asked))

    def _send(self, asked: Iterable[AskedStatement]) -> list[tuple[AskedStatement, psycopg.Cursor[tuple[Any, ...]]]]:
        return [(one, self._another().execute(_translated(one[0]), one[1])) for one in asked]

    def _keep(self, sent: Iterable[tuple[AskedStatement, psycopg.Cursor[tuple[Any, ...]]]]) -> None:
        for (statement, params), cursor in sent:
            self._ahead.setdefault(statement, {})[params] = cursor.fetchall()

    def forget_ahead(self) -> None:
        """Asks everything anew from here on."""
        self._ahead = {}

    @contextmanager
    def in_one_message(self) -> Iterator[None]:
        """Within it nobody waits for what was not asked for; at its end all that was sent is committed, in one round trip.

        The transaction is begun and ended by hand: the driver waits for its own to have begun.
        """
        connection = self._cursor.connection
        connection.autocommit = True
        try:
            with _waited_for(connection), connection.pipeline():
                connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
                yield
                connection.execute("COMMIT")
        finally:
            if not connection.closed:
                connection.rollback()
                connection.autocommit = False

    def _another(self) -> psycopg.Cursor[tuple[Any, ...]]:
        self._cursor = self._cursor.connection.cursor()
        return self._cursor

    def execute(self, statement: str, params: Sequence[object] = ()) -> "PostgresCursor":
        """Runs one statement, unless its rows were read ahead."""
        foreseen = self._ahead.get(statement)
        rows = None if foreseen is None else foreseen.get(tuple(params))
        self._ready = None if rows is None else rows[::-1]
        if rows is None:
            self._another().execute(_translated(statement), params)
        return self

    def executemany(self, statement: str, rows: Iterable[Sequence[object]]) -> "PostgresCursor":
        """Runs one statement for many rows."""
        self._ready = None
        self._another().executemany(_translated(statement), rows)
        return self

    def copy(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Adds rows to the columns of a table, in a stream of their own (COPY)."""
        with self._another().copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN".encode()) as into:
            for row in rows:
                into.write_row(row)

    @property
    def server_version(self) -> int:
        """The version of the server, as a number."""
        return self._cursor.connection.info.server_version

    def begin_anew(self) -> None:
        """Lets the snapshot go: what is asked next is answered from a later one, of the same server."""
        self._cursor.connection.rollback()

    def in_turn(self, statement: str, params: Sequence[object]) -> tuple[int, ...]:
        """The numbers that a statement answers that takes a lock of the session, and gives it back: one round trip.

        Should it fail in between, the connection goes, and the lock with it.
        """
        try:
            row = self.execute(statement, params).fetchone()
        except BaseException:
            self._cursor.connection.close()
            raise
        return tuple(int(number) for number in (row or ())[:-1])

    def fetchall(self) -> list[tuple[Any, ...]]:
        """All the rows of the last statement."""
        if self._ready is not None:
            rows, self._ready = self._ready[::-1], []
            return rows
        return self._cursor.fetchall()

    def fetchone(self) -> tuple[Any, ...] | None:
        """The next row of the last statement."""
        if self._ready is not None:
            return self._ready.pop() if self._ready else None
        return self._cursor.fetchone()


class PostgresReader(Reader):
    """The questions, where PostgreSQL is asked in other words."""

    facts = PostgresFacts()
    cursor: PostgresCursor

    def foresee(self, ask: Foresight) -> None:
        """Asks in one round trip what is going to be asked."""
        asked = _foreseen(self, ask, self.cursor.ask_together)
        if asked:
            self.cursor.ask_together(asked)

    def look_ahead(self, streams: Collection[str]) -> None:
        """Reads where several streams stand, and what is asked of each next: in one round trip."""
        self.foresee(lambda reader: Reader.look_ahead(reader, streams))
        super().look_ahead(streams)

    def log_from(self, start: int, *, inclusive: bool, settled: bool) -> tuple[str, list[object], str]:
        """The log from a position on, in the order of (transaction, position).

        A row is shown once no transaction that began before its own is under way, so that nothing can appear behind who
        reads on; one stream is in the order of its positions by itself, and is not held. A position that no row has
        begins before all the rows of greater positions: a row may be shown again, none is passed over.
        """
        settled_rows = _SETTLED if settled else "true"
        order = "transaction, position"
        if start <= 0:
            return settled_rows, [], order
        begin = self._pair(start)
        if begin is None:
            return "false", [], order
        return f"(transaction, position) {'>=' if inclusive else '>'} (?::xid8, ?) AND {settled_rows}", [*begin], order

    def settled_position(self) -> int:
        """The position of the last event, in the order of the log, before every transaction that is under way."""
        sql = f"SELECT position FROM stored_events WHERE {_SETTLED} ORDER BY transaction DESC, position DESC LIMIT 1"  # noqa: S608
        row = self.cursor.execute(sql).fetchone()
        return int(row[0]) if row else 0

    def record_mark(self) -> str:
        """What is settled, and what was committed beside transactions that are still under way: a position may commit late."""
        sql = f"SELECT position FROM stored_events WHERE NOT ({_SETTLED}) ORDER BY position"  # noqa: S608
        positions = [self.settled_position(), *(int(row[0]) for row in self.cursor.execute(sql).fetchall())]
        return "+".join(map(str, positions))

    def _pair(self, position: int) -> tuple[str, int] | None:
        """What is read on from: the row of a position, or what lies before all rows of greater positions."""
        statement = "SELECT transaction::text FROM stored_events WHERE position = ?"
        if row := self.cursor.execute(statement, (position,)).fetchone():
            return str(row[0]), position
        statement = "SELECT transaction::text FROM stored_events WHERE position > ? ORDER BY transaction LIMIT 1"
        row = self.cursor.execute(statement, (position,)).fetchone()
        return (str(row[0]), 0) if row else None


def _foreseen(
    reader: PostgresReader, ask: Foresight, ask_now: Callable[[Iterable[AskedStatement]], None]
) -> Mapping[AskedStatement, None]:
    """The statements that are going to be asked; whose a plan is that was never asked for is read first, by a message of its own."""
    foreseeing = ForeseeingCursor()
    ask(reader.on_cursor(foreseeing))
    if owners := list(looked_up(foreseeing.asked)):
        ask_now(owners)
        for _, (plan,) in owners:
            reader.key(str(plan))
        foreseeing = ForeseeingCursor()
        ask(reader.on_cursor(foreseeing))
    return foreseeing.asked


@contextmanager
def _named_errors() -> Iterator[None]:
    """The errors of the driver as those of the library; one that another writer caused calls for deciding again."""
    try:
        yield
    except (errors.UniqueViolation, errors.SerializationFailure, errors.DeadlockDetected) as error:
        raise IntegrityError(error) from error
    except psycopg.OperationalError as error:
        raise OperationalError(error) from error
    except psycopg.Error as error:
        raise PersistenceError(error) from error


@contextmanager
def _waited_for(connection: psycopg.Connection[tuple[Any, ...]]) -> Iterator[None]:
    """Within it is committed; psycopg.OperationalError where the server did not wait for its standby to have it, too.

    It answers then as if all were well, and only warns that one machine alone has what it committed.
    """
    warned: list[str | None] = []

    def hear(notice: psycopg.errors.Diagnostic) -> None:
        warned.append(notice.sqlstate)

    connection.add_notice_handler(hear)
    try:
        yield
    finally:
        connection.remove_notice_handler(hear)
    if _NOT_WAITED in warned:
        raise psycopg.OperationalError("the server did not wait for its standby")


class Datastore:
    """Two pools: readers that see one snapshot and cannot write, and writers."""

    reader = PostgresReader
    clear_projections = (
        # Writers wait at their first row here, before or after the whole rebuild; readers keep what their snapshot saw.
        "LOCK TABLE append IN EXCLUSIVE MODE",
        *(f"DELETE FROM {table}" for table in schema.PROJECTED),  # noqa: S608 - our own names
    )
    """Empties the projections: not DROP, which shows empty tables to older snapshots and needs their owner."""
    create_shadow: tuple[str, ...] = ()
    """The shadow tables are always there."""
    drop_shadow = renew_shadow = tuple(f"DELETE FROM {table}" for table in schema.SHADOW_TABLES)  # noqa: S608
    """Empties the shadow tables."""
    merge_shadow = merging.STATEMENTS
    """Makes the rows that answer for some streams those of the shadow tables."""
    finish_shadow = (*merging.NO_CELL, *renew_shadow)
    """What is left once the rows of every stream are in place: facts of no cell go, and the shadow tables are emptied."""

    def recorder(self, clock: Clock) -> "Recorder":
        """What writes to it."""
        return Recorder(self, clock)

    @staticmethod
    def lock_out_writers(cursor: Cursor) -> None:
        """Keeps other writers out until the end of the transaction; to be said first in it."""
        cursor.execute("LOCK TABLE append IN EXCLUSIVE MODE")

    @staticmethod
    def lock_out_everybody(cursor: Cursor) -> None:
        """Keeps readers out, too, from the tables that are going to be others; to be said first.

        To keep writers out first would not do: one that has read, and waits to write, holds what is wanted afterwards.
        """
        sql = "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relname = ANY(?)"
        there = sorted(str(name) for (name,) in cursor.execute(sql, ([*schema.PROJECTED, *schema.KEYED],)).fetchall())
        cursor.execute(NOT_LONG)
        cursor.execute(f"LOCK TABLE {', '.join(there)} IN ACCESS EXCLUSIVE MODE")

    @staticmethod
    def leaving_what_is_freed(cursor: Cursor) -> AbstractContextManager[None]:  # noqa: ARG004 - as a file is asked
        """Nothing: a server overwrites nothing that it frees."""
        return nullcontext()

    @staticmethod
    def survey(cursor: Cursor, tables: Sequence[str]) -> None:
        """Has the server look at tables that were just filled, as it would within minutes by itself: its plans rest on it.

        A table that somebody has locked is left out; so is, with a warning of the server, one that the role may not look at.
        """
        cursor.execute(f"ANALYZE (SKIP_LOCKED) {', '.join(tables)}")

    @contextmanager
    def only_rebuild(self) -> Iterator[None]:
        """Within it nothing else rebuilds, or migrates; ConcurrentChange where another process does."""
        with _only_one(self._url, waits=False):
            yield

    def __init__(self, url: str) -> None:
        self._url = url
        self.owners: dict[str, str] = {}
        self._opening = Lock()
        self._pools: tuple[_ConnectionPool, _ConnectionPool] | None = None
        self._is_away = False
        self._refused: tuple[float, StoreBusy] | None = None

    def prepare(self, *, patient: bool) -> None:
        """Opens the pools of a database that is ours; StoreRefused, or StoreBusy, where it cannot serve.

        A `patient` one waits for the server as long as its address says.
        """
        self.opened(patient=patient)

    def opened(self, *, patient: bool = False) -> "tuple[_ConnectionPool, _ConnectionPool]":
        """Readers and writers; opened when the server is there for the first time."""
        with self._opening:
            if self._pools is None:
                if self._refused is not None and monotonic() < self._refused[0]:
                    raise self._refused[1].with_traceback(None)
                try:
                    check(self._url, patient=patient)
                except StoreBusy as error:
                    self._refused = monotonic() + StoreBusy.retry_after, error
                    raise
                self._pools = (_pool(self._url, _reads), _pool(self._url, _writes))
            return self._pools

    @contextmanager
    def cursor(self, *, commit: bool = False) -> Iterator[PostgresCursor]:
        """A cursor in a transaction of its own: a snapshot to read, or one that is committed at the end."""
        pools = self._pools or self.opened()
        with _named_errors(), ExitStack() as stack:
            connection = self._connection(stack, pools, commit=commit)
            stack.callback(_give_back, connection)
            yield PostgresCursor(stack.enter_context(connection.cursor()))
            if commit:
                with _waited_for(connection):
                    connection.commit()

    def _connection(
        self, stack: ExitStack, pools: "tuple[_ConnectionPool, _ConnectionPool]", *, commit: bool
    ) -> psycopg.Connection[tuple[Any, ...]]:
        """A connection until the end of the stack; who asks while the server is away is told so, and does not wait."""
        if not self._is_away:
            try:
                return stack.enter_context(pools[commit].connection(timeout=PATIENCE_SECONDS))
            except PoolTimeout:
                self._is_away = True
        psycopg.connect(self._url, connect_timeout=PROBE_SECONDS).close()
        return stack.enter_context(self._back()[commit].connection(timeout=WAIT_SECONDS))

    def _back(self) -> "tuple[_ConnectionPool, _ConnectionPool]":
        """The pools of a server that is there again: new ones, where theirs would try again only minutes from now."""
        with self._opening:
            pools, self._is_away = self._pools, False
            if pools is None or any(pool.get_stats().get("connections_errors") for pool in pools):
                self._pools = (_pool(self._url, _reads), _pool(self._url, _writes))
                for pool in pools or ():
                    pool.close(timeout=1)
            return self._pools or self.opened()

    def shrink(self) -> None:
        """Nothing: the server takes the room of deleted rows for new ones by itself."""

    def mark(self, cursor: Cursor) -> datetime:
        """The mark of the instants: see projections/store/instants.py."""
        row = cursor.execute("SELECT coalesce(pg_sequence_last_value('last_instant'), 0)").fetchone()
        return instant_of(int(row[0]) if row else 0)

    def replication_state(self, cursor: Cursor) -> ReplicationState:
        """How far the server that is asked has come, if it is a standby."""
        row = cursor.execute(_REPLICATION_STATE).fetchone() or (False, None, None, 0)
        level_at = None if row[1] is None else instant_of(int(row[1]))
        lag = None if row[2] is None else timedelta(seconds=float(row[2]))
        return ReplicationState(bool(row[0]), level_at, instant_of(int(row[3])), lag)

    def outlast(self) -> None:
        """Waits until what was read is where a commit waits to have it: one that comes after it waits for both."""
        self.answer_for(NEVER)

    def raise_mark(self, cursor: PostgresCursor, instant: datetime) -> None:
        """Raises the mark, in a transaction that writes; at once, whatever becomes of the transaction."""
        cursor.in_turn(_RAISE, (microseconds(instant),))

    def prepare_access(self) -> None:
        """Nothing: a database without the tables of the door is not opened."""

    def has_to_erase(self) -> bool:
        """Whether words that were redacted may still lie somewhere in the files of the tables."""
        with self.cursor() as cursor:
            row = cursor.execute(f"SELECT {_HAS_TO_ERASE}").fetchone()
        return row is not None and bool(row[0])

    def erase(self, wait: float) -> bool:
        """Sees to it that words that were redacted are nowhere in the files of the tables: see `erase_words`."""
        return erase_words(self._url, wait)

    def answer_for(self, instant: datetime) -> None:
        """Raises the mark to what is answered for."""
        with self.cursor(commit=True) as cursor:
            self.raise_mark(cursor, instant)

    def close(self) -> None:
        """Closes every connection."""
        for pool in self._pools or ():
            pool.close()


_ConnectionPool = ConnectionPool[psycopg.Connection[tuple[Any, ...]]]
IDLE_SECONDS = 1.0
"""For how long a connection is taken to be there still, after it was: then it is asked first, which is a round trip."""


class _Connection(psycopg.Connection[tuple[Any, ...]]):
    """A connection that knows when it was last given back."""

    given_back = 0.0


def _check(connection: psycopg.Connection[tuple[Any, ...]]) -> None:
    if monotonic() - getattr(connection, "given_back", 0.0) > IDLE_SECONDS:
        ConnectionPool.check_connection(connection)


def _give_back(connection: psycopg.Connection[tuple[Any, ...]]) -> None:
    if isinstance(connection, _Connection):
        connection.given_back = monotonic()


def _pool(url: str, configure: Callable[[psycopg.Connection[tuple[Any, ...]]], None]) -> _ConnectionPool:
    return ConnectionPool(
        url,
        min_size=1,
        max_size=CONNECTIONS,
        timeout=WAIT_SECONDS,
        configure=configure,
        check=_check,
        connection_class=_Connection,
        open=True,
    )


def unprepared_behind_a_pooler(connection: psycopg.Connection[tuple[Any, ...]]) -> None:
    """Prepares no statement where another process answers than the one that was spoken to: a pooler lies between.

    It may give each transaction to another process, which knows nothing of what was prepared. Everywhere else prepared
    statements spare a third of a command.
    """
    row = connection.execute("SELECT pg_backend_pid()").fetchone()
    connection.rollback()
    if row != (connection.info.backend_pid,):
        connection.prepare_threshold = None


def _reads(connection: psycopg.Connection[tuple[Any, ...]]) -> None:
    unprepared_behind_a_pooler(connection)
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    connection.read_only = True


def _writes(connection: psycopg.Connection[tuple[Any, ...]]) -> None:
    unprepared_behind_a_pooler(connection)
    if connection.prepare_threshold is not None:
        # Statements of commands seek rows by their keys, whatever is asked: the server need not think each time.
        connection.execute("SET plan_cache_mode = force_generic_plan")
        connection.commit()
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ


class Recorder(ApplicationRecorder):
    """Writes events, facts, texts and receipt in one transaction, at one instant that rises with the version."""

    reads_ahead = True

    def __init__(self, datastore: Datastore, clock: Clock) -> None:
        self.datastore = datastore
        self.clock = clock
        self.has_to_erase = False
        self._stripes = [Lock() for _ in range(LOCK_STRIPES)]

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: object) -> None:
        """Writes an append, whole or not at all."""
        prepared = kwargs["prepared"]
        if not isinstance(prepared, Prepared):
            raise TypeError("events come with their prepared rows")
        with self.datastore.cursor(commit=True) as cursor, cursor.in_one_message():
            self.record(cursor, stored_events, prepared)

    def transact(self, work: Callable[[PostgresCursor], Answer], lock_key: str, foresee: Foresight | None) -> Answer:
        """Runs what reads, decides and writes in one transaction, on one snapshot; IntegrityError when it was overtaken.

        Within a process those of one `lock_key` follow one another (lock striping), and do not overtake each other in vain; all others
        write at the same time, and share the flushes of the server.

        What `foresee` asks is read in one round trip, in which the instant is taken, too; what is written goes with the
        commit in another: a server may be far.
        """
        stripe = self._stripes[hash(lock_key) % LOCK_STRIPES]
        with stripe, self.datastore.cursor(commit=True) as cursor, cursor.in_one_message():
            if foresee is not None:
                self._read_ahead(cursor, foresee)
            return work(cursor)

    def _read_ahead(self, cursor: PostgresCursor, foresee: Foresight) -> None:
        # Nothing is written yet: what is read of the owners of plans was committed, and is remembered.
        reader = PostgresReader(cursor)
        reader.owners = Owners(self.datastore.owners)
        asked = _foreseen(reader, foresee, cursor.ask_now)
        now = self.clock.now()
        instant = earliest((), now, self.clock.answered)
        cursor.read_ahead(asked, (microseconds(self.clock.furthest(now)), microseconds(instant)))

    def record(
        self,
        cursor: PostgresCursor,
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
        cursor.executemany(_INSERT, rows)
        write(cursor, PostgresReader.facts, prepared, keys, heads, recorded_at, [state for *_, state in rows])
        cursor.forget_ahead()
        self.has_to_erase = self.has_to_erase or prepared.redacts() or prepared.erases_people()
        if prepared.erases_people():
            # What is counted at once is deleted a little later: whoever writes the tables anew waits for it.
            cursor.execute("LOCK TABLE person, access IN ROW EXCLUSIVE MODE")
            cursor.execute("SELECT nextval('people_erased')")

    def _take_instant(self, cursor: PostgresCursor, heads: Mapping[str, Head]) -> datetime:
        now = self.clock.now()
        instant = earliest(heads.values(), now, self.clock.answered)
        last = max((head.recorded_at for head in heads.values()), default="")
        taken, has_to_erase = cursor.taken or (-1, 0)
        cursor.taken = None
        while taken < 0 or write_instant(instant_of(taken)) <= last:
            furthest = microseconds(self.clock.furthest(now))
            taken, has_to_erase = cursor.in_turn(_TAKE, (furthest, microseconds(instant)))
            if taken >= 0:
                break
            require_near(instant_of(-taken), now, self.clock)  # again where another thread of this process took it
        self.has_to_erase = self.has_to_erase or bool(has_to_erase)
        self.clock.taken = max(self.clock.taken, instant_of(taken))
        return instant_of(taken)

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """Events of a stream in the order of their versions, or against it."""
        statement = f"SELECT originator_id, originator_version, topic, state FROM stored_events WHERE {OF_STREAM}"  # noqa: S608
        params: list[object] = []
        for condition, value in ((" AND originator_version > ?", gt), (" AND originator_version <= ?", lte)):
            if value is not None:
                statement += condition
                params.append(value)
        statement += f" ORDER BY originator_version {'DESC' if desc else 'ASC'}"
        if limit is not None:
            statement += " LIMIT ?"
            params.append(limit)
        with self.datastore.cursor() as cursor:
            rows = cursor.execute(statement, [*PostgresReader(cursor).key(str(originator_id)), *params]).fetchall()
        return [StoredEvent(stream, version, topic, bytes(state)) for stream, version, topic, state in rows]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """The notification log in its order, on a snapshot of its own."""
        with self.datastore.cursor() as cursor:
            reader = PostgresReader(cursor)
            return reader.select_notifications(start, limit, stop, topics, inclusive_of_start=inclusive_of_start)

    def max_notification_id(self) -> int | None:
        """The greatest position, None when nothing is recorded."""
        with self.datastore.cursor() as cursor:
            row = cursor.execute("SELECT max(position) FROM stored_events").fetchone()
        return row[0] if row else None

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> Subscription[ApplicationRecorder]:
        """Refused, as on SQLite: whoever follows reads the feed, which waits for what is not committed yet."""
        raise NotImplementedError("the record is followed by its feed")


# -- the schema --------------------------------------------------------------------------------------------------------


def check(url: str, *, patient: bool = True) -> None:
    """Refuses a database that is not ours, not of this version, not whole, or brought here without its migration."""
    with past_the_pools(url, patient=patient) as cursor:
        version = _version(cursor)
        if version < schema.SCHEMA_VERSION:
            words = "l'archivio non è ancora preparato" if not version else f"l'archivio è della versione {version}"
            raise StoreRefused(words, accepted=MIGRATE, where="--database")
        tables = {str(row[0]) for row in cursor.execute(_OWN_TABLES).fetchall()}
        if missing := sorted(schema.RIGHTS.keys() - tables):
            raise damaged(shown_location(url), f"mancano le tabelle {', '.join(missing)}", accepted=RESTORE)
        if _restored(cursor):
            raise StoreRefused("l'archivio viene da un altro server", accepted=MIGRATE, where="--database")


def migrate(
    url: str,
    append_only_role: str | None = None,
    derived: Callable[[], AbstractContextManager[PostgresCursor]] | None = None,
    progress: keying.Progress = lambda _done, _total: None,
) -> tuple[int, int]:
    """Makes or migrates the tables; answers the version before, 0 for none, and the one now.

    With a role, grants it what the service needs, and of the record of events only to read and to append. Where what is
    derived is of another shape, `derived` makes it anew in the shadow tables, and gives the transaction in which they are
    put in their place and the tables are of this version: until then the database is that of the program before.
    """
    with _only_one(url, waits=True):
        with past_the_pools(url) as cursor:
            before = _version(cursor)
            roles = set() if append_only_role is None else {append_only_role}
            rebuilt = derived is not None and 0 < before < schema.DERIVED_SINCE
            keyed = rebuilt and before < schema.KEYED_SINCE
            if rebuilt:
                roles.update(keying.granted(cursor))
                _make_shadow(cursor)
        if keyed:
            for statement in keying.MARKS:
                _between_others(lambda asked=statement: _do(url, asked))  # type: ignore[misc]  # each its own
            _say_whose(url, progress)
        elif rebuilt:
            keying.make_indexes(url, [schema.RECEIPT_INDEX])

        def finish() -> None:
            with derived() if derived is not None and rebuilt else past_the_pools(url) as cursor:
                cursor.execute(NOT_LONG)
                if keyed:
                    keying.say_beside(cursor)
                _bring_up(cursor, before)
                for role in sorted(roles):
                    _grant(cursor, role)

        _between_others(finish)
    if before:
        if before < schema.SCHEMA_VERSION:
            with past_the_pools(url) as cursor:
                Datastore.survey(cursor, schema.PROJECTED)
        erase_words(url, ERASE_SECONDS)
    return before, schema.SCHEMA_VERSION


def _between_others(work: Callable[[], None]) -> None:
    """Does what needs tables alone: begun again where somebody holds one for long, or each would wait for the other."""
    for left in reversed(range(TRIES_ALONE)):
        try:
            work()
        except PersistenceError as error:
            if not left or not isinstance(error.__cause__, errors.DeadlockDetected | errors.LockNotAvailable):
                raise
            sleep(BETWEEN_TRIES_SECONDS)
        else:
            return


def _do(url: str, statement: str) -> None:
    with past_the_pools(url) as cursor:
        cursor.execute(NOT_LONG)
        cursor.execute(statement)


def _make_shadow(cursor: PostgresCursor) -> None:
    """Makes the shadow tables in the shape of today, unless they are there of a migration that was killed."""
    row = None
    if cursor.execute(f"SELECT to_regclass('{schema.PROGRESS}')::text").fetchone() != (None,):
        row = cursor.execute(f"SELECT version FROM {schema.PROGRESS}").fetchone()  # noqa: S608 - our own name
    if row != (schema.SCHEMA_VERSION,):
        for statement in schema.SHADOW_BEFORE:
            cursor.execute(statement)


def _say_whose(url: str, progress: keying.Progress) -> None:
    """Says of every row of the record whose it is, while others write, and makes the keys that it leads."""
    with past_the_pools(url) as cursor:
        last = keying.last_position(cursor)
    for low in range(0, last, keying.BATCH):
        with past_the_pools(url) as cursor:
            keying.say_whose(cursor, low, min(low + keying.BATCH, last))
        progress(min(low + keying.BATCH, last), last)
    keying.make_indexes(url)


def _bring_up(cursor: PostgresCursor, before: int) -> None:
    if not before:
        for statement in schema.POSTGRES:
            cursor.execute(statement)
    for target in range(before + 1, schema.SCHEMA_VERSION + 1) if before else ():
        for statement in schema.MIGRATIONS[target]:
            cursor.execute(statement)
        for statement in schema.DERIVED_MIGRATIONS.get(target, ()) if before >= schema.DERIVED_SINCE else ():
            cursor.execute(statement)
    if 0 < before < schema.SCHEMA_VERSION:
        cursor.in_turn(_RAISE, (microseconds(last_recorded(cursor) or NEVER),))
    if before != schema.SCHEMA_VERSION:
        cursor.execute("DELETE FROM meta")
        cursor.execute("INSERT INTO meta (product, version) VALUES (?, ?)", (schema.PRODUCT, schema.SCHEMA_VERSION))
    if _restored(cursor):
        # The transactions of another server say nothing here: what it recorded comes before all else, by position.
        cursor.execute("UPDATE stored_events SET transaction = '0'")


@contextmanager
def _only_one(url: str, *, waits: bool) -> Iterator[None]:
    """Within it nothing else migrates or rebuilds: a lock of a transaction of its own, for the work takes several others.

    ConcurrentChange where something does, and this one does not wait for it.

    A pooler keeps one transaction on one process of the server; the lock of a session would stay there, with others.
    """
    with past_the_pools(url) as cursor:
        # Who waited within a statement would hold a snapshot, for which an index that is made beside waits: each for the other.
        while cursor.execute("SELECT pg_try_advisory_xact_lock(?)", (_LOCK,)).fetchone() != (True,):
            if not waits:
                raise rebuilt_elsewhere()
            cursor.begin_anew()
            sleep(MIGRATION_SECONDS)
        # It lets the snapshot of the statement before go.
        named = "'initinere migrate'" if waits else "'initinere rebuild'"
        cursor.execute("SET LOCAL application_name TO " + named)
        yield


_FILES = """
SELECT o.relname, f.file::regclass::text, i.indexrelid::regclass::text, pg_has_role(c.relowner, 'USAGE') OR {maintains}
FROM pg_class o
CROSS JOIN LATERAL (
    SELECT o.oid WHERE o.relkind = 'r' UNION SELECT relid FROM pg_partition_tree(o.oid) WHERE isleaf
) AS f (file)
JOIN pg_class c ON c.oid = f.file
JOIN pg_index i ON i.indrelid = f.file AND i.indisprimary
WHERE o.relnamespace = current_schema()::regnamespace AND o.relname = ANY(%s)"""
"""What holds the rows of some tables, each itself or its partitions; the key by which it lies; whether we may write it anew."""

LOOK_AGAIN_SECONDS = 0.05
"""How long a snapshot that still sees what was redacted is given to end, before it is looked at again."""


def erase_words(url: str, wait: float) -> bool:
    """Writes the tables anew without what was redacted; False where a snapshot still sees it after so many seconds.

    A snapshot that ends meanwhile, of a short question or of the server's own statistics, is waited for. False, too,
    where the role may not: only their owner may, or who was granted to maintain them. What the server keeps elsewhere is
    its own.

    CLUSTER writes a table as VACUUM FULL does, and may stand in a transaction: how long it waits for its lock is then
    said in that transaction, and stays behind in no session that a pooler hands on to others. Of a table that is
    partitioned it may not stand in one, nor is there anything to write: its partitions are, one after the other.
    """
    kept: list[str] = []
    until = monotonic() + wait
    try:
        with psycopg.connect(url, autocommit=True, prepare_threshold=None) as connection:
            connection.add_notice_handler(lambda notice: kept.append(notice.message_detail or ""))
            at_most = (f"{max(1, int(wait * 1000))}ms",)
            maintains = (
                "has_table_privilege(c.oid, 'MAINTAIN')" if connection.info.server_version >= _MAINTAINS else "false"
            )
            counted = f"SELECT count(*), {_PEOPLE_ERASED}, {_PEOPLE_GONE} FROM text WHERE text IS NULL"  # noqa: S608
            texts, people, gone = connection.execute(counted.encode()).fetchone() or (0, 0, 0)
            tables = [*schema.WITH_WORDS, *(schema.WITH_PEOPLE if people > gone else ())]
            files = connection.execute(_FILES.format(maintains=maintains).encode(), (tables,)).fetchall()
            if {table for table, *_ in files} != set(tables) or not all(may for *_, may in files):
                return False
            while True:
                kept.clear()
                for _, file, index, *_ in files:
                    with connection.transaction():
                        connection.execute("SELECT set_config('lock_timeout', %s, true)", at_most)
                        connection.execute(f"CLUSTER (VERBOSE) {file} USING {index}".encode())
                if not any(_still_seen(detail) for detail in kept):
                    break
                if monotonic() >= until:
                    return False
                sleep(LOOK_AGAIN_SECONDS)
            if texts:
                connection.execute("SELECT setval('texts_erased', %s)", (texts,))
            if people:
                connection.execute("SELECT setval('people_gone', %s)", (people,))
    except psycopg.Error:
        return False
    return True


def _still_seen(detail: str) -> bool:
    """Whether CLUSTER says, in whatever language, how many dead rows it had to keep: the first number of its detail."""
    number = re.search(r"\d+", detail)
    return number is not None and int(number[0]) > 0


@contextmanager
def past_the_pools(url: str, *, patient: bool = True) -> Iterator[PostgresCursor]:
    """A cursor in a transaction on a connection of its own, past the pools and their check of the tables."""
    try:
        timeout = None if patient else PROBE_SECONDS
        connection = psycopg.connect(url, connect_timeout=timeout)
        unprepared_behind_a_pooler(connection)
    except psycopg.Error as error:
        raise refusal_of(error, url) from None
    with _named_errors(), connection, connection.cursor() as cursor:
        yield PostgresCursor(cursor)


def _version(cursor: Cursor) -> int:
    """The version of our tables, 0 in an empty database; StoreRefused when it is another program's, or newer."""
    statement = """
SELECT count(*) FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v', 'm')"""
    table_count = cursor.execute(statement).fetchone()
    statement = "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass('meta') AND attnum > 0"
    columns = {str(row[0]) for row in cursor.execute(statement).fetchall()}
    row = None
    if columns == {"product", "version"}:
        row = cursor.execute("SELECT product, version FROM meta").fetchone()
    if row is None and table_count == (0,):
        return 0
    if row is None or row[0] != schema.PRODUCT:
        raise StoreRefused("la base di dati è di un altro programma", accepted=OWN, where="--database")
    if row[1] > schema.SCHEMA_VERSION:
        words = f"l'archivio è della versione {row[1]}, questo programma legge la {schema.SCHEMA_VERSION}"
        raise StoreRefused(words, accepted="il programma che lo ha scritto, o uno più recente", where="--database")
    return int(row[1])


def _restored(cursor: Cursor) -> bool:
    """Whether the record names transactions that this server has not come to yet: it was copied from another one."""
    statement = """
SELECT transaction >= pg_snapshot_xmax(pg_current_snapshot()) FROM stored_events ORDER BY transaction DESC LIMIT 1"""
    row = cursor.execute(statement).fetchone()
    return row is not None and bool(row[0])


def _grant(cursor: PostgresCursor, role: str) -> None:
    name = sql.Identifier(role).as_string()
    place = cursor.execute("SELECT quote_ident(current_schema())").fetchone()
    if place is not None:
        cursor.execute(f"GRANT USAGE ON SCHEMA {place[0]} TO {name}")
    for table, rights in schema.RIGHTS.items():
        cursor.execute(f"REVOKE ALL ON {table} FROM {name}")
        cursor.execute(f"GRANT {rights} ON {table} TO {name}")
    cursor.execute(f"GRANT USAGE ON SEQUENCE cell_number TO {name}")
    if cursor.server_version >= _MAINTAINS:
        files = cursor.execute(
            _FILES.format(maintains="true").replace("%s", "?"), ([*schema.WITH_WORDS, *schema.WITH_PEOPLE],)
        )
        for file in {file for _, file, *_ in files.fetchall()}:  # of a table that is partitioned, each partition
            cursor.execute(f"GRANT MAINTAIN ON {file} TO {name}")
    cursor.execute(f"GRANT SELECT, UPDATE ON SEQUENCE last_instant, texts_erased, people_erased, people_gone TO {name}")
