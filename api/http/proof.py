"""Proof over HTTP: checkpoints, public keys, the proof of one event, the evidence pack, and a page for people."""

from typing import Annotated

import orjson
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api.commands.handler import Caller
from api.commands.oversight import log_pack
from api.formats.json_reader import into, parse_json
from api.http.command_context import Written
from api.http.events import Version
from api.http.openapi_responses import answers, takes
from api.http.oversight import OfFlags
from api.http.query_context import Asked
from api.http.request_body import Body
from api.http.schemas_proof import CheckpointRequest
from api.proof.checkpoint_page import checkpoint_page
from api.proof.pack import make_pack
from api.proof.rows import CheckpointAnswer, EventProof, KeyList, checkpoint_row, event_proof
from domain.errors import NotFound
from domain.oiv.events import PackTaken
from projections.proof.checkpoints import checkpoint_number, latest
from projections.proof.log import public_keys
from projections.roles import role_of
from projections.streams import find_plan

router = APIRouter(tags=["prova"])
pages = APIRouter(include_in_schema=False)

Number = Annotated[
    int | None, Query(ge=1, le=10**9, description="Il numero del checkpoint; l'ultimo, se manca.", examples=[1])
]


@router.get("/checkpoint", operation_id="show_checkpoint", summary="Checkpoint", responses=answers(CheckpointAnswer))
def show_checkpoint(asked: Asked, request: Request, number: Number = None) -> Response:
    """L'ultimo checkpoint, o uno per numero: poche righe firmate che fissano tutto ciò che era registrato.

    Con `Accept: text/plain` dà il solo testo firmato, da conservare così com'è.
    """
    with asked.store.reading() as reader:
        made = checkpoint_number(reader.cursor, number) if number else latest(reader.cursor)
    if made is None:
        raise NotFound("non c'è ancora nessun checkpoint", accepted="POST /v1/checkpoint, che ne fa uno")
    if "text/plain" in request.headers.get("accept", ""):
        return Response(made.note, media_type="text/plain; charset=utf-8", headers={"Cache-Control": "no-cache"})
    return asked.answer(checkpoint_row(made), f"checkpoint-{made.number}-{int(made.stamped is not None)}")


@router.post(
    "/checkpoint",
    operation_id="make_checkpoint",
    summary="Fa un checkpoint",
    responses=answers(CheckpointAnswer, created=True),
    openapi_extra=takes(CheckpointRequest),
)
def make_checkpoint(body: Body, written: Written) -> Response:
    """Firma tutto ciò che è registrato ora; se nulla è cambiato dall'ultimo checkpoint, dà quello (200)."""
    asked = into(CheckpointRequest, parse_json(body))
    with written.service.store.reading() as reader:
        before = latest(reader.cursor)
    made = written.service.transparency_log.checkpoint(asked.occasion, stamp=True)
    status = 200 if before is not None and before.number == made.number else 201
    headers = {"Location": f"/v1/checkpoint?number={made.number}", "Cache-Control": "no-store"}
    return Response(orjson.dumps(checkpoint_row(made)), status, headers, "application/json")


@router.get("/keys", operation_id="list_keys", summary="Chiavi pubbliche", responses=answers(KeyList))
def list_keys(asked: Asked) -> Response:
    """Le chiavi con cui i checkpoint sono stati firmati, l'attuale per ultima, nella forma C2SP."""
    with asked.store.reading() as reader:
        keys = [str(key) for key in public_keys(reader)]
    return asked.answer({"keys": keys}, f"keys-{len(keys)}")


@router.get(
    "/plans/{plan}/events/{version}/proof",
    operation_id="prove_plan_event",
    summary="Prova di un evento",
    responses=answers(EventProof),
)
def prove_plan_event(plan: str, version: Version, asked: Asked) -> Response:
    """La prova che l'evento è nell'albero firmato dall'ultimo checkpoint che lo copre (RFC 9162, 2.1.3)."""
    with asked.store.reading() as reader:
        found = find_plan(reader, plan)
        proof = event_proof(reader, found.stream, version)
    return asked.answer(proof, f"proof-{version}-{proof['size']}")


@router.get(
    "/plans/{plan}/pack",
    operation_id="take_pack",
    summary="Fascicolo probatorio",
    responses={200: {"description": "Il fascicolo (ZIP).", "content": {"application/zip": {}}}},
)
def take_pack(plan: str, of: Annotated[OfFlags, Query()], asked: Asked, request: Request) -> Response:
    """Uno ZIP che vale senza il prodotto: eventi, prove, chiavi, verificatore in sorgente e relazione leggibile."""
    service = request.app.state.service
    made = make_pack(asked.store, service.transparency_log, plan, of.year, of.point(asked.now))
    actor = request.headers.get("x-actor", "")
    if role_of(actor) == "oiv":
        taken = PackTaken(year=of.year, sha256=made.sha256, checkpoint=made.checkpoint)
        log_pack(service, plan, taken, Caller(actor).identified())
    name = f'attachment; filename="fascicolo-{plan}-{of.year}.zip"'
    headers = {"Content-Disposition": name, "Cache-Control": "no-store", "ETag": f'"{made.sha256}"'}
    return Response(made.content, media_type="application/zip", headers=headers)


@pages.get("/checkpoint")
def page(asked: Asked) -> Response:
    """The last checkpoint and the public keys, to be read and printed."""
    with asked.store.reading() as reader:
        html, policy = checkpoint_page(latest(reader.cursor), public_keys(reader))
    return Response(html, media_type="text/html; charset=utf-8", headers={"Content-Security-Policy": policy})
