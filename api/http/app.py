"""The composition root of the HTTP interface: the application, and the server that runs it, in one process or several."""

import re
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cache

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import Response
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from api.access.credentials_key import (
    CredentialsKey,
    credentials_key,
    credentials_key_path,
    make_credentials_key,
)
from api.access.oidc_configuration import oidc_configuration
from api.commands.service import Service
from api.commands.sign_in.door import Door
from api.formats.readers import READERS
from api.http import (
    changes,
    computing,
    events,
    exports,
    imports,
    papers,
    people,
    problems,
    proof,
    proposals,
    public_pages,
    status,
)
from api.http.access import AccessGate, Gate
from api.http.account_pages import AccountPages
from api.http.collection_pages import CollectionPages
from api.http.compression import Compression
from api.http.description import IDENTIFIER, describe
from api.http.document_pages import DocumentPages
from api.http.example_plans import add_example_plans
from api.http.kept_answers import KeptAnswers
from api.http.library_pages import LibraryPages
from api.http.middleware import FrontDoor, Guard
from api.http.plan_documents import PlanDocuments
from api.http.plan_pages import PlanPages
from api.http.proposal_pages import ProposalPages
from api.http.ready_answers import AskedBefore, ReadyAnswers, ShortWay
from api.http.request_counts import RequestCounts, RequestLimits, SharedMemory
from api.http.routes import Endpoint, LateRoute, add_route, endpoint_of
from api.http.short_addresses import add_short_addresses
from api.http.sign_in import SignInRoutes, identity_provider
from api.http.work_pages import WorkPages
from api.imports.import_jobs import ImportJobs
from api.operations.table import served
from api.proof.timestamps import stamper
from api.settings import Settings
from api.webhooks.receivers import receiver_rules
from domain.errors import Malformed, NotFound
from domain.validation_errors import TWICE
from projections.proof.log import Log
from projections.store.store import Store

BODIES_AT_A_TIME = 4
"""How many documents of the greatest size may be in memory as they came; many more of the usual ones."""

WRITTEN: dict[str, Endpoint] = {
    **status.ENDPOINTS,
    **changes.ENDPOINTS,
    **imports.ENDPOINTS,
    **proposals.ENDPOINTS,
    **exports.ENDPOINTS,
    **events.ENDPOINTS,
    **proof.ENDPOINTS,
    **computing.ENDPOINTS,
    **papers.ENDPOINTS,
}
"""The endpoints that the table does not describe whole: they answer bytes, take files, or look before they record."""


class _Application(FastAPI):
    """The framework, with a front of ours in the place of its outermost layers: every failure is answered there."""

    front: Callable[[ASGIApp], ASGIApp]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A request goes to the front without a detour."""
        if scope["type"] == "http" and self.middleware_stack is not None:
            scope["app"] = self
            await self.middleware_stack(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)

    def build_middleware_stack(self) -> ASGIApp:
        """The layers, from the first that a request comes to: ours, then those of the framework that know its routes."""
        framework: ASGIApp = super().build_middleware_stack()
        while not isinstance(framework, ExceptionMiddleware):
            framework = framework.app  # type: ignore[attr-defined]  # one of the layers that answer failures
        return self.front(framework)


def create_app(
    settings: Settings,
    store: Store | None = None,
    *,
    requests_per_minute: int | None = None,
    counted_in: SharedMemory | None = None,
) -> FastAPI:
    """The application on a store; one that it opened itself it closes at the end.

    Requests are counted together with those of other processes where their counts are (`counted_in`).
    """
    opened = store or Store(
        settings.database,
        clock_tolerance=settings.clock_tolerance,
        wait=True,
        standby=settings.standby,
        accepted_lag=settings.standby_lag,
    )
    opened.resume_erasing()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        app.state.imports.watch()
        READERS.serve()
        yield
        if app.state.stop_seconds is not None:
            signal.alarm(app.state.stop_seconds)  # the system ends what does not end by itself
        app.state.imports.close()
        if store is None:
            opened.close()

    app = _Application(
        lifespan=lifespan,
        docs_url=None,  # its page would come from elsewhere
        redoc_url=None,
        openapi_url=None,  # `describe` serves it, in the language that is asked for
        redirect_slashes=False,
        default_response_class=Response,  # every endpoint gives ready bytes, and says what they are
        telemetry={
            "tracing": False,
            "metrics": False,
            "logs": False,
        },  # a service tells of itself by its log, and to nobody
    )
    app.state.settings = settings
    app.state.stop_seconds = None  # set where there is a process to end
    app.state.store = opened
    app.state.asked = AskedBefore()
    kept = app.state.kept = KeptAnswers(settings.kept_megabytes * 1_000_000)
    documents = app.state.documents = PlanDocuments(opened, kept)
    log = Log(opened, settings.key_file(opened.location), stamper(settings.timestamps) if settings.timestamps else None)
    app.state.service = Service(opened, log, separation=settings.separation, receivers=receiver_rules(settings))
    app.state.imports = ImportJobs(app.state.service, settings)
    gate = app.state.gate = Gate(opened, settings, _credentials_key(settings, opened))
    # As they are: one that is included is read again, and looked for twice.
    app.router.routes += [*routes_of_the_table().routes, *status.at_the_root().routes]
    for path, endpoint in (people.PAGES | public_pages.PAGES).items():
        app.router.routes.append(LateRoute(path, endpoint, methods=["GET"], include_in_schema=False))
    provider = identity_provider(oidc_configuration(settings), gate)
    SignInRoutes(app, gate, Door(app.state.service, gate.life, is_secure=gate.is_secure), provider).add()
    ProposalPages(app, app.state.service, gate).add()
    PlanPages(app, app.state.service).add()
    DocumentPages(app, app.state.service, gate).add()
    CollectionPages(app, app.state.service, gate).add()
    add_short_addresses(app)
    add_example_plans(app, app.state.service)
    WorkPages(app, app.state.service, gate).add()
    AccountPages(app, app.state.service, gate).add()
    LibraryPages(app, app.state.service, gate).add()
    problems.install(app)
    room = BODIES_AT_A_TIME * settings.max_document_bytes
    counts = RequestCounts(counted_in)
    of_account = requests_per_minute or settings.requests_per_minute_of_account
    limits = RequestLimits(requests_per_minute or settings.requests_per_minute, of_account, counts)

    def front(framework: ASGIApp) -> ASGIApp:
        ready = ReadyAnswers(framework, documents, app.state.asked)
        admitted = AccessGate(ready, gate)
        packed = Compression(admitted, kept)
        at_once = ShortWay(admitted, ready, packed).answer
        return Guard(packed, FrontDoor.of(settings, limits), room, at_once)

    app.front = front
    describe(app)
    return app


def _credentials_key(settings: Settings, store: Store) -> CredentialsKey:
    """The key of the credentials: beside the one that signs; for an open door, and a record in memory, of the process."""
    path = settings.key_file(store.location)
    if path is None or settings.sign_in == "open":
        return make_credentials_key()
    return credentials_key(credentials_key_path(path))


@cache
def routes_of_the_table() -> APIRouter:
    """The routes of every operation that has an address: they know of no application, and are made once in a process."""
    routes = APIRouter(
        prefix="/v1",
        dependencies=[Depends(each_parameter_once), Depends(each_id_may_be_one)],
        default_response_class=Response,
        route_class=LateRoute,
    )
    for operation in served():
        add_route(routes, operation, WRITTEN.get(operation.name) or endpoint_of(operation))
    return routes


async def each_parameter_once(request: Request) -> None:
    """Refuses a parameter that is said twice: one of the two would be ignored in silence."""
    names = [name for name, _ in request.query_params.multi_items()]
    twice = [name for name in dict.fromkeys(names) if names.count(name) > 1] if len(names) < 100 else names[:1]
    if twice:
        raise Malformed([TWICE.model_copy(update={"where": name[:80]}) for name in twice])


async def each_id_may_be_one(request: Request) -> None:
    """Finds nothing under a name that no plan, and no administration, may have."""
    for name, words in (("plan", "il piano"), ("administration", "l'amministrazione")):
        value = request.path_params.get(name)
        if value is not None and re.fullmatch(IDENTIFIER, value) is None:
            raise NotFound(
                f"{words} {value[:120]!r} non c'è", accepted="lettere minuscole, cifre, punto, trattino", where=name
            )
