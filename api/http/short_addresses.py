"""The short addresses of pages of a plan: all dates stand in one word of the path, and each leads to the page for good.

`20220930.20221120T101500Z`: in force on 30 September, as known on 20 November. Two such words with a hyphen between them
are a comparison; the knowledge of the first may be left out where it is that of the second. An address holds all that it
means, so that it leads to the same page on any server with the same record.
"""

import re
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response

from api.formats.json_reader import into
from api.http.page_cache import FOR_EVER_FOR_ALL
from api.operations.dated import Dated
from api.pages.addresses import COMPARISON, FROM, KNOWN_FROM, PLAN, SHORT, dated, page_address
from domain.errors import Malformed, Problem
from domain.patterns import regex
from domain.vocabulary import JsonValue

_INSTANT = r"\d{8}T\d{6}(?:\.\d{1,6})?Z"
_DATES = regex(rf"(?:(\d{{8}})(?:\.({_INSTANT}))?-)?(\d{{8}})\.({_INSTANT})", re.ASCII)
_IN_TWO_WORDS = regex(rf"(\d{{4}}-\d\d-\d\d)/({_INSTANT})(?:/(.*))?", re.ASCII)
"""As addresses were printed before: the date, and the knowledge, each in a word of its own."""


def add_short_addresses(app: FastAPI) -> None:
    """Adds their routes: that of the plan, and those of its pages."""
    for path in (SHORT, SHORT + "/{rest:path}"):
        app.add_route(path, _to_page, methods=["GET"])


async def _to_page(request: Request) -> Response:
    """To the page on its dates; Malformed where they are none. Whether there is such a plan, the page says."""
    parts = {name: str(value) for name, value in request.path_params.items()}
    plan, dates, rest = parts["plan"], parts["dates"], parts.get("rest", "")
    if before := _IN_TWO_WORDS.fullmatch(f"{dates}/{rest}"):
        dates, rest = f"{before[1].replace('-', '')}.{before[2]}", before[3] or ""
    written = _DATES.fullmatch(dates)
    if written is None:
        found = f"{dates[:80]!r} non dice le due date"
        raise Malformed([Problem(where="dates", found=found, accepted="20220930.20221120T101500Z")])
    start, known_from, end, known_to = written.groups()
    query = {**request.query_params, **_point(end, known_to)}
    path = PLAN + (f"/{quote(rest)}" if rest else "")  # quoted: no brace is left in it
    if start is not None:
        first = _point(start, known_from)
        path, query = COMPARISON, {**query, FROM: first["as_of"], KNOWN_FROM: first.get("known_at", "")}
    page = page_address(path, query, plan=plan)
    return RedirectResponse(page, status_code=308, headers={"Cache-Control": FOR_EVER_FOR_ALL})


def _point(day: str, instant: str | None) -> dict[str, str]:
    """Both dates as the address of a page says them."""
    said: dict[str, JsonValue] = {"as_of": f"{day[:4]}-{day[4:6]}-{day[6:]}"}
    if instant:
        said["known_at"] = f"{instant[:4]}-{instant[4:6]}-{instant[6:11]}:{instant[11:13]}:{instant[13:]}"
    point = into(Dated, said)
    return dated(point.as_of, point.known_at)
