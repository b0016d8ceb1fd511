"""Stored values and the fields that bear them, in the words of people."""

import unicodedata
from datetime import date
from decimal import Decimal

from api.language.labels import LIVES, POLARITIES, POLARITY_BASES, feeds_words
from api.language.translation import filled_in, translated
from api.settings import Language
from domain.deviations.events import DEVIATION_CAUSES
from domain.event import Event
from domain.facts import IN_FORCE, LIFE
from domain.indicators.card import CARD_LABELS
from domain.italian import print_date, print_number
from domain.late import late
from domain.measurements.decide import OBSERVED
from domain.measurements.events import STATUS_WORDS
from domain.names import Names
from domain.objectives.fields import OBJECTIVE_LABELS
from domain.objectives.levels import level_words
from domain.patterns import regex
from domain.periods import period_words
from domain.trees.fields import NODE_LABELS
from domain.vocabulary import JsonValue
from initinere_verify.trees import INVISIBLE

with late:  # few values are targets, or observed
    from domain.measurements.printer import print_value

_CODES: dict[str, dict[str, str]] = {
    "life": LIVES,
    "polarity": {str(code): word for code, word in POLARITIES.items()},
    "polarity_basis": POLARITY_BASES,
}
_FIELDS = {
    **NODE_LABELS,
    **OBJECTIVE_LABELS,
    **CARD_LABELS,
    "life": "vita",
    "objective": "obiettivo",
    "status": "stato",
    "feeds": "punteggi in cui conta",
    "series": "serie",
    "condition_met": "condizione avverata",
    "administration": "amministrazione",
    "first_year": "primo anno",
    "last_year": "ultimo anno",
    "drafted_on": "steso il",
    "levels": "livelli",
    "polarity_basis": "da dove viene la polarità",
    "predecessor": "piano precedente",
    "calculated": "calcolato",
    "forced": "forzato",
    "sha256": "impronta del documento",
    "body": "organo",
    "type": "tipo",
    "number": "numero",
    "date": "data",
    "protocol": "protocollo",
    "ratifies": "ratifica",
    "annuls": "annulla",
    "assumed": "data presunta",
}
_DAY = regex("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DEVIATION_CAUSES = {str(code): words for code, words in DEVIATION_CAUSES.items()}
_OF_YEARS = {"neutralised": "neutralizzato", "approved": "approvazione", "closed": "chiusura", "system": "sistema"}
_RECORDS_OWN = {"series", "polarity_basis"}
"""Fields that the record keeps for itself: no act says them."""
_AS_EVER: tuple[tuple[str, JsonValue], ...] = ((LIFE, IN_FORCE), ("feeds", "both"), ("feeds", None), ("weight", None))
"""What is as ever where several fields are set at once: an act says it of nothing."""
VARIATIONS = {chr(code) for code in range(0xFE00, 0xFE10)}
"""How the sign before is drawn: an office's own signs have them."""

NO_NAMES = Names({})


def printable(text: object) -> str:
    """A text without control characters, marks of direction, and what is not seen: what a file brought does not command a terminal."""
    words = str(text)
    if words.replace("\n", "").isprintable() and INVISIBLE.search(words) is None:
        return words
    steering = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    return "".join(
        "�"
        if c != "\n" and (unicodedata.category(c) in steering or (INVISIBLE.match(c) and c not in VARIATIONS))
        else c
        for c in words
    )


def number(value: object) -> str:
    """A decimal string with the comma."""
    return str(value).replace(".", ",")


def field_name(field: str, language: Language = "it", of: str = "") -> str:
    """How a field is called: `target/2022/1` is "target 2022"; `of` is the key of its object, where what it is called depends on it."""
    if of.startswith("tree/") and field in NODE_LABELS:
        return translated(NODE_LABELS[field], language)
    kind, _, rest = field.partition("/")
    if kind == "target":
        year, _, ordinal = rest.partition("/")
        return f"target {year}" + (f" ({ordinal}°)" if ordinal not in {"", "1"} else "")
    if kind == "deviation":
        return filled_in("causa dello scostamento, %(period)s", language, period=period_words(rest))
    if kind in _OF_YEARS:
        return f"{translated(_OF_YEARS[kind], language)} {rest}"
    return translated(_FIELDS[field], language) if field in _FIELDS else field


def field_of_change(event: str, aspect: str) -> str:
    """The field that a change is about where it has one value before and one after; "" where it has several, or a target."""
    match event, aspect:
        case ("objective-moved", _):
            return "parent"
        case (("objective-merged" | "indicator-unassigned"), _) | (_, "withdrawal"):
            return "life"
        case (("objective-reinstated" | "indicator-reinstated" | "tree-node-withdrawn"), _):
            return "life"
        case (_, "weight"):
            return "weight"
        case ("indicator-feeds-changed", _):
            return "feeds"
        case _:
            return ""


def field_of_event(event: Event) -> str:
    """The field that an event gives a value, where it is one; "" where there are several."""
    fields = {fact.field for fact in event.facts()}
    return fields.pop() if len(fields) == 1 else ""


def value_in_words(value: JsonValue, field: str = "", language: Language = "it", names: Names = NO_NAMES) -> str:
    """A stored value in words: a target by its text, a figure as it prints, a status, a list; objectives as `names` call them."""
    if value is None:
        return "—"
    if isinstance(value, dict):
        return _object(value, language, names)
    if isinstance(value, list):
        return ", ".join(value_in_words(item, language=language, names=names) for item in value) or "—"
    if isinstance(value, bool):
        return translated("sì" if value else "no", language)
    words = _CODES.get(field, {})
    text = str(value)
    if _DAY.fullmatch(text):
        return print_date(date.fromisoformat(text))
    if field == "budget_amount":
        return f"{print_number(Decimal(text))} €"
    if text.startswith("merged_into:"):
        return filled_in("accorpato in %(objective)s", language, objective=_objective(text.partition(":")[2], names))
    if field == "level":
        return translated(level_words(text), language) if level_words(text) != text else printable(text)
    if field in {"parent", "objective"}:
        return _objective(text, names)
    if field == "feeds":
        return "; ".join(translated(name, language) for name in feeds_words(text).split("; "))
    if text in words:
        return translated(words[text], language)
    return number(text) if field == "weight" else printable(text)


def target_words(text: object, form: object, language: Language = "it", meaning: object = None) -> str:
    """A target by its text; one that was not read says so, and one that the office interpreted says what it means."""
    read = printable(text) if text else translated("(vuoto)", language)
    if meaning:
        return f"{read} ({translated('interpretato', language)}: {printable(meaning)})"
    return f"{read} {translated('(non letto)', language)}" if form == "unread" else read


def _objective(id_: str, names: Names) -> str:
    return printable(names.by_key.get(f"objective/{id_}") or id_)


def _object(value: dict[str, JsonValue], language: Language, names: Names) -> str:
    if "form" in value and "text" in value:
        return target_words(value["text"], value["form"], language, value.get("meaning"))
    if "cause" in value and "explained_on" in value:
        return translated(_DEVIATION_CAUSES.get(str(value["cause"]), str(value["cause"])), language)
    if "observed" in value:
        observed = print_value(OBSERVED.validate_python(value["observed"]))
        provisional = value.get("finality") == "provisional"
        return f"{observed} {translated('(provvisorio)', language)}" if provisional else observed
    if "status" in value:
        progress, status = value.get("progress"), str(value["status"])
        words = translated(STATUS_WORDS[status], language) if status in STATUS_WORDS else status
        return words + (f", {number(progress)}%" if progress else "")
    said = {
        name: member for name, member in value.items() if name not in _RECORDS_OWN and (name, member) not in _AS_EVER
    }
    members = (
        f"{field_name(name, language)} {value_in_words(member, name, language, names)}" for name, member in said.items()
    )
    return "; ".join(members) or value_in_words(value.get(LIFE), LIFE, language)
