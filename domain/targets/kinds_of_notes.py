"""The kinds of note that may stand beside the value of a target, because it is known what they say: none changes the value.

What is of no kind of these may say anything (`90% (fuori piano)`, `90% (bozza)`, `90% (NP)`): it is not taken for a note, and
an import asks about it. A note is taken part by part, between the signs that part it.
"""

import re
from typing import NamedTuple

from domain.italian import Unclear
from domain.number_words import number_word_at
from domain.patterns import regex
from domain.targets.quantities import unit_at
from domain.targets.revisions import is_about_a_revision

UNKNOWN_NOTE = (
    "non è certo che cosa dica la nota accanto al valore, e potrebbe cambiarlo: si accetta il solo valore, oppure con la fonte, un"
    " confronto, o che cosa si conta"
)


class KindOfNote(NamedTuple):
    """A kind of note: its name, notes that are of it, and how one of them begins."""

    name: str
    examples: tuple[str, ...]
    begins: str


_OF = r"(?:(?:di|de[il]|dell[oae]|degli)\s|dell'|d')"
_NORM = (
    r"(?:delib(?:era(?:zione)?|\.)|determina(?:zione)?|det\.|decret[oi]|disposizione|provvediment[oi]|verbale|atto|ordinanza|d\.?g\.?[rcp]?\.?"
    r"|d\.?d\.?(?:g\.?)?|d\.\s?lgs\.?|dlgs\.?|d\.\s?l\.|d\.\s?p\.\s?r\.|dpr|dpcm|d\.\s?m\.|dm|l\.(?:\s?r\.)?(?=\s*n|\s*[0-9])|legge|norm[ae]|normativa|regolament[oi]"
    r"|reg\.|circolare|direttiva|linee\s+guida|carta\s+de[il]|contratt[oi]|convenzion[ei]|ccnl|capitolato|disciplinare|statuto|protocollo"
    r"|artt?\.|articol[oi]|comma|piano|piao|peg|pdo|dup|nadef|programma|accordo|bando|standard|manuale|delega)"
)
_BESIDE = r"(?:not[ae]|allegat[oi]|all\.|tabell[ae]|tab\.|sched[ae]|pagin[ae]|pagg?\.|par\.|paragrafo|punt[oi]|elenc[oi]|relazione|capitolo|cap\.|sezione|prospetto|glossario|documento|anagrafica|descrizione|formula)"
_FIGURE = r"(?:€\s*)?[+-]?\s?[0-9]"
_ABOUT = (
    r"(?:orientativamente|indicativamente|circa|ca\.|cioè|ossia|ovvero|pari\s+ad?|equivalent[ei]\s+ad?|corrispondent[ei]\s+ad?|corrispond[eo]\w*\s+ad?"
    r"|n\.|nr\.?|n°|num\.|tot(?:ale|\.)|su)"
)
_NOT_COUNTED = (
    r"(?:per|a|ai|al|all[ae]|in|ne[il]|nell[ae]|negli|presso|da|dal|dalla|con|e|ed|o|od|solo|ogni)(?![a-zà-ÿ])"
)
_MEASURED = (
    r"(?:attuazione|realizzazione|soddisfazione|gradimento|copertura|grado|livello\s+(?:di|medio)|tass[oi]|quot[ae]|percentuale|rapporto|raggiungimento"
    r"|conseguimento|partecipazione|completamento|avanzamento|utilizzo|presenza|adesione|pubblicazione|approvazione|adozione|conclusione"
    r"|presentazione|trasmissione|predisposizione|attivazione|avvio|svolgimento|pagamento|rispetto|evasione|risposta|attesa\s+media"
    r"|temp[oi]\s+medi[oi]?|tempo|durata|ritardo|anticipo|numero|punteggio|giudizio|voto|scala|indice|customer|indagine|questionari[oi]?|sondaggio"
    r"|rilevazione|digitalizzazione|formazione|personale|utenza|popolazione|spesa|budget|bilancio|patrimonio"
    r"|invio|rilascio|consegna|redazione|gestione|report|document[oi]|relazione|event[oi]|cors[oi]|progett[oi]|avvis[oi]|sit[oi]\s+web|piattaforma)"
)

KINDS: tuple[KindOfNote, ...] = (
    KindOfNote("richiamo", ("*", "1"), r"[*]+$|[0-9a-z]$"),
    KindOfNote(
        "fonte o data del dato",
        ("fonte: protocollo", "dato al 31/12", "rilevato con questionario"),
        r"(?:font[ei]|dat[oi]|rif\.|riferimento|rilevat[oaie]|rilevazione|calcolat[oaie]|misurat[oaie]|espress[oaie]|conteggiat[oaie]"
        r"|aggiornat[oa]\s+(?:al|alla|a|nel)\b|(?:in|nel)\s+(?:termini|rapporto|valore))",
    ),
    KindOfNote(
        "atto, norma o documento",
        ("delibera n. 7 del 30/01/2023", "art. 4 del regolamento", "come da contratto", "ai sensi di legge"),
        rf"(?:(?:come\s+)?(?:da|dal|dalla|dall'|previst[oaie]\s+(?:da|dal|dalla|dall')|stabilit[oaie]\s+(?:da|dal|dalla|dall')|ai\s+sensi\s+(?:di|del|della|dell')"
        rf"|secondo|in\s+base\s+a\w*|ex)\s*(?:l'|la\s|il\s|le\s|i\s)?)?{_NORM}(?![a-z])",
    ),
    KindOfNote(
        "rinvio",
        ("vedi nota 3", "cfr. allegato"),
        rf"(?:vedi|vd\.|v\.|cfr\.?|come\s+(?:da|in)|si\s+veda)\s+(?:la\s|l'|il\s|le\s)?{_BESIDE}",
    ),
    KindOfNote(
        "quantità corrispondente",
        ("140", "circa 120 imprese", "12 su 12"),
        rf"(?:{_ABOUT}\s*)*{_FIGURE}[0-9.,]*(?:\s*%|\s*$|\s+su\s|\s+(?!{_NOT_COUNTED})[a-zà-ÿ€(])|(?:n\.|nr\.?|num\.|numero)\s+[a-z]{{3}}",
    ),
    KindOfNote(
        "valore di confronto",
        ("baseline 82%", "2021: 82%", "media regionale 82%", "livello prepandemia"),
        r"(?:(?:baseline|partenza|consuntivo|benchmark|storico|valore\s+(?:di\s+partenza|storico|rilevato|consuntivo)|dato\s+storico)\s*(?:[:=]\s*|di\s+|pari\s+ad?l?\s+)?[0-9(]"
        r"|valore\s+(?:medio|assoluto|annuo)"
        r"|media\s+(?:nazionale|regionale|provinciale|camerale|di\s+sistema|del\s+cluster|di\s+cluster|annua|annuale|mensile|ponderata|semplice|aritmetica|dei\s|delle\s|degli\s|di\s)"
        r"|livello\s(?!(?:minim|massim|base|attes|desiderat|auspicat))|anno\s+(?:19|20)[0-9]{2}\b|(?:nel\s+|al\s+)?(?:19|20)[0-9]{2}\s*[:=]?\s)",
    ),
    KindOfNote(
        "peso o limiti",
        ("peso 30%", "min. 80%", "range 1-5"),
        r"(?:peso|min(?:imo|\.)?|max\.?|massimo|soglia(?:\s+minima|\s+massima)?|range|scala|valore\s+(?:minimo|massimo))\s*(?:di\s+|da\s+|[:=]\s*)?[0-9]",
    ),
    KindOfNote(
        "che cosa comprende",
        ("al netto delle sospese", "escluse le festività", "di cui 2 online", "IVA esclusa"),
        r"(?:(?:oltre\s+|più\s+)?i\.?v\.?a\.?(?![a-z])|al\s+netto|al\s+lordo|(?:compres|inclus)[oaie]\s|(?:esclus|eccettuat)[ei]\s|esclus[oa]\s+(?:(?:il|lo|la|i|gli|le|chi|quanto)\s|l')|comprensiv[oaie]\s"
        r"|(?:ad|con|con\s+l')\s*esclusione|di\s+cui|tra\s+cui|fra\s+cui|limitatamente|esclusivamente|senza\s+(?:contare|considerare|i|le|gli)|anche\s)",
    ),
    KindOfNote("di che cosa", ("delle pratiche ricevute", "del personale"), _OF),
    KindOfNote(
        "di chi",
        ("Ufficio tributi", "sedi di Siena e Arezzo"),
        r"(?:uffici[oi]?|settor[ei]|servizi[o]?|are[ae]|direzion[ei]|dipartiment[oi]|sed[ei]|sportell[oi])\s",
    ),
    KindOfNote(
        "che cosa si misura",
        ("soddisfazione degli utenti", "tempo medio", "in una scala da 1 a 5"),
        rf"(?:{_MEASURED}(?![a-zà-ÿ])|(?:in|su)\s+(?:una\s+)?scala\s|media$|mediana$|[a-z]+tà(?![a-zà-ÿ]))",
    ),
    KindOfNote(
        "quando si conta",
        ("annui", "nell'anno", "entro fine anno"),
        r"(?:(?:annu[oaie]|annual[ei])(?=$|\s+(?:pro\s|per\s+(?:dipendente|addett|persona|utente)))|(?:nel\s+corso\s+)?(?:dell|nell|all)'anno|per\s+anno|su\s+base\s+annua|nel\s+(?:periodo|corso)|(?:entro|al|alla)\s+(?:il\s+)?(?:31|fine|dicembre)|entro\s+l'anno|a\s+fine\s+anno)",
    ),
    KindOfNote(
        "valore com'è",
        ("confermato", "arrotondato"),
        r"(?:confermat|invariat|arrotondat|troncat)[oa]\b|(?:obiettivo\s+di\s+)?mantenimento(?![a-z])",
    ),
)

_PARTS = regex(r"\s*[;,]\s+|\s-\s+")
_KINDS = tuple(regex(kind.begins, re.IGNORECASE) for kind in KINDS)
_NO_PLURAL = regex(
    r"(?:(?!(?:ore|gare|camere|opere|scale)$)[a-z]*(?:zione|sione|gione|tione|ale|ile|ente|ante|nte|ore|are|ere|ire|ice)|mese|paese|quasi|anzi|fuori|vedi|quindi|ieri|oggi|poi"
    r"|pari|entrambi|tutti|altri|altre|dove|come|oltre|invece|forse|insieme|bene|neppure|neanche|nemmeno|se|che|vale|uguale|due|tre|sei|dieci|undici|dodici"
    r"|venti|cifre|lettere)",
    re.IGNORECASE,
)
_A_THING = regex(r"(?P<word>[a-zà-ÿ]{3,}[ie])(?![a-zà-ÿ'.])(?P<more>\s+\S)?", re.IGNORECASE)
_PARTICIPLE = regex(
    r"(?!(?:giornat|visit|sit|rat|candidat|iscritt|unit)[ie]$)(?:[a-z]*(?:at|it|ut)[ie]|[a-z]*(?:clus|chius|spes|mess|press|volt|post|rott|ridott|fatt)[ie])",
    re.IGNORECASE,
)
_AROUND = regex(
    r"(?:in|nel|nell[ae]|nei|negli|con|per|presso|su|sul|sull[ae]|sui|tra|fra|da|dal|dall[ae]|dai|dagli|a|al|alla|alle|ai|agli|attraverso|tramite|mediante|relativ[oaie]\s+a\w*|riferit[oaie]\s+a\w*)\s"
    r"|(?:nell|dall|sull|all)'",
    re.IGNORECASE,
)
_ABSTRACT = regex(r"[a-zà-ÿ]+(?:zione|sione|mento|enza|anza|aggio)(?![a-zà-ÿ])", re.IGNORECASE)
_PROPER_NAME = regex(r"[A-ZÀ-Ý][a-zà-ÿ]")
_NOT_SETTLED = regex(
    r"in\s+(?:attesa|bozza|forse|dubbio|sospeso|stand|corso|fase|via|itinere|discussione)(?![a-z])|da\s+(?:parte\b)?[a-z]+(?:are|ere|ire|arsi|ersi|irsi)(?![a-z])"
    r"|(?:in|ne[il]|nell[ae]|per|entro)\s+(?:(?:i|il|le|la)\s+)?(?:prim[oaie]\s+|ultim[oaie]\s+|prossim[oaie]\s+)?(?:[0-9]+\s+|[a-z]+\s+)?(?:mes[ei]|ann[oi]|trimestr[ei]|semestr[ei]|settiman[ae]|giorn[oi]|gg)(?![a-z])"
    r"|(?:con|in|per)\s+(?:almeno\s+)?[0-9]"
    r"|a\s+(?:regime|tendere|scendere|salire)(?![a-z])|con\s+riserva|per\s+(?:ora|adesso|intanto)(?![a-z])",
    re.IGNORECASE,
)
_UNSETTLED = regex(
    r"(?<![a-z])(?:provvisori[oa]|bozz[ae]|propost[oa]|ipotes[ie]|presunt[oa]|parzial[ei]|inizial[ei]|originari[oaie]|originale|programmat[oa]|in\s+attesa|da\s+(?:conferm|approv|valut|verific|rived|defin|concord)[a-z]*)(?![a-z])",
    re.IGNORECASE,
)


def require_understood(words: str, position: int, *, apart: bool, counted: bool = False) -> None:
    """Refuse a note of which it is not known what it says; `apart`: brackets or a sign stand between value and note.

    What follows the value without a sign goes on with it, and may begin as a sentence goes on: `90% in tutte le sedi`.
    `counted`: the words begin with what the value counts, which may be anything: `5 iniziative`.
    """
    if counted and ": " in words:
        words, counted, apart = words.partition(": ")[2], False, True
    if len(named := re.split(r",\s+|\s+ed?\s+", words)) > 1 and all(map(_PROPER_NAME.match, named)):
        return  # Siena, Arezzo, Grosseto
    for index, part in enumerate(part.strip(" .") for part in _PARTS.split(words)):
        is_counted = counted and index == 0
        if part and not is_counted and not _understood(part, apart=apart or index > 0):
            raise Unclear(UNKNOWN_NOTE, position)
        if _is_a_source(part):
            return


def _understood(part: str, *, apart: bool) -> bool:
    if apart and (_UNSETTLED.search(part) or is_about_a_revision(part)):
        return False
    if any(kind.match(part) for kind in _KINDS) or _is_a_number_in_words(part) or _names_things(part):
        return True
    if apart or is_about_a_revision(part.split(" ", 1)[0]):
        return False
    return _ABSTRACT.match(part) is not None or (_AROUND.match(part) is not None and _NOT_SETTLED.match(part) is None)


def _is_a_source(part: str) -> bool:
    return any(kind.match(part) for kind in _KINDS[1:3])


def _is_a_number_in_words(part: str) -> bool:
    """`cento per cento`, `trenta giorni`: whether it is the number beside it, the reader of quantities has asked."""
    number = number_word_at(part, 0)
    return number is not None and not part[unit_at(part, number[1])[1] :].strip()


def _names_things(part: str) -> bool:
    """`imprese attive`, `utenti`: things in the plural are what is counted; a participle alone may be said of the value."""
    thing = _A_THING.match(part)
    if thing is None or _NO_PLURAL.fullmatch(thing["word"]):
        return False
    return thing["more"] is not None or _PARTICIPLE.fullmatch(thing["word"]) is None
