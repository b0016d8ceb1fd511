"""The words of a quantity: comparators, units, and the number between them."""

import re
from dataclasses import dataclass
from decimal import Decimal

from domain.italian import Unclear, number_at
from domain.targets.model import Comparator, Unit

SIGNS: dict[str, Comparator] = {
    ">=": ">=",
    "=>": ">=",
    "≥": ">=",
    ">": ">",
    "<=": "<=",
    "=<": "<=",
    "≤": "<=",
    "<": "<",
    "=": "=",
}

WORDS: tuple[tuple[str, Comparator], ...] = (
    (
        r"almeno(?:\s+(?:pari|ugual[ei])(?=\s+a))?|(?:come\s+)?minimo|min\b\.?|non\s+(?:meno(?=\s+d)|inferior[ei]|minor[ei])",
        ">=",
    ),
    (
        r"(?:maggior[ei]|superior[ei])(?:\s+o\s+|\s?/\s?)ugual[ei]|(?:ugual[ei]|pari)\s+o\s+(?:maggior[ei]|superior[ei])",
        ">=",
    ),
    (r"(?:al\s+)?massimo|max\b\.?|fino|non\s+(?:oltre|più(?=\s+d)|superior[ei]|maggior[ei])", "<="),
    (
        r"(?:minor[ei]|inferior[ei])(?:\s+o\s+|\s?/\s?)ugual[ei]|(?:ugual[ei]|pari)\s+o\s+(?:minor[ei]|inferior[ei])",
        "<=",
    ),
    (r"maggior[ei]|superior[ei]|sup\.(?=\s+a)|oltre|più(?=\s+d)", ">"),
    (r"minor[ei]|inferior[ei]|inf\.(?=\s+a)|meno(?=\s+d)", "<"),
    (r"pari|ugual[ei]|esattamente", "="),
)

UNITS: tuple[tuple[str, Unit | None], ...] = (
    (r"%|per\s?cento\b", "%"),
    (r"‰|per\s?mille\b", "per_mille"),
    (r"punt[oi]\s+percentual[ei]\b|p\.\s?p\.|pp\b", "percentage_points"),
    (r"punt[oi]\b(?!\s+base\b)", "points"),
    (r"€|(?:di\s+)?euro\b|eur\b", "EUR"),
    (r"second[oi]\b|sec\b\.?", "seconds"),
    (r"minut[oi]\b", "minutes"),
    (r"or[ae]\b|h\b", "hours"),
    (r"giorn[oi]\s+lavorativ[oi]\b|gg\b\.?\s*lav(?:orativi)?\b\.?", "working_days"),
    (r"giorn[oi]\b(?:\s+(?:solari|di\s+calendario)\b)?|gg\b\.?", "days"),
    (r"settiman[ae]\b", "weeks"),
    (r"mes[ei]\b", "months"),
    (r"ann[oi]\b", "years"),
    (r"/\s?(?:giorno|die|g)\b|al\s+giorno\b", "per_day"),
    (r"/\s?settimana\b|(?:a|alla)\s+settimana\b", "per_week"),
    (r"/\s?mese\b|al\s+mese\b", "per_month"),
    (r"/\s?anno\b|all'\s?anno\b", "per_year"),
    (r"(?:ogni|per)\s+100\b(?![.,][0-9])", "per_100"),
    (r"(?:ogni|per)\s+1\.?000\b(?![.,][0-9])", "per_1000"),
    (r"(?:ogni|per)\s+10\.?000\b(?![.,][0-9])", "per_10000"),
    (r"(?:ogni|per)\s+100\.?000\b(?![.,][0-9])", "per_100000"),
    (r"(?:n\.|nr\b\.?|num\b\.?|n\b)(?![\s.:=]*[0-9])", None),
)
DURATIONS: frozenset[Unit] = frozenset(
    ("seconds", "minutes", "hours", "days", "working_days", "weeks", "months", "years")
)

ARTICLE = (
    r"(?:(?:a|al|allo|alla|agli|ai|alle|di|del|dello|della|dei|degli|delle|il|lo|la|gli|i|le)\s+|(?:all|dell|l)'\s?)"
)

_LETTER = r"[a-zà-öø-ÿ]"
_SIGNS = re.compile(r"[<>=≤≥](?:\s?[<>=≤≥])*")
_WORDS = [(re.compile(rf"(?:{words})(?!{_LETTER})", re.IGNORECASE), comparator) for words, comparator in WORDS]
_ARTICLE = re.compile(rf"\s*{ARTICLE}?", re.IGNORECASE)
_UNITS = [(re.compile(rf"\s*(?:\(\s*(?:{spelt})\s*\)|(?:{spelt}))", re.IGNORECASE), unit) for spelt, unit in UNITS]
_BEFORE = re.compile(
    r"(?:(?P<unit>€|euro\b|eur\b|%|gg\b\.?|giorni\b|mesi\b)|n\.|n°|nr\b\.?|num\b\.?|n\b)\s*(?=[0-9+-])", re.IGNORECASE
)
_SIGN = re.compile(r"(?P<sign>[+-])\s*")
_ZERO = re.compile(r"zero\b", re.IGNORECASE)
_THOUSANDS_ALONE = re.compile(r"[0-9.]*\.[0-9]{3}")
_MAYBE_A_YEAR = re.compile(r"20[1-3][0-9]")
_MONTH_AND_DAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
_MAYBE_A_DAY = re.compile(
    rf"(?:19|20)[0-9]{{2}}{_MONTH_AND_DAY}|(?:0[1-9]|[12][0-9]|3[01])(?:0[1-9]|1[0-2])20[0-9]{{2}}"
)


@dataclass(frozen=True)
class Quantity:
    """A number with its unit, from `start` to `end`; `sign` is as written; `zero` was the word."""

    value: Decimal
    unit: Unit | None
    start: int
    end: int
    sign: str = ""
    zero: bool = False


def comparator_at(text: str, position: int) -> tuple[Comparator | None, int]:
    """The comparator, in signs or words with their article, that begins at a place, and where what follows begins."""
    signs = _SIGNS.match(text, position)
    if signs is not None:
        comparator = SIGNS.get(signs[0].replace(" ", ""))
        if comparator is None:
            raise Unclear(f"il segno di confronto «{signs[0]}» non esiste: si accetta >=, >, <=, < oppure =", position)
        return comparator, past_article(text, signs.end())
    for words, comparator in _WORDS:
        match = words.match(text, position)
        if match is not None:
            return comparator, past_article(text, match.end())
    return None, position


def quantity_at(text: str, position: int) -> Quantity | None:
    """The quantity that begins at a place: `€ 1.500,00`, `- 6,00%`, `n. 5`, `30 gg`, `zero`; None if there is none.

    Unclear: `9O%`, `90%%`, `3/5`, `5²`, a percentage such as `12.500%`, a bare `2022` that may be a year.
    """
    before = _BEFORE.match(text, position)
    sign = _SIGN.match(text, before.end() if before else position)
    start = sign.end() if sign else before.end() if before else position
    zero = _ZERO.match(text, start)
    number = (Decimal(0), zero.end()) if zero else number_at(text, start)
    if number is None:
        return None
    value, end = number
    if sign is not None and sign["sign"] == "-" and value:
        value = value.copy_negate()
    unit, after = unit_at(text, end)
    if before is not None and before["unit"]:
        if unit is not None:
            raise Unclear("due unità di misura per un solo numero", end)
        unit = unit_at(before["unit"], 0)[0]
    digits = text[start:end]
    if unit == "%" and "," not in digits and _THOUSANDS_ALONE.fullmatch(digits) and not digits.startswith("0"):
        raise Unclear(
            f"«{digits}%» può avere migliaia o decimali: si accetta {digits.replace('.', ',')}% se decimali", start
        )
    if _MAYBE_A_YEAR.fullmatch(digits) and before is None and after == end:
        grouped = f"{digits[0]}.{digits[1:]}"
        reason = (
            f"{digits} può essere un anno: si accetta {grouped} per il numero, entro il 31/12/{digits} per la scadenza"
        )
        raise Unclear(reason, start)
    if _MAYBE_A_DAY.fullmatch(digits) and before is None and after == end:
        raise Unclear(
            f"{digits} può essere una data: si accetta 30/06/2022 per la data, n. {digits} per il numero", start
        )
    _stands_alone(text, after, has_unit=after > end)
    return Quantity(value, unit, start=position, end=after, sign=sign["sign"] if sign else "", zero=zero is not None)


def unit_at(text: str, position: int) -> tuple[Unit | None, int]:
    """The unit that begins at a place, also in brackets, and where it ends; "n." is a unit of mere counting."""
    for spelt, unit in _UNITS:
        match = spelt.match(text, position)
        if match is not None:
            return unit, match.end()
    return None, position


def past(pattern: re.Pattern[str], text: str, position: int) -> int:
    """The place after what a pattern finds here, or this place if it finds nothing."""
    match = pattern.match(text, position)
    return match.end() if match else position


def past_spaces(text: str, position: int) -> int:
    """The place of the next character that is no space."""
    return position + len(text[position:]) - len(text[position:].lstrip())


def past_article(text: str, position: int) -> int:
    """The place where what an article or preposition leads to begins."""
    return past_spaces(text, past(_ARTICLE, text, position))


def _stands_alone(text: str, position: int, *, has_unit: bool) -> None:
    after = text[position : position + 1]
    if after in {"%", "‰", "/", "\\", "^", "°", "'", "_"} or (after.isalnum() and not (has_unit and after.isalpha())):
        raise Unclear(f"dopo il numero c'è «{after}», che non è un'unità di misura né una nota", position)
    if after.isalpha() and text[position - 1].isalnum():
        raise Unclear(f"dopo il numero c'è «{after}», che non è un'unità di misura né una nota", position)
    if not after.isascii() and not after.isalpha() and after not in "€÷":
        raise Unclear(f"dopo il numero c'è «{after}», che non è un'unità di misura né una nota", position)
