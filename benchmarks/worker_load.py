"""Ready answers of the service as it is served: by one process and by two, and with the parser and the loop in Python."""

import os
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import NamedTuple

from benchmarks.figures import Findings, Goal, Row, rates
from benchmarks.fixtures import SQLITE, Fixtures
from benchmarks.http_load import APPEND, NO_GENERATOR, WRK, Load, Run, free_port, generate, process
from benchmarks.workload import DAYS, FIRST_DAY, PLAN, STREAM, Workload, fill
from projections.store.envelope import write_instant

EVENTS = 1_000
BOUND = 1.7
TURNS = 2
"""How many runs of a second a round has of each service: what is compared stands side by side."""
START_SECONDS = 60
TICK = os.sysconf("SC_CLK_TCK")
WITHOUT_LIMIT = str(10**9)
ONE, TWO, IN_PYTHON = "one process", "two processes", "one process, asyncio and h11"
NO_CORES = "not measured: it takes two cores"


class Served(NamedTuple):
    """A service that runs, each of its processes on a core of its own, and how it is asked."""

    loads: tuple[Load, ...]
    processes: tuple[int, ...]


class Share(NamedTuple):
    """What a run gave: answers a second, and processor seconds of the service and of the clients for each of them."""

    rate: float
    seconds: float
    client_seconds: float


def findings(fixtures: Fixtures) -> Findings:
    """Answers a second, and what they cost, in turns."""
    rows: list[Row] = []
    goals: list[Goal] = []
    missing = NO_GENERATOR if WRK is None else NO_CORES if len(_cores()) < 2 else ""
    if missing:
        rows.append(Row("ready answers a second", "", None, note=missing))
        goals.append(Goal("ready answers of two processes over one", BOUND, None, at_least=True, note=missing))
    else:
        _measured(fixtures, rows, goals)
    words = (
        "`initinere serve` answers one settled point of a plan of 4,000 cells, which lies ready: with its bytes, and with "
        "304 to who has them. A core has a process and a client of its own (wrk, one thread, 16 connections), which takes "
        "its part of the core: one process and one client on one core, two and two on two. So the clients take as much of "
        "two processes as of one, and the ratio says what the second process adds; which process a connection comes to is "
        "left to the service. Services are asked in turns of a second; a ratio is the median of those of two turns that "
        "stand side by side."
    )
    return Findings("Several processes", words, rows, goals)


def _measured(fixtures: Fixtures, rows: list[Row], goals: list[Goal]) -> None:
    place = fixtures.place(SQLITE)
    filled = fill(place, Workload(EVENTS), APPEND)
    with filled.store.reading() as reader:
        instants = [write_instant(at) for *_, at in reader.appends(STREAM)]
    filled.store.close()
    path = f"/v1/plans/{PLAN}?as_of={FIRST_DAY + timedelta(days=DAYS // 2)}&known_at={instants[len(instants) // 2]}"
    kept_out = fixtures.folder / "kept-out"
    kept_out.mkdir()
    for name in ("httptools", "uvloop"):
        (kept_out / f"{name}.py").write_text("raise ImportError")
    shares: dict[str, list[Share]] = {}
    with (
        _served(place, path, 1) as one,
        _served(place, path, 2) as two,
        _served(place, path, 1, {"PYTHONPATH": str(kept_out)}) as in_python,
    ):
        services = {ONE: one, TWO: two, IN_PYTHON: in_python}
        for _ in range(fixtures.scale.rounds * TURNS):
            for number, kind in enumerate(("200", "304")):
                for name, service in services.items():
                    shares.setdefault(f"{name}, {kind}", []).append(_asked(service, number))
    for name, found in shares.items():
        against = shares[f"{ONE}, {name[-3:]}"]
        cost, client = median(one.seconds for one in found), median(one.client_seconds for one in found)
        note = f"{cost * 1e6:.0f} µs of processor time an answer, and {client * 1e6:.0f} of the client's"
        over = _over(found, against, lambda one: one.rate)
        rows.append(Row(name, SQLITE, rates([one.rate for one in found]), "answers/s", EVENTS, over, note))
        if name.startswith(TWO):
            goals.append(Goal(f"ready answers of two processes over one, {name[-3:]}", BOUND, over, at_least=True))


def _over(found: Sequence[Share], against: Sequence[Share], figure: Callable[[Share], float]) -> float:
    return median(figure(one) / figure(other) for one, other in zip(found, against, strict=True))


@contextmanager
def _served(place: str, path: str, processes: int, environment: dict[str, str] | None = None) -> Iterator[Served]:
    port = free_port()
    settings = {
        "INITINERE_SIGN_IN": "open",
        "INITINERE_REQUESTS_PER_MINUTE": WITHOUT_LIMIT,
        "INITINERE_REQUESTS_PER_MINUTE_OF_ACCOUNT": WITHOUT_LIMIT,
    }
    run = "from api.cli import main; main()"
    command = [sys.executable, "-c", run, "serve", "--database", place, "--port", str(port)]
    command += ["--workers", str(processes)] if processes > 1 else []
    address = f"http://127.0.0.1:{port}"
    with process(command, f"{address}{path}", os.environ | settings | (environment or {})) as (running, _):
        serving = (running.pid,) if processes == 1 else _children(running.pid, processes)
        for pid, core in zip(serving, _cores(), strict=False):
            for thread in Path(f"/proc/{pid}/task").iterdir():
                os.sched_setaffinity(int(thread.name), {core})
        asked = {"LOAD_PATH": path, "LOAD_FIRST": "0"}
        given = Load("a ready answer", address, {"LOAD_KIND": "same"} | asked)
        generate(given, 1)  # each has it ready
        tag = _tag(f"{address}{path}")
        held = Load("a ready answer, 304", address, {"LOAD_KIND": "held", "LOAD_TAG": tag} | asked)
        yield Served((given, held), serving)


def _children(parent: int, count: int) -> tuple[int, ...]:
    """The processes that serve, once each of them does: one that is starting has not its sockets yet."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        found = [int(one) for one in children if b"spawn_main" in Path(f"/proc/{one}/cmdline").read_bytes()]
        if len(found) == count and all(_processor_seconds(one) > 0.3 for one in found):
            time.sleep(2)
            return tuple(found)
        time.sleep(0.05)
    raise RuntimeError("the processes do not start")


def _tag(url: str) -> str:
    with urllib.request.urlopen(url) as answer:  # noqa: S310 - our own server
        return str(answer.headers["ETag"])


def _asked(service: Served, number: int) -> Share:
    before, clients = sum(map(_processor_seconds, service.processes)), os.times()
    cores = _cores()[: len(service.processes)]
    with ThreadPoolExecutor(len(cores)) as beside:
        runs = [one.result() for one in [beside.submit(_client, core, service.loads[number]) for core in cores]]
    spent, now = sum(map(_processor_seconds, service.processes)) - before, os.times()
    client = now.children_user + now.children_system - clients.children_user - clients.children_system
    rate = sum(run.rate for run in runs)
    return Share(rate, spent / rate, client / rate)


def _client(core: int, load: Load) -> Run:
    os.sched_setaffinity(0, {core})  # of this thread, and of the client that it begins
    return generate(load, 1)


def _cores() -> list[int]:
    return sorted(os.sched_getaffinity(os.getpid()))[:2]


def _processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK
