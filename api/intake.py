"""Takes commands in: once each, all or nothing, decided again when a stream went on meanwhile."""

import hashlib
import json
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from random import uniform
from time import sleep
from typing import NamedTuple, TypeVar
from uuid import uuid4

from pydantic import BaseModel

from api.room import room_named
from domain.documents.load import Warning as Oddity
from domain.errors import (
    CommandReused,
    ConcurrentChange,
    DomainError,
)
from domain.facts import facts_of
from domain.vocabulary import Frozen, JsonValue
from projections.proof.keys import KeyUnusable
from projections.proof.log import Log
from projections.store.append import Append, StreamAppend
from projections.store.reader import Reader
from projections.store.store import Overtaken, Store, Writing
from projections.streams import plan_stream

ATTEMPTS = 40
LATELY = 10_000
"""How many appends are remembered, to tell a command what went on between its arrival and its turn."""
Answer = TypeVar("Answer")


class Outcome(Frozen):
    """What a command did: the versions that it made of each stream, and the oddities that were taken as they are."""

    command_id: str
    plan: str | None = None
    versions: dict[str, tuple[int, int]] = {}
    warnings: tuple[Oddity, ...] = ()
    repeated: bool = False

    @property
    def version(self) -> int | None:
        """The version of the plan after the command; None when it did not touch the plan's own stream."""
        mine = self.versions.get(plan_stream(self.plan or ""))
        return mine[1] if mine else None


class Decided(NamedTuple):
    """What a command came to: events for each stream, on the version that they were decided on."""

    parts: tuple[StreamAppend, ...]
    warnings: tuple[Oddity, ...] = ()


class Caller(NamedTuple):
    """Who sends a command: an account or a role, the id of the command, the version seen of what is changed."""

    actor: str
    command_id: str = ""
    seen: int | None = None

    def identified(self) -> "Caller":
        """The same, with an id of its own when the client gave none."""
        return self if self.command_id else self._replace(command_id=str(uuid4()))


class Intake:
    """The one way into the record."""

    def __init__(self, store: Store, log: Log | None = None) -> None:
        self.store = store
        self.log = log
        self._lately: deque[tuple[int, StreamAppend]] = deque(maxlen=LATELY)
        self._count = 0

    @property
    def witness(self) -> Log:
        """The transparency log; KeyUnusable for a service that was made without one."""
        if self.log is None:
            raise KeyUnusable("questo servizio non ha una chiave di firma", accepted="INITINERE_KEYS")
        return self.log

    def take(
        self,
        caller: Caller,
        plan: str | None,
        request: Sequence[object],
        decided: Callable[[Reader], Decided],
        *,
        large: bool = False,
    ) -> Outcome:
        """Records what a command comes to, once; decided again when a stream went on meanwhile and the decision holds.

        It is decided in the transaction that records it. A `large` one, which takes long to decide, is decided on a
        snapshot before, so that others write meanwhile.
        """
        command = _Command(caller.identified(), plan, _digest([caller.actor, *request]), decided)
        arrived = self._count
        for attempt in range(ATTEMPTS):
            if attempt:
                # Writers that met once would meet again: each waits a little, by chance, and longer each time.
                sleep(uniform(0, 0.002 * attempt))  # noqa: S311 - no secret hangs on it
            try:
                taken = self._take_large(command) if large else self._take(command, arrived)
            except Overtaken:
                continue
            return taken.outcome if taken.append is None else self._witnessed(taken.append.streams, taken.outcome)
        raise ConcurrentChange("il piano continua a essere modificato da altri", accepted="riprovare fra poco")

    def _take(self, command: "_Command", arrived: int) -> "_Taken":
        def work(writing: Writing) -> _Taken:
            taken = command.decide(writing.reader, self._since(arrived))
            if taken.append is not None:
                writing.record(taken.append)
                self._recorded(taken.append)
            return taken

        return self.store.transact(work, command.plan or "")

    def _take_large(self, command: "_Command") -> "_Taken":
        with self.store.reading() as reader:
            taken = command.decide(reader, command.based_on)
        if taken.append is not None:
            command.based_on = {part.stream: part.expected for part in taken.append.streams}
            try:
                self.store.append(taken.append)
            except ConcurrentChange:
                raise Overtaken from None
            self._recorded(taken.append)
        return taken

    def _recorded(self, append: Append) -> None:
        for part in append.streams:
            self._count += 1
            self._lately.append((self._count, part))

    def _since(self, arrived: int) -> dict[str, int]:
        """The versions that streams had when a command arrived, of those that went on meanwhile."""
        found: dict[str, int] = {}
        if self._count != arrived:
            for count, part in tuple(self._lately):
                if count > arrived:
                    found.setdefault(part.stream, part.expected)
        return found

    def _witnessed(self, parts: Sequence[StreamAppend], outcome: Outcome) -> Outcome:
        """Makes the checkpoint that an append calls for. What is recorded stays so where none can be made: it is said."""
        try:
            with room_named():
                if self.log is not None:
                    self.log.after(parts)
        except DomainError as error:
            words = f"registrato, ma il checkpoint non si è potuto fare: {error}"
            oddity = Oddity(where="checkpoint", name="checkpoint_missing", words=words)
            return outcome.model_copy(update={"warnings": (*outcome.warnings, oddity)})
        return outcome

    def previewing(
        self, caller: Caller, decided: Callable[[Reader], Decided], question: Callable[[Reader], Answer]
    ) -> Answer:
        """What a question would answer after a decision; nothing is changed."""
        caller = Caller(caller.actor, str(uuid4()), caller.seen)
        with self.store.reading() as reader:
            decision = decided(reader)
        parts = tuple(part for part in decision.parts if part.pending)
        return self.store.preview(Append(caller.command_id, "", caller.actor, parts), question)


class _Taken(NamedTuple):
    """What became of a command: the answer, and what is to be recorded for it; None when it was taken before."""

    outcome: Outcome
    append: Append | None = None


class _Command:
    """A command on its way into the record."""

    def __init__(self, caller: Caller, plan: str | None, digest: str, decided: Callable[[Reader], Decided]) -> None:
        self.caller = caller
        self.plan = plan
        self.digest = digest
        self.decided = decided
        self.based_on: dict[str, int] = {}

    def decide(self, reader: Reader, based_on: Mapping[str, int]) -> _Taken:
        """Decides on what the reader sees; refused when what came since `based_on` speaks of the same fields."""
        caller = self.caller
        if (answered := reader.receipt(caller.command_id)) is not None:
            return _Taken(_repeated(caller, answered, self.digest))
        decision = self.decided(reader)
        if based_on:
            _still_holds(reader, decision, based_on)
        parts = tuple(part for part in decision.parts if part.pending)
        outcome = Outcome(
            command_id=caller.command_id,
            plan=self.plan,
            versions={part.stream: (part.expected + 1, part.last) for part in parts},
            warnings=decision.warnings,
        )
        return _Taken(outcome, Append(caller.command_id, self.digest, caller.actor, parts, outcome.model_dump_json()))


def _still_holds(reader: Reader, decision: Decided, based_on: Mapping[str, int]) -> None:
    """Refuses a command that was decided again when what came between speaks of the same fields."""
    for part in decision.parts:
        before = based_on.get(part.stream)
        if before is None or before == part.expected:
            continue
        between = reader.records(part.stream, range(before + 1, part.expected + 1))
        said = {(fact.object, fact.field) for record in between for fact in facts_of(record.event)}
        ours = {(fact.object, fact.field) for pending in part.pending for fact in facts_of(pending.event)}
        if said & ours:
            what = ", ".join(sorted({f"{o} {f}" for o, f in said & ours})[:5])
            raise ConcurrentChange(f"un altro ha modificato nel frattempo {what}", accepted="rileggere e riprovare")


def _repeated(caller: Caller, answered: tuple[str, str], digest: str) -> Outcome:
    request, answer = answered
    if request != digest:
        raise CommandReused(
            f"il comando {caller.command_id} è già servito a una richiesta diversa",
            accepted="un identificativo nuovo per una richiesta nuova",
            where="Idempotency-Key",
        )
    return Outcome.model_validate_json(answer).model_copy(update={"repeated": True})


def _digest(request: Sequence[object]) -> str:
    def plain(value: object) -> JsonValue:
        if isinstance(value, BaseModel):
            return value.model_dump_json()
        return value if value is None or isinstance(value, str | bool | int) else str(value)

    return hashlib.sha256(json.dumps([plain(one) for one in request]).encode()).hexdigest()
