"""The open data of published plans over HTTP: their page, the catalogue that is harvested, the files and their schemas.

What is of all plans has no end that the service would have to read first: the page and the catalogue come in pages, a
file in pages where they are asked for, else in one stream that is made piece by piece, each on a snapshot of its own, all
of them of one knowledge.
"""

import hashlib
from collections.abc import Callable, Iterator
from typing import Annotated, NamedTuple

from fastapi import Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import Field

from api.http.headers import ASK_AGAIN, holds
from api.http.language import language_of
from api.http.page_cache import as_kept, is_of_nobody, kept_page, quotes_any
from api.http.query_request import InQuery, QueryRequest
from api.http.routes import Endpoint
from api.http.streams import streamed
from api.http.visitors import origin_of, own_address, visitor_of
from api.operations.dated import Dated
from api.pages import addresses
from api.pages.addresses import from_point, page_address
from api.pages.frame import Frame, languages_at
from api.pages.open_data import FORMATS, DataFormat
from api.pages.plans import AFTER
from api.pages.sign_in import SIGN_IN, onwards
from api.version import VERSION
from domain.access.principal import PUBLIC
from domain.errors import NotFound
from domain.late import late
from domain.plans.state import UNPUBLISHED
from domain.point import Point, today
from domain.vocabulary import Frozen, Identifier
from projections.open_data import DATASETS, OpenDataset, plan_owner
from projections.plans import (
    PLANS_AT_A_TIME,
    PageOfPlans,
    PlanRow,
    count_published,
    plan_row,
    readable_page,
)
from projections.store.envelope import read_instant, write_instant
from projections.store.reader import Reader

with late:  # a page is made when it is asked
    from api.pages.dcat import CataloguedPlan, CataloguePage, catalogue
    from api.pages.open_data import DataBody, data_content, data_file, open_data_page, schema_file
    from api.pages.plan_reading import PlanReading

PLANS_OF_A_PIECE = 50
"""Of how many plans a piece of a stream is: of as many the rows are in memory at once."""
PLANS_OF_A_CATALOGUE = 100
"""How many plans a page of the catalogue has, each with a data set of every kind."""


class OfOpenData(Dated):
    """What of a data set is wanted: one plan, a page of all, or all; on which dates."""

    plan: Identifier | None = None
    after: Identifier | None = None
    limit: Annotated[int, Field(ge=1, le=200)] | None = None


class OfCatalogue(Frozen):
    """Which page of the catalogue: the one that begins after a plan."""

    after: Identifier | None = None


class TaggedPoint(NamedTuple):
    """The point that all pieces of an answer are of, and the tag of what it rests on."""

    point: Point
    tag: str


def published_page(reader: Reader, point: Point, *, after: str, limit: int) -> PageOfPlans:
    """A page of the plans that everybody may read, whoever asks: open data are the same for all."""
    return readable_page(reader, PUBLIC, point, after=after, limit=limit)


def open_data(context: InQuery, request: Request) -> Response:
    """Which data there are."""
    if (away := away_of(context, request)) is not None:
        return away
    after = request.query_params.get(AFTER, "")
    with context.reading() as reader:
        page = published_page(reader, Point(today(context.now)), after=after, limit=PLANS_AT_A_TIME)
        frame = Frame("", languages_at(request.url.path), visitor_of(request, context.admission, reader))
        return kept_page(context.admission, request, open_data_page(page, frame, language_of(request)))


def catalogue_file(of: Annotated[OfCatalogue, Query()], context: InQuery, request: Request) -> Response:
    """The catalogue, for programs that harvest: a page of it, which says where the next one is."""
    if (away := away_of(context, request)) is not None:
        return away
    point = Point(today(context.now))
    with context.reading() as reader:
        page = published_page(reader, point, after=of.after or "", limit=PLANS_OF_A_CATALOGUE)
        reader.foresee(lambda asking: [PlanReading(asking, row["id"], point).seen() for row in page.rows])
        plans = [_catalogued(PlanReading(reader, row["id"], point), row) for row in page.rows]
        part = None
        if of.after or page.after:
            modified = reader.last_recorded_at() or context.now
            part = CataloguePage(of.after or "", page.after or "", count_published(reader, point.as_of), modified)
    return as_kept(request, catalogue(plans, origin_of(request), context.now, part))


def _catalogued(reading: PlanReading, row: PlanRow) -> CataloguedPlan:
    """What the catalogue says of a plan: without a look at what is in it."""
    owner = plan_owner(reading.reader, row["id"], reading.point)
    return CataloguedPlan(
        id=row["id"],
        title=row["title"] or row["id"],
        first_year=row["first_year"] or 0,
        last_year=row["last_year"] or 0,
        body=owner.id,
        body_name=row["administration"],
        ipa_code=owner.ipa_code,
        recorded_at=read_instant(max(reading.reader.head(stream).recorded_at for stream in reading.seen())),
    )


def _file(dataset: OpenDataset, kind: DataFormat) -> Endpoint:
    def endpoint(how: Annotated[OfOpenData, Query()], context: InQuery, request: Request) -> Response:
        if (away := away_of(context, request)) is not None:
            return away
        point = context.point_of(how)
        if how.plan is not None:
            return _of_one(context, request, dataset, kind, how, point)
        return _of_all(context, request, dataset, kind, how, point)

    return endpoint


def _of_one(
    context: QueryRequest, request: Request, dataset: OpenDataset, kind: DataFormat, how: OfOpenData, point: Point
) -> Response:
    with context.reading(how) as reader:
        row = plan_row(reader, how.plan or "", point)
        if row is None or row["status"] in UNPUBLISHED:
            raise NotFound(f"il piano {how.plan!r} non c'è", accepted="un piano di GET /v1/plans", where="plan")
        content = data_content(reader, dataset, [row], point, kind)
        lasts = _lasts(context, request, how, content, reader)
    return as_kept(request, data_file(dataset, content, kind), lasts=lasts)


def _of_all(
    context: QueryRequest, request: Request, dataset: OpenDataset, kind: DataFormat, how: OfOpenData, point: Point
) -> Response:
    body = DataBody(dataset, kind)
    with context.reading(how) as reader:
        known = _known(context, reader, f"{dataset.name}.{kind}", how, point)
        if holds(context.if_none_match, known.tag):
            return Response(status_code=304, headers={"ETag": f'"{known.tag}"', "Cache-Control": ASK_AGAIN})
        page = published_page(reader, known.point, after=how.after or "", limit=how.limit or PLANS_OF_A_PIECE)
        first = body.rows(reader, page.rows, known.point)
        lasts = _lasts(context, request, how, first, reader)
    if how.limit is None and page.after is not None:
        pieces = _pieces(context, body, known.point, first, page.after)
        headers = {"ETag": f'"{known.tag}"', "Cache-Control": ASK_AGAIN, **body.headers}
        return streamed(pieces, body.media_type, headers, request.headers.get("accept-encoding", ""))
    answer = data_file(dataset, body.begin + first + body.end, kind)
    if page.after is not None:
        asked_next = {**from_point(known.point), "after": page.after, "limit": str(how.limit)}
        following = origin_of(request) + page_address(request.url.path, asked_next)
        answer.headers["Link"] = f'<{following}>; rel="next"'
    return as_kept(request, answer, lasts=lasts)


def _pieces(context: QueryRequest, body: DataBody, point: Point, first: bytes, after: str | None) -> Iterator[bytes]:
    """The pieces of a file of all plans: no snapshot is held while a client takes one."""
    yield body.begin + first
    is_begun = bool(first)
    while after is not None:
        with context.store.reading() as reader:
            page = published_page(reader, point, after=after, limit=PLANS_OF_A_PIECE)
            rows = body.rows(reader, page.rows, point)
        if rows:
            yield (body.between if is_begun else b"") + rows
        is_begun, after = is_begun or bool(rows), page.after
    yield body.end


def _known(context: QueryRequest, reader: Reader, name: str, how: OfOpenData, point: Point) -> TaggedPoint:
    """Where no knowledge is asked about, that of this instant: no piece of an answer knows more than another.

    The tag names all that the bytes rest on: what is recorded so far, unless nothing more can be recorded by then.
    """
    known_at = point.known_at
    if known_at is None:
        known_at = max(context.now, context.store.datastore.mark(reader.cursor))
        context.store.settle(known_at, context.now)
    said = write_instant(known_at) if point.known_at is not None else ""
    mark = "" if said and context.store.is_settled(known_at, context.now) else reader.record_mark()
    rests_on = (VERSION, name, how.after, how.limit, point.as_of, said, mark, reader.redacted_texts())
    return TaggedPoint(point._replace(known_at=known_at), hashlib.sha256(repr(rests_on).encode()).hexdigest()[:32])


def _lasts(context: QueryRequest, request: Request, how: OfOpenData, content: bytes, reader: Reader) -> bool:
    settled = is_of_nobody(request, context.admission) and context.lasts(how)
    return settled and not quotes_any(content, reader.words_read)


def _schema(dataset: OpenDataset) -> Callable[[Request], Response]:
    def endpoint(request: Request) -> Response:
        return as_kept(request, schema_file(dataset))

    return endpoint


def away_of(context: QueryRequest, request: Request) -> Response | None:
    """The way in, for whoever may read no plan."""
    if context.admission.principal.may("read_plan", None):
        return None
    return RedirectResponse(onwards(SIGN_IN, own_address(request)), status_code=303)


PAGES: dict[str, Endpoint] = {
    addresses.OPEN_DATA: open_data,
    addresses.CATALOGUE: catalogue_file,
    **{
        f"{addresses.OPEN_DATA}/{name}.{kind}": _file(dataset, kind)
        for name, dataset in DATASETS.items()
        for kind in FORMATS
    },
    **{f"{addresses.OPEN_DATA}/{name}.schema.json": _schema(dataset) for name, dataset in DATASETS.items()},
}
