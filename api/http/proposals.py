"""Changes that are proposed for a plan, drafted and amended: a change file, read as one is that is recorded at once."""

from typing import Annotated

from fastapi import Query
from fastapi.responses import Response

from api.commands.proposals import amend_proposal, draft_proposal, foresee_draft
from api.formats.json_reader import an_object, parse_json
from api.http.command_request import InCommand, previewed, recorded
from api.http.request_body import Body
from api.http.routes import Endpoint
from api.operations.proposals import read_proposed
from api.operations.queries import Preview


def draft_as_sent(plan: str, how: Annotated[Preview, Query()], body: Body, context: InCommand) -> Response:
    """Records changes as a draft, or shows what they would do."""
    proposed = read_proposed(plan, an_object(parse_json(body)), context.service.store)
    caller = context.on(plan, whole=False)
    if how.preview:
        return previewed(foresee_draft(context.service, plan, proposed, caller))
    return recorded(draft_proposal(context.service, plan, proposed, caller))


def amend_as_sent(plan: str, proposal: str, body: Body, context: InCommand) -> Response:
    """Puts another change file in the place of the one that a proposal holds."""
    proposed = read_proposed(plan, an_object(parse_json(body)), context.service.store)
    return recorded(amend_proposal(context.service, plan, proposal, proposed, context.on(plan, whole=False)))


ENDPOINTS: dict[str, Endpoint] = {"draft_proposal": draft_as_sent, "amend_proposal": amend_as_sent}
