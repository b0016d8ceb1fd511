"""Every change of a plan as a command: the verbs of a change file."""

from typing import Annotated

from pydantic import Field, TypeAdapter

from domain.indicators.commands import (
    AddIndicator,
    AssignIndicator,
    FeedIndicator,
    ReclassifyIndicator,
    RedefineIndicator,
    ReinstateIndicator,
    ReweighIndicator,
    UnassignIndicator,
    WithdrawIndicator,
)
from domain.objectives.commands import (
    AddObjective,
    FailCondition,
    MeetCondition,
    MergeObjective,
    MoveObjective,
    NeutraliseObjective,
    ReclassifyObjective,
    RedefineObjective,
    ReinstateObjective,
    ReweighObjective,
    RewordObjective,
    WithdrawObjective,
)
from domain.plans.commands import AdoptSystem, AmendPlan, ApprovePlan, ApproveYear, CloseYear, SucceedPlan
from domain.targets.commands import ResolveReference, ReviseTarget, SetTarget, WithdrawTarget
from domain.trees.commands import ReweighTreeNode, StateTreeNode, WithdrawTreeNode
from domain.vocabulary import DEFERRED

AnyChange = (
    AddObjective
    | RewordObjective
    | MoveObjective
    | ReweighObjective
    | ReclassifyObjective
    | RedefineObjective
    | WithdrawObjective
    | ReinstateObjective
    | MergeObjective
    | NeutraliseObjective
    | MeetCondition
    | FailCondition
    | AddIndicator
    | RedefineIndicator
    | ReclassifyIndicator
    | AssignIndicator
    | UnassignIndicator
    | ReweighIndicator
    | FeedIndicator
    | WithdrawIndicator
    | ReinstateIndicator
    | SetTarget
    | ReviseTarget
    | WithdrawTarget
    | ResolveReference
    | StateTreeNode
    | ReweighTreeNode
    | WithdrawTreeNode
    | AdoptSystem
    | AmendPlan
    | ApprovePlan
    | ApproveYear
    | CloseYear
    | SucceedPlan
)
VerbedChange = Annotated[AnyChange, Field(discriminator="verb")]
CHANGE: TypeAdapter[AnyChange] = TypeAdapter(VerbedChange, config=DEFERRED)
VERBS: tuple[str, ...] = tuple(command.model_fields["verb"].annotation.__args__[0] for command in AnyChange.__args__)
