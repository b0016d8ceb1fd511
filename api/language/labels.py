"""How the closed lists of the product are said in Italian, wherever they are shown."""

from domain.changes.rate import Variant
from domain.formulas.model import Confidence, FormulaKind
from domain.indicators.events import PlaceFeeds
from domain.measurements.events import STATUS_WORDS
from domain.proposals.life import STATUS_NAMES
from domain.scoring.inputs import Feeds
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

VARIANTS: dict[Variant, str] = {
    "any": "ogni modifica",
    "substance": "modifiche sostanziali",
    "easier": "modifiche più facili",
}

PLAN_STATUSES = {
    "absent": "non ancora aperto",
    "discarded": "bozza scartata",
    "draft": "bozza",
    "approved": "approvato",
    "approval_annulled": "approvazione annullata",
    "closed": "chiuso",
    "succeeded": "sostituito da un altro piano",
}

FEEDS: dict[Feeds, str] = {"objective": "albero", "individual": "produttività", "all": "tutto"}
"""Which rows a score takes."""

PLACE_FEEDS: dict[PlaceFeeds, str] = {
    "objective": FEEDS["objective"],
    "individual": FEEDS["individual"],
    "both": "entrambi",
}
"""Which scores an indicator feeds in one of its places."""

DIFFERENCES = {
    "added": "aggiunto",
    "withdrawn": "ritirato",
    "reinstated": "ripristinato",
    "reworded": "riformulato",
    "moved": "spostato",
    "reweighted": "ripesato",
    "reclassified": "riclassificato",
    "redefined": "ridefinito",
    "assigned": "assegnato",
    "unassigned": "tolto dall'obiettivo",
    "target_set": "target fissato",
    "target_revised": "target rimodulato",
    "target_withdrawn": "target ritirato",
    "neutralised": "neutralizzato",
    "condition_met": "condizione avverata",
    "plan_changed": "piano modificato",
}

LIVES = {"in_force": "in vigore", "withdrawn": "ritirato"}
SCHEMES = {
    "area": "Aree",
    "mission": "Missioni",
    "program": "Programmi",
    "programme": "Programmi",
    "perspective": "Prospettive",
}
"""How the trees by which plans classify their objectives are called; another by its own name."""

POLARITIES: dict[Polarity, str] = {"up": "più è meglio", "down": "meno è meglio"}

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

CONFIDENCES: dict[Confidence, str] = {Confidence.HIGH: "alta", Confidence.MEDIUM: "media", Confidence.LOW: "bassa"}

SYNONYMS = {
    word.casefold(): code
    for labels in (KINDS, DIRECTIONS, CAUSES, STATUS_WORDS, FEEDS)
    for code, word in labels.items()
}
"""The code that an Italian word means, where a person may say either."""
