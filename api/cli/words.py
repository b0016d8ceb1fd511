"""The Italian words for what the code names in English, and how dates, numbers and values are written for people."""

import unicodedata
from datetime import date, datetime
from decimal import Decimal

from api.language.labels import CAUSES as CAUSES  # noqa: PLC0414 - shown under this name
from api.language.labels import DIFFERENCES as DIFFERENCES  # noqa: PLC0414 - shown under this name
from api.language.labels import DIRECTIONS as DIRECTIONS  # noqa: PLC0414 - shown under this name
from api.language.labels import KINDS as KINDS  # noqa: PLC0414 - shown under this name
from api.language.labels import LIVES, POLARITIES
from api.language.labels import VARIANTS as VARIANTS  # noqa: PLC0414 - shown under this name
from domain.indicators.card import CARD_LABELS
from domain.italian import print_number
from domain.measurements.decide import OBSERVED
from domain.measurements.events import STATUS_WORDS
from domain.measurements.printer import print_value
from domain.names import Names
from domain.objectives.fields import OBJECTIVE_LABELS
from domain.point import ROME, Point
from domain.scoring.numbers import HUNDREDTH, at_step
from domain.vocabulary import JsonValue
from initinere_verify.trees import INVISIBLE

ALREADY_RECORDED = "Già registrato da questo stesso comando"
"""What a command that was recorded before under the same id says, whichever command it is."""

_CODES: dict[str, dict[str, str]] = {"life": LIVES, "polarity": {str(code): word for code, word in POLARITIES.items()}}
_FIELDS = {
    **OBJECTIVE_LABELS,
    **CARD_LABELS,
    "life": "vita",
    "status": "stato",
    "feeds": "punteggi in cui conta",
    "series": "serie",
    "condition_met": "condizione avverata",
}


VARIATIONS = {chr(code) for code in range(0xFE00, 0xFE10)}
"""How the sign before is drawn: an office's own signs have them."""


def printable(text: object) -> str:
    """A text without control characters, marks of direction, and what is not seen: what a file brought does not command a terminal."""
    steering = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    return "".join(
        "�"
        if c != "\n" and (unicodedata.category(c) in steering or (INVISIBLE.match(c) and c not in VARIATIONS))
        else c
        for c in str(text)
    )


def day(value: object) -> str:
    """A date, from an ISO text or a date, as dd/mm/yyyy."""
    date_ = value if isinstance(value, date) else date.fromisoformat(str(value))
    return f"{date_:%d/%m/%Y}"


def instant(value: object) -> str:
    """An instant in the time of Rome, as dd/mm/yyyy hh:mm."""
    instant_ = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return f"{instant_.astimezone(ROME):%d/%m/%Y %H:%M}"


def number(value: object) -> str:
    """A decimal string with the comma."""
    return str(value).replace(".", ",")


def percentage(value: Decimal | str | None) -> str:
    """A figure in percent: two decimals, half up."""
    if value is None:
        return "nessun punteggio"
    return f"{print_number(at_step(Decimal(value), HUNDREDTH, 'half_up'))} %"


def banner(point: Point, now: datetime) -> str:
    """The two dates of an answer."""
    known = f"{instant(point.known_at)}" if point.known_at else f"{instant(now)} (adesso)"
    return f"in vigore al {day(point.as_of)} · noto al {known}"


def field_name(field: str) -> str:
    """How a field is called: `target/2022/1` is "target 2022"."""
    kind, _, rest = field.partition("/")
    if kind == "target":
        year, _, ordinal = rest.partition("/")
        return f"target {year}" + (f" ({ordinal}°)" if ordinal not in {"", "1"} else "")
    words = {"neutralised": "neutralizzato", "approved": "approvazione", "closed": "chiusura", "system": "sistema"}
    if kind in words:
        return f"{words[kind]} {rest}"
    return _FIELDS.get(field, field)


def value_in_words(value: JsonValue, field: str = "") -> str:
    """A stored value in words: a target by its text, a figure as it prints, a status, a list."""
    if value is None:
        return "—"
    if isinstance(value, dict):
        return _object(value)
    if isinstance(value, list):
        return ", ".join(value_in_words(item) for item in value) or "—"
    if isinstance(value, bool):
        return "sì" if value else "no"
    words = _CODES.get(field, {})
    text = str(value)
    if text.startswith("merged_into:"):
        return f"accorpato in {text.partition(':')[2]}"
    return words.get(text, number(text) if field == "weight" else printable(text))


def target_words(text: object, form: object) -> str:
    """A target by its text; one that was not read says so."""
    return printable(text or "(vuoto)") + (" (non letto)" if form == "unread" else "")


def _object(value: dict[str, JsonValue]) -> str:
    if "form" in value and "text" in value:
        return target_words(value["text"], value["form"])
    if "observed" in value:
        provisional = " (provvisorio)" if value.get("finality") == "provisional" else ""
        return print_value(OBSERVED.validate_python(value["observed"])) + provisional
    if "status" in value:
        progress = value.get("progress")
        return STATUS_WORDS.get(str(value["status"]), str(value["status"])) + (
            f", {number(progress)}%" if progress else ""
        )
    return ", ".join(f"{field_name(name)} {value_in_words(member, name)}" for name, member in value.items()) or "—"


def called(names: Names, key: str) -> str:
    """How an object is called: its code and title; of an assignment, the indicator."""
    if key.startswith("assignment/"):
        key = f"indicator/{key.split('/')[1]}"
    return printable(names.by_key.get(key) or key.partition("/")[2] or key)


def counted(number_: int, singular: str, plural: str) -> str:
    """A number with its noun."""
    return f"{number_} {singular if number_ == 1 else plural}"
