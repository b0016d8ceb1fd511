"""Reads what was done, or not, in the words of an office: `realizzato`, `non raggiunto`, `Sì (15/03/2024)`, `delibera n. 3 del 15/03/2024`.

A day that is said beside it is when it was done, and is the value. What was done in part, or is under way, is not read.
"""

import re
from datetime import date
from typing import NamedTuple

from domain.italian import Unclear, day_at, period_end_at
from domain.measurements.remarks import STILL_TO_COME
from domain.patterns import regex
from domain.targets.target_text import PreparedText

_THING = (
    r"(?:(?:l'\s?|il\s+|la\s+)?(?:obiettivo|target|attività|azione|risultato|indicatore|progetto|intervento|adempimento"
    r"|documento|piano|atto|regolamento|progetto)\s+)?"
)
_AUXILIARY = r"(?:(?:è|e'|risulta)\s+)?(?:stat[oaie]\s+)?"
_WHOLLY = r"(?:(?:pienamente|interamente|totalmente|completamente|integralmente|regolarmente|tutt[oaie]|già)\s+)?"
_DONE = (
    r"(?:fatt|realizzat|completat|raggiunt|conseguit|effettuat|adottat|approvat|pubblicat|attuat|eseguit|svolt|attivat"
    r"|conclus|terminat|ultimat|espletat|predispost|trasmess|redatt|presentat|sottoscritt|stipulat|rispettat|soddisfatt"
    r"|compiut|emess|inviat|depositat|deliberat|assolt|portat[oaie]\s+a\s+termin|chius|consegnat|istituit|installat"
    r"|finalizzat|ottenut|validat|aggiornat|rilasciat|organizzat|erogat|affidat|aggiudicat|collaudat)[oaie]"
)
_ACCOMPLISHMENT = (
    r"(?:realizzazione|raggiungimento|adozione|approvazione|pubblicazione|attuazione|esecuzione|conseguimento)"
)
_END = r"(?![\wà-ÿ])"
_TIMELY = (
    r"(?:(?:entro|nei)\s+(?:i\s+)?(?:termini|tempi)(?:\s+(?:previsti|stabiliti|fissati))?(?=[\s.;]*(?:$|\())"
    r"|con\s+(?:[0-9]+|[a-z]+)\s+(?:giorn[oi]|gg\.?|mes[ei]|settiman[ae])\s+di\s+anticipo(?=[\s.;]*(?:$|\())|in\s+anticipo(?=[\s.;]*(?:$|\()))"
)
"""Says that a term was kept, and so that the thing was done."""
_YES = regex(
    rf"(?:{_TIMELY}|s[iìí]'?|ok|on|vero|true|{_THING}{_AUXILIARY}{_WHOLLY}{_DONE}){_END}(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_NO = regex(
    rf"(?:no|ko|off|falso|false|{_THING}non\s+{_AUXILIARY}{_DONE}|mancat[oa]\s+{_ACCOMPLISHMENT}){_END}(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_ACT_NAME = (
    r"(?:(?:con\s+|giusta\s+)?(?:delibera(?:zione)?|delib\.|determina(?:zione)?|det\.|decreto|verbale|ordinanza|provvedimento"
    r"|atto|nota|prot(?:ocollo|\.)|circolare|contratto|convenzione|d\.?\s?g\.?\s?[rc]?\.?(?=\s*[n0-9])|d\.?d\.?(?=\s*[n0-9])))"
)
_ACT = regex(rf"{_ACT_NAME}{_END}(?P<rest>.*)$", re.IGNORECASE | re.DOTALL)
_DIGITS = r"[0-9]+(?:\.[0-9]+)*(?:\s*/\s*[0-9]+|-[0-9]+)*(?![0-9]*[/.-][0-9])"
_NUMBER_OF_AN_ACT = regex(rf"{_ACT_NAME}\s*(?:n[.°r]*\s*|prot\.\s*)*{_DIGITS}", re.IGNORECASE)
_ITS_NUMBER = regex(rf"(?:(?<![a-z])n[.°r]*|numero)\s*(?:prot\.\s*)?{_DIGITS}", re.IGNORECASE)
_NAMED = regex(rf"(?<![\wà-ÿ]){_ACT_NAME}|(?<![a-z])del\.", re.IGNORECASE)
_IN_ITS_YEAR = regex(
    r"(?<![\wà-ÿ])(?:nel|nel\s+corso\s+del|anno)\s+(?:anno\s+)?(?P<year>(?:19|20)[0-9]{2})(?![0-9/.-])", re.IGNORECASE
)
_WHERE_A_DAY_BEGINS = regex(r"(?<![\w/.,-])(?=[\w])")
_DAY_OF_IT = regex(r"(?:il|in\s+data|del|del\s+giorno|data|al|in|nel|a|,|-|\(|di)?\s*$", re.IGNORECASE)
_BENDS = regex(
    r"(?<![\wà-ÿ])(?:non|ma|però|tranne|salvo|eccetto|parzial\w*|in\s+parte|parte|solo|soltanto|quasi|meno|entro|dopo|prima|dal|fino|per\s+il"
    r"|previst[oaie]|programmat[oaie]|pianificat[oaie]|manc\w+|bozza|con\s+(?:riserv[ae]|prescrizion[ei]|osservazion[ei]|condizion[ei]|rilievi)|metà|propost[ae]|schema|istruttoria|lott[oi]|stralcio|(?:prim|second|terz)[ao]\s+(?:fase|step|tranche|part[ei])|fase|parz\.|provvisori\w*|rest\w{1,3}|riman\w+|residua(?:no)?|incomplet\w*|tuttavia|sebbene|benché"
    r"|da\s+\w+(?:ire|irsi|ersi|arsi|ere)|in\s+(?:attesa|fase|via\s+di|itinere|lavorazione|sospeso)|avviat[oaie]|iniziat[oaie]|stim\w+|ipotes\w+|dovrebbe|sarà|saranno"
    r"|verr(?:à|anno)|forse|probabil\w+|presum\w+|a\s+meno|ad?\s+eccezione|esclus\w+|eccezion\w+|subordinat\w+|condizionat\w+|sospens\w+|in\s+corso|rinviat[oaie]|sospes[oaie]|annullat[oaie]|revocat[oaie]|da\s+\w+are|scadenza|proroga\w*|circa|oltre|ritardo|tardiv\w*|fuori\s+(?:termine|tempo))"
    r"(?![\wà-ÿ])",
    re.IGNORECASE,
)
_ARRANGED = regex(rf"(?<![\wà-ÿ]){STILL_TO_COME}(?![\wà-ÿ])", re.IGNORECASE)
_IN_TIME = regex(
    r"(?<![\wà-ÿ])(?:entro|nei|nel\s+rispetto\s+dei)\s+(?:i\s+|il\s+|la\s+)?(?:termin[ei]|tempi|scadenza)(?:\s+(?:previst[oaie]|stabilit[oaie]|fissat[oaie]))?",
    re.IGNORECASE,
)


def _another_year(match: re.Match[str], year: int | None) -> bool:
    named = match.groupdict().get("year")
    return named is not None and (year is None or int(named) != year)


def says_in_part(words: str) -> bool:
    """Whether what is said beside something done bends it: in part, in draft, still to be confirmed."""
    rest = _IN_TIME.sub(" ", words)
    return "?" in words or _BENDS.search(rest) is not None or _ARRANGED.search(rest) is not None


class Accomplished(NamedTuple):
    """Whether something was done, the day on which if it is said, and what is said beside it."""

    done: bool
    on: date | None
    note: str | None


def accomplished(cell: PreparedText) -> Accomplished | None:
    """What a text says was done, or not; None for a text of another kind.

    Unclear: a text that says so in part, with a quantity, or with two days.
    """
    for pattern, done in ((_NO, False), (_YES, True), (_ACT, None)):
        match = pattern.match(cell.body, cell.start)
        if match is not None:
            return _with_its_day(
                cell, match.start("rest"), match.start() if done is None else match.start("rest"), done
            )
    return None


def _with_its_day(cell: PreparedText, position: int, note_from: int, done: bool | None) -> Accomplished | None:  # noqa: FBT001 - None: an act
    rest = cell.body[position:]
    if re.match(r"\s*[/-]\s*(?:no|s[iì]|off)\b", rest, re.IGNORECASE):
        raise Unclear("è la scala, non il valore: si accetta Sì oppure No", position)
    if "?" in rest:
        raise Unclear("un punto di domanda non dice se è fatto: si accetta Sì, No o la data", position)
    if says_in_part(rest) and done is not False:
        raise Unclear(
            "ciò che segue può dire che è in parte, o quando era previsto: si accetta Sì, No o la data", position
        )
    blanked = cell.body[note_from:]
    for numbers in (_NUMBER_OF_AN_ACT, *((_ITS_NUMBER,) if _NAMED.search(blanked) else ()), _IN_ITS_YEAR):
        blanked = numbers.sub(
            lambda match: match[0] if _another_year(match, cell.year) else " " * len(match[0]), blanked
        )
    days, leftover = _days(blanked, cell.year)
    if leftover or len(days) > 1 or (days and done is False):
        raise Unclear(
            "ciò che segue dice che è in parte, o in che misura: si accetta Sì, No, una data oppure 50%", position
        )
    if done is None and not days:
        if blanked != cell.body[note_from:]:
            raise Unclear(
                "l'atto non dice il giorno, e non si sa se è nei termini: si accetta l'atto con la sua data, per esempio"
                " DGC n. 40 del 15/03/2024, oppure Sì",
                note_from,
            )
        return None
    on = days[0] if days else None
    if on is not None and cell.year is not None and abs(on.year - cell.year) > 1:
        raise Unclear(f"la data è del {on.year}, il valore del {cell.year}", position)
    return Accomplished(done is not False, on, cell.body[note_from:].strip(" ,;:.-") or None)


def _days(text: str, year: int | None) -> tuple[list[date], bool]:
    """The days that a text names, and whether figures are left that are no day."""
    days: list[date] = []
    end = 0
    leftover: list[str] = []
    for begins in _WHERE_A_DAY_BEGINS.finditer(text):
        if begins.start() < end or not (text[begins.start()].isdigit() or text[begins.start()].isalpha()):
            continue
        day = day_at(text, begins.start(), year) or (
            period_end_at(text, begins.start(), year) if _DAY_OF_IT.search(text[: begins.start()]) else None
        )
        if day is not None:
            days.append(day[0])
            leftover.append(text[end : begins.start()])
            end = day[1]
    leftover.append(text[end:])
    return days, any(character.isdigit() for part in leftover for character in part)
