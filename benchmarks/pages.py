"""What pages cost against their budgets: CPU of the server, cold and kept, and bytes over the wire.

`python -m benchmarks.pages` prints a table. A page is made in this process, on the examples; cold is after everything that
a process keeps was thrown away, but compiled templates. The worst of the rounds is told beside the middle one.
"""

import gc
import gzip
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from starlette.testclient import TestClient

from api.commands.examples import load_examples
from api.commands.service import Service
from api.http.app import create_app
from api.settings import Settings
from projections.proof.log import Log
from projections.store.store import Store

ROUNDS = 7
RIVIERE, MAREMMA = "riviere-di-liguria-2022-2024", "maremma-e-tirreno-2022-2026"


class PageBudget(NamedTuple):
    """A page with what it may cost: milliseconds of CPU cold and kept, kilobytes compressed."""

    name: str
    address: str
    cold: int
    kept: int
    kilobytes: int


BUDGETS = (
    PageBudget("piano, 362 obiettivi", f"/piani/{MAREMMA}?as_of=2022-12-31", 250, 30, 45),
    PageBudget("piano, 76 obiettivi", f"/piani/{RIVIERE}?as_of=2023-02-01", 250, 30, 25),
    PageBudget("confronto", f"/piani/{RIVIERE}/confronto?da=2022-06-29&a=2023-01-31", 250, 30, 20),
    PageBudget(
        "indicatore",
        f"/piani/{RIVIERE}/indicatori/percentuale-di-incasso-del-diritto-annuale?as_of=2022-10-20",
        250,
        30,
        12,
    ),
)


def main() -> None:
    """Measures each page and prints what it cost beside what it may cost."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "esempi.sqlite")
        load_examples(Service(store, Log(store, Path(folder) / "signing.key")))
        settings = Settings(database=store.location, keys=str(Path(folder) / "signing.key"), sign_in="open")
        sys.stdout.write("page | cold, ms CPU (worst) | budget | kept, ms CPU (worst) | budget | KB gzip | budget\n")
        for budget in BUDGETS:
            sys.stdout.write(
                _row(budget, lambda: TestClient(create_app(settings, store), base_url="http://localhost")) + "\n"
            )
        store.close()


def _row(budget: PageBudget, client_anew: Callable[[], TestClient]) -> str:
    client_anew().get(budget.address)  # templates are compiled once in a process
    cold = [_cpu(client_anew(), budget.address) for _ in range(ROUNDS)]
    client = client_anew()
    content = client.get(budget.address, headers={"Accept-Encoding": "identity"}).content
    kept = [_cpu(client, budget.address) for _ in range(ROUNDS)]
    size = len(gzip.compress(content, 5, mtime=0)) / 1000
    return (
        f"{budget.name} | {statistics.median(cold):.0f} ({max(cold):.0f}) | {budget.cold} | "
        f"{statistics.median(kept):.1f} ({max(kept):.1f}) | {budget.kept} | {size:.1f} | {budget.kilobytes}"
    )


def _cpu(client: TestClient, address: str) -> float:
    client.get("/v1/status")  # the first answer of an application builds its layers
    gc.collect()
    gc.freeze()  # as the service does when it starts: what this process made before is not walked over
    begun = time.process_time()
    answer = client.get(address)
    if answer.status_code != 200:
        raise SystemExit(answer.text)
    return 1000 * (time.process_time() - begun)


if __name__ == "__main__":
    main()
