"""One-time links: what lets a person in who has no credential yet, once and for a short time.

A link is a secret in an address: 256 random bits, of which only a digest is stored. Programs open links too (filters of
mail, previews of messages), so one is used by the form on its page and never by opening the page.
"""

import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from api.access.credentials_key import CredentialsKey
from domain.errors import DomainError
from domain.patterns import regex
from domain.vocabulary import Frozen

LINK_LASTS = timedelta(hours=24)
_FORM = regex(r"[A-Za-z0-9_-]{43}", re.ASCII)
_AGAIN = "un link nuovo, da chi amministra il servizio"


class LinkRefused(DomainError):
    """A one-time link that is not one of this installation, was used already, or came too late."""

    name = "link_refused"
    title = "Link non valido"
    status = 403


@dataclass(frozen=True, slots=True)
class LinkSecret:
    """What makes a link; printed, it says nothing. `text` is for the one address that hands it over."""

    text: str = field(repr=False)


class OneTimeLink(Frozen):
    """What is stored of a link: whose it is, until when, and whether it was used. `digest` is its key."""

    digest: str
    account: str
    expires_at: datetime
    used_at: datetime | None = None


def mint_link(
    key: CredentialsKey, account: str, now: datetime, lasts: timedelta = LINK_LASTS
) -> tuple[LinkSecret, OneTimeLink]:
    """A new link for an account: the secret of its address, and what is stored of it."""
    secret = LinkSecret(secrets.token_urlsafe(32))
    return secret, OneTimeLink(digest=link_digest(key, secret), account=account, expires_at=now + lasts)


def parse_link(text: str) -> LinkSecret:
    """The secret that a text of an address is; LinkRefused for what cannot be one."""
    if _FORM.fullmatch(text) is None:
        raise LinkRefused("il link non è intero", accepted="l'indirizzo come fu mostrato, fino all'ultimo segno")
    return LinkSecret(text)


def link_digest(key: CredentialsKey, secret: LinkSecret) -> str:
    """What is stored of a link, and by what it is looked up: 64 hexadecimal digits."""
    return key.digest("link", secret.text)


def require_usable(link: OneTimeLink | None, now: datetime) -> OneTimeLink:
    """The link that was found by its digest, if it may be used now; LinkRefused otherwise, None included."""
    if link is None:
        raise LinkRefused("questo link non c'è", accepted=_AGAIN)
    if link.used_at is not None:
        raise LinkRefused("questo link è già stato usato", accepted=_AGAIN)
    if link.expires_at <= now:
        raise LinkRefused("questo link è scaduto", accepted=_AGAIN)
    return link


def use_link(link: OneTimeLink | None, now: datetime) -> OneTimeLink:
    """The link as it is stored once used; whoever stores it does so only where `used_at` is still empty."""
    return require_usable(link, now).model_copy(update={"used_at": now})
