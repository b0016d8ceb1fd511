"""The addresses of a form about something of the installation: an account, an entry of the library.

Nothing is recorded at once: what a form would do is looked at first, at an address of its own, as in the work on a plan.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import ClassVar, Generic
from uuid import uuid4

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response

from api.access.sessions import csrf_token, is_csrf_token
from api.commands.handler import Caller, Outcome
from api.commands.rehearsal import rehearse
from api.commands.service import Service
from api.http.access import Gate, admission_of
from api.http.ended_sessions import KEPT, LOOKED_AT, CheckedForms, EndedSessions
from api.http.forms import FormEndpoint, FormFields, form_secret, not_our_form, read_form, with_form_cookie
from api.http.language import language_of
from api.http.visitors import keep_language, own_address, visitor_of
from api.http.work_pages import CARRIED, CHECKED, COMMAND, STEP, UUID_WRITTEN, seal_of_form
from api.operations.model import Operation
from api.pages.forms import CSRF_FIELD, FormProblem
from api.pages.installation.filled import VISIT, InstallationFilled
from api.pages.installation.form import InstallationForm
from api.pages.installation.pages import installation_check_page, installation_form_page, over_page
from api.pages.installation.visit import InstallationVisit
from api.pages.sign_in import SIGN_IN, onwards
from api.pages.work.form_page import Carried
from domain.access.principal import Unauthenticated
from domain.errors import DomainError, NotFound
from domain.names import Names
from projections.store.preview_reader import PreviewReader


class InstallationPages(ABC, Generic[VISIT]):
    """The routes of one service for the forms of one kind, beneath one path."""

    path: ClassVar[str]
    """Where its forms are, `{command}` in it."""
    within: ClassVar[str]
    """Beneath which path a notice is shown."""
    forms: ClassVar[Mapping[str, InstallationForm]]
    stream: ClassVar[str]
    """What its commands record in."""

    def __init__(self, app: FastAPI, service: Service, gate: Gate) -> None:
        self.app = app
        self.service = service
        self.gate = gate
        self.ended = EndedSessions(service, gate)
        self.looked_at = CheckedForms(service, gate)

    def add(self) -> None:
        """Adds them to the application."""
        self.app.add_route(self.path, self._guarded(self._form, self._row_named), methods=["GET"])
        self.app.add_route(self.path, self._sending(), methods=["POST"])

    # -- what each kind says of itself ---------------------------------------------------------------------------------

    @abstractmethod
    def _filled(
        self,
        form: InstallationForm,
        visit: VISIT,
        said: Mapping[str, str],
        *,
        written: bool,
        confirming: bool = False,
    ) -> InstallationFilled[VISIT]:
        """A form as somebody fills it in."""

    @abstractmethod
    def _visit_of(self, request: Request, visit: InstallationVisit) -> VISIT:
        """A visit as the pages of this kind make it."""

    @abstractmethod
    def _recorded(
        self, request: Request, sent: FormFields, typed: FormFields, about: str, outcome: Outcome
    ) -> Response:
        """What is shown once a form was recorded, with what was `typed`; `about` is the account that it was about."""

    @abstractmethod
    def _instead(self, visit: VISIT, form: InstallationForm) -> tuple[str, str]:
        """Where to go from the address of a check that is over: a title and an address."""

    def _in_words(self, filled: InstallationFilled[VISIT], sentence: str) -> str:
        """A sentence of what would be recorded, as people read it."""
        return filled.visit.said(sentence)

    def _kept(self, _form: InstallationForm, typed: FormFields) -> FormFields:
        """What is kept of a form while it is looked at."""
        return typed

    # -- what is shown -------------------------------------------------------------------------------------------------

    def _form(self, request: Request) -> Response:
        form = self._form_named(request)
        if LOOKED_AT in request.query_params:
            return self._looked_at(request, form)
        typed = self.ended.typed(request)
        said = typed if typed is not None else dict(request.query_params)
        with self._visiting(request) as visit:
            filled = self._filled(form, visit, said, written=typed is not None)
            if not form.fields:
                return self._checked(request, {}, filled)
            hidden = {KEPT: request.query_params[KEPT]} if typed is not None else {}
            return self._page(request, filled, hidden, restored=typed is not None)

    def _looked_at(self, request: Request, form: InstallationForm) -> Response:
        kept = self.looked_at.find(request)
        with self._visiting(request) as visit:
            if kept is None or kept.recorded_at:
                return over_page(visit, self._instead(visit, form), kept.recorded_at if kept else "")
            sent = {**kept.typed, LOOKED_AT: request.query_params[LOOKED_AT]}
            filled = self._filled(form, visit, _typed(sent), written=True)
            if sent.get(STEP) == "back" or filled.choices is not None:
                return self._page(request, filled, _hidden(sent))
            return self._checked(request, sent, filled)

    def _checked(self, request: Request, sent: FormFields, filled: InstallationFilled[VISIT]) -> Response:
        """What would be recorded; the form, where that is refused."""
        caller = self._caller(request, sent)
        if filled.missing:
            return self._page(request, filled, _hidden(sent), filled.missing, status=422)
        try:
            rehearsed = rehearse(self.service, self._sentences, lambda service: filled.give(service, caller))
        except DomainError as error:
            return self._refused(request, sent, filled, error)
        seal = seal_of_form(request, {**filled.said})
        hidden = _hidden(sent) | {COMMAND: sent.get(COMMAND) or str(uuid4()), CHECKED: seal, **self._mark(request)}
        hidden |= {LOOKED_AT: sent[LOOKED_AT]} if LOOKED_AT in sent else {}
        sentences = [self._in_words(filled, sentence) for sentence in rehearsed.answer]
        warnings = [*filled.beside, *(filled.visit.said(notice.words) for notice in rehearsed.warnings)]
        return installation_check_page(
            filled, self._address_of(filled), self._carried(request, filled, hidden), sentences, warnings
        )

    def _sentences(self, reader: PreviewReader) -> list[str]:
        """What would be recorded, in sentences."""
        return [record.event.sentence(Names({})) for record in reader.pending(self.stream)]

    # -- what is sent --------------------------------------------------------------------------------------------------

    def _sent(self, request: Request, sent: FormFields) -> Response:
        typed = _typed(sent)
        if sent.get(STEP) == "record" and sent.get(CHECKED, "") == seal_of_form(request, typed):
            return self._record(request, sent, typed)
        typed = self._kept(self._form_named(request), typed)
        kept = {**typed, STEP: sent.get(STEP, "check"), COMMAND: sent.get(COMMAND) or str(uuid4())}
        return RedirectResponse(self.looked_at.looked_at(request, kept), status_code=303)

    def _record(self, request: Request, sent: FormFields, typed: FormFields) -> Response:
        form, caller = self._form_named(request), self._caller(request, sent)
        with self._visiting(request) as visit:
            filled = self._filled(form, visit, typed, written=True)
            document, about = filled.document(), filled.account
        try:
            outcome = filled.give_document(self.service, caller, document)
        except DomainError as error:
            with self._visiting(request) as visit:
                return self._refused(request, sent, self._filled(form, visit, typed, written=True), error)
        self.ended.forget(request, request.url.path)
        return self._recorded(request, sent, typed, about, outcome)

    def _refused(
        self, request: Request, sent: FormFields, filled: InstallationFilled[VISIT], error: DomainError
    ) -> Response:
        """The form with what is wrong; the confirmation that it wants is asked for."""
        if error.status == 401 or error.status >= 500:
            raise error
        confirming = filled.is_to_confirm(error)
        asked = self._filled(filled.form, filled.visit, filled.said, written=True, confirming=confirming)
        return self._page(request, asked, _hidden(sent), asked.problems(error), status=error.status)

    def _page(
        self,
        request: Request,
        filled: InstallationFilled[VISIT],
        hidden: Mapping[str, str],
        problems: tuple[FormProblem, ...] = (),
        *,
        restored: bool = False,
        status: int = 200,
    ) -> Response:
        carried = self._carried(request, filled, {**hidden, **self._mark(request)})
        return installation_form_page(
            filled, self._address_of(filled), carried, problems=problems, restored=restored, status=status
        )

    # -- what all have in common ---------------------------------------------------------------------------------------

    def _address_of(self, filled: InstallationFilled[VISIT]) -> str:
        return filled.form.address(self.path)

    def _carried(self, request: Request, filled: InstallationFilled[VISIT], hidden: Mapping[str, str]) -> Carried:
        return Carried(csrf_token(form_secret(request)), {**hidden, **filled.given})

    @contextmanager
    def _visiting(self, request: Request) -> Iterator[VISIT]:
        admission = admission_of(request)
        with self.service.store.reading() as reader:
            visitor = visitor_of(request, admission, reader)._replace(csrf=csrf_token(form_secret(request)))
            visit = InstallationVisit(
                reader,
                admission.principal,
                visitor,
                address=own_address(request) if request.method == "GET" else request.url.path,
                now=self.service.store.clock(),
                language=language_of(request),
            )
            yield self._visit_of(request, visit)

    def _mark(self, request: Request) -> dict[str, str]:
        return self.ended.mark_of(request, csrf_token(form_secret(request)))

    def _caller(self, request: Request, sent: FormFields) -> Caller:
        command = sent.get(COMMAND, "")
        return Caller.of(admission_of(request).principal, command if UUID_WRITTEN.fullmatch(command) else "")

    def _form_named(self, request: Request) -> InstallationForm:
        name = str(request.path_params["command"])
        if name not in self.forms:
            raise NotFound("questo modulo non c'è", accepted="uno di quelli delle sue pagine", where="command")
        return self.forms[name]

    def _row_named(self, request: Request) -> Operation:
        return self._form_named(request).row

    def _require(self, request: Request, row: Operation) -> None:
        """Refused for whoever may not; Unauthenticated for a token: it acts for an account, and looks after nothing by a page."""
        admission = admission_of(request)
        admission.require(row, None)
        if not self.gate.is_open and admission.session is None:
            raise Unauthenticated("chi chiede non ha fatto l'accesso", accepted=SIGN_IN)

    def _guarded(self, answer: Callable[[Request], Response], row: Callable[[Request], Operation]) -> FormEndpoint:
        async def endpoint(request: Request) -> Response:
            try:
                self._require(request, row(request))
            except Unauthenticated:
                return RedirectResponse(onwards(SIGN_IN, own_address(request)), status_code=303)
            made = await run_in_threadpool(answer, request)
            return with_form_cookie(request, keep_language(request, made, self.within))

        return endpoint

    def _sending(self) -> FormEndpoint:
        async def endpoint(request: Request) -> Response:
            sent = await read_form(request)
            if not self.gate.is_open and admission_of(request).session is None:
                account = self.ended.marked(sent)
                wanted = await run_in_threadpool(self.ended.kept_at, request.url.path, account, _typed(sent))
                return RedirectResponse(onwards(SIGN_IN, wanted), status_code=303)
            self._require(request, self._row_named(request))
            if not is_csrf_token(form_secret(request), sent.get(CSRF_FIELD, "")):
                if not self.ended.is_own_again(request, sent):
                    raise not_our_form()
                account = self.ended.marked(sent)
                wanted = await run_in_threadpool(self.ended.kept_at, request.url.path, account, _typed(sent))
                return RedirectResponse(wanted, status_code=303)
            return with_form_cookie(request, await run_in_threadpool(self._sent, request, sent))

        return endpoint


def _typed(sent: FormFields) -> FormFields:
    return {name: text for name, text in sent.items() if name not in CARRIED and text}


def _hidden(sent: FormFields) -> dict[str, str]:
    return {name: sent[name] for name in (KEPT, COMMAND) if sent.get(name)}
