"""How the closed lists of the product are said in Italian, wherever they are shown."""

from domain.changes.rate import Variant
from domain.measurements.events import STATUS_WORDS

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

FEEDS = {"objective": "albero", "individual": "produttività", "all": "tutto"}

SYNONYMS = {
    word.casefold(): code
    for labels in (KINDS, DIRECTIONS, CAUSES, STATUS_WORDS, FEEDS)
    for code, word in labels.items()
}
"""The code that an Italian word means, where a person may say either."""
