"""What every answer says to a browser: what it may load, who may embed or read it, and what may be kept of it.

It stands here once, for pages and data, errors and files, and for what lies ready: the outermost layer puts it on.
"""

from collections.abc import Mapping
from types import MappingProxyType

from starlette.datastructures import MutableHeaders

SECURITY_HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "Content-Security-Policy": (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
            "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
        ),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",  # for browsers that do not know frame-ancestors
        # "no-referrer" would make browsers send forms of ours without their origin.
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": (
            "camera=(), geolocation=(), microphone=(), payment=(), usb=(), "
            "publickey-credentials-create=(self), publickey-credentials-get=(self)"
        ),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
)

_ENCODED = tuple((name.lower().encode(), value.encode()) for name, value in SECURITY_HEADERS.items())
_NAMES = frozenset(name for name, _ in _ENCODED)

STRICT_TRANSPORT = "max-age=31536000"
"""A year of nothing but TLS. Other names beneath this one are the body's own affair."""

NO_STORE, ASK_AGAIN = "no-store", "no-cache"


def put_security_headers(headers: MutableHeaders, *, is_secure: bool) -> None:
    """Puts on an answer what every answer says; `is_secure`: TLS stands in front."""
    headers.raw[:] = [said for said in headers.raw if said[0] not in _NAMES]
    headers.raw.extend(_ENCODED)
    if is_secure:
        headers["Strict-Transport-Security"] = STRICT_TRANSPORT
    kept = headers.setdefault("Cache-Control", NO_STORE)
    if "public" not in kept:
        headers.add_vary_header("Cookie, Authorization")


def keep_to_oneself(headers: MutableHeaders) -> None:
    """Says of an answer to somebody who signed in that no cache but its own client's may keep it.

    What may be asked again by its tag stays so, for that client alone; anything else is kept nowhere.
    """
    kept = headers.get("Cache-Control", NO_STORE)
    if "public" in kept or "private" in kept:
        return
    headers["Cache-Control"] = f"private, {ASK_AGAIN}" if kept == ASK_AGAIN and "etag" in headers else NO_STORE
