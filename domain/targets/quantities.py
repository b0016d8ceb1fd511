"""The words of a quantity: comparators, units, and the number between them."""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from domain.italian import Unclear, number_at
from domain.number_words import number_word_at
from domain.patterns import regex
from domain.targets.model import Comparator, Unit

ASKED_AGAIN = 256
"""How many comparators and quantities are remembered: each rule of the grammar asks after those of the same place."""
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

_MUST = r"(?:dev[eo](?:no)?|dovr(?:à|anno|ebbe)|può|possono|potr(?:à|anno)|sia)"
_BE = r"(?:essere|risultare|restare|rimanere|mantenersi|attestarsi|collocarsi|andare)"
_NOT = rf"(?:non\s+(?:{_MUST}\s+)?(?:{_BE}\s+)?|da\s+non\s+|senza\s+)"
_OR_EQUAL = r"(?:\s+od?\s+|\s?/\s?)(?:ugual[ei]|pari)"
_EXCEED = r"super(?:are|a|i|ino)|ecced(?:ere|e|a|ono)|oltrepass(?:are|a|i)"
_BELOW, _ABOVE = r"(?:al\s+di\s+)?sotto", r"(?:al\s+di\s+)?sopra"

WORDS: tuple[tuple[str, Comparator], ...] = (
    (
        (
            r"almeno(?:\s+(?:pari|ugual[ei])(?=\s+a))?|(?:pari\s+)?(?:almeno|ad\s+almeno)|(?:quanto|per\s?lo)\s?meno|(?:come\s+)?minimo|min\b\.?"
            rf"|{_NOT}(?:meno(?=\s+d)|inferior[ei]|minor[ei]|(?:scend(?:ere|e|a)\s+)?{_BELOW})"
            r"|raggiung(?:ere|e|a|imento(?=\s+d))(?:\s+almeno)?"
        ),
        ">=",
    ),
    (rf"(?:maggior[ei]|superior[ei]){_OR_EQUAL}|(?:ugual[ei]|pari)\s+od?\s+(?:maggior[ei]|superior[ei])", ">="),
    (
        (
            r"(?:al\s+)?massimo|max\b\.?|(?:tutt'\s?)?al\s+più|fino"
            rf"|{_NOT}(?:oltre|più(?=\s+d)|superior[ei]|maggior[ei]|{_EXCEED}|{_ABOVE})"
        ),
        "<=",
    ),
    (rf"(?:minor[ei]|inferior[ei]){_OR_EQUAL}|(?:ugual[ei]|pari)\s+od?\s+(?:minor[ei]|inferior[ei])", "<="),
    (rf"maggior[ei]|superior[ei]|sup\.(?=\s+a)|oltre|più(?=\s+d)|{_ABOVE}|{_EXCEED}", ">"),
    (rf"minor[ei]|inferior[ei]|inf\.(?=\s+a)|meno(?=\s+d)|{_BELOW}", "<"),
    (r"pari|ugual[ei]|esattamente", "="),
)

RATES: tuple[tuple[str, Unit], ...] = (
    (r"/\s?(?:giorno|die|g)\b|al\s+giorno\b", "per_day"),
    (r"/\s?settimana\b|(?:a|alla)\s+settimana\b", "per_week"),
    (r"/\s?mese\b|al\s+mese\b", "per_month"),
    (r"/\s?anno\b|all'\s?anno\b", "per_year"),
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
    (r"(?:giorn[oi]|gg\b\.?|g\.)\s*lav(?:orativ[oi])?\b\.?", "working_days"),
    (r"giorn[oi]\b(?:\s+(?:solari|di\s+calendario)\b)?|gg\b\.?", "days"),
    (r"settiman[ae]\b", "weeks"),
    (r"mes[ei]\b", "months"),
    (r"ann[oi]\b", "years"),
    *RATES,
    (r"(?:ogni|per)\s+100\b(?![.,][0-9])", "per_100"),
    (r"(?:ogni|per)\s+1\.?000\b(?![.,][0-9])", "per_1000"),
    (r"(?:ogni|per)\s+10\.?000\b(?![.,][0-9])", "per_10000"),
    (r"(?:ogni|per)\s+100\.?000\b(?![.,][0-9])", "per_100000"),
    (r"(?:n\.|nr\b\.?|num\b\.?|n\b)(?![\s.:=]*[0-9])", None),
)

ARTICLE = (
    r"(?:(?:a|al|allo|alla|agli|ai|alle|di|del|dello|della|dei|degli|delle|il|lo|la|gli|i|le)\s+|(?:all|dell|l)'\s?)"
)

_LETTER = r"[a-zà-öø-ÿ]"
_SIGNS = regex(r"[<>=≤≥](?:\s?[<>=≤≥])*")
_WORDS = regex("|".join(rf"((?:{words})(?!{_LETTER}))" for words, _ in WORDS), re.IGNORECASE)
"""Every comparator in words, a group each, in their order."""
_ARTICLE = regex(rf"\s*{ARTICLE}?", re.IGNORECASE)
_UNITS = regex("|".join(rf"(\s*(?:\(\s*(?:{spelt})\s*\)|(?:{spelt})))" for spelt, _ in UNITS), re.IGNORECASE)
"""The same of the units."""
_BEFORE = regex(
    r"(?:(?P<unit>€|euro\b|eur\b|%|gg\b\.?|giorni\b|mesi\b)|n\.|n°|nr\b\.?|num\b\.?|n\b)\s*(?=[0-9+-])", re.IGNORECASE
)
_MUST_BE = regex(rf"(?:che\s+)?{_MUST}\s+(?:{_BE}\s+)?(?=[<>=≤≥a-z])", re.IGNORECASE)
_COUNTED_AT_A_RATE = [
    (
        regex(
            rf"\s*(?P<what>[a-zà-ÿ]{{4,}}(?:\s+[a-zà-ÿ]{{2,}}){{0,2}}?)\s*(?:{spelt})(?=[\s.;*]*(?:$|\())",
            re.IGNORECASE,
        ),
        unit,
    )
    for spelt, unit in (*RATES, (r"(?<![a-z])l'\s?anno\b|per\s+anno\b", "per_year"), (r"per\s+mese\b", "per_month"))
]
_IN_MILLIONS = (
    (regex(r"\s?(?:mila\b|k(?=\s?€))", re.IGNORECASE), 3),
    (regex(r"\s?(?:milion[ei]\b|mln\b\.?|mio\b\.?|m(?=\s?(?:€|euro\b))|ml(?=\s?€))", re.IGNORECASE), 6),
    (regex(r"\s?(?:miliard[oi]\b|mld\b\.?)", re.IGNORECASE), 9),
)
_OF_MONEY = ((regex(r"\s?k\b", re.IGNORECASE), 3), (regex(r"\s?m\b", re.IGNORECASE), 6))
_IN_LETTERS = regex(r"\s*\(\s*(?=[a-zàèéìòù])", re.IGNORECASE)
_IN_FIGURES = regex(r"\s*\(\s*(?P<figures>[0-9.]+)\s*\)")
_CLOSES = regex(r"\s*(?:/00\s*)?(?:(?:per\s?cento|giorni|euro|mesi|ore)\s*)?\)", re.IGNORECASE)
_SIGN = regex(r"(?P<sign>[+-])\s*")
_ZERO = regex(r"zero\b", re.IGNORECASE)
_THOUSANDS_ALONE = regex(r"[0-9.]*\.[0-9]{3}")
_MAYBE_A_YEAR = regex(r"20[1-3][0-9]")
_MONTH_AND_DAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
_MAYBE_A_DAY = regex(rf"(?:19|20)[0-9]{{2}}{_MONTH_AND_DAY}|(?:0[1-9]|[12][0-9]|3[01])(?:0[1-9]|1[0-2])20[0-9]{{2}}")


@dataclass(frozen=True)
class Quantity:
    """A number with its unit, from `start` to `end`; `sign` is as written; `zero` was the word; `in_words`: another was."""

    value: Decimal
    unit: Unit | None
    start: int
    end: int
    sign: str = ""
    zero: bool = False
    in_words: bool = False


@lru_cache(maxsize=ASKED_AGAIN)
def comparator_at(text: str, position: int) -> tuple[Comparator | None, int]:
    """The comparator, in signs or words with their article, that begins at a place, and where what follows begins."""
    signs = _SIGNS.match(text, position)
    if signs is not None:
        comparator = SIGNS.get(signs[0].replace(" ", ""))
        if comparator is None:
            raise Unclear(f"il segno di confronto «{signs[0]}» non esiste: si accetta >=, >, <=, < oppure =", position)
        return comparator, past_article(text, signs.end())
    must_be = _MUST_BE.match(text, position)
    if must_be is not None:
        comparator, after = comparator_at(text, must_be.end())
        return (comparator, after) if comparator is not None else (None, position)
    words = _WORDS.match(text, position)
    if words is None or words.lastindex is None:
        return None, position
    return WORDS[words.lastindex - 1][1], past_article(text, words.end())


def quantity_at(text: str, position: int, *, words: bool = False) -> Quantity | None:
    """The quantity that begins at a place: `€ 1.500,00`, `- 6,00%`, `n. 5`, `30 gg`, `zero`; None if there is none.

    `words` takes a number in words too (`due`, `venti giorni`). A number in figures and letters (`10 (dieci)`) is read once.
    Unclear: `10 (venti)`, `9O%`, `90%%`, `3/5`, `5²`, a percentage such as `12.500%`, a bare `2022` that may be a year.
    """
    quantity = _in_figures_at(text, position)
    return _in_words_at(text, position) if words and quantity is None else quantity


@lru_cache(maxsize=ASKED_AGAIN)
def _in_figures_at(text: str, position: int) -> Quantity | None:
    before = _BEFORE.match(text, position)
    sign = _SIGN.match(text, before.end() if before else position)
    start = sign.end() if sign else before.end() if before else position
    zero = _ZERO.match(text, start)
    number = (Decimal(0), zero.end()) if zero else number_at(text, start)
    if number is None:
        return None
    value, end = number
    digits_end = end
    value, end = _multiplied(text, value, end, of_money=before is not None and before["unit"] in {"€", "euro", "eur"})
    end = _past_letters(text, value, end)
    if sign is not None and sign["sign"] == "-" and value:
        value = value.copy_negate()
    unit, after = unit_at(text, end)
    if before is not None and before["unit"]:
        if unit is not None:
            raise Unclear("due unità di misura per un solo numero", end)
        unit = unit_at(before["unit"], 0)[0]
    if unit is not None:
        _past_letters(text, value, after)
    digits = text[start:digits_end]
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


def counted_rate_at(text: str, position: int) -> tuple[str, Unit, int] | None:
    """What is counted, and in which time, after a number: `6 ingressi/mese`, `2 incontri al mese`; and where it ends."""
    for pattern, unit in _COUNTED_AT_A_RATE:
        match = pattern.match(text, position)
        if match is not None:
            return match["what"], unit, match.end()
    return None


def _in_words_at(text: str, position: int) -> Quantity | None:
    start = past(_BEFORE, text, position)
    word = None if _SIGN.match(text, start) else number_word_at(text, start)
    if word is None:
        return None
    value, end = Decimal(word[0]), word[1]
    value, end = _multiplied(text, value, _past_figures(text, value, end), of_money=False)
    unit, after = unit_at(text, end)
    return Quantity(value, unit, start=position, end=_past_figures(text, value, after), in_words=True)


def _past_figures(text: str, value: Decimal, end: int) -> int:
    """The place after a number's own figures, `venti (20)`; Unclear where they say another."""
    figures = _IN_FIGURES.match(text, end)
    if figures is None:
        return end
    number = number_at(figures["figures"], 0)
    if number is None or number[0] != value:
        raise Unclear("il numero in cifre e quello in lettere sono diversi", end)
    return figures.end()


def _multiplied(text: str, value: Decimal, end: int, *, of_money: bool) -> tuple[Decimal, int]:
    """A number that is followed by `mila`, `milioni`, `mln`, `M€`, in full: `2 milioni` is 2000000."""
    for pattern, zeros in (*_IN_MILLIONS, *(_OF_MONEY if of_money else ())):
        match = pattern.match(text, end)
        if match is not None:
            return Decimal(format(value.scaleb(zeros), "f")), match.end()
    return value, end


def _past_letters(text: str, value: Decimal, end: int) -> int:
    """The place after a number's own spelling in letters, `10 (dieci)`; Unclear where the letters say another."""
    opening = _IN_LETTERS.match(text, end)
    zero = _ZERO.match(text, opening.end()) if opening else None
    word = (0, zero.end()) if zero else number_word_at(text, opening.end()) if opening else None
    closing = _CLOSES.match(text, word[1]) if word else None
    if word is None or closing is None:
        return end
    if word[0] != value:
        raise Unclear("il numero in cifre e quello in lettere sono diversi", end)
    return closing.end()


def unit_at(text: str, position: int) -> tuple[Unit | None, int]:
    """The unit that begins at a place, also in brackets, and where it ends; "n." is a unit of mere counting."""
    match = _UNITS.match(text, position)
    if match is None or match.lastindex is None:
        return None, position
    return UNITS[match.lastindex - 1][1], match.end()


def past(pattern: re.Pattern[str], text: str, position: int) -> int:
    """The place after what a pattern finds here, or this place if it finds nothing."""
    match = pattern.match(text, position)
    return match.end() if match else position


def past_spaces(text: str, position: int) -> int:
    """The place of the next character that is no space."""
    return position + len(text[position:]) - len(text[position:].lstrip())


@lru_cache(maxsize=ASKED_AGAIN)
def past_article(text: str, position: int) -> int:
    """The place where what an article or preposition leads to begins."""
    return past_spaces(text, past(_ARTICLE, text, position))


def _stands_alone(text: str, position: int, *, has_unit: bool) -> None:
    after = text[position : position + 1]
    if text[position:].strip() == ",":
        raise Unclear("il numero finisce con una virgola: mancano i decimali, o la virgola è di troppo", position)
    if after in {"%", "‰", "/", "\\", "^", "°", "'", "_"} or (after.isalnum() and not (has_unit and after.isalpha())):
        raise Unclear(f"dopo il numero c'è «{after}», che non è un'unità di misura né una nota", position)
    if after.isalpha() and text[position - 1].isalnum():
        raise Unclear(f"dopo il numero c'è «{after}», che non è un'unità di misura né una nota", position)
    if not after.isascii() and not after.isalpha() and after not in "€÷":
        raise Unclear(f"dopo il numero c'è «{after}», che non è un'unità di misura né una nota", position)
