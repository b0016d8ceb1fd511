"""Answers go over the wire compressed, where whoever asks takes it: zstd, else gzip; what is kept is compressed once.

Not what is small, and nothing that holds a secret: what is reflected beside one would tell it by its length (BREACH). That
is whatever is stored nowhere, and any page with the secret of a form.
"""

import gzip
from functools import lru_cache
from threading import local
from typing import Literal

import zstandard
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.headers import CODINGS, NO_STORE, without_coding
from api.http.kept_answers import KeptAnswer, KeptAnswers

Coding = Literal["zstd", "gzip"]
SHORTEST = 1_000
"""Bytes below which compressing gains nothing."""
LONG = 1_000_000
"""Bytes from which on it is left to a thread: the loop would wait for more than a millisecond."""
LEVELS: dict[Coding, int] = {"zstd": 1, "gzip": 1}
LEVELS_OF_LASTING: dict[Coding, int] = {"zstd": 12, "gzip": 9}
COMPRESSED = (
    b"text/",
    b"image/svg+xml",
    b"application/json",
    b"application/jsonl",
    b"application/problem+json",
    b"application/atom+xml",
    b"application/rdf+xml",
    b"application/ld+json",
    b"application/schema+json",
    b"application/vnd.oai.openapi+json",
)
SECRET = b'name="csrf"'
_THREAD = local()


class Compression:
    """Compresses whole bodies on their way out, on bare ASGI; what streams goes as it is."""

    def __init__(self, app: ASGIApp, kept: KeptAnswers) -> None:
        self.app = app
        self.kept = kept

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hands a request on, and its answer back."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        coding, start = taken(headers.get("accept-encoding", "")), None

        async def sending(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                return
            if start is not None:
                begun, start = start, None
                if begun["status"] == 304:
                    _name_as_held(begun, headers.get("if-none-match", ""))
                elif not message.get("more_body", False):
                    message = await self._packed(scope, begun, message, coding)
                await send(begun)
            await send(message)

        await self.app(scope, receive, sending)

    async def _packed(self, scope: Scope, start: Message, message: Message, coding: Coding | None) -> Message:
        body, said = message.get("body", b""), dict(start["headers"])
        if len(body) < SHORTEST or b"content-encoding" in said:
            return message
        if not said.get(b"content-type", b"").startswith(COMPRESSED):
            return message
        before = said.get(b"vary")
        vary = b"Accept-Encoding" if before is None else before + b", Accept-Encoding"
        start["headers"] = raw = [one for one in start["headers"] if one[0] != b"vary"]
        raw.append((b"vary", vary))
        if coding is None or NO_STORE.encode() in said.get(b"cache-control", b"") or SECRET in body:
            return message
        lasting = b"immutable" in said.get(b"cache-control", b"") and b"public" in said[b"cache-control"]
        packed = await self._encoded(
            bytes(body), coding, is_kept=lasting or scope["state"].get("kept") is body, lasting=lasting
        )
        raw[:] = [one for one in raw if one[0] not in {b"content-length", b"etag"}]
        raw += [(b"content-encoding", coding.encode()), (b"content-length", b"%d" % len(packed))]
        if (tag := said.get(b"etag")) is not None:
            raw.append((b"etag", tag[:-1] + b";" + coding.encode() + tag[-1:]))
        return {**message, "body": packed}

    async def _encoded(self, body: bytes, coding: Coding, *, is_kept: bool, lasting: bool) -> bytes:
        """A body in a coding; of one that is given again, from what is kept beside it."""
        key = (coding, body)
        kept = self.kept.get(key) if is_kept else None
        if kept is not None:
            return kept.body
        level = (LEVELS_OF_LASTING if lasting else LEVELS)[coding]
        if lasting or len(body) > LONG:
            packed = await run_in_threadpool(encoded, body, coding, level)
        else:
            packed = encoded(body, coding, level)
        if is_kept:
            self.kept.put(key, KeptAnswer(packed), key_size=0)  # the body itself is there already
        return packed


def encoded(body: bytes, coding: Coding, level: int) -> bytes:
    """A body in a coding: the same bytes for the same body."""
    if coding == "gzip":
        return gzip.compress(body, level, mtime=0)
    compressors: dict[int, zstandard.ZstdCompressor] = _THREAD.__dict__.setdefault("compressors", {})
    if level not in compressors:  # one is of one thread
        compressors[level] = zstandard.ZstdCompressor(level=level)
    packed: bytes = compressors[level].compress(body)
    return packed


@lru_cache(maxsize=256)
def taken(header: str) -> Coding | None:
    """The coding that an Accept-Encoding likes best, zstd among equals; None where it names neither."""
    liked: dict[str, float] = {}
    for one in header.lower().split(","):
        name, _, weight = one.partition(";")
        try:
            liked[name.strip()] = float(weight.partition("=")[2]) if weight else 1.0
        except ValueError:
            return None
    best = max(CODINGS, key=lambda coding: liked.get(coding, 0.0))
    return best if liked.get(best, 0.0) > 0 else None


def _name_as_held(start: Message, if_none_match: str) -> None:
    """Gives back the tag under which the client holds what has not changed: that of the coding that it was sent in."""
    tag = dict(start["headers"]).get(b"etag", b"").decode("latin-1")
    held = [one.strip().removeprefix("W/") for one in if_none_match.split(",")]
    named = next((one for one in held if without_coding(one.strip('"')) == tag.strip('"')), tag)
    if named != tag:
        raw = [one for one in start["headers"] if one[0] != b"etag"]
        start["headers"] = [*raw, (b"etag", named.encode("latin-1"))]
