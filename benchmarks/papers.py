"""What a document on paper costs: CPU, memory and bytes, of the smallest and of the largest example plan.

`python -m benchmarks.papers` prints a table. Each document is made in a process of its own, which has nothing ready: CPU is
of the making, from the record to the file, without the start of Python; memory is what the making adds to the process, at
its greatest, and the whole of it. A service has papers set in processes that end with them (`api/paper/pdf.py`).
"""

import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple

from api.commands.examples import load_examples
from api.commands.service import Service
from api.pages.plan_reading import PlanReading
from api.paper.documents import Asked, machine_visitor, make_paper, paper_visit
from api.paper.formats import file_of
from api.paper.model import PAPER_KINDS, PaperKind
from domain.point import Point
from projections.proof.log import Log
from projections.store.store import Store

RIVIERE, MAREMMA = "riviere-di-liguria-2022-2024", "maremma-e-tirreno-2022-2026"
AS_OF = date(2023, 6, 1)
SECONDS, MEGABYTES = 2.0, 200
"""What the plan of 366 objectives may cost: the whole process."""
ALONE = "--alone"
ROUNDS = 3


class Cost(NamedTuple):
    """CPU in seconds; megabytes that were added, and in all; bytes of the file."""

    seconds: float
    added: int
    greatest: int
    size: int


def main() -> None:
    """Measures each document, and says whether the largest plan costs what it may."""
    with tempfile.TemporaryDirectory() as folder:
        location = str(Path(folder) / "esempi.sqlite")
        store = Store(location)
        load_examples(Service(store, Log(store, Path(folder) / "signing.key")))
        store.close()
        sys.stdout.write("document | plan | s CPU | MB added | MB in all | KB\n")
        worst = Cost(0, 0, 0, 0)
        for plan in (RIVIERE, MAREMMA):
            for kind in PAPER_KINDS:
                if kind in {"round", "act"}:  # the examples have no round, and no proposal
                    continue
                rounds = [_alone(location, plan, kind) for _ in range(ROUNDS)]
                cost = sorted(rounds)[ROUNDS // 2]
                sys.stdout.write(
                    f"{kind} | {plan.partition('-')[0]} | {cost.seconds:.2f} | {cost.added} | {cost.greatest} | "
                    f"{cost.size // 1000}\n"
                )
                if (plan, kind) == (MAREMMA, "plan"):
                    worst = cost
    reached = worst.seconds < SECONDS and worst.greatest < MEGABYTES
    sys.stdout.write(
        f"the plan of Maremma under {SECONDS} s and {MEGABYTES} MB: {'reached' if reached else 'missed'}\n"
    )


def _alone(location: str, plan: str, kind: PaperKind) -> Cost:
    command = [sys.executable, "-m", "benchmarks.papers", ALONE, location, plan, kind]
    done = subprocess.run(command, check=True, capture_output=True, encoding="utf-8")
    seconds, added, greatest, size = done.stdout.split()
    return Cost(float(seconds), int(added), int(greatest), int(size))


def _measure(location: str, plan: str, kind: PaperKind) -> None:
    store = Store(location)
    before, begun = _megabytes(), time.process_time()
    size = len(_made(store, plan, kind))
    seconds, greatest = time.process_time() - begun, _megabytes()
    sys.stdout.write(f"{seconds:.3f} {greatest - before} {greatest} {size}\n")


def _made(store: Store, plan: str, kind: PaperKind) -> bytes:
    with store.reading() as reader:
        reading = PlanReading(reader, plan, Point(AS_OF))
        first = reading.document["indicators"][0]["id"]
        asked = {
            "comparison": Asked({"da": "2022-06-29", "a": AS_OF.isoformat()}),
            "revisions": Asked({"da": "2022-06-29", "a": AS_OF.isoformat()}),
            "indicator": Asked({}, {"indicator": first}),
        }.get(kind, Asked({"anno": "2022"}))
        visitor = machine_visitor(lambda _plan, _point: True)
        origin = "https://performance.example.it"
        visit = paper_visit(reading, kind, asked, now=datetime.now(UTC), visitor=visitor, origin=origin)
        paper = make_paper(visit, kind)
    return file_of(paper, "docx" if kind == "revisions" else "pdf").content


def _megabytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    if sys.argv[1:2] == [ALONE]:
        location, plan, named = sys.argv[2:5]
        _measure(location, plan, next(kind for kind in PAPER_KINDS if kind == named))
    else:
        main()
