"""The sheets and columns of the workbook: one table, from which it is written, read, noted and documented.

`field` is the name in the plan document. `spellings` are other headings that are taken for the same column; case,
accents, signs and spaces never matter.
"""

from typing import Literal, NamedTuple

from api.language.labels import CAUSES, POLARITY_BASES, SUBJECTS
from domain.measurements.events import FINALITY_WORDS, STATUS_WORDS

VERSION = "1"

ColumnKind = Literal[
    "text", "code", "id", "weight", "figure", "list", "map", "yes_no", "choice", "feeds", "year", "years", "date", "ordinal",
    "period", "json", "piece", "target",
]  # fmt: skip

Choices = tuple[tuple[str, str], ...]
"""The word of the workbook and the word of the document."""

YES_NO: Choices = (("sì", "true"), ("no", "false"))
POLARITY: Choices = (("crescente", "up"), ("decrescente", "down"))
BASIS: Choices = tuple((word, code) for code, word in POLARITY_BASES.items())
ACT_TYPES: Choices = tuple((name, name) for name in ("delibera", "determina", "decreto", "ordinanza", "altro"))
FINALITY: Choices = tuple((FINALITY_WORDS[code], code) for code in ("final", "provisional"))
SUBJECT: Choices = tuple((word, code) for code, word in SUBJECTS.items())
STATUS: Choices = tuple((word, code) for code, word in STATUS_WORDS.items())
CAUSE: Choices = tuple((word, code) for code, word in CAUSES.items())


class Column(NamedTuple):
    """A column: the field that it is, its heading, what its cells hold, and a note for whoever fills it in."""

    field: str
    heading: str
    kind: ColumnKind = "text"
    note: str = ""
    spellings: tuple[str, ...] = ()
    choices: Choices = ()
    width: int = 18
    written: bool = True
    """Whether an export writes it; the others are taken where an office brings them."""
    read: bool = True
    """Whether an import reads it; the others help the eye."""
    required: bool = False
    refers_to: Literal["objectives", "indicators", "offices", ""] = ""
    """The sheet whose names are offered."""
    technical: bool = False
    """Whether it is the program's own: grey, and out of print where it stands at an edge."""


class SheetFormat(NamedTuple):
    """A sheet: the part of the document that it is, its name, its columns."""

    part: str
    name: str
    note: str
    columns: tuple[Column, ...]
    spellings: tuple[str, ...] = ()
    read: bool = True

    def column(self, field: str) -> Column:
        """The column of a field."""
        return next(column for column in self.columns if column.field == field)


EXTRA = Column(
    "extra", "Altri dati", "json", "Ciò che il documento dice in più: da non toccare.", width=14, technical=True
)
_ID = "Identificativo: lettere minuscole, cifre, punto, trattino; al più 120. Vuoto per una riga nuova: lo dà il programma."
_REFERENCE = "Si scrive l'identificativo, oppure il codice o il nome esatto se è uno solo."
_LIST = "Più voci: una per riga nella cella (Alt+Invio) o separate da punto e virgola."
_MAP = "Una voce per riga nella cella, nella forma chiave: valore."
WHY = (
    Column("justification", "Motivazione della modifica", note="Perché questa riga cambia. Vuota: vale quella data per tutte.",
           spellings=("motivazione",), width=30, written=False),
    Column("cause", "Causa della modifica", "choice", "La causa di questa riga. Vuota: vale quella data per tutte.",
           spellings=("causa",), choices=CAUSE, width=20, written=False),
)  # fmt: skip

OBJECTIVES = SheetFormat(
    "objectives",
    "Obiettivi",
    "Una riga per ogni nodo dell'albero: area, ambito, obiettivo strategico, operativo, azione.",
    (
        Column("id", "Id obiettivo", "id", _ID, ("id", "identificativo", "chiave"), width=24, technical=True),
        Column("level", "Livello", note="Il nome del livello nel piano: area strategica, obiettivo operativo...", width=16,
               spellings=("tipo di obiettivo", "livello obiettivo"), required=True),
        Column("code", "Codice", "code", "Il codice stampato nel piano, se c'è.", ("codice obiettivo", "cod", "n", "numero"), width=10),
        Column("title", "Titolo", note="Il testo dell'obiettivo.", width=44,
               spellings=("obiettivo", "descrizione", "denominazione", "titolo obiettivo", "descrizione obiettivo")),
        Column("parent", "Obiettivo padre", note="L'obiettivo da cui dipende; vuoto per la radice. " + _REFERENCE, width=18,
               spellings=("padre", "id padre", "obiettivo superiore", "obiettivo di riferimento"), refers_to="objectives"),
        Column("weight", "Peso", "weight", "Punti fra gli obiettivi dello stesso padre: 40, 33,33 oppure 40%.",
               ("peso obiettivo", "peso %"), width=10),
        Column("classifications", "Classificazioni", "map", "Altri alberi: missione, programma, prospettiva. " + _MAP, width=18),
        Column("offices", "Uffici", "list", "Gli uffici responsabili; mai nomi di persone. " + _LIST,
               ("ufficio", "servizio", "servizi", "area responsabile", "cdr"), width=22, refers_to="offices"),
        Column("description", "Descrizione", note="Che cosa si vuole ottenere, per esteso.", width=36, spellings=("descrizione estesa",)),
        Column("benefits", "Benefici attesi", note="Che cosa ne viene, e a chi.", width=24),
        Column("stakeholders", "Portatori di interesse", "list", "Per chi; mai persone. " + _LIST, ("stakeholder",), width=20),
        Column("budget_reference", "Riferimento di bilancio", note="La voce, la missione, il capitolo.", spellings=("capitolo",), width=18),
        Column("budget_amount", "Risorse in euro", "figure", "Quanto è stanziato, in euro.", ("budget", "risorse finanziarie"), width=14),
        Column("staff", "Personale", note="Quante persone e di quale area, mai chi.", spellings=("risorse umane",), width=14),
        Column("tags", "Etichette", "list", "Anticorruzione, parità di genere, lavoro agile, valore pubblico... " + _LIST, ("tag",), width=18),
        Column("condition", "Condizione", note="Per un obiettivo condizionato: l'evento da cui dipende.", width=18),
        Column("condition_met", "Condizione avverata", "yes_no", "sì quando l'evento è avvenuto.", choices=YES_NO, width=12),
        Column("period", "Periodo", note="Gli anni, come li stampa il piano.", width=10),
        Column("neutralised", "Neutralizzato negli anni", "years", "Gli anni in cui non è valutato. " + _LIST, width=14,
               spellings=("neutralizzato",)),
        EXTRA,
        *WHY,
    ),
    ("obiettivo", "albero", "albero della performance"),
)  # fmt: skip

TREES = SheetFormat(
    "trees",
    "Altri alberi",
    "Missioni e programmi, prospettive, aree: una riga per nodo. Dove sta un obiettivo lo dicono le sue Classificazioni.",
    (
        Column("tree", "Albero", note="Come si chiama l'albero: missione, prospettiva, area.", width=18, required=True),
        Column("id", "Id nodo", "id", _ID, ("id", "identificativo"), width=20, technical=True),
        Column("level", "Che cosa è", note="Missione, programma: il livello nell'albero, se ne ha più d'uno.", width=16,
               spellings=("livello",)),
        Column("code", "Codice", "code", "Il codice stampato nel piano, se c'è.", ("codice nodo", "cod"), width=10),
        Column("title", "Titolo", note="Il titolo del nodo.", width=44, spellings=("denominazione", "descrizione")),
        Column("order", "Posto", "ordinal", "Il posto fra i nodi dello stesso padre: 1, 2, 3.", ("ordine",), width=8),
        Column("parent", "Nodo padre", note="Il nodo da cui dipende; vuoto per la radice. Si scrive l'identificativo, oppure "
               "il codice o il titolo esatto se è uno solo.", width=20, spellings=("padre",)),
        Column("weight", "Peso", "weight", "Punti fra i nodi dello stesso padre: 40, 33,33 oppure 40%.", ("peso %",), width=10),
        EXTRA,
        *WHY,
    ),
    ("altri alberi del piano",),
)  # fmt: skip

INDICATORS = SheetFormat(
    "indicators",
    "Indicatori",
    "La scheda di ogni indicatore: che cosa misura e come.",
    (
        Column("id", "Id indicatore", "id", _ID, ("id", "identificativo", "chiave"), width=30, technical=True),
        Column("series", "Serie", "id", "La serie di misure, che continua da un piano all'altro. Vuota: la dà il programma.",
               ("id serie",), width=30, technical=True),
        Column("objective", "Obiettivo", note="Solo se manca il foglio Assegnazioni. " + _REFERENCE, width=24, written=False,
               spellings=("id obiettivo", "obiettivo servito", "codice obiettivo")),
        Column("weight", "Peso", "weight", "Solo se manca il foglio Assegnazioni.", ("peso indicatore", "peso %"), width=10,
               written=False),
        Column("feeds", "Alimenta", "feeds", "Solo se manca il foglio Assegnazioni.", width=14, written=False),
        Column("name", "Nome", note="Il nome dell'indicatore.", width=36, required=True,
               spellings=("indicatore", "denominazione", "nome indicatore", "kpi", "descrizione indicatore", "descrizione")),
        Column("formula", "Formula", note="Come si calcola.", width=32, spellings=("algoritmo", "modalità di calcolo", "formula di calcolo")),
        Column("unit", "Unità di misura", note="Percentuale, giorni, numero, euro.", spellings=("unità", "um", "u m"), width=12),
        Column("baseline", "Valore di partenza", "target", "Il valore da cui si parte, come lo scrive l'ufficio.",
               ("baseline", "stato", "stato iniziale", "valore iniziale"), width=12),
        Column("source", "Fonte", note="Da dove vengono i dati.", spellings=("fonte dei dati", "fonte dati"), width=18),
        Column("kind", "Tipo", note="Efficacia, efficienza, qualità, impatto.", spellings=("tipologia", "tipo indicatore", "tipologia indicatore"), width=14),
        Column("frequency", "Frequenza", note="Ogni quanto si rileva.", spellings=("frequenza di rilevazione", "periodicità"), width=14),
        Column("polarity", "Polarità", "choice", "crescente: più è meglio; decrescente: meno è meglio.", choices=POLARITY, width=14),
        Column("polarity_basis", "Base della polarità", "choice", "Dichiarata dall'ufficio, dedotta dai segni dei target, ignota.",
               choices=BASIS, width=14),
        Column("owner", "Ufficio responsabile", note="L'ufficio che risponde dell'indicatore; mai una persona.", width=22,
               spellings=("responsabile", "ufficio", "servizio responsabile", "servizio"), refers_to="offices"),
        Column("code", "Codice", "code", "Il codice stampato nel piano, se c'è.", ("codice indicatore", "cod", "n", "numero"), width=10),
        Column("codes", "Codici esterni", "map", "Codici di altri sistemi (KPISTD, OC). " + _MAP, ("codici",), width=14),
        Column("description", "Descrizione", note="Che cosa misura, per esteso.", width=30, spellings=("descrizione estesa",)),
        Column("note", "Nota", note="Una nota della scheda.", spellings=("note",), width=24),
        Column("baseline_unit", "Unità del valore di partenza", note="Dove il valore non la dice.", width=12),
        Column("baseline_on", "Data del valore di partenza", "date", "A quale data è il valore di partenza.", width=14),
        Column("links", "Collegamenti", "list", "Indirizzi web di fonti e metodi. " + _LIST, ("link",), width=24),
        Column("co_owners", "Altri uffici responsabili", "list", "Gli uffici che ne rispondono col primo. " + _LIST, width=22, refers_to="offices"),
        Column("measured_by", "Ufficio che misura", note="L'ufficio che rileva il valore; mai una persona.", width=22, refers_to="offices"),
        Column("common", "Comune", "yes_no", "sì per un indicatore comune a tutto il sistema.", ("obiettivo comune",), YES_NO, 10),
        Column("name_from_formula", "Nome ricavato dalla formula", "yes_no", "sì dove il nome manca nel documento.", choices=YES_NO, width=12,
               technical=True),
        EXTRA,
        *WHY,
    ),
    ("indicatore", "schede indicatori", "schede", "kpi"),
)  # fmt: skip

_INDICATOR = Column("indicator", "Indicatore", note=_REFERENCE, width=30, required=True,
                    spellings=("id indicatore", "id", "codice indicatore", "indicatore id"), refers_to="indicators")  # fmt: skip
_NAME = Column("name", "Nome dell'indicatore", note="Per leggere meglio: qui non si modifica.", width=44, read=False,
               spellings=("nome", "nome indicatore", "denominazione"))  # fmt: skip

PLACES = SheetFormat(
    "places",
    "Assegnazioni",
    "Quale obiettivo serve ogni indicatore, e con che peso; più righe per un indicatore trasversale.",
    (
        _INDICATOR,
        _NAME,
        Column("objective", "Obiettivo", note=_REFERENCE, width=30, required=True,
               spellings=("id obiettivo", "obiettivo servito", "codice obiettivo"), refers_to="objectives"),
        Column("weight", "Peso", "weight", "Punti fra gli indicatori dello stesso obiettivo: 40, 33,33 oppure 40%.",
               ("peso indicatore", "peso %"), width=10),
        Column("feeds", "Alimenta", "feeds", "Quali punteggi: albero, produttività, entrambi, o come li chiama il piano. " + _LIST, width=14),
        *WHY,
    ),
    ("assegnazione", "pesi"),
)  # fmt: skip

ORDINAL = Column(
    "ordinal", "Ordine", "ordinal", "1, oppure 2 per il secondo target dello stesso anno.", ("ordinale", "n"), width=8
)

LAST_MEASURED = (
    Column("last_text", "Ultimo valore", note="L'ultimo valore misurato, nel piano degli anni successivi: da guardare.",
           width=16, written=False, read=False),
    Column("last_period", "Periodo dell'ultimo valore", note="Il periodo di quel valore: da guardare.", width=12, written=False,
           read=False),
)  # fmt: skip
"""What stands beside the targets of a plan that is prepared from the one before it."""

TARGETS = SheetFormat(
    "targets",
    "Target",
    "Una colonna per anno, col testo come lo scrive l'ufficio: >= 90%, entro il 31/12, Sì, da definire.",
    (_INDICATOR, _NAME, ORDINAL, *LAST_MEASURED, *WHY),
    ("targets", "risultati attesi", "target attesi"),
)

READINGS = SheetFormat(
    "readings",
    "Lettura dei target",
    "I target di cui il testo non dice tutto (un riferimento già risolto): da guardare. Vale finché il testo non cambia.",
    (
        _INDICATOR._replace(spellings=(*_INDICATOR.spellings, "id dell indicatore")),
        Column("year", "Anno", "year", "L'anno del target.", width=8, required=True),
        ORDINAL,
        Column("text", "Testo", "target", "Il testo che è stato letto.", width=30),
        Column("form", "Forma", note="Che specie di target è.", width=14),
        Column("comparator", "Segno", note="Il confronto che il testo dice.", width=8),
        Column("value", "Valore", note="Il numero, la data, il grado.", width=14),
        Column("unit", "Unità", note="L'unità letta nel testo.", width=12),
        Column("implied", "Segno sottinteso", note="Il confronto che dà la polarità.", width=10),
        Column("tolerance", "Tolleranza", width=10),
        Column("low", "Da", width=10),
        Column("high", "A", width=10),
        Column("steps", "Tappe", "json", width=30),
        Column("scale", "Scala", "json", width=20),
        Column("base", "Base della variazione", width=14),
        Column("reference", "Riferimento", width=24),
        Column("resolved", "Riferimento risolto", width=14),
        Column("period", "Periodo del riferimento", note="L'anno del valore a cui il target rimanda.", width=14),
        Column("published_on", "Riferimento pubblicato il", width=14),
        Column("source", "Fonte del riferimento", width=24),
        Column("note", "Annotazione", width=24),
        Column("meaning", "Che cosa vuol dire", "target", "Il target che il testo vuol dire, se lo ha detto l'ufficio.", width=24),
        Column("reason", "Perché non si legge", width=40),
        Column("at", "Dal carattere", width=10),
    ),
)  # fmt: skip

MEASUREMENTS = SheetFormat(
    "measurements",
    "Misurazioni",
    "I valori osservati: il testo com'è scritto, oppure il valore, o numeratore e denominatore.",
    (
        Column("series", "Serie", "id", "La serie misurata. Vuota: basta l'indicatore.", ("id serie",), width=34, technical=True),
        Column("indicator", "Indicatore", note="Se manca la serie. " + _REFERENCE, width=30,
               spellings=("id indicatore", "codice indicatore", "nome indicatore", "nome"), refers_to="indicators"),
        Column("period", "Periodo", "period", "2022, 2022-H1 (semestre), 2022-Q3 (trimestre), 2022-09 (mese).", ("anno",), width=10, required=True),
        Column("text", "Testo", "target", "Il valore come lo scrive l'ufficio: 67,46%, Sì, n.d.", ("valore scritto",), width=30),
        Column("value", "Valore", "figure", "Il numero, se non c'è il testo.", ("valore osservato", "consuntivo"), width=14),
        Column("unit", "Unità di misura", note="L'unità del valore: %, giorni.", spellings=("unità", "um"), width=14),
        Column("numerator", "Numeratore", "figure", "Va insieme al denominatore.", ("num",), width=14),
        Column("denominator", "Denominatore", "figure", "Va insieme al numeratore.", ("den",), width=14),
        Column("data_as_at", "Dati al", "date", "A quale data sono i dati: 31/12/2022.", ("data dei dati", "data"), width=12, required=True),
        Column("finality", "Stato del dato", "choice", "Definitivo o provvisorio.", ("stato", "definitivo"), FINALITY, 14),
        Column("office", "Ufficio", note="Chi ha fornito il dato: un ufficio, mai una persona.", width=24, refers_to="offices"),
        Column("evidence_reference", "Riscontro", note="Dove si controlla il dato nell'archivio dell'ufficio.", width=24),
        Column("evidence_sha256", "Impronta del riscontro", note="SHA-256 del file del riscontro.", width=20),
        Column("note", "Nota", width=30),
        Column("restated", "Rettificato", "yes_no", "sì se corregge un valore già registrato.", choices=YES_NO, width=10),
        Column("observed", "Lettura", "json", "Come il programma ha letto il testo: da guardare.", width=20, technical=True),
        EXTRA,
    ),
    ("misurazione", "misure", "consuntivi", "valori"),
)  # fmt: skip

STATUSES = SheetFormat(
    "statuses",
    "Stati",
    "Lo stato di avanzamento dichiarato al monitoraggio.",
    (
        Column("subject", "Che cosa", "choice", "obiettivo oppure indicatore.", ("oggetto", "tipo"), SUBJECT, 12, required=True),
        Column("id", "Id", note=_REFERENCE, spellings=("identificativo", "codice"), width=30, required=True),
        Column("status", "Stato", "choice", "Come sta.", ("stato di avanzamento",), STATUS, 16, required=True),
        Column("progress", "Avanzamento %", "figure", "La percentuale: 50 oppure 50%.", ("avanzamento", "progresso"), width=12),
        Column("reported_on", "Data", "date", "La data del monitoraggio.", ("data del monitoraggio", "al"), width=12, required=True),
        Column("note", "Nota", width=40),
        EXTRA,
    ),
    ("stato", "monitoraggio", "stati di avanzamento"),
)  # fmt: skip

ACTS = SheetFormat(
    "acts",
    "Atti",
    "Gli atti che il piano cita; quello che approva il piano dice sì nella prima colonna.",
    (
        Column("approves", "Approva il piano", "yes_no", "sì per l'atto che approva il piano.", choices=YES_NO, width=10),
        Column("phrase", "Citazione", note="L'atto in una frase, al posto delle altre colonne: delibera di Giunta n. 9 del 30/09/2022.", width=40,
               spellings=("atto",)),
        Column("id", "Id atto", "id", "Vuoto: lo dà il programma.", ("id",), width=24, technical=True),
        Column("body", "Organo", note="Giunta, Consiglio, Presidente, Segretario Generale.", width=20),
        Column("type", "Tipo", "choice", "Delibera, determina, decreto.", choices=ACT_TYPES, width=12),
        Column("number", "Numero", "code", width=10),
        Column("date", "Data", "date", width=12),
        Column("title", "Oggetto", width=40),
        Column("protocol", "Protocollo", "code", width=14),
        Column("sha256", "Impronta del file", note="SHA-256 del file dell'atto.", width=20),
        Column("ratifies", "Ratifica", "list", "Gli id degli atti che ratifica. " + _LIST, width=20),
        Column("annuls", "Annulla", "list", "Gli id degli atti che annulla. " + _LIST, width=20),
        Column("assumed", "Data presunta", "yes_no", "sì se la data non è documentata.", choices=YES_NO, width=10),
    ),
    ("atto",),
)  # fmt: skip

OFFICES = SheetFormat(
    "offices",
    "Uffici",
    "Gli uffici dell'ente e gli altri nomi con cui i documenti li chiamano.",
    (
        Column("id", "Id ufficio", "id", "Vuoto: lo dà il programma.", ("id",), width=24, technical=True),
        Column("name", "Nome", width=40, required=True, spellings=("ufficio", "denominazione")),
        Column("aliases", "Altri nomi", "list", _LIST, ("alias",), width=40),
    ),
    ("ufficio",),
)

YEARS = SheetFormat(
    "years",
    "Anni",
    "Che cosa è stato deciso di ogni anno del piano: da guardare. Il sistema di misurazione è in JSON.",
    (
        Column("year", "Anno", "year", width=8, required=True),
        Column("state", "Approvazione e chiusura", "json", width=40),
        Column("part", "Parte", "ordinal", "Un testo lungo continua nelle righe seguenti.", width=8),
        Column("system", "Sistema di misurazione", "piece", width=60),
    ),
)

CHANGES = SheetFormat(
    "changes",
    "Modifiche",
    "Le modifiche registrate fino alla data della cartella: da guardare, un'importazione non le legge.",
    (
        Column("version", "Versione", width=10),
        Column("effective_on", "Dal", width=12),
        Column("recorded_on", "Registrata il", width=20),
        Column("kind", "Natura", width=22),
        Column("what", "Che cosa", width=50),
        Column("before", "Prima", width=30),
        Column("after", "Dopo", width=30),
        Column("direction", "Direzione", width=14),
        Column("act", "Atto", width=30),
        Column("cause", "Causa", width=18),
        Column("justification", "Motivazione", width=50),
    ),
    read=False,
)

DEEDS: dict[str, dict[str, str]] = {
    "target": {
        "rimodula": "revise_target",
        "fissa": "set_target",
        "ritira": "withdraw_target",
        "risolvi": "resolve_reference",
    },
    "obiettivo": {
        "riformula": "reword_objective",
        "sposta": "move_objective",
        "ripesa": "reweigh_objective",
        "ritira": "withdraw_objective",
        "ripristina": "reinstate_objective",
        "accorpa": "merge_objective",
        "neutralizza": "neutralise_objective",
        "avvera": "meet_condition",
        "non avvera": "fail_condition",
    },
    "indicatore": {
        "ripesa": "reweigh_indicator",
        "alimenta": "feed_indicator",
        "assegna": "assign_indicator",
        "togli": "unassign_indicator",
        "ritira": "withdraw_indicator",
        "ripristina": "reinstate_indicator",
    },
    "piano": {"approva": "approve_plan", "sostituisci": "succeed_plan"},
    "anno": {"approva": "approve_year", "chiudi": "close_year"},
}
"""The verbs that the sheet of requests takes, by what they are of: two words, each in its column."""
_DEEDS: Choices = tuple((word, word) for word in dict.fromkeys(word for of in DEEDS.values() for word in of))

REQUESTED = SheetFormat(
    "requests",
    "Modifiche da fare",
    "Una riga per ogni modifica che una cella del piano non dice: approvare, chiudere, ritirare con un atto, rettificare. Ciò che "
    "si aggiunge ha una riga nel suo foglio.",
    (
        Column("verb", "Che cosa", "choice", "Che cosa si fa.", ("modifica", "azione"), _DEEDS, 14, required=True),
        Column("of", "Di che cosa", "choice", "Di che cosa si fa.", ("su che cosa",),
               tuple((word, word) for word in DEEDS), 12, required=True),
        Column("object", "Oggetto", note="L'obiettivo, o l'indicatore. " + _REFERENCE, width=30,
               spellings=("obiettivo o indicatore", "codice", "id")),
        Column("year", "Anno", "year", "Di un target, o l'anno che si approva, si chiude, si neutralizza.", width=8),
        ORDINAL,
        Column("value", "Nuovo valore", "target", "Il nuovo target, titolo, peso, padre; l'obiettivo in cui confluisce; il piano che subentra.",
               ("valore", "nuovo testo"), width=30),
        Column("act", "Atto", note="L'atto che lo decide, come lo si cita; uno solo per tutto il file.", width=36),
        Column("justification", "Motivazione", note="Vuota: vale quella data per tutte.", width=36, spellings=("perché",)),
        Column("cause", "Causa", "choice", "Vuota: vale quella data per tutte.", choices=CAUSE, width=18),
        Column("effective_on", "Dal", "date", "Da quando vale; vuoto: dalla data dell'atto.", ("in vigore dal",), width=12),
        Column("correction", "Rettifica", "yes_no", "sì: il registro dice altro da quanto l'atto aveva deciso.", choices=YES_NO, width=10),
    ),
    ("modifiche richieste", "modifiche da registrare", "nuove modifiche"),
)  # fmt: skip

QUESTIONS = SheetFormat(
    "questions",
    "Domande",
    "Ciò che l'anteprima ha chiesto: si risponde nella colonna Risposta, e si importa di nuovo questo file.",
    (
        Column("number", "N.", note="Il numero che ha la domanda nell'anteprima.", width=5, read=False),
        Column("place", "Dove", note="Il foglio e la cella di cui si chiede.", width=18, read=False),
        Column("words", "Domanda", width=60, read=False),
        Column("offered", "Risposte possibili", note="Si scrive la parola prima dei due punti.", width=60, read=False),
        Column("text", "Risposta", note="Una delle risposte possibili.", width=18),
        Column("question", "Chiave", note="Riconosce la domanda: da non toccare.", width=4, required=True),
        Column("mark", "Segno", note="Riconosce se nel frattempo si chiede altro: da non toccare.", width=4),
    ),
)

SHEETS = (
    QUESTIONS,
    REQUESTED,
    OBJECTIVES,
    TREES,
    INDICATORS,
    PLACES,
    TARGETS,
    MEASUREMENTS,
    STATUSES,
    ACTS,
    OFFICES,
    READINGS,
    YEARS,
    CHANGES,
)

COMPLETE_PARTS = {
    "objectives": OBJECTIVES,
    "trees": TREES,
    "indicators": INDICATORS,
    "places": PLACES,
    "targets": TARGETS,
}


class PlanSheetEntry(NamedTuple):
    """A line of the first sheet: the field, its label, what it holds, a note."""

    field: str
    heading: str
    kind: ColumnKind = "text"
    note: str = ""
    spellings: tuple[str, ...] = ()
    choices: Choices = ()


PLAN_SHEET = "Piano"
PLAN_SPELLINGS = ("ente e piano", "dati del piano", "intestazione")
COMPLETE = tuple(
    PlanSheetEntry(f"complete_{part}", f"Foglio {sheet.name} completo", "yes_no",
          "sì: una riga che manca è da ritirare. no: ciò che manca resta com'è.", choices=YES_NO)
    for part, sheet in COMPLETE_PARTS.items()
)  # fmt: skip
PLAN = (
    PlanSheetEntry("administration_id", "Id ente", "id", "Per esempio cciaa-brindisi. Vuoto: lo dà il programma."),
    PlanSheetEntry(
        "administration_name", "Ente", note="Il nome dell'amministrazione.", spellings=("amministrazione", "nome ente")
    ),
    PlanSheetEntry("ipa_code", "Codice IPA", "code"),
    PlanSheetEntry("id", "Id piano", "id", "Per esempio cciaa-brindisi-2022-2024. Vuoto: lo dà il programma."),
    PlanSheetEntry("title", "Titolo del piano", spellings=("titolo", "piano")),
    PlanSheetEntry("first_year", "Primo anno", "year"),
    PlanSheetEntry("last_year", "Ultimo anno", "year"),
    PlanSheetEntry("levels", "Livelli", "list", "I livelli dell'albero, dal più alto. " + _LIST),
    PlanSheetEntry("drafted_on", "Redatto il", "date", "Se il piano non ha ancora un atto."),
    PlanSheetEntry(
        "predecessor", "Piano precedente", "id", "L'id del piano che questo continua: le serie di misure proseguono."
    ),
    PlanSheetEntry("succeeded_by", "Piano successivo", "id"),
    PlanSheetEntry("status", "Stato del piano", note="Da guardare."),
    PlanSheetEntry(
        "retrospective", "Caricato a posteriori", "yes_no", "sì se si carica molto dopo i fatti.", choices=YES_NO
    ),
    *COMPLETE,
    PlanSheetEntry(
        "act", "Atto delle modifiche", note="L'atto che decide le modifiche: delibera di Giunta n. 9 del 30/09/2022."
    ),
    PlanSheetEntry("justification", "Motivazione delle modifiche"),
    PlanSheetEntry("cause", "Causa delle modifiche", "choice", choices=CAUSE),
    PlanSheetEntry("approves_year", "Approva l'anno", "year", "Per l'aggiornamento annuale: l'anno che approva."),
    PlanSheetEntry("as_of", "In vigore al", "date", "La data a cui si riferisce questa cartella: da guardare."),
    PlanSheetEntry("known_at", "Noto al", note="Che cosa si sapeva: da guardare."),
    PlanSheetEntry("version", "Versione del piano", note="Da guardare."),
    PlanSheetEntry("digest", "Impronta", note="Riconosce che la cartella viene da questo archivio: da non toccare."),
    PlanSheetEntry("format", "Formato", note="La versione di questo formato."),
)
