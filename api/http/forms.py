"""What a form of a page sends: its fields, read within bounds, and the proof that a page of this session made it."""

from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl

from fastapi import Request
from fastapi.responses import Response

from api.access.sessions import is_csrf_token
from api.formats.json_reader import DocumentTooLarge
from api.http.access import Admission
from api.http.problems import BadRequest, CsrfRefused, MediaTypeRefused
from api.pages.forms import CSRF_FIELD

FORM_TYPE = "application/x-www-form-urlencoded"
MOST_FORM_BYTES = 60_000
MOST_FIELDS = 100

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
