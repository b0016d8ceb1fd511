"""The commands to an objective; `object` is its id."""

from typing import Annotated, Literal

from pydantic import Field

from domain.command import Command
from domain.objectives.fields import (
    ObjectiveClassification,
    ObjectiveDefinition,
    ObjectiveFields,
    Parent,
    StatedLevel,
    StatedTitle,
    Weight,
)
from domain.vocabulary import Identifier, Year

ObjectiveObject = Annotated[
    Identifier, Field(title="obiettivo", description="L'obiettivo, per identificativo.", examples=["s4"])
]


class AddObjective(ObjectiveFields, Command):
    """Add an objective."""

    verb: Literal["add_objective"]
    object: ObjectiveObject
    level: StatedLevel


class RewordObjective(Command):
    """Change the title."""

    verb: Literal["reword_objective"]
    object: ObjectiveObject
    title: StatedTitle


class MoveObjective(Command):
    """Put under another parent; null for the root."""

    verb: Literal["move_objective"]
    object: ObjectiveObject
    parent: Parent


class ReweighObjective(Command):
    """Change the weight; null for none."""

    verb: Literal["reweigh_objective"]
    object: ObjectiveObject
    weight: Weight


class ReclassifyObjective(ObjectiveClassification, Command):
    """Change code, level, classifications or offices."""

    verb: Literal["reclassify_objective"]
    object: ObjectiveObject


class RedefineObjective(ObjectiveDefinition, Command):
    """Change what it says of itself beyond its title; null empties a field."""

    verb: Literal["redefine_objective"]
    object: ObjectiveObject


class WithdrawObjective(Command):
    """Drop, with all that hangs from it."""

    verb: Literal["withdraw_objective"]
    object: ObjectiveObject


class ReinstateObjective(Command):
    """Take up again what was withdrawn."""

    verb: Literal["reinstate_objective"]
    object: ObjectiveObject


class MergeObjective(Command):
    """Merge into another objective, which takes its indicators and what hangs from it."""

    verb: Literal["merge_objective"]
    object: ObjectiveObject
    into: Identifier = Field(
        title="obiettivo in cui confluisce",
        description="L'obiettivo in cui confluisce, per identificativo.",
        examples=["s1"],
    )


class NeutraliseObjective(Command):
    """Take out of the evaluation of a year."""

    verb: Literal["neutralise_objective"]
    object: ObjectiveObject
    year: Year = Field(title="anno", description="L'anno dalla cui valutazione è tolto.", examples=[2022])


class FailCondition(Command):
    """Say that the trigger of a conditional objective failed: it did not come, and until it does the objective is in no count."""

    verb: Literal["fail_condition"]
    object: ObjectiveObject


class MeetCondition(Command):
    """Say that the trigger of a conditional objective was met."""

    verb: Literal["meet_condition"]
    object: ObjectiveObject
