"""Questions across administrations: how long they take, how fast the follower catches up, how much a store holds.

`python -m benchmarks.across [ADMINISTRATIONS ...]` fills an SQLite file, and a PostgreSQL where it is installed, with so
many synthetic administrations (60 and 600 unless told; `60 600 6000` is the full run, some forty minutes) and prints
a line a figure. `figures` gives the same to whoever puts figures together.
"""

import sqlite3
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median
from time import perf_counter

import psycopg

from api.commands.handler import Caller
from api.commands.service import Service
from benchmarks import servers
from benchmarks.synthetic import YEAR, fill, opened
from domain.documents.changes import ChangeFile
from domain.point import Point
from projections.across.changes import ChangeFilter, changes_across
from projections.across.follower import catch_up, step
from projections.across.rates import rates_across
from projections.plan_in_force import plan_in_force
from projections.plans import plans
from projections.store import postgres
from projections.store.reader import Reader
from projections.store.store import Store

QUICK = (60, 600)
ROUNDS = 7
ON = date(YEAR + 1, 12, 31)
Figure = tuple[str, float, str]
"""A name, a value, a unit."""

QUESTIONS: dict[str, Callable[[Reader], object]] = {
    "change rates of a year, totals and the first 100 plans": lambda r: rates_across(r, YEAR, ON),
    "the same, of one level": lambda r: rates_across(r, YEAR, ON, level="operational"),
    "the same, totals and one plan": lambda r: rates_across(r, YEAR, ON, limit=1),
    "changes recorded in a month, first 100": lambda r: changes_across(
        r, ChangeFilter(recorded_since=_at(YEAR, 9, 1), recorded_until=_at(YEAR, 9, 30))
    ),
    "changes in effect in a year for one cause, first 100": lambda r: changes_across(
        r, ChangeFilter(since=date(YEAR, 1, 1), until=date(YEAR, 12, 31), cause="legal")
    ),
    "changes of one administration": lambda r: changes_across(r, ChangeFilter(administration="ente-00007")),
    "changes by an actor who made none": lambda r: changes_across(r, ChangeFilter(actor="oiv")),
}


def figures(
    location: str, administrations: int, say: Callable[[str], None] = lambda _: None, *, seed: int = 1
) -> list[Figure]:
    """What a new store of so many administrations shows: filling, following, questions, room on the disk."""
    rows: list[Figure] = []
    store, clock = opened(location)
    try:
        say(f"  filling {administrations} administrations")
        start = perf_counter()
        events = fill(store, clock, administrations, seed=seed)
        took = perf_counter() - start
        rows += [
            ("events", events, ""),
            ("events recorded a second, ten administrations an append", events / took, "/s"),
        ]
        _housekeeping(store)
        rows += [(f"bytes an event, {name}", size / events, "B") for name, size in _room(store).items()]
        say(f"  following {events} events")
        start = perf_counter()
        assert catch_up(store) == events
        took = perf_counter() - start
        rows += [
            ("events followed a second", events / took, "/s"),
            ("plans read a second", administrations / took, "/s"),
        ]
        _housekeeping(store)
        rows.append(("bytes an event, tables across administrations", _across(store) / events, "B"))
        for name, question in QUESTIONS.items():
            rows.append((name, _timed(store, question), "ms"))
        rows += _of_one(store, administrations)
        rows += _revised(store, clock)
    finally:
        store.close()
    return rows


def _of_one(store: Store, administrations: int) -> list[Figure]:
    """What does not hang on how many others there are, and what does: one plan in force, the list of all, asked once."""
    plan = f"ente-{administrations // 2:05}-{YEAR}-{YEAR + 2}"
    with store.reading() as reader:
        row = reader.cursor.execute("SELECT count(*) FROM cell").fetchone()
        listed = _milliseconds(lambda: plans(reader, Point(ON)))
    return [
        ("one plan in force", _timed(store, lambda r: plan_in_force(r, plan, Point(ON))), "ms"),
        ("the list of all plans, asked once", listed, "ms"),
        ("cells an administration", int(row[0]) / administrations if row else 0, ""),
    ]


def _revised(store: Store, clock: list[datetime]) -> list[Figure]:
    """A revision is recorded, then followed: what it costs, and how soon it is in the answers."""
    service = Service(store)
    recorded, followed = [], []
    clock[0] = _at(YEAR + 1, 12, 1)
    for number in range(ROUNDS * 3):
        plan = f"ente-{number:05}-{YEAR}-{YEAR + 2}"
        file = {
            "plan": plan,
            "act": f"delibera di Giunta n. 99 del 01/12/{YEAR + 1}",
            "justification": "dati",
            "cause": "new_data",
            "changes": [{"verb": "add_objective", "object": "nuovo", "level": "operational", "title": "Nuovo"}],
        }
        changes = ChangeFile.model_validate(file)
        recorded.append(_milliseconds(lambda changes=changes: service.change(changes, Caller("prova"))))  # type: ignore[misc]
        followed.append(_milliseconds(lambda: step(store)))
    return [
        ("a revision recorded", median(recorded), "ms"),
        ("the same followed, until it is answered", median(followed), "ms"),
    ]


def _timed(store: Store, question: Callable[[Reader], object]) -> float:
    """The median of some rounds, after one to warm up."""

    def ask() -> None:
        with store.reading() as reader:
            question(reader)

    ask()
    return median(_milliseconds(ask) for _ in range(ROUNDS))


def _milliseconds(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return 1000 * (perf_counter() - start)


def _at(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, tzinfo=UTC)


def _housekeeping(store: Store) -> None:
    """What the database does by itself by the next day."""
    if isinstance(store.datastore, postgres.Datastore):
        with psycopg.connect(store.location, autocommit=True) as connection:
            connection.execute("VACUUM (ANALYZE)")
            connection.execute("CHECKPOINT")
    else:
        with sqlite3.connect(store.location) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _room(store: Store) -> dict[str, int]:
    """The bytes of the record, and of everything with indexes, facts and leaves."""
    sizes = _sizes(store)
    return {"the envelopes alone": _envelopes(store), "the whole store": sum(sizes.values())}


def _across(store: Store) -> int:
    return sum(size for name, size in _sizes(store).items() if name.startswith("across"))


def _envelopes(store: Store) -> int:
    with store.datastore.cursor() as cursor:
        row = cursor.execute("SELECT sum(length(state)) FROM stored_events").fetchone()
    return int(row[0]) if row else 0


def _sizes(store: Store) -> dict[str, int]:
    """Bytes by table, its indexes among them."""
    if isinstance(store.datastore, postgres.Datastore):
        sql = "SELECT relname, pg_total_relation_size(oid) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    else:
        # Page by page: the sums that dbstat makes itself are of 32 bits.
        sql = """
SELECT coalesce(m.tbl_name, s.name), sum(s.pgsize) FROM dbstat s LEFT JOIN sqlite_master m ON m.name = s.name GROUP BY 1"""
    with store.datastore.cursor() as cursor:
        return {str(name): int(size) for name, size in cursor.execute(sql).fetchall()}


def main(*administrations: int) -> None:
    """Prints the figures of each size on each database."""
    with tempfile.TemporaryDirectory(prefix="banco-") as folder, servers.postgres() as server:
        for many in administrations or QUICK:
            places = {"SQLite": str(Path(folder) / f"{many}.sqlite")}
            if server is not None:
                with servers.database(server, f"enti_{many}") as url:
                    postgres.migrate(url)
                    places["PostgreSQL"] = url
            for kind, place in places.items():
                print(f"{kind}, {many} administrations", flush=True)
                for name, value, unit in figures(place, many, lambda words: print(words, file=sys.stderr, flush=True)):
                    print(f"  {name:<66}{value:>14,.1f} {unit}", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
