"""What a document is compared with: the plan on a date with what was withdrawn, and what the document was exported from."""

from datetime import date, datetime, timedelta

from domain.administrations.offices import KnownOffices
from domain.documents.difference import CurrentPlan
from domain.documents.figures import SeriesFigures
from domain.documents.plan import IndicatorRow, ObjectiveRow, PlanDocument
from domain.documents.uploaded import Base
from domain.errors import DomainError
from domain.facts import LIFE
from domain.indicators.card import CARD_FIELDS
from domain.objectives.fields import OBJECTIVE_FIELDS
from domain.plans.succession import plan_before
from domain.point import Point, end_of_day
from domain.timelines import Entry
from projections.differences import bare_values
from projections.plan_in_force import PlanInForce, plan_in_force, target_row
from projections.store.reader import Reader
from projections.stored_objects import StoredObjects, objects
from projections.streams import PLANS, find_plan, plan_is_there, plan_stream

PARTS = ("objectives", "trees", "indicators", "measurements", "statuses")


def plan_to_compare(
    reader: Reader, plan: str, point: Point, base: PlanInForce | None = None, *, observed: bool = True
) -> CurrentPlan:
    """The plan at a point, and all that a comparison wants to know beside it; `observed`: whether figures and statuses too."""
    plan_known = find_plan(reader, plan, point.known_at)
    entries = reader.state(plan_known.stream, point.as_of, plan_known.known)
    state = objects(entries)
    in_force = plan_in_force(reader, plan, point)
    document = PlanDocument.model_validate(in_force)
    if base is not None and all(base.get(part) == in_force.get(part) for part in PARTS):
        base = None
    del in_force
    objectives, indicators = {row.id for row in document.objectives}, {row.id for row in document.indicators}
    return CurrentPlan(
        document=document,
        withdrawn_objectives={
            objective: _objective(state, objective)
            for objective in state.of("objective")
            if objective not in objectives
        },
        withdrawn_indicators={
            indicator: _indicator(state, indicator)
            for indicator in state.of("indicator")
            if indicator not in indicators and state.value(f"indicator/{indicator}", "name")
        },
        set_by={cell: entry.version for cell, entry in entries.items()},
        taken=frozenset(reader.objects(plan_known.stream)),
        base=PlanDocument.model_validate(base) if base is not None else None,
        bare_value=bare_values(reader, plan, point),
        figures=known_figures(reader, plan_known.administration_stream) if observed else {},
        reported=_reported(reader, plan_known.stream) if observed else {},
        knows_office=lambda name: KnownOffices(reader.timelines(plan_known.administration_stream)).id(name) is not None,
    )


def known_figures(reader: Reader, administration_stream: str) -> SeriesFigures:
    """All that is known of the series of an administration, at whatever date."""
    timelines = reader.timelines(administration_stream)
    return {
        (key.partition("/")[2], period): entries
        for key in timelines.objects("series/")
        for period, entries in timelines.fields(key).items()
    }


def _reported(reader: Reader, stream: str) -> dict[str, list[Entry]]:
    timelines = reader.timelines(stream)
    keys = [*timelines.objects("objective/"), *timelines.objects("indicator/")]
    return {key: entries for key in keys if (entries := timelines.entries(key, "status"))}


def _objective(state: StoredObjects, objective: str) -> ObjectiveRow:
    fields = {field: state.value(f"objective/{objective}", field) for field in OBJECTIVE_FIELDS}
    return ObjectiveRow.model_validate({"id": objective} | {f: v for f, v in fields.items() if v is not None})


def _indicator(state: StoredObjects, indicator: str) -> IndicatorRow:
    key = f"indicator/{indicator}"
    fields = {field: state.value(key, field) for field in (*CARD_FIELDS, "series")}
    places = [
        {"objective": pair.partition("/")[2], "weight": state.value(f"assignment/{pair}", "weight")}
        for pair in state.of("assignment")
        if pair.startswith(f"{indicator}/") and state.value(f"assignment/{pair}", LIFE)
    ]
    row = {
        "id": indicator,
        "assignments": places,
        "targets": [target_row(*target) for target in state.targets(indicator)],
    }
    return IndicatorRow.model_validate(row | {f: v for f, v in fields.items() if v is not None})


def exported_from(reader: Reader, plan: str, base: Base) -> PlanInForce | None:
    """The plan document that a file says it was exported from; None where this record has no such thing."""
    try:
        as_of, known_at = date.fromisoformat(base.as_of), _known_at(reader, plan, base)
        document = plan_in_force(reader, plan, Point(as_of, known_at))
    except (DomainError, ValueError, OverflowError):
        return None
    return document if base.version in (None, document.get("version")) else None


def _known_at(reader: Reader, plan: str, base: Base) -> datetime | None:
    if base.known_at is not None:
        text = base.known_at
        return end_of_day(date.fromisoformat(text)) if len(text) == 10 else datetime.fromisoformat(text)
    appends = reader.appends(plan_stream(plan))
    # All that was known until the plan went on.
    later = [recorded_at for first, _, recorded_at in appends if base.version is not None and first > base.version]
    return min(later) - timedelta(microseconds=1) if later else None


def document_before(reader: Reader, administration: str, first_year: int, as_of: date) -> PlanInForce | None:
    """The latest plan of an administration that began before a year; None where there is none."""
    documents: dict[str, PlanInForce] = {}
    for stream in reader.streams(PLANS):
        if not plan_is_there(reader, stream.removeprefix(PLANS)):
            continue
        known_plan = find_plan(reader, stream.removeprefix(PLANS))
        if known_plan.administration == administration:
            try:
                documents[known_plan.plan] = plan_in_force(reader, known_plan.plan, Point(as_of))
            except DomainError:
                continue
    first_years = {plan: document["plan"]["first_year"] for plan, document in documents.items()}
    before = plan_before(first_years, first_year)
    return documents[before] if before is not None else None
