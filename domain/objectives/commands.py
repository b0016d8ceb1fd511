"""The commands to an objective; `object` is its id."""

from typing import Literal

from domain.command import Command
from domain.objectives.fields import (
    ObjectiveClassification,
    ObjectiveFields,
    Parent,
    StatedLevel,
    StatedTitle,
    Weight,
)
from domain.vocabulary import Identifier, Year


class AddObjective(ObjectiveFields, Command):
    """Add an objective."""

    verb: Literal["add_objective"]
    object: Identifier
    level: StatedLevel


class RewordObjective(Command):
    """Change the title."""

    verb: Literal["reword_objective"]
    object: Identifier
    title: StatedTitle


class MoveObjective(Command):
    """Put under another parent; null for the root."""

    verb: Literal["move_objective"]
    object: Identifier
    parent: Parent


class ReweighObjective(Command):
    """Change the weight; null for none."""

    verb: Literal["reweigh_objective"]
    object: Identifier
    weight: Weight


class ReclassifyObjective(ObjectiveClassification, Command):
    """Change code, level, classifications or offices."""

    verb: Literal["reclassify_objective"]
    object: Identifier


class WithdrawObjective(Command):
    """Drop, with all that hangs from it."""

    verb: Literal["withdraw_objective"]
    object: Identifier


class ReinstateObjective(Command):
    """Take up again what was withdrawn."""

    verb: Literal["reinstate_objective"]
    object: Identifier


class MergeObjective(Command):
    """Merge into another objective, which takes its indicators and what hangs from it."""

    verb: Literal["merge_objective"]
    object: Identifier
    into: Identifier


class NeutraliseObjective(Command):
    """Take out of the evaluation of a year."""

    verb: Literal["neutralise_objective"]
    object: Identifier
    year: Year


class MeetCondition(Command):
    """Say that the trigger of a conditional objective was met."""

    verb: Literal["meet_condition"]
    object: Identifier
