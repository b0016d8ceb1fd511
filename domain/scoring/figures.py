"""The figure that an observed value counts with: its terms unrounded, the stated value beside, in the target's unit."""

from decimal import Decimal
from typing import NamedTuple

from domain.measurements.agreement import agrees
from domain.measurements.values import NumberValue
from domain.scoring.numbers import at_step, minus, over, times
from domain.scoring.quantities import ratio_of, short, spelt
from domain.systems.model import MeasurementSystem

SCALES: dict[str, Decimal] = {
    "%": Decimal(100),
    "per_mille": Decimal(1000),
    "per_100": Decimal(100),
    "per_1000": Decimal(1000),
    "per_10000": Decimal(10_000),
    "per_100000": Decimal(100_000),
}
_SPANS: dict[str, Decimal] = {
    "seconds": Decimal(1),
    "minutes": Decimal(60),
    "hours": Decimal(3600),
    "days": Decimal(86_400),
    "weeks": Decimal(604_800),
}
_POINTS = {"points", "percentage_points", "%"}


class Figure(NamedTuple):
    """A number that counts, or the name of why there is none; `words` says where it comes from.

    `stated` and `computed` stand side by side where a value was given beside its terms; `difference` is stated less
    computed where they do not agree to the digits stated.
    """

    value: Decimal | None
    problem: str | None = None
    note: str | None = None
    words: str = ""
    stated: Decimal | None = None
    computed: Decimal | None = None
    difference: Decimal | None = None


def figure(
    observed: NumberValue, unit: str | None, system: MeasurementSystem, *, own_unit: str | None = None
) -> Figure:
    """The figure of a number in the unit of the target; `own_unit` is the indicator's, for a ratio without any unit."""
    scale_unit = unit or observed.unit or own_unit
    if observed.numerator is None or observed.denominator is None:
        if observed.value is None:
            return Figure(None, "not_measured", "manca il valore")
        return _rounded(_converted(observed, observed.value, unit), system)
    if observed.denominator == 0:
        note = f"il denominatore è zero: {spelt(observed.numerator)} / 0 non è un valore"
        return Figure(None, "denominator_zero", note, stated=observed.value)
    scale = _scale(observed, scale_unit)
    computed = ratio_of(observed.numerator, observed.denominator, scale)
    times_scale = "" if scale == 1 else f" × {spelt(scale)}"
    words = f"{spelt(observed.numerator)} / {spelt(observed.denominator)}{times_scale} = {short(computed)}"
    ratio = Figure(computed, words=words, stated=observed.value, computed=computed)
    if observed.value is not None and not agrees(observed.value, computed):
        difference = minus(observed.value, computed)
        note = f"il valore scritto {spelt(observed.value)} non è quello calcolato {short(computed)}"
        ratio = ratio._replace(difference=difference, note=f"{note} (differenza {short(difference)})")
    if observed.value is not None and system.ratio_from == "stated":
        ratio = ratio._replace(value=observed.value)
    return _rounded(ratio, system)


def _scale(observed: NumberValue, unit: str | None) -> Decimal:
    if unit is None:
        # No unit anywhere: the value stated beside says whether the ratio is a percentage.
        return observed.scale_stated((Decimal(1), Decimal(100))) or Decimal(1)
    return SCALES.get(unit, Decimal(1))


def _converted(observed: NumberValue, value: Decimal, unit: str | None) -> Figure:
    own = observed.unit
    words = spelt(value)
    if unit is None or own is None or own == unit or {own, unit} <= _POINTS:
        return Figure(value, words=words, stated=value)
    if own in _SPANS and unit in _SPANS:
        converted = over(times(value, _SPANS[own]), _SPANS[unit])
        return Figure(converted, words=f"{words} {own} = {short(converted)} {unit}", stated=value)
    if own in SCALES and unit in SCALES:
        converted = over(times(value, SCALES[unit]), SCALES[own])
        return Figure(converted, words=f"{words} {own} = {short(converted)} {unit}", stated=value)
    if own not in _KNOWN or unit not in _KNOWN:
        # A unit of the office's own ("numero") says nothing against the target's.
        return Figure(value, words=words, stated=value)
    note = f"il valore è in {own}, il target in {unit}: non si confrontano"
    return Figure(None, "unit_mismatch", note, stated=value)


def convertible(own: str, unit: str) -> bool:
    """Whether a value in one unit can be told in another."""
    return own == unit or any({own, unit} <= set(family) for family in (_POINTS, _SPANS, SCALES))


_KNOWN = frozenset({*SCALES, *_SPANS, "EUR", "working_days", "months", "years", "points", "percentage_points"})


def _rounded(unrounded: Figure, system: MeasurementSystem) -> Figure:
    if unrounded.value is None or system.inputs is None:
        return unrounded
    rounded = at_step(unrounded.value, system.inputs.step, system.inputs.how)
    if rounded == unrounded.value:
        return unrounded
    how = "arrotondato" if system.inputs.how == "half_up" else "troncato"
    return unrounded._replace(value=rounded, words=f"{unrounded.words}, {how} a {spelt(rounded)}")
