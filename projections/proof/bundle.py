"""Evidence pack: its files of the record: events, leaves, texts, checkpoints, heads, inclusion and consistency proofs, keys."""

import json
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import NamedTuple, NotRequired

import orjson
from typing_extensions import TypedDict

from domain.catalogue import TOPICS
from domain.proof.merkle import Tree
from domain.proof.public_keys import Verifying
from projections.proof.checkpoints import Checkpoint, checkpoints, heads_at
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


class HeadLine(TypedDict):
    """The head of a stream at a checkpoint, as `heads.jsonl` has it."""

    number: int
    stream: str
    size: int
    root: str
    positions: str


def record_files(
    reader: Reader, number: int, streams: Iterable[Included], keys: list[Verifying], cited: Mapping[str, set[int]]
) -> Files:
    """The files of the record as signed by checkpoint `number`; `cited` are the versions to prove, by role."""
    cursor = reader.cursor
    signed = checkpoints(cursor, number)
    heads = heads_at(cursor, number)
    files: Files = {}
    texts: dict[str, None] = {}
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
            texts |= {event[name]: None for name in ("justification", "note") if event.get(name)}
        tree = Tree(leaves)
        for version in sorted(v for v in cited.get(included.role, ()) if v <= size):
            path = [node.hex() for node in tree.inclusion(version - 1)]
            inclusion.append({"stream": included.stream, "version": version, "path": path})
    files["texts.jsonl"] = _lines(_text(reader, digest) for digest in sorted(texts))
    files["proofs/inclusion.jsonl"] = _lines(inclusion)
    files["proofs/consistency.jsonl"] = _lines(_consistency(reader, number, set(sizes)))
    files["checkpoints.jsonl"] = _lines(_checkpoint(checkpoint) for checkpoint in signed)
    files["heads.jsonl"] = _lines(_heads(reader, number))
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
    sql = """
SELECT e.state, e.position, l.hash FROM stored_events e
JOIN leaf l ON l.stream = e.originator_id AND l.version = e.originator_version
WHERE e.originator_id = ? AND e.originator_version > ? AND e.originator_version <= ? ORDER BY e.originator_version"""
    states: list[bytes] = []
    positions: list[int] = []
    leaves: list[bytes] = []
    while len(states) < size:
        rows = reader.cursor.execute(sql, (stream, len(states), min(size, len(states) + BATCH))).fetchall()
        if not rows:
            break
        for state, position, leaf in rows:
            states.append(bytes(state))
            positions.append(int(position))
            leaves.append(bytes(leaf))
    return states, positions, leaves


def _consistency(reader: Reader, number: int, packed: set[str]) -> list[ConsistencyLine]:
    """That each stream which is not in the pack only grew, from one signed head to the next."""
    sizes: dict[str, list[int]] = {}
    sql = "SELECT stream, size FROM checkpoint_head WHERE number <= ? ORDER BY stream, number"
    for stream, size in reader.cursor.execute(sql, (number,)).fetchall():
        if stream not in packed:
            sizes.setdefault(str(stream), []).append(int(size))
    rows: list[ConsistencyLine] = []
    for stream, signed_sizes in sizes.items():
        if len(signed_sizes) < 2:
            continue
        sql = "SELECT hash FROM leaf WHERE stream = ? AND version <= ? ORDER BY version"
        tree = Tree([bytes(row[0]) for row in reader.cursor.execute(sql, (stream, signed_sizes[-1])).fetchall()])
        for first, second in pairwise(signed_sizes):
            path = [node.hex() for node in tree.consistency(first, second)]
            rows.append({"stream": stream, "first": first, "second": second, "path": path})
    return rows


def _text(reader: Reader, digest: str) -> TextLine:
    row = reader.cursor.execute("SELECT salt, text FROM text WHERE digest = ?", (digest,)).fetchone()
    return {"digest": digest, "salt": str(row[0]) if row else "", "text": row[1] if row else None}


def _checkpoint(checkpoint: Checkpoint) -> CheckpointLine:
    line: CheckpointLine = {"number": checkpoint.number, "note": checkpoint.note}
    if checkpoint.stamped:
        line["stamped"] = checkpoint.stamped.hex()
    return line


def _heads(reader: Reader, number: int) -> Iterable[HeadLine]:
    sql = "SELECT number, stream, size, root, positions FROM checkpoint_head WHERE number <= ? ORDER BY number, stream"
    for n, stream, size, root, chain in reader.cursor.execute(sql, (number,)).fetchall():
        yield {"number": n, "stream": stream, "size": size, "root": bytes(root).hex(), "positions": bytes(chain).hex()}


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
