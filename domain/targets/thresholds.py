"""Reads thresholds and ranges: a quantity to reach, or two to stay between."""

import re
from calendar import monthrange
from decimal import Decimal
from typing import Literal

from domain.italian import MONTHS, YEARS, Unclear
from domain.patterns import regex
from domain.targets.model import DURATIONS, Comparator, Range, Target, Threshold
from domain.targets.quantities import (
    Quantity,
    comparator_at,
    counted_rate_at,
    past,
    past_article,
    quantity_at,
)
from domain.targets.target_text import PreparedText
from domain.vocabulary import Polarity

_BETWEEN = r"(?:compres[oaie]\s+)?(?:tra|fra)(?=[\s0-9])"
_FROM = r"da(?:l|ll')?\s*(?=[0-9€+-])"
_DASH = regex(r"(?P<before>\s?)[-÷](?P<after>\s?)(?=[0-9€])")
_AND = regex(r"\s*(?:e|ed|-)\s+", re.IGNORECASE)
_FROM_THE = r"da(?:l|ll')"
_LEAST, _MOST = regex(r"(?:come\s+)?min", re.IGNORECASE), regex(r"(?:al\s+)?ma(?:x|ssimo)", re.IGNORECASE)
_TO = regex(r"\s*(?:a|al|all')(?=[\s0-9])\s*", re.IGNORECASE)
_AND_ALSO = regex(r"\s*(?:[,;-]\s*)?(?:(?:e|ed|ma)\s+)?(?:comunque\s+)?", re.IGNORECASE)


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
        second = quantity_at(cell.body, past_article(cell.body, joined.end()))
        if not cell.match(_BETWEEN) and (cell.match(_FROM_THE) or _both_measured(first, second)):
            raise Unclear(
                "possono essere il valore di partenza e quello a cui arrivare: si accetta «tra 85% e 90%», oppure >= 90%",
                cell.start,
            )
        return _range(cell, first, second)
    if comparator is not None:
        after = past(_AND_ALSO, cell.body, first.end)
        other, position = comparator_at(cell.body, after)
        if _LEAST.match(cell.body, cell.start) and _MOST.match(cell.body, after):
            raise Unclear(
                "un minimo e un massimo possono essere due livelli: si accetta «tra 3 e 5», oppure uno solo", after
            )
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
    second = quantity_at(cell.body, dash.end())
    if second is not None and _may_be_a_day(first, second) and second.end == len(cell.body.rstrip()):
        raise Unclear("può essere un giorno: si accetta «tra 12 e 31», oppure 31/12", first.start)
    return _range(cell, first, second)


def _both_measured(first: Quantity, second: Quantity | None) -> bool:
    """`da 85% a 90%`, where each end has its unit; `da 5 a 10 giorni` has one for both."""
    return first.unit is not None and second is not None and second.unit is not None


def _may_be_a_day(low: Quantity, high: Quantity) -> bool:
    """`12-31`: a month, and its last day."""
    month, day = low.value, high.value
    whole = month == int(month) and 1 <= month <= len(MONTHS) and low.unit is None and high.unit is None
    return whole and day == monthrange(_ANY_YEAR, int(month))[1]


_ANY_YEAR = 2023


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
    no_other_number(cell.body, low)
    no_other_number(cell.body, high)
    if low.value in YEARS and high.value in YEARS and low.unit is None and high.unit is None:
        raise Unclear("possono essere due anni: si accetta un target per anno", low.start)
    if low.value >= high.value:
        raise Unclear("il primo estremo dell'intervallo non è il minore", low.start)
    note = cell.note_from(max(low.end, high.end), unit=unit, counts=unit is None)
    return Range(text=cell.text, low=low.value, high=high.value, unit=unit, note=note)


_OTHER_LIMIT = regex(r"\(\s*(?:min|max|massim|minim|fino)", re.IGNORECASE)
_IMPLIED: dict[Polarity | None, Literal[">=", "<="]] = {"up": ">=", "down": "<="}
_TOLERANCE = regex(r"[\s.]*(?:\+|\(?(?:con\s+)?tolleranza\s+(?:di\s+|del\s+)?)\s*(?=[0-9])", re.IGNORECASE)


def threshold(cell: PreparedText) -> Target | None:
    """A quantity, with or without a comparator; after an upper limit, also the tolerance (`<=20gg.+5`)."""
    comparator, position = comparator_at(cell.body, cell.start)
    quantity = quantity_at(cell.body, position, words=True)
    if quantity is not None and quantity.in_words and comparator is None:
        # By itself a word may be an article or the name of something: "un report", "sei".
        quantity = quantity if quantity.unit in DURATIONS and quantity.value > 1 else None
    if quantity is None:
        if comparator is not None:
            raise Unclear("dopo il segno di confronto manca un numero leggibile", position)
        return None
    no_other_number(cell.body, quantity)
    _no_reduction(cell, quantity, comparator)
    rate = counted_rate_at(cell.body, quantity.end) if quantity.unit is None else None
    if rate is not None:
        what, unit, end = rate
        return Threshold(
            text=cell.text,
            comparator=comparator,
            value=quantity.value,
            unit=unit,
            implied=None if comparator else _IMPLIED.get(cell.polarity),
            note=cell.note_from(end, unit=unit, before=what),
        )
    tolerance, end = _tolerance(cell, quantity, comparator)
    note = cell.note_from(end, unit=quantity.unit, counts=quantity.unit is None)
    if comparator is not None and _OTHER_LIMIT.match(note or ""):
        raise Unclear("un limite e un altro tra parentesi: si accetta un limite solo, oppure «tra 3 e 5»", end)
    return Threshold(
        text=cell.text,
        comparator="=" if quantity.zero and comparator is None else comparator,
        value=quantity.value,
        unit=quantity.unit,
        implied=None if comparator or quantity.zero else _IMPLIED.get(cell.polarity),
        tolerance=tolerance,
        note=note,
    )


_ENGLISH = regex(r"[1-9][0-9]{0,2},[0-9]{3}(?![0-9.,])")
_THING = regex(r"\s*(?:[a-zà-ÿ]{3}|[A-Z]{2})", re.IGNORECASE)


def no_other_number(text: str, quantity: Quantity, *, alone: bool = True) -> None:
    """Refuse a number that may be English: `10,300 imprese`, `€ 5,000`; `0,125` and `12,5%` are decimals.

    `alone`: also one beside which nothing stands, where it ends like a thousand (`12,500`): nobody writes a target so.
    """
    number = _ENGLISH.search(text, quantity.start, quantity.end)
    if number is None or quantity.unit in {"%", "per_mille"}:
        return
    counts = quantity.unit is None and _THING.match(text, quantity.end) is not None
    if counts or quantity.unit in {*DURATIONS, "EUR"} or (alone and number[0].endswith("00")):
        grouped, decimal = number[0].replace(",", "."), number[0].rstrip("0").rstrip(",")
        reason = f"«{number[0]}» può avere migliaia o decimali: si accetta {grouped} se migliaia, {decimal} se decimali"
        raise Unclear(reason, number.start())


_OF_SOMETHING = regex(
    r"[\s,;:]*\(?\s*(?:(?:de[il]|dell[oae']|degli|di|sul|sull[oae']|sui|sugli|nel|nell[ae']|nei)(?![a-z])|su\b)",
    re.IGNORECASE,
)
_A_NOUN = regex(r"[\s,]*\(?\s*(?!(?:dat[oi]|fonte|valore|media)\b)[a-zà-ÿ]{3,}", re.IGNORECASE)
_MINUS_APART = regex(r"-\s")
_ON_TIME = regex(
    r"\s*(?:di\s+(?:ritardo|anticipo)|da[l ]|dall|rispetto\s+al(?:la)?\s+(?:scadenza|termine))", re.IGNORECASE
)


def _no_reduction(cell: PreparedText, quantity: Quantity, comparator: Comparator | None) -> None:
    """Refuse a minus before what is reduced: `-10% dei tempi` is no level of -10 %; `-5,00 €` and `<= -8,75` are."""
    if quantity.sign != "-" or cell.formula_is_change or not quantity.value:
        return
    if quantity.unit in DURATIONS and _ON_TIME.match(cell.body, quantity.end):
        return
    if quantity.unit in DURATIONS and comparator is None and _MINUS_APART.match(cell.body, quantity.start):
        raise Unclear(
            "con il segno meno staccato può essere una riduzione, o un elenco: si accetta -3 giorni per un livello, oppure riduzione di 3 giorni",
            quantity.start,
        )
    of_something = _OF_SOMETHING.match(cell.body, quantity.end) or (
        _A_NOUN.match(cell.body, quantity.end) if comparator is None else None
    )
    if of_something is not None:
        raise Unclear(
            "con il segno meno può essere una riduzione: si accetta -10% rispetto al 2021, oppure <= -10 per un livello",
            quantity.start,
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
