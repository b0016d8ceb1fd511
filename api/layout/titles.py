"""What the rows above a table say of the plan: whose it is, its title, its years."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from api.layout.vocabulary import YEAR
from domain.patterns import regex

_BODY = regex(
    r"\b(?:comune d[ie]|citt[aà] di|provincia d[ie]|provincia autonoma|regione|citt[aà] metropolitana|universit[aà]|politecnico|"
    r"scuola (?:superiore|normale)|camera di commercio|c\.?c\.?i\.?a\.?a\.?|azienda (?:sanitaria|ospedalier[ao]|usl|ulss|unit[aà]|speciale|socio|pubblica|per i servizi|di servizi|zero)|"
    r"a\.?s\.?l\.?|ausl|azienda ulss|ulss|ats|asst|asp|irccs|policlinico|ministero|presidenza del consiglio|agenzia|autorit[aà]|"
    r"unione (?:dei comuni|di comuni|montana|comuni|territoriale)|comunit[aà] montana|istituto|ente (?:parco|nazionale|regionale)|parco nazionale|"
    r"consorzio|accademia|conservatorio|ordine (?:dei|degli|provinciale)|automobile club|consiglio (?:nazionale|regionale)|fondazione)\b",
    re.IGNORECASE,
)
_TITLE = regex(r"\b(?:piano|p\.?i\.?a\.?o\.?|performance|direttiva|peg|pdo|programma|obiettivi)\b", re.IGNORECASE)
_RANGE = regex(r"(?<![0-9/.])((?:19|20|21)[0-9]{2})\s*[-–—/]\s*((?:19|20|21)?[0-9]{2})(?![0-9/.])")
_ENDS = regex(r"\s+[-–—|]\s+|\s*[|;]\s*|\s+(?=(?:piano|p\.?i\.?a\.?o\.?|allegato|triennio|anno)\b)", re.IGNORECASE)


class PlanFacts(NamedTuple):
    """What is known of a plan beside its rows; None for what nobody says."""

    administration: str | None = None
    title: str | None = None
    first_year: int | None = None
    last_year: int | None = None


def facts_of(texts: Iterable[str]) -> PlanFacts:
    """What the title rows say, the first of each."""
    administration: str | None = None
    title: str | None = None
    years: tuple[int, int] | None = None
    single: int | None = None
    for text in texts:
        if len(text) > 300:
            continue
        if administration is None and (body := _BODY.search(text)):
            whole = _ENDS.split(text[body.start() :])[0]
            administration = re.sub(r"[\s(]*(?:19|20|21)[0-9]{2}(?:\s*[-–/]\s*[0-9]{2,4})?[\s)]*$", "", whole).strip(
                " -–—:;,."
            )[:200]
        if title is None and (start := _TITLE.search(text)):
            of_body = _BODY.search(text)
            title = text[start.start() :] if of_body and of_body.start() < start.start() else text
        if years is None and (match := _RANGE.search(text)):
            first = int(match[1])
            last = int(match[2]) if len(match[2]) == 4 else first // 100 * 100 + int(match[2])
            if first <= last <= first + 10:
                years = (first, last)
        if single is None and (year := YEAR.search(text)) and not re.search(r"n\.\s*\S+\s+del\b", text):
            single = int(year[1])
    if years is None and single is not None:
        years = (single, single)
    return PlanFacts(administration, title, *(years or (None, None)))
