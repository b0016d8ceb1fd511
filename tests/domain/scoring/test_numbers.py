"""Figures at a step: rounded where there is something to round, whatever their size."""

from decimal import Decimal

import pytest

from domain.scoring.numbers import at_step


@pytest.mark.parametrize("value", ["1.2345E+998", "-9.9E+997", "1E+40"])
def test_a_figure_beyond_every_step_stays_as_it_is(value: str) -> None:
    assert at_step(Decimal(value), Decimal("0.000001"), "half_up") == Decimal(value)


@pytest.mark.parametrize(("value", "rounded"), [("98.765", "98.77"), ("0", "0.00"), ("-0.005", "-0.01")])
def test_a_figure_is_rounded_at_its_step(value: str, rounded: str) -> None:
    assert str(at_step(Decimal(value), Decimal("0.01"), "half_up")) == rounded
