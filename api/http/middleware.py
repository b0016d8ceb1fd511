"""What stands before every request: this machine only, a measure of requests, and no failure without a problem.

Until there is a sign-in, whoever reaches the service may write. A page elsewhere must therefore not be able to reach it
through a browser here: neither under a name of its own (DNS rebinding), nor by a request across origins.
"""

import asyncio
import re
import sqlite3
from asyncio import CancelledError
from collections import Counter
from collections.abc import Callable
from time import monotonic
from urllib.parse import urlsplit

import psycopg
from eventsourcing.persistence import PersistenceError
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.formats.json_reader import LARGE
from api.http.problems import (
    UNEXPECTED,
    ConnectionsBusy,
    HeadTooLarge,
    HostRefused,
    OriginRefused,
    TooManyRequests,
    log,
    problem,
)
from domain.errors import DomainError, StoreBusy, StoreDamaged, StoreFull
from projections.store.failures import REPAIR, refusal_of

LOOPBACK = re.compile(r"localhost|127(\.\d{1,3}){3}|\[?::1\]?", re.IGNORECASE)
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
REQUESTS_PER_MINUTE = 30_000
MINUTE = 60
RETRY_SECONDS = 1
MAX_TARGET_BYTES = 16_000
MAX_HEADER_BYTES = 32_000
MAX_HEADERS = 100
SMALL_BODY_BYTES = 1_000_000
TURN_SECONDS = 30
"""How long a large document waits until the one before it is decided: deciding takes many times its size in memory."""


def is_loopback(host: str) -> bool:
    """Whether a name, or an address, is this machine's own."""
    return LOOPBACK.fullmatch(host) is not None


class Window:
    """Counts the requests of each client in a window of one minute, the same for all."""

    def __init__(self, limit: int, clock: Callable[[], float] = monotonic) -> None:
        self.limit = limit
        self.clock = clock
        self._minute = 0
        self._taken: Counter[str] = Counter()

    def take(self, client: str) -> tuple[int, int]:
        """Takes one request of a client: how many are left (below zero when none was), and the seconds to the next window."""
        now = int(self.clock())
        if now // MINUTE != self._minute:
            self._minute = now // MINUTE
            self._taken.clear()
        self._taken[client] += 1
        return self.limit - self._taken[client], MINUTE - now % MINUTE


class Room:
    """Counts the bytes of all bodies that are on their way in, or worked at; of large documents one is decided at a time."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.taken = 0
        self.turn = asyncio.Semaphore()


class Share:
    """What one request has of the room: as much as it says that it sends, from its beginning, and its turn."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._reserved = self._received = 0
        self._has_turn = False

    def reserve(self, scope: Scope) -> None:
        """Takes the room for the body that is announced; ConnectionsBusy where others have it, for any but a small one.

        What is larger than the whole room takes none: it is refused by its size.
        """
        declared = Headers(scope=scope).get("content-length", "")
        size = int(declared) if declared.isdecimal() and len(declared) < 16 else 0
        if SMALL_BODY_BYTES < size <= self._room.limit:
            self._take(size)

    def receiving(self, receive: Receive, scope: Scope) -> Receive:
        """The same messages, each counted; the last one of a large document once it has its turn."""
        is_json = "json" in Headers(scope=scope).get("content-type", "").lower()

        async def counted() -> Message:
            message = await receive()
            self._received += len(message.get("body", b""))
            if self._received > self._reserved:
                self._take(self._received - self._reserved)
            is_last = message["type"] == "http.request" and not message.get("more_body", False)
            if is_last and is_json and self._received > LARGE:
                await self._await_turn()
            return message

        return counted

    def end_turn(self) -> None:
        """Lets the next large document be decided: the answer to this one is ready."""
        if self._has_turn:
            self._has_turn = False
            self._room.turn.release()

    def give_back(self) -> None:
        """Leaves the room to others."""
        self.end_turn()
        self._room.taken -= self._reserved

    def _take(self, size: int) -> None:
        if self._room.taken + size > self._room.limit and self._reserved + size > SMALL_BODY_BYTES:
            found = "il servizio sta già ricevendo tanti dati quanti ne può tenere"
            raise ConnectionsBusy(found, accepted="riprovare fra qualche secondo")
        self._room.taken += size
        self._reserved += size

    async def _await_turn(self) -> None:
        try:
            await asyncio.wait_for(self._room.turn.acquire(), TURN_SECONDS)
        except TimeoutError:
            found = "il servizio sta già giudicando un documento grande, e altri aspettano"
            raise ConnectionsBusy(found, accepted="riprovare fra qualche secondo") from None
        self._has_turn = True


class Guard:
    """The outermost layer of ours, on bare ASGI: a body that streams is not held up."""

    def __init__(self, app: ASGIApp, requests_per_minute: int = REQUESTS_PER_MINUTE, room: int = 2**30) -> None:
        self.app = app
        self.window = Window(requests_per_minute)
        self.room = Room(room)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets a request through, or answers it with the reason."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        left, seconds = self.window.take((scope.get("client") or ("",))[0])
        share = Share(self.room)
        sending = _Sending(send, share, bare=scope["method"] == "HEAD")
        sending.headers = {
            "X-RateLimit-Limit": str(self.window.limit),
            "X-RateLimit-Remaining": str(max(left, 0)),
            "X-RateLimit-Reset": str(seconds),
            "X-Content-Type-Options": "nosniff",
        }
        if left < 0:
            found = f"più di {self.window.limit} richieste in un minuto"
            error = TooManyRequests(found, accepted=f"riprovare fra {seconds} secondi")
            await problem(error, scope, {"Retry-After": str(seconds)})(scope, receive, sending)
            return
        if sending.bare:
            scope = {**scope, "method": "GET"}
        try:
            require_small_head(scope)
            require_own_origin(scope)
            share.reserve(scope)
            await self.app(scope, share.receiving(receive, scope), sending)
        except (ClientDisconnect, CancelledError):
            return  # nobody waits for an answer any more, or the service has stopped waiting for it
        except DomainError as error:
            retry = {"Retry-After": str(error.retry_after)} if error.retry_after is not None else {}
            await problem(error, scope, retry)(scope, receive, sending)
        except (PersistenceError, psycopg.Error, sqlite3.DatabaseError) as error:
            told = _failed_store(error)
            log.error("the store failed: %s", told, exc_info=error if told is UNEXPECTED else None)
            if sending.started:
                raise
            again = told.retry_after or (RETRY_SECONDS if isinstance(told, StoreFull) else None)
            retry = {} if again is None else {"Retry-After": str(again)}
            await problem(told, scope, retry)(scope, receive, sending)
        except Exception:
            log.exception("a request failed")
            if sending.started:
                raise
            await problem(UNEXPECTED, scope)(scope, receive, sending)
        finally:
            share.give_back()


def _failed_store(error: sqlite3.Error | PersistenceError | psycopg.Error) -> DomainError:
    """What a request is told of a store that failed; where it lies is not for who asks."""
    told = refusal_of(error, "")
    if isinstance(told, StoreDamaged):
        return StoreDamaged("l'archivio è danneggiato", accepted=REPAIR)
    if isinstance(told, StoreFull):
        return told
    if isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError):
        return UNEXPECTED
    return StoreBusy("l'archivio non risponde", accepted=f"riprovare fra {StoreBusy.retry_after} secondi, o più tardi")


class _Sending:
    """Adds headers to an answer on its way, and takes its body away where only its head was asked for."""

    def __init__(self, send: Send, share: Share, *, bare: bool) -> None:
        self.send = send
        self.share = share
        self.bare = bare
        self.started = False
        self.headers: dict[str, str] = {}

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            self.share.end_turn()
            headers = MutableHeaders(scope=message)
            for name, value in self.headers.items():
                headers[name] = value
        elif self.bare and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await self.send(message)


def require_small_head(scope: Scope) -> None:
    """Refuses an address, or headers, that are longer or more than any client of ours sends."""
    target = len(scope.get("raw_path") or b"") + len(scope["query_string"])
    headers = scope["headers"]
    size = sum(len(name) + len(value) for name, value in headers)
    if target > MAX_TARGET_BYTES:
        raise HeadTooLarge(f"l'indirizzo ha {target} byte", accepted=f"al più {MAX_TARGET_BYTES}")
    if len(headers) > MAX_HEADERS or size > MAX_HEADER_BYTES:
        found = f"{len(headers)} intestazioni, di {size} byte in tutto"
        raise HeadTooLarge(found, accepted=f"al più {MAX_HEADERS}, di {MAX_HEADER_BYTES} byte in tutto")


def require_own_origin(scope: Scope) -> None:
    """Refuses a host that is not this machine, and what another origin wants written."""
    headers = Headers(scope=scope)
    host = headers.get("host", "")
    name = re.sub(r":\d*$", "", host) if not host.endswith("]") else host
    if not is_loopback(name):
        raise HostRefused(
            f"l'host {host[:120]!r} non è questa macchina",
            accepted="localhost, 127.0.0.1 o [::1]: senza accesso con credenziali il servizio parla solo qui",
            where="Host",
        )
    origin = headers.get("origin")
    if origin is not None and scope["method"] not in SAFE and not _local(origin):
        found = f"una pagina di {origin[:120]!r} non può scrivere qui"
        raise OriginRefused(found, accepted="richieste da questa macchina", where="Origin")


def _local(origin: str) -> bool:
    try:
        return is_loopback(urlsplit(origin).hostname or "")
    except ValueError:
        return False
