"""Rebuilding: reading typed events over a bare scan of their rows, and all projections dropped and made again."""

from time import perf_counter

from benchmarks.figures import Findings, Goal, Row, milliseconds, rates, spread
from benchmarks.fixtures import SQLITE, Fixtures
from benchmarks.workload import Filled, Workload
from projections.rebuild import rebuild
from projections.store.envelope import read_envelope
from projections.store.reader import Reader

READING_BOUND = 6
REBUILDING_BOUND = 200_000
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
        speed = rates([_rebuilt(filled) for _ in range(fixtures.scale.rounds)])
        rows.append(Row("all projections dropped and made again", kind, speed, "events/s", size))
        if kind == SQLITE:
            goals.append(
                Goal("all projections rebuilt, SQLite", REBUILDING_BOUND, speed.median, "events/s", at_least=True)
            )
    words = (
        "A bare scan fetches topic and bytes of every event in the order of the record, 2,000 at a time; reading makes a "
        "typed event of each row. "
        "Rebuilding drops facts, annulments, leaves and the rest, and makes them again, in one transaction."
    )
    return Findings("Rebuilding", words, rows, goals)


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


def _rebuilt(filled: Filled) -> float:
    start = perf_counter()
    events = rebuild(filled.store)
    return events / (perf_counter() - start)
