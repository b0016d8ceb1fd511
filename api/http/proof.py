"""Proof over HTTP: checkpoints, public keys, the proof of one event, the evidence pack, and a page for people."""

from typing import Annotated

import orjson
from fastapi import Query, Request
from fastapi.responses import Response

from api.formats.json_reader import into, parse_json
from api.http.command_request import InCommand
from api.http.query_request import InQuery
from api.http.request_body import Body
from api.http.routes import Endpoint
from api.operations.queries import OfCheckpoint, OfYear
from api.operations.requests import CheckpointRequest
from domain.errors import NotFound
from domain.late import late
from projections.proof.checkpoints import checkpoint_number, latest
from projections.proof.notes import Signing
from projections.store.reader import Reader

with late:  # a pack is made when it is asked
    from api.proof.pack import signed_pack_on


def show_checkpoint(context: InQuery, of: Annotated[OfCheckpoint, Query()], request: Request) -> Response:
    """The last checkpoint, or one by number; the signed text alone where plain text is accepted."""
    with context.store.reading() as reader:
        made = checkpoint_number(reader.cursor, of.number) if of.number else latest(reader.cursor)
    if made is None:
        raise NotFound("non c'è ancora nessun checkpoint", accepted="POST /v1/checkpoint, che ne fa uno")
    if "text/plain" in request.headers.get("accept", ""):
        return Response(made.note, media_type="text/plain; charset=utf-8", headers={"Cache-Control": "no-cache"})
    return context.answer(orjson.dumps(made.answer()), f"checkpoint-{made.number}-{int(made.stamped is not None)}")


def make_checkpoint(body: Body, context: InCommand) -> Response:
    """Signs all that is recorded now; 200 with the last checkpoint when nothing was recorded since."""
    request = into(CheckpointRequest, parse_json(body))
    with context.service.store.reading() as reader:
        before = latest(reader.cursor)
    made = context.service.transparency_log.checkpoint(request.occasion, stamp=True)
    status = 200 if before is not None and before.number == made.number else 201
    headers = {"Location": f"/v1/checkpoint?number={made.number}", "Cache-Control": "no-store"}
    return Response(orjson.dumps(made.answer()), status, headers, "application/json")


def take_pack(plan: str, of: Annotated[OfYear, Query()], context: InQuery, request: Request) -> Response:
    """The evidence pack of a year, on a checkpoint that is there already: nothing is written."""
    key: Signing = request.app.state.service.transparency_log.key_in_force()
    point = context.point_of(of)

    def packed(reader: Reader) -> Response:
        pack = signed_pack_on(reader, key, plan, of.year, point)
        name = f'attachment; filename="fascicolo-{plan}-{of.year}.zip"'
        headers = {"Content-Disposition": name, "Cache-Control": "no-store", "ETag": f'"{pack.sha256}"'}
        return Response(pack.content, media_type="application/zip", headers=headers)

    return context.kept_file(request, (of.year, point, str(key.verifying)), packed)


ENDPOINTS: dict[str, Endpoint] = {
    "show_checkpoint": show_checkpoint,
    "make_checkpoint": make_checkpoint,
    "take_pack": take_pack,
}
