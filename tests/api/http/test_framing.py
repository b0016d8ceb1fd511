"""What is cut into requests is the same for either parser, however it comes; and no parser finds another end in it."""

import asyncio
import re
from collections.abc import Iterator, Sized
from itertools import pairwise
from typing import Any, NamedTuple

import pytest
import uvicorn
from hypothesis import example, given
from hypothesis import strategies as st
from uvicorn.server import ServerState

from api.http.connections import (
    BoundedConnection,
    ConnectionLimits,
    ConnectionTable,
    H11Connection,
    HttptoolsConnection,
)
from api.http.framing import Chunks, Length, strict_head
from api.http.problems import BadRequest, HeadTooLarge
from api.settings import Settings

HOST = b"Host: localhost\r\n"
GET = b"GET /a%20b?c=d HTTP/1.1\r\n" + HOST + b"\r\n"
POST = b"POST /p HTTP/1.1\r\n" + HOST
REQUESTS = [
    GET,
    GET.replace(b"1.1", b"1.0"),
    GET.replace(HOST, HOST + b"Connection: close\r\n"),
    GET.replace(HOST, HOST + b"Connection: Upgrade\r\nUpgrade: h2c\r\n"),
    GET.replace(b"/a%20b?c=d", b"*"),
    GET.replace(HOST, HOST + b"X-Blanks:\t a b \t\r\nX-None:\r\n"),
    POST + b"Content-Length: 5\r\n\r\nGET /",
    POST + b"Content-Length: 0\r\n\r\n",
    POST + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n{}",
    POST + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n02;x=y\r\nde\r\n0\r\nX-Trailer: x\r\n\r\n",
    POST + b"Connection: Upgrade\r\nUpgrade: x\r\nContent-Length: 4\r\n\r\nGET ",
]
PIECES_OF_HTTP = [
    b"\r\n",
    b"\n",
    b"\r",
    b" ",
    b"\t",
    b":",
    b"0",
    b",",
    b"\x00",
    b"\xff",
    b"HTTP/1.1",
    b"\r\n\r\n",
    HOST,
]
PIECES_OF_HTTP += [b"Content-Length: 3\r\n", b"Transfer-Encoding: chunked\r\n", b"chunked", b"#", b";", b"http://x/"]


class Seen(NamedTuple):
    """What came of a connection: the requests that reached the application, the answers, and whether it is ended."""

    requests: list[tuple[Any, ...]]
    statuses: list[bytes]
    is_ended: bool


class Transport(asyncio.Transport):
    """A connection without a network, which holds back what it should."""

    def __init__(self) -> None:
        super().__init__()
        self.written = bytearray()
        self.is_paused = self.is_ended = False

    def get_extra_info(self, name: str, default: object = None) -> object:
        """Where it comes from."""
        return ("127.0.0.1", 1) if name == "peername" else default

    def get_write_buffer_size(self) -> int:
        """All is read at once."""
        return 0

    def write(self, data: Any) -> None:
        """Keeps what is answered."""
        self.written += data

    def is_closing(self) -> bool:
        """Whether it is ended."""
        return self.is_ended

    def close(self) -> None:
        """Ends it."""
        self.is_ended = True

    def abort(self) -> None:
        """Ends it."""
        self.is_ended = True

    def pause_reading(self) -> None:
        """Nothing more comes."""
        self.is_paused = True

    def resume_reading(self) -> None:
        """More may come."""
        self.is_paused = False


async def _settled(*grows: Sized) -> None:
    """Until nothing came of it for a while."""
    idle, before = 0, -1
    while idle < 20:
        await asyncio.sleep(0)
        now = sum(map(len, grows))
        idle, before = (idle + 1 if now == before else 0), now


def _connection(kind: type[BoundedConnection], app: Any) -> tuple[BoundedConnection, Transport]:
    class Own(kind):  # type: ignore[misc,valid-type]  # with a table of its own
        table = ConnectionTable(ConnectionLimits.of(Settings()))

    config = uvicorn.Config(app, http=Own, lifespan="off", log_config=None, access_log=False, ws="none")
    transport, connection = Transport(), Own(config, ServerState(), {})
    connection.connection_made(transport)
    return connection, transport


async def _read(kind: type[BoundedConnection], pieces: list[bytes]) -> Seen:
    requests: list[tuple[Any, ...]] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message["body"]
            more = message["more_body"]
        named = ("method", "http_version", "path", "raw_path", "query_string", "headers")
        requests.append((*(scope[name] for name in named), body))
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})

    connection, transport = _connection(kind, app)
    for piece in pieces:
        while transport.is_paused and not transport.is_ended:  # noqa: ASYNC110 - as the system does
            await asyncio.sleep(0)
        if not transport.is_ended:
            connection.data_received(piece)
        await asyncio.sleep(0)
    await _settled(requests, transport.written)
    statuses = re.findall(
        rb"HTTP/1.1 (?!100)(\d+)", transport.written
    )  # httptools knows `Expect` by one spelling alone
    seen = Seen(requests, statuses, transport.is_ended)
    connection.connection_lost(None)
    await _settled()
    return seen


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.Runner]:
    """One loop for all of them."""
    with asyncio.Runner() as runner:
        yield runner


def _cut(sent: bytes, places: list[int]) -> list[bytes]:
    ends = sorted({place % (len(sent) + 1) for place in places} | {0, len(sent)})
    return [sent[start:end] for start, end in pairwise(ends)]


@st.composite
def _sent(draw: st.DrawFn) -> bytes:
    sent = b"".join(draw(st.lists(st.sampled_from(REQUESTS), min_size=1, max_size=4)))
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(sent)))
        taken = draw(st.integers(0, 3))
        sent = sent[:at] + draw(st.sampled_from([b"", *PIECES_OF_HTTP])) + sent[at + taken :]
    return sent


@given(sent=_sent(), places=st.lists(st.integers(0, 2_000), max_size=6))
@example(sent=b"".join(REQUESTS), places=[])
@example(sent=REQUESTS[-1] + GET, places=[])
def test_either_parser_reads_the_same_requests_however_they_come(
    loop: asyncio.Runner, sent: bytes, places: list[int]
) -> None:
    whole = loop.run(_read(HttptoolsConnection, [sent]))
    for kind in (HttptoolsConnection, H11Connection):
        assert loop.run(_read(kind, _cut(sent, places))) == whole


@pytest.mark.parametrize("kind", [HttptoolsConnection, H11Connection])
def test_an_answer_of_no_known_length_ends_for_an_old_client_with_the_connection(
    loop: asyncio.Runner, kind: type[BoundedConnection]
) -> None:
    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for piece in (b"one ", b"two ", b"three"):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async def asked(version: bytes) -> tuple[bytes, bool]:
        connection, transport = _connection(kind, app)
        connection.data_received(GET.replace(b"1.1", version))
        await _settled(transport.written)
        is_ended = transport.is_ended
        connection.connection_lost(None)
        return bytes(transport.written), is_ended

    answered, is_ended = loop.run(asked(b"1.0"))
    head, _, body = answered.partition(b"\r\n\r\n")
    assert (b"transfer-encoding" in head.lower(), body, is_ended) == (False, b"one two three", True)
    answered, is_ended = loop.run(asked(b"1.1"))
    assert (answered.endswith(b"5\r\nthree\r\n0\r\n\r\n"), is_ended) == (True, False)


def test_more_than_is_read_at_a_time_is_read_to_its_end(loop: asyncio.Runner) -> None:
    body = b"x" * 300_000
    for kind in (HttptoolsConnection, H11Connection):
        sent = POST + b"Content-Length: %d\r\n\r\n" % len(body) + body + GET * 2_000
        seen = loop.run(_read(kind, [sent]))
        assert [request[-1] for request in seen.requests] == [body] + [b""] * 2_000


def test_a_head_says_how_its_body_is_framed() -> None:
    assert strict_head(GET) == (GET, None)
    counted = strict_head(POST + b"content-length: 07\r\n\r\n").body
    assert isinstance(counted, Length)
    assert (counted.take(bytearray(b"12345"), 3), counted.take(bytearray(b"45678"), 9), counted.is_over) == (3, 4, True)
    assert isinstance(strict_head(POST + b"TRANSFER-ENCODING: Chunked \r\n\r\n").body, Chunks)


def test_what_is_known_to_end_a_body_is_not_taken_for_it() -> None:
    pieces = Chunks()
    came = bytearray(b"2\r\nab\r\n0\r\n\r\nGET /")
    assert (pieces.take(came, 1_000), pieces.is_over) == (12, True)
    pieces = Chunks()
    assert (pieces.take(bytearray(b"2\r\nab\r"), 100), pieces.is_over) == (6, False)
    assert pieces.take(bytearray(b"\n0\r"), 100) == 1
    with pytest.raises(BadRequest):
        pieces.take(bytearray(b"0 \r\n"), 100)


def test_many_small_pieces_take_many_turns() -> None:
    crumbs = bytearray(b"1\r\na\r\n" * 1_000)
    assert Chunks().take(crumbs, 16_384) <= len(b"1\r\na\r\n") * 16_384 // 64


def test_trailers_have_an_end() -> None:
    pieces = Chunks()
    pieces.take(bytearray(b"0\r\n"), 100)
    with pytest.raises(HeadTooLarge):
        pieces.take(bytearray(b"X: x\r\n" * 10_000), 1_000_000)


@pytest.mark.parametrize("name", [b"Host", b"Content-Length", b"Authorization", b"cookie", b"If-Match", b"ACTOR"])
def test_what_is_said_once_is_refused_where_it_is_said_twice(name: bytes) -> None:
    once = GET.replace(HOST, b"") if name == b"Host" else GET
    said = name + b": 1\r\n"
    assert strict_head(once.replace(b"\r\n", b"\r\n" + said, 1)).sent
    with pytest.raises(BadRequest, match="è detta due volte"):
        strict_head(once.replace(b"\r\n", b"\r\n" + said * 2, 1))
