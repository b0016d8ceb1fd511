"""How long a page may be kept: for ever where a point in the past is asked by nobody in particular, else asked again."""

import hashlib

from fastapi import Request
from fastapi.responses import Response

from api.http.access import Admission
from api.http.compression import compressed
from api.http.response_cache import holds
from api.http.visitors import keep_language

FOR_EVER_FOR_ALL = "public, max-age=31536000, immutable"
OF_NOBODY = "Cookie"
"""A page that caches may share is that of whoever bears no cookie: no session, no language of their own."""


def is_of_nobody(request: Request, admission: Admission) -> bool:
    """Whether a page is as every citizen sees it: nobody has signed in, no cookie says a language, the door is closed."""
    principal = admission.principal
    return not (principal.is_account or principal.is_machine or request.headers.get("cookie"))


def as_kept(request: Request, answer: Response, *, lasts: bool = False) -> Response:
    """A page with its tag, or 304 without a body where the browser holds it already; what is kept nowhere stays so.

    `lasts`: it is a page of nobody in particular, and can never change, by no redaction either.
    """
    if answer.status_code != 200 or "no-store" in answer.headers.get("cache-control", ""):
        return answer
    tag = hashlib.sha256(answer.body).hexdigest()[:32]
    answer.headers["ETag"] = f'"{tag}"'
    if lasts:
        answer.headers["Cache-Control"] = FOR_EVER_FOR_ALL
        answer.headers["Vary"] = OF_NOBODY
    if not holds(request.headers.get("if-none-match", ""), tag):
        return compressed(request, answer)
    kept = {name: answer.headers[name] for name in ("ETag", "Cache-Control", "Vary") if name in answer.headers}
    return Response(status_code=304, headers=kept)


def kept_page(admission: Admission, request: Request, answer: Response) -> Response:
    """A page with its tag, unless somebody has signed in: what they saw stays with nobody."""
    return keep_language(request, compressed(request, answer) if admission.session else as_kept(request, answer))
