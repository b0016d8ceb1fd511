"""The variance, recomputed by hand: observed less asked, in the unit of the target and in percent of it."""

from datetime import date
from decimal import Decimal

import pytest

from domain.measurements.reader import read_value
from domain.scoring.forms import Circumstances, achieve
from domain.scoring.variance import variance
from domain.targets.reader import read_one

YEAR = 2022


@pytest.mark.parametrize(
    ("target", "observed", "value", "percent", "words"),
    [
        (">= 70%", "66,5%", "-3.5", "-5", "-3,5 punti percentuali (-5 %)"),  # 66.5 - 70; -3.5 / 70
        ("<= 20 gg", "25 gg", "5", "25", "+5 giorni (+25 %)"),  # 25 - 20; 5 / 20
        (">= 200", "200", "0", "0", "0 (0 %)"),
        (">= 0,2%", "0,184%", "-0.016", "-8", "-0,016 punti percentuali (-8 %)"),  # small beside a hundredth
        ("tra 5 e 10", "12", "2", "20", "+2 (+20 %)"),  # above the end that was passed: 12 - 10; 2 / 10
        ("zero", "3", "3", None, "+3"),
        ("entro il 31/07", "15/08/2022", "15", None, "+15 giorni"),
        ("entro il 31/07", "21/07/2022", "-10", None, "-10 giorni"),
        (">= 3", "n.d.", None, None, None),
        ("Sì", "No", None, None, None),
    ],
)
def test_a_variance_is_observed_less_asked(
    target: str, observed: str, value: str | None, percent: str | None, words: str | None
) -> None:
    read = read_one(target, YEAR)
    achieved = achieve(read, read_value(observed, YEAR), Circumstances(year=YEAR, on=date(2023, 1, 31)))
    found = variance(read, achieved.compared)
    if value is None:
        assert found is None
        return
    assert found is not None
    assert (found.value, found.percent) == (Decimal(value), None if percent is None else Decimal(percent))
    assert found.words == words


def test_what_was_asked_for_is_said_beside_it() -> None:
    def asked(target: str, observed: str) -> str | None:
        read = read_one(target, YEAR)
        achieved = achieve(read, read_value(observed, YEAR), Circumstances(year=YEAR, on=date(2023, 1, 31)))
        found = variance(read, achieved.compared)
        assert found is not None
        return found.asked_words

    assert [asked(">= 70%", "66,5%"), asked("<= 20 gg", "25 gg"), asked(">= 1.500", "3")] == [
        "70%",
        "20 giorni",
        "1.500",
    ]
    assert asked("entro il 31/07", "15/08/2022") is None
