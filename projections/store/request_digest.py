"""The digest of a request, as its receipt holds it: salted, so that a guess of what was asked is not confirmed.

`salted:SALT:DIGEST`. What the first event of an append carries is taken over the digest of the salt, so that the salt
can go with words that are redacted and the receipt is proved still. Receipts of older programs hold a bare digest,
which goes whole; what goes leaves a mark.
"""

import hashlib
import hmac
import secrets

_SALTED, _BLINDED = "salted:", "blinded:"
BARE_BLINDED = "blinded"
"""What stands for the digest of a request without a salt, after a redaction."""


def salted(digest: str) -> str:
    """The digest of a request with a new salt, as a receipt holds it."""
    salt = secrets.token_hex(32)
    return f"{_SALTED}{salt}:{_over(salt, digest)}"


def is_of(stored: str, digest: str) -> bool:
    """Whether a receipt holds the digest of this request."""
    kind, salt, expected = _parts(stored)
    return hmac.compare_digest(
        expected.encode(errors="surrogateescape"), (_over(salt, digest) if kind else digest).encode()
    )


def blinded(stored: str) -> str:
    """What is left of it when words of the request are redacted; nothing, where the program itself recorded."""
    kind, salt, digest = _parts(stored)
    if not stored or is_blinded(stored):
        return stored
    return f"{_BLINDED}{_digest(salt)}:{digest}" if kind else BARE_BLINDED


def is_blinded(stored: str) -> bool:
    """Whether words of the request were redacted: no request is known to be the same any more."""
    return stored == BARE_BLINDED or stored.startswith(_BLINDED)


def commitment(stored: str) -> str:
    """What events are bound to: the same before and after a redaction, where there is a salt."""
    return blinded(stored) if stored.startswith(_SALTED) else stored


def _parts(stored: str) -> tuple[str, str, str]:
    if not stored.startswith(_SALTED):
        return "", "", stored
    salt, _, digest = stored.removeprefix(_SALTED).partition(":")
    return _SALTED, salt, digest


def _over(salt: str, digest: str) -> str:
    return _digest(f"{salt}{digest}")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()
