"""The trail to take away: the rows of a filter, whole, as CSV in the words of people or as JSON Lines for programs."""

from collections.abc import Callable, Iterable, Mapping

import orjson

from api.formats.csv_table import csv_table
from api.language.labels import CAUSES, DIRECTIONS, EVENT_NAMES, KINDS
from api.language.values import value_in_words
from projections.audit import AuditRow


def _word(words: Mapping[str, str], code: str | None) -> str:
    return words.get(code or "", code or "")


COLUMNS: dict[str, Callable[[AuditRow], object]] = {
    "posizione": lambda row: row["position"],
    "impronta": lambda row: row["hash"],
    "registro": lambda row: row["stream"],
    "versione": lambda row: row["version"],
    "evento": lambda row: _word(EVENT_NAMES, row["event"]),
    "che cosa": lambda row: row["sentence"],
    "oggetto": lambda row: (row["object"] or "").partition("/")[2] or row["object"],
    "prima": lambda row: None if row["before"] is None else value_in_words(row["before"]),
    "dopo": lambda row: None if row["after"] is None else value_in_words(row["after"]),
    "natura": lambda row: _word(KINDS, row["kind"]),
    "verso": lambda row: _word(DIRECTIONS, row["direction"]),
    "in vigore dal": lambda row: row["effective_on"],
    "registrato il": lambda row: row["recorded_at"],
    "chi registra": lambda row: row["actor"],
    "ruolo": lambda row: row["role"],
    "atto": lambda row: row["act"],
    "causa": lambda row: _word(CAUSES, row["cause"]),
    "motivazione": lambda row: row["justification"],
    "nota": lambda row: row["note"],
    "oscurato": lambda row: row["redacted"],
    "annullato": lambda row: row["annulled"],
    "a posteriori": lambda row: row["retrospective"],
}
"""What stands under each heading of the CSV, in the order of its columns."""


def as_csv(events: Iterable[AuditRow]) -> bytes:
    """The rows of the trail for a spreadsheet; a cell that a spreadsheet would compute is kept as text."""
    return csv_table(tuple(COLUMNS), ([shown(event) for shown in COLUMNS.values()] for event in events))


def as_json_lines(events: Iterable[AuditRow]) -> bytes:
    """One JSON document a row, whole."""
    return b"".join(orjson.dumps(event) + b"\n" for event in events)
