"""The log itself: the stored envelopes, byte by byte, in the order of their positions."""

from typing import Annotated, NamedTuple

import orjson
from eventsourcing.persistence import Notification
from typing_extensions import TypedDict

from domain.errors import NotFound
from domain.vocabulary import JsonValue
from projections.answers import Count, DescribedBy, Name, PageCursor, Text, Version
from projections.store.reader import Reader


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
    next: PageCursor | None


class Events(NamedTuple):
    """Events of the log in the order of their positions; `last` is where to go on, if there are more."""

    events: list[EventAnswer]
    last: int
    more: bool


def events_after(reader: Reader, position: int, limit: int, stream: str | None = None) -> Events:
    """The events after a position, of one stream or of all."""
    rows = reader.select_notifications(position, limit + 1, inclusive_of_start=False, stream=stream)
    page = rows[:limit]
    last = page[-1].id if page else position
    return Events([event_answer(row) for row in page], last, more=len(rows) > len(page))


def stored_event(reader: Reader, stream: str, version: int) -> Notification:
    """One event of a stream as it is stored; NotFound when the stream has no such version."""
    position = reader.positions(stream).get(version)
    if position is None:
        head = reader.head(stream).version
        raise NotFound(f"la versione {version} non c'è", accepted=f"una versione fra 1 e {head}", where="version")
    return reader.select_notifications(position, 1, stream=stream)[0]


def event_answer(row: Notification) -> EventAnswer:
    """A stored event as it is answered: the bytes of its envelope are handed on as they are."""
    return {
        "position": row.id,
        "stream": str(row.originator_id),
        "version": row.originator_version,
        "topic": row.topic,
        "envelope": orjson.Fragment(row.state),
    }
