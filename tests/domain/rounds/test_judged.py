"""A value of a part of a year against its target: what adds up is not held against the whole of another year."""

from datetime import date
from decimal import Decimal

import pytest

from domain.measurements.reader import read_value
from domain.rounds.judged import judged
from domain.scoring.forms import Circumstances
from domain.targets.reader import read_one


@pytest.mark.parametrize(
    ("value", "on", "met"),
    [
        ("500", date(2024, 6, 30), None),
        ("500", date(2024, 12, 31), False),
        ("1.200", date(2024, 12, 31), True),
        ("incremento del 12%", date(2024, 6, 30), True),
    ],
)
def test_a_change_from_another_year_is_judged_once_the_year_is_over(value: str, on: date, *, met: bool | None) -> None:
    case = Circumstances(earlier={2023: Decimal(1000)})
    found = judged({1: read_one("+10% sul 2023", 2024)}, read_value(value, 2024), case, on)
    assert (None if found is None else found.met) == met
