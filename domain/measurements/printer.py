"""Prints an observed value as an Italian office would write it, and says how a status is called."""

from collections.abc import Callable
from decimal import Decimal

from domain.italian import print_date, print_number
from domain.measurements.values import (
    ChangeValue,
    DayValue,
    Degree,
    NotApplicable,
    NotAvailable,
    NotYetDue,
    NumberValue,
    Observed,
    YesNoValue,
)
from domain.scoring.numbers import print_hundredths

_ABSENT = {"not_available": "n.d.", "not_yet_due": "non ancora disponibile", "not_applicable": "non applicabile"}
_UNITS = {"%": "%", "EUR": " €", "days": " giorni", "per_mille": "‰"}
_OF_RATIOS = {None, "%"}
"""The units beside which «348 su 410» is read for a ratio: beside another it is a remark, and a sign is no part of it."""


def print_value(observed: Observed) -> str:
    """The text as it was written, or one made of the figures."""
    if observed.text:
        return observed.text
    match observed:
        case NumberValue():
            return _number(observed)
        case DayValue():
            return print_date(observed.value)
        case ChangeValue():
            return _change(observed)
        case YesNoValue():
            return "Sì" if observed.value == "yes" else "No"
        case Degree():
            return observed.value
        case NotAvailable() | NotYetDue() | NotApplicable():
            return _ABSENT[observed.kind]
        case _:
            return observed.text


def print_reading(observed: Observed) -> str | None:
    """How a number that was written is understood, for whoever wrote it to see; None of what is no number."""
    if not isinstance(observed, NumberValue) or observed.value is None:
        return None
    figure = f"{observed.value:f}".replace(".", ",")
    unit = _UNITS.get(observed.unit or "", f" {observed.unit}").strip() if observed.unit else ""
    return (
        f"«{observed.text}» è letto come {figure}, in {unit}"
        if unit
        else f"«{observed.text}» è letto come {figure}, senza unità"
    )


def print_rounded(observed: Observed) -> str:
    """The text as it was written, or one made of the figures with at most two decimals: what a sentence says of a value."""
    if observed.text or not isinstance(observed, NumberValue):
        return print_value(observed)
    return _number(observed, print_hundredths)


def _change(observed: ChangeValue) -> str:
    sign = "" if observed.value.is_signed() else "+"
    unit = observed.unit or ""
    return f"{sign}{print_number(observed.value)}{_UNITS.get(unit, f' {unit}' if unit else '')}"


def _number(observed: NumberValue, spelt: Callable[[Decimal], str] = print_number) -> str:
    stated = ""
    if observed.value is not None:
        unit = observed.unit or ""
        stated = spelt(observed.value) + _UNITS.get(unit, f" {unit}" if unit else "")
    if observed.numerator is None or observed.denominator is None:
        return stated
    part, whole = spelt(observed.numerator), spelt(observed.denominator)
    if observed.numerator < 0 or observed.denominator < 0 or observed.unit not in _OF_RATIOS:
        return f"{stated} Num {part} - Den {whole}".strip()
    return f"{stated} ({part} su {whole})" if stated else f"{part} su {whole}"
