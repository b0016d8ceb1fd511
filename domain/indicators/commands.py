"""The commands to an indicator; `object` is its id."""

from typing import Annotated, Literal

from pydantic import Field

from domain.command import Command
from domain.indicators.events import Card, Feeds
from domain.targets.commands import TargetText
from domain.vocabulary import Identifier, Line, Points, Polarity


class _CardFields(Command):
    name: Line | None = None
    formula: Line | None = None
    unit: Line | None = None
    polarity: Polarity | None = None
    source: Line | None = None
    frequency: Line | None = None
    baseline: Line | None = None
    indicator_kind: Annotated[
        Line | None, Field(description="what the document prints as kind: efficacia, impatto")
    ] = None

    def card(self, **more: object) -> Card:
        """The fields that this command says, as a card."""
        said = {name: getattr(self, name) for name in _SAID & self.model_fields_set}
        if "indicator_kind" in self.model_fields_set:
            said["kind"] = self.indicator_kind
        if "polarity" in said:
            said["polarity_basis"] = "stated" if said["polarity"] else "unknown"
        return Card.model_validate(said | more)


_SAID = {"name", "formula", "unit", "polarity", "source", "frequency", "baseline"}


class AddIndicator(_CardFields):
    """Add an indicator to an objective, with its card, its weight and its targets."""

    verb: Literal["add_indicator"]
    object: Identifier
    objective: Identifier
    name: Line
    series: Identifier | None = None
    weight: Points | None = None
    feeds: Feeds = "both"
    owner: Line | None = None
    code: Line | None = None
    codes: dict[str, str] | None = None
    common: bool | None = None
    name_from_formula: bool | None = None
    targets: tuple[TargetText, ...] = ()


class RedefineIndicator(_CardFields):
    """Change fields of the card; null empties one."""

    verb: Literal["redefine_indicator"]
    object: Identifier


class ReclassifyIndicator(Command):
    """Change code, external codes or the responsible office."""

    verb: Literal["reclassify_indicator"]
    object: Identifier
    code: Line | None = None
    codes: dict[str, str] | None = None
    owner: Line | None = None


class AssignIndicator(Command):
    """Put to the service of one more objective."""

    verb: Literal["assign_indicator"]
    object: Identifier
    objective: Identifier
    weight: Points | None = None
    feeds: Feeds = "both"


class UnassignIndicator(Command):
    """Take away from an objective."""

    verb: Literal["unassign_indicator"]
    object: Identifier
    objective: Identifier


class ReweighIndicator(Command):
    """Change the weight in one objective (which may be left out when it serves only one)."""

    verb: Literal["reweigh_indicator"]
    object: Identifier
    objective: Identifier | None = None
    weight: Points | None


class WithdrawIndicator(Command):
    """Drop from the plan."""

    verb: Literal["withdraw_indicator"]
    object: Identifier


class ReinstateIndicator(Command):
    """Take up again what was withdrawn."""

    verb: Literal["reinstate_indicator"]
    object: Identifier
