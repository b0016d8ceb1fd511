"""Files of an office over HTTP: sent, looked at, confirmed; and the files that a plan goes out as."""

import threading
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import uuid4

import orjson
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import Field

from api.commands.handler import Caller
from api.commands.service import Service
from api.formats.json_reader import TooLarge, into, parse_json
from api.http.command_context import Preview as OnlyLook
from api.http.command_context import Written, previewed, recorded
from api.http.openapi_responses import answers, takes
from api.http.problems import MediaTypeRefused, log
from api.http.query_context import Asked
from api.http.request_body import Body
from api.http.schemas import ImportPreview, Recorded
from api.http.temporal_params import Dated
from api.imports.importing import PARTS, Importing, Incoming, limits, read_incoming
from api.settings import Settings
from api.workbook.export import MEDIA_TYPES, exported
from api.workbook.write import write_template
from domain.documents.difference import Decisions
from domain.errors import DomainError, Malformed, NotFound, Refusal
from domain.vocabulary import Frozen, Identifier, IsoDate
from projections.store.point import today
from projections.store.previews import LruCache, Previews, lasting
from projections.streams import etag, find_plan

router = APIRouter(tags=["cartelle di lavoro"])

WAIT_SECONDS = 5.0
"""How long the sender waits for its preview; one that takes longer is made meanwhile, and asked for again."""

SENT = (
    "application/json",
    "application/octet-stream",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/zip",
)
MADE, CONFIRMED, FAILED = "ready", "confirmed", "failed"


class NotReady(Refusal):
    """A preview that is still being made, or that could not be made, is not confirmed."""

    name = "preview_not_ready"
    title = "Anteprima non pronta"


class Sending(Frozen):
    """How a file is to be compared."""

    effective_on: IsoDate | None = Field(
        None,
        description="Da quando varrebbero le modifiche. Se manca, la data dell'atto del file, o oggi.",
        examples=["2022-09-30"],
    )
    complete: Annotated[str, Field(max_length=80, pattern=r"^[a-z]+(,[a-z]+)*$")] | None = Field(
        None,
        description=f"Le parti del file che sono complete, separate da virgole, fra {', '.join(PARTS)}: ciò che vi manca è ritirato.",
        examples=["indicators,targets"],
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


class Desk:
    """Where previews are made, kept and found."""

    def __init__(self, request: Request) -> None:
        self.service: Service = request.app.state.service
        self.settings: Settings = request.app.state.settings
        self.previews = Previews(self.service.store.datastore)

    def now(self) -> datetime:
        """This moment, by the clock of the store."""
        return self.service.store.clock()

    def begin(self, file: bytes, how: Sending, plan: str | None, caller: Caller) -> Response:
        """Keeps a file and makes its preview, at once or meanwhile."""
        if plan is not None:
            with self.service.store.reading() as reader:
                find_plan(reader, plan)
        id_, now = str(uuid4()), self.now()
        said = how.model_dump_json()
        self.previews.keep(
            LruCache(
                id_,
                plan or "",
                0,
                now,
                now + lasting(self.settings.preview_hours),
                "lettura del file",
                said,
                None,
                file,
            )
        )
        failures: list[Exception] = []

        def work() -> None:
            try:
                self._make(id_, file, how, plan, caller)
            except Exception as error:  # noqa: BLE001 - it is raised again where somebody waits for it
                failures.append(error)
                self._failed(id_, error)

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        thread.join(WAIT_SECONDS)
        if failures:
            raise failures[0]
        status = 202 if thread.is_alive() else 201
        return self.answer(self.find(id_, plan), status)

    def _failed(self, id_: str, error: Exception) -> None:
        told = str(error) if isinstance(error, DomainError) else "errore interno"
        problems = [one.model_dump() for one in error.problems] if isinstance(error, Malformed) else []
        try:
            self.previews.change(id_, FAILED, orjson.dumps({"refused": told, "problems": problems}).decode())
        except Exception:  # noqa: BLE001 - there is nobody left to tell
            log.exception("a preview failed, and so did saying it: the store is closed, or full")

    def _make(self, id_: str, file: bytes, how: Sending, plan: str | None, caller: Caller) -> None:
        decisions = Decisions(effective_on=how.effective_on)
        importing = Importing(self.service, lambda stage: self.previews.change(id_, stage))
        shown = importing.preview(self.incoming(file, how), decisions, caller, plan=plan)
        self.previews.change(id_, MADE, shown.model_dump_json(), shown.version)

    def incoming(self, file: bytes, how: Sending) -> Incoming:
        """A file as it is read."""
        complete = [part for part in (how.complete or "").split(",") if part in PARTS]
        return read_incoming(file, limits(self.settings), complete=complete)

    def find(self, id_: str, plan: str | None) -> LruCache:
        """A preview that has not expired; NotFound otherwise."""
        kept = self.previews.find(id_, self.now())
        if kept is None or (plan is not None and kept.plan != plan):
            raise NotFound("l'anteprima non c'è, o è scaduta", accepted="inviare di nuovo il file", where="import_id")
        return kept

    def answer(self, kept: LruCache, status: int = 200) -> Response:
        """A preview as it stands."""
        body = {
            "id": kept.id,
            "state": kept.state if kept.state in {MADE, CONFIRMED, FAILED} else "working",
            "stage": kept.state,
            "created_at": _instant(kept.created_at),
            "expires_at": _instant(kept.expires_at),
            "preview": orjson.loads(kept.shown) if kept.shown else None,
        }
        headers = {"Cache-Control": "no-store", "Location": address(kept)}
        if status == 202:
            headers["Retry-After"] = "2"
        return Response(orjson.dumps(body), status_code=status, media_type="application/json", headers=headers)

    def confirm(self, kept: LruCache, decisions: Decisions, caller: Caller, *, look: bool) -> Response:
        """Records what a preview shows, or shows it again with what was said."""
        if kept.state not in {MADE, CONFIRMED}:
            raise NotReady(f"l'anteprima è: {kept.state}", accepted="attendere, o inviare di nuovo il file")
        how = Sending.model_validate_json(kept.said)
        said = decisions.model_copy(update={"effective_on": decisions.effective_on or how.effective_on})
        incoming, importing = self.incoming(kept.file, how), Importing(self.service)
        plan = kept.plan or None
        if look:
            shown = importing.preview(incoming, said, caller, plan=plan)
            return previewed({"preview": True, **shown.model_dump(mode="json")})
        outcome = importing.confirm(incoming, said, caller, plan=plan, version=kept.version or None)
        self.previews.change(kept.id, CONFIRMED)
        return recorded(outcome, f"/v1/plans/{outcome.plan}")


def address(kept: LruCache) -> str:
    """The address of a preview."""
    return f"/v1/plans/{kept.plan}/imports/{kept.id}" if kept.plan else f"/v1/imports/{kept.id}"


def _instant(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


OnDesk = Annotated[Desk, Depends(Desk)]
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
def send_plan_file(how: Annotated[Sending, Query()], sent: Sent, desk: OnDesk, written: Written) -> Response:
    """L'anteprima di un piano che non c'è ancora: che cosa entrerebbe, quali indicatori continuano le loro serie."""
    return desk.begin(sent, how, None, written.caller)


@router.get(
    "/imports/{import_id}",
    operation_id="show_plan_import",
    summary="L'anteprima di un piano nuovo",
    responses=answers(ImportPreview),
)
def show_plan_import(import_id: Identifier, desk: OnDesk) -> Response:
    """L'anteprima, o a che punto è."""
    return desk.answer(desk.find(import_id, None))


@router.post(
    "/imports/{import_id}/confirm",
    operation_id="confirm_plan_import",
    summary="Conferma un piano nuovo",
    responses=_CONFIRMED,
    openapi_extra=_DECIDED,
)
def confirm_plan_import(
    import_id: Identifier, how: Annotated[Confirming, Query()], body: Body, desk: OnDesk, written: Written
) -> Response:
    """Registra il piano dell'anteprima: tutto o niente."""
    return desk.confirm(desk.find(import_id, None), into(Decisions, parse_json(body)), written.caller, look=how.preview)


@router.post(
    "/plans/{plan}/imports",
    operation_id="send_file",
    summary="Invia una cartella di lavoro",
    responses=_SENT,
    openapi_extra=_FILE,
)
def send_file(plan: str, how: Annotated[Sending, Query()], sent: Sent, desk: OnDesk, written: Written) -> Response:
    """L'anteprima di ciò che il file (XLSX, ODS, ZIP di CSV, JSON) cambierebbe nel piano: nulla è registrato."""
    return desk.begin(sent, how, plan, written.caller)


@router.get(
    "/plans/{plan}/imports/{import_id}",
    operation_id="show_import",
    summary="Un'anteprima",
    responses=answers(ImportPreview),
)
def show_import(plan: str, import_id: Identifier, desk: OnDesk) -> Response:
    """L'anteprima, o a che punto è."""
    return desk.answer(desk.find(import_id, plan))


@router.post(
    "/plans/{plan}/imports/{import_id}/confirm",
    operation_id="confirm_import",
    summary="Conferma un'anteprima",
    responses=_CONFIRMED,
    openapi_extra=_DECIDED,
)
def confirm_import(
    plan: str, import_id: Identifier, how: Annotated[Confirming, Query()], body: Body, desk: OnDesk, written: Written
) -> Response:
    """Registra le modifiche dell'anteprima, con atto, motivazione e causa, sulla versione su cui è stata fatta."""
    return desk.confirm(desk.find(import_id, plan), into(Decisions, parse_json(body)), written.caller, look=how.preview)


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
