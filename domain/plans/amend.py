"""What a plan as a whole may be changed in: its title, its years, the names of its levels."""

from collections.abc import Mapping, Sequence

from domain.errors import AlreadyThere, NoChange, NotFound, OutsidePlan
from domain.event import Event
from domain.facts import PLAN
from domain.objectives.levels import level_key, level_words, levels_of
from domain.plans.commands import AmendPlan
from domain.plans.events import PlanAmended
from domain.plans.state import PlanState

LONGEST_PLAN = 10
"""Years that a plan may cover."""


def amend_plan(state: PlanState, command: AmendPlan) -> list[Event]:
    """Refused when nothing would differ, a level is none of the plan's or two would be one, or a year is cut off that holds anything."""
    said = {name: getattr(command, name) for name in ("title", "first_year", "last_year")}
    changed = {name: value for name, value in said.items() if value is not None and value != state.value(PLAN, name)}
    first, last = changed.get("first_year", state.first_year), changed.get("last_year", state.last_year)
    if changed.keys() & {"first_year", "last_year"} and not 0 <= last - first < LONGEST_PLAN:
        problem = f"il piano andrebbe dal {first} al {last}"
        raise OutsidePlan(problem, accepted=f"da uno a {LONGEST_PLAN} anni", where="last_year")
    for year in state.years:
        if not first <= year <= last and (holding := _held_by_year(state, year)):
            raise OutsidePlan(
                f"il {year} resterebbe fuori, e ha {holding}",
                accepted="un piano che lo comprenda",
                where="first_year" if year < first else "last_year",
            )
    if command.levels:
        changed |= _renamed_levels(state, command.levels)
    if not changed:
        raise NoChange("il piano è già così", accepted="un titolo, degli anni o dei livelli diversi")
    return [PlanAmended(**changed)]


def _held_by_year(state: PlanState, year: int) -> str:
    """What a plan holds of a year; empty for nothing."""
    if state.approval(year) or state.closed(year):
        return "un atto che lo approva o lo chiude"
    targets = (key for indicator in state.indicators() for key in state.targets(indicator))
    return "dei target" if any(of == year for of, _ in targets) else ""


def _require_apart(levels: Sequence[str]) -> None:
    """AlreadyThere where two levels would bear one name: nothing that comes later could tell their rows apart again."""
    called = [level_key(level_words(level)) for level in levels]
    twice = next((level for level, name in zip(levels, called, strict=True) if called.count(name) > 1), None)
    if twice is not None:
        raise AlreadyThere(
            f"{twice!r} sarebbe il nome di più livelli: i loro obiettivi non si distinguerebbero più",
            accepted="un nome che nessun altro livello ha; per unire due livelli, il livello di ciascun obiettivo "
            "(objective reclassify --level)",
            where="levels",
        )


def _renamed_levels(state: PlanState, names: Mapping[str, str]) -> dict[str, object]:
    """The levels with their new names, and the objectives of those that change."""
    there = {level_key(level): level for level in levels_of(state)}
    new: dict[str, str] = {}
    for level, name in names.items():
        known = there.get(level_key(level))
        if known is None:
            raise NotFound(f"{level!r} non è un livello del piano", accepted=", ".join(there.values()), where="levels")
        new[known] = name
    _require_apart([new.get(level, level) for level in there.values()])
    objectives: dict[str, tuple[str, ...]] = {}
    for known, name in new.items():
        of_level = (o for o in state.objectives() if level_key(str(state.objective(o, "level"))) == level_key(known))
        objectives[name] = (*objectives.get(name, ()), *of_level)
    levels = tuple(dict.fromkeys(new.get(level, level) for level in there.values()))
    return {"levels": levels, "objectives": objectives}
