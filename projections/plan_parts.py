"""Parts of the plan in force, each with the point that it is seen from: all the rows of a kind, one row, its history."""

from collections.abc import Iterable
from typing import TypeVar

from domain.errors import NotFound
from domain.point import Point
from domain.vocabulary import ObjectKind
from projections.answers import ListedOfPlan, SeenOfPlan
from projections.history import History, history
from projections.plan_in_force import (
    Indicator,
    IndicatorInForce,
    Measurement,
    Objective,
    ObjectiveInForce,
    PlanInForce,
    ReportedStatus,
    plan_in_force,
)
from projections.store.reader import Reader

WORDS: dict[ObjectKind, str] = {"objective": "l'obiettivo", "indicator": "l'indicatore"}
ACCEPTED: dict[ObjectKind, str] = {
    "objective": "l'identificativo di un obiettivo in vigore a quella data",
    "indicator": "l'identificativo di un indicatore in vigore a quella data",
}
PartRow = TypeVar("PartRow", ObjectiveInForce, IndicatorInForce)


class ObjectiveList(ListedOfPlan):
    """Gli obiettivi in vigore."""

    objectives: list[Objective]


class ObjectiveAnswer(SeenOfPlan):
    """Un obiettivo in vigore."""

    objective: Objective


class IndicatorList(ListedOfPlan):
    """Gli indicatori in vigore."""

    indicators: list[Indicator]


class IndicatorAnswer(SeenOfPlan):
    """Un indicatore in vigore."""

    indicator: Indicator


class MeasurementList(ListedOfPlan):
    """I valori osservati."""

    measurements: list[Measurement]


class StatusList(ListedOfPlan):
    """Gli stati riferiti."""

    statuses: list[ReportedStatus]


def objectives(reader: Reader, plan: str, point: Point) -> ObjectiveList:
    """The objectives in force, of every level."""
    document = plan_in_force(reader, plan, point)
    return {**_seen(plan, document), "objectives": document["objectives"]}


def objective(reader: Reader, plan: str, point: Point, id_: str) -> ObjectiveAnswer:
    """One objective; NotFound when it is not in force at the point."""
    document = plan_in_force(reader, plan, point)
    return {**_seen(plan, document), "objective": part_by_id(document["objectives"], id_, point, "objective")}


def indicators(reader: Reader, plan: str, point: Point) -> IndicatorList:
    """The indicators in force, each with its card, its places and its targets."""
    document = plan_in_force(reader, plan, point)
    return {**_seen(plan, document), "indicators": document["indicators"]}


def indicator(reader: Reader, plan: str, point: Point, id_: str) -> IndicatorAnswer:
    """One indicator; NotFound when it is not in force at the point."""
    document = plan_in_force(reader, plan, point)
    return {**_seen(plan, document), "indicator": part_by_id(document["indicators"], id_, point, "indicator")}


def measurements(reader: Reader, plan: str, point: Point) -> MeasurementList:
    """The observed values of the series of the plan."""
    document = plan_in_force(reader, plan, point)
    return {**_seen(plan, document), "measurements": document["measurements"]}


def statuses(reader: Reader, plan: str, point: Point) -> StatusList:
    """The latest status reported of each objective and indicator in force."""
    document = plan_in_force(reader, plan, point)
    return {**_seen(plan, document), "statuses": document["statuses"]}


def objective_history(reader: Reader, plan: str, point: Point, name: str, *, drafting: bool = True) -> History:
    """The history of an objective; NotFound when the name means something else."""
    return _history(reader, plan, point, name, "objective", drafting=drafting)


def indicator_history(reader: Reader, plan: str, point: Point, name: str, *, drafting: bool = True) -> History:
    """The history of an indicator; NotFound when the name means something else."""
    return _history(reader, plan, point, name, "indicator", drafting=drafting)


def _history(reader: Reader, plan: str, point: Point, name: str, kind: ObjectKind, *, drafting: bool) -> History:
    answer = history(reader, plan, name, point, drafting=drafting)
    if answer["object"].partition("/")[0] != kind:
        raise NotFound(f"{name[:120]!r} non è {WORDS[kind]} di questo piano", accepted=ACCEPTED[kind], where=kind)
    return answer


def part_by_id(rows: Iterable[PartRow], id_: str, point: Point, kind: ObjectKind) -> PartRow:
    """The row of an id; NotFound where it is not among those in force."""
    for row in rows:
        if row["id"] == id_:
            return row
    problem = f"{WORDS[kind]} {id_[:120]!r} non è in vigore al {point.as_of:%d/%m/%Y}"
    raise NotFound(problem, accepted=ACCEPTED[kind], where=kind)


def _seen(plan: str, document: PlanInForce) -> SeenOfPlan:
    return {
        "plan": plan,
        "as_of": document["as_of"],
        "known_at": document.get("known_at"),
        "version": document["version"],
    }
