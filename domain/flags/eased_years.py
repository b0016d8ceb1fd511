"""Targets that were eased year after year, in a plan and in those that it took over from."""

from collections.abc import Iterable, Iterator

from domain.facts import indicator_key
from domain.flags.context import LocatedCase, YearOnRecord, in_plan
from domain.flags.model import EasedYears
from domain.plans.history import PlanChange, PlanHistory, plan_changes
from domain.targets.decide import target_of
from domain.targets.easing import easing
from domain.vocabulary import polarity_of

Eased = dict[str, dict[int, list[PlanChange]]]
"""By indicator and year, the changes after which a target is easier than before the first of them."""


def eased_years(year: YearOnRecord) -> Iterator[LocatedCase]:
    """The years of an indicator that ended up easier than they began; an indicator goes on under its series."""
    eased = eased_targets(year.history, year.changes, year.year)
    eased = {indicator: years for indicator, years in eased.items() if year.year in years}
    if not eased:
        return
    before = {
        earlier.plan: {
            _series(earlier, indicator): years
            for indicator, years in eased_targets(
                earlier, plan_changes(earlier, year.as_of, drafting=False), year.year
            ).items()
        }
        for earlier in year.earlier
    }
    for indicator, years in eased.items():
        series = _series(year.history, indicator)
        in_plans = {plan: by_series[series] for plan, by_series in before.items() if series in by_series}
        everything = tuple(sorted({*years, *(other for others in in_plans.values() for other in others)}))
        events = in_plan(change.record.version for group in years.values() for change in group)
        case = EasedYears(year.names.indicator(indicator), everything, tuple(in_plans))
        yield LocatedCase(f"{indicator}-{year.year}", case, events, indicator)


def eased_targets(history: PlanHistory, changes: Iterable[PlanChange], upto: int) -> Eased:
    """By indicator, the years up to one of which a target is easier after all its changes than before the first."""
    groups: dict[tuple[str, int, int], list[PlanChange]] = {}
    for change in changes:
        target_year = change.touch.year
        if change.touch.aspect == "target" and change.kind != "correction" and change.indicator and target_year:
            ordinal = getattr(change.record.event, "ordinal", 1)
            groups.setdefault((change.indicator, target_year, ordinal), []).append(change)
    eased: Eased = {}
    for (indicator, target_year, _), group in groups.items():
        first, last = (target_of(v) if isinstance(v, dict) else None for v in (group[0].before, group[-1].after))
        state = history.state(group[-1].record.effective_on)
        way = easing(first, last, polarity_of(state.indicator(indicator, "polarity")), history.bare_value(target_year))
        if target_year <= upto and way == "easier":
            eased.setdefault(indicator, {}).setdefault(target_year, []).extend(group)
    return eased


def _series(history: PlanHistory, indicator: str) -> str:
    entries = history.timelines.entries(indicator_key(indicator), "series")
    return str(entries[-1].value) if entries else ""
