"""The further trees of a plan on a date, and where its objectives stand in them.

An objective says for each scheme a value. A scheme is a tree, or a level of one (`mission` and `program` of the tree of
missions), and a value a node, by id, code or title. A value that no stated node has is a node of its own, at the root,
with its text as title: so plans read that only classify.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from domain.errors import NotFound
from domain.facts import IN_FORCE
from domain.objectives.levels import LEVEL_WORDS, level_key
from domain.plans.invariants import tree_levels
from domain.plans.state import PlanState
from domain.spelling import folded
from domain.vocabulary import JsonValue

_WORDS = LEVEL_WORDS | {"programme": LEVEL_WORDS["program"], "perspective": "prospettiva"}
_OF_MANY = {"missioni": "missione", "programmi": "programma", "prospettive": "prospettiva", "aree": "area"}
"""The trees as they are printed: a name of the whole means the tree, as one of its levels does."""


class TreeNode(NamedTuple):
    """A node of a tree; `stated` is False for one that only a classification names."""

    id: str
    level: str | None = None
    code: str | None = None
    title: str | None = None
    order: int | None = None
    parent: str | None = None
    weight: Decimal | None = None
    stated: bool = True

    @property
    def name(self) -> str:
        """What people call it: code and title, or its id."""
        return " ".join(filter(None, (self.code, self.title))) or self.id


class Classified(NamedTuple):
    """What an objective says of where it stands: in its own tree, and in the others by scheme."""

    parent: str | None
    classifications: Mapping[str, str]
    title: str = ""


class PlacedTwice(NamedTuple):
    """A row that stands in a tree in more than one place, and so counts in more than one: the object's key, and the nodes."""

    object: str
    nodes: tuple[str, ...]


class Undecided(NamedTuple):
    """A classification that may mean several nodes: the objective, the scheme, the value, the nodes."""

    objective: str
    scheme: str
    value: str
    nodes: tuple[str, ...]


@dataclass
class FurtherTree:
    """A tree of a plan: its nodes in their order, each before those beneath it, and the nodes at which objectives stand.

    `placed` has of each objective the deepest nodes that it names: more than one where they are not on one branch.
    """

    name: str
    nodes: dict[str, TreeNode] = field(default_factory=dict)
    placed: dict[str, tuple[str, ...]] = field(default_factory=dict)
    undecided: list[Undecided] = field(default_factory=list)

    @cached_property
    def children(self) -> Mapping[str | None, Sequence[str]]:
        """The nodes beneath each, in their order; those at the root beneath None."""
        children: defaultdict[str | None, list[str]] = defaultdict(list)
        for node in self.nodes.values():
            children[node.parent].append(node.id)
        return children

    def above(self, node: str) -> list[str]:
        """The nodes above one, nearest first."""
        above: list[str] = []
        parent = self.nodes[node].parent
        while parent is not None:
            above.append(parent)
            parent = self.nodes[parent].parent
        return above

    def branch(self, node: str) -> list[str]:
        """A node, and all beneath it."""
        return [node, *(below for child in self.children.get(node, ()) for below in self.branch(child))]

    def deepest(self, nodes: Iterable[str]) -> tuple[str, ...]:
        """Those of some nodes that are above none of the others: one, where all are on one branch."""
        named = dict.fromkeys(nodes)
        above = {each for node in named for each in self.above(node)}
        return tuple(node for node in named if node not in above)

    @cached_property
    def depth(self) -> int:
        """How many levels the tree has."""
        return max((1 + len(self.above(node)) for node in self.nodes), default=0)

    def at(self, objective: str, parents: Mapping[str, str | None]) -> tuple[str, ...]:
        """Where an objective counts: the nodes that it names, or those of the nearest one above it that names any."""
        current: str | None = objective
        while current is not None:
            if current in self.placed:
                return self.placed[current]
            current = parents.get(current)
        return ()

    def unplaced(self, parents: Mapping[str, str | None]) -> list[str]:
        """The topmost objectives that stand at no node, though nothing of the tree is above them or beneath them."""
        placed = {objective for objective in parents if self.at(objective, parents)}
        above_placed: set[str] = set()
        for objective in placed:
            parent = parents[objective]
            while parent is not None and parent in parents and parent not in above_placed:
                above_placed.add(parent)
                parent = parents[parent]
        apart = {objective for objective in parents if objective not in placed | above_placed}
        return [objective for objective in parents if objective in apart and parents[objective] not in apart]

    def placed_twice(
        self, parents: Mapping[str, str | None], serving: Mapping[str, Sequence[str]]
    ) -> Iterator[PlacedTwice]:
        """The objectives, then the indicators, that stand in more than one place; `serving` says what each indicator serves."""
        for objective, own in self.placed.items():
            parent = parents.get(objective)
            through = self.at(parent, parents) if parent is not None else ()
            nodes = self.deepest((*own, *through))
            if len(nodes) > 1:
                yield PlacedTwice(f"objective/{objective}", nodes)
        for indicator, objectives in serving.items():
            places = {self.at(objective, parents) for objective in objectives} - {()}
            nodes = self.deepest(node for place in sorted(places) for node in place)
            if len(places) > 1 and len(nodes) > 1:
                yield PlacedTwice(f"indicator/{indicator}", nodes)


def named_tree(trees: Mapping[str, FurtherTree], name: str, where: str = "tree") -> FurtherTree:
    """The tree of these that a name, or that of one of its levels, means; NotFound, with those there are, for no tree."""
    by_scheme = {
        scheme_key(node.level): tree
        for tree in trees.values()
        for node in tree.nodes.values()
        if node.level is not None
    }
    by_scheme |= {scheme_key(tree.name): tree for tree in trees.values()}
    tree = by_scheme.get(scheme_key(name))
    if tree is None:
        raise NotFound(
            f"{name[:80]!r} non è un altro albero del piano",
            accepted=", ".join(trees) or "nessuno: il piano ha solo l'albero degli obiettivi",
            where=where,
        )
    return tree


def scheme_key(name: str) -> str:
    """What tells a scheme from another: `Missioni`, `missione` and `mission` are one."""
    key = level_key(name)
    key = _WORDS.get(key, key)
    return _OF_MANY.get(key, key)


def trees_of(stated: Iterable[tuple[str, TreeNode]], objectives: Mapping[str, Classified]) -> dict[str, FurtherTree]:
    """The trees of a plan, from its stated nodes in force, each with its tree, and from what its objectives say."""
    nodes: defaultdict[str, dict[str, TreeNode]] = defaultdict(dict)
    for tree, node in stated:
        nodes[tree][node.id] = node
    trees = {name: FurtherTree(name, _in_order(of_tree)) for name, of_tree in nodes.items()}
    by_scheme = {scheme_key(node.level): name for name in trees for node in nodes[name].values() if node.level}
    by_scheme |= {scheme_key(name): name for name in trees}
    unstated: defaultdict[str, dict[str, TreeNode]] = defaultdict(dict)
    for id_, objective in objectives.items():
        named: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        for scheme, value in objective.classifications.items():
            name = by_scheme.setdefault(scheme_key(scheme), scheme)
            trees.setdefault(name, FurtherTree(name))
            named[name].append((scheme, value))
        for name, values in named.items():
            places, own, undecided = _places(trees[name], id_, values)
            trees[name].undecided += undecided
            for value in own:
                title = objectives[value].title if value in objectives else ""
                unstated[name].setdefault(value, TreeNode(value, title=title or value, stated=False))
            trees[name].placed[id_] = (*trees[name].deepest(places), *own)
    for name, own_nodes in unstated.items():
        trees[name].nodes.update(own_nodes)
    return trees


def trees_in(state: PlanState, stated: Iterable[tuple[str, TreeNode]] | None = None) -> dict[str, FurtherTree]:
    """The trees of a plan on the date of the state, with the objectives in force; `stated` stands in for its nodes."""
    objectives = {
        id_: Classified(
            state.parent(id_), _classifications(state.objective(id_, "classifications")), _title_in(state, id_)
        )
        for id_ in state.objectives_in_force()
    }
    return trees_of(nodes_in(state) if stated is None else stated, objectives)


def nodes_in(state: PlanState) -> Iterator[tuple[str, TreeNode]]:
    """The stated nodes in force, each with its tree, in the order of entry."""
    for key in state.timelines.objects("tree/"):
        if state.life(key) == IN_FORCE:
            _, tree, id_ = key.split("/")
            yield tree, node_of(id_, {field: state.value(key, field) for field in state.timelines.fields(key)})


def node_of(id_: str, stored: Mapping[str, JsonValue]) -> TreeNode:
    """A node, from the fields that it is stored with."""
    level, code, title, parent, weight = (
        None if stored.get(name) is None else str(stored[name])
        for name in ("level", "code", "title", "parent", "weight")
    )
    order = stored.get("order")
    return TreeNode(
        id_,
        level,
        code,
        title,
        order if isinstance(order, int) else None,
        parent,
        None if weight is None else Decimal(weight),
    )


def objectives_at(state: PlanState, tree: str, node: str) -> tuple[str, ...]:
    """The objectives that stand at a node of a tree, or beneath it, on the date of the state."""
    found = trees_in(state).get(tree)
    if found is None or node not in found.nodes:
        return ()
    branch = set(found.branch(node))
    return tuple(objective for objective, nodes in found.placed.items() if not branch.isdisjoint(nodes))


def weighed_in(tree: FurtherTree | None) -> Counter[tuple[str | None, Decimal | None, frozenset[str]]]:
    """What a tree is scored by, where it is by the weights of nodes: under each parent the weights, with what they weigh.

    Under a parent beneath which any node has a weight, the nodes count at which objectives stand, or beneath which.
    """
    if tree is None:
        return Counter()
    standing: defaultdict[str, set[str]] = defaultdict(set)
    for objective, nodes in tree.placed.items():
        for node in nodes:
            for branch in (node, *tree.above(node)):
                standing[branch].add(objective)
    weighed = {
        parent
        for node in tree.nodes.values()
        if node.weight is not None
        for child, parent in zip((node.id, *tree.above(node.id)), (*tree.above(node.id), None), strict=True)
        if child in standing
    }
    return Counter(
        (node.parent, node.weight, frozenset(standing[node.id]))
        for node in tree.nodes.values()
        if node.parent in weighed and node.id in standing
    )


def nodes_called(nodes: Iterable[TreeNode], name: str, level: str | None = None) -> list[TreeNode]:
    """The nodes that an id, or else a code, a title or both mean; those of a level before the others."""
    listed = list(nodes)
    exact = [node for node in listed if node.id == name]
    wanted = folded(name)
    called = exact or [
        node for node in listed if wanted and wanted in map(folded, (node.code, node.title, node.name, node.id))
    ]
    of_level = [node for node in called if level and node.level and scheme_key(node.level) == scheme_key(level)]
    return of_level or called


def _in_order(nodes: Mapping[str, TreeNode]) -> dict[str, TreeNode]:
    """The nodes depth first, siblings by their order, then as they were stated; what hangs from nothing is at the root."""
    whole = tree_levels({id_: node.parent for id_, node in nodes.items()})
    held = {
        id_: node if node.parent in nodes and id_ in whole else node._replace(parent=None)
        for id_, node in nodes.items()
    }
    children: defaultdict[str | None, list[str]] = defaultdict(list)
    for id_, node in held.items():
        children[node.parent].append(id_)
    for siblings in children.values():
        siblings.sort(key=lambda id_: (held[id_].order is None, held[id_].order or 0))
    ordered: dict[str, TreeNode] = {}
    waiting = list(reversed(children[None]))
    while waiting:
        id_ = waiting.pop()
        ordered[id_] = held[id_]
        waiting += reversed(children.get(id_, []))
    return ordered


def _places(
    tree: FurtherTree, objective: str, values: Sequence[tuple[str, str]]
) -> tuple[list[str], list[str], list[Undecided]]:
    """The stated nodes that an objective's values mean, the values that mean none, and those that may mean several."""
    meant = {scheme: [node.id for node in nodes_called(tree.nodes.values(), value, scheme)] for scheme, value in values}
    certain = [nodes[0] for nodes in meant.values() if len(nodes) == 1]
    places, own, undecided = list(certain), [], []
    for scheme, value in values:
        nodes = meant[scheme]
        if len(nodes) > 1:  # programmes of two missions may have one code: the mission says which
            on_branch = [node for node in nodes if any(len(tree.deepest((node, other))) == 1 for other in certain)]
            if len(on_branch) == 1:
                places.append(on_branch[0])
            else:
                own.append(value)
                undecided.append(Undecided(objective, scheme, value, tuple(nodes)))
        elif not nodes and value:
            own.append(value)
    return places, list(dict.fromkeys(own)), undecided


def _classifications(stored: JsonValue) -> dict[str, str]:
    return {scheme: str(value) for scheme, value in stored.items()} if isinstance(stored, dict) else {}


def _title_in(state: PlanState, objective: str) -> str:
    code, title = state.objective(objective, "code"), state.objective(objective, "title")
    return " ".join(str(part) for part in (code, title) if part)
