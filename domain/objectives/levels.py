"""The names of levels: two that differ in case or spacing are one, in the spelling that the plan has."""

from collections.abc import Iterable

from domain.errors import NotFound
from domain.facts import PLAN
from domain.plans.state import PlanState


def level_key(name: str) -> str:
    """What tells a level from another: its words, whatever their case and the spaces between them."""
    return " ".join(name.casefold().split())


def spelled_level(name: str, levels: Iterable[str]) -> str | None:
    """The level of these that a name means, as it is spelled there; None where it is none of them."""
    key = level_key(name)
    return next((level for level in levels if level_key(level) == key), None)


def named_level(name: str, levels: Iterable[str], *, where: str = "level", of: str = "del piano") -> str:
    """The level of these that a name means; NotFound, with those there are, where it is none of them; `of` says whose."""
    listed = list(dict.fromkeys(levels))
    level = spelled_level(name, listed)
    if level is None:
        problem = f"{name[:80]!r} non è un livello {of}"
        raise NotFound(problem, accepted=", ".join(listed) or "nessun livello: non ce ne sono", where=where)
    return level


def levels_of(state: PlanState) -> list[str]:
    """The levels of a plan: those that it names, and those that its objectives have beside them."""
    named = state.timelines.value(PLAN, "levels", state.on)
    levels = [str(level) for level in named] if isinstance(named, list) else []
    levels += [str(level) for objective in state.objectives() if (level := state.objective(objective, "level"))]
    return list(dict.fromkeys(levels))
