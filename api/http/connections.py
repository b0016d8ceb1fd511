"""The connections of the service: how many there may be, how long each may make the service wait, and what the log says.

A connection waits for nobody in turn, but it takes a file descriptor, and a client that never ends what it began would
keep it for ever. uvicorn ends a connection that is idle between two requests; it knows no limit for a request that is
sent slowly, for an answer that is read slowly, nor for the number of connections.
"""

import asyncio
import logging
import resource
from collections import Counter
from enum import IntEnum
from time import monotonic
from typing import ClassVar, NamedTuple

import h11
import orjson
from starlette.datastructures import MutableHeaders
from uvicorn.protocols.http.h11_impl import H11Protocol

from api.formats.problem_json import problem_object
from api.http.client_address import TrustedProxies
from api.http.headers import put_security_headers
from api.http.problems import PROBLEM_JSON, BadRequest, ConnectionsBusy, HeadTooLarge
from api.settings import Settings
from domain.errors import DomainError

BACKLOG = 64
"""How many connections are taken from the system at a time: as many may be open beyond the limit, until the next moment."""

MAX_UNREAD_BYTES = 256_000_000
"""How much of answers that are not read may wait in memory, of all connections together."""

MAX_PIECES, PIECE_BYTES = 10_000, 64
"""In so many pieces any body may come; in more, if they have so many bytes on average: each piece takes the loop's time."""

BYTES_AT_A_TIME = 16_384
"""How much of what a client sent is read before others have their turn."""

MAX_HEAD_BYTES = 50_000
"""How long the head of a request may be on its way in, whole; its address and its headers are measured then."""

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
        unread = sorted(self._open, key=lambda one: one.unread_bytes)
        total = sum(one.unread_bytes for one in unread)
        while total > MAX_UNREAD_BYTES and len(unread) > 1:
            total -= unread[-1].unread_bytes
            self._end(unread.pop(), "unread")
        self._report(now)
        self._sweep = loop.call_later(SWEEP_SECONDS, self._end_overdue, loop) if self._open else None

    def _report(self, now: float) -> None:
        """One line a minute, however many connections were ended."""
        if self._ended and now - self._reported >= REPORT_SECONDS:
            counts = ", ".join(f"{count} {why}" for why, count in self._ended.items())
            log.warning("connections ended by the service since the last such line: %s", counts)
            self._ended.clear()
            self._reported = now


class _PieceCounting(h11.Connection):
    """What HTTP says in what came; RemoteProtocolError where a head is too long, or a body comes in very many pieces."""

    is_crumbled = False
    is_head_too_long = False
    _pieces = _size = 0

    def next_event(self) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
        """The next of it."""
        try:
            event = super().next_event()
        except h11.RemoteProtocolError as error:
            self.is_head_too_long = error.error_status_hint == HeadTooLarge.status
            raise
        if isinstance(event, h11.Data):
            self._pieces += 1
            self._size += len(event.data)
            if self._pieces > MAX_PIECES and self._size < PIECE_BYTES * self._pieces:
                self.is_crumbled = True
                raise h11.RemoteProtocolError("a body in very many pieces")
        elif isinstance(event, h11.Request):
            self._pieces = self._size = 0
        return event


class BoundedConnection(H11Protocol):
    """A connection that knows since when it waits for what; its table ends it."""

    table: ClassVar[ConnectionTable]
    conn: _PieceCounting
    address = ""
    stage = Stage.IDLE
    since = 0.0
    read_since = 0.0
    """When nothing waited for the client to read it, for the last time."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        """Takes the connection in, or answers that there is no place for it."""
        super().connection_made(transport)
        self.conn = _PieceCounting(h11.SERVER, max_incomplete_event_size=MAX_HEAD_BYTES)
        transport.max_size = BYTES_AT_A_TIME  # type: ignore[attr-defined]  # asyncio's own, of each transport
        self.address = self.client[0] if self.client else ""
        self.since = self.read_since = monotonic()
        if not self.table.admit(self):
            found = "il servizio ha già tante connessioni quante ne può avere"
            self._refuse(ConnectionsBusy(found, accepted="riprovare fra qualche secondo"))

    def connection_lost(self, exc: Exception | None) -> None:
        """Lets the connection go."""
        self.table.leave(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Reads what came, and notes what is waited for then."""
        if self.transport.is_closing():
            return
        super().data_received(data)
        self._note_stage()

    def on_response_complete(self) -> None:
        """Notes what is waited for after an answer."""
        super().on_response_complete()
        self._note_stage()

    def shutdown(self) -> None:
        """Ends the connection when the service stops: at once, unless it has an answer to give."""
        super().shutdown()
        if self.stage is not Stage.ANSWER and not self.unread_bytes:
            self.transport.abort()

    def send_400_response(self, msg: str) -> None:
        """Answers what is no HTTP; what breaks off an answer that is being given ends the connection."""
        del msg
        if self.conn.is_crumbled:
            found = f"il corpo arriva in più di {MAX_PIECES} pezzi, di meno di {PIECE_BYTES} byte in media"
            self._refuse(BadRequest(found, accepted="Content-Length, o pezzi più grandi"))
            return
        if self.conn.is_head_too_long:
            found = f"l'indirizzo e le intestazioni hanno più di {MAX_HEAD_BYTES} byte in tutto"
            self._refuse(HeadTooLarge(found, accepted=f"al più {MAX_HEAD_BYTES}"))
            return
        self._refuse(BadRequest("la richiesta non è HTTP", accepted="una richiesta HTTP/1.1"))

    @property
    def unread_bytes(self) -> int:
        """How much of what was answered waits for the client to read it."""
        return self.transport.get_write_buffer_size()

    def is_overdue(self, now: float) -> bool:
        """Whether the client made the service wait too long, with what it sends or with what it reads."""
        if not self.unread_bytes:
            self.read_since = now
            return self.stage is not Stage.ANSWER and now - self.since > self.table.limits.seconds[self.stage]
        return now - self.read_since > self.table.limits.answer_seconds

    def _note_stage(self) -> None:
        match self.conn.their_state:
            case h11.IDLE:
                stage = Stage.HEAD if self.conn.trailing_data[0] else Stage.IDLE
            case h11.SEND_BODY:
                stage = Stage.UNREAD if self.cycle.response_complete else Stage.BODY
            case _:
                stage = Stage.ANSWER
        if stage is not self.stage:
            self.stage, self.since = stage, monotonic()

    def _refuse(self, error: DomainError) -> None:
        if self.conn.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
            told = problem_object(error)
            shown = ("type", "title", "status", "detail", "accepted")
            body = orjson.dumps({name: value for name, value in told.items() if name in shown} | {"instance": "/"})
            headers = MutableHeaders(
                {"content-type": PROBLEM_JSON, "content-length": str(len(body)), "connection": "close"}
            )
            put_security_headers(headers.raw, is_secure=self.table.limits.is_secure)
            events = (
                h11.Response(status_code=error.status, headers=headers.raw),
                h11.Data(data=body),
                h11.EndOfMessage(),
            )
            self.transport.write(b"".join(self.conn.send(event) or b"" for event in events))
        self.transport.close()
