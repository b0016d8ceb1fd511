"""Reads thresholds and ranges: a quantity to reach, or two to stay between."""

import re
from decimal import Decimal
from typing import Literal

from domain.italian import YEARS, Unclear
from domain.targets.model import Comparator, Range, Target, Threshold
from domain.targets.quantities import Quantity, comparator_at, past, past_article, quantity_at
from domain.targets.target_text import PreparedText
from domain.vocabulary import Polarity

_BETWEEN = r"(?:compres[oaie]\s+)?(?:tra|fra)(?=[\s0-9])"
_FROM = r"da(?:l|ll')?\s*(?=[0-9€+-])"
_DASH = re.compile(r"(?P<before>\s?)[-÷](?P<after>\s?)(?=[0-9€])")
_AND = re.compile(r"\s*(?:e|ed|-)\s+", re.IGNORECASE)
_TO = re.compile(r"\s*(?:a|al|all')(?=[\s0-9])\s*", re.IGNORECASE)
_AND_ALSO = re.compile(r"\s*(?:[,;-]\s*)?(?:(?:e|ed|ma)\s+)?(?:comunque\s+)?", re.IGNORECASE)


def range_(cell: PreparedText) -> Target | None:
    """Two ends, both included: between words, joined by a dash, or each with its own `>=` and `<=`."""
    opening = cell.match(_BETWEEN) or cell.match(_FROM)
    comparator, position = comparator_at(cell.body, past_article(cell.body, opening.end()) if opening else cell.start)
    first = quantity_at(cell.body, position)
    if first is None:
        return None
    if opening is not None:
        joined = (_AND if cell.match(_BETWEEN) else _TO).match(cell.body, first.end)
        if joined is None or comparator is not None:
            raise Unclear("un intervallo si accetta come «tra 5 e 10», «da 5 a 10», «5-10»", first.end)
        return _range(cell, first, quantity_at(cell.body, past_article(cell.body, joined.end())))
    if comparator is not None:
        other, position = comparator_at(cell.body, past(_AND_ALSO, cell.body, first.end))
        return (
            None
            if other is None
            else _range_between(cell, (comparator, first), (other, quantity_at(cell.body, position)))
        )
    dash = _DASH.match(cell.body, first.end)
    if dash is None or first.sign:
        return None
    if dash["before"] != dash["after"]:
        raise Unclear("non è certo se sia un intervallo o un numero negativo: si accetta «tra 5 e 10»", dash.start())
    return _range(cell, first, quantity_at(cell.body, dash.end()))


def _range_between(
    cell: PreparedText, first: tuple[Comparator, Quantity], second: tuple[Comparator, Quantity | None]
) -> Target:
    match first[0], second[0]:
        case ">=", "<=":
            return _range(cell, first[1], second[1])
        case "<=", ">=" if second[1] is not None:
            return _range(cell, second[1], first[1])
        case _:
            raise Unclear("due limiti si accettano come intervallo, uno >= e l'altro <=", first[1].end)


def _range(cell: PreparedText, low: Quantity, high: Quantity | None) -> Target:
    if high is None:
        raise Unclear("manca il secondo estremo dell'intervallo", low.end)
    unit, lacking = (high.unit, low.unit) if low.end < high.end else (low.unit, high.unit)
    if lacking not in {unit, None}:
        raise Unclear("gli estremi dell'intervallo hanno unità di misura diverse", low.end)
    if low.value in YEARS and high.value in YEARS and low.unit is None and high.unit is None:
        raise Unclear("possono essere due anni: si accetta un target per anno", low.start)
    if low.value >= high.value:
        raise Unclear("il primo estremo dell'intervallo non è il minore", low.start)
    note = cell.note_from(max(low.end, high.end), unit=unit, counts=unit is None)
    return Range(text=cell.text, low=low.value, high=high.value, unit=unit, note=note)


_IMPLIED: dict[Polarity | None, Literal[">=", "<="]] = {"up": ">=", "down": "<="}
_TOLERANCE = re.compile(r"[\s.]*(?:\+|\(?(?:con\s+)?tolleranza\s+(?:di\s+|del\s+)?)\s*(?=[0-9])", re.IGNORECASE)


def threshold(cell: PreparedText) -> Target | None:
    """A quantity, with or without a comparator; after an upper limit, also the tolerance (`<=20gg.+5`)."""
    comparator, position = comparator_at(cell.body, cell.start)
    quantity = quantity_at(cell.body, position)
    if quantity is None:
        if comparator is not None:
            raise Unclear("dopo il segno di confronto manca un numero leggibile", position)
        return None
    tolerance, end = _tolerance(cell, quantity, comparator)
    note = cell.note_from(end, unit=quantity.unit, counts=quantity.unit is None)
    return Threshold(
        text=cell.text,
        comparator="=" if quantity.zero and comparator is None else comparator,
        value=quantity.value,
        unit=quantity.unit,
        implied=None if comparator or quantity.zero else _IMPLIED.get(cell.polarity),
        tolerance=tolerance,
        note=note,
    )


def _tolerance(cell: PreparedText, quantity: Quantity, comparator: Comparator | None) -> tuple[Decimal | None, int]:
    opening = _TOLERANCE.match(cell.body, quantity.end)
    tolerance = quantity_at(cell.body, opening.end()) if opening else None
    if opening is None or tolerance is None:
        return None, quantity.end
    if comparator not in {"<=", "<"} or tolerance.unit not in {quantity.unit, None}:
        raise Unclear(
            "una tolleranza si accetta dopo un limite massimo, nella stessa unità: <= 20 gg + 5", opening.start()
        )
    closed = tolerance.end + (1 if "(" in opening[0] and cell.body[tolerance.end : tolerance.end + 1] == ")" else 0)
    if "(" in opening[0] and closed == tolerance.end:
        raise Unclear("una parentesi non è chiusa", opening.start())
    return tolerance.value, closed
