"""What is expected under way: half of what adds up at half a year, all of a rate or a time."""

from datetime import date
from decimal import Decimal

import pytest

from domain.rounds.expected import expected_progress, expected_value
from domain.scoring.sums import adds_up
from domain.systems.model import MeasurementSystem
from domain.targets.model import Threshold
from domain.targets.reader import read_one

RULES = MeasurementSystem()


@pytest.mark.parametrize(
    ("on", "percent"),
    [(date(2022, 6, 30), "50"), (date(2022, 9, 30), "75"), (date(2022, 12, 31), "100"), (date(2023, 2, 1), "100")],
)
def test_the_share_of_the_year_that_has_gone_by(on: date, percent: str) -> None:
    assert expected_progress(2022, on, RULES) == Decimal(percent)
    assert expected_progress(2022, on, MeasurementSystem(expected_progress="none")) is None


def test_within_a_month_the_days_are_counted() -> None:
    assert expected_progress(2022, date(2022, 1, 10), RULES) == Decimal("2.739726027397260273972602739726027")


@pytest.mark.parametrize(
    ("target", "expected"), [(">= 10", "5"), (">= 70%", "70"), ("<= 30 gg", "30"), ("<= 4", "4"), (">= 1.000 €", "500")]
)
def test_a_count_adds_up_over_the_year_and_a_rate_does_not(target: str, expected: str) -> None:
    read = read_one(target)
    assert isinstance(read, Threshold)
    sums = adds_up(read.unit, read.comparator, None)
    assert expected_value(read.value, date(2022, 6, 30), RULES, adds_up=sums) == Decimal(expected)
