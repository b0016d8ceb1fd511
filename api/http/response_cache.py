"""Answers that lie ready: bytes kept by the identity of what they say, the longest unused dropped first.

An answer whose two dates are both said, and settled, never changes: it is given again before anything is asked of the
store. Words that may one day be redacted by order are in no answer that is kept, here or, as `immutable`, by a client.
"""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Generic, NamedTuple, TypeVar

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from domain.access.principal import Principal
from domain.access.roles import Permission

MOST_BYTES = 16_000_000
Key = TypeVar("Key", bound=Hashable)


class CachedResponse(NamedTuple):
    """The bytes of an answer, and the tag by which a client knows that it holds them; who may have it.

    `permission` in `administration` is what it takes; to read drafts as well, where it is not of a plan that was
    published then. `route` is the template of its address, for the log. `quotes`: words are in it that may be redacted.
    """

    body: bytes
    tag: str = ""
    permission: Permission = "read_drafts"
    administration: str | None = None
    is_published: bool = False
    route: str = ""
    quotes: bool = False

    def is_for(self, principal: Principal) -> bool:
        """Whether somebody may have it."""
        if not principal.may(self.permission, self.administration):
            return False
        return self.is_published or principal.may("read_drafts", self.administration)


class LruCache(Generic[Key]):
    """Ready answers, of a bounded number of bytes in all; for several threads."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self.most = most
        self._held: OrderedDict[Key, CachedResponse] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def get(self, key: Key) -> CachedResponse | None:
        """What is kept under a key; None when nothing is."""
        with self._lock:
            found = self._held.get(key)
            if found is not None:
                self._held.move_to_end(key)
        return found

    def put(self, key: Key, ready: CachedResponse) -> None:
        """Keeps an answer, unless it would take the place of most of the others."""
        if len(ready.body) > self.most // 8:
            return
        with self._lock:
            if (before := self._held.pop(key, None)) is not None:
                self._bytes -= len(before.body)
            self._held[key] = ready
            self._bytes += len(ready.body)
            while self._bytes > self.most:
                _, dropped = self._held.popitem(last=False)
                self._bytes -= len(dropped.body)


FOR_EVER = "private, immutable, max-age=31536000"
Address = tuple[str, bytes]
"""A path as it was decoded, and the query as it came."""


class ImmutableResponseCache:
    """Gives lasting answers again, on bare ASGI; whoever says who they are is let through: their reading may be noted."""

    def __init__(self, app: ASGIApp, kept: LruCache[Address]) -> None:
        self.app = app
        self.kept = kept

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers by itself, or hands on."""
        if scope["type"] == "http" and scope["method"] == "GET":
            ready = self.kept.get((scope["path"], scope["query_string"]))
            headers = Headers(scope=scope)
            if ready is not None and "actor" not in headers and ready.is_for(scope["state"]["admission"].principal):
                scope["state"]["route"] = ready.route
                held = holds(headers.get("if-none-match", ""), ready.tag)
                said = [(b"etag", f'"{ready.tag}"'.encode()), (b"cache-control", FOR_EVER.encode())]
                if not held:
                    said += [(b"content-length", str(len(ready.body)).encode()), (b"content-type", b"application/json")]
                await send({"type": "http.response.start", "status": 304 if held else 200, "headers": said})
                await send({"type": "http.response.body", "body": b"" if held else ready.body})
                return
        await self.app(scope, receive, send)


def holds(header: str, tag: str) -> bool:
    """Whether an If-None-Match names the tag; a weak tag is as good for this."""
    if not header:
        return False
    named = {one.strip().removeprefix("W/").strip('"') for one in header.split(",")}
    return tag in named or header.strip() == "*"
