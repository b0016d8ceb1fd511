"""The commands to an objective; `object` is its id."""

from typing import Literal

from domain.command import Command
from domain.vocabulary import Identifier, Line, Points, Year


class AddObjective(Command):
    """Add an objective."""

    verb: Literal["add_objective"]
    object: Identifier
    level: Line
    code: Line | None = None
    title: Line | None = None
    parent: Identifier | None = None
    weight: Points | None = None
    classifications: dict[str, str] = {}
    offices: tuple[Line, ...] = ()
    condition: Line | None = None
    period: Line | None = None


class RewordObjective(Command):
    """Change the title."""

    verb: Literal["reword_objective"]
    object: Identifier
    title: Line


class MoveObjective(Command):
    """Put under another parent; null for the root."""

    verb: Literal["move_objective"]
    object: Identifier
    parent: Identifier | None


class ReweighObjective(Command):
    """Change the weight; null for none."""

    verb: Literal["reweigh_objective"]
    object: Identifier
    weight: Points | None


class ReclassifyObjective(Command):
    """Change code, level, classifications or offices."""

    verb: Literal["reclassify_objective"]
    object: Identifier
    code: Line | None = None
    level: Line | None = None
    classifications: dict[str, str] | None = None
    offices: tuple[Line, ...] | None = None


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
