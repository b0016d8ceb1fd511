"""The official change rate: which variant and level, against which ceiling, and how it is told."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain.changes.official_rate import (
    Ceiling,
    OfficialRate,
    begun_years,
    ceiling_of,
    effect_words,
    in_words,
    newly_touched,
    official_rate,
    official_rates,
    own_indicators,
)
from domain.changes.rate import year_rates
from domain.indicators.events import IndicatorWithdrawn
from domain.plans.events import MeasurementSystemAdopted
from domain.point import Point
from domain.systems.decide import rules_json
from domain.systems.model import DEFAULT, MeasurementSystem
from tests.support.given import Given, revised

END = date(2022, 12, 31)
POINT = Point(END)
OWN = "n° obiettivi soggetti a modifica in itinere / n° obiettivi programmati ex ante"
FIFTEEN = MeasurementSystem(change_rate_ceiling=Decimal(15))


def plan(objectives: int = 10, *eased: str, **own: Any) -> Given:
    """So many objectives with an indicator each, some eased in May; the first may watch the plan's own rate."""
    there = Given()
    for number in range(1, objectives + 1):
        there.objective(f"o{number}").indicator(f"i{number}", f"o{number}", ">= 70", years=(2022, 2023))
    if own:
        there.indicator("tasso", "o1", **{"target_text": "< 20%", "years": (2022,)} | own)
    return there.approved().later("2022-05-01", *(revised(indicator, ">= 70", ">= 60") for indicator in eased))


def official(there: Given, system: MeasurementSystem = DEFAULT) -> OfficialRate:
    return official_rate(there.history, 2022, POINT, system)


def test_the_rate_is_told_against_the_ceiling_of_the_rules() -> None:
    one, two = official(plan(10, "i1"), FIFTEEN), official(plan(10, "i1", "i2"), FIFTEEN)
    assert (one.year, one.variant, one.level, one.touched, len(one.planned)) == (2022, "any", None, ("o1",), 10)
    assert (one.figure, one.respected, two.respected) == (Decimal(10), True, False)
    assert in_words(one) == "10,0 %, tetto ≤ 15%"
    assert in_words(two) == "20,0 %, tetto ≤ 15%: superato"
    assert effect_words(one, two) == "dal 10,0 % al 20,0 %, tetto ≤ 15%: superato"
    assert effect_words(two, one) == "dal 20,0 % al 10,0 %, tetto ≤ 15%"
    assert effect_words(two, two) == "resta al 20,0 %, tetto ≤ 15%: superato"


def test_a_change_brings_the_objectives_that_were_not_counted_before() -> None:
    one, two = official(plan(10, "i1")), official(plan(10, "i1", "i2"))
    assert (newly_touched(one, two), newly_touched(two, one)) == (["o2"], [])


def test_a_year_has_a_rate_from_its_first_day() -> None:
    assert begun_years(range(2022, 2025), date(2022, 12, 31)) == [2022]
    assert begun_years(range(2022, 2025), date(2023, 1, 1)) == [2022, 2023]


def test_without_a_ceiling_nothing_is_passed() -> None:
    rate = official(plan(3, "i1"))
    assert (rate.ceiling, rate.respected) == (None, None)
    assert in_words(rate) == "33,3 %, nessun tetto nel piano"
    assert effect_words(official(plan(3)), rate) == "dal 0,0 % al 33,3 %"


def test_where_nothing_was_planned_there_is_no_figure_and_no_ceiling_is_passed() -> None:
    rate = official(Given().objective("a").approved(), FIFTEEN)
    assert (rate.figure, rate.respected) == (None, True)
    assert in_words(rate) == "—, tetto ≤ 15%"


def test_the_rules_name_variant_and_level() -> None:
    there = plan(4, "i1").later("2022-06-01", revised("i2", ">= 70", ">= 80"))
    rules = MeasurementSystem(change_rate_variant="easier", change_rate_level="operativo")
    rate = official(there, rules)
    assert (rate.variant, rate.level, rate.touched, len(rate.planned)) == ("easier", "operativo", ("o1",), 4)
    nothing = official(there, MeasurementSystem(change_rate_level="strategico"))
    assert (nothing.level, nothing.planned, nothing.figure) == ("strategico", (), None)


def test_what_was_worked_out_before_is_taken_as_it_is() -> None:
    there = plan(4, "i1")
    ready = year_rates(there.history, 2022, date(2022, 4, 30))
    assert official_rate(there.history, 2022, POINT, DEFAULT, ready).touched == ()


@pytest.mark.parametrize(
    ("own", "ceiling"),
    [
        ({"name": OWN}, Ceiling("<", Decimal(20), "tasso", "< 20%")),
        ({"formula": OWN}, Ceiling("<", Decimal(20), "tasso", "< 20%")),
        ({"name": OWN.replace("obiettivi", "OBBIETTIVI")}, Ceiling("<", Decimal(20), "tasso", "< 20%")),
        ({"name": OWN, "target_text": "20%"}, Ceiling("<=", Decimal(20), "tasso", "20%")),
        ({"name": OWN, "target_text": "da definire"}, None),
        ({"name": OWN, "years": (2023,)}, None),
        ({"name": "Obiettivi di incasso / incassi previsti"}, None),
        ({"name": OWN.replace("obiettivi", "progetti")}, None),
    ],
)
def test_the_ceiling_is_the_target_of_the_plans_own_indicator_on_the_rate(
    own: dict[str, Any], ceiling: Ceiling | None
) -> None:
    there = plan(2, **own)
    assert ceiling_of(there.history.state(END), 2022, DEFAULT) == official(there).ceiling == ceiling


def test_an_own_indicator_that_is_withdrawn_sets_no_ceiling() -> None:
    there = plan(2, name=OWN).later("2022-06-01", IndicatorWithdrawn(indicator="tasso"))
    assert own_indicators(there.history.state(date(2022, 5, 31))) == ["tasso"]
    assert own_indicators(there.history.state(date(2022, 6, 1))) == []


@pytest.mark.parametrize(
    ("ceiling", "rate", "respected"),
    [("<", "20", False), ("<", "19.99", True), ("<=", "20", True), ("<=", "20.01", False)],
)
def test_a_ceiling_is_passed_by_its_comparator(ceiling: str, rate: str, *, respected: bool) -> None:
    assert Ceiling(ceiling, Decimal(20)).respected_by(Decimal(rate)) is respected  # type: ignore[arg-type]


def test_the_rates_of_some_years_are_each_by_the_rules_of_its_year() -> None:
    there = plan(4, "i1").later("2023-01-31", MeasurementSystemAdopted(year=2023, system=rules_json(FIFTEEN)))
    there.later("2023-03-01", revised("i2", ">= 70", ">= 60", 2023), revised("i3", ">= 70", ">= 60", 2023))
    point = Point(date(2023, 12, 31))
    rates = official_rates(there.history, (2022, 2023), point)
    assert {year: (rate.year, in_words(rate)) for year, rate in rates.items()} == {
        2022: (2022, "25,0 %, nessun tetto nel piano"),
        2023: (2023, "50,0 %, tetto ≤ 15%: superato"),
    }
    ready = {2022: year_rates(there.history, 2022, date(2022, 4, 30))}
    assert {year: rate.touched for year, rate in official_rates(there.history, (2022,), point, ready).items()} == {
        2022: ()
    }
