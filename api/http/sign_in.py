"""The addresses by which a person comes in, goes out, and keeps its own account: forms, each made by a page of ours."""

import secrets
from collections.abc import Awaitable, Callable
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response

from api.access.attempts import device_cookie, device_cookie_name
from api.access.oidc import IdentityProvider
from api.access.oidc_configuration import OidcConfiguration
from api.access.one_time_links import LinkRefused
from api.access.passkeys import PasskeySite
from api.access.sessions import csrf_token, end_session, end_sessions, is_csrf_token, sessions_of
from api.commands.sign_in import Door, SignedIn
from api.formats.json_reader import DocumentTooLarge
from api.http.access import Admission, Gate, admission_of, cookie_of
from api.http.client_address import counted_as
from api.http.problems import CsrfRefused
from api.pages import account as own
from api.pages import sign_in as pages
from api.pages.account import AccountSecurity, account_page
from api.pages.forms import CSRF_FIELD, form_problems
from domain.access.principal import Unauthenticated
from domain.errors import DomainError, NotFound
from projections.access import door as kept

SIGN_IN_RETURN = "/accesso/oidc/ritorno"
MOST_FORM_BYTES = 60_000
FORM_COOKIE = "initinere-modulo"
TICKET_COOKIE = "initinere-accesso"
NEXT = "poi"
"""The parameter that says where somebody wanted to go before it had to sign in."""

Form = dict[str, str]
FormEndpoint = Callable[[Request], Awaitable[Response]]


class Visit(NamedTuple):
    """One request of a person: who it is so far, and the secret by which its forms are known."""

    request: Request
    admission: Admission
    secret: str

    @property
    def csrf(self) -> str:
        """What its forms send along."""
        return csrf_token(self.secret)

    @property
    def account(self) -> str:
        """The account that is signed in; Unauthenticated where none is."""
        if not self.admission.principal.is_account:
            raise Unauthenticated("chi chiede non ha fatto l'accesso", accepted=pages.SIGN_IN)
        return self.admission.principal.actor


class SignInRoutes:
    """The routes of one service."""

    def __init__(self, app: FastAPI, gate: Gate, door: Door, provider: IdentityProvider | None) -> None:
        self.app = app
        self.gate = gate
        self.door = door
        self.provider = provider
        self.address: str | None = app.state.settings.public_address

    def add(self) -> None:
        """Adds them to the application."""
        for path, answer in (
            (pages.SIGN_IN, self.sign_in_page),
            (pages.SIGN_IN_LINK, self.link_page),
            (own.ACCOUNT, self.own_page),
        ):
            self.app.add_route(path, self._page(answer), methods=["GET"])
        for path, page, work in (
            (pages.SIGN_IN, self.sign_in_page, self.sign_in),
            (pages.SIGN_IN_PASSKEY, self.sign_in_page, self.sign_in_by_passkey),
            (pages.SIGN_IN_LINK, self.link_page, self.use_link),
            (pages.SIGN_IN_LINK_PASSKEY, self.link_page, self.use_link_by_passkey),
            (own.ACCOUNT_PASSWORD, self.own_page, self.set_password),
            (own.ACCOUNT_PASSKEY, self.own_page, self.add_passkey),
            (own.ACCOUNT_PASSKEY_RENAMED, self.own_page, self.rename_passkey),
            (own.ACCOUNT_PASSKEY_REMOVED, self.own_page, self.remove_passkey),
            (own.ACCOUNT_SESSIONS_ENDED, self.own_page, self.end_everywhere),
            (own.SIGN_OUT, self.own_page, self.sign_out),
        ):
            self.app.add_route(path, self._form(page, work), methods=["POST"])
        for path, options in (
            (pages.SIGN_IN_PASSKEY_OPTIONS, self.ask_for_passkey),
            (pages.SIGN_IN_LINK_PASSKEY_OPTIONS, self.ask_for_first_passkey),
            (own.ACCOUNT_PASSKEY_OPTIONS, self.ask_for_new_passkey),
        ):
            self.app.add_route(path, self._form(None, options), methods=["POST"])
        if self.provider is not None:
            self.app.add_route(pages.SIGN_IN_PROVIDER, self.go_to_provider, methods=["GET"])
            self.app.add_route(SIGN_IN_RETURN, self.come_back, methods=["GET"])

    # -- pages -----------------------------------------------------------------------------------------------------

    def sign_in_page(self, visit: Visit, error: DomainError | None = None) -> Response:
        """The page of signing in, with what was refused."""
        if error is None and visit.admission.principal.is_account:
            return RedirectResponse(own.ACCOUNT, status_code=303)
        problems, status = ((), 200) if error is None else (form_problems(error), error.status)
        name = self.provider.configuration.issuer if self.provider else None
        return pages.sign_in_page(csrf=visit.csrf, provider=name, problems=problems, status=status)

    def link_page(self, visit: Visit, error: DomainError | None = None) -> Response:
        """The page of a one-time link, which uses nothing."""
        secret = str(visit.request.path_params["secret"])
        try:
            link = self.door.link(secret)
        except LinkRefused as refused:
            return pages.link_refused_page(refused)
        problems, status = ((), 200) if error is None else (form_problems(error), error.status)
        return pages.link_page(
            csrf=visit.csrf,
            secret=secret,
            login=self.door.person(link.account).login,
            passkey_demanded=self.door.wants_passkey(link.account),
            problems=problems,
            status=status,
        )

    def own_page(self, visit: Visit, error: DomainError | None = None) -> Response:
        """The page of one's own account."""
        account = visit.account
        person = self.door.person(account)
        with self.gate.store.datastore.cursor() as cursor:
            has_password = bool(kept.of_account(cursor, account, "password"))
            sessions = len(sessions_of(cursor, account, self.door.now))
        security = AccountSecurity(
            login=person.login,
            display_name=person.name,
            has_password=has_password,
            passkeys=self.door.passkeys(account),
            passkey_demanded=self.door.wants_passkey(account),
            sessions=sessions,
        )
        problems, status = ((), 200) if error is None else (form_problems(error), error.status)
        return account_page(security, csrf=visit.csrf, problems=problems, status=status)

    # -- coming in -------------------------------------------------------------------------------------------------

    def sign_in(self, visit: Visit, form: Form) -> Response:
        """By login and password."""
        request = visit.request
        signed_in = self.door.by_password(
            form.get("login", ""),
            form.get("password", ""),
            address=counted_as(request.client.host if request.client else ""),
            device=cookie_of(request.headers, device_cookie_name(is_secure=self.gate.is_secure)),
        )
        answer = self._entered(visit, signed_in)
        answer.headers.append("set-cookie", device_cookie(signed_in.device, is_secure=self.gate.is_secure))
        return answer

    def ask_for_passkey(self, visit: Visit, _: Form) -> Response:
        """The question to any passkey of this service."""
        return _json(self.door.ask_for_passkey(self._site(visit)))

    def sign_in_by_passkey(self, visit: Visit, form: Form) -> Response:
        """By a passkey, which says whose it is."""
        return self._entered(visit, self.door.by_passkey(self._site(visit), form.get("credential", "")))

    def use_link(self, visit: Visit, form: Form) -> Response:
        """Sets the first password."""
        secret = str(visit.request.path_params["secret"])
        account = self.door.link(secret).account
        if self.door.wants_passkey(account):
            raise NotFound("a chi amministra serve una passkey")
        signed_in = self.door.by_link_with_password(secret, form.get("password", ""), form.get("repeated", ""))
        return self._entered(visit, signed_in)

    def ask_for_first_passkey(self, visit: Visit, _: Form) -> Response:
        """The question for the first passkey of a link's account."""
        account = self.door.link(str(visit.request.path_params["secret"])).account
        return _json(self.door.ask_for_new_passkey(self._site(visit), account))

    def use_link_by_passkey(self, visit: Visit, form: Form) -> Response:
        """Makes the first passkey."""
        secret = str(visit.request.path_params["secret"])
        signed_in = self.door.by_link_with_passkey(
            self._site(visit), secret, form.get("credential", ""), form.get("name", "")
        )
        return self._entered(visit, signed_in)

    async def go_to_provider(self, request: Request) -> Response:
        """Sends the browser to the body's own provider."""
        provider = self._provider()
        departure = await provider.begin(f"{self._own_address(request)}{SIGN_IN_RETURN}")
        link = request.query_params.get("link", "")[:100]
        await run_in_threadpool(self.door.keep_departure, departure.ticket, departure.kept, link)
        answer = RedirectResponse(departure.address, status_code=303)
        answer.headers["Cache-Control"] = "no-store"
        self._set_cookie(answer, TICKET_COOKIE, departure.ticket, 600)
        return answer

    async def come_back(self, request: Request) -> Response:
        """Takes whoever comes back from the provider in, or says why not."""
        provider = self._provider()
        visit = self._visit(request)
        ticket = request.cookies.get(TICKET_COOKIE, "")
        begun, link = await run_in_threadpool(self.door.take_departure, ticket)
        try:
            identity = await provider.complete(request.query_params.multi_items(), begun)
            mapping = provider.configuration.roles
            signed_in = await run_in_threadpool(self.door.by_identity, identity, mapping, link)
        except DomainError as error:
            return self._with_form_cookie(visit, self.sign_in_page(visit, error))
        answer = self._entered(visit, signed_in)
        answer.delete_cookie(TICKET_COOKIE)
        return answer

    # -- one's own account -----------------------------------------------------------------------------------------

    def set_password(self, visit: Visit, form: Form) -> Response:
        """Another password, or the first."""
        session = visit.admission.principal.session
        self.door.set_password(
            visit.account, form.get("current", ""), form.get("password", ""), form.get("repeated", ""), session
        )
        return _to_own_page()

    def ask_for_new_passkey(self, visit: Visit, _: Form) -> Response:
        """The question for one more passkey."""
        return _json(self.door.ask_for_new_passkey(self._site(visit), visit.account))

    def add_passkey(self, visit: Visit, form: Form) -> Response:
        """One more passkey."""
        self.door.add_passkey(self._site(visit), visit.account, form.get("credential", ""), form.get("name", ""))
        return _to_own_page()

    def rename_passkey(self, visit: Visit, form: Form) -> Response:
        """Another name for one."""
        self.door.rename_passkey(visit.account, form.get("credential_id", ""), form.get("name", ""))
        return _to_own_page()

    def remove_passkey(self, visit: Visit, form: Form) -> Response:
        """One less."""
        self.door.remove_passkey(visit.account, form.get("credential_id", ""))
        return _to_own_page()

    def end_everywhere(self, visit: Visit, _: Form) -> Response:
        """Ends every session of the account, this one too."""
        with self.gate.store.datastore.cursor(commit=True) as cursor:
            end_sessions(cursor, visit.account)
        return self._left()

    def sign_out(self, visit: Visit, _: Form) -> Response:
        """Ends this session."""
        with self.gate.store.datastore.cursor(commit=True) as cursor:
            end_session(cursor, visit.admission.principal.session)
        return self._left()

    # -- what all have in common -----------------------------------------------------------------------------------

    def _page(self, answer: Callable[[Visit], Response]) -> FormEndpoint:
        async def endpoint(request: Request) -> Response:
            visit = self._visit(request)
            try:
                return self._with_form_cookie(visit, await run_in_threadpool(answer, visit))
            except Unauthenticated:
                return RedirectResponse(f"{pages.SIGN_IN}?{NEXT}={request.url.path}", status_code=303)

        return endpoint

    def _form(
        self, page: Callable[[Visit, DomainError | None], Response] | None, work: Callable[[Visit, Form], Response]
    ) -> FormEndpoint:
        """What is sent by a form; refused, its page is shown again with what is wrong, or a problem where it has none."""

        async def endpoint(request: Request) -> Response:
            visit = self._visit(request)
            form = await read_form(request)
            if not is_csrf_token(visit.secret, form.get(CSRF_FIELD, "")):
                found = "il modulo non viene da una pagina di questa sessione"
                raise CsrfRefused(found, accepted="ricaricare la pagina e riprovare")
            try:
                return await run_in_threadpool(work, visit, form)
            except Unauthenticated:
                return RedirectResponse(pages.SIGN_IN, status_code=303)
            except DomainError as error:
                if page is None or error.status >= 500:
                    raise
                answer = self._with_form_cookie(visit, await run_in_threadpool(page, visit, error))
                if error.retry_after is not None:
                    answer.headers["Retry-After"] = str(error.retry_after)
                return answer

        return endpoint

    def _visit(self, request: Request) -> Visit:
        admission = admission_of(request)
        secret = admission.secret or cookie_of(request.headers, FORM_COOKIE) or secrets.token_urlsafe(32)
        return Visit(request, admission, secret)

    def _with_form_cookie(self, visit: Visit, answer: Response) -> Response:
        """Hands a browser without a session the secret of its forms, where it has none yet."""
        if not visit.admission.secret and cookie_of(visit.request.headers, FORM_COOKIE) != visit.secret:
            self._set_cookie(answer, FORM_COOKIE, visit.secret, None)
        return answer

    def _entered(self, visit: Visit, signed_in: SignedIn) -> Response:
        """A new session, whatever there was before, and the way to where somebody wanted to go."""
        if signed_in.opened is None:
            return pages.second_step_page(csrf=visit.csrf)
        wanted = visit.request.query_params.get(NEXT, "/")
        answer = RedirectResponse(wanted if is_own_path(wanted) else "/", status_code=303)
        answer.headers.append("set-cookie", self.gate.set_cookie(signed_in.opened))
        answer.headers["Cache-Control"] = "no-store"
        return answer

    def _left(self) -> Response:
        answer = RedirectResponse(pages.SIGN_IN, status_code=303)
        answer.headers.append("set-cookie", self.gate.drop_cookie())
        answer.headers["Clear-Site-Data"] = '"cache"'
        return answer

    def _set_cookie(self, answer: Response, name: str, value: str, seconds: int | None) -> None:
        answer.set_cookie(
            name, value, max_age=seconds, path="/", httponly=True, secure=self.gate.is_secure, samesite="lax"
        )

    def _site(self, visit: Visit) -> PasskeySite:
        return PasskeySite.at(self._own_address(visit.request))

    def _own_address(self, request: Request) -> str:
        """The address that people type: the public one or, on this machine, the one that this browser asks."""
        return self.address or f"http://{request.headers.get('host', 'localhost')}"

    def _provider(self) -> IdentityProvider:
        if self.provider is None:
            raise NotFound("nessun fornitore d'identità è configurato", accepted=pages.SIGN_IN)
        return self.provider


async def read_form(request: Request) -> Form:
    """The fields of a form; of a name that is said twice, the last."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_FORM_BYTES:
            raise DocumentTooLarge("il modulo è troppo grande", accepted=f"al più {MOST_FORM_BYTES} byte")
    return dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True, max_num_fields=100))


def is_own_path(path: str) -> bool:
    """Whether a text is a path on this very service, and no address elsewhere."""
    parts = urlsplit(path)
    return path.startswith("/") and not path.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc


def identity_provider(configuration: OidcConfiguration | None, gate: Gate) -> IdentityProvider | None:
    """The provider that the settings name, if any."""
    return None if configuration is None else IdentityProvider(configuration, gate.store.clock)


def _json(text: str) -> Response:
    return Response(text, media_type="application/json", headers={"Cache-Control": "no-store"})


def _to_own_page() -> Response:
    return RedirectResponse(own.ACCOUNT, status_code=303)
