"""Documents over HTTP: a paper of a plan as a file, for whoever may ask what it says."""

from typing import Annotated

from fastapi import Query, Request
from fastapi.responses import Response

from api.formats.json_reader import an_object, into, parse_json
from api.http.access import admission_of
from api.http.command_request import InCommand
from api.http.imports import Jobs
from api.http.query_request import NEVER_KEPT, InQuery
from api.http.request_body import Body
from api.http.routes import Endpoint
from api.http.visitors import origin_of, visitor_of
from api.operations.changes import located_as_sent, read_changes
from api.operations.model import Question, part_of, row_named
from api.operations.papers import PAPERS, OfTransparency, OfUnrecorded
from api.operations.queries import Between
from api.operations.table import QUESTIONS
from api.paper.documents import DOCUMENTS, asked_of_paper, make_paper, paper_visit, unrecorded_act
from api.settings import Language
from domain.documents.difference import Decisions
from domain.late import late
from domain.point import Point, today
from domain.vocabulary import Identifier
from initinere_verify.archive import write_archive
from projections.history import part_named
from projections.store.reader import Reader
from projections.streams import find_plan

with late:  # a paper is made when it is asked
    from api.commands.proposals import Unrecorded, foresee_unrecorded
    from api.pages.plan_reading import PlanReading
    from api.paper.formats import file_of, template_of
    from api.paper.model import PaperKind
    from api.paper.transparency import published_plan


def _endpoint(kind: PaperKind) -> Endpoint:
    row = row_named(PAPERS, DOCUMENTS[kind].row, Question)
    part = part_of(row.path) or ""

    def endpoint(request: Request, query: Annotated[row.query, Query()], context: InQuery) -> Response:  # type: ignore[name-defined]  # known when it runs
        plan = str(request.path_params["plan"])
        point = context.point_of(query)
        points = query.points(context.now) if isinstance(query, Between) else (point,)
        named = str(request.path_params.get(part, ""))
        template = None
        with context.reading(query) as reader:
            # A comparison may begin where the plan is an empty one to whoever asks.
            for seen in points[-1:] if kind == "comparison" else points:
                context.admission.require_published(reader, plan, seen)
            if kind == "indicator":
                named = part_named(reader, find_plan(reader, plan, point.known_at), kind, named)
            if query.format == "docx":
                template = template_of(request.app.state.settings, find_plan(reader, plan).administration)

        def made(reader: Reader) -> Response:
            asked = asked_of_paper(kind, query, named)
            drafting = context.admission.allows(QUESTIONS["list_audit"])
            reading = PlanReading(reader, plan, points[-1], drafting=drafting)
            visitor = visitor_of(request, context.admission, reader)
            visit = paper_visit(reading, kind, asked, now=context.now, visitor=visitor, origin=origin_of(request))
            file = file_of(make_paper(visit, kind), query.format, template, apart=True)
            name = f'attachment; filename="{file.name}"'
            return Response(file.content, media_type=file.media_type, headers={"Content-Disposition": name})

        how = context.of_file(request, query, points, named)
        # A template is a file that somebody else writes.
        return context.kept_file(request, how, made, points=points, is_kept=template is None, by_its_bytes=True)

    return endpoint


def print_transparency(
    request: Request, plan: str, of: Annotated[OfTransparency, Query()], context: InQuery
) -> Response:
    """What of a plan is published, as a ZIP of the folder."""
    point = context.point_of(of)
    with context.reading(of) as reader:
        context.admission.require_published(reader, plan, point)

    def made(reader: Reader) -> Response:
        publication = published_plan(
            reader, plan, point, now=context.now, language=of.language or "it", origin=origin_of(request)
        )
        headers = {
            "Cache-Control": NEVER_KEPT,
            "Content-Disposition": f'attachment; filename="trasparenza-{plan}.zip"',
        }
        return Response(write_archive(publication.files(apart=True)), media_type="application/zip", headers=headers)

    return context.kept_file(request, context.of_file(request, of, point), made, points=(point,))


def draft_act(
    plan: str, of: Annotated[OfUnrecorded, Query()], request: Request, body: Body, context: InCommand
) -> Response:
    """The draft of the act for the changes of a document, none of them recorded."""
    content = an_object(parse_json(body))
    with located_as_sent(content):
        changes = foresee_unrecorded(context.service, read_changes(plan, content), context.on(plan, whole=False))
    return act_file(request, plan, changes, of.language or "it")


def draft_act_of_import(
    plan: str,
    import_id: Identifier,
    of: Annotated[OfUnrecorded, Query()],
    request: Request,
    body: Body,
    jobs: Jobs,
    context: InCommand,
) -> Response:
    """The draft of the act for the changes that a preview shows, as decided."""
    decisions = into(Decisions, parse_json(body))
    changes = jobs.unrecorded(jobs.find(import_id, plan), decisions, context.caller)
    return act_file(request, plan, changes, of.language or "it")


def act_file(request: Request, plan: str, changes: Unrecorded, language: Language) -> Response:
    """The draft of the act for changes that are not recorded, as a file: never kept, for nobody else could have it again."""
    state, admission = request.app.state, admission_of(request)
    now = state.store.clock()
    with state.store.reading() as reader:
        drafting = admission.allows(QUESTIONS["list_audit"])
        reading = PlanReading(reader, plan, Point(today(now)), drafting=drafting)
        visitor, origin = visitor_of(request, admission, reader), origin_of(request)
        paper = unrecorded_act(reading, changes, language=language, now=now, visitor=visitor, origin=origin)
        template = template_of(state.settings, reading.document["administration"]["id"])
    file = file_of(paper, "docx", template, apart=True)
    headers = {"Cache-Control": NEVER_KEPT, "Content-Disposition": f'attachment; filename="{file.name}"'}
    return Response(file.content, media_type=file.media_type, headers=headers)


ENDPOINTS: dict[str, Endpoint] = {
    **{document.row: _endpoint(kind) for kind, document in DOCUMENTS.items()},
    "draft_act": draft_act,
    "draft_act_of_import": draft_act_of_import,
    "print_transparency": print_transparency,
}
