"""An observed value beside a target that is a variation: the variation itself, or the level from which it is worked out."""

from decimal import Decimal

from domain.measurements.values import ChangeValue, NumberValue
from domain.scoring.achievement import Achievement, without
from domain.scoring.numbers import times
from domain.scoring.quantities import spelt
from domain.targets.model import Change

_NEAR = Decimal(3)
_SIGNS = frozenset("+-−")
_RELATIVE = frozenset({"%", "per_mille", "percentage_points"})
_MISMATCH = without("unit_mismatch", "la variazione osservata è in un'altra unità rispetto a quella del target")


def stated_change(
    target: Change, observed: NumberValue | ChangeValue, base: Decimal | None
) -> Decimal | Achievement | None:
    """The variation that an office states (`+8%`, `incremento del 12%`, `2 punti percentuali`); None for a level.

    `unit_doubtful` where an unsigned number may be either: `12%` for a target of +10% on 70.
    """
    if isinstance(observed, ChangeValue):
        if not observed.value:
            return observed.value  # no change is none in every unit
        if _in_other_units(target, observed) or (observed.unit is None and target.unit in _RELATIVE):
            return _MISMATCH
        return observed.value
    value = observed.value
    signed = observed.text.lstrip()[:1] in _SIGNS
    things = observed.unit is None and (observed.note or "")[:1].isalpha()
    if signed and (_in_other_units(target, observed) or (things and target.unit in _RELATIVE)):
        return _MISMATCH
    if value is None or observed.numerator is not None:
        return None
    sign = observed.text.lstrip()[:1]
    if sign == "+" or (sign in {"-", "−"} and (base is None or base >= 0)):
        return value
    if target.unit == observed.unit == "percentage_points":
        return value
    if base is None or not value:
        return None
    maybe_a_change = _near(value, target.value)
    maybe_a_level = _near(value, base) and value.is_signed() == base.is_signed()
    both_in_percent = target.unit == observed.unit == "%"
    if not maybe_a_change or (maybe_a_level and not both_in_percent):
        return None
    note = f"{spelt(value)} può essere la variazione, oppure il valore da confrontare con {spelt(base)}"
    return without("unit_doubtful", f"{note}; scrivere la variazione con il segno («+{spelt(abs(value))}»), se è così")


def _in_other_units(target: Change, observed: NumberValue | ChangeValue) -> bool:
    units = {observed.unit, target.unit}
    return len(units) > 1 and not units <= {"points", "percentage_points"} and None not in units


def _near(value: Decimal, other: Decimal) -> bool:
    low, high = sorted((abs(value), abs(other)))
    return low > 0 and high <= times(low, _NEAR)
