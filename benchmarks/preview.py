"""Times what a change would do, against the change itself: `python -m benchmarks.preview [events ...]`.

The plan is as large as that many events, in two shapes: loaded at once, or a small one that was revised over and over.
Each is asked as the product runs: a service with its transparency log (an act calls for a checkpoint), the HTTP
application on it, and the command line, a process each time. Each figure is the median of some rounds, in milliseconds,
on an SQLite file; the first preview of a process, which reads the whole history, stands apart.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from statistics import median
from typing import NamedTuple

from fastapi.testclient import TestClient

from api.commands.handler import Caller
from api.commands.service import Service
from api.settings import Settings
from benchmarks.serving import product
from benchmarks.workbook import PLAN, document
from domain.documents.changes import ChangeFile
from projections.change_preview import change_preview
from projections.proof.log import Log
from projections.store.store import Store
from projections.streams import plan_stream

SIZES = (4_000, 10_000)
ROUNDS = 7
PROCESSES = 3
"""How often the command line is run: each run takes the start of a process."""
EVENTS_PER_INDICATOR = 7.1
"""Of a plan as it is loaded: card, assignment, five targets, and a tenth of an objective."""
REVISED_INDICATORS = 50
BATCH = 500
JSON = {"content-type": "application/json"}
CALLER = Caller("prova")


def revisions(count: int, *, first: int = 0) -> ChangeFile:
    """So many revisions of targets of 2022 and 2023, each to another value."""
    changes = [
        {
            "verb": "revise_target",
            "object": f"i{number % REVISED_INDICATORS}",
            "year": 2022 + number // REVISED_INDICATORS % 2,
            "target": f">= {100 + (first + number) // REVISED_INDICATORS},{1 + (first + number) % 9}%",
        }
        for number in range(count)
    ]
    decided_on = date(2022, 3, 1) + timedelta(days=first // BATCH)
    return ChangeFile.model_validate(
        {
            "plan": PLAN,
            "act": f"delibera di Giunta n. {first + 1} del {decided_on:%d/%m/%Y}",
            "justification": "dati del monitoraggio",
            "cause": "new_data",
            "changes": changes,
        }
    )


def loaded(service: Service, events: int) -> None:
    """A plan of so many events, loaded at once."""
    service.load_plan(document(int(events / EVENTS_PER_INDICATOR) // 10 * 10), CALLER)


def revised(service: Service, events: int) -> None:
    """A plan of fifty indicators that was revised until it has so many events."""
    service.load_plan(document(REVISED_INDICATORS), CALLER)
    while (version := service.store.head(plan_stream(PLAN)).version) < events:
        service.change(revisions(min(BATCH, events - version), first=version), CALLER)


SHAPES: dict[str, Callable[[Service, int], None]] = {"loaded": loaded, "revised": revised}


class Figures(NamedTuple):
    """What one way of asking takes, in milliseconds."""

    change: float
    preview: float
    first: float | None = None


def milliseconds(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """The median time of some rounds."""
    spent = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        spent.append((time.perf_counter() - started) * 1_000)
    return median(spent)


def measure(events: int, fill: Callable[[Service, int], None], path: Path) -> tuple[int, dict[str, Figures]]:
    """How many events the plan has, and what a change of one target and its preview take, asked in each way.

    A preview follows each change, as it would at a desk: never twice the same history.
    """
    store = Store(path)
    fill(Service(store), events)
    version = store.head(plan_stream(PLAN)).version
    store.close()
    numbers = count(20_000, 50)
    figures = {"service": _service(path, numbers), "http": _http(path, numbers), "cli": _command_line(path, numbers)}
    return version, figures


def _in_turns(
    change: Callable[[ChangeFile], object], preview: Callable[[ChangeFile], object], numbers: Iterator[int]
) -> Figures:
    first = milliseconds(lambda: preview(revisions(1, first=next(numbers))), 1)
    changes, previews = [], []
    for _ in range(ROUNDS):
        changed, looked_at = revisions(1, first=next(numbers)), revisions(1, first=next(numbers))
        changes.append(milliseconds(lambda: change(changed), 1))  # noqa: B023 - called there and then
        previews.append(milliseconds(lambda: preview(looked_at), 1))  # noqa: B023
    return Figures(median(changes), median(previews), first)


def _service(path: Path, numbers: Iterator[int]) -> Figures:
    store = Store(path)
    log = Log(store, Settings().key_file(str(path)))
    log.begin()
    service = Service(store, log)
    figures = _in_turns(
        lambda file: service.change(file, CALLER),
        lambda file: service.preview_change(file, CALLER, lambda reader: change_preview(reader, PLAN)),
        numbers,
    )
    store.close()
    return figures


def _http(path: Path, numbers: Iterator[int]) -> Figures:
    app = product(str(path))
    with TestClient(app, base_url="http://127.0.0.1") as client:
        address = f"/v1/plans/{PLAN}/changes"
        client.get("/v1/status")

        def post(file: ChangeFile, query: str = "") -> None:
            answer = client.post(address + query, content=file.model_dump_json(exclude_none=True), headers=JSON)
            answer.raise_for_status()

        return _in_turns(post, lambda file: post(file, "?preview=true"), numbers)


def _command_line(path: Path, numbers: Iterator[int]) -> Figures:
    def run(*options: str) -> None:
        file = path.with_suffix(".json")
        file.write_text(revisions(1, first=next(numbers)).model_dump_json(exclude_none=True))
        command = [str(Path(sys.executable).with_name("initinere")), "change", PLAN, str(file), *options]
        subprocess.run(command, check=True, capture_output=True, env=os.environ | {"INITINERE_DATABASE": str(path)})

    return Figures(milliseconds(run, PROCESSES), milliseconds(lambda: run("--preview"), PROCESSES))


def main() -> None:
    """Prints a line for each size, shape and way of asking."""
    sizes = [int(text) for text in sys.argv[1:]] or SIZES
    with tempfile.TemporaryDirectory() as folder:
        for shape, fill in SHAPES.items():
            for events in sizes:
                version, figures = measure(events, fill, Path(folder) / f"{shape}-{events}.sqlite")
                for interface, (change, preview, first) in figures.items():
                    print(
                        f"{shape:8} {version:6} events, {interface:8}: change {change:7.1f} ms, preview {preview:7.1f} ms, "
                        f"{preview / change:5.1f} times" + (f"; the first {first:7.1f} ms" if first else ""),
                        flush=True,
                    )


if __name__ == "__main__":
    main()
