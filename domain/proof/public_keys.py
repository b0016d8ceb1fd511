"""Public keys that sign notes, in the form of C2SP signed-note, with Ed25519 (RFC 8032)."""

import base64
import binascii
import hashlib
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from domain.errors import Malformed, Problem

ALGORITHM = b"\x01"
"""Ed25519, in the registry of signed-note."""


def encode(data: bytes) -> str:
    """Base64 as the forms want it."""
    return base64.b64encode(data).decode()


def decoded_base64(text: str) -> bytes | None:
    """The bytes that a text spells in base64; None where it is none."""
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        return None


def key_id(name: str, public: bytes) -> bytes:
    """The four bytes that name a key: SHA-256(name || newline || algorithm || key), cut (signed-note, Signatures)."""
    return hashlib.sha256(name.encode() + b"\n" + ALGORITHM + public).digest()[:4]


class Verifying(NamedTuple):
    """The public half of a key, under the name that it signs for."""

    name: str
    public: bytes

    def __str__(self) -> str:
        return f"{self.name}+{key_id(self.name, self.public).hex()}+{encode(ALGORITHM + self.public)}"

    def verifies(self, signature: bytes, text: bytes) -> bool:
        """Whether the key made the signature over the text."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text)
        except (InvalidSignature, ValueError):
            return False
        return True


def read_public(text: str) -> Verifying:
    """The public key that a line says; Malformed when it is none, or its id is not its own."""
    name, _, rest = text.strip().partition("+")
    named, _, coded = rest.partition("+")
    data = decoded_base64(coded) or b""
    if data[:1] != ALGORITHM or len(data) != 33 or key_id(name, data[1:]).hex() != named:
        raise Malformed(
            [Problem(where="key", found=f"{text[:80]!r} non è una chiave pubblica", accepted="nome+id+base64")]
        )
    return Verifying(name, data[1:])
