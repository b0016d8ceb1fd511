"""Monitoring rounds: opened, followed, checked, closed."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from api.commands.evaluation import close_round as close
from api.commands.evaluation import open_round as open_
from api.formats.json_reader import into, parse_json
from api.http.command_context import Written, recorded
from api.http.openapi_responses import answers, takes
from api.http.query_context import Asked, At
from api.http.request_body import Body, an_object
from api.http.schemas import Recorded
from api.http.schemas_evaluation import Contradictions, RoundClosing, RoundList, RoundStatus
from api.http.temporal_params import Dated
from domain.rounds.commands import CloseRound, OpenRound
from domain.rounds.decide import find_round
from projections.contradictions import contradictions
from projections.rounds import round_status, rounds
from projections.streams import find_plan

router = APIRouter(tags=["monitoraggio"])


@router.get("/plans/{plan}/rounds", operation_id="list_rounds", summary="Monitoraggi", responses=answers(RoundList))
def list_rounds(plan: str, at: At, asked: Asked) -> Response:
    """I monitoraggi di un piano, aperti e chiusi."""
    return asked.of_plan(plan, at, lambda reader, point: rounds(reader, plan, point))


@router.post(
    "/plans/{plan}/rounds",
    operation_id="open_round",
    summary="Apre un monitoraggio",
    responses=answers(Recorded, created=True),
    openapi_extra=takes(OpenRound),
)
def open_round(plan: str, body: Body, written: Written) -> Response:
    """Apre un monitoraggio: di che data sono i dati, da chi si aspettano, entro quando."""
    command = into(OpenRound, parse_json(body))
    return recorded(open_(written.service, plan, command, written.on(plan)))


@router.get(
    "/plans/{plan}/rounds/{round}",
    operation_id="show_round",
    summary="Un monitoraggio",
    responses=answers(RoundStatus),
)
def show_round(plan: str, round: str, at: At, asked: Asked) -> Response:
    """Per ogni ufficio che cosa è dovuto, che cosa è arrivato e se in ritardo; i solleciti."""
    return asked.of_plan(plan, at, lambda reader, point: round_status(reader, plan, round, point))


@router.post(
    "/plans/{plan}/rounds/{round}/closing",
    operation_id="close_round",
    summary="Chiude un monitoraggio",
    responses=answers(Recorded, created=True),
    openapi_extra=takes(RoundClosing),
)
def close_round(plan: str, round: str, body: Body, written: Written) -> Response:
    """Chiude un monitoraggio: ciò che arriva dopo si registra, e dice di essere arrivato dopo."""
    said = an_object(parse_json(body))
    with written.service.store.reading() as reader:
        found = find_round(reader.timelines(find_plan(reader, plan).stream), round)
    command = into(CloseRound, said | {"round": found.id})
    return recorded(close(written.service, plan, command, written.on(plan)))


@router.get(
    "/plans/{plan}/rounds/{round}/contradictions",
    operation_id="list_contradictions",
    summary="Che cosa non torna",
    responses=answers(Contradictions),
)
def list_contradictions(plan: str, round: str, at: Annotated[Dated, Query()], asked: Asked) -> Response:
    """Parole contro cifre, cifre senza valore, una frase sola per molti: segnalate, non giudicate."""
    return asked.of_plan(plan, at, lambda reader, point: contradictions(reader, plan, point, name=round))
