"""How the closed lists of the product are said in Italian, wherever they are shown."""

from domain.changes.rate import VARIANT_WORDS
from domain.formulas.model import META_WORDS, Confidence, FormulaKind
from domain.indicators.feeds import EVERY, SCORE_NAMES, Feeds, PlaceFeeds, fed_scores
from domain.late import late
from domain.objectives.levels import LEVEL_WORDS
from domain.proposals.status import STATUS_NAMES

with late:  # the types of the codes
    from domain.flags.model import Severity
    from domain.rounds.collection import Arrival
    from domain.vocabulary import Polarity
    from projections.deciding import YearEffect

KINDS = {
    "drafting": "piano iniziale",
    "in_year_revision": "modifica in itinere",
    "rolling_update": "aggiornamento annuale",
    "correction": "rettifica materiale",
    "reclassification": "riclassificazione tecnica",
}

DIRECTIONS = {
    "easier": "più facile",
    "harder": "più difficile",
    "neutral": "neutra",
    "undetermined": "indeterminata",
}

CAUSES = {
    "exogenous": "fattori esterni",
    "organisational": "organizzazione",
    "legal": "norme",
    "resources": "risorse",
    "indicator_error": "errore nell'indicatore",
    "new_data": "nuovi dati",
    "merger": "accorpamento di enti",
    "other": "altro",
}

PROPOSAL_STATUSES = STATUS_NAMES
"""What became of a proposal."""

FATES = {"continues": "continua", "dropped": "lasciato fuori", "added": "nuovo"}
"""What became of an indicator, or of an objective, from one plan to the next."""

VARIANTS = VARIANT_WORDS

PLAN_STATUSES = {
    "absent": "non ancora aperto",
    "discarded": "bozza scartata",
    "draft": "bozza",
    "approved": "approvato",
    "approval_annulled": "approvazione annullata",
    "closed": "chiuso",
    "succeeded": "sostituito da un altro piano",
}

FEEDS: dict[Feeds, str] = {**SCORE_NAMES, EVERY: "tutto"}
"""Which rows a score takes."""

PLACE_FEEDS: dict[PlaceFeeds, str] = {
    "objective": FEEDS["objective"],
    "individual": FEEDS["individual"],
    "both": "entrambi",
}
"""Which scores an indicator feeds in one of its places, where they are those of ours."""


def feeds_words(stored: object) -> str:
    """The scores that a row counts in, as people say them: albero; dirigenti."""
    if str(stored) in PLACE_FEEDS:
        return PLACE_FEEDS[str(stored)]
    return "; ".join(sorted(FEEDS.get(name, name) for name in fed_scores(stored)))


DIFFERENCES = {
    "added": "aggiunto",
    "withdrawn": "ritirato",
    "reinstated": "ripristinato",
    "reworded": "riformulato",
    "moved": "spostato",
    "reweighted": "ripesato",
    "fed": "punteggi cambiati",
    "reclassified": "riclassificato",
    "redefined": "ridefinito",
    "assigned": "assegnato",
    "unassigned": "tolto dall'obiettivo",
    "target_set": "target fissato",
    "target_revised": "target rimodulato",
    "target_withdrawn": "target ritirato",
    "neutralised": "neutralizzato",
    "condition_met": "condizione avverata",
    "condition_failed": "condizione non avverata",
    "plan_changed": "piano modificato",
}

FILE_DIFFERENCES = DIFFERENCES | {
    "target_resolved": "riferimento risolto",
    "measurement_new": "misurazione nuova",
    "measurement_restated": "misurazione rettificata",
    "status_reported": "stato riferito",
    "polarity_stated": "polarità detta",
    "continues": "continua",
    "ends": "termina",
    "merged": "accorpato",
    "plan_approved": "piano approvato",
    "year_approved": "anno approvato",
    "year_closed": "anno chiuso",
    "plan_succeeded": "piano subentrante",
}
"""What a file would change."""

EVENTS_CITED = {
    "plan": {"one": "evento %(versions)s del piano", "several": "eventi %(versions)s del piano"},
    "administration": {"one": "evento %(versions)s dell'ente", "several": "eventi %(versions)s dell'ente"},
    "review": {"one": "evento %(versions)s dell'OIV", "several": "eventi %(versions)s dell'OIV"},
    "proposals": {"one": "evento %(versions)s delle proposte", "several": "eventi %(versions)s delle proposte"},
}
"""Events that something rests on, of one stream: one, and several."""

REDACTED = "testo oscurato per ordine"
"""What stands where words were taken away."""
LIVES = {"in_force": "in vigore", "withdrawn": "ritirato"}
LEVELS = LEVEL_WORDS
"""How a level is called that a plan calls by a code; any other by its own name."""

SCHEMES = {
    "area": "Aree",
    "mission": "Missioni",
    "program": "Programmi",
    "programme": "Programmi",
    "perspective": "Prospettive",
}
"""How the trees by which plans classify their objectives are called; another by its own name."""

POLARITIES: dict[Polarity, str] = {"up": "più è meglio", "down": "meno è meglio"}
POLARITY_BASES = {"stated": "dichiarata", "inferred": "dedotta", "unknown": "ignota"}
"""Where a polarity comes from: the office, the signs of its targets, nowhere."""
ARRIVALS: dict[Arrival, str] = {
    "in_time": "in tempo",
    "not_knowable": "caricato a posteriori",
    "late": "in ritardo",
    "after_closing": "dopo la chiusura",
}
"""When what a monitoring round asks for came."""
SUBJECTS = {"objective": "obiettivo", "indicator": "indicatore"}

YEAR_EFFECTS: dict[YearEffect, str] = {
    "approved": "approvato",
    "approval_annulled": "approvazione annullata",
    "closed": "chiuso",
    "closing_annulled": "chiusura annullata",
}
"""What becomes of a year of a plan."""

TARGET_FORMS = {
    "threshold": "soglia",
    "range": "intervallo",
    "deadline": "termine",
    "milestones": "tappe",
    "yes_no": "sì o no",
    "level": "livello",
    "change": "variazione",
    "reference": "valore di riferimento",
    "survey_year": "anno di rilevazione",
    "recurring": "attività ricorrente",
    "to_be_defined": "da definire",
    "none": "nessun target",
    "unread": "non letto",
}

FORMULA_KINDS: dict[FormulaKind, str] = {
    FormulaKind.EXPRESSION: "si calcola dai termini",
    FormulaKind.SINGLE_TERM: "un termine solo",
    FormulaKind.YES_NO: "sì o no",
    FormulaKind.META: "la misura il sistema",
    FormulaKind.PROSE: "resta prosa: il valore si inserisce",
}

METAS = META_WORDS
"""What the system itself can compute of a plan."""

CONFIDENCES: dict[Confidence, str] = {Confidence.HIGH: "alta", Confidence.MEDIUM: "media", Confidence.LOW: "bassa"}

EVENT_NAMES = {
    "plan-drafted": "piano steso",
    "plan-amended": "piano modificato",
    "plan-approved": "piano approvato",
    "year-approved": "anno approvato",
    "year-closed": "anno chiuso",
    "approval-annulled": "approvazione annullata",
    "closing-annulled": "chiusura annullata",
    "plan-succeeded": "piano sostituito",
    "measurement-system-adopted": "regole adottate dal piano",
    "objective-added": "obiettivo aggiunto",
    "objective-reworded": "obiettivo riformulato",
    "objective-moved": "obiettivo spostato",
    "objective-reweighted": "obiettivo ripesato",
    "objective-reclassified": "obiettivo riclassificato",
    "objective-withdrawn": "obiettivo ritirato",
    "objective-reinstated": "obiettivo ripristinato",
    "objective-merged": "obiettivo accorpato",
    "objective-neutralised": "obiettivo neutralizzato",
    "objective-redefined": "obiettivo ridefinito",
    "objective-condition-met": "condizione avverata",
    "objective-condition-failed": "condizione non avverata",
    "indicator-added": "indicatore aggiunto",
    "indicator-redefined": "indicatore ridefinito",
    "indicator-reclassified": "indicatore riclassificato",
    "tree-node-stated": "nodo di un altro albero stabilito",
    "tree-node-reweighted": "nodo di un altro albero ripesato",
    "tree-node-withdrawn": "nodo di un altro albero ritirato",
    "indicator-polarity-stated": "polarità detta",
    "indicator-assigned": "indicatore assegnato",
    "indicator-unassigned": "indicatore tolto dall'obiettivo",
    "indicator-reweighted": "indicatore ripesato",
    "indicator-feeds-changed": "punteggi di un indicatore cambiati",
    "indicator-withdrawn": "indicatore ritirato",
    "indicator-reinstated": "indicatore ripristinato",
    "target-set": "target fissato",
    "target-revised": "target rimodulato",
    "target-withdrawn": "target ritirato",
    "target-reference-resolved": "valore di riferimento pubblicato",
    "target-interpreted": "target interpretato",
    "status-reported": "stato di avanzamento",
    "formula-confirmed": "formula confermata",
    "score-overridden": "punteggio forzato",
    "round-opened": "monitoraggio aperto",
    "round-closed": "monitoraggio chiuso",
    "deviation-explained": "causa di uno scostamento",
    "corrective-action-planned": "azione correttiva prevista",
    "corrective-action-rescheduled": "azione correttiva riprogrammata",
    "corrective-action-ended": "azione correttiva conclusa",
    "events-annulled": "eventi annullati",
    "text-redacted": "testo oscurato",
    "administration-registered": "amministrazione registrata",
    "administration-renamed": "amministrazione rinominata",
    "administration-succeeded": "amministrazione subentrata",
    "office-registered": "ufficio registrato",
    "office-renamed": "ufficio rinominato",
    "office-closed": "ufficio chiuso",
    "act-registered": "atto registrato",
    "act-completed": "atto completato",
    "layout-remembered": "lettura ricordata",
    "administration-system-adopted": "regole adottate",
    "measurement-recorded": "valore registrato",
    "measurement-restated": "valore rettificato",
    "benchmark-published": "confronto pubblicato",
    "benchmark-restated": "confronto rettificato",
    "opinion-given": "parere dell'OIV",
    "remark-made": "rilievo dell'OIV",
    "request-made": "richiesta dell'OIV",
    "answer-given": "risposta dell'ufficio",
    "report-validated": "relazione validata",
    "report-not-validated": "relazione non validata",
    "sample-drawn": "campione estratto",
    "flag-answered": "segnalazione con risposta",
    "document-opened": "documento aperto",
    "pack-taken": "fascicolo portato via",
    "proposal-drafted": "proposta redatta",
    "proposal-amended": "proposta modificata",
    "proposal-submitted": "proposta presentata",
    "proposal-commented": "proposta commentata",
    "proposal-opinion-asked": "parere chiesto",
    "proposal-withdrawn": "proposta ritirata",
    "proposal-rejected": "proposta respinta",
    "proposal-enacted": "proposta adottata",
    "separation-waived": "eccezione alla separazione dei compiti",
}
"""What happened, by the topic of the event that says it; accounts and keys are no part of a plan."""

SEVERITIES: dict[Severity, str] = {"high": "alta", "medium": "media", "low": "bassa"}
"""How much a flag weighs."""
