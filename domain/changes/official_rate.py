"""The official change rate of a year against its ceiling, and what a proposed change would make of it.

Variant and level are those that the measurement system names. The ceiling is the one that it states, else the target
of the plan's own indicator on the change rate: recognised by its formula, or by its name.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from domain.changes.rate import Variant, YearRates, year_rates
from domain.facts import IN_FORCE, indicator_key
from domain.formulas.model import Meta
from domain.italian import print_number, print_signs
from domain.late import late
from domain.plans.history import PlanHistory, changes_that_count
from domain.plans.state import PlanState
from domain.point import Point
from domain.scoring.numbers import at_step, percent
from domain.scoring.quantities import comparison_holds
from domain.systems.model import MeasurementSystem
from domain.targets.decide import target_of
from domain.targets.model import Comparator, Threshold
from domain.timelines import Timelines

with late:  # the rate is asked of few years
    from domain.formulas.reader import read_formula

TENTH = Decimal("0.1")


class Ceiling(NamedTuple):
    """What the rate must not pass, and where that is said: an indicator of the plan, or (None) the rules."""

    comparator: Comparator
    value: Decimal
    indicator: str | None = None
    text: str = ""

    def respected_by(self, rate: Decimal) -> bool:
        """Whether a rate keeps below the ceiling."""
        return comparison_holds(self.comparator, rate, self.value)


class OfficialRate(NamedTuple):
    """The rate of one year; `figure` in percent, unrounded, None where nothing was planned."""

    year: int
    variant: Variant
    level: str | None
    touched: tuple[str, ...]
    planned: tuple[str, ...]
    ceiling: Ceiling | None

    @property
    def figure(self) -> Decimal | None:
        """The rate in percent."""
        return percent(Decimal(len(self.touched)), Decimal(len(self.planned))) if self.planned else None

    @property
    def respected(self) -> bool | None:
        """Whether the rate keeps below its ceiling; None where there is no ceiling."""
        if self.ceiling is None:
            return None
        return self.figure is None or self.ceiling.respected_by(self.figure)


def official_rate(
    history: PlanHistory,
    year: int,
    point: Point,
    system: MeasurementSystem,
    ready: YearRates | None = None,
    own: Iterable[str] | None = None,
) -> OfficialRate:
    """The rate of a year by the variant and at the level that the rules name; `ready` where it was worked out before.

    `own` are, where they are known, the indicators among which are those that measure the rate.
    """
    variant, level = system.change_rate_variant, system.change_rate_level
    of_level = (ready or year_rates(history, year, point.as_of)).of_level(level)
    ceiling = ceiling_of(history.state(point.as_of), year, system, own)
    return OfficialRate(year, variant, level, of_level.rates[variant].touched, tuple(of_level.planned), ceiling)


def official_rates(
    history: PlanHistory,
    years: Iterable[int],
    point: Point,
    ready: Mapping[int, YearRates] | None = None,
    own: Collection[str] | None = None,
) -> dict[int, OfficialRate]:
    """The rates of some years at one point, each by the rules of its year."""
    changes = changes_that_count(history, point.as_of) if ready is None else []
    ready = ready or {year: year_rates(history, year, point.as_of, changes) for year in years}
    return {
        year: official_rate(history, year, point, history.system(year, point.as_of).system, ready.get(year), own)
        for year in years
    }


def begun_years(years: Iterable[int], as_of: date) -> list[int]:
    """The years of a plan that have a rate on a date: those that have begun by then."""
    return [year for year in years if year <= as_of.year]


def newly_touched(before: OfficialRate, after: OfficialRate) -> list[str]:
    """The objectives that a change brings among those that the rate counts."""
    return [name for name in after.touched if name not in before.touched]


def ceiling_of(
    state: PlanState, year: int, system: MeasurementSystem, own: Iterable[str] | None = None
) -> Ceiling | None:
    """The ceiling of a year: what the rules state, else the target of the plan's own indicator on the rate."""
    if system.change_rate_ceiling is not None:
        return Ceiling("<=", system.change_rate_ceiling, None, f"<= {print_number(system.change_rate_ceiling)}%")
    for indicator in own_indicators(state, own):
        target = target_of(value) if (value := state.targets(indicator).get((year, 1))) is not None else None
        if isinstance(target, Threshold):
            return Ceiling(target.comparator or "<=", target.value, indicator, target.text)
    return None


def own_indicators(state: PlanState, among: Iterable[str] | None = None) -> list[str]:
    """The indicators of a plan, or among some of it, that measure its own change rate."""
    return [
        indicator
        for indicator in (state.indicators() if among is None else among)
        if state.life(indicator_key(indicator)) == IN_FORCE
        and any(_speaks_of_the_rate(str(state.indicator(indicator, field) or "")) for field in _SPOKEN_IN)
    ]


def ever_own(timelines: Timelines, indicators: Iterable[str]) -> list[str]:
    """The indicators, of some, that measure the change rate of the plan by what was said of them for any date."""
    return [
        indicator
        for indicator in indicators
        if any(
            _speaks_of_the_rate(str(entry.value or ""))
            for field in _SPOKEN_IN
            for entry in timelines.entries(indicator_key(indicator), field)
        )
    ]


_SPOKEN_IN = ("formula", "name")


@lru_cache(maxsize=1024)
def _speaks_of_the_rate(words: str) -> bool:
    """Kept, for a year's rate is asked more than once of the same texts."""
    if "biettiv" not in words.casefold():  # obiettivi, obbiettivi: most texts need no reading
        return False
    return read_formula(words).meta is Meta.CHANGE_RATE


def in_words(rate: OfficialRate) -> str:
    """The rate in one phrase: 17,4 %, tetto < 20%."""
    figure = _spelt(rate.figure)
    if rate.ceiling is None:
        return f"{figure}, nessun tetto nel piano"
    return f"{figure}, tetto {print_signs(rate.ceiling.text)}{'' if rate.respected else ': superato'}"


def effect_words(before: OfficialRate, after: OfficialRate) -> str:
    """What a change makes of the rate, in one phrase: dal 17,4 % al 19,1 %, tetto 20%."""
    words = f"dal {_spelt(before.figure)} al {_spelt(after.figure)}"
    if before.figure == after.figure:
        words = f"resta al {_spelt(after.figure)}"
    if after.ceiling is not None:
        words += f", tetto {print_signs(after.ceiling.text)}" + ("" if after.respected else ": superato")
    return words


def _spelt(figure: Decimal | None) -> str:
    return "—" if figure is None else f"{print_number(at_step(figure, TENTH, 'half_up'))} %"
