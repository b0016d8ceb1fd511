"""The indicators of a plan: all that are in force, one, and the history of one."""

from fastapi import APIRouter
from fastapi.responses import Response

from api.http.openapi_responses import answers
from api.http.query_context import Asked, At
from projections import plan_parts
from projections.history import History
from projections.plan_parts import IndicatorAnswer, IndicatorList, indicator_history, indicators

router = APIRouter(tags=["obiettivi e indicatori"])


@router.get(
    "/plans/{plan}/indicators",
    operation_id="list_indicators",
    summary="Indicatori in vigore",
    responses=answers(IndicatorList),
)
async def list_indicators(plan: str, at: At, asked: Asked) -> Response:
    """Gli indicatori in vigore alla data, ciascuno con la scheda, i pesi e i target."""
    return await asked.of_plan_in_force(plan, at, "indicators", lambda reader, point: indicators(reader, plan, point))


@router.get(
    "/plans/{plan}/indicators/{indicator}",
    operation_id="show_indicator",
    summary="Un indicatore",
    responses=answers(IndicatorAnswer),
)
def show_indicator(plan: str, indicator: str, at: At, asked: Asked) -> Response:
    """Un indicatore in vigore alla data, per identificativo."""
    return asked.of_plan(plan, at, lambda reader, point: plan_parts.indicator(reader, plan, point, indicator))


@router.get(
    "/plans/{plan}/indicators/{indicator}/history",
    operation_id="show_indicator_history",
    summary="Storia di un indicatore",
    responses=answers(History),
)
def show_indicator_history(plan: str, indicator: str, at: At, asked: Asked) -> Response:
    """Ogni valore della scheda, dei pesi e dei target, e ogni misurazione, con chi, quando, con quale atto e perché.

    L'indicatore si dice per identificativo, per codice o per nome esatto.
    """
    return asked.of_plan(plan, at, lambda reader, point: indicator_history(reader, plan, point, indicator))
