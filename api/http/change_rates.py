"""The change rates of a year: how much of what was planned was changed under way."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field

from api.http.openapi_responses import answers
from api.http.query_context import Asked
from api.http.temporal_params import Dated
from domain.vocabulary import Year
from projections.change_rate import ChangeRates, change_rates

router = APIRouter(tags=["modifiche"])


class OfYear(Dated):
    """A year of a plan and, where wanted, one level of its objectives."""

    year: Year = Field(description="L'anno del piano.", examples=[2022])
    level: str | None = Field(
        None,
        max_length=200,
        description="Solo gli obiettivi di questo livello, con il nome che ha nel piano.",
        examples=["obiettivo operativo"],
    )


@router.get(
    "/plans/{plan}/change-rates",
    operation_id="show_change_rates",
    summary="Tasso di modifica di un anno",
    responses=answers(ChangeRates),
)
def show_change_rates(plan: str, of: Annotated[OfYear, Query()], asked: Asked) -> Response:
    """Obiettivi programmati ex ante toccati da una modifica in itinere ÷ obiettivi programmati ex ante, nelle tre varianti.

    `any`: qualunque modifica; `substance`: target, peso, formula, impegno, ritiro; `easier`: solo verso il più facile.
    """
    return asked.of_plan(plan, of, lambda reader, point: change_rates(reader, plan, of.year, point, of.level))
