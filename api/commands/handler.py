"""The command handler: each command once, all or nothing, under optimistic concurrency.

An idempotency key (the command id) gives a repeated command its first answer. No lock is held while a command waits: it
is decided on the versions that it reads, and decided again when another writer was first; it is refused only when what
came in between speaks of the same fields. A dry run decides, answers a question, and records nothing.
"""

import hashlib
import json
from collections import deque
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from random import uniform
from time import monotonic, sleep
from types import MappingProxyType
from typing import NamedTuple, TypeAlias, TypeVar
from uuid import uuid4

from eventsourcing.persistence import PersistenceError
from pydantic import BaseModel, Field

from domain.access.events import ACCOUNT_PREFIX, PersonErased
from domain.access.principal import MACHINE, Forbidden, Principal
from domain.administrations.people_named import PersonNamed, person_in_role
from domain.administrations.texts_told import json_told, texts_told
from domain.errors import (
    CommandReused,
    ConcurrentChange,
    DomainError,
    Malformed,
    OutcomeUnknown,
    Problem,
)
from domain.facts import PLAN
from domain.notice import Notice
from domain.plans.events import PlanDrafted
from domain.proposals.events import ProposedText
from domain.recording import Pending, Recorded
from domain.redactions.events import TextRedacted
from domain.timelines import Cell
from domain.vocabulary import Frozen, JsonValue
from projections.ground import ask_ground
from projections.proof.keys import KeyUnusable
from projections.proof.log import Log
from projections.proof.receipts import verify_repeated
from projections.store.append import Append, Prepared, StreamAppend
from projections.store.cursor import Cursor
from projections.store.disk_full import disk_full_as_refusal
from projections.store.failures import is_lost
from projections.store.preview_reader import PreviewReader
from projections.store.reader import Reader
from projections.store.request_digest import is_blinded, is_of, salted
from projections.store.store import Store, WriteConflict, Writing
from projections.streams import ADMINISTRATIONS, OF_A_PLAN, plan_stream

ATTEMPTS = 40
LONGEST_COMMAND_ID = 120
"""How many characters the id of a command has at most."""
LOST_SECONDS = 3.0
"""How long a command is tried again whose connection was lost while it was under way."""
LOST_PAUSE = 0.2
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
    secret: str = Field("", exclude=True)
    """What is shown once, to whoever sent the command, and kept nowhere."""
    proposal: str | None = Field(None, exclude_if=lambda proposal: proposal is None)
    """The proposal that it was about; a receipt without one is as it always was."""

    @property
    def version(self) -> int | None:
        """The version of the plan after the command; None when it did not touch the plan's own stream."""
        span = self.versions.get(plan_stream(self.plan or ""))
        return span[1] if span else None


class Decision(NamedTuple):
    """What a command came to: events for each stream, on the version that they were decided on.

    `beside` writes, in the same transaction, what is kept beside the record.
    """

    parts: tuple[StreamAppend, ...]
    warnings: tuple[Notice, ...] = ()
    beside: Callable[[Cursor], None] | None = None
    proposal: str | None = None

    @property
    def told(self) -> tuple[Notice, ...]:
        """What to tell of it, each once: the warnings that come with it, and what its free texts seem to say."""
        return tuple(dict.fromkeys((*self.warnings, *_texts_told(self.parts))))


class Caller(NamedTuple):
    """Who sends a command: an account or a role, its idempotency key, and the version seen of what is changed (If-Match).

    `principal` is who that is and what it may do; who calls within the process, or on its command line, may do everything.
    """

    actor: str
    command_id: str = ""
    seen: int | None = None
    principal: Principal = MACHINE

    @classmethod
    def of(cls, principal: Principal, command_id: str = "", seen: int | None = None) -> "Caller":
        """The caller that a principal is."""
        return cls(principal.actor, command_id, seen, principal)

    def identified(self) -> "Caller":
        """The same, with an id of its own when the client gave none."""
        return self if self.command_id else self._replace(command_id=str(uuid4()))

    @property
    def recorded_id(self) -> str:
        """Under which the record keeps a command: an account's keys are its own, and meet nobody else's."""
        if not self.principal.is_account:
            return self.command_id
        own = f"{self.actor}:{self.command_id}"
        if len(own) <= LONGEST_COMMAND_ID:
            return own
        return f"{self.actor}:{hashlib.sha256(self.command_id.encode()).hexdigest()}"

    def receipt(self, reader: Reader) -> "Receipt | None":
        """The receipt of the command that this caller's key had; None where it had none.

        Before keys were kept apart one lay under the bare key: it is this account's where its events say that it wrote them.
        """
        if not self.command_id:
            return None
        kept = reader.receipt(self.recorded_id)
        if kept is not None or self.recorded_id == self.command_id:
            return None if kept is None else Receipt(self.recorded_id, *kept)
        bare = reader.receipt(self.command_id)
        return Receipt(self.command_id, *bare) if bare is not None and _is_by(reader, self.actor, bare[1]) else None


class Receipt(NamedTuple):
    """What a command was answered: the id under which it lies, the digest of the request, the answer."""

    command_id: str
    request: str
    answer: str


def _is_by(reader: Reader, actor: str, answer: str) -> bool:
    """Whether what a receipt says that a command recorded was recorded by an actor; of nothing recorded nobody can tell."""
    spans = Outcome.model_validate_json(answer).versions if answer else {}
    return any(
        record.actor == actor for stream, (first, _) in spans.items() for record in reader.records(stream, [first])
    )


def require_role(actor: str, where: str, *, confirmed: Container[str] = (), confirm: str) -> None:
    """Malformed for an account that is stated where nobody has signed in: an event would say that its person did it.

    PersonNamed for what looks like a person, which no erasure would reach in an event; unless it is among the roles that
    were `confirmed`, which is done as `confirm` says.
    """
    if actor.startswith(ACCOUNT_PREFIX):
        found = "un'utenza non si dice: si entra"
        raise Malformed([Problem(where=where, found=found, accepted="un ruolo, per esempio ufficio-performance")])
    if actor not in confirmed and person_in_role(actor):
        raise PersonNamed(
            f"{actor!r} sembra il nome di una persona: chi registra è un ruolo, che resta negli eventi per sempre",
            accepted=f"un ruolo, per esempio ufficio-performance; se è proprio un ruolo, {confirm}",
            where=where,
        )


class CommandHandler:
    """The command handler: the one way into the record."""

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
        decide: Callable[[Reader], Decision],
        *,
        large: bool = False,
    ) -> Outcome:
        """Records what a command comes to, once; decided again when a stream went on meanwhile and the decision holds.

        It is decided in the transaction that records it. A `large` one, which takes long to decide, is decided on a
        snapshot before, so that others write meanwhile.
        """
        digest = _digest([caller.actor, *request])
        command = _Command(caller.identified(), plan, digest, decide, named_objects(request))
        arrived = self._count
        lost = _Lost(command)
        for attempt in range(ATTEMPTS):
            if attempt:
                # Writers that met once would meet again: each waits a little, by chance, and longer each time.
                sleep(uniform(0, 0.002 * attempt))  # noqa: S311 - no secret hangs on it
            try:
                result = self._handle_large(command) if large else self._handle(command, arrived)
            except WriteConflict:
                continue
            except PersistenceError as error:
                lost.require_again(error)
                arrived = self._count  # what itself did not record is nobody else's change
                continue
            outcome, append = result.outcome, result.append
            if outcome.command_id != command.caller.command_id:
                # Whoever sent the key is answered with it, under whichever id it is kept.
                outcome = outcome.model_copy(update={"command_id": command.caller.command_id})
            if append is None:
                try:
                    self.store.outlast()
                except PersistenceError as error:
                    lost.require_again(error, repeated=True)
                    continue
                if command.sent is None:
                    return outcome
                append, outcome = command.sent, outcome.model_copy(update={"repeated": False})
            return self._erased_or_not(append.streams, self._checkpoint_after(append.streams, outcome))
        raise ConcurrentChange("il piano continua a essere modificato da altri", accepted="riprovare fra poco")

    def _handle(self, command: "_Command", arrived: int) -> "_Result":
        command.is_under_way, command.sending = False, None

        def work(writing: Writing) -> _Result:
            command.is_under_way = True
            reader = writing.reader
            result = command.decide(reader, self._spoken_since(arrived))
            if result.append is not None:
                command.sending = result.append
                recorded = writing.record(result.append)
                if result.beside is not None:
                    result.beside(writing.reader.cursor)
                noted.extend(self._recorded(recorded))
            return result

        noted: list[_RecentAppend] = []
        foresee = partial(self._foresee, command, command.plan) if command.plan is not None else None
        try:
            return self.store.transact(work, command.plan or "", foresee)
        except BaseException:
            for append in noted:  # what came to nothing is nobody's change
                with suppress(ValueError):  # forgotten already, for so many came after it
                    self._recent_appends.remove(append)
            raise

    def _spoken_since(self, arrived: int) -> "SpokenFields":
        """Of which fields was spoken since a command arrived."""
        spoken: dict[str, list[frozenset[Cell]]] = {}
        for append in reversed(tuple(self._recent_appends)):  # a copy: others may add to them meanwhile
            if append.number <= arrived:
                break
            spoken.setdefault(append.stream, []).append(append.cells)
        return spoken

    def _foresee(self, command: "_Command", plan: str, reader: Reader) -> None:
        """Asks ahead what a command about a plan asks."""
        command.is_under_way = True
        caller = command.caller
        ids = {caller.recorded_id, caller.command_id}
        ask_ground(reader, plan, command.named, ids)

    def _handle_large(self, command: "_Command") -> "_Result":
        command.is_under_way, command.sending = False, None
        with self.store.reading() as reader:
            result = command.decide(reader)
        if result.append is not None:
            command.is_under_way, command.sending = True, result.append
            try:
                recorded = self.store.append(result.append)
            except ConcurrentChange:
                raise WriteConflict from None
            self._recorded(recorded)
        return result

    def _recorded(self, prepared: Prepared) -> "list[_RecentAppend]":
        """Notes an append, before others may see it: whoever comes after it in this process is told what it spoke of."""
        noted: list[_RecentAppend] = []
        for part in prepared.append.streams:
            self._count += 1
            noted.append(_RecentAppend(self._count, part.stream, prepared.cells(part.stream)))
        self._recent_appends.extend(noted)
        return noted

    def _checkpoint_after(self, parts: Sequence[StreamAppend], outcome: Outcome) -> Outcome:
        """Makes the checkpoint that an append calls for. What is recorded stays so where none can be made: it is said."""
        try:
            with disk_full_as_refusal():
                if self.log is not None:
                    self.log.after(parts)
        except DomainError as error:
            words = f"registrato, ma il checkpoint non si è potuto fare: {error}"
            notice = Notice(where="checkpoint", name="checkpoint_missing", words=words)
            return outcome.model_copy(update={"warnings": (*outcome.warnings, notice)})
        return outcome

    def _erased_or_not(self, parts: Sequence[StreamAppend], outcome: Outcome) -> Outcome:
        """Says where words that were redacted, or a person who was erased, may still lie in the files for a while."""
        redacts = any(isinstance(p.event, TextRedacted | PersonErased) for part in parts for p in part.pending)
        if not redacts or not self.store.has_to_erase():
            return outcome
        words = (
            "le parole non si leggono più, ma possono giacere ancora nei file dell'archivio: sono tolte da lì appena "
            "nessuno vi sta leggendo, al prossimo comando (su un server, se il ruolo non può, da initinere migrate)"
        )
        notice = Notice(where="redaction", name="redaction_incomplete", words=words)
        return outcome.model_copy(update={"warnings": (*outcome.warnings, notice)})

    def dry_run(
        self, caller: Caller, decide: Callable[[Reader], Decision], question: Callable[[PreviewReader], Answer]
    ) -> Answer:
        """What a question would answer after a command that is decided and not recorded; its id stays free."""
        return self.store.preview(lambda reader: _never_recorded(reader, caller, decide(reader)), question)

    def dry_run_on(
        self, reader: Reader, caller: Caller, decision: Decision, question: Callable[[PreviewReader], Answer]
    ) -> Answer:
        """The same, of what was decided on the snapshot of a reader."""
        return self.store.preview_on(reader, _never_recorded(reader, caller, decision), question)


def _never_recorded(reader: Reader, caller: Caller, decision: Decision) -> Append:
    """The append of a dry run; whoever could not record it sees nothing of what it would do."""
    parts = tuple(part for part in decision.parts if part.pending)
    require_own_streams(reader, caller.principal, parts)
    return Append(str(uuid4()), "", caller.actor, parts)


class _RecentAppend(NamedTuple):
    """An append that was made a short while ago: which one, where, and the fields of which it spoke."""

    number: int
    stream: str
    cells: frozenset[Cell]


SpokenFields: TypeAlias = Mapping[str, Sequence[frozenset[Cell]]]
"""The fields of which appends spoke, by stream: those of each append together."""


class _Result(NamedTuple):
    """What became of a command: the answer, and what is to be recorded for it; None when it was taken before."""

    outcome: Outcome
    append: Append | None = None
    beside: Callable[[Cursor], None] | None = None


class _Command:
    """A command on its way into the record."""

    def __init__(
        self,
        caller: Caller,
        plan: str | None,
        digest: str,
        decide: Callable[[Reader], Decision],
        named: frozenset[str],
    ) -> None:
        self.caller = caller
        self.plan = plan
        self.digest = digest
        self.named = named
        self._decide = decide
        self.based_on: dict[str, int] = {}
        self.is_under_way = False
        self.sending: Append | None = None
        self.sent: Append | None = None
        """What may be recorded already: its connection was lost before anybody said that it is."""

    def decide(self, reader: Reader, meanwhile: "SpokenFields" = MappingProxyType({})) -> _Result:
        """Decides on what the reader sees; refused when what came in between speaks of the same fields.

        In between is what was spoken of `meanwhile`, since the command arrived, and recorded since it was decided before.
        """
        caller = self.caller
        receipt = caller.receipt(reader)
        repeated = None if receipt is None else _repeated(reader, caller, receipt, self.digest)
        if repeated is not None and repeated.versions:
            return _Result(repeated)
        decision = self._decide(reader)
        for part in decision.parts:
            _still_holds(part, meanwhile.get(part.stream, ()))
            if (before := self.based_on.get(part.stream, part.expected)) != part.expected:
                between = reader.records(part.stream, range(before + 1, part.expected + 1))
                _still_holds(part, [_cells(between)])
        parts = tuple(part for part in decision.parts if part.pending)
        require_own_streams(reader, caller.principal, parts)
        if repeated is not None:
            # No event proves a receipt of nothing: it is answered where there is still nothing to record, and no further.
            if parts:
                raise _reused(caller)
            return _Result(repeated)
        self.based_on = {part.stream: part.expected for part in parts} | self.based_on
        outcome = Outcome(
            command_id=caller.recorded_id,
            plan=self.plan,
            versions={part.stream: (part.expected + 1, part.last) for part in parts},
            warnings=decision.told,
            proposal=decision.proposal,
        )
        answer = outcome.model_dump_json()
        append = Append(caller.recorded_id, salted(self.digest), caller.actor, parts, answer)
        return _Result(outcome, append, decision.beside)


def _texts_told(parts: Sequence[StreamAppend]) -> Iterator[Notice]:
    """What to tell of the free texts that are recorded: in the bodies of events, and in what is proposed, which lies beside."""
    pending = [each for part in parts for each in part.pending]
    yield from texts_told(each.event for each in pending)
    for each in pending:
        if isinstance(each.event, ProposedText) and each.note is not None:
            yield from json_told(json.loads(each.note.text))


class _Lost:
    """A command whose connection was lost on the way: tried again for a moment, for by its id it is recorded once."""

    def __init__(self, command: "_Command") -> None:
        self._command = command
        self._until = 0.0

    def require_again(self, error: PersistenceError, *, repeated: bool = False) -> None:
        """Waits a little; raises the error where nothing was under way, OutcomeUnknown where that was no use."""
        command = self._command
        if is_lost(error) and command.is_under_way and command.sending is not None:
            command.sent = command.sending
        if not repeated and command.sent is None and not (is_lost(error) and command.is_under_way):
            raise error
        now = monotonic()
        self._until = self._until or now + LOST_SECONDS
        if now < self._until:
            sleep(LOST_PAUSE)
        elif command.sent is None and not repeated:
            raise error
        else:
            id_ = command.caller.command_id
            raise OutcomeUnknown(
                f"la connessione all'archivio è caduta mentre il comando {id_} si registrava: non si sa se lo è",
                accepted=f"la stessa richiesta con l'identificativo {id_}: è registrata una volta sola",
                where="Idempotency-Key",
            ) from error


def require_own_streams(reader: Reader, principal: Principal, parts: Sequence[StreamAppend]) -> None:
    """Forbidden where an append would write to the streams of an administration in which an account has no role.

    The row of the operation has asked for its permission already; here nothing is written to a stranger's record even
    where that was asked of another administration.
    """
    if not principal.is_account:
        return
    opened = {
        plan_stream(event.plan): event.administration
        for part in parts
        for event in (pending.event for pending in part.pending)
        if isinstance(event, PlanDrafted)
    }
    for part in parts:
        kind, _, name = part.stream.partition("/")
        if part.stream.startswith(ADMINISTRATIONS):
            administration = name
        elif f"{kind}/" in OF_A_PLAN:
            # Whose a plan is, the record says; of one that this very append opens, its first event.
            recorded = reader.only_value(plan_stream(name), PLAN, "administration")
            administration = str(recorded or opened.get(plan_stream(name), ""))
        else:
            continue
        if not any(g.administration == administration and g.role != "reader" for g in principal.grants):
            where = f"in {administration}" if administration else f"nell'amministrazione del piano {name}"
            raise Forbidden(f"chi chiede non ha alcun ruolo {where}", accepted="un ruolo che vi scrive")


def _cells(events: Iterable[Pending | Recorded]) -> frozenset[Cell]:
    return frozenset((fact.object, fact.field) for event in events for fact in event.event.facts())


def _still_holds(part: StreamAppend, written_since: Sequence[frozenset[Cell]]) -> None:
    """Optimistic concurrency: refuses a command when what came in between speaks of the same fields."""
    if not written_since:
        return
    written_now = _cells(part.pending)
    speaking = [cells for cells in written_since if not written_now.isdisjoint(cells)]
    if conflicts := {cell for cells in speaking for cell in written_now & cells}:
        fields = ", ".join(sorted({f"{object_} {field}" for object_, field in conflicts})[:5])
        raise ConcurrentChange(f"un altro ha modificato nel frattempo {fields}", accepted="rileggere e riprovare")


def _repeated(reader: Reader, caller: Caller, receipt: Receipt, digest: str) -> Outcome:
    """The answer that the idempotency key had the first time; CommandReused when it came with another request.

    ReceiptAltered when the events do not say what the receipt says. Where words of the request were redacted nobody can
    tell whether it is the same: the answer is the first one, and says so.
    """
    command_id, request, answer = receipt
    verify_repeated(reader, command_id, (request, answer))
    outcome = Outcome.model_validate_json(answer).model_copy(update={"repeated": True})
    if is_blinded(request):
        words = (
            "parole della richiesta registrata sono state oscurate per ordine: non si è potuta confrontare con questa, "
            "di cui nulla è stato registrato"
        )
        notice = Notice(where="Idempotency-Key", name="request_redacted", words=words)
        return outcome.model_copy(update={"warnings": (*outcome.warnings, notice)})
    if not is_of(request, digest):
        raise _reused(caller)
    return outcome


def _reused(caller: Caller) -> CommandReused:
    return CommandReused(
        f"il comando {caller.command_id} è già servito a una richiesta diversa",
        accepted="un identificativo nuovo per una richiesta nuova",
        where="Idempotency-Key",
    )


def named_objects(request: Iterable[object]) -> frozenset[str]:
    """The objects that a request names, as far as it names them in itself or in one of its changes."""
    parts = [vars(part) for part in request if isinstance(part, BaseModel)]
    parts += [vars(change) for said in parts for change in said.get("changes", ())]
    names = (said.get(field) for said in parts for field in ("object", "indicator", "objective"))
    return frozenset(name for name in names if isinstance(name, str))


def _digest(request: Sequence[object]) -> str:
    def plain(value: object) -> JsonValue:
        if isinstance(value, BaseModel):
            return value.model_dump_json()
        return value if value is None or isinstance(value, str | bool | int) else str(value)

    return hashlib.sha256(json.dumps([plain(part) for part in request]).encode()).hexdigest()
