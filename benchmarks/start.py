"""Starts as people feel them: whole processes, from nothing to the answer, by the processor time that they take."""

import compileall
import os
import re
import resource
import subprocess
import sys
import sysconfig
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from api.cli.listing import LISTING, groups
from api.commands.examples import load_examples
from api.commands.service import Service
from benchmarks.figures import Findings, Goal, Row, rates
from benchmarks.fixtures import SQLITE, Fixtures
from benchmarks.http_load import free_port, process
from projections.store.store import Store

ROOT = Path(__file__).parents[1]
PACKAGES = ("api", "domain", "examples", "initinere_verify", "projections")
PLAN = "riviere-di-liguria-2022-2024"
HELP_BOUND, SHOW_BOUND, SERVE_BOUND = 0.3, 0.45, 0.8
PROGRAM = "from api.cli import main; main()"
"""What the installed command runs."""
TICKS = os.sysconf("SC_CLK_TCK")


def findings(fixtures: Fixtures) -> Findings:
    """The seconds of processor time of each command, and of the service up to its first answer."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    for folder in (*(ROOT / package for package in PACKAGES), Path(sysconfig.get_path("purelib"))):
        compileall.compile_dir(folder, quiet=2)
    place = fixtures.place(SQLITE)
    store = Store(place)
    load_examples(Service(store))
    store.close()
    environment |= {"INITINERE_DATABASE": place, "INITINERE_SIGN_IN": "open"}
    commands: dict[str, Sequence[str]] = {
        "a bare interpreter": ("-c", "pass"),
        "one that imports click, rich and pydantic": ("-c", "import click, rich.console, rich.table, pydantic.main"),
        "initinere --help": ("-c", PROGRAM, "--help"),
        **{f"initinere {group} --help": ("-c", PROGRAM, group, "--help") for group in groups()},
        "initinere plans": ("-c", PROGRAM, "plans"),
        "initinere show": ("-c", PROGRAM, "show", PLAN),
        "initinere audit": ("-c", PROGRAM, "audit", PLAN),
        "initinere flags": ("-c", PROGRAM, "flags", PLAN, "--year", "2022"),
    }
    seconds: dict[str, list[float]] = {command: [] for command in commands}
    serving: list[float] = []
    for _ in range(fixtures.scale.rounds):
        for command, arguments in commands.items():
            seconds[command].append(_spent([sys.executable, *arguments], environment))
        serving.append(_until_it_answers(environment))
    of_groups = [max(seconds[f"initinere {group} --help"][turn] for group in groups()) for turn in range(len(serving))]
    shown = {name: rates(taken) for name, taken in seconds.items() if not re.fullmatch(r"initinere \S+ --help", name)}
    shown |= {
        "the help of a group, the slowest of them": rates(of_groups),
        "initinere serve, to its first answer": rates(serving),
    }
    bounds = {
        "initinere --help": HELP_BOUND,
        "the help of a group, the slowest of them": HELP_BOUND,
        "initinere show": SHOW_BOUND,
        "initinere serve, to its first answer": SERVE_BOUND,
    }
    words = (
        "Processor time (user and system) of a whole process, taken in turns, on the five example plans. Sources are "
        f"compiled beforehand, and what a command lists is read from {LISTING.name}."
    )
    rows = [Row(name, SQLITE, spread, "s") for name, spread in shown.items()]
    return Findings(
        "Start", words, rows, [Goal(name, bound, shown[name].median, "s") for name, bound in bounds.items()]
    )


def _spent(command: Sequence[str], environment: dict[str, str]) -> float:
    """The processor time of a process and of those that it started, in seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _until_it_answers(environment: dict[str, str]) -> float:
    """The processor time of the service when a plan has been read from it for the first time."""
    port = free_port()
    command = [sys.executable, "-c", PROGRAM, "serve", "--port", str(port)]
    address = f"http://127.0.0.1:{port}/v1/plans/{PLAN}"
    with process(command, address, environment) as (running, _):
        urllib.request.urlopen(address).close()
        fields = Path(f"/proc/{running.pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / TICKS
