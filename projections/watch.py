"""What is to be completed in a plan: the indicators never measured, without target, office, polarity, terms; the objectives."""

from collections.abc import Collection, Iterable
from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from domain.administrations.offices import KnownOffices
from domain.documents.plan import PlanDocument
from domain.documents.undirected import undirected
from domain.facts import indicator_key, objective_key
from domain.indicators.series import series_of
from domain.measurements.checks import responsible_offices
from domain.names import Names
from domain.oiv.lacking import (
    LACK_WORDS,
    IndicatorLack,
    Lack,
    ObjectiveLack,
    lacking_indicators,
    lacking_objectives,
    structure_of,
)
from domain.oiv.year_record import NeverMeasured, YearRecord
from domain.plans.decide import require_plan_year
from domain.plans.history import PlanHistory
from domain.plans.object_names import names_in
from domain.point import Point
from domain.vocabulary import Identifier, Year
from projections.answers import Count, OfPlan, Text
from projections.flags import Cited, cited
from projections.plan_history import read_history
from projections.plan_in_force import PlanInForce, plan_in_force
from projections.store.reader import Reader
from projections.streams import PlanKnown, find_plan


class NeverMeasuredRow(TypedDict):
    """Un indicatore mai misurato; `said` è ciò che fu registrato al posto di un valore."""

    indicator: Identifier
    name: Text
    said: Text | None
    events: list[Cited]


class WatchedIndicator(TypedDict):
    """Un indicatore a cui manca qualcosa; `said` è ciò che fu registrato al posto di un valore."""

    indicator: Identifier
    name: Text
    objectives: list[Identifier]
    offices: list[Text]
    lacks: list[IndicatorLack]
    said: Text | None


class WatchedObjective(TypedDict):
    """Un obiettivo a cui mancano gli indicatori, o un ufficio."""

    objective: Identifier
    name: Text
    lacks: list[ObjectiveLack]


class PlanWatch(OfPlan):
    """Che cosa va completato in un piano, per poter dire com'è andato un anno."""

    year: Year
    counts: Annotated[
        dict[Lack, Count], Field(description="Quanti, per ciò che manca: anche ciò che non si è chiesto.")
    ]
    indicators: list[WatchedIndicator]
    objectives: list[WatchedObjective]


def plan_watch(reader: Reader, plan: str, year: int, point: Point, lack: Lack | None = None) -> PlanWatch:
    """What is to be completed for a year; only what lacks one thing, where it is said. OutsidePlan beyond the plan's years."""
    known = find_plan(reader, plan, point.known_at)
    document = plan_in_force(reader, plan, point)
    return watch_of(reader, known, read_history(reader, known), document, year, point, lack)


def watch_of(
    reader: Reader,
    known: PlanKnown,
    history: PlanHistory,
    document: PlanInForce,
    year: int,
    point: Point,
    lack: Lack | None = None,
) -> PlanWatch:
    """The same, of a plan that is read already."""
    require_plan_year(history.state(point.as_of), year)
    record = _record(reader, known, history, year, point)
    names = names_in(history.timelines)
    state, owner = structure_of(record), known.administration_known.version
    offices = KnownOffices(reader.timelines(known.administration_stream, owner))
    unsaid = {row.indicator for row in undirected(PlanDocument.model_validate(document))}
    said = {row.indicator: row.recorded for row in record.never_measured()}
    indicators, objectives = lacking_indicators(record, unsaid), lacking_objectives(record)
    return {
        "plan": known.plan,
        "as_of": point.as_of.isoformat(),
        "version": history.version,
        "year": year,
        "counts": _counts([*indicators.values(), *objectives.values()]),
        "indicators": [
            {
                "indicator": indicator,
                "name": names.by_key.get(indicator_key(indicator)) or indicator,
                "objectives": state.serves(indicator),
                "offices": list(offices.names(responsible_offices(state, indicator))),
                "lacks": lacks,
                "said": said.get(indicator),
            }
            for indicator, lacks in indicators.items()
            if lack is None or lack in lacks
        ],
        "objectives": [
            {
                "objective": objective,
                "name": names.by_key.get(objective_key(objective)) or objective,
                "lacks": of_objective,
            }
            for objective, of_objective in objectives.items()
            if lack is None or lack in of_objective
        ],
    }


def never_measured_rows(rows: Iterable[NeverMeasured], names: Names) -> list[NeverMeasuredRow]:
    """The indicators that were never measured, with the events of their targets, as the evidence tells them."""
    return [
        {
            "indicator": row.indicator,
            "name": names.indicator(row.indicator),
            "said": row.recorded,
            "events": [cited("plan", row.target_version)] if row.target_version is not None else [],
        }
        for row in rows
    ]


def _record(reader: Reader, known: PlanKnown, history: PlanHistory, year: int, point: Point) -> YearRecord:
    version = known.administration_known.version
    owned = reader.records(known.administration_stream, upto=version)
    annulled = reader.annulled(known.administration_stream, version)
    counting = [record for record in owned if record.version not in annulled]
    return YearRecord(history, counting, owned, series_of(history.timelines), year, point.as_of)


def _counts(lacking: Iterable[Collection[Lack]]) -> dict[Lack, int]:
    found = [each for lacks in lacking for each in lacks]
    return {lack: found.count(lack) for lack in LACK_WORDS if lack in found}
