"""Takes a file of an office in: as the difference from the plan that is there, or as a plan that is not there yet.

First a preview, which changes nothing: what differs, what is open, what it would do to the change rate. Then the
confirmation, with act, justification and cause, against the version that the preview was made on: all or nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import NamedTuple, TypeVar

from pydantic import ValidationError

from api.commands.administration_writer import act_as_written, act_of
from api.commands.handler import Caller, Decision, Outcome
from api.commands.proposals import Unrecorded, drafting, foresee_unrecorded
from api.commands.service import Service
from api.formats.readers import FileTooCostly
from api.formats.validation_errors import malformed
from api.imports.answering import PlacedAnswers, answers_placed, says_by_place
from api.imports.file_cells import asked_in_cell, file_cell, in_cells, located_in_file
from api.imports.import_preview import ComparedWith, FilePreview, located, reading_shown
from api.imports.kept_remarks import to_be_kept
from api.imports.office_file import lines_to_remember
from api.imports.reading import Incoming
from api.imports.requested_acts import act_requested, require_acts_read, require_one_act
from api.workbook.rows import structure_digest
from domain.acts.citation import ActPart
from domain.acts.model import Act
from domain.administrations.decide import known_acts, remember_layout
from domain.documents.changes import ChangeFile
from domain.documents.counts import plan_counts
from domain.documents.diff import diff_plan
from domain.documents.difference import Decisions, DiffStep, PlanDiff, UnreadCell, cells_of_changes, change_file_of
from domain.documents.new_plan import NewPlan, new_plan
from domain.documents.plan import MAX_ROWS, PlanDocument
from domain.documents.proposal import ProposedChanges, ProposedImport
from domain.documents.questions import OpenQuestion, refuse_open
from domain.documents.requested import requested_steps
from domain.documents.undirected import UndirectedIndicator, undirected, with_polarities
from domain.documents.uploaded import BESIDE, UploadedPlan
from domain.documents.warnings import PlanWarning, new_warnings, plan_warnings
from domain.errors import DomainError, Malformed, NoChange, Problem, Refusals, VersionOutdated
from domain.notice import Notice
from domain.patterns import regex
from domain.plans.commands import ApprovePlan
from domain.plans.state import PlanState
from domain.point import Point, today
from domain.recording import Pending
from domain.targets.events import TargetSet
from domain.targets.model import Unread
from projections.change_preview import PlainBeforeAfter, rates_before_and_after
from projections.deciding import Deciding, deciding
from projections.diff_base import document_before, exported_from, plan_to_compare
from projections.library import library_known
from projections.plan_in_force import plan_in_force
from projections.plans import may_be_followed, may_read_plan, require_free_id
from projections.store.append import StreamAppend
from projections.store.gc_tuning import gc_tuned
from projections.store.preview_reader import PreviewReader
from projections.store.reader import Reader
from projections.store.store import Store
from projections.streams import administration_stream, find_plan, plan_is_there, plan_stream

ImportProgress = Callable[[str], None]
Answer = TypeVar("Answer")
UNSAID = "non ancora detta: anteprima"


_PART = regex(r"(?:changes|measurements|statuses)\[\d+\]")
_SAID_BESIDE = {"effective_on": "in vigore dal", "changes": ""}


class _Compared(NamedTuple):
    """A difference with all that it was made from."""

    difference: PlanDiff
    decisions: Decisions
    version: int
    effective_on: date
    compared_with: ComparedWith | None
    current: PlanDocument
    file: ChangeFile

    def located(self, error: DomainError) -> DomainError:
        """A refusal of what the file brings, said of the cells that bring it."""
        places = cells_of_changes(self.difference, self.decisions)

        def cell(where: str) -> str:
            match = _PART.match(where)
            return places.get(match[0], where) if match else _SAID_BESIDE.get(where, where)

        if isinstance(error, Malformed):
            return error.placed(cell)
        problem = error.problem
        return type(error)(problem.found, accepted=problem.accepted, where=cell(problem.where), listed=error.listed)

    @property
    def changes_nothing(self) -> bool:
        """Whether there is nothing to record, and nothing to ask."""
        open_or_differing = self.difference.steps or self.difference.open_questions
        decided = self.decisions.approves_year or self.approves or self.file.polarities
        return not (open_or_differing or decided)

    @property
    def approves(self) -> bool:
        """Whether it approves what is a draft."""
        return any(isinstance(change, ApprovePlan) for change in self.file.changes)


class _Settled(NamedTuple):
    """A file and its decisions, once it is known which question each answer is of."""

    incoming: Incoming
    decisions: Decisions
    answers: PlacedAnswers | None

    def shown(self, preview: FilePreview) -> FilePreview:
        """A preview, its questions in the order of their numbers."""
        if self.answers is None:
            return preview
        return preview.model_copy(update={"questions": self.answers.numbered(preview.questions)})


class Importing:
    """Previews and confirmations of files, on a service."""

    def __init__(self, service: Service, progress: ImportProgress = lambda _: None) -> None:
        self.service = service
        self.progress = progress

    def preview(
        self, incoming: Incoming, decisions: Decisions, caller: Caller, *, plan: str | None = None
    ) -> FilePreview:
        """What a file would do; nothing changes."""
        with gc_tuned():
            known = self._known(incoming, plan)
            self._require_own(incoming, known, caller)
            settled = self._settled(incoming, decisions, known)
            if known is None:
                return settled.shown(self._preview_of_new_plan(settled.incoming, settled.decisions))
            compared = self._compare(settled.incoming.uploaded, known, settled.decisions)
            shown = settled.shown(self._preview_of_difference(compared, caller))
            return shown.model_copy(update={"reading": reading_shown(incoming.uploaded.reading)})

    def foresee(
        self,
        incoming: Incoming,
        decisions: Decisions,
        caller: Caller,
        question: Callable[[PreviewReader], Answer],
        *,
        plan: str,
    ) -> tuple[FilePreview, Answer | None]:
        """The preview of a file for a plan that is there, with what a question would answer after it.

        None where nothing would change, or where it would be refused.
        """
        answers: list[Answer] = []
        with gc_tuned():
            self._known(incoming, plan)
            self._require_own(incoming, plan, caller)
            settled = self._settled(incoming, decisions, plan)
            compared = self._compare(settled.incoming.uploaded, plan, settled.decisions)
            preview = self._preview_of_difference(compared, caller, lambda reader: answers.append(question(reader)))
            preview = preview.model_copy(update={"reading": reading_shown(incoming.uploaded.reading)})
        return settled.shown(preview), answers[0] if answers else None

    def confirm(
        self,
        incoming: Incoming,
        decisions: Decisions,
        caller: Caller,
        *,
        plan: str | None = None,
        version: int | None = None,
    ) -> Outcome:
        """Records what a file changes, all or nothing; `version` is the one that its preview was made on."""
        with gc_tuned():
            self._require_own(incoming, self._known(incoming, plan), caller)
            return self._confirm(incoming, decisions, caller, plan, version)

    def confirm_unless_unchanged(
        self, incoming: Incoming, decisions: Decisions, caller: Caller, *, plan: str | None = None
    ) -> Outcome | FilePreview:
        """As `confirm`; of a file that changes nothing in the plan that is there, its preview instead."""
        with gc_tuned():
            sent_to, plan = plan, None if self._is_recorded(caller) else self._known(incoming, plan)
            settled = self._settled(incoming, decisions, plan) if plan else None
            compared = self._compare(settled.incoming.uploaded, plan, settled.decisions) if plan and settled else None
            if compared is not None and compared.changes_nothing:
                return self._preview_of_difference(compared, caller)
            return self._confirm(incoming, decisions, caller, sent_to, None, compared)

    def _require_own(self, incoming: Incoming, plan: str | None, caller: Caller) -> None:
        """Forbidden for the file of a plan whose administration is another's, whatever its address says.

        Another's draft is as a plan that is not there: the file is of a new one, whose id is not free.
        """
        if not caller.principal.is_account:
            return
        point = Point(today(self.service.store.clock()))
        with self.service.store.reading() as reader:
            if plan is not None and may_read_plan(reader, plan, caller.principal, point):
                caller.principal.require("change_plan", find_plan(reader, plan).administration)
                return
            part, head = incoming.uploaded.administration, incoming.uploaded.plan
            caller.principal.require("change_plan", part.id if part else "")
            if part is not None and (name := plan or (head and head.id)):
                require_free_id(reader, name, part.id, caller.principal, point)

    def _confirm(
        self,
        incoming: Incoming,
        decisions: Decisions,
        caller: Caller,
        plan: str | None,
        version: int | None,
        compared: _Compared | None = None,
    ) -> Outcome:
        request = ["import", incoming.digest, decisions, plan, version, *sorted(incoming.uploaded.complete)]
        if self._is_recorded(caller):
            return self.service.handle(caller, plan, request, _never)
        known = self._known(incoming, plan)
        if compared is None:
            incoming, decisions, _ = self._settled(incoming, decisions, known)
        if known is None:
            document, difference = self._new_plan(incoming, decisions)
            refuse_open(difference.questions)
            self.progress("registrazione del piano")

            def loaded(reader: Reader) -> Decision:
                effective_on, answers = decisions.effective_on, decisions.answers
                decision = in_cells(
                    incoming.uploaded,
                    lambda: self.service.loading(reader, document, effective_on, answers, by=caller.principal),
                )
                decision = self._remembering(reader, decision, incoming, document.administration.id)
                told = (*to_be_kept(difference.remarks), *difference.warnings)
                return decision._replace(warnings=(*told, *decision.warnings))

            return self.service.handle(caller, document.plan.id, request, loaded, large=True)
        compared = compared or self._compare(incoming.uploaded, known, decisions)
        file = compared.file
        refuse_open(compared.difference.questions)
        made_on = compared.version if version is None else version
        self.progress("registrazione delle modifiche")

        def changed(reader: Reader) -> Decision:
            _require_version(reader, known, made_on)
            try:
                decision = self.service.changing_past_proposals(reader, file, caller)
            except DomainError as error:
                raise compared.located(error) from None
            decision = self._remembering(reader, decision, incoming, find_plan(reader, known).administration)
            told = (*to_be_kept(compared.difference.remarks), *compared.difference.warnings)
            return decision._replace(warnings=(*told, *decision.warnings))

        return self.service.handle(caller, known, request, changed, large=True)

    def _remembering(self, reader: Reader, decision: Decision, incoming: Incoming, administration: str) -> Decision:
        """The same decision, by which the reading of an office's own layout is remembered for its next file."""
        stream, day = administration_stream(administration), today(self.service.store.clock())
        timelines = reader.timelines(stream)
        events = remember_layout(timelines, lines_to_remember(incoming.uploaded.reading), day)
        pending = tuple(Pending(event, day) for event in events)
        if not pending:
            return decision
        parts = [
            part._replace(pending=(*part.pending, *pending)) if part.stream == stream else part
            for part in decision.parts
        ]
        if all(part.stream != stream for part in parts):
            parts.append(StreamAppend(stream, timelines.version, pending))
        return decision._replace(parts=tuple(parts))

    def propose(
        self, incoming: Incoming, proposed: ProposedImport, caller: Caller, *, plan: str, version: int | None = None
    ) -> Outcome:
        """Drafts a proposal of what a file changes in a plan; `version` is the one that its preview was made on.

        The act that the file may bring is left out, and told: it comes with the enactment.
        """
        request = ["propose", incoming.digest, proposed, plan, version, *sorted(incoming.uploaded.complete)]
        with gc_tuned():
            if self._is_recorded(caller):
                return self.service.handle(caller, plan, request, _never)
            changes, made_on, left_out = self.proposed(incoming, proposed, plan)
            self.progress("registrazione della proposta")

            def drafted(reader: Reader) -> Decision:
                _require_version(reader, plan, made_on if version is None else version)
                decision = drafting(self.service, reader, plan, changes, caller, sha256=incoming.digest)
                return decision._replace(warnings=(*decision.warnings, *left_out))

            return self.service.handle(caller, plan, request, drafted, large=True)

    def proposed(
        self, incoming: Incoming, proposed: ProposedImport, plan: str
    ) -> tuple[ProposedChanges, int, tuple[Notice, ...]]:
        """What a file proposes for a plan that is there, the version that it was compared with, and what was left out."""
        if proposed.act is not None:
            found = "una proposta non ha ancora un atto"
            raise Malformed([Problem(where="act", found=found, accepted="nessun atto: viene con l'adozione")])
        compared = self._answered(incoming, proposed, plan)
        named = {"title": proposed.title, "proposal": proposed.proposal, "on": proposed.on}
        content = compared.file.model_dump(exclude={"act"}, exclude_unset=True)
        left_out: tuple[Notice, ...] = ()
        if compared.file.act is not None:
            words = "l'atto che il file porta non entra nella proposta: viene con l'adozione"
            left_out = (Notice(where="act", name="act_left_out", words=words),)
        return ProposedChanges.model_validate(content | named), compared.version, left_out

    def unrecorded(self, incoming: Incoming, decisions: Decisions, caller: Caller, *, plan: str) -> Unrecorded:
        """The changes that a file makes of a plan that is there, with all that they would do; nothing is recorded."""
        with gc_tuned():
            self._require_own(incoming, plan, caller)
            compared = self._answered(incoming, decisions, plan)
            self.progress("calcolo degli effetti")
            try:
                return foresee_unrecorded(self.service, compared.file, caller)
            except DomainError as error:
                raise compared.located(error) from None

    def _answered(self, incoming: Incoming, decisions: Decisions, plan: str) -> _Compared:
        """A file against a plan that is there; refused where a question of it waits for its answer."""
        self._known(incoming, plan)
        settled = self._settled(incoming, decisions, plan)
        compared = self._compare(settled.incoming.uploaded, plan, settled.decisions)
        refuse_open(compared.difference.questions)
        return compared

    def _settled(self, incoming: Incoming, decisions: Decisions, plan: str | None) -> "_Settled":
        """The file and the decisions, each answer with the question that it is of; Malformed for a file that cannot be taken."""
        if incoming.uploaded.problems:
            raise _every([*incoming.uploaded.problems, *self._also_wrong(incoming, decisions, plan)])
        if not incoming.uploaded.answers and not says_by_place(decisions.answers):
            return _Settled(incoming, decisions, None)

        def ask(answers: Mapping[str, str]) -> Sequence[OpenQuestion]:
            read = _read_as_answered(self.service.store, incoming, answers)  # which may bring up other questions
            return self._questions(read, decisions.model_copy(update={"answers": dict(answers)}), plan)

        taken = answers_placed(incoming.uploaded.answers, decisions.answers, ask)
        incoming = _read_as_answered(self.service.store, incoming, taken.answers)
        remarks = (*incoming.uploaded.remarks, *taken.remarks)
        uploaded = incoming.uploaded._replace(answers=(), remarks=remarks)
        settled = decisions.model_copy(update={"answers": taken.answers})
        return _Settled(incoming._replace(uploaded=uploaded), settled, taken)

    def _also_wrong(self, incoming: Incoming, decisions: Decisions, plan: str | None) -> list[Problem]:
        """What else is wrong with a file of which not all could be read, without what only fails because of that."""
        uploaded = incoming.uploaded
        rest = incoming._replace(uploaded=uploaded._replace(problems=(), complete=frozenset(), answers=()))
        refusals = Refusals()
        with refusals.noted():
            if plan is None:
                self._preview_of_new_plan(rest, decisions)
            else:
                self._judged(self._compare(rest.uploaded, plan, decisions))
        problems = (problem for error in refusals.errors for problem in error.each())
        return [p for p in problems if not any(repr(name[:80]) in p.found for name in uploaded.unread)]

    def _questions(self, incoming: Incoming, decisions: Decisions, plan: str | None) -> Sequence[OpenQuestion]:
        """What a file leaves open, answered or not, in the order in which it is asked."""
        if plan is not None:
            return self._compare(incoming.uploaded, plan, decisions).difference.questions
        document, difference = self._new_plan(incoming, decisions)
        with self.service.store.reading() as reader:
            opened = self.service.opened(reader, document, decisions.effective_on, decisions.answers)
        return (*difference.questions, *(asked_in_cell(question, incoming.uploaded) for question in opened.questions))

    def _is_recorded(self, caller: Caller) -> bool:
        """Whether the command was taken before: its answer lies ready."""
        with self.service.store.reading() as reader:
            return caller.receipt(reader) is not None

    def _known(self, incoming: Incoming, plan: str | None) -> str | None:
        """The plan that the file is about, when it is there."""
        own = incoming.uploaded.plan.id if incoming.uploaded.plan else None
        if plan is not None and own is not None and plan != own:
            words = f"il file è del piano {own!r}, la richiesta di {plan!r}"
            raise Malformed([Problem(where="plan.id", found=words, accepted="lo stesso piano")])
        name = plan or own
        if name is None and incoming.uploaded.reading is not None:
            raise _unsaid(incoming.uploaded)
        if name is None:
            words = "il file non dice di quale piano è"
            unsaid = Problem(where="Piano", found=words, accepted="le voci Id piano, Primo anno, Ultimo anno")
            raise Malformed([*incoming.uploaded.problems, unsaid])
        with self.service.store.reading() as reader:
            if plan_is_there(reader, name):
                return name
            if plan is not None:
                find_plan(reader, plan)
        return None

    # -- a plan that is there --------------------------------------------------------------------------------------

    def _compare(self, uploaded: UploadedPlan, plan: str, decisions: Decisions) -> _Compared:
        _require_comparable(uploaded)
        own = uploaded.motivation
        with self.service.store.reading() as reader:
            state = PlanState(reader.timelines(plan_stream(plan)), date.max)
            draft_of = None if state.is_approved else state.drafted_on
            refusals, requested = Refusals(), tuple[DiffStep, ...]()
            with refusals.noted():
                requested = requested_steps(uploaded, state.timelines)
        motivated = decisions.model_copy(
            update={
                # the act that a document brings is the one that approves it
                "act": decisions.act or own.act or act_requested(uploaded) or (uploaded.act if draft_of else None),
                "justification": decisions.justification or own.justification,
                "cause": decisions.cause or own.cause,
                "approves_year": decisions.approves_year or own.approves_year,
            }
        )
        with self.service.store.reading() as reader:
            known = known_acts(reader.timelines(find_plan(reader, plan).administration_stream)) if motivated.act else []
        act: Act | None = None
        with refusals.noted():
            require_acts_read(uploaded, known)
            with _said_at(own.act_at if decisions.act is None else ""):
                act = act_as_written(motivated.act, known) if motivated.act else None
            require_one_act(uploaded, act, known)
        if act is None and refusals.errors:
            motivated = motivated.model_copy(update={"act": None})  # what is wrong with it is said once, of its cell
        # Whoever says no date yet looks at what the changes would do as long as the plan runs.
        unsaid = min(today(self.service.store.clock()), date(state.last_year, 12, 31))
        effective_on = motivated.effective_on or (act.date if act else unsaid)
        self.progress("confronto con il piano in vigore")
        with self.service.store.reading() as reader:
            version = find_plan(reader, plan).known.version
            base = exported_from(reader, plan, uploaded.base) if uploaded.base else None
            if base is not None and uploaded.base is not None and uploaded.base.digest:
                base = base if structure_digest(base) == uploaded.base.digest else None
            point = Point(max(effective_on, draft_of or effective_on))
            observed = bool(uploaded.measurements or uploaded.statuses)
            current = plan_to_compare(reader, plan, point, base, observed=observed)
            # Within the snapshot: what the rules say of a bare value is read when a target is met that wants it.
            difference = diff_plan(current, uploaded, motivated.answers, partly=True)
        difference = difference._replace(steps=(*difference.steps, *requested))
        said_so = any(isinstance(step.change, ApprovePlan) for step in requested)
        approves = draft_of is not None and act is not None and not said_so
        file = change_file_of(plan, difference, motivated, retrospective=uploaded.retrospective, approves=approves)
        compared_with: ComparedWith | None = None
        if base is not None:
            compared_with = {"as_of": base["as_of"], "known_at": base.get("known_at"), "version": base["version"]}
        compared = _Compared(difference, motivated, version, effective_on, compared_with, current.document, file)
        if difference.problems or refusals.errors:
            with refusals.noted():
                self._judged(compared)
            raise _every([*difference.problems, *(p for error in refusals.errors for p in error.each())])
        return compared

    def _judged(self, compared: _Compared) -> None:
        """Refuses, by its cells, what the rules refuse of a file."""
        try:
            self.service.preview_change(_motivated(compared), Caller("anteprima"), lambda _: None)
        except NoChange:
            return
        except DomainError as error:
            raise compared.located(error) from None

    def _preview_of_difference(
        self, compared: _Compared, caller: Caller, also: Callable[[PreviewReader], None] = lambda _: None
    ) -> FilePreview:
        plan, difference, current = compared.file.plan, compared.difference, compared.current
        after, refused = current, None
        decides: Deciding = {"acts": [], "years": []}
        rates: dict[str, PlainBeforeAfter] = {}
        brought: list[PlanWarning] = []
        file = compared.file
        if file.changes or file.measurements or file.statuses or file.polarities:
            self.progress("calcolo degli effetti")
            years = _years(compared)
            day = max(compared.effective_on, today(self.service.store.clock()))
            year_end = date(compared.effective_on.year, 12, 31)

            def question(reader: PreviewReader) -> tuple[PlanDocument, dict[str, PlainBeforeAfter], Deciding]:
                effect = rates_before_and_after(reader, plan, years, day)
                also(reader)
                return _document(reader, plan, year_end), effect, deciding(reader.pending(plan_stream(plan)))

            try:
                after, rates, decides = self.service.preview_change(_motivated(compared), caller, question)
                brought = self._brought(plan, current, after, year_end)
            except NoChange:
                pass
            except DomainError as error:
                refused = str(compared.located(error))
        return FilePreview(
            kind="difference",
            plan=plan,
            decides=decides if compared.file.act else {"acts": [], "years": []},
            status=after.plan.status,
            version=compared.version,
            effective_on=compared.effective_on.isoformat(),
            compared_with=compared.compared_with,
            remarks=difference.remarks,
            changes=difference.count_by_type(),
            items=difference.items,
            questions=difference.questions,
            unread=difference.unread,
            warnings=(*difference.warnings, *located(brought, difference.items, after)),
            left_alone=difference.ignored,
            of_another=difference.of_another,
            change_rate=rates,
            undetermined=self._undirected(after),
            refused=refused,
            counts=plan_counts(after),
        )

    def _brought(self, plan: str, current: PlanDocument, after: PlanDocument, day: date) -> list[PlanWarning]:
        """The warnings of the plan after the changes that it does not have without them, on the same day."""
        warnings = plan_warnings(after)
        brought = new_warnings(plan_warnings(current), warnings)
        if brought and current.as_of != day:
            with self.service.store.reading() as reader:
                brought = new_warnings(plan_warnings(_document(reader, plan, day)), warnings)
        return brought

    def _undirected(self, document: PlanDocument) -> tuple[UndirectedIndicator, ...]:
        """The indicators whose polarity is asked, each with what the library of indicators says of it today."""
        point = Point(today(self.service.store.clock()))
        with self.service.store.reading() as reader:
            return tuple(undirected(document, library=library_known(reader, point), on=point.as_of))

    # -- a plan that is not there ----------------------------------------------------------------------------------

    def _new_plan(self, incoming: Incoming, decisions: Decisions) -> NewPlan:
        uploaded = incoming.uploaded
        self.progress("lettura del piano")
        if incoming.document is not None and incoming.document.plan.predecessor is None:
            opened = NewPlan(incoming.document, PlanDiff((), (), (), (), ()))
        else:
            document = incoming.document
            read = uploaded if document is None else uploaded._replace(remarks=())  # what is beside a new plan is taken
            try:
                opened = new_plan(read, self._before(uploaded), decisions.answers)
            except ValidationError as error:  # what a row says beside its columns is judged with the plan
                raise located_in_file(malformed(error), uploaded) from None
            if document is not None:
                beside = {part: getattr(document, part) for part in BESIDE}
                opened = opened._replace(document=opened.document.model_copy(update=beside))
        opened = opened._replace(document=with_polarities(opened.document, decisions.polarities))
        act = decisions.act or (uploaded.motivation.act if opened.document.act is None else None)
        return opened._replace(document=opened.document.model_copy(update={"act": act})) if act else opened

    def _before(self, uploaded: UploadedPlan) -> PlanDocument | None:
        """The plan that a new one follows: the one that it names, or the administration's latest."""
        if uploaded.plan is None or uploaded.administration is None:
            return None
        day = today(self.service.store.clock())
        predecessor = uploaded.plan.predecessor
        with self.service.store.reading() as reader:
            own = uploaded.administration.id
            told = predecessor is not None and may_be_followed(reader, predecessor, own, Point(day))
            if predecessor is not None and told and plan_is_there(reader, predecessor):
                return _document(reader, predecessor, day)
            before = document_before(reader, uploaded.administration.id, uploaded.plan.first_year, day)
        return PlanDocument.model_validate(before) if before else None

    def _preview_of_new_plan(self, incoming: Incoming, decisions: Decisions) -> FilePreview:
        document, difference = self._new_plan(incoming, decisions)
        refused: str | None = None
        status, warnings, targets = document.plan.status, tuple[Notice, ...](), list[TargetSet]()
        asked, left_alone = tuple[OpenQuestion, ...](), tuple[str, ...]()
        decides: Deciding = {"acts": [], "years": []}
        self.progress("calcolo degli effetti")
        try:
            with self.service.store.reading() as reader:
                opened = self.service.opened(reader, document, decisions.effective_on, decisions.answers)
                asked, left_alone = opened.questions, opened.left_alone
                decision = in_cells(
                    incoming.uploaded, lambda: self.service.opening(reader, opened, decisions.effective_on)
                )
            events = (pending.event for part in decision.parts for pending in part.pending)
            targets = [event for event in events if isinstance(event, TargetSet)]
            decides = deciding(decision.parts[-1].pending)
            status, warnings = "approved" if document.act else "draft", decision.warnings
        except Malformed:
            raise
        except DomainError as error:
            refused = str(error)
        act = act_of(document.act) if document.act else None
        effective_on = decisions.effective_on or (act.date if act else today(self.service.store.clock()))
        return FilePreview(
            kind="next_plan" if document.plan.predecessor else "new_plan",
            plan=document.plan.id,
            decides=decides,
            status=status,
            version=0,
            effective_on=effective_on.isoformat(),
            remarks=difference.remarks,
            changes=difference.count_by_type(),
            items=difference.items,
            questions=(*difference.questions, *(asked_in_cell(question, incoming.uploaded) for question in asked)),
            unread=difference.unread or tuple(_unread(targets)),
            warnings=(*difference.warnings, *warnings),
            left_alone=(*difference.ignored, *(file_cell(words, incoming.uploaded) for words in left_alone)),
            undetermined=self._undirected(document),
            refused=refused,
            counts=plan_counts(document, [event.target for event in targets]),
            reading=reading_shown(incoming.uploaded.reading),
        )


def _every(problems: Sequence[Problem]) -> Malformed:
    """All that is wrong with a file, each problem once: a row of targets is read year by year."""
    return Malformed(list(dict.fromkeys(problems)))


def _read_as_answered(store: Store, incoming: Incoming, answers: Mapping[str, str]) -> Incoming:
    """A file in an office's own layout, read as the answers to the questions of its reading say."""
    asked = {doubt.id: doubt.taken for doubt in incoming.uploaded.doubts if doubt.options}
    if incoming.again is None or all(answers.get(id_) == taken for id_, taken in asked.items()):
        return incoming
    return incoming.again(store, answers)


def _unsaid(uploaded: UploadedPlan) -> Malformed:
    """What a file in an office's own layout does not say of the plan itself."""
    problems = []
    if uploaded.administration is None:
        words = "il file non dice di quale amministrazione è il piano"
        problems.append(
            Problem(where="Lettura", found=words, accepted="nella lettura: Ente = NOME DELL'AMMINISTRAZIONE")
        )
    else:
        words = "il file non dice gli anni del piano"
        problems.append(
            Problem(where="Lettura", found=words, accepted="nella lettura: Primo anno = AAAA e Ultimo anno = AAAA")
        )
    return Malformed(problems)


def _require_version(reader: Reader, plan: str, made_on: int) -> None:
    """Refuses what a preview shows once the plan went on after it."""
    head = find_plan(reader, plan).known.version
    if head != made_on:
        words = f"il piano è alla versione {head}, l'anteprima è della {made_on}"
        raise VersionOutdated(words, accepted="una nuova anteprima", where="version")


def _never(_: Reader) -> Decision:
    raise NoChange("il comando è già stato registrato")


def _document(reader: Reader, plan: str, day: date) -> PlanDocument:
    return PlanDocument.model_validate(plan_in_force(reader, plan, Point(day)))


def _require_comparable(uploaded: UploadedPlan) -> None:
    """Refuses, before any is compared, more objectives or indicators than a plan may have."""
    for name, rows in (("obiettivi", uploaded.objectives or ()), ("indicatori", uploaded.indicators or ())):
        if len(rows) > MAX_ROWS:
            problem = (
                f"il file ha {len(rows)} {name}: confrontarli con il piano costa troppo, e nulla è stato registrato"
            )
            raise FileTooCostly(problem, accepted=f"al più {MAX_ROWS} {name}", where="file")


@contextmanager
def _said_at(cell: str) -> Iterator[None]:
    """What is wrong with the act of a file is said of its cell."""
    try:
        yield
    except Malformed as error:
        raise error.placed(lambda where: cell or where) from None


def _motivated(compared: _Compared) -> ChangeFile:
    """The changes with a motivation that nobody has said yet: enough to see what they would do."""
    file = compared.file
    return file.model_copy(
        update={
            "act": file.act or ActPart(body="Anteprima", type="altro", date=compared.effective_on, assumed=True),
            "justification": file.justification or UNSAID,
            "cause": file.cause or "other",
            "effective_on": file.effective_on or compared.effective_on,
        }
    )


def _years(compared: _Compared) -> list[int]:
    plan = compared.current.plan
    touched = {item.year for item in compared.difference.items if item.year is not None}
    touched.add(compared.effective_on.year)
    return [year for year in range(plan.first_year, plan.last_year + 1) if year in touched]


def _unread(targets: Iterable[TargetSet]) -> list[UnreadCell]:
    return [
        UnreadCell(where=f"indicator/{event.indicator}", text=event.target.text, reason=event.target.reason)
        for event in targets
        if isinstance(event.target, Unread)
    ]
