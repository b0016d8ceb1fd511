"""Taking in: a revision decided, recorded, acknowledged, over a bare durable INSERT of the same bytes."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import date
from itertools import count, islice
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple
from uuid import uuid4

import psycopg

from api.commands.handler import Caller
from api.commands.service import Service
from api.imports.importing import Importing
from api.imports.reading import limits, read_incoming
from api.settings import Settings
from api.workbook.write import write_xlsx
from benchmarks import round_trips
from benchmarks.figures import Findings, Goal, Row, Spread, milliseconds, not_collecting, rates, spread
from benchmarks.fixtures import POSTGRES, SQLITE, Fixtures, keep_house
from benchmarks.workload import INDICATORS, PLAN, STREAM, YEARS, Workload, document, pending
from domain.documents.changes import ChangeFile
from domain.documents.difference import Decisions
from domain.errors import ConcurrentChange
from domain.point import Point
from projections.plan_in_force import plan_in_force
from projections.store.append import Append, StreamAppend
from projections.store.store import Store

WAITING = 100
PROCESSES = 8
WORKBOOK = 10_000
BOUNDS = {SQLITE: 3.5, POSTGRES: 6.0}
TRIPS_BOUND = 3
TAIL_BOUND = 5
PROCESSES_BOUND = 3
WORKBOOK_BOUND = 30_000
ACT = {"id": "delibera-2", "body": "Giunta", "number": "2", "date": "2025-09-30"}
DECISIONS = Decisions(act="delibera di Giunta n. 3 del 30/09/2022", justification="prova", cause="new_data")

step = count(1)


def revision(plan: str, number: int) -> ChangeFile:
    """One revision, of another indicator and to another value each time: no two that wait together concern one field."""
    return ChangeFile.model_validate(
        {
            "plan": plan,
            "act": ACT,
            "justification": "dati nuovi",
            "cause": "new_data",
            "changes": [
                {
                    "verb": "revise_target",
                    "object": f"i{number % (INDICATORS if plan == PLAN else WAITING)}",
                    "year": 2025,
                    "target": f">= {100 + number},5%",
                }
            ],
        }
    )


def revise(service: Service, plan: str) -> None:
    """Sends one revision, and waits until it is acknowledged."""
    service.change(revision(plan, next(step)), Caller("prova"))


def bare(fixtures: Fixtures, kind: str) -> Callable[[bytes], object]:
    """What cannot be beaten: one INSERT of the bytes, durable when it returns."""
    place = fixtures.place(kind)
    statement = "INSERT INTO bare (state) VALUES (?)"
    if kind == POSTGRES:
        server = psycopg.connect(place, autocommit=True)
        server.execute("CREATE TABLE bare (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, state BYTEA NOT NULL)")
        return lambda state: server.execute(statement.replace("?", "%s"), (state,))
    file = sqlite3.connect(place, isolation_level=None)
    file.execute("PRAGMA journal_mode = WAL")
    file.execute("PRAGMA synchronous = FULL")
    file.execute("CREATE TABLE bare (id INTEGER PRIMARY KEY, state BLOB NOT NULL)")
    return lambda state: file.execute(statement, (state,))


class Turns(NamedTuple):
    """A bare INSERT and a revision, taken in turns."""

    inserted: Spread
    revised: Spread


def single(fixtures: Fixtures, kind: str, service: Service) -> Turns:
    """One after the other, alternating with the bare INSERT of the bytes that the revision left."""
    revise(service, PLAN)
    insert = bare(fixtures, kind)
    with service.store.datastore.cursor() as cursor:
        state = bytes(cursor.execute("SELECT state FROM stored_events ORDER BY position DESC LIMIT 1").fetchall()[0][0])
    inserted: list[list[float]] = []
    revised: list[list[float]] = []
    with not_collecting():
        for _ in range(fixtures.scale.rounds):
            inserted.append([])
            revised.append([])
            for _ in range(fixtures.scale.commands):
                inserted[-1].append(milliseconds(lambda: insert(state)))
                revised[-1].append(milliseconds(lambda: revise(service, PLAN)))
    return Turns(spread(inserted), spread(revised))


class Together(NamedTuple):
    """Revisions a second, and how often one was told to try again, as its client then did."""

    rate: float
    refused: int


def together(service: Service, plans: list[str], seconds: float) -> Together:
    """Revisions from a hundred threads that each wait for their own; of the same plan, or of one of several each."""
    start = perf_counter()

    def work(number: int) -> tuple[int, int]:
        accepted = refused = 0
        while not accepted or perf_counter() - start < seconds:
            change = revision(plans[number % len(plans)], next(step))
            while True:
                try:
                    service.change(change, Caller("prova"))
                    break
                except ConcurrentChange:
                    refused += 1
            accepted += 1
        return accepted, refused

    with ThreadPoolExecutor(WAITING) as threads:
        counts = list(threads.map(work, range(WAITING)))
    return Together(
        sum(accepted for accepted, _ in counts) / (perf_counter() - start), sum(refused for _, refused in counts)
    )


def plans_for(service: Service, many: int) -> list[str]:
    """Loads small plans, to write each into its own stream."""
    names = [f"altro-{number}" for number in range(many)]
    for name in names:
        service.load_plan(document(name, WAITING), Caller("prova"))
    return names


class Writers:
    """Processes that write, a plan each; each round is begun at once by those that are asked."""

    def __init__(self, place: str, names: list[str], stack: ExitStack) -> None:
        command = [sys.executable, "-m", "benchmarks.append", place]
        self._running = [stack.enter_context(_process([*command, name])) for name in names]
        for process in self._running:
            _wait_for(process, "ready")

    def rate(self, writers: int, many: int) -> float:
        """Revisions a second of the first so many of them, each so many times."""
        start = perf_counter()
        for process in self._running[:writers]:
            assert process.stdin is not None
            process.stdin.write(f"{_reserved(many)} {many}\n")
            process.stdin.flush()
        for process in self._running[:writers]:
            _wait_for(process, "done")
        return writers * many / (perf_counter() - start)


@contextmanager
def _process(command: list[str]) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        try:
            yield running
        finally:
            running.terminate()


def _wait_for(running: subprocess.Popen[str], word: str) -> None:
    assert running.stdout is not None
    if running.stdout.readline() != f"{word}\n":
        raise RuntimeError("a writer failed")


def writer(place: str, plan: str) -> None:
    """The process of one writer: at each word sends so many revisions, and says when it is done."""
    service = Service(Store(place))
    print("ready", flush=True)
    for line in sys.stdin:
        start, many = map(int, line.split())
        for number in range(start, start + many):
            service.change(revision(plan, number), Caller("prova"))
        print("done", flush=True)


def _reserved(many: int) -> int:
    """The first of so many numbers that no other revision takes."""
    numbers = list(islice(step, many))
    return numbers[0]


def appended(fixtures: Fixtures, kind: str) -> float:
    """Events a second of one append of 10,000, made before the clock starts."""
    store = Store(fixtures.place(kind))
    Service(store).load_plan(document(), Caller("prova"))
    version = store.head(STREAM).version
    events = tuple(pending(planned) for planned in islice(Workload(WORKBOOK).revisions(), WORKBOOK))
    with not_collecting():
        start = perf_counter()
        store.append(Append(uuid4().hex, "", "prova", (StreamAppend(STREAM, version, events),)))
        seconds = perf_counter() - start
    assert store.head(STREAM).version == version + WORKBOOK
    store.close()
    return WORKBOOK / seconds


def from_file(fixtures: Fixtures) -> float:
    """Changes a second of a workbook with 10,000 revised targets: read, compared, decided, recorded."""
    store = Store(fixtures.place(SQLITE))
    service = Service(store)
    service.load_plan(document(PLAN, WORKBOOK // len(YEARS)), Caller("prova"))
    with store.reading() as reader:
        plan: Any = {**plan_in_force(reader, PLAN, Point(date(2022, 6, 1)))}
        version = reader.head(STREAM).version
    plan.pop("as_of")
    for indicator in plan["indicators"]:
        indicator["targets"] = [{"year": year, "ordinal": 1, "text": f">= {year - 1990},5%"} for year in YEARS]
    book = Path(fixtures.folder) / "book.xlsx"
    book.write_bytes(write_xlsx(plan))
    start = perf_counter()
    Importing(service).confirm(read_incoming(book.read_bytes(), limits(Settings())), DECISIONS, Caller("prova"))
    seconds = perf_counter() - start
    assert store.head(STREAM).version == version + WORKBOOK
    store.close()
    return WORKBOOK / seconds


def findings(fixtures: Fixtures) -> Findings:
    """The figures on every kind of store, and the goals."""
    rows: list[Row] = []
    goals: list[Goal] = []
    for kind in fixtures.kinds:
        _of_one(fixtures, kind, rows, goals)
    quick = fixtures.scale.name == "quick"
    many = [appended(fixtures, SQLITE) for _ in range(fixtures.scale.rounds)]
    rows.append(Row("10,000 revisions in one append", SQLITE, rates(many), "events/s"))
    goals.append(
        Goal("10,000 changes in one append, SQLite", WORKBOOK_BOUND, rates(many).median, "events/s", at_least=True)
    )
    if POSTGRES in fixtures.kinds:
        many = [appended(fixtures, POSTGRES) for _ in range(fixtures.scale.rounds)]
        rows.append(Row("10,000 revisions in one append", POSTGRES, rates(many), "events/s"))
    file_rates = [from_file(fixtures) for _ in range(1 if quick else fixtures.scale.rounds)]
    note = "read, compared, decided, recorded" + ("; one round only" if quick else "")
    rows.append(Row("a workbook with 10,000 changes, from the file", SQLITE, rates(file_rates), "events/s", note=note))
    return Findings(
        "Taking in",
        "A revision arrives as a change file, is decided on the facts of its own date, stored with facts, leaf, text "
        "and receipt, and acknowledged; the bare INSERT of the bytes of its event is taken in turns with it "
        "(SQLite: WAL, synchronous FULL; PostgreSQL: synchronous_commit on). The INSERT is the time of the flush of this "
        "disk: what sharing a flush can gain hangs on it.",
        rows,
        goals,
    )


def _of_one(fixtures: Fixtures, kind: str, rows: list[Row], goals: list[Goal]) -> None:
    place = fixtures.place(kind)
    service = Service(Store(place))
    service.load_plan(document(), Caller("prova"))
    other_plans = plans_for(service, PROCESSES)
    keep_house(kind, place)
    turns = single(fixtures, kind, service)
    ratio = turns.revised.per(turns.inserted)
    rows += [
        Row("a bare durable INSERT of the same bytes", kind, turns.inserted, ratio=1),
        Row("a revision decided, recorded, acknowledged", kind, turns.revised, ratio=ratio),
    ]
    goals.append(Goal(f"a revision over a bare durable INSERT, {kind}", BOUNDS[kind], ratio))
    overhead_ms = turns.revised.median - turns.inserted.median
    most = Spread(1000 / overhead_ms) if overhead_ms > 0 else None
    gain = (
        "over the rate of single ones: what sharing a flush can gain at the most on this disk, for one process decides"
    )
    rows.append(
        Row(
            "single ones, were a flush free",
            kind,
            most,
            "commands/s",
            ratio=turns.revised.median / overhead_ms,
            note=gain,
        )
    )
    tail = turns.revised.tail_over(turns.revised)
    goals.append(Goal(f"p99 of a revision over its median, {kind}", TAIL_BOUND, tail))
    alone = 1000 / turns.revised.median
    for label, plans in (("the same plan", [PLAN]), (f"{PROCESSES} plans", other_plans)):
        runs = [together(service, plans, fixtures.scale.load_seconds) for _ in range(fixtures.scale.rounds)]
        rate = rates([run.rate for run in runs])
        note = f"over the rate of single ones; {sum(run.refused for run in runs)} told to try again"
        rows.append(
            Row(f"{WAITING} commands waiting, {label}", kind, rate, "commands/s", ratio=rate.median / alone, note=note)
        )
    if kind == POSTGRES:
        _of_a_far_server(place, fixtures.scale.rounds, rows, goals)
        _of_processes(fixtures, place, other_plans, rows, goals)
    service.store.close()


def _of_a_far_server(place: str, rounds: int, rows: list[Row], goals: list[Goal]) -> None:
    """How often a revision waits for the server, by how long it takes where that is far."""
    with round_trips.far(place) as relay:
        service = Service(Store(relay))
        for _ in range(3):  # until the process knows where the plan stands
            revise(service, PLAN)
        waits = spread([[round_trips.trips(milliseconds(lambda: revise(service, PLAN)) / 1000)] for _ in range(rounds)])
        service.store.close()
    note = f"the server {2000 * round_trips.DELAY_SECONDS:.0f} ms away and back; the work itself is in it"
    rows.append(Row("a revision, in round trips", POSTGRES, waits, "round trips", note=note))
    goals.append(Goal("round trips of a revision, PostgreSQL", TRIPS_BOUND, waits.median, "round trips"))


def _of_processes(fixtures: Fixtures, place: str, plans: list[str], rows: list[Row], goals: list[Goal]) -> None:
    of: dict[int, list[float]] = {1: [], PROCESSES: []}
    with ExitStack() as stack:
        writers = Writers(place, plans, stack)
        writers.rate(PROCESSES, 1)
        for _ in range(fixtures.scale.rounds):
            for many, samples in of.items():
                samples.append(writers.rate(many, fixtures.scale.commands))
    single_rate, joint_rate = rates(of[1]), rates(of[PROCESSES])
    ratio = joint_rate.median / single_rate.median
    rows += [
        Row("one process writes", POSTGRES, single_rate, "commands/s", ratio=1),
        Row(f"{PROCESSES} processes write, a plan each", POSTGRES, joint_rate, "commands/s", ratio=ratio),
    ]
    goals.append(Goal(f"{PROCESSES} writers over one, {POSTGRES}", PROCESSES_BOUND, ratio, at_least=True))


if __name__ == "__main__":
    writer(sys.argv[1], sys.argv[2])
