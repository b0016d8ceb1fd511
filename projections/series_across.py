"""A series in the other plans of its administration: what those before and after say of the same indicator."""

from collections.abc import Callable
from typing import NamedTuple

from domain.facts import PLAN, indicator_key
from domain.point import Point
from projections.plan_in_force import TargetInForce, target_row
from projections.predecessors import lineage
from projections.store.facts import CellFilter
from projections.store.reader import Reader
from projections.stored_objects import objects
from projections.streams import PLANS, PlanKnown


class SeriesInPlan(NamedTuple):
    """An indicator of another plan that measures a series, with its targets in force on the date."""

    plan: str
    title: str
    first_year: int
    last_year: int
    indicator: str
    name: str
    targets: list[TargetInForce]


def series_in_other_plans(
    reader: Reader, known: PlanKnown, series: str, point: Point, may_read: Callable[[str, Point], bool]
) -> list[SeriesInPlan]:
    """The plans of the body, and of those whose place it took, that have the series; those that may be read, by year."""
    plans: list[SeriesInPlan] = []
    for stream in reader.plans_of(lineage(reader, [known.administration], point.known_at)):
        at = reader.known(stream, point.known_at)
        if stream == known.stream or not at.version or not may_read(stream.removeprefix(PLANS), point):
            continue
        state = objects(reader.state(stream, point.as_of, at, CellFilter((PLAN,), ("series",))))
        stored = state.plan()
        if stored is None:
            continue
        for indicator in state.of("indicator"):
            if state.indicator(indicator).get("series") == series:
                key = indicator_key(indicator)
                card = objects(reader.state(stream, point.as_of, at, CellFilter((key,), ())))
                plans.append(
                    SeriesInPlan(
                        plan=stream.removeprefix(PLANS),
                        title=stored["title"],
                        first_year=stored["first_year"],
                        last_year=stored["last_year"],
                        indicator=indicator,
                        name=card.indicator(indicator)["name"],
                        targets=[target_row(*target) for target in card.targets(indicator)],
                    )
                )
    return sorted(plans, key=lambda plan: (plan.first_year, plan.last_year, plan.plan))
