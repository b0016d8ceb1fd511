"""Where a request ends, read strictly, before any parser of HTTP reads it.

Two readers that take the same bytes for requests of different lengths are how a request is smuggled past the first of
them: past a proxy, or past the limits of this service. Parsers differ in what they forgive: a lone line feed, a folded
header, two lengths, a length beside chunks. Here nothing is forgiven, so that whichever parser reads a request after this
finds but one way to read it (RFC 9112, 2.2, 5, 6 and 11.2).
"""

import re
from typing import NamedTuple

from api.http.problems import BadRequest, HeadTooLarge, MethodRefused
from domain.patterns import regex

METHODS = (b"GET", b"HEAD", b"POST", b"PUT", b"PATCH", b"DELETE", b"OPTIONS", b"TRACE")
"""What is handed on; anything else, to which no address answers, a parser may or may not know."""

MAX_HEAD_BYTES = 50_000
"""How long the head of a request may be on its way in, whole; its address and its headers are measured then."""

MAX_PIECES, PIECE_BYTES = 10_000, 64
"""In so many pieces any body may come; in more, if they have so many bytes on average: each piece takes the loop's time."""

MAX_LINE_BYTES = 4_096
"""How long the line may be that begins a piece, or that follows the last one."""

_TOKEN = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_FIELD = _TOKEN + rb":[\t -~\x80-\xff]*"
HEAD = regex(_TOKEN + rb" (?:/[!-\"$-~]*|\*) HTTP/1\.([01])\r\n(?:" + _FIELD + rb"\r\n)*\r\n")
"""A whole head: method, an address within this service, version, fields of one line each; of a control character, none."""
ANY_LINE = regex(rb"(" + _TOKEN + rb") ([!-~]+) HTTP/1\.[01]\r\n")
"""The first line of a head, whatever it asks for: by it, what is asked for of somebody else is told apart."""
ONE_VALUE = regex(
    rb"(?<=\n)(content-length|transfer-encoding|host|upgrade"
    rb"|authorization|cookie|origin|content-type|idempotency-key|actor|csrf-token"
    rb"|if-match|version-at-least|sec-fetch-site):([^\r]*)\r\n",
    re.IGNORECASE,
)
"""What a request says once: of two, one reader takes the first, and another the last."""
LONE_LINE_FEED = regex(rb"(?<!\r)\n")
PIECE = regex(rb"([0-9A-Fa-f]{1,8})(?:;" + _TOKEN + rb"(?:=" + _TOKEN + rb")?)*")
TRAILER = regex(_FIELD)


class RequestHead(NamedTuple):
    """A head that has but one reading, and how the body is framed that follows it."""

    sent: bytes
    body: "Length | Chunks | None"


class Length:
    """A body whose length is said."""

    def __init__(self, length: int) -> None:
        self._left = length

    @property
    def is_over(self) -> bool:
        """Whether all of it was taken."""
        return not self._left

    def take(self, came: bytearray, most: int) -> int:
        """How many bytes of what came belong to it, `most` at the most."""
        taken = min(self._left, len(came), most)
        self._left -= taken
        return taken


class Chunks:
    """A body that comes in pieces, each with its length ("chunked"): the last has none, and trailers may follow it."""

    def __init__(self) -> None:
        self.is_over = False
        self._left = 0  # of the piece that is being read, with the end of its line
        self._is_last = False
        self._pieces = self._size = self._trailers = 0

    def take(self, came: bytearray, most: int) -> int:
        """How many bytes of what came belong to it; the beginning of a line waits. A piece counts with `PIECE_BYTES` at least.

        BadRequest for what is no piece, and for very many small ones; HeadTooLarge for trailers that are longer than any head.
        """
        at = 0
        while at < len(came) and most > 0 and not self.is_over:
            if self._left:
                step = min(self._left, len(came) - at, most)
                self._left -= step
                at += step
                most -= step
                continue
            end = came.find(b"\r\n", at, at + MAX_LINE_BYTES)
            if end < 0:
                if len(came) - at >= MAX_LINE_BYTES or LONE_LINE_FEED.search(came, at):
                    raise no_http()
                break
            self._begin(bytes(came[at:end]))
            at = end + 2
            most -= PIECE_BYTES
        return at

    def _begin(self, line: bytes) -> None:
        if self._is_last:
            self._trailers += len(line) + 2
            if self._trailers > MAX_HEAD_BYTES:
                raise head_too_large()
            if line and not TRAILER.fullmatch(line):
                raise no_http()
            self.is_over = not line
            return
        read = PIECE.fullmatch(line)
        if read is None:
            raise no_http()
        size = int(read[1], 16)
        self._is_last = not size
        self._left = size + 2 if size else 0
        self._pieces += 1
        self._size += size
        if self._pieces > MAX_PIECES and self._size < PIECE_BYTES * self._pieces:
            found = f"il corpo arriva in più di {MAX_PIECES} pezzi, di meno di {PIECE_BYTES} byte in media"
            raise BadRequest(found, accepted="Content-Length, o pezzi più grandi")


def head_end(came: bytearray, seen: int) -> int:
    """Where the head ends that what came begins with; 0 where its end has not come. The first `seen` bytes were read before.

    BadRequest for what cannot become a head; HeadTooLarge for one that is too long.
    """
    end = came.find(b"\r\n\r\n", max(seen - 3, 0), MAX_HEAD_BYTES)
    if end >= 0:
        return end + 4
    if came[0] <= 0x20 or LONE_LINE_FEED.search(came, max(seen - 1, 0)):  # what speaks TLS begins with 0x16
        raise no_http()
    if len(came) >= MAX_HEAD_BYTES:
        raise head_too_large()
    return 0


def strict_head(head: bytes) -> RequestHead:
    """A head as it is handed on; BadRequest where it has not but one reading, MethodRefused for a method of no address.

    Whether the client would speak another protocol (`Upgrade`) is not handed on: none is spoken here.
    """
    line = ANY_LINE.match(head)
    if line and line[1] not in METHODS:
        found = f"{line[1][:20].decode()!r} non è ammesso qui"
        raise MethodRefused(found, accepted=b", ".join(METHODS).decode())
    if line and not line[2].startswith((b"/", b"*")):
        found = f"{line[2][:120].decode()!r} non è un indirizzo di questo servizio"
        raise BadRequest(found, accepted="un indirizzo che comincia con /, e l'host in Host")
    read = HEAD.fullmatch(head)
    if read is None:
        raise no_http()
    is_old = read[1] == b"0"
    said: dict[bytes, bytes] = {}
    for name, value in ONE_VALUE.findall(head):
        if name.lower() in said and name.lower() != b"upgrade":
            raise BadRequest(f"l'intestazione {name.decode()} è detta due volte", accepted="una volta sola")
        said[name.lower()] = value.strip(b"\t ")
    if b"upgrade" in said:
        head = ONE_VALUE.sub(lambda field: b"" if field[1].lower() == b"upgrade" else field[0], head)
    if b"host" not in said and not is_old:
        raise no_http()
    coding, length = said.get(b"transfer-encoding"), said.get(b"content-length")
    if coding is not None:
        if coding.lower() != b"chunked" or length is not None or is_old:
            raise no_http()
        return RequestHead(head, Chunks())
    if length is None:
        return RequestHead(head, None)
    if not length.isdigit() or len(length) > 15:
        raise no_http()
    return RequestHead(head, Length(int(length)) if int(length) else None)


def no_http() -> BadRequest:
    """What is said of bytes that are no request of HTTP, or one that can be read in two ways."""
    return BadRequest("la richiesta non è HTTP", accepted="una richiesta HTTP/1.1")


def head_too_large() -> HeadTooLarge:
    """What is said of a head that is longer than any client sends."""
    found = f"l'indirizzo e le intestazioni hanno più di {MAX_HEAD_BYTES} byte in tutto"
    return HeadTooLarge(found, accepted=f"al più {MAX_HEAD_BYTES}")
