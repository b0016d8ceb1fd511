"""The scores of a year, explained down to the events; forced scores; one target against one value."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field

from api.commands.evaluation import override_score as force
from api.formats.json_reader import into, parse_json
from api.formats.serializers import AchievementAnswer, row_object
from api.http.command_context import Written, previewed, recorded
from api.http.openapi_responses import answers, takes
from api.http.query_context import Asked
from api.http.request_body import Body, an_object
from api.http.schemas import Recorded
from api.http.schemas_evaluation import AchievementRequest
from api.http.temporal_params import Dated
from domain.scoring.commands import OverrideScore
from domain.scoring.row import achieve_row, read_row
from domain.vocabulary import Year
from projections.explanations import Explanation, explanation
from projections.score_inputs import Basis, Feeds
from projections.scores import Scores, scores

router = APIRouter(tags=["valutazione"])


class Scored(Dated):
    """A year of a plan, against which targets, and which rows."""

    year: Year = Field(description="L'anno del piano.", examples=[2022])
    basis: Basis = Field(
        "in_force",
        description="`in_force`: i target in vigore alla data; `ex_ante`: il piano com'era quando l'anno fu approvato.",
        examples=["in_force"],
    )
    feeds: Feeds = Field(
        "objective",
        description="Le righe che contano: dell'albero (`objective`), della produttività (`individual`), tutte (`all`).",
        examples=["objective"],
    )


@router.get(
    "/plans/{plan}/scores", operation_id="show_scores", summary="Punteggi di un anno", responses=answers(Scores)
)
def show_scores(plan: str, of: Annotated[Scored, Query()], asked: Asked) -> Response:
    """I punteggi dell'ente, degli obiettivi, degli indicatori, degli altri alberi e degli uffici; in vigore ed ex ante."""
    return asked.of_plan(
        plan, of, lambda reader, point: scores(reader, plan, of.year, point, basis=of.basis, feeds=of.feeds)
    )


@router.get(
    "/plans/{plan}/scores/{node}",
    operation_id="explain_score",
    summary="Un punteggio spiegato",
    responses=answers(Explanation),
)
def explain_score(plan: str, node: str, of: Annotated[Scored, Query()], asked: Asked) -> Response:
    """L'albero del calcolo di un nodo (un obiettivo o un indicatore; `body` per l'ente), fino ai termini e agli eventi."""
    return asked.of_plan(
        plan, of, lambda reader, point: explanation(reader, plan, of.year, point, node, basis=of.basis, feeds=of.feeds)
    )


@router.post(
    "/plans/{plan}/overrides",
    operation_id="override_score",
    summary="Forza un punteggio",
    responses=answers(Recorded, created=True),
    openapi_extra=takes(OverrideScore),
)
def override_score(plan: str, body: Body, written: Written) -> Response:
    """Forza il punteggio di un indicatore o di un obiettivo: quello calcolato resta accanto, con motivazione e atto."""
    command = into(OverrideScore, parse_json(body))
    return recorded(force(written.service, plan, command, written.on(plan)))


@router.post(
    "/achievements",
    operation_id="compute_achievement",
    summary="Quanto un valore raggiunge un target",
    responses=answers(AchievementAnswer),
    openapi_extra=takes(AchievementRequest),
)
def compute_achievement(body: Body) -> Response:
    """Legge un target e un valore e ne dice il raggiungimento, con le regole predefinite; non registra nulla."""
    return previewed(row_object(achieve_row(read_row(an_object(parse_json(body))))))
