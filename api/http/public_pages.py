"""The addresses for whoever comes by: open data with their catalogue, the guide, the statements that the law asks for."""

from collections.abc import Callable
from typing import Annotated

from fastapi import Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import Field

from api.http.language import language_of
from api.http.page_cache import as_kept, is_of_nobody, kept_page, quotes_any
from api.http.query_request import InQuery
from api.http.routes import Endpoint
from api.http.visitors import keep_language, library_notice, origin_of, own_address, visitor_of
from api.operations.dated import Dated
from api.pages import addresses
from api.pages.frame import Frame, languages_at
from api.pages.open_data import FORMATS, DataFormat
from api.pages.sign_in import SIGN_IN, onwards
from api.settings import Language
from domain.access.principal import PUBLIC
from domain.errors import NotFound
from domain.late import late
from domain.library.decide import is_keeper
from domain.plans.state import UNPUBLISHED
from domain.point import Point, today
from domain.vocabulary import Identifier
from projections.library import library_entry, library_list
from projections.open_data import DATASETS, OpenDataset
from projections.plans import PlanRow, plan_row, readable_plans
from projections.store.reader import Reader

with late:  # a page is made when it is asked
    from api.pages.dcat import CataloguedPlan, catalogue
    from api.pages.information import accessibility_page, guide_page, legal_page
    from api.pages.library import library_page, one_alone
    from api.pages.open_data import data_file, open_data_page, schema_file
    from api.pages.plan_reading import PlanReading


class OfOpenData(Dated):
    """What of a data set is wanted: one plan, or all; on which dates."""

    plan: Identifier | None = None


def published(reader: Reader, point: Point, plan: str | None = None) -> list[PlanRow]:
    """The plans that everybody may read, whoever asks, or one of them: open data are the same for all."""
    if plan is not None:
        row = plan_row(reader, plan, point)
        rows = [row] if row is not None and row["status"] not in UNPUBLISHED else []
    else:
        rows = list(readable_plans(reader, point, PUBLIC))
    return [row for row in rows if row["status"] != "discarded"]


def open_data(context: InQuery, request: Request) -> Response:
    """Which data there are."""
    if (away := _away(context, request)) is not None:
        return away
    with context.store.reading() as reader:
        plans = published(reader, Point(today(context.now)))
        return kept_page(
            context.admission, request, open_data_page(plans, _frame(context, request, reader), language_of(request))
        )


def catalogue_file(context: InQuery, request: Request) -> Response:
    """The catalogue, for programs that harvest."""
    if (away := _away(context, request)) is not None:
        return away
    point = Point(today(context.now))
    with context.store.reading() as reader:
        plans = [_catalogued(PlanReading(reader, row["id"], point)) for row in published(reader, point)]
    return as_kept(request, catalogue(plans, origin_of(request), context.now))


def _catalogued(reading: PlanReading) -> CataloguedPlan:
    head, body = reading.document["plan"], reading.document["administration"]
    return CataloguedPlan(
        id=head["id"],
        title=head["title"],
        first_year=head["first_year"],
        last_year=head["last_year"],
        body=body["id"],
        body_name=body["name"],
        ipa_code=body.get("ipa_code"),
        recorded_at=reading.last_recorded_at,
    )


def _file(dataset: OpenDataset, kind: DataFormat) -> Endpoint:
    def endpoint(how: Annotated[OfOpenData, Query()], context: InQuery, request: Request) -> Response:
        if (away := _away(context, request)) is not None:
            return away
        point = context.point_of(how)
        with context.store.reading() as reader:
            plans = published(reader, point, how.plan)
            if how.plan is not None and not plans:
                raise NotFound(f"il piano {how.plan!r} non c'è", accepted="un piano di GET /v1/plans", where="plan")
            answer = data_file(reader, dataset, plans, point, kind)
            settled = is_of_nobody(request, context.admission) and context.lasts(how)
            lasts = settled and not quotes_any(bytes(answer.body), reader.words_read)
        return as_kept(request, answer, lasts=lasts)

    return endpoint


def _schema(dataset: OpenDataset) -> Callable[[Request], Response]:
    def endpoint(request: Request) -> Response:
        return as_kept(request, schema_file(dataset))

    return endpoint


class OfLibraryPage(Dated):
    """Which entries of the library of indicators, as a form asks: what is empty is not asked."""

    schema_: Annotated[str, Field(alias="schema", max_length=40)] = ""
    codice: Annotated[str, Field(max_length=60)] = ""
    testo: Annotated[str, Field(max_length=200)] = ""


def library(how: Annotated[OfLibraryPage, Query()], context: InQuery, request: Request) -> Response:
    """The library of indicators."""
    if (away := _away(context, request)) is not None:
        return away
    point = context.point_of(how)
    scheme, code, text = how.schema_.strip(), how.codice.strip(), how.testo.strip()
    with context.store.reading() as reader:
        answer = library_list(reader, point, scheme=scheme or None, code=code or None, text=text or None)
        alone = None
        if one_alone(answer["entries"], scheme, code):
            alone = library_entry(reader, point, answer["entries"][0]["scheme"], answer["entries"][0]["code"])
        frame, asked = _frame(context, request, reader), (scheme, code, text)
        frame = frame._replace(visitor=frame.visitor._replace(notice=library_notice(request, reader)))
        keeps = is_keeper(context.admission.principal)
        page = library_page(answer, asked, alone, frame, language_of(request), keeps=keeps)
        return keep_language(request, kept_page(context.admission, request, page), addresses.LIBRARY)


def guide(context: InQuery, request: Request) -> Response:
    """How a plan is read."""
    return _explained(context, request, guide_page)


def accessibility(context: InQuery, request: Request) -> Response:
    """The accessibility statement."""
    return _explained(context, request, accessibility_page)


def legal(context: InQuery, request: Request) -> Response:
    """The legal notes."""
    cookie: str = request.app.state.gate.cookie
    return _explained(context, request, lambda frame, language: legal_page(frame, language, cookie))


def _explained(context: InQuery, request: Request, page: Callable[[Frame, Language], Response]) -> Response:
    """A page that everybody may read, where the rest is for whoever has signed in too."""
    with context.store.reading() as reader:
        return kept_page(context.admission, request, page(_frame(context, request, reader), language_of(request)))


def _frame(context: InQuery, request: Request, reader: Reader) -> Frame:
    return Frame("", languages_at(request.url.path), visitor_of(request, context.admission, reader))


def _away(context: InQuery, request: Request) -> Response | None:
    """The way in, for whoever may read no plan."""
    if context.admission.principal.may("read_plan", None):
        return None
    return RedirectResponse(onwards(SIGN_IN, own_address(request)), status_code=303)


PAGES: dict[str, Endpoint] = {
    addresses.OPEN_DATA: open_data,
    addresses.CATALOGUE: catalogue_file,
    addresses.LIBRARY: library,
    addresses.GUIDE: guide,
    addresses.ACCESSIBILITY: accessibility,
    addresses.LEGAL: legal,
    **{
        f"{addresses.OPEN_DATA}/{name}.{kind}": _file(dataset, kind)
        for name, dataset in DATASETS.items()
        for kind in FORMATS
    },
    **{f"{addresses.OPEN_DATA}/{name}.schema.json": _schema(dataset) for name, dataset in DATASETS.items()},
}
