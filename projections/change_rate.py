"""The change rate: ex ante objectives touched by an in-year revision of the year / ex ante objectives.

Ex ante objectives bear, themselves, a target for the year when it was approved. A conditional objective whose trigger
was not met is in neither. Three variants, each within the one before; every figure opens the list of what it counts.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal

from domain.administrations.decide import spelling
from domain.changes.kinds import SUBSTANCE, Kind
from domain.plans.decide import within
from domain.plans.history import PlanChange, PlanHistory, plan_changes
from domain.plans.state import PlanState
from domain.point import Point
from projections.plan_history import describe, plan_history
from projections.store.reader import Reader

Variant = Literal["any", "substance", "easier"]
VARIANTS: tuple[Variant, ...] = ("any", "substance", "easier")
BESIDE: tuple[Kind, ...] = ("rolling_update", "correction", "reclassification")
"""The kinds that the rate does not count, and that are shown beside it."""
HUNDREDTH = Decimal("0.01")


def changes_of_year(reader: Reader, plan: str, year: int, point: Point, level: str | None = None) -> dict[str, Any]:
    """The changes of a year with its rates; OutsidePlan for a year that the plan does not cover."""
    history = plan_history(reader, plan, point)
    within(history.state(point.as_of), year)
    listed = [one for one in plan_changes(history, point.as_of, drafting=False) if _of_year(one, year)]
    texts = reader.texts([one.record.justification for one in listed])
    ex_ante = history.ex_ante(year)
    planned = ex_ante_objectives(ex_ante, history.state(min(point.as_of, date(year, 12, 31))), year)
    if level is not None:
        planned = [one for one in planned if ex_ante.objective(one, "level") == level]
    in_year = [one for one in listed if one.counts and one.year == year]
    approval = history.approvals.get(year)
    return {
        "plan": plan,
        "year": year,
        "level": level,
        "as_of": point.as_of.isoformat(),
        "version": history.version,
        "approved_on": approval.on.isoformat() if approval else None,
        "approved_by_act": bool(approval and approval.first),
        "change_rate": rates(in_year, lambda one: one.objectives, planned),
        "indicators": rates(in_year, _indicator, _indicators_ex_ante(ex_ante, year)),
        "targets": rates(in_year, _target, _targets_ex_ante(ex_ante, year)),
        "by_level": {
            name: rates(in_year, lambda one: one.objectives, of) for name, of in _by_level(ex_ante, planned).items()
        },
        "by_office": {
            name: rates(in_year, lambda one: one.objectives, of) for name, of in _by_office(ex_ante, planned).items()
        },
        "by_cause": _touched_by(in_year, planned, lambda one: one.record.cause or "not_said"),
        "by_month": _touched_by(in_year, planned, lambda one: one.record.effective_on.isoformat()[:7]),
        "rates_by_cause": _rates_by(in_year, planned, lambda one: one.record.cause or "not_said"),
        "rates_by_month": _rates_up_to(in_year, planned),
        "beside": {kind: _beside([one for one in listed if one.kind == kind], planned) for kind in BESIDE},
        "added": sorted({o for one in in_year if one.record.event.topic == "objective-added" for o in one.objectives}),
        "counted_apart": {
            "rolling_update": [one.record.version for one in listed if one.kind == "rolling_update"],
            "correction": [one.record.version for one in listed if one.kind == "correction"],
            "reclassification": [one.record.version for one in listed if one.kind == "reclassification"],
        },
        "changes": [describe(one, texts) for one in listed],
    }


def ex_ante_objectives(ex_ante: PlanState, now: PlanState, year: int) -> list[str]:
    """The objectives in force when the year was approved that bear, themselves, a target for it."""
    bearing = {objective for indicator, _, _ in _bearing(ex_ante, year) for objective in ex_ante.serves(indicator)}
    return [
        one
        for one in ex_ante.objectives()
        if one in bearing and ex_ante.in_force(one) and not _dormant(ex_ante, now, one)
    ]


def rates(
    touching: Iterable[PlanChange], of: Callable[[PlanChange], Iterable[str]], planned: list[str]
) -> dict[str, Any]:
    """The three variants of a rate: how many of what was planned, by how many, in percent, and which."""
    touching = list(touching)
    return {
        variant: _rate({name for one in touching if counts(one, variant) for name in of(one)}, planned)
        for variant in VARIANTS
    }


def counts(variation: PlanChange, variant: Variant) -> bool:
    """Whether a variant counts a change; each variant lies within the one before."""
    match variant:
        case "any":
            return True
        case "substance":
            return variation.touch.aspect in SUBSTANCE
        case "easier":
            return variation.touch.aspect in SUBSTANCE and variation.direction == "easier"


def _rate(touched: set[str], planned: list[str]) -> dict[str, Any]:
    counted = [name for name in planned if name in touched]
    return figure(len(counted), len(planned)) | {"objectives": counted}


def figure(numerator: int, denominator: int) -> dict[str, Any]:
    """A rate in percent, at two digits, with what it is of; none of nothing."""
    rate: str | None = None
    if denominator:
        share = Decimal(100 * numerator) / Decimal(denominator)
        rate = str(share.quantize(HUNDREDTH, ROUND_HALF_UP))
    return {"numerator": numerator, "denominator": denominator, "rate": rate}


def _of_year(variation: PlanChange, year: int) -> bool:
    return year in (variation.year, variation.touch.year)


def _bearing(state: PlanState, year: int) -> list[tuple[str, int, int]]:
    """The targets of the year that commit to something, of indicators in force."""
    return [
        (indicator, target_year, ordinal)
        for indicator in state.indicators()
        if state.indicator_in_force(indicator)
        for (target_year, ordinal), target in state.targets(indicator).items()
        if target_year == year and isinstance(target, dict) and target.get("form") != "none"
    ]


def _dormant(ex_ante: PlanState, now: PlanState, objective: str) -> bool:
    return bool(ex_ante.objective(objective, "condition")) and not now.objective(objective, "condition_met")


def _indicators_ex_ante(ex_ante: PlanState, year: int) -> list[str]:
    return list(dict.fromkeys(indicator for indicator, _, _ in _bearing(ex_ante, year)))


def _targets_ex_ante(ex_ante: PlanState, year: int) -> list[str]:
    return [f"{indicator}/{target_year}/{ordinal}" for indicator, target_year, ordinal in _bearing(ex_ante, year)]


def _indicator(variation: PlanChange) -> list[str]:
    return [variation.indicator] if variation.indicator else []


def _target(variation: PlanChange) -> list[str]:
    if variation.touch.aspect != "target":
        return []
    return [f"{variation.indicator}/{variation.touch.year}/{getattr(variation.record.event, 'ordinal', 1)}"]


def _by_level(ex_ante: PlanState, planned: list[str]) -> dict[str, list[str]]:
    grouped: defaultdict[str, list[str]] = defaultdict(list)
    for objective in planned:
        grouped[str(ex_ante.objective(objective, "level"))].append(objective)
    return dict(grouped)


def _by_office(ex_ante: PlanState, planned: list[str]) -> dict[str, list[str]]:
    """The planned objectives of each office: those that name it, or whose indicators are entrusted to it."""
    grouped: dict[str, list[str]] = {}
    called: dict[str, str] = {}
    serving: defaultdict[str, list[str]] = defaultdict(list)
    for indicator, objective in ex_ante.assignments():
        serving[objective].append(indicator)
    for objective in planned:
        offices = ex_ante.objective(objective, "offices")
        named = [str(office) for office in offices] if isinstance(offices, list) else []
        if not named:
            owners = (ex_ante.indicator(indicator, "owner") for indicator in serving[objective])
            named = [str(owner) for owner in owners if owner]
        for key, office in {spelling(office): office for office in named}.items():
            grouped.setdefault(called.setdefault(key, office), []).append(objective)
    return grouped


def _touched_by(touching: list[PlanChange], planned: list[str], by: Callable[[PlanChange], str]) -> dict[str, Any]:
    grouped: defaultdict[str, set[str]] = defaultdict(set)
    for one in touching:
        grouped[by(one)].update(name for name in one.objectives if name in planned)
    return {name: sorted(objectives) for name, objectives in sorted(grouped.items())}


def _rates_by(touching: list[PlanChange], planned: list[str], by: Callable[[PlanChange], str]) -> dict[str, Any]:
    """The rates that the changes of each cause would make alone: an objective touched for two causes is in both."""
    grouped: defaultdict[str, list[PlanChange]] = defaultdict(list)
    for one in touching:
        grouped[by(one)].append(one)
    return {name: rates(of, lambda one: one.objectives, planned) for name, of in sorted(grouped.items())}


def _rates_up_to(touching: list[PlanChange], planned: list[str]) -> dict[str, Any]:
    """The rates as they stood at the end of each month in which something was changed."""
    months = sorted({one.record.effective_on.isoformat()[:7] for one in touching})
    return {
        month: rates(
            [one for one in touching if one.record.effective_on.isoformat()[:7] <= month],
            lambda one: one.objectives,
            planned,
        )
        for month in months
    }


def _beside(listed: list[PlanChange], planned: list[str]) -> dict[str, Any]:
    """What is not counted: how many changes, and which of the planned objectives they touched."""
    touched = {name for one in listed for name in one.objectives}
    return {
        "changes": len(listed),
        "versions": [one.record.version for one in listed],
        "objectives": [name for name in planned if name in touched],
    }


__all__ = ["VARIANTS", "PlanHistory", "Variant", "changes_of_year", "counts", "ex_ante_objectives", "figure", "rates"]
