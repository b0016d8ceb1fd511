"""The connections of the service: how many there may be, how long each may make the service wait, and what the log says.

A connection waits for nobody in turn, but it takes a file descriptor, and a client that never ends what it began would
keep it for ever. uvicorn ends a connection that is idle between two requests; it knows no limit for a request that is
sent slowly, for an answer that is read slowly, nor for the number of connections.
"""

import asyncio
import logging
import resource
from collections import Counter
from collections.abc import Callable
from enum import IntEnum
from http import HTTPStatus
from time import monotonic
from typing import TYPE_CHECKING, ClassVar, NamedTuple

import orjson
from uvicorn._types import ASGI3Application, ASGISendEvent
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.h11_impl import H11Protocol

from api.formats.problem_json import problem_object
from api.http.client_address import TrustedProxies
from api.http.framing import Chunks, Length, head_end, no_http, strict_head
from api.http.headers import put_security_headers
from api.http.problems import PROBLEM_JSON, ConnectionsBusy, MethodRefused
from api.settings import Settings
from domain.errors import DomainError

BACKLOG = 64
"""How many connections are taken from the system at a time: as many may be open beyond the limit, until the next moment."""

MAX_WAITING_BYTES = 256_000_000
"""How much may wait in memory, of all connections together: of answers that are not read, of requests that are not yet."""

BYTES_AT_A_TIME = 16_384
"""How much of what a client sent is read before others have their turn."""

SWEEP_SECONDS = 0.5
REPORT_SECONDS = 60.0

log = logging.getLogger("api.http")


class Stage(IntEnum):
    """What a connection waits for, in the order in which it is given up for a new one."""

    IDLE = 0
    """The client's next request, of which nothing has come."""
    UNREAD = 1
    """The end of a body that nobody reads any more: its request is answered."""
    HEAD = 2
    """The rest of the head of a request."""
    BODY = 3
    """The rest of the body of a request."""
    ANSWER = 4
    """The service: the request is whole."""


class ConnectionLimits(NamedTuple):
    """How many connections there may be, in all and of one address, and how many seconds each stage may take."""

    total: int
    of_one_address: int
    seconds: dict[Stage, float]
    answer_seconds: float
    proxies: TrustedProxies = TrustedProxies()
    is_secure: bool = False

    @classmethod
    def of(cls, settings: Settings) -> "ConnectionLimits":
        """The limits that are set; no more connections than half of the files that the process may open.

        Of several processes each has its part. A proxy of ours is everybody: it has no limit of its own.
        """
        files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        room = settings.max_connections if files == resource.RLIM_INFINITY else max(files // 2 - BACKLOG, 1)
        seconds: dict[Stage, float] = {
            Stage.IDLE: settings.idle_seconds,
            Stage.UNREAD: settings.idle_seconds,
            Stage.HEAD: settings.request_head_seconds,
            Stage.BODY: settings.request_body_seconds,
        }
        total = min(-(-settings.max_connections // settings.workers), room)
        of_one_address = min(total, -(-settings.max_connections_per_address // settings.workers))
        proxies = TrustedProxies.of(settings)
        return cls(total, of_one_address, seconds, settings.answer_seconds, proxies, settings.is_secure)


class ConnectionTable:
    """The connections that are open: makes room for a new one, and ends those that made the service wait too long."""

    def __init__(self, limits: ConnectionLimits) -> None:
        self.limits = limits
        self._open: dict[BoundedConnection, None] = {}
        self._of_address: Counter[str] = Counter()
        self._ended: Counter[str] = Counter()
        self._reported = monotonic()
        self._sweep: asyncio.TimerHandle | None = None

    def admit(self, connection: "BoundedConnection") -> bool:
        """Takes a new connection in, in the place of the one that waits longest where there are too many.

        False when every other one is being answered: there is no place then.
        """
        crowded = self._of_address[connection.address] >= self.limits.of_one_address
        crowded = crowded and not self.limits.proxies.trusts(connection.address)
        if crowded or len(self._open) >= self.limits.total:
            waiting = [
                one
                for one in self._open
                if one.stage is not Stage.ANSWER and (not crowded or one.address == connection.address)
            ]
            if not waiting:
                self._ended["refused"] += 1
                return False
            self._end(min(waiting, key=lambda one: (one.stage, one.since)), "displaced")
        self._open[connection] = None
        self._of_address[connection.address] += 1
        if self._sweep is None:
            self._sweep = connection.loop.call_later(SWEEP_SECONDS, self._end_overdue, connection.loop)
        return True

    def leave(self, connection: "BoundedConnection") -> None:
        """Lets a connection go; one that is gone, or never was admitted, is none."""
        if connection in self._open:
            del self._open[connection]
            self._of_address -= Counter([connection.address])

    def _end(self, connection: "BoundedConnection", why: str) -> None:
        self._ended[why] += 1
        self.leave(connection)
        connection.transport.abort()

    def _end_overdue(self, loop: asyncio.AbstractEventLoop) -> None:
        now = monotonic()
        for connection in [one for one in self._open if one.is_overdue(now)]:
            self._end(connection, "overdue")
        waiting = sorted(self._open, key=lambda one: one.waiting_bytes)
        total = sum(one.waiting_bytes for one in waiting)
        while total > MAX_WAITING_BYTES and len(waiting) > 1:
            total -= waiting[-1].waiting_bytes
            self._end(waiting.pop(), "unread")
        self._report(now)
        self._sweep = loop.call_later(SWEEP_SECONDS, self._end_overdue, loop) if self._open else None

    def _report(self, now: float) -> None:
        """One line a minute, however many connections were ended."""
        if self._ended and now - self._reported >= REPORT_SECONDS:
            counts = ", ".join(f"{count} {why}" for why, count in self._ended.items())
            log.warning("connections ended by the service since the last such line: %s", counts)
            self._ended.clear()
            self._reported = now


class _Flow(FlowControl):
    """Reads no more while a request has enough of its body, or while what came is still being handed on."""

    def __init__(self, transport: asyncio.Transport, go_on: Callable[[], None]) -> None:
        super().__init__(transport)
        self._go_on = go_on
        self.is_full = self._is_behind = False

    def pause_reading(self) -> None:
        """The request has enough."""
        self.is_full = True
        super().pause_reading()

    def resume_reading(self) -> None:
        """The request wants more."""
        self.is_full = False
        if self._is_behind:
            self._go_on()
        else:
            super().resume_reading()

    def keep_up(self, *, is_behind: bool) -> None:
        """Notes whether something that came is left to hand on."""
        self._is_behind = is_behind
        if is_behind:
            super().pause_reading()
        elif not self.is_full:
            super().resume_reading()


if TYPE_CHECKING:
    _Parser = H11Protocol  # what is asked of it here, the other one has as well
else:
    _Parser = object


class BoundedConnection(_Parser):
    """A connection that knows since when it waits for what; its table ends it.

    What comes is cut here into requests, each of which has but one reading, and handed on to a parser of uvicorn, one after
    the other was answered: what stages there are, and what is refused, does not depend on the parser, nor on the loop.
    """

    table: ClassVar[ConnectionTable]
    flow: _Flow
    address = ""
    stage = Stage.IDLE
    since = 0.0
    read_since = 0.0
    """When nothing waited for the client to read it, for the last time."""
    _body: Length | Chunks | None = None
    """The body of the request that is being read, until all of it has come."""
    _seen = 0
    """How much of what came is known not to end a head."""
    _turn: asyncio.Handle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        """Takes the connection in, or answers that there is no place for it."""
        super().connection_made(transport)
        self.flow = _Flow(transport, self._read_soon)
        self._came = bytearray()
        self.address = self.client[0] if self.client else ""
        self.since = self.read_since = monotonic()
        if not self.table.admit(self):
            found = "il servizio ha già tante connessioni quante ne può avere"
            self._refuse(ConnectionsBusy(found, accepted="riprovare fra qualche secondo"))

    def connection_lost(self, exc: Exception | None) -> None:
        """Lets the connection go."""
        self.table.leave(self)
        self._came.clear()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Reads what came, and notes what is waited for then."""
        if self.transport.is_closing():
            return
        self._unset_keepalive_if_required()
        self._came += data
        if self._turn is None:
            self._read()

    def on_response_complete(self) -> None:
        """Reads what came during an answer, and notes what is waited for after it."""
        super().on_response_complete()
        if self._turn is None:
            self._read()

    def shutdown(self) -> None:
        """Ends the connection when the service stops: at once, unless it has an answer to give."""
        super().shutdown()
        if self.stage is not Stage.ANSWER and not self.unread_bytes:
            self.transport.abort()

    def send_400_response(self, msg: str) -> None:
        """Answers what the parser takes for no HTTP."""
        del msg
        self._refuse(no_http())

    @property
    def unread_bytes(self) -> int:
        """How much of what was answered waits for the client to read it."""
        return self.transport.get_write_buffer_size()

    @property
    def waiting_bytes(self) -> int:
        """How much lies in memory for this connection."""
        return self.unread_bytes + len(self._came)

    def is_overdue(self, now: float) -> bool:
        """Whether the client made the service wait too long, with what it sends or with what it reads."""
        if not self.unread_bytes:
            self.read_since = now
            return self.stage is not Stage.ANSWER and now - self.since > self.table.limits.seconds[self.stage]
        return now - self.read_since > self.table.limits.answer_seconds

    @property
    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete  # type: ignore[redundant-expr]  # none at first

    def _read_soon(self) -> None:
        if self._turn is None:
            self._turn = self.loop.call_soon(self._take_turn)

    def _take_turn(self) -> None:
        self._turn = None
        self._read()

    def _read(self) -> None:
        """Hands on what came, so much at a time; what is left waits for its turn, for the answer, or for the rest."""
        room = BYTES_AT_A_TIME
        while room > 0 and not self.transport.is_closing():
            is_head = self._body is None
            try:
                piece = self._piece(room)
            except DomainError as error:
                log.warning("what came is no request that is answered: %s", error.name)
                self._refuse(error)
                break
            if not piece:
                break
            room = room - len(piece) if is_head else 0
            super().data_received(piece)
        if self.transport.is_closing():
            return
        self._note_stage()
        if room <= 0 and self._came:
            self._read_soon()
        self.flow.keep_up(is_behind=self._turn is not None or (bool(self._came) and self._is_blocked))

    @property
    def _is_blocked(self) -> bool:
        """Whether what came has to wait: for the request to take more of its body, or for the answer before it."""
        return self._is_answering and (self._body is None or self.flow.is_full)

    def _piece(self, room: int) -> bytes:
        """The next of what came that the parser can have: a whole head, or some of a body; nothing where it has to wait."""
        if not self._came or self._is_blocked:
            return b""
        if self._body is None:
            size = head_end(self._came, self._seen)
            if not size:
                self._seen = len(self._came)
                return b""
            piece, self._body = strict_head(bytes(self._came[:size]))
            self._seen = 0
        else:
            size = self._body.take(self._came, room)
            piece = bytes(self._came[:size])
            if self._body.is_over:
                self._body = None
        del self._came[:size]
        return piece

    def _note_stage(self) -> None:
        if self._body is not None:
            stage = Stage.BODY if self._is_answering else Stage.UNREAD
        elif self._is_answering:
            stage = Stage.ANSWER
        else:
            stage = Stage.HEAD if self._came else Stage.IDLE
        if stage is not self.stage:
            self.stage, self.since = stage, monotonic()

    def _refuse(self, error: DomainError) -> None:
        """Answers with a problem, and ends the connection; what breaks off an answer that is being given only ends it."""
        if not self._is_answering or not self.cycle.response_started:
            told = problem_object(error)
            shown = ("type", "title", "status", "detail", "accepted")
            body = orjson.dumps({name: value for name, value in told.items() if name in shown} | {"instance": "/"})
            headers = [
                (b"content-type", PROBLEM_JSON.encode()),
                (b"content-length", b"%d" % len(body)),
                (b"connection", b"close"),
            ]
            if isinstance(error, MethodRefused):
                headers.append((b"allow", error.problem.accepted.encode()))
            put_security_headers(headers, is_secure=self.table.limits.is_secure)
            lines = [b"HTTP/1.1 %d %s" % (error.status, HTTPStatus(error.status).phrase.encode())]
            lines += [b"%s: %s" % field for field in headers]
            self.transport.write(b"\r\n".join([*lines, b"", body]))
        if self._is_answering:
            self.cycle.disconnected = True  # what is answered after all goes nowhere
            self.cycle.message_event.set()
        self.transport.close()


class H11Connection(BoundedConnection, H11Protocol):
    """A connection whose requests are read in Python: it needs nothing that is built for a system."""


try:
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
except ImportError:
    SERVED: type[BoundedConnection] = H11Connection
    """A connection as the service has it: read by the parser that is written in C, where that is installed."""
else:

    class HttptoolsConnection(BoundedConnection, HttpToolsProtocol):  # type: ignore[misc]  # as said of `_Parser`
        """A connection whose requests are read by the parser of node, in C."""

        def on_header(self, name: bytes, value: bytes) -> None:
            """Takes a field of a head, without the blanks around it; one that follows a body (a trailer) is none of it."""
            if self.cycle is None or self.cycle.scope is not self.scope:  # type: ignore[redundant-expr]  # none at first
                super().on_header(name, value.strip(b"\t "))

        def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
            if cycle.scope["http_version"] == "1.0":
                _end_by_closing(cycle)
            super()._start_asgi_task(cycle, app)

    def _end_by_closing(cycle: RequestResponseCycle) -> None:
        """HTTP/1.0 knows no chunks: an answer whose length is not said ends with its connection (RFC 9112, 6.1)."""
        send, has_length = cycle.send, True

        async def sending(message: ASGISendEvent) -> None:
            nonlocal has_length
            if message["type"] == "http.response.start":
                has_length = b"content-length" in {name.lower() for name, _ in message.get("headers", ())}
                cycle.chunked_encoding = None if has_length else False
            elif message["type"] == "http.response.body" and not has_length:
                cycle.expected_content_length = len(message.get("body", b""))
            await send(message)

        cycle.send = sending  # type: ignore[method-assign]  # its task takes it from here

    SERVED = HttptoolsConnection
