"""The events of an indicator: its card, and the places in the tree that it serves."""

from typing import Literal

from domain.event import Event, SaysAbsence
from domain.vocabulary import Frozen, Identifier, Line, Points, Polarity

PolarityBasis = Literal["stated", "inferred", "unknown"]
Feeds = Literal["objective", "individual", "both"]


class Card(Frozen):
    """The card of an indicator. A field that is not set is not said; a field set to None is emptied."""

    name: Line | None = None
    formula: Line | None = None
    unit: Line | None = None
    polarity: Polarity | None = None
    polarity_basis: PolarityBasis | None = None
    source: Line | None = None
    kind: Line | None = None
    frequency: Line | None = None
    owner: Line | None = None
    baseline: Line | None = None
    code: Line | None = None
    codes: dict[str, str] | None = None
    common: bool | None = None
    name_from_formula: bool | None = None


class IndicatorAdded(Event):
    """An indicator entered the plan, with the series that its measurements go to."""

    topic = "indicator-added"

    indicator: Identifier
    series: Identifier
    card: Card


class IndicatorRedefined(SaysAbsence):
    """Fields of an indicator's card were changed: name, formula, unit, polarity, source, kind, frequency, baseline."""

    topic = "indicator-redefined"

    indicator: Identifier
    card: Card


class IndicatorReclassified(SaysAbsence):
    """Code, external codes or office of an indicator were changed: nothing that a score depends on."""

    topic = "indicator-reclassified"

    indicator: Identifier
    card: Card


class IndicatorAssigned(Event):
    """An indicator was put to the service of an objective, with a weight of its own there."""

    topic = "indicator-assigned"

    indicator: Identifier
    objective: Identifier
    weight: Points | None = None
    feeds: Feeds = "both"


class IndicatorUnassigned(Event):
    """An indicator no longer serves an objective."""

    topic = "indicator-unassigned"

    indicator: Identifier
    objective: Identifier


class IndicatorReweighted(SaysAbsence):
    """The weight of an indicator in one objective was changed."""

    topic = "indicator-reweighted"

    indicator: Identifier
    objective: Identifier
    weight: Points | None


class IndicatorWithdrawn(Event):
    """An indicator was dropped from the plan; its series and its measurements stay."""

    topic = "indicator-withdrawn"

    indicator: Identifier


class IndicatorReinstated(Event):
    """A withdrawn indicator was taken up again."""

    topic = "indicator-reinstated"

    indicator: Identifier
