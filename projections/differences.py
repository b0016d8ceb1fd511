"""The differences between two points in the two times, typed: what was added, withdrawn, revised, easier or harder."""

from collections.abc import Callable
from functools import partial
from typing import NotRequired

from typing_extensions import TypedDict

from domain.plans.differences import DifferenceType, StateDifference, between
from domain.plans.history import Direction
from domain.plans.objects import Objects
from domain.point import Point
from domain.systems.decide import BareValues, adopted_systems, bare_value_of
from domain.vocabulary import Identifier, JsonValue, Ordinal, Year
from projections.answers import Day, Instant, Name, Text
from projections.store.envelope import write_instant
from projections.store.reader import Reader
from projections.stored_objects import objects
from projections.streams import find_plan, unknown_plan


class PointAnswer(TypedDict):
    """Un punto nei due tempi."""

    as_of: Day
    known_at: Instant | None


class Difference(TypedDict):
    """Una differenza, con il suo tipo, prima e dopo."""

    type: DifferenceType
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


def differences(
    reader: Reader, plan: str, start: Point, end: Point, sees: Callable[[Point], bool] = lambda _: True
) -> Differences:
    """What differs in a plan between two points; a point before the plan was drafted is an empty plan.

    `sees`: whether whoever asks may read it at a point; where not, it is an empty plan as well. NotFound where it may
    be read at neither.
    """
    if not (sees(start) or sees(end)):
        raise unknown_plan(plan)
    before, after = (_state_at(reader, plan, point) if sees(point) else Objects({}) for point in (start, end))
    bare_value = bare_values(reader, plan, end)
    return {
        "plan": plan,
        "from": _point(start),
        "to": _point(end),
        "differences": [difference_answer(difference) for difference in between(before, after, bare_value)],
    }


def bare_values(reader: Reader, plan: str, point: Point) -> BareValues:
    """What the rules of each year say of a bare value, as known at a point."""
    known = find_plan(reader, plan)
    version = reader.known(known.stream, point.known_at).version
    owned = reader.known(known.administration_stream, point.known_at).version
    systems = adopted_systems(reader.timelines(known.administration_stream, owned))
    return partial(bare_value_of, systems, reader.timelines(known.stream, version))


def _state_at(reader: Reader, plan: str, point: Point) -> Objects:
    latest = find_plan(reader, plan)
    known = reader.known(latest.stream, point.known_at)
    return objects(reader.state(latest.stream, point.as_of, known)) if known.version else Objects({})


def _point(point: Point) -> PointAnswer:
    known_at = write_instant(point.known_at) if point.known_at else None
    return {"as_of": point.as_of.isoformat(), "known_at": known_at}


def difference_answer(difference: StateDifference) -> Difference:
    """A difference as an answer gives it: that of a target with its direction, whether or not it has one."""
    answer: Difference = {
        "type": difference.type,
        "object": difference.object,
        "field": difference.field,
        "before": difference.before,
        "after": difference.after,
    }
    if difference.year is not None and difference.ordinal is not None:
        answer["direction"], answer["year"], answer["ordinal"] = (
            difference.direction,
            difference.year,
            difference.ordinal,
        )
    return answer
