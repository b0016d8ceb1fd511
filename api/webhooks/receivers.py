"""To which receivers somebody may have events sent: the address is https, without a user and without a fragment.

What its name leads to is judged when something is sent (`sending`).
"""

import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import NamedTuple
from urllib.parse import urlsplit

from api.settings import Network, Settings
from domain.errors import Malformed, Problem
from domain.patterns import regex

_HOST = regex(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\.?", re.ASCII)
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
