"""The commands to an indicator; `object` is its id."""

from typing import Annotated, Literal

from pydantic import Field

from domain.command import Command
from domain.indicators.card import (
    CARD_FIELDS,
    Card,
    CardClassification,
    CardDefinition,
    Common,
    IndicatorKind,
    NameFromFormula,
    StatedName,
)
from domain.indicators.feeds import PlaceFeeds
from domain.targets.commands import TargetText
from domain.vocabulary import Frozen, Identifier, NamedId, Points

IndicatorObject = Annotated[
    NamedId,
    Field(title="indicatore", description="L'indicatore: id, codice o nome.", examples=["incasso-diritto-annuale"]),
]
ServedObjective = Annotated[
    NamedId, Field(title="obiettivo", description="L'obiettivo che serve: id, codice o titolo.", examples=["s4"])
]
AssignmentWeight = Annotated[
    Points | None,
    Field(title="peso", description="Il peso nell'obiettivo, in punti; vuoto, se non ne ha.", examples=["40"]),
]
AssignmentFeeds = Annotated[
    PlaceFeeds,
    Field(
        title="punteggi in cui conta",
        description="I punteggi che alimenta: albero, produttività, entrambi, o quelli che il piano chiama altrimenti "
        "(dirigenti), separati da un punto e virgola.",
        examples=["objective"],
    ),
]


class CardCommand(Command):
    """A command that says fields of a card."""

    def card(self, **derived: object) -> Card:
        """The fields that this command says, as a card; `kind` is not among them, it is the claim of a command."""
        stated = {name: getattr(self, name) for name in CARD_FIELDS if name in self.model_fields_set - {"kind"}}
        return Card.model_validate(stated | derived)


class DefiningCommand(CardDefinition, CardCommand):
    """A command that says what an indicator measures, and how."""

    indicator_kind: IndicatorKind = None

    def card(self, **derived: object) -> Card:
        """The fields that this command says; a polarity that it says is stated, not inferred."""
        stated: dict[str, str | None] = {}
        if "indicator_kind" in self.model_fields_set:
            stated["kind"] = self.indicator_kind
        if "polarity" in self.model_fields_set:
            stated["polarity_basis"] = "stated" if self.polarity else "unknown"
        return super().card(**stated | derived)


class AddIndicator(CardClassification, DefiningCommand):
    """Add an indicator to an objective, with its card, its weight and its targets."""

    verb: Literal["add_indicator"]
    object: Identifier = Field(
        title="indicatore", description="L'identificativo del nuovo indicatore.", examples=["accessi-sportello"]
    )
    objective: ServedObjective
    name: StatedName
    series: Identifier | None = Field(
        None,
        title="serie",
        description="La serie dei suoi valori; una propria, se manca.",
        examples=["incasso-diritto-annuale"],
    )
    weight: AssignmentWeight = None
    feeds: AssignmentFeeds = "both"
    common: Common = None
    name_from_formula: NameFromFormula = None
    targets: tuple[TargetText, ...] = Field((), title="target", description="I target, anno per anno.")


class RedefineIndicator(DefiningCommand):
    """Change fields of the card; null empties one."""

    verb: Literal["redefine_indicator"]
    object: IndicatorObject


class ReclassifyIndicator(CardClassification, CardCommand):
    """Change code, external codes or the responsible office."""

    verb: Literal["reclassify_indicator"]
    object: IndicatorObject


class AssignIndicator(Command):
    """Put to the service of one more objective."""

    verb: Literal["assign_indicator"]
    object: IndicatorObject
    objective: ServedObjective
    weight: AssignmentWeight = None
    feeds: AssignmentFeeds = "both"


class UnassignIndicator(Command):
    """Take away from an objective."""

    verb: Literal["unassign_indicator"]
    object: IndicatorObject
    objective: ServedObjective


class ReweighIndicator(Command):
    """Change the weight in one objective (which may be left out when it serves only one)."""

    verb: Literal["reweigh_indicator"]
    object: IndicatorObject
    objective: NamedId | None = Field(
        None,
        title="obiettivo",
        description="L'obiettivo in cui pesa; si può tacere, se ne serve uno solo.",
        examples=["s4"],
    )
    weight: AssignmentWeight


class FeedIndicator(Command):
    """Change which scores it counts in, in one objective (which may be left out when it serves only one)."""

    verb: Literal["feed_indicator"]
    object: IndicatorObject
    objective: Identifier | None = Field(
        None,
        title="obiettivo",
        description="L'obiettivo in cui conta; si può tacere, se ne serve uno solo.",
        examples=["s4"],
    )
    feeds: AssignmentFeeds


class WithdrawIndicator(Command):
    """Drop from the plan."""

    verb: Literal["withdraw_indicator"]
    object: IndicatorObject


class ReinstateIndicator(Command):
    """Take up again what was withdrawn."""

    verb: Literal["reinstate_indicator"]
    object: IndicatorObject


PolarityWord = Literal["up", "down", "unknown"]
"""More is better, less is better, or the office does not know."""

Polarities = Annotated[
    dict[NamedId, PolarityWord],
    Field(
        title="polarità",
        description="La polarità degli indicatori di cui non si sapeva: più è meglio, meno è meglio, o non si sa, e "
        "non si chieda più.",
        examples=[{"tempo-medio": "down"}],
    ),
]


class StatePolarities(Frozen):
    """Degli indicatori di un piano, tutti insieme, se più è meglio o meno è meglio, dove non si sapeva."""

    polarities: Annotated[Polarities, Field(min_length=1, max_length=20_000)]
