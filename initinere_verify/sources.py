"""What is verified, and what comes of it: a record as it lies, in a database or in a pack, and the verdict."""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from initinere_verify.trees import Checkpoint, Head, Key, printable


class Row(NamedTuple):
    """An event as it lies: its place in the log, its columns where there are any, its bytes."""

    position: int
    version: int
    topic: str | None
    state: bytes


class Others(NamedTuple):
    """What a pack shows instead of the streams of others: hashes alone.

    `nodes` of the tree over subjects, by checkpoint: a place and the hash of what it hides, or None where it hides
    nothing any more. `leaves` of the tree over streams, where a checkpoint of an earlier program has no other.
    """

    nodes: list[tuple[int, str, bytes | None]]
    leaves: list[tuple[int, int, bytes]]


class Record(NamedTuple):
    """What is verified: a database, or a pack; `whole` when every stream's events are there.

    `heads` holds only those that moved at each checkpoint. `leaves` gives the (version, hash) rows kept of a stream,
    `edges` its kept right edge; `proofs` are consistency proofs (first size, second size, path) of streams not there;
    `stamps` are time stamps over the notes of checkpoints, by number; `others` what is shown of streams that are not named.
    """

    checkpoints: list[tuple[int, str]]
    heads: list[Head]
    streams: list[str]
    rows: Callable[[str], Iterable[Row]]
    leaves: Callable[[str], list[tuple[int, bytes]]]
    edges: Mapping[str, tuple[int, bytes, bytes]] | None
    texts: Callable[[], Iterable[tuple[str, str, str | None]]]
    whole: bool
    proofs: Mapping[str, list[tuple[int, int, list[bytes]]]]
    stamps: Mapping[int, bytes]
    others: Others | None = None


class KeyInForce(NamedTuple):
    """A key, from the version of the installation's event that brought it in on; `lost` when the one before was lost."""

    version: int
    key: Key
    since: str
    lost: bool

    def sentence(self) -> str:
        """How it came into force, in Italian."""
        how = (
            "al posto di una dichiarata perduta, e SENZA la firma di quella"
            if self.lost
            else "firmata dalla precedente"
        )
        return f"Chiave {self.key} dal {self.since[:10]}" + (f", {how}." if self.version > 1 else ", la prima.")


class Verdict(NamedTuple):
    """What was verified, in numbers, and the statement; `published` is the key that was held against the succession."""

    events: int
    streams: int
    checkpoints: int
    texts: int
    redacted: list[str]
    uncovered: int
    last: Checkpoint | None
    against: Checkpoint | None
    new_streams: list[str]
    notes: list[str]
    keys: list[KeyInForce]
    published: Key | None = None

    def statement(self) -> str:
        """The outcome in Italian; nothing of it that comes from outside can steer a terminal."""
        lines = [f"VERIFICATO: {self.events} eventi di {self.streams} flussi, riletti e ricalcolati byte per byte."]
        lines += [f"ATTENZIONE: {entry.sentence()}" for entry in self.keys if entry.lost]
        if self.last:
            lines.append(f"Sono quelli firmati fino al {self.last}: nessuno alterato, tolto, aggiunto o spostato.")
        if self.against:
            lines.append(
                f"Tutto ciò che il {self.against}, consegnato dall'esterno, copriva è ancora lì, uguale e allo stesso posto."
            )
        else:
            lines.append(
                "Nessun checkpoint esterno è stato confrontato: la prova vale quanto la fiducia nella chiave pubblica."
            )
        lines.append(f"{self.checkpoints} checkpoint con firma valida; {self.texts} testi conformi alla loro impronta.")
        lines += [f"Testo oscurato per ordine: {redaction}." for redaction in self.redacted]
        if self.uncovered:
            lines.append(
                f"{self.uncovered} eventi sono successivi all'ultimo checkpoint, e nessuna firma li copre ancora."
            )
        if self.new_streams:
            lines.append(f"Flussi nuovi dopo il checkpoint consegnato: {', '.join(self.new_streams)}.")
        return "\n".join(printable(line) for line in [*lines, *self.notes, *self._keys()])

    def _keys(self) -> list[str]:
        """The first key, each that took its place, and what became of the one that was given."""
        if not self.keys:
            return []
        present = self.keys[-1].key
        lines = [entry.sentence() for entry in self.keys]
        if self.published is None:
            lines.append(f"Chiave pubblica da confrontare con quella pubblicata dall'ente: {present}")
        elif self.published == present:
            lines.append("La chiave data è quella in vigore, e ha firmato.")
        else:
            lines.append(
                f"La chiave data, {self.published.id.hex()}, fu sostituita: ogni successiva ne discende, firma per firma."
            )
        return lines
