"""The change rates of a year: how much of what was planned was changed under way."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field

from api.http.openapi_responses import answers
from api.http.query_context import Asked
from api.http.schemas import ChangeRates
from api.http.temporal_params import Dated
from domain.point import Point
from domain.vocabulary import JsonValue, Year
from projections.change_rate import changes_of_year
from projections.store.reader import Reader

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
    return asked.of_plan(plan, of, lambda reader, point: _rates(reader, plan, of, point))


def _rates(reader: Reader, plan: str, of: OfYear, point: Point) -> dict[str, JsonValue]:
    whole = changes_of_year(reader, plan, of.year, point, of.level)
    return {name: whole[name] for name in ChangeRates.model_fields}
