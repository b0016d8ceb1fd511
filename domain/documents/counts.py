"""How much a plan holds, and how its targets were read."""

from collections.abc import Iterable

from typing_extensions import TypedDict

from domain.documents.plan import PlanDocument, TargetRow
from domain.targets.model import Target


class PlanCounts(TypedDict):
    """Quanto contiene un piano; i suoi target secondo come sono stati letti: per intero, con una nota, per nulla."""

    objectives: int
    indicators: int
    targets: int
    targets_read: int
    targets_noted: int
    targets_unread: int
    measurements: int
    statuses: int


def plan_counts(document: PlanDocument, targets: Iterable[Target] | None = None) -> PlanCounts:
    """What a plan holds; `targets` are those that its rows come to, where the document itself does not say it."""
    rows: Iterable[Target | TargetRow] = targets or [
        row for indicator in document.indicators for row in indicator.targets
    ]
    readings = ["unread" if row.form == "unread" else "noted" if row.note else "read" for row in rows]
    return {
        "objectives": len(document.objectives),
        "indicators": len(document.indicators),
        "targets": len(readings),
        "targets_read": readings.count("read"),
        "targets_noted": readings.count("noted"),
        "targets_unread": readings.count("unread"),
        "measurements": len(document.measurements),
        "statuses": len(document.statuses),
    }
