"""What differs between two states of a plan, typed: added, withdrawn, revised, and whether a target got easier."""

from collections.abc import Callable, Iterable, Iterator
from typing import Literal, NamedTuple

from domain.facts import IN_FORCE, LIFE, PLAN
from domain.indicators import card
from domain.objectives import fields as objectives
from domain.plans.history import Direction
from domain.plans.objects import Objects
from domain.systems.decide import BareValues
from domain.targets.decide import target_of
from domain.targets.easing import easing
from domain.trees.fields import NODE_HEADING
from domain.vocabulary import JsonValue, polarity_of

DifferenceType = Literal[
    "added", "withdrawn", "reinstated", "reworded", "moved", "reweighted", "fed", "reclassified", "redefined", "assigned",
    "unassigned", "target_set", "target_revised", "target_withdrawn", "neutralised", "condition_met",
    "condition_failed", "plan_changed",
]  # fmt: skip
_OBJECTIVE_TYPES: dict[str, DifferenceType] = {
    **dict.fromkeys(objectives.CLASSIFICATION_FIELDS, "reclassified"),
    **dict.fromkeys(objectives.DEFINITION_FIELDS, "redefined"),
    "title": "reworded",
    "parent": "moved",
    "weight": "reweighted",
    "condition_met": "condition_met",
}
_INDICATOR_TYPES: dict[str, DifferenceType] = {
    **dict.fromkeys(card.DEFINITION_FIELDS, "redefined"),
    **dict.fromkeys(card.CLASSIFICATION_FIELDS, "reclassified"),
    "name": "reworded",
}
_PLACE_TYPES: dict[str, DifferenceType] = {"weight": "reweighted", "feeds": "fed"}

_NODE_TYPES: dict[str, DifferenceType] = {
    **dict.fromkeys(NODE_HEADING, "reclassified"),
    "parent": "moved",
    "weight": "reweighted",
}


class StateDifference(NamedTuple):
    """One difference: of a field of an object, before and after; direction, year and ordinal where it is of a target."""

    type: DifferenceType
    object: str
    field: str
    before: JsonValue
    after: JsonValue
    direction: Direction | None = None
    year: int | None = None
    ordinal: int | None = None


def between(before: Objects, after: Objects, bare_value: BareValues) -> list[StateDifference]:
    """What differs between two states of a plan; `bare_value` is what the rules of each year say of one."""
    listed: list[StateDifference] = []
    alive = before.objectives_in_force(), after.objectives_in_force()
    places = before.places_in_force(alive[0]), after.places_in_force(alive[1])
    for field in sorted({f for state in (before, after) for f in state.by_key.get(PLAN, {})}):
        old, new = before.value(PLAN, field), after.value(PLAN, field)
        if old != new and before.by_key.get(PLAN):
            listed.append(StateDifference("plan_changed", "plan", field, old, new))
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
            listed += _targets(before, after, key, bare_value)
    for node in dict.fromkeys([*before.of("tree"), *after.of("tree")]):
        key = f"tree/{node}"
        was, now = (state.value(key, LIFE) == IN_FORCE for state in (before, after))
        listed += _object(before, after, key, was=was, now=now, types=_NODE_TYPES)
    return listed


class PutBack(NamedTuple):
    """A field that says at both points what it said, and said something else in between; its value at both.

    Of what is in force at neither point and was in between, the field is its life.
    """

    object: str
    field: str
    value: JsonValue


def put_back(
    before: Objects, after: Objects, between_them: Callable[[str, str], Iterable[JsonValue]]
) -> Iterator[PutBack]:
    """What acts changed between two states and changed back: no difference says a word of it.

    `between_them` gives the values that a field came to have from the one state to the other.
    """
    states = (before, after)
    alive = [state.objectives_in_force() for state in states]
    places = [state.places_in_force(of) for state, of in zip(states, alive, strict=True)]

    def stands(key: str) -> tuple[bool, bool]:
        kind, _, id_ = key.partition("/")
        if kind == "assignment":
            indicator, _, objective = id_.partition("/")
            was, now = (objective in of.get(indicator, ()) for of in places)
            return was, now
        was, now = (id_ in of for of in (alive if kind == "objective" else places))
        return was, now

    for key in dict.fromkeys([*before.by_key, *after.by_key]):
        kind = key.partition("/")[0]
        if kind not in {PLAN, "objective", "indicator", "assignment"}:
            continue
        in_force = stands(key) if kind != PLAN else (True, True)
        if kind == "assignment" and not all(stands(f"indicator/{key.split('/')[1]}")):
            continue
        if not any(in_force):
            if IN_FORCE in between_them(key, LIFE):
                yield PutBack(key, LIFE, None)
        elif all(in_force):
            for field in sorted({*before.by_key.get(key, {}), *after.by_key.get(key, {})}):
                value = before.value(key, field)
                if (
                    is_compared(key, field)
                    and value == after.value(key, field)
                    and any(each != value for each in between_them(key, field))
                ):
                    yield PutBack(key, field, value)


def is_compared(key: str, field: str) -> bool:
    """Whether a field of an object is one that two states are compared by."""
    kind, of = key.partition("/")[0], field.partition("/")[0]
    match kind:
        case "plan":
            return True
        case "objective":
            return field == LIFE or field in _OBJECTIVE_TYPES or of == "neutralised"
        case "indicator":
            return field == LIFE or field in _INDICATOR_TYPES or of in {"neutralised", "target"}
        case _:
            return field == LIFE or field in _PLACE_TYPES


def _object(
    before: Objects,
    after: Objects,
    key: str,
    *,
    was: bool,
    now: bool,
    types: dict[str, DifferenceType],
) -> list[StateDifference]:
    if was != now:
        returned = now and before.value(key, LIFE) is not None
        what: DifferenceType = "reinstated" if returned else "added" if now else "withdrawn"
        name = (before if was else after).value(key, "name" if key.startswith("indicator/") else "title")
        return [StateDifference(what, key, LIFE, name if was else None, name if now else None)]
    if not now:
        return []
    listed: list[StateDifference] = []
    for field in sorted({*before.by_key[key], *after.by_key[key]}):
        old, new = before.value(key, field), after.value(key, field)
        what_field = types.get(field) or ("neutralised" if field.startswith("neutralised/") else None)
        if what_field == "condition_met" and new is False:
            what_field = "condition_failed"
        if what_field is not None and old != new:
            listed.append(StateDifference(what_field, key, field, old, new))
    return listed


def _places(before: Objects, after: Objects, indicator: str, was: list[str], now: list[str]) -> list[StateDifference]:
    listed: list[StateDifference] = []
    for objective in dict.fromkeys([*was, *now]):
        key = f"assignment/{indicator}/{objective}"
        if objective not in was:
            listed.append(StateDifference("assigned", key, LIFE, None, objective))
        elif objective not in now:
            listed.append(StateDifference("unassigned", key, LIFE, objective, None))
        else:
            for field, what in _PLACE_TYPES.items():
                old, new = before.value(key, field), after.value(key, field)
                if old != new:
                    listed.append(StateDifference(what, key, field, old, new))
    return listed


def _targets(before: Objects, after: Objects, key: str, bare_value: BareValues) -> list[StateDifference]:
    listed: list[StateDifference] = []
    polarity = polarity_of(after.value(key, "polarity"))
    for field in sorted({f for state in (before, after) for f in state.by_key[key] if f.startswith("target/")}):
        old, new = before.value(key, field), after.value(key, field)
        if old == new:
            continue
        what: DifferenceType = "target_set" if old is None else "target_withdrawn" if new is None else "target_revised"
        _, year, ordinal = field.split("/")
        way = easing(
            None if old is None else target_of(old),
            None if new is None else target_of(new),
            polarity,
            bare_value(int(year)),
        )
        listed.append(StateDifference(what, key, field, old, new, way, int(year), int(ordinal)))
    return listed
