"""The rule of redaction: only a text that an event names, and only by order. What stands in the event's body stays."""

from collections.abc import Mapping, Sequence

from domain.administrations.texts_told import free_texts, texts_told
from domain.errors import AlreadyAnnulled, MotivationMissing, NotFound
from domain.event import Event
from domain.notice import Notice
from domain.recording import Recorded
from domain.redactions.commands import RedactTexts
from domain.redactions.events import TextRedacted

REPLACED_BY: Mapping[str, str] = {
    "plan": "plan amend",
    "objective": "objective redefine, objective reword, objective reclassify",
    "indicator": "indicator redefine, indicator reclassify, indicator feed",
    "target": "revise, target resolve",
    "tree": "tree state",
    "formula": "formula",
    "measurement": "restate",
    "benchmark": "benchmark publish",
    "library": "library state",
}
"""By what command another event takes the place of what the body of one says, by the first word of its topic."""


def redact(records: Sequence[Recorded], command: RedactTexts, *, act: str | None) -> TextRedacted:
    """Refused without an act, for an event that is not there or says nothing, or when its words are removed already.

    `records` are those of the stream in which the event stands.
    """
    if act is None:
        raise MotivationMissing(
            "un testo si oscura solo per ordine", accepted="act (l'atto che lo ordina)", where="act"
        )
    record = next((record for record in records if record.version == command.version), None)
    if record is None:
        raise NotFound(f"la versione {command.version} non c'è", accepted="una versione del piano", where="version")
    named = tuple(dict.fromkeys(digest for digest in (record.justification, record.note) if digest))
    if not named:
        raise NotFound(
            f"la versione {command.version} non ha testi accanto" + _left(record.event, said_in_body(record.event)),
            accepted="un evento con motivazione o nota",
            where="version",
        )
    already = {digest for r in records if isinstance(r.event, TextRedacted) for digest in r.event.digests}
    digests = tuple(digest for digest in named if digest not in already)
    if not digests:
        raise AlreadyAnnulled(f"i testi della versione {command.version} sono già oscurati", where="version")
    return TextRedacted(digests=digests)


def said_in_body(event: Event) -> list[str]:
    """What the free texts in the body of an event are called: no order takes them away, for its bytes are never altered."""
    return list(dict.fromkeys(free.label for free in free_texts(event)))


def left_in_body(record: Recorded) -> Notice | None:
    """What to tell whoever redacts: that words which seem to be of somebody stay in the body; None where none seem to be."""
    seen = {notice.where for notice in texts_told([record.event])}
    labels = list(dict.fromkeys(free.label for free in free_texts(record.event) if free.field in seen))
    if not labels:
        return None
    return Notice(where="version", name="words_in_body", words=_left(record.event, labels).removeprefix("; "))


def _left(event: Event, labels: Sequence[str]) -> str:
    """What stays in the body, and what takes its place; nothing where nothing stays."""
    if not labels:
        return ""
    replaced = REPLACED_BY.get(event.topic.partition("-")[0])
    by = (
        f"ne prende il posto, da quando si registra, un altro evento ({replaced})"
        if replaced
        else "nessun evento ne prende il posto"
    )
    return f"; {', '.join(labels)}: parole nel corpo dell'evento, che non si altera e nessun ordine oscura: {by}"
