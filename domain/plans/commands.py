"""The commands to a plan as a whole."""

from typing import Literal

from domain.command import Command
from domain.vocabulary import Identifier, JsonValue, Year


class ApprovePlan(Command):
    """Approve the drafted plan, and with it its first year."""

    verb: Literal["approve_plan"]


class ApproveYear(Command):
    """Approve a later year: the yearly update."""

    verb: Literal["approve_year"]
    year: Year


class CloseYear(Command):
    """Close a year whose report was approved and validated."""

    verb: Literal["close_year"]
    year: Year


class SucceedPlan(Command):
    """Say which plan takes the place of this one."""

    verb: Literal["succeed_plan"]
    by: Identifier


class AdoptSystem(Command):
    """Adopt the measurement system of a year."""

    verb: Literal["adopt_system"]
    year: Year
    system: dict[str, JsonValue]
