"""Merkle trees as RFC 6962 (2.1) and RFC 9162 (2.1) define them: hashes, inclusion and consistency proofs.

A leaf is a string of bytes; hashes are 32 bytes (SHA-256). A tree that only grows is kept by its right edge, the
roots of its complete subtrees from the largest to the smallest: an append costs O(log n).
"""

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

EMPTY = hashlib.sha256().digest()
"""The root of a tree without leaves (RFC 9162, 2.1.1)."""


def leaf_hash(entry: bytes) -> bytes:
    """The hash of a leaf: SHA-256(0x00 || entry) (RFC 9162, 2.1.1)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node: SHA-256(0x01 || left || right) (RFC 9162, 2.1.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Edge(NamedTuple):
    """The right edge of a tree: its size, and the roots of its complete subtrees, the largest first.

    There is one subtree for each bit that is set in `size`.
    """

    size: int = 0
    nodes: tuple[bytes, ...] = ()

    def grown(self, leaves: Sequence[bytes]) -> "Edge":
        """The edge after further leaves, given by their hashes."""
        size, nodes = self.size, list(self.nodes)
        for leaf in leaves:
            node, rest = leaf, size
            while rest & 1:
                node = hashlib.sha256(b"\x01" + nodes.pop() + node).digest()
                rest >>= 1
            nodes.append(node)
            size += 1
        return Edge(size, tuple(nodes))

    @property
    def root(self) -> bytes:
        """The root of the tree."""
        if not self.nodes:
            return EMPTY
        root = self.nodes[-1]
        for node in reversed(self.nodes[:-1]):
            root = node_hash(node, root)
        return root

    def packed(self) -> bytes:
        """The nodes one after the other, as they are stored."""
        return b"".join(self.nodes)


def unpacked(size: int, nodes: bytes) -> Edge:
    """The edge that `packed` wrote; ValueError when the nodes are not those of a tree of this size."""
    if size < 0 or len(nodes) != 32 * size.bit_count():
        msg = f"il margine dell'albero non è quello di {size} foglie"
        raise ValueError(msg)
    return Edge(size, tuple(nodes[start : start + 32] for start in range(0, len(nodes), 32)))


class Tree:
    """A whole tree over leaf hashes, every level of complete subtrees kept: proofs cost O(log n)."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self.levels: list[list[bytes]] = [list(leaves)]
        while len(below := self.levels[-1]) > 1:
            self.levels.append([node_hash(below[i], below[i + 1]) for i in range(0, len(below) - 1, 2)])

    @property
    def size(self) -> int:
        """How many leaves there are."""
        return len(self.levels[0])

    def root(self, size: int | None = None) -> bytes:
        """The root of the first `size` leaves, of all by default."""
        return self._range(0, self.size if size is None else size)

    def inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        """The path that proves leaf `index` (from 0) to be in the tree of the first `size` leaves (RFC 9162, 2.1.3.1)."""
        size = self.size if size is None else size
        if not 0 <= index < size <= self.size:
            msg = f"la foglia {index} non è in un albero di {size}"
            raise ValueError(msg)
        path: list[bytes] = []
        start, end = 0, size
        while end - start > 1:
            middle = start + _split(end - start)
            if index < middle:
                path.append(self._range(middle, end))
                end = middle
            else:
                path.append(self._range(start, middle))
                start = middle
        return path[::-1]

    def consistency(self, first: int, second: int | None = None) -> list[bytes]:
        """The path that proves the tree of `second` leaves to continue that of `first` (RFC 9162, 2.1.4.1)."""
        second = self.size if second is None else second
        if not 0 < first <= second <= self.size:
            msg = f"un albero di {second} foglie non ne continua uno di {first}"
            raise ValueError(msg)
        path: list[bytes] = []
        start, end, whole = 0, second, True
        while first != end:
            middle = start + _split(end - start)
            if first <= middle:
                path.append(self._range(middle, end))
                end = middle
            else:
                path.append(self._range(start, middle))
                start, whole = middle, False
        if not whole:
            path.append(self._range(start, end))
        return path[::-1]

    def _range(self, start: int, end: int) -> bytes:
        size = end - start
        if size == 0:
            return EMPTY
        if size & (size - 1) == 0:
            level = size.bit_length() - 1
            return self.levels[level][start >> level]
        middle = start + _split(size)
        return node_hash(self._range(start, middle), self._range(middle, end))


def _split(size: int) -> int:
    """The largest power of two smaller than the size."""
    return 1 << ((size - 1).bit_length() - 1)


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes."""
    return Edge().grown(leaves).root


class Climb(NamedTuple):
    """One step from a leaf towards the root: the hash beside, on which side it stands, and the hash of both."""

    sibling: bytes
    on_left: bool
    node: bytes


def climbs(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> list[Climb] | None:
    """The steps that a path makes from the leaf hash at `index`; None for a path that no tree of this size has."""
    if not 0 <= index < size:
        return None
    place, last, node = index, size - 1, leaf
    steps: list[Climb] = []
    for sibling in path:
        if last == 0:
            return None
        on_left = bool(place & 1) or place == last
        if on_left:
            node = node_hash(sibling, node)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        steps.append(Climb(sibling, on_left, node))
        place, last = place >> 1, last >> 1
    return steps if last == 0 else None


def included(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether the path proves the leaf hash at `index` to be in the tree of this size and root (RFC 9162, 2.1.3.2)."""
    steps = climbs(leaf, index, size, path)
    return steps is not None and (steps[-1].node if steps else leaf) == root


def consistent(first: int, second: int, first_root: bytes, second_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether the path proves the second tree to continue the first (RFC 9162, 2.1.4.2)."""
    if not 0 < first <= second:
        return False
    if first == second:
        return not path and first_root == second_root
    steps = list(path)
    if first & (first - 1) == 0:
        steps.insert(0, first_root)
    if not steps:
        return False
    place, last = first - 1, second - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    first_hash = second_hash = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            first_hash, second_hash = node_hash(step, first_hash), node_hash(step, second_hash)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            second_hash = node_hash(second_hash, step)
        place, last = place >> 1, last >> 1
    return last == 0 and first_hash == first_root and second_hash == second_root
