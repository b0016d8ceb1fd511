"""Whether the service is there: a problem that is none, as the Italian interoperability rules want it."""

import orjson
from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.http.openapi_responses import answers_status
from api.http.problems import PROBLEM_JSON
from api.http.version import NAME, VERSION
from projections.store.store import Store
from projections.streams import PLANS

router = APIRouter(tags=["stato"])


@router.get("/status", operation_id="show_status", summary="Stato del servizio", responses=answers_status())
@router.get("/v1/status", operation_id="show_status_v1", summary="Stato del servizio", responses=answers_status())
def show_status(request: Request) -> Response:
    """Nome, versione e numero dei piani; 503 quando l'archivio non risponde."""
    store: Store = request.app.state.store
    with store.reading() as reader:
        plans = len(reader.streams(PLANS))
    body = {
        "type": "about:blank",
        "title": "In servizio",
        "status": 200,
        "detail": "il servizio è attivo e legge il suo archivio",
        "name": NAME,
        "version": VERSION,
        "plans": plans,
    }
    return Response(orjson.dumps(body), media_type=PROBLEM_JSON, headers={"Cache-Control": "no-store"})
