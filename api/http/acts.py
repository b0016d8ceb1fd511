"""The acts of an administration, those that a plan cites, and a new one."""

from fastapi import APIRouter
from fastapi.responses import Response

from api.formats.json_reader import into, parse_json
from api.http.command_context import Written, recorded
from api.http.openapi_responses import answers, takes
from api.http.query_context import Asked, At
from api.http.request_body import Body
from api.http.schemas import ActList, ActRequest, Recorded
from domain.point import Point
from domain.vocabulary import JsonValue
from projections.plan_in_force import objects
from projections.store.reader import Known, Reader
from projections.streams import administration_stream, find_plan

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
        administration, at, lambda reader, point, known: _acts(reader, administration, point, known, None)
    )


@router.get(
    "/plans/{plan}/acts", operation_id="list_plan_acts", summary="Atti citati da un piano", responses=answers(ActList)
)
def list_plan_acts(plan: str, at: At, asked: Asked) -> Response:
    """Gli atti con cui il piano è stato approvato e modificato."""

    def cited(reader: Reader, point: Point) -> dict[str, JsonValue]:
        found = find_plan(reader, plan, point.known_at)
        acts = {record.act for record in reader.records(found.stream, upto=found.known.version) if record.act}
        return _acts(reader, found.administration, point, found.administration_known, acts)

    return asked.of_plan(plan, at, cited)


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


def _acts(
    reader: Reader, administration: str, point: Point, known: Known, wanted: set[str] | None
) -> dict[str, JsonValue]:
    state = objects(reader.state(administration_stream(administration), point.as_of, known))
    acts = [state.value(f"act/{act}", "act") for act in state.of("act") if wanted is None or act in wanted]
    return {"administration": administration, "as_of": point.as_of.isoformat(), "version": known.version, "acts": acts}
