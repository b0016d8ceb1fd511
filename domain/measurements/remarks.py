"""What may stand beside an observed figure: it says what was counted, where it is written down, or what was done.

A remark that may say something else of the figure is asked about: that the thing is only planned, called or under way; that
the figure is provisional, estimated, or of a part. In brackets the list is of what is harmless, as it is beside a target
(decision 160); what follows without a sign goes on with what is counted, and there the list is of verbs whose thing is still to come.
"""

import re

from domain.italian import Unclear
from domain.patterns import regex
from domain.targets.kinds_of_notes import require_understood

STILL_TO_COME = (
    r"(?:ri)?(?:convocat|invitat|indett|programmat|pianificat|previst|calendarizzat|prenotat|opzionat|fissat|annunciat|prospettat|propost|ipotizzat"
    r"|attes|auspicat|richiest|domandat|ordinat|commissionat|promess|bandit|progettat|abbozzat|impostat|avviat|iniziat|cominciat|intrapres"
    r"|incaricat|concordat|stabilit|differit|posticipat|rimandat|rinviat|sospes|annullat|revocat|disdett|mancat|saltat|pendent|giacent)[oaie]"
)
"""Said of what somebody arranged, asked for, began or put off: whether it took place it does not say."""
NOT_FINAL = (
    r"(?:provvisori[oaie]|provv\.|parzial[ei]|parz\.|preliminar[ei]|approssimativ[oaie]|orientativ[oaie]|previsional[ei]|preventiv[oaie]|prev\."
    r"|potenzial[ei]|teoric[oaie]|ipotetic[oaie]|ipotes[ie]|stim(?:a|e|at[oaie])|presunt[oaie]|suppost[oaie]|previsione(?=\s*(?:$|\)))|proiezion[ei]"
    r"|pre-?consuntivo|bozz[ae]|in\s+parte|in\s+corso|da\s+[a-z]+(?:are|ere|ire|arsi|ersi|irsi)"
    r"|non\s+(?:ancora|raggiunt|conseguit|realizzat|svolt|definitiv|validat|consolidat|verificat|certificat)[oaie]?)"
)
"""Said of a figure that is not the one that stays, or is not of all."""
_UNDER_WAY = (
    r"in\s+(?:programm(?:a|azione)|calendario|agenda|previsione|cantiere|itinere|attesa|istruttoria|lavorazione|fase|via|preparazione|avvio|gara|sospeso"
    r"|(?:fase\s+di\s+)?(?:pubblicazione|approvazione|definizione|progettazione|realizzazione|valutazione|costruzione|svolgimento|esame|verifica))"
    r"(?!\s*[0-9])"
)

_END = r"(?![\wà-ÿ])"
_OF_WHAT_IS_COUNTED = r"(?:(?!(?:de[il]|dell[aeo]|degli|d[ai]|dalle|con|per|a[il]?|all[aeo]|in|su[il]?|su|tra|fra)\s)[a-zà-ÿ']{2,}\s+){0,2}"
_PLANNED = regex(
    rf"[\s,(]*{_OF_WHAT_IS_COUNTED}(?:(?:già|ancora|solo)\s+)?(?:{STILL_TO_COME}|{_UNDER_WAY}){_END}(?!\s*[:=]?\s*[0-9])",
    re.IGNORECASE,
)
_NOUN_ALONE = regex(r"\s*(?:propost|richiest|mess|promess)e(?=\s*$|\s+(?!da(?:\s|$))[a-zà-ÿ])", re.IGNORECASE)
_EARLY = regex(r"\s*(?:di|in)\s+anticipo(?![a-z])", re.IGNORECASE)
_BENT = regex(
    rf"(?<![\wà-ÿ])(?:{NOT_FINAL}|(?<!delle )(?<!degli )(?<!dei )(?<!le )(?<!gli )(?<!i )(?:annullat|rinviat|sospes|revocat)[oaie]){_END}",
    re.IGNORECASE,
)
_BRACKETS = regex(r"\(((?:[^()]|\([^()]*\))*)\)")
_ACCOUNT = regex(
    r"(?:(?:tutt[ei]|già|regolarmente)\s+)*(?:realizzat|svolt|effettuat|conclus|completat|erogat|evas|adottat|approvat|pubblicat|attuat|eseguit|terminat"
    r"|raggiunt|superat|conseguit|organizzat|partecipant|definit|validat|certificat|consolidat|verificat|liquidat|pagat|stipulat|sottoscritt)[oaie]"
    rf"{_END}|(?:agli|in)\s+atti|(?:(?:come|vedi|cfr\.?|v\.)\s+)?(?:da|dal|dalla|dai)?\s*(?:registr[oi]|report|verbal[ei]|relazion[ei]|sistema|gestionale|applicativo|cruscotto|archivi[oi]|estrazion[ei]|file|fogli[oi])"
    rf"{_END}|(?:obiettivo|target|previst[oaie]|programmat[oaie]|attes[oaie]|pianificat[oaie])\s*[:=]?\s*[<>=≤≥]*\s*[0-9]|(?:punteggi|vot[oi]|(?:in\s+)?media|mediana|i\.e\.|es\.)"
    r"|oltre\s+[0-9]|da\s+[0-9][0-9.,%€ ]*\s+a\s+[0-9]",
    re.IGNORECASE,
)


def require_observed(text: str, position: int) -> None:
    """Refuse what follows a number where it says that the thing was to be done: `6 previsti`, `4 incontri convocati`.

    `12 giorni di anticipo` are twelve less. Unclear, with the place.
    """
    if _PLANNED.match(text, position) and not _NOUN_ALONE.match(text, position):
        raise Unclear(
            "può essere ciò che è previsto, convocato o avviato, e non ciò che è stato fatto: si accetta il numero di ciò che è stato fatto",
            position,
        )
    if _EARLY.match(text, position):
        raise Unclear("quanto prima si dice con il segno meno, oppure con la data: si accetta -12 giorni", position)


def require_final(note: str, position: int) -> None:
    """Refuse a remark beside a figure of which it is not known that it leaves it as it is."""
    if _BENT.search(note):
        raise Unclear(
            "il dato può non essere quello definitivo, o non essere di tutto: si accetta il solo valore, con lo stato provvisorio se può cambiare",
            position,
        )
    for brackets in _BRACKETS.finditer(note):
        inside = brackets[1].strip()
        if inside and _ACCOUNT.match(inside) is None:
            _require_harmless(inside, position)


def _require_harmless(inside: str, position: int) -> None:
    try:
        require_understood(inside, position, apart=True)
    except Unclear:
        raise Unclear(
            f"non è certo che cosa dica «{inside[:40]}» del valore: si accetta il solo valore, oppure con la fonte o che cosa si conta",
            position,
        ) from None
