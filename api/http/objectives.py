"""The objectives of a plan: all that are in force, one, and the history of one."""

from fastapi import APIRouter
from fastapi.responses import Response

from api.http.openapi_responses import answers
from api.http.query_context import Asked, At
from projections import plan_parts
from projections.history import History
from projections.plan_parts import ObjectiveAnswer, ObjectiveList, objective_history, objectives

router = APIRouter(tags=["obiettivi e indicatori"])


@router.get(
    "/plans/{plan}/objectives",
    operation_id="list_objectives",
    summary="Obiettivi in vigore",
    responses=answers(ObjectiveList),
)
async def list_objectives(plan: str, at: At, asked: Asked) -> Response:
    """Gli obiettivi in vigore alla data, di ogni livello; l'albero è in `parent`."""
    return await asked.of_plan_in_force(plan, at, "objectives", lambda reader, point: objectives(reader, plan, point))


@router.get(
    "/plans/{plan}/objectives/{objective}",
    operation_id="show_objective",
    summary="Un obiettivo",
    responses=answers(ObjectiveAnswer),
)
def show_objective(plan: str, objective: str, at: At, asked: Asked) -> Response:
    """Un obiettivo in vigore alla data, per identificativo."""
    return asked.of_plan(plan, at, lambda reader, point: plan_parts.objective(reader, plan, point, objective))


@router.get(
    "/plans/{plan}/objectives/{objective}/history",
    operation_id="show_objective_history",
    summary="Storia di un obiettivo",
    responses=answers(History),
)
def show_objective_history(plan: str, objective: str, at: At, asked: Asked) -> Response:
    """Ogni valore che l'obiettivo ha avuto, con chi, quando, con quale atto e perché; anche ciò che fu annullato."""
    return asked.of_plan(plan, at, lambda reader, point: objective_history(reader, plan, point, objective))
