"""What surrounds an event: before it is recorded (`Pending`) and after (`Recorded`).

The fact says what; who, why, by which act and from when stand beside it, in the envelope.
"""

import hashlib
from datetime import date, datetime
from typing import NamedTuple

from domain.event import Event
from domain.vocabulary import Cause, Claim, Frozen


class SaltedText(Frozen):
    """A text that may have to be redacted one day: the event keeps its salted digest, the store the text beside it."""

    salt: str
    text: str

    @property
    def digest(self) -> str:
        """SHA-256 of salt and text, in hexadecimal, under the name of the method."""
        return "sha256:" + hashlib.sha256(f"{self.salt}\n{self.text}".encode()).hexdigest()


class Pending(NamedTuple):
    """An event that was decided and not yet recorded."""

    event: Event
    effective_on: date
    act: str | None = None
    cause: Cause | None = None
    claim: Claim | None = None
    restores: tuple[int, ...] = ()
    retrospective: bool = False
    justification: SaltedText | None = None
    note: SaltedText | None = None
    act_date: date | None = None


class Recorded(NamedTuple):
    """An event as the store holds it; `version` is its place in its stream, `recorded_at` an instant in UTC.

    Texts are named by digest; so is the receipt of the command, by the first event that it made in a stream. `act_date`
    is the date of the act, as it was registered with the event: whoever reads a plan's history adds it, the envelope
    names the act alone.
    """

    event: Event
    effective_on: date
    stream: str
    version: int
    recorded_at: datetime
    actor: str
    command_id: str
    act: str | None = None
    cause: Cause | None = None
    claim: Claim | None = None
    restores: tuple[int, ...] = ()
    retrospective: bool = False
    justification: str | None = None
    note: str | None = None
    receipt: str | None = None
    act_date: date | None = None

    @property
    def decided_on(self) -> date:
        """The day on which it was decided: that of its act; of what has no act, the one from which it holds."""
        return self.act_date or self.effective_on

    @property
    def retroactive(self) -> bool:
        """Whether it takes effect before the day on which it was decided."""
        return self.effective_on < self.decided_on

    @classmethod
    def of(
        cls, pending: Pending, stream: str, version: int, recorded_at: datetime, actor: str, command_id: str
    ) -> "Recorded":
        """A decided event as it reads once it is recorded there and then."""
        return cls(
            event=pending.event,
            effective_on=pending.effective_on,
            stream=stream,
            version=version,
            recorded_at=recorded_at,
            actor=actor,
            command_id=command_id,
            act=pending.act,
            cause=pending.cause,
            claim=pending.claim,
            restores=pending.restores,
            retrospective=pending.retrospective,
            justification=pending.justification.digest if pending.justification else None,
            note=pending.note.digest if pending.note else None,
            act_date=pending.act_date,
        )
