"""Native partitions of PostgreSQL, by administration: the same program on tables that are partitioned, beside tables that are not.

    python -m benchmarks.partitions [administrations]

The administration leads every key, that of the record, of texts and of receipts too, so that each table can be partitioned
by it as it is, by its hash or by lists of names: all that a command or a question about a plan reads lies in one partition
of each.
"""

import sys
from collections.abc import Callable
from contextlib import closing
from datetime import date
from time import perf_counter
from typing import NamedTuple

import psycopg

from api.commands.handler import Caller
from api.commands.service import Service
from benchmarks import servers, synthetic
from benchmarks.append import revise
from benchmarks.figures import milliseconds, spread
from benchmarks.workload import PLAN, document
from domain.point import Point
from projections.plan_in_force import plan_in_force
from projections.proof.live_verification import verify_database
from projections.rebuild import rebuild
from projections.store import postgres
from projections.store.schema import KEYED, PROJECTED
from projections.store.store import Store

PARTITIONS = 16
PARTITIONED = (*KEYED, *(table for table in PROJECTED if table != "plan_owner"))
"""The tables that are partitioned; `plan_owner` says whose a plan is, and is of the installation."""
ROUNDS, COMMANDS = 5, 20


class Taken(NamedTuple):
    """What one layout took."""

    filled: float
    rebuilt: float
    revised: float
    read: float
    verified: float


def by_hash(_administrations: int) -> list[str]:
    """What each partition holds: as many administrations as any other, whichever."""
    return [f"FOR VALUES WITH (MODULUS {PARTITIONS}, REMAINDER {number})" for number in range(PARTITIONS)]


def by_list(administrations: int) -> list[str]:
    """What each partition holds: administrations by name; the last all others, and what is of the installation."""
    names = [f"'ente-{number:05}'" for number in range(administrations)]
    shares = [names[number :: PARTITIONS - 1] for number in range(PARTITIONS - 1)]
    return [*(f"FOR VALUES IN ({', '.join(share)})" for share in shares if share), "DEFAULT"]


LAYOUTS = {"HASH": by_hash, "LIST": by_list}


def partition(url: str, how: str, administrations: int = 0) -> None:
    """Puts partitioned tables in the place of those of an empty database, with their keys and defaults."""
    with psycopg.connect(url) as connection:
        # A key over partitions holds the administration: there a command's key is sought in each, and holds in each alone.
        connection.execute("DROP INDEX receipt_once")
        connection.execute("CREATE INDEX receipt_once ON receipt (command_id)")
        for table in PARTITIONED:
            for statement in (
                f"CREATE TABLE many (LIKE {table} INCLUDING ALL) PARTITION BY {how} (administration)",
                f"DROP TABLE {table}",
                f"ALTER TABLE many RENAME TO {table}",
                *(
                    f"CREATE TABLE {table}_{number} PARTITION OF {table} {values}"
                    for number, values in enumerate(LAYOUTS[how](administrations))
                ),
            ):
                connection.execute(statement.encode())


def taken(url: str, administrations: int) -> Taken:
    """Fills, rebuilds, revises, reads and verifies."""
    store, clock = synthetic.opened(url)
    start = perf_counter()
    events = synthetic.fill(store, clock, administrations)
    filled = events / (perf_counter() - start)
    rebuilt = _rate(lambda: rebuild(store))
    store.close()
    with closing(Store(url)) as now:
        service = Service(now)
        service.load_plan(document(), Caller("prova"))
        revise(service, PLAN)
        revised = spread(
            [[milliseconds(lambda: revise(service, PLAN)) for _ in range(COMMANDS)] for _ in range(ROUNDS)]
        )
        read = spread([[milliseconds(lambda: _read(now)) for _ in range(COMMANDS)] for _ in range(ROUNDS)])

        def verify() -> int:
            with now.datastore.cursor() as cursor:
                return verify_database(cursor).events

        verified = _rate(verify)
    return Taken(filled, rebuilt, revised.median, read.median, verified)


def _rate(work: Callable[[], int]) -> float:
    start = perf_counter()
    return work() / (perf_counter() - start)


def _read(store: Store) -> None:
    with store.reading() as reader:
        plan_in_force(reader, PLAN, Point(date(2025, 6, 1)))


def main(administrations: int) -> None:
    """Prints a table of the layouts."""
    with servers.postgres() as server:
        if server is None:
            raise SystemExit("PostgreSQL is needed: the wheel that the tests use")
        each: list[Taken] = []
        for how in ("", *LAYOUTS):
            with servers.database(server, f"banco_{how.lower() or 'whole'}") as url:
                postgres.migrate(url)
                if how:
                    partition(url, how, administrations)
                each.append(taken(url, administrations))
    print("| | whole | by hash | by lists |\n|---|---|---|---|")
    for label, *values in zip(
        (
            "events filled a second",
            "events rebuilt a second",
            "a revision, ms",
            "a plan in force, ms",
            "events verified a second",
        ),
        *each,
        strict=True,
    ):
        print(f"| {label} | {' | '.join(f'{value:,.1f}' for value in values)} |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60)
