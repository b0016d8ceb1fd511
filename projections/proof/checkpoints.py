"""Signed checkpoints of the transparency log: a tree over the heads of all streams; what of it is kept, how it is read.

A leaf of the installation's tree is the head of one stream: name, size, root, and the chain over the positions of its
events in the log, one a line. Leaves are sorted by name, so that no stream is there twice or out of sight. The same
heads stand in a second tree, each subject's in the slot of its name: so it can be proven of a plan, to who may not know
the names of others, that nothing of it is kept out of sight.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Annotated, NamedTuple

from pydantic import Field
from typing_extensions import TypedDict

from domain.errors import NotFound, Refusal
from domain.proof.merkle import Edge, leaf_hash, root_of
from domain.proof.public_keys import encode
from initinere_verify.slots import Slots, address_of, subject_leaf, subject_of
from initinere_verify.trees import Head
from projections.answers import Count, Instant, Name, Text, Version
from projections.proof.notes import CheckpointText, Signing, read_checkpoint
from projections.store.append import read_head
from projections.store.cursor import Cursor
from projections.store.envelope import read_instant, write_instant
from projections.store.owners import NOBODY, OF_STREAM, StreamKey

SignedNote = Annotated[str, Field(max_length=8000)]
"""A signed note, as it is to be kept."""

NOWHERE = bytes(32)
"""The chain over no position."""


class RecordAltered(Refusal):
    """The record no longer agrees with what was signed over it."""

    name = "record_altered"
    title = "Archivio alterato"


class StreamHead(NamedTuple):
    """How far a stream has come: how many events, the root over their bytes, the chain over their positions."""

    stream: str
    size: int
    root: bytes
    positions: bytes

    def entry(self) -> bytes:
        """The leaf that stands for the stream in the installation's tree."""
        return f"{self.stream}\n{self.size}\n{encode(self.root)}\n{encode(self.positions)}\n".encode()


class CheckpointAnswer(TypedDict):
    """Un checkpoint: `note` è il testo firmato, da conservare così com'è."""

    number: Version
    origin: Name
    streams: Count
    events: Count
    root: Name
    made_at: Instant
    occasion: Text
    stamped: bool
    note: SignedNote


class Checkpoint(NamedTuple):
    """A checkpoint as it is kept: its number, what was signed, and the time stamp over it when one was asked for."""

    number: int
    note: str
    stamped: bytes | None = None

    @property
    def text(self) -> CheckpointText:
        """What it says."""
        return read_checkpoint(self.note)

    def answer(self) -> CheckpointAnswer:
        """It as it is answered: the same on the command line and over HTTP."""
        text = self.text
        return {
            "number": self.number,
            "origin": text.origin,
            "streams": text.streams,
            "events": text.events,
            "root": encode(text.root),
            "made_at": write_instant(text.made_at),
            "occasion": text.occasion,
            "stamped": self.stamped is not None,
            "note": self.note,
        }


def chained(chain: bytes, positions: Iterable[int]) -> bytes:
    """The chain over further positions: each is SHA-256(chain before || position in 8 bytes, the greatest first)."""
    for position in positions:
        chain = hashlib.sha256(chain + position.to_bytes(8, "big")).digest()
    return chain


def installation_root(heads: Iterable[StreamHead]) -> bytes:
    """The root of the installation's tree."""
    return root_of([leaf_hash(head.entry()) for head in sorted(heads, key=lambda head: head.stream.encode())])


def slots_of(heads: Iterable[StreamHead]) -> Slots:
    """The tree over the subjects whose heads these are."""
    slots = Slots()
    for address, leaf in slot_leaves(heads).items():
        slots.put(address, leaf)
    return slots


def slot_leaves(heads: Iterable[StreamHead]) -> dict[str, bytes]:
    """The leaf of each subject whose heads these are, all of them, by its address."""
    subjects: dict[str, list[Head]] = {}
    for stream, size, root, positions in heads:
        subjects.setdefault(subject_of(stream), []).append(Head(0, stream, size, root, positions))
    return {address_of(subject): subject_leaf(of) for subject, of in subjects.items()}


def first_with_subjects(cursor: Cursor) -> int | None:
    """The number of the first checkpoint that signs the tree over subjects, or None."""
    sql = "SELECT min(number) FROM checkpoint WHERE note LIKE ?"
    row = cursor.execute(sql, ("%\nsubjects %",)).fetchone()
    return None if row is None or row[0] is None else int(row[0])


def heads_at(cursor: Cursor, number: int) -> dict[str, StreamHead]:
    """The heads of all streams at a checkpoint; none at number 0."""
    sql = """
SELECT h.stream, h.size, h.root, h.positions FROM checkpoint_head h
WHERE h.number = (SELECT max(g.number) FROM checkpoint_head g WHERE g.stream = h.stream AND g.number <= ?)"""
    rows = cursor.execute(sql, (number,)).fetchall()
    return {str(s): StreamHead(str(s), int(n), bytes(root), bytes(chain)) for s, n, root, chain in rows}


def head_at(cursor: Cursor, number: int, stream: str) -> StreamHead | None:
    """The head of one stream at a checkpoint; None where it was not there yet."""
    sql = """
SELECT stream, size, root, positions FROM checkpoint_head WHERE stream = ? AND number <= ? ORDER BY number DESC LIMIT 1"""
    row = cursor.execute(sql, (stream, number)).fetchone()
    return StreamHead(str(row[0]), int(row[1]), bytes(row[2]), bytes(row[3])) if row else None


def latest(cursor: Cursor) -> Checkpoint | None:
    """The last checkpoint, or None when none was made."""
    row = cursor.execute("SELECT number, note, stamped FROM checkpoint ORDER BY number DESC LIMIT 1").fetchone()
    return _checkpoint(row) if row else None


def checkpoint_number(cursor: Cursor, number: int) -> Checkpoint:
    """One checkpoint by its number; NotFound when there is none."""
    for checkpoint in checkpoints_at(cursor, number):
        return checkpoint
    last = latest(cursor)
    raise NotFound(
        f"il checkpoint {number} non c'è", accepted=f"un numero da 1 a {last.number if last else 0}", where="number"
    )


def checkpoints_at(cursor: Cursor, number: int) -> list[Checkpoint]:
    """The checkpoint of a number, or none."""
    rows = cursor.execute("SELECT number, note, stamped FROM checkpoint WHERE number = ?", (number,)).fetchall()
    return [_checkpoint(row) for row in rows]


def checkpoints(cursor: Cursor, upto: int | None = None) -> list[Checkpoint]:
    """Every checkpoint, in order, up to a number when one is said."""
    rows = cursor.execute("SELECT number, note, stamped FROM checkpoint ORDER BY number").fetchall()
    return [checkpoint for checkpoint in map(_checkpoint, rows) if upto is None or checkpoint.number <= upto]


def _checkpoint(row: tuple[object, ...]) -> Checkpoint:
    number, note, stamped = row
    return Checkpoint(int(str(number)), str(note), bytes(stamped) if isinstance(stamped, bytes | memoryview) else None)


def covering(cursor: Cursor, versions: Mapping[str, int]) -> int | None:
    """The number of the first checkpoint that covers each stream up to a version; None when none does yet."""
    needed = 0
    for stream, version in versions.items():
        sql = "SELECT min(number) FROM checkpoint_head WHERE stream = ? AND size >= ?"
        row = cursor.execute(sql, (stream, version)).fetchone()
        if row is None or row[0] is None:
            return None
        needed = max(needed, int(row[0]))
    return needed


def make(cursor: Cursor, key: Signing, now: datetime, occasion: str) -> Checkpoint:
    """Signs the heads of all streams as they stand in this transaction; the last checkpoint when nothing moved since.

    One of an earlier program, without the tree over subjects, is followed by one that has it.
    """
    last = latest(cursor)
    before = heads_at(cursor, last.number) if last else {}
    edges = cursor.execute(
        "SELECT administration, originator_id, size, root FROM edge ORDER BY originator_id"
    ).fetchall()
    now_heads: dict[str, StreamHead] = {}
    keys = {str(stream): StreamKey(str(administration), str(stream)) for administration, stream, *_ in edges}
    for _, stream, size, root in edges:
        known = before.get(str(stream))
        if known is not None and known.size == size:
            now_heads[str(stream)] = known
            continue
        sql = f"""
SELECT position FROM stored_events
WHERE {OF_STREAM} AND originator_version > ? AND originator_version <= ? ORDER BY originator_version"""  # noqa: S608
        rows = cursor.execute(sql, (*keys[str(stream)], known.size if known else 0, size)).fetchall()
        chain = chained(known.positions if known else NOWHERE, (int(row[0]) for row in rows))
        now_heads[str(stream)] = StreamHead(str(stream), int(size), bytes(root), chain)
    moved = [head for stream, head in now_heads.items() if before.get(stream) != head]
    unmoved = not moved and before.keys() == now_heads.keys()
    if last is not None and unmoved and last.text.subjects is not None:
        return last
    text = CheckpointText(
        origin=key.name,
        streams=len(now_heads),
        root=installation_root(now_heads.values()),
        number=last.number + 1 if last else 1,
        events=sum(head.size for head in now_heads.values()),
        made_at=max(
            [
                now,
                *([last.text.made_at] if last else []),
                *_last_instants(cursor, [keys[head.stream] for head in moved]),
            ]
        ),
        occasion=occasion.replace("\n", " ").strip() or "on-demand",
        subjects=slots_of(now_heads.values()).root(),
    )
    checkpoint = Checkpoint(text.number, key.note(text.body()))
    cursor.execute(
        "INSERT INTO checkpoint (number, made_at, occasion, root, note) VALUES (?, ?, ?, ?, ?)",
        (
            checkpoint.number,
            text.body().split("\nmade_at ")[1].split("\n")[0],
            text.occasion,
            text.root,
            checkpoint.note,
        ),
    )
    cursor.executemany(
        "INSERT INTO checkpoint_head (number, stream, size, root, positions) VALUES (?, ?, ?, ?, ?)",
        [(checkpoint.number, *head) for head in moved],
    )
    return checkpoint


def _last_instants(cursor: Cursor, keys: Iterable[StreamKey]) -> list[datetime]:
    """The last instant of each stream: a checkpoint is not made before what it covers, whatever clock recorded that."""
    return [read_instant(recorded_at) for key in keys if (recorded_at := read_head(cursor, key).recorded_at)]


def confirm(
    cursor: Cursor, prefix: str = "", *, signed: Checkpoint | None = None, leaving: Collection[str] = ()
) -> None:
    """Checks the leaves of every stream, as they lie, against every head that was signed; RecordAltered at the first that differs.

    They lie in the tables whose names begin with `prefix`. Of what was signed up to a checkpoint, where it is said: others
    may sign meanwhile what these tables do not have yet. Streams that are to be `leaving` out have their rows elsewhere.
    """
    signed = signed or latest(cursor)
    if signed is None:
        return
    if installation_root(heads_at(cursor, signed.number).values()) != signed.text.root:
        raise RecordAltered("le teste dei flussi non sono quelle firmate", accepted="initinere verify, che dice quali")
    found = cursor.execute(f"SELECT administration, originator_id FROM {prefix}edge").fetchall()  # noqa: S608
    keys = {str(stream): StreamKey(str(administration), str(stream)) for administration, stream in found}
    sql = "SELECT stream, size, root FROM checkpoint_head WHERE number <= ? ORDER BY stream, size"
    heads = [_SignedHead(*head) for head in cursor.execute(sql, (signed.number,)).fetchall()]
    for stream, of_stream in groupby(heads, key=attrgetter("stream")):
        if stream not in leaving:
            _confirm_heads(cursor, prefix, keys.get(stream, StreamKey(NOBODY, stream)), of_stream)


def confirm_streams(cursor: Cursor, prefix: str, streams: Collection[StreamKey]) -> None:
    """The same of some streams: that the heads themselves are signed was checked before."""
    sql = "SELECT stream, size, root FROM checkpoint_head WHERE stream = ? ORDER BY size"
    for key in sorted(streams):
        heads = [_SignedHead(*head) for head in cursor.execute(sql, (key.stream,)).fetchall()]
        _confirm_heads(cursor, prefix, key, heads)


class _SignedHead(NamedTuple):
    """What was signed of a stream: how many events, and the root of their tree."""

    stream: str
    size: int
    root: bytes


def _confirm_heads(cursor: Cursor, prefix: str, key: StreamKey, heads: Iterable[_SignedHead]) -> None:
    edge = Edge()
    for stream, size, root in heads:
        sql = f"SELECT hash FROM {prefix}leaf WHERE {OF_STREAM} AND version > ? AND version <= ? ORDER BY version"  # noqa: S608
        rows = cursor.execute(sql, (*key, edge.size, size)).fetchall()
        edge = edge.grown([bytes(row[0]) for row in rows])
        if edge.size != size or edge.root != bytes(root):
            detail = f"i primi {size} eventi di {stream} non sono quelli firmati: non si ricostruisce nulla"
            raise RecordAltered(detail, accepted="initinere verify, che dice quale evento")
