"""The change rate: ex ante objectives touched by an in-year revision of the year / ex ante objectives.

Ex ante objectives bear, themselves, a target for the year when it was approved. A conditional objective whose trigger
was not met is in neither. Three variants, each within the one before; every rate keeps the list of what it counts.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal, NamedTuple, Protocol, TypeVar

from domain.changes.kinds import SUBSTANCE, ChangeKind
from domain.event import Touch
from domain.late import late
from domain.scoring.numbers import HUNDREDTH

with late:  # the words of the rate are asked more often than the rate
    from domain.administrations.offices import spelling
    from domain.objectives.events import ObjectiveAdded
    from domain.objectives.levels import level_key
    from domain.plans.history import PlanChange, PlanHistory, changes_that_count
    from domain.plans.state import PlanState
    from domain.targets.events import TargetEvent
    from domain.trees.placed import FurtherTree

Variant = Literal["any", "substance", "easier"]
VARIANTS: tuple[Variant, ...] = ("any", "substance", "easier")
VARIANT_WORDS: dict[Variant, str] = {
    "any": "ogni modifica",
    "substance": "modifiche sostanziali",
    "easier": "modifiche più facili",
}
BESIDE: tuple[ChangeKind, ...] = ("rolling_update", "correction", "reclassification")
"""The kinds that the rate does not count, and that are shown beside it."""


class Countable(Protocol):
    """What a rate needs to know of a change that it counts."""

    @property
    def touch(self) -> Touch:
        """What it touches."""

    @property
    def objectives(self) -> tuple[str, ...]:
        """The objectives that it touches."""

    @property
    def eases(self) -> bool:
        """Whether it makes the plan easier."""


Counted = TypeVar("Counted", bound=Countable)


class ChangeRate(NamedTuple):
    """How many of what was planned were touched, and which."""

    touched: tuple[str, ...]
    planned: int

    @property
    def percent(self) -> Decimal | None:
        """The rate in percent, at two digits; None where nothing was planned."""
        return percent_of(len(self.touched), self.planned)


VariantRates = dict[Variant, ChangeRate]


class YearRates(NamedTuple):
    """What the change rate of a year is made of, ready for every way to count it."""

    year: int
    changes: Sequence[Countable]
    ex_ante: PlanState
    planned: list[str]

    @property
    def rates(self) -> VariantRates:
        """The rate of the year, by objectives."""
        return rates(self.changes, objectives_touched, self.planned)

    def of_level(self, level: str | None) -> "YearRates":
        """The same, of the objectives of one level."""
        if level is None:
            return self
        return self._replace(planned=[name for name in self.planned if is_of_level(self.ex_ante, name, level)])


def year_rates(history: PlanHistory, year: int, as_of: date, changes: Iterable[PlanChange] | None = None) -> YearRates:
    """What the rate of a year is made of on a date; `changes` are those that count by then, where they are at hand."""
    if changes is None:
        changes = changes_that_count(history, as_of)
    ex_ante = history.ex_ante(year)
    trigger_seen_on = min(as_of, date(year, 12, 31))
    planned = ex_ante_objectives(ex_ante, history.state(trigger_seen_on), year)
    return YearRates(year, counted_in(changes, year), ex_ante, planned)


def percent_of(touched: int, planned: int) -> Decimal | None:
    """A rate in percent, at two digits; None of nothing."""
    if not planned:
        return None
    return (Decimal(100 * touched) / Decimal(planned)).quantize(HUNDREDTH, ROUND_HALF_UP)


# -- what is counted ---------------------------------------------------------------------------------------------------


def counts(change: Countable, variant: Variant) -> bool:
    """Whether a variant counts a change; each variant lies within the one before."""
    match variant:
        case "any":
            return True
        case "substance":
            return change.touch.aspect in SUBSTANCE
        case "easier":
            return change.touch.aspect in SUBSTANCE and change.eases


def concerns(change: PlanChange, year: int) -> bool:
    """Whether a change is shown with those of a year, whether or not the rate counts it."""
    return year in (change.year, change.touch.year)


def counted_in(changes: Iterable[PlanChange], year: int) -> list[PlanChange]:
    """The changes that the rate of a year counts."""
    return [change for change in changes if change.counts and change.year == year]


def rates(
    changes: Iterable[Counted], touched_by: Callable[[Counted], Iterable[str]], planned: Sequence[str]
) -> VariantRates:
    """The rate in its three variants, of what was planned: objectives, indicators or targets, as `touched_by` names them."""
    countable = set(planned)
    touched: dict[Variant, set[str]] = {variant: set() for variant in VARIANTS}
    for change in changes:
        names = countable.intersection(touched_by(change))
        for variant in VARIANTS:  # each within the one before: what one does not count the next does not either
            if names <= touched[variant]:
                continue
            if not counts(change, variant):
                break
            touched[variant] |= names
    return {
        variant: ChangeRate(tuple(name for name in planned if name in touched[variant]), len(planned))
        for variant in VARIANTS
    }


def objectives_touched(change: Countable) -> Sequence[str]:
    """The objectives that a change touches."""
    return change.objectives


def indicators_touched(change: PlanChange) -> Sequence[str]:
    """The indicator that a change touches, if it touches one."""
    return [change.indicator] if change.indicator else []


def targets_touched(change: PlanChange) -> Sequence[str]:
    """The target that a change touches, if it touches one: indicator/year/ordinal."""
    event = change.record.event
    return [f"{event.indicator}/{event.year}/{event.ordinal}"] if isinstance(event, TargetEvent) else []


def objectives_added(changes: Iterable[PlanChange]) -> list[str]:
    """The objectives that some changes add, by id."""
    added = (change.objectives for change in changes if isinstance(change.record.event, ObjectiveAdded))
    return sorted({name for objectives in added for name in objectives})


def versions_by_act(changes: Iterable[PlanChange]) -> dict[str, list[int]]:
    """The changes that a rate counts, by version, under the act of each; those without one under none."""
    by_act: defaultdict[str, list[int]] = defaultdict(list)
    for change in changes:
        if change.counts:
            by_act[change.record.act or ""].append(change.record.version)
    return dict(by_act)


class BesideRate(NamedTuple):
    """The changes of one kind that a rate does not count, and which of the planned objectives they touch."""

    versions: list[int]
    objectives: list[str]


def counted_apart(changes: Iterable[PlanChange], planned: Sequence[str]) -> dict[ChangeKind, BesideRate]:
    """What stands beside a rate, by kind."""
    changes = list(changes)
    apart: dict[ChangeKind, BesideRate] = {}
    for kind in BESIDE:
        of_kind = [change for change in changes if change.kind == kind]
        touched = {name for change in of_kind for name in change.objectives}
        versions = [change.record.version for change in of_kind]
        apart[kind] = BesideRate(versions, [name for name in planned if name in touched])
    return apart


# -- what it is counted of ---------------------------------------------------------------------------------------------


def ex_ante_objectives(ex_ante: PlanState, now: PlanState, year: int) -> list[str]:
    """The denominator of a year: the objectives in force when it was approved that bear, themselves, a target for it.

    One that waits for a trigger is left out while, `now`, it was not met.
    """
    return triggered(ex_ante, now, bearing_objectives(ex_ante, year))


def bearing_objectives(ex_ante: PlanState, year: int) -> list[str]:
    """The objectives in force when a year was approved that bear, themselves, a target for it."""
    bearing = {objective for indicator, _, _ in _bearing(ex_ante, year) for objective in ex_ante.serves(indicator)}
    return [name for name in ex_ante.objectives_in_force() if name in bearing]


def triggered(ex_ante: PlanState, now: PlanState, objectives: Iterable[str]) -> list[str]:
    """Those of some objectives that wait for no trigger, nor hang from one that does, or whose triggers were met by `now`."""
    return [name for name in objectives if not ex_ante.awaits_condition(name, now)]


def is_of_level(state: PlanState, objective: str, level: str) -> bool:
    """Whether an objective is of a level, however the two are spelled."""
    return level_key(str(state.objective(objective, "level"))) == level_key(level)


def touching_level(changes: Iterable[PlanChange], level: str | None, planned: Iterable[str] = ()) -> list[PlanChange]:
    """The changes that touch an objective of a level: one of the `planned` ones of it, or of it on the day of the change.

    All of them for no level.
    """
    if level is None:
        return list(changes)
    of_level = set(planned)
    return [
        change
        for change in changes
        if not of_level.isdisjoint(change.objectives)
        or any(
            is_of_level(change.history.state(change.record.effective_on), objective, level)
            for objective in change.objectives
        )
    ]


def ex_ante_indicators(ex_ante: PlanState, now: PlanState, year: int, level: str | None = None) -> list[str]:
    """The indicators that bore a target for the year when it was approved; those that serve a level, where one is said.

    One whose objectives all wait for a trigger is left out while, `now`, it was not met; so are its targets.
    """
    return list(dict.fromkeys(indicator for indicator, _, _ in _bearing_of_level(ex_ante, now, year, level)))


def ex_ante_targets(ex_ante: PlanState, now: PlanState, year: int, level: str | None = None) -> list[str]:
    """The targets of the year when it was approved: indicator/year/ordinal; of indicators that serve a level, if it is said."""
    bearing = _bearing_of_level(ex_ante, now, year, level)
    return [f"{indicator}/{target_year}/{ordinal}" for indicator, target_year, ordinal in bearing]


def _bearing_of_level(state: PlanState, now: PlanState, year: int, level: str | None) -> list[tuple[str, int, int]]:
    bearing = [target for target in _bearing(state, year) if triggered(state, now, state.serves(target[0]))]
    if level is None:
        return bearing
    indicators = {
        indicator
        for indicator in {indicator for indicator, _, _ in bearing}
        if any(is_of_level(state, objective, level) for objective in state.serves(indicator))
    }
    return [target for target in bearing if target[0] in indicators]


def _bearing(state: PlanState, year: int) -> list[tuple[str, int, int]]:
    """The targets of the year that commit to something, of indicators in force."""
    return [
        (indicator, target_year, ordinal)
        for indicator in state.indicators()
        if state.indicator_in_force(indicator)
        for (target_year, ordinal), target in state.targets(indicator).items()
        if target_year == year and isinstance(target, dict) and target.get("form") != "none"
    ]


# -- by level, office, cause, month ------------------------------------------------------------------------------------


def by_level(ex_ante: PlanState, planned: Iterable[str]) -> dict[str, list[str]]:
    """The planned objectives of each level."""
    grouped: defaultdict[str, list[str]] = defaultdict(list)
    for objective in planned:
        grouped[str(ex_ante.objective(objective, "level"))].append(objective)
    return dict(grouped)


def by_office(ex_ante: PlanState, planned: Iterable[str]) -> dict[str, list[str]]:
    """The planned objectives of each office: those that name it, or whose indicators are entrusted to it."""
    grouped: dict[str, list[str]] = {}
    spelt: dict[str, str] = {}
    serving: defaultdict[str, list[str]] = defaultdict(list)
    for indicator, objective in ex_ante.assignments():
        serving[objective].append(indicator)
    for objective in planned:
        offices = ex_ante.objective(objective, "offices")
        names = [str(office) for office in offices] if isinstance(offices, list) else []
        if not names:
            owners = (ex_ante.indicator(indicator, "owner") for indicator in serving[objective])
            names = [str(owner) for owner in owners if owner]
        for key, office in {spelling(office): office for office in names}.items():
            grouped.setdefault(spelt.setdefault(key, office), []).append(objective)
    return grouped


def by_tree(
    ex_ante: PlanState, trees: Mapping[str, FurtherTree], planned: Iterable[str]
) -> dict[str, dict[str, list[str]]]:
    """The planned objectives of each node of some further trees, those that stand beneath it among them."""
    countable = list(planned)
    parents = {objective: ex_ante.parent(objective) for objective in ex_ante.objectives_in_force()}
    grouped: dict[str, dict[str, list[str]]] = {}
    for name, tree in trees.items():
        nodes: dict[str, list[str]] = {node: [] for node in tree.nodes}
        for objective in countable:
            above = [over for node in tree.at(objective, parents) for over in (node, *tree.above(node))]
            for node in dict.fromkeys(above):
                nodes[node].append(objective)
        grouped[name] = nodes
    return grouped


def cause_of(change: PlanChange) -> str:
    """The cause that a change is counted under."""
    return change.record.cause or "not_said"


def month_of(change: PlanChange) -> str:
    """The month in which a change took effect, as 2022-09."""
    return change.record.effective_on.isoformat()[:7]


def touched_by(
    changes: Iterable[PlanChange], planned: Iterable[str], group_of: Callable[[PlanChange], str]
) -> dict[str, list[str]]:
    """The planned objectives that the changes of each group touched."""
    names = set(planned)
    grouped: defaultdict[str, set[str]] = defaultdict(set)
    for change in changes:
        grouped[group_of(change)].update(name for name in change.objectives if name in names)
    return {group: sorted(objectives) for group, objectives in sorted(grouped.items())}


def rates_by_cause(changes: Iterable[PlanChange], planned: Sequence[str]) -> dict[str, VariantRates]:
    """The rates that the changes of each cause would make alone: an objective touched for two causes is in both."""
    grouped: defaultdict[str, list[PlanChange]] = defaultdict(list)
    for change in changes:
        grouped[cause_of(change)].append(change)
    return {cause: rates(of_cause, objectives_touched, planned) for cause, of_cause in sorted(grouped.items())}


def rates_by_month(changes: Sequence[PlanChange], planned: Sequence[str]) -> dict[str, VariantRates]:
    """The rates as they stood at the end of each month in which something was changed."""
    return {
        month: rates([change for change in changes if month_of(change) <= month], objectives_touched, planned)
        for month in sorted({month_of(change) for change in changes})
    }
