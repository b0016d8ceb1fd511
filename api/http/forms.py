"""What a form of a page sends: its fields, read within bounds, and the proof that a page made it for this very browser."""

import secrets
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl

from fastapi import Request
from fastapi.responses import Response

from api.access.sessions import is_csrf_token
from api.formats.json_reader import DocumentTooLarge
from api.http.access import Admission, Gate, admission_of, cookie_of
from api.http.problems import BadRequest, CsrfRefused, MediaTypeRefused
from api.pages.forms import CSRF_FIELD

FORM_TYPE = "application/x-www-form-urlencoded"
MOST_FORM_BYTES = 60_000
MOST_FIELDS = 100
FORM_COOKIE = "initinere-modulo"
"""The cookie by which the forms of a browser without a session are known: at the entrance, and where the door is open."""

FormFields = dict[str, str]
FormEndpoint = Callable[[Request], Awaitable[Response]]


async def read_form(
    request: Request, *, most_bytes: int = MOST_FORM_BYTES, most_fields: int = MOST_FIELDS
) -> FormFields:
    """The fields of a form, each said once; MediaTypeRefused, DocumentTooLarge, BadRequest."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != FORM_TYPE:
        raise MediaTypeRefused(f"{kind[:80]!r} non è un modulo", accepted=FORM_TYPE, where="Content-Type")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most_bytes:
            raise DocumentTooLarge("il modulo è troppo grande", accepted=f"al più {most_bytes} byte")
    try:
        fields = parse_qsl(bytes(body).decode(), keep_blank_values=True, max_num_fields=most_fields, errors="strict")
    except ValueError:
        fields = []
    form = dict(fields)
    if len(form) != len(fields) or not fields or "\0" in "".join(form.values()):
        raise BadRequest("il modulo non si legge", accepted="campi detti una volta, in UTF-8")
    return form


def form_secret(request: Request) -> str:
    """The secret that the forms of this browser are made with: that of its session, or of a cookie for them alone.

    Where it has none, one is made, the same for the whole request.
    """
    gate: Gate = request.app.state.gate
    if not hasattr(request.state, "form_secret"):
        known = admission_of(request).secret or cookie_of(request.headers, gate.cookie_named(FORM_COOKIE))
        request.state.form_secret = known or secrets.token_urlsafe(32)
    return str(request.state.form_secret)


def with_form_cookie(request: Request, answer: Response) -> Response:
    """Hands a browser without a session the secret of its forms, where it has none yet."""
    gate: Gate = request.app.state.gate
    secret = form_secret(request)
    name = gate.cookie_named(FORM_COOKIE)
    if not admission_of(request).secret and cookie_of(request.headers, name) != secret:
        answer.set_cookie(name, secret, path="/", httponly=True, secure=gate.is_secure, samesite="lax")
    return answer


def require_own_form(secret: str, form: FormFields) -> None:
    """CsrfRefused for a form that no page made for whoever holds this secret."""
    if not is_csrf_token(secret, form.get(CSRF_FIELD, "")):
        raise not_our_form()


def require_form_of(admission: Admission, form: FormFields) -> None:
    """CsrfRefused for a form that no page made for whoever asks; the guard judges what is sent to an open door."""
    if not admission.principal.is_machine:
        require_own_form(admission.secret, form)


def not_our_form() -> CsrfRefused:
    """What a form, or an address, that comes from elsewhere is told."""
    found = "il modulo non viene da una pagina di questa sessione"
    return CsrfRefused(found, accepted="ricaricare la pagina e riprovare")
