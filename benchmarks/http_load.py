"""HTTP under load: the as-of address and revisions, by a real generator, against the bare framework with ready bytes."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import NamedTuple

from api.commands.examples import load_examples
from api.commands.service import Service
from benchmarks.figures import Findings, Goal, Row, rates
from benchmarks.fixtures import SQLITE, Fixtures
from benchmarks.workload import DAYS, FIRST_DAY, INDICATORS, PLAN, STREAM, Workload, fill
from projections.store.envelope import write_instant
from projections.store.store import Store

WRK = shutil.which("wrk")
CONNECTIONS = 16
EVENTS = 10_000
APPEND = 20
NO_GENERATOR = "not measured: no generator found (wrk, from the package of that name)"
COLD_REAL_BOUND = 0.8
CACHED_BOUND, MEMORY_BOUND = 0.7, 150
WAIT_SECONDS = 30
SCRIPT = Path(__file__).with_name("load.lua")


class Load(NamedTuple):
    """One kind of request to one server."""

    what: str
    url: str
    environment: dict[str, str]


class Run(NamedTuple):
    """What one run of the generator says: requests a second, milliseconds."""

    rate: float
    p50: float
    p99: float


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def process(
    command: Sequence[str], url: str, environment: dict[str, str] | None = None
) -> Iterator[tuple[subprocess.Popen[bytes], float]]:
    """A server, from its first answer on; and the seconds from its start to that."""
    start = time.perf_counter()
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    try:
        while not _answers(url):
            if running.poll() is not None or time.perf_counter() - start > WAIT_SECONDS:
                raise RuntimeError(f"{command[-3]} does not answer")
            time.sleep(0.005)
        yield running, time.perf_counter() - start
    finally:
        running.terminate()
        running.wait()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=WAIT_SECONDS) as answer:  # noqa: S310 - our own server
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError):
        return False


def resident(pid: int) -> float:
    """The resident memory of a process, in megabytes."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1000


def generate(load: Load, seconds: float) -> Run:
    """Puts load on a server for so long, from one thread with sixteen connections; any failed request is an error."""
    assert WRK is not None
    # wrk counts whole seconds.
    command = [WRK, "-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s", f"-s{SCRIPT}", load.url]
    completed = subprocess.run(command, env=os.environ | load.environment, check=True, capture_output=True, text=True)
    report = json.loads(completed.stdout.splitlines()[-1])
    if report["failed"]:
        raise RuntimeError(f"{load.what}: {report['failed']} of {report['requests']} requests failed")
    return Run(report["requests"] / report["seconds"], report["p50"], report["p99"])


def findings(fixtures: Fixtures) -> Findings:
    """Requests a second and latencies, then memory with the five example plans."""
    rows: list[Row] = []
    goals: list[Goal] = []
    if WRK is None:
        rows.append(Row("requests a second", "", None, note=NO_GENERATOR))
        goals += [
            Goal("cached point over the bare framework", CACHED_BOUND, None, at_least=True, note=NO_GENERATOR),
            Goal(
                "cold points of a real plan over the bare framework",
                COLD_REAL_BOUND,
                None,
                at_least=True,
                note=NO_GENERATOR,
            ),
        ]
    else:
        _loaded(fixtures, rows, goals)
    _started(fixtures, rows, goals)
    words = (
        f"uvicorn with one worker serves a plan of 4,000 cells with {EVENTS:,} revisions from SQLite; wrk asks from one "
        f"thread with {CONNECTIONS} connections. The bare framework is FastAPI that returns the very bytes of the plan's "
        "document; product and bare framework are loaded in turns. Latencies are with all connections busy."
    )
    return Findings("HTTP", words, rows, goals)


def _loaded(fixtures: Fixtures, rows: list[Row], goals: list[Goal]) -> None:
    place = fixtures.place(SQLITE)
    filled = fill(place, Workload(EVENTS), APPEND)
    now = datetime.now(UTC)
    with closing(Store(place, clock=lambda: now - LONG_AGO)) as before:
        load_examples(Service(before))
    with filled.store.reading() as reader:
        instants = [write_instant(at) for *_, at in reader.appends(STREAM)]
        known = [at + timedelta(minutes=n) for *_, at in reader.appends(f"plan/{REAL}") for n in range(MOMENTS)]
    to_come = [now + LONG_AGO + timedelta(minutes=n) for n in range(MOMENTS)]
    filled.store.close()
    ports = free_port(), free_port()
    product, plain = (f"http://127.0.0.1:{port}" for port in ports)
    python = [sys.executable, "-m", "benchmarks.serving"]
    address = f"{product}/v1/plans/{PLAN}"
    point = f"?as_of={FIRST_DAY + timedelta(days=DAYS // 2)}&known_at={instants[len(instants) // 2]}"
    body, real = fixtures.folder / "body.json", f"{product}/v1/plans/{REAL}"
    with process([*python, "product", place, str(ports[0])], f"{product}/v1/status"):
        with urllib.request.urlopen(address + point) as answer:  # noqa: S310 - our own server
            body.write_bytes(answer.read())
            tag = answer.headers["ETag"]
        with urllib.request.urlopen(f"{real}?as_of=2023-06-30") as answer:  # noqa: S310 - our own server
            (fixtures.folder / "real.json").write_bytes(answer.read())
        with process([*python, "bare", str(fixtures.folder), str(ports[1])], f"{plain}/ready"):
            loads = _loads(address, plain, point, tag, instants)
            loads += _real(real, plain, {COLD_REAL: known, COLD_NOW: to_come})
            if fixtures.scale.name == "quick":
                loads = [load for load in loads if load.what not in FULL_ONLY]
            runs_by_load = _rounds(loads, fixtures)
    size = body.stat().st_size
    for label, runs in runs_by_load.items():
        against = BARE[label]
        over = (
            median(run.rate for run in runs) / median(run.rate for run in runs_by_load[against])
            if against in runs_by_load
            else None
        )
        note = f"p50 {median(run.p50 for run in runs):.2f} ms, p99 {median(run.p99 for run in runs):.2f} ms"
        rows.append(Row(label, SQLITE, rates([run.rate for run in runs]), "requests/s", EVENTS, over, note))
        if label in GOALS:
            goals.append(
                Goal(f"{label}, over the bare framework", GOALS[label], over, at_least=True, note=f"{size:,} bytes")
            )


READY, HELD, TAKEN = "bare framework, ready bytes", "bare framework, 304", "bare framework, POST"
CACHED, COLD, AGAIN, REVISED = (
    "the same point",
    "every request another point",
    "the same point, 304",
    "a revision POSTed",
)
BARE = {READY: READY, CACHED: READY, COLD: READY, HELD: HELD, AGAIN: HELD, TAKEN: TAKEN, REVISED: TAKEN}
READY_REAL, COLD_REAL = "bare framework, a real plan's bytes", "every request another point of a real plan"
COLD_NOW = f"{COLD_REAL}, as known now"
BARE |= {READY_REAL: READY_REAL, COLD_REAL: READY_REAL, COLD_NOW: READY_REAL}
FULL_ONLY = {HELD, AGAIN, TAKEN, REVISED}
GOALS = {CACHED: CACHED_BOUND, COLD_REAL: COLD_REAL_BOUND, COLD_NOW: COLD_REAL_BOUND}
REAL = "riviere-di-liguria-2022-2024"
MOMENTS, LONG_AGO = 100, timedelta(days=30)
"""How many instants are asked about after each append, and how long ago that was: nothing is recorded there any more."""


def _loads(address: str, plain: str, point: str, tag: str, instants: list[str]) -> list[Load]:
    def path(url: str) -> str:
        return "/" + url.split("/", 3)[3]

    def load(label: str, url: str, kind: str, **more: str) -> Load:
        environment = {"LOAD_KIND": kind, "LOAD_PATH": path(url), "LOAD_FIRST": "0"}
        return Load(label, url, environment | {f"LOAD_{name.upper()}": value for name, value in more.items()})

    days = ",".join((FIRST_DAY + timedelta(days=day)).isoformat() for day in range(DAYS))
    return [
        load(READY, f"{plain}/ready", "same"),
        load(CACHED, address + point, "same"),
        load(COLD, address, "cold", days=days, instants=",".join(instants)),
        load(HELD, f"{plain}/held", "held", tag=tag),
        load(AGAIN, address + point, "held", tag=tag),
        load(TAKEN, f"{plain}/taken", "revise", indicators=str(INDICATORS)),
        load(REVISED, f"{address}/changes", "revise", indicators=str(INDICATORS)),
    ]


def _real(address: str, plain: str, known: dict[str, list[datetime]]) -> list[Load]:
    days = ",".join((date(2022, 1, 31) + timedelta(days=day)).isoformat() for day in range(DAYS))
    path = "/" + address.split("/", 3)[3]
    loads = [Load(READY_REAL, f"{plain}/real", {"LOAD_KIND": "same", "LOAD_PATH": "/real", "LOAD_FIRST": "0"})]
    for label, instants in known.items():
        points = {"LOAD_DAYS": days, "LOAD_INSTANTS": ",".join(map(write_instant, instants))}
        loads.append(Load(label, address, {"LOAD_KIND": "cold", "LOAD_PATH": path, "LOAD_FIRST": "0"} | points))
    return loads


def _rounds(loads: list[Load], fixtures: Fixtures) -> dict[str, list[Run]]:
    runs_by_load: dict[str, list[Run]] = {load.what: [] for load in loads}
    first_number = 200_000  # early knowledge has few boundaries: its points would be kept ones
    for _ in range(fixtures.scale.rounds):
        for load in loads:
            run = generate(
                load._replace(environment=load.environment | {"LOAD_FIRST": str(first_number)}),
                fixtures.scale.load_seconds,
            )
            runs_by_load[load.what].append(run)
            first_number += 100_000  # no point and no value of one run comes again in another
    return runs_by_load


def _started(fixtures: Fixtures, rows: list[Row], goals: list[Goal]) -> None:
    place = fixtures.place(SQLITE)
    store = Store(place)
    load_examples(Service(store))
    with store.reading() as reader:
        plans = [name.removeprefix("plan/") for name in reader.streams("plan/")]
    store.close()
    memory: list[float] = []
    for _ in range(fixtures.scale.rounds):
        port = free_port()
        address = f"http://127.0.0.1:{port}"
        run = "from api.cli import main; main()"
        command = [sys.executable, "-c", run, "serve", "--database", place, "--port", str(port)]
        with process(command, f"{address}/v1/status", os.environ | {"INITINERE_SIGN_IN": "open"}) as (running, _):
            for plan in plans:
                urllib.request.urlopen(f"{address}/v1/plans/{plan}").read()  # noqa: S310 - our own server
            memory.append(resident(running.pid))
    most = rates(memory)
    rows.append(Row("resident memory of the worker, after each of the five plans", SQLITE, most, "MB"))
    goals.append(Goal("memory of a worker with the five plans", MEMORY_BOUND, most.median, "MB"))
