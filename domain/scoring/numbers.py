"""The arithmetic of scores: Decimal, 34 significant digits, half to even, and one way to print a number.

Sums are made in the order of the values, never of the rows: the same rows in another order give the same digits.
"""

from collections.abc import Iterable
from decimal import (
    ROUND_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)
from typing import Literal, overload

from domain.italian import print_number

DIGITS = 34
MOST_PLACES = 10
"""Decimals from which a percentage is as good as whole."""
CONTEXT = Context(
    prec=DIGITS,
    rounding=ROUND_HALF_EVEN,
    Emin=-999,
    Emax=999,
    traps=[InvalidOperation, DivisionByZero, Overflow],
)
HUNDRED = Decimal(100)
ZERO = Decimal(0)
HUNDREDTH = Decimal("0.01")

How = Literal["half_up", "truncated"]
_ROUNDINGS = {"half_up": ROUND_HALF_UP, "truncated": ROUND_DOWN}


def over(numerator: Decimal, denominator: Decimal) -> Decimal:
    """A quotient; whoever calls has seen that the divisor is not zero."""
    return CONTEXT.divide(numerator, denominator)


def times(first: Decimal, second: Decimal) -> Decimal:
    """A product."""
    return CONTEXT.multiply(first, second)


def plus(first: Decimal, second: Decimal) -> Decimal:
    """A sum of two."""
    return CONTEXT.add(first, second)


def minus(first: Decimal, second: Decimal) -> Decimal:
    """A difference."""
    return CONTEXT.subtract(first, second)


def difference(after: Decimal | None, before: Decimal | None) -> Decimal | None:
    """How much one figure is above another; None where either is not there."""
    return None if after is None or before is None else minus(after, before)


def percent(numerator: Decimal, denominator: Decimal) -> Decimal:
    """A quotient in percent, rounded once: at the end."""
    return over(times(HUNDRED, numerator), denominator)


def total(values: Iterable[Decimal]) -> Decimal:
    """A sum that does not depend on the order in which its terms come."""
    result = ZERO
    for value in sorted(values):
        result = CONTEXT.add(result, value)
    return result


def at_step(value: Decimal, step: Decimal, how: How) -> Decimal:
    """A value rounded half up, or cut, at a step: 0.01 for two decimals, 1 for whole numbers, 0.5 for halves.

    A value of more steps than there are digits stays as it is: it has no digits left to round.
    """
    if value.adjusted() - step.adjusted() >= DIGITS:  # so many that their number itself would be out of bounds
        return value
    steps = over(value, step)
    if steps.adjusted() >= DIGITS - 1:
        return value
    steps = steps.quantize(Decimal(1), _ROUNDINGS[how], CONTEXT)
    return times(steps, step)


def places_to_say(value: Decimal, places: int) -> int:
    """With how many decimals a percentage is said: those wanted, more where rounding to them would say a whole, or nothing.

    59,99 of 60 is no 100,0 %. What is nearer to it than a calculation is exact is the whole.
    """
    for more in range(places, MOST_PLACES):
        rounded = at_step(value, Decimal(1).scaleb(-more), "half_up")
        if all((rounded == end) == (value == end) for end in (0, 100)):
            return more if more == places else max(more, 2)
    return places


@overload
def decimal_string(value: Decimal) -> str: ...


@overload
def decimal_string(value: Decimal | None) -> str | None: ...


def decimal_string(value: Decimal | None) -> str | None:
    """A number as a decimal string: no exponent, no zeros that say nothing; None stays None."""
    if value is None:
        return None
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def print_hundredths(value: Decimal) -> str:
    """A figure in a sentence for people: at most two decimals, half up; one that is not nothing is never written 0."""
    spelt = decimal_string(at_step(value, HUNDREDTH, "half_up"))
    if spelt == "0" and value:
        return "meno di 0,01" if value > 0 else "più di -0,01"
    return print_number(Decimal(spelt))
