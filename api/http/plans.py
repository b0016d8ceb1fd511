"""The plans: all of them, one, and a new one."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field

from api.formats.json_reader import into, parse_json
from api.http.command_context import Preview, Written, previewed, recorded
from api.http.openapi_responses import answers, takes
from api.http.query_context import Asked, At
from api.http.request_body import Body
from api.http.schemas import PlanPreview, Recorded
from domain.documents.load import load
from domain.documents.plan import PlanDocument
from domain.point import Point, today
from domain.vocabulary import Frozen, IsoDate
from projections.plan_in_force import PlanInForce, plan_in_force
from projections.plans import PlanList, plans
from projections.store.facts import number_day
from projections.store.reader import Reader
from projections.streams import plan_stream

router = APIRouter(tags=["piani"])


class Loading(Frozen):
    """How a plan document is to be taken."""

    preview: Preview = False
    effective_on: IsoDate | None = Field(
        None,
        description="Da quando vale l'approvazione, se non dalla data dell'atto del documento.",
        examples=["2022-01-31"],
    )


@router.get("/plans", operation_id="list_plans", summary="Elenco dei piani", responses=answers(PlanList))
def list_plans(at: At, asked: Asked) -> Response:
    """Tutti i piani noti, nell'ordine in cui sono stati registrati, con lo stato di ciascuno alla data."""
    return asked.of_all(at, lambda reader, point: {"as_of": point.as_of.isoformat(), "plans": plans(reader, point)})


@router.get("/plans/{plan}", operation_id="show_plan", summary="Il piano in vigore", responses=answers(PlanDocument))
async def show_plan(plan: str, at: At, asked: Asked) -> Response:
    """Il documento di piano come era in vigore a una data, per quanto era noto a un'altra: lo stesso che si importa."""
    return await asked.of_plan_in_force(plan, at, "plan", lambda reader, point: plan_in_force(reader, plan, point))


@router.post(
    "/plans",
    operation_id="load_plan",
    summary="Registra un piano",
    responses=answers(Recorded, preview=PlanPreview, created=True),
    openapi_extra=takes(PlanDocument),
)
def load_plan(how: Annotated[Loading, Query()], body: Body, written: Written) -> Response:
    """Apre il piano di un documento e, se il documento porta il suo atto, lo approva: tutto o niente.

    Le stranezze dei piani veri (pesi che non fanno 100, target non interpretabili) sono prese come sono e segnalate.
    """
    document = into(PlanDocument, parse_json(body))
    service, caller = written.service, written.caller
    if not how.preview:
        outcome = service.load_plan(document, caller, effective_on=how.effective_on)
        return recorded(outcome, f"/v1/plans/{document.plan.id}")
    now = today(service.store.clock())

    def question(reader: Reader) -> PlanInForce:
        on = max(now, number_day(reader.head(plan_stream(document.plan.id)).horizon))
        return plan_in_force(reader, document.plan.id, Point(on))

    shown = service.preview_load(document, caller, question, effective_on=how.effective_on)
    odd = load(document, now, approve=document.act is not None).warnings
    return previewed({"preview": True, "plan": shown, "warnings": [one.model_dump() for one in odd]})
