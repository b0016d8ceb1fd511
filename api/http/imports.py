"""Files of an office over HTTP: sent, looked at, confirmed; and the files that a plan goes out as."""

from datetime import datetime
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import Field

from api.commands.handler import Caller
from api.formats.json_reader import TooLarge, into, parse_json
from api.http.command_context import Preview as OnlyLook
from api.http.command_context import Written, previewed, recorded
from api.http.openapi_responses import answers, takes
from api.http.problems import MediaTypeRefused
from api.http.query_context import Asked
from api.http.request_body import Body
from api.http.schemas import ImportPreview, Recorded
from api.http.temporal_params import Dated
from api.imports.import_jobs import CONFIRMED, FAILED, READY, ImportJobs, ImportOptions
from api.workbook.export import MEDIA_TYPES, exported
from api.workbook.write import write_template
from domain.documents.difference import Decisions
from domain.vocabulary import Frozen, Identifier
from projections.store.point import today
from projections.store.previews import StoredPreview
from projections.streams import etag, find_plan

router = APIRouter(tags=["cartelle di lavoro"])

SENT = (
    "application/json",
    "application/octet-stream",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/zip",
)


class Confirming(Frozen):
    """How a confirmation is to be taken."""

    preview: OnlyLook = False


class Exporting(Dated):
    """What a plan goes out as, and from which point."""

    format: Literal["json", "xlsx", "csv"] = Field("json", description="Il formato; csv è uno ZIP, un file per foglio.")


class Year(Frozen):
    """The first of the three years of a template."""

    year: Annotated[int, Field(ge=1990, le=2198)] | None = Field(
        None, description="Il primo dei tre anni del piano. Se manca, quello in corso."
    )


async def read_sent(request: Request) -> bytes:
    """The bytes of a file, refused as soon as they pass the limit."""
    limit: int = request.app.state.settings.max_document_bytes
    declared = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if declared not in SENT:
        found = f"il contenuto è dichiarato {declared[:80]!r}" if declared else "il tipo del contenuto manca"
        raise MediaTypeRefused(found, accepted=", ".join(SENT), where="Content-Type")
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise TooLarge(
                f"il documento supera i {limit} byte", accepted=f"al più {limit} byte (INITINERE_MAX_DOCUMENT_BYTES)"
            )
        chunks.append(chunk)
    return b"".join(chunks)


Sent = Annotated[bytes, Depends(read_sent)]
_EXAMPLE_PLAN = {
    "administration": {"id": "cciaa-esempio", "name": "Camera di Commercio di Esempio"},
    "plan": {"id": "esempio-2024-2026", "title": "Piano 2024-2026", "first_year": 2024, "last_year": 2026},
}
_EXAMPLE_DECISIONS = {
    "act": "delibera di Giunta n. 9 del 30/09/2022",
    "justification": "dati del monitoraggio",
    "cause": "new_data",
    "answers": {"two_values:Target!D7": "2"},
    "rows": {"Target!D9": {"justification": "errore di trascrizione", "kind": "correction"}},
}
_FILE = {
    "requestBody": {
        "required": True,
        "content": {media: {"schema": {"type": "string", "format": "binary"}} for media in SENT[1:]}
        | {
            "application/json": {
                "schema": {"$ref": "#/components/schemas/PlanDocument"},
                "examples": {"un-piano": {"summary": "un piano", "value": _EXAMPLE_PLAN}},
            }
        },
    }
}


def jobs_of(request: Request) -> ImportJobs:
    """The jobs of this installation."""
    jobs: ImportJobs = request.app.state.imports
    return jobs


def shown(stored: StoredPreview, status: int = 200) -> Response:
    """A preview as it stands."""
    working = stored.state not in {READY, CONFIRMED, FAILED}
    body = {
        "id": stored.id,
        "state": "working" if working else stored.state,
        "stage": stored.state,
        "created_at": _instant(stored.created_at),
        "expires_at": _instant(stored.expires_at),
        "preview": orjson.loads(stored.shown) if stored.shown else None,
    }
    headers = {"Cache-Control": "no-store", "Location": address(stored)}
    if working and status == 201:
        status = 202
        headers["Retry-After"] = "2"
    return Response(orjson.dumps(body), status_code=status, media_type="application/json", headers=headers)


def confirmed(jobs: ImportJobs, stored: StoredPreview, body: bytes, caller: Caller, *, look: bool) -> Response:
    """Records what a preview shows, or shows it again with what was decided."""
    decisions = into(Decisions, parse_json(body))
    if look:
        return previewed({"preview": True, **jobs.preview(stored, decisions, caller).model_dump(mode="json")})
    outcome = jobs.confirm(stored, decisions, caller)
    return recorded(outcome, f"/v1/plans/{outcome.plan}")


def _instant(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def address(stored: StoredPreview) -> str:
    """The address of a preview."""
    return f"/v1/plans/{stored.plan}/imports/{stored.id}" if stored.plan else f"/v1/imports/{stored.id}"


Jobs = Annotated[ImportJobs, Depends(jobs_of)]
_DECIDED = takes(Decisions)
_DECIDED["requestBody"]["content"]["application/json"]["examples"] = {
    "una-conferma": {"summary": "una conferma", "value": _EXAMPLE_DECISIONS}
}
_SENT = answers(ImportPreview, created=True)
_CONFIRMED = answers(Recorded, preview=ImportPreview, created=True)


@router.post(
    "/imports",
    operation_id="send_plan_file",
    summary="Invia il file di un piano nuovo",
    responses=_SENT,
    openapi_extra=_FILE,
)
def send_plan_file(how: Annotated[ImportOptions, Query()], sent: Sent, jobs: Jobs, written: Written) -> Response:
    """L'anteprima di un piano che non c'è ancora: che cosa entrerebbe, quali indicatori continuano le loro serie."""
    return shown(jobs.begin(sent, how, written.caller, plan=None), 201)


@router.get(
    "/imports/{import_id}",
    operation_id="show_plan_import",
    summary="L'anteprima di un piano nuovo",
    responses=answers(ImportPreview),
)
def show_plan_import(import_id: Identifier, jobs: Jobs) -> Response:
    """L'anteprima, o a che punto è."""
    return shown(jobs.find(import_id, None))


@router.post(
    "/imports/{import_id}/confirm",
    operation_id="confirm_plan_import",
    summary="Conferma un piano nuovo",
    responses=_CONFIRMED,
    openapi_extra=_DECIDED,
)
def confirm_plan_import(
    import_id: Identifier, how: Annotated[Confirming, Query()], body: Body, jobs: Jobs, written: Written
) -> Response:
    """Registra il piano dell'anteprima: tutto o niente."""
    return confirmed(jobs, jobs.find(import_id, None), body, written.caller, look=how.preview)


@router.post(
    "/plans/{plan}/imports",
    operation_id="send_file",
    summary="Invia una cartella di lavoro",
    responses=_SENT,
    openapi_extra=_FILE,
)
def send_file(plan: str, how: Annotated[ImportOptions, Query()], sent: Sent, jobs: Jobs, written: Written) -> Response:
    """L'anteprima di ciò che il file (XLSX, ODS, ZIP di CSV, JSON) cambierebbe nel piano: nulla è registrato."""
    return shown(jobs.begin(sent, how, written.caller, plan=plan), 201)


@router.get(
    "/plans/{plan}/imports/{import_id}",
    operation_id="show_import",
    summary="Un'anteprima",
    responses=answers(ImportPreview),
)
def show_import(plan: str, import_id: Identifier, jobs: Jobs) -> Response:
    """L'anteprima, o a che punto è."""
    return shown(jobs.find(import_id, plan))


@router.post(
    "/plans/{plan}/imports/{import_id}/confirm",
    operation_id="confirm_import",
    summary="Conferma un'anteprima",
    responses=_CONFIRMED,
    openapi_extra=_DECIDED,
)
def confirm_import(
    plan: str, import_id: Identifier, how: Annotated[Confirming, Query()], body: Body, jobs: Jobs, written: Written
) -> Response:
    """Registra le modifiche dell'anteprima, con atto, motivazione e causa, sulla versione su cui è stata fatta."""
    return confirmed(jobs, jobs.find(import_id, plan), body, written.caller, look=how.preview)


def _file(description: str) -> dict[int | str, dict[str, Any]]:
    content = {media: {"schema": {"type": "string", "format": "binary"}} for media in sorted(set(MEDIA_TYPES.values()))}
    return {200: {"description": description, "content": content}}


@router.get(
    "/plans/{plan}/export", operation_id="export_plan", summary="Il piano come file", responses=_file("Il file.")
)
def export_plan(plan: str, how: Annotated[Exporting, Query()], asked: Asked) -> Response:
    """Il piano in vigore a una data, per quanto era noto a un'altra, come cartella di lavoro o documento."""
    point = how.point(asked.now)
    with asked.store.reading() as reader:
        found = find_plan(reader, plan, point.known_at)
        content = exported(reader, plan, point, how.format)
    name = f"{plan}-{point.as_of.isoformat()}.{'zip' if how.format == 'csv' else how.format}"
    headers = {
        "ETag": f'"{etag(found, point)};{how.format}"',
        "Cache-Control": "no-cache",
        "Content-Disposition": f'attachment; filename="{name}"',
    }
    return Response(content, media_type=MEDIA_TYPES[how.format], headers=headers)


@router.get(
    "/template", operation_id="template", summary="Il modello di cartella di lavoro", responses=_file("Il modello.")
)
def template(of: Annotated[Year, Query()], asked: Asked) -> Response:
    """La cartella di lavoro da compilare: ogni foglio, ogni intestazione con la sua nota, nessuna riga."""
    content = write_template(of.year or today(asked.now).year)
    headers = {"Cache-Control": "no-cache", "Content-Disposition": 'attachment; filename="modello.xlsx"'}
    return Response(content, media_type=MEDIA_TYPES["xlsx"], headers=headers)
