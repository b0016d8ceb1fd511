"""Thresholds and ranges: observed / target where more is better, target / observed where less is.

Signs are told apart, for a ratio means what it says only between two positive numbers:

- both negative: the inverse ratio (-5 for -10 is half way where less is better, twice where more is);
- the target zero, or the observed value zero where less is better: no ratio; met or not;
- one negative, the other not: on the right side of the target it is met, without limit; on the wrong side, nothing.
"""

from decimal import Decimal

from domain.italian import print_number
from domain.scoring.achievement import ALL, NOTHING, Compared, Raw
from domain.scoring.numbers import HUNDRED, at_step, decimal_string, minus, over, percent, plus, times
from domain.systems.model import MeasurementSystem
from domain.targets.model import DIRECTIONS, Comparator
from domain.vocabulary import Polarity

MOST_DIGITS = 14
MILLIONTH = Decimal("0.000001")


def comparison_holds(comparator: Comparator, observed: Decimal, target: Decimal) -> bool:
    """Whether a comparison is true."""
    match comparator:
        case ">=":
            return observed >= target
        case ">":
            return observed > target
        case "<=":
            return observed <= target
        case "<":
            return observed < target
        case "=":
            return observed == target


def against(
    observed: Decimal,
    target: Decimal,
    comparator: Comparator,
    system: MeasurementSystem,
    *,
    tolerance: Decimal | None = None,
    polarity: Polarity | None = None,
) -> Raw:
    """What an observed value achieves of a threshold; `polarity` is asked only where the comparator is `=`."""
    raw = _against(observed, target, comparator, system, tolerance=tolerance, polarity=polarity)
    return raw._replace(compared=Compared(observed, target))


def _against(
    observed: Decimal,
    target: Decimal,
    comparator: Comparator,
    system: MeasurementSystem,
    *,
    tolerance: Decimal | None,
    polarity: Polarity | None,
) -> Raw:
    limit = target if tolerance is None else plus(target, tolerance)
    met = comparison_holds(comparator, observed, limit)
    if system.thresholds == "met_or_not":
        arithmetic = f"{spelt(observed)} {comparator} {spelt(limit)}: {'sì' if met else 'no'}"
        return Raw(ALL if met else NOTHING, met, "met_or_not", arithmetic)
    direction = DIRECTIONS.get(comparator)
    if direction is None:
        return _equal(observed, target, system, polarity)
    if tolerance and target < observed <= limit:
        note = f"entro la tolleranza di {spelt(tolerance)} su {spelt(target)}"
        return Raw(ALL, met, "within_tolerance", f"{spelt(target)} < {spelt(observed)} ≤ {spelt(limit)}", note)
    if tolerance and observed > limit:
        raw = _directed(observed, limit, direction, met=met, system=system)
        return raw._replace(note=f"oltre la tolleranza: il limite è {spelt(target)} + {spelt(tolerance)}")
    raw = _directed(observed, target, direction, met=met, system=system)
    if not met and observed == target and raw.note is None:
        note = f"il target chiede {comparator} {spelt(target)}: il valore è uguale, e il target non è raggiunto"
        return raw._replace(note=note)
    return raw


def _directed(observed: Decimal, target: Decimal, direction: Polarity, *, met: bool, system: MeasurementSystem) -> Raw:
    up = direction == "up"
    if target == 0:
        # A ratio to zero says nothing: the commitment holds, or it does not.
        arithmetic = f"{spelt(observed)} rispetto a zero: {'raggiunto' if met else 'non raggiunto'}"
        note = "il target è zero: nessun rapporto, raggiunto oppure no"
        return Raw(ALL if met else NOTHING, met, "zero_target", arithmetic, note)
    if system.thresholds == "distance":
        gap = minus(observed, target) if up else minus(target, observed)
        uncut = plus(HUNDRED, percent(gap, abs(target)))
        sides = f"{spelt(observed)} − {spelt(target)}" if up else f"{spelt(target)} − {spelt(observed)}"
        arithmetic = f"100 + ({_operand(sides)}) / {spelt(abs(target))} × 100 = {short(uncut)}"
        return Raw(uncut, met, "distance", arithmetic)
    if target > 0 and observed > 0:
        if up:
            uncut = percent(observed, target)
            return Raw(uncut, met, "observed_over_target", _ratio(observed, target, uncut))
        uncut = percent(target, observed)
        return Raw(uncut, met, "target_over_observed", _ratio(target, observed, uncut))
    if target > 0 and observed == 0:
        if up:
            return Raw(NOTHING, met, "observed_over_target", _ratio(observed, target, NOTHING))
        note = "il valore è zero e meno è meglio: raggiunto, senza un rapporto"
        return Raw(None, met, "zero_observed", f"0 rispetto a {spelt(target)}", note)
    if target < 0 and observed < 0:
        note = "valori negativi: il rapporto è rovesciato"
        if up:
            uncut = percent(target, observed)
            return Raw(uncut, met, "negative_values", _ratio(target, observed, uncut), note)
        uncut = percent(observed, target)
        return Raw(uncut, met, "negative_values", _ratio(observed, target, uncut), note)
    better = (observed > target) if up else (observed < target)
    arithmetic = f"{spelt(observed)} rispetto a {spelt(target)}"
    if better:
        return Raw(None, met, "sign_change", arithmetic, "il valore è oltre lo zero, dalla parte giusta: raggiunto")
    return Raw(
        NOTHING, met, "sign_change", arithmetic, "il valore è oltre lo zero, dalla parte sbagliata: nessun credito"
    )


def _equal(observed: Decimal, target: Decimal, system: MeasurementSystem, polarity: Polarity | None) -> Raw:
    """A target of exactly so much: what differs is credited by its nearness, or by the stated polarity short of it."""
    if observed == target:
        return Raw(ALL, met=True, rule="equal", arithmetic=f"{spelt(observed)} = {spelt(target)}")
    short_of_it = (observed < target) if polarity != "down" else (observed > target)
    if polarity is not None and not short_of_it:
        note = f"il target chiede esattamente {spelt(target)}: il valore lo supera dalla parte giusta"
        return Raw(ALL, met=False, rule="equal", arithmetic=f"{spelt(observed)} rispetto a {spelt(target)}", note=note)
    side: Polarity = "up" if observed < target else "down"
    raw = _directed(observed, target, side, met=False, system=system)
    rule = raw.rule if raw.rule in {"zero_target", "sign_change", "zero_observed"} else "equal"
    return raw._replace(rule=rule, note=raw.note or f"il target chiede esattamente {spelt(target)}")


def range_achievement(observed: Decimal, low: Decimal, high: Decimal, system: MeasurementSystem) -> Raw:
    """What an observed value achieves of a range: all inside it, outside the ratio to the end that was passed.

    Inside it no figure is asked for but the observed one.
    """
    if low <= observed <= high:
        arithmetic = f"{spelt(low)} ≤ {spelt(observed)} ≤ {spelt(high)}"
        return Raw(ALL, met=True, rule="within_range", arithmetic=arithmetic, compared=Compared(observed, observed))
    arithmetic = f"{spelt(observed)} fuori da {spelt(low)} - {spelt(high)}"
    if system.ranges == "met_or_not":
        passed = Compared(observed, low if observed < low else high)
        return Raw(NOTHING, met=False, rule="outside_range", arithmetic=arithmetic, compared=passed)
    if observed < low:
        raw = against(observed, low, ">=", system)
        return raw._replace(rule="below_range", note=f"sotto l'intervallo: rapporto con {spelt(low)}")
    raw = against(observed, high, "<=", system)
    return raw._replace(rule="above_range", note=f"sopra l'intervallo: rapporto con {spelt(high)}")


def change_of(now: Decimal, before: Decimal, *, in_percent: bool) -> Decimal:
    """How much a value changed from an earlier one: in percent of it (which is not zero then), or in its own unit."""
    return percent(minus(now, before), abs(before)) if in_percent else minus(now, before)


def ratio_of(numerator: Decimal, denominator: Decimal, scale: Decimal) -> Decimal:
    """A ratio on its scale: 1, 100 for percentages, 1000 for thousandths."""
    return over(times(numerator, scale), denominator)


def spelt(value: Decimal) -> str:
    """A figure in Italian, with the digits that it has, unless they are those of a computed one."""
    return print_number(value) if len(value.as_tuple().digits) <= MOST_DIGITS else short(value)


def short(value: Decimal) -> str:
    """A computed figure in Italian, at most six decimals: for reading, never for calculating."""
    return print_number(Decimal(decimal_string(at_step(value, MILLIONTH, "half_up"))))


def _ratio(dividend: Decimal, divisor: Decimal, uncut: Decimal) -> str:
    return f"{spelt(dividend)} / {_operand(spelt(divisor))} × 100 = {short(uncut)}"


def _operand(text: str) -> str:
    return f"({text})" if text.startswith("-") and " " not in text else text
