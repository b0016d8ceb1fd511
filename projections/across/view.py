"""The read model across administrations, as the library's tracking recorder: its rows and the position that they hold up to.

The position moves in the transaction that writes the rows, and only from where the rows were computed (optimistic
concurrency): a projection that is killed leaves a whole step or none, and of two that run at once one is refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from eventsourcing.persistence import IntegrityError, Notification, Tracking, TrackingRecorder
from typing_extensions import TypedDict

from projections.across.rows import PlanRows, replace
from projections.answers import Count, Instant
from projections.store import schema
from projections.store.cursor import Cursor, on_sqlite
from projections.store.envelope import read_envelope, write_instant
from projections.store.reader import Reader
from projections.store.store import Store

NAME = "across"
"""The name of the projection, and of its row in the table of positions."""
VERSION = 2
"""Raised with every change of what the rows say: those of another version are dropped, and followed from the start."""
BEHIND_AT_MOST = 100_000


@dataclass(frozen=True)
class Position(Tracking):
    """A place in the notification log: that of the library, and on a server the transaction that wrote it.

    `recorded_at` is the greatest instant up to it; `version` is that of the rows that lie there.
    """

    application_name: str = Store.name
    notification_id: int = 0
    transaction: str = "0"
    recorded_at: str = ""
    version: int = VERSION


class Followed(TypedDict):
    """Fino a dove la risposta è aggiornata: l'ultimo evento che comprende, e quanti non ne comprende ancora."""

    position: Count
    recorded_at: Instant | None
    behind: Count


class AcrossView(TrackingRecorder):
    """The tables of one store; their rows are made and read by `rows`."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def max_tracking_id(self, application_name: str) -> int | None:
        """The position that the rows hold up to; None when there are none of this record, in this version."""
        with self.store.reading() as reader:
            return followed(reader)["position"] or None if application_name == self.store.name else None

    def insert_tracking(
        self, tracking: Tracking, since: Position | None = None, plans: Sequence[tuple[PlanRows, PlanRows]] = ()
    ) -> None:
        """Moves the position with the rows of the plans, held and new, in one transaction.

        IntegrityError, and nothing is written, when the position is no longer that of `since`.
        """
        with self.store.datastore.cursor(commit=True) as cursor:
            if not isinstance(tracking, Position):
                raise TypeError("a position names its transaction")
            _move(cursor, tracking, since or Position())
            for stored, rows in plans:
                replace(cursor, stored, rows)

    def begin(self, stored: Position | None) -> None:
        """Empties the tables, whose rows are of no use, and puts the position before the first event.

        IntegrityError when another did so meanwhile.
        """
        with self.store.datastore.cursor(commit=True) as cursor:
            if stored is None:
                sql = "INSERT INTO followed (name, version, position, mark, recorded_at) VALUES (?, ?, ?, ?, ?) "
                row = (NAME, *_columns(Position()))
                if not cursor.execute(sql + "ON CONFLICT DO NOTHING RETURNING name", row).fetchall():
                    raise IntegrityError
            else:
                _move(cursor, Position(), stored)
            for table in schema.FOLLOWED[1:]:
                cursor.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names

    def empty(self) -> None:
        """Empties the tables and forgets the position: whoever follows next begins from the first event."""
        with self.store.datastore.cursor(commit=True) as cursor:
            for table in schema.FOLLOWED:  # the position first: a step that is under way waits for it, and is refused
                cursor.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names


def followed(reader: Reader) -> Followed:
    """How far the rows go, in the snapshot of the reader."""
    position = stored_position(reader)
    if position is None or not is_valid(reader, position):
        position = Position()
    return {
        "position": position.notification_id,
        "recorded_at": position.recorded_at or None,
        "behind": _behind(reader, position),
    }


def rows_cursor(reader: Reader) -> Cursor:
    """A cursor for statements over the rows that are followed alone: these change with the position, and with nothing else.

    Whoever keeps an answer of them is so held by the position, and does not ask all the rows again.
    """
    stored_position(reader)
    return reader.cursor_of(())


def stored_position(reader: Reader) -> Position | None:
    """The position as it lies, whether it is of this record and version or not."""
    sql = "SELECT position, mark, recorded_at, version FROM followed WHERE name = ?"
    row = reader.cursor.execute(sql, (NAME,)).fetchone()
    return Position(Store.name, *row) if row else None


def is_valid(reader: Reader, position: Position) -> bool:
    """Whether the rows speak of this record, as this program writes them."""
    notification_id = position.notification_id
    return position.version == VERSION and (
        not notification_id or position.transaction == _transaction(reader, notification_id)
    )


def position_of(reader: Reader, notification: Notification, since: Position) -> Position:
    """The position of a row of the log that is read after another."""
    recorded_at = write_instant(read_envelope(notification.topic, notification.state).recorded_at)
    transaction = _transaction(reader, notification.id) or ""
    return Position(Store.name, notification.id, transaction, max(since.recorded_at, recorded_at))


def _transaction(reader: Reader, position: int) -> str | None:
    what = "''" if on_sqlite(reader.cursor) else "transaction::text"
    row = reader.cursor.execute(f"SELECT {what} FROM stored_events WHERE position = ?", (position,)).fetchone()  # noqa: S608
    return str(row[0]) if row else None


def _behind(reader: Reader, position: Position) -> int:
    after: str = "position > ?"
    params: list[object] = [position.notification_id]
    if not on_sqlite(reader.cursor):
        after, params = "(transaction, position) > (?::xid8, ?)", [position.transaction, position.notification_id]
    sql = f"SELECT count(*) FROM (SELECT 1 FROM stored_events WHERE {after} LIMIT {BEHIND_AT_MOST}) AS waiting"  # noqa: S608
    row = reader.cursor.execute(sql, params).fetchone()
    return int(row[0]) if row else 0


def _columns(position: Position) -> tuple[object, ...]:
    return position.version, position.notification_id, position.transaction, position.recorded_at


def _move(cursor: Cursor, end: Position, begin: Position) -> None:
    """Moves the position, and with it takes the right to write; IntegrityError when it is no longer where it was."""
    sql = (
        "UPDATE followed SET version = ?, position = ?, mark = ?, recorded_at = ? "
        "WHERE name = ? AND version = ? AND position = ? AND mark = ? RETURNING name"
    )
    if not cursor.execute(sql, (*_columns(end), NAME, *_columns(begin)[:3])).fetchall():
        raise IntegrityError("the position was moved meanwhile")
