"""The rules of a measurement system, and what each may say, in the words of people."""

from collections.abc import Mapping

from api.language.labels import VARIANTS
from api.language.values import value_in_words
from domain.vocabulary import JsonValue

SYSTEM_RULES = {
    "name": "nome",
    "source": "documento",
    "thresholds": "soglie",
    "ranges": "intervalli",
    "lateness": "termini mancati",
    "milestones": "tappe",
    "levels": "gradi",
    "survey_years": "anni di rilevazione",
    "cut_at": "massimo riconosciuto",
    "floor": "minimo riconosciuto",
    "worthless_below": "non vale nulla sotto",
    "inputs": "arrotondamento dei valori",
    "achievements": "arrotondamento dei raggiungimenti",
    "scores": "arrotondamento dei punteggi",
    "ratio_from": "rapporti",
    "missing": "dati mancanti",
    "not_yet_due": "dati non ancora dovuti",
    "combination": "come si mettono insieme",
    "weights": "pesi",
    "unweighted": "chi è senza peso",
    "parts": "di che cosa è fatto un obiettivo",
    "bands": "fasce",
    "bare_value": "verso di un valore nudo",
    "foreign_office": "misurazioni di un altro ufficio",
    "expected_progress": "che cosa si attende in corso d'anno",
    "change_rate_variant": "che cosa conta il tasso di modifica",
    "change_rate_level": "livello che il tasso conta",
    "change_rate_ceiling": "tetto del tasso di modifica",
    "flags": "soglie delle segnalazioni",
    "repeated_note_from": "da quanti soggetti una frase ripetuta si fa notare",
}

_RULE_VALUES: dict[str, Mapping[str, str]] = {
    "thresholds": {
        "ratio": "osservato / target",
        "met_or_not": "100 se raggiunta, altrimenti 0",
        "distance": "100 meno lo scostamento",
    },
    "ranges": {"nearest_end": "rapporto con l'estremo superato", "met_or_not": "100 se dentro, altrimenti 0"},
    "milestones": {"mean": "la media", "last": "l'ultima", "all": "la peggiore"},
    "levels": {"met_or_not": "100 se raggiunto, altrimenti 0", "steps": "posto raggiunto / posto atteso"},
    "survey_years": {"not_scored": "non si valutano", "by_survey": "100 se il valore è rilevato"},
    "ratio_from": {"terms": "dai loro termini", "stated": "come sono dichiarati"},
    "missing": {"excluded": "restano fuori", "zero": "contano zero"},
    "not_yet_due": {"excluded": "restano fuori", "zero": "contano zero"},
    "combination": {"weighted_mean": "media pesata", "mean": "media semplice", "worst": "vale il risultato peggiore"},
    "weights": {"rescaled": "riportati a cento fra quelli che contano", "as_points": "punti di cento"},
    "unweighted": {"mean": "conta quanto la media degli altri", "zero": "non conta"},
    "parts": {
        "both": "dei suoi indicatori e dei suoi figli",
        "indicators_first": "prima dei suoi indicatori",
        "children_first": "prima dei suoi figli",
    },
    "bare_value": {"up": "più è meglio", "down": "meno è meglio"},
    "foreign_office": {"refused": "si rifiutano", "warned": "si segnalano"},
    "expected_progress": {"linear": "la parte di anno trascorsa", "none": "nulla"},
    "change_rate_variant": {str(code): words for code, words in VARIANTS.items()},
}
_PARTS = {
    "how": {"half_up": "per eccesso da metà", "truncated": "troncando"},
    "rule": {"worth_nothing": "non vale nulla", "points_per_day": "perde punti ogni giorno"},
}
_PART_NAMES = {
    "step": "passo",
    "points_per_day": "punti al giorno",
    "days_of_grace": "giorni che non costano",
    "worthless_after": "giorni oltre cui non vale nulla",
}


def rule_value(rule: str, value: JsonValue) -> str:
    """What a rule says, in words."""
    if value is None:
        return "non detto"
    if rule == "bands" and isinstance(value, list):
        bands = (band for band in value if isinstance(band, dict))
        return "; ".join(
            f"{band.get('word')} da {value_in_words(band.get('from_percent'), 'weight')}" for band in bands
        )
    if isinstance(value, dict):
        return ", ".join(_part(name, part) for name, part in value.items() if part is not None) or "quelle predefinite"
    words = _RULE_VALUES.get(rule, {})
    return words.get(str(value), value_in_words(value, "weight"))


def _part(name: str, part: JsonValue) -> str:
    if name in _PARTS:
        return _PARTS[name].get(str(part), str(part))
    return f"{_PART_NAMES.get(name, name)} {value_in_words(part, 'weight')}"
