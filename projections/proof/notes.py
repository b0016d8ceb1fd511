"""Signed notes and checkpoints, in the forms of C2SP (c2sp.org/signed-note, c2sp.org/tlog-checkpoint), with Ed25519."""

import base64
import binascii
import hashlib
from datetime import datetime
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from domain.errors import Malformed, Problem
from projections.store.envelope import read_instant, write_instant

ALGORITHM = b"\x01"
"""Ed25519, in the registry of signed-note."""

DASH = "\N{EM DASH} "


def encode(data: bytes) -> str:
    """Base64 as the forms want it."""
    return base64.b64encode(data).decode()


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


class Signing(NamedTuple):
    """A key, whole; the seed is its 32 secret bytes."""

    name: str
    seed: bytes

    @property
    def verifying(self) -> Verifying:
        """The public half."""
        return Verifying(self.name, Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw())

    def sign(self, text: bytes) -> bytes:
        """The signature over a text: the same for the same text."""
        return Ed25519PrivateKey.from_private_bytes(self.seed).sign(text)

    def note(self, text: str) -> str:
        """A signed note: the text, an empty line, the signature line. The text ends with a newline."""
        signed = encode(key_id(self.name, self.verifying.public) + self.sign(text.encode()))
        return f"{text}\n{DASH}{self.name} {signed}\n"


def read_public(text: str) -> Verifying:
    """The public key that a line says; Malformed when it is none, or its id is not its own."""
    name, _, rest = text.strip().partition("+")
    named, _, coded = rest.partition("+")
    try:
        data = base64.b64decode(coded, validate=True)
    except binascii.Error:
        data = b""
    if data[:1] != ALGORITHM or len(data) != 33 or key_id(name, data[1:]).hex() != named:
        raise Malformed(
            [Problem(where="key", found=f"{text[:80]!r} non è una chiave pubblica", accepted="nome+id+base64")]
        )
    return Verifying(name, data[1:])


class CheckpointText(NamedTuple):
    """What a checkpoint says: whose it is, how many streams, the root over their heads.

    Beside it, for people: its number, the events that it covers, when it was made and on what occasion.
    """

    origin: str
    streams: int
    root: bytes
    number: int
    events: int
    made_at: datetime
    occasion: str

    def body(self) -> str:
        """The text that is signed (tlog-checkpoint, Note text); the last four lines are extension lines."""
        return (
            f"{self.origin}\n{self.streams}\n{encode(self.root)}\nnumber {self.number}\nevents {self.events}\n"
            f"made_at {write_instant(self.made_at)}\noccasion {self.occasion}\n"
        )


def read_checkpoint(note: str) -> CheckpointText:
    """The checkpoint that a note holds, its signature not yet looked at; Malformed when it is none."""
    text, blank, _ = note.partition("\n\n")
    lines = text.split("\n")
    try:
        if not blank or len(lines) < 3:
            raise ValueError  # noqa: TRY301 - one way out for everything that is no checkpoint
        extensions = dict(line.split(" ", 1) for line in lines[3:])
        return CheckpointText(
            origin=lines[0],
            streams=int(lines[1]),
            root=base64.b64decode(lines[2], validate=True),
            number=int(extensions["number"]),
            events=int(extensions["events"]),
            made_at=read_instant(extensions["made_at"]),
            occasion=extensions["occasion"],
        )
    except (KeyError, ValueError):
        raise Malformed(
            [Problem(where="checkpoint", found="il testo non è un checkpoint", accepted="le righe così come stampate")]
        ) from None
