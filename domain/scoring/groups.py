"""The scores that lie across the tree: of further trees, of the classes that objectives bear, of offices."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from domain.administrations.offices import KnownOffices
from domain.measurements.checks import responsible_offices
from domain.plans.state import PlanState
from domain.scoring.achievement import Standing
from domain.scoring.combination import Combined, Part, combine
from domain.scoring.inputs import Scored
from domain.scoring.tree import Forest, ForestScores, Place, combine_groups, indicator_part, objective_part
from domain.trees.placed import FurtherTree, trees_in


class ClassScored(NamedTuple):
    """The topmost objectives of a class, and what they come to together."""

    objectives: list[str]
    combined: Combined


class OfficeScored(NamedTuple):
    """The places of an office in the tree, and what they come to together."""

    places: list[Place]
    combined: Combined


class NodeScored(NamedTuple):
    """A node of a further tree: the objectives that stand at it, and what all that stands at it or beneath comes to.

    `pooled` are the objectives that were put together where no node beneath has a weight; None where the nodes were.
    """

    objectives: list[str]
    pooled: list[str] | None
    combined: Combined


class TreeScored(NamedTuple):
    """A further tree: its nodes, what the whole comes to, the topmost objectives that stand at none of its nodes."""

    tree: FurtherTree
    whole: NodeScored
    nodes: dict[str, NodeScored]
    unplaced: list[str]


POOLED = "i nodi non hanno pesi: contano gli obiettivi, ognuno col suo"


def scored_trees(scored: Scored) -> dict[str, TreeScored]:
    """The further trees of the plan, each scored up its own nodes: by their weights, where any node beneath has one.

    Else the objectives of the branch are put together as they are, each with its own weight, the topmost of each branch
    of the objectives' tree: beneath, they count through it.
    """
    state, objectives = scored.inputs.structure, scored.inputs.forest.objectives
    parents = {objective: state.parent(objective) for objective in objectives}
    trees: dict[str, TreeScored] = {}
    for name, tree in trees_in(state).items():
        walk = _TreeWalk(scored, tree)
        nodes = {node: walk.scored(node) for node in tree.nodes}
        trees[name] = TreeScored(tree, walk.scored(None), nodes, tree.unplaced(parents))
    return trees


class _TreeWalk:
    """The scores of the nodes of one tree, each worked out once."""

    def __init__(self, scored: Scored, tree: FurtherTree) -> None:
        self.read, self.scores, self.tree = scored.inputs, scored.scores, tree
        self.standing: defaultdict[str | None, list[str]] = defaultdict(list)
        for objective in self.read.forest.objectives:
            for node in tree.placed.get(objective, ()):
                self.standing[node].append(objective)
        self.done: dict[str | None, NodeScored] = {}

    def scored(self, node: str | None) -> NodeScored:
        """A node; None for the whole tree."""
        if node not in self.done:
            self.done[node] = self._scored(node)
        return self.done[node]

    def _scored(self, node: str | None) -> NodeScored:
        own, system = self.standing[node], self.read.system.system
        children = [child for child in self.tree.children.get(node, ()) if self._of_branch(child)]
        if any(self.tree.nodes[each].weight is not None for child in children for each in self.tree.branch(child)):
            parts = [self._part(objective) for objective in topmost(self.read.structure, own)]
            below = [self._node_part(child) for child in children]
            return NodeScored(own, None, combine_groups(parts, below, system))
        pooled = topmost(self.read.structure, [*own, *(o for child in children for o in self._of_branch(child))])
        combined = combine([self._part(objective) for objective in pooled], system)
        if len(children) > 1:
            combined = combined._replace(notes=(POOLED, *combined.notes))
        return NodeScored(own, pooled, combined)

    def _of_branch(self, node: str) -> list[str]:
        return [objective for each in self.tree.branch(node) for objective in self.standing[each]]

    def _part(self, objective: str) -> Part:
        return objective_part(self.read.forest, self.scores, objective)

    def _node_part(self, node: str) -> Part:
        combined = self.scored(node).combined
        outside = combined.rule == "nothing_to_score"
        standing: Standing = "outside" if outside else "missing" if combined.score is None else "scored"
        return Part(combined.score, self.tree.nodes[node].weight, standing, combined.covered)


def scored_classes(scored: Scored) -> dict[str, dict[str, ClassScored]]:
    """For each class of each scheme, the objectives that bear it, the topmost of each branch: beneath, they count through it."""
    read, scores = scored.inputs, scored.scores
    return {
        scheme: {
            name: ClassScored(top, combine([objective_part(read.forest, scores, o) for o in top], read.system.system))
            for name, members in by_name.items()
            if (top := topmost(read.structure, members))
        }
        for scheme, by_name in classes_of(read.structure, read.forest.objectives).items()
    }


def classes_of(state: PlanState, objectives: Iterable[str]) -> dict[str, dict[str, list[str]]]:
    """The objectives that bear each class of each scheme, on the date of the state."""
    classes: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for objective in objectives:
        classifications = state.objective(objective, "classifications")
        for scheme, name in (classifications if isinstance(classifications, dict) else {}).items():
            classes[scheme][str(name)].append(objective)
    return {scheme: dict(by_name) for scheme, by_name in classes.items()}


def topmost(state: PlanState, objectives: Iterable[str]) -> list[str]:
    """Those of some objectives that hang from none of the others."""
    members = dict.fromkeys(objectives)
    return [member for member in members if members.keys().isdisjoint(state.ancestors(member))]


def scored_offices(scored: Scored) -> dict[str, OfficeScored]:
    """By office, the indicators that it answers for, once in each place that they serve, with their weight there."""
    read = scored.inputs
    offices = KnownOffices(read.owner)
    by_office: defaultdict[str, list[Place]] = defaultdict(list)
    for place in places_that_count(read.forest, scored.scores):
        for office in offices.names(responsible_offices(read.structure, place.indicator)):
            by_office[office].append(place)
    return {
        office: OfficeScored(
            places, combine([indicator_part(scored.scores, place) for place in places], read.system.system)
        )
        for office, places in by_office.items()
    }


def places_that_count(forest: Forest, scores: ForestScores) -> list[Place]:
    """The places of indicators that were scored in objectives that count for the year."""
    return [
        place
        for place in forest.places
        if place.indicator in scores.indicators and scores.objectives[place.objective].why_not is None
    ]


def unscored(scores: ForestScores) -> dict[str, int]:
    """Why indicators that concern the year have no figure, and how many for each reason."""
    lacking = [s.calculated.rule for s in scores.indicators.values() if s.standing in {"missing", "pending"}]
    return {rule: lacking.count(rule) for rule in sorted(set(lacking))}
