"""What of a plan is in force on a date: an objective with all that it hangs from, an indicator with what it serves.

From values to values: where the values come from, a timeline or a stored state, is the caller's.
"""

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator

from domain.facts import IN_FORCE, LIFE, assignment_key, indicator_key, objective_key
from domain.vocabulary import JsonValue

ValueOf = Callable[[str, str], JsonValue]
"""The value of a field of an object on the date; None where there is none."""


def objective_in_force(value: ValueOf, objective: str, verdicts: dict[str, bool] | None = None) -> bool:
    """Whether an objective and all that it hangs from are in force; `verdicts` are those that are known, and grow.

    What hangs from itself is not.
    """
    verdicts = {} if verdicts is None else verdicts
    way: dict[str, None] = {}
    current: str | None = objective
    while current is not None and current not in verdicts and current not in way:
        way[current] = None
        if value(objective_key(current), LIFE) != IN_FORCE:
            break
        parent = value(objective_key(current), "parent")
        current = None if parent is None else str(parent)
    holds = current is None or verdicts.get(current, False)
    verdicts.update(dict.fromkeys(way, holds))
    return holds


def objectives_in_force(value: ValueOf, objectives: Iterable[str]) -> list[str]:
    """Those of the objectives that are in force, in their order."""
    verdicts: dict[str, bool] = {}
    return [objective for objective in objectives if objective_in_force(value, objective, verdicts)]


def served_in_force(
    value: ValueOf, indicator: str, objectives: Iterable[str], holds: Callable[[str], bool]
) -> Iterator[str]:
    """Those of the objectives that an indicator in force serves and that hold; an indicator with none is not in force."""
    if value(indicator_key(indicator), LIFE) == IN_FORCE:
        for objective in objectives:
            if value(assignment_key(indicator, objective), LIFE) == IN_FORCE and holds(objective):
                yield objective


def places_in_force(
    value: ValueOf, indicators: Iterable[str], assignments: Iterable[tuple[str, str]], alive: Container[str]
) -> dict[str, list[str]]:
    """For each of the indicators that is in force, the objectives that it serves of those that are."""
    assigned: defaultdict[str, list[str]] = defaultdict(list)
    for indicator, objective in assignments:
        assigned[indicator].append(objective)
    places = {
        indicator: list(served_in_force(value, indicator, assigned[indicator], alive.__contains__))
        for indicator in indicators
        if indicator in assigned
    }
    return {indicator: objectives for indicator, objectives in places.items() if objectives}
