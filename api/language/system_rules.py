"""The rules of a measurement system, and what each may say, in the words of people."""

from collections.abc import Mapping

from api.language.labels import VARIANTS
from api.language.translation import filled_in, translated
from api.settings import Language
from domain.late import late
from domain.vocabulary import JsonValue

with late:  # a value is said seldom
    from api.language.values import value_in_words

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

RULE_VALUES: dict[str, Mapping[str, str]] = {
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
RULE_PARTS = {
    "how": {"half_up": "per eccesso da metà", "truncated": "troncando"},
    "rule": {"worth_nothing": "non vale nulla", "points_per_day": "perde punti ogni giorno"},
}
_PART_NAMES = {
    "step": "passo",
    "points_per_day": "punti al giorno",
    "days_of_grace": "giorni che non costano",
    "worthless_after": "giorni oltre cui non vale nulla",
}


def rule_value(rule: str, value: JsonValue, language: Language = "it") -> str:
    """What a rule says, in words."""
    if value is None:
        return translated("non detto", language)
    if rule == "bands" and isinstance(value, list):
        bands = ((band.get("word"), band.get("from_percent")) for band in value if isinstance(band, dict))
        return "; ".join(
            filled_in("%(band)s da %(percent)s", language, band=word, percent=value_in_words(start, "weight"))
            for word, start in bands
        )
    if isinstance(value, dict):
        parts = (_part(name, part, language) for name, part in value.items() if part is not None)
        return ", ".join(parts) or translated("quelle predefinite", language)
    words = RULE_VALUES.get(rule, {})
    return translated(words[str(value)], language) if str(value) in words else value_in_words(value, "weight", language)


def _part(name: str, part: JsonValue, language: Language) -> str:
    if name in RULE_PARTS:
        words = RULE_PARTS[name]
        return translated(words[str(part)], language) if str(part) in words else str(part)
    called = translated(_PART_NAMES[name], language) if name in _PART_NAMES else name
    return f"{called} {value_in_words(part, 'weight', language)}"
