"""The rule of redaction: only a text that an event names, and only by order."""

from collections.abc import Iterable
from typing import Literal

from domain.errors import AlreadyAnnulled, MotivationMissing, NotFound
from domain.recording import Recorded
from domain.redactions.events import TextRedacted
from domain.vocabulary import Frozen, Line


class RedactTexts(Frozen):
    """Remove the words beside an event of the plan, of its administration's stream, or of what the OIV said of it."""

    version: int
    of: Literal["plan", "administration", "review"] = "plan"
    justification: Line | None = None


def redact(records: Iterable[Recorded], gone: Iterable[str], command: RedactTexts, *, act: str | None) -> TextRedacted:
    """Refused without an act, for an event that is not there or says nothing, or when its words are gone already.

    `gone` are the digests redacted so far.
    """
    if act is None:
        raise MotivationMissing(
            "un testo si oscura solo per ordine", accepted="act (l'atto che lo ordina)", where="act"
        )
    record = next((one for one in records if one.version == command.version), None)
    if record is None:
        raise NotFound(f"la versione {command.version} non c'è", accepted="una versione del piano", where="version")
    named = tuple(dict.fromkeys(digest for digest in (record.justification, record.note) if digest))
    if not named:
        raise NotFound(
            f"la versione {command.version} non ha testi", accepted="un evento con motivazione o nota", where="version"
        )
    left = tuple(digest for digest in named if digest not in set(gone))
    if not left:
        raise AlreadyAnnulled(f"i testi della versione {command.version} sono già oscurati", where="version")
    return TextRedacted(digests=left)
