"""The pages by which a workbook comes in: sent, looked at, its questions answered, checked, recorded or proposed."""

from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response

from api.commands.handler import Caller
from api.commands.service import Service
from api.formats.json_reader import into
from api.http.access import Admission, Gate, admission_of
from api.http.forms import FormEndpoint, FormFields, read_form, require_form_of
from api.http.language import language_of
from api.http.multipart import Upload, read_upload
from api.http.plan_visits import plan_visit, recorded_answer
from api.http.visitors import own_address
from api.imports.import_jobs import CONFIRMED, PROPOSED, ImportJobs
from api.imports.options import PARTS, ImportOptions
from api.language.translation import translated
from api.operations.model import Operation
from api.operations.table import COMMANDS, QUESTIONS
from api.pages import addresses
from api.pages.addresses import page_address
from api.pages.documents import decisions_of, documents_again, import_page, read_decisions
from api.pages.forms import FormProblem, form_problems
from api.pages.sign_in import SIGN_IN, onwards
from domain.access.principal import Unauthenticated
from domain.documents.difference import Decisions
from domain.documents.proposal import ProposedImport
from domain.errors import DomainError
from projections.store.previews import StoredPreview

MOST_FORM_BYTES = 2_000_000
MOST_FIELDS = 5_000
"""A form answers every question of a workbook, and leaves out what it lists: it may be long."""


class DocumentPages:
    """The routes of one service."""

    def __init__(self, app: FastAPI, service: Service, gate: Gate) -> None:
        self.app = app
        self.service = service
        self.gate = gate

    @property
    def jobs(self) -> ImportJobs:
        """The jobs of this installation."""
        jobs: ImportJobs = self.app.state.imports
        return jobs

    def add(self) -> None:
        """Adds them to the application; the page of the documents itself is among those of a plan."""
        self.app.add_route(addresses.DOCUMENTS, self._admitted("send_file", self.send), methods=["POST"])
        self.app.add_route(addresses.IMPORT, self._admitted("show_import", self.show), methods=["GET"])
        self.app.add_route(addresses.IMPORT, self._admitted("confirm_import", self.decide), methods=["POST"])

    # -- what is asked -------------------------------------------------------------------------------------------------

    async def send(self, request: Request, admission: Admission) -> Response:
        """Takes a file, and leads to its preview; a file that is refused is told on the page that it came from."""
        upload = await read_upload(request, self.app.state.settings.max_document_bytes)
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
        return await run_in_threadpool(self._shown, request, self._stored(request))

    async def decide(self, request: Request, admission: Admission) -> Response:
        """Looks again with what the form says, records it, or keeps it as a proposal."""
        form = await read_form(request, most_bytes=MOST_FORM_BYTES, most_fields=MOST_FIELDS)
        require_form_of(admission, form)
        return await run_in_threadpool(self._decided, request, admission, form)

    def _decided(self, request: Request, admission: Admission, form: FormFields) -> Response:
        stored, step = self._stored(request), form.get("step", "look")
        plan, principal = str(request.path_params["plan"]), admission.principal
        if step == "change" or stored.state in {CONFIRMED, PROPOSED}:
            return self._shown(request, stored, form)
        try:
            if step == "record":
                outcome = self.jobs.confirm(
                    stored, into(Decisions, decisions_of(form)), Caller.of(principal, f"documento-{stored.id}")
                )
                return recorded_answer(page_address(addresses.PLAN, plan=outcome.plan or plan), outcome, self.gate)
            if step == "propose":
                admission.require(COMMANDS["propose_import"], None)
                proposed = into(ProposedImport, read_decisions(form))
                outcome = self.jobs.propose(stored, proposed, Caller.of(principal, f"proposta-{stored.id}"))
                address = f"{page_address(addresses.PROPOSALS, plan=plan)}/{outcome.proposal}"
                return RedirectResponse(address, status_code=303)
            preview = self.jobs.preview(stored, into(Decisions, decisions_of(form)), Caller.of(principal))
        except DomainError as error:
            if error.status in {401, 403, 404} or error.status >= 500:
                raise
            problems = _of_cells(
                form_problems(error, language_of(request)), ("act", "justification", "cause", "effective_on", "title")
            )
            return self._shown(request, stored, form, problems, error.status)
        waiting = any(question.answer is None for question in preview.questions)
        checking = step == "check" and not (waiting or preview.refused)
        problems = (
            (FormProblem("domande", translated("Una domanda aspetta ancora la sua risposta.", language_of(request))),)
            if step == "check" and waiting
            else ()
        )
        with plan_visit(self.service, request, addresses.IMPORT) as visit:
            return import_page(visit, stored, preview=preview, form=form, checking=checking, problems=problems)

    def _shown(
        self,
        request: Request,
        stored: StoredPreview,
        form: FormFields | None = None,
        problems: tuple[FormProblem, ...] = (),
        status: int = 200,
    ) -> Response:
        with plan_visit(self.service, request, addresses.IMPORT) as visit:
            return import_page(visit, stored, form=form, problems=problems, status=status)

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


def _of_cells(problems: tuple[FormProblem, ...], fields: tuple[str, ...]) -> tuple[FormProblem, ...]:
    """Problems at their fields; those of a cell of the file say which, for no field of the page has it."""
    return tuple(
        problem if problem.field in fields or not problem.field else FormProblem("", f"{problem.field}: {problem.text}")
        for problem in problems
    )
