"""Annulments: events that were recorded by mistake, or whose act was annulled, left out from now on."""

from fastapi import APIRouter
from fastapi.responses import Response

from api.formats.json_reader import into, parse_json
from api.http.command_context import Written, recorded
from api.http.openapi_responses import answers, takes
from api.http.request_body import Body
from api.http.schemas import AnnulmentRequest, Recorded
from domain.annulments.commands import AnnulEvents

router = APIRouter(tags=["modifiche"])


@router.post(
    "/plans/{plan}/annulments",
    operation_id="annul_events",
    summary="Annulla eventi",
    responses=answers(Recorded, created=True),
    openapi_extra=takes(AnnulmentRequest),
)
def annul_events(plan: str, body: Body, written: Written) -> Response:
    """Annulla eventi del piano (o, con `measurements`, della sua amministrazione): da ora in poi non contano.

    Nulla viene cancellato: chi chiede che cosa era noto prima continua a vederli. Ciò che poggia su di essi fa rifiutare
    l'annullamento, oppure con `take_along` viene annullato insieme.
    """
    asked = into(AnnulmentRequest, parse_json(body))
    command = AnnulEvents(versions=asked.versions, justification=asked.justification, take_along=asked.take_along)
    caller = written.on(plan)
    return recorded(written.service.annul(plan, command, asked.act, caller, measurements=asked.measurements))
