"""What pages cost against their budgets: CPU of the server, cold and kept, and bytes over the wire.

`python -m benchmarks.pages` prints a table. A page is made in this process, on the examples; cold is after everything that
a process keeps was thrown away, but compiled templates; beside it, the same page where another one of the plan was made
before. The worst of the rounds is told beside the middle one.
"""

import gc
import gzip
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
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
        database, keys = Path(folder) / "esempi.sqlite", Path(folder) / "signing.key"
        store = Store(database)
        load_examples(Service(store, Log(store, keys)))
        store.close()
        settings = Settings(database=str(database), keys=str(keys), sign_in="open")
        sys.stdout.write(
            "page | cold, ms CPU (worst) | plan read before | budget | kept, ms CPU (worst) | budget | KB gzip | budget\n"
        )
        for budget in BUDGETS:
            sys.stdout.write(_row(budget, settings) + "\n")


def _row(budget: PageBudget, settings: Settings) -> str:
    with _opened(settings) as client:  # templates are compiled once in a process
        client.get(budget.address)
    cold: list[float] = []
    read_before: list[float] = []
    kept: list[float] = []
    content = b""
    for _ in range(ROUNDS):
        with _opened(settings) as client:
            cold.append(_cpu(client, budget.address))
            kept.append(_cpu(client, budget.address))
            content = client.get(budget.address, headers={"Accept-Encoding": "identity"}).content
        with _opened(settings) as client:
            client.get(budget.address + "&mostra=mancanti")
            read_before.append(_cpu(client, budget.address))
    size = len(gzip.compress(content, 5, mtime=0)) / 1000
    return (
        f"{budget.name} | {_middle(cold)} | {_middle(read_before)} | {budget.cold} | {_middle(kept)} | {budget.kept} | "
        f"{size:.1f} | {budget.kilobytes}"
    )


@contextmanager
def _opened(settings: Settings) -> Iterator[TestClient]:
    """The service on the database, with nothing kept."""
    store = Store(settings.database)
    try:
        yield TestClient(create_app(settings, store), base_url="http://localhost")
    finally:
        store.close()


def _middle(figures: list[float]) -> str:
    return f"{statistics.median(figures):.0f} ({max(figures):.0f})"


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
