"""The events of an installation itself: the keys that sign its checkpoints. Public halves only."""

from typing import Annotated

from pydantic import StringConstraints

from domain.event import Event, Occurrence
from domain.facts import Fact
from domain.names import Names

Origin = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9./-]{2,119}$")]
"""The name under which an installation signs: no blank, no plus sign (C2SP signed-note)."""

PublicKey = Annotated[str, StringConstraints(pattern=r"^[a-z0-9./-]+\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+$")]
"""A public key as C2SP signed-note writes it: name, key id, algorithm and key in base64."""

Base64 = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9+/]+=*$")]


class SigningKeyEvent(Occurrence):
    """What an event of a key has in common with the other."""

    origin: Origin
    key: PublicKey

    def facts(self) -> list[Fact]:
        return [Fact("installation", "origin", self.origin), Fact("installation", "key", self.key)]


class SigningKeyMade(SigningKeyEvent):
    """The first key of the installation was made."""

    topic = "signing-key-made"

    def sentence(self, names: Names) -> str:
        return f"Creata la chiave di firma {_key_id(self.key)} di {self.origin}"


class SigningKeyRotated(SigningKeyEvent):
    """Another key took the place of `before`, which signed the new one (`endorsement`).

    One of an earlier program may lack that signature: it declares what `signing-key-lost` declares.
    """

    topic = "signing-key-rotated"

    before: PublicKey
    endorsement: Base64 | None = None

    def sentence(self, names: Names) -> str:
        unsigned = "" if self.endorsement else " (senza la firma della precedente)"
        return f"Sostituita la chiave di firma {_key_id(self.before)} con {_key_id(self.key)}{unsigned}"


class SigningKeyLost(SigningKeyEvent):
    """The key `before` was declared lost: another took its place, and bears no signature of it."""

    topic = "signing-key-lost"

    before: PublicKey

    def sentence(self, names: Names) -> str:
        return f"Dichiarata perduta la chiave di firma {_key_id(self.before)}: al suo posto {_key_id(self.key)}"


def _key_id(key: str) -> str:
    return key.split("+")[1]


EVENTS: tuple[type[Event], ...] = (SigningKeyMade, SigningKeyRotated, SigningKeyLost)
