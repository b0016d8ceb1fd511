"""The bodies that adopt acts: one body under its several names.

`Giunta comunale`, `G.C.` and `giuntale` are one body, as are `dirigente` and `dirigenziale`: what two citations call
differently is one act.
"""

import re
from functools import lru_cache

from domain.patterns import regex

_OF_AN_ADMINISTRATION = (
    r"(?:camerale|comunale|municipale|provinciale|regionale|metropolitan[oa]|capitolin[oa]|nazionale|di ateneo|esecutiv[oa]"
    r"|dell'?\s?ente|(?:(?:della|dell'|del|di)\s?)?(?:camera(?: di commercio)?|c\.?\s?c\.?\s?i\.?\s?a\.?\s?a\.?|comune|provincia|regione"
    r"|città metropolitana|unione(?: (?:dei|di) comuni)?|comunità montana|azienda(?: sanitaria)?|università)(?: siciliana| autonoma)?(?: (?:di|del|della|dei|delle) .+)?)"
)
"""Which administration a body is of: its own, said by a citation or not."""
_OF_IT = rf"(?:\s{_OF_AN_ADMINISTRATION})?"

_NAMES: tuple[tuple[str, str], ...] = (
    (rf"giunta{_OF_IT}|giuntale|g\.?\s?[ccmpr]\.?", "Giunta"),
    (
        rf"presidente(?: (?:della|di) (?:giunta|consiglio)(?: {_OF_AN_ADMINISTRATION})?)?{_OF_IT}|presidenziale|pres\.",
        "Presidente",
    ),
    (rf"consiglio{_OF_IT}|consiliare|consigliare|c\.\s?[ccpr]\.?", "Consiglio"),
    (
        rf"consiglio di amministrazione{_OF_IT}|consiglio d'amministrazione{_OF_IT}|c\.?\s?d\.?\s?a\.?|consiliare di amministrazione",
        "Consiglio di amministrazione",
    ),
    (rf"segretario generale{_OF_IT}|s\.?\s?g\.?|segretario gen\.?", "Segretario Generale"),
    (r"segretario(?: comunale| provinciale)?|segretariale", "Segretario"),
    (
        r"commissario straordinario(?: con (?:i )?poteri (?:della giunta|del consiglio)(?: camerale| comunale)?)?",
        "Commissario straordinario",
    ),
    (r"commissario ad acta", "Commissario ad acta"),
    (r"commissario|commissariale", "Commissario"),
    (r"dirigente|dirigenziale|dir\.?", "Dirigente"),
    (rf"direttore generale{_OF_IT}|d\.?\s?g\.?|direttore gen\.?", "Direttore Generale"),
    (rf"direttore{_OF_IT}|direttoriale", "Direttore"),
    (r"direttore amministrativo", "Direttore amministrativo"),
    (rf"sindaco{_OF_IT}|sindacale|sind\.", "Sindaco"),
    (rf"rettore{_OF_IT}|rettorale|magnifico rettore{_OF_IT}", "Rettore"),
    (r"prefetto|prefettizi[oa]", "Prefetto"),
    (r"ministro|ministeriale", "Ministro"),
    (r"assessore|assessorile|assessoriale", "Assessore"),
    (rf"assemblea{_OF_IT}|assembleare", "Assemblea"),
    (r"senato accademico", "Senato accademico"),
    (r"avvocato generale(?: dello stato)?", "Avvocato Generale"),
    (r"amministratore unico", "Amministratore unico"),
)
_PATTERNS = tuple((regex(pattern), name) for pattern, name in _NAMES)

ADJECTIVES = frozenset(
    ["aziendale", "collegiale", "monocratica", "monocratico", "camerale", "comunale", "provinciale", "regionale", "municipale", "universitaria"]
)  # fmt: skip
"""What is said of an act without saying which body adopted it."""

NOUNS = frozenset(
    [
        "giunta",
        "consiglio",
        "presidente",
        "segretario",
        "dirigente",
        "direttore",
        "direttrice",
        "responsabile",
        "commissario",
        "sindaco",
        "sindaca",
        "rettore",
        "rettrice",
        "ministro",
        "comitato",
        "assemblea",
        "collegio",
        "ufficio",
        "prefetto",
        "assessore",
        "capo",
        "conferenza",
        "commissione",
        "organo",
        "camera",
        "ente",
        "autorità",
        "amministratore",
        "consigliere",
        "vicesegretario",
        "vicepresidente",
        "vicesindaco",
        "conservatore",
        "struttura",
        "area",
        "settore",
        "servizio",
        "dipartimento",
        "direzione",
        "segreteria",
        "unità",
        "segretaria",
        "presidenza",
        "organismo",
        "senato",
        "nucleo",
        "gestore",
        "funzionario",
        "titolare",
        "posizione",
        "provveditore",
        "tesoriere",
        "economo",
        "vice",
        "facente",
        *("sentenza", "lodo", "accordo", "intesa", "convenzione", "contratto"),
    ]
)
"""The words with which the name of a body begins."""


_BETWEEN = regex(r"(?<!\w)(?:(?:di|della|del|dello|dal|dalla)(?!\w)|dell'|d')\s*", re.IGNORECASE)


def without_prepositions(name: str) -> str:
    """The name of a body as its words alone: `Responsabile del Servizio` and `Responsabile Servizio` are one."""
    return " ".join(_BETWEEN.sub(" ", name.replace("’", "'")).split())


@lru_cache(maxsize=1024)
def canonical_body(name: str) -> str:
    """The name under which a body is known, whichever of its names is said; a body that has no other stays as it is written."""
    words = " ".join(name.replace("’", "'").split())
    plain = words.casefold().strip(" ,;")
    return next((body for pattern, body in _PATTERNS if pattern.fullmatch(plain)), words)


def is_known_body(name: str) -> bool:
    """Whether a text, whole, is one of the names of a body."""
    plain = " ".join(name.replace("’", "'").split()).casefold().strip(" ,;")
    return any(pattern.fullmatch(plain) for pattern, _ in _PATTERNS)
