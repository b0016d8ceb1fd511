"""The pages by which a workbook comes in: sent, looked at, its questions answered, checked, recorded or proposed."""

from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response

from api.access.sessions import csrf_token, is_csrf_token
from api.commands.handler import Caller
from api.commands.service import Service
from api.formats.json_reader import into
from api.http.access import Admission, Gate, admission_of
from api.http.ended_sessions import KEPT, LOOKED_AT, CheckedForms, EndedSessions, account_of
from api.http.forms import (
    FormEndpoint,
    FormFields,
    form_secret,
    not_our_form,
    read_form,
    require_form_of,
    with_form_cookie,
)
from api.http.language import language_of
from api.http.multipart import Upload, read_upload
from api.http.papers import act_file
from api.http.plan_visits import plan_visit, recorded_answer
from api.http.visitors import own_address
from api.http.work_pages import CARRIED, CHECKED, STEP, seal_of_form
from api.imports.import_jobs import CONFIRMED, PROPOSED, READY, ImportJobs
from api.imports.import_preview import FilePreview
from api.imports.options import PARTS, ImportOptions
from api.language.translation import translated
from api.operations.model import Operation
from api.operations.table import COMMANDS, QUESTIONS
from api.pages import addresses
from api.pages.addresses import page_address
from api.pages.documents import NOT_TAKEN
from api.pages.forms import CSRF_FIELD, FormProblem, form_problems
from api.pages.sign_in import SIGN_IN, onwards
from api.pages.upload.decided import TITLE, FileForm, decisions_of, form_of, proposal_of_form, questions_waiting
from api.pages.work.problems import OVERTAKEN
from domain.access.principal import Unauthenticated
from domain.documents.difference import Decisions
from domain.documents.proposal import ProposedImport
from domain.errors import DomainError
from domain.late import late
from projections.store.previews import StoredPreview

with late:  # a page is made when it is asked
    from api.pages.documents import documents_again
    from api.pages.upload.foreseen import foreseeing_file
    from api.pages.upload.import_page import FileLooked, FileOnPage, import_page
    from api.pages.visit import PlanVisit
    from api.pages.work.controls import control
    from api.pages.work.form_page import Carried
    from api.pages.work.meanwhile import recorded_after
    from api.pages.work.problems import problems_in_form
    from api.workbook.formats import format_of

MOST_FORM_BYTES = 2_000_000
MOST_FIELDS = 5_000
"""A form answers every question of a workbook, and leaves out what it lists: it may be long."""
MOST_LOOKED_AT = 100_000
"""The longest form, in characters, that is shown at an address of its own, to which the way back leads."""


class DocumentPages:
    """The routes of one service."""

    def __init__(self, app: FastAPI, service: Service, gate: Gate) -> None:
        self.app = app
        self.service = service
        self.gate = gate
        self.ended = EndedSessions(service, gate)
        self.looked_at = CheckedForms(service, gate)

    @property
    def jobs(self) -> ImportJobs:
        """The jobs of this installation."""
        jobs: ImportJobs = self.app.state.imports
        return jobs

    def add(self) -> None:
        """Adds them to the application; the page of the documents itself is among those of a plan."""
        self.app.add_route(addresses.DOCUMENTS, self.send, methods=["POST"])
        self.app.add_route(addresses.IMPORT, self._admitted("show_import", self.show), methods=["GET"])
        self.app.add_route(addresses.IMPORT, self.decide, methods=["POST"])

    # -- what is asked -------------------------------------------------------------------------------------------------

    async def send(self, request: Request) -> Response:
        """Takes a file, and leads to its preview; a file that is refused is told on the page that it came from.

        One of a session that has ended is not taken, and the page says so once its sender has signed in.
        """
        admission = admission_of(request)
        upload = await read_upload(request, self.app.state.settings.max_document_bytes)
        if not self.gate.is_open and admission.session is None and not admission.principal.is_machine:
            return RedirectResponse(onwards(SIGN_IN, _not_taken(request, upload)), status_code=303)
        admission.require(COMMANDS["send_file"], None)
        is_of_this_session = is_csrf_token(form_secret(request), upload.form.get(CSRF_FIELD, ""))
        if not is_of_this_session and self.ended.is_own_again(request, upload.form):
            return RedirectResponse(_not_taken(request, upload), status_code=303)
        require_form_of(admission, upload.form)
        return await run_in_threadpool(self._sent, request, admission, upload)

    def _sent(self, request: Request, admission: Admission, upload: Upload) -> Response:
        plan, complete = str(request.path_params["plan"]), [part for part in PARTS if upload.form.get(part)]
        said = {"effective_on": upload.form.get("effective_on", "").strip(), "complete": ",".join(complete)}
        try:
            if not upload.file:
                return self._again(
                    request,
                    (FormProblem("file", translated("Il file manca. Sceglierne uno.", language_of(request))),),
                    422,
                )
            options = into(ImportOptions, {name: value for name, value in said.items() if value})
            format_of(upload.file, upload.name)
            begun = self.jobs.begin(upload.file, options, Caller.of(admission.principal), plan=plan)
        except DomainError as error:
            if error.status in {401, 403, 404} or error.status >= 500:
                raise
            return self._again(
                request, _of_cells(form_problems(error, language_of(request)), ("file", "effective_on")), error.status
            )
        return RedirectResponse(page_address(addresses.IMPORT, plan=plan, import_id=begun.id), status_code=303)

    def _again(self, request: Request, problems: tuple[FormProblem, ...], status: int) -> Response:
        with plan_visit(self.service, request, addresses.DOCUMENTS) as visit:
            return documents_again(visit, problems, status)

    async def show(self, request: Request, _: Admission) -> Response:
        """A file on its way."""
        return await run_in_threadpool(self._shown, request)

    async def decide(self, request: Request) -> Response:
        """Looks again with what the form says, records it, or keeps it as a proposal; nothing typed is lost with a session."""
        sent = await read_form(request, most_bytes=MOST_FORM_BYTES, most_fields=MOST_FIELDS)
        admission = admission_of(request)
        if not self.gate.is_open and admission.session is None and not admission.principal.is_machine:
            return await run_in_threadpool(self._to_sign_in, request, sent)
        admission.require(COMMANDS["confirm_import"], None)
        if not admission.principal.is_machine and not is_csrf_token(form_secret(request), sent.get(CSRF_FIELD, "")):
            if not self.ended.is_own_again(request, sent):
                raise not_our_form()
            return await run_in_threadpool(self._restored, request, sent)
        return await run_in_threadpool(self._decided, request, sent)

    def _to_sign_in(self, request: Request, sent: FormFields) -> Response:
        """The way in for whoever has no session any more; what was typed is kept for the account that the form was made for."""
        wanted = self._kept_at(request.url.path, self.ended.marked(sent), sent)
        return RedirectResponse(onwards(SIGN_IN, wanted), status_code=303)

    def _kept_at(self, path: str, account: str, sent: FormFields) -> str:
        """The address at which what was typed is found again."""
        return self.ended.kept_at(path, account, {name: text for name, text in typed_of(sent).items() if text})

    def _restored(self, request: Request, sent: FormFields) -> Response:
        return self._page(request, self._stored(request), typed_of(sent), restored=True)

    def _shown(self, request: Request) -> Response:
        """A file on its way; with what was sent to be looked at, or typed before its session ended, where that was kept."""
        stored = self._stored(request)
        kept = self.looked_at.find(request) if LOOKED_AT in request.query_params else None
        if kept is not None and stored.state not in {CONFIRMED, PROPOSED}:
            step = kept.typed.get(STEP, "look")
            unseen = step in {"record", "propose"}
            return self._page(request, stored, typed_of(kept.typed), checking=step == "check" or unseen, unseen=unseen)
        typed = self.ended.typed(request)
        return self._page(request, stored, typed or {}, restored=typed is not None)

    def _decided(self, request: Request, sent: FormFields) -> Response:
        stored, step, typed = self._stored(request), sent.get(STEP, "look"), typed_of(sent)
        if stored.state in {CONFIRMED, PROPOSED}:
            return self._page(request, stored, typed)
        if step == "again":
            return self._compared_again(request, stored, typed)
        if step == "act":
            return self._act(request, stored, typed)
        is_seen = sent.get(CHECKED, "") == seal_of(request, typed)
        if step in {"record", "propose"} and is_seen:
            return self._written(request, stored, sent, typed)
        if sum(map(len, typed.values())) > MOST_LOOKED_AT:
            unseen = step in {"record", "propose"}
            return self._page(request, stored, typed, checking=step == "check" or unseen, unseen=unseen)
        address = self.looked_at.looked_at(
            request, {**{name: text for name, text in typed.items() if text}, STEP: step}
        )
        return RedirectResponse(address, status_code=303)

    def _written(self, request: Request, stored: StoredPreview, sent: FormFields, typed: FormFields) -> Response:
        """Records what was looked at, or keeps it as a proposal; refused, the page is there again with what was typed."""
        admission, plan = admission_of(request), str(request.path_params["plan"])
        try:
            if sent[STEP] == "record":
                decisions = into(Decisions, decisions_of(typed))
                caller = Caller.of(admission.principal, f"documento-{stored.id}")
                outcome = self.jobs.confirm(stored, decisions, caller)
                address = page_address(addresses.PLAN, plan=outcome.plan or plan)
            else:
                admission.require(COMMANDS["propose_import"], None)
                proposed = into(ProposedImport, proposal_of_form(typed))
                caller = Caller.of(admission.principal, f"proposta-{stored.id}")
                outcome = self.jobs.propose(stored, proposed, caller)
                address = page_address(addresses.PROPOSAL, plan=plan, proposal=outcome.proposal or "")
        except DomainError as error:
            if error.status in {401, 403, 404} or error.status >= 500:
                raise
            return self._page(request, stored, typed, checking=True, error=error)
        self.ended.forget(request, request.url.path)
        return recorded_answer(address, outcome, self.gate)

    def _act(self, request: Request, stored: StoredPreview, typed: FormFields) -> Response:
        """The draft of the act for what the file changes, as the form says it; refused, the page with what was typed."""
        admission = admission_of(request)
        admission.require(QUESTIONS["draft_act_of_import"], None)
        try:
            decisions = into(Decisions, decisions_of(typed))
            changes = self.jobs.unrecorded(stored, decisions, Caller.of(admission.principal))
        except DomainError as error:
            if error.status in {401, 403, 404} or error.status >= 500:
                raise
            return self._page(request, stored, typed, error=error)
        return act_file(request, stored.plan, changes, language_of(request))

    def _compared_again(self, request: Request, stored: StoredPreview, typed: FormFields) -> Response:
        """The same file compared with the plan as it is now, and all that was typed beside it."""
        again = self.jobs.begin_again(stored, Caller.of(admission_of(request).principal))
        address = page_address(addresses.IMPORT, plan=stored.plan, import_id=again.id)
        if account := account_of(request):
            return RedirectResponse(self._kept_at(address, account, typed), status_code=303)
        return self._page(request, again, typed)

    def _page(
        self,
        request: Request,
        stored: StoredPreview,
        typed: FormFields,
        *,
        checking: bool = False,
        unseen: bool = False,
        restored: bool = False,
        error: DomainError | None = None,
    ) -> Response:
        """The page of a file as the form says it: to be looked at once more only where nothing is open, or refused.

        `unseen`: what was to be recorded was not what the page had shown.
        """
        looked, wrong = self._looked(request, stored, typed)
        refused = error or wrong
        with plan_visit(self.service, request, addresses.IMPORT) as visit:
            preview = looked.preview if looked else None
            conflict = recorded_after(visit, stored.version) if looked else []
            problems = list(problems_in_form(refused, self._fields(visit, preview, typed), visit)) if refused else []
            open_yet = list[FormProblem]()
            if checking and preview is not None:
                open_yet += questions_waiting(preview)
                if conflict and error is None:
                    open_yet.append(FormProblem("", OVERTAKEN))
                if preview.refused and typed.get("act"):
                    open_yet.append(FormProblem("act", preview.refused))
            stays = checking and looked is not None and wrong is None and not open_yet and not conflict
            problems = list(dict.fromkeys([*problems, *open_yet]))
            answer = import_page(
                visit,
                stored,
                self._carried(request, typed, checking=stays),
                FileOnPage(
                    looked,
                    typed,
                    checking=stays,
                    unseen=stays and unseen,
                    restored=restored,
                    conflict=conflict,
                ),
                problems,
                status=refused.status if refused else 422 if problems else 200,
            )
        return with_form_cookie(request, answer)

    def _looked(
        self, request: Request, stored: StoredPreview, typed: FormFields
    ) -> tuple[FileLooked | None, DomainError | None]:
        """The preview as the form says it; as the file alone says it, with the refusal, where the form cannot be read."""
        if stored.state != READY:
            return None, None
        admission = admission_of(request)
        caller = Caller.of(admission.principal)
        question = foreseeing_file(stored.plan)
        try:
            decisions = into(Decisions, decisions_of(typed))
            return FileLooked(*self.jobs.foresee(stored, decisions, caller, question)), None
        except DomainError as error:
            if error.status in {401, 403, 404} or error.status >= 500:
                raise
            return FileLooked(*self.jobs.foresee(stored, Decisions(), caller, question)), error

    def _fields(self, visit: PlanVisit, preview: FilePreview | None, typed: FormFields) -> FileForm:
        """Those of the form, with the title that a proposal has."""
        title = control(ProposedImport, TITLE, typed.get(TITLE, ""))
        return FileForm([*form_of(visit, preview, typed).controls, title])

    def _carried(self, request: Request, typed: FormFields, *, checking: bool) -> Carried:
        csrf = csrf_token(form_secret(request))
        hidden = self.ended.mark_of(request, csrf)
        if name := request.query_params.get(KEPT, ""):
            hidden[KEPT] = name
        return Carried(csrf, hidden | ({CHECKED: seal_of(request, typed)} if checking else {}))

    # -- what all have in common ---------------------------------------------------------------------------------------

    def _stored(self, request: Request) -> StoredPreview:
        return self.jobs.find(str(request.path_params["import_id"]), str(request.path_params["plan"]))

    def _admitted(self, row: str, answer: Callable[[Request, Admission], Awaitable[Response]]) -> FormEndpoint:
        operation: Operation = QUESTIONS.get(row) or COMMANDS[row]

        async def endpoint(request: Request) -> Response:
            admission = admission_of(request)
            try:
                admission.require(operation, None)
            except Unauthenticated:
                return RedirectResponse(onwards(SIGN_IN, own_address(request)), status_code=303)
            return await answer(request, admission)

        return endpoint


def _not_taken(request: Request, upload: Upload) -> str:
    """The page from which a file came that was not taken, with what was said beside it: all of it but the file."""
    said = {name: upload.form.get(name, "")[:80] for name in ("effective_on", *PARTS)}
    query = {NOT_TAKEN: upload.name[:120] or "file", **said}
    return page_address(addresses.DOCUMENTS, query, plan=str(request.path_params["plan"]))


def _of_cells(problems: tuple[FormProblem, ...], fields: tuple[str, ...]) -> tuple[FormProblem, ...]:
    """Problems at their fields; those of a cell of the file say which, for no field of the page has it."""
    return tuple(
        problem if problem.field in fields or not problem.field else FormProblem("", f"{problem.field}: {problem.text}")
        for problem in problems
    )


def typed_of(sent: FormFields) -> FormFields:
    """What was typed into a form, without what it carries along."""
    return {name: text for name, text in sent.items() if name not in CARRIED}


def seal_of(request: Request, typed: FormFields) -> str:
    """What says that the page showed what this form would do; how a proposal is called does nothing."""
    return seal_of_form(request, {name: text for name, text in typed.items() if name != TITLE})
