"""Drops every projection and rebuilds it from the record, to the same ordered rows."""

from collections.abc import Callable
from datetime import date

from domain.annulments.events import EventsAnnulled
from domain.facts import facts_of
from projections.proof.checkpoints import confirm
from projections.store.append import write_annulment, write_boundaries, write_leaves
from projections.store.cursor import Cursor
from projections.store.envelope import write_instant
from projections.store.facts import day_number, fact_rows, write_facts
from projections.store.store import Store

BATCH = 2_000

Progress = Callable[[int, int], None]
"""Is told how many events are done, of how many."""


def rebuild(store: Store, progress: Progress = lambda _done, _total: None) -> int:
    """Rebuilds the projections of the whole store in one transaction; answers how many events it read.

    An event that cannot be read stops it, and everything is as it was; so does a record that no longer agrees with what
    was signed: rebuilding must not cover the traces of whoever altered it.
    """
    with store.datastore.cursor(commit=True) as cursor:
        return rebuild_within(store, cursor, progress)


def rebuild_within(store: Store, cursor: Cursor, progress: Progress) -> int:
    """The same, in a transaction of the store that is under way."""
    for statement in store.datastore.clearing:
        cursor.execute(statement)
    counted = cursor.execute("SELECT count(*) FROM stored_events").fetchone()
    total = int(counted[0]) if counted else 0
    reader = store.datastore.reader(cursor)
    done = position = 0
    horizons: dict[str, int] = {}
    while rows := reader.feed(position, BATCH, settled=False):
        states: dict[str, list[bytes]] = {}
        effective: dict[str, list[tuple[date, int]]] = {}
        for row in rows:
            states.setdefault(row.stream, []).append(row.state)
            record = row.read()
            effective.setdefault(row.stream, []).append((record.effective_on, row.version))
            effective_on = day_number(record.effective_on)
            horizons[row.stream] = max(horizons.get(row.stream, 0), effective_on)
            at = write_instant(record.recorded_at)
            cursor.execute(
                "INSERT INTO append (stream, recorded_at, first, last, horizon) VALUES (?, ?, ?, ?, ?) "
                "ON CONFLICT (stream, recorded_at) DO UPDATE SET last = excluded.last, horizon = excluded.horizon",
                (row.stream, at, row.version, row.version, horizons[row.stream]),
            )
            facts = fact_rows(facts_of(record.event), record.effective_on, row.version)
            write_facts(cursor, reader.facts, row.stream, facts)
            if isinstance(record.event, EventsAnnulled):
                write_annulment(cursor, row.stream, row.version, record.event.versions)
        for stream, of_stream in states.items():
            write_leaves(cursor, stream, of_stream)
            write_boundaries(cursor, stream, effective[stream])
        position = rows[-1].position
        done += len(rows)
        progress(done, total)
    confirm(cursor)
    return done
