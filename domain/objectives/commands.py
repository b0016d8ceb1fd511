"""The commands to an objective; `object` is its id."""

from typing import Annotated, Literal

from pydantic import Field

from domain.command import Command
from domain.objectives.fields import (
    DefinitionSaid,
    ObjectiveClassification,
    ObjectiveDefinition,
    ObjectiveFields,
    StatedLevel,
    StatedTitle,
    Weight,
)
from domain.vocabulary import Identifier, NamedId, Year

ObjectiveObject = Annotated[
    NamedId, Field(title="obiettivo", description="L'obiettivo: id, codice o titolo.", examples=["s4"])
]
NewParent = Annotated[
    NamedId | None,
    Field(
        title="obiettivo padre",
        description="L'obiettivo da cui dipende: id, codice o titolo; vuoto per la radice.",
        examples=["a"],
    ),
]


class AddObjective(DefinitionSaid, ObjectiveFields, Command):
    """Add an objective."""

    verb: Literal["add_objective"]
    object: Identifier = Field(title="obiettivo", description="L'identificativo del nuovo obiettivo.", examples=["s5"])
    level: StatedLevel
    parent: NewParent = None


class RewordObjective(Command):
    """Change the title."""

    verb: Literal["reword_objective"]
    object: ObjectiveObject
    title: StatedTitle


class MoveObjective(Command):
    """Put under another parent; null for the root."""

    verb: Literal["move_objective"]
    object: ObjectiveObject
    parent: NewParent


class ReweighObjective(Command):
    """Change the weight; null for none."""

    verb: Literal["reweigh_objective"]
    object: ObjectiveObject
    weight: Weight


class ReclassifyObjective(ObjectiveClassification, Command):
    """Change code, level, classifications or offices."""

    verb: Literal["reclassify_objective"]
    object: ObjectiveObject


class RedefineObjective(DefinitionSaid, ObjectiveDefinition, Command):
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
    into: NamedId = Field(
        title="obiettivo in cui confluisce",
        description="L'obiettivo in cui confluisce: id, codice o titolo.",
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
