"""What was observed: measurements, their restatements, statuses. No changes of the plan: no act, no kind."""

from fastapi import APIRouter
from fastapi.responses import Response

from api.commands.service import series_of
from api.formats.json_reader import into, parse_json
from api.http.command_context import Written, recorded
from api.http.openapi_responses import answers, takes
from api.http.query_context import Asked, At
from api.http.request_body import Body, an_object
from api.http.schemas import MeasurementRequest, Recorded, RestatementRequest
from domain.errors import Malformed, Problem
from domain.measurements.commands import RecordMeasurement, ReportStatus, RestateMeasurement
from domain.vocabulary import JsonValue
from projections.plan_parts import MeasurementList, StatusList, measurements, statuses
from projections.store.store import Store

router = APIRouter(tags=["misurazioni"])


@router.get(
    "/plans/{plan}/measurements",
    operation_id="list_measurements",
    summary="Misurazioni",
    responses=answers(MeasurementList),
)
async def list_measurements(plan: str, at: At, asked: Asked) -> Response:
    """I valori osservati delle serie del piano, ciascuno come valeva alla data."""
    return await asked.of_plan_in_force(
        plan, at, "measurements", lambda reader, point: measurements(reader, plan, point)
    )


@router.post(
    "/plans/{plan}/measurements",
    operation_id="record_measurement",
    summary="Registra una misurazione",
    responses=answers(Recorded, created=True),
    openapi_extra=takes(MeasurementRequest),
)
def record_measurement(plan: str, body: Body, written: Written) -> Response:
    """Registra il valore osservato di una serie per un periodo: un numero, un rapporto, o un testo che viene letto.

    La serie si dice con `series`, oppure con `indicator` (identificativo, codice o nome esatto).
    """
    content = with_series(written.service.store, plan, an_object(parse_json(body)))
    command = into(RecordMeasurement, content)
    return recorded(written.service.measure(plan, command, written.on(plan)))


@router.post(
    "/plans/{plan}/restatements",
    operation_id="restate_measurement",
    summary="Rettifica una misurazione",
    responses=answers(Recorded, created=True),
    openapi_extra=takes(RestatementRequest),
)
def restate_measurement(plan: str, body: Body, written: Written) -> Response:
    """Corregge un valore registrato, dalla data `effective_on` in poi; il valore di prima resta."""
    content = with_series(written.service.store, plan, an_object(parse_json(body)))
    command = into(RestateMeasurement, content)
    return recorded(written.service.restate(plan, command, written.on(plan)))


@router.get(
    "/plans/{plan}/statuses",
    operation_id="list_statuses",
    summary="Stati di avanzamento",
    responses=answers(StatusList),
)
def list_statuses(plan: str, at: At, asked: Asked) -> Response:
    """L'ultimo stato riferito di ogni obiettivo e indicatore in vigore alla data."""
    return asked.of_plan(plan, at, lambda reader, point: statuses(reader, plan, point))


@router.post(
    "/plans/{plan}/statuses",
    operation_id="report_status",
    summary="Riferisce uno stato di avanzamento",
    responses=answers(Recorded, created=True),
    openapi_extra=takes(ReportStatus),
)
def report_status(plan: str, body: Body, written: Written) -> Response:
    """Riferisce come sta un obiettivo o un indicatore: stato, avanzamento in percento, una nota."""
    command = into(ReportStatus, parse_json(body))
    return recorded(written.service.report_status(plan, command, written.on(plan)))


def with_series(store: Store, plan: str, content: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """The same content, with the series of its indicator in the place of the indicator."""
    if "indicator" not in content:
        return content
    indicator = content.pop("indicator")
    if not isinstance(indicator, str) or "series" in content:
        found = "indicator e series dicono la stessa cosa" if "series" in content else "indicator non è un testo"
        raise Malformed([Problem(where="indicator", found=found, accepted="uno solo dei due, come testo")])
    with store.reading() as reader:
        return content | {"series": series_of(reader, plan, indicator)[1]}
