"""In which language a page is shown: what its address asks for, or what was chosen before."""

from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import Response

from api.language.translation import LANGUAGES
from api.pages.frame import LANGUAGE
from api.settings import Language

LANGUAGE_COOKIE = "initinere-lingua"


def language_of(request: Request) -> Language:
    """Italian, unless the address or the cookie of an earlier choice says another language of ours."""
    for said in (request.query_params.get(LANGUAGE), request.cookies.get(LANGUAGE_COOKIE)):
        for language in LANGUAGES:
            if said == language:
                return language
    return "it"


def with_language(request: Request, answer: Response) -> Response:
    """Remembers the language that the address asks for: addresses that are handed on do not say it."""
    language = language_of(request)
    if request.query_params.get(LANGUAGE) == language:
        answer.headers.append("Set-Cookie", f"{LANGUAGE_COOKIE}={language}; Path=/; SameSite=Lax")
    return answer


def asked_again(request: Request) -> str | None:
    """What asks for the same in another language: its query alone, for a path may begin as an address elsewhere does.

    None for what was sent: it is not sent again.
    """
    if request.method != "GET":
        return None
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != LANGUAGE]
    return f"?{urlencode(kept)}" if kept else ""
