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
from domain.patterns import regex
from domain.scoring.achievement import Achievement, without
from domain.scoring.figures import SCALES, convertible, figure
from domain.scoring.numbers import decimal_string, over, times
from domain.scoring.quantities import spelt
from domain.systems.model import DEFAULT
from domain.targets.model import DURATIONS, Milestones, Range, Reference, Target, Threshold, Unit
from domain.targets.quantities import unit_at
from domain.vocabulary import JsonValue

_DIFFERENCES = frozenset({"points", "percentage_points"})
_ENGLISH = regex(r"(?:€\s*)?[1-9][0-9]{0,2},[0-9]{3}(?![0-9.,%])")
_THOUSAND = Decimal(1000)
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


def unit_of_card(printed: JsonValue) -> Unit | None:
    """The unit of a card, as a unit of ours, where it is a share; None for any other."""
    text = str(printed or "").strip().casefold()
    return "%" if text in {"%", "percentuale", "percento", "per cento"} else "per_mille" if text == "‰" else None


def unit_problem(target: Target, observed: Observed | None, own_unit: str | None) -> Achievement | None:
    """The named state of a target and a value whose units differ, or may; None when they can be compared."""
    asked = _quantities(target)
    if asked is None or not isinstance(observed, NumberValue):
        return None
    unit, values = asked
    own = observed.unit
    if own is not None and unit is not None:
        if not convertible(own, unit) or (unit == "%" and own in _DIFFERENCES):
            return _differs(own, unit)
        return _hundred_times(observed, values) or _other_reading(target, observed, values)
    if (things := things_in_another_unit(target, observed, own_unit)) is not None:
        return things
    if (other := _other_reading(target, observed, values)) is not None:
        return other
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
    doubtful = _share(value, values, stated, target_is_bare=unit is None and own is not None)
    if doubtful is None and unit is None and own in SCALES and not _is_in(own, own_unit):
        far = observed.numerator is None and abs(value) > times(_NEAR, abs(values[-1])) and value > _LARGE
        return _differs_from_things(own, f"{spelt(values[-1])}, senza unità") if far else None
    return doubtful


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


def things_in_another_unit(target: Target, observed: Observed | None, own_unit: str | None) -> Achievement | None:
    """The named state of a value in a unit, `120%`, for a target that counts things, `5 incontri`; None where it is another."""
    own = _unit_that_the_target_lacks(target, observed, own_unit)
    things = target.note if isinstance(target, Threshold | Range) else None
    return _differs_from_things(own, things) if own is not None and things and things[:1].isalpha() else None


def unit_of_the_value_alone(target: Threshold | Range, observed: Observed | None, own_unit: str | None) -> str | None:
    """In words, that a value has a unit which neither its target nor its indicator has; None where one of them does."""
    own = _unit_that_the_target_lacks(target, observed, own_unit)
    return own and f"il target è scritto senza unità, il valore in «{_WORDS[own]}»: si intende la stessa"


def _unit_that_the_target_lacks(target: Target, observed: Observed | None, own_unit: str | None) -> str | None:
    own = observed.unit if isinstance(observed, NumberValue) else None
    if own not in _WORDS or not isinstance(target, Threshold | Range) or target.unit is not None:
        return None
    return None if _is_in(own, own_unit) else own


def _is_in(own: str, own_unit: str | None) -> bool:
    """Whether a value is in the unit of its indicator, which the target then is in as well."""
    if own_unit is None:
        return False
    return own == own_unit or convertible(own, unit_at(own_unit, 0)[0] or own_unit)


def _differs_from_things(own: str, things: str) -> Achievement:
    note = f"il valore è in «{_WORDS[own]}», il target conta «{things}»"
    return without("unit_differs", f"{note}; scrivere il valore nell'unità del target, o il target con la sua")


def _hundred_times(observed: NumberValue, values: list[Decimal]) -> Achievement | None:
    """Asks about a percentage that is a hundred or a thousand times what is asked: `9500%` for 90%."""
    if observed.unit not in SCALES or observed.numerator is not None:
        return None
    try:
        check_unit(_UNCONFIRMED, observed, [("il target", asked) for asked in values if abs(asked) > 1])
    except UnitDoubtful as doubt:
        return without("unit_doubtful", f"{doubt.problem.found}; scrivere il valore giusto")
    return None


def _other_reading(target: Target, observed: NumberValue, values: list[Decimal]) -> Achievement | None:
    """Asks about a number that may say something else than it reads: thousands, a variation, how much earlier."""
    text, value, asked = observed.text.strip(), observed.value, values[0]
    if value is None or not text:
        return None
    thousands = times(value, _THOUSAND)
    if (
        _ENGLISH.match(text)
        and observed.unit not in SCALES
        and thousands > over(asked, _LARGE)
        and times(abs(value), _LARGE) < abs(asked)
    ):
        note = f"«{text}» può essere {spelt(value)} oppure {spelt(thousands)}"
        return without("unit_doubtful", f"{note}; scrivere le migliaia con il punto, o senza segni")
    if text.startswith("+") and times(abs(value), _NEAR) < abs(asked):
        note = f"«{text}» può essere una variazione, e il target chiede un livello ({spelt(asked)})"
        return without("unit_doubtful", f"{note}; scrivere il livello raggiunto, senza il segno")
    if value < 0 < asked and getattr(target, "unit", None) in DURATIONS:
        note = f"«{text}» può essere un anticipo o una riduzione, e il target chiede una durata ({spelt(asked)})"
        return without("unit_doubtful", f"{note}; scrivere la durata")
    return None


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
