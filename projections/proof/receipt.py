"""The proof of one event: from its bytes to the head of its stream, from the head to a signed checkpoint."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from domain.errors import NotFound
from domain.proof.merkle import Tree, leaf_hash
from projections.answers import Count, Digest, Text, Version
from projections.proof.checkpoints import Checkpoint, checkpoint_number, covering, heads_at
from projections.store.reader import Reader


class Receipt(TypedDict):
    """The way from the bytes of an event to the head of its stream, and from there to the root that was signed."""

    stream: Text
    version: Version
    state: Annotated[str, Field(max_length=4_000_000)]
    leaf: Digest
    size: Version
    root: Digest
    path: list[Digest]
    head_path: list[Digest]
    head_index: Count
    positions: Digest


def receipt(reader: Reader, stream: str, version: int) -> tuple[Receipt, Checkpoint]:
    """The proof by the first checkpoint that covers the event; NotFound when there is no such event, or none covers it."""
    head = reader.head(stream).version
    if not 1 <= version <= head:
        raise NotFound(f"l'evento {version} di {stream} non c'è", accepted=f"da 1 a {head}", where="version")
    number = covering(reader.cursor, {stream: version})
    if number is None:
        raise NotFound("nessun checkpoint copre ancora l'evento", accepted="prima un checkpoint", where="version")
    checkpoint, heads = checkpoint_number(reader.cursor, number), heads_at(reader.cursor, number)
    own_head = heads[stream]
    sql = "SELECT hash FROM leaf WHERE stream = ? AND version <= ? ORDER BY version"
    leaves = [bytes(row[0]) for row in reader.cursor.execute(sql, (stream, own_head.size)).fetchall()]
    names = sorted(heads, key=str.encode)
    installation = Tree([leaf_hash(heads[name].entry()) for name in names])
    sql = "SELECT state FROM stored_events WHERE originator_id = ? AND originator_version = ?"
    row = reader.cursor.execute(sql, (stream, version)).fetchone()
    proof: Receipt = {
        "stream": stream,
        "version": version,
        "state": bytes(row[0]).decode() if row else "",
        "leaf": leaves[version - 1].hex(),
        "size": own_head.size,
        "root": own_head.root.hex(),
        "path": [node.hex() for node in Tree(leaves).inclusion(version - 1)],
        "head_index": names.index(stream),
        "head_path": [node.hex() for node in installation.inclusion(names.index(stream))],
        "positions": own_head.positions.hex(),
    }
    return proof, checkpoint
