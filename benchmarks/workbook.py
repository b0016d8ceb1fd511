"""Times a workbook of 10,000 indicators with 5 years, in and out: `python -m benchmarks.workbook [indicators]`.

Each step runs in a process of its own, so that the memory that it needed is its own: export to XLSX, import as a
preview of the exported workbook (no difference), of an edited one, and as a plan that is not there yet.
"""

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from api.commands.handler import Caller
from api.commands.service import Service
from api.imports.importing import Importing
from api.imports.reading import limits, read_incoming
from api.settings import Settings
from api.workbook.write import write_xlsx
from domain.documents.difference import Decisions
from domain.documents.plan import PlanDocument
from domain.point import Point
from projections.plan_in_force import plan_in_force
from projections.store.store import Store

PLAN = "grande-2022-2026"
CALLER = Caller("prova")
DECISIONS = Decisions(act="delibera di Giunta n. 3 del 30/09/2022", justification="prova", cause="new_data")
YEARS = range(2022, 2027)


def document(indicators: int) -> PlanDocument:
    """A plan of so many indicators, ten to an objective, each with a target a year."""
    objectives = [{"id": "radice", "level": "area", "title": "Area"}]
    objectives += [
        {"id": f"o{n}", "level": "operativo", "code": f"1.{n}", "title": f"Obiettivo numero {n}", "parent": "radice"}
        for n in range(indicators // 10)
    ]
    rows = [
        {
            "id": f"i{n}",
            "objective": f"o{n // 10}",
            "weight": "10",
            "name": f"Indicatore numero {n} di efficienza",
            "formula": "istanze evase / istanze ricevute * 100",
            "source": "Rilevazione interna",
            "owner": f"Servizio {n % 40}",
            "baseline": f"{n % 80}%",
            "targets": [{"year": year, "text": f">= {n % 70 + year - 2020},5%"} for year in YEARS],
        }
        for n in range(indicators)
    ]
    return PlanDocument.model_validate(
        {
            "administration": {"id": "grande", "name": "Ente grande"},
            "plan": {"id": PLAN, "title": "Piano grande", "first_year": 2022, "last_year": 2026},
            "act": "delibera di Giunta n. 1 del 31/01/2022",
            "objectives": objectives,
            "indicators": rows,
        }
    )


def export(store: Store, folder: Path) -> None:
    """Writes the workbook."""
    with store.reading() as reader:
        plan = plan_in_force(reader, PLAN, Point(date(2022, 6, 1)))
    (folder / "book.xlsx").write_bytes(write_xlsx(plan))


def edit(store: Store, folder: Path) -> None:
    """Writes another, with a hundred targets revised and ten indicators added."""
    with store.reading() as reader:
        plan: Any = {**plan_in_force(reader, PLAN, Point(date(2022, 6, 1)))}
    plan.pop("as_of")
    for indicator in plan["indicators"][:100]:
        indicator["targets"][0] = {"year": 2022, "ordinal": 1, "text": ">= 1%"}
    plan["indicators"] += [
        {**indicator, "id": f"{indicator['id']}-bis", "series": None, "name": f"{indicator['name']} bis"}
        for indicator in plan["indicators"][:10]
    ]
    (folder / "edited.xlsx").write_bytes(write_xlsx(plan))


def preview(store: Store, folder: Path, name: str, expected: int | None) -> None:
    """Compares a workbook with the plan."""
    incoming = read_incoming((folder / name).read_bytes(), limits(Settings()))
    outcome = Importing(Service(store)).preview(incoming, DECISIONS, CALLER)
    assert outcome.refused is None, outcome.refused
    assert expected is None or len(outcome.items) == expected, outcome.changes


def confirm(store: Store, folder: Path) -> None:
    """Records what the edited workbook changes."""
    incoming = read_incoming((folder / "edited.xlsx").read_bytes(), limits(Settings()))
    Importing(Service(store)).confirm(incoming, DECISIONS, CALLER)


STEPS: dict[str, Callable[[Store, Path], object]] = {
    "export": export,
    "edit": edit,
    "preview, no difference": lambda store, folder: preview(store, folder, "book.xlsx", 0),
    "preview, 110 differences": lambda store, folder: preview(store, folder, "edited.xlsx", 110),
    "record them": confirm,
    "preview of a new plan": lambda _, folder: preview(Store(folder / "empty.sqlite"), folder, "book.xlsx", None),
    "record a new plan": lambda _, folder: Importing(Service(Store(folder / "new.sqlite"))).confirm(
        read_incoming((folder / "book.xlsx").read_bytes(), limits(Settings())), DECISIONS, CALLER
    ),
}


def step(name: str, folder: Path) -> None:
    """Runs one step, and prints its time and the greatest memory of its process."""
    store = Store(folder / "store.sqlite")
    started = time.perf_counter()
    STEPS[name](store, folder)
    spent = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{name:28} {spent:7.2f} s {peak:6} MB", flush=True)


def main() -> None:
    """Makes the plan, then runs the steps."""
    if len(sys.argv) > 2:
        step(sys.argv[1], Path(sys.argv[2]))
        return
    indicators = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as folder:
        Service(Store(Path(folder) / "store.sqlite")).load_plan(document(indicators), CALLER)
        for name in STEPS:
            subprocess.run([sys.executable, "-m", "benchmarks.workbook", name, folder], check=True)
        print(f"{'the workbook':28} {(Path(folder) / 'book.xlsx').stat().st_size // 1024:7} KB")


if __name__ == "__main__":
    main()
