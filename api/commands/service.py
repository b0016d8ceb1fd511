"""The commands on a plan: each reads what it needs, lets the domain decide, and is recorded, or previewed as a dry run.

Idempotency key and optimistic concurrency are the command handler's, in `handler`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial

from api.commands.handler import Answer, Caller, CommandHandler, Decision, Outcome
from api.webhooks.receivers import NOTHING_OF_ITS_OWN, ReceiverRules
from domain.access.principal import MACHINE, Principal
from domain.access.separation import SeparationSetting
from domain.acts.citation import ActText
from domain.acts.model import Act, day_of_effect
from domain.administrations.commands import RegisterOffice
from domain.administrations.events import ActRegistered, AdministrationSystemAdopted
from domain.administrations.offices import KnownOffices, offices_named
from domain.annulments.commands import AnnulEvents
from domain.changes.commands import AnyChange
from domain.command import Motivation
from domain.errors import AlreadyThere, NoChange, NotFound, Refusals
from domain.event import Event
from domain.indicators.decide import scores_begun
from domain.late import late
from domain.measurements.commands import RecordMeasurement, ReportStatus, RestateMeasurement
from domain.measurements.events import MeasurementRecorded, MeasurementRestated
from domain.measurements.values import stated_beside_terms
from domain.notice import Notice
from domain.plans.commands import ApprovePlan, ApproveYear, CloseYear, DiscardDraft
from domain.plans.state import PlanState
from domain.point import Point, today
from domain.recording import Pending, Recorded
from domain.systems.decide import adopted_systems, bare_value_of
from domain.targets.events import TargetReferenceResolved
from domain.targets.model import Reference
from domain.timelines import Timelines, annulments_in
from domain.trees.decide import trees_begun
from projections.store.append import StreamAppend
from projections.store.preview_reader import PreviewReader
from projections.store.reader import Reader
from projections.store.store import Store
from projections.streams import (
    PLANS,
    PlanKnown,
    administration_stream,
    find_administration,
    find_plan,
    plan_is_there,
    plan_stream,
    proposals_stream,
)

with late:  # each command needs a few
    from api.commands.administration_writer import (
        AdministrationWriter,
        act_of,
        cited_act,
        plan_states,
        salting,
        status_events,
    )
    from api.commands.brought_beside import publish_all, told_of_deviations
    from api.commands.measurement_checks import check_measurement, require_own_series
    from api.commands.own_proposals import recorded_past_proposals, require_act_of_no_proposal
    from domain.acts.decide import require_adopted, require_plausible_date
    from domain.administrations.decide import enter_act, known_acts, register_office
    from domain.annulments.decide import annul, annul_of_administration, require_motivation
    from domain.benchmarks.decide import set_aside_by
    from domain.changes.decide import ChangeContext, decide
    from domain.changes.seen import require_unchanged
    from domain.documents.changes import ChangeFile
    from domain.documents.load import drafting_day, later_years, load_document
    from domain.documents.opening import OpeningDocument, opening_document
    from domain.documents.plan import PlanDocument
    from domain.documents.questions import refuse_open
    from domain.indicators.decide import state_polarities
    from domain.measurements.checks import require_own_subject
    from domain.measurements.decide import record_measurement, report_status, restate_measurement
    from domain.plans.drafts import discard
    from domain.plans.weights import uneven_after
    from domain.proposals.decide import require_none_open
    from domain.proposals.life import lives
    from projections.audit import names_of
    from projections.diff_base import known_figures
    from projections.history import object_key
    from projections.plans import require_free_id
    from projections.proof.log import Log

MOST_CHANGES_DECIDED_IN_TURN = 50
"""A file of more changes is decided before it gets its turn to write."""


class Service(CommandHandler):
    """Every command of the product. Questions are asked of the projections directly.

    `separation` says whether the installation refuses what breaks the separation of duties, `receivers` to what it sends.
    """

    def __init__(
        self,
        store: Store,
        log: Log | None = None,
        *,
        separation: SeparationSetting = "required",
        receivers: ReceiverRules = NOTHING_OF_ITS_OWN,
    ) -> None:
        super().__init__(store, log)
        self.separation, self.receivers = separation, receivers

    # -- commands --------------------------------------------------------------------------------------------------

    def load_plan(self, document: PlanDocument, caller: Caller, *, effective_on: date | None = None) -> Outcome:
        """Opens the plan of a document and, when it brings its act, approves it; all or nothing."""
        caller.principal.require("change_plan", document.administration.id)
        return self.handle(
            caller,
            document.plan.id,
            [document, effective_on],
            lambda r: self.loading(r, document, effective_on, by=caller.principal),
            large=True,
        )

    def change(self, changes: ChangeFile, caller: Caller) -> Outcome:
        """Makes the changes of a file, together or not at all."""
        large = len(changes.changes) + len(changes.measurements) > MOST_CHANGES_DECIDED_IN_TURN
        return self.handle(
            caller, changes.plan, [changes], lambda r: self.changing_past_proposals(r, changes, caller), large=large
        )

    def preview_change(
        self,
        changes: ChangeFile,
        caller: Caller,
        question: Callable[[PreviewReader], Answer],
        told: list[Notice] | None = None,
    ) -> Answer:
        """What a question would answer after the changes; nothing is changed. `told` takes what recording them would tell."""

        def decided(reader: Reader) -> Decision:
            decision = self.changing_past_proposals(reader, changes, caller)
            if told is not None:
                told.extend(decision.told)
            return decision

        return self.dry_run(caller, decided, question)

    def preview_load(
        self,
        document: PlanDocument,
        caller: Caller,
        question: Callable[[PreviewReader, Sequence[Notice]], Answer],
        *,
        effective_on: date | None = None,
    ) -> Answer:
        """What a question, which is given the warnings of the loading, would answer after it; nothing is changed."""
        caller.principal.require("change_plan", document.administration.id)
        warnings: list[Notice] = []

        def decided(reader: Reader) -> Decision:
            decision = self.loading(reader, document, effective_on, by=caller.principal)
            warnings.extend(decision.warnings)
            return decision

        return self.dry_run(caller, decided, lambda reader: question(reader, warnings))

    def annul(
        self, plan: str, command: AnnulEvents, act: ActText | None, caller: Caller, *, measurements: bool = False
    ) -> Outcome:
        """Leaves out events of the plan, or of the measurements of its administration."""
        require_motivation(command)
        request: list[object] = [plan, command, act, measurements]
        return self.handle(
            caller, plan, request, lambda r: self._annul(r, plan, command, act, measurements=measurements)
        )

    def preview_annulment(
        self,
        plan: str,
        command: AnnulEvents,
        act: ActText | None,
        caller: Caller,
        question: Callable[[PreviewReader], Answer],
        *,
        measurements: bool = False,
    ) -> Answer:
        """What a question would answer after the annulment; nothing is annulled."""
        require_motivation(command)
        return self.dry_run(caller, lambda r: self._annul(r, plan, command, act, measurements=measurements), question)

    def discard_draft(self, plan: str, command: DiscardDraft, caller: Caller) -> Outcome:
        """Discards a draft, whole: its id is free for another document, and the record keeps both."""

        def decided(reader: Reader) -> Decision:
            known = find_plan(reader, plan)
            state = PlanState(reader.timelines(known.stream), today(self.store.clock()))
            recorded = _counting(reader, known, range(1, known.known.version + 1))
            require_none_open(lives(reader.records(proposals_stream(plan))))
            pending = discard(state, recorded)._replace(justification=salting()(command.justification))
            return Decision((StreamAppend(known.stream, known.known.version, (pending,)),))

        return self.handle(caller, plan, [plan, "discard_draft", command], decided)

    def measure(self, plan: str, command: RecordMeasurement, caller: Caller) -> Outcome:
        """Records what was observed of a series."""
        return self.handle(caller, plan, [plan, "measure", command], lambda r: self.observed(r, plan, command, caller))

    def measure_all(self, plan: str, commands: Mapping[str, RecordMeasurement], caller: Caller) -> Outcome:
        """Records what was observed of several series, together or not at all; each is refused under its name."""
        return self.handle(
            caller,
            plan,
            [plan, "measure_all", *commands.values()],
            lambda r: self._all_observed(r, plan, commands, caller),
        )

    def restate(self, plan: str, command: RestateMeasurement, caller: Caller) -> Outcome:
        """Puts a recorded figure right."""
        return self.handle(caller, plan, [plan, "restate", command], lambda r: self.observed(r, plan, command, caller))

    def report_status(self, plan: str, command: ReportStatus, caller: Caller) -> Outcome:
        """Records how an objective or an indicator stands."""
        return self.handle(caller, plan, [plan, command], lambda r: self.reported(r, plan, command, caller))

    def register_act(self, administration: str, act: ActText, caller: Caller) -> Outcome:
        """Enters an act of an administration."""

        def decided(reader: Reader) -> Decision:
            owner, timelines = administration_timelines(reader, administration)
            registered = act_of(act, known_acts(timelines))
            require_plausible_date(registered, today(self.store.clock()))
            pending = tuple(Pending(event, registered.date) for event in enter_act(timelines, registered))
            return Decision((StreamAppend(owner, timelines.version, pending),))

        return self.handle(caller, None, [administration, act], decided)

    def register_office(self, administration: str, command: RegisterOffice, caller: Caller) -> Outcome:
        """Enters an office, or gives one another name or further aliases."""

        def decided(reader: Reader) -> Decision:
            owner, timelines = administration_timelines(reader, administration)
            day = command.valid_from or today(self.store.clock())
            pending = tuple(Pending(event, day) for event in register_office(timelines, command, day))
            return Decision((StreamAppend(owner, timelines.version, pending),))

        return self.handle(caller, None, [administration, command], decided)

    # -- deciding --------------------------------------------------------------------------------------------------

    def loading(
        self,
        reader: Reader,
        document: PlanDocument,
        effective_on: date | None = None,
        answers: Mapping[str, str] | None = None,
        *,
        by: Principal = MACHINE,
    ) -> Decision:
        """What loading a document comes to; nothing is recorded. QuestionsOpen where it would alter what was answered.

        Without `answers` there is nobody to be asked: a name that looks like a person's is refused.
        """
        opened = self.opened(reader, document, effective_on, answers, by=by)
        refuse_open(opened.questions)
        decision = self.opening(reader, opened, effective_on)
        left_alone = (Notice(where="", name="left_alone", words=words) for words in opened.left_alone)
        return decision._replace(warnings=(*decision.warnings, *left_alone))

    def opened(
        self,
        reader: Reader,
        document: PlanDocument,
        effective_on: date | None,
        answers: Mapping[str, str] | None,
        *,
        by: Principal = MACHINE,
    ) -> OpeningDocument:
        """What a document brings into a plan that is not there: what is asked of it, and what is left alone.

        AlreadyThere where the plan is there, IdNotFree where its id tells nothing to whoever asks.
        """
        plan, owner = document.plan.id, administration_stream(document.administration.id)
        require_free_id(reader, plan, document.administration.id, by, Point(today(self.store.clock())))
        if plan_is_there(reader, plan):
            raise AlreadyThere(f"il piano {plan} c'è già", accepted="change, con un file di modifiche", where="plan.id")
        known = known_figures(reader, owner) if document.measurements else {}
        offices = KnownOffices(reader.timelines(owner)) if answers is not None else None
        return opening_document(document, self._opened_on(document, effective_on), known, answers or {}, offices)

    def _opened_on(self, document: PlanDocument, effective_on: date | None) -> date:
        act = act_of(document.act) if document.act else None
        return drafting_day(document, act, effective_on, today(self.store.clock()))

    def opening(self, reader: Reader, opened: OpeningDocument, effective_on: date | None = None) -> Decision:
        """What opening the plan of a document comes to, as far as nothing is asked of it."""
        document = opened.document
        plan = document.plan.id
        drafted_on = self._opened_on(document, effective_on)
        owner = administration_stream(document.administration.id)
        registry = AdministrationWriter(reader.timelines(owner), today(self.store.clock()), document.confirmed_offices)
        registry.administration(document, drafted_on)
        for part in document.acts:
            registry.act(registry.cited(part))
        act = registry.cited(document.act) if document.act else None
        if act is not None:
            require_adopted(act, today(self.store.clock()))
            registry.act(act, range(document.plan.first_year, document.plan.last_year + 1))
        cite = act.id if act else None
        if document.plan.systems:
            registry.systems(document, drafted_on, cite, plan_states(reader, document.administration.id))
        bare_value = partial(bare_value_of, adopted_systems(registry.timelines), Timelines())
        loaded = load_document(document, drafted_on, approve=act is not None, bare_value=bare_value)
        salted = salting()
        refusals = Refusals()
        for place, row in opened.measurements:
            where = f"measurements[{place}]"
            with refusals.noted():
                registry.measurement(
                    row, where, salted, retrospective=document.retrospective, restated_on=drafted_on, as_it_stood=True
                )
        pending = [
            Pending(
                event, drafted_on, act=cite, act_date=act.date if act else None, retrospective=document.retrospective
            )
            for event in loaded.events
        ]
        timelines = Timelines()
        for event in loaded.events:
            timelines.evolve(event, drafted_on)
        pending += later_years(document, act) if act is not None else []
        pending += status_events(timelines, opened.statuses, salted, refusals, retrospective=document.retrospective)
        publish_all(document.benchmarks, registry, salted, refusals)
        pending += told_of_deviations(document, timelines, registry, salted, refusals)
        refusals.require_none()
        parts = (
            StreamAppend(owner, registry.expected, tuple(registry.pending)),
            StreamAppend(plan_stream(plan), reader.head(plan_stream(plan)).version, tuple(pending)),
        )
        return Decision(parts, (*loaded.warnings, *registry.warnings))

    def changing_past_proposals(self, reader: Reader, changes: ChangeFile, caller: Caller) -> Decision:
        """What the changes come to where no proposal makes them; DutiesNotSeparated where the caller has proposed the same."""
        known = find_plan(reader, changes.plan)
        decision = self.changing(
            reader, changes, caller, require=lambda act: require_act_of_no_proposal(reader, known, act), of_plan=known
        )
        return recorded_past_proposals(
            reader, known, changes, decision, caller, self.separation, lambda file: self.changing(reader, file, caller)
        )

    def changing(
        self,
        reader: Reader,
        changes: ChangeFile,
        caller: Caller,
        *,
        require: Callable[[Act], None] = lambda _act: None,
        of_plan: PlanKnown | None = None,
    ) -> Decision:
        """What the changes of a file come to; nothing is recorded. `require` may refuse a registered act that they cite.

        `of_plan` is their plan, where it was found before.
        """
        plan_known = of_plan or find_plan(reader, changes.plan)
        timelines = reader.timelines(plan_known.stream)
        if caller.seen is not None:
            _unchanged_since(reader, plan_known.stream, changes.changes, caller.seen)
        day = today(self.store.clock())
        administration = reader.timelines(plan_known.administration_stream)
        registry = AdministrationWriter(administration, day, changes.confirmed_offices)
        act = registry.cited(changes.act) if changes.act else None
        if act is not None and registry.entered(act):  # a new one has decided nothing yet
            require(act)
        effective_on = day_of_effect(changes.effective_on, act, day)
        salted = salting()
        context = ChangeContext(
            plan=changes.plan,
            motive=Motivation(
                effective_on=effective_on,
                act=act.id if act else None,
                act_date=act.date if act else None,
                cause=changes.cause,
                retrospective=changes.retrospective,
                justification=salted(changes.justification) if changes.justification else None,
                retroactive=salted(changes.retroactive) if changes.retroactive else None,
            ),
            salted=salted,
            recorded=lambda versions: _counting(reader, plan_known, versions),
            owner=reader.timelines(plan_known.administration_stream),
            siblings=lambda: plan_states(reader, plan_known.administration),
        )
        refusals = Refusals()
        if act is not None:
            with refusals.noted():
                if any(isinstance(change, ApprovePlan | ApproveYear | CloseYear) for change in changes.every_change()):
                    require_adopted(act, day)
                registry.act(act, PlanState(timelines, effective_on).years)
        decided: list[Pending] = []
        with refusals.noted():
            decided = decide(timelines, changes.every_change(), context)
        pending = [one for one in decided if not isinstance(one.event, AdministrationSystemAdopted)]
        for adopted in decided:
            if isinstance(adopted.event, AdministrationSystemAdopted):
                registry.add(adopted)
        pending += state_polarities(timelines, changes.polarities)
        for event in pending:
            with refusals.noted():
                registry.office_names(offices_named(event.event), event.effective_on, "changes")
        for place, row in enumerate(changes.measurements):
            with refusals.noted():
                registry.measurement(
                    row,
                    f"measurements[{place}]",
                    salted,
                    retrospective=changes.retrospective,
                    check=lambda command: check_measurement(reader, plan_known, command, day),
                    restated_on=effective_on,
                )
        pending += status_events(
            timelines, enumerate(changes.statuses), salted, refusals, retrospective=changes.retrospective
        )
        refusals.require_none()
        parts = (
            StreamAppend(plan_known.administration_stream, registry.expected, tuple(registry.pending)),
            StreamAppend(plan_known.stream, plan_known.known.version, tuple(pending)),
        )
        changes.require_effect([*decided, *pending])
        before = partial(PlanState, reader.timelines(plan_known.stream))
        uneven = uneven_after(pending, before, partial(PlanState, timelines))
        aside = _set_aside(PlanState(timelines, effective_on), administration, pending)
        was, events = before(effective_on), [each.event for each in pending]
        begun = (*trees_begun(was, events), *scores_begun(was, events))
        return Decision(parts, (*registry.warnings, *aside, *begun, *(each.notice for each in uneven)))

    def _annul(
        self, reader: Reader, plan: str, command: AnnulEvents, act: ActText | None, *, measurements: bool
    ) -> Decision:
        plan_known = find_plan(reader, plan)
        stream = plan_known.administration_stream if measurements else plan_known.stream
        head, timelines, annulments = reader.head(stream).version, reader.timelines(stream), reader.annulments(stream)
        annulling_act = cited_act(reader, plan_known, act) if act else None
        owner = plan_known.administration_stream
        records = reader.records if measurements else partial(reader.plan_records, owner=owner)
        named = {record.version: record for record in records(stream, versions=command.versions)}
        if measurements:
            citing = _citing(reader, plan_known, [r.event for r in named.values()])
            events = annul_of_administration(timelines, annulments, command, named, citing, act=annulling_act)
        else:
            acts = _registered(reader, owner, {record.act for record in named.values() if record.act})
            events = annul(timelines, annulments, command, named, act=annulling_act, acts=acts)
        left_out = [version for event in events for version in event.annulled_versions()]
        began = reader.records(stream, left_out)
        # It takes effect where what it leaves out began; it is known only from now on.
        day = annulling_act.date if annulling_act else min(record.effective_on for record in began)
        justification = salting()(command.justification or "")
        pending = tuple(
            Pending(
                event,
                day,
                act=annulling_act.id if annulling_act else None,
                act_date=annulling_act.date if annulling_act else None,
                claim="correction" if event.annulled_versions() else None,
                justification=justification,
            )
            for event in events
        )
        registry = AdministrationWriter(reader.timelines(plan_known.administration_stream), today(self.store.clock()))
        if annulling_act is not None:
            fallen = [record.act for record in named.values() if record.act] if not measurements else []
            known = [act for act in dict.fromkeys(fallen) if registry.timelines.known(f"act/{act}")]
            linked = annulling_act.model_copy(update={"annuls": tuple(dict.fromkeys([*annulling_act.annuls, *known]))})
            registry.act(
                linked if not registry.entered(annulling_act) else annulling_act,
                PlanState(reader.timelines(plan_known.stream), day).years,
            )
        if measurements:
            append = StreamAppend(stream, head, (*registry.pending, *pending))
            return Decision((append,))
        parts = StreamAppend(plan_known.administration_stream, registry.expected, tuple(registry.pending))
        before = partial(PlanState, reader.timelines(stream))
        uneven = uneven_after(pending, before, partial(PlanState, timelines))
        return Decision((parts, StreamAppend(stream, head, pending)), tuple(each.notice for each in uneven))

    def _all_observed(
        self, reader: Reader, plan: str, commands: Mapping[str, RecordMeasurement], caller: Caller
    ) -> Decision:
        decisions: list[Decision] = []
        refusals = Refusals()
        for name, command in commands.items():
            with refusals.noted(name):
                decisions.append(self.observed(reader, plan, command, caller))
        refusals.require_none()
        if not decisions:
            raise NoChange("nessun valore è scritto", accepted="almeno un valore")
        appends = [part for decision in decisions for part in decision.parts]
        append = appends[0]._replace(pending=tuple(pending for part in appends for pending in part.pending))
        return Decision((append,), tuple(warning for decision in decisions for warning in decision.warnings))

    def observed(
        self, reader: Reader, plan: str, command: RecordMeasurement | RestateMeasurement, caller: Caller
    ) -> Decision:
        """What recording or restating one figure comes to; nothing is recorded."""
        plan_known = find_plan(reader, plan)
        timelines = reader.timelines(plan_known.administration_stream)
        require_own_series(reader, plan_known, command, caller.principal)
        checked = check_measurement(reader, plan_known, command, today(self.store.clock()))
        event: MeasurementRecorded | MeasurementRestated
        if isinstance(checked.command, RestateMeasurement):
            event, day = restate_measurement(timelines, checked.command), checked.command.effective_on
        else:
            event, day = record_measurement(timelines, checked.command), command.data_as_at
        note = salting()(command.note) if command.note else None
        pending = Pending(event, day, retrospective=command.retrospective, note=note)
        warnings = [Notice(where="", name=name, words=words) for name, words in checked.warnings]
        if differs := stated_beside_terms(event.observed):
            warnings.append(Notice(where="", name="ratio_differs", words=differs))
        append = StreamAppend(plan_known.administration_stream, timelines.version, (pending,))
        return Decision((append,), tuple(warnings))

    def reported(self, reader: Reader, plan: str, command: ReportStatus, caller: Caller) -> Decision:
        """What reporting one status comes to; nothing is recorded."""
        plan_known = find_plan(reader, plan)
        timelines = reader.timelines(plan_known.stream)
        state, owner = PlanState(timelines, command.reported_on), reader.timelines(plan_known.administration_stream)
        event = report_status(state, command)
        offices = caller.principal.offices("record_values", plan_known.administration)
        require_own_subject(state, owner, f"{command.subject}/{command.id}", offices)
        note = salting()(command.note) if command.note else None
        pending = Pending(event, command.reported_on, retrospective=command.retrospective, note=note)
        return Decision((StreamAppend(plan_known.stream, plan_known.known.version, (pending,)),))


def _set_aside(state: PlanState, owner: Timelines, pending: Sequence[Pending]) -> Iterator[Notice]:
    """Of each value that is said for a target that refers to another: what it takes the place of."""
    for event in (each.event for each in pending):
        if isinstance(event, TargetReferenceResolved) and isinstance(event.target, Reference):
            series = str(state.indicator(event.indicator, "series"))
            words = set_aside_by(owner, series, event.year, event.target)
            if words is not None:
                yield Notice(where=event.indicator, name="reference_set_aside", words=words)


def _registered(reader: Reader, owner: str, acts: Iterable[str]) -> dict[str, Act]:
    """The acts of these ids that an administration entered."""
    stored = {act: reader.only_value(owner, f"act/{act}", "act") for act in acts}
    return {act: Act.model_validate(value) for act, value in stored.items() if isinstance(value, dict)}


def _citing(reader: Reader, plan_known: PlanKnown, events: Sequence[Event]) -> dict[str, list[str]]:
    """What is in force by each of the acts that these events entered: in the plans of the administration, and in what it said."""
    acts = {event.act.id for event in events if isinstance(event, ActRegistered)}
    citing: dict[str, list[str]] = {}
    if not acts:
        return citing
    plans = [
        stream
        for stream in reader.plans_of([plan_known.administration])
        if plan_is_there(reader, stream.removeprefix(PLANS))
    ]
    names = names_of(reader, plan_known)
    for stream in (plan_known.administration_stream, *plans):
        head = reader.head(stream).version
        annulled = reader.annulled(stream, head)
        for record in reader.records(stream):
            if record.act in acts and record.version not in annulled:
                citing.setdefault(record.act, []).append(
                    f"{stream} versione {record.version}: {record.event.sentence(names)}"
                )
    return citing


def find_series(reader: Reader, plan: str, name: str) -> tuple[str, str]:
    """The id of an indicator and of its series, by id, code or exact name; NotFound for anything else."""
    plan_known = find_plan(reader, plan)
    key = object_key(reader, plan_known, name)
    entries = reader.timelines(plan_known.stream).entries(key, "series")
    if not entries:
        raise NotFound(
            f"{name!r} non è un indicatore", accepted="l'id (o il codice, o il nome) di un indicatore", where="object"
        )
    return key.partition("/")[2], str(entries[-1].value)


def _counting(reader: Reader, plan: PlanKnown, versions: Sequence[int]) -> dict[int, Recorded]:
    """The events of these versions that count, in their order."""
    annulled = reader.annulled(plan.stream, reader.head(plan.stream).version)
    named = versions if isinstance(versions, range) else [v for v in versions if v not in annulled]
    records = reader.plan_records(plan.stream, plan.administration_stream, named)
    return {record.version: record for record in records if record.version not in annulled}


def administration_timelines(reader: Reader, administration: str) -> tuple[str, Timelines]:
    """The stream of an administration and what it holds; NotFound when nothing was ever recorded of it."""
    find_administration(reader, administration, None)
    owner = administration_stream(administration)
    return owner, reader.timelines(owner)


def _unchanged_since(reader: Reader, stream: str, changes: Sequence[AnyChange], seen: int) -> None:
    """Refuses changes of an object that went on after the version that the writer saw, or was annulled since."""
    between = reader.records(stream, range(seen + 1, reader.head(stream).version + 1))
    annulled = reader.records(stream, [v for versions in annulments_in(between).values() for v in versions])
    require_unchanged(changes, {record.version: record.event for record in (*between, *annulled)}, seen)
