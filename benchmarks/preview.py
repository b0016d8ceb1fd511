"""Times what a change would do, against the change itself: `python -m benchmarks.preview [events ...]`.

The plan is as large as that many events, in two shapes: loaded at once, or a small one that was revised over and over.
Each figure is the median of some rounds, in milliseconds, on an SQLite file.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from statistics import median

from api.commands.handler import Caller
from api.commands.service import Service
from benchmarks.workbook import PLAN, document
from domain.documents.changes import ChangeFile
from projections.change_preview import change_preview
from projections.store.store import Store
from projections.streams import plan_stream

SIZES = (4_000, 10_000)
ROUNDS = 7
EVENTS_PER_INDICATOR = 7.1
"""Of a plan as it is loaded: card, assignment, five targets, and a tenth of an objective."""
REVISED_INDICATORS = 50
BATCH = 500
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


def milliseconds(work: Callable[[int], object]) -> float:
    """The median time of some rounds."""
    spent = []
    for number in range(ROUNDS):
        started = time.perf_counter()
        work(number)
        spent.append((time.perf_counter() - started) * 1_000)
    return median(spent)


def measure(events: int, fill: Callable[[Service, int], None], path: Path) -> tuple[int, float, float]:
    """How many events the plan has, and what a change of one target takes, and its preview."""
    store = Store(path)
    service = Service(store)
    fill(service, events)
    version = store.head(plan_stream(PLAN)).version
    changing = milliseconds(lambda number: service.change(revisions(1, first=20_000 + 50 * number), CALLER))
    file = revisions(1, first=50_000)
    previewing = milliseconds(
        lambda _: service.preview_change(file, CALLER, lambda reader: change_preview(reader, PLAN))
    )
    store.close()
    return version, changing, previewing


def main() -> None:
    """Prints a line for each size and shape."""
    sizes = [int(text) for text in sys.argv[1:]] or SIZES
    with tempfile.TemporaryDirectory() as folder:
        for shape, fill in SHAPES.items():
            for events in sizes:
                version, changing, previewing = measure(events, fill, Path(folder) / f"{shape}-{events}.sqlite")
                print(
                    f"{shape:8} {version:6} events: change {changing:8.1f} ms, preview {previewing:8.1f} ms, "
                    f"{previewing / changing:5.1f} times",
                    flush=True,
                )


if __name__ == "__main__":
    main()
