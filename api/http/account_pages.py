"""The addresses of the people of an administration: who has an account, and a form for each command about accounts.

Nothing is recorded at once: what a form would do is looked at first, at an address of its own, as in the work on a plan.
What is shown once, a link or a token, is in the answer to the recording alone.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from uuid import uuid4

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response

from api.access.sessions import csrf_token, is_csrf_token
from api.commands.accounts import new_id
from api.commands.handler import Caller
from api.commands.rehearsal import rehearse
from api.commands.service import Service
from api.http.access import Gate, admission_of
from api.http.ended_sessions import KEPT, LOOKED_AT, CheckedForms, EndedSessions
from api.http.forms import FormEndpoint, FormFields, form_secret, not_our_form, read_form, with_form_cookie
from api.http.language import language_of
from api.http.visitors import NOTICE_COOKIE, VERSION, keep_language, origin_of, own_address, visitor_of, with_notice
from api.http.work_pages import CARRIED, CHECKED, COMMAND, STEP, UUID_WRITTEN, seal_of_form
from api.operations.model import Operation
from api.operations.table import QUESTIONS
from api.pages import account as own
from api.pages import addresses
from api.pages.addresses import page_address
from api.pages.forms import CSRF_FIELD, FormProblem
from api.pages.people.filled import PeopleFilled
from api.pages.people.pages import (
    SEARCH,
    over_page,
    people_check_page,
    people_form_page,
    people_page,
    person_page,
    secret_page,
)
from api.pages.people.table import PEOPLE_FORMS, PeopleForm
from api.pages.people.visit import PeopleVisit
from api.pages.sign_in import SIGN_IN, onwards
from domain.access.decide import ACCOUNTS
from domain.access.events import RoleGiven
from domain.access.principal import Unauthenticated
from domain.errors import DomainError, NotFound
from domain.event import Event
from domain.names import Names
from projections.store.preview_reader import PreviewReader


class AccountPages:
    """The routes of one service; where the door is open nobody has an account, and there are none."""

    def __init__(self, app: FastAPI, service: Service, gate: Gate) -> None:
        self.app = app
        self.service = service
        self.gate = gate
        self.ended = EndedSessions(service, gate)
        self.looked_at = CheckedForms(service, gate)

    def add(self) -> None:
        """Adds them to the application."""
        if self.gate.is_open:
            return
        listed = QUESTIONS["list_accounts"]
        self.app.add_route(addresses.PEOPLE, self._guarded(self._all, lambda _: listed), methods=["GET"])
        self.app.add_route(addresses.PERSON, self._guarded(self._one, lambda _: listed), methods=["GET"])
        self.app.add_route(addresses.PEOPLE_FORM, self._guarded(self._form, _row_named), methods=["GET"])
        self.app.add_route(addresses.PEOPLE_FORM, self._sending(), methods=["POST"])

    # -- what is shown ---------------------------------------------------------------------------------------------

    def _all(self, request: Request) -> Response:
        with self._visiting(request) as visit:
            return people_page(visit, request.query_params.get(SEARCH, "")[:200])

    def _one(self, request: Request) -> Response:
        with self._visiting(request) as visit:
            name = str(request.path_params["account"])
            account = visit.account(name)
            if account is None:
                raise NotFound(f"l'utenza {name[:40]} non c'è", accepted="una di quelle che si amministrano")
            return person_page(visit, account)

    def _form(self, request: Request) -> Response:
        form = _form_named(request)
        if LOOKED_AT in request.query_params:
            return self._looked_at(request, form)
        typed = self.ended.typed(request)
        said = typed if typed is not None else dict(request.query_params)
        with self._visiting(request) as visit:
            filled = PeopleFilled(form, visit, said, written=typed is not None)
            if not form.fields:
                return self._checked(request, {}, filled)
            hidden = {KEPT: request.query_params[KEPT]} if typed is not None else {}
            return self._page(request, filled, hidden, restored=typed is not None)

    def _looked_at(self, request: Request, form: PeopleForm) -> Response:
        kept = self.looked_at.find(request)
        with self._visiting(request) as visit:
            if kept is None or kept.recorded_at:
                return over_page(visit, form, kept.recorded_at if kept else "")
            sent = {**kept.typed, LOOKED_AT: request.query_params[LOOKED_AT]}
            filled = PeopleFilled(form, visit, _typed(sent), written=True)
            if sent.get(STEP) == "back" or filled.wants_administration:
                return self._page(request, filled, _hidden(sent))
            return self._checked(request, sent, filled)

    def _checked(self, request: Request, sent: FormFields, filled: PeopleFilled) -> Response:
        """What would be recorded; the form, where that is refused."""
        caller = self._caller(request, sent)
        if filled.missing:
            return self._page(request, filled, _hidden(sent), filled.missing, status=422)
        try:
            rehearsed = rehearse(self.service, _sentences, lambda service: filled.give(service, caller))
        except DomainError as error:
            return self._refused(request, sent, filled, error)
        seal = seal_of_form(request, {**filled.said})
        hidden = _hidden(sent) | {COMMAND: sent.get(COMMAND) or str(uuid4()), CHECKED: seal, **self._mark(request)}
        hidden |= {LOOKED_AT: sent[LOOKED_AT]} if LOOKED_AT in sent else {}
        names = filled.visit
        administration = filled.said.get("administration")
        sentences = [self._in_words(filled, sentence, administration) for sentence in rehearsed.answer]
        warnings = [names.said(notice.words) for notice in rehearsed.warnings]
        return people_check_page(filled, csrf_token(form_secret(request)), hidden, sentences, warnings)

    def _in_words(self, filled: PeopleFilled, sentence: str, administration: str | None) -> str:
        """A sentence with the names of what it calls by ids; of an account that is not there yet, as it is to be called."""
        opened = filled.said.get("account", "") if filled.form.name == "open_account" else ""
        words = sentence.replace(opened, "\0") if opened else sentence
        return filled.visit.said(words, administration).replace("\0", f"«{filled.said.get('name', '')}»")

    # -- what is sent ----------------------------------------------------------------------------------------------

    def _sent(self, request: Request, sent: FormFields) -> Response:
        typed = _typed(sent)
        if sent.get(STEP) == "record" and sent.get(CHECKED, "") == seal_of_form(request, typed):
            return self._record(request, sent, typed)
        if _form_named(request).name == "open_account" and not typed.get("account"):
            typed["account"] = new_id("acc")  # so that a recording that is sent twice opens one account
        kept = {**typed, STEP: sent.get(STEP, "check"), COMMAND: sent.get(COMMAND) or str(uuid4())}
        return RedirectResponse(self.looked_at.looked_at(request, kept), status_code=303)

    def _record(self, request: Request, sent: FormFields, typed: FormFields) -> Response:
        form, caller = _form_named(request), self._caller(request, sent)
        with self._visiting(request) as visit:
            filled = PeopleFilled(form, visit, typed, written=True)
            document, about = filled.document(), filled.account
        try:
            outcome = filled.give_document(self.service, caller, document)
        except DomainError as error:
            with self._visiting(request) as visit:
                return self._refused(request, sent, PeopleFilled(form, visit, typed, written=True), error)
        self.ended.forget(request, request.url.path)
        is_own = form.own or about == admission_of(request).principal.actor
        address = own.ACCOUNT if is_own and not form.shows else page_address(addresses.PERSON, account=about)
        if form.own or (form.name == "revoke_token" and not typed.get("account")):
            address = own.ACCOUNT
        self.looked_at.recorded(request, sent, address)
        if form.shows:
            secret = outcome.secret
            with self._visiting(request) as visit:
                shown = f"{origin_of(request)}{secret}" if secret.startswith("/") else secret
                return secret_page(PeopleFilled(form, visit, typed, written=True), shown, onwards=address)
        version = outcome.versions[ACCOUNTS][1]
        answer = RedirectResponse(address, status_code=303)
        return with_notice(answer, f"accounts.{version}", is_secure=self.gate.is_secure, path=addresses.PEOPLE)

    def _refused(self, request: Request, sent: FormFields, filled: PeopleFilled, error: DomainError) -> Response:
        """The form with what is wrong; the confirmation that it wants is asked for."""
        if error.status == 401 or error.status >= 500:
            raise error
        confirming = filled.is_to_confirm(error)
        asked = PeopleFilled(filled.form, filled.visit, filled.said, written=True, confirming=confirming)
        return self._page(request, asked, _hidden(sent), asked.problems(error), status=error.status)

    def _page(
        self,
        request: Request,
        filled: PeopleFilled,
        hidden: Mapping[str, str],
        problems: tuple[FormProblem, ...] = (),
        *,
        restored: bool = False,
        status: int = 200,
    ) -> Response:
        csrf = csrf_token(form_secret(request))
        carried = {**hidden, **self._mark(request)}
        return people_form_page(filled, csrf, carried, problems=problems, restored=restored, status=status)

    # -- what all have in common -----------------------------------------------------------------------------------

    @contextmanager
    def _visiting(self, request: Request) -> Iterator[PeopleVisit]:
        admission = admission_of(request)
        with self.service.store.reading() as reader:
            visitor = visitor_of(request, admission, reader)._replace(csrf=csrf_token(form_secret(request)))
            visit = PeopleVisit(
                reader,
                admission.principal,
                visitor,
                address=own_address(request) if request.method == "GET" else request.url.path,
                now=self.service.store.clock(),
                language=language_of(request),
            )
            visit.visitor = visitor._replace(notice=self._notice(request, visit))
            yield visit

    def _notice(self, request: Request, visit: PeopleVisit) -> str:
        """What was just recorded, to whoever looks after accounts."""
        kind, _, version = request.cookies.get(NOTICE_COOKIE, "").partition(".")
        if kind != "accounts" or not VERSION.fullmatch(version) or not visit.accounts:
            return ""
        records = visit.reader.records(ACCOUNTS, [int(version)])
        return " ".join([visit.worded("Registrato."), *(_said(visit, record.event) for record in records)])

    def _mark(self, request: Request) -> dict[str, str]:
        return self.ended.mark_of(request, csrf_token(form_secret(request)))

    def _caller(self, request: Request, sent: FormFields) -> Caller:
        command = sent.get(COMMAND, "")
        return Caller.of(admission_of(request).principal, command if UUID_WRITTEN.fullmatch(command) else "")

    def _guarded(self, answer: Callable[[Request], Response], row: Callable[[Request], Operation]) -> FormEndpoint:
        async def endpoint(request: Request) -> Response:
            try:
                admission_of(request).require(row(request), None)
                _require_session(request)
            except Unauthenticated:
                return RedirectResponse(onwards(SIGN_IN, own_address(request)), status_code=303)
            made = await run_in_threadpool(answer, request)
            return with_form_cookie(request, keep_language(request, made, addresses.PEOPLE))

        return endpoint

    def _sending(self) -> FormEndpoint:
        async def endpoint(request: Request) -> Response:
            sent = await read_form(request)
            if admission_of(request).session is None:
                account = self.ended.marked(sent)
                wanted = await run_in_threadpool(self.ended.kept_at, request.url.path, account, _typed(sent))
                return RedirectResponse(onwards(SIGN_IN, wanted), status_code=303)
            admission_of(request).require(_row_named(request), None)
            if not is_csrf_token(form_secret(request), sent.get(CSRF_FIELD, "")):
                if not self.ended.is_own_again(request, sent):
                    raise not_our_form()
                account = self.ended.marked(sent)
                wanted = await run_in_threadpool(self.ended.kept_at, request.url.path, account, _typed(sent))
                return RedirectResponse(wanted, status_code=303)
            return with_form_cookie(request, await run_in_threadpool(self._sent, request, sent))

        return endpoint


def _sentences(reader: PreviewReader) -> list[str]:
    """What would be recorded of accounts, in sentences."""
    return [record.event.sentence(Names({})) for record in reader.pending(ACCOUNTS)]


def _said(visit: PeopleVisit, event: Event) -> str:
    """What an event says, with the offices of the administration that it is of."""
    administration = event.administration if isinstance(event, RoleGiven) else None
    return visit.said(event.sentence(Names({})), administration)


def _require_session(request: Request) -> None:
    """Unauthenticated for a token: it acts for an account, and looks after none by a page."""
    if admission_of(request).session is None:
        raise Unauthenticated("chi chiede non ha fatto l'accesso", accepted=SIGN_IN)


def _form_named(request: Request) -> PeopleForm:
    name = str(request.path_params["command"])
    if name not in PEOPLE_FORMS:
        raise NotFound("questo modulo non c'è", accepted="uno di quelli della pagina di un'utenza", where="command")
    return PEOPLE_FORMS[name]


def _row_named(request: Request) -> Operation:
    return _form_named(request).row


def _typed(sent: FormFields) -> FormFields:
    return {name: text for name, text in sent.items() if name not in CARRIED and text}


def _hidden(sent: FormFields) -> dict[str, str]:
    return {name: sent[name] for name in (KEPT, COMMAND) if sent.get(name)}
