"""The succession of signing keys, from the installation's own events: who may sign when, and who vouches for whom."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from initinere_verify.sources import KeyInForce, Row
from initinere_verify.trees import Checkpoint, Failed, Head, Key, by_name_and_id, decoded, read_key, strict

INSTALLATION = "installation"
KEY_TOPICS = {"signing-key-made", "signing-key-rotated", "signing-key-lost"}


class Anchor(NamedTuple):
    """A public key that a reader trusts, and where it comes from."""

    key: Key
    where: str


class Trusted(NamedTuple):
    """What a reader trusts beside a checkpoint handed over: `published` by the body; with the archive, its key and `kept`.

    `holder` is the key that lies beside the archive, `kept` the last checkpoint that it signed.
    """

    published: Key | None = None
    holder: Key | None = None
    kept: Checkpoint | None = None


class Succession(NamedTuple):
    """The keys in their order, the present one last; `fault` is the first event that breaks their succession."""

    keys: list[KeyInForce]
    fault: Failed | None

    def all(self) -> list[Key]:
        """Every key that an event names."""
        return [entry.key for entry in self.keys]

    def check(self, checkpoints: list[Checkpoint], heads: list[Head], anchors: list[Anchor]) -> None:
        """Failed where the succession is broken, or a checkpoint is not signed by the key in force where it stands.

        `heads` are those of the installation's stream. Of each anchor the key has signed, or one that follows from it
        signature by signature: a key that was declared lost vouches for nothing that comes after.
        """
        if self.fault is not None:
            raise self.fault
        in_force = self._in_force(checkpoints, heads)
        for checkpoint, place in zip(checkpoints, in_force, strict=True):
            where = f"checkpoint n. {checkpoint.number} dell'archivio"
            checkpoint.signed_by(by_name_and_id([self.keys[place].key] if place >= 0 else []), where)
            if checkpoint.origin != self.keys[place].key.name:
                raise Failed("other_key", where, f"l'origine {self.keys[place].key.name}", checkpoint.origin)
        for anchor in anchors:
            self._vouched(anchor, in_force[-1] if in_force else None)

    def _in_force(self, checkpoints: list[Checkpoint], heads: list[Head]) -> list[int]:
        """The place of the key in force at each checkpoint: the last that it covers; -1 where it covers none."""
        sizes = {head.number: head.size for head in heads}
        places, size, place = [], 0, -1
        for checkpoint in checkpoints:
            size = sizes.get(checkpoint.number, size)
            while place + 1 < len(self.keys) and self.keys[place + 1].version <= size:
                place += 1
            places.append(place)
        return places

    def _vouched(self, anchor: Anchor, signer: int | None) -> None:
        where, name = anchor.where, anchor.key.id.hex()
        if anchor.key not in self.all():
            actual = ", ".join(key.id.hex() for key in self.all()) or "nessuna"
            raise Failed("other_key", where, f"la chiave {name} fra quelle del registro", actual)
        place = self.all().index(anchor.key)
        if lost := next((entry for entry in self.keys[place + 1 :] if entry.lost), None):
            actual = f"la chiave {lost.key.id.hex()}, dal {lost.since[:10]}, non porta la firma di quella prima, dichiarata perduta"
            expected = (
                f"chiavi che discendano, firma per firma, dalla {name}; o quella che l'ente pubblica ora, con --key"
            )
            raise Failed("key_lost", where, expected, actual)
        if signer is None or signer < place:
            actual = "nessun checkpoint"
            if signer is not None:
                actual = f"l'ultimo checkpoint è firmato dalla {self.keys[signer].key.id.hex()}, che la precede"
            raise Failed(
                "other_key", where, f"un checkpoint firmato dalla chiave {name}, o da una che ne discenda", actual
            )


def succession_of(rows: Iterable[Row]) -> Succession:
    """The succession as the events of the installation say it, in the order of versions; their bytes are not yet verified.

    The first event makes the first key, and no other event makes one. Each later key is a new one of the same origin,
    brought in by an event that names the one before, and bears its signature (RFC 8032) unless that was lost.
    """
    keys: list[KeyInForce] = []
    former: set[Key] = set()
    fault: Failed | None = None
    for row in rows:
        where = f"{INSTALLATION}, evento {row.version}"
        try:
            event = strict(row.state)
            if event["topic"] not in KEY_TOPICS:
                if row.version == 1:
                    fault = fault or _broken(where, "la prima chiave", f"un evento {event['topic']}")
                continue
            entry = KeyInForce(row.version, read_key(event["body"]["key"]), str(event["recorded_at"]), lost=False)
            problem = _problem(row, event, entry, keys[-1].key if keys else None, former)
            keys.append(entry._replace(lost=_is_loss(event)))
            former.add(entry.key)
        except (KeyError, TypeError, ValueError, AttributeError):
            fault = fault or _broken(where, "una chiave nella forma di signed-note", "altro")
            continue
        if problem is not None:
            fault = fault or _broken(where, *problem)
    return Succession(keys, fault)


def key_event_elsewhere(stream: str, event: Mapping[str, Any]) -> Failed | None:
    """The failure that an event of a key is in any other stream than the installation's."""
    if stream == INSTALLATION or event.get("topic") not in KEY_TOPICS:
        return None
    return _broken(
        f"{stream}, evento {event.get('version')}", f"chiavi nel flusso {INSTALLATION} soltanto", event["topic"]
    )


def _problem(
    row: Row, event: Mapping[str, Any], entry: KeyInForce, previous: Key | None, former: set[Key]
) -> tuple[str, str] | None:
    """What was expected of an event that brings a key, and what it is; None where it follows."""
    body, key = event["body"], entry.key
    if (event["topic"] == "signing-key-made") != (row.version == 1):
        return "una sola prima chiave, nel primo evento", f"{event['topic']} all'evento {row.version}"
    if key.name != body["origin"] or (previous is not None and key.name != previous.name):
        return f"una chiave dell'origine {previous.name if previous else body['origin']}", f"origine {key.name}"
    if key in former:
        return "una chiave nuova", f"la chiave {key.id.hex()}, che c'era già"
    if previous is None:
        return None
    if read_key(body["before"]) != previous:
        return f"al posto della chiave in vigore, {previous.id.hex()}", f"al posto di {body['before']}"
    if _is_loss(event):
        return None
    text = f"in-itinere: la chiave che segue prende il posto di questa\n{body['key']}\n".encode()
    if not previous.verifies(decoded(body["endorsement"]), text):
        return f"la firma della chiave in vigore, {previous.id.hex()}, sulla nuova", "una firma non valida"
    return None


def _is_loss(event: Mapping[str, Any]) -> bool:
    """Whether it declares a key lost; an earlier program left the signature out of the rotation instead."""
    unsigned = event["topic"] == "signing-key-rotated" and not event["body"].get("endorsement")
    return unsigned or event["topic"] == "signing-key-lost"


def _broken(where: str, expected: str, actual: str) -> Failed:
    return Failed("broken_succession", where, expected, actual)
