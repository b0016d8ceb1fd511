"""The official change rate of a year against its ceiling, and what a proposed change would make of it.

Variant and level are those that the measurement system names. The ceiling is the one that it states, else the target
of the plan's own indicator on the change rate: recognised by its formula, or by its name.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from domain.facts import IN_FORCE, indicator_key
from domain.formulas.model import Meta
from domain.formulas.reader import read_formula
from domain.italian import print_number
from domain.plans.history import PlanHistory, plan_changes
from domain.plans.state import PlanState
from domain.point import Point
from domain.scoring.numbers import at_step, percent, plain
from domain.scoring.quantities import holds
from domain.systems.decide import system_of
from domain.systems.model import MeasurementSystem
from domain.targets.decide import target_of
from domain.targets.model import Comparator, Threshold
from domain.vocabulary import JsonValue
from projections.change_rate import counts, ex_ante_objectives
from projections.plan_history import plan_history
from projections.store.reader import Reader

TENTH = Decimal("0.1")


class Ceiling(NamedTuple):
    """What the rate must not pass, and where that is said: an indicator of the plan, or (None) the rules."""

    comparator: Comparator
    value: Decimal
    indicator: str | None = None
    text: str = ""

    def respected_by(self, rate: Decimal) -> bool:
        """Whether a rate keeps below the ceiling."""
        return holds(self.comparator, rate, self.value)


class OfficialRate(NamedTuple):
    """The rate of one year; `figure` in percent, unrounded, None where nothing was planned."""

    year: int
    variant: str
    level: str | None
    touched: tuple[str, ...]
    planned: tuple[str, ...]
    ceiling: Ceiling | None

    @property
    def figure(self) -> Decimal | None:
        """The rate in percent."""
        return percent(Decimal(len(self.touched)), Decimal(len(self.planned))) if self.planned else None


def official_rate(history: PlanHistory, year: int, point: Point, system: MeasurementSystem) -> OfficialRate:
    """The rate of a year by the variant and at the level that the rules name."""
    listed = [one for one in plan_changes(history, point.as_of, drafting=False) if one.counts and one.year == year]
    ex_ante = history.ex_ante(year)
    planned = ex_ante_objectives(ex_ante, history.state(min(point.as_of, date(year, 12, 31))), year)
    level = system.change_rate_level
    if level is not None:
        planned = [one for one in planned if ex_ante.objective(one, "level") == level]
    touched = {name for one in listed if counts(one, system.change_rate_variant) for name in one.objectives}
    counted = tuple(name for name in planned if name in touched)
    ceiling = ceiling_of(history.state(point.as_of), year, system)
    return OfficialRate(year, system.change_rate_variant, level, counted, tuple(planned), ceiling)


def ceiling_of(state: PlanState, year: int, system: MeasurementSystem) -> Ceiling | None:
    """The ceiling of a year: what the rules state, else the target of the plan's own indicator on the rate."""
    if system.change_rate_ceiling is not None:
        return Ceiling("<=", system.change_rate_ceiling, None, f"<= {print_number(system.change_rate_ceiling)}%")
    for indicator in own_indicators(state):
        target = target_of(value) if (value := state.targets(indicator).get((year, 1))) is not None else None
        if isinstance(target, Threshold):
            return Ceiling(target.comparator or "<=", target.value, indicator, target.text)
    return None


def own_indicators(state: PlanState) -> list[str]:
    """The indicators of a plan that measure its own change rate."""
    return [
        one
        for one in state.indicators()
        if state.life(indicator_key(one)) == IN_FORCE
        and any(
            read_formula(str(text)).meta is Meta.CHANGE_RATE
            for field in ("formula", "name")
            if (text := state.indicator(one, field)) and "obiettiv" in str(text).casefold()
        )
    ]


def against_the_ceiling(reader: Reader, plan: str, year: int, point: Point) -> dict[str, JsonValue]:
    """The official rate of a year, with its ceiling and whether it keeps below."""
    history = plan_history(reader, plan, point)
    return described(official_rate(history, year, point, system_of(history.timelines, year, point.as_of).system))


def described(rate: OfficialRate) -> dict[str, JsonValue]:
    """An official rate as JSON."""
    ceiling: dict[str, JsonValue] | None = None
    if rate.ceiling is not None:
        ceiling = {
            "text": rate.ceiling.text,
            "comparator": rate.ceiling.comparator,
            "value": plain(rate.ceiling.value),
            "indicator": rate.ceiling.indicator,
            "respected": rate.figure is None or rate.ceiling.respected_by(rate.figure),
        }
    return {
        "year": rate.year,
        "variant": rate.variant,
        "level": rate.level,
        "rate": plain(at_step(rate.figure, Decimal("0.01"), "half_up")) if rate.figure is not None else None,
        "numerator": len(rate.touched),
        "denominator": len(rate.planned),
        "objectives": list(rate.touched),
        "ceiling": ceiling,
        "words": in_words(rate),
    }


def in_words(rate: OfficialRate) -> str:
    """The rate in one phrase: 17,4 %, tetto < 20%."""
    figure = _spelt(rate.figure)
    if rate.ceiling is None:
        return f"{figure}, nessun tetto nel piano"
    passed = rate.figure is not None and not rate.ceiling.respected_by(rate.figure)
    return f"{figure}, tetto {rate.ceiling.text}{': superato' if passed else ''}"


def effect(before: OfficialRate, after: OfficialRate) -> dict[str, JsonValue]:
    """What a proposed change makes of the official rate: from 17.4 % to 19.1 %, ceiling 20 %."""
    ceiling = after.ceiling
    words = f"dal {_spelt(before.figure)} al {_spelt(after.figure)}"
    if before.figure == after.figure:
        words = f"resta al {_spelt(after.figure)}"
    respected: bool | None = None
    if ceiling is not None:
        respected = after.figure is None or ceiling.respected_by(after.figure)
        words += f", tetto {ceiling.text}" + ("" if respected else ": superato")
    return {
        "year": after.year,
        "before": described(before),
        "after": described(after),
        "objectives_added": [one for one in after.touched if one not in before.touched],
        "ceiling_respected": respected,
        "words": words,
    }


def effect_on(reader: Reader, plan: str, year: int, before: Point, after: Point) -> dict[str, JsonValue]:
    """The same, between two points: what was known before the change, and what is after it."""
    rates = [rates_of_years(plan_history(reader, plan, at), [year], at)[year] for at in (before, after)]
    return effect(*rates)


def rates_of_years(history: PlanHistory, years: Sequence[int], point: Point) -> dict[int, OfficialRate]:
    """The official rates of some years at one point: what is asked before a proposal, and again after it."""
    return {
        year: official_rate(history, year, point, system_of(history.timelines, year, point.as_of).system)
        for year in years
    }


def over_the_years(reader: Reader, plan: str, point: Point) -> list[JsonValue]:
    """The official rate of each year of the plan that had begun by the date."""
    history = plan_history(reader, plan, point)
    years = [year for year in history.years if year <= point.as_of.year]
    return [described(rate) for rate in rates_of_years(history, years, point).values()]


def _spelt(figure: Decimal | None) -> str:
    return "—" if figure is None else f"{print_number(at_step(figure, TENTH, 'half_up'))} %"
