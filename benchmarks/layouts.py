"""How much of a plan in an office's own layout is read as it is printed, layout by layout; and what a sheet of 400 rows takes.

`python -m benchmarks.layouts` prints a table in Markdown.
"""

import time
import tracemalloc

from api.layout.reading import read_office_plan
from api.workbook.formats import sheets_in
from api.workbook.safety import Limits
from tests.support.layouts import LAYOUTS, Rows, share_read, workbook

ROWS = 400


def sheet_of(rows: int) -> bytes:
    """A sheet with so many indicators, five under each objective, on three years."""
    heading: list[object] = ["Obiettivo strategico", "Obiettivo operativo", "Indicatore", "Algoritmo", "Peso"]
    lines: Rows = [["Comune di Prova - Piano della performance 2024-2026"]]
    lines.append([*heading, "Target 2024", "Target 2025", "Target 2026", "Fonte", "Responsabile"])
    for number in range(rows):
        strategic = f"{number // 50 + 1}. Obiettivo strategico {number // 50}" if number % 50 == 0 else None
        operational = f"{number // 50 + 1}.{number // 5 % 10 + 1} Obiettivo {number // 5}" if number % 5 == 0 else None
        targets = [f">= {(number + year) % 100}%" for year in range(3)]
        lines.append(
            [
                strategic,
                operational,
                f"Indicatore {number}",
                f"pratiche {number} / totale * 100",
                20,
                *targets,
                "Protocollo",
                "Servizio Affari generali",
            ]
        )
    return workbook({"Piano": lines})


def main() -> None:
    """Prints both."""
    print("| Impaginazione | Indicatori | Celle lette | Quota | Domande |\n|---|---|---|---|---|")
    for make in LAYOUTS:
        layout = make()
        plan = read_office_plan(sheets_in(layout.content, Limits()))
        share = share_read(layout.indicators, plan)
        count = f"{len(plan.indicators or ())} su {len(layout.indicators)}"
        print(f"| {layout.name} | {count} | {share.right} su {share.cells} | {share.share:.1%} | {len(plan.doubts)} |")
    content = sheet_of(ROWS)
    started = time.perf_counter()
    read_office_plan(sheets_in(content, Limits()))
    seconds = time.perf_counter() - started
    tracemalloc.start()
    read_office_plan(sheets_in(content, Limits()))
    megabytes = tracemalloc.get_traced_memory()[1] / 1_000_000
    print(f"\n{ROWS} righe ({len(content) // 1000} KB): {seconds:.2f} s, {megabytes:.1f} MB")


if __name__ == "__main__":
    main()
