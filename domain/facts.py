"""Turns events into facts: what each event says of the value of which field of which object.

A fact is a point of a timeline: the effective date and the version come from the event's envelope. The function is
total and never raises on history; a value is JSON, so that it is stored as it is answered.
"""

from collections.abc import Mapping
from typing import NamedTuple, assert_never

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
from domain.catalogue import AnyEvent
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
from domain.oiv.events import (
    AnswerGiven,
    DocumentOpened,
    FlagAnswered,
    OpinionGiven,
    PackTaken,
    RemarkMade,
    ReportNotValidated,
    ReportValidated,
    RequestMade,
    SampleDrawn,
)
from domain.oiv.facts import oiv_facts
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
from domain.vocabulary import JsonValue

PLAN = "plan"
ADMINISTRATION = "administration"
LIFE = "life"
IN_FORCE = "in_force"
WITHDRAWN = "withdrawn"
MERGED_INTO = "merged_into:"


class Fact(NamedTuple):
    """The value of one field of one object; None says that from here on there is none, True that it is so."""

    object: str
    field: str
    value: JsonValue = True


def objective_key(objective: str) -> str:
    """The object under which an objective's facts stand."""
    return f"objective/{objective}"


def indicator_key(indicator: str) -> str:
    """The object under which an indicator's facts stand."""
    return f"indicator/{indicator}"


def assignment_key(indicator: str, objective: str) -> str:
    """The object under which the place of an indicator in an objective stands."""
    return f"assignment/{indicator}/{objective}"


def target_field(year: int, ordinal: int) -> str:
    """The field of an indicator that holds one of its targets."""
    return f"target/{year}/{ordinal}"


def series_key(series: str) -> str:
    """The object under which the measurements of a series stand; their field is the period."""
    return f"series/{series}"


def facts_of(event: Event) -> list[Fact]:
    """The facts that an event states, in a fixed order."""
    return _facts(event)  # type: ignore[arg-type]


def facts_in(topic: str, body: Mapping[str, JsonValue]) -> list[Fact] | None:
    """The facts of a stored body of today's shape, for the few topics of which nearly all events are; None for others.

    They are what `facts_of` says of the event that the body holds.
    """
    match topic:
        case TargetSet.topic | TargetRevised.topic | TargetReferenceResolved.topic:
            year, ordinal = body["year"], body.get("ordinal", 1)
            if isinstance(year, int) and isinstance(ordinal, int) and isinstance(body["target"], dict):
                return [Fact(indicator_key(str(body["indicator"])), target_field(year, ordinal), body["target"])]
        case MeasurementRecorded.topic | MeasurementRestated.topic:
            said = {name: value for name, value in body.items() if name not in {"series", "period", "before"}}
            return [Fact(series_key(str(body["series"])), str(body["period"]), said)]
        case _:
            pass
    return None


def _facts(event: AnyEvent) -> list[Fact]:
    match event:
        case PlanDrafted():
            body = event.model_dump(mode="json", exclude={"plan"})
            return [Fact(PLAN, field, value) for field, value in body.items() if value is not None]
        case PlanApproved() | YearApproved():
            return [Fact(PLAN, f"approved/{event.year}")]
        case YearClosed():
            return [Fact(PLAN, f"closed/{event.year}")]
        case PlanSucceeded():
            return [Fact(PLAN, "succeeded_by", event.by)]
        case MeasurementSystemAdopted():
            return [Fact(PLAN, f"system/{event.year}", event.system)]
        case ObjectiveAdded():
            key = objective_key(event.objective)
            body = event.model_dump(mode="json", exclude={"objective"})
            said = [Fact(key, field, value) for field, value in body.items() if value not in (None, [], {})]
            return [Fact(key, LIFE, IN_FORCE), *said]
        case ObjectiveReworded():
            return [Fact(objective_key(event.objective), "title", event.title)]
        case ObjectiveMoved():
            return [Fact(objective_key(event.objective), "parent", event.parent)]
        case ObjectiveReweighted():
            return [Fact(objective_key(event.objective), "weight", _points(event.weight))]
        case ObjectiveReclassified():
            body = event.model_dump(mode="json", exclude={"objective"}, exclude_unset=True)
            return [Fact(objective_key(event.objective), field, value) for field, value in body.items()]
        case ObjectiveWithdrawn():
            return [Fact(objective_key(event.objective), LIFE, WITHDRAWN)]
        case ObjectiveReinstated():
            return [Fact(objective_key(event.objective), LIFE, IN_FORCE)]
        case ObjectiveMerged():
            return [Fact(objective_key(event.objective), LIFE, MERGED_INTO + event.into)]
        case ObjectiveNeutralised():
            return [Fact(objective_key(event.objective), f"neutralised/{event.year}")]
        case ObjectiveConditionMet():
            return [Fact(objective_key(event.objective), "condition_met")]
        case IndicatorAdded():
            key = indicator_key(event.indicator)
            card = event.card.model_dump(mode="json", exclude_none=True)
            said = [Fact(key, field, value) for field, value in card.items()]
            return [Fact(key, LIFE, IN_FORCE), Fact(key, "series", event.series), *said]
        case IndicatorRedefined() | IndicatorReclassified():
            card = event.card.model_dump(mode="json", exclude_unset=True)
            return [Fact(indicator_key(event.indicator), field, value) for field, value in card.items()]
        case IndicatorAssigned():
            key = assignment_key(event.indicator, event.objective)
            return [
                Fact(key, LIFE, IN_FORCE),
                Fact(key, "weight", _points(event.weight)),
                Fact(key, "feeds", event.feeds),
            ]
        case IndicatorUnassigned():
            return [Fact(assignment_key(event.indicator, event.objective), LIFE, WITHDRAWN)]
        case IndicatorReweighted():
            return [Fact(assignment_key(event.indicator, event.objective), "weight", _points(event.weight))]
        case IndicatorWithdrawn():
            return [Fact(indicator_key(event.indicator), LIFE, WITHDRAWN)]
        case IndicatorReinstated():
            return [Fact(indicator_key(event.indicator), LIFE, IN_FORCE)]
        case TargetSet() | TargetRevised() | TargetReferenceResolved():
            field = target_field(event.year, event.ordinal)
            return [
                Fact(indicator_key(event.indicator), field, event.target.model_dump(mode="json", exclude_none=True))
            ]
        case TargetWithdrawn():
            return [Fact(indicator_key(event.indicator), target_field(event.year, event.ordinal), None)]
        case StatusReported():
            body = event.model_dump(mode="json", exclude={"subject", "id"}, exclude_none=True)
            return [Fact(f"{event.subject}/{event.id}", "status", body)]
        case FormulaConfirmed():
            body = event.model_dump(mode="json", exclude={"indicator"}, exclude_none=True)
            return [Fact(indicator_key(event.indicator), "confirmed_formula", body)]
        case ScoreOverridden():
            body = event.model_dump(mode="json", include={"calculated", "forced"}, exclude_none=True)
            return [Fact(f"{event.subject}/{event.id}", f"override/{event.year}", body)]
        case RoundOpened():
            body = event.model_dump(mode="json", exclude={"round"}, exclude_none=True)
            return [Fact(f"round/{event.round}", "opened", body)]
        case RoundClosed():
            return [Fact(f"round/{event.round}", "closed", event.closed_on.isoformat())]
        case EventsAnnulled():
            return []
        case TextRedacted():
            return [Fact(f"text/{digest}", "redacted") for digest in event.digests]
        case SigningKeyMade() | SigningKeyRotated():
            return [Fact("installation", "origin", event.origin), Fact("installation", "key", event.key)]
        case (
            OpinionGiven()
            | RemarkMade()
            | RequestMade()
            | AnswerGiven()
            | ReportValidated()
            | ReportNotValidated()
            | SampleDrawn()
            | FlagAnswered()
            | DocumentOpened()
            | PackTaken()
        ):
            return [Fact(*said) for said in oiv_facts(event)]
        case AdministrationRegistered():
            name = Fact(ADMINISTRATION, "name", event.name)
            return [name, Fact(ADMINISTRATION, "id", event.administration), *_ipa(event.ipa_code)]
        case AdministrationRenamed():
            return [Fact(ADMINISTRATION, "name", event.name), *_ipa(event.ipa_code)]
        case AdministrationSucceeded():
            return [
                Fact(ADMINISTRATION, "predecessors", list(event.predecessors)),
                Fact(ADMINISTRATION, "how", event.how),
            ]
        case OfficeRegistered() | OfficeRenamed():
            key = f"office/{event.office}"
            return [
                Fact(key, LIFE, IN_FORCE),
                Fact(key, "name", event.name),
                Fact(key, "aliases", list(event.aliases)),
            ]
        case OfficeClosed():
            return [Fact(f"office/{event.office}", LIFE, WITHDRAWN)]
        case ActRegistered():
            return [Fact(f"act/{event.act.id}", "act", event.act.model_dump(mode="json"))]
        case MeasurementRecorded() | MeasurementRestated():
            body = event.model_dump(mode="json", exclude={"series", "period", "before"}, exclude_none=True)
            return [Fact(series_key(event.series), event.period, body)]
        case _:
            assert_never(event)


def _points(weight: object) -> JsonValue:
    return None if weight is None else str(weight)


def _ipa(code: str | None) -> list[Fact]:
    return [] if code is None else [Fact(ADMINISTRATION, "ipa_code", code)]
