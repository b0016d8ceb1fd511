"""What the indicators and objectives of a plan lack for a year to be told by them: a value, a target, an office, a direction, terms."""

from collections.abc import Collection, Iterator
from datetime import date
from typing import Literal

from domain.facts import IN_FORCE, indicator_key
from domain.late import late

with late:  # the words are asked more often than who lacks
    from domain.formulas.decide import confirmed_formula
    from domain.measurements.checks import responsible_offices
    from domain.oiv.year_record import YearRecord, committed
    from domain.plans.state import PlanState
    from domain.scoring.inputs import measured_by_system

IndicatorLack = Literal["never_measured", "no_target", "no_office", "no_polarity", "no_formula", "no_formula_terms"]
ObjectiveLack = Literal["no_indicators", "no_office"]
Lack = Literal[
    "never_measured", "no_target", "no_office", "no_polarity", "no_formula", "no_formula_terms", "no_indicators"
]

LACK_WORDS: dict[Lack, str] = {
    "never_measured": "mai misurato",
    "no_target": "senza target",
    "no_office": "senza ufficio",
    "no_polarity": "senza polarità",
    "no_formula": "senza formula",
    "no_formula_terms": "senza i termini della formula",
    "no_indicators": "senza indicatori",
}


def structure_of(record: YearRecord) -> PlanState:
    """The plan by the end of the year of a record, or on the date that is asked about, if that comes before."""
    return record.history.state(min(record.as_of, date(record.year, 12, 31)))


def lacking_indicators(record: YearRecord, undirected: Collection[str]) -> dict[str, list[IndicatorLack]]:
    """What each indicator that counts lacks, of those that lack anything; `undirected` are those whose polarity is to be said.

    Never measured is what has a target of the year and no value for it; what the system measures lacks none. Without terms is
    a formula of which the office neither confirmed the terms nor said that it stays prose.
    """
    state, now = structure_of(record), record.history.state(record.as_of)
    bearing = committed(record.history, record.year, record.as_of)
    never_measured = {row.indicator for row in record.never_measured()}

    def lacks(indicator: str) -> Iterator[IndicatorLack]:
        by_system = measured_by_system(state, indicator)
        if indicator in never_measured and not by_system:
            yield "never_measured"
        if indicator not in bearing:
            yield "no_target"
        if not responsible_offices(state, indicator):
            yield "no_office"
        if indicator in undirected:
            yield "no_polarity"
        if by_system or confirmed_formula(now, indicator) is not None:
            return
        yield "no_formula_terms" if state.indicator(indicator, "formula") else "no_formula"

    alive = (
        indicator
        for indicator in state.indicators()
        if state.indicator_in_force(indicator) and state.is_counted(indicator, now)
    )
    return {indicator: found for indicator in alive if (found := list(lacks(indicator)))}


def lacking_objectives(record: YearRecord) -> dict[str, list[ObjectiveLack]]:
    """What each objective in force that waits for no trigger lacks, of those that lack anything.

    Without indicators is one that has none, and nothing under which has any; without an office one that names none, under
    what names none, with nothing beneath that does.
    """
    state, now = structure_of(record), record.history.state(record.as_of)
    measured: set[str] = set()
    answered: set[str] = set()
    in_force = state.objectives_in_force()
    alive = [each for each in in_force if not state.awaits_condition(each, now)]
    # What waits for its trigger lacks nothing, and is there all the same for what it hangs from.
    above = {objective: [objective, *state.ancestors(objective)] for objective in in_force}
    naming = {objective for objective in in_force if state.objective(objective, "offices")}
    for objective in naming:
        answered.update(above[objective])
    for indicator, objective in state.assignments():
        if objective in above and state.life(indicator_key(indicator)) == IN_FORCE:
            measured.update(above[objective])
            if state.indicator(indicator, "owner") or state.indicator(indicator, "co_owners"):
                answered.update(above[objective])

    def lacks(objective: str) -> Iterator[ObjectiveLack]:
        if objective not in measured:
            yield "no_indicators"
        if objective not in answered and naming.isdisjoint(above[objective]):
            yield "no_office"

    return {objective: found for objective in alive if (found := list(lacks(objective)))}
