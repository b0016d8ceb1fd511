"""Reads a variation on an earlier value: `+10% sul 2018`, `riduzione del 5% rispetto all'anno precedente`."""

import re
from dataclasses import replace
from decimal import Decimal

from domain.italian import Unclear
from domain.patterns import regex
from domain.targets.model import Change, ChangeBase, Comparator, Target, Threshold
from domain.targets.quantities import Quantity, comparator_at, past_article, quantity_at
from domain.targets.target_text import PreparedText
from domain.targets.thresholds import no_other_number

_UPWARDS = r"incremento|aumento|crescita"
_DOWNWARDS = r"riduzione|diminuzione|decremento|calo|contrazione"
_TO_RAISE, _TO_LOWER = r"incrementare|aumentare|accrescere", r"ridurre|diminuire|abbattere"
_BY_HOW_MUCH = r"(?:(?:di|del|dell'|dello|pari|ad|al?|almeno|minim[oa]|il|lo|non|inferiore|superiore|oltre)\s*)+"
_WORD = (
    rf"(?:(?P<up>{_UPWARDS}|{_TO_RAISE})|(?P<down>{_DOWNWARDS}|{_TO_LOWER}))\b"
    rf"(?P<what>\s+(?:(?:de[il]|dell[aeo]|degli|di|il|lo|la|i|gli|le)\s+|dell'|l')(?!{_BY_HOW_MUCH}[0-9])[a-zà-ÿ][^0-9+<>=≤≥()%;:,]{{1,60}}?(?=\s+{_BY_HOW_MUCH}[0-9]))?"
)
_MORE_OR_LESS = regex(
    rf"\s*(?:in\s+|di\s+)(?:(?P<up>più|{_UPWARDS})|(?P<down>meno|{_DOWNWARDS}))(?![a-zà-ÿ])", re.IGNORECASE
)

_LAST_THREE = (
    r"triennio(?:\s+precedente)?|precedente\s+triennio|ultimo\s+triennio|ultimi\s+(?:tre|3)\s+anni"
    r"|(?:tre|3)\s+anni\s+precedenti|precedenti\s+(?:tre|3)\s+anni|(?:tre|3)\s+anni"
)
_YEARS = r"(?:\s+(?P<from>(?:19|20)[0-9]{2})\s?[-/]\s?(?P<to>(?:19|20)?[0-9]{2}))?"
_BASES: tuple[tuple[str, ChangeBase], ...] = (
    (
        r"(?:anno|esercizio)\s+(?:precedente|prec\.|scorso)|precedente\s+(?:anno|esercizio)|annualità\s+precedente",
        "previous",
    ),
    (
        (
            rf"(?:media\s+(?:triennale|(?:del|dell'|degli|dei)\s*(?:{_LAST_THREE}))|triennio\s+precedente|precedente\s+triennio"
            rf"|ultimo\s+triennio|ultimi\s+(?:tre|3)\s+anni|(?:tre|3)\s+anni\s+precedenti){_YEARS}"
        ),
        "mean3",
    ),
    (r"baseline|valore\s+iniziale|valore\s+di\s+partenza", "baseline"),
)
_INTRODUCTION = r"(?:rispetto\s+(?:al|alla|allo|agli|all'|a)|sul|sulla|sugli|sull'|su|vs\.?)\s*"
_VALUE_OF = r"(?:(?:valore|dato|risultato|consuntivo|livello)\s+(?:(?:del|della|di)\s+|dell'\s?|degli\s+)?)?"
_BASE = regex(
    rf"(?<![a-z])\(?\s*{_INTRODUCTION}{_VALUE_OF}"
    rf"(?:(?:anno\s+)?(?P<year>(?:19|20)[0-9]{{2}})|{'|'.join(f'(?P<{name}>{words})' for words, name in _BASES)})(?!\w)\s*\)?",
    re.IGNORECASE,
)
_THING = regex(
    r"(?!(?:rispetto|su[li]?|sull\w*|vs|nel\w*|ann[oi]|triennio|biennio|media|totale|entro|dal\w*|dopo|prima|oltre|almeno|ogni|punt[oi])\b)"
    r"[a-zà-ÿ]{4,}(?:\s+[a-zà-ÿ']{2,}){0,4}",
    re.IGNORECASE,
)
_OF_WHAT = regex(r"(?:(?:di|del|dello|della|dei|degli|delle)\s+|dell'\s?)[^0-9()]*", re.IGNORECASE)
_SOME_OTHER_BASE = regex(
    r"\b(?:rispetto|su|sul|sull|sulla|vs|nel|nell|nello|anno|anni|triennio|biennio|media|totale)\b", re.IGNORECASE
)
_TO_A_LEVEL = regex(
    r"(?<!pari )(?<!superiore )(?<!inferiore )(?<!uguale )(?<!maggiore )(?<!minore )(?<!vicino )(?<![a-zà-ÿ])(?:a|ad|al|allo|alla|all'|ai|fino)\s*$",
    re.IGNORECASE,
)
_MIRRORED: dict[Comparator, Comparator] = {">=": "<=", ">": "<", "<=": ">=", "<": ">", "=": "="}


def relative_change(cell: PreparedText) -> Target | None:
    """A signed quantity or a word of variation, and the base that it is counted on: without one, the year before.

    The sign or the word gives the direction where no comparator does: `+10%` is `>= 10`, `riduzione del 5%` is `<= -5`.
    A minus without a base makes a negative number, no variation. Where the formula is itself a variation, the value is
    a threshold on it.
    """
    word = cell.match(_WORD)
    comparator, position = comparator_at(cell.body, past_article(cell.body, word.end()) if word else cell.start)
    quantity = quantity_at(cell.body, position)
    of_what = " ".join((word["what"] or "").split()) if word else ""
    if quantity is None:
        if word is not None:
            raise Unclear("dopo la parola di variazione manca un numero leggibile", position)
        return None
    if word is not None and _TO_A_LEVEL.search(" ".join(cell.body[word.end() : quantity.start].split())):
        raise Unclear(
            "è il livello a cui arrivare, o di quanto cambiare: si accetta <= 30 giorni, oppure riduzione di 30 giorni",
            quantity.start,
        )
    base_match = _BASE.search(cell.body, quantity.end)
    if word is None and quantity.sign == "" and base_match is not None:
        after = _MORE_OR_LESS.match(cell.body, quantity.end)
        if after is not None and not cell.body[after.end() : base_match.start()].strip():
            word, quantity = after, replace(quantity, end=after.end())
    if word is None and quantity.sign != "+" and (quantity.sign == "" or base_match is None):
        return None
    value, comparator = _directed(cell, quantity, comparator, word)
    no_other_number(cell.body, quantity)
    note = " ".join(filter(None, (of_what, _note(cell, quantity, base_match)))) or None
    base = _base(cell, base_match)
    if not cell.formula_is_change:
        return Change(text=cell.text, comparator=comparator, value=value, unit=quantity.unit, base=base, note=note)
    if word is not None and word["down"] is not None:
        raise Unclear(
            "la formula è già una variazione: si accetta il suo valore con il segno, per esempio <= -5%", position
        )
    if base_match is not None and base != "previous":
        raise Unclear(
            "la formula è già una variazione: si accetta il suo valore senza un'altra base", base_match.start()
        )
    note = " ".join(filter(None, (note, base_match[0].strip() if base_match else None))) or None
    return Threshold(text=cell.text, comparator=comparator, value=value, unit=quantity.unit, note=note)


def _directed(
    cell: PreparedText, quantity: Quantity, comparator: Comparator | None, word: re.Match[str] | None
) -> tuple[Decimal, Comparator]:
    if word is None:
        if comparator is None and cell.polarity == ("down" if quantity.sign == "+" else "up"):
            raise Unclear(
                "il segno va contro la polarità dell'indicatore: si accetta con >= o <= davanti", quantity.start
            )
        return quantity.value, comparator or (">=" if quantity.sign == "+" else "<=")
    if quantity.sign == "-":
        raise Unclear("una parola di variazione e il segno meno insieme: si accetta l'una o l'altro", quantity.start)
    if word["up"] is not None:
        return quantity.value, comparator or ">="
    return quantity.value.copy_negate(), _MIRRORED[comparator or ">="]


def _base(cell: PreparedText, match: re.Match[str] | None) -> ChangeBase | int:
    if match is None:
        return "previous"
    if match["from"] is not None:
        first, last = int(match["from"]), int(match["from"][: -len(match["to"])] + match["to"])
        if cell.year is not None and (first, last) != (cell.year - 3, cell.year - 1):
            raise Unclear(f"si accetta il triennio che precede il {cell.year}", match.start("from"))
    if match["year"] is None:
        return next(name for _, name in _BASES if match[name] is not None)
    if cell.year is not None and int(match["year"]) >= cell.year:
        raise Unclear(f"la base della variazione, {match['year']}, non precede il {cell.year}", match.start())
    return int(match["year"])


def _note(cell: PreparedText, quantity: Quantity, match: re.Match[str] | None) -> str | None:
    end = match.start() if match else len(cell.body)
    free = cell.body[quantity.end : end].partition("(")[0].strip(" ,.;:*")
    thing = (_OF_WHAT.fullmatch(free) or _THING.fullmatch(free)) is not None
    if free and (not thing or _SOME_OTHER_BASE.search(free)):
        raise Unclear(
            "la base della variazione non è riconosciuta: si accetta, per esempio, rispetto al 2019", quantity.end
        )
    if match is None:
        return cell.note_from(quantity.end, unit=quantity.unit)
    return cell.note_from(match.end(), unit=quantity.unit, before=cell.body[quantity.end : end].strip(" ,.;:"))
