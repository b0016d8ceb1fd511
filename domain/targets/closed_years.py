"""Which closed years of a plan take a figure from elsewhere: an earlier year of the own series, or what others published.

What a closed year was scored by is settled. A figure that one of its targets is judged by may come late, or be put right,
as its own figures may: with the reason, and it is told. Nothing of it changes unsaid.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from domain.formulas.decide import confirmed_formula
from domain.formulas.model import keys_of
from domain.plans.state import PlanState
from domain.spelling import folded
from domain.targets.decide import target_of
from domain.targets.model import Change, Reference, Target
from domain.targets.references import BASELINE, OWN, read_reference
from domain.vocabulary import period_year


class TakenFrom(NamedTuple):
    """A figure that a year may be judged by: of the own series (`own`), or of whose it is, folded; of which year."""

    whose: str
    year: int


def figure_published(whose: str, period: str) -> TakenFrom | None:
    """What a published value is looked up by; None for one of a part of a year, which is there to be read only."""
    return None if "-" in period else TakenFrom(folded(whose), period_year(period))


def figure_measured(period: str) -> TakenFrom | None:
    """What a value of the own series is looked up by from other years; None for one of a part of a year."""
    return None if "-" in period else TakenFrom(OWN, period_year(period))


def taken_by(target: Target, year: int) -> Iterator[TakenFrom]:
    """The figures that a target of a year may be judged by, beside the year's own."""
    match target:
        case Reference(value=None):
            rule = read_reference(target.reference, year)
            if rule.of != BASELINE:
                yield from (TakenFrom(*key) for key in rule.answered_by_year(year))
            yield from (TakenFrom(*key) for key in rule.answered_as_called(year))
        case Change(base=int() as base):
            yield TakenFrom(OWN, base)
        case Change(base="previous"):
            yield TakenFrom(OWN, year - 1)
        case Change(base="mean3"):
            yield from (TakenFrom(OWN, year - back) for back in (1, 2, 3))
        case _:
            pass


def years_that_take(state: PlanState, indicators: Iterable[str], figure: TakenFrom) -> list[int]:
    """The years of the plan that judge one of these indicators by a figure: by a target, or a formula."""
    found: set[int] = set()
    for indicator in indicators:
        for (year, _), value in state.targets(indicator).items():
            if figure in taken_by(target_of(value), year):
                found.add(year)
        formula = confirmed_formula(state, indicator) if figure.whose == OWN else None
        if formula is not None and formula.expression is not None:
            found |= {figure.year + key.years_back for key in keys_of(formula.expression) if key.years_back}
    return sorted(found & set(state.years))


def closed_years_that_take(state: PlanState, indicators: Iterable[str], figure: TakenFrom | None) -> list[int]:
    """Those of them that are closed."""
    return [] if figure is None else [y for y in years_that_take(state, indicators, figure) if state.closed(y)]
