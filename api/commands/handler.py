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

from domain.errors import (
    CommandReused,
    ConcurrentChange,
    DomainError,
)
from domain.facts import facts_of
from domain.notice import Notice
from domain.recording import Pending, Recorded
from domain.timelines import Cell
from domain.vocabulary import Frozen, JsonValue
from projections.proof.keys import KeyUnusable
from projections.proof.log import Log
from projections.store.append import Append, StreamAppend
from projections.store.disk_full import disk_full_as_refusal
from projections.store.reader import Reader
from projections.store.store import Store, WriteConflict, Writing
from projections.streams import plan_stream

ATTEMPTS = 40
REMEMBERED_APPENDS = 1_000
"""How many appends are remembered, to tell a command what went on between its arrival and its turn."""
Answer = TypeVar("Answer")


class Outcome(Frozen):
    """What a command did: the versions that it made of each stream, and the notices that came with it."""

    command_id: str
    plan: str | None = None
    versions: dict[str, tuple[int, int]] = {}
    warnings: tuple[Notice, ...] = ()
    repeated: bool = False

    @property
    def version(self) -> int | None:
        """The version of the plan after the command; None when it did not touch the plan's own stream."""
        mine = self.versions.get(plan_stream(self.plan or ""))
        return mine[1] if mine else None


class Decision(NamedTuple):
    """What a command came to: events for each stream, on the version that they were decided on."""

    parts: tuple[StreamAppend, ...]
    warnings: tuple[Notice, ...] = ()


class Caller(NamedTuple):
    """Who sends a command: an account or a role, the id of the command, the version seen of what is changed."""

    actor: str
    command_id: str = ""
    seen: int | None = None

    def identified(self) -> "Caller":
        """The same, with an id of its own when the client gave none."""
        return self if self.command_id else self._replace(command_id=str(uuid4()))


class CommandHandler:
    """The one way into the record."""

    def __init__(self, store: Store, log: Log | None = None) -> None:
        self.store = store
        self.log = log
        self._recent_appends: deque[_RecentAppend] = deque(maxlen=REMEMBERED_APPENDS)
        self._count = 0

    @property
    def transparency_log(self) -> Log:
        """The transparency log; KeyUnusable for a service that was made without one."""
        if self.log is None:
            raise KeyUnusable("questo servizio non ha una chiave di firma", accepted="INITINERE_KEYS")
        return self.log

    def handle(
        self,
        caller: Caller,
        plan: str | None,
        request: Sequence[object],
        decided: Callable[[Reader], Decision],
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
                result = self._handle_large(command) if large else self._handle(command, arrived)
            except WriteConflict:
                continue
            return (
                result.outcome
                if result.append is None
                else self._checkpoint_after(result.append.streams, result.outcome)
            )
        raise ConcurrentChange("il piano continua a essere modificato da altri", accepted="riprovare fra poco")

    def _handle(self, command: "_Command", arrived: int) -> "_Result":
        def work(writing: Writing) -> _Result:
            meanwhile = (
                tuple(one for one in tuple(self._recent_appends) if one.number > arrived)
                if self._count != arrived
                else ()
            )
            result = command.decide(writing.reader, meanwhile)
            if result.append is not None:
                writing.record(result.append)
                self._recorded(result.append)
            return result

        return self.store.transact(work, command.plan or "")

    def _handle_large(self, command: "_Command") -> "_Result":
        with self.store.reading() as reader:
            result = command.decide(reader)
        if result.append is not None:
            try:
                self.store.append(result.append)
            except ConcurrentChange:
                raise WriteConflict from None
            self._recorded(result.append)
        return result

    def _recorded(self, append: Append) -> None:
        for part in append.streams:
            self._count += 1
            self._recent_appends.append(_RecentAppend(self._count, part.stream, _cells(part.pending)))

    def _checkpoint_after(self, parts: Sequence[StreamAppend], outcome: Outcome) -> Outcome:
        """Makes the checkpoint that an append calls for. What is recorded stays so where none can be made: it is said."""
        try:
            with disk_full_as_refusal():
                if self.log is not None:
                    self.log.after(parts)
        except DomainError as error:
            words = f"registrato, ma il checkpoint non si è potuto fare: {error}"
            oddity = Notice(where="checkpoint", name="checkpoint_missing", words=words)
            return outcome.model_copy(update={"warnings": (*outcome.warnings, oddity)})
        return outcome

    def previewing(
        self, caller: Caller, decided: Callable[[Reader], Decision], question: Callable[[Reader], Answer]
    ) -> Answer:
        """What a question would answer after a decision; nothing is changed."""
        caller = Caller(caller.actor, str(uuid4()), caller.seen)
        with self.store.reading() as reader:
            decision = decided(reader)
        parts = tuple(part for part in decision.parts if part.pending)
        return self.store.preview(Append(caller.command_id, "", caller.actor, parts), question)


class _RecentAppend(NamedTuple):
    """An append that was made a short while ago: which one, where, and the fields of which it spoke."""

    number: int
    stream: str
    cells: frozenset[Cell]


class _Result(NamedTuple):
    """What became of a command: the answer, and what is to be recorded for it; None when it was taken before."""

    outcome: Outcome
    append: Append | None = None


class _Command:
    """A command on its way into the record."""

    def __init__(self, caller: Caller, plan: str | None, digest: str, decided: Callable[[Reader], Decision]) -> None:
        self.caller = caller
        self.plan = plan
        self.digest = digest
        self.decided = decided
        self.based_on: dict[str, int] = {}

    def decide(self, reader: Reader, meanwhile: Sequence[_RecentAppend] = ()) -> _Result:
        """Decides on what the reader sees; refused when what came in between speaks of the same fields.

        In between is what was recorded `meanwhile`, since the command arrived, and since it was decided before.
        """
        caller = self.caller
        if (answered := reader.receipt(caller.command_id)) is not None:
            return _Result(_repeated(caller, answered, self.digest))
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
        return _Result(outcome, Append(caller.command_id, self.digest, caller.actor, parts, outcome.model_dump_json()))


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
