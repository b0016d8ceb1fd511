"""What stands before every request: the names that the service has, a measure of requests, no failure without a problem.

A page elsewhere must not be able to write here through a browser that is let in: neither under a name of its own (DNS
rebinding), nor by a request across origins.
"""

import asyncio
import re
import sqlite3
from asyncio import CancelledError
from functools import lru_cache
from itertools import chain
from time import perf_counter
from typing import NamedTuple, Protocol
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.formats.json_reader import LARGE
from api.http.client_address import TrustedProxies, counted_as
from api.http.headers import WholeAnswer, header_of, put_security_headers
from api.http.logs import log_request, request_id_of
from api.http.problems import (
    UNEXPECTED,
    ConnectionsBusy,
    HeadTooLarge,
    HostRefused,
    OriginRefused,
    ProxyBypassed,
    TooManyRequests,
    log,
    problem,
)
from api.http.request_counts import RequestLimits, RequestQuota
from api.settings import Settings
from domain.errors import DomainError, StoreBusy, StoreDamaged, StoreFull, StoreReadOnly
from domain.patterns import regex
from projections.store.failures import REPAIR, has_other_tables, read_only, refusal_of
from projections.store.server_driver import database_errors

LOOPBACK = regex(r"localhost|127(\.\d{1,3}){3}|\[?::1\]?", re.IGNORECASE)
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
STATUS_PATHS = frozenset({"/status", "/v1/status"})
"""What a program on this machine may ask under a name of this machine, though the service has another: is it there?"""

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
        declared = header_of(scope, b"content-length")
        size = int(declared) if declared.isdecimal() and len(declared) < 16 else 0
        if SMALL_BODY_BYTES < size <= self._room.limit:
            self._take(size)

    def receiving(self, receive: Receive, scope: Scope) -> Receive:
        """The same messages, each counted; the last one of a large document once it has its turn."""

        async def counted() -> Message:
            message = await receive()
            self._received += len(message.get("body", b""))
            if self._received > self._reserved:
                self._take(self._received - self._reserved)
            is_last = message["type"] == "http.request" and not message.get("more_body", False)
            if is_last and self._received > LARGE and "json" in header_of(scope, b"content-type").lower():
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


class FrontDoor(NamedTuple):
    """Under which address the service is reached, through whom, how many requests there may be; where another one writes."""

    public_address: str | None
    proxies: TrustedProxies
    limits: RequestLimits
    writes_at: str | None = None

    @classmethod
    def of(cls, settings: Settings, limits: RequestLimits) -> "FrontDoor":
        """The door as an installation sets it."""
        return cls(settings.public_address, TrustedProxies.of(settings), limits, settings.writes_at)


class AtOnce(Protocol):
    """What gives whole answers that lie ready; None for any other request."""

    def __call__(self, scope: Scope, *, is_secure: bool) -> WholeAnswer | None:
        """The answer to a request."""


class Guard:
    """The outermost layer, on bare ASGI: a body that streams is not held up.

    `at_once` is asked for an answer that lies ready: what it has needs no layer between.
    """

    def __init__(
        self,
        app: ASGIApp,
        door: FrontDoor,
        room: int = 2**30,
        at_once: "AtOnce | None" = None,
    ) -> None:
        self.app = app
        self.door = door
        self.room = Room(room)
        self.at_once = at_once

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets a request through, or answers it with the reason."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, proxies = perf_counter(), self.door.proxies
        peer = str((scope.get("client") or ("",))[0])
        client = proxies.client_of(scope)
        quota = RequestQuota(self.door.limits, counted_as(client))
        request_id = request_id_of(scope, is_trusted=proxies.trusts(peer))
        share = Share(self.room)
        sending = _Sending(send, share, quota, request_id, bare=scope["method"] == "HEAD", is_secure=self._is_secure)
        state = scope.get("state", {}) | {"quota": quota, "client": client}
        scope = {**scope, "client": (client, 0), "state": state}
        try:
            await self._answer(scope, receive, sending, share, peer)
        finally:
            share.give_back()
            if sending.status:
                method = "HEAD" if sending.bare else scope["method"]
                log_request(scope, method, sending.status, perf_counter() - began)

    @property
    def _is_secure(self) -> bool:
        return self.door.public_address is not None

    async def _answer(self, scope: Scope, receive: Receive, sending: "_Sending", share: Share, peer: str) -> None:
        if sending.bare:
            scope["method"] = "GET"
        try:
            require_within(sending.quota)
            require_small_head(scope)
            require_through_proxy(scope, peer, self.door)
            require_own_origin(scope, self.door.public_address)
            share.reserve(scope)
            answer = None if self.at_once is None else self.at_once(scope, is_secure=self._is_secure)
            if answer is not None:
                await sending.whole(answer)
            else:
                await self.app(scope, share.receiving(receive, scope), sending)
        except (ClientDisconnect, CancelledError):
            return  # nobody waits for an answer any more, or the service has stopped waiting for it
        except DomainError as error:
            again = sending.quota.seconds if isinstance(error, TooManyRequests) else error.retry_after
            retry = {"Retry-After": str(again)} if again is not None else {}
            await problem(error, scope, retry)(scope, receive, sending)
        except database_errors() as error:
            told = _failed_store(error, self.door.writes_at)
            log.error("the store failed: %s", told, exc_info=error if told is UNEXPECTED else None)
            if sending.status:
                raise
            again = told.retry_after or (RETRY_SECONDS if isinstance(told, StoreFull) else None)
            retry = {} if again is None else {"Retry-After": str(again)}
            await problem(told, scope, retry)(scope, receive, sending)
        except Exception:
            log.exception("a request failed")
            if sending.status:
                raise
            await problem(UNEXPECTED, scope)(scope, receive, sending)


def require_within(quota: RequestQuota) -> None:
    """TooManyRequests where a limit is used up."""
    if spent := quota.spent:
        raise TooManyRequests(f"{spent} in un minuto", accepted=f"riprovare fra {quota.seconds} secondi")


def _failed_store(error: Exception, writes_at: str | None) -> DomainError:
    """What a request is told of a store that failed; where it lies is not for who asks."""
    told = refusal_of(error, "")
    if isinstance(told, StoreReadOnly):
        return read_only(writes_at or "")
    if isinstance(told, StoreDamaged):
        return StoreDamaged("l'archivio è danneggiato", accepted=REPAIR)
    if isinstance(told, StoreFull) or has_other_tables(error):
        return told
    if isinstance(error, sqlite3.Error) and not isinstance(error, sqlite3.OperationalError):
        return UNEXPECTED
    return StoreBusy("l'archivio non risponde", accepted=f"riprovare fra {StoreBusy.retry_after} secondi, o più tardi")


class _Sending:
    """Adds headers to an answer on its way, and takes its body away where only its head was asked for."""

    def __init__(
        self, send: Send, share: Share, quota: RequestQuota, request_id: str, *, bare: bool, is_secure: bool
    ) -> None:
        self.send = send
        self.share = share
        self.quota = quota
        self.request_id = request_id
        self.bare = bare
        self.is_secure = is_secure
        self.status = 0

    async def whole(self, answer: WholeAnswer) -> None:
        """Sends an answer that says all but what this request alone is told."""
        self.status = answer.status
        headers = [*answer.headers, *self._of_the_request]
        await self.send({"type": "http.response.start", "status": answer.status, "headers": headers})
        *others, last = (b"",) if self.bare else answer.body
        for part in others:
            await self.send({"type": "http.response.body", "body": part, "more_body": True})
        await self.send({"type": "http.response.body", "body": last})

    @property
    def _of_the_request(self) -> list[tuple[bytes, bytes]]:
        return [*self.quota.headers, (b"x-request-id", self.request_id.encode("latin-1"))]

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.share.end_turn()
            headers = message["headers"] = list(message.get("headers", ()))
            put_security_headers(headers, is_secure=self.is_secure)
            headers += self._of_the_request
        elif self.bare and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await self.send(message)


def require_small_head(scope: Scope) -> None:
    """Refuses an address, or headers, that are longer or more than any client of ours sends."""
    target = len(scope.get("raw_path") or b"") + len(scope["query_string"])
    headers = scope["headers"]
    size = sum(map(len, chain.from_iterable(headers)))
    if target > MAX_TARGET_BYTES:
        raise HeadTooLarge(f"l'indirizzo ha {target} byte", accepted=f"al più {MAX_TARGET_BYTES}")
    if len(headers) > MAX_HEADERS or size > MAX_HEADER_BYTES:
        found = f"{len(headers)} intestazioni, di {size} byte in tutto"
        raise HeadTooLarge(found, accepted=f"al più {MAX_HEADERS}, di {MAX_HEADER_BYTES} byte in tutto")


def require_through_proxy(scope: Scope, peer: str, door: FrontDoor) -> None:
    """ProxyBypassed for who reaches a service that has TLS in front without it; on this machine, the status is told.

    What comes past the proxy comes without TLS, and says by itself from where it is.
    """
    if door.public_address is None or not door.proxies.networks or door.proxies.trusts(peer):
        return
    if not (is_loopback(peer) and _asks_for_status(scope)):
        raise ProxyBypassed(
            "la richiesta non è passata da un proxy dichiarato, e non è su TLS",
            accepted=f"{door.public_address}; chi installa dichiara i suoi proxy in INITINERE_PROXIES",
        )


def _asks_for_status(scope: Scope) -> bool:
    return scope["method"] in SAFE and scope["path"] in STATUS_PATHS


def require_own_origin(scope: Scope, public_address: str | None) -> None:
    """Refuses a host that the service is not, and what another origin wants written.

    Without a public address the service is this machine. A browser says the origin of all that it sends but reading, and
    most say besides from where it comes (Sec-Fetch-Site); a program says neither.
    """
    host = header_of(scope, b"host")
    if not (_is_own_host(host, public_address) or (_asks_for_status(scope) and _is_loopback_host(host))):
        accepted = "localhost, 127.0.0.1 o [::1] (altrimenti INITINERE_PUBLIC_ADDRESS)"
        raise HostRefused(
            f"l'host {host[:120]!r} non è questo servizio",
            accepted=accepted if public_address is None else urlsplit(public_address).netloc,
            where="Host",
        )
    if scope["method"] in SAFE:
        return
    headers, accepted = Headers(scope=scope), public_address or "richieste da questa macchina"
    origin = headers.get("origin")
    if origin is not None and not (_local(origin) if public_address is None else origin == public_address):
        found = f"una pagina di {origin[:120]!r} non può scrivere qui"
        raise OriginRefused(found, accepted=accepted, where="Origin")
    site = headers.get("sec-fetch-site", "none")
    if site not in {"same-origin", "none"} and (origin is None or public_address is not None):
        found = f"una pagina di altrove non può scrivere qui ({site[:20]!r})"
        raise OriginRefused(found, accepted=accepted, where="Sec-Fetch-Site")


@lru_cache(maxsize=256)
def _is_own_host(host: str, public_address: str | None) -> bool:
    """Whether a host is the one under which the service is reached: this machine, where no other is declared."""
    if public_address is None:
        return _is_loopback_host(host)
    own = urlsplit(public_address).netloc.removesuffix(":443")
    return host.lower().removesuffix(":443") == own


def _is_loopback_host(host: str) -> bool:
    return is_loopback(re.sub(r":\d*$", "", host) if not host.endswith("]") else host)


def _local(origin: str) -> bool:
    try:
        return is_loopback(urlsplit(origin).hostname or "")
    except ValueError:
        return False
