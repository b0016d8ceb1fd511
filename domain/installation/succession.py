"""The succession of an installation's signing keys: one at a time, each brought in by the one before."""

from collections.abc import Sequence

from domain.errors import Refusal
from domain.event import Event
from domain.installation.events import SigningKeyLost, SigningKeyMade, SigningKeyRotated
from domain.proof.public_keys import Verifying, decoded_base64, key_id, read_public

INSTALLATION = "installation"
"""The stream of the installation itself."""


class SuccessionBroken(Refusal):
    """An event of a signing key that does not follow from the keys before it."""

    name = "key_succession_broken"
    title = "Successione delle chiavi di firma spezzata"


def endorsed(public: str) -> bytes:
    """The text that a key signs when it hands over to another."""
    return f"in-itinere: la chiave che segue prende il posto di questa\n{public}\n".encode()


def require_key_in_place(event: Event, stream: str, version: int, former: Sequence[Verifying]) -> None:
    """Holds an event that is to be recorded at a place against the keys before it; SuccessionBroken where it breaks them.

    The first event of the installation makes the first key, and no other event makes one. A later key is a new one of
    the same origin; the key in force signs it or, where it is lost, the event says so.
    """
    first = stream == INSTALLATION and version == 1
    if first != isinstance(event, SigningKeyMade):
        words = "la prima chiave è il primo evento dell'installazione, e nessun altro"
        raise _broken(f"{words}: non l'evento {version} di {stream}")
    if not isinstance(event, SigningKeyMade | SigningKeyRotated | SigningKeyLost):
        return
    if stream != INSTALLATION:
        raise _broken(f"{stream} non è il flusso dell'installazione")
    key = read_public(event.key)
    if key.name != event.origin or any(key.name != earlier.name for earlier in former):
        raise _broken(f"la chiave {short_id(key)} è di un'altra origine, {key.name}")
    if key in former:
        raise _broken(f"la chiave {short_id(key)} c'era già")
    if isinstance(event, SigningKeyMade):
        return
    if not former or event.before != str(former[-1]):
        in_force = short_id(former[-1]) if former else "nessuna"
        raise _broken(f"la chiave in vigore è {in_force}, non {event.before[:80]}")
    if isinstance(event, SigningKeyRotated):
        signature = decoded_base64(event.endorsement or "")
        if signature is None or not former[-1].verifies(signature, endorsed(event.key)):
            raise _broken(f"la chiave in vigore, {short_id(former[-1])}, non ha firmato la {short_id(key)}")


def short_id(key: Verifying) -> str:
    """A key, named by its id."""
    return key_id(key.name, key.public).hex()


def _broken(problem: str) -> SuccessionBroken:
    return SuccessionBroken(problem, accepted="initinere keys rotate; --lost, se la chiave è perduta")
