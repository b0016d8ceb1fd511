"""Who set each value: for every field of a plan in force, the event that it comes from."""

from typing import Any

from domain.errors import NotFound
from domain.point import Point
from domain.recording import Recorded
from projections.audit import names_of, places_of
from projections.plan_in_force import objectives_in_force, objects, places_in_force
from projections.roles import role_of
from projections.store.reader import Reader
from projections.streams import find_plan


def blame(reader: Reader, plan: str, point: Point, wanted: str | None = None) -> dict[str, Any]:
    """Each field of each object in force, with its value, who set it, by which act, and both dates.

    `wanted` is an object (`indicator/ID`, `objective/ID`, `plan`) or the id of one.
    """
    found = find_plan(reader, plan, point.known_at)
    entries = reader.state(found.stream, point.as_of, found.known)
    state = objects(entries)
    alive = objectives_in_force(state)
    places = places_in_force(state, alive)
    names = names_of(reader, found)
    kept = {
        key: {field: entries[key, field] for field in fields}
        for key, fields in state.by_key.items()
        if _in_force(key, alive, places) and (wanted is None or wanted == key or wanted in key.split("/")[1:])
    }
    if wanted is not None and not kept:
        raise NotFound(
            f"{wanted[:120]} non è nel piano in vigore al {point.as_of:%d/%m/%Y}",
            accepted="l'id di un obiettivo o di un indicatore in vigore, oppure plan",
            where="object",
        )
    versions = {entry.version for fields in kept.values() for entry in fields.values()}
    records: dict[int, Recorded] = {r.version: r for r in reader.records(found.stream, versions)}
    places_in_log = places_of(reader, found.stream)
    return {
        "plan": plan,
        "as_of": point.as_of.isoformat(),
        "version": found.known.version,
        "fields": [
            {
                "object": key,
                "name": names.by_key.get(key),
                "field": field,
                "value": entry.value,
                "event": records[entry.version].event.topic,
                "version": entry.version,
                "position": places_in_log[entry.version][0],
                "hash": places_in_log[entry.version][1],
                "actor": records[entry.version].actor,
                "role": role_of(records[entry.version].actor),
                "act": records[entry.version].act,
                "cause": records[entry.version].cause,
                "effective_on": entry.effective_on.isoformat(),
                "recorded_at": records[entry.version].recorded_at.isoformat().replace("+00:00", "Z"),
            }
            for key, fields in kept.items()
            for field, entry in fields.items()
            if entry.value is not None
        ],
    }


def _in_force(key: str, alive: set[str], places: dict[str, list[str]]) -> bool:
    kind, _, rest = key.partition("/")
    match kind:
        case "objective":
            return rest in alive
        case "indicator":
            return rest in places
        case "assignment":
            indicator, _, objective = rest.partition("/")
            return objective in places.get(indicator, [])
        case _:
            return kind != "text"
