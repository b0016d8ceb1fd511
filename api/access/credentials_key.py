"""The key of the installation's credentials: what is stored of a token or a link is good for nothing without it.

Who reads the database finds HMACs; who has the key too could still only try, one by one, values of 256 random bits. What
the key adds is that nobody who can write to the database alone can put a credential there that opens anything.
"""

import base64
import binascii
import hmac
import secrets
from pathlib import Path
from typing import Literal

from projections.proof.keys import KeyUnusable, private_text, write_private

_BEGINNING = "PRIVATE+KEY+credentials+"
_BYTES = 32

SecretKind = Literal["token", "link", "session", "identity", "device", "attempt", "form", "webhook"]
"""What a digest is of: the digest of one kind is never that of another."""


class CredentialsKey:
    """256 random bits that say nothing of themselves, not even when they are printed; `id` may be told to anybody."""

    __slots__ = ("_key", "id")

    def __init__(self, key: bytes) -> None:
        self._key = key
        self.id = hmac.digest(key, b"initinere id", "sha256").hex()[:8]

    def __repr__(self) -> str:
        return f"CredentialsKey({self.id})"

    def digest(self, kind: SecretKind, secret: str) -> str:
        """What is stored of a secret: its HMAC-SHA256, 64 hexadecimal digits."""
        return hmac.digest(self._key, f"initinere {kind} {secret}".encode(), "sha256").hex()


def make_credentials_key() -> CredentialsKey:
    """A new key, at random, for as long as the process: an archive in memory has no file beside it."""
    return CredentialsKey(secrets.token_bytes(_BYTES))


def credentials_key_path(signing_key: Path) -> Path:
    """Where the key lies: beside the one that signs, under its name."""
    return signing_key.with_name(f"{signing_key.name}.credentials")


def credentials_key(path: Path) -> CredentialsKey:
    """The key in a file, made where there is none: of several processes that make one at once, all take the first.

    KeyUnusable where it is no key, where others may read it, or where none can be written.
    """
    key = _read(path)
    if key is None:
        write_private(path, f"{_BEGINNING}{base64.b64encode(secrets.token_bytes(_BYTES)).decode()}\n")
        key = _read(path)
    if key is None:
        raise KeyUnusable(f"la chiave {path} è sparita mentre era letta", accepted="un file che resta")
    return key


def _read(path: Path) -> CredentialsKey | None:
    line = private_text(path)
    if line is None:
        return None
    try:
        key = base64.b64decode(line.removeprefix(_BEGINNING), validate=True)
    except binascii.Error:
        key = b""
    if not line.startswith(_BEGINNING) or len(key) != _BYTES:
        raise KeyUnusable(f"il file {path} non contiene la chiave delle credenziali", accepted="il file come fu creato")
    return CredentialsKey(key)
