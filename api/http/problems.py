"""Every error in one shape: application/problem+json (RFC 9457), with a permanent type."""

import logging
from collections.abc import Sequence
from urllib.parse import quote

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic_core import ErrorDetails
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Match
from starlette.types import Scope

from api.formats.json_reader import DocumentTooLarge
from api.formats.problem_json import problem_object
from api.formats.validation_errors import problems_of
from api.http.language import asked_again, language_of, with_language
from api.operations.schemas import Problem
from api.pages.addresses import PLAN, page_address
from domain.access.principal import Forbidden
from domain.errors import DomainError, Malformed
from domain.facts import ADMINISTRATION
from domain.late import late
from domain.patterns import regex
from domain.point import INSTANT_FORMS, today
from projections.streams import administration_stream

with late:  # a refusal is seldom a page
    from api.pages.refusal import refusal_page

PROBLEM_JSON = "application/problem+json"
SHOWN = 1_000
"""How many problems of one input an answer lists; `total` says how many there are."""

OF_PLAN = regex("/piani/([a-z0-9][a-z0-9._-]{0,119})/")
"""What the address of a page of a plan begins with."""
ECHOED = 400
"""How many characters of its address an answer says again."""

PLUS_LOST = regex(r".*T[0-9:.]+ [0-9]{2}:[0-9]{2}")
"""An instant whose zone lost its sign: a `+` in an address is a blank."""

CHALLENGE = {"WWW-Authenticate": 'Bearer realm="in-itinere"'}
"""What an answer says to whoever has not signed in (RFC 6750)."""

log = logging.getLogger("api.http")


class NoSuchAddress(DomainError):
    """No resource has this address."""

    name = "no_such_address"
    title = "Indirizzo sconosciuto"
    status = 404


class MethodRefused(DomainError):
    """The resource does not take this method."""

    name = "method_not_allowed"
    title = "Metodo non ammesso"
    status = 405


class MediaTypeRefused(DomainError):
    """The body is not JSON by its own declaration."""

    name = "unsupported_media_type"
    title = "Tipo di contenuto non ammesso"
    status = 415


class HostRefused(DomainError):
    """The request names a host that is not this machine: a page elsewhere may have led a browser here."""

    name = "host_refused"
    title = "Nome dell'host non ammesso"
    status = 421


class ProxyBypassed(DomainError):
    """A request reaches a service that has TLS in front past the proxies that were declared."""

    name = "proxy_bypassed"
    title = "Richiesta non passata dal proxy"
    status = 421


class OriginRefused(DomainError):
    """A page of another site asks for something to be written."""

    name = "origin_refused"
    title = "Origine non ammessa"
    status = 403


class CsrfRefused(DomainError):
    """What a session sends was not made by a page of that session: another site may have made a browser send it."""

    name = "csrf_refused"
    title = "Richiesta non di questa sessione"
    status = 403


class TokenRefused(DomainError):
    """A bearer token that is none of this installation, was revoked, or has expired."""

    name = "token_refused"
    title = "Token non valido"
    status = 401


class TooManyRequests(DomainError):
    """The client has used up its requests for this minute."""

    name = "too_many_requests"
    title = "Troppe richieste"
    status = 429


class ConnectionsBusy(DomainError):
    """As many connections, bytes on their way in, or long requests at work, as the service has room for."""

    name = "connections_busy"
    title = "Troppe richieste in corso"
    status = 503
    retry_after = 5


class HeadTooLarge(DomainError):
    """A request whose address, or whose headers, are longer or more than any client of the service sends."""

    name = "head_too_large"
    title = "Indirizzo o intestazioni troppo lunghi"
    status = 431


class Unexpected(DomainError):
    """Something that nobody foresaw; what, only the log says."""

    name = "unexpected"
    title = "Errore interno"
    status = 500


class BadRequest(DomainError):
    """The request breaks the rules of HTTP."""

    name = "bad_request"
    title = "Richiesta non valida"
    status = 400


UNEXPECTED = Unexpected("il servizio ha incontrato un errore imprevisto", accepted="riprovare; se si ripete, avvisare")


def _named(error: DomainError, request: Request) -> DomainError:
    """A refusal that calls an administration by its id, as people call it."""
    admission = getattr(request.state, "admission", None)
    id_ = admission.administration if admission else None
    if not isinstance(error, Forbidden) or not id_ or id_ not in error.problem.found:
        return error
    store = request.app.state.store
    with store.reading() as reader:
        timelines = reader.timelines(administration_stream(id_))
        name = str(timelines.value(ADMINISTRATION, "name", today(store.clock())) or id_)
    found = error.problem.found.replace(f" in {id_}", f" in {name}")
    return type(error)(found, accepted=error.problem.accepted, where=error.problem.where, listed=error.listed)


def problem(error: DomainError, scope: Scope, headers: dict[str, str] | None = None) -> Response:
    """The answer that an error gets: a problem or, for a browser at an address for people, a page.

    What went wrong inside is for the log, never for the answer.
    """
    if error.reason:
        log.warning("%s: %s", error.name, error.reason)
    headers = {"Cache-Control": "no-store"} | (CHALLENGE if error.status == 401 else {}) | (headers or {})
    if is_for_a_person(scope):
        request = Request(scope)
        told = UNEXPECTED if error.status == 500 else _named(error, request)
        plan = OF_PLAN.match(scope["path"])
        back = page_address(PLAN, plan=plan[1]) if plan and error.status in {403, 409, 422} else ""
        shown = refusal_page(told, language_of(request), asked_again(request), back)
        shown.headers.update(headers)
        return with_language(request, shown)
    members = problem_object(error)
    if error.status == 500:
        members |= {
            "detail": UNEXPECTED.problem.found,
            "where": "",
            "pointer": None,
            "accepted": UNEXPECTED.problem.accepted,
        }
    body: Problem = {
        "type": members["type"],
        "title": members["title"],
        "status": members["status"],
        "detail": members["detail"],
        "instance": quote(scope.get("path", "/")[:ECHOED], safe="/:@!$&'()*+,;=~-._"),
    }
    if members["where"]:
        body["where"] = members["where"]
    if members["pointer"]:
        body["pointer"] = members["pointer"]
    if members["accepted"]:
        body["accepted"] = members["accepted"]
    if isinstance(error, Malformed):
        body["total"] = len(error.problems)
        body["problems"] = members["problems"][:SHOWN]
    elif members["listed"]:
        body["listed"] = members["listed"][:SHOWN]
    return Response(
        orjson.dumps(body),
        status_code=error.status,
        media_type=PROBLEM_JSON,
        headers=headers,
    )


def is_for_a_person(scope: Scope) -> bool:
    """Whether a browser asks, for something to show, at an address for people."""
    path = scope.get("path", "/")
    return not path.startswith("/v1/") and "text/html" in Headers(scope=scope).get("accept", "")


def install(app: FastAPI) -> None:
    """Makes every error of the application a problem; what is left over, the guard takes."""

    def refused(request: Request, error: Exception) -> Response:
        told = _as_domain(error, request)
        if told.status >= 500:
            log.error("%s: %s", told.name, told, exc_info=error if told.status == 500 else None)
        retry = {"Retry-After": str(told.retry_after)} if told.retry_after is not None else {}
        return problem(told, request.scope, retry | (_headers(error, request) or {}))

    for kind in (DomainError, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, refused)


def _as_domain(error: Exception, request: Request) -> DomainError:
    match error:
        case DomainError():
            return error
        case RequestValidationError():
            return malformed_request(error.errors())
        case HTTPException(status_code=404):
            return NoSuchAddress(
                f"a {request.url.path[:200]!r} non c'è nulla", accepted="un indirizzo di /v1/openapi.json"
            )
        case HTTPException(status_code=405):
            allowed = ", ".join(allowed_methods(request))
            return MethodRefused(f"{request.method[:20]!r} non è ammesso qui", accepted=allowed)
        case HTTPException(status_code=413):
            return DocumentTooLarge("il documento è troppo grande")
        case HTTPException(status_code=status) if status < 500:
            return BadRequest("la richiesta non si legge", accepted="una richiesta HTTP con un documento JSON in UTF-8")
        case _:
            return UNEXPECTED


def malformed_request(errors: Sequence[ErrorDetails]) -> Malformed:
    """The findings on parameters and headers, without saying where the framework keeps them."""
    places = {"query", "path", "header", "cookie"}
    refused = problems_of([one | {"loc": tuple(p for p in one["loc"] if p not in places)} for one in errors])
    if any(PLUS_LOST.fullmatch(str(one.get("input"))) for one in errors):
        hint = " (in un indirizzo + si scrive %2B)"
        return Malformed(
            [
                problem.model_copy(update={"found": problem.found + hint})
                if problem.found.endswith(INSTANT_FORMS)
                else problem
                for problem in refused.problems
            ]
        )
    return refused


def _headers(error: Exception, request: Request) -> dict[str, str] | None:
    if isinstance(error, HTTPException) and error.status_code == 405:
        return {"Allow": ", ".join(allowed_methods(request))}
    return None


def allowed_methods(request: Request) -> list[str]:
    """Every method that the address takes, whichever routes hold it."""
    routes: list[BaseRoute] = request.app.routes
    allowed = {
        method
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE")
        if any(route.matches({**request.scope, "method": method})[0] is Match.FULL for route in routes)
    }
    return sorted(allowed | ({"HEAD"} if "GET" in allowed else set()))
