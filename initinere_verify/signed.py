"""What was signed: the checkpoints of a record, the one from outside, the trees over all heads."""

import base64
from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from itertools import count, pairwise
from typing import TypeVar

from initinere_verify.diagnosis import diagnose
from initinere_verify.slots import Slots, address_of, subject_leaf, subject_of
from initinere_verify.sources import Others, Record
from initinere_verify.trees import (
    Checkpoint,
    Failed,
    Head,
    Key,
    Keys,
    SortedTree,
    consistent,
    read_checkpoint,
    utf8,
)

T = TypeVar("T")
MOST_NODES = 5_000
"""Nodes of the installation's tree that are computed for each head and each checkpoint, at most, on average."""


def own_checkpoint(number: int, note: str, place: int, keys: Keys) -> Checkpoint:
    """A checkpoint that the record holds: its form (tlog-checkpoint), its signature (signed-note), its number."""
    where = f"checkpoint n. {number} dell'archivio"
    try:
        checkpoint = read_checkpoint(note, where)
        if keys:
            checkpoint.signed_by(keys, where)
    except (Failed, ValueError) as error:
        actual = error.found if isinstance(error, Failed) else "un testo che non è un checkpoint"
        raise Failed("tree_altered", where, "il checkpoint come fu firmato", actual) from None
    if not note.startswith(f"{checkpoint.text}\n\N{EM DASH} ") or note.count("\n") != checkpoint.text.count("\n") + 2:
        raise Failed("tree_altered", where, "il solo testo firmato, e la sua firma", note)
    if not checkpoint.number == number == place:
        raise Failed("tree_altered", where, f"il checkpoint n. {place}", f"n. {checkpoint.number}")
    return checkpoint


def handed_over(
    record: Record, against: Checkpoint | None, checkpoints: list[Checkpoint], keys: Keys,
    known_leaves: Mapping[str, list[bytes]], marks: Mapping[str, list[Head]], label: str = "checkpoint consegnato",
) -> Key | None:  # fmt: skip
    """Is the checkpoint from outside one that this record made? If not, says what became of it; the key that signed it."""
    if against is None:
        return None
    where = f"{label}, n. {against.number}"
    if checkpoints and against.origin not in {checkpoints[-1].origin, *(name for name, _ in keys)}:
        raise Failed("other_installation", where, f"origine {against.origin}", f"origine {checkpoints[-1].origin}")
    beyond = bool(checkpoints) and checkpoints[-1].number < against.number
    if not record.whole and beyond:
        actual = (
            f"il fascicolo si regge sul {checkpoints[-1]}: di ciò che venne dopo non dice nulla. Se ne prenda uno nuovo"
        )
        raise Failed("older_pack", where, f"un fascicolo che giunga al {against}", actual)
    signer: Key | None = None
    try:
        signer = against.signed_by(keys, where)
    except Failed as error:
        if not (beyond and error.kind == "other_key"):  # its key may have come in after the record was cut off
            raise
    identity = (against.number, against.root, against.subjects)
    if any((checkpoint.number, checkpoint.root, checkpoint.subjects) == identity for checkpoint in checkpoints):
        return signer
    for stream, leaves in known_leaves.items():  # an older pack names the event
        rows = list(record.rows(stream)) if stream in record.streams else []
        diagnose(stream, rows, leaves, f"il {against}")
    last_checkpoint = checkpoints[-1] if checkpoints else None
    present = sum(heads[-1].size for heads in marks.values())
    if last_checkpoint is None or last_checkpoint.number < against.number:
        expected = f"almeno {against.events} eventi in {against.streams} flussi"
        if present < against.events or last_checkpoint is None:
            raise Failed(
                "truncated",
                where,
                expected,
                f"{present} eventi; l'ultimo stato firmato è {last_checkpoint or 'nessuno'}",
            )
        raise Failed(
            "tree_altered", where, f"il {against}", f"l'ultimo checkpoint dell'archivio è il {last_checkpoint}"
        )
    own = checkpoints[against.number - 1]
    expected = f"radice {base64.b64encode(against.root).decode()}"
    raise Failed(
        "rewritten", where, expected, f"radice {base64.b64encode(own.root).decode()}, firmata il {own.made_at}"
    )


def installation_trees(checkpoints: list[Checkpoint], heads: list[Head], others: Others | None) -> None:
    """At each checkpoint the roots over the heads are the ones signed: of the tree over streams, of that over subjects.

    The first is over all streams, sorted by name (RFC 9162, 2.1.1), the second has each subject in its slot. Where
    `others` are hidden, the first is worked out as far only as no checkpoint has the second.
    """
    before = [checkpoint for checkpoint in checkpoints if checkpoint.subjects is None]
    for place, checkpoint in enumerate(checkpoints, 1):
        if checkpoint.subjects is None and len(before) < place:
            where = f"checkpoint n. {checkpoint.number} dell'archivio"
            raise Failed("tree_altered", where, "la radice dei soggetti, come nei precedenti", "nessuna")
    if others is None:
        _tree_of_streams(checkpoints, heads, {head.stream: utf8(head.stream) for head in heads}, [])
    else:
        if len(before) == len(checkpoints):
            raise Failed("tree_altered", "ultimo checkpoint", "la radice dei soggetti", "nessuna")
        early = [head for head in heads if head.number <= len(before)]
        places = _places({head.stream for head in early}, {place for _, place, _ in others.leaves})
        _tree_of_streams(before, early, places, others.leaves)
    _tree_of_subjects(checkpoints, heads, others.nodes if others else [])


def _places(shown: set[str], hidden: set[int]) -> dict[str, bytes]:
    """The keys of the streams that are shown: sorted by name, they have the places that are not those of hidden ones."""
    free = (place for place in count() if place not in hidden)
    return {stream: place.to_bytes(8, "big") for stream, place in zip(sorted(shown, key=utf8), free, strict=False)}


def _tree_of_streams(
    checkpoints: list[Checkpoint], heads: list[Head], keys: Mapping[str, bytes], hidden: list[tuple[int, int, bytes]]
) -> None:
    sizes: dict[str, int] = {}
    held: set[bytes] = set()
    tree = SortedTree()
    pending = deque(sorted(heads, key=lambda head: head.number))
    pending_hidden = deque(sorted(hidden))
    for checkpoint in checkpoints:
        for head in _upto(pending, checkpoint.number, lambda head: head.number):
            if head.size <= sizes.get(head.stream, 0):
                raise Failed(
                    "tree_altered",
                    f"{head.stream}, testa al checkpoint n. {head.number}",
                    f"più di {sizes.get(head.stream, 0)} eventi",
                    str(head.size),
                )
            sizes[head.stream] = head.size
            held.add(keys[head.stream])
            tree.put(keys[head.stream], head.leaf())
        for _, place, leaf in _upto(pending_hidden, checkpoint.number, lambda row: row[0]):
            held.add(place.to_bytes(8, "big"))
            tree.put(place.to_bytes(8, "big"), leaf)
        root = tree.root()
        if tree.computed > MOST_NODES * (len(heads) + len(hidden) + len(checkpoints)):
            raise Failed("unreadable", "teste dei flussi", "un registro verosimile", "flussi inseriti sempre in testa")
        if len(held) != checkpoint.streams or root != checkpoint.root:
            expected = f"{checkpoint.streams} flussi, radice {checkpoint.root.hex()[:16]}…"
            raise Failed(
                "tree_altered",
                f"teste dei flussi al checkpoint n. {checkpoint.number}",
                expected,
                f"{len(held)} flussi, radice {root.hex()[:16]}…",
            )
    if pending or pending_hidden:
        where = f"{pending[0].stream}, testa al" if pending else "flusso altrui, al"
        number = pending[0].number if pending else pending_hidden[0][0]
        raise Failed("tree_altered", f"{where} checkpoint n. {number}", "un checkpoint di quel numero", "nessuno")


def _tree_of_subjects(
    checkpoints: list[Checkpoint], heads: list[Head], hidden: list[tuple[int, str, bytes | None]]
) -> None:
    """What is shown of a subject is all of it: at no checkpoint may a hash hide the slot of one that is shown at any."""
    addresses = {subject: address_of(subject) for subject in {subject_of(head.stream) for head in heads}}
    shown = sorted(addresses.values())
    subjects: dict[str, dict[str, Head]] = {}
    slots, hashes = Slots(), dict[str, bytes]()
    pending = deque(sorted(heads, key=lambda head: head.number))
    pending_hidden = deque(sorted(hidden, key=lambda row: row[0]))
    for checkpoint in checkpoints:
        if checkpoint.subjects is None:
            continue
        moved = set()
        for head in _upto(pending, checkpoint.number, lambda head: head.number):
            of_subject = subjects.setdefault(subject_of(head.stream), {})
            if head.stream in of_subject and head.size <= of_subject[head.stream].size:
                where, least = f"{head.stream}, testa al checkpoint n. {head.number}", of_subject[head.stream].size
                raise Failed("tree_altered", where, f"più di {least} eventi", str(head.size))
            of_subject[head.stream] = head
            moved.add(subject_of(head.stream))
        for subject in moved:
            slots.put(addresses[subject], subject_leaf(subjects[subject].values()))
        for number, place, digest in _upto(pending_hidden, checkpoint.number, lambda row: row[0]):
            where, nearest = f"nodo {place}, al checkpoint n. {number}", bisect_left(shown, place)
            if nearest < len(shown) and shown[nearest].startswith(place):
                raise Failed("tree_altered", where, "che non celi il posto di un soggetto mostrato", "lo cela")
            if number != checkpoint.number or hashes.get(place) == digest:
                raise Failed("tree_altered", where, "un nodo dov'è cambiato", "lo stesso di prima, o di un altro")
            slots.put(place, digest)
            if digest is None:
                del hashes[place]
            else:
                hashes[place] = digest
        if (root := slots.root()) != checkpoint.subjects:
            where = f"soggetti al checkpoint n. {checkpoint.number}"
            expected = f"radice {checkpoint.subjects.hex()[:16]}…"
            raise Failed("tree_altered", where, expected, f"radice {root.hex()[:16]}…")
    late = [head.number for head in pending] + [row[0] for row in pending_hidden]
    if late and late[0] > (checkpoints[-1].number if checkpoints else 0):
        raise Failed("tree_altered", f"teste al checkpoint n. {late[0]}", "un checkpoint di quel numero", "nessuno")


def _upto(pending: deque[T], number: int, number_of: Callable[[T], int]) -> Iterator[T]:
    """Takes from the front what is of a checkpoint up to a number."""
    while pending and number_of(pending[0]) <= number:
        yield pending.popleft()


def continues(stream: str, heads: list[Head], proofs: list[tuple[int, int, list[bytes]]]) -> None:
    """A stream that is not in the pack: each head continues the one before, by proof (RFC 9162, 2.1.4.2)."""
    paths = {(first, second): path for first, second, path in proofs}
    for old, new in pairwise(heads):
        path = paths.get((old.size, new.size))
        if path is None:
            expected = f"la prova che i suoi {new.size} eventi ne continuino {old.size}"
            raise Failed("tree_altered", stream, expected, "nessuna prova")
        if not consistent(old.size, new.size, old.root, new.root, path):
            raise Failed(
                "rewritten",
                stream,
                f"che i suoi {new.size} eventi ne continuino {old.size}",
                "una prova di consistenza che non torna",
            )
