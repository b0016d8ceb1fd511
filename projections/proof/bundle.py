"""Evidence pack: its files of the record: events, leaves, texts, checkpoints, heads, inclusion and consistency proofs, keys."""

import json
from collections.abc import Iterable, Mapping
from itertools import groupby, pairwise
from typing import NamedTuple, NotRequired

import orjson
from typing_extensions import TypedDict

from domain.catalogue import TOPICS
from domain.proof.merkle import Tree, leaf_hash
from domain.proof.public_keys import Verifying
from initinere_verify.slots import Slots, address_of, subject_of
from projections.proof.checkpoints import Checkpoint, StreamHead, checkpoints, heads_at, slot_leaves
from projections.store.owners import LEAF_OF_EVENT, OF_STREAM
from projections.store.reader import Reader

Files = dict[str, bytes]
BATCH = 5_000


class Included(NamedTuple):
    """A stream that the pack holds whole, up to its head at the checkpoint; `known` is how far the evidence goes."""

    stream: str
    role: str
    known: int

    @property
    def file(self) -> str:
        """The name of its files."""
        return self.stream.replace("/", "_") + ".jsonl"


class InclusionLine(TypedDict):
    """The proof that an event is in its stream, as `proofs/inclusion.jsonl` has it."""

    stream: str
    version: int
    path: list[str]


class ConsistencyLine(TypedDict):
    """The proof that a stream only grew from one size to another, as `proofs/consistency.jsonl` has it."""

    stream: str
    first: int
    second: int
    path: list[str]


class TextLine(TypedDict):
    """A text beside an event, as `texts.jsonl` has it; without words where it was redacted."""

    digest: str
    salt: str
    text: str | None


class CheckpointLine(TypedDict):
    """A checkpoint, as `checkpoints.jsonl` has it."""

    number: int
    note: str
    stamped: NotRequired[str]


class NodeLine(TypedDict):
    """What hides the subjects of others at a checkpoint, where it changed, as `others.jsonl` has it; None where nothing does any more."""

    number: int
    place: str
    hash: str | None


class LeafLine(TypedDict):
    """The head of another's stream at a checkpoint of an earlier program, as `others-before.jsonl` has it."""

    number: int
    place: int
    hash: str


class HeadLine(TypedDict):
    """The head of a stream at a checkpoint, as `heads.jsonl` has it."""

    number: int
    stream: str
    size: int
    root: str
    positions: str


def record_files(
    reader: Reader,
    number: int,
    streams: Iterable[Included],
    own: set[str],
    keys: list[Verifying],
    cited: Mapping[str, set[int]],
) -> Files:
    """The files of the record as signed by checkpoint `number`; `cited` are the versions to prove, by role.

    `own` are the subjects that may be named; of all others there are hashes alone.
    """
    cursor = reader.cursor
    signed = checkpoints(cursor, number)
    heads = heads_at(cursor, number)
    files: Files = {}
    texts: dict[str, str] = {}
    inclusion: list[InclusionLine] = []
    sizes = {included.stream: heads[included.stream].size for included in streams if included.stream in heads}
    for included in streams:
        size = sizes.get(included.stream, 0)
        if not size:
            continue
        states, positions, leaves = _events(reader, included.stream, size)
        files[f"events/{included.file}"] = b"".join(state + b"\n" for state in states)
        files[f"leaves/{included.file}"] = _lines(
            [v, p, leaf.hex()] for v, (p, leaf) in enumerate(zip(positions, leaves, strict=True), start=1)
        )
        for state in states:
            event = orjson.loads(state)
            texts |= {event[name]: included.stream for name in ("justification", "note") if event.get(name)}
        tree = Tree(leaves)
        for version in sorted(v for v in cited.get(included.role, ()) if v <= size):
            path = [node.hex() for node in tree.inclusion(version - 1)]
            inclusion.append({"stream": included.stream, "version": version, "path": path})
    files["texts.jsonl"] = _lines(_text(reader, digest, stream) for digest, stream in sorted(texts.items()))
    files["proofs/inclusion.jsonl"] = _lines(inclusion)
    moved = _moved(reader, number)
    shown = [head for _, head in moved if subject_of(head.stream) in own]
    files["proofs/consistency.jsonl"] = _lines(_consistency(reader, shown, set(sizes)))
    files["checkpoints.jsonl"] = _lines(_checkpoint(checkpoint) for checkpoint in signed)
    files["heads.jsonl"] = _lines(_heads((n, head) for n, head in moved if subject_of(head.stream) in own))
    begun = sum(checkpoint.text.subjects is None for checkpoint in signed)
    files["others.jsonl"] = _lines(_nodes(moved, begun, own))
    files["others-before.jsonl"] = _lines(_leaves([(n, head) for n, head in moved if n <= begun], own))
    files["checkpoint.txt"] = signed[-1].note.encode()
    if signed[-1].stamped is not None:
        files["checkpoint.tsr"] = signed[-1].stamped
    files["keys.txt"] = "".join(f"{key}\n" for key in keys).encode()
    return files


def schema_files() -> Files:
    """The JSON Schema of each event's body, and of the envelope around it."""
    files = {
        f"schemas/{topic}.json": _document(event.model_json_schema(mode="serialization"))
        for topic, event in sorted(TOPICS.items())
    }
    files["schemas/envelope.json"] = _document(ENVELOPE)
    return files


def _events(reader: Reader, stream: str, size: int) -> tuple[list[bytes], list[int], list[bytes]]:
    sql = f"""
SELECT e.state, e.position, ({LEAF_OF_EVENT}) FROM stored_events e
WHERE {OF_STREAM} AND originator_version > ? AND originator_version <= ? ORDER BY originator_version"""  # noqa: S608
    states: list[bytes] = []
    positions: list[int] = []
    leaves: list[bytes] = []
    while len(states) < size:
        params = *reader.key(stream), len(states), min(size, len(states) + BATCH)
        rows = [row for row in reader.cursor_of([stream]).execute(sql, params).fetchall() if row[2] is not None]
        if not rows:
            break
        for state, position, leaf in rows:
            states.append(bytes(state))
            positions.append(int(position))
            leaves.append(bytes(leaf))
    return states, positions, leaves


def _consistency(reader: Reader, shown: Iterable[StreamHead], packed: set[str]) -> list[ConsistencyLine]:
    """That each stream which is shown, and not in the pack, only grew, from one signed head to the next."""
    sizes: dict[str, list[int]] = {}
    for head in shown:
        if head.stream not in packed:
            sizes.setdefault(head.stream, []).append(head.size)
    rows: list[ConsistencyLine] = []
    for stream, signed_sizes in sorted(sizes.items(), key=lambda item: item[0].encode()):
        if len(signed_sizes) < 2:
            continue
        sql = f"SELECT hash FROM leaf WHERE {OF_STREAM} AND version <= ? ORDER BY version"  # noqa: S608
        params = *reader.key(stream), signed_sizes[-1]
        tree = Tree([bytes(row[0]) for row in reader.cursor_of([stream]).execute(sql, params).fetchall()])
        for first, second in pairwise(signed_sizes):
            path = [node.hex() for node in tree.consistency(first, second)]
            rows.append({"stream": stream, "first": first, "second": second, "path": path})
    return rows


def _text(reader: Reader, digest: str, stream: str) -> TextLine:
    # What lies beside events goes by a redaction alone, and of no stream.
    sql = "SELECT salt, text FROM text WHERE administration = ? AND digest = ?"
    row = reader.cursor_of([]).execute(sql, (reader.key(stream).administration, digest)).fetchone()
    return {"digest": digest, "salt": str(row[0]) if row else "", "text": row[1] if row else None}


def _checkpoint(checkpoint: Checkpoint) -> CheckpointLine:
    line: CheckpointLine = {"number": checkpoint.number, "note": checkpoint.note}
    if checkpoint.stamped:
        line["stamped"] = checkpoint.stamped.hex()
    return line


def _moved(reader: Reader, number: int) -> list[tuple[int, StreamHead]]:
    """The heads that moved at each checkpoint up to one, by checkpoint and name."""
    sql = "SELECT number, stream, size, root, positions FROM checkpoint_head WHERE number <= ? ORDER BY number"
    rows = reader.cursor.execute(sql, (number,)).fetchall()
    heads = [(int(n), StreamHead(str(s), int(size), bytes(root), bytes(chain))) for n, s, size, root, chain in rows]
    return sorted(heads, key=lambda row: (row[0], row[1].stream.encode()))


def _heads(heads: Iterable[tuple[int, StreamHead]]) -> Iterable[HeadLine]:
    for n, (stream, size, root, chain) in heads:
        yield {"number": n, "stream": stream, "size": size, "root": root.hex(), "positions": chain.hex()}


def _nodes(moved: list[tuple[int, StreamHead]], begun: int, own: set[str]) -> Iterable[NodeLine]:
    """What hides the others' slots at each checkpoint that signs the subjects, where it is another than before."""
    addresses = {address_of(subject) for subject in {subject_of(head.stream) for _, head in moved} & own}
    heads: dict[str, dict[str, StreamHead]] = {}
    slots, before = Slots(), dict[str, bytes]()
    for n, group in groupby(moved, key=lambda row: max(row[0], begun + 1)):
        changed: set[str] = set()
        for _, head in group:
            heads.setdefault(subject_of(head.stream), {})[head.stream] = head
            changed.add(subject_of(head.stream))
        for subject in changed:
            for address, leaf in slot_leaves(heads[subject].values()).items():
                slots.put(address, leaf)
        now = dict(slots.beside(addresses))
        for place in sorted(now.keys() | before.keys()):
            if now.get(place) != before.get(place):
                yield {"number": n, "place": place, "hash": now[place].hex() if place in now else None}
        before = now


def _leaves(moved: list[tuple[int, StreamHead]], own: set[str]) -> Iterable[LeafLine]:
    """The others' leaves in the tree over streams, by their place in it once all these streams are there."""
    names = sorted({head.stream for _, head in moved}, key=str.encode)
    places = {name: place for place, name in enumerate(names)}
    for n, head in moved:
        if subject_of(head.stream) not in own:
            yield {"number": n, "place": places[head.stream], "hash": leaf_hash(head.entry()).hex()}


def _lines(rows: Iterable[object]) -> bytes:
    return b"".join(orjson.dumps(row) + b"\n" for row in rows)


def _document(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


ENVELOPE = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "L'evento così come giace: una riga, e la foglia è SHA-256(0x00 || byte della riga senza il fine riga)",
    "type": "object",
    "required": [
        "recorded_at", "stream", "version", "topic", "class_version", "effective_on", "actor", "command_id", "body",
    ],
    "properties": {
        "recorded_at": {"type": "string", "description": "quando l'archivio lo ha ricevuto, UTC"},
        "stream": {"type": "string"},
        "version": {"type": "integer", "minimum": 1, "description": "il posto nel flusso"},
        "topic": {"type": "string", "description": "il tipo: il suo schema è in TIPO.json"},
        "class_version": {"type": "integer"},
        "effective_on": {"type": "string", "format": "date", "description": "da quando vale"},
        "actor": {"type": "string", "description": "un ruolo, mai una persona"},
        "command_id": {"type": "string"},
        "act": {"type": "string"},
        "cause": {"type": "string"},
        "claim": {"type": "string"},
        "restores": {"type": "array", "items": {"type": "integer"}},
        "retrospective": {"type": "boolean"},
        "justification": {"type": "string", "description": "impronta con sale del testo, in texts.jsonl"},
        "note": {"type": "string", "description": "impronta con sale del testo, in texts.jsonl"},
        "body": {"type": "object"},
    },
}  # fmt: skip
