"""What every answer says to a browser: what it may load, who may embed or read it, and what may be kept of it.

It stands here once, for pages and data, errors and files, and for what lies ready: the outermost layer puts it on.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from starlette.datastructures import MutableHeaders
from starlette.responses import Response

SECURITY_HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "Content-Security-Policy": (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
            "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
        ),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",  # for browsers that do not know frame-ancestors
        # "no-referrer" would make browsers send forms of ours without their origin.
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": (
            "camera=(), geolocation=(), microphone=(), payment=(), usb=(), "
            "publickey-credentials-create=(self), publickey-credentials-get=(self)"
        ),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
)

_ENCODED = tuple((name.lower().encode(), value.encode()) for name, value in SECURITY_HEADERS.items())
_NAMES = frozenset(name for name, _ in _ENCODED) | {b"strict-transport-security"}

STRICT_TRANSPORT = "max-age=31536000"
"""A year of nothing but TLS. Other names beneath this one are the body's own affair."""

_STRICT = (b"strict-transport-security", STRICT_TRANSPORT.encode())
_FOR_WHOM = b"Cookie, Authorization"

NO_STORE, ASK_AGAIN = "no-store", "no-cache"
FOR_EVER = "private, immutable, max-age=31536000"


CODINGS: tuple[Literal["zstd", "gzip"], ...] = ("zstd", "gzip")
"""The codings in which answers go out: a tag ends with the one that its answer was sent in, for it is another sequence of bytes."""


def without_coding(tag: str) -> str:
    """A tag without the coding that its answer was sent in."""
    name, _, coding = tag.rpartition(";")
    return name if name and coding in CODINGS else tag


def holds(header: str, tag: str) -> bool:
    """Whether an If-None-Match names the tag, in whichever coding it was sent; a weak tag is as good for this."""
    if not header:
        return False
    named = {without_coding(one.strip().removeprefix("W/").strip('"')) for one in header.split(",")}
    return tag in named or header.strip() == "*"


class _ReadyBytes(Response):
    """Bytes with the headers that they go out with: nothing is worked out for each answer."""

    def __init__(self, body: bytes, status: int, raw_headers: list[tuple[bytes, bytes]]) -> None:
        self.status_code = status
        self.background = None
        self.body = body
        self.raw_headers = raw_headers


def ready_bytes(if_none_match: str, body: bytes, tag: str, kept: str, media_type: str = "application/json") -> Response:
    """An answer with its tag, and how long it may be kept; 304 without its body where the client holds it already."""
    said = [(b"etag", f'"{tag}"'.encode("latin-1")), (b"cache-control", kept.encode())]
    if if_none_match and holds(if_none_match, tag):
        return _ReadyBytes(b"", 304, said)
    said += [(b"content-length", b"%d" % len(body)), (b"content-type", media_type.encode())]
    return _ReadyBytes(body, 200, said)


def put_security_headers(raw: list[tuple[bytes, bytes]], *, is_secure: bool) -> None:
    """Puts on an answer, on its headers as they go out, what every answer says; `is_secure`: TLS stands in front."""
    said = dict(raw)
    if not _NAMES.isdisjoint(said):
        raw[:] = [one for one in raw if one[0] not in _NAMES]
    raw += _ENCODED
    if is_secure:
        raw.append(_STRICT)
    kept = said.get(b"cache-control")
    if kept is None:
        raw.append((b"cache-control", NO_STORE.encode()))
    if kept is None or b"public" not in kept:
        before = [value for name, value in raw if name == b"vary"] if b"vary" in said else []
        if before:
            raw[:] = [one for one in raw if one[0] != b"vary"]
        raw.append((b"vary", b", ".join([*before, _FOR_WHOM])))


def keep_to_oneself(headers: MutableHeaders) -> None:
    """Says of an answer to somebody who signed in that no cache but its own client's may keep it.

    What may be asked again by its tag stays so, for that client alone; anything else is kept nowhere.
    """
    kept = headers.get("Cache-Control", NO_STORE)
    if "public" in kept or "private" in kept:
        return
    headers["Cache-Control"] = f"private, {ASK_AGAIN}" if kept == ASK_AGAIN and "etag" in headers else NO_STORE
