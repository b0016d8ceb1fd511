"""The events of a target: of one indicator, one year, one ordinal within the cell."""

from domain.event import Event
from domain.targets.model import Target
from domain.vocabulary import Identifier, Ordinal, Year


class TargetSet(Event):
    """A target was set where there was none."""

    topic = "target-set"

    indicator: Identifier
    year: Year
    ordinal: Ordinal = 1
    target: Target


class TargetRevised(Event):
    """A target was replaced. `before` is what was in force, as known then: evidence, never the source of an answer."""

    topic = "target-revised"

    indicator: Identifier
    year: Year
    ordinal: Ordinal = 1
    before: Target
    target: Target


class TargetWithdrawn(Event):
    """A target was dropped without another in its place."""

    topic = "target-withdrawn"

    indicator: Identifier
    year: Year
    ordinal: Ordinal = 1
    before: Target


class TargetReferenceResolved(Event):
    """The outside value that a target refers to ("the national mean") was published."""

    topic = "target-reference-resolved"

    indicator: Identifier
    year: Year
    ordinal: Ordinal = 1
    target: Target
