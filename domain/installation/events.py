"""The events of an installation itself: the keys that sign its checkpoints. Public halves only."""

from typing import Annotated

from pydantic import StringConstraints

from domain.event import Event

Origin = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9./-]{2,119}$")]
"""The name under which an installation signs: no blank, no plus sign (C2SP signed-note)."""

PublicKey = Annotated[str, StringConstraints(pattern=r"^[a-z0-9./-]+\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+$")]
"""A public key as C2SP signed-note writes it: name, key id, algorithm and key in base64."""

Base64 = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9+/]+=*$")]


class SigningKeyMade(Event):
    """The first key of the installation was made."""

    topic = "signing-key-made"

    origin: Origin
    key: PublicKey


class SigningKeyRotated(Event):
    """Another key took the place of `before`, which signed the new one while it was there (`endorsement`)."""

    topic = "signing-key-rotated"

    origin: Origin
    key: PublicKey
    before: PublicKey
    endorsement: Base64 | None = None
