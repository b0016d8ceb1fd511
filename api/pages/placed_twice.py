"""What stands in several places of a further tree, as a page and a paper of that tree tell it."""

from typing import NamedTuple

from api.pages import addresses
from api.pages.visit import PlanVisit
from domain.trees.placed import FurtherTree, trees_in
from projections.trees import placed_twice


class PlacedTwiceShown(NamedTuple):
    """An objective, or an indicator: what it is called, its page, the nodes that it stands at."""

    name: str
    address: str
    nodes: list[str]


def placed_twice_shown(visit: PlanVisit, tree: str) -> list[PlacedTwiceShown]:
    """The rows that stand in a tree in more than one place; none of the tree of the objectives, nor of that of offices."""
    state = visit.reading.history.state(visit.point.as_of)
    of_tree = trees_in(state).get(tree)
    if of_tree is None:
        return []
    return [
        PlacedTwiceShown(row["name"], _page_of(visit, row["object"]), [_called(of_tree, node) for node in row["nodes"]])
        for row in placed_twice(state, of_tree)
    ]


def _page_of(visit: PlanVisit, object_: str) -> str:
    kind, _, id_ = object_.partition("/")
    if kind == "objective":
        return visit.to(addresses.OBJECTIVE, objective=id_)
    return visit.to(addresses.INDICATOR, indicator=id_)


def _called(tree: FurtherTree, node: str) -> str:
    stated = tree.nodes[node]
    return " ".join(filter(None, (stated.code, stated.title))) or node
