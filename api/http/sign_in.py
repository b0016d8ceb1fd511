"""The addresses by which a person comes in, goes out, and keeps its own account: forms, each made by a page of ours."""

from collections.abc import Callable
from datetime import timedelta
from hmac import compare_digest
from typing import NamedTuple

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response

from api.access.attempts import device_cookie, device_cookie_name
from api.access.oidc_configuration import OidcConfiguration
from api.access.oidc_refusals import LASTS
from api.access.one_time_links import LinkRefused
from api.access.passkeys import PasskeySite
from api.access.sessions import Session, csrf_token, end_session, end_sessions, sessions_of
from api.commands.sign_in.door import Door
from api.commands.sign_in.entrance import SignedIn
from api.commands.sign_in.identities import Departed
from api.http.access import Admission, Gate, admission_of, cookie_of, cookies_named
from api.http.client_address import counted_as
from api.http.forms import (
    FormEndpoint,
    FormFields,
    form_secret,
    not_our_form,
    read_form,
    require_own_form,
    with_form_cookie,
)
from api.http.language import language_of
from api.http.problems import log
from api.http.visitors import keep_language, people_address
from api.pages import account as own
from api.pages import sign_in as pages
from api.pages.account import AccountSecurity, account_page
from api.pages.forms import CSRF_FIELD, form_problems
from api.pages.frame import bare_frame
from api.pages.people.pages import own_roles, token_lines
from api.pages.people.visit import PeopleVisit
from api.pages.sign_in import UsableLink
from api.settings import Language
from domain.access.principal import Unauthenticated
from domain.errors import DomainError, Malformed, NotFound
from domain.late import late
from domain.patterns import regex
from projections.access import door as kept
from projections.access.accounts import tokens_of
from projections.reminders import mailbox_of

with late:  # few installations have a provider
    from api.access.oidc import IdentityProvider

SIGN_IN_RETURN = "/accesso/oidc/ritorno"
TICKET_COOKIE = "initinere-accesso"
OWN_PATH = regex(r"/(?![/\\])[!-\[\]-~]{0,500}")
"""A path on this very service, and no address elsewhere, however a browser reads it."""


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
    def session(self) -> Session:
        """The session of whoever is signed in; Unauthenticated where there is none."""
        if self.admission.session is None:  # a token acts for an account, and does not keep it
            raise Unauthenticated("chi chiede non ha fatto l'accesso", accepted=pages.SIGN_IN)
        return self.admission.session

    @property
    def account(self) -> str:
        """The account that is signed in; Unauthenticated where none is."""
        return self.session.account

    @property
    def language(self) -> Language:
        """In which its pages are shown."""
        return language_of(self.request)

    @property
    def wanted(self) -> str:
        """Where it wanted to go before it had to sign in."""
        path = self.request.query_params.get(pages.NEXT, "/")
        return path if OWN_PATH.fullmatch(path) else "/"

    @property
    def link(self) -> str:
        """The secret of the link whose page this is."""
        return str(self.request.path_params["secret"])

    def proof(self, link: str) -> str:
        """What says that the page of a link, in this browser, leads to the provider: no page elsewhere can say so."""
        return csrf_token(f"{self.secret} {link}")


class SignInRoutes:
    """The routes of one service."""

    def __init__(self, app: FastAPI, gate: Gate, door: Door, provider: IdentityProvider | None) -> None:
        self.app = app
        self.gate = gate
        self.door = door
        self.provider = provider
        self.address: str | None = app.state.settings.public_address
        self.ticket_cookie = gate.cookie_named(TICKET_COOKIE)

    def add(self) -> None:
        """Adds them to the application; an open door needs none."""
        if self.gate.is_open:
            return
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
        ):
            self.app.add_route(path, self._form(page, work), methods=["POST"])
        for path, change in (
            (own.ACCOUNT_PASSWORD, self.set_password),
            (own.ACCOUNT_PASSKEY, self.add_passkey),
            (own.ACCOUNT_PASSKEY_RENAMED, self.rename_passkey),
            (own.ACCOUNT_PASSKEY_REMOVED, self.remove_passkey),
            (own.ACCOUNT_SESSIONS_ENDED, self.end_everywhere),
            (own.SIGN_OUT, self.sign_out),
        ):
            self.app.add_route(path, self._form(self.own_page, change, of_account=True), methods=["POST"])
        for path, options, of_account in (
            (pages.SIGN_IN_PASSKEY_OPTIONS, self.ask_for_passkey, False),
            (pages.SIGN_IN_LINK_PASSKEY_OPTIONS, self.ask_for_first_passkey, False),
            (own.ACCOUNT_PASSKEY_OPTIONS, self.ask_for_new_passkey, True),
        ):
            self.app.add_route(path, self._form(None, options, of_account=of_account), methods=["POST"])
        if self.provider is not None:
            self.app.add_route(pages.SIGN_IN_PROVIDER, self.go_to_provider, methods=["GET"])
            self.app.add_route(SIGN_IN_RETURN, self.come_back, methods=["GET"])

    # -- pages -----------------------------------------------------------------------------------------------------

    def sign_in_page(self, visit: Visit, error: DomainError | None = None) -> Response:
        """The page of signing in, with what was refused."""
        if error is None and visit.admission.session is not None:
            return RedirectResponse(own.ACCOUNT, status_code=303)
        problems, status = ((), 200) if error is None else (form_problems(error, visit.language), error.status)
        return pages.sign_in_page(
            visit.language,
            csrf=visit.csrf,
            provider=self._provider_name,
            wanted=visit.wanted,
            problems=problems,
            status=status,
        )

    def link_page(self, visit: Visit, error: DomainError | None = None) -> Response:
        """The page of a one-time link, which uses nothing."""
        try:
            link = self.door.links.usable(visit.link)
        except LinkRefused as refused:
            return pages.link_refused_page(refused, visit.link, visit.language)
        problems, status = ((), 200) if error is None else (form_problems(error, visit.language), error.status)
        entrance = self.door.entrance
        return pages.link_page(
            UsableLink(visit.link, entrance.person(link.account).login, entrance.wants_passkey(link.account)),
            visit.language,
            csrf=visit.csrf,
            provider=self._provider_name,
            proof=visit.proof(visit.link),
            problems=problems,
            status=status,
        )

    def own_page(self, visit: Visit, error: DomainError | None = None) -> Response:
        """The page of one's own account."""
        account, session = visit.account, visit.session
        person = self.door.entrance.person(account)
        with self.gate.store.datastore.cursor() as cursor:
            has_password = bool(kept.of_account(cursor, account, "password"))
            is_of_provider = bool(kept.of_account(cursor, account, "oidc"))
            sessions = len(sessions_of(cursor, account, self.door.entrance.now))
            mailbox = mailbox_of(cursor, account, self.door.entrance.now)
        security = AccountSecurity(
            login=person.login,
            display_name=person.name,
            has_password=has_password,
            is_of_provider=is_of_provider,
            proof=self.door.passwords.presence_proof(session),
            passkeys=self.door.passkeys.of(account),
            passkey_demanded=self.door.entrance.wants_passkey(account),
            sessions=sessions,
            mailbox=mailbox,
        )
        security = self._with_held(visit, security)
        problems, status = ((), 200) if error is None else (form_problems(error, visit.language), error.status)
        return account_page(security, visit.language, csrf=visit.csrf, problems=problems, status=status)

    def _with_held(self, visit: Visit, security: AccountSecurity) -> AccountSecurity:
        """The same with what the account holds: its roles, its tokens, and whether it looks after others."""
        principal, frame = visit.admission.principal, bare_frame(own.ACCOUNT)
        with self.gate.store.reading() as reader:
            people = PeopleVisit(
                reader,
                principal,
                frame.visitor,
                address=own.ACCOUNT,
                now=self.door.entrance.now,
                language=visit.language,
            )
            return security._replace(
                roles=own_roles(people),
                held_back=bool(principal.held_back),
                tokens=token_lines(people, tokens_of(reader, principal, people.now)["tokens"]),
                people=people_address(principal),
            )

    # -- coming in -------------------------------------------------------------------------------------------------

    def sign_in(self, visit: Visit, form: FormFields) -> Response:
        """By login and password."""
        request = visit.request
        signed_in = self.door.passwords.sign_in(
            form.get("login", ""),
            form.get("password", ""),
            address=counted_as(request.client.host if request.client else ""),
            devices=self._devices(visit),
        )
        return self._entered(visit, signed_in, visit.wanted)

    def ask_for_passkey(self, visit: Visit, _: FormFields) -> Response:
        """The question to any passkey of this service."""
        return _json(self.door.passkeys.ask(self._site(visit)))

    def sign_in_by_passkey(self, visit: Visit, form: FormFields) -> Response:
        """By a passkey, which says whose it is."""
        signed_in = self.door.passkeys.sign_in(self._site(visit), form.get("credential", ""))
        return self._entered(visit, signed_in, visit.wanted)

    def use_link(self, visit: Visit, form: FormFields) -> Response:
        """Sets the first password."""
        signed_in = self.door.links.sign_in_with_password(
            visit.link, form.get("password", ""), form.get("repeated", "")
        )
        return self._entered(visit, signed_in)

    def ask_for_first_passkey(self, visit: Visit, _: FormFields) -> Response:
        """The question for the first passkey of a link's account."""
        return _json(self.door.passkeys.ask_for_new(self._site(visit), self.door.links.usable(visit.link).account))

    def use_link_by_passkey(self, visit: Visit, form: FormFields) -> Response:
        """Makes the first passkey."""
        signed_in = self.door.links.sign_in_with_passkey(
            self._site(visit), visit.link, form.get("credential", ""), form.get("name", "")
        )
        return self._entered(visit, signed_in)

    async def go_to_provider(self, request: Request) -> Response:
        """Sends the browser to the body's own provider.

        With a link, from its page alone: who is led there from elsewhere would come in as the account of another's link.
        """
        provider, visit = self._provider(), self._visit(request)
        link = request.query_params.get("link", "")
        if link:
            if not compare_digest(request.query_params.get(CSRF_FIELD, "").encode(), visit.proof(link).encode()):
                raise not_our_form()
            await run_in_threadpool(self.door.links.usable, link)
        departure = await provider.begin(f"{self._own_address(request)}{SIGN_IN_RETURN}")
        departed = Departed(departure.kept, link, visit.wanted)
        await run_in_threadpool(self.door.identities.keep_departure, departure.ticket, departed)
        answer = RedirectResponse(departure.address, status_code=303)
        answer.headers["Cache-Control"] = "no-store"
        self._set_cookie(answer, self.ticket_cookie, departure.ticket, 2 * LASTS // timedelta(seconds=1))
        return answer

    async def come_back(self, request: Request) -> Response:
        """Takes whoever comes back from the provider in, or says why not."""
        provider, visit = self._provider(), self._visit(request)
        departed = await run_in_threadpool(
            self.door.identities.take_departure, cookie_of(request.headers, self.ticket_cookie)
        )
        try:
            answer = await self._back(provider, visit, departed)
        except DomainError as error:
            if error.status >= 500:
                raise
            if error.reason:
                log.warning("%s: %s", error.name, error.reason)
            answer = with_form_cookie(visit.request, self.sign_in_page(visit, error))
        self._set_cookie(answer, self.ticket_cookie, "", 0)
        return answer

    async def _back(self, provider: IdentityProvider, visit: Visit, departed: Departed | None) -> Response:
        returned = visit.request.query_params.multi_items()
        try:
            identity = await provider.complete(returned, departed.begun if departed else None)
        except DomainError as error:
            await run_in_threadpool(self.door.identities.note_refused, error)
            raise
        link, wanted = (departed.link, departed.wanted) if departed else ("", "/")
        signed_in = await run_in_threadpool(self.door.identities.sign_in, identity, provider.configuration.roles, link)
        return await run_in_threadpool(self._entered, visit, signed_in, wanted)

    # -- one's own account -----------------------------------------------------------------------------------------

    def set_password(self, visit: Visit, form: FormFields) -> Response:
        """Another password, or the first."""
        self.door.passwords.set_password(
            visit.session, form.get("current", ""), form.get("password", ""), form.get("repeated", "")
        )
        return _to_own_page()

    def ask_for_new_passkey(self, visit: Visit, form: FormFields) -> Response:
        """The question for one more passkey, asked of the account's own person."""
        self.door.passwords.require_present(visit.session, form.get("current", ""))
        return _json(self.door.passkeys.ask_for_new(self._site(visit), visit.account))

    def add_passkey(self, visit: Visit, form: FormFields) -> Response:
        """One more passkey."""
        self.door.passkeys.add(self._site(visit), visit.account, form.get("credential", ""), form.get("name", ""))
        return _to_own_page()

    def rename_passkey(self, visit: Visit, form: FormFields) -> Response:
        """Another name for one; what is wrong with it is said at its own field."""
        renamed = form.get("credential_id", "")
        try:
            self.door.passkeys.rename(visit.account, renamed, form.get("name", ""))
        except Malformed as malformed:
            ids = [passkey.credential_id for passkey in self.door.passkeys.of(visit.account)]
            where = f"name-{ids.index(renamed) + 1}"
            raise Malformed([p.model_copy(update={"where": where}) for p in malformed.problems]) from None
        return _to_own_page()

    def remove_passkey(self, visit: Visit, form: FormFields) -> Response:
        """One less."""
        self.door.passkeys.remove(visit.account, form.get("credential_id", ""))
        return _to_own_page()

    def end_everywhere(self, visit: Visit, _: FormFields) -> Response:
        """Ends every session of the account, this one too."""
        kept.writing(self.gate.store, lambda cursor: end_sessions(cursor, visit.account))
        return self._left()

    def sign_out(self, visit: Visit, _: FormFields) -> Response:
        """Ends this session."""
        kept.writing(self.gate.store, lambda cursor: end_session(cursor, visit.admission.principal.session))
        return self._left()

    # -- what all have in common -----------------------------------------------------------------------------------

    def _page(self, answer: Callable[[Visit], Response]) -> FormEndpoint:
        async def endpoint(request: Request) -> Response:
            visit = self._visit(request)
            try:
                shown = with_form_cookie(visit.request, await run_in_threadpool(answer, visit))
            except Unauthenticated:
                return RedirectResponse(pages.onwards(pages.SIGN_IN, request.url.path), status_code=303)
            return keep_language(request, shown)

        return endpoint

    def _form(
        self,
        page: Callable[[Visit, DomainError | None], Response] | None,
        work: Callable[[Visit, FormFields], Response],
        *,
        of_account: bool = False,
    ) -> FormEndpoint:
        """What is sent by a form; refused, its page is shown again with what is wrong, or a problem where it has none."""

        async def endpoint(request: Request) -> Response:
            visit = self._visit(request)
            form = await read_form(request)
            if of_account and visit.admission.session is None and page is not None:
                return RedirectResponse(pages.onwards(pages.SIGN_IN, own.ACCOUNT), status_code=303)
            require_own_form(visit.secret, form)
            try:
                return await run_in_threadpool(work, visit, form)
            except DomainError as error:
                if page is None or error.status >= 500:
                    raise
                answer = with_form_cookie(visit.request, await run_in_threadpool(page, visit, error))
                if error.retry_after is not None:
                    answer.headers["Retry-After"] = str(error.retry_after)
                return answer

        return endpoint

    def _visit(self, request: Request) -> Visit:
        return Visit(request, admission_of(request), form_secret(request))

    def _entered(self, visit: Visit, signed_in: SignedIn, wanted: str = "/") -> Response:
        """A new session in the place of the one that there was, if any, and the way to where somebody wanted to go."""
        account, is_secure = signed_in.account, self.gate.is_secure
        name = device_cookie_name(account, self.gate.key, is_secure=is_secure)
        known = device_cookie(
            name, self.door.entrance.known_from_now_on(account, self._devices(visit)), is_secure=is_secure
        )
        if signed_in.opened is None:
            answer = pages.second_step_page(visit.language, csrf=visit.csrf, wanted=wanted)
            answer.headers.append("set-cookie", known)
            return answer
        if visit.admission.session is not None:
            with self.gate.store.datastore.cursor(commit=True) as cursor:
                end_session(cursor, visit.admission.session.digest)
        answer = RedirectResponse(wanted, status_code=303)
        answer.headers.append("set-cookie", self.gate.set_cookie(signed_in.opened))
        answer.headers.append("set-cookie", known)
        answer.headers["Cache-Control"] = "no-store"
        return answer

    def _devices(self, visit: Visit) -> tuple[str, ...]:
        """By what this browser is known to accounts that came in here before."""
        return cookies_named(visit.request.headers, device_cookie_name(is_secure=self.gate.is_secure))

    def _left(self) -> Response:
        answer = RedirectResponse(pages.SIGN_IN, status_code=303)
        answer.headers.append("set-cookie", self.gate.drop_cookie())
        answer.headers["Clear-Site-Data"] = '"cache"'
        return answer

    def _set_cookie(self, answer: Response, name: str, value: str, seconds: int) -> None:
        answer.set_cookie(
            name, value, max_age=seconds, path="/", httponly=True, secure=self.gate.is_secure, samesite="lax"
        )

    def _site(self, visit: Visit) -> PasskeySite:
        return PasskeySite.at(self._own_address(visit.request))

    def _own_address(self, request: Request) -> str:
        """The address that people type: the public one or, on this machine, the one that this browser asks."""
        return self.address or f"http://{request.headers.get('host', 'localhost')}"

    @property
    def _provider_name(self) -> str | None:
        return self.provider.configuration.issuer if self.provider else None

    def _provider(self) -> IdentityProvider:
        if self.provider is None:
            raise NotFound("nessun fornitore d'identità è configurato", accepted=pages.SIGN_IN)
        return self.provider


def identity_provider(configuration: OidcConfiguration | None, gate: Gate) -> IdentityProvider | None:
    """The provider that the settings name, if any."""
    return None if configuration is None else IdentityProvider(configuration, gate.store.clock)


def _json(text: str) -> Response:
    return Response(text, media_type="application/json", headers={"Cache-Control": "no-store"})


def _to_own_page() -> Response:
    return RedirectResponse(own.ACCOUNT, status_code=303)
