"""Keeps the tables across administrations: follows the feed of the record, a step at a time.

A step reads the next rows of the feed and, in the same snapshot, the plans that they speak of; then it writes what is
different about those plans together with its new position, in one transaction, and only where the position is still
the one that it began from. A process that is killed leaves a whole step or none. On a server the feed is held below
what is still in flight, so that no event appears behind the position.
"""

from collections.abc import Callable
from contextlib import suppress
from math import inf
from threading import Event as Signal
from time import perf_counter
from typing import NamedTuple

from eventsourcing.persistence import IntegrityError

from domain.catalogue import event_type
from projections.across.leader_lock import leading
from projections.across.rows import SILENT, Rows, replace, rows_held, rows_of, version_of
from projections.store import postgres, schema
from projections.store.cursor import Cursor
from projections.store.envelope import write_instant
from projections.store.reader import Reader, StoredRow
from projections.store.store import Store
from projections.streams import PLANS

NAME = "across"
VERSION = 1
"""Raised with every change of what the rows say: those of another version are dropped, and followed from the start."""
EVENTS_A_STEP = 2_000
PLANS_A_STEP = 10
POLL_SECONDS = 0.5
ON_DEMAND_SECONDS = 1.0
"""How long a question may wait for what is not followed yet; what is still missing then, the answer says."""
BEHIND_AT_MOST = 100_000

Progress = Callable[[int, int], None]
"""Is told how many events are followed, of how many."""


class Place(NamedTuple):
    """A place in the feed: the position of its row and, on a server, the transaction that wrote it."""

    version: int = VERSION
    position: int = 0
    mark: str = "0"
    recorded_at: str = ""


class Followed(NamedTuple):
    """Up to where an answer holds: position and instant of the last event that is in it, how many still wait."""

    position: int
    recorded_at: str | None
    behind: int


class Step(NamedTuple):
    """What one step would write: from which place to which, and the rows of each plan, held and new."""

    begin: Place
    end: Place
    events: int
    plans: list[tuple[Rows, Rows]]


def followed(reader: Reader) -> Followed:
    """How far the tables go, in the snapshot of the reader."""
    place = _place(reader)
    if place is None or not _valid(reader, place):
        place = Place()
    return Followed(place.position, place.recorded_at or None, _behind(reader, place))


def step(store: Store) -> int:
    """Follows the next rows of the feed; how many events those were, 0 when there is nothing to follow.

    UnknownRecord, and nothing is written, at an event that this program does not know.
    """
    while True:
        with store.reading() as reader:
            place = _place(reader)
            valid = place is not None and _valid(reader, place)
            found = _read(reader, place) if place is not None and valid else None
        if valid and found is None:
            return 0
        with suppress(IntegrityError):  # on a server: another moved the position at the same time
            if not valid or found is None:
                _begin(store, place)
            elif _written(store, found):
                return found.events


def catch_up(store: Store, progress: Progress = lambda _done, _total: None, seconds: float = inf) -> int:
    """Follows until nothing is left, or the time is over; how many events were followed."""
    end, done = perf_counter() + seconds, 0
    with store.reading() as reader:
        total = followed(reader).behind
    while perf_counter() < end and (moved := step(store)):
        done += moved
        progress(done, max(total, done))
    return done


def refresh(store: Store, seconds: float = ON_DEMAND_SECONDS, progress: Progress = lambda _done, _total: None) -> None:
    """Before a question: follows what is new, unless another process leads, which follows it anyway."""
    with store.reading() as reader:
        waiting = followed(reader).behind
    if waiting:
        with leading(store) as leads:
            if leads:
                catch_up(store, progress, seconds)


def follow(store: Store, stopped: Signal) -> None:
    """Follows until it is told to stop; whoever calls it leads."""
    while not stopped.is_set():
        if not step(store):
            stopped.wait(POLL_SECONDS)


def forget(store: Store) -> None:
    """Empties the tables: whoever follows next begins from the first event."""
    with store.datastore.cursor(commit=True) as cursor:
        for table in schema.FOLLOWED:  # the position first: a step that is under way waits for it, and finds it gone
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names


def again(store: Store) -> None:
    """Drops the rows and follows from the first event; where another process leads, it is that one that does."""
    forget(store)
    refresh(store, inf)


def _place(reader: Reader) -> Place | None:
    sql = "SELECT version, position, mark, recorded_at FROM followed WHERE name = ?"
    row = reader.cursor.execute(sql, (NAME,)).fetchone()
    return Place(*row) if row else None


def _valid(reader: Reader, place: Place) -> bool:
    """Whether the tables speak of this record, as this program writes them."""
    return place.version == VERSION and (not place.position or place.mark == _mark(reader, place.position))


def _mark(reader: Reader, position: int) -> str | None:
    what = "transaction::text" if isinstance(reader, postgres.PostgresReader) else "''"
    row = reader.cursor.execute(f"SELECT {what} FROM stored_events WHERE position = ?", (position,)).fetchone()  # noqa: S608
    return str(row[0]) if row else None


def _behind(reader: Reader, place: Place) -> int:
    after: str = "position > ?"
    params: list[object] = [place.position]
    if isinstance(reader, postgres.PostgresReader):
        after, params = "(transaction, position) > (?::xid8, ?)", [place.mark, place.position]
    sql = f"SELECT count(*) FROM (SELECT 1 FROM stored_events WHERE {after} LIMIT {BEHIND_AT_MOST}) AS waiting"  # noqa: S608
    row = reader.cursor.execute(sql, params).fetchone()
    return int(row[0]) if row else 0


def _read(reader: Reader, begin: Place) -> Step | None:
    rows = reader.feed(begin.position, EVENTS_A_STEP)
    if not rows:
        return None
    spoken: dict[str, int] = {}
    taken = 0
    for row in rows:
        if _speaks(row):
            if row.stream not in spoken and len(spoken) == PLANS_A_STEP:
                break
            spoken[row.stream] = row.version
        taken += 1
    replaced: list[tuple[Rows, Rows]] = []
    for stream, version in sorted(spoken.items()):
        plan = stream.removeprefix(PLANS)
        held = rows_held(reader, plan)
        # A plan is read to its head: the rows may hold already what comes to the feed only now.
        if version_of(held) < version:
            replaced.append((held, rows_of(reader, plan)))
    last = rows[taken - 1]
    recorded_at = max(begin.recorded_at, write_instant(last.read().recorded_at))
    return Step(begin, Place(VERSION, last.position, _mark(reader, last.position) or "", recorded_at), taken, replaced)


def _speaks(row: StoredRow) -> bool:
    """Whether the rows of a plan may hang on an event; UnknownRecord for one of no known type."""
    return not issubclass(event_type(row.topic), SILENT) and row.stream.startswith(PLANS)


def _begin(store: Store, found: Place | None) -> None:
    """Empties the tables, whose rows are of no use, and puts the position before the first event."""
    with store.datastore.cursor(commit=True) as cursor:
        if found is None:
            sql = "INSERT INTO followed (name, version, position, mark, recorded_at) VALUES (?, ?, ?, ?, ?) "
            taken = cursor.execute(sql + "ON CONFLICT DO NOTHING RETURNING name", (NAME, *Place())).fetchall()
        else:
            taken = _moved(cursor, found, Place())
        for table in schema.FOLLOWED[1:] if taken else ():
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names


def _written(store: Store, found: Step) -> bool:
    """Writes a step with its position; False, and nothing is written, when another moved it meanwhile."""
    with store.datastore.cursor(commit=True) as cursor:
        if not _moved(cursor, found.begin, found.end):
            return False
        for held, rows in found.plans:
            replace(cursor, held, rows)
    return True


def _moved(cursor: Cursor, begin: Place, end: Place) -> list[tuple[object, ...]]:
    """Moves the position, and with it takes the right to write; nothing when it is no longer where it was."""
    sql = (
        "UPDATE followed SET version = ?, position = ?, mark = ?, recorded_at = ? "
        "WHERE name = ? AND version = ? AND position = ? AND mark = ? RETURNING name"
    )
    return cursor.execute(sql, (*end, NAME, *begin[:3])).fetchall()
