"""Takes commands in: reads what they need, lets the domain decide, records the events, or previews them.

A command carries an id: the same id with the same request gives the same answer and no further event. A stream that
went on meanwhile is no error by itself: the command is decided again, and refused only when what it concerns changed.
"""

import hashlib
import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import NamedTuple, TypeVar
from uuid import uuid4

from pydantic import BaseModel

from api.checking import Checked, check_measurement
from domain.acts.model import Act
from domain.acts.phrase import act_id, read_act
from domain.administrations.decide import (
    RegisterOffice,
    register_act,
    register_administration,
    register_office,
    spelling,
)
from domain.annulments.decide import AnnulEvents, annul
from domain.changes.commands import AnyChange
from domain.changes.decide import Ground, decide
from domain.command import Motive
from domain.documents.changes import ChangeFile
from domain.documents.load import Warning as Oddity
from domain.documents.load import load
from domain.documents.plan import ActPart, ActText, MeasurementRow, PlanDocument, StatusRow
from domain.errors import (
    AlreadyThere,
    CommandReused,
    ConcurrentChange,
    DomainError,
    Malformed,
    MotivationMissing,
    NoChange,
    NotFound,
    Problem,
    VersionOutdated,
)
from domain.event import Event
from domain.facts import PLAN, facts_of
from domain.measurements.commands import RecordMeasurement, ReportStatus, RestateMeasurement
from domain.measurements.decide import record_measurement, report_status, restate_measurement
from domain.measurements.values import UnreadValue
from domain.plans.commands import ApprovePlan, ApproveYear
from domain.plans.state import PlanState
from domain.recording import Pending, Recorded, SaltedText
from domain.timelines import Timelines
from domain.vocabulary import Frozen, JsonValue
from projections.history import object_key
from projections.proof.log import Log
from projections.store.append import Append, StreamAppend
from projections.store.point import today
from projections.store.reader import Reader
from projections.store.store import Store
from projections.streams import PlanKnown, administration_stream, find_plan, plan_stream

ATTEMPTS = 8
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


class Service:
    """Every command of the product. Questions are asked of the projections directly."""

    def __init__(self, store: Store, log: Log | None = None) -> None:
        self.store = store
        self.log = log

    # -- commands --------------------------------------------------------------------------------------------------

    def load_plan(self, document: PlanDocument, caller: Caller, *, effective_on: date | None = None) -> Outcome:
        """Opens the plan of a document and, when it brings its act, approves it; all or nothing."""
        return self._take(
            caller, document.plan.id, [document, effective_on], lambda r: self._load(r, document, effective_on)
        )

    def change(self, changes: ChangeFile, caller: Caller) -> Outcome:
        """Makes the changes of a file, together or not at all."""
        return self._take(caller, changes.plan, [changes], lambda r: self._change(r, changes, caller))

    def changing(self, reader: Reader, changes: ChangeFile, caller: Caller) -> Decided:
        """What the changes of a file come to; nothing is recorded."""
        return self._change(reader, changes, caller)

    def loading(self, reader: Reader, document: PlanDocument, effective_on: date | None = None) -> Decided:
        """What loading a document comes to; nothing is recorded."""
        return self._load(reader, document, effective_on)

    def previewing(
        self, caller: Caller, decided: Callable[[Reader], Decided], question: Callable[[Reader], Answer]
    ) -> Answer:
        """What a question would answer after a decision that is made elsewhere; nothing is changed."""
        return self._preview(caller, decided, question)

    def preview_change(self, changes: ChangeFile, caller: Caller, question: Callable[[Reader], Answer]) -> Answer:
        """What a question would answer after the changes; nothing is changed."""
        return self._preview(caller, lambda r: self._change(r, changes, caller), question)

    def preview_load(
        self,
        document: PlanDocument,
        caller: Caller,
        question: Callable[[Reader], Answer],
        *,
        effective_on: date | None = None,
    ) -> Answer:
        """What a question would answer after the document was loaded; nothing is changed."""
        return self._preview(caller, lambda r: self._load(r, document, effective_on), question)

    def annul(
        self, plan: str, command: AnnulEvents, act: ActText | None, caller: Caller, *, measurements: bool = False
    ) -> Outcome:
        """Leaves out events of the plan, or of the measurements of its administration."""
        if not command.justification:
            raise MotivationMissing(
                "un annullamento vuole la sua motivazione", accepted="justification", where="justification"
            )
        request: list[object] = [plan, command, act, measurements]
        return self._take(
            caller, plan, request, lambda r: self._annul(r, plan, command, act, measurements=measurements)
        )

    def measure(self, plan: str, command: RecordMeasurement, caller: Caller) -> Outcome:
        """Records what was observed of a series."""
        return self._take(caller, plan, [plan, "measure", command], lambda r: self._observed(r, plan, command))

    def restate(self, plan: str, command: RestateMeasurement, caller: Caller) -> Outcome:
        """Puts a recorded figure right."""
        return self._take(caller, plan, [plan, "restate", command], lambda r: self._observed(r, plan, command))

    def report_status(self, plan: str, command: ReportStatus, caller: Caller) -> Outcome:
        """Records how an objective or an indicator stands."""

        def decided(reader: Reader) -> Decided:
            found = find_plan(reader, plan)
            timelines = reader.timelines(found.stream)
            event = report_status(PlanState(timelines, command.reported_on), command)
            note = _salted()(command.note) if command.note else None
            pending = Pending(event, command.reported_on, retrospective=command.retrospective, note=note)
            return Decided((StreamAppend(found.stream, found.known.version, (pending,)),))

        return self._take(caller, plan, [plan, command], decided)

    def register_act(self, administration: str, act: ActText, caller: Caller) -> Outcome:
        """Enters an act of an administration."""

        def decided(reader: Reader) -> Decided:
            owner, timelines = _administration(reader, administration)
            made = act_of(act)
            events = register_act(timelines, made)
            if not events:
                raise NoChange(f"l'atto {made.id} è già registrato")
            pending = tuple(Pending(event, made.date) for event in events)
            return Decided((StreamAppend(owner, timelines.version, pending),))

        return self._take(caller, None, [administration, act], decided)

    def register_office(self, administration: str, command: RegisterOffice, caller: Caller) -> Outcome:
        """Enters an office, or gives one another name or further aliases."""

        def decided(reader: Reader) -> Decided:
            owner, timelines = _administration(reader, administration)
            on = command.valid_from or today(self.store.clock())
            pending = tuple(Pending(event, on) for event in register_office(timelines, command, on))
            return Decided((StreamAppend(owner, timelines.version, pending),))

        return self._take(caller, None, [administration, command], decided)

    # -- deciding --------------------------------------------------------------------------------------------------

    def _load(self, reader: Reader, document: PlanDocument, effective_on: date | None) -> Decided:
        plan = document.plan.id
        if reader.head(plan_stream(plan)).version:
            raise AlreadyThere(f"il piano {plan} c'è già", accepted="change, con un file di modifiche", where="plan.id")
        act = act_of(document.act) if document.act else None
        approved_on = effective_on or (act.date if act else None)
        drafted_on = approved_on if act and approved_on else document.plan.drafted_on or today(self.store.clock())
        loaded = load(document, drafted_on, approve=act is not None)
        owner = administration_stream(document.administration.id)
        registry = _Registry(reader.timelines(owner))
        registry.administration(document, drafted_on)
        for part in (*document.acts, *([document.act] if document.act else ())):
            registry.act(act_of(part))
        salted = _salted()
        for place, row in enumerate(document.measurements):
            registry.measurement(row, f"measurements[{place}]", salted, retrospective=document.retrospective)
        cite = act.id if act else None
        mine = [Pending(event, drafted_on, act=cite, retrospective=document.retrospective) for event in loaded.events]
        timelines = Timelines()
        for event in loaded.events:
            timelines.evolve(event, drafted_on)
        mine += _statuses(timelines, document.statuses, salted, retrospective=document.retrospective)
        parts = (
            StreamAppend(owner, registry.expected, tuple(registry.pending)),
            StreamAppend(plan_stream(plan), 0, tuple(mine)),
        )
        return Decided(parts, (*loaded.warnings, *registry.warnings))

    def _change(self, reader: Reader, changes: ChangeFile, caller: Caller) -> Decided:
        found = find_plan(reader, changes.plan)
        timelines = reader.timelines(found.stream)
        if caller.seen is not None:
            _unchanged_since(timelines, changes.changes, caller.seen)
        act = act_of(changes.act) if changes.act else None
        effective_on = changes.effective_on or (act.date if act else today(self.store.clock()))
        salted = _salted()
        ground = Ground(
            plan=changes.plan,
            motive=Motive(
                effective_on=effective_on,
                act=act.id if act else None,
                cause=changes.cause,
                retrospective=changes.retrospective,
                justification=salted(changes.justification) if changes.justification else None,
            ),
            salted=salted,
            recorded=lambda versions: _counting(reader, found.stream, versions),
        )
        wanted: list[AnyChange] = list(changes.changes)
        if changes.approves_year is not None and not any(isinstance(c, ApprovePlan | ApproveYear) for c in wanted):
            wanted.append(ApproveYear(verb="approve_year", year=changes.approves_year))
        pending = decide(timelines, wanted, ground)
        registry = _Registry(reader.timelines(found.administration_stream))
        if act is not None:
            registry.act(act)
        for one in pending:
            registry.office_names(_offices_in(one), one.effective_on)
        day = today(self.store.clock())
        for place, row in enumerate(changes.measurements):
            registry.measurement(
                row,
                f"measurements[{place}]",
                salted,
                retrospective=changes.retrospective,
                check=lambda command: check_measurement(reader, found, command, day),
                restated_on=changes.effective_on or (act.date if act else day),
            )
        pending += _statuses(timelines, changes.statuses, salted, retrospective=changes.retrospective)
        parts = (
            StreamAppend(found.administration_stream, registry.expected, tuple(registry.pending)),
            StreamAppend(found.stream, found.known.version, tuple(pending)),
        )
        if not any(part.pending for part in parts):
            raise NoChange("il file non contiene modifiche", accepted="almeno una modifica, misurazione o stato")
        return Decided(parts, tuple(registry.warnings))

    def _annul(
        self, reader: Reader, plan: str, command: AnnulEvents, act: ActText | None, *, measurements: bool
    ) -> Decided:
        found = find_plan(reader, plan)
        stream = found.administration_stream if measurements else found.stream
        head = reader.head(stream).version
        made = act_of(act) if act else None
        event = annul(
            reader.timelines(stream), reader.annulments(stream), command, head=head, act_given=made is not None
        )
        named = reader.records(stream, event.versions)
        # It takes effect where what it leaves out began; it is known only from now on.
        day = made.date if made else min(record.effective_on for record in named)
        justification = _salted()(command.justification or "")
        pending = Pending(event, day, act=made.id if made else None, claim="correction", justification=justification)
        registry = _Registry(reader.timelines(found.administration_stream))
        if made is not None:
            registry.act(made)
        if measurements:
            mine = StreamAppend(stream, head, (*registry.pending, pending))
            return Decided((mine,))
        parts = StreamAppend(found.administration_stream, registry.expected, tuple(registry.pending))
        return Decided((parts, StreamAppend(stream, head, (pending,))))

    def _observed(self, reader: Reader, plan: str, command: RecordMeasurement | RestateMeasurement) -> Decided:
        found = find_plan(reader, plan)
        timelines = reader.timelines(found.administration_stream)
        checked = check_measurement(reader, found, command, today(self.store.clock()))
        event: Event
        if isinstance(checked.command, RestateMeasurement):
            event, day = restate_measurement(timelines, checked.command), checked.command.effective_on
        else:
            event, day = record_measurement(timelines, checked.command), command.data_as_at
        note = _salted()(command.note) if command.note else None
        pending = Pending(event, day, retrospective=command.retrospective, note=note)
        warnings = [Oddity(where="", name=name, words=words) for name, words in checked.warnings]
        if differs := _stated_differs(getattr(event, "observed", None)):
            warnings.append(Oddity(where="", name="ratio_differs", words=differs))
        mine = StreamAppend(found.administration_stream, timelines.version, (pending,))
        return Decided((mine,), tuple(warnings))

    # -- taking in -------------------------------------------------------------------------------------------------

    def take(
        self, caller: Caller, plan: str | None, request: Sequence[object], decided: Callable[[Reader], Decided]
    ) -> Outcome:
        """Takes a command whose decision is made elsewhere: monitoring rounds, forced scores, confirmed formulas."""
        return self._take(caller, plan, request, decided)

    def _take(
        self, caller: Caller, plan: str | None, request: Sequence[object], decided: Callable[[Reader], Decided]
    ) -> Outcome:
        caller = caller.identified()
        digest = _digest([caller.actor, *request])
        based_on: Mapping[str, int] = {}
        for _ in range(ATTEMPTS):
            with self.store.reading() as reader:
                if (answered := reader.receipt(caller.command_id)) is not None:
                    return _repeated(caller, answered, digest)
                decision = decided(reader)
                if based_on:
                    _still_holds(reader, decision, based_on)
            parts = tuple(part for part in decision.parts if part.pending)
            based_on = {part.stream: part.expected for part in parts}
            outcome = Outcome(
                command_id=caller.command_id,
                plan=plan,
                versions={part.stream: (part.expected + 1, part.last) for part in parts},
                warnings=decision.warnings,
            )
            try:
                self.store.append(Append(caller.command_id, digest, caller.actor, parts, outcome.model_dump_json()))
            except ConcurrentChange:
                continue
            return self._witnessed(parts, outcome)
        raise ConcurrentChange("il piano continua a essere modificato da altri", accepted="riprovare fra poco")

    def _witnessed(self, parts: Sequence[StreamAppend], outcome: Outcome) -> Outcome:
        """Makes the checkpoint that an append calls for. What is recorded stays so where none can be made: it is said."""
        try:
            if self.log is not None:
                self.log.after(parts)
        except DomainError as error:
            words = f"registrato, ma il checkpoint non si è potuto fare: {error}"
            oddity = Oddity(where="checkpoint", name="checkpoint_missing", words=words)
            return outcome.model_copy(update={"warnings": (*outcome.warnings, oddity)})
        return outcome

    def _preview(
        self, caller: Caller, decided: Callable[[Reader], Decided], question: Callable[[Reader], Answer]
    ) -> Answer:
        caller = Caller(caller.actor, str(uuid4()), caller.seen)
        with self.store.reading() as reader:
            decision = decided(reader)
        parts = tuple(part for part in decision.parts if part.pending)
        return self.store.preview(Append(caller.command_id, "", caller.actor, parts), question)


def act_of(text: ActText | Act) -> Act:
    """The act that a document says in full, or cites in a phrase; Malformed when the phrase cannot be read."""
    if isinstance(text, Act):
        return text
    if isinstance(text, str):
        return read_act(text)
    part: ActPart = text
    made = part.id or act_id(part.body, part.type, part.number, part.date.isoformat())
    return Act.model_validate(part.model_dump() | {"id": made})


def series_of(reader: Reader, plan: str, name: str) -> tuple[str, str]:
    """The id of an indicator and of its series, by id, code or exact name; NotFound for anything else."""
    found = find_plan(reader, plan)
    key = object_key(reader, found, name)
    entries = reader.timelines(found.stream).entries(key, "series")
    if not entries:
        raise NotFound(
            f"{name!r} non è un indicatore", accepted="l'id (o il codice, o il nome) di un indicatore", where="object"
        )
    return key.partition("/")[2], str(entries[-1].value)


class _Registry:
    """What an append enters in the administration's stream on the way: itself, offices, acts, measurements."""

    def __init__(self, timelines: Timelines) -> None:
        self.timelines = timelines
        self.expected = timelines.version
        self.pending: list[Pending] = []
        self.warnings: list[Oddity] = []
        self._spellings = {
            spelling(str(name))
            for key in timelines.objects("office/")
            for field in ("name", "aliases")
            for entry in timelines.entries(key, field)
            for name in (entry.value if isinstance(entry.value, list) else [entry.value])
        }

    def _add(self, pending: Pending) -> None:
        self.timelines.evolve(pending.event, pending.effective_on)
        self.pending.append(pending)

    def administration(self, document: PlanDocument, on: date) -> None:
        """Enters the administration and the offices that the document speaks of."""
        part = document.administration
        for event in register_administration(self.timelines, part.id, part.name, part.ipa_code):
            self._add(Pending(event, on))
        for row in part.offices:
            if spelling(row.name) not in self._spellings:
                command = RegisterOffice(name=row.name, aliases=row.aliases, office=row.id)
                self._office(command, on)
        names = [name for row in document.objectives for name in row.offices]
        self.office_names([*names, *(row.owner for row in document.indicators if row.owner)], on)

    def office_names(self, names: Sequence[str], on: date) -> None:
        """Enters the offices of these names that no spelling knows yet."""
        for name in names:
            if name.strip() and spelling(name) not in self._spellings:
                self._office(RegisterOffice(name=name), on)

    def _office(self, command: RegisterOffice, on: date) -> None:
        for event in register_office(self.timelines, command, on):
            self._add(Pending(event, on))
        self._spellings.update(spelling(name) for name in (command.name, *command.aliases))

    def act(self, act: Act) -> None:
        """Enters an act, unless it is there."""
        for event in register_act(self.timelines, act):
            self._add(Pending(event, act.date))

    def measurement(
        self,
        row: MeasurementRow,
        where: str,
        salted: Callable[[str], SaltedText],
        *,
        retrospective: bool,
        check: Callable[[RecordMeasurement], Checked[RecordMeasurement]] | None = None,
        restated_on: date | None = None,
    ) -> None:
        """Records a measurement of a document; one that is recorded already is left as it is."""
        said = row.model_dump(exclude={"observed", "restated"}, exclude_none=True)
        if row.restated and restated_on is not None:
            self._restated(said | {"retrospective": retrospective, "effective_on": restated_on}, row, where, salted)
            return
        try:
            command = RecordMeasurement.model_validate(said | {"retrospective": retrospective})
            if check is not None:
                checked = check(command)
                command = checked.command
                self.warnings += [Oddity(where=where, name=name, words=words) for name, words in checked.warnings]
            event = record_measurement(self.timelines, command)
        except NoChange:
            return
        except ValueError as error:
            raise Malformed([Problem(where=where, found=str(error).splitlines()[-1].strip())]) from error
        except DomainError as error:
            raise error.located(where) from None
        if isinstance(event.observed, UnreadValue):
            words = f"{row.text!r}: {event.observed.reason}"
            self.warnings.append(Oddity(where=where, name="unread_value", words=words))
        elif differs := _stated_differs(event.observed):
            self.warnings.append(Oddity(where=where, name="ratio_differs", words=differs))
        note = salted(row.note) if row.note else None
        self._add(Pending(event, row.data_as_at, retrospective=retrospective, note=note))

    def _restated(
        self, said: dict[str, object], row: MeasurementRow, where: str, salted: Callable[[str], SaltedText]
    ) -> None:
        try:
            command = RestateMeasurement.model_validate(said)
            event = restate_measurement(self.timelines, command)
        except NoChange:
            return
        except ValueError as error:
            raise Malformed([Problem(where=where, found=str(error).splitlines()[-1].strip())]) from error
        except DomainError as error:
            raise error.located(where) from None
        note = salted(row.note) if row.note else None
        self._add(Pending(event, command.effective_on, retrospective=command.retrospective, note=note))


def _stated_differs(observed: object) -> str | None:
    stated = getattr(observed, "value", None)
    numerator, denominator = getattr(observed, "numerator", None), getattr(observed, "denominator", None)
    if stated is None or numerator is None or not denominator:
        return None
    places = max(0, -int(stated.as_tuple().exponent))
    ratio = numerator / denominator
    candidates = [round(ratio * scale, places) for scale in (1, 100, 1000)]
    if stated in candidates:
        return None
    return f"il valore scritto {stated} non è il rapporto fra {numerator} e {denominator} ({round(ratio * 100, 2)}%)"


def _statuses(
    timelines: Timelines, rows: Sequence[StatusRow], salted: Callable[[str], SaltedText], *, retrospective: bool
) -> list[Pending]:
    pending: list[Pending] = []
    for place, row in enumerate(rows):
        command = ReportStatus.model_validate(row.model_dump() | {"retrospective": retrospective})
        try:
            event = report_status(PlanState(timelines, row.reported_on), command)
        except NoChange:
            continue
        except DomainError as error:
            raise error.located(f"statuses[{place}]") from None
        timelines.evolve(event, row.reported_on)
        note = salted(row.note) if row.note else None
        pending.append(Pending(event, row.reported_on, retrospective=retrospective, note=note))
    return pending


def _salted() -> Callable[[str], SaltedText]:
    """Gives each different text of an append one salt."""
    made: dict[str, SaltedText] = {}

    def salted(text: str) -> SaltedText:
        return made.setdefault(text, SaltedText(salt=secrets.token_hex(16), text=text))

    return salted


def salting() -> Callable[[str], SaltedText]:
    """Salts for the texts of one append that is decided elsewhere."""
    return _salted()


def registered_act(reader: Reader, found: PlanKnown, act: Act) -> StreamAppend:
    """What enters an act in the stream of its administration; empty when it is there."""
    registry = _Registry(reader.timelines(found.administration_stream))
    registry.act(act)
    return StreamAppend(found.administration_stream, registry.expected, tuple(registry.pending))


def _counting(reader: Reader, stream: str, versions: Sequence[int]) -> dict[int, Recorded]:
    gone = reader.annulled(stream, reader.head(stream).version)
    return {record.version: record for record in reader.records(stream, [v for v in versions if v not in gone])}


def _administration(reader: Reader, administration: str) -> tuple[str, Timelines]:
    owner = administration_stream(administration)
    if not reader.head(owner).version:
        raise NotFound(f"l'amministrazione {administration!r} non c'è", where="administration")
    return owner, reader.timelines(owner)


def _offices_in(pending: Pending) -> list[str]:
    card = getattr(pending.event, "card", None)
    owner = getattr(card, "owner", None)
    return [*(getattr(pending.event, "offices", None) or ()), *([owner] if owner else [])]


def _unchanged_since(timelines: Timelines, changes: Sequence[AnyChange], seen: int) -> None:
    """Refuses changes of an object that went on after the version that the writer saw."""
    for change in changes:
        one = getattr(change, "object", None)
        for key in (f"objective/{one}", f"indicator/{one}") if one else (PLAN,):
            latest = max(timelines.versions_of(key), default=0)
            if latest > seen:
                found = f"{one or 'il piano'} è alla versione {latest}, chi scrive ha visto la {seen}"
                raise VersionOutdated(found, accepted="rileggere e riprovare", where="If-Match")


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
