"""Answers go over the wire compressed, where whoever asks takes it: zstd, else gzip; what is kept is compressed once.

Not what is small, and nothing that holds a secret: what is reflected beside one would tell it by its length (BREACH). That
is whatever is stored nowhere, and any page with the secret of a form.
"""

import gzip
import struct
import zlib
from functools import lru_cache
from threading import local
from typing import Literal

import zstandard
from fastapi.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.headers import (
    CODINGS,
    CONTINUED,
    NO_STORE,
    NOT_MODIFIED,
    ReadyBytes,
    WholeAnswer,
    header_of,
    put_security_headers,
    without_coding,
)
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
        coding, start = taken(header_of(scope, b"accept-encoding")), None

        async def sending(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                return
            if start is not None:
                head, start = start, None
                if head["status"] == NOT_MODIFIED:
                    _name_as_held(head, header_of(scope, b"if-none-match"))
                elif not message.get("more_body", False):
                    message = await self._packed(scope, head, message, coding)
                await send(head)
            await send(message)

        await self.app(scope, receive, sending)

    def at_once(self, scope: Scope, answer: ReadyBytes, *, is_secure: bool) -> WholeAnswer | None:
        """The same of an answer that is made of parts, or is none but its head; None where that takes a while."""
        if answer.status_code == NOT_MODIFIED:
            start: Message = {"headers": answer.raw_headers}
            _name_as_held(start, header_of(scope, b"if-none-match"))
            headers = list(start["headers"])
            put_security_headers(headers, is_secure=is_secure)
            return WholeAnswer(NOT_MODIFIED, headers, (b"",))
        is_long, body, size, tag = answer.size >= SHORTEST, answer.parts, answer.size, answer.tag
        coding = taken(header_of(scope, b"accept-encoding")) if is_long else None
        if coding is not None:
            if len(answer.parts) != CONTINUED:
                return None
            first, rest = answer.parts
            packed = self._continued(first, rest, coding)
            if packed is None:
                return None
            body, size, tag = (packed,), len(packed), f"{tag};{coding}"
        own = (b"etag", b'"%b"' % tag.encode("latin-1")), (b"content-length", b"%d" % size)
        usual = _usual_headers(answer.kept, answer.media_type, coding, is_long=is_long, is_secure=is_secure)
        return WholeAnswer(answer.status_code, [*own, *usual], body)

    async def _packed(self, scope: Scope, start: Message, message: Message, coding: Coding | None) -> Message:
        body, cache_control = message.get("body", b""), dict(start["headers"]).get(b"cache-control", b"")
        if not _goes_packed(start, body, coding) or coding is None:
            return message
        parts: tuple[bytes, bytes] | None = scope["state"].get("parts")
        if parts is not None:
            at_once = self._continued(*parts, coding)
            packed = await run_in_threadpool(self._begun, *parts, coding) if at_once is None else at_once
        else:
            lasting = b"immutable" in cache_control and b"public" in cache_control
            is_kept = lasting or scope["state"].get("kept") is body
            packed = await self._encoded(bytes(body), coding, is_kept=is_kept, lasting=lasting)
        return {**message, "body": _name_packed(start, packed, coding)}

    def _continued(self, first: bytes, rest: bytes, coding: Coding) -> bytes | None:
        """A body of two parts in a coding, of which the first is compressed once; None where that takes a while."""
        kept = self.kept.get((coding, first, "begun"))
        if kept is not None:
            return continued(kept.body, len(first), rest, coding)
        return None if len(first) > LONG else self._begun(first, rest, coding)

    def _begun(self, first: bytes, rest: bytes, coding: Coding) -> bytes:
        beginning = begun(first, coding, LEVELS[coding])
        self.kept.put((coding, first, "begun"), KeptAnswer(beginning), key_size=len(first))
        return continued(beginning, len(first), rest, coding)

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
            # The body may be gone from what is kept, or never have come there, and this holds it.
            self.kept.put(key, KeptAnswer(packed), key_size=len(body))
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


_GZIP_HEAD = gzip.compress(b"", 1, mtime=0)[:10]
_GZIP_TRAILER = struct.Struct("<LL")
"""What a member of gzip ends with (RFC 1952): the checksum of what was compressed, and its length."""
_STORED = struct.Struct("<BHH")
"""What the last block of DEFLATE begins with where it is stored as it is (RFC 1951): its length, and the complement."""
_ZSTD_HEAD = struct.Struct("<LBL")
"""What a frame of Zstandard begins with (RFC 8878): the magic number, that it is one segment, and how long that is."""
_MAGIC, _ONE_SEGMENT = 0xFD2FB528, 0b1010_0000


def begun(first: bytes, coding: Coding, level: int) -> bytes:
    """The first part of a body in a coding, up to a boundary of bytes, after which any rest may follow (`continued`).

    Its blocks; for gzip, with the checksum of that part after them.
    """
    if coding == "gzip":
        deflate = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
        blocks = deflate.compress(first) + deflate.flush(zlib.Z_SYNC_FLUSH)
        return blocks + _GZIP_TRAILER.pack(zlib.crc32(first), len(first) & 0xFFFFFFFF)
    stream = zstandard.ZstdCompressor(level=level).compressobj()
    frame: bytes = stream.compress(first) + stream.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
    return frame[zstandard.frame_header_size(frame) :]


def continued(beginning: bytes, length: int, rest: bytes, coding: Coding) -> bytes:
    """A body in a coding, of which the first part, of that length, has begun: a short rest is stored as it is, in a last block."""
    total = (length + len(rest)) & 0xFFFFFFFF
    if coding == "gzip":
        blocks = memoryview(beginning)[: -_GZIP_TRAILER.size]
        checksum, _ = _GZIP_TRAILER.unpack_from(beginning, len(blocks))
        last = _STORED.pack(1, len(rest), len(rest) ^ 0xFFFF)
        return b"".join((_GZIP_HEAD, blocks, last, rest, _GZIP_TRAILER.pack(zlib.crc32(rest, checksum), total)))
    head, last = _ZSTD_HEAD.pack(_MAGIC, _ONE_SEGMENT, total), (len(rest) << 3 | 1).to_bytes(3, "little")
    return b"".join((head, beginning, last, rest))


@lru_cache(maxsize=256)
def taken(header: str) -> Coding | None:
    """The coding that an Accept-Encoding likes best, zstd among equals; None where it names neither, or likes none better."""
    liked: dict[str, float] = {}
    for one in header.lower().split(","):
        name, _, weight = one.partition(";")
        try:
            liked[name.strip()] = float(weight.partition("=")[2]) if weight else 1.0
        except ValueError:
            return None
    best = max(CODINGS, key=lambda coding: liked.get(coding, 0.0))
    return best if liked.get(best, 0.0) > 0 and liked[best] >= liked.get("identity", 0.0) else None


def _name_as_held(start: Message, if_none_match: str) -> None:
    """Gives back the tag under which the client holds what has not changed: that of the coding that it was sent in."""
    _depend_on_coding(start)
    tag = dict(start["headers"]).get(b"etag", b"").decode("latin-1")
    held = [one.strip().removeprefix("W/") for one in if_none_match.split(",")]
    named = next((one for one in held if without_coding(one.strip('"')) == tag.strip('"')), tag)
    if named != tag:
        raw = [one for one in start["headers"] if one[0] != b"etag"]
        start["headers"] = [*raw, (b"etag", named.encode("latin-1"))]


def _depend_on_coding(start: Message) -> None:
    """Says that another Accept-Encoding may be answered with other bytes; of what has not changed, as the answer itself said."""
    before = [value for name, value in start["headers"] if name == b"vary"]
    vary = b", ".join([*before, b"Accept-Encoding"])
    start["headers"] = [*(one for one in start["headers"] if one[0] != b"vary"), (b"vary", vary)]


def _goes_packed(start: Message, body: bytes, coding: Coding | None) -> bool:
    """Whether a body goes out packed; where it would in one coding or another, its head says that it depends on that."""
    said = dict(start["headers"])
    if len(body) < SHORTEST or b"content-encoding" in said:
        return False
    kind = said.get(b"content-type", b"")
    if not kind.startswith(COMPRESSED):
        return False
    _depend_on_coding(start)
    if coding is None or NO_STORE.encode() in said.get(b"cache-control", b""):
        return False
    return not (kind.startswith(b"text/") and SECRET in body)


def _name_packed(start: Message, packed: bytes, coding: Coding) -> bytes:
    """Says of a body that it is packed: how, how long it is, and by which tag it is known. The same bytes."""
    said = dict(start["headers"])
    start["headers"] = raw = [one for one in start["headers"] if one[0] not in {b"content-length", b"etag"}]
    raw += [(b"content-encoding", coding.encode()), (b"content-length", b"%d" % len(packed))]
    if (tag := said.get(b"etag")) is not None:
        raw.append((b"etag", tag[:-1] + b";" + coding.encode() + tag[-1:]))
    return packed


@lru_cache(maxsize=64)
def _usual_headers(
    kept: str, media_type: str, coding: Coding | None, *, is_long: bool, is_secure: bool
) -> tuple[tuple[bytes, bytes], ...]:
    """What all answers of a kind say, as the layers put it on them: beside their tag, and how long they are."""
    start: Message = {"headers": [(b"cache-control", kept.encode()), (b"content-type", media_type.encode())]}
    body = bytes(SHORTEST if is_long else 0)
    if _goes_packed(start, body, coding) and coding is not None:
        _name_packed(start, body, coding)
    headers = [one for one in start["headers"] if one[0] != b"content-length"]
    put_security_headers(headers, is_secure=is_secure)
    return tuple(headers)
