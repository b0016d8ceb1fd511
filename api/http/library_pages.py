"""The addresses by which the library of indicators is written: a form for an entry, a file that is looked at before it is taken."""

import hashlib
from collections.abc import Mapping
from typing import ClassVar

import orjson
from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response

from api.access.sessions import csrf_token, is_csrf_token
from api.commands.handler import Caller, Outcome
from api.commands.rehearsal import Rehearsed, rehearse
from api.formats.json_reader import into
from api.http.access import admission_of
from api.http.forms import FormFields, form_secret, not_our_form, read_form, with_form_cookie
from api.http.installation_pages import InstallationPages
from api.http.language import language_of
from api.http.multipart import Upload, read_upload
from api.http.visitors import with_notice
from api.http.work_pages import CHECKED, STEP, seal_of_form
from api.imports.import_jobs import TAKEN_LIBRARY_FILE, ImportJobs
from api.language.translation import translated
from api.operations.library import content_of_file, library_of, load_library_file
from api.operations.model import CommandContext, Operation
from api.operations.requests import LibraryToLoad
from api.operations.table import COMMANDS
from api.pages import addresses
from api.pages.addresses import page_address
from api.pages.documents import NOT_TAKEN
from api.pages.forms import CSRF_FIELD, FormProblem, form_problems
from api.pages.installation.form import InstallationForm
from api.pages.installation.visit import InstallationVisit
from api.pages.library import (
    LibraryFileForeseen,
    LibraryFileOnPage,
    library_address,
    library_file_page,
    library_files_page,
)
from api.pages.library_forms import LIBRARY_FORMS, LibraryFilled
from api.pages.sign_in import SIGN_IN, onwards
from api.pages.work.form_page import Carried
from domain.errors import DomainError
from domain.library.decide import LIBRARY, require_keeper
from domain.vocabulary import JsonValue
from projections.library import EntryForeseen, entries_foreseen
from projections.store.previews import StoredPreview

LOAD = COMMANDS["load_library"]
STATED_ON = "stated_on"


class LibraryPages(InstallationPages[InstallationVisit]):
    """The routes of one service."""

    path: ClassVar = addresses.LIBRARY_FORM
    within: ClassVar = addresses.LIBRARY
    forms: ClassVar = LIBRARY_FORMS
    stream: ClassVar = LIBRARY

    @property
    def jobs(self) -> ImportJobs:
        """The jobs of this installation."""
        jobs: ImportJobs = self.app.state.imports
        return jobs

    def add(self) -> None:
        """Adds them to the application."""
        super().add()
        self.app.add_route(addresses.LIBRARY_FILES, self._guarded(self._choose_file, lambda _: LOAD), methods=["GET"])
        self.app.add_route(addresses.LIBRARY_FILES, self.send, methods=["POST"])
        self.app.add_route(addresses.LIBRARY_FILE, self._guarded(self._show_file, lambda _: LOAD), methods=["GET"])
        self.app.add_route(addresses.LIBRARY_FILE, self.decide, methods=["POST"])

    # -- an entry ------------------------------------------------------------------------------------------------------

    def _require(self, request: Request, row: Operation) -> None:
        super()._require(request, row)
        require_keeper(admission_of(request).principal)

    def _visit_of(self, _request: Request, visit: InstallationVisit) -> InstallationVisit:
        return visit

    def _filled(
        self,
        form: InstallationForm,
        visit: InstallationVisit,
        said: Mapping[str, str],
        *,
        written: bool,
        confirming: bool = False,
    ) -> LibraryFilled:
        return LibraryFilled(form, visit, said, written=written, confirming=confirming)

    def _instead(self, visit: InstallationVisit, _form: InstallationForm) -> tuple[str, str]:
        return visit.worded("Biblioteca degli indicatori"), addresses.LIBRARY

    def _recorded(
        self, request: Request, sent: FormFields, typed: FormFields, _about: str, outcome: Outcome
    ) -> Response:
        is_there = self._form_named(request).name == "state_library_entry"
        address = library_address(typed.get("scheme", ""), typed.get("code", "")) if is_there else addresses.LIBRARY
        self.looked_at.recorded(request, sent, address)
        answer = RedirectResponse(address, status_code=303)
        version = outcome.versions[LIBRARY][1]
        return with_notice(answer, f"library.{version}", is_secure=self.gate.is_secure, path=addresses.LIBRARY)

    # -- a file --------------------------------------------------------------------------------------------------------

    async def send(self, request: Request) -> Response:
        """Takes a file, and leads to what it says; one of a session that has ended is not taken, and the page says so."""
        upload = await read_upload(request, self.app.state.settings.max_document_bytes)
        not_taken = page_address(addresses.LIBRARY_FILES, {NOT_TAKEN: upload.name[:120] or "file"})
        if not self.gate.is_open and admission_of(request).session is None:
            return RedirectResponse(onwards(SIGN_IN, not_taken), status_code=303)
        self._require(request, LOAD)
        if not is_csrf_token(form_secret(request), upload.form.get(CSRF_FIELD, "")):
            if not self.ended.is_own_again(request, upload.form):
                raise not_our_form()
            return RedirectResponse(not_taken, status_code=303)
        return await run_in_threadpool(self._sent_file, request, upload)

    async def decide(self, request: Request) -> Response:
        """Looks again, as of the day that the form says, or records what the page showed."""
        sent = await read_form(request)
        if not self.gate.is_open and admission_of(request).session is None:
            return RedirectResponse(onwards(SIGN_IN, request.url.path), status_code=303)
        self._require(request, LOAD)
        if not is_csrf_token(form_secret(request), sent.get(CSRF_FIELD, "")):
            if not self.ended.is_own_again(request, sent):
                raise not_our_form()
            return RedirectResponse(request.url.path, status_code=303)
        return with_form_cookie(request, await run_in_threadpool(self._decided, request, sent))

    def _choose_file(self, request: Request) -> Response:
        return self._files_page(request, not_taken=request.query_params.get(NOT_TAKEN, "")[:120])

    def _files_page(
        self, request: Request, problems: tuple[FormProblem, ...] = (), *, not_taken: str = "", status: int = 200
    ) -> Response:
        with self._visiting(request) as visit:
            return library_files_page(visit, self._form_of(request, {}), problems, not_taken, status)

    def _sent_file(self, request: Request, upload: Upload) -> Response:
        name = upload.name or "file"
        try:
            if not upload.file:
                missing = translated("Il file manca. Sceglierne uno.", language_of(request))
                return self._files_page(request, (FormProblem("file", missing),), status=422)
            library_of(_request_of(upload.file, name, ""))
            kept = self.jobs.keep_library_file(upload.file, name, Caller.of(admission_of(request).principal))
        except DomainError as error:
            if error.status in {401, 403, 404} or error.status >= 500:
                raise
            return self._files_page(request, _problems(request, error, "file", name), status=error.status)
        return RedirectResponse(page_address(addresses.LIBRARY_FILE, import_id=kept.id), status_code=303)

    def _show_file(self, request: Request) -> Response:
        return self._file_page(request, self._kept_file(request), "")

    def _decided(self, request: Request, sent: FormFields) -> Response:
        stored, stated_on = self._kept_file(request), sent.get(STATED_ON, "").strip()
        if stored.state == TAKEN_LIBRARY_FILE or sent.get(STEP) != "record":
            return self._file_page(request, stored, stated_on)
        try:
            foreseen = self._foreseen(request, stored, stated_on)
            if sent.get(CHECKED, "") != _seal(request, stated_on, foreseen):
                return self._file_page(request, stored, stated_on, unseen=True)
            caller = Caller.of(admission_of(request).principal, f"biblioteca-{stored.id}")
            load_library_file(CommandContext(self.service, "", caller), _request_of_kept(stored, stated_on))
        except DomainError as error:
            if error.status in {401, 403, 404} or error.status >= 500:
                raise
            return self._file_page(request, stored, stated_on)
        self.jobs.library_file_taken(stored)
        return RedirectResponse(request.url.path, status_code=303)

    def _file_page(self, request: Request, stored: StoredPreview, stated_on: str, *, unseen: bool = False) -> Response:
        name, is_taken = stored.shown or "file", stored.state == TAKEN_LIBRARY_FILE
        foreseen, problems, hidden, status = None, tuple[FormProblem, ...](), dict[str, str](), 200
        if not is_taken:
            try:
                foreseen = self._foreseen(request, stored, stated_on)
                hidden = {CHECKED: _seal(request, stated_on, foreseen)}
            except DomainError as error:
                if error.status in {401, 403, 404} or error.status >= 500:
                    raise
                problems, status = _problems(request, error, STATED_ON, name), error.status
        with self._visiting(request) as visit:
            shown = LibraryFileOnPage(stored.id, name, stated_on, foreseen, is_taken, unseen)
            return library_file_page(visit, shown, self._form_of(request, hidden), problems, status)

    def _foreseen(self, request: Request, stored: StoredPreview, stated_on: str) -> LibraryFileForeseen:
        """What the file would do to the library as it is now; refused as it would be."""
        asked = _request_of_kept(stored, stated_on)
        caller = Caller.of(admission_of(request).principal)
        rehearsed: Rehearsed[list[EntryForeseen]] = rehearse(
            self.service,
            entries_foreseen,
            lambda service: load_library_file(CommandContext(service, "", caller), asked),
        )
        return LibraryFileForeseen(rehearsed.answer, len(library_of(asked).entries), rehearsed.warnings)

    def _kept_file(self, request: Request) -> StoredPreview:
        return self.jobs.find_library_file(str(request.path_params["import_id"]), admission_of(request).principal)

    def _form_of(self, request: Request, hidden: Mapping[str, str]) -> Carried:
        return Carried(csrf_token(form_secret(request)), {**self._mark(request), **hidden})


def _request_of_kept(stored: StoredPreview, stated_on: str) -> LibraryToLoad:
    return _request_of(stored.file, stored.shown or "file", stated_on)


def _request_of(file: bytes, name: str, stated_on: str) -> LibraryToLoad:
    said: dict[str, JsonValue] = {STATED_ON: stated_on} if stated_on else {}
    return into(LibraryToLoad, content_of_file(file, name) | said)


def _problems(request: Request, error: DomainError, field: str, name: str) -> tuple[FormProblem, ...]:
    """What is wrong with a file, at a field of the form where it is of that; what is within the file says where."""
    told: list[FormProblem] = []
    for problem in form_problems(error, language_of(request)):
        is_of_field = problem.field in {"", field, name}
        told.append(
            FormProblem(field if problem.field in {field, name} else "", problem.text)
            if is_of_field
            else FormProblem("", f"{problem.field}: {problem.text}")
        )
    return tuple(told)


def _seal(request: Request, stated_on: str, foreseen: LibraryFileForeseen) -> str:
    """What says that the page showed what the file would do: asked again, it would do the same."""
    shown = hashlib.sha256(orjson.dumps(foreseen.entries)).hexdigest()
    return seal_of_form(request, {"shown": shown, STATED_ON: stated_on})
