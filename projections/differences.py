"""The differences between two points in the two times, typed: what was added, withdrawn, revised, easier or harder."""

from typing import Literal, NotRequired

from typing_extensions import TypedDict

from domain.facts import LIFE, PLAN
from domain.indicators import card
from domain.objectives import fields as objectives
from domain.plans.history import Direction
from domain.point import Point
from domain.targets.decide import target_of
from domain.targets.easing import easing
from domain.vocabulary import Identifier, JsonValue, Ordinal, Year, polarity_of
from projections.answers import Day, Instant, Name, Text
from projections.plan_in_force import Objects, objectives_in_force, objects, places_in_force
from projections.store.envelope import write_instant
from projections.store.reader import Reader
from projections.streams import find_plan

Type = Literal[
    "added", "withdrawn", "reinstated", "reworded", "moved", "reweighted", "reclassified", "redefined", "assigned",
    "unassigned", "target_set", "target_revised", "target_withdrawn", "neutralised", "condition_met", "plan_changed",
]  # fmt: skip
_OBJECTIVE_TYPES: dict[str, Type] = {
    **dict.fromkeys(objectives.CLASSIFICATION_FIELDS, "reclassified"),
    "title": "reworded",
    "parent": "moved",
    "weight": "reweighted",
    "condition_met": "condition_met",
}
_INDICATOR_TYPES: dict[str, Type] = {
    **dict.fromkeys(card.DEFINITION_FIELDS, "redefined"),
    **dict.fromkeys(card.CLASSIFICATION_FIELDS, "reclassified"),
    "name": "reworded",
}


class PointAnswer(TypedDict):
    """Un punto nei due tempi."""

    as_of: Day
    known_at: Instant | None


class Difference(TypedDict):
    """Una differenza, con il suo tipo, prima e dopo."""

    type: Type
    object: Text
    field: Name
    before: JsonValue
    after: JsonValue
    direction: NotRequired[Direction | None]
    year: NotRequired[Year]
    ordinal: NotRequired[Ordinal]


class Differences(TypedDict("_From", {"from": PointAnswer})):
    """Le differenze fra due punti."""

    plan: Identifier
    to: PointAnswer
    differences: list[Difference]


def differences(reader: Reader, plan: str, start: Point, end: Point) -> Differences:
    """What differs in a plan between two points; a point before the plan was drafted is an empty plan."""
    return {
        "plan": plan,
        "from": _point(start),
        "to": _point(end),
        "differences": between(_state_at(reader, plan, start), _state_at(reader, plan, end)),
    }


def between(before: Objects, after: Objects) -> list[Difference]:
    """What differs between two states of a plan."""
    listed: list[Difference] = []
    alive = objectives_in_force(before), objectives_in_force(after)
    places = places_in_force(before, alive[0]), places_in_force(after, alive[1])
    for field in sorted({f for state in (before, after) for f in state.by_key.get(PLAN, {})}):
        old, new = before.value(PLAN, field), after.value(PLAN, field)
        if old != new and before.by_key.get(PLAN):
            listed.append(_difference("plan_changed", "plan", field, old, new))
    for objective in dict.fromkeys([*before.of("objective"), *after.of("objective")]):
        key = f"objective/{objective}"
        was, now = objective in alive[0], objective in alive[1]
        listed += _object(before, after, key, was=was, now=now, types=_OBJECTIVE_TYPES)
    for indicator in dict.fromkeys([*before.of("indicator"), *after.of("indicator")]):
        key = f"indicator/{indicator}"
        was, now = indicator in places[0], indicator in places[1]
        listed += _object(before, after, key, was=was, now=now, types=_INDICATOR_TYPES)
        if was and now:
            listed += _places(before, after, indicator, places[0][indicator], places[1][indicator])
            listed += _targets(before, after, key)
    return listed


def _state_at(reader: Reader, plan: str, point: Point) -> Objects:
    latest = find_plan(reader, plan)
    known = reader.known(latest.stream, point.known_at)
    return objects(reader.state(latest.stream, point.as_of, known)) if known.version else Objects({})


def _point(point: Point) -> PointAnswer:
    known_at = write_instant(point.known_at) if point.known_at else None
    return {"as_of": point.as_of.isoformat(), "known_at": known_at}


def _object(
    before: Objects,
    after: Objects,
    key: str,
    *,
    was: bool,
    now: bool,
    types: dict[str, Type],
) -> list[Difference]:
    if was != now:
        returned = now and before.value(key, LIFE) is not None
        type_: Type = "reinstated" if returned else "added" if now else "withdrawn"
        name = (before if was else after).value(key, "title" if key.startswith("objective/") else "name")
        return [_difference(type_, key, LIFE, name if was else None, name if now else None)]
    if not now:
        return []
    listed: list[Difference] = []
    for field in sorted({*before.by_key[key], *after.by_key[key]}):
        old, new = before.value(key, field), after.value(key, field)
        what_field = types.get(field) or ("neutralised" if field.startswith("neutralised/") else None)
        if what_field is not None and old != new:
            listed.append(_difference(what_field, key, field, old, new))
    return listed


def _places(before: Objects, after: Objects, indicator: str, was: list[str], now: list[str]) -> list[Difference]:
    listed: list[Difference] = []
    for objective in dict.fromkeys([*was, *now]):
        key = f"assignment/{indicator}/{objective}"
        if objective not in was:
            listed.append(_difference("assigned", key, LIFE, None, objective))
        elif objective not in now:
            listed.append(_difference("unassigned", key, LIFE, objective, None))
        elif before.value(key, "weight") != after.value(key, "weight"):
            old, new = before.value(key, "weight"), after.value(key, "weight")
            listed.append(_difference("reweighted", key, "weight", old, new))
    return listed


def _targets(before: Objects, after: Objects, key: str) -> list[Difference]:
    listed: list[Difference] = []
    polarity = polarity_of(after.value(key, "polarity"))
    for field in sorted({f for state in (before, after) for f in state.by_key[key] if f.startswith("target/")}):
        old, new = before.value(key, field), after.value(key, field)
        if old == new:
            continue
        type_: Type = "target_set" if old is None else "target_withdrawn" if new is None else "target_revised"
        direction = easing(
            None if old is None else target_of(old),
            None if new is None else target_of(new),
            polarity,
        )
        _, year, ordinal = field.split("/")
        row = _difference(type_, key, field, old, new)
        row["direction"], row["year"], row["ordinal"] = direction, int(year), int(ordinal)
        listed.append(row)
    return listed


def _difference(type_: Type, key: str, field: str, before: JsonValue, after: JsonValue) -> Difference:
    return {"type": type_, "object": key, "field": field, "before": before, "after": after}
