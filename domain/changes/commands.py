"""Every change of a plan as a command: the verbs of a change file."""

from typing import Annotated

from pydantic import Field, TypeAdapter

from domain.indicators.commands import (
    AddIndicator,
    AssignIndicator,
    ReclassifyIndicator,
    RedefineIndicator,
    ReinstateIndicator,
    ReweighIndicator,
    UnassignIndicator,
    WithdrawIndicator,
)
from domain.objectives.commands import (
    AddObjective,
    MeetCondition,
    MergeObjective,
    MoveObjective,
    NeutraliseObjective,
    ReclassifyObjective,
    ReinstateObjective,
    ReweighObjective,
    RewordObjective,
    WithdrawObjective,
)
from domain.plans.commands import AdoptSystem, ApprovePlan, ApproveYear, CloseYear, SucceedPlan
from domain.targets.commands import ResolveReference, ReviseTarget, SetTarget, WithdrawTarget

AnyChange = (
    AddObjective
    | RewordObjective
    | MoveObjective
    | ReweighObjective
    | ReclassifyObjective
    | WithdrawObjective
    | ReinstateObjective
    | MergeObjective
    | NeutraliseObjective
    | MeetCondition
    | AddIndicator
    | RedefineIndicator
    | ReclassifyIndicator
    | AssignIndicator
    | UnassignIndicator
    | ReweighIndicator
    | WithdrawIndicator
    | ReinstateIndicator
    | SetTarget
    | ReviseTarget
    | WithdrawTarget
    | ResolveReference
    | AdoptSystem
    | ApprovePlan
    | ApproveYear
    | CloseYear
    | SucceedPlan
)
VerbedChange = Annotated[AnyChange, Field(discriminator="verb")]
CHANGE: TypeAdapter[AnyChange] = TypeAdapter(VerbedChange)
VERBS: tuple[str, ...] = tuple(command.model_fields["verb"].annotation.__args__[0] for command in AnyChange.__args__)
