"""Rebuilding: reading typed events over a bare scan of their rows, and all projections dropped and made again."""

import sqlite3
from contextlib import closing
from time import perf_counter

from benchmarks import synthetic
from benchmarks.figures import Findings, Goal, Row, Spread, milliseconds, rates, spread
from benchmarks.fixtures import POSTGRES, SQLITE, Fixtures
from benchmarks.workload import Filled, Workload
from projections.rebuild import rebuild
from projections.store.envelope import read_envelope
from projections.store.reader import Reader
from projections.store.schema import PROJECTED
from projections.store.store import Store

READING_BOUND = 15
REBUILDING_BOUND = 90_000
MIX_BOUNDS = {SQLITE: 35_000, POSTGRES: 12_000}
BYTES_BOUND = 680
ADMINISTRATIONS = {"quick": 40, "full": 300}
"""How many synthetic administrations the realistic mix is of: some 700 events each."""
PAGE = 2_000
SCAN = "SELECT position, topic, state FROM stored_events WHERE position > ? ORDER BY position LIMIT ?"


def findings(fixtures: Fixtures) -> Findings:
    """The figures on every kind of store, and the goals."""
    rows: list[Row] = []
    goals: list[Goal] = []
    for kind in fixtures.kinds:
        size = fixtures.sizes(kind)[0 if fixtures.scale.name == "quick" else 1]
        filled = fixtures.filled(kind, Workload(size))
        _reading(kind, filled, fixtures.scale.rounds, rows, goals)
        speed = rates([_rebuilt(filled.store) for _ in range(fixtures.scale.rounds)])
        rows.append(Row("all projections dropped and made again", kind, speed, "events/s", size))
        if kind == SQLITE:
            goals.append(
                Goal("revisions alone rebuilt, SQLite", REBUILDING_BOUND, speed.median, "events/s", at_least=True)
            )
        _realistic(fixtures, kind, rows, goals)
    words = (
        "A bare scan fetches topic and bytes of every event in the order of the record, 2,000 at a time; reading makes a "
        "typed event of each row. "
        "Rebuilding makes facts, annulments, leaves and the rest anew beside those that answer, and puts them in their "
        "place: of revisions of one plan alone, and of the realistic mix of synthetic administrations."
    )
    return Findings("Rebuilding", words, rows, goals)


def _realistic(fixtures: Fixtures, kind: str, rows: list[Row], goals: list[Goal]) -> None:
    place = fixtures.place(kind)
    store, clock = synthetic.opened(place)
    events = synthetic.fill(store, clock, ADMINISTRATIONS[fixtures.scale.name])
    speed = rates([_rebuilt(store) for _ in range(fixtures.scale.rounds)])
    store.close()
    rows.append(Row("realistic mix, all projections made again", kind, speed, "events/s", events))
    bound = MIX_BOUNDS[kind]
    goals.append(Goal(f"the realistic mix rebuilt, {kind}", bound, speed.median, "events/s", at_least=True))
    if kind == SQLITE:
        size = Spread(_projected_bytes(place) / events)
        rows.append(Row("realistic mix, what is derived, on the disk", kind, size, "bytes/event", events))
        goals.append(Goal("projections of an event, realistic mix, SQLite", BYTES_BOUND, size.median, "bytes"))


def _projected_bytes(place: str) -> int:
    """How much smaller a file is without what is derived, both written anew."""
    with closing(sqlite3.connect(place, isolation_level=None)) as file:
        sizes: list[int] = []
        for statements in ((), [f"DROP TABLE {table}" for table in PROJECTED]):
            for statement in (*statements, "VACUUM"):
                file.execute(statement)
            pages, size = (file.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
            sizes.append(pages * size)
    return sizes[0] - sizes[1]


def _reading(kind: str, filled: Filled, rounds: int, rows: list[Row], goals: list[Goal]) -> None:
    scans: list[list[float]] = []
    reads: list[list[float]] = []
    with filled.store.reading() as reader:
        events = scanned(reader)
        for _ in range(rounds):
            scans.append([milliseconds(lambda: scanned(reader))])
            reads.append([milliseconds(lambda: typed(reader))])
    scan, reading = spread(scans), spread(reads)
    for label, times in (("a bare scan", scan), ("typed events read", reading)):
        speed = f"{1000 * events / times.median:,.0f} events/s"
        rows.append(Row(label, kind, times, events=events, ratio=times.per(scan), note=speed))
    goals.append(Goal(f"reading typed events over a bare scan, {kind}", READING_BOUND, reading.per(scan)))


def scanned(reader: Reader) -> int:
    """Topic and bytes of every row, page by page."""
    position = events = 0
    while rows := reader.cursor.execute(SCAN, (position, PAGE)).fetchall():
        position = rows[-1][0]
        events += len(rows)
    return events


def typed(reader: Reader) -> int:
    """A typed event of every row, page by page, as projections read them."""
    position = events = 0
    while rows := reader.scan(position, PAGE, inclusive_of_start=False, settled=False):
        position = rows[-1][0]
        events += len([read_envelope(topic, state) for *_, topic, state in rows])
    return events


def _rebuilt(store: Store) -> float:
    start = perf_counter()
    events = rebuild(store)
    return events / (perf_counter() - start)
