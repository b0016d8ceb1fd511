"""The texts that were removed by order: when, by which act, in which event."""

from collections.abc import Iterable

from domain.redactions.events import TextRedacted
from domain.vocabulary import JsonValue
from projections.store.reader import Reader


def redactions(reader: Reader, streams: Iterable[str]) -> dict[str, dict[str, JsonValue]]:
    """By digest, the order that removed a text, in some streams. Whoever asked earlier is told so too."""
    found: dict[str, dict[str, JsonValue]] = {}
    sql = "SELECT originator_version FROM stored_events WHERE originator_id = ? AND topic = ?"
    for stream in streams:
        rows = reader.cursor.execute(sql, (stream, TextRedacted.topic)).fetchall()
        for record in reader.records(stream, [int(row[0]) for row in rows]) if rows else []:
            if isinstance(record.event, TextRedacted):
                said: dict[str, JsonValue] = {
                    "on": record.effective_on.isoformat(),
                    "act": record.act,
                    "stream": stream,
                    "version": record.version,
                }
                found |= dict.fromkeys(record.event.digests, said)
    return found
