"""Whether a plan still holds together, on every date: no objective under itself, none under what is not there."""

from datetime import date

from domain.errors import TreeBroken
from domain.facts import LIFE, objective_key
from domain.plans.state import PlanState
from domain.timelines import Timelines


def tree_holds(timelines: Timelines) -> None:
    """Refuses a tree in which, on some date, an objective descends from itself or hangs from one that is unknown."""
    for day in days_of_structure(timelines):
        state = PlanState(timelines, day)
        for objective in state.objectives():
            parent = state.parent(objective)
            if parent is None:
                continue
            if not timelines.known(objective_key(parent)):
                problem = f"il padre {parent} di {objective} non è nel piano"
                raise TreeBroken(problem, accepted="l'identificativo di un obiettivo", where="parent")
            if objective in state.ancestors(parent) or objective == parent:
                problem = f"al {day:%d/%m/%Y} {objective} discenderebbe da se stesso"
                raise TreeBroken(problem, accepted="un albero senza cicli, a ogni data", where="parent")


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
