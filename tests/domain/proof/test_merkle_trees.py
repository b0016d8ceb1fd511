"""Merkle trees: the vectors of RFC 6962, an independent implementation as an oracle, and what no proof may pass."""

import hashlib

import pymerkle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.proof.merkle import EMPTY, Edge, Tree, consistent, included, leaf_hash, node_hash, root_of, unpacked
from initinere_verify import trees

# The entries and roots that the reference implementation of RFC 6962 publishes (certificate-transparency, 2.1.3).
ENTRIES = [
    bytes.fromhex(entry)
    for entry in ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
# The inclusion and consistency proofs that RFC 9162, 2.1.5 spells out for the tree of seven leaves d0..d6.
SEVEN = [leaf_hash(entry) for entry in ENTRIES[:7]]


@pytest.mark.parametrize("size", range(1, 9))
def test_the_roots_are_those_of_the_reference(size: int) -> None:
    leaves = [leaf_hash(entry) for entry in ENTRIES[:size]]
    assert root_of(leaves).hex() == Tree(leaves).root().hex() == trees.root_of(leaves).hex() == ROOTS[size - 1]


def test_a_tree_without_leaves_has_the_hash_of_nothing() -> None:
    assert root_of([]) == EMPTY == hashlib.sha256().digest() == trees.root_of([])


def test_the_proofs_are_those_that_the_rfc_spells_out() -> None:
    a, b, c, d, e, f, j = SEVEN
    g, h, i = node_hash(a, b), node_hash(c, d), node_hash(e, f)
    k, last = node_hash(g, h), node_hash(i, j)
    tree = Tree(SEVEN)
    assert tree.inclusion(0) == [b, h, last]
    assert tree.inclusion(3) == [c, g, last]
    assert tree.inclusion(4) == [f, j, k]
    assert tree.inclusion(6) == [i, k]
    assert tree.consistency(3) == [c, d, g, last]
    assert tree.consistency(4) == [last]
    assert tree.consistency(6) == [i, j, k]


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=70), st.data())
def test_every_proof_holds_in_both_implementations_and_no_altered_one(
    entries: list[bytes], data: st.DataObject
) -> None:
    leaves = [leaf_hash(entry) for entry in entries]
    tree, size = Tree(leaves), len(leaves)
    index = data.draw(st.integers(0, size - 1))
    first = data.draw(st.integers(1, size))
    path, root = tree.inclusion(index), tree.root()
    grown = tree.consistency(first)
    for module in (included, trees.included):
        assert module(leaves[index], index, size, path, root)
        assert not module(leaf_hash(b"another"), index, size, path, root)
        assert not module(leaves[index], index, size, [*path, bytes(32)], root)
        assert not module(leaves[index], size, size, path, root)
        assert not path or not module(leaves[index], index, size, path[:-1], root)
    for check in (consistent, trees.consistent):
        assert check(first, size, tree.root(first), root, grown)
        assert not check(first, size, bytes(32), root, grown)
        assert not check(first, size, tree.root(first), bytes(32), grown)
        assert not check(first, size, tree.root(first), root, [*grown, bytes(32)])


@given(st.lists(st.binary(max_size=20), max_size=40), st.lists(st.binary(max_size=20), max_size=40))
def test_an_edge_that_grows_has_the_root_of_the_whole_and_is_read_back(some: list[bytes], more: list[bytes]) -> None:
    before, after = [[leaf_hash(entry) for entry in part] for part in (some, more)]
    edge = Edge().grown(before)
    again = unpacked(edge.size, edge.packed()).grown(after)
    assert again.root == Tree([*before, *after]).root()
    assert len(again.nodes) == (len(some) + len(more)).bit_count()


def test_an_edge_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="margine"):
        unpacked(2, bytes(64))


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=50))
def test_an_independent_implementation_agrees(entries: list[bytes]) -> None:
    oracle = pymerkle.InmemoryTree(algorithm="sha256")
    for entry in entries:
        oracle.append_entry(entry)
    leaves = [leaf_hash(entry) for entry in entries]
    tree = Tree(leaves)
    for size in range(1, len(entries) + 1):
        assert oracle.get_root(size) == tree.root(size)
        proof = oracle.prove_consistency(size, len(entries))
        pymerkle.verify_consistency(tree.root(size), tree.root(), proof)
    for index, leaf in enumerate(leaves):
        pymerkle.verify_inclusion(leaf, tree.root(), oracle.prove_inclusion(index + 1, len(entries)))
