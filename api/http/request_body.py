"""Takes a body in: the bytes, within the limit, of what calls itself JSON; `api.formats.json_reader` reads them strictly.

A large one is read so in a process of its own, before anything else is done with it.
"""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool

from api.formats.json_reader import LARGE, CheckedJson, DocumentTooLarge
from api.formats.readers import READERS
from api.http.problems import MediaTypeRefused
from api.imports.reading import reader_limits
from api.settings import Settings

CHECKED = "api.formats.json_reader:check_apart"
"""What is done in a process of its own with a body that is not small."""


async def read_body(request: Request) -> bytes:
    """The body; refused as soon as it passes the limit, whatever it had declared, or when it does not call itself JSON."""
    settings: Settings = request.app.state.settings
    limit = min(settings.max_document_bytes, settings.max_json_bytes)
    _json_declared(request.headers.get("content-type", ""))
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limit:
        raise _too_large(settings)
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise _too_large(settings)
        chunks.append(chunk)
    body = b"".join(chunks)
    if size <= LARGE:
        return body
    using = reader_limits(settings)
    return CheckedJson(await run_in_threadpool(READERS.read, CHECKED, body, {}, using))


Body = Annotated[bytes, Depends(read_body)]


def _json_declared(content_type: str) -> None:
    media_type, _, parameters = content_type.partition(";")
    media_type = media_type.strip().lower()
    charset = parameters.partition("charset=")[2].strip(' "').lower()
    if (media_type != "application/json" and not media_type.endswith("+json")) or charset not in {"", "utf-8", "utf8"}:
        found = f"il contenuto è dichiarato {content_type[:80]!r}" if content_type else "il tipo del contenuto manca"
        raise MediaTypeRefused(found, accepted="Content-Type: application/json", where="Content-Type")


def _too_large(settings: Settings) -> DocumentTooLarge:
    limit, name = min((settings.max_document_bytes, "MAX_DOCUMENT_BYTES"), (settings.max_json_bytes, "MAX_JSON_BYTES"))
    return DocumentTooLarge(f"il documento supera i {limit} byte", accepted=f"al più {limit} byte (INITINERE_{name})")
