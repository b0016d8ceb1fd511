"""What was signed: the checkpoints of a record, the one from outside, the trees over all heads."""

import base64
from collections.abc import Mapping
from itertools import pairwise

from initinere_verify.diagnosis import diagnose
from initinere_verify.sources import Record
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
    if any(checkpoint.root == against.root and checkpoint.number == against.number for checkpoint in checkpoints):
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


def installation_trees(checkpoints: list[Checkpoint], heads: list[Head]) -> None:
    """At each checkpoint the root over the heads of all streams, sorted by name, is the one signed (RFC 9162, 2.1.1)."""
    state: dict[str, Head] = {}
    tree = SortedTree()
    pending = sorted(heads, key=lambda head: head.number)
    place = 0
    for checkpoint in checkpoints:
        while place < len(pending) and pending[place].number <= checkpoint.number:
            head = pending[place]
            place += 1
            previous_head = state.get(head.stream)
            if previous_head and head.size <= previous_head.size:
                raise Failed(
                    "tree_altered",
                    f"{head.stream}, testa al checkpoint n. {head.number}",
                    f"più di {previous_head.size} eventi",
                    str(head.size),
                )
            state[head.stream] = head
            tree.put(utf8(head.stream), head.leaf())
        root = tree.root()
        if tree.computed > MOST_NODES * (len(heads) + len(checkpoints)):
            raise Failed("unreadable", "teste dei flussi", "un registro verosimile", "flussi inseriti sempre in testa")
        if len(state) != checkpoint.streams or root != checkpoint.root:
            expected = f"{checkpoint.streams} flussi, radice {checkpoint.root.hex()[:16]}…"
            raise Failed(
                "tree_altered",
                f"teste dei flussi al checkpoint n. {checkpoint.number}",
                expected,
                f"{len(state)} flussi, radice {root.hex()[:16]}…",
            )
    if place < len(pending):
        raise Failed(
            "tree_altered",
            f"{pending[place].stream}, testa al checkpoint n. {pending[place].number}",
            "un checkpoint di quel numero",
            "nessuno",
        )


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
