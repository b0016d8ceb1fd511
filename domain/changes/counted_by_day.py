"""What a year of a plan counts, by the day on which it begins to: the change rate of any day is a sum of these.

Nothing in them hangs on the day of the question: an objective is counted from the day on which it is first touched.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Literal, NamedTuple

from domain.changes.rate import VARIANTS, Variant, by_level, cause_of, counted_in, counts, year_rates
from domain.facts import PLAN, objective_key
from domain.plans.history import PlanChange, PlanHistory

Measure = Literal["planned"] | Variant
PLANNED: Measure = "planned"
"""The measure beside the variants: how many objectives are ex ante."""
ALL_CAUSES = ""


class CountBegun(NamedTuple):
    """So many objectives of a level that one measure begins to count on a day, for a cause or for all."""

    measure: Measure
    cause: str
    level: str
    since: date
    objectives: int


def approved_since(history: PlanHistory) -> date | None:
    """The day from which a plan is approved, never before it was drafted; None for a draft."""
    approved = [
        entry.effective_on for year in history.years for entry in history.timelines.entries(PLAN, f"approved/{year}")
    ]
    drafted_on = history.state(date.max).drafted_on
    return max(min(approved), drafted_on or date.min) if approved else None


def counts_begun(history: PlanHistory, year: int, since: date, changes: Sequence[PlanChange]) -> Iterator[CountBegun]:
    """What a year begins to count, and when; `since` is the day from which the plan is approved.

    `changes` are in the order of their dates: the first to touch an objective is the one that counts it.
    """
    _, _, ex_ante, planned = year_rates(history, year, date.max, changes)
    level = {name: of_level for of_level, names in by_level(ex_ante, planned).items() for name in names}
    begins = {
        name: max(
            [
                since,
                *(
                    _trigger_met_on(history, each)
                    for each in (name, *ex_ante.ancestors(name))
                    if ex_ante.objective(each, "condition")
                ),
            ]
        )
        for name in planned
    }
    begun: Counter[tuple[Measure, str, str, date]] = Counter(
        (PLANNED, ALL_CAUSES, level[name], begins[name]) for name in planned
    )
    for variant, cause, objective, effective_on in _first_touched(counted_in(changes, year), level):
        begun[variant, cause, level[objective], max(effective_on, begins[objective])] += 1
    for (measure, cause, of_level, day), objectives in begun.items():
        yield CountBegun(measure, cause, of_level, day, objectives)


def _first_touched(counted: Iterable[PlanChange], planned: Iterable[str]) -> Iterator[tuple[Variant, str, str, date]]:
    """The first change that each variant counts of each planned objective, for its cause and for all of them."""
    countable = set(planned)
    seen: set[tuple[Variant, str, str]] = set()
    for change in counted:
        for objective in change.objectives:
            for variant in VARIANTS if objective in countable else ():
                for cause in (ALL_CAUSES, cause_of(change)) if counts(change, variant) else ():
                    if (variant, cause, objective) not in seen:
                        seen.add((variant, cause, objective))
                        yield variant, cause, objective, change.record.effective_on


def _trigger_met_on(history: PlanHistory, objective: str) -> date:
    """The day since which the trigger of a conditional objective is met, of one that was: after the last time that it failed."""
    entries = history.timelines.entries(objective_key(objective), "condition_met")
    failed = max((place for place, entry in enumerate(entries) if not entry.value), default=-1)
    return entries[failed + 1].effective_on
