"""The addresses for people: a first page, the last checkpoint to be read and printed, and the files that pages take in."""

import re
from collections.abc import Callable

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from api.formats.json_reader import into
from api.http.at_least import reading_for
from api.http.description import IDENTIFIER
from api.http.example_plans import may_load_examples
from api.http.language import language_of
from api.http.page_cache import kept_page, page_of
from api.http.print_style import print_code, print_style
from api.http.query_request import InQuery
from api.http.visitors import visitor_of
from api.operations.dated import Dated
from api.pages.addresses import DATES, HOME, page_address
from api.pages.frame import PRINTED_ADDRESS, PRINTED_STYLE, Frame, languages_at
from api.pages.plans import AFTER, PLANS_ON_A_PAGE
from api.pages.sign_in import SIGN_IN, onwards
from api.pages.static_files import STATIC, static_file
from domain.late import late
from domain.point import Point, today
from domain.vocabulary import JsonValue
from projections.plans import readable_page
from projections.proof.checkpoints import latest
from projections.proof.log import public_keys
from projections.store.reader import Reader

with late:  # a page is made when it is asked
    from api.pages.checkpoint import checkpoint_page
    from api.pages.plans import plans_page

CHECKPOINT = "/checkpoint"


def first_page(context: InQuery, request: Request) -> Response:
    """What this is, and which plans there are on the dates of the address; to whoever reads none, the way in."""
    principal = context.admission.principal
    if not principal.may("read_plan", None):
        return RedirectResponse(SIGN_IN, status_code=303)
    dates = {name: said for name in DATES if (said := request.query_params.get(name, ""))}
    point, present = into(Dated, dict[str, JsonValue](dates)).point(context.now), Point(today(context.now))
    after = request.query_params.get(AFTER, "")
    if re.fullmatch(IDENTIFIER, after) is None:
        after = ""  # as on any page, a word that the address does not know is no wish
    points = (point,) if point == present else (point, present)
    may_load = may_load_examples(context.admission) and point == present

    def made(reader: Reader) -> Response:
        listed = readable_page(reader, principal, *points, after=after, limit=PLANS_ON_A_PAGE)
        frame = Frame(
            "",
            languages_at(page_address(HOME, dates)),
            visitor_of(request, context.admission, reader),
            kept=dates if point != present else {},
        )
        return plans_page(
            reader, listed, point, present, frame, language_of(request), principal=principal, may_load=may_load
        )

    with reading_for(request.scope, points) as reader:
        visitor = visitor_of(request, context.admission, reader)
    how = page_of(request, context.admission, visitor, points)
    return kept_page(context.admission, request, context.kept_file(request, how, made, points=points))


def last_checkpoint(context: InQuery, request: Request) -> Response:
    """The last checkpoint, with the public keys."""
    if not context.admission.principal.may("read_proof", None):
        return RedirectResponse(onwards(SIGN_IN, CHECKPOINT), status_code=303)
    with context.store.reading() as reader:
        frame = Frame("", languages_at(CHECKPOINT), visitor_of(request, context.admission, reader))
        page = checkpoint_page(latest(reader.cursor), public_keys(reader), frame, language_of(request))
        return kept_page(context.admission, request, page)


def _static(name: str) -> Callable[[], Response]:
    def endpoint() -> Response:
        return static_file(name)

    return endpoint


PAGES: dict[str, Callable[..., Response]] = {
    "/": first_page,
    CHECKPOINT: last_checkpoint,
    PRINTED_STYLE: print_style,
    PRINTED_ADDRESS: print_code,
    **{f"/static/{name}": _static(name) for name in STATIC},
}
