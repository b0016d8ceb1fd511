"""The texts that were removed by order: when, by which act, in which event."""

from collections.abc import Iterable

from typing_extensions import TypedDict

from domain.redactions.events import TextRedacted
from domain.vocabulary import Identifier
from projections.answers import Day, Text, Version
from projections.store.owners import OF_STREAM
from projections.store.reader import Reader


class Redaction(TypedDict):
    """L'ordine con cui un testo è stato oscurato."""

    on: Day
    act: Identifier | None
    stream: Text
    version: Version


def redactions(reader: Reader, streams: Iterable[str]) -> dict[str, Redaction]:
    """By digest, the order that removed a text, in some streams. Whoever asked earlier is told so too."""
    orders: dict[str, Redaction] = {}
    sql = f"SELECT originator_version FROM stored_events WHERE {OF_STREAM} AND topic = ?"  # noqa: S608
    for stream in streams:
        rows = reader.cursor_of([stream]).execute(sql, (*reader.key(stream), TextRedacted.topic)).fetchall()
        for record in reader.records(stream, [int(row[0]) for row in rows]) if rows else []:
            if isinstance(record.event, TextRedacted):
                order: Redaction = {
                    "on": record.effective_on.isoformat(),
                    "act": record.act,
                    "stream": stream,
                    "version": record.version,
                }
                orders |= dict.fromkeys(record.event.digests, order)
    return orders
