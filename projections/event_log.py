"""The log itself: the stored envelopes, byte by byte, in the order of their positions."""

from typing import Annotated, NamedTuple

import orjson
from typing_extensions import TypedDict

from domain.errors import NotFound
from domain.vocabulary import JsonValue
from projections.answers import Count, Cursor, DescribedBy, Name, Text, Version
from projections.store.reader import Reader, StoredRow


class EventAnswer(TypedDict):
    """Un evento, con la sua busta così come giace nell'archivio."""

    position: Version
    stream: Text
    version: Version
    topic: Name
    envelope: Annotated[orjson.Fragment, DescribedBy(dict[str, JsonValue])]


class EventPage(TypedDict):
    """Una pagina di eventi; `last` è la posizione da cui riprendere."""

    events: list[EventAnswer]
    last: Count
    next: Cursor | None


class Events(NamedTuple):
    """Events of the log in the order of their positions; `last` is where to go on, if there are more."""

    events: list[EventAnswer]
    last: int
    more: bool


def events_after(reader: Reader, position: int, limit: int, stream: str | None = None) -> Events:
    """The events after a position, of one stream or of all."""
    rows = reader.feed(position, limit + 1, stream)
    shown = rows[:limit]
    last = shown[-1].position if shown else position
    return Events([event_answer(row) for row in shown], last, more=len(rows) > len(shown))


def stored_event(reader: Reader, stream: str, version: int) -> StoredRow:
    """One event of a stream as it is stored; NotFound when the stream has no such version."""
    position = reader.positions(stream).get(version)
    if position is None:
        head = reader.head(stream).version
        raise NotFound(f"la versione {version} non c'è", accepted=f"una versione fra 1 e {head}", where="version")
    return reader.feed(position - 1, 1, stream)[0]


def event_answer(row: StoredRow) -> EventAnswer:
    """A stored event as it is answered: the bytes of its envelope are handed on as they are."""
    return {
        "position": row.position,
        "stream": row.stream,
        "version": row.version,
        "topic": row.topic,
        "envelope": orjson.Fragment(row.state),
    }
