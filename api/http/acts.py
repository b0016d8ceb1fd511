"""The acts of an administration, those that a plan cites, and a new one."""

from fastapi import APIRouter
from fastapi.responses import Response

from api.formats.json_reader import into, parse_json
from api.http.command_context import Written, recorded
from api.http.openapi_responses import answers, takes
from api.http.query_context import Asked, At
from api.http.request_body import Body
from api.http.schemas import ActRequest, Recorded
from projections.acts import ActList, acts_of_administration, acts_of_plan

router = APIRouter(tags=["amministrazioni"])


@router.get(
    "/administrations/{administration}/acts",
    operation_id="list_acts",
    summary="Atti di un'amministrazione",
    responses=answers(ActList),
)
def list_acts(administration: str, at: At, asked: Asked) -> Response:
    """Gli atti registrati, con data fino a quella chiesta."""
    return asked.of_administration(
        administration, at, lambda reader, point: acts_of_administration(reader, administration, point)
    )


@router.get(
    "/plans/{plan}/acts", operation_id="list_plan_acts", summary="Atti citati da un piano", responses=answers(ActList)
)
def list_plan_acts(plan: str, at: At, asked: Asked) -> Response:
    """Gli atti con cui il piano è stato approvato e modificato."""
    return asked.of_plan(plan, at, lambda reader, point: acts_of_plan(reader, plan, point))


@router.post(
    "/administrations/{administration}/acts",
    operation_id="register_act",
    summary="Registra un atto",
    responses=answers(Recorded, created=True),
    openapi_extra=takes(ActRequest),
)
def register_act(administration: str, body: Body, written: Written) -> Response:
    """Registra un atto, per esteso o con la frase che lo cita: "delibera di Giunta n. 9 del 30/09/2022"."""
    asked = into(ActRequest, parse_json(body))
    return recorded(written.service.register_act(administration, asked.act, written.of(administration)))
