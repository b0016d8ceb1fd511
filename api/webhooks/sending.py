"""Sends to a receiver that somebody named, and to nothing else that its name could lead to (server-side request forgery).

The name of an address that may be sent to is looked up here, every address of it must be one of the open network or of
those that the installation allows, and the connection goes to the address that was judged: a name that says another a
moment later leads nowhere. No redirect is followed, no proxy is asked, of an answer nothing but its status counts.
"""

import re
import socket
import ssl
from collections.abc import Iterable, Mapping
from datetime import timedelta
from ipaddress import ip_address
from typing import NamedTuple

import anyio
import httpcore2

from api.settings import Network
from api.version import VERSION
from api.webhooks.receivers import ReceiverRules, is_allowed, receiver_of
from domain.errors import Malformed
from projections.webhooks import Failure

SECONDS = 20
"""Within how many seconds a receiver takes an event: from the look-up of its name to the end of the answer's head."""


class Delivered(NamedTuple):
    """What became of a message: None where it was taken, else why not; and how long the receiver asks to be left alone."""

    failure: Failure | None
    retry_after: timedelta | None = None


class AddressNotAllowed(Exception):
    """A name leads to an address that nothing is sent to."""


class GuardedBackend(httpcore2.AsyncNetworkBackend):
    """Opens connections to addresses that were judged, and to no name."""

    def __init__(self, networks: Iterable[Network]) -> None:
        self._networks = tuple(networks)
        self._backend = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - as the library calls it
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """A connection to the first address of a name that answers; AddressNotAllowed where one of them may not be."""
        try:
            found = await anyio.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError:
            raise httpcore2.ConnectError("no address") from None
        addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
        if not addresses or not all(is_allowed(ip_address(each), self._networks) for each in addresses):
            raise AddressNotAllowed
        for place, address in enumerate(addresses):
            try:
                return await self._backend.connect_tcp(address, port, timeout, local_address, socket_options)
            except httpcore2.ConnectError:
                if place == len(addresses) - 1:
                    raise
        raise AddressNotAllowed

    async def sleep(self, seconds: float) -> None:
        """Waits."""
        await self._backend.sleep(seconds)


class Sender:
    """Sends messages within the bounds of an installation."""

    def __init__(self, rules: ReceiverRules, context: ssl.SSLContext, seconds: float = SECONDS) -> None:
        self._rules, self._context, self._seconds = rules, context, seconds

    def send(self, url: str, headers: Mapping[str, str], body: bytes) -> Delivered:
        """Sends a message once, and says what became of it; whatever goes wrong is a failure, never an error."""
        try:
            receiver_of(url, self._rules)  # what was allowed once may not be any more
        except Malformed:
            return Delivered("not_allowed")
        return anyio.run(self._send, url, headers, body)

    async def _send(self, url: str, headers: Mapping[str, str], body: bytes) -> Delivered:
        said = {"content-type": "application/cloudevents+json; charset=utf-8", "user-agent": f"In-Itinere/{VERSION}"}
        backend = GuardedBackend(self._rules.networks)
        try:
            with anyio.fail_after(self._seconds):
                async with (
                    httpcore2.AsyncConnectionPool(ssl_context=self._context, network_backend=backend) as pool,
                    pool.stream("POST", url, headers=list({**said, **headers}.items()), content=body) as answer,
                ):
                    return _judged(answer.status, dict(answer.headers))
        except AddressNotAllowed:
            return Delivered("not_allowed")
        except (TimeoutError, httpcore2.TimeoutException):
            return Delivered("timeout")
        except (httpcore2.NetworkError, httpcore2.ProtocolError, OSError) as error:
            return Delivered("certificate" if "CERTIFICATE_VERIFY_FAILED" in str(error) else "away")


def _judged(status: int, headers: Mapping[bytes, bytes]) -> Delivered:
    if 200 <= status < 300:
        return Delivered(None)
    asked = next((value for name, value in headers.items() if name.lower() == b"retry-after"), b"")
    wait = timedelta(seconds=int(asked)) if re.fullmatch(rb"[0-9]{1,6}", asked) else None
    failure: Failure = "redirect" if 300 <= status < 400 else "refused" if 400 <= status < 500 else "failed"
    return Delivered(failure, wait)
