"""From where a request comes: who is connected or, where that is a proxy of ours, whom it says that it speaks for.

Whatever a client writes into a header of that kind stands to the left of what our proxies add: the answer is the
rightmost address that is none of them.
"""

import re
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import NamedTuple

from starlette.datastructures import Headers
from starlette.types import Scope

from api.settings import Network, ProxyHeader, Settings
from domain.patterns import regex

FORWARDED_FOR = regex(r'(?:^|;)\s*for\s*=\s*"?([^";]*)"?', re.IGNORECASE)
BRACKETED = regex(r"\[([^\]]*)\](?::\d*)?")
WITH_PORT = regex(r"([0-9.]+):\d+")
MOST_HOPS = 20
"""Proxies of ours that may stand one behind the other; what stands further to the left is not looked at."""


class TrustedProxies(NamedTuple):
    """The proxies that are believed when they say for whom they ask, and the one header in which they say it."""

    networks: tuple[Network, ...] = ()
    header: ProxyHeader = "x-forwarded-for"

    @classmethod
    def of(cls, settings: Settings) -> "TrustedProxies":
        """The proxies that an installation declares."""
        return cls(settings.proxies, settings.proxy_header)

    def trusts(self, address: str) -> bool:
        """Whether an address is of one of them."""
        if not self.networks:
            return False
        parsed = _address(address)
        return parsed is not None and any(parsed in network for network in self.networks)

    def client_of(self, scope: Scope) -> str:
        """The address of whoever asks; of the proxy itself, where it says nothing that can be read."""
        peer = str((scope.get("client") or ("",))[0])
        if not self.trusts(peer):
            return peer
        client = peer
        for hop in reversed(self._hops(Headers(scope=scope))):
            parsed = _address(hop)
            if parsed is None:
                return client
            client = str(parsed)
            if not self.trusts(client):
                return client
        return client

    def _hops(self, headers: Headers) -> list[str]:
        lines = ",".join(headers.getlist(self.header)).split(",")[-MOST_HOPS:]
        if self.header == "x-forwarded-for":
            return [line.strip() for line in lines if line.strip()]
        matches = [FORWARDED_FOR.search(line) for line in lines]
        return [match[1].strip() if match else "" for match in matches]


@lru_cache(maxsize=4096)
def counted_as(address: str) -> str:
    """As what an address is counted: itself or, of the sixth version, its network of 64 bits, which one client has whole."""
    parsed = _address(address)
    return str(ip_network((parsed, 64), strict=False)) if isinstance(parsed, IPv6Address) else address


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """An address, with or without a port; of the fourth version where the sixth only carries it."""
    match = BRACKETED.fullmatch(text) or WITH_PORT.fullmatch(text)
    try:
        parsed = ip_address(match[1] if match else text)
    except ValueError:
        return None
    return (parsed.ipv4_mapped if isinstance(parsed, IPv6Address) else None) or parsed
