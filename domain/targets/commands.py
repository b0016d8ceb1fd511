"""The commands to a target; `object` is the id of its indicator, the text is read."""

from typing import Literal

from domain.command import Command
from domain.vocabulary import Frozen, Identifier, Line, Ordinal, Year


class TargetText(Frozen):
    """A target as the office writes it; `accept_unread` takes a text that cannot be read as it is."""

    year: Year
    ordinal: Ordinal = 1
    text: Line
    accept_unread: bool = False


class SetTarget(Command):
    """Set a target where there is none."""

    verb: Literal["set_target"]
    object: Identifier
    year: Year
    ordinal: Ordinal = 1
    target: Line
    accept_unread: bool = False


class ReviseTarget(Command):
    """Replace a target."""

    verb: Literal["revise_target"]
    object: Identifier
    year: Year
    ordinal: Ordinal = 1
    target: Line
    accept_unread: bool = False


class WithdrawTarget(Command):
    """Drop a target."""

    verb: Literal["withdraw_target"]
    object: Identifier
    year: Year
    ordinal: Ordinal = 1


class ResolveReference(Command):
    """Say the published value that a target refers to."""

    verb: Literal["resolve_reference"]
    object: Identifier
    year: Year
    ordinal: Ordinal = 1
    value: Line
