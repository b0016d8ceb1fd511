"""The rule of redaction: only a text that an event names, and only by order."""

from collections.abc import Sequence

from domain.errors import AlreadyAnnulled, MotivationMissing, NotFound
from domain.recording import Recorded
from domain.redactions.commands import RedactTexts
from domain.redactions.events import TextRedacted


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
            f"la versione {command.version} non ha testi", accepted="un evento con motivazione o nota", where="version"
        )
    already = {digest for r in records if isinstance(r.event, TextRedacted) for digest in r.event.digests}
    digests = tuple(digest for digest in named if digest not in already)
    if not digests:
        raise AlreadyAnnulled(f"i testi della versione {command.version} sono già oscurati", where="version")
    return TextRedacted(digests=digests)
