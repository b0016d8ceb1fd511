"""The trail to take away: the rows of a filter, whole, as CSV or as JSON Lines."""

from collections.abc import Iterable

import orjson

from api.formats.csv_table import csv_table
from projections.audit import AuditRow

COLUMNS = (
    "position", "hash", "stream", "version", "event", "sentence", "object", "before", "after", "kind", "direction",
    "effective_on", "recorded_at", "actor", "role", "act", "cause", "justification", "note", "redacted", "annulled",
    "retrospective",
)  # fmt: skip


def as_csv(events: Iterable[AuditRow]) -> bytes:
    """The rows of the trail for a spreadsheet; a cell that a spreadsheet would compute is kept as text."""
    return csv_table(COLUMNS, ([dict(event).get(name) for name in COLUMNS] for event in events))


def as_json_lines(events: Iterable[AuditRow]) -> bytes:
    """One JSON document a row, whole."""
    return b"".join(orjson.dumps(event) + b"\n" for event in events)
