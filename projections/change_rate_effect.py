"""What a change would do to the change rate: of each year, before and after, from one reading of the plan's events."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from domain.annulments.events import EventsAnnulled
from domain.plans.events import PlanApproved, YearApproved
from domain.plans.history import PlanChange, PlanHistory, plan_changes
from domain.point import Point
from projections.change_rate import VARIANTS, ex_ante_objectives, rates
from projections.plan_history import plan_history
from projections.store.reader import Reader

Rates = dict[str, dict[str, Any]]


def rates_of(history: PlanHistory, years: Iterable[int], as_of: date, *, upto: int | None = None) -> Rates:
    """The change rate of each year in its variants, counting the changes up to a version where one is given."""
    listed = [
        one
        for one in plan_changes(_able_to_count(history), as_of)
        if one.counts and (upto is None or one.record.version <= upto)
    ]
    made: Rates = {}
    for year in years:
        if year in history.approvals:
            planned = ex_ante_objectives(history.ex_ante(year), history.state(min(as_of, date(year, 12, 31))), year)
            made[str(year)] = _rates(listed, year, planned)
    return made


def effect_on_rates(reader: Reader, plan: str, years: Iterable[int], as_of: date, before: int) -> Rates:
    """The rates of each year after what was appended since version `before`, and without it."""
    history = plan_history(reader, plan, Point(as_of))
    added = [record for record in history.records if record.version > before]
    if any(isinstance(record.event, EventsAnnulled | PlanApproved | YearApproved) for record in added):
        return {}
    listed = [one for one in plan_changes(_able_to_count(history), as_of) if one.counts]
    made: Rates = {}
    for year in years:
        if year in history.approvals:
            planned = ex_ante_objectives(history.ex_ante(year), history.state(min(as_of, date(year, 12, 31))), year)
            earlier = [one for one in listed if one.record.version <= before]
            made[str(year)] = {"before": _rates(earlier, year, planned), "after": _rates(listed, year, planned)}
    return made


def _able_to_count(history: PlanHistory) -> PlanHistory:
    """The history without the events that belong to what was approved of every year: none of them is in-year."""
    approvals = history.approvals.values()
    counting = [r for r in history.counting if not all(a.reaches(history.places[r.version]) for a in approvals)]
    return history._replace(counting=counting)


def _rates(listed: list[PlanChange], year: int, planned: list[str]) -> dict[str, Any]:
    found = rates([one for one in listed if one.year == year], lambda one: one.objectives, planned)
    return {
        variant: {name: found[variant][name] for name in ("numerator", "denominator", "rate")} for variant in VARIANTS
    }
