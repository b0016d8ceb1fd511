"""How long a page may be kept: for ever where a point in the past is asked by nobody in particular, else asked again.

A page that quotes words beside an event is always asked again: an order may take them away, and no cache would hear of it.
"""

import hashlib
from collections.abc import Hashable, Iterable, Sequence
from datetime import datetime
from html import unescape

from fastapi import Request
from fastapi.responses import Response

from api.http.access import Admission
from api.http.headers import holds
from api.http.language import language_of
from api.http.visitors import keep_language
from api.operations.dated import Dated
from api.pages.frame import Visitor
from domain.patterns import regex
from projections.store.store import Store

FOR_EVER_FOR_ALL = "public, max-age=31536000, immutable"
OF_NOBODY = "Cookie"
"""A page that caches may share is that of whoever bears no cookie: no session, no language of their own."""


def is_of_nobody(request: Request, admission: Admission) -> bool:
    """Whether a page is as every citizen sees it: nobody has signed in, no cookie says a language, the door is closed."""
    principal = admission.principal
    return not (principal.is_account or principal.is_machine or request.headers.get("cookie"))


def page_of(request: Request, admission: Admission, visitor: Visitor, *what: Hashable) -> Hashable:
    """For whom a page is, in which language, at which address of ours, on which day: what else it rests on is noted."""
    return (
        str(request.base_url),
        language_of(request),
        admission.principal._replace(session="", token=""),
        visitor.person,
        visitor.csrf,
        visitor.notice,
        *what,
    )


def is_settled(store: Store, asked: Sequence[Dated], now: datetime) -> bool:
    """Whether what is asked of some points can never change but by a redaction: each says both dates, in a settled past.

    Nothing will be recorded at or before the knowledge that is asked about: to be called before anything is read.
    """
    known = [known_at for point in asked for known_at in point.asked()]
    for known_at in known:
        store.settle(known_at, now)
    return all(point.says_when() for point in asked) and all(store.is_settled(known_at, now) for known_at in known)


_TAG, _ESCAPED, _NO_LETTER = regex(r"<[^>]*>"), regex(r"\\."), regex(r"[\W_]+")
_TELLING = 32
"""By how many of its first letters a text is known again, however it is set out, packed, or cut short."""


def quotes_any(body: bytes, words: Iterable[str]) -> bool:
    """Whether a page, or a file, quotes any of some texts: their letters alone are compared; rather once too often.

    What is no text, such as a sheet, may quote all of them.
    """
    probes = {_letters(text)[:_TELLING] for text in words}
    if not probes:
        return False
    try:
        written = body.decode()
    except UnicodeDecodeError:
        return True
    shown = _letters(unescape(_TAG.sub(" ", written)))
    packed = _letters(_ESCAPED.sub(" ", written))
    return any(probe in shown or probe in packed for probe in probes)


def _letters(text: str) -> str:
    return _NO_LETTER.sub("", text).lower()


def as_kept(request: Request, answer: Response, *, lasts: bool = False) -> Response:
    """A page with its tag, or 304 without a body where the browser holds it already; what is kept nowhere stays so.

    `lasts`: it is a page of nobody in particular, and can never change, by no redaction either. Its tag is that of what
    it shows, and so another one after a redaction of words in it.
    """
    if answer.status_code != 200 or "no-store" in answer.headers.get("cache-control", ""):
        return answer
    tag = hashlib.sha256(answer.body).hexdigest()[:32]
    answer.headers["ETag"] = f'"{tag}"'
    if lasts:
        answer.headers["Cache-Control"] = FOR_EVER_FOR_ALL
        answer.headers["Vary"] = OF_NOBODY
    if not holds(request.headers.get("if-none-match", ""), tag):
        return answer
    kept = {name: answer.headers[name] for name in ("ETag", "Cache-Control", "Vary") if name in answer.headers}
    return Response(status_code=304, headers=kept)


def kept_page(admission: Admission, request: Request, answer: Response) -> Response:
    """A page with its tag, unless somebody has signed in: what they saw stays with nobody."""
    return keep_language(request, answer if admission.session else as_kept(request, answer))
