"""Who asks: the session or the token that a request bears, what its account may do, and whether that is enough.

The gate reads it once for a request, before anything is answered, even from what lies ready; the row of the operation
says what must be allowed. A request that writes, and bears a session, must come from a page of ours.
"""

import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.cookies import CookieError, SimpleCookie
from typing import NamedTuple

from eventsourcing.persistence import IntegrityError
from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.access.credentials_key import CredentialsKey
from api.access.sessions import (
    TOUCHED_EVERY,
    OpenedSession,
    Session,
    SessionLife,
    find_session,
    is_csrf_token,
    renew_session,
    roles_digest,
    session_digest,
    touch_session,
)
from api.access.tokens import parse_token, token_digest
from api.commands.handler import require_role
from api.http.headers import header_of, keep_to_oneself, request_headers
from api.http.middleware import SAFE, require_within
from api.http.problems import CsrfRefused, TokenRefused
from api.http.request_counts import RequestQuota
from api.operations.model import Operation
from api.settings import ACTOR_PATTERN, Settings
from domain.access.principal import NOBODY, PUBLIC, Principal
from domain.errors import StoreBusy
from domain.facts import PLAN
from domain.late import late
from domain.patterns import regex
from domain.point import Point, today
from projections.access import door
from projections.access.directory import READER, Directory, DirectoryCache
from projections.plans import administrations_seen, is_published, sees_administration
from projections.store.failures import failures, is_away, takes_readings_only
from projections.store.reader import Reader
from projections.store.standby import Needs
from projections.store.store import Store
from projections.streams import plan_stream, unknown_administration, unknown_plan

with late:  # few installations take vouchers
    from api.access.vouchers import VoucherIdentity, Vouchers, voucher_rules

CSRF_HEADER = "csrf-token"
PLAN_IN_ADDRESS = regex(r"/(?:v1/plans|piani)/([a-z0-9][a-z0-9._-]{0,119})(?:/|$)")
ADMINISTRATION_IN_ADDRESS = regex(r"/v1/administrations/([a-z0-9][a-z0-9._-]{0,119})(?:/|$)")
PlanLookup = tuple[str, str | None, bool]
"""A plan that an address names, its administration (None where there is no such plan), and whether it is published now."""


class Admission(NamedTuple):
    """Who asks, and what is known of the plan that is asked about: whose it is, None where there is none; published or not.

    Of an administration that is asked about: whether who asks is told of it, and where not, of which it is. `stale_token` is the digest of a token of which it is time to note that it is in use.
    """

    principal: Principal
    plan: str | None = None
    administration: str | None = None
    is_published: bool = False
    session: Session | None = None
    secret: str = ""
    stale_token: str = ""
    sees_administration: bool = False
    told: tuple[str, ...] = ()

    @property
    def reads_drafts(self) -> bool:
        """Whether it reads the plan that is asked about while no act has approved it."""
        return self.principal.may("read_drafts", self.administration or "")

    def require(self, operation: Operation, administration: str | None) -> None:
        """Unauthenticated, Forbidden or NotFound for an operation that is not for whoever asks."""
        if self.principal.is_machine:
            return
        if operation.scope == "plan":
            hidden = self.administration is None or not (self.is_published or self.reads_drafts)
            if hidden and self.principal.may(operation.permission, None):
                raise unknown_plan(self.plan or "")
            # Of a plan that is hidden not even whose it is is told.
            self.principal.require(operation.permission, None if hidden else self.administration)
        elif operation.scope == "administration":
            # Whoever is shown a plan is told whose it is.
            of_plan = administration is not None and administration == self.administration
            told = self.sees_administration or (of_plan and (self.is_published or self.reads_drafts))
            if not told and self.principal.may(operation.permission, None):
                raise unknown_administration(administration or "", self.told)
            self.principal.require(operation.permission, administration)
        else:
            self.principal.require(operation.permission, administration)

    def allows(self, operation: Operation) -> bool:
        """Whether whoever asks may do something about the plan that is asked about."""
        return self.principal.may(operation.permission, self.administration or "")

    def require_published(self, reader: Reader, plan: str, point: Point) -> None:
        """NotFound where the plan was not published yet at a point, for whoever reads no drafts."""
        if not self.reads_drafts and not is_published(reader, plan, point):
            raise unknown_plan(plan)

    def require_told(self, reader: Reader, administration: str, *points: Point) -> None:
        """NotFound for an administration that had published nothing yet at some points, for whoever reads no drafts of it."""
        if not sees_administration(reader, administration, self.principal, *points):
            raise unknown_administration(administration, administrations_seen(reader, self.principal, *points))


class Gate:
    """Reads who asks, for every request of a service."""

    def __init__(self, store: Store, settings: Settings, key: CredentialsKey) -> None:
        self.store = store
        self.key = key
        self.is_open = settings.sign_in == "open"
        self.life = SessionLife(timedelta(minutes=settings.session_minutes), timedelta(hours=settings.session_hours))
        self.nobody = PUBLIC if settings.public else NOBODY
        self.actor = settings.actor
        self._machine = Admission(Principal(self.actor, is_machine=True))
        self.confirmed_roles = settings.confirmed_roles
        self.is_secure = settings.is_secure
        rules = voucher_rules(settings) if settings.vouchers is not None else None
        self.vouchers = Vouchers(rules, settings.ca_file, store.clock) if rules else None
        self._directory = DirectoryCache()
        self.is_prepared = False

    @property
    def cookie(self) -> str:
        """The name of the cookie of a session."""
        return self.cookie_named("initinere")

    def cookie_named(self, name: str) -> str:
        """A cookie of ours: behind TLS, one that no other host and no other path can set."""
        return f"__Host-{name}" if self.is_secure else name

    def prepare(self) -> None:
        """Sees to it that there are tables to look into."""
        if not self.is_prepared:
            self.store.datastore.prepare_access()
            self.is_prepared = True

    async def voucher_of(self, scope: Scope) -> VoucherIdentity | None:
        """Who presents a voucher of an issuer that is believed; None where no voucher is presented."""
        bearer = bearer_of(Headers(scope=scope))
        if self.vouchers is None or bearer.count(".") != 2:
            return None
        return await self.vouchers.identity(bearer)

    def admit(self, reader: Reader, scope: Scope, now: datetime, voucher: VoucherIdentity | None = None) -> Admission:
        """Who asks; TokenRefused for a bearer that is none, or no more."""
        if self.is_open:
            return self.admit_openly(scope)
        headers = Headers(scope=scope)
        directory = self._directory.at(reader)
        who = (
            self._who(reader, directory, headers, now) if voucher is None else Admission(of_voucher(directory, voucher))
        )
        named = PLAN_IN_ADDRESS.match(scope["path"])
        if named is None:
            return self._of_administration(reader, scope["path"], who, now)
        plan, administration, published = self._plan(reader, named[1], who.principal, now)
        return who._replace(plan=plan, administration=administration, is_published=published)

    def admit_openly(self, scope: Scope) -> Admission:
        """Who asks at an open door, of which nothing is read.

        Until somebody closes it, whoever is on this machine is taken at its word, as its command line is.
        """
        actor = header_of(scope, b"actor")
        if not actor and scope["method"] in SAFE:
            return self._machine
        actor = actor or self.actor
        if scope["method"] not in SAFE and re.match(ACTOR_PATTERN, actor):  # any other is malformed further on
            require_role(actor, "Actor", confirmed=self.confirmed_roles, confirm="INITINERE_CONFIRMED_ROLES")
        return Admission(Principal(actor, is_machine=True))

    def _of_administration(self, reader: Reader, path: str, who: Admission, now: datetime) -> Admission:
        if not path.startswith("/v1/administrations/"):
            return who
        named, present = ADMINISTRATION_IN_ADDRESS.match(path), Point(today(now))
        if named is not None and sees_administration(reader, named[1], who.principal, present):
            return who._replace(sees_administration=True)
        return who._replace(told=tuple(administrations_seen(reader, who.principal, present)))

    def _who(self, reader: Reader, directory: Directory, headers: Headers, now: datetime) -> Admission:
        if "authorization" in headers:
            return self._of_bearer(reader, directory, bearer_of(headers), now)
        secret = cookie_of(headers, self.cookie)
        session = find_session(reader.cursor, session_digest(self.key, secret), now) if secret else None
        # Behind TLS an administrator must have come in by more than a password.
        by_password = session is not None and session.method == "password"
        principal = (
            directory.of_session(session.account, session.digest, administers=not (by_password and self.is_secure))
            if session
            else None
        )
        if session is None or principal is None:
            return Admission(self.nobody)
        return Admission(principal, session=session, secret=secret)

    def _of_bearer(self, reader: Reader, directory: Directory, bearer: str, now: datetime) -> Admission:
        digest = token_digest(self.key, parse_token(bearer))
        stored = door.find(reader.cursor, "token", digest, now)
        principal = directory.of_token(stored.account, str(stored.state["token"])) if stored else None
        if principal is None or stored is None:
            raise TokenRefused("il token non vale, o non vale più", accepted="un token in vigore")
        is_stale = stored.used_at is None or now - stored.used_at >= TOUCHED_EVERY
        return Admission(principal, stale_token=digest if is_stale else "")

    def _plan(self, reader: Reader, plan: str, principal: Principal, now: datetime) -> PlanLookup:
        administration = reader.only_value(plan_stream(plan), PLAN, "administration")
        if administration is None:
            return plan, None, False
        is_seen = principal.may("read_drafts", str(administration)) or is_published(reader, plan, Point(today(now)))
        return plan, str(administration), is_seen

    def renewed(self, admission: Admission, now: datetime, *, is_safe: bool) -> OpenedSession | None:
        """Notes that a session is in use; another cookie for it where the roles of its account have changed.

        What writes keeps its session: it may end it, or all of them but this one, under the name that it came with.
        """
        session = admission.session
        if session is None:
            return None
        own = self._directory.grants_of(session.account)
        changed = is_safe and roles_digest(own) != session.roles and not session.handed_over
        if not (changed or session.is_stale(now)):
            return None
        with self._noted(), self.store.datastore.cursor(commit=True) as cursor:
            if changed:
                return renew_session(cursor, self.key, session, own, self.life, now)
            touch_session(cursor, session, self.life, now)
        return None  # also where another request of this session was first

    def note_token(self, digest: str, now: datetime) -> None:
        """Notes that a token is in use."""
        with self._noted(), self.store.datastore.cursor(commit=True) as cursor:
            door.use(cursor, "token", digest, now)

    @contextmanager
    def _noted(self) -> Iterator[None]:
        """Within it, that something is in use is noted: not where another request was first, nor where nothing is written.

        What is asked of a standby is answered all the same, and where the primary is away a standby may answer.
        """
        try:
            yield
        except IntegrityError:
            return
        except failures(StoreBusy) as error:
            if not takes_readings_only(error) and not (self.store.standby is not None and is_away(error)):
                raise

    def set_cookie(self, opened: OpenedSession) -> str:
        """The header that hands a browser its session."""
        secure = "; Secure" if self.is_secure else ""
        return f"{self.cookie}={opened.secret}; Path=/; HttpOnly; SameSite=Lax{secure}"

    def drop_cookie(self) -> str:
        """The header that takes it back."""
        secure = "; Secure" if self.is_secure else ""
        return f"{self.cookie}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax{secure}"


class AccessGate:
    """The layer that lets nobody through unread, on bare ASGI: before it there are only the limits of any request."""

    def __init__(self, app: ASGIApp, gate: Gate) -> None:
        self.app = app
        self.gate = gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Notes who asks beside the request, and hands it on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        gate, now = self.gate, self.gate.store.clock()
        admission = await self._admit(scope, now)
        scope.setdefault("state", {})["admission"] = admission
        if admission.principal.is_account:
            quota: RequestQuota = scope["state"]["quota"]
            quota.take_of_account(admission.principal.actor)
            require_within(quota)
        if admission.session is not None and scope["method"] not in SAFE and scope["path"].startswith("/v1/"):
            require_own_page(admission, Headers(scope=scope).get(CSRF_HEADER, ""))
        if admission.stale_token:
            await run_in_threadpool(gate.note_token, admission.stale_token, now)
        is_safe = scope["method"] in SAFE
        opened = await run_in_threadpool(gate.renewed, admission, now, is_safe=is_safe) if admission.session else None
        if opened is not None:  # the forms of the page that is answered are sent with the cookie that comes with it
            principal = admission.principal._replace(session=opened.session.digest)
            renewed = admission._replace(principal=principal, session=opened.session, secret=opened.secret)
            scope["state"]["admission"] = renewed
        cookie = gate.set_cookie(opened) if opened else ""
        if opened is not None:  # the forms of this very page are sent with the cookie that it hands out
            scope["state"]["admission"] = admission._replace(secret=opened.secret, session=opened.session)
        await self.app(scope, receive, _for_itself(send, cookie) if admission.principal.is_account else send)

    def at_once(self, scope: Scope) -> Admission | None:
        """Who asks, where nothing is to be waited for and nothing to be noted: of whoever bears no session and no token."""
        if self.gate.is_open:
            return self.gate.admit_openly(scope)
        said = request_headers(scope)
        if not self.gate.is_prepared or b"cookie" in said or b"authorization" in said:
            return None
        with self.gate.store.reading_on_event_loop() as reader:
            return None if reader is None else self.gate.admit(reader, scope, self.gate.store.clock())

    async def _admit(self, scope: Scope, now: datetime) -> Admission:
        if not self.gate.is_open:
            if not self.gate.is_prepared:
                await run_in_threadpool(self.gate.prepare)
            voucher = await self.gate.voucher_of(scope)
            with self.gate.store.reading_on_event_loop() as reader:
                if reader is not None:
                    return self.gate.admit(reader, scope, now, voucher)
            return await run_in_threadpool(self._admit_on_server, scope, now, voucher)
        return self.gate.admit_openly(scope)

    def _admit_on_server(self, scope: Scope, now: datetime, voucher: VoucherIdentity | None) -> Admission:
        """Who asks, as the primary knows it; where that is away, as the standby does: nobody can be shut out just now."""
        store = self.gate.store
        try:
            with store.reading() as reader:
                return self.gate.admit(reader, scope, now, voucher)
        except failures(StoreBusy) as error:
            if store.standby is None or not is_away(error):
                raise
        with store.reading(Needs(anything=True)) as reader:
            return self.gate.admit(reader, scope, now, voucher)


def bearer_of(headers: Headers) -> str:
    """The token that a request bears; empty for any other scheme of authorization, and where there is none."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def of_voucher(directory: Directory, voucher: VoucherIdentity) -> Principal:
    """Who acts by a voucher: the account that its client is admitted as, in one administration and in no other."""
    principal = directory.of_session(voucher.account, "")
    if principal is None:
        raise TokenRefused("l'utenza per cui il voucher agisce non è aperta", accepted="un'utenza aperta")
    held = tuple(grant for grant in principal.grants if grant.administration == voucher.administration)
    return Principal(voucher.account, (READER, *held), token=f"voucher/{voucher.jti}")


def require_own_page(admission: Admission, sent: str) -> None:
    """CsrfRefused where what is sent was not made by a page of this very session."""
    if not is_csrf_token(admission.secret, sent):
        found = "la richiesta non viene da una pagina di questa sessione"
        raise CsrfRefused(found, accepted="ricaricare la pagina e riprovare", where=CSRF_HEADER)


def admission_of(request: Request) -> Admission:
    """Who asks, as the gate read it."""
    admission: Admission = request.state.admission
    return admission


def permitted(operation: Operation) -> Callable[[Request], Awaitable[None]]:
    """What an operation asks of whoever asks for it, as a dependency of its route."""

    async def require(request: Request) -> None:
        administration = request.path_params.get("administration")
        admission_of(request).require(operation, None if administration is None else str(administration))

    return require


def cookie_of(headers: Headers, name: str) -> str:
    """The value of a cookie; empty where there is none."""
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(name)
    except CookieError:
        return ""
    return "" if morsel is None else morsel.value


def cookies_named(headers: Headers, beginning: str) -> tuple[str, ...]:
    """The values of the cookies whose names begin so."""
    try:
        morsels = SimpleCookie(headers.get("cookie", "")).items()
    except CookieError:
        return ()
    return tuple(morsel.value for name, morsel in morsels if name.startswith(beginning))


def _for_itself(send: Send, cookie: str) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            keep_to_oneself(headers)
            name = cookie.partition("=")[0]
            if cookie and not any(value.startswith(f"{name}=") for value in headers.getlist("set-cookie")):
                headers.append("set-cookie", cookie)  # unless somebody else has signed in, or this one has gone
        await send(message)

    return sending
