"""The addresses for whoever comes by: open data, the library of indicators, the guide, the statements that the law asks for."""

from collections.abc import Callable
from typing import Annotated

from fastapi import Query, Request
from fastapi.responses import Response
from pydantic import Field

from api.http import open_data
from api.http.access import Gate
from api.http.at_least import RECORDED_COOKIE
from api.http.language import language_of
from api.http.open_data import away_of
from api.http.page_cache import kept_page
from api.http.query_request import InQuery
from api.http.routes import Endpoint
from api.http.visitors import keep_language, library_notice, visitor_of
from api.operations.dated import Dated
from api.pages import addresses
from api.pages.frame import Frame, languages_at
from api.settings import Language
from domain.late import late
from domain.library.decide import is_keeper
from projections.library import library_entry, library_list
from projections.store.reader import Reader

with late:  # a page is made when it is asked
    from api.pages.information import accessibility_page, guide_page, legal_page
    from api.pages.library import library_page, one_alone


class OfLibraryPage(Dated):
    """Which entries of the library of indicators, as a form asks: what is empty is not asked."""

    schema_: Annotated[str, Field(alias="schema", max_length=40)] = ""
    codice: Annotated[str, Field(max_length=60)] = ""
    testo: Annotated[str, Field(max_length=200)] = ""


def library(how: Annotated[OfLibraryPage, Query()], context: InQuery, request: Request) -> Response:
    """The library of indicators."""
    if (away := away_of(context, request)) is not None:
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
    gate: Gate = request.app.state.gate
    cookies = gate.cookie, gate.cookie_named(RECORDED_COOKIE)
    return _explained(context, request, lambda frame, language: legal_page(frame, language, *cookies))


def _explained(context: InQuery, request: Request, page: Callable[[Frame, Language], Response]) -> Response:
    """A page that everybody may read, where the rest is for whoever has signed in too."""
    with context.store.reading() as reader:
        return kept_page(context.admission, request, page(_frame(context, request, reader), language_of(request)))


def _frame(context: InQuery, request: Request, reader: Reader) -> Frame:
    return Frame("", languages_at(request.url.path), visitor_of(request, context.admission, reader))


PAGES: dict[str, Endpoint] = {
    **open_data.PAGES,
    addresses.LIBRARY: library,
    addresses.GUIDE: guide,
    addresses.ACCESSIBILITY: accessibility,
    addresses.LEGAL: legal,
}
