"""The words by which an Italian office says a quantity, and what two phrases have in common."""

from domain.patterns import regex

ARTICLE = r"(?:(?:il|lo|la|i|gli|le)\s+|l')?"
OF = r"(?:(?:di|del|dello|della|dei|degli|delle|da|dai|dalle)\s+|dell'|d')"

COUNT = (
    r"(?:n\s?[.°']+\s?[.°]?(?:ro\b)?|nr\.?(?!\w)|num\.|№|n(?=\s+[^\W\d]{3})|numero(?!\w)|numerosità(?!\w)|"
    r"tot\.|total[ei](?!\w)|somm[ae](?!\w)|sommatoria(?!\w)|somm\.|σ|ammontare(?!\w)|quantità(?!\w))"
)
PERCENT = r"(?:%|percentual[ei](?!\w)|perc\.|incidenza percentuale(?!\w)|quota percentuale(?!\w))"
_MONEY = (
    r"(?:provent[oi]|oner[ei]|cost[oi]|spes[ae]|ricav[oi]|entrat[ae]|uscit[ae]|credit[oi]|debit[oi]|incass[oi]|pagament[oi]|"
    r"riscossion[ei]|impegni|accertament[oi]|stanziament[oi]|budget|patrimonio|immobilizzazioni|"
    r"attivo|passivo|passività|liquidità|disponibilità liquide|fondo|capitale|risorse|fatturato|investiment[oi]|finanziament[oi]|importo|"
    r"importi|valore|valori|diritto annuale|avanzo|disavanzo|residui|margine|utile|perdita|trasferimenti|gettito|dotazione|mol|ebitda)(?!\w)"
)
_MEASURE = (
    r"(?:tass[oi]|medi[ae]|livello|livelli|grado|gradi|indic[ei]|(?:meta)?indicator[ei]|temp[oi]|giorn[oi]|giornate|gg\.?|or[ae]|durata|"
    r"punteggi[o]?|quota|incidenza|ritardo|volume|saldo|differenza|diff\.|scarto|popolazione|superficie|unità|metri|mq|"
    r"rapporto(?=\s+(?:tra|fra|percentuale))|consum[oi]|prezz[oi]|tariff[ae]|reddit[oi]|emissioni|scostamento|variazione|copertura|frequenza|densità|ula|fte|stato di (?:attuazione|avanzamento|realizzazione))(?!\w)"
)

_STARTS_COUNT = regex(
    rf"^[\s(]*{ARTICLE}(?!n[^a-z]{{0,4}}\d|numero\s+\d){COUNT}"
)  # `n. 3 incontri` is an amount, no count
_STARTS_PERCENT = regex(rf"^[\s(]*{ARTICLE}{PERCENT}")
_STARTS_MONEY = regex(rf"^[\s(]*{ARTICLE}(?:{COUNT}\s*{OF}?)?{ARTICLE}{_MONEY}")
_STARTS_MEASURE = regex(rf"^[\s(]*{ARTICLE}(?:{_MEASURE}|(?:complessiv[oaie])(?!\w))")
_LEADING = regex(rf"\s*(?:{COUNT}|{PERCENT}|complessiv[oaie](?!\w)|medi[oaie](?!\w))\s*|\s*{OF}|\s*{ARTICLE}(?<=[\s'])")
_WORD = regex(r"[^\W\d_]+")
_NOT_A_QUANTITY = regex(
    r"^\s*(?:in|a|ad|al|alla|allo|ai|agli|alle|all|da|dal|dalla|di|del|della|con|per|su|sul|sulla|tra|fra|e|ed|o|od|non|"
    r"che|se|senza|presso|on|off|via)(?!\w)"
)
PARTICIPLE = regex(r"(?:[aiu]t|s|tt|st|nt|lt|rt)[ei]$")

PERCENT_LEAD = regex(rf"^\s*{ARTICLE}{PERCENT}\s*{OF}?\s*{ARTICLE}")


def starts_count(plain: str) -> bool:
    """`n.`, `numero di`, `totale`, `Σ`: it counts or totals something."""
    return bool(_STARTS_COUNT.match(plain))


def ends_in_participle(plain: str) -> bool:
    """Something done to many things: `pratiche evase`, `verifiche effettuate`."""
    phrase_words = word_list(plain)
    return len(phrase_words) > 1 and bool(PARTICIPLE.search(phrase_words[-1]))


def starts_percent(plain: str) -> bool:
    """`%`, `percentuale di`: it is a percentage already."""
    return bool(_STARTS_PERCENT.match(plain))


def is_money(plain: str) -> bool:
    """It starts with an item of the accounts."""
    return bool(_STARTS_MONEY.match(plain))


def is_measured(plain: str) -> bool:
    """It starts with something measured: an index, a time, a rate, an item of the accounts."""
    return bool(_STARTS_MEASURE.match(plain)) or is_money(plain)


def is_quantity(plain: str) -> bool:
    """It starts as a quantity does."""
    return starts_count(plain) or starts_percent(plain) or is_measured(plain)


def cannot_be_quantity(plain: str) -> bool:
    """It starts with a preposition or a conjunction: the phrase before goes on."""
    return bool(_NOT_A_QUANTITY.match(plain))


def word_list(plain: str) -> list[str]:
    """The words of a phrase, numbers left out."""
    return _WORD.findall(plain)


def head_word(plain: str) -> str:
    """The first word that says what is counted: `imprese` in `n. totale delle imprese attive`."""
    rest = plain.lstrip(" (")
    while (match := _LEADING.match(rest)) and match.end():
        rest = rest[match.end() :]
    remaining = word_list(rest)
    return remaining[0] if remaining else ""


def same_word(word: str, other: str) -> bool:
    """The same word, number and gender aside."""
    if word == other:
        return len(word) > 2
    return min(len(word), len(other)) >= 5 and word[:-1] == other[:-1]
