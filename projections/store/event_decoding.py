"""Event decoding for the projections: what a stored event says, read from its bytes: its day, its instant, its facts, what it annuls.

The commonest events are read without their models: their facts lie in their body as they will be stored. A property of
the tests holds this to `Event.facts`.
"""

from datetime import date
from typing import NamedTuple

import orjson

from domain.catalogue import event_type
from domain.errors import UnknownRecord
from domain.event import StatesItsBody
from domain.facts import Fact
from projections.store.envelope import read_envelope, write_instant


class DecodedEvent(NamedTuple):
    """What one stored event says; `annuls` are the versions that it leaves out, if it is there for that."""

    effective_on: date
    recorded_at: str
    facts: list[Fact]
    annuls: tuple[int, ...] = ()


def decode(topic: str, state: bytes) -> DecodedEvent:
    """Reads a stored event; UnknownRecord when its topic or its shape is not known."""
    try:
        envelope = orjson.loads(state)
        event_class = event_type(topic)
        if issubclass(event_class, StatesItsBody) and envelope["class_version"] == event_class.class_version:
            facts = event_class.facts_in(envelope["body"])
            return DecodedEvent(date.fromisoformat(envelope["effective_on"]), envelope["recorded_at"], facts)
    except (KeyError, TypeError, ValueError) as error:
        msg = f"l'evento {topic!r} non si legge: {type(error).__name__}"
        raise UnknownRecord(msg) from error
    record = read_envelope(topic, state)
    event = record.event
    return DecodedEvent(
        record.effective_on, write_instant(record.recorded_at), event.facts(), event.annulled_versions()
    )
