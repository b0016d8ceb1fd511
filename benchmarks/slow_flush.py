"""A flush slowed on purpose: what a hundred commands that wait share of it, over commands that come one by one.

The flush of a fast disk is shorter than the work of a command, so that sharing it shows nothing; of a disk of an office, or
of one across a network, it is the longest part. The calls by which a file is flushed are slowed by a few lines of C.
"""

import os
import shutil
import subprocess
import sys
from itertools import count
from pathlib import Path
from time import perf_counter

import orjson

from api.commands.handler import Caller
from api.commands.service import Service
from benchmarks.append import WAITING, revise, together
from benchmarks.figures import Findings, Goal, Row, rates
from benchmarks.fixtures import SQLITE, Fixtures
from benchmarks.workload import PLAN, document
from projections.store.gc_tuning import collect_rarely
from projections.store.store import Store

DELAY_MICROSECONDS = 5_000
TOGETHER_BOUND = 4
SINGLE = 40
SLOWED = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <unistd.h>
static int slowed(const char *name, int file) {
    usleep(%d);
    return ((int (*)(int)) dlsym(RTLD_NEXT, name))(file);
}
int fsync(int file) { return slowed("fsync", file); }
int fdatasync(int file) { return slowed("fdatasync", file); }
"""
NO_COMPILER = "a C compiler is needed (cc)"


def findings(fixtures: Fixtures) -> Findings:
    """The rate of a hundred that wait over that of single ones, with a flush of five milliseconds more."""
    label = f"{WAITING} waiting over single ones, a flush slowed by {DELAY_MICROSECONDS // 1000} ms, SQLite"
    compiler = shutil.which("cc")
    rows: list[Row] = []
    if compiler is None:
        goals = [Goal(label, TOGETHER_BOUND, None, at_least=True, note=NO_COMPILER)]
    else:
        library = _slowed(compiler, fixtures.folder)
        place = fixtures.place(SQLITE)
        command = [sys.executable, "-m", "benchmarks.slow_flush", place, str(fixtures.scale.load_seconds)]
        runs = [_run(command, library) for _ in range(fixtures.scale.rounds)]
        single, joint = rates([run[0] for run in runs]), rates([run[1] for run in runs])
        ratio = joint.median / single.median
        rows = [
            Row("one command after the other", SQLITE, single, "commands/s", ratio=1),
            Row(f"{WAITING} commands waiting, the same plan", SQLITE, joint, "commands/s", ratio=ratio),
        ]
        goals = [Goal(label, TOGETHER_BOUND, ratio, at_least=True)]
    return Findings("A slow flush", (__doc__ or "").partition("\n\n")[2].replace("\n", " ").strip(), rows, goals)


def _slowed(compiler: str, folder: Path) -> Path:
    source, library = folder / "slowed.c", folder / "slowed.so"
    source.write_text(SLOWED % DELAY_MICROSECONDS, encoding="utf-8")
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    return library


def _run(command: list[str], library: Path) -> tuple[float, float]:
    environment = {**os.environ, "LD_PRELOAD": str(library)}
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    single, joint = orjson.loads(done.stdout)
    return single, joint


def measured(place: str, seconds: float) -> tuple[float, float]:
    """Revisions a second one by one, and from a hundred threads, in this process."""
    service = Service(Store(place))
    if not service.store.head(f"plan/{PLAN}").version:
        service.load_plan(document(), Caller("prova"))
    revise(service, PLAN)
    start = perf_counter()
    for _ in range(SINGLE):
        revise(service, PLAN)
    single = SINGLE / (perf_counter() - start)
    joint = together(service, [PLAN], seconds).rate
    service.store.close()
    return single, joint


if __name__ == "__main__":
    import benchmarks.append

    collect_rarely()  # as every process of the product
    # Each process goes on to values that no process before it has given.
    benchmarks.append.step = count(int(perf_counter() * 1_000) % 10_000_000)
    print(orjson.dumps(measured(sys.argv[1], float(sys.argv[2]))).decode())
