"""Which version a correction restores where it names none: the one that recorded what the correction puts right."""

from collections.abc import Iterator

from domain.changes.commands import AnyChange
from domain.facts import (
    ANNULLED,
    PLAN,
    approved_field,
    assignment_key,
    closed_field,
    indicator_key,
    node_key,
    objective_key,
    target_field,
)
from domain.indicators.commands import ReclassifyIndicator, RedefineIndicator, ReweighIndicator
from domain.objectives.commands import MoveObjective, ReclassifyObjective, ReweighObjective, RewordObjective
from domain.objectives.fields import CLASSIFICATION_FIELDS
from domain.plans.commands import ApprovePlan, ApproveYear, CloseYear
from domain.plans.state import PlanState
from domain.targets.commands import ResolveReference, ReviseTarget, SetTarget
from domain.trees.commands import ReweighTreeNode, StateTreeNode
from domain.trees.decide import node_meant
from domain.trees.fields import NODE_HEADING


def version_meant(state: PlanState, change: AnyChange) -> int | None:
    """The latest version that says what the correction says; None where none does, or where the fields are of several."""
    versions: set[int] = set()
    for key, field in _cells(state, change):
        entries = [entry for entry in state.timelines.entries(key, field) if entry.value != ANNULLED]
        if entries:
            versions.add(entries[-1].version)
    return versions.pop() if len(versions) == 1 else None


def _cells(state: PlanState, change: AnyChange) -> Iterator[tuple[str, str]]:
    """The fields that a correction speaks of, each with its object."""
    match change:
        case SetTarget() | ReviseTarget() | ResolveReference():
            yield indicator_key(change.object), target_field(change.year, change.ordinal)
        case RewordObjective():
            yield objective_key(change.object), "title"
        case ReweighObjective():
            yield objective_key(change.object), "weight"
        case MoveObjective():
            yield objective_key(change.object), "parent"
        case ReclassifyObjective():
            for field in sorted(set(CLASSIFICATION_FIELDS) & change.model_fields_set):
                yield objective_key(change.object), field
        case ReweighIndicator():
            for objective in [change.objective] if change.objective else state.serves(change.object):
                yield assignment_key(change.object, objective), "weight"
        case RedefineIndicator() | ReclassifyIndicator():
            for field in sorted(change.card().model_fields_set - {"polarity_basis"}):
                yield indicator_key(change.object), field
        case StateTreeNode():
            said = {"parent" if field == "under" else field for field in change.model_fields_set}
            for field in sorted({*NODE_HEADING, "parent"} & said):
                yield node_key(change.tree, change.node), field
        case ReweighTreeNode():
            yield node_key(change.tree, node_meant(state, change.tree, change.node).id), "weight"
        case ApprovePlan():
            yield PLAN, approved_field(state.first_year)
        case ApproveYear():
            yield PLAN, approved_field(change.year)
        case CloseYear():
            yield PLAN, closed_field(change.year)
        case _:
            return
