"""Who set each value: for every field of a plan in force, the event that it comes from."""

from typing_extensions import TypedDict

from domain.errors import NotFound
from domain.facts import PLAN
from domain.point import Point
from domain.recording import Recorded
from domain.vocabulary import Cause, Identifier, JsonValue
from projections.answers import Day, Instant, Name, OfPlan, Text, Version
from projections.audit import names_of, places_of
from projections.history import object_key
from projections.roles import role_of
from projections.store.envelope import write_instant
from projections.store.reader import Reader
from projections.stored_objects import objects
from projections.streams import find_plan


class _Event(TypedDict):
    """The event that a value comes from."""

    event: Name
    version: Version
    actor: Name
    role: Name
    act: Identifier | None
    cause: Cause | None
    effective_on: Day
    recorded_at: Instant


class BlameRow(_Event):
    """Chi ha fissato un valore, quando, con quale atto."""

    object: Text
    name: Text | None
    field: Name
    value: JsonValue
    position: Version
    hash: Name


class Blame(OfPlan):
    """Per ogni valore in vigore, l'evento da cui viene."""

    fields: list[BlameRow]


def blame(reader: Reader, plan: str, point: Point, object_: str | None = None) -> Blame:
    """Each field of each object in force, with its value, who set it, by which act, and both dates.

    `object_` is `plan`, or an objective or indicator by its id, code or name.
    """
    known_plan = find_plan(reader, plan, point.known_at)
    if object_ is not None and object_ != PLAN:
        object_ = object_key(reader, known_plan, object_).partition("/")[2]
    entries = reader.state(known_plan.stream, point.as_of, known_plan.known)
    state = objects(entries)
    alive = state.objectives_in_force()
    places = state.places_in_force(alive)
    names = names_of(reader, known_plan)
    entries_by_object = {
        key: {field: entries[key, field] for field in fields}
        for key, fields in state.by_key.items()
        if _in_force(key, alive, places) and (object_ is None or object_ == key or object_ in key.split("/")[1:])
    }
    if object_ is not None and not entries_by_object:
        raise NotFound(
            f"{object_[:120]} non è nel piano in vigore al {point.as_of:%d/%m/%Y}",
            accepted="un obiettivo o un indicatore in vigore a quella data",
            where="object",
        )
    versions = {entry.version for fields in entries_by_object.values() for entry in fields.values()}
    # Many fields come from one event: what is said of it is said once.
    events = {record.version: _event(record) for record in reader.records(known_plan.stream, versions)}
    places_in_log = places_of(reader, known_plan.stream)
    return {
        "plan": plan,
        "as_of": point.as_of.isoformat(),
        "version": known_plan.known.version,
        "fields": [
            {
                "object": key,
                "name": names.by_key.get(key),
                "field": field,
                "value": entry.value,
                "position": places_in_log[entry.version][0],
                "hash": places_in_log[entry.version][1],
                **events[entry.version],
            }
            for key, fields in entries_by_object.items()
            for field, entry in fields.items()
            if entry.value is not None
        ],
    }


def _event(record: Recorded) -> _Event:
    return {
        "event": record.event.topic,
        "version": record.version,
        "actor": record.actor,
        "role": role_of(record.actor),
        "act": record.act,
        "cause": record.cause,
        "effective_on": record.effective_on.isoformat(),
        "recorded_at": write_instant(record.recorded_at),
    }


def _in_force(key: str, alive: set[str], places: dict[str, list[str]]) -> bool:
    kind, _, id_ = key.partition("/")
    match kind:
        case "objective":
            return id_ in alive
        case "indicator":
            return id_ in places
        case "assignment":
            indicator, _, objective = id_.partition("/")
            return objective in places.get(indicator, [])
        case _:
            return kind != "text"
