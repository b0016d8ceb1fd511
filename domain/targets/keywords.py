"""Reads targets that are words: none, to be defined, surveyed, recurring, yes or no, a degree, a value of others."""

import re
from typing import Literal

from domain.italian import Unclear
from domain.patterns import regex
from domain.targets.levels import LEVELS
from domain.targets.model import Level, NoTarget, Recurring, Reference, SurveyYear, Target, ToBeDefined, YesNo
from domain.targets.quantities import comparator_at, past_article, past_spaces
from domain.targets.references import MARGIN
from domain.targets.revisions import WITHDRAWN, opens_ended
from domain.targets.target_text import PreparedText


def none(cell: PreparedText) -> Target | None:
    """Nothing, dashes, a comparator before dashes, a bar, or the words that say so."""
    match = cell.match(r"(?:[<>=≤≥]+\s*)?-[-\s]*(?=$|\()|/+(?=$)|(?:non\s+previst[oaie]|nessun\s+target)\b|$")
    return match and NoTarget(text=cell.text, note=cell.note_from(match.end(), no_value=True))


def to_be_defined(cell: PreparedText) -> Target | None:
    """A target that is still to be set, or a value that is not there yet."""
    match = cell.match(
        r"da\s+def(?:inirsi|inire|\.|(?=$))|da\s+(?:determinare|stabilire|individuare|fissare)\b|n\.\s?[da]\.?(?=$|\s|\()"
        r"|n[da](?=$|\s*\()|non\s+(?:ancora\s+)?definit[oaie]\b|in\s+(?:corso|fase)\s+di\s+definizione\b"
    )
    return match and ToBeDefined(text=cell.text, note=cell.note_from(match.end(), no_value=True))


def survey_year(cell: PreparedText) -> Target | None:
    """A year without a target, in which the indicator is only surveyed."""
    match = cell.match(r"(?:anno\s+di\s+)?(?:prima\s+)?rilevazione\b(?=\s*(?:$|\())")
    return match and SurveyYear(text=cell.text, note=cell.note_from(match.end(), no_value=True))


def recurring(cell: PreparedText) -> Target | None:
    """A frequency and nothing else."""
    match = cell.match(
        r"(?:annuale|annualmente|ogni\s+anno|semestrale|quadrimestrale|trimestrale|bimestrale|mensile|settimanale"
        r"|giornalier[oa])\b(?=\s*(?:$|\())"
    )
    return match and Recurring(text=cell.text, note=cell.note_from(match.end()))


_YES = r"(?:s[iìí]'?|on|vero|true|fatto|(?:realizzat|completat)[oa])"
_SAID = regex(
    rf"(?:(?:>=|=>|≥|=|>\s=)\s*)?{_YES}(?=[\s.;*]*(?:$|\())|=?\s*(?P<no>no|off|falso|false)(?=[\s.;*]*(?:$|\())",
    re.IGNORECASE,
)
_SCALE = regex(rf"{_YES}\s*[/-]\s*no|no\s*[/-]\s*{_YES}|on\s*/\s*off", re.IGNORECASE)
_IN_PART = regex(r"[0-9]\s*(?:%|/)|\bparzial|\bparte\b|\bsolo\b", re.IGNORECASE)
_ACCOMPLISHED = regex(
    r"(?:rispetto|realizzazione|adozione|approvazione|pubblicazione|attuazione|attivazione|completamento|conclusione"
    r"|svolgimento|predisposizione)\b[^0-9:<>=≤≥]*:",
    re.IGNORECASE,
)


def yes_no(cell: PreparedText) -> Target | None:
    """Yes or no, after a comparator if one likes, or after the name of what is to be accomplished.

    `sì/no` is a scale and no value, unless what precedes it names the accomplishment that is meant.
    """
    label = _ACCOMPLISHED.match(cell.body, cell.start)
    begin = past_spaces(cell.body, label.end()) if label else cell.start
    scale = _SCALE.match(cell.body, begin)
    if scale is not None and label is None:
        raise Unclear("è la scala, non il valore: si accetta Sì oppure No", begin)
    answer = scale or _SAID.match(cell.body, begin)
    if answer is None:
        return None
    if _IN_PART.search(cell.body, answer.end()):
        raise Unclear("ciò che segue dice che è in parte, o in che misura: si accetta Sì, No oppure 50%", answer.end())
    value: Literal["yes", "no"] = "no" if scale is None and answer["no"] is not None else "yes"
    subject = label[0].rstrip(": ") if label else ""
    return YesNo(text=cell.text, value=value, note=cell.note_from(answer.end(), before=subject))


def level(cell: PreparedText) -> Target | None:
    """A degree, with or without a comparator."""
    comparator, position = comparator_at(cell.body, cell.start)
    match = re.compile(r"(?:livello\s+)?(?P<level>[a-z]+)(?=[\s.;*]*(?:$|\())", re.IGNORECASE).match(
        cell.body, position
    )
    if match is None or match["level"].lower() not in LEVELS:
        return None
    return Level(text=cell.text, comparator=comparator, value=match["level"].lower(), note=cell.note_from(match.end()))


_OUTSIDE_WORDS = (
    r"(?:dato|valore|livello|risultato|consuntivo|tempo|indice|media|medio|nazionale|regionale|provinciale|nazionali"
    r"|cluster|clus\.?|sistema|camerale|camere|enti|baseline|anno|anni|precedente|precedenti|triennio|biennio|ultimo"
    r"|ultimi|tre|due|storico|storica|iniziale|partenza|rilevato|(?:19|20)[0-9]{2}"
    r"|dimensional[ei]|territorial[ei]|stess[ae]|dimensione|dimensioni|(?:19|20)[0-9]{2}\s*[-/]\s*(?:19|20)[0-9]{2}"
    r"|di|del|della|delle|dei|degli|dal|nel|il|la|dell'|nell'|all'|l')"
)
_OUTSIDE = regex(
    rf"{_OUTSIDE_WORDS}(?:\s+{_OUTSIDE_WORDS}|(?<='){_OUTSIDE_WORDS})*(?:\s*{MARGIN})?(?=[\s.;*]*(?:$|\())",
    re.IGNORECASE,
)
_ANCHOR = regex(
    r"\b(?:nazionale|regionale|provinciale|cluster|clus|camerale|camere|baseline|precedente|precedenti|iniziale|partenza"
    r"|storic[oa]|ultim[oi])\b"
    r"|\b(?:dato|valore|livello|risultato|consuntivo|media)\b.*\b(?:19|20)[0-9]{2}\b",
    re.IGNORECASE,
)
_MAINTAINED = regex(r"mantenimento\s+", re.IGNORECASE)


def reference_value(cell: PreparedText) -> Target | None:
    """A value that others know, or that an earlier year gave, named by words of a closed list.

    `mantenimento` of a value refers to that value, with no comparator; alone, it does not say which.
    """
    comparator, position = comparator_at(cell.body, cell.start)
    kept = _MAINTAINED.match(cell.body, position)
    if kept is not None:
        position = past_article(cell.body, kept.end())
    match = _OUTSIDE.match(cell.body, position)
    if match is None or _ANCHOR.search(match[0]) is None:
        return None
    return Reference(
        text=cell.text, comparator=comparator, reference=" ".join(match[0].split()), note=cell.note_from(match.end())
    )


_AMBIGUOUS: tuple[tuple[str, str], ...] = (
    (r"n/a", "può dire non applicabile o non disponibile: si accetta --- oppure da definire"),
    (r"mantenimento", "non dice di quale valore: si accetta mantenimento del valore dell'anno precedente"),
    (r"nessun[oa]?", "può dire zero o nessun target: si accetta zero oppure ---"),
    (r"media", "non dice di che cosa, o su quale scala: si accetta media nazionale, oppure medio"),
)


def ambiguous(cell: PreparedText) -> Target | None:
    """Words that have two meanings in a plan, or say that there is no target any more: never read."""
    if opens_ended(cell.body[cell.start :]):
        raise Unclear(WITHDRAWN, cell.start)
    for words, reason in _AMBIGUOUS:
        if cell.match(rf"(?:{words})[\s.]*$"):
            raise Unclear(f"«{cell.body.strip()}» {reason}", cell.start)
    return None
