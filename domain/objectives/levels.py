"""The names of levels: two that differ in case or spacing are one, in the spelling that the plan has."""

from collections.abc import Iterable
from functools import lru_cache

from domain.errors import NotFound
from domain.facts import PLAN
from domain.plans.state import PlanState

LEVEL_WORDS = {
    "area": "area",
    "mission": "missione",
    "program": "programma",
    "strategic": "obiettivo strategico",
    "operational": "obiettivo operativo",
    "action": "azione",
    "individual": "obiettivo individuale",
    "service": "servizio",
    "section": "sezione",
    "entity": "ente",
}
"""How a level is called that a plan calls by a code."""


@lru_cache(maxsize=4_096)
def level_key(name: str) -> str:
    """What tells a level from another: its words, whatever their case and the spaces between them."""
    return " ".join(name.casefold().split())


def spelled_level(name: str, levels: Iterable[str]) -> str | None:
    """The level of these that a name, or the word for a code, means, as it is spelled there; None where it is none of them."""
    key, listed = level_key(name), list(levels)
    spelled = next((level for level in listed if level_key(level) == key), None)
    return spelled or next((level for level in listed if LEVEL_WORDS.get(level) == key), None)


def level_words(level: str) -> str:
    """A level in words: a code by its word, any other as the plan calls it."""
    return LEVEL_WORDS.get(level, level)


def named_level(name: str, levels: Iterable[str], *, where: str = "level", of: str = "del piano") -> str:
    """The level of these that a name means; NotFound, with those there are, where it is none of them; `of` says whose."""
    listed = list(dict.fromkeys(levels))
    level = spelled_level(name, listed)
    if level is None:
        problem = f"{name[:80]!r} non è un livello {of}"
        raise NotFound(
            problem, accepted=", ".join(map(level_words, listed)) or "nessun livello: non ce ne sono", where=where
        )
    return level


def levels_of(state: PlanState) -> list[str]:
    """The levels of a plan: those that it names, and those that its objectives have beside them."""
    levels = _levels_named(state)
    levels += [str(level) for objective in state.objectives() if (level := state.objective(objective, "level"))]
    return list(dict.fromkeys(levels))


def level_as_spelled(name: str, state: PlanState) -> str:
    """A level as the plan spells it, or as it is given where the plan has none of that name.

    It is asked at every change of a file: it does not go through the objectives.
    """
    level = spelled_level(name, _levels_named(state))
    if level is None:
        codes = [code for code, word in LEVEL_WORDS.items() if word == level_key(name)]
        for spelling in (name, *codes):
            if (borne := state.timelines.first_with("objective/", "level", spelling, level_key, state.on)) is not None:
                return str(borne)
    return level or name


def _levels_named(state: PlanState) -> list[str]:
    named = state.value(PLAN, "levels")
    return [str(level) for level in named] if isinstance(named, list) else []
