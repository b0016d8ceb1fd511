"""The trail to take away: the rows of a filter, whole, as CSV or as JSON Lines."""

import csv
import io
from collections.abc import Iterable

import orjson

from projections.audit import AuditRow

COLUMNS = (
    "position", "hash", "stream", "version", "event", "sentence", "object", "before", "after", "kind", "direction",
    "effective_on", "recorded_at", "actor", "role", "act", "cause", "justification", "note", "redacted", "annulled",
    "retrospective",
)  # fmt: skip
COMPUTED = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a spreadsheet would take for the beginning of a formula, in full width too."""


def as_csv(events: Iterable[AuditRow]) -> bytes:
    """The rows of the trail for a spreadsheet; a cell that a spreadsheet would compute is kept as text."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, COLUMNS, extrasaction="ignore", delimiter=";", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({name: _cell(value) for name, value in event.items()} for event in events)
    return b"\xef\xbb\xbf" + buffer.getvalue().encode()


def as_json_lines(events: Iterable[AuditRow]) -> bytes:
    """One JSON document a row, whole."""
    return b"".join(orjson.dumps(event) + b"\n" for event in events)


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "sì" if value else "no"
        case dict() | list():
            text = orjson.dumps(value).decode()
        case _:
            text = str(value)
    return f"'{text}" if text.lstrip(" ").startswith(COMPUTED) else text
