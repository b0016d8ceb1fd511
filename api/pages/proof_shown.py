"""The proof of an event, worked out again step by step: from its bytes to the root that a checkpoint signs."""

from typing import NamedTuple

from domain.proof.merkle import Climb, climbs, leaf_hash
from domain.proof.public_keys import Verifying, encode
from projections.proof.checkpoints import StreamHead
from projections.proof.notes import read_checkpoint, signer_of
from projections.proof.receipt import EventProof


class ClimbShown(NamedTuple):
    """A step: the two hashes in their order, in hexadecimal, and the hash of both."""

    number: int
    left: str
    right: str
    node: str
    on_left: bool


class ProofShown(NamedTuple):
    """What a reader sees of a proof; each of `leaf_holds`, `stream_holds`, `root_holds` was worked out here."""

    leaf: str
    leaf_holds: bool
    size: int
    steps: list[ClimbShown]
    stream_root: str
    stream_holds: bool
    head_entry: str
    head_leaf: str
    head_steps: list[ClimbShown]
    streams: int
    root: str
    root_base64: str
    root_holds: bool
    signer: str
    checkpoint: int
    made_at: str
    note: str

    @property
    def holds(self) -> bool:
        """Whether every step comes out, up to a signature of a key of this installation."""
        return self.leaf_holds and self.stream_holds and self.root_holds and bool(self.signer)


def proof_shown(proof: EventProof, keys: list[Verifying]) -> ProofShown:
    """A proof with every step worked out again from the bytes of the event; nothing of it is taken on trust."""
    leaf, root = leaf_hash(proof["state"].encode()), bytes.fromhex(proof["root"])
    path = [bytes.fromhex(node) for node in proof["path"]]
    steps = climbs(leaf, proof["version"] - 1, proof["size"], path)
    head = StreamHead(proof["stream"], proof["size"], root, bytes.fromhex(proof["positions"]))
    entry = head.entry()
    signed = read_checkpoint(proof["checkpoint"]["note"])
    head_path = [bytes.fromhex(node) for node in proof["head_path"]]
    head_steps = climbs(leaf_hash(entry), proof["head_index"], signed.streams, head_path)
    signer = signer_of(proof["checkpoint"]["note"], keys)
    return ProofShown(
        leaf=leaf.hex(),
        leaf_holds=leaf.hex() == proof["leaf"],
        size=proof["size"],
        steps=_shown(leaf, steps),
        stream_root=root.hex(),
        stream_holds=_reaches(leaf, steps, root),
        head_entry=entry.decode(),
        head_leaf=leaf_hash(entry).hex(),
        head_steps=_shown(leaf_hash(entry), head_steps),
        streams=signed.streams,
        root=signed.root.hex(),
        root_base64=encode(signed.root),
        root_holds=_reaches(leaf_hash(entry), head_steps, signed.root),
        signer=str(signer) if signer else "",
        checkpoint=signed.number,
        made_at=proof["checkpoint"]["made_at"],
        note=proof["checkpoint"]["note"],
    )


def _reaches(leaf: bytes, steps: list[Climb] | None, root: bytes) -> bool:
    return steps is not None and (steps[-1].node if steps else leaf) == root


def _shown(leaf: bytes, steps: list[Climb] | None) -> list[ClimbShown]:
    shown: list[ClimbShown] = []
    below = leaf
    for number, step in enumerate(steps or (), start=1):
        left, right = (step.sibling, below) if step.on_left else (below, step.sibling)
        shown.append(ClimbShown(number, left.hex(), right.hex(), step.node.hex(), step.on_left))
        below = step.node
    return shown
