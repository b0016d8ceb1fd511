"""What a plan is sent, whole or change by change: each may be looked at before it is recorded."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Query
from fastapi.responses import Response

from api.formats.json_reader import an_object, into, parse_json
from api.http.command_request import InCommand, previewed, recorded
from api.http.request_body import Body
from api.http.routes import Endpoint
from api.operations.changes import located_as_sent, preview_changes, preview_effects, read_changes
from api.operations.model import CommandContext
from api.operations.previews import PlanPreview
from api.operations.queries import Changing, Loading
from api.operations.serializers import notice_object
from domain.documents.plan import PlanDocument
from domain.notice import Notice
from domain.point import Point, today
from projections.deciding import deciding
from projections.plan_in_force import plan_in_force
from projections.store.facts import number_day
from projections.store.preview_reader import PreviewReader
from projections.streams import plan_stream


def load_plan(how: Annotated[Loading, Query()], body: Body, context: InCommand) -> Response:
    """Opens the plan of a document and, when it brings its act, approves it."""
    document = into(PlanDocument, parse_json(body))
    service, caller = context.service, context.caller
    if not how.preview:
        outcome = service.load_plan(document, caller, effective_on=how.effective_on)
        return recorded(outcome, f"/v1/plans/{document.plan.id}")
    day = today(service.store.clock())

    def question(reader: PreviewReader, warnings: Sequence[Notice]) -> PlanPreview:
        stream = plan_stream(document.plan.id)
        on = max(day, number_day(reader.head(stream).horizon))
        return {
            "preview": True,
            "plan": plan_in_force(reader, document.plan.id, Point(on)),
            "decides": deciding(reader.pending(stream)),
            "warnings": [notice_object(notice) for notice in warnings],
        }

    return previewed(service.preview_load(document, caller, question, effective_on=how.effective_on))


def change_plan(plan: str, how: Annotated[Changing, Query()], body: Body, context: InCommand) -> Response:
    """Records the changes of a file, together or not at all; or one change, with what belongs to the file beside it."""
    content = an_object(parse_json(body))
    with located_as_sent(content):
        changes = read_changes(plan, content, context.service.store)
        caller = context.on(plan, whole=False)
        if how.preview:
            foresee = preview_effects if how.effects else preview_changes
            return previewed(foresee(CommandContext(context.service, plan, caller), changes, how.as_of))
        return recorded(context.service.change(changes, caller))


ENDPOINTS: dict[str, Endpoint] = {"load_plan": load_plan, "change_plan": change_plan}
