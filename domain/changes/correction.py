"""Corrections: the record differs from the act. What was recorded is annulled, and recorded again as the act has it."""

from domain.changes.commands import AnyChange
from domain.errors import ClaimRefused
from domain.event import Event
from domain.indicators.card import Card
from domain.indicators.commands import ReclassifyIndicator, RedefineIndicator, ReweighIndicator
from domain.indicators.events import (
    IndicatorAdded,
    IndicatorAssigned,
    IndicatorReclassified,
    IndicatorRedefined,
    IndicatorReweighted,
)
from domain.objectives.commands import MoveObjective, ReclassifyObjective, ReweighObjective, RewordObjective
from domain.objectives.events import (
    ObjectiveAdded,
    ObjectiveMoved,
    ObjectiveReclassified,
    ObjectiveReweighted,
    ObjectiveReworded,
)
from domain.objectives.fields import CLASSIFICATION_FIELDS
from domain.plans.commands import ApprovePlan, ApproveYear, CloseYear
from domain.plans.events import PlanApproved, YearApproved, YearClosed
from domain.plans.state import PlanState
from domain.targets.commands import ResolveReference, ReviseTarget, SetTarget
from domain.targets.decide import read_or_refuse
from domain.targets.events import TargetReferenceResolved, TargetRevised, TargetSet
from domain.targets.model import Reference
from domain.targets.resolve import resolved
from domain.trees.commands import ReweighTreeNode, StateTreeNode
from domain.trees.decide import node_meant
from domain.trees.events import TreeNodeReweighted, TreeNodeStated
from domain.trees.fields import NODE_HEADING
from domain.vocabulary import polarity_of


def corrected(state: PlanState, wrong: Event, command: AnyChange) -> Event:
    """The event as it should have been recorded; ClaimRefused when the command speaks of something else."""
    match wrong, command:
        case ((TargetSet() | TargetRevised()), (SetTarget() | ReviseTarget())):
            if (wrong.indicator, wrong.year, wrong.ordinal) == (command.object, command.year, command.ordinal):
                polarity = state.indicator(wrong.indicator, "polarity")
                formula = state.indicator(wrong.indicator, "formula")
                target = read_or_refuse(
                    command.target,
                    command.year,
                    polarity=polarity_of(polarity),
                    formula=None if formula is None else str(formula),
                    accept_unread=command.accept_unread,
                    where="target",
                )
                return wrong.model_copy(update={"target": target})
        case TargetReferenceResolved(target=Reference() as reference), ResolveReference():
            if (wrong.indicator, wrong.year, wrong.ordinal) == (command.object, command.year, command.ordinal):
                return wrong.model_copy(update={"target": resolved(state, reference, command)})
        case ((ObjectiveAdded() | ObjectiveReworded()), RewordObjective()) if wrong.objective == command.object:
            return wrong.model_copy(update={"title": command.title})
        case ((ObjectiveAdded() | ObjectiveReweighted()), ReweighObjective()) if wrong.objective == command.object:
            return wrong.model_copy(update={"weight": command.weight})
        case ((ObjectiveAdded() | ObjectiveMoved()), MoveObjective()) if wrong.objective == command.object:
            return wrong.model_copy(update={"parent": command.parent})
        case ((ObjectiveAdded() | ObjectiveReclassified()), ReclassifyObjective()) if wrong.objective == command.object:
            reclassified = set(CLASSIFICATION_FIELDS) & command.model_fields_set
            return wrong.model_copy(update={field: getattr(command, field) for field in reclassified})
        case ((IndicatorAssigned() | IndicatorReweighted()), ReweighIndicator()) if wrong.indicator == command.object:
            if command.objective in (None, wrong.objective):
                return wrong.model_copy(update={"weight": command.weight})
        case ((IndicatorAdded() | IndicatorRedefined()), RedefineIndicator()) if wrong.indicator == command.object:
            return wrong.model_copy(update={"card": _amended(wrong.card, command.card())})
        case ((IndicatorAdded() | IndicatorReclassified()), ReclassifyIndicator()) if wrong.indicator == command.object:
            return wrong.model_copy(update={"card": _amended(wrong.card, command.card())})
        case TreeNodeStated(), StateTreeNode(weight=None) if (wrong.tree, wrong.node) == (command.tree, command.node):
            fields = {field: getattr(command, field) for field in NODE_HEADING if field in command.model_fields_set}
            if "under" in command.model_fields_set:
                under = command.under
                fields["parent"] = None if under is None else node_meant(state, command.tree, under, "under").id
            return TreeNodeStated.model_validate(wrong.model_dump(exclude_unset=True) | fields)
        case TreeNodeReweighted(), ReweighTreeNode() if wrong.tree == command.tree:
            if node_meant(state, command.tree, command.node).id == wrong.node:
                return wrong.model_copy(update={"weight": command.weight})
        case PlanApproved(), ApprovePlan():
            return wrong  # what is put right is the act that it names, or its date
        case ((PlanApproved() | YearApproved()), ApproveYear()) if wrong.year == command.year:
            return wrong
        case YearClosed(), CloseYear() if wrong.year == command.year:
            return wrong
        case _:
            pass
    raise ClaimRefused(
        f"la rettifica parla d'altro rispetto all'evento {wrong.topic!r} che vuole ripristinare",
        accepted="un verbo sullo stesso oggetto, e in restores la versione registrata male",
        where="restores",
    )


def _amended(card: Card, amendment: Card) -> Card:
    return Card.model_validate(card.model_dump(exclude_unset=True) | amendment.model_dump(exclude_unset=True))
