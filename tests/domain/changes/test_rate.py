"""The change rate, without a database: what is counted, of what, in which variant."""

from datetime import date

from domain.changes.official_rate import effect_words, in_words, official_rate
from domain.changes.rate import (
    VARIANTS,
    by_level,
    counted_in,
    counts,
    percent_of,
    rates_by_cause,
    rates_by_month,
    year_rates,
)
from domain.indicators.card import Card
from domain.indicators.events import IndicatorRedefined
from domain.plans.history import changes_that_count, plan_changes
from domain.point import Point
from domain.systems.model import MeasurementSystem
from tests.support.given import Given, revised

END = date(2022, 12, 31)


def test_each_variant_lies_within_the_one_before() -> None:
    record = Given.numbered(4)
    record.later("2022-05-01", revised("i1", ">= 70,34", ">= 60"))
    record.later("2022-05-01", revised("i2", ">= 70,34", ">= 80"))
    record.later("2022-05-01", IndicatorRedefined(indicator="i3", card=Card(source="altra")))
    rates = year_rates(record.known_on("2022-12-31"), 2022, END).rates
    assert {variant: rates[variant].touched for variant in VARIANTS} == {
        "any": ("o1", "o2", "o3"),
        "substance": ("o1", "o2"),
        "easier": ("o1",),
    }
    assert [str(rates[variant].percent) for variant in VARIANTS] == ["75.00", "50.00", "25.00"]


def test_a_change_that_a_variant_does_not_count_is_in_none_of_the_narrower() -> None:
    record = Given.numbered().later("2022-05-01", revised("i1", ">= 70,34", ">= 80"))
    (change,) = plan_changes(record.known_on("2022-12-31"), END, drafting=False)
    assert [counts(change, variant) for variant in VARIANTS] == [True, True, False]


def test_what_counts_is_the_same_with_or_without_what_every_approval_reaches() -> None:
    record = Given.numbered(2).later("2022-05-01", revised("i1", ">= 70,34", ">= 60"))
    history = record.known_on("2022-12-31")
    every = [change.record.version for change in plan_changes(history, END) if change.counts]
    assert [change.record.version for change in changes_that_count(history, END)] == every == [history.version]


def test_nothing_of_nothing_is_no_rate() -> None:
    assert percent_of(0, 0) is None
    assert str(percent_of(1, 3)) == "33.33"


def test_rates_stand_by_level_cause_and_month() -> None:
    record = Given.numbered(2)
    record.later("2022-05-01", revised("i1", ">= 70,34", ">= 60"), cause="exogenous")
    record.later("2022-09-01", revised("i2", ">= 70,34", ">= 60"), cause="new_data")
    history = record.known_on("2022-12-31")
    rates_2022, changes = year_rates(history, 2022, END), counted_in(changes_that_count(history, END), 2022)
    assert by_level(rates_2022.ex_ante, rates_2022.planned) == {"operativo": ["o1", "o2"]}
    assert {c: r["any"].touched for c, r in rates_by_cause(changes, rates_2022.planned).items()} == {
        "exogenous": ("o1",), "new_data": ("o2",),
    }  # fmt: skip
    assert {m: str(r["any"].percent) for m, r in rates_by_month(changes, rates_2022.planned).items()} == {
        "2022-05": "50.00", "2022-09": "100.00",
    }  # fmt: skip


def test_the_official_rate_is_told_against_the_ceiling_of_the_rules() -> None:
    record = Given.numbered(10)
    system = MeasurementSystem(change_rate_ceiling="15")  # type: ignore[arg-type]
    record.later("2022-05-01", revised("i1", ">= 70,34", ">= 60"))
    before = official_rate(record.known_on("2022-06-01"), 2022, Point(END), system)
    record.later("2022-09-01", revised("i2", ">= 70,34", ">= 60"))
    after = official_rate(record.known_on("2022-12-31"), 2022, Point(END), system)
    assert in_words(before) == "10,0 %, tetto <= 15%"
    assert in_words(after) == "20,0 %, tetto <= 15%: superato"
    assert effect_words(before, after) == "dal 10,0 % al 20,0 %, tetto <= 15%: superato"
    assert (before.respected, after.respected) == (True, False)
