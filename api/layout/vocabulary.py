"""The words of the field: by which headings offices call the columns of a plan, and what a column may be.

One place for all of them. A heading is looked at folded (no case, accents, signs); what is more particular stands first.
"""

import re
from typing import Literal, NamedTuple

from api.layout.steps import step_of_heading
from domain.patterns import regex
from domain.spelling import folded

RoleKind = Literal[
    "level", "level_code", "level_weight", "level_offices", "classification", "indicator", "code", "formula", "weight",
    "unit", "baseline", "target", "revision", "source", "owner", "kind", "frequency", "polarity", "nothing",
]  # fmt: skip


class ColumnRole(NamedTuple):
    """What a column is; `year` is the one of a target or of its revision.

    `of` names the level or the classification, or the day (MM-DD) by which a part of the target of a year is due.
    """

    kind: RoleKind
    of: str = ""
    year: int | None = None


NOTHING = ColumnRole("nothing")

WORDS: dict[RoleKind, str] = {
    "level": "livello",
    "level_code": "codice di",
    "level_weight": "peso di",
    "level_offices": "uffici di",
    "classification": "classificazione",
    "indicator": "indicatore",
    "code": "codice dell'indicatore",
    "formula": "formula",
    "weight": "peso",
    "unit": "unità di misura",
    "baseline": "valore di partenza",
    "target": "target",
    "revision": "target rimodulato",
    "source": "fonte",
    "owner": "responsabile",
    "kind": "tipo",
    "frequency": "frequenza",
    "polarity": "polarità",
    "nothing": "niente",
}
"""How each kind of column is called in a reading; the first five are followed by the name of their level."""

OF_LEVEL: tuple[RoleKind, ...] = ("level", "level_code", "level_weight", "level_offices", "classification")

LONGEST_SAYING = 12
"""How many words a heading has that says what its column is; a longer one is the title of something."""
_A_TITLE = regex(r"[0-9]{1,2}[.)]\s*\S+(?:\s+\S+){2}")
YEAR = regex(r"(?<![0-9])((?:19|20|21)[0-9]{2})(?![0-9])")

_SHORT = {
    "ob": "obiettivo", "obb": "obiettivi", "obiett": "obiettivo", "obt": "obiettivo", "ind": "indicatore",
    "indic": "indicatore", "strat": "strategico", "oper": "operativo", "op": "operativo", "resp": "responsabile",
    "cod": "codice", "um": "unita di misura", "freq": "frequenza", "alg": "algoritmo", "descr": "descrizione",
    "prog": "progressivo", "uff": "ufficio", "serv": "servizio", "dir": "direzione", "tip": "tipo", "val": "valore",
    "mis": "misura", "perc": "percentuale", "obiettivo i": "obiettivo", "ris": "risultato", "att": "atteso",
}  # fmt: skip
"""How offices shorten the words of a heading."""

_LEVEL = (
    r"(?:macro ?)?(?:area|aree|ambito|ambiti|linea|linee|asse|assi|priorita|missione|missioni|programma|programmi|"
    r"obiettivo|obiettivi|macrobiettivo|macroobiettivo|sottobiettivo|sottoobiettivo|azione|azioni|attivita|fase|fasi|progetto|progetti|intervento|interventi|"
    r"politica|politiche|indirizzo|indirizzi|finalita|prospettiva|dimensione|valore pubblico|tema|sfida|strategia|processo|"
    r"sezione|driver|leva|goal)"
)
LEVEL_WORD = regex(rf"(?<![a-z]){_LEVEL}(?![a-z])")
"""A word by which the nodes of a tree are called."""

_OFFICE = (
    r"responsabil[ei]|struttur[ae]|uffici[o]?|settor[ei]|servizi[o]?|direzion[ei]|dipartiment[oi]|cdr|cdra|centr[oi] di (?:costo|responsabilita)|"
    r"unita organizzativ[ae]|u o|uo|uoc|uos|owner|titolar[ei]|dirigent[ei]|referent[ei]|area organizzativa|incaricat[oi]|assegnatari[oi]|"
    r"unita responsabil[ei]|posizion[ei] organizzativ[ae]|e ?q|po"
)

_NUMBER = r"(?:n|nr|num|numero|progressivo|id|codice|rif|n ord|codice id|riferimento)"

_NOT_TAKEN = regex(
    r"\b(?:note?|osservazion[ei]|comment[oi]|stakeholder|portator[ei]|risors[ae]|budget|stanziament[oi]|capitol[oi]|"
    r"consuntiv[oi]|rendicontazion[ei]|monitoraggi[oi]|avanzamento|conseguit[oi]|raggiunt[oi]|raggiungimento|realizzat[oi]|rilevat[oi]|"
    r"osservat[oi]|storic[oi]|serie storica|stato di attuazione|scostament[oi]|punteggi[oi]|valutazion[ei]|personale|"
    r"motivazion[ei]|collegament[oi]|link|allegat[oi]|benefici(?:ari)?[oi]?|contest[oi]|criticita|rischi[oi]?|esit[oi]|utent[ei]|destinatari[oi]?|soggetti coinvolti|"
    r"durata|tempi|cronoprogramma|tempistica|strutture coinvolte|altre strutture|altri uffici|uffici coinvolti|servizi coinvolti|contributor[ei]|"
    r"anno precedente|(?:vecchi[oa]|precedent[ei]) (?:target|valor[ei]|soglia)|ultimo valore|trend|goal agenda|sdg|sdgs|agenda 2030|pnrr|dup|sostenibilita)\b"
)
"""What plans print beside and a plan document has no place for: told, not taken."""

_TARGET = regex(
    r"\b(?:target|targets|traguard[oi]|attes[oi]|obiettivo numerico|standard|valor[ei] obiettivo|valor[ei] target|previst[oi]|programmat[oi]|milestone|soglia)\b"
)

_PART_OF_YEAR = regex(
    r"(?:al |nel |entro il )?(?:i{1,3}|iv|[1-4]o?|primo|secondo|terzo|quarto) ?(?:semestre|sem|trimestre|trim|quadrimestre|quadr)(?: del)?"
)
"""A part of a year, as bare a heading as the year itself."""

_RULES: tuple[tuple[RoleKind, re.Pattern[str]], ...] = (
    ("kind", regex(r"\b(?:tipo|tipologia|natura|categoria|dimensione)\b.*\b(?:indicator[ei]|kpi)\b|^(?:tipo|tipologia|tipologia kpi|natura)$")),
    ("unit", regex(r"\bunita (?:di |d )?misura\b|^u m$|^un mis$|^un misura$|^unita misura$|^unita$|^unita mis$|^u misura$|^udm$|^u d m$")),
    ("formula", regex(r"\b(?:algoritmo|formula|metodo di calcolo|modalita di (?:calcolo|misurazione|rilevazione)|criteri[o]? di (?:calcolo|misurazione)|calcolo|metrica|metodologia|metodo di misurazione)\b")),
    ("frequency", regex(r"\b(?:frequenza|periodicita|cadenza)\b")),
    ("polarity", regex(r"\b(?:polarita|verso|andamento atteso|direzione attesa|segno)\b")),
    ("source", regex(r"\b(?:font[ei]|banca dati|provenienza|origine dei dati|origine dati|sistema informativo)\b")),
    ("baseline", regex(r"\b(?:baseline|base line|valor[ei] (?:inizial[ei]|base|di base|di partenza|attual[ei])|valore (?:di )?riferimento|situazione (?:di partenza|iniziale|attuale)|dato di partenza|partenza|stato iniziale)\b|^stato$|^base$")),
)  # fmt: skip


def heading_key(text: str) -> str:
    """A heading as far as it says what its column is: folded, with the shortened words written out."""
    words = [_SHORT.get(word, word) for word in folded(text.replace("\n", " ")).split()]
    return " ".join(words)


def role_of_heading(text: str) -> ColumnRole | None:
    """What a heading says that its column is, by its words alone; None where they say nothing known."""
    key = heading_key(text)
    if not key or len(key.split()) > LONGEST_SAYING or _A_TITLE.match(text):
        return None
    years = YEAR.findall(key)
    bare = " ".join(YEAR.sub(" ", key).split())
    of_indicator = bool(re.search(r"\b(?:indicator[ei]|kpi|kpis)\b", bare))
    level = LEVEL_WORD.search(bare)
    if re.search(r"\b(?:pes[oi]|ponderazion[ei]|pesatura|incidenza|rilevanza)\b", bare):
        if level and not of_indicator:
            return ColumnRole("level_weight", level_name(text))
        return ColumnRole("weight")
    for kind, pattern in _RULES:
        if pattern.search(bare) and not (kind == "baseline" and _TARGET.search(bare)):
            return ColumnRole(kind)
    if _NOT_TAKEN.search(bare) and (not _TARGET.search(bare) or re.match(r"(?:vecchi[oa]|precedent[ei]) ", bare)):
        return NOTHING
    if of_indicator and re.search(rf"^(?:{_NUMBER})\b|\b(?:codice|n|id)$", bare):
        return ColumnRole("code")
    if level and not of_indicator and re.search(rf"^(?:{_NUMBER})\b|\b(?:codice|n|id)$", bare):
        return ColumnRole("level_code", level_name(text))
    if "valore pubblico" in bare and not years:
        return ColumnRole("level", level_name(text))
    if _TARGET.search(bare) or (
        bare in {"anno", "valore", "risultato", "risultati", "anni", "esercizio", "a", "v"} and years
    ):
        year = int(years[0]) if len(set(years)) == 1 else None
        return ColumnRole("target", step_of_heading(text, year) if _TARGET.search(bare) else "", year)
    if not bare and years:
        return ColumnRole("target", year=int(years[0]) if len(years) == 1 else None)
    if len(set(years)) == 1 and _PART_OF_YEAR.fullmatch(bare) and (step := step_of_heading(text, int(years[0]))):
        return ColumnRole("target", step, int(years[0]))
    if re.search(rf"^(?:{_OFFICE})\b", bare) or re.search(r"\b(?:responsabil[ei]|responsabilita|owner|cdr)\b", bare):
        return ColumnRole("owner")
    if of_indicator or bare in {"misura di performance", "parametro", "descrizione dell indicatore", "misura"}:
        return ColumnRole("indicator")
    if level:
        if re.search(r"\b(?:descrizione|contenut[oi]|dettaglio)\b", bare) and not re.fullmatch(r"descrizione", bare):
            return ColumnRole("level", f"descrizione {level_name(text)}")
        return ColumnRole("level", level_name(text))
    return None


def is_number_heading(text: str) -> bool:
    """Whether a heading says only that its column numbers something."""
    return bool(re.fullmatch(_NUMBER, heading_key(text))) or text.strip() in {"#", "N°", "n°", "N."}


_OUT_OF_NAME = regex(
    r"\b(?:codice|cod\.?|n\.?|nr\.?|num\.?|numero|descrizione|denominazione|titolo|peso|%|id|rif\.?|uffici?o?|responsabile)(?=[\s(.:]|$)",
    re.IGNORECASE,
)
_YEARS = regex(r"[(\[]?\b(?:19|20|21)[0-9]{2}(?:\s*[-–/]\s*(?:19|20|21)?[0-9]{2})?\b[)\]]?")


def level_name(text: str) -> str:
    """The name of a level in its heading: `OB. STRATEGICO 2024-2026 (codice)` is `Obiettivo strategico`."""
    plain = re.sub(r"\([^)]*\)|\[[^]]*\]", " ", text.replace("\n", " "))
    plain = _OUT_OF_NAME.sub(" ", _YEARS.sub(" ", plain))
    plain = re.sub(
        r"\b(?:triennio|triennale|anno|di riferimento|dell['’]|del|della|di|dei|degli)\s*$", "", " ".join(plain.split())
    )
    plain = re.sub(r"^(?:dell['’]|del|della|di|dei|degli)\s+", "", plain, flags=re.IGNORECASE)
    words = [_SHORT.get(folded(word), word) for word in plain.strip(" .:-–/").split()]
    name = re.sub(r"^(?:obiettivo?)/?i\b", "obiettivo", " ".join(words).casefold())
    plural = {"obiettivi": "obiettivo", "aree": "area", "azioni": "azione", "linee": "linea", "ambiti": "ambito",
              "strategici": "strategico", "operativi": "operativo", "strategiche": "strategica", "missioni": "missione",
              "programmi": "programma", "generali": "generale", "specifici": "specifico"}  # fmt: skip
    name = " ".join(plural.get(word, word) for word in name.split())
    return name[:1].upper() + name[1:] if name else "Obiettivo"
