"""Whether a value that is stated beside its terms is the one that they give."""

from collections.abc import Iterable
from decimal import Decimal

from domain.scoring.numbers import at_step, over, times

SCALES = (Decimal(1), Decimal(100), Decimal(1000))
"""A ratio is stated as it is, in percent or per thousand."""


def agrees(stated: Decimal, computed: Decimal) -> bool:
    """Whether a stated value is a computed one, rounded half up or cut at the digits that are stated."""
    exponent = stated.as_tuple().exponent
    step = Decimal(1).scaleb(exponent) if isinstance(exponent, int) else Decimal(1)
    return stated in (at_step(computed, step, "half_up"), at_step(computed, step, "truncated"))


def scale_of(
    stated: Decimal, numerator: Decimal, denominator: Decimal, scales: Iterable[Decimal] = SCALES
) -> Decimal | None:
    """The first of the scales on which a stated value is the ratio of its terms; None when it is on none of them."""
    if not denominator:
        return None
    for scale in scales:
        if agrees(stated, over(times(numerator, scale), denominator)):
            return scale
    return None
