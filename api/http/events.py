"""The record itself: the stored envelopes, byte by byte, in the order of their positions."""

from typing import Annotated

import orjson
from eventsourcing.persistence import Notification
from fastapi import APIRouter, Path, Query
from fastapi.responses import Response
from pydantic import Field

from api.http.openapi_responses import answers
from api.http.query_context import Asked, Asking, Limit, find_administration
from api.http.schemas import EventAnswer, EventPage
from api.http.temporal_params import Dated
from domain.errors import NotFound
from domain.vocabulary import Frozen
from projections.store.envelope import read_envelope
from projections.store.reader import Reader
from projections.streams import administration_stream, find_plan, plan_stream

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
    rows = reader.select_notifications(page.after, page.limit + 1, inclusive_of_start=False, stream=stream)
    shown = rows[: page.limit]
    last = shown[-1].id if shown else page.after
    following = f"{address}?after={last}&limit={page.limit}" if len(rows) > len(shown) else None
    body = {"events": [_row(row) for row in shown], "last": last, "next": following}
    response = asked.answer(orjson.dumps(body), f"{page.after};{last};{len(shown)};{int(following is not None)}")
    if following:
        response.headers["Link"] = f'<{following}>; rel="next"'
    return response


def _one(asked: Asking, reader: Reader, stream: str, version: int) -> Response:
    position = reader.positions(stream).get(version)
    if position is None:
        head = reader.head(stream).version
        raise NotFound(f"la versione {version} non c'è", accepted=f"una versione fra 1 e {head}", where="version")
    row = reader.select_notifications(position, 1, stream=stream)[0]
    lasting = Dated.model_construct(
        as_of=asked.now.date(), known_at=read_envelope(row.topic, row.state).recorded_at
    ).lasts(asked.now)
    return asked.answer(orjson.dumps(_row(row)), f"{stream};{version}", lasts=lasting)


def _row(row: Notification) -> dict[str, object]:
    return {
        "position": row.id,
        "stream": row.originator_id,
        "version": row.originator_version,
        "topic": row.topic,
        "envelope": orjson.Fragment(row.state),
    }
