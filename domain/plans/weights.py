"""Whether the weights of siblings sum up: those of the indicators of an objective, of its objectives, of the roots of a plan.

Plans share out a hundred points in more than one way: among the indicators, or the objectives, of one node; among both;
over all that hangs from a node, as on one sheet; over the whole plan; or a node's own points among its children. What none
of these explains is told, once a parent, by the way that the plan takes nearest by.

A hundred by itself and the parent's own points are ways of which a plan takes one: a group that stands by the one where the
others stand by the other is told; where both are taken, it is told with the doubt.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Literal, NamedTuple

from domain.event import Event
from domain.facts import IN_FORCE, LIFE, assignment_key, indicator_key
from domain.indicators.feeds import SCORE_NAMES, fed_scores
from domain.italian import print_number
from domain.notice import Notice
from domain.plans.state import PlanState
from domain.recording import Pending, Recorded
from domain.trees.placed import FurtherTree, trees_in

WHOLE = Decimal(100)
ROUNDING = Decimal(1)
"""What thirds lose when they are rounded."""
PLAN_ITSELF = ""
"""What the roots stand under."""
WeighedKind = Literal["objectives", "indicators", "nodes"]
_Way = Literal["whole", "passed_down"]


class Weighed(NamedTuple):
    """One that stands under a parent, with its points there; None where the plan gives none. `scores`: in which it counts."""

    parent: str
    weight: Decimal | None
    scores: frozenset[str] = frozenset()


class UnevenWeights(NamedTuple):
    """A parent under which the weights do not sum up: of which of its children, to how much, and how many have none.

    `scores` are those in which the sum stands so, where the plan's rows count in different ones.
    """

    parent: str
    of: WeighedKind
    total: Decimal
    unweighted: int
    scores: tuple[str, ...] = ()
    tree: str = ""
    """The further tree whose nodes do not sum up; of them `parent` is the title."""
    meant: Decimal = WHOLE
    """What the others of the plan let expect: a hundred, or the points of the parent."""
    doubtful: bool = False
    """Whether the sum is that of the parent's own points, and the others of the plan do now one and now the other."""

    @property
    def subject(self) -> str:
        """What it is said of: `objective/ID`, or `plan`."""
        return f"objective/{self.parent}" if self.parent and not self.tree else "plan"

    @property
    def words(self) -> str:
        """The sum in a phrase, with the parent by its id."""
        said = [self._sum]
        if self.doubtful:
            said.append("sono i punti di ciò a cui fanno capo, e altri del piano fanno così")
        elif self.meant != WHOLE:
            said.append("gli altri del piano si dividono i punti di ciò a cui fanno capo")
        if self.unweighted:
            said.append(f"senza peso: {self.unweighted}")
        return "; ".join(said)

    @property
    def _sum(self) -> str:
        parent, total, meant = self.parent, print_number(self.total), print_number(self.meant)
        if self.tree:
            under = f" di «{parent}»" if parent else ""
            return f"i pesi dei nodi{under} nell'albero {self.tree} fanno {total}, non {meant}"
        if self.scores:
            named = "», «".join(SCORE_NAMES.get(score, score) for score in self.scores)
            return f"i pesi degli indicatori di {parent} che contano nel punteggio «{named}» fanno {total}, non {meant}"
        if self.of == "indicators":
            return f"i pesi degli indicatori di {parent} fanno {total}, non {meant}"
        if not parent:
            return f"i pesi degli obiettivi in cima al piano fanno {total}, non {meant}"
        return f"i pesi degli obiettivi di {parent} fanno {total}, non {meant}"

    @property
    def notice(self) -> Notice:
        """The warning that tells it."""
        where = f"obiettivo {self.parent}" if self.parent and not self.tree else "piano"
        return Notice(where=where, name="weights_not_100", words=self.words)


def is_whole(points: Decimal) -> bool:
    """Whether points are a hundred, but for what thirds lose."""
    return WHOLE - ROUNDING < points < WHOLE + ROUNDING


@dataclass(frozen=True)
class WeightedTree:
    """The objectives of a plan under their parents, with their weights, and the places of its indicators with theirs."""

    parents: Mapping[str, str | None]
    weights: Mapping[str, Decimal | None]
    places: tuple[Weighed, ...]

    def uneven(self) -> list[UnevenWeights]:
        """The parents under which weights do not sum up, each once for its indicators and once for its objectives.

        Rows that count in different scores are summed score by score.
        """
        of_objectives = [Weighed(parent or PLAN_ITSELF, self.weights[name]) for name, parent in self.parents.items()]
        objectives = _Points(self, "objectives", of_objectives)
        own = _Points(self, "indicators", self.places).own
        return [*self._of_indicators(objectives.own), *objectives.uneven(beside=own)]

    def _of_indicators(self, beside: Mapping[str, Decimal]) -> list[UnevenWeights]:
        counting: defaultdict[str, set[frozenset[str]]] = defaultdict(set)
        for place in self.places:
            counting[place.parent].add(place.scores)
        every = frozenset[str]().union(*(scores for of_parent in counting.values() for scores in of_parent))
        together = _Points(self, "indicators", self.places)
        if len({scores for of_parent in counting.values() for scores in of_parent}) < 2:
            return together.uneven(beside)
        # How the plan shares its points out shows in all of its rows; those of one score may be a part of them.
        shared_out = together.settled(beside)
        found: dict[UnevenWeights, list[str]] = {}
        for score in sorted(every):
            rows = _Points(self, "indicators", [place for place in self.places if score in place.scores])
            for uneven in rows.uneven(beside, shared_out, together.ways):
                found.setdefault(uneven, []).append(score)
        return [
            uneven if counting[uneven.parent] == {frozenset(scores)} else uneven._replace(scores=tuple(scores))
            for uneven, scores in found.items()
        ]

    @cached_property
    def chains(self) -> Mapping[str, list[str]]:
        """Each objective with what it hangs from, nearest first, up to its root."""
        return {name: list(self._chain(name)) for name in self.parents}

    def _chain(self, objective: str) -> Iterator[str]:
        passed: set[str] = set()
        current: str | None = objective
        while current is not None and current in self.parents and current not in passed:
            passed.add(current)
            yield current
            current = self.parents[current]


class _Points:
    """The points of one kind of children: what the children of each node have together, and all that is under it."""

    def __init__(self, tree: WeightedTree, of: WeighedKind, children: Iterable[Weighed]) -> None:
        self.tree, self.of = tree, of
        self.own: defaultdict[str, Decimal] = defaultdict(Decimal)
        self.unweighted: defaultdict[str, int] = defaultdict(int)
        for child in children:
            if child.weight is None:
                self.unweighted[child.parent] += 1
            else:
                self.own[child.parent] += child.weight
        self.ways = {node: way for node, points in self.own.items() if (way := self._way(node, points)) is not None}
        self.under: defaultdict[str, Decimal] = defaultdict(Decimal)
        for node, points in self.own.items():
            for above in {*self._chain(node), PLAN_ITSELF}:
                self.under[above] += points

    def _way(self, node: str, points: Decimal) -> _Way | None:
        """Which way the children of a node take, where that can be told: not where it has no points of its own, or a hundred."""
        weight = self.tree.weights.get(node)
        if not weight or is_whole(weight):
            return None
        return "passed_down" if points == weight else "whole" if is_whole(points) else None

    def settled(self, beside: Mapping[str, Decimal]) -> dict[str, str]:
        """The nodes whose children sum up, each with the node by which they do; `beside` are the points of the other kind."""
        return {node: by for node in self.own if (by := self._settled_by(node, beside)) is not None}

    def uneven(
        self,
        beside: Mapping[str, Decimal],
        shared_out: Mapping[str, str] | None = None,
        ways: Mapping[str, _Way] | None = None,
    ) -> list[UnevenWeights]:
        """Where they do not sum up; `shared_out` are the nodes that do where more than these children are summed, by which `ways`."""
        settled = self.settled(beside)
        relatives = settled if shared_out is None else {**shared_out, **settled}
        taken = self.ways if ways is None else {**ways, **self.ways}
        told: dict[str, UnevenWeights] = {}
        for node, points in self.own.items():
            if node in settled:
                against = self._against_the_others(node, taken, settled[node])
                if against is not None:
                    told.setdefault(node, against)
                continue
            parent = self._parent_meant(node, points, relatives)
            whole_sheet = parent != node
            total = self.under[parent] if whole_sheet else points
            lacking = 0 if whole_sheet else self.unweighted[node]
            told.setdefault(parent, UnevenWeights(parent, self.of, total, lacking))
        return list(told.values())

    def _against_the_others(self, node: str, taken: Mapping[str, _Way], by: str) -> UnevenWeights | None:
        """What is to be told of a node that sums up by a way that the others of the plan do not take."""
        ways = [*({**taken, node: self.ways[node]} if node in self.ways else taken).values()]
        whole, passed, weight = ways.count("whole"), ways.count("passed_down"), self.tree.weights.get(node)
        hands_down = whole < 2 <= passed
        match self.ways.get(node):
            case "passed_down" if by == node and whole and not hands_down:
                return UnevenWeights(node, self.of, self.own[node], self.unweighted[node], doubtful=passed > 1)
            case "whole" if weight and hands_down:
                return UnevenWeights(node, self.of, self.own[node], self.unweighted[node], meant=weight)
            case _:
                return None

    def _settled_by(self, node: str, beside: Mapping[str, Decimal]) -> str | None:
        """The node whose points are whole and hold those of this one: itself, or what it hangs from; None for none."""
        points = self.own[node]
        of_both = points + beside.get(node, Decimal())
        if is_whole(points) or is_whole(of_both) or (points and points == self.tree.weights.get(node)):
            return node
        above = [*self._chain(node), PLAN_ITSELF]
        return next((sheet for sheet in above if is_whole(self.under[sheet])), None)

    def _parent_meant(self, node: str, points: Decimal, settled: Mapping[str, str]) -> str:
        """Of which parent it is told: of the node where its relatives are whole by themselves, else of its sheet."""
        chain = self._chain(node)
        if points > WHOLE or not chain:
            return node
        for above in chain[1:]:
            relatives = [other for other in settled if above in self._chain(other)]
            if relatives and any(settled[other] == other for other in relatives):
                return node
            if relatives:
                depth = len(self._chain(settled[relatives[0]]))
                return next((part for part in chain if len(self._chain(part)) == depth), node)
        return next(sheet for sheet in chain if self.under[sheet] == self.under[chain[-1]])

    def _chain(self, node: str) -> list[str]:
        return self.tree.chains.get(node, [])


def weighted_tree(state: PlanState) -> WeightedTree:
    """The weights of what is in force on the date of a state."""
    alive = state.objectives_in_force()
    known = set(alive)
    return WeightedTree(
        parents={name: parent if (parent := state.parent(name)) in known else None for name in alive},
        weights={name: _points(state.objective(name, "weight")) for name in alive},
        places=tuple(
            Weighed(
                objective,
                _points(state.value(key := assignment_key(indicator, objective), "weight")),
                fed_scores(state.value(key, "feeds")),
            )
            for indicator, objective in state.assignments()
            if objective in known and state.life(indicator_key(indicator)) == IN_FORCE
        ),
    )


def uneven_weights(state: PlanState) -> list[UnevenWeights]:
    """The parents under which the weights in force do not sum up, those of the further trees too."""
    return [*weighted_tree(state).uneven(), *uneven_nodes(trees_in(state).values())]


def uneven_nodes(trees: Iterable[FurtherTree]) -> Iterator[UnevenWeights]:
    """The parents in further trees whose nodes have weights that do not sum up, by the rule of the objectives' tree."""
    for tree in trees:
        weights = {node.id: node.weight for node in tree.nodes.values()}
        parents = {node.id: node.parent for node in tree.nodes.values()}
        for uneven in WeightedTree(parents, weights, places=()).uneven():
            called = tree.nodes[uneven.parent].name if uneven.parent else PLAN_ITSELF
            yield uneven._replace(parent=called, of="nodes", tree=tree.name)


def uneven_after(
    events: Sequence[Pending | Recorded], before: Callable[[date], PlanState], after: Callable[[date], PlanState]
) -> list[UnevenWeights]:
    """What does not sum up once some events hold, and did not stand so without them, on the day of the last that weighs.

    `before` and `after` give the plan on a day, without the events and with them. Nothing is summed where none of them says
    what something weighs, where it stands, what it counts in or whether it is in force.
    """
    days = [each.effective_on for each in events if _may_weigh(each.event)]
    if not days:
        return []
    known = {each._replace(doubtful=False) for each in uneven_weights(before(max(days)))}
    return [each for each in uneven_weights(after(max(days))) if each._replace(doubtful=False) not in known]


def _may_weigh(event: Event) -> bool:
    return bool(event.annulled_versions()) or any(
        fact.field in {"weight", "parent", "feeds", LIFE} for fact in event.facts()
    )


def _points(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value))
