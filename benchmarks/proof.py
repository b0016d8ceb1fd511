"""What the tree costs: appends with and without it in one run, and the time to verify N events.

`python -m benchmarks.proof [EVENTS]` prints medians and ratios; 1,000,000 events take some minutes and 2 GB of disk.
"""

import sys
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from statistics import median
from time import perf_counter
from unittest.mock import patch
from uuid import uuid4

from domain.recording import Pending
from domain.targets.events import TargetSet
from domain.targets.reader import read_one
from initinere_verify.record import verify_record
from projections.proof.live import record_of, verify_database
from projections.proof.log import Log
from projections.store.append import Append, StreamAppend
from projections.store.cursor import Cursor
from projections.store.store import Store

QUICK = 20_000
ROUNDS = 7
APPENDS = 150
BATCH = 1_000
STREAMS = 10
DAY = date(2022, 1, 31)
TARGETS = [read_one(f">= {percent}%", 2022) for percent in range(1, 100)]


def event(place: int) -> Pending:
    """One revision, as small as they are."""
    return Pending(TargetSet(indicator=f"i{place % 1_000}", year=2022, target=TARGETS[place % len(TARGETS)]), DAY)


def append(store: Store, stream: str, version: int, many: int) -> None:
    """Records so many events at once, after a version."""
    pending = tuple(event(version + place) for place in range(many))
    store.append(Append(str(uuid4()), "", "banco", (StreamAppend(stream, version, pending),)))


def without(_cursor: Cursor, _stream: str, _states: Sequence[bytes]) -> None:
    """In the place of the tree: nothing."""


def appends(folder: Path, many: int) -> tuple[float, float]:
    """Seconds an append of so many events, with and without the tree: medians of rounds that alternate."""
    stores = {name: Store(folder / f"{name}-{many}.sqlite") for name in ("with", "without")}
    versions = dict.fromkeys(stores, 0)
    times: dict[str, list[float]] = {name: [] for name in stores}
    for _ in range(ROUNDS):
        for name, store in stores.items():
            with patch("projections.store.append.write_leaves", without) if name == "without" else _as_it_is():
                start = perf_counter()
                for _ in range(APPENDS):
                    append(store, "plan/prova", versions[name], many)
                    versions[name] += many
                times[name].append((perf_counter() - start) / APPENDS)
    for store in stores.values():
        store.close()
    return median(times["with"]), median(times["without"])


class _as_it_is:  # noqa: N801 - reads as what it is, beside `patch`
    def __enter__(self) -> None:
        """Nothing is changed."""

    def __exit__(self, *_: object) -> None:
        """Nothing was."""


def verification(folder: Path, events: int) -> dict[str, float]:
    """Seconds to record so many events in ten streams, to make a checkpoint of them, to verify record and answers."""
    store = Store(folder / "verified.sqlite")
    log = Log(store, folder / "signing.key")
    log.begin()
    times: dict[str, float] = {}
    start = perf_counter()
    of_each = events // STREAMS
    for stream in range(STREAMS):
        for version in range(0, of_each, BATCH):
            append(store, f"plan/p{stream}", version, min(BATCH, of_each - version))
    times["record"] = perf_counter() - start
    start = perf_counter()
    log.checkpoint()
    times["first checkpoint"] = perf_counter() - start
    append(store, "plan/p0", of_each, 1)
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


def main(events: int = QUICK) -> None:
    """Prints what was measured."""
    with tempfile.TemporaryDirectory() as folder:
        for many in (1, 100):
            one, other = appends(Path(folder), many)
            print(
                f"append of {many} events: {one * 1e6:,.0f} µs with the tree, {other * 1e6:,.0f} µs without: {one / other:.2f} x"
            )
        for name, seconds in verification(Path(folder), events).items():
            print(f"{events:,} events: {name} {seconds:.2f} s ({events / seconds:,.0f}/s)")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
