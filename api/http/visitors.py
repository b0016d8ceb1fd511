"""Who looks at a page, and in which language: read from the request, for every page alike."""

from fastapi import Request
from fastapi.responses import Response

from api.access.sessions import csrf_token
from api.http.access import Admission
from api.language.translation import LANGUAGES
from api.pages.frame import LANGUAGE, Visitor
from api.pages.sign_in import SIGN_IN, onwards
from api.settings import Language
from projections.access import people
from projections.store.reader import Reader

LANGUAGE_COOKIE = "initinere-lingua"


def visitor_of(request: Request, admission: Admission, reader: Reader) -> Visitor:
    """Who looks, as a page addresses it; an open door asks nobody to come in."""
    account = admission.session.account if admission.session else ""
    person = people.of_accounts(reader.cursor, [account]).get(account) if account else None
    comes_in = not account and not admission.principal.is_machine
    return Visitor(
        person=person.name if person else account,
        csrf=csrf_token(admission.secret) if admission.secret else "",
        sign_in=onwards(SIGN_IN, own_address(request)) if comes_in else "",
        may=admission.allows,
    )


def own_address(request: Request) -> str:
    """The address that was asked for, on this service."""
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def language_of(request: Request) -> Language:
    """Italian, unless the address or the cookie of an earlier choice says another language of ours."""
    for said in (request.query_params.get(LANGUAGE), request.cookies.get(LANGUAGE_COOKIE)):
        for language in LANGUAGES:
            if said == language:
                return language
    return "it"


def keep_language(request: Request, answer: Response) -> Response:
    """Remembers the language that the address asks for: addresses that are handed on do not say it."""
    language = language_of(request)
    if request.query_params.get(LANGUAGE) == language:
        answer.headers.append("Set-Cookie", f"{LANGUAGE_COOKIE}={language}; Path=/; SameSite=Lax")
    return answer
