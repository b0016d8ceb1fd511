"""The record itself: the stored envelopes, byte by byte, in the order of their positions."""

from typing import Annotated

import orjson
from fastapi import APIRouter, Path, Query
from fastapi.responses import Response
from pydantic import Field

from api.http.openapi_responses import answers
from api.http.query_context import Asked, Asking, Limit
from api.http.temporal_params import Dated
from domain.vocabulary import Frozen
from projections.event_log import EventAnswer, EventPage, event_answer, events_after, stored_event
from projections.store.envelope import read_envelope
from projections.store.reader import Reader
from projections.streams import administration_stream, find_administration, find_plan, plan_stream

router = APIRouter(tags=["registro"])

Version = Annotated[
    int, Path(ge=1, le=2**53, description="La versione: il posto dell'evento nel suo flusso.", examples=[12])
]


class Paged(Frozen):
    """A page of the record. Positions rise with the order of recording: what comes later comes after."""

    after: Annotated[int, Field(ge=0, le=2**53)] = Field(
        0,
        description="Solo gli eventi dopo questa posizione; si prende da `last` della pagina precedente.",
        examples=[0],
    )
    limit: Limit = 100


@router.get("/events", operation_id="list_events", summary="Eventi di tutti i flussi", responses=answers(EventPage))
def list_events(page: Annotated[Paged, Query()], asked: Asked) -> Response:
    """Gli eventi registrati, così come giacciono nell'archivio, in ordine di posizione."""
    with asked.store.reading() as reader:
        return _page(asked, reader, page, None, "/v1/events")


@router.get(
    "/plans/{plan}/events", operation_id="list_plan_events", summary="Eventi di un piano", responses=answers(EventPage)
)
def list_plan_events(plan: str, page: Annotated[Paged, Query()], asked: Asked) -> Response:
    """Gli eventi del flusso di un piano, così come giacciono nell'archivio, in ordine di posizione."""
    with asked.store.reading() as reader:
        find_plan(reader, plan)
        return _page(asked, reader, page, plan_stream(plan), f"/v1/plans/{plan}/events")


@router.get(
    "/plans/{plan}/events/{version}",
    operation_id="show_plan_event",
    summary="Un evento di un piano",
    responses=answers(EventAnswer),
)
def show_plan_event(plan: str, version: Version, asked: Asked) -> Response:
    """La busta di un evento, byte per byte."""
    with asked.store.reading() as reader:
        find_plan(reader, plan)
        return _one(asked, reader, plan_stream(plan), version)


@router.get(
    "/administrations/{administration}/events",
    operation_id="list_administration_events",
    summary="Eventi di un'amministrazione",
    responses=answers(EventPage),
)
def list_administration_events(administration: str, page: Annotated[Paged, Query()], asked: Asked) -> Response:
    """Gli eventi del flusso di un'amministrazione: uffici, atti, misurazioni delle sue serie."""
    with asked.store.reading() as reader:
        find_administration(reader, administration, None)
        stream = administration_stream(administration)
        return _page(asked, reader, page, stream, f"/v1/administrations/{administration}/events")


@router.get(
    "/administrations/{administration}/events/{version}",
    operation_id="show_administration_event",
    summary="Un evento di un'amministrazione",
    responses=answers(EventAnswer),
)
def show_administration_event(administration: str, version: Version, asked: Asked) -> Response:
    """La busta di un evento, byte per byte."""
    with asked.store.reading() as reader:
        find_administration(reader, administration, None)
        return _one(asked, reader, administration_stream(administration), version)


def _page(asked: Asking, reader: Reader, page: Paged, stream: str | None, address: str) -> Response:
    shown = events_after(reader, page.after, page.limit, stream)
    following = f"{address}?after={shown.last}&limit={page.limit}" if shown.more else None
    body: EventPage = {"events": shown.events, "last": shown.last, "next": following}
    tag = f"{page.after};{shown.last};{len(shown.events)};{int(shown.more)}"
    response = asked.answer(orjson.dumps(body), tag)
    if following:
        response.headers["Link"] = f'<{following}>; rel="next"'
    return response


def _one(asked: Asking, reader: Reader, stream: str, version: int) -> Response:
    row = stored_event(reader, stream, version)
    lasting = Dated.model_construct(
        as_of=asked.now.date(), known_at=read_envelope(row.topic, row.state).recorded_at
    ).lasts(asked.now)
    return asked.answer(orjson.dumps(event_answer(row)), f"{stream};{version}", lasts=lasting)
