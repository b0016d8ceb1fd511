"""What "x su y" comes to beside a target: x where things are counted or marks given, the ratio where the indicator is one.

The same two terms may be a count and its ceiling (`5 incontri`: `5 su 6`), a mark and its scale (`>= 4`: `4,2 su 5`), or a
ratio (`>= 90%`: `18 su 20`). Where the target does not tell which, nothing is counted.
"""

from decimal import Decimal

from domain.measurements.reader import says_a_share
from domain.measurements.values import NumberValue, Observed
from domain.scoring.achievement import Achievement, without
from domain.scoring.figures import SCALES
from domain.scoring.numbers import HUNDRED, over, times
from domain.scoring.quantities import spelt
from domain.targets.model import DURATIONS, Range, Reference, Target, Threshold

_NEAR = Decimal(3)
_PLAUSIBLE = Decimal(2)


def resolved_share(
    target: Target, observed: Observed | None, own_unit: str | None, *, is_ratio: bool = False
) -> Observed | Achievement | None:
    """The value that counts against a target; `unit_doubtful` where its terms may mean two things.

    `own_unit` is the indicator's, `is_ratio` says that its formula divides one term by another.
    """
    if not isinstance(observed, NumberValue) or not isinstance(target, Threshold | Range | Reference):
        return observed
    if observed.value is not None or observed.numerator is None or not observed.denominator:
        return observed
    asked = target.high if isinstance(target, Range) else target.value
    if asked is None:
        return observed
    share = says_a_share(observed)
    first, second = observed.numerator, observed.denominator
    named = target.note is not None and target.note[:1].isalpha()
    if (target.unit or own_unit) in SCALES:
        return _doubtful(first, second, asked) if share and named and target.unit is None else observed
    if target.unit in DURATIONS or target.unit == "EUR":
        return _doubtful(first, second, asked) if share else observed
    near = _near(over(first, second), asked, _NEAR)
    if is_ratio:
        return observed if near or asked <= 1 or not first else _doubtful(first, second, asked)
    count = observed.model_copy(update={"value": first, "numerator": None, "denominator": None})
    if not share:
        near_another = _near(first, asked, _NEAR) or _near(times(over(first, second), HUNDRED), asked, _NEAR)
        return observed if near or not near_another else _doubtful(first, second, asked)
    if 0 < asked < 1:
        return observed
    if named or target.unit == "points":
        return count if asked <= second or named else _doubtful(first, second, asked)
    in_percent = times(over(first, second), HUNDRED)
    up = isinstance(target, Range) or target.comparator not in {"<=", "<"}
    misread = in_percent != first and _near(in_percent, asked, _PLAUSIBLE)
    one_or_share = asked == 1 and first != second
    return _doubtful(first, second, asked) if asked > second or not up or misread or one_or_share else count


def _near(value: Decimal, asked: Decimal, factor: Decimal) -> bool:
    low, high = sorted((abs(value), abs(asked)))
    return low > 0 and high <= times(low, factor)


def _doubtful(first: Decimal, second: Decimal, asked: Decimal) -> Achievement:
    both = f"{spelt(first)} su {spelt(second)}"
    note = f"«{both}» può essere {spelt(first)}, oppure il rapporto fra i due: il target {spelt(asked)} non lo dice"
    return without(
        "unit_doubtful", f"{note}; scrivere «{spelt(first)}» se si conta, il rapporto o la percentuale altrimenti"
    )
