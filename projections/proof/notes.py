"""Signed notes and checkpoints, in the forms of C2SP (c2sp.org/signed-note, c2sp.org/tlog-checkpoint), with Ed25519."""

import base64
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from domain.errors import Malformed, Problem
from domain.proof.public_keys import Verifying, decoded_base64, encode, key_id
from projections.store.envelope import read_instant, write_instant

DASH = "\N{EM DASH} "


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
    subjects: bytes | None = None
    """The root over the subjects; None in a checkpoint of an earlier program."""

    def body(self) -> str:
        """The text that is signed (tlog-checkpoint, Note text); those after the third are extension lines."""
        return (
            f"{self.origin}\n{self.streams}\n{encode(self.root)}\nnumber {self.number}\nevents {self.events}\n"
            f"made_at {write_instant(self.made_at)}\noccasion {self.occasion}\n"
        ) + ("" if self.subjects is None else f"subjects {encode(self.subjects)}\n")


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
            subjects=base64.b64decode(extensions["subjects"], validate=True) if "subjects" in extensions else None,
        )
    except (KeyError, ValueError):
        raise Malformed(
            [Problem(where="checkpoint", found="il testo non è un checkpoint", accepted="le righe così come stampate")]
        ) from None


def signer_of(note: str, keys: Iterable[Verifying]) -> Verifying | None:
    """The key among these that signed a note; None where none did."""
    text, _, signatures = note.partition("\n\n")
    for line in signatures.splitlines():
        name, _, signed = line.removeprefix(DASH).rpartition(" ")
        data = decoded_base64(signed) or b""
        for key in keys:
            same_key = line.startswith(DASH) and (name, data[:4]) == (key.name, key_id(key.name, key.public))
            if same_key and key.verifies(data[4:], f"{text}\n".encode()):
                return key
    return None
