"""What came before: the records of the bodies that an administration took the place of, and the plan before a plan."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from domain.administrations.decide import predecessors_of
from domain.errors import NotFound
from domain.plans.history import PlanHistory
from domain.plans.state import PlanState
from domain.plans.successive import Succession, stated_predecessor, succession
from domain.point import Point
from domain.scoring.inputs import AdministrationRecord
from domain.timelines import Timelines
from projections.plan_history import read_history
from projections.plans import may_be_followed
from projections.store.reader import Reader
from projections.streams import PLANS, PlanKnown, administration_stream, find_plan


def administration_record(reader: Reader, known: PlanKnown, known_at: datetime | None) -> AdministrationRecord:
    """The record of a plan's administration and of its predecessors, theirs too, as known at an instant."""
    owner = reader.timelines(known.administration_stream, known.administration_known.version)
    predecessors: list[Timelines] = []
    waiting, visited = [owner], set[str]()
    while waiting:
        for name in predecessors_of(waiting.pop()):
            stream = administration_stream(name)
            version = reader.known(stream, known_at).version
            if name not in visited and version:
                visited.add(name)
                timelines = reader.timelines(stream, version)
                predecessors.append(timelines)
                waiting.append(timelines)
    return AdministrationRecord(owner, tuple(predecessors))


def lineage(reader: Reader, administrations: Iterable[str], known_at: datetime | None = None) -> set[str]:
    """These bodies, and all those that they took the place of in turn, as known at an instant."""
    waiting, bodies = list(administrations), set[str]()
    while waiting:
        body = waiting.pop()
        if body not in bodies:
            bodies.add(body)
            stream = administration_stream(body)
            waiting += predecessors_of(reader.timelines(stream, reader.known(stream, known_at).version))
    return bodies


class PrecedingPlan(NamedTuple):
    """The plan before a plan, as known at a point, and what differs; `stated` says whether the plan names it itself."""

    known: PlanKnown
    stated: bool
    succession: Succession


def preceding_plan(
    reader: Reader, known: PlanKnown, history: PlanHistory, point: Point, before: str | None = None
) -> PrecedingPlan | None:
    """The plan that a plan follows: `before` if it is said, else the one that it names, else the one that it goes on from.

    A plan goes on from the latest of the earlier ones of its administration, or of the bodies whose place that took, of
    which it has an indicator: to name none, one that is not on record, or one of other indicators, hides nothing. None before the plan was
    drafted; NotFound for a `before` that is not there.
    """
    drafted_on = history.state(point.as_of).drafted_on
    if drafted_on is None or point.as_of < drafted_on:
        return None
    if before is not None:
        earlier = find_plan(reader, before, point.known_at)
        return _compared(reader, earlier, history, point, stated=before == stated_predecessor(history))
    stated = _stated_plan(reader, known, history, point)
    if stated is not None and stated.succession.related:
        return stated
    for earlier in _earlier_plans(reader, known, history, point):
        preceding = _compared(reader, earlier, history, point, stated=False)
        if preceding.succession.related:
            return preceding
    return stated


def _stated_plan(reader: Reader, known: PlanKnown, history: PlanHistory, point: Point) -> PrecedingPlan | None:
    """The plan that a plan names; None where it names none, or one that is not on record, or was not known then.

    Another administration's draft is as one that is not on record.
    """
    stated = stated_predecessor(history)
    if stated is None or stated == history.plan:
        return None
    if not may_be_followed(reader, stated, known.administration, point):
        return None
    try:
        return _compared(reader, find_plan(reader, stated, point.known_at), history, point, stated=True)
    except NotFound:
        return None


def _compared(reader: Reader, earlier: PlanKnown, history: PlanHistory, point: Point, *, stated: bool) -> PrecedingPlan:
    return PrecedingPlan(earlier, stated, succession(read_history(reader, earlier), history, point.as_of))


def _earlier_plans(reader: Reader, known: PlanKnown, history: PlanHistory, point: Point) -> list[PlanKnown]:
    """The approved plans of the administration, and of those whose place it took, that began before; the latest first."""
    own = _beginning(history.state(point.as_of))
    plans: list[tuple[tuple[int, date], PlanKnown]] = []
    for stream in reader.plans_of(lineage(reader, [known.administration], point.known_at)):
        version = reader.known(stream, point.known_at).version
        if not version or stream == known.stream:
            continue
        state = PlanState(reader.timelines(stream, version), point.as_of)
        if state.is_approved and (began := _beginning(state)) < own:
            plans.append((began, find_plan(reader, stream.removeprefix(PLANS), point.known_at)))
    return [plan for _, plan in sorted(plans, key=lambda begun: begun[0], reverse=True)]


def _beginning(state: PlanState) -> tuple[int, date]:
    """The first year of a plan, and the day on which it was drafted."""
    return state.first_year, state.drafted_on or date.max
