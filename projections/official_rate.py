"""The official change rate of the years of a plan, with the ceiling that it must not pass."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from domain.changes import official_rate as rules
from domain.changes.rate import Variant
from domain.point import Point
from domain.scoring.numbers import HUNDREDTH, at_step, decimal_string
from domain.targets.model import Comparator
from domain.vocabulary import Identifier, Line, Year
from projections.answers import Count, DecimalText, OfPlan, Text
from projections.plan_history import plan_history
from projections.store.reader import Reader


class CeilingAnswer(TypedDict):
    """Il tetto del tasso, e se il tasso lo rispetta; `indicator` è l'indicatore del piano che lo dice, se è il piano."""

    text: Text
    comparator: Comparator
    value: DecimalText
    indicator: Identifier | None
    respected: bool


class OfficialRate(TypedDict):
    """Il tasso di modifica ufficiale di un anno, con il suo tetto se il piano ne ha uno."""

    year: Year
    variant: Variant
    level: Line | None
    rate: DecimalText | None
    numerator: Count
    denominator: Count
    objectives: list[Identifier]
    ceiling: CeilingAnswer | None
    words: Text


class OfficialRates(OfPlan):
    """Il tasso ufficiale di ogni anno del piano già cominciato."""

    years: list[OfficialRate]


class OfficialEffect(TypedDict):
    """Che cosa una modifica fa del tasso ufficiale di un anno: dal 17,4 % al 19,1 %, tetto 20 %."""

    year: Year
    before: OfficialRate
    after: OfficialRate
    objectives_added: list[Identifier]
    ceiling_respected: Annotated[bool | None, Field(description="Null se il piano non ha un tetto.")]
    words: Text


def against_the_ceiling(reader: Reader, plan: str, year: int, point: Point) -> OfficialRate:
    """The official rate of a year, with its ceiling and whether it keeps below."""
    return official_rate_answer(rules.official_rates(plan_history(reader, plan, point), [year], point)[year])


def official_rates(reader: Reader, plan: str, point: Point) -> OfficialRates:
    """The official rate of each year of the plan that had begun by the date."""
    history = plan_history(reader, plan, point)
    years = rules.begun_years(history.years, point.as_of)
    return {
        "plan": plan,
        "as_of": point.as_of.isoformat(),
        "version": history.version,
        "years": [official_rate_answer(rate) for rate in rules.official_rates(history, years, point).values()],
    }


def official_rate_answer(rate: rules.OfficialRate) -> OfficialRate:
    """An official rate as JSON."""
    ceiling: CeilingAnswer | None = None
    if rate.ceiling is not None:
        ceiling = {
            "text": rate.ceiling.text,
            "comparator": rate.ceiling.comparator,
            "value": decimal_string(rate.ceiling.value),
            "indicator": rate.ceiling.indicator,
            "respected": bool(rate.respected),
        }
    return {
        "year": rate.year,
        "variant": rate.variant,
        "level": rate.level,
        "rate": decimal_string(at_step(rate.figure, HUNDREDTH, "half_up")) if rate.figure is not None else None,
        "numerator": len(rate.touched),
        "denominator": len(rate.planned),
        "objectives": list(rate.touched),
        "ceiling": ceiling,
        "words": rules.in_words(rate),
    }


def described_effect(before: rules.OfficialRate, after: rules.OfficialRate) -> OfficialEffect:
    """What a change makes of an official rate, as JSON."""
    return {
        "year": after.year,
        "before": official_rate_answer(before),
        "after": official_rate_answer(after),
        "objectives_added": rules.newly_touched(before, after),
        "ceiling_respected": after.respected,
        "words": rules.effect_words(before, after),
    }
