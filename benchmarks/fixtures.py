"""Fixtures of a run: its scale, its folder, its servers, and the stores filled once and shared by the questions."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import psycopg

from benchmarks import servers
from benchmarks.figures import ROUNDS
from benchmarks.workload import BATCH, Filled, Workload, fill
from projections.store import postgres

SQLITE = "SQLite"
POSTGRES = "PostgreSQL"


class Scale(NamedTuple):
    """How much is measured. `points` is questions of each kind a round; `asked` those put to a peer."""

    name: str
    sizes: tuple[int, ...]
    server_sizes: tuple[int, ...]
    peer_sizes: tuple[int, ...]
    points: int
    asked: int
    commands: int
    load_seconds: float
    rounds: int = ROUNDS


QUICK = Scale("quick", (10_000, 100_000), (10_000,), (3_000, 10_000), 12, 1, 30, 0.4)
FULL = Scale("full", (10_000, 100_000, 1_000_000), (10_000, 100_000, 1_000_000), (10_000, 30_000), 60, 1, 200, 2)


class Fixtures:
    """What the questions stand on."""

    def __init__(
        self, scale: Scale, folder: Path, server: str | None, stack: ExitStack, say: Callable[[str], None]
    ) -> None:
        self.scale = scale
        self.folder = folder
        self.server = server
        self.say = say
        self._stack = stack
        self._filled: dict[tuple[str, Workload, int], Filled] = {}
        self._made = 0

    @property
    def kinds(self) -> list[str]:
        """The kinds of database that are here."""
        return [SQLITE, POSTGRES] if self.server else [SQLITE]

    def sizes(self, kind: str) -> tuple[int, ...]:
        """The numbers of revisions that a kind of database is measured with."""
        return self.scale.sizes if kind == SQLITE else self.scale.server_sizes

    def place(self, kind: str) -> str:
        """Where a new store of a kind can be opened."""
        self._made += 1
        if kind == SQLITE:
            return str(self.folder / f"{self._made}.sqlite")
        assert self.server is not None
        url = self._stack.enter_context(servers.database(self.server, f"banco_{self._made}"))
        postgres.migrate(url)
        return url

    def filled(self, kind: str, workload: Workload, batch: int = BATCH) -> Filled:
        """A store of a kind with a workload in it, made once, and kept house in."""
        key = kind, workload, batch
        if key not in self._filled:
            self.say(f"  filling {kind} with {workload.events:,} revisions")
            place = self.place(kind)
            filled = fill(place, workload, batch)
            self._stack.callback(filled.store.close)
            keep_house(kind, place)
            self._filled[key] = filled
        return self._filled[key]


def keep_house(kind: str, place: str) -> None:
    """Does what a database does by itself within minutes: a server looks at its tables, which its plans rest on."""
    if kind == POSTGRES:
        with psycopg.connect(place, autocommit=True) as connection:
            connection.execute("VACUUM (ANALYZE)")
            connection.execute("CHECKPOINT")
    else:
        with closing(sqlite3.connect(place)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


@contextmanager
def fixtures(scale: Scale, say: Callable[[str], None]) -> Iterator[Fixtures]:
    """Prepares them, and leaves nothing behind."""
    with TemporaryDirectory(prefix="banco-") as folder, ExitStack() as stack:
        server = stack.enter_context(servers.postgres())
        yield Fixtures(scale, Path(folder), server, stack, say)
