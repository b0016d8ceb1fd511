"""The words by which a cell says that its value was changed, or is no longer asked for: `95% (rimodulato: 90%)`, `95% annullato`.

Such a value is never read: the text does not say which of two is in force, or whether any is. A participle that opens the
remark speaks of the value (`30 gg (portato a 45)`); one that follows a noun speaks of what is counted (`90% dei regolamenti
aggiornati`), unless a figure follows it.
"""

import re
from typing import NamedTuple

from domain.patterns import regex

REVISED = "il testo dice che il valore è stato cambiato: si accetta il solo valore in vigore"
WITHDRAWN = "il testo dice che il target è stato tolto o sospeso: si accetta --- dove non c'è più un target"

_CHANGED = (
    r"(?:rimodulat|modificat|variat|aggiornat|rivist|ridott|ridefinit|rideterminat|riformulat|ripianificat|riprogrammat"
    r"|riparametrat|ricalibrat|rinegoziat|sostituit|corrett|rettificat|emendat|portat|elevat|innalzat|rialzat|abbassat"
    r"|alzat|aumentat|incrementat|diminuit|spostat|prorogat|differit|anticipat|posticipat|rinviat|slittat|traslat"
    r"|riallineat|adeguat|assestat|cambiat|mutat|fissat|rifissat|passat|convertit|trasformat|revisionat|rivalutat|dimezzat"
    r"|raddoppiat|divenut|diventat|ritoccat|accorciat|allungat|ampliat|superat)"
)
_CHANGE = (
    r"(?:rimodulazione|modifica|variazione|rettifica|revisione|correzione|sostituzione|aggiornamento|rideterminazione"
    r"|ridefinizione|riprogrammazione|riduzione|spostamento|adeguamento|assestamento)"
)
_BECOMES = r"(?:divent[aio]|diviene|passa|scende|sale|si\s+riduce|sostituisce|rimodula|modifica|varia|cambia)"
_ENDED = (
    r"(?:annullat|soppress|eliminat|cancellat|revocat|ritirat|sospes|neutralizzat|stralciat|decadut|abrogat|archiviat"
    r"|depennat|espunt|rimoss|abbandonat|dismess|congelat|accantonat|esclus|interrott|rinunciat|abolit|disattivat|cassat"
    r"|sterilizzat|tolt)"
)
_ENDING = (
    r"(?:annullamento|soppressione|eliminazione|cancellazione|revoca|ritiro|sospensione|neutralizzazione|stralcio"
    r"|abrogazione|archiviazione|esclusione|rinuncia|decadenza|dismissione)"
)
_NOW_OR_BEFORE = (
    r"(?:ora|adesso|oggi|attualmente|poi|quindi|successivamente|in\s+seguito|in\s+origine|inizialmente|originariamente"
    r"|originari[oa]|precedentemente|in\s+precedenza|precedente|prima|già|ex|era|erano|vecchi[oa]|al\s+posto\s+di"
    r"|in\s+luogo\s+di)"
)
_STILL_TO_BE = (
    r"(?:da\s+(?:annull|sopprim|elimin|cancell|revoc|ritir|sospend|neutralizz|stralci|rived|rimodul|modific|ridefin"
    r"|ridetermin|aggiorn|corregg|sostitu|rettific)[a-z]*|in\s+(?:(?:fase|corso|attesa)\s+di\s+)?"
    rf"(?:{_CHANGE}|{_ENDING}))"
)
_IT = (
    r"(?:(?:(?:il|l'|la)\s*)?(?:target|obiettivo|indicatore|valore|risultato|azione|attività|termine|scadenza|soglia"
    r"|progetto|misura|limite)\s+(?:atteso\s+|attesa\s+|operativo\s+)?)"
)
_IS = r"(?:(?:è|e'|viene|va|risulta|poi|ora|successivamente|stat[oa]|così|come)\s+){0,3}"
_FIGURE = (
    r"(?:(?:n\.|nr\.?|€|[<>=≤≥]+|almeno|massimo|minimo|max\.?|min\.?|il|lo|la|l')\s*)*"
    r"(?![0-9]{1,2}(?:/[0-9]|[.-][0-9]{1,2}[.-][0-9]))(?!(?:19|20)[0-9]{2}(?![0-9.,%]))[+-]?[0-9]"
)
_TO = r"(?:\s*[:=]\s*|\s+(?:a|ad|al|alla|allo)\s+|\s+all'\s*)"
_INTO = r"(?:\s*[:=]\s*|\s+(?:a|ad|al|alla|in|nel|da|dal|con|per|e)\s+|\s+(?:all|nell|dall)'\s*|\s+)"
_ACT = (
    r"(?:delib(?:era(?:zione)?|\.)|determina(?:zione)?|det\.|decreto|disposizione|provvedimento|verbale|atto|ods"
    r"|d\.?g\.?[rc]?\.?|d\.?d\.?|giunta|consiglio)"
)


def _words(pattern: str) -> re.Pattern[str]:
    return regex(rf"(?<![\wà-ÿ])(?:{pattern})", re.IGNORECASE)


_END = r"(?![\wà-ÿ])"
_SEGMENT = regex(r"[;,:()\[\]]\s*|\s-\s*")
_OPENS_CHANGED = _words(
    rf"{_IT}?{_IS}(?:(?:{_CHANGED}[oa]|{_BECOMES}|{_STILL_TO_BE}){_END}"
    rf"|{_NOW_OR_BEFORE}{_END}(?!\s+(?:di|del|della|dell'|dei|che|anno|d)\b))"
)
_CHANGED_TO = _words(
    rf"(?:{_CHANGED}[oa]|{_NOW_OR_BEFORE}){_INTO}{_FIGURE}|(?:{_CHANGED}[ie]|{_CHANGE}|{_BECOMES}){_TO}{_FIGURE}"
    rf"|{_BECOMES}\s+{_FIGURE}|nuov[oa]\s+(?:target|valore|obiettivo|soglia|termine|scadenza|limite)\b[^0-9]{{0,20}}[0-9]"
    rf"|nuov[oa]\s*[:=]?\s*{_FIGURE}|(?:rev|agg|mod|var|rim|rimod|rettif|corr|sost|prec)\.\s*(?:[:=]|in|a|al|da)?\s*{_FIGURE}"
    rf"|target\b[^0-9]{{0,20}}{_FIGURE}"
)
_OPENS_DATA_OF_A_DAY = _words(
    r"(?:(?:valore|dato)\s+)?aggiornat[oa]\s+(?:(?:al|alla|a|nel)\s+|all'\s*)(?![0-9]+(?:[.,][0-9]+)?\s?(?:%|€|$|\)|[a-z]{2}\b))"
)
_OPENS_ENDED = _words(rf"{_IT}?{_IS}(?:non\s+più\b|{_ENDED}[oa]{_END})|non\s+valuta(?:t[oa]|bile)\b|n\.?\s?/?\s?a\.?$")
_OPENS_A_NOUN = _words(rf"{_CHANGE}{_END}"), _words(rf"{_ENDING}{_END}")
_ENDED_ANYWHERE = _words(rf"{_IT}{_IS}{_ENDED}[oa]{_END}|{_ENDED}[oa]\s+(?:[a-z']+\s+){{1,3}}{_ACT}")
_CHANGED_ANYWHERE = _words(rf"{_IT}{_IS}{_CHANGED}[oa]{_END}|{_CHANGED}[oa]\s+(?:[a-z']+\s+){{1,3}}{_ACT}")
_AN_ACT = _words(rf"{_ACT}{_END}")
_NAMES_OF_AN_ACT = regex(
    rf"{_ACT}\s*(?:n[.°r]*\s*)?[0-9]+(?:\s*/\s*[0-9]+)?|(?<![a-z])n[.°r]*\s*[0-9]+(?:\s*/\s*[0-9]+)?"
    r"|[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{2,4}|[0-9]{1,2}°?\s+[a-z]{3,9}\.?\s+(?:19|20)[0-9]{2}|[0-9]+/[0-9]{2,4}"
    r"|(?<![0-9])(?:19|20)[0-9]{2}(?![0-9.,%])|art\.?\s*[0-9]+",
    re.IGNORECASE,
)
_ARROW = regex(r"(?:->|=>|[→➔⇒])\s*\S")


_SHORT = r"(?:rimod|rid|mod|modif|var|agg|rev|rett|rettif|corr|sost|rinv|prorog|spost|diff|slitt|post(?:ic)?|antic|assest|ridet|riprogr)\."
_SHORT_ENDED = r"(?:ann|annull|soppr|sosp|elim|canc|revoc|rit|neutr|stralc|abr|arch|dep|esp|escl|decad)\.?"
_OPENS_CHANGED_SHORT = _words(rf"{_IT}?{_SHORT}(?:\s*(?:$|[0-9(:=]|al?\b|in\b|con\b))")
_OPENS_ENDED_SHORT = _words(rf"{_IT}?{_SHORT_ENDED}(?:$|\s+(?:con|da|dal|dalla|il|in|{_ACT})\b)")
_A_REVISION = _words(
    r"(?:rimodul|riprogramm|ridetermin|ridefin|rinegozi|riformul|modific|vari(?:at|azion)|rettific|revision|aggiorn[ao]ment|assestament|sostituzion|correzion"
    r"|annull|soppress|soppression|eliminaz|sospension|neutralizz|stralci|revoc|rinvi|prorog|slittament|spostament|traslaz|cancellaz)[a-z]*"
)


def is_about_a_revision(words: str) -> bool:
    """Whether a remark names a change of plans, or the end of one, whatever it says of it: `vedi rimodulazione`, `post assestamento`."""
    return _A_REVISION.search(words) is not None


_IS_ENDED = regex(rf"[\s(\[]*{_IT}?{_IS}(?:{_ENDED}[oa]|{_ENDING}){_END}", re.IGNORECASE)


def opens_ended(words: str) -> bool:
    """Whether a text begins by saying that its target is no longer asked for: `annullato`, `(sospeso) 95%`."""
    return _IS_ENDED.match(words.lstrip()) is not None


class _Segment(NamedTuple):
    words: str
    apart: bool


def says_changed(words: str, *, apart: bool) -> bool:
    """Whether the words beside a value say that it was changed; `apart`: brackets or a sign stand between the two."""
    if _ARROW.search(words) or _CHANGED_TO.search(words) or _CHANGED_ANYWHERE.search(words):
        return True
    if any(
        (_OPENS_CHANGED.match(segment.words) and not _OPENS_DATA_OF_A_DAY.match(segment.words))
        or _OPENS_CHANGED_SHORT.match(segment.words)
        or (segment.apart and _OPENS_A_NOUN[0].match(segment.words))
        for segment in _segments(words, apart=apart)
    ):
        return True
    return bool(_AN_ACT.search(words)) and bool(re.search(r"[0-9]", _NAMES_OF_AN_ACT.sub(" ", words)))


def says_ended(words: str, *, apart: bool) -> bool:
    """Whether the words beside a value say that it is withdrawn, suspended or neutralised."""
    if _ENDED_ANYWHERE.search(words):
        return True
    return any(
        _OPENS_ENDED.match(segment.words)
        or _OPENS_ENDED_SHORT.match(segment.words)
        or (segment.apart and _OPENS_A_NOUN[1].match(segment.words))
        for segment in _segments(words, apart=apart)
    )


def _segments(words: str, *, apart: bool) -> list[_Segment]:
    """The parts of a remark between signs, each with whether something stands between it and what precedes it."""
    parts = [part.strip() for part in _SEGMENT.split(words)]
    return [_Segment(part, apart or index > 0) for index, part in enumerate(parts) if part]
