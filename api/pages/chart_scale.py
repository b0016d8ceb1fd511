"""The scale of a chart: days along its width, values up its height between round ones."""

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

TOP, BOTTOM = 24, 244
"""Pixels: where the greatest and the least value stand."""
GRID = 4
"""About how many steps the values are told in."""


class ChartScale:
    """Where days (percent from the left) and values (pixels from above) stand; `ticks` are the round values between."""

    def __init__(self, values: Sequence[Decimal], start: date, end: date) -> None:
        self.start, self.end = start, end
        low, high = min(values), max(values)
        span = (high - low) or max(abs(high) / 5, Decimal(1))
        step = _round_step(span / GRID)
        self.low = _floor(low - span / 10, step)
        self.low = max(self.low, Decimal(0)) if low >= 0 else self.low
        self.high = _ceiling(high + span / 10, step)
        count = int((self.high - self.low) / step)
        self.ticks = [self.low + step * place for place in range(count + 1)]

    def x(self, day: date) -> float:
        """Percent of the width."""
        return round(100 * (day - self.start).days / (self.end - self.start).days, 2)

    def y(self, value: Decimal) -> float:
        """Pixels from above."""
        return round(BOTTOM - float((value - self.low) / (self.high - self.low)) * (BOTTOM - TOP), 1)


def _round_step(span: Decimal) -> Decimal:
    """The round number next to a span: one, two or five of a power of ten."""
    power = Decimal(1).scaleb(span.adjusted())
    return next(times * power for times in (1, 2, 5, 10) if times * power >= span)


def _floor(value: Decimal, step: Decimal) -> Decimal:
    return (value / step).to_integral_value(ROUND_FLOOR) * step


def _ceiling(value: Decimal, step: Decimal) -> Decimal:
    return (value / step).to_integral_value(ROUND_CEILING) * step
