"""What every answer says to a browser: what it may load, who may embed or read it, and what may be kept of it.

It stands here once, for pages and data, errors and files, and for what lies ready: the outermost layer puts it on.
"""

from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Literal, NamedTuple

from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

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
_NOT_KEPT = (b"cache-control", NO_STORE.encode())
FOR_EVER = "private, immutable, max-age=31536000"


_SAID = "initinere.headers"
"""Where in a scope its headers are, by their names, once somebody has asked for one."""


def request_headers(scope: Scope) -> Mapping[bytes, bytes]:
    """The headers of a request by their names, the first of each."""
    said: dict[bytes, bytes] | None = scope.get(_SAID)
    if said is None:
        said = scope[_SAID] = dict(reversed(scope["headers"]))
    return said


def header_of(scope: Scope, name: bytes) -> str:
    """The first header of a name; empty where there is none."""
    value = request_headers(scope).get(name)
    return "" if value is None else value.decode("latin-1")


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


class WholeAnswer(NamedTuple):
    """An answer as it goes out, with all that it says to a browser, but for what one request alone is told.

    Its body is in parts: to join them would copy for each answer what many have in common.
    """

    status: int
    headers: list[tuple[bytes, bytes]]
    body: tuple[bytes, ...]


class ReadyBytes(Response):
    """Bytes with their tag, and how long they may be kept (`kept`): nothing is worked out for each answer.

    Of two `parts` the first is one that many answers begin with, the other a rest of its own.
    """

    def __init__(self, parts: tuple[bytes, ...], status: int, tag: str, kept: str, media_type: str) -> None:
        self.status_code = status
        self.background = None
        self.parts = parts
        self.size = sum(map(len, parts))
        self.tag = tag
        self.kept = kept
        self.media_type = media_type

    @cached_property
    def body(self) -> bytes:  # type: ignore[override]  # joined where somebody asks for it
        """The whole of it."""
        return self.parts[0] if len(self.parts) == 1 else b"".join(self.parts)

    @cached_property
    def raw_headers(self) -> list[tuple[bytes, bytes]]:  # type: ignore[override]  # whole answers are made without
        """The headers that are its own."""
        own = [(b"etag", b'"%b"' % self.tag.encode("latin-1")), (b"cache-control", self.kept.encode())]
        if self.status_code == NOT_MODIFIED:
            return own
        length = (b"content-length", b"%d" % self.size)
        return [*own, length, (b"content-type", str(self.media_type).encode())]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends it; of what parts it is made stands beside the request."""
        del receive
        scope["state"]["parts"] = self.parts if len(self.parts) == CONTINUED else None
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": self.body})


NOT_MODIFIED = 304
CONTINUED = 2
"""Of how many parts a body is that goes on from one that others begin with."""


def ready_bytes(
    if_none_match: str, parts: tuple[bytes, ...], tag: str, kept: str, media_type: str = "application/json"
) -> ReadyBytes:
    """An answer with its tag, and how long it may be kept; 304 without its body where the client holds it already."""
    if if_none_match and holds(if_none_match, tag):
        return ReadyBytes((), NOT_MODIFIED, tag, kept, media_type)
    return ReadyBytes(parts, 200, tag, kept, media_type)


def put_security_headers(raw: list[tuple[bytes, bytes]], *, is_secure: bool) -> None:
    """Puts on an answer, on its headers as they go out, what every answer says; `is_secure`: TLS stands in front."""
    said = dict(raw)
    if not _NAMES.isdisjoint(said):
        raw[:] = [one for one in raw if one[0] not in _NAMES]
    kept = said.get(b"cache-control")
    if kept is None:
        raw.append(_NOT_KEPT)
    if kept is None or b"public" not in kept:
        vary = _FOR_WHOM
        if b"vary" in said:
            vary = b", ".join([*(value for name, value in raw if name == b"vary"), _FOR_WHOM])
            raw[:] = [one for one in raw if one[0] != b"vary"]
        raw.append((b"vary", vary))
    raw += _ENCODED
    if is_secure:
        raw.append(_STRICT)


def keep_to_oneself(headers: MutableHeaders) -> None:
    """Says of an answer to somebody who signed in that no cache but its own client's may keep it.

    What may be asked again by its tag stays so, for that client alone; anything else is kept nowhere.
    """
    kept = headers.get("Cache-Control", NO_STORE)
    if "public" in kept or "private" in kept:
        return
    headers["Cache-Control"] = f"private, {ASK_AGAIN}" if kept == ASK_AGAIN and "etag" in headers else NO_STORE
