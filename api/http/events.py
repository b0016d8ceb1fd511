"""The record itself: the stored envelopes, byte by byte, in the order of their positions."""

from typing import Annotated

import orjson
from fastapi import Path, Query
from fastapi.responses import Response

from api.http.query_request import InQuery, QueryRequest
from api.http.routes import Endpoint
from api.operations.queries import Paged
from domain.vocabulary import EventVersion
from projections.event_log import EventPage, event_answer, events_after, stored_event
from projections.store.envelope import read_envelope
from projections.store.instants import SETTLED
from projections.store.reader import Reader
from projections.streams import administration_stream, find_administration, find_plan, plan_stream


def list_events(page: Annotated[Paged, Query()], context: InQuery) -> Response:
    """All events, by position."""
    with context.reading() as reader:
        return _page(context, reader, page, None, "/v1/events")


def list_plan_events(plan: str, page: Annotated[Paged, Query()], context: InQuery) -> Response:
    """The events of a plan's stream."""
    with context.reading() as reader:
        find_plan(reader, plan, even_discarded=True)
        return _page(context, reader, page, plan_stream(plan), f"/v1/plans/{plan}/events")


def show_plan_event(plan: str, version: Annotated[EventVersion, Path()], context: InQuery) -> Response:
    """The envelope of one event."""
    with context.reading() as reader:
        find_plan(reader, plan, even_discarded=True)
        return _one(context, reader, plan_stream(plan), version)


def list_administration_events(administration: str, page: Annotated[Paged, Query()], context: InQuery) -> Response:
    """The events of an administration's stream."""
    with context.reading() as reader:
        find_administration(reader, administration, None)
        stream = administration_stream(administration)
        return _page(context, reader, page, stream, f"/v1/administrations/{administration}/events")


def show_administration_event(
    administration: str, version: Annotated[EventVersion, Path()], context: InQuery
) -> Response:
    """The envelope of one event."""
    with context.reading() as reader:
        find_administration(reader, administration, None)
        return _one(context, reader, administration_stream(administration), version)


def _page(context: QueryRequest, reader: Reader, page: Paged, stream: str | None, address: str) -> Response:
    shown = events_after(reader, page.after, page.limit, stream)
    following = f"{address}?after={shown.last}&limit={page.limit}" if shown.more else None
    body: EventPage = {"events": shown.events, "last": shown.last, "next": following}
    tag = f"{page.after};{shown.last};{len(shown.events)};{int(shown.more)}"
    response = context.answer(orjson.dumps(body), tag)
    if following:
        response.headers["Link"] = f'<{following}>; rel="next"'
    return response


def _one(context: QueryRequest, reader: Reader, stream: str, version: int) -> Response:
    row = stored_event(reader, stream, version)
    recorded_at = read_envelope(row.topic, row.state).recorded_at
    body = orjson.dumps(event_answer(row))
    return context.answer(body, f"{stream};{version}", lasts=recorded_at < context.now - SETTLED)


ENDPOINTS: dict[str, Endpoint] = {
    "list_events": list_events,
    "list_plan_events": list_plan_events,
    "show_plan_event": show_plan_event,
    "list_administration_events": list_administration_events,
    "show_administration_event": show_administration_event,
}
