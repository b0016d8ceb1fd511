"""What of the record concerns a plan, or one of its objects."""

from collections.abc import Collection, Sequence

from domain.administrations.events import AdministrationSucceeded, AdministrationSystemAdopted, OfficeClosed
from domain.benchmarks.events import BenchmarkEvent
from domain.event import Event
from domain.facts import indicator_key, objective_key, series_key
from domain.indicators.series import is_called_after, is_of_plan
from domain.measurements.events import MeasurementRecorded, MeasurementRestated
from domain.recording import Recorded

_OF_OBJECTS = {"objective", "indicator", "assignment", "series"}


def concerning_plan(
    records: Sequence[Recorded], plan: str, series: Collection[str], acts: Collection[str | None], last_year: int
) -> list[Recorded]:
    """Of an administration's events, those that concern a plan: measurements of its series, acts, successions, closings.

    And the rules adopted for its years, up to the last, or for earlier ones, with their acts; and the annulments of any of
    these, with the annulments of those. `series` are those of its indicators, `acts` those that its events cite.
    """
    acts = {*acts, *(record.act for record in records if _are_rules(record.event, last_year))}
    concerning: list[Recorded] = []
    versions: set[int] = set()
    for record in records:
        annuls = not versions.isdisjoint(record.event.annulled_versions())
        if annuls or _are_rules(record.event, last_year) or _concerns_plan(record.event, plan, series, acts):
            concerning.append(record)
            versions.add(record.version)
    return concerning


def _are_rules(event: Event, last_year: int) -> bool:
    return isinstance(event, AdministrationSystemAdopted) and event.year <= last_year


def _concerns_plan(event: Event, plan: str, series: Collection[str], acts: Collection[str | None]) -> bool:
    match event:
        case MeasurementRecorded() | MeasurementRestated() | BenchmarkEvent():
            return event.series in series or is_of_plan(event.series, plan)
        case AdministrationSucceeded() | OfficeClosed():
            return True
        case _:
            return any(fact.object.removeprefix("act/") in acts for fact in event.facts())


def speaks_of(event: Event, id_: str) -> bool:
    """Whether an event says anything of an objective, an indicator or a series, or of what is assigned to it."""
    keys = (fact.object.split("/") for fact in event.facts())
    return any(id_ in ids for kind, *ids in keys if kind in _OF_OBJECTS)


def concerns_object(event: Event, id_: str) -> bool:
    """Whether an event speaks of an object, is said about it, goes into it, or measures the series called after it."""
    keys = {id_, objective_key(id_), indicator_key(id_), series_key(id_)}
    if speaks_of(event, id_) or getattr(event, "about", None) in keys or getattr(event, "into", None) == id_:
        return True
    objects = (fact.object for fact in event.facts())
    return any(key == id_ or (key.startswith("series/") and is_called_after(key, id_)) for key in objects)
