"""The tree over subjects: each in the slot that the hash of its name gives it, there once or not at all, whatever else is not shown."""

import hashlib
from bisect import bisect_left
from collections.abc import Iterable, Iterator

from initinere_verify.trees import EMPTY, Failed, Head, leaf_hash, node_hash, utf8

OF_A_PLAN = {"plan", "review", "proposals", "diligence"}
"""What the names of a plan's streams begin with; together they are one subject."""
DEPTH = 128
"""Binary digits of an address: nobody finds two names of one address."""


def subject_of(stream: str) -> str:
    """Whose a stream is: a plan's with all that is said of it, the installation's, or its own."""
    kind, slash, name = stream.partition("/")
    if slash and kind in OF_A_PLAN:
        return f"plan/{name}"
    return kind if kind == "installation" else stream


def address_of(subject: str) -> str:
    """Where a subject stands: the first 128 binary digits of the SHA-256 of its name."""
    digest = hashlib.sha256(utf8(subject)).digest()[: DEPTH // 8]
    return f"{int.from_bytes(digest, 'big'):0{DEPTH}b}"


def subject_leaf(heads: Iterable[Head]) -> bytes:
    """The hash of a subject's leaf: the four lines of each of its heads, sorted by the streams' names."""
    return leaf_hash(b"".join(head.entry() for head in sorted(heads, key=lambda head: utf8(head.stream))))


class Slots:
    """A binary tree 128 deep: leaves at whole addresses, and nodes that hide what is beneath theirs.

    A node over nothing is EMPTY, any other as in RFC 9162, 2.1.1. Only the nodes above what changed are computed again.
    """

    def __init__(self) -> None:
        self._places: list[str] = []
        self._hashes: dict[str, bytes] = {}
        self._nodes: dict[str, bytes] = {}

    def put(self, place: str, digest: bytes | None) -> None:
        """Puts a hash at a place, an address or the beginning of one; None takes away what is there."""
        for length in range(len(place) + 1):
            self._nodes.pop(place[:length], None)
        if digest is None:
            if self._hashes.pop(place, None) is not None:
                self._places.remove(place)
            return
        if place not in self._hashes:
            self._places.insert(bisect_left(self._places, place), place)
        self._hashes[place] = digest

    def root(self) -> bytes:
        """The root; Failed where one hash hides a place that another has."""
        return self._node("", 0, len(self._places))

    def beside(self, addresses: set[str]) -> Iterator[tuple[str, bytes]]:
        """The fewest nodes that hide all but these addresses: the place of each, and its hash."""
        yield from self._beside("", 0, len(self._places), sorted(addresses))

    def _node(self, prefix: str, low: int, high: int) -> bytes:
        if low == high:
            return EMPTY
        first = self._places[low]
        if len(first) == len(prefix):
            if high - low > 1:
                raise Failed("tree_altered", f"nodo {prefix}", "soggetti ognuno al suo posto", "uno dentro un altro")
            return self._hashes[first]
        if (node := self._nodes.get(prefix)) is not None:
            return node
        if high - low == 1:
            node = self._hashes[first]
            for digit in reversed(first[len(prefix) :]):
                node = node_hash(EMPTY, node) if digit == "1" else node_hash(node, EMPTY)
        else:
            middle = bisect_left(self._places, prefix + "1", low, high)
            node = node_hash(self._node(prefix + "0", low, middle), self._node(prefix + "1", middle, high))
        self._nodes[prefix] = node
        return node

    def _beside(self, prefix: str, low: int, high: int, shown: list[str]) -> Iterator[tuple[str, bytes]]:
        if low == high or len(prefix) == DEPTH:
            return
        place = bisect_left(shown, prefix)
        if place == len(shown) or not shown[place].startswith(prefix):
            yield prefix, self._node(prefix, low, high)
            return
        middle = bisect_left(self._places, prefix + "1", low, high)
        yield from self._beside(prefix + "0", low, middle, shown)
        yield from self._beside(prefix + "1", middle, high, shown)
