"""The short addresses of pages of a plan: both dates stand in their path, and each leads to the page for good."""

import re
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response

from api.formats.json_reader import into
from api.http.page_cache import FOR_EVER_FOR_ALL
from api.operations.dated import Dated
from api.pages.addresses import PLAN, SHORT, dated, page_address

_SHORT_INSTANT = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d(?:\.\d{1,6})?)Z")


def add_short_addresses(app: FastAPI) -> None:
    """Adds their routes: that of the plan, and those of its pages."""
    for path in (SHORT, SHORT + "/{rest:path}"):
        app.add_route(path, _to_page, methods=["GET"])


async def _to_page(request: Request) -> Response:
    """To the page on its two dates; Malformed where they are none. Whether there is such a plan, the page says."""
    parts = {name: str(value) for name, value in request.path_params.items()}
    instant = _SHORT_INSTANT.fullmatch(parts["known_at"])
    known_at = "{}-{}-{}T{}:{}:{}Z".format(*instant.groups()) if instant else parts["known_at"]
    point = into(Dated, {"as_of": parts["as_of"], "known_at": known_at})
    query = {**request.query_params, **dated(point.as_of, point.known_at)}
    rest = f"/{quote(parts['rest'])}" if parts.get("rest") else ""
    page = page_address(PLAN + rest, query, plan=parts["plan"])  # quoted: no brace is left in it
    return RedirectResponse(page, status_code=308, headers={"Cache-Control": FOR_EVER_FOR_ALL})
