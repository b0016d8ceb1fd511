"""Event decoding for the projections: what a stored event says, read from its bytes: its day, its instant, its facts, what it annuls.

The commonest events are read without their models: their facts lie in their body as they will be stored. A property of
the tests holds this to `Event.facts`.
"""

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import orjson

from domain.errors import UnknownRecord
from domain.event import StatesItsBody, StoredBody
from domain.facts import Fact
from domain.late import late
from projections.store.envelope import read_envelope, write_instant
from projections.store.facts import stored_day

with late:  # a fact is read without
    from domain.catalogue import event_type


class DecodedEvent(NamedTuple):
    """What one stored event says; `day` is the number of its date, `annuls` are the versions that it leaves out."""

    day: int
    effective_on: str
    recorded_at: str
    facts: list[Fact]
    annuls: tuple[int, ...] = ()


@cache
def _facts_in(topic: str) -> tuple[int, Callable[[StoredBody], list[Fact]] | None]:
    """The shape of today of a topic, and what reads its facts from a body; None where it takes the model."""
    event_class = event_type(topic)
    return event_class.class_version, event_class.facts_in if issubclass(event_class, StatesItsBody) else None


def decode(topic: str, state: bytes) -> DecodedEvent:
    """Reads a stored event; UnknownRecord when its topic or its shape is not known."""
    try:
        class_version, facts_in = _facts_in(topic)
        if facts_in is not None:
            envelope = orjson.loads(state)
            if envelope["class_version"] == class_version:
                text = envelope["effective_on"]
                return DecodedEvent(stored_day(text), text, envelope["recorded_at"], facts_in(envelope["body"]))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        msg = f"l'evento {topic!r} non si legge: {type(error).__name__}"
        raise UnknownRecord(msg) from error
    record = read_envelope(topic, state)
    event = record.event
    text = record.effective_on.isoformat()
    recorded_at = write_instant(record.recorded_at)
    return DecodedEvent(stored_day(text), text, recorded_at, event.facts(), event.annulled_versions())
