"""What a preview says: what a file would do, in one model that the command line prints and HTTP answers."""

from collections.abc import Iterable, Sequence
from typing import Any, Literal, NamedTuple

from domain.documents.difference import Difference
from domain.documents.load import Notice
from domain.documents.plan import PlanDocument
from domain.documents.warnings import oddities
from domain.event import Event
from domain.indicators.events import IndicatorAdded
from domain.measurements.events import MeasurementRecorded, StatusReported
from domain.objectives.events import ObjectiveAdded
from domain.plans.events import PlanApproved
from domain.targets.events import TargetSet
from domain.targets.model import Unread
from domain.vocabulary import Frozen, JsonValue

Kind = Literal["difference", "new_plan", "next_plan"]


class Preview(Frozen):
    """What a file would do: nothing of it is recorded.

    `version` is the plan's, 0 for a plan that is not there; `refused` says what the rules would refuse, and why.
    """

    kind: Kind
    plan: str
    status: str | None = None
    version: int
    effective_on: str
    compared_with: dict[str, JsonValue] | None = None
    changes: dict[str, int]
    items: tuple[dict[str, Any], ...]
    questions: tuple[dict[str, Any], ...] = ()
    unread: tuple[dict[str, Any], ...] = ()
    warnings: tuple[dict[str, Any], ...] = ()
    left_alone: tuple[str, ...] = ()
    change_rate: dict[str, JsonValue] = {}
    counts: dict[str, int] = {}
    refused: str | None = None

    @property
    def changes_nothing(self) -> bool:
        """Whether there is nothing to record."""
        return self.kind == "difference" and not self.items and not self.questions


def holds(document: PlanDocument) -> dict[str, int]:
    """How much a plan holds, and how its targets were read."""
    targets = [target for row in document.indicators for target in row.targets]
    return {
        "objectives": len(document.objectives),
        "indicators": len(document.indicators),
        "targets": len(targets),
        "targets_read": sum(target.form != "unread" and not target.note for target in targets),
        "targets_noted": sum(target.form != "unread" and bool(target.note) for target in targets),
        "targets_unread": sum(target.form == "unread" for target in targets),
        "measurements": len(document.measurements),
        "statuses": len(document.statuses),
    }


class After(NamedTuple):
    """What is told of a plan as it would be, without holding the plan."""

    status: str | None
    counts: dict[str, int]
    odd: tuple[Notice, ...]
    unread: tuple[dict[str, Any], ...]

    @classmethod
    def of(cls, document: PlanDocument) -> "After":
        """The same of a document."""
        unread = tuple(
            {"where": f"indicator/{row.id}", "text": one.text, "reason": one.reason or ""}
            for row in document.indicators
            for one in row.targets
            if one.form == "unread"
        )
        return cls(document.plan.status, holds(document), tuple(oddities(document)), unread)

    @classmethod
    def of_events(cls, events: Iterable[Event]) -> "After":
        """The same of the events that would open a plan."""
        found = list(events)
        targets = [event for event in found if isinstance(event, TargetSet)]
        unread = tuple(
            {"where": f"indicator/{event.indicator}", "text": event.target.text, "reason": event.target.reason}
            for event in targets
            if isinstance(event.target, Unread)
        )
        noted = sum(bool(event.target.note) for event in targets if not isinstance(event.target, Unread))
        counts = {
            "objectives": _of(found, ObjectiveAdded),
            "indicators": _of(found, IndicatorAdded),
            "targets": len(targets),
            "targets_read": len(targets) - noted - len(unread),
            "targets_noted": noted,
            "targets_unread": len(unread),
            "measurements": _of(found, MeasurementRecorded),
            "statuses": _of(found, StatusReported),
        }
        return cls("approved" if _of(found, PlanApproved) else "draft", counts, (), unread)


def _of(events: Sequence[Event], kind: type[Event]) -> int:
    return sum(isinstance(event, kind) for event in events)


def listed(difference: Difference, warnings: Sequence[Notice], unread: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    """The parts of a preview that are lists; `unread` is told where the difference itself has no such cell."""
    return {
        "items": tuple(item.model_dump(mode="json", exclude_none=True) for item in difference.items),
        "questions": tuple(one.model_dump(mode="json") for one in difference.questions),
        "unread": tuple(one.model_dump(mode="json") for one in difference.unread) or tuple(unread),
        "warnings": tuple(one.model_dump(mode="json") for one in warnings),
        "left_alone": difference.left_alone,
    }
