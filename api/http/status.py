"""Whether the service is there: a problem that is none, as the Italian interoperability rules want it."""

from dataclasses import replace

import orjson
from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import State

from api.http.problems import PROBLEM_JSON
from api.http.routes import Endpoint, LateRoute, add_route
from api.operations.schemas import Status
from api.operations.table import QUESTIONS
from api.version import NAME, VERSION
from domain.errors import StoreBusy
from domain.point import today
from projections.plans import count_published
from projections.store.failures import failures, is_away
from projections.store.standby import Needs
from projections.store.store import Store


def show_status(request: Request) -> Response:
    """Name, version and number of published plans; fails where neither the store nor a standby of it answers.

    It is for everybody, and so counts what everybody may know of: nobody sees by it that a draft is born.
    """
    store: Store = request.app.state.store
    detail = "il servizio è attivo e legge il suo archivio"
    try:
        plans = _published(request.app.state)
    except failures(StoreBusy) as error:
        if store.standby is None or not is_away(error):
            raise
        plans = _published(request.app.state, Needs(anything=True))
        detail = "il servizio è attivo e legge una replica del suo archivio: il primario non risponde"
    body: Status = {
        "type": "about:blank",
        "title": "In servizio",
        "status": 200,
        "detail": detail,
        "name": NAME,
        "version": VERSION,
        "plans": plans,
    }
    return Response(orjson.dumps(body), media_type=PROBLEM_JSON, headers={"Cache-Control": "no-store"})


def _published(state: State, needs: Needs | None = None) -> int:
    """How many there are: counted once a day and as often as anything is recorded, for it is asked every few seconds."""
    store: Store = state.store
    with store.reading(needs) as reader:
        counted_at = reader.record_mark(), today(store.clock())
        before: tuple[object, int] | None = getattr(state, "published", None)
        if before is None or before[0] != counted_at:
            before = state.published = counted_at, count_published(reader, counted_at[1])
    return before[1]


def at_the_root() -> APIRouter:
    """The same address without a version, where the interoperability rules look for it."""
    router = APIRouter(default_response_class=Response, route_class=LateRoute)
    row = QUESTIONS["show_status"]
    add_route(router, replace(row, name="show_status_root"), show_status)
    return router


ENDPOINTS: dict[str, Endpoint] = {"show_status": show_status}
