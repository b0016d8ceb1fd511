"""Spells a target in Italian, one way only; what it spells, the reader reads as the same commitment."""

from decimal import Decimal
from typing import assert_never

from domain.italian import print_date, print_month, print_number
from domain.periods import period_said
from domain.targets.model import (
    Change,
    Comparator,
    Deadline,
    Level,
    Milestones,
    NoTarget,
    Range,
    Recurring,
    Reference,
    Step,
    SurveyYear,
    Target,
    Threshold,
    ToBeDefined,
    Unit,
    Unread,
    YesNo,
)

_UNITS: dict[Unit, str] = {
    "%": "%",
    "per_mille": "‰",
    "points": " punti",
    "percentage_points": " punti percentuali",
    "EUR": " €",
    "seconds": " secondi",
    "minutes": " minuti",
    "hours": " ore",
    "days": " giorni",
    "working_days": " giorni lavorativi",
    "weeks": " settimane",
    "months": " mesi",
    "years": " anni",
    "per_day": " al giorno",
    "per_week": " alla settimana",
    "per_month": " al mese",
    "per_year": " all'anno",
    "per_100": " ogni 100",
    "per_1000": " ogni 1.000",
    "per_10000": " ogni 10.000",
    "per_100000": " ogni 100.000",
}
_BASES = {
    "previous": "rispetto all'anno precedente",
    "mean3": "rispetto al triennio precedente",
    "baseline": "rispetto alla baseline",
}


def print_target(target: Target, year: int | None = None) -> str:
    """Spell the commitment of a target, without its note; an unread target gives its text as it is.

    `year` is that of the target: with it, milestones at the end of its months are spelt `giugno 60%; ottobre 100%`.
    """
    match target:
        case Threshold():
            return _threshold(target)
        case Range():
            return f"tra {print_quantity(target.low, target.unit)} e {print_quantity(target.high, target.unit)}"
        case Deadline():
            return f"entro il {print_date(target.value)}"
        case Milestones():
            return "; ".join(_step(step, year) for step in target.steps)
        case YesNo():
            return "Sì" if target.value == "yes" else "No"
        case Level():
            return _after(target.comparator, target.value)
        case Change():
            return _change(target)
        case Reference():
            return _after(target.comparator, target.reference)
        case SurveyYear():
            return "Anno di rilevazione"
        case ToBeDefined():
            return "da definire"
        case NoTarget():
            return "---"
        case Recurring() | Unread():
            return target.text
        case _:
            assert_never(target)


def print_as_written(target: Target) -> str:
    """The text of a target and, where the office had to say it, what it means."""
    return target.text if target.meaning is None else f"{target.text} (interpretato: {target.meaning})"


def unit_words(unit: Unit) -> str:
    """How a unit is spelt beside its number."""
    return _UNITS[unit].strip()


def print_quantity(value: Decimal, unit: Unit | None) -> str:
    """Spell a number with its unit: `3.500`, `90,00%`, `30 giorni`, `1.500,00 €`."""
    # 12.500% may be read as 12,5%: a percentage has no thousands points.
    return print_number(value, grouped=unit != "%") + (_UNITS[unit] if unit else "")


def print_in_unit(value: Decimal, unit: str | None) -> str:
    """The same in whatever unit a value was written: one of ours as it is written beside targets, any other after a blank."""
    known = next((each for each in _UNITS if each == unit), None)
    return print_quantity(value, known) if known or unit is None else f"{print_number(value)} {unit}"


def said_of(target: Reference) -> str:
    """The value that was said for a reference, with all that was said of it; empty where none was."""
    if target.value is None:
        return ""
    told = [f"del {period_said(target.period)}"] if target.period else []
    told += [f"pubblicato il {print_date(target.published_on)}"] if target.published_on else []
    told += [f"fonte: {target.source}"] if target.source else []
    return print_quantity(target.value, target.unit) + (f" ({', '.join(told)})" if told else "")


def _after(comparator: Comparator | None, words: str) -> str:
    return f"{comparator} {words}" if comparator else words


def _threshold(target: Threshold) -> str:
    if target.comparator == "=" and target.value == 0 and target.unit is None and target.tolerance is None:
        return "zero"
    tolerance = f" + {print_number(target.tolerance)}" if target.tolerance is not None else ""
    return _after(target.comparator, print_quantity(target.value, target.unit)) + tolerance


def _step(step: Step, year: int | None) -> str:
    month = print_month(step.by) if step.by.year == year else None
    if month is None or step.unit != "%":
        return f"entro il {print_date(step.by)}: {print_quantity(step.value, step.unit)}"
    return f"{month} {print_quantity(step.value, step.unit)}"


def _change(target: Change) -> str:
    downwards = target.value.is_signed()
    sign = "" if downwards else "+"
    said_by_the_sign = target.comparator == ("<=" if downwards else ">=")
    base = _BASES[target.base] if isinstance(target.base, str) else f"rispetto al {target.base}"
    return f"{_after(None if said_by_the_sign else target.comparator, sign + print_quantity(target.value, target.unit))} {base}"
