"""What the tree costs: appends with and without it in one run, and the time to verify N events.

`python -m benchmarks.proof [EVENTS]` prints medians and ratios; 1,000,000 events take some minutes and 2 GB of disk.
`figures(events)` answers the same as rows (what, how much, unit), for whoever puts tables together.
"""

import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from statistics import median
from time import perf_counter
from uuid import uuid4

from api.commands.handler import Caller
from api.commands.service import Service
from benchmarks.synthetic import fill, opened
from benchmarks.workload import document
from domain.recording import Pending
from domain.targets.events import TargetSet
from domain.targets.reader import read_one
from initinere_verify.record import verify_record
from projections.across.follower import catch_up
from projections.proof.live_verification import record_of, verify_database
from projections.proof.log import Log
from projections.rebuild import check_projections
from projections.store import append as appending
from projections.store.append import Append, StreamAppend
from projections.store.cursor import Cursor
from projections.store.owners import StreamKey
from projections.store.store import Store

QUICK = 20_000
ROUNDS = 7
APPENDS = {1: 150, 100: 25}
"""How many appends a round has, by the events in each."""
FOLLOWED = (10, 400)
"""How many synthetic administrations are verified with the tables across them: some two thousand events, a hundred thousand."""
BATCH = 1_000
STREAMS = 10
OF_EACH_PLAN = 20
"""How many indicators a plan has whose targets are set."""
DAY = date(2022, 1, 31)
TARGETS = [read_one(f">= {percent}%", 2022) for percent in range(1, 100)]


def event(place: int) -> Pending:
    """One revision, as small as they are."""
    return Pending(
        TargetSet(indicator=f"i{place % OF_EACH_PLAN}", year=2022, target=TARGETS[place % len(TARGETS)]), DAY
    )


def append(store: Store, stream: str, version: int, many: int) -> None:
    """Records so many events at once, after a version."""
    pending = tuple(event(version + place) for place in range(many))
    store.append(Append(str(uuid4()), "", "banco", (StreamAppend(stream, version, pending),)))


@contextmanager
def tree(*, with_leaves: bool) -> Iterator[None]:
    """With the tree as it is, or with nothing in its place."""
    write_leaves = appending.write_leaves

    def nothing(cursor: Cursor, key: StreamKey, states: Sequence[bytes]) -> None:
        del cursor, key, states

    appending.write_leaves = write_leaves if with_leaves else nothing
    try:
        yield
    finally:
        appending.write_leaves = write_leaves


def appends(folder: Path, many: int) -> tuple[float, float]:
    """Seconds an append of so many events, with and without the tree: medians of rounds that alternate."""
    stores = {name: Store(folder / f"{name}-{many}.sqlite") for name in ("with", "without")}
    versions = dict.fromkeys(stores, 0)
    times: dict[str, list[float]] = {name: [] for name in stores}
    for _ in range(ROUNDS):
        for name, store in stores.items():
            with tree(with_leaves=name == "with"):
                start = perf_counter()
                for _ in range(APPENDS[many]):
                    append(store, "plan/prova", versions[name], many)
                    versions[name] += many
                times[name].append((perf_counter() - start) / APPENDS[many])
    for store in stores.values():
        store.close()
    return median(times["with"]), median(times["without"])


def verification(folder: Path, events: int) -> dict[str, float]:
    """Seconds to record so many events in ten streams, to make a checkpoint of them, to verify record and answers."""
    store = Store(folder / "verified.sqlite")
    log = Log(store, folder / "signing.key")
    log.begin()
    times: dict[str, float] = {}
    start = perf_counter()
    of_each, service = events // STREAMS, Service(store)
    for number in range(STREAMS):
        plan = f"p{number}"
        service.load_plan(document(plan, OF_EACH_PLAN), Caller("prova"))
        version = store.head(f"plan/{plan}").version
        while version < of_each:
            many = min(BATCH, of_each - version)
            append(store, f"plan/{plan}", version, many)
            version += many
    times["record"] = perf_counter() - start
    start = perf_counter()
    log.checkpoint()
    times["first checkpoint"] = perf_counter() - start
    append(store, "plan/p0", store.head("plan/p0").version, 1)
    start = perf_counter()
    log.checkpoint()
    times["next checkpoint"] = perf_counter() - start
    with store.datastore.cursor() as cursor:
        start = perf_counter()
        verdict = verify_record(record_of(cursor))
        times["verify the record"] = perf_counter() - start
        assert verdict.uncovered == 0
        start = perf_counter()
        verify_database(cursor)
        times["verify record and answers"] = perf_counter() - start
    store.close()
    return times


def followed_verification(folder: Path, administrations: int) -> dict[str, float]:
    """Seconds to verify synthetic administrations that were followed, and the tables across them; how many events."""
    store, clock = opened(str(folder / f"administrations-{administrations}.sqlite"))
    events = fill(store, clock, administrations)
    catch_up(store)
    times: dict[str, float] = {}
    with store.datastore.cursor() as cursor:
        start = perf_counter()
        verify_record(record_of(cursor))
        times[f"verify the record of {administrations} administrations, {events:,} events"] = perf_counter() - start
        start = perf_counter()
        verify_database(cursor)
        times[f"verify record and answers of {administrations} administrations"] = perf_counter() - start
    start = perf_counter()
    check_projections(store)
    times[f"rebuild as a check, of {administrations} administrations"] = perf_counter() - start
    store.close()
    return times


def figures(events: int = QUICK) -> list[tuple[str, float, str]]:
    """What was measured, in one run: (what, how much, unit); the unit `x` is a ratio to the same without the tree."""
    rows: list[tuple[str, float, str]] = []
    with tempfile.TemporaryDirectory() as folder:
        for many in (1, 100):
            with_tree, without_tree = appends(Path(folder), many)
            rows += [
                (f"append of {many} events with the tree", many / with_tree, "events/s"),
                (f"append of {many} events without it", many / without_tree, "events/s"),
                (f"append of {many} events, time with the tree over time without", with_tree / without_tree, "x"),
            ]
        rows += [(f"{name}, {events:,} events", s, "s") for name, s in verification(Path(folder), events).items()]
        for administrations in FOLLOWED:
            rows += [(name, s, "s") for name, s in followed_verification(Path(folder), administrations).items()]
    return rows


def main(events: int = QUICK) -> None:
    """Prints what was measured."""
    for name, much, unit in figures(events):
        print(f"{name}: {much:,.2f} {unit}" if unit != "events/s" else f"{name}: {much:,.0f} {unit}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
