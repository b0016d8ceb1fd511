"""The eventsourcing library as its tutorial has it: an aggregate replayed to a version, with and without snapshots."""

from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

from benchmarks.peers.peer import Given
from benchmarks.workload import Question

EVERY = 1_000


class Plan(Aggregate):
    """The plan as an aggregate that holds its cells."""

    class Opened(Aggregate.Created):
        """The plan was approved with these cells."""

        cells: dict[str, Any]

    class Revised(Aggregate.Event):
        """A cell was given a value."""

        cell: str
        value: Any

    @event(Opened)
    def __init__(self, cells: dict[str, Any]) -> None:
        self.cells = dict(cells)

    @event(Revised)
    def revise(self, cell: str, value: Any) -> None:  # noqa: ANN401 - a cell holds whatever JSON can
        """Gives a cell a value."""
        self.cells[cell] = value


class Plans(Application[UUID]):
    """An application with snapshots."""

    name = "plans"
    is_snapshotting_enabled = True


class PlansReplayed(Application[UUID]):
    """An application without."""

    name = "plans"


class Replay:
    """Knows in which order things were recorded, not from when they hold."""

    both_dates = False

    def __init__(self, folder: Path, *, snapshots: bool) -> None:
        self.name = f"eventsourcing, replay {f'from a snapshot every {EVERY:,}' if snapshots else 'of all events'}"
        self._snapshots = snapshots
        file = folder / f"replay-{'with' if snapshots else 'without'}.sqlite"
        file.unlink(missing_ok=True)
        application = Plans if snapshots else PlansReplayed
        self._app = application(env={"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(file)})
        self._plan: UUID | None = None

    def fill(self, given: Given) -> None:
        """One save, and one snapshot, every thousand events."""
        plan = Plan(cells={"\t".join(cell): value for cell, value in given.cells.items()})
        self._plan = plan.id
        for place, _, cell, value in given.workload.said():
            plan.revise("\t".join(cell), value)
            if place % EVERY == 0:
                self._app.save(plan)
                if self._snapshots:
                    self._app.take_snapshot(plan.id)
        self._app.save(plan)

    def ask(self, question: Question) -> bytes:
        """The aggregate at a version, and its cells."""
        assert self._plan is not None
        plan: Plan = self._app.repository.get(self._plan, version=1 + question.place)
        return orjson.dumps([[*cell.split("\t"), value] for cell, value in plan.cells.items()])

    def close(self) -> None:
        """Closes the database."""
        self._app.close()
