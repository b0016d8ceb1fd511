"""The events of the further trees of a plan: missions and programmes, perspectives, areas.

Where an objective stands in them is said by the objective, in its classifications.
"""

from domain.event import Event, PlanChangeEvent, SaysAbsence, Touch, weight_fact, weight_words
from domain.facts import IN_FORCE, LIFE, WITHDRAWN, Fact, node_key
from domain.names import Names
from domain.trees.fields import NodeHeading, node_words
from domain.vocabulary import Identifier, JsonValue, Points


class TreeNodeEvent(PlanChangeEvent):
    """What an event of a node has in common with the others."""

    tree: Identifier
    node: Identifier

    def fact(self, field: str, value: JsonValue) -> Fact:
        """A fact of the node."""
        return Fact(node_key(self.tree, self.node), field, value)

    def called(self, names: Names) -> str:
        """The node, in quotes."""
        return names.called(node_key(self.tree, self.node))


class TreeNodeStated(NodeHeading, SaysAbsence, TreeNodeEvent):
    """A node of a further tree of the plan was stated, or what it says of itself changed; a field set to None is emptied."""

    topic = "tree-node-stated"

    parent: Identifier | None = None

    def facts(self) -> list[Fact]:
        body = self.model_dump(mode="json", exclude={"tree", "node"}, exclude_unset=True)
        return [self.fact(LIFE, IN_FORCE), *(self.fact(field, value) for field, value in body.items())]

    def touch(self) -> Touch:
        return Touch("classification")

    def sentence(self, names: Names) -> str:
        called, fields = self.called(names), node_words(self.model_fields_set - {"tree", "node"})
        if not fields:
            return f"Stabilito il nodo {called} dell'albero {self.tree}"
        return f"Stabilito il nodo {called} dell'albero {self.tree}: {fields}"


class TreeNodeReweighted(SaysAbsence, TreeNodeEvent):
    """The weight of a node among its siblings was changed: the scores of its tree change with it."""

    topic = "tree-node-reweighted"

    weight: Points | None

    def facts(self) -> list[Fact]:
        return [weight_fact(node_key(self.tree, self.node), self.weight)]

    def touch(self) -> Touch:
        return Touch("weight")

    def sentence(self, names: Names) -> str:
        return f"Ripesato il nodo {self.called(names)} dell'albero {self.tree}: {weight_words(self.weight)}"


class TreeNodeWithdrawn(TreeNodeEvent):
    """A node was dropped from its tree; the objectives that name it stay as they are."""

    topic = "tree-node-withdrawn"

    def facts(self) -> list[Fact]:
        return [self.fact(LIFE, WITHDRAWN)]

    def touch(self) -> Touch:
        return Touch("classification")

    def sentence(self, names: Names) -> str:
        return f"Ritirato il nodo {self.called(names)} dell'albero {self.tree}"


EVENTS: tuple[type[Event], ...] = (TreeNodeStated, TreeNodeReweighted, TreeNodeWithdrawn)
