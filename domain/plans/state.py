"""A plan on one date, in the words of the domain: what is in force, approved, closed, and under what."""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cached_property
from typing import Literal

from domain.facts import (
    ANNULLED,
    IN_FORCE,
    LIFE,
    MERGED_INTO,
    PLAN,
    WITHDRAWN,
    approved_field,
    assignment_key,
    closed_field,
    indicator_key,
    objective_key,
)
from domain.plans.in_force import objective_in_force, objectives_in_force, served_in_force
from domain.timelines import Timelines
from domain.vocabulary import JsonValue

DraftedStatus = Literal["draft", "approved", "approval_annulled", "closed", "succeeded"]
"""The status of a plan that exists on the date."""
PlanStatus = Literal["absent", "discarded", DraftedStatus]
UNPUBLISHED: frozenset[PlanStatus] = frozenset({"absent", "discarded", "draft"})
"""What a plan is that no act has approved: it is read by those of its administration alone."""


def status_of(plan: Mapping[str, JsonValue]) -> PlanStatus:
    """The status of a plan, from the values that its own fields have on a date; absent where there are none."""
    return "absent" if all(value is None for value in plan.values()) else drafted_status_of(plan)


def drafted_status_of(plan: Mapping[str, JsonValue]) -> DraftedStatus:
    """The status of a plan that was drafted, from the values that its own fields have on a date.

    Succeeded by another; else closed with its last year; else, once acts approved any of its years, approved, or (where
    other acts annulled all of these) with its approval annulled: what was approved is no draft again.
    """
    if plan.get("succeeded_by"):
        return "succeeded"
    if plan.get(f"closed/{plan.get('last_year')}") not in (None, ANNULLED):
        return "closed"
    approvals = {value for field, value in plan.items() if value and field.startswith("approved/")}
    if not approvals:
        return "draft"
    return "approval_annulled" if approvals == {ANNULLED} else "approved"


class PlanState:
    """The timelines of a plan, read on one date. Liveness and ancestry are derived here, never stored.

    The timelines may still take in what is being decided: nothing that was asked is kept. See `SettledState`.
    """

    def __init__(self, timelines: Timelines, on: date) -> None:
        self.timelines = timelines
        self.on = on

    def value(self, key: str, field: str) -> JsonValue:
        """The value of a field of an object on this date, or None."""
        return self.timelines.value(key, field, self.on)

    # -- the plan --------------------------------------------------------------------------------------------------

    @cached_property
    def drafted_on(self) -> date | None:
        """The day from which the plan exists, whatever the date of this state; None when it was never drafted."""
        entries = self.timelines.entries(PLAN, "drafted_on")
        return date.fromisoformat(str(entries[-1].value)) if entries else None

    @property
    def first_year(self) -> int:
        """The first year that the plan covers."""
        return self._year("first_year")

    @property
    def last_year(self) -> int:
        """The last year that the plan covers."""
        return self._year("last_year")

    def _year(self, field: str) -> int:
        entries = self.timelines.entries(PLAN, field)
        return int(str(entries[-1].value)) if entries else 0

    @property
    def years(self) -> range:
        """The years that the plan covers."""
        first = self.first_year
        return range(first, self.last_year + 1) if first else range(0)

    def approval(self, year: int) -> date | None:
        """The day on which an act last approved the year, whether or not it has come; None when no act did."""
        given = [entry for entry in self.timelines.entries(PLAN, approved_field(year)) if entry.value != ANNULLED]
        return given[-1].effective_on if given else None

    def approval_annulled(self, year: int) -> date | None:
        """The day from which an act annulled the approval of the year, where none approved it again; None otherwise."""
        entries = self.timelines.entries(PLAN, approved_field(year))
        return entries[-1].effective_on if entries and entries[-1].value == ANNULLED else None

    @property
    def is_approved(self) -> bool:
        """Whether an act has approved the plan, at whatever date: from then on, changes need a reason and an act.

        An approval that another act annulled was given all the same.
        """
        return any(self.approval(year) for year in self.years)

    def closed(self, year: int) -> bool:
        """Whether an act closed the year, at whatever date, and none annulled that."""
        entries = self.timelines.entries(PLAN, closed_field(year))
        return bool(entries) and entries[-1].value != ANNULLED

    def closed_on(self, year: int) -> date | None:
        """The day on which an act closed the year, at whatever date; None where none did, or another annulled that."""
        return self.timelines.entries(PLAN, closed_field(year))[-1].effective_on if self.closed(year) else None

    def closed_since(self, day: date) -> list[int]:
        """The closed years whose closing came on a day or later: what is said of that day would be seen in them."""
        return [year for year in self.years if (closed := self.closed_on(year)) is not None and closed >= day]

    # -- objectives ------------------------------------------------------------------------------------------------

    def objective(self, objective: str, field: str) -> JsonValue:
        """One field of an objective on this date."""
        return self.value(objective_key(objective), field)

    def life(self, key: str) -> str | None:
        """in_force, withdrawn, merged into another, or None when the object has not come yet."""
        value = self.value(key, LIFE)
        return None if value is None else str(value)

    def in_force(self, objective: str) -> bool:
        """Whether an objective and all that it hangs from are in force."""
        return objective_in_force(self.value, objective)

    def objectives_in_force(self) -> list[str]:
        """The objectives in force with all that they hang from, in the order of entry; each is looked at once."""
        return list(self._objectives_in_force)

    @cached_property
    def _objectives_in_force(self) -> list[str]:
        return objectives_in_force(self.value, self.objectives())

    def parent(self, objective: str) -> str | None:
        """The parent of an objective on this date, or None at the root."""
        value = self.objective(objective, "parent")
        return None if value is None else str(value)

    def ancestors(self, objective: str) -> list[str]:
        """What an objective hangs from, nearest first."""
        ancestors: dict[str, None] = {}
        current = self.parent(objective)
        while current is not None and current not in ancestors:
            ancestors[current] = None
            current = self.parent(current)
        return list(ancestors)

    def awaits_condition(self, objective: str, now: "PlanState | None" = None) -> bool:
        """Whether an objective, or any that it hangs from, waits for a trigger that was not met, or failed, by `now`."""
        known = now or self
        return any(
            self.objective(each, "condition") and not known.objective(each, "condition_met")
            for each in (objective, *self.ancestors(objective))
        )

    def is_counted(self, indicator: str, now: "PlanState | None" = None) -> bool:
        """Whether an indicator serves any objective in force that waits for no trigger."""
        return any(self.in_force(each) and not self.awaits_condition(each, now) for each in self.serves(indicator))

    def waits(self, subject: str, now: "PlanState | None" = None) -> bool:
        """Whether an objective, or an indicator, by its key, waits for a trigger: nobody is chased for it."""
        kind, _, id_ = subject.partition("/")
        if kind == "objective":
            return self.awaits_condition(id_, now)
        serves = [each for each in self.serves(id_) if self.in_force(each)]
        return bool(serves) and all(self.awaits_condition(each, now) for each in serves)

    def objectives(self) -> list[str]:
        """Every objective that was ever mentioned, in the order of entry."""
        return [key.partition("/")[2] for key in self.timelines.objects("objective/")]

    def below(self, objective: str) -> list[str]:
        """The objectives that hang from one, at any depth, on this date; each is looked at once."""
        children: dict[str | None, list[str]] = {}
        for other in self.objectives():
            children.setdefault(self.parent(other), []).append(other)
        beneath: set[str] = set()
        waiting = [objective]
        while waiting:
            for child in children.get(waiting.pop(), ()):
                if child not in beneath:
                    beneath.add(child)
                    waiting.append(child)
        return [other for other in self.objectives() if other in beneath]

    # -- indicators ------------------------------------------------------------------------------------------------

    def indicator(self, indicator: str, field: str) -> JsonValue:
        """One field of an indicator on this date."""
        return self.value(indicator_key(indicator), field)

    def indicators(self) -> list[str]:
        """Every indicator that was ever mentioned, in the order of entry."""
        return [key.partition("/")[2] for key in self.timelines.objects("indicator/")]

    def assignments(self, indicator: str | None = None, objective: str | None = None) -> Iterator[tuple[str, str]]:
        """The (indicator, objective) pairs assigned on this date."""
        for key in self.timelines.objects(f"assignment/{indicator}/" if indicator else "assignment/"):
            _, assigned, parent = key.split("/")
            if objective in (None, parent) and self.life(key) == IN_FORCE:
                yield assigned, parent

    def serves(self, indicator: str) -> list[str]:
        """The objectives that an indicator is assigned to on this date."""
        return [objective for _, objective in self.assignments(indicator=indicator)]

    def indicator_in_force(self, indicator: str) -> bool:
        """Whether an indicator is in force itself and serves an objective that is."""
        objectives = (key.split("/")[2] for key in self.timelines.objects(f"assignment/{indicator}/"))
        return any(True for _ in served_in_force(self.value, indicator, objectives, self.in_force))

    def assigned(self, indicator: str, objective: str) -> bool:
        """Whether the indicator serves this objective on this date."""
        return self.life(assignment_key(indicator, objective)) == IN_FORCE

    def withdrawn(self, key: str) -> bool:
        """Whether an object was there and is withdrawn, or merged, on this date."""
        life = self.life(key)
        return life is not None and (life == WITHDRAWN or life.startswith(MERGED_INTO))

    def targets(self, indicator: str) -> dict[tuple[int, int], JsonValue]:
        """The targets in force of an indicator: (year, ordinal) to the typed target."""
        targets: dict[tuple[int, int], JsonValue] = {}
        for field in self.timelines.fields(indicator_key(indicator)):
            if field.startswith("target/") and (value := self.indicator(indicator, field)) is not None:
                _, year, ordinal = field.split("/")
                targets[int(year), int(ordinal)] = value
        return dict(sorted(targets.items()))


class SettledState(PlanState):
    """The same, of timelines that take in nothing more: what a page, or a score, asks for again and again is kept."""

    def __init__(self, timelines: Timelines, on: date) -> None:
        super().__init__(timelines, on)
        self._values: dict[str, dict[str, JsonValue]] = {}
        self._objectives: dict[str, bool] = {}
        self._indicators: dict[str, bool] = {}
        self._targets: dict[str, dict[tuple[int, int], JsonValue]] = {}

    def value(self, key: str, field: str) -> JsonValue:
        """The value of a field of an object on this date; those of its other fields are looked up with it."""
        values = self._values.get(key)
        if values is None:
            values = self._values[key] = self.timelines.values(key, self.on)
        return values.get(field)

    def in_force(self, objective: str) -> bool:
        """Whether an objective and all that it hangs from are in force; each is looked at once."""
        return objective_in_force(self.value, objective, self._objectives)

    def waits(self, subject: str, now: "PlanState | None" = None) -> bool:
        """Whether an objective, or an indicator, by its key, waits for a trigger: nobody is chased for it."""
        kind, _, id_ = subject.partition("/")
        if kind == "objective":
            return self.awaits_condition(id_, now)
        serves = [each for each in self.serves(id_) if self.in_force(each)]
        return bool(serves) and all(self.awaits_condition(each, now) for each in serves)

    def objectives(self) -> list[str]:
        """Every objective that was ever mentioned, in the order of entry."""
        return list(self._objectives_mentioned)

    @cached_property
    def _objectives_mentioned(self) -> list[str]:
        return super().objectives()

    def indicators(self) -> list[str]:
        """Every indicator that was ever mentioned, in the order of entry."""
        return list(self._indicators_mentioned)

    @cached_property
    def _indicators_mentioned(self) -> list[str]:
        return super().indicators()

    def indicator_in_force(self, indicator: str) -> bool:
        """Whether an indicator is in force itself and serves an objective that is; each is looked at once."""
        if indicator not in self._indicators:
            self._indicators[indicator] = super().indicator_in_force(indicator)
        return self._indicators[indicator]

    def targets(self, indicator: str) -> dict[tuple[int, int], JsonValue]:
        """The targets in force of an indicator: (year, ordinal) to the typed target."""
        if indicator not in self._targets:
            self._targets[indicator] = super().targets(indicator)
        return dict(self._targets[indicator])
