"""The offices of an administration, those that a plan names, and a new one."""

from fastapi import APIRouter
from fastapi.responses import Response

from api.formats.json_reader import into, parse_json
from api.http.command_context import Written, recorded
from api.http.openapi_responses import answers, takes
from api.http.query_context import Asked, At
from api.http.request_body import Body
from api.http.schemas import Recorded
from domain.administrations.commands import RegisterOffice
from projections.offices import OfficeList, offices_of_administration, offices_of_plan

router = APIRouter(tags=["amministrazioni"])


@router.get(
    "/administrations/{administration}/offices",
    operation_id="list_offices",
    summary="Uffici di un'amministrazione",
    responses=answers(OfficeList),
)
def list_offices(administration: str, at: At, asked: Asked) -> Response:
    """Gli uffici in attività alla data, con gli altri nomi con cui i documenti li chiamano, e quelli già cessati."""
    return asked.of_administration(
        administration, at, lambda reader, point: offices_of_administration(reader, administration, point)
    )


@router.get(
    "/plans/{plan}/offices",
    operation_id="list_plan_offices",
    summary="Uffici di un piano",
    responses=answers(OfficeList),
)
def list_plan_offices(plan: str, at: At, asked: Asked) -> Response:
    """Gli uffici che il piano in vigore alla data nomina, come responsabili di obiettivi o di indicatori."""
    return asked.of_plan(plan, at, lambda reader, point: offices_of_plan(reader, plan, point))


@router.post(
    "/administrations/{administration}/offices",
    operation_id="register_office",
    summary="Registra un ufficio",
    responses=answers(Recorded, created=True),
    openapi_extra=takes(RegisterOffice),
)
def register_office(administration: str, body: Body, written: Written) -> Response:
    """Registra un ufficio, oppure gli dà un altro nome o altri alias. Mai una persona."""
    command = into(RegisterOffice, parse_json(body))
    return recorded(written.service.register_office(administration, command, written.of(administration)))
