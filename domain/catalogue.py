"""Every event that a stream may hold, by its permanent topic. A topic that is not here is refused, never imported."""

from domain.administrations.events import (
    ActRegistered,
    AdministrationRegistered,
    AdministrationRenamed,
    AdministrationSucceeded,
    OfficeClosed,
    OfficeRegistered,
    OfficeRenamed,
)
from domain.annulments.events import EventsAnnulled
from domain.errors import UnknownRecord
from domain.event import Event
from domain.formulas.events import FormulaConfirmed
from domain.indicators.events import (
    IndicatorAdded,
    IndicatorAssigned,
    IndicatorReclassified,
    IndicatorRedefined,
    IndicatorReinstated,
    IndicatorReweighted,
    IndicatorUnassigned,
    IndicatorWithdrawn,
)
from domain.installation.events import SigningKeyMade, SigningKeyRotated
from domain.measurements.events import MeasurementRecorded, MeasurementRestated, StatusReported
from domain.objectives.events import (
    ObjectiveAdded,
    ObjectiveConditionMet,
    ObjectiveMerged,
    ObjectiveMoved,
    ObjectiveNeutralised,
    ObjectiveReclassified,
    ObjectiveReinstated,
    ObjectiveReweighted,
    ObjectiveReworded,
    ObjectiveWithdrawn,
)
from domain.oiv.events import OivEvent
from domain.plans.events import (
    MeasurementSystemAdopted,
    PlanApproved,
    PlanDrafted,
    PlanSucceeded,
    YearApproved,
    YearClosed,
)
from domain.redactions.events import TextRedacted
from domain.rounds.events import RoundClosed, RoundOpened
from domain.scoring.events import ScoreOverridden
from domain.targets.events import TargetReferenceResolved, TargetRevised, TargetSet, TargetWithdrawn

PlanEvent = (
    PlanDrafted
    | PlanApproved
    | YearApproved
    | YearClosed
    | PlanSucceeded
    | MeasurementSystemAdopted
    | ObjectiveAdded
    | ObjectiveReworded
    | ObjectiveMoved
    | ObjectiveReweighted
    | ObjectiveReclassified
    | ObjectiveWithdrawn
    | ObjectiveReinstated
    | ObjectiveMerged
    | ObjectiveNeutralised
    | ObjectiveConditionMet
    | IndicatorAdded
    | IndicatorRedefined
    | IndicatorReclassified
    | IndicatorAssigned
    | IndicatorUnassigned
    | IndicatorReweighted
    | IndicatorWithdrawn
    | IndicatorReinstated
    | TargetSet
    | TargetRevised
    | TargetWithdrawn
    | TargetReferenceResolved
    | StatusReported
    | FormulaConfirmed
    | ScoreOverridden
    | RoundOpened
    | RoundClosed
    | EventsAnnulled
    | TextRedacted
)
AdministrationEvent = (
    AdministrationRegistered
    | AdministrationRenamed
    | AdministrationSucceeded
    | OfficeRegistered
    | OfficeRenamed
    | OfficeClosed
    | ActRegistered
    | MeasurementRecorded
    | MeasurementRestated
)
InstallationEvent = SigningKeyMade | SigningKeyRotated
AnyEvent = PlanEvent | AdministrationEvent | OivEvent | InstallationEvent

TOPICS: dict[str, type[Event]] = {event.topic: event for event in AnyEvent.__args__}


def event_type(topic: str) -> type[Event]:
    """The class of the events under a topic; UnknownRecord when no such topic is known."""
    try:
        return TOPICS[topic]
    except KeyError:
        raise UnknownRecord(f"il tipo di evento {topic[:80]!r} non è noto a questa versione") from None
