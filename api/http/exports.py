"""What goes out as a file: a plan, the template of a workbook, the audit trail."""

from typing import Annotated

import orjson
from fastapi import Query, Request
from fastapi.responses import Response

from api.http.query_request import InQuery
from api.http.routes import Endpoint
from api.http.sheets import sheet_answer
from api.operations.queries import OfCollection, OfExport, OfLibraryFile, OfNextPlan, OfTemplate, OfTrailFile
from api.operations.table import QUESTIONS
from api.workbook.export import MEDIA_TYPES
from domain.late import late
from domain.point import Point, today
from projections.audit import audit_trail
from projections.library import library_file
from projections.store.reader import Reader
from projections.streams import etag, find_plan

with late:  # a file is made when it is asked
    from api.formats.audit_export import as_csv, as_json_lines
    from api.formats.library_csv import library_csv
    from api.workbook.collection_write import collection_name, write_collection, write_collections
    from api.workbook.export import exported, prepared_next_plan
    from api.workbook.write import write_template
    from projections.collection_sheets import collection_sheets


def export_plan(request: Request, plan: str, how: Annotated[OfExport, Query()], context: InQuery) -> Response:
    """A plan at a point, as a workbook or a document."""
    point = context.point_of(how)

    def made(reader: Reader) -> Response:
        known = find_plan(reader, plan, point.known_at)
        context.admission.require_published(reader, plan, point)
        tag = etag(reader, known, point)
        content = exported(reader, plan, point, how.format)
        name = f"{plan}-{point.as_of.isoformat()}.{'zip' if how.format == 'csv' else how.format}"
        headers = {
            "ETag": f'"{tag};{how.format}"',
            "Cache-Control": "no-cache",
            "Content-Disposition": f'attachment; filename="{name}"',
        }
        return Response(content, media_type=MEDIA_TYPES[how.format], headers=headers)

    return context.kept_file(request, (how.format, point), made, points=(point,))


def prepare_next_plan(plan: str, of: Annotated[OfNextPlan, Query()], context: InQuery) -> Response:
    """The plan of the next years, to fill in."""
    wanted, point = of.wanted(), context.point_of(of)
    with context.reading(of) as reader:
        context.admission.require_published(reader, plan, point)
        content = prepared_next_plan(reader, plan, point, wanted, of.format, context.admission.principal)
    name = f"{plan}-{of.years}.{'zip' if of.format == 'csv' else of.format}"
    headers = {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=MEDIA_TYPES[of.format], headers=headers)


def template(request: Request, of: Annotated[OfTemplate, Query()], context: InQuery) -> Response:
    """The workbook to fill in."""
    year = of.year or today(context.now).year
    headers = {"Cache-Control": "no-cache", "Content-Disposition": 'attachment; filename="modello.xlsx"'}
    return context.kept_file(
        request, year, lambda _: Response(write_template(year), media_type=MEDIA_TYPES["xlsx"], headers=headers)
    )


def export_audit(request: Request, plan: str, of: Annotated[OfTrailFile, Query()], context: InQuery) -> Response:
    """The trail as it is filtered, whole."""
    if of.format == "xlsx":
        return sheet_answer(request, context, QUESTIONS["list_audit"], of)
    point, kind = context.point_of(of), of.format
    headers = {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="registro-{plan}.{kind}"'}

    def made(reader: Reader) -> Response:
        trail = audit_trail(reader, plan, point, of.filter())
        match kind:
            case "json":
                return Response(orjson.dumps(trail), media_type="application/json", headers=headers)
            case "jsonl":
                return Response(as_json_lines(trail["events"]), media_type="application/jsonl", headers=headers)
            case "csv":
                return Response(as_csv(trail["events"]), media_type="text/csv; charset=utf-8", headers=headers)

    return context.kept_file(request, point, made, points=(point,))


def export_round(request: Request, plan: str, of: Annotated[OfCollection, Query()], context: InQuery) -> Response:
    """The sheets of collection of a round: of an office, or of all; an account with a role for some offices has theirs."""
    point = Point(today(context.now))
    with context.store.reading() as reader:
        context.admission.require_published(reader, plan, point)
        owner = find_plan(reader, plan).administration
        own = context.admission.principal.offices("read_monitoring", owner)
        name = str(request.path_params["round"])
        sheets = collection_sheets(reader, plan, name, point, office=of.office, own=own)
    if of.office is None:
        content, media, file = write_collections(sheets), MEDIA_TYPES["csv"], f"schede-{sheets[0].round.as_at}.zip"
    else:
        content, media, file = write_collection(sheets[0]), MEDIA_TYPES["xlsx"], collection_name(sheets[0])
    headers = {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="{file}"'}
    return Response(content, media_type=media, headers=headers)


def export_library(of: Annotated[OfLibraryFile, Query()], context: InQuery) -> Response:
    """The library whole, as a loading takes it."""
    point = context.point_of(of)
    with context.reading(of) as reader:
        file = library_file(reader, point)
    headers = {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="biblioteca.{of.format}"'}
    if of.format == "csv":
        return Response(library_csv(file["entries"]), media_type="text/csv; charset=utf-8", headers=headers)
    return Response(orjson.dumps(file), media_type="application/json", headers=headers)


ENDPOINTS: dict[str, Endpoint] = {
    "export_plan": export_plan,
    "export_round": export_round,
    "prepare_next_plan": prepare_next_plan,
    "template": template,
    "export_audit": export_audit,
    "export_library": export_library,
}
