"""Whether the units of a target and of a value written by hand say the same thing: what is unsure is never counted.

Units that are both written and differ are `unit_differs`. A number without a unit beside a percentage counts as points
of percent only where its size makes that plausible; otherwise, and always beside a rate in time, it is `unit_doubtful`.
"""

from datetime import date
from decimal import Decimal

from domain.measurements.checks import check_unit
from domain.measurements.commands import RecordMeasurement
from domain.measurements.refusals import UnitDoubtful
from domain.measurements.values import NumberValue, Observed
from domain.scoring.achievement import Achievement, without
from domain.scoring.figures import SCALES, convertible, figure
from domain.scoring.numbers import decimal_string, over, times
from domain.scoring.quantities import spelt
from domain.systems.model import DEFAULT
from domain.targets.model import Milestones, Range, Reference, Target, Threshold

_RATES = frozenset({"per_day", "per_week", "per_month", "per_year"})
_WORDS = {
    "%": "%",
    "per_mille": "‰",
    "points": "punti",
    "percentage_points": "punti percentuali",
    "EUR": "euro",
    "seconds": "secondi",
    "minutes": "minuti",
    "hours": "ore",
    "days": "giorni",
    "working_days": "giorni lavorativi",
    "weeks": "settimane",
    "months": "mesi",
    "years": "anni",
    "per_day": "al giorno",
    "per_week": "a settimana",
    "per_month": "al mese",
    "per_year": "all'anno",
    "per_100": "ogni 100",
    "per_1000": "ogni 1000",
    "per_10000": "ogni 10000",
    "per_100000": "ogni 100000",
}
_UNCONFIRMED = RecordMeasurement(series="x", period="2000", value=Decimal(0), data_as_at=date(2000, 12, 31))
_LARGE = Decimal(10)
_NEAR = Decimal(3)


def unit_problem(target: Target, observed: Observed | None, own_unit: str | None) -> Achievement | None:
    """The named state of a target and a value whose units differ, or may; None when they can be compared."""
    asked = _quantities(target)
    if asked is None or not isinstance(observed, NumberValue):
        return None
    unit, values = asked
    own = observed.unit
    if own is not None and unit is not None:
        return None if convertible(own, unit) else _differs(own, unit)
    if observed.numerator is not None and own is None:
        return None  # the ratio of its terms is in the unit of the target
    value = figure(observed, own, DEFAULT).value
    stated = unit or own or own_unit
    if value is None or stated is None:
        return None
    if stated in _RATES:
        return _rate(value, values[0], stated, of_target=unit is not None)
    if stated not in SCALES:
        return None
    return _share(value, values, stated, target_is_bare=unit is None and own is not None)


def _quantities(target: Target) -> tuple[str | None, list[Decimal]] | None:
    match target:
        case Threshold():
            return target.unit, [target.value]
        case Range():
            return target.unit, [target.low, target.high]
        case Milestones():
            return target.steps[-1].unit, [target.steps[-1].value]
        case Reference() if target.value is not None:
            return target.unit, [target.value]
        case _:
            return None


def _differs(own: str, unit: str) -> Achievement:
    note = f"il valore è in «{_WORDS.get(own, own)}», il target in «{_WORDS.get(unit, unit)}»: unità diverse"
    return without("unit_differs", f"{note}; scrivere il valore nell'unità del target, o correggere il target")


def _rate(value: Decimal, asked: Decimal, unit: str, *, of_target: bool) -> Achievement:
    word = _WORDS[unit]
    if of_target:
        note = f"il target è «{word}», il valore {spelt(value)} non dice se lo è"
        return without(
            "unit_doubtful", f"{note}; scrivere il valore con la sua unità: «{spelt(value)} {word}», se è così"
        )
    note = f"il valore è «{word}», il target {spelt(asked)} non dice se lo è"
    return without("unit_doubtful", f"{note}; scrivere il target con la sua unità: «{spelt(asked)} {word}», se è così")


def _share(value: Decimal, asked: list[Decimal], unit: str, *, target_is_bare: bool) -> Achievement | None:
    """Asks about a bare number that is a hundred or a thousand times off, or that may be a share of one."""
    doubtful = None
    try:
        check_unit(
            _UNCONFIRMED, NumberValue(text="", value=value), [("il target", value_asked) for value_asked in asked]
        )
    except UnitDoubtful as doubt:
        doubtful = doubt.problem.found
    bare, others = (asked[-1], [value]) if target_is_bare else (value, asked)
    if doubtful is None and not _maybe_a_share(bare, others):
        return None
    word, unwritten = _WORDS[unit], "target" if target_is_bare else "valore"
    scale = SCALES[unit]
    share = abs(bare) <= 1 or all(abs(other) > abs(bare) * _LARGE for other in others)
    meant = times(bare, scale) if share else over(bare, scale)
    why = doubtful or f"{spelt(bare)} può essere una quota di uno"
    note = f"{why}, e il {unwritten} è scritto senza unità"
    ways = f"{_with(bare, word)} se è già in {word}, {_with(meant, word)} se va convertito"
    return without("unit_doubtful", f"{note}; scrivere {ways}")


def _maybe_a_share(bare: Decimal, others: list[Decimal]) -> bool:
    """Whether a bare number up to one is far from all that it is held against, so that it may be meant as a share."""
    if not bare or abs(bare) > 1 or not all(others):
        return False
    near = (max(abs(bare), abs(other)) <= times(_NEAR, min(abs(bare), abs(other))) for other in others)
    return not any(near)


def _with(value: Decimal, word: str) -> str:
    return f"«{spelt(Decimal(decimal_string(value)))}{'' if word in {'%', '‰'} else ' '}{word}»"
