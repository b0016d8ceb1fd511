"""Native partitions of PostgreSQL, by stream: the same program on tables that are partitioned, beside tables that are not.

    python -m benchmarks.partitions [administrations]

The stream leads the key of every table that is derived but one, so that each can be partitioned by it as it is: all that
a command or a question about a plan reads lies in one partition of each. `fact` is led by the number of its cell.
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
from projections.store.store import Store

PARTITIONS = 16
BY = {
    "append": "stream",
    "boundary": "stream",
    "cell": "stream",
    "annulment": "stream",
    "leaf": "stream",
    "edge": "stream",
    "fact": "cell",
    "text": "digest",
    "receipt": "command_id",
}
"""The tables that are partitioned, and by what; not the record, whose positions are of the whole installation."""
ROUNDS, COMMANDS = 5, 20


class Taken(NamedTuple):
    """What one layout took."""

    filled: float
    rebuilt: float
    revised: float
    read: float
    verified: float


def partition(url: str) -> None:
    """Puts partitioned tables in the place of those of an empty database, with their keys and defaults."""
    with psycopg.connect(url) as connection:
        for table, column in BY.items():
            for statement in (
                f"CREATE TABLE many (LIKE {table} INCLUDING ALL) PARTITION BY HASH ({column})",
                f"DROP TABLE {table}",
                f"ALTER TABLE many RENAME TO {table}",
                *(
                    f"CREATE TABLE {table}_{number} PARTITION OF {table} "
                    f"FOR VALUES WITH (MODULUS {PARTITIONS}, REMAINDER {number})"
                    for number in range(PARTITIONS)
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
    """Prints a table of the two layouts."""
    with servers.postgres() as server:
        if server is None:
            raise SystemExit("PostgreSQL is needed: the wheel that the tests use")
        both: list[Taken] = []
        for name in ("whole", "partitioned"):
            with servers.database(server, f"banco_{name}") as url:
                postgres.migrate(url)
                if name == "partitioned":
                    partition(url)
                both.append(taken(url, administrations))
    print("| | whole | partitioned |\n|---|---|---|")
    for label, of_whole, of_partitions in zip(
        (
            "events filled a second",
            "events rebuilt a second",
            "a revision, ms",
            "a plan in force, ms",
            "events verified a second",
        ),
        *both,
        strict=True,
    ):
        print(f"| {label} | {of_whole:,.1f} | {of_partitions:,.1f} |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60)
