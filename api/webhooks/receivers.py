"""Sends to a receiver that somebody named, and to nothing else that its name could lead to (server-side request forgery).

The address is https, without a user and without a fragment. Its name is looked up here, every address of it must be one
of the open network or of those that the installation allows, and the connection goes to the address that was judged: a
name that says another a moment later leads nowhere. No redirect is followed, no proxy is asked, of an answer nothing but
its status counts.
"""

import re
import socket
import ssl
from collections.abc import Iterable, Mapping
from datetime import timedelta
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import NamedTuple
from urllib.parse import urlsplit

import anyio
import httpcore2

from api.settings import Network, Settings
from api.version import VERSION
from domain.errors import Malformed, Problem
from projections.webhooks import Failure

SECONDS = 20
"""Within how many seconds a receiver takes an event: from the look-up of its name to the end of the answer's head."""
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\.?", re.ASCII)
_NAT64 = IPv6Network("64:ff9b::/96")


class ReceiverRules(NamedTuple):
    """To what an installation sends, beside https to the open network: networks of its own, and plain http."""

    networks: tuple[Network, ...] = ()
    http: bool = False


NOTHING_OF_ITS_OWN = ReceiverRules()
"""The rules where nothing else is said: https, to the open network."""


def receiver_rules(settings: Settings) -> ReceiverRules:
    """The rules of an installation."""
    return ReceiverRules(settings.webhook_networks, settings.webhook_http)


class Receiver(NamedTuple):
    """A receiver whose address may be sent to, as far as it can be seen without looking it up."""

    url: str
    host: str


class Delivered(NamedTuple):
    """What became of a message: None where it was taken, else why not; and how long the receiver asks to be left alone."""

    failure: Failure | None
    retry_after: timedelta | None = None


class AddressNotAllowed(Exception):
    """A name leads to an address that nothing is sent to."""


def receiver_of(url: str, rules: ReceiverRules) -> Receiver:
    """The receiver that an address names; Malformed where nothing is sent there."""
    accepted = "un indirizzo https di rete pubblica, per esempio https://eventi.ente.example/in-itinere"
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise _refused(url, "non è un indirizzo", accepted) from None
    if parts.scheme != "https" and not (parts.scheme == "http" and rules.http):
        raise _refused(url, "non è https", accepted)
    if parts.username is not None or parts.password is not None or parts.fragment or port == 0 or "\\" in url:
        raise _refused(url, "ha un nome d'utente, un frammento o un carattere che non vi sta", accepted)
    try:
        literal = ip_address(host)
    except ValueError:
        # What ends in a number (0x7f.1, 2130706433) is an address to some libraries, and no name to anybody.
        last = host.rstrip(".").rpartition(".")[2]
        if _HOST.fullmatch(host) is None or re.fullmatch(r"[0-9]+|0x[0-9a-f]*", last):
            raise _refused(url, "non ha un nome di rete", accepted) from None
    else:
        if not is_allowed(literal, rules.networks):
            found = f"{host} non è un indirizzo di rete pubblica"
            raise _refused(url, found, f"{accepted}; o una rete di INITINERE_WEBHOOK_NETWORKS")
    shown = f"[{host}]" if ":" in host else host
    return Receiver(url, shown if port is None else f"{shown}:{port}")


def _refused(url: str, found: str, accepted: str) -> Malformed:
    scheme = url.partition("://")[0][:10]  # no more of it is said again: a part may be a secret
    return Malformed([Problem(where="url", found=f"{scheme}…: {found}", accepted=accepted)])


def is_allowed(address: IPv4Address | IPv6Address, networks: Iterable[Network]) -> bool:
    """Whether something may be sent to an address: one of the open network, or of the networks that are allowed.

    An address that holds another (mapped, translated, 6to4, Teredo) is judged by the one that it leads to, or refused.
    """
    if any(address.version == network.version and address in network for network in networks):
        return True
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return is_allowed(address.ipv4_mapped, networks)
        if address in _NAT64:
            return is_allowed(IPv4Address(int(address) & 0xFFFFFFFF), networks)
        if address.sixtofour is not None or address.teredo is not None or address.scope_id is not None:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


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
