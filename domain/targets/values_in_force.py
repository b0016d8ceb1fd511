"""What stands beside a value and says that it is not the one in force: it was changed, ended, is of another year, or is one of two."""

import re

from domain.italian import Unclear
from domain.patterns import regex
from domain.targets.model import Unit
from domain.targets.quantities import unit_at
from domain.targets.revisions import REVISED, WITHDRAWN, says_changed, says_ended

_DATA_WORDS = r"dat[oi]|fonte|delibera(?:zione)?|determina(?:zione)?|legge|decreto|d\.\s?lgs\.?|regolamento|aggiornat[oaie]|rilevat[oaie]"
ABOUT_THE_DATA = regex(rf"(?:{_DATA_WORDS})(?![a-zà-öø-ÿ])", re.IGNORECASE)
"""Opens a remark on where a value comes from, or on the act that set it: its days and figures are not the value's."""


def label_agrees(label_year: str, position: int, year: int | None) -> None:
    """Refuse the label of a year that is not the target's own."""
    if year is None or int(label_year) != year:
        target_year = "di anno non indicato" if year is None else f"del {year}"
        raise Unclear(f"il valore è detto del {label_year}, ma il target è {target_year}", position)


_OF_A_YEAR = regex(
    r"(?:(?:target|obiettivo|previsione|previsto|atteso|programmato|entro|fino|valido|in\s+vigore)\s+)?"
    r"(?:(?:al|nel|nell'|per|entro|a|dal|del|dell'|da|fine|corso|l'|il|la|anno|annualità|esercizio|e\.f\.|seguito)\s*)*"
    r"(?P<year>(?:19|20)[0-9]{2})(?:\s*(?:-|/|e|al)\s*(?P<to>(?:(?:19|20)?[0-9]{2})))?[\s.]*",
    re.IGNORECASE,
)


_ANOTHER_QUANTITY = regex(r"(?<![0-9.,/])[0-9](?:[0-9.,]*[0-9])?")
_IS_ABOUT_ANOTHER = regex(
    r"peso|medi[ao]|baseline|partenza|inizial|storic|min(?:im|\.)|max|massim|soglia|di\s+cui|valut|verific|dat[oi](?![a-z])|consuntivo"
    r"|(?:19|20)[0-9]{2}|range|ann[oi](?![a-z])|pari|corrispond|circa|ca\.|rilevat|osservat|scostament|preced|orientativ",
    re.IGNORECASE,
)


def require_one_quantity(words: str, position: int, unit: Unit | None) -> None:
    """Refuse another quantity in the unit of the value, unless words before it, or a past year, say what it is."""
    if unit is None or _IS_ABOUT_ANOTHER.search(words):
        return
    for number in _ANOTHER_QUANTITY.finditer(words):
        if unit_at(words, number.end())[0] == unit:
            raise Unclear(
                "due valori nella stessa cella: non è certo se il secondo sostituisca il primo",
                position + number.start(),
            )


_OF_MORE_YEARS = regex(
    r"(?<![a-zà-ÿ])(?:ne[li]|nell'arco\s+del|per\s+il|entro\s+il)\s*(?:prossimo\s+)?(?:bi|tri|quadri|quinqu)ennio|(?<![a-zà-ÿ])cumulat[a-z]+",
    re.IGNORECASE,
)
_IN_A_YEAR = regex(
    r"(?<![a-zà-ÿ])(?:nel(?:\s+corso\s+del(?:l')?)?|durante\s+il|nell'|per\s+(?:il|l'))\s*(?:anno\s+)?"
    r"(?P<year>(?:19|20)[0-9]{2})(?![0-9.,/%-])",
    re.IGNORECASE,
)
_QUALIFIES = regex(r"\S+\s+(?:\S+\s+)*[a-zà-ÿ]*(?:at|ut|it|tt|ss|lt|us)[oaie]\s*", re.IGNORECASE)
_VALUE_OF_A_YEAR = regex(
    r"(?P<target>target|obiettivo)?\s*(?:per\s+il\s+|nel\s+|anno\s+)?(?P<year>(?:19|20)[0-9]{2})\s*[:=]?\s*(?=[0-9<>=≤≥])",
    re.IGNORECASE,
)


def _speaks_of_the_counted(words: str, position: int) -> bool:
    """Whether a year belongs to what is counted (`imprese iscritte nel 2021`), or to the data, and not to the value."""
    return ABOUT_THE_DATA.match(words) is not None or _QUALIFIES.fullmatch(words[:position]) is not None


def require_value_in_force(words: str, position: int, year: int | None, *, apart: bool) -> None:
    """Refuse a remark by which the value was changed, is no longer asked for, or is that of another year."""
    if says_ended(words, apart=apart):
        raise Unclear(WITHDRAWN, position)
    if says_changed(words, apart=apart):
        raise Unclear(REVISED, position)
    of_another = _VALUE_OF_A_YEAR.match(words)
    if of_another is not None and (of_another["target"] or year is None or int(of_another["year"]) >= year):
        raise Unclear("c'è il valore di un altro anno: si accetta un target per anno", position)
    if _OF_MORE_YEARS.search(words):
        raise Unclear("il valore è detto di più anni: si accetta un valore per anno", position)
    in_a_year = _IN_A_YEAR.search(words)
    if in_a_year is not None and year is not None and not _speaks_of_the_counted(words, in_a_year.start()):
        label_agrees(in_a_year["year"], position, year)
    of_a_year = _OF_A_YEAR.fullmatch(words)
    if of_a_year is not None and year is not None:
        label_agrees(of_a_year["year"], position, year)
