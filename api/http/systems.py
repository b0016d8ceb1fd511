"""The rules of a year (SMVP), and what other rules would make of it. They are adopted by a change of the plan."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field

from api.formats.json_reader import into, parse_json
from api.http.openapi_responses import answers, takes
from api.http.query_context import Asked
from api.http.request_body import Body
from api.http.schemas_evaluation import SystemRules
from api.http.temporal_params import Dated
from domain.systems.decide import read_system
from domain.vocabulary import Year
from projections.official_rate import OfficialRates, official_rates
from projections.system_comparison import SystemAnswer, SystemComparison, compared, system_in_force

router = APIRouter(tags=["valutazione"])


class Ruled(Dated):
    """A year of a plan."""

    year: Year = Field(description="L'anno del piano.", examples=[2022])


@router.get(
    "/plans/{plan}/system",
    operation_id="show_system",
    summary="Sistema di misurazione di un anno",
    responses=answers(SystemAnswer),
)
def show_system(plan: str, of: Annotated[Ruled, Query()], asked: Asked) -> Response:
    """Le regole con cui si calcolano i punteggi di un anno, e l'atto che le ha adottate (verbo `adopt_system`)."""
    return asked.of_plan(plan, of, lambda reader, point: system_in_force(reader, plan, of.year, point))


@router.post(
    "/plans/{plan}/system-comparisons",
    operation_id="compare_systems",
    summary="Che cosa altre regole farebbero di un anno",
    responses=answers(SystemComparison),
    openapi_extra=takes(SystemRules),
)
def compare_systems(plan: str, of: Annotated[Ruled, Query()], body: Body, asked: Asked) -> Response:
    """Ogni punteggio di un anno con le regole in vigore e con quelle proposte, prima di adottarle; non registra nulla."""
    system = read_system(into(SystemRules, parse_json(body)).rules, "rules")
    return asked.of_plan(plan, of, lambda reader, point: compared(reader, plan, of.year, system, point))


@router.get(
    "/plans/{plan}/official-change-rates",
    operation_id="list_official_change_rates",
    summary="Tasso di modifica ufficiale, anno per anno",
    responses=answers(OfficialRates),
)
def list_official_change_rates(plan: str, at: Annotated[Dated, Query()], asked: Asked) -> Response:
    """Il tasso nella variante e al livello che le regole nominano, contro il tetto che il piano si è dato."""
    return asked.of_plan(plan, at, lambda reader, point: official_rates(reader, plan, point))
