"""Compares the nodes of the further trees of a plan with those that were uploaded.

A node is told by its tree and its id; one without an id by its code and title, within its tree.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from domain.acts.phrase import slug
from domain.documents.diff_builder import DiffBuilder, Subject
from domain.documents.difference import CurrentPlan, ItemType
from domain.documents.plan import TreeNodeRow
from domain.documents.uploaded import UploadedNode, UploadedPlan
from domain.facts import node_key
from domain.trees.fields import NODE_HEADING
from domain.trees.placed import TreeNode, nodes_called, scheme_key
from domain.vocabulary import is_identifier

CHANGES: dict[str, ItemType] = {
    **dict.fromkeys(NODE_HEADING, "reclassified"),
    "parent": "moved",
    "weight": "reweighted",
}
"""What a difference in each field of a node is called."""
Key = tuple[str, str]
"""A tree, and the id of a node."""


class NodeRow(NamedTuple):
    """An uploaded row, with the node that it is."""

    row: UploadedNode
    tree: str
    id: str
    parent: str | None

    @property
    def key(self) -> Key:
        """The node."""
        return self.tree, self.id


def diff_trees(current: CurrentPlan, uploaded: UploadedPlan, builder: DiffBuilder) -> list[TreeNodeRow]:
    """Writes down what differs of the nodes; answers those to be withdrawn, the deepest first."""
    in_force = {(row.tree, row.id): row for row in current.document.trees}
    base = {(row.tree, row.id): row for row in current.base.trees} if current.base else in_force
    rows = node_rows(uploaded, builder, current.document.trees)
    present: set[Key] = set()
    for node in _parents_first(rows):
        if node.key in present:
            builder.problem(
                node.row.where, "id", f"il nodo {node.id!r} dell'albero {node.tree} c'è due volte", "id diversi"
            )
        elif (now := in_force.get(node.key)) is not None:
            _compare(node, now, base.get(node.key, now), builder)
        elif node.key in base:
            builder.warn(
                node.row.where,
                None,
                "withdrawn_meanwhile",
                f"{node_label(node.row)!r} è stato ritirato nel frattempo: resta ritirato",
            )
        else:
            _add(node, builder)
        present.add(node.key)
    missing = [row for key, row in in_force.items() if key in base and key not in present]
    if uploaded.trees is None or not missing:
        return []
    if "trees" not in uploaded.complete:
        listed = ", ".join(row.id for row in missing[:10])
        builder.ignored.append(f"{len(missing)} nodi di altri alberi non sono nel file e restano com'erano: {listed}")
        return []
    return list(reversed(missing))  # each stands before those beneath it


def node_rows(uploaded: UploadedPlan, builder: DiffBuilder, current: Sequence[TreeNodeRow] = ()) -> list[NodeRow]:
    """The uploaded nodes with their trees, ids and parents; a problem for each that cannot be told."""
    listed: list[tuple[UploadedNode, str, str]] = []
    known = {scheme_key(row.tree): row.tree for row in current}
    for row in uploaded.trees or ():
        tree = known.get(scheme_key(row.tree)) or (row.tree if is_identifier(row.tree) else slug(row.tree, 60))
        id_ = row.id or _known(row, tree, current)
        if id_ is None:
            accepted = "l'identificativo, oppure il codice o il titolo"
            builder.problem(row.where, "id", f"un nodo dell'albero {tree} non dice come si chiama", accepted)
            continue
        listed.append((row, tree, id_))
    nodes = [(tree, TreeNode(id_, row.level, row.code, row.title)) for row, tree, id_ in listed]
    nodes += [(row.tree, _node(row)) for row in current if (row.tree, row.id) not in {(t, n.id) for t, n in nodes}]
    rows: list[NodeRow] = []
    for row, tree, id_ in listed:
        parent = None
        if row.parent:
            called = nodes_called((node for of_tree, node in nodes if of_tree == tree), row.parent)
            if len(called) != 1:
                problem = f"il nodo padre {row.parent[:80]!r} non si trova nell'albero {tree}, o ce n'è più d'uno"
                builder.problem(
                    row.where,
                    "parent",
                    problem,
                    "l'identificativo, il codice o il titolo di un nodo dello stesso albero",
                )
                continue
            parent = called[0].id
        rows.append(NodeRow(row, tree, id_, parent))
    return rows


def node_label(row: UploadedNode | TreeNodeRow) -> str:
    """What people call a node: code and title."""
    return " ".join(part for part in (row.code, row.title) if part) or row.id or row.tree


def _node(row: TreeNodeRow) -> TreeNode:
    return TreeNode(row.id, row.level, row.code, row.title, row.order, row.parent, row.weight)


def _known(row: UploadedNode, tree: str, current: Sequence[TreeNodeRow]) -> str | None:
    """The id of the node that a row without one means: that of the tree called so, else one of its own name."""
    name = node_label(row) if row.code or row.title else ""
    called = nodes_called((_node(each) for each in current if each.tree == tree), name, row.level) if name else []
    if len(called) == 1:
        return called[0].id
    return slug(name, 60) if name else None


def _parents_first(rows: Sequence[NodeRow]) -> Iterable[NodeRow]:
    """The rows, a parent before what hangs from it; those of a ring as they stand: the decision refuses them."""
    waiting, done = list(rows), set[Key]()
    there = {row.key for row in rows}
    while waiting:
        ready = [
            row
            for row in waiting
            if row.parent is None or (row.tree, row.parent) in done | ({(row.tree, row.parent)} - there)
        ]
        for row in ready or waiting:
            done.add(row.key)
            yield row
        waiting = [row for row in waiting if row not in ready] if ready else []


def _subject(node: NodeRow) -> Subject:
    return Subject(node_key(node.tree, node.id), node_label(node.row))


def _compare(node: NodeRow, now: TreeNodeRow, then: TreeNodeRow, builder: DiffBuilder) -> None:
    for field, type_ in CHANGES.items():
        if not node.row.says(field):
            continue
        value = node.parent if field == "parent" else getattr(node.row, field)
        was = getattr(now, field)
        subject = _subject(node)
        if builder.differs(subject, node.row, field, uploaded=value, current=was, base=getattr(then, field)):
            stated = {"under" if field == "parent" else field: value}
            verb = "reweigh_tree_node" if field == "weight" else "state_tree_node"
            command = {"verb": verb, "tree": node.tree, "node": node.id, **stated}
            builder.step(type_, subject, node.row, command, field=field, before=was, after=value)


def _add(node: NodeRow, builder: DiffBuilder) -> None:
    values = {field: value for field in NODE_HEADING if (value := getattr(node.row, field)) not in (None, "")}
    under = {"under": node.parent} if node.parent else {}
    weight = {"weight": node.row.weight} if node.row.weight is not None else {}
    command = {"verb": "state_tree_node", "tree": node.tree, "node": node.id, **values, **under, **weight}
    builder.step("added", _subject(node), node.row, command, after={**values, "parent": node.parent, **weight})
