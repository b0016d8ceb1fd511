"""API tokens: `iit_`, 43 characters of base62 that hold 256 random bits, 6 that are their checksum.

The beginning lets scanners of secrets recognise one that was left in a file or in a public place
(`iit_[0-9A-Za-z]{49}`); the checksum, the CRC-32 of all that stands before it, tells one that was mistyped or cut short
without asking the database. Of a token only the digest by the installation's key is ever stored.
"""

import hmac
import re
import secrets
from dataclasses import dataclass, field
from zlib import crc32

from api.access.credentials_key import CredentialsKey
from domain.errors import DomainError
from domain.patterns import regex

PREFIX = "iit_"
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
RANDOM_BITS = 256
RANDOM_CHARACTERS = 43
"""62^43 is the first power of 62 beyond 2^256."""
CHECKSUM_CHARACTERS = 6
_FORM = regex(f"{PREFIX}[0-9A-Za-z]{{{RANDOM_CHARACTERS + CHECKSUM_CHARACTERS}}}", re.ASCII)


class TokenMistyped(DomainError):
    """A text that cannot be a token of this product: of another form, or with a character that is wrong or missing."""

    name = "token_mistyped"
    title = "Token non valido"
    status = 401


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A whole token; printed, it says nothing. `text` is for the one answer that hands it over."""

    text: str = field(repr=False)


def mint_token() -> ApiToken:
    """A new token, at random."""
    body = PREFIX + _base62(secrets.randbits(RANDOM_BITS), RANDOM_CHARACTERS)
    return ApiToken(body + _checksum(body))


def parse_token(text: str) -> ApiToken:
    """The token that a text is; TokenMistyped for any other, which is never said again."""
    body, checksum = text[:-CHECKSUM_CHARACTERS], text[-CHECKSUM_CHARACTERS:]
    if _FORM.fullmatch(text) is None or not hmac.compare_digest(checksum, _checksum(body)):
        raise TokenMistyped(
            "il token non è di questo servizio, o è stato copiato male",
            accepted=f"{PREFIX} e 49 lettere e cifre, come il token fu mostrato",
        )
    return ApiToken(text)


def token_digest(key: CredentialsKey, token: ApiToken) -> str:
    """What is stored of a token, and by what it is looked up: 64 hexadecimal digits."""
    return key.digest("token", token.text)


def _base62(number: int, width: int) -> str:
    characters = []
    for _ in range(width):
        number, digit = divmod(number, len(DIGITS))
        characters.append(DIGITS[digit])
    return "".join(reversed(characters))


def _checksum(body: str) -> str:
    return _base62(crc32(body.encode()), CHECKSUM_CHARACTERS)
