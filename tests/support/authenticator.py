"""A device that makes passkeys and answers with them, and that can be told to lie."""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import encode_cbor

PRESENT, VERIFIED, MAY_BE_SYNCED, SYNCED, WITH_KEY = 1, 4, 8, 16, 64


def written(data: bytes) -> str:
    """Bytes as browsers write them."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def read(text: str) -> bytes:
    """Bytes as browsers write them, read."""
    return base64.urlsafe_b64decode(text + "==")


@dataclass
class Authenticator:
    """One passkey of one person, in the browser at an origin; what it says of itself may be altered."""

    origin: str
    host: str
    flags: int = PRESENT | VERIFIED
    count: int = 1
    handle: str = ""
    fmt: str = "none"
    statement: dict[str, Any] = field(default_factory=dict)
    signs_itself: bool = False
    client: dict[str, Any] = field(default_factory=dict)
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    def create(self, options: str) -> str:
        """What a browser answers to the options of a registration."""
        asked = json.loads(options)
        self.handle = asked["user"]["id"]
        numbers = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        said = self._said(self.flags | WITH_KEY)
        said += bytes(16) + len(self.id).to_bytes(2, "big") + self.id + encode_cbor(public)
        client = self._client("webauthn.create", asked["challenge"])
        statement = self.statement
        if self.signs_itself:
            statement = {"alg": -7, "sig": self._signature(said, client)}
        attestation = encode_cbor({"fmt": self.fmt, "authData": said, "attStmt": statement})
        response = {
            "clientDataJSON": written(client),
            "attestationObject": written(attestation),
            "transports": ["internal"],
        }
        return self._credential(response)

    def get(self, options: str) -> str:
        """What a browser answers to the options of a sign-in."""
        client = self._client("webauthn.get", json.loads(options)["challenge"])
        said = self._said(self.flags)
        response = {
            "clientDataJSON": written(client),
            "authenticatorData": written(said),
            "signature": written(self._signature(said, client)),
            "userHandle": self.handle,
        }
        return self._credential(response)

    def _signature(self, said: bytes, client: bytes) -> bytes:
        return self.key.sign(said + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))

    def _said(self, flags: int) -> bytes:
        return hashlib.sha256(self.host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client(self, kind: str, challenge: str) -> bytes:
        client = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(client | self.client).encode()

    def _credential(self, response: dict[str, Any]) -> str:
        text = written(self.id)
        return json.dumps({"id": text, "rawId": text, "type": "public-key", "response": response})
