"""What every peer is: filled with a workload, then asked for the state at a point, as JSON."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple, Protocol

from benchmarks.workload import Question, Workload
from domain.timelines import Cell
from domain.vocabulary import JsonValue

EPOCH = datetime(2022, 1, 1, tzinfo=UTC)
"""When a peer that keeps instants recorded the plan; each revision comes a second later."""


def instant(place: int) -> datetime:
    """When the revision of this place was recorded."""
    return EPOCH + timedelta(seconds=place)


class Given(NamedTuple):
    """What a peer is filled with: the cells of the plan as approved, and the workload of revisions."""

    cells: dict[Cell, JsonValue]
    workload: Workload


class Peer(Protocol):
    """One of them. A peer that does not know effective dates answers for what was recorded last."""

    name: str
    both_dates: bool

    def fill(self, given: Given) -> None:
        """Takes everything in."""

    def ask(self, question: Question) -> bytes:
        """The state at a point: rows of object, field, value, in JSON, in any order."""

    def close(self) -> None:
        """Gives back what it holds."""
