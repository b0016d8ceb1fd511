"""Visits to the pages on which a plan is worked on: from now unless a date is asked for, and what follows a recording."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from api.access.sessions import csrf_token
from api.commands.handler import Outcome
from api.commands.service import Service
from api.http.access import Gate, admission_of
from api.http.at_least import with_recorded
from api.http.forms import form_secret
from api.http.language import language_of
from api.http.visitors import origin_of, visitor_of, with_notice
from api.operations.table import QUESTIONS
from api.pages.frame import Visitor
from api.pages.plan_reading import PlanReading
from api.pages.visit import PlanVisit
from api.pages.work.recorded import recorded_event
from domain.point import Point, today


def visit_of(request: Request, reading: PlanReading, path: str, now: datetime, visitor: Visitor) -> PlanVisit:
    """A visit by a request; what a form sends is no part of its address."""
    reading.legal = request.app.state.settings.legal_dates
    return PlanVisit(
        reading,
        path=path,
        parts={name: str(part) for name, part in request.path_params.items()},
        query=dict(request.query_params) if request.method == "GET" else {},
        now=now,
        language=language_of(request),
        visitor=visitor,
        origin=origin_of(request),
    )


@contextmanager
def plan_visit(service: Service, request: Request, path: str, point: Point | None = None) -> Iterator[PlanVisit]:
    """A visit to a plan as it is now, where no point is asked for: what is written goes on from there, and so of the primary."""
    now, admission = service.store.clock(), admission_of(request)
    with service.store.reading() as reader:
        drafting = admission.allows(QUESTIONS["list_audit"])
        reading = PlanReading(reader, str(request.path_params["plan"]), point or Point(today(now)), drafting=drafting)
        visitor = visitor_of(request, admission, reader)._replace(csrf=csrf_token(form_secret(request)))
        yield visit_of(request, reading, path, now, visitor)


def recorded_answer(address: str, outcome: Outcome, gate: Gate) -> Response:
    """On to the page of what was recorded, which says so once."""
    answer = with_notice(RedirectResponse(address, status_code=303), recorded_event(outcome), is_secure=gate.is_secure)
    return with_recorded(answer, outcome, gate)
