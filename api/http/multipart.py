"""A form with a file (RFC 7578), read within bounds: its fields, and the bytes of the one file that it sends."""

import hashlib
import re
from typing import NamedTuple

from fastapi import Request

from api.formats.json_reader import DocumentTooLarge
from api.http.forms import FORM_TYPE, MOST_FIELDS, MOST_FORM_BYTES, FormFields, read_form
from api.http.problems import BadRequest, MediaTypeRefused
from domain.patterns import regex

UPLOAD_TYPE = "multipart/form-data"
MOST_PARTS = MOST_FIELDS + 1
MOST_HEAD_BYTES = 2_000
DIGEST_OF_ACT = "act_sha256"
_BOUNDARY = regex(r"""boundary=("?)([0-9A-Za-z'()+_,./:=? -]{1,70})\1(?:\s*;|\s*$)""")
_NAME = regex(rb';\s*name="([^"\r\n]{1,200})"', re.IGNORECASE)
_FILE = regex(rb";\s*filename\*?=", re.IGNORECASE)
_FILE_NAME = regex(rb';\s*filename="([^"\r\n]{1,300})"', re.IGNORECASE)
_END = b"\r\n"


class Upload(NamedTuple):
    """What a form with a file sends; `name` is that of the file, empty where the form does not say it."""

    form: FormFields
    file: bytes
    name: str = ""


async def read_upload(request: Request, limit: int) -> Upload:
    """The fields, each said once, and the file, of at most `limit` bytes; MediaTypeRefused, DocumentTooLarge, BadRequest."""
    declared = request.headers.get("content-type", "")
    boundary = _BOUNDARY.search(declared)
    if declared.partition(";")[0].strip().lower() != UPLOAD_TYPE or boundary is None:
        raise MediaTypeRefused(
            f"{declared[:80]!r} non è un modulo con un file", accepted=UPLOAD_TYPE, where="Content-Type"
        )
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit + MOST_FORM_BYTES:
            raise DocumentTooLarge(
                f"il documento supera i {limit} byte", accepted=f"al più {limit} byte (INITINERE_MAX_DOCUMENT_BYTES)"
            )
    return _parts(body, b"--" + boundary[2].rstrip().encode())


async def read_form_with_act(request: Request, limit: int) -> FormFields:
    """A form that may bring the file of its act, of which the digest alone is taken, in the place of one that is typed."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() == FORM_TYPE:
        return await read_form(request)
    upload = await read_upload(request, limit)
    return upload.form | ({DIGEST_OF_ACT: hashlib.sha256(upload.file).hexdigest()} if upload.file else {})


def _parts(body: bytearray, delimiter: bytes) -> Upload:
    form: FormFields = {}
    files: list[bytes] = []
    called = ""
    if not body.startswith(delimiter):
        raise _unreadable()
    at = len(delimiter)
    while body[at : at + 2] == _END:
        head_end = body.find(_END + _END, at, at + MOST_HEAD_BYTES)
        end = body.find(_END + delimiter, head_end + len(_END))
        if head_end < 0 or end < 0 or len(form) + len(files) >= MOST_PARTS:
            raise _unreadable()
        head, content = bytes(body[at:head_end]), bytes(body[head_end + 4 : end])
        at = end + len(_END) + len(delimiter)
        name = _NAME.search(head)
        if name is None:
            raise _unreadable()
        if _FILE.search(head):
            files.append(content)
            name_of_file = _FILE_NAME.search(head)
            called = name_of_file[1].decode(errors="replace") if name_of_file else ""
        else:
            _add(form, name[1], content)
    if bytes(body[at : at + 2]) != b"--" or len(files) != 1:
        raise _unreadable()
    return Upload(form, files[0], called)


def _add(form: FormFields, name: bytes, content: bytes) -> None:
    try:
        field, text = name.decode(), content.decode()
    except UnicodeDecodeError:
        raise _unreadable() from None
    if field in form or "\0" in text or len(content) > MOST_FORM_BYTES:
        raise _unreadable()
    form[field] = text


def _unreadable() -> BadRequest:
    return BadRequest("il modulo non si legge", accepted="campi detti una volta, in UTF-8, e un file solo")
