"""The answer of a question as a sheet: the table that its page offers, at the address of the question."""

from fastapi import Request
from fastapi.responses import Response

from api.http.language import language_of
from api.http.query_request import QueryRequest
from api.http.visitors import origin_of, visitor_of
from api.operations.dated import Dated
from api.operations.model import QueryContext, Question, part_of
from api.operations.table import QUESTIONS
from domain.late import late
from domain.vocabulary import Frozen
from projections.store.reader import Reader

with late:  # a sheet is made when it is asked
    from api.pages.plan_reading import PlanReading
    from api.pages.question_tables import AskedFrom, question_table


def sheet_answer(request: Request, context: QueryRequest, row: Question, query: Frozen) -> Response:
    """The sheet of a question about a plan; nobody who recorded anything is named to whoever may not know."""
    plan, named = str(request.path_params["plan"]), part_of(row.path)
    part = (named, str(request.path_params[named])) if named else None
    point, admission = context.point_of(query), context.admission
    seen = Dated.point(query, context.now) if isinstance(query, Dated) else point

    def made(reader: Reader) -> Response:
        asked = QueryContext(
            context.store, reader, point, context.now, plan, part[1] if part else "", admission.principal
        )
        answer = row.handler(asked, query)  # type: ignore[misc]  # a row with a sheet has a handler
        reading = PlanReading(reader, plan, seen, drafting=admission.allows(QUESTIONS["list_audit"]))
        visitor = visitor_of(request, admission, reader)
        asking = AskedFrom(visitor, context.now, language_of(request), origin_of(request))
        return question_table(row.name, part, reading, query, answer, asking)

    with context.store.reading() as reader:
        admission.require_published(reader, plan, point)
    return context.kept_file(request, context.of_file(request, query, point), made, by_its_bytes=True)
