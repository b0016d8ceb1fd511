"""Files of an office over HTTP: sent, looked at, confirmed."""

from typing import Annotated

import orjson
from fastapi import Depends, Query, Request
from fastapi.responses import Response

from api.commands.handler import Caller
from api.formats.json_reader import DocumentTooLarge, into, parse_json
from api.http.access import admission_of
from api.http.command_request import InCommand, previewed, recorded
from api.http.problems import MediaTypeRefused
from api.http.request_body import Body
from api.http.routes import Endpoint
from api.imports.collecting import Collecting
from api.imports.collection_preview import CollectionLook
from api.imports.collection_reading import read_returned
from api.imports.import_jobs import CONFIRMED, FAILED, PROPOSED, READY, ImportJobs
from api.imports.options import CollectionOptions, ImportOptions
from api.imports.reading import limits, reader_limits
from api.operations.plan_files import SHEETS
from api.operations.previews import DecidedPreview, ImportPreview, ImportState
from api.operations.queries import Preview
from domain.documents.difference import Decisions
from domain.documents.proposal import ProposedImport
from domain.vocabulary import Identifier
from projections.store.envelope import write_instant
from projections.store.previews import StoredPreview

SETTLED: dict[str, ImportState] = {
    READY: "ready",
    CONFIRMED: "confirmed",
    PROPOSED: "proposed",
    FAILED: "failed",
}
"""The states that a job ends in; any other is a stage of its work."""


async def read_sent(request: Request) -> bytes:
    """The bytes of a file, refused as soon as they pass the limit."""
    limit: int = request.app.state.settings.max_document_bytes
    declared = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if declared not in SHEETS:
        found = f"il contenuto è dichiarato {declared[:80]!r}" if declared else "il tipo del contenuto manca"
        raise MediaTypeRefused(found, accepted=", ".join(SHEETS), where="Content-Type")
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise DocumentTooLarge(
                f"il documento supera i {limit} byte", accepted=f"al più {limit} byte (INITINERE_MAX_DOCUMENT_BYTES)"
            )
        chunks.append(chunk)
    return b"".join(chunks)


Sent = Annotated[bytes, Depends(read_sent)]


def jobs_of(request: Request) -> ImportJobs:
    """The jobs of this installation."""
    jobs: ImportJobs = request.app.state.imports
    return jobs


def shown(stored: StoredPreview, status: int = 200) -> Response:
    """A preview as it stands."""
    state = SETTLED.get(stored.state, "working")
    body: ImportPreview = {
        "id": stored.id,
        "state": state,
        "stage": stored.state,
        "created_at": write_instant(stored.created_at),
        "expires_at": write_instant(stored.expires_at),
        "preview": orjson.Fragment(stored.shown) if stored.shown else None,
    }
    headers = {"Cache-Control": "no-store", "Location": address(stored)}
    if state == "working":
        status = 202 if status == 201 else status
        headers["Retry-After"] = "2"
    return Response(orjson.dumps(body), status_code=status, media_type="application/json", headers=headers)


def confirmed(jobs: ImportJobs, stored: StoredPreview, body: bytes, caller: Caller, *, look: bool) -> Response:
    """Records what a preview shows, or shows it again with what was decided."""
    decisions = into(Decisions, parse_json(body))
    if look:
        return previewed(
            DecidedPreview(preview=True, **dict(jobs.preview(stored, decisions, caller))).model_dump(mode="json")
        )
    outcome = jobs.confirm(stored, decisions, caller)
    return recorded(outcome, f"/v1/plans/{outcome.plan}")


def address(stored: StoredPreview) -> str:
    """The address of a preview."""
    return f"/v1/plans/{stored.plan}/imports/{stored.id}" if stored.plan else f"/v1/imports/{stored.id}"


Jobs = Annotated[ImportJobs, Depends(jobs_of)]


def send_plan_file(how: Annotated[ImportOptions, Query()], sent: Sent, jobs: Jobs, context: InCommand) -> Response:
    """Takes the file of a plan that is not there yet, and shows what would enter."""
    return shown(jobs.begin(sent, how, context.caller, plan=None), 201)


def show_plan_import(request: Request, import_id: Identifier, jobs: Jobs) -> Response:
    """The preview of a plan that is not there yet, or how far it came."""
    return shown(jobs.find(import_id, None, admission_of(request).principal))


def confirm_plan_import(
    import_id: Identifier, how: Annotated[Preview, Query()], body: Body, jobs: Jobs, context: InCommand
) -> Response:
    """Records the plan that a preview shows, all or nothing, or shows it again as decided."""
    return confirmed(jobs, jobs.find(import_id, None, context.caller.principal), body, context.caller, look=how.preview)


def send_file(
    plan: str, how: Annotated[ImportOptions, Query()], sent: Sent, jobs: Jobs, context: InCommand
) -> Response:
    """Takes a file, and shows what it would change in the plan; nothing is recorded."""
    return shown(jobs.begin(sent, how, context.caller, plan=plan), 201)


def show_import(plan: str, import_id: Identifier, jobs: Jobs) -> Response:
    """The preview of a file for a plan, or how far it came."""
    return shown(jobs.find(import_id, plan))


def confirm_import(
    plan: str, import_id: Identifier, how: Annotated[Preview, Query()], body: Body, jobs: Jobs, context: InCommand
) -> Response:
    """Records the changes that a preview shows, on the version that it was made on, or shows them again as decided."""
    return confirmed(jobs, jobs.find(import_id, plan), body, context.caller, look=how.preview)


def propose_import(plan: str, import_id: Identifier, body: Body, jobs: Jobs, context: InCommand) -> Response:
    """Drafts a proposal of the changes that a preview shows."""
    proposed = into(ProposedImport, parse_json(body))
    return recorded(jobs.propose(jobs.find(import_id, plan), proposed, context.caller))


def collect_round(
    request: Request, plan: str, how: Annotated[CollectionOptions, Query()], sent: Sent, context: InCommand
) -> Response:
    """Takes in the sheets of a round that come back, or shows what they would do."""
    settings = request.app.state.settings
    returned = read_returned(sent, limits(settings), using=reader_limits(settings))
    collecting, name = Collecting(context.service, returned, how, context.on(plan)), str(request.path_params["round"])
    if how.preview:
        return previewed(CollectionLook.of(collecting.preview(plan, name)).model_dump(mode="json"))
    return recorded(collecting.record(plan, name))


ENDPOINTS: dict[str, Endpoint] = {
    "collect_round": collect_round,
    "send_plan_file": send_plan_file,
    "show_plan_import": show_plan_import,
    "confirm_plan_import": confirm_plan_import,
    "send_file": send_file,
    "show_import": show_import,
    "confirm_import": confirm_import,
    "propose_import": propose_import,
}
