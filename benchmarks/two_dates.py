"""As-of questions and revisions against what they cannot beat: reading ready rows, and a bare durable INSERT.

`python -m benchmarks.two_dates [EVENTS]` prints medians and ratios of one run; compare runs by the ratios.
"""

import random
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter
from uuid import uuid4

import orjson

from api.intake import Caller
from api.service import Service
from domain.documents.changes import ChangeFile
from domain.documents.plan import PlanDocument
from domain.recording import Pending
from domain.targets.events import TargetSet
from domain.targets.reader import read_one
from domain.timelines import fold
from projections.store.append import Append, StreamAppend
from projections.store.store import Store

PLAN = "prova"
STREAM = f"plan/{PLAN}"
INDICATORS = 1_000
YEARS = range(2022, 2026)
BACKDATED = 0.8


def _document() -> PlanDocument:
    indicators = [
        {
            "id": f"i{n}",
            "objective": f"o{n % 50}",
            "name": f"Indicatore {n}",
            "targets": [{"year": year, "text": ">= 50%"} for year in YEARS],
        }
        for n in range(INDICATORS)
    ]
    return PlanDocument.model_validate(
        {
            "administration": {"id": "ente", "name": "Ente"},
            "plan": {"id": PLAN, "title": "Prova", "first_year": 2022, "last_year": 2025},
            "act": "delibera di Giunta n. 1 del 31/01/2022",
            "objectives": [{"id": f"o{n}", "level": "operational"} for n in range(50)],
            "indicators": indicators,
        }
    )


def _revised(store: Store, events: int) -> None:
    """Appends revisions, most of them with an effective date before that of others, a day of the clock each thousand."""
    chance = random.Random(1)
    version = store.head(STREAM).version
    first = version
    while version - first < events:
        pending = []
        for _ in range(1_000):
            back = chance.random() < BACKDATED
            day = date(2022, 2, 1) + timedelta(days=chance.randrange(1_000) if back else 1_000)
            target = read_one(f">= {chance.randrange(10, 99)}%", 2022)
            name = f"i{chance.randrange(INDICATORS)}"
            pending.append(Pending(TargetSet(indicator=name, year=chance.choice(YEARS), target=target), day))
        store.append(Append(uuid4().hex, "", "prova", (StreamAppend(STREAM, version, tuple(pending)),)))
        version += len(pending)


def _timed(work: Callable[[], object], times: int) -> float:
    """The median of some rounds, in milliseconds."""
    rounds = []
    for _ in range(times):
        start = perf_counter()
        work()
        rounds.append(1000 * (perf_counter() - start))
    return median(rounds)


def main(events: int = 10_000) -> None:
    """Builds a plan of 1,000 indicators with that many revisions, and prints what each question costs."""
    with tempfile.TemporaryDirectory() as folder:
        clock = iter(datetime(2022, 2, 1, tzinfo=UTC) + timedelta(hours=n) for n in range(10**9))
        store = Store(str(Path(folder) / "prova.sqlite"), clock=lambda: next(clock))
        service = Service(store)
        service.load_plan(_document(), Caller("prova"))
        _revised(store, events)
        with store.reading() as reader:
            head = reader.known(STREAM, None)
            half = reader.known(STREAM, reader.appends(STREAM)[len(reader.appends(STREAM)) // 2][2])
            cells = len(reader.state(STREAM, date(2030, 1, 1), head))
            ready = sqlite3.connect(":memory:")
            ready.execute("CREATE TABLE ready (n INTEGER PRIMARY KEY, value TEXT)")
            ready.executemany("INSERT INTO ready VALUES (?, ?)", [(n, '{"value":"50"}') for n in range(cells)])
            limit = _timed(lambda: orjson.dumps(ready.execute("SELECT n, value FROM ready").fetchall()), 9)
            records = reader.records(STREAM)
            rows = [
                ("the limit: as many ready rows, as JSON", limit),
                ("in force now, as known now", _timed(lambda: reader.state(STREAM, date(2030, 1, 1), head), 9)),
                ("in force in 2023, as known now", _timed(lambda: reader.state(STREAM, date(2023, 1, 1), head), 9)),
                ("in force in 2023, as known halfway", _timed(lambda: reader.state(STREAM, date(2023, 1, 1), half), 9)),
                (
                    "the same by folding the events, read before",
                    _timed(lambda: fold(records, date(2023, 1, 1), half.version), 3),
                ),
            ]
        print(f"{len(records)} events, {cells} cells")
        for name, cost in rows:
            print(f"{name:<46}{cost:>9.2f} ms {cost / limit:>8.1f} x")

        bare = sqlite3.connect(str(Path(folder) / "bare.sqlite"), isolation_level=None)
        bare.execute("PRAGMA journal_mode = WAL")
        bare.execute("PRAGMA synchronous = FULL")
        bare.execute("CREATE TABLE event (n INTEGER PRIMARY KEY, state BLOB)")
        inserted = _timed(lambda: bare.execute("INSERT INTO event (state) VALUES (?)", (b"x" * 600,)), 200)
        step = iter(range(10**9))

        def revise() -> None:
            file = {
                "plan": PLAN,
                "act": {"id": "atto", "body": "Giunta", "date": "2025-09-30"},
                "justification": "dati",
                "cause": "new_data",
                "changes": [
                    {"verb": "revise_target", "object": "i1", "year": 2025, "target": f">= {100 + next(step)},5%"}
                ],
            }
            service.change(ChangeFile.model_validate(file), Caller("prova"))

        revised = _timed(revise, 200)
        print(f"{'a bare durable INSERT':<46}{inserted:>9.2f} ms {1:>8.1f} x")
        print(f"{'a revision decided, recorded, acknowledged':<46}{revised:>9.2f} ms {revised / inserted:>8.1f} x")
        store.close()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
