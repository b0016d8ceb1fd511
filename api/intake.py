"""Takes commands in: once each, all or nothing, decided again when a stream went on meanwhile."""

import hashlib
import json
from collections import deque
from collections.abc import Callable, Iterable, Sequence
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
from domain.recording import Pending, Recorded
from domain.timelines import Cell
from domain.vocabulary import Frozen, JsonValue
from projections.proof.keys import KeyUnusable
from projections.proof.log import Log
from projections.store.append import Append, StreamAppend
from projections.store.reader import Reader
from projections.store.store import Overtaken, Store, Writing
from projections.streams import plan_stream

ATTEMPTS = 40
LATELY = 1_000
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
        self._lately: deque[_Lately] = deque(maxlen=LATELY)
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
            meanwhile = (
                tuple(one for one in tuple(self._lately) if one.number > arrived) if self._count != arrived else ()
            )
            taken = command.decide(writing.reader, meanwhile)
            if taken.append is not None:
                writing.record(taken.append)
                self._recorded(taken.append)
            return taken

        return self.store.transact(work, command.plan or "")

    def _take_large(self, command: "_Command") -> "_Taken":
        with self.store.reading() as reader:
            taken = command.decide(reader)
        if taken.append is not None:
            try:
                self.store.append(taken.append)
            except ConcurrentChange:
                raise Overtaken from None
            self._recorded(taken.append)
        return taken

    def _recorded(self, append: Append) -> None:
        for part in append.streams:
            self._count += 1
            self._lately.append(_Lately(self._count, part.stream, _cells(part.pending)))

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


class _Lately(NamedTuple):
    """An append that was made a short while ago: which one, where, and the fields of which it spoke."""

    number: int
    stream: str
    cells: frozenset[Cell]


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

    def decide(self, reader: Reader, meanwhile: Sequence[_Lately] = ()) -> _Taken:
        """Decides on what the reader sees; refused when what came in between speaks of the same fields.

        In between is what was recorded `meanwhile`, since the command arrived, and since it was decided before.
        """
        caller = self.caller
        if (answered := reader.receipt(caller.command_id)) is not None:
            return _Taken(_repeated(caller, answered, self.digest))
        decision = self.decided(reader)
        for part in decision.parts:
            _still_holds(part, [one.cells for one in meanwhile if one.stream == part.stream])
            if (before := self.based_on.get(part.stream, part.expected)) != part.expected:
                between = reader.records(part.stream, range(before + 1, part.expected + 1))
                _still_holds(part, [_cells(between)])
        parts = tuple(part for part in decision.parts if part.pending)
        self.based_on = {part.stream: part.expected for part in parts} | self.based_on
        outcome = Outcome(
            command_id=caller.command_id,
            plan=self.plan,
            versions={part.stream: (part.expected + 1, part.last) for part in parts},
            warnings=decision.warnings,
        )
        return _Taken(outcome, Append(caller.command_id, self.digest, caller.actor, parts, outcome.model_dump_json()))


def _cells(events: Iterable[Pending | Recorded]) -> frozenset[Cell]:
    return frozenset((fact.object, fact.field) for one in events for fact in facts_of(one.event))


def _still_holds(part: StreamAppend, others: Sequence[frozenset[Cell]]) -> None:
    """Refuses a command when what came in between speaks of the same fields."""
    if not others:
        return
    ours = _cells(part.pending)
    if same := {cell for cells in others for cell in ours & cells}:
        what = ", ".join(sorted({f"{o} {f}" for o, f in same})[:5])
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
