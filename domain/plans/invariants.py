"""Whether a plan still holds together, on every date: no objective under itself, none under what is not there, no endless chain."""

from collections.abc import Mapping
from datetime import date

from domain.errors import TreeBroken
from domain.facts import LIFE, objective_key
from domain.plans.state import PlanState
from domain.timelines import Timelines

MOST_LEVELS = 64
"""How deep the tree of a plan may be, from a root down; the deepest that administrations publish have six or seven levels."""


def tree_levels(parents: Mapping[str, str | None]) -> dict[str, int]:
    """At which level each objective stands: 1 at a root. What hangs from itself, or from what does, is at none.

    A parent that is not among them counts as a root of its own, at level 0. Each objective is looked at once.
    """
    levels: dict[str, int] = {}
    on_the_way: set[str] = set()
    for objective in parents:
        way: list[str] = []
        current: str | None = objective
        while current is not None and current in parents and current not in on_the_way:
            on_the_way.add(current)
            way.append(current)
            current = parents[current]
        if current is None or current not in parents:
            level = 0
        elif current in levels:
            level = levels[current]
        else:  # a ring, or what hangs from one
            continue
        for step in reversed(way):
            level += 1
            levels[step] = level
    return levels


def deepest_level(timelines: Timelines) -> int:
    """How deep the tree is on the date on which it is deepest."""
    days = days_of_structure(timelines)
    return max((level for day in days for level in tree_levels(_parents(timelines, day)).values()), default=0)


def too_deep_under(state: PlanState, parent: str) -> bool:
    """Whether what is placed under an objective would stand too deep, on the date of the state or on a later one."""
    days, done = {state.on}, set[date]()
    while days - done:
        day = min(days - done)
        done.add(day)
        above = [parent, *PlanState(state.timelines, day).ancestors(parent)]
        if len(above) >= MOST_LEVELS:
            return True
        days |= {
            entry.effective_on
            for objective in above
            for field, entry in state.timelines.later(objective_key(objective), state.on)
            if field == "parent"
        }
    return False


def deeper_than(timelines: Timelines, deepest: int) -> tuple[str, date] | None:
    """An objective that, on some date, stands deeper than a plan goes, and than `deepest`; None where none does."""
    for day in days_of_structure(timelines):
        for objective, level in tree_levels(_parents(timelines, day)).items():
            if level > max(deepest, MOST_LEVELS):
                return objective, day
    return None


def too_deep(objective: str) -> TreeBroken:
    """The refusal of an objective that would stand deeper than a plan goes."""
    return TreeBroken(
        f"{objective} starebbe oltre il livello {MOST_LEVELS}",
        accepted=f"un albero di al più {MOST_LEVELS} livelli, a ogni data",
        where="parent",
    )


def tree_holds(timelines: Timelines, deepest: int = MOST_LEVELS) -> None:
    """Refuses a tree in which, on some date, an objective descends from itself, hangs from one that is unknown, or is too deep.

    `deepest` is how deep it may be: an old record that is deeper than a plan goes may stay as deep as it is.
    """
    for day in days_of_structure(timelines):
        parents = _parents(timelines, day)
        for objective, parent in parents.items():
            if parent is not None and parent not in parents:
                problem = f"il padre {parent} di {objective} non è nel piano"
                raise TreeBroken(problem, accepted="l'identificativo di un obiettivo", where="parent")
        levels = tree_levels(parents)
        for objective in parents:
            if objective not in levels:
                problem = f"al {day:%d/%m/%Y} {_in_ring(parents, objective)} discenderebbe da se stesso"
                raise TreeBroken(problem, accepted="un albero senza cicli, a ogni data", where="parent")
    if deep := deeper_than(timelines, deepest):
        raise too_deep(deep[0])


def days_of_structure(timelines: Timelines) -> list[date]:
    """The days on which an objective changes its parent, comes or goes."""
    days = {
        entry.effective_on
        for key in timelines.objects("objective/")
        for field in ("parent", LIFE)
        for entry in timelines.entries(key, field)
    }
    return sorted(days)


def unassigned(timelines: Timelines, on: date) -> set[str]:
    """The indicators in force by their own life that serve no objective on a date."""
    state = PlanState(timelines, on)
    return {
        indicator
        for indicator in state.indicators()
        if state.life(f"indicator/{indicator}") == "in_force" and not state.serves(indicator)
    }


def _parents(timelines: Timelines, on: date) -> dict[str, str | None]:
    state = PlanState(timelines, on)
    return {objective: state.parent(objective) for objective in state.objectives()}


def _in_ring(parents: Mapping[str, str | None], objective: str) -> str:
    """An objective of the ring that one hangs from."""
    passed: set[str] = set()
    current = objective
    while current not in passed:
        passed.add(current)
        current = str(parents[current])
    return current
