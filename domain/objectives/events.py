"""The events of an objective, at whatever level of the plan's own tree."""

from domain.event import Event, SaysAbsence
from domain.vocabulary import Identifier, Line, Points, Year


class ObjectiveAdded(Event):
    """An objective entered the plan; its title or code may be missing in print."""

    topic = "objective-added"

    objective: Identifier
    level: Line
    code: Line | None = None
    title: Line | None = None
    parent: Identifier | None = None
    weight: Points | None = None
    classifications: dict[str, str] = {}
    offices: tuple[Line, ...] = ()
    condition: Line | None = None
    period: Line | None = None


class ObjectiveReworded(Event):
    """The title of an objective, that is the wording of its commitment, was changed."""

    topic = "objective-reworded"

    objective: Identifier
    title: Line


class ObjectiveMoved(SaysAbsence):
    """An objective was put under another parent (None: at the root)."""

    topic = "objective-moved"

    objective: Identifier
    parent: Identifier | None


class ObjectiveReweighted(SaysAbsence):
    """The weight of an objective among its siblings was changed."""

    topic = "objective-reweighted"

    objective: Identifier
    weight: Points | None


class ObjectiveReclassified(SaysAbsence):
    """Code, level, classifications or offices of an objective were changed: nothing that a score depends on."""

    topic = "objective-reclassified"

    objective: Identifier
    code: Line | None = None
    level: Line | None = None
    classifications: dict[str, str] | None = None
    offices: tuple[Line, ...] | None = None


class ObjectiveWithdrawn(Event):
    """An objective was dropped; what hangs from it is no longer in force either."""

    topic = "objective-withdrawn"

    objective: Identifier


class ObjectiveReinstated(Event):
    """A withdrawn objective was taken up again."""

    topic = "objective-reinstated"

    objective: Identifier


class ObjectiveMerged(Event):
    """An objective was merged into another, which goes on."""

    topic = "objective-merged"

    objective: Identifier
    into: Identifier


class ObjectiveNeutralised(Event):
    """An objective was taken out of the evaluation of a year, without being withdrawn."""

    topic = "objective-neutralised"

    objective: Identifier
    year: Year


class ObjectiveConditionMet(Event):
    """The trigger of a conditional objective was met: from here on it counts."""

    topic = "objective-condition-met"

    objective: Identifier
