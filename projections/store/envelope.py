"""The stored envelope: the bytes of an event as they lie, and the mapper between them and `Recorded`.

Documented in docs/envelope.md and final: digests are taken over these bytes. `recorded_at` stands first and is put in
by the recorder, inside the append; everything else is written before.
"""

import hashlib
from datetime import UTC, date, datetime
from typing import NamedTuple, NotRequired

import orjson
from eventsourcing.persistence import Mapper, StoredEvent
from pydantic import ValidationError
from typing_extensions import TypedDict

from domain.errors import UnknownRecord
from domain.late import late
from domain.recording import Pending, Recorded
from projections.store.request_digest import commitment

with late:  # a fact is read without
    from domain.catalogue import event_type


class Recordable(NamedTuple):
    """A decided event with its place in its stream: what the event store of the library is given to put.

    `body` is its body, where it was made before.
    """

    originator_id: str
    originator_version: int
    pending: Pending
    actor: str
    command_id: str
    receipt: str | None = None
    body: bytes | None = None


def receipt_digest(request: str, answer: str) -> str:
    """The digest of the receipt of a command, by which events are bound to it; a redaction does not change it."""
    return "sha256:" + hashlib.sha256(f"{commitment(request)}\n{answer}".encode(errors="surrogateescape")).hexdigest()


class EnvelopeHead(TypedDict):
    """What an envelope says beside the body of its event, and before its instant is put in."""

    stream: str
    version: int
    topic: str
    class_version: int
    effective_on: str
    actor: str
    command_id: str
    receipt: NotRequired[str]
    act: NotRequired[str]
    cause: NotRequired[str]
    claim: NotRequired[str]
    restores: NotRequired[list[int]]
    retrospective: NotRequired[bool]
    justification: NotRequired[str]
    note: NotRequired[str]


def write_instant(instant: datetime) -> str:
    """An instant in UTC as text of fixed width, so that texts sort as instants do."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def read_instant(text: str) -> datetime:
    """The instant that a text of fixed width says; ValueError for one that is not in UTC."""
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is not UTC:
        raise ValueError(text)
    return instant


def stamp(state: bytes, recorded_at: str) -> bytes:
    """The envelope with its instant, as it is stored."""
    return b'{"recorded_at":"' + recorded_at.encode() + b'",' + state[1:]


class EnvelopeMapper(Mapper[str]):
    """Flat pydantic JSON in place of the library's transcoder; a topic that is not registered is refused."""

    def __init__(self) -> None:
        """No transcoder, no compressor, no cipher: the bytes are the document."""

    def to_stored_event(self, domain_event: Recordable) -> StoredEvent:  # type: ignore[override]
        """The envelope without its instant."""
        stream, version, pending, actor, command_id, receipt, body = domain_event
        event = pending.event
        head: EnvelopeHead = {
            "stream": stream,
            "version": version,
            "topic": event.topic,
            "class_version": event.class_version,
            "effective_on": pending.effective_on.isoformat(),
            "actor": actor,
            "command_id": command_id,
        }
        if receipt is not None:
            head["receipt"] = receipt
        if pending.act is not None:
            head["act"] = pending.act
        if pending.cause is not None:
            head["cause"] = pending.cause
        if pending.claim is not None:
            head["claim"] = pending.claim
        if pending.restores:
            head["restores"] = list(pending.restores)
        if pending.retrospective:
            head["retrospective"] = True
        if pending.justification is not None:
            head["justification"] = pending.justification.digest
        if pending.note is not None:
            head["note"] = pending.note.digest
        state = orjson.dumps(head)[:-1] + b',"body":' + (body or event.body()) + b"}"
        return StoredEvent(originator_id=stream, originator_version=version, topic=event.topic, state=state)

    def to_domain_event(self, stored_event: StoredEvent) -> Recorded:  # type: ignore[override]
        """The recorded event; UnknownRecord when its topic or its shape is not known."""
        return read_envelope(stored_event.topic, stored_event.state)


def read_envelope(topic: str, state: bytes) -> Recorded:
    """The recorded event that an envelope holds, upcast to the shape of today; UnknownRecord when it cannot be read."""
    cls = event_type(topic)
    try:
        envelope = orjson.loads(state)
        body = envelope["body"]
        class_version = envelope["class_version"]
        if class_version > cls.class_version:
            msg = f"versione {class_version} di {topic!r}, più nuova di questo programma"
            raise UnknownRecord(msg)
        while class_version < cls.class_version:
            getattr(cls, f"upcast_v{class_version}_v{class_version + 1}")(body)
            class_version += 1
        return Recorded(
            event=cls.of_body(body),
            effective_on=date.fromisoformat(envelope["effective_on"]),
            stream=envelope["stream"],
            version=envelope["version"],
            recorded_at=read_instant(envelope["recorded_at"]),
            actor=envelope["actor"],
            command_id=envelope["command_id"],
            receipt=envelope.get("receipt"),
            act=envelope.get("act"),
            cause=envelope.get("cause"),
            claim=envelope.get("claim"),
            restores=tuple(envelope.get("restores", ())),
            retrospective=envelope.get("retrospective", False),
            justification=envelope.get("justification"),
            note=envelope.get("note"),
        )
    except (KeyError, TypeError, ValueError, ValidationError) as error:
        msg = f"l'evento {topic!r} non si legge: {type(error).__name__}"
        raise UnknownRecord(msg) from error
