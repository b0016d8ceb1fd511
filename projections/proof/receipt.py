"""Inclusion proof of one event: from its bytes to the head of its stream, from the head to a signed checkpoint."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from domain.errors import NotFound
from domain.proof.merkle import Tree, leaf_hash
from projections.answers import Count, Digest, Text, Version
from projections.proof.checkpoints import CheckpointAnswer, checkpoint_number, covering, heads_at
from projections.store.owners import OF_STREAM
from projections.store.reader import Reader


class EventProof(TypedDict):
    """La prova che un evento è nell'albero firmato: i suoi byte, il cammino, la testa del flusso, il checkpoint."""

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
    checkpoint: CheckpointAnswer


def receipt(reader: Reader, stream: str, version: int) -> EventProof:
    """The proof by the first checkpoint that covers the event; NotFound when there is no such event, or none covers it."""
    last = reader.head(stream).version
    if not 1 <= version <= last:
        raise NotFound(f"l'evento {version} di {stream} non c'è", accepted=f"da 1 a {last}", where="version")
    number = covering(reader.cursor, {stream: version})
    if number is None:
        raise NotFound("nessun checkpoint copre ancora l'evento", accepted="prima un checkpoint", where="version")
    heads = heads_at(reader.cursor, number)
    head = heads[stream]
    key = reader.key(stream)
    sql = f"SELECT hash FROM leaf WHERE {OF_STREAM} AND version <= ? ORDER BY version"  # noqa: S608
    leaves = [bytes(row[0]) for row in reader.cursor_of([stream]).execute(sql, (*key, head.size)).fetchall()]
    names = sorted(heads, key=str.encode)
    installation = Tree([leaf_hash(heads[name].entry()) for name in names])
    sql = f"SELECT state FROM stored_events WHERE {OF_STREAM} AND originator_version = ?"  # noqa: S608
    row = reader.cursor_of([stream]).execute(sql, (*key, version)).fetchone()
    return {
        "stream": stream,
        "version": version,
        "state": bytes(row[0]).decode() if row else "",
        "leaf": leaves[version - 1].hex(),
        "size": head.size,
        "root": head.root.hex(),
        "path": [node.hex() for node in Tree(leaves).inclusion(version - 1)],
        "head_index": names.index(stream),
        "head_path": [node.hex() for node in installation.inclusion(names.index(stream))],
        "positions": head.positions.hex(),
        "checkpoint": checkpoint_number(reader.cursor, number).answer(),
    }
