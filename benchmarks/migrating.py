"""Ten million events on a server: all that is derived is made again beside what answers, killed once on the way.

    python -m benchmarks.migrating [administrations]
    python -m benchmarks.migrating [administrations] --keys

It is what `initinere rebuild` does whenever it is asked; with `--keys`, `initinere migrate` of a record of version 5, whose
rows are said whose they are before, and whose keys change. Two hundred administrations are recorded as they would be; the record of the others is copied from theirs, inside
the server, under names of their own. While it is rebuilt, one process goes on asking for plans and recording revisions.
"""

import os
import signal
import subprocess
import sys
from contextlib import closing
from datetime import date
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from time import perf_counter, sleep

import psycopg

from api.commands.handler import Caller
from api.commands.service import Service
from benchmarks import servers, synthetic
from benchmarks.append import revise
from benchmarks.figures import Spread, milliseconds, spread
from benchmarks.workload import PLAN, document
from domain.point import Point
from projections.plan_in_force import plan_in_force
from projections.store import postgres
from projections.store.schema import PROGRESS, UNSAID_INDEX
from projections.store.store import Store
from tests.support.earlier import as_of_version_5

ADMINISTRATIONS = 14_000
KILLED_AT = 0.3
"""What part of the events is done when the process is killed."""
PAUSE = 0.25
COPY = """
INSERT INTO stored_events (administration, originator_id, originator_version, topic, state)
SELECT replace(administration, 'ente-', %(own)s), replace(originator_id, 'ente-', %(own)s), originator_version, topic,
    convert_to(replace(convert_from(state, 'UTF8'), 'ente-', %(own)s), 'UTF8')
FROM stored_events WHERE position <= %(last)s ORDER BY position"""
ASKED = "ente-00007-2022-2024"


def fill(url: str, administrations: int) -> int:
    """Records so many administrations, in multiples of those that are recorded one by one; how many events."""
    store, clock = synthetic.opened(url)
    with closing(store):
        synthetic.fill(store, clock, min(administrations, synthetic.MOULDS))
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute("SELECT max(position) FROM stored_events").fetchone()
        for number in range(1, administrations // synthetic.MOULDS):
            connection.execute(COPY, {"own": f"ente-{number}-", "last": row and row[0]})
        connection.execute("VACUUM (ANALYZE) stored_events")
        connection.execute("CHECKPOINT")
    return _count(url, "SELECT count(*) FROM stored_events")


def _count(url: str, question: str) -> int:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(question.encode()).fetchone()
        return int(row[0]) if row else 0


def _running(word: str, url: str) -> subprocess.Popen[bytes]:
    command = [str(Path(sys.executable).with_name("initinere")), word, "--database", url]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


class Meanwhile:
    """What was asked and recorded while something else went on, and how long each took."""

    def __init__(self, url: str) -> None:
        self._store = Store(url)
        self._service = Service(self._store)
        self._service.load_plan(document(), Caller("prova"))
        self.asked: list[float] = []
        self.revised: list[float] = []

    def once(self) -> None:
        """Asks for a plan, and records a revision of another."""
        self.asked.append(milliseconds(self._ask))
        self.revised.append(milliseconds(lambda: revise(self._service, PLAN)))
        sleep(PAUSE)

    def close(self) -> None:
        """Lets the store go."""
        self._store.close()

    def _ask(self) -> None:
        with self._store.reading() as reader:
            plan_in_force(reader, ASKED, Point(date(2023, 6, 1)))


def rebuilt(url: str, events: int, meanwhile: Meanwhile) -> float:
    """Rebuilds, is killed on the way, and goes on; how many seconds both took together."""
    start = perf_counter()
    running = _running("rebuild", url)
    while running.poll() is None and _count(url, f"SELECT coalesce(max(done), 0) FROM {PROGRESS}") < KILLED_AT * events:
        meanwhile.once()
    os.kill(running.pid, signal.SIGKILL)
    running.wait()
    done = _count(url, f"SELECT coalesce(max(done), 0) FROM {PROGRESS}")
    print(f"killed after {perf_counter() - start:.0f} s, {done:,} events", flush=True)
    running = _running("rebuild", url)
    while running.poll() is None:
        meanwhile.once()
    if running.returncode:
        raise RuntimeError(running.stderr.read().decode() if running.stderr else "")
    return perf_counter() - start


def keyed(administrations: int) -> None:
    """Prints what it took to migrate a record of version 5."""
    with servers.postgres() as server:
        if server is None:
            raise SystemExit("PostgreSQL is needed: the wheel that the tests use")
        with servers.database(server, "banco") as url:
            postgres.migrate(url)
            fill(url, administrations)
            as_of_version_5(url)
            events = _count(url, "SELECT count(*) FROM stored_events")
            print(f"{events:,} events in the tables of version 5", flush=True)
            start = perf_counter()
            running = _running("migrate", url)
            said = 0.0
            while running.poll() is None:
                if not said and _count(url, f"SELECT count(*) FROM pg_indexes WHERE indexname = '{UNSAID_INDEX}'"):
                    said = perf_counter() - start
                sleep(PAUSE)
            seconds = perf_counter() - start
            if running.returncode or _count(url, "SELECT count(*) FROM leaf") != events:
                raise RuntimeError(running.stderr.read().decode() if running.stderr else "")
    print("| | |\n|---|---|")
    print(f"| events | {events:,} |")
    print(f"| said whose they are, and keys made, seconds | {said:,.0f} |")
    print(f"| all of it, seconds | {seconds:,.0f} |")
    print(f"| events a second | {events / seconds:,.0f} |")


def main(administrations: int) -> None:
    """Prints what it took."""
    with servers.postgres() as server:
        if server is None:
            raise SystemExit("PostgreSQL is needed: the wheel that the tests use")
        with servers.database(server, "banco") as url:
            postgres.migrate(url)
            start = perf_counter()
            events = fill(url, administrations)
            print(f"{events:,} events filled in {perf_counter() - start:.0f} s", flush=True)
            with closing(Meanwhile(url)) as meanwhile:
                seconds = rebuilt(url, events, meanwhile)
                asked, revised = spread([meanwhile.asked]), spread([meanwhile.revised])
            leaves = _count(url, "SELECT count(*) FROM leaf")
            recorded = _count(url, "SELECT count(*) FROM stored_events")
            if leaves != recorded:
                raise RuntimeError(f"{recorded} events, {leaves} leaves")
            size = _count(url, "SELECT pg_database_size(current_database())")
    print("| | |\n|---|---|")
    print(f"| events | {recorded:,} |")
    print(f"| rebuilt beside what answers, killed once and gone on with, minutes | {seconds / 60:.1f} |")
    print(f"| events a second | {recorded / seconds:,.0f} |")
    print(f"| most memory of the process that rebuilt, MB | {getrusage(RUSAGE_CHILDREN).ru_maxrss / 1000:,.0f} |")
    print(f"| a plan in force, asked meanwhile, ms | {_told(asked, meanwhile.asked)} |")
    print(f"| a revision, recorded meanwhile, ms | {_told(revised, meanwhile.revised)} |")
    print(f"| the database after it, GB | {size / 1e9:.1f} |")


def _told(times: Spread, samples: list[float]) -> str:
    return f"{times.median:.0f} (worst of {len(samples)}: {max(samples):,.0f})"


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    (keyed if "--keys" in sys.argv else main)(numbers[0] if numbers else ADMINISTRATIONS)
