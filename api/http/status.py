"""Whether the service is there: a problem that is none, as the Italian interoperability rules want it."""

from dataclasses import replace

import orjson
from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.http.problems import PROBLEM_JSON
from api.http.routes import Endpoint, LateRoute, add_route
from api.operations.schemas import Status
from api.operations.table import QUESTIONS
from api.version import NAME, VERSION
from domain.point import today
from projections.plans import count_published
from projections.store.store import Store


def show_status(request: Request) -> Response:
    """Name, version and number of published plans; fails where the store does not answer.

    It is for everybody, and so counts what everybody may know of: nobody sees by it that a draft is born.
    """
    store: Store = request.app.state.store
    with store.reading() as reader:
        plans = count_published(reader, today(store.clock()))
    body: Status = {
        "type": "about:blank",
        "title": "In servizio",
        "status": 200,
        "detail": "il servizio è attivo e legge il suo archivio",
        "name": NAME,
        "version": VERSION,
        "plans": plans,
    }
    return Response(orjson.dumps(body), media_type=PROBLEM_JSON, headers={"Cache-Control": "no-store"})


def at_the_root() -> APIRouter:
    """The same address without a version, where the interoperability rules look for it."""
    router = APIRouter(default_response_class=Response, route_class=LateRoute)
    row = QUESTIONS["show_status"]
    add_route(router, replace(row, name="show_status_root"), show_status)
    return router


ENDPOINTS: dict[str, Endpoint] = {"show_status": show_status}
