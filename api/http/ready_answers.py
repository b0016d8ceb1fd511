"""What lies ready is given before the framework is asked for anything, behind the same gate as all the rest.

An answer whose two dates are both said, and settled, never changes: it is given by its address alone. Words that may one
day be redacted by order are in no answer that is kept so, here or, as `immutable`, by a client.
"""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from api.http.kept_answers import KeptAnswers

FOR_EVER = "private, immutable, max-age=31536000"
Address = tuple[str, bytes]
"""A path as it was decoded, and the query as it came."""


class ReadyAnswers:
    """Gives lasting answers again, on bare ASGI; whoever says who they are is let through: their reading may be noted."""

    def __init__(self, app: ASGIApp, kept: KeptAnswers) -> None:
        self.app = app
        self.kept = kept

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers by itself, or hands on."""
        if scope["type"] == "http" and scope["method"] == "GET":
            ready = self.kept.get((scope["path"], scope["query_string"]))
            headers = Headers(scope=scope)
            for_whom = ready.for_whom if ready is not None else None
            if (
                ready is not None
                and for_whom is not None
                and "actor" not in headers
                and for_whom.includes(scope["state"]["admission"].principal)
            ):
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
