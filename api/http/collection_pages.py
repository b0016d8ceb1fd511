"""The pages by which sheets of collection come back from the offices: sent, looked at, confirmed."""

import hashlib

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response

from api.access.sessions import csrf_token, is_csrf_token
from api.commands.handler import Caller
from api.commands.service import Service
from api.http.access import Admission, Gate, admission_of
from api.http.ended_sessions import EndedSessions
from api.http.forms import FormFields, form_secret, not_our_form, read_form, require_form_of, with_form_cookie
from api.http.language import language_of
from api.http.multipart import Upload, read_upload
from api.http.plan_visits import plan_visit, recorded_answer
from api.http.visitors import own_address
from api.http.work_pages import CHECKED, STEP, seal_of_form
from api.imports.import_jobs import TAKEN_SHEETS, ImportJobs
from api.imports.options import CollectionOptions
from api.language.translation import translated
from api.operations.table import COMMANDS
from api.pages import addresses
from api.pages.addresses import page_address
from api.pages.documents import NOT_TAKEN
from api.pages.forms import CSRF_FIELD, FormProblem, form_problems
from api.pages.sign_in import SIGN_IN, onwards
from domain.access.principal import Unauthenticated
from domain.errors import DomainError
from domain.late import late
from projections.store.previews import StoredPreview

with late:  # a page is made when it is asked
    from api.imports.collecting import Collecting
    from api.imports.collection_preview import CollectionPreview
    from api.pages.upload.returned_page import SheetsLooked, returned_page, sheets_again
    from api.pages.work.form_page import Carried

COLLECT = COMMANDS["collect_round"]
ASKED = ("late", "confirm_unit")
"""What the form asks of the sheets, beside their file."""


class CollectionPages:
    """The routes of one service."""

    def __init__(self, app: FastAPI, service: Service, gate: Gate) -> None:
        self.app = app
        self.service = service
        self.gate = gate
        self.ended = EndedSessions(service, gate)

    @property
    def jobs(self) -> ImportJobs:
        """The jobs of this installation."""
        jobs: ImportJobs = self.app.state.imports
        return jobs

    def add(self) -> None:
        """Adds them to the application; the page of the form itself is among those of a plan."""
        self.app.add_route(addresses.SHEETS, self.send, methods=["POST"])
        self.app.add_route(addresses.RETURNED, self.show, methods=["GET"])
        self.app.add_route(addresses.RETURNED, self.decide, methods=["POST"])

    async def send(self, request: Request) -> Response:
        """Takes a file, and leads to what it says; one of a session that has ended is not taken, and the page says so."""
        admission = admission_of(request)
        upload = await read_upload(request, self.app.state.settings.max_document_bytes)
        if self._is_nobody(admission):
            return RedirectResponse(onwards(SIGN_IN, _not_taken(request, upload)), status_code=303)
        admission.require(COLLECT, None)
        is_of_this_session = is_csrf_token(form_secret(request), upload.form.get(CSRF_FIELD, ""))
        if not is_of_this_session and self.ended.is_own_again(request, upload.form):
            return RedirectResponse(_not_taken(request, upload), status_code=303)
        require_form_of(admission, upload.form)
        return await run_in_threadpool(self._sent, request, admission, upload)

    async def show(self, request: Request) -> Response:
        """Sheets that wait to be confirmed."""
        try:
            admission_of(request).require(COLLECT, None)
        except Unauthenticated:
            return RedirectResponse(onwards(SIGN_IN, own_address(request)), status_code=303)
        return await run_in_threadpool(self._page, request, self._stored(request), CollectionOptions())

    async def decide(self, request: Request) -> Response:
        """Looks again as the form says, or records what the page showed."""
        sent = await read_form(request)
        admission = admission_of(request)
        if self._is_nobody(admission):
            return RedirectResponse(onwards(SIGN_IN, request.url.path), status_code=303)
        admission.require(COLLECT, None)
        if not admission.principal.is_machine and not is_csrf_token(form_secret(request), sent.get(CSRF_FIELD, "")):
            if not self.ended.is_own_again(request, sent):
                raise not_our_form()
            return RedirectResponse(request.url.path, status_code=303)
        return await run_in_threadpool(self._decided, request, sent)

    def _is_nobody(self, admission: Admission) -> bool:
        return not self.gate.is_open and admission.session is None and not admission.principal.is_machine

    def _sent(self, request: Request, admission: Admission, upload: Upload) -> Response:
        plan = str(request.path_params["plan"])
        try:
            if not upload.file:
                missing = translated("Il file manca. Sceglierne uno.", language_of(request))
                return self._again(request, (FormProblem("file", missing),), 422)
            kept = self.jobs.keep_sheets(upload.file, Caller.of(admission.principal), plan=plan)
        except DomainError as error:
            if error.status in {401, 403, 404} or error.status >= 500:
                raise
            told = form_problems(error, language_of(request))
            problems = tuple(
                one if one.field in {"", "file"} else FormProblem("", f"{one.field}: {one.text}") for one in told
            )
            return self._again(request, problems, error.status)
        return RedirectResponse(page_address(addresses.RETURNED, plan=plan, import_id=kept.id), status_code=303)

    def _again(self, request: Request, problems: tuple[FormProblem, ...], status: int) -> Response:
        with plan_visit(self.service, request, addresses.SHEETS) as visit:
            return sheets_again(visit, problems, status)

    def _decided(self, request: Request, sent: FormFields) -> Response:
        stored = self._stored(request)
        options = CollectionOptions(**{name: bool(sent.get(name)) for name in ASKED})
        if stored.state == TAKEN_SHEETS or sent.get(STEP) != "record":
            return self._page(request, stored, options)
        preview = self._collecting(request, stored, options).preview(stored.plan)
        is_seen = sent.get(CHECKED, "") == _seal(request, options, preview)
        if not is_seen or preview.problems:
            return self._page(request, stored, options, unseen=not is_seen)
        try:
            outcome = self._collecting(request, stored, options, f"schede-{stored.id}").record(stored.plan)
        except DomainError as error:
            if error.status in {401, 403, 404} or error.status >= 500:
                raise
            return self._page(request, stored, options, error=error)
        self.jobs.sheets_taken(stored)
        address = page_address(addresses.MONITORING, {"monitoraggio": preview.round}, plan=stored.plan)
        return recorded_answer(address, outcome, self.gate)

    def _page(
        self,
        request: Request,
        stored: StoredPreview,
        options: CollectionOptions,
        *,
        unseen: bool = False,
        error: DomainError | None = None,
    ) -> Response:
        csrf = csrf_token(form_secret(request))
        hidden = self.ended.mark_of(request, csrf)
        looked = None
        if stored.state != TAKEN_SHEETS:
            preview = self._collecting(request, stored, options).preview(stored.plan)
            asked = [name for name in ASKED if self._is_asked(request, stored, options, preview, name)]
            looked = SheetsLooked(preview, options, asked, unseen)
            hidden = hidden | {CHECKED: _seal(request, options, preview)}
        problems = form_problems(error, language_of(request)) if error else ()
        with plan_visit(self.service, request, addresses.RETURNED) as visit:
            status = error.status if error else 200
            answer = returned_page(visit, stored.id, Carried(csrf, hidden), looked, problems, status)
        return with_form_cookie(request, answer)

    def _is_asked(
        self, request: Request, stored: StoredPreview, options: CollectionOptions, preview: CollectionPreview, name: str
    ) -> bool:
        """Whether an answer is given, or would take away something that keeps the sheets from being recorded."""
        if getattr(options, name) or not preview.problems:
            return bool(getattr(options, name))
        answered = options.model_copy(update={name: True})
        return self._collecting(request, stored, answered).preview(stored.plan).problems != preview.problems

    def _collecting(
        self, request: Request, stored: StoredPreview, options: CollectionOptions, command: str = ""
    ) -> Collecting:
        caller = Caller.of(admission_of(request).principal, command)
        return Collecting(self.service, self.jobs.sheets_of(stored), options, caller)

    def _stored(self, request: Request) -> StoredPreview:
        return self.jobs.find_sheets(str(request.path_params["import_id"]), str(request.path_params["plan"]))


def _not_taken(request: Request, upload: Upload) -> str:
    """The page from which a file came that was not taken."""
    query = {NOT_TAKEN: upload.name[:120] or "file"}
    return page_address(addresses.SHEETS, query, plan=str(request.path_params["plan"]))


def _seal(request: Request, options: CollectionOptions, preview: CollectionPreview) -> str:
    """What says that the page showed what the sheets would do: asked again, they would do the same."""
    shown = hashlib.sha256(preview.model_dump_json().encode()).hexdigest()
    return seal_of_form(request, {"shown": shown} | {name: "1" for name in ASKED if getattr(options, name)})
