"""The commands to the nodes of the further trees of a plan; a node is named by its tree and its id."""

from typing import Annotated, Literal

from pydantic import Field

from domain.command import Command
from domain.trees.fields import NodeHeading, NodeId, TreeId
from domain.vocabulary import Line, Points

NodeMeant = Annotated[
    Line,
    Field(
        min_length=1,
        title="nodo",
        description="Il nodo dell'albero, per codice, titolo esatto o nome breve.",
        examples=["prg032-003"],
    ),
]
NodeWeight = Annotated[
    Points | None,
    Field(title="peso", description="I punti fra i nodi dello stesso padre; nessuno, se non ne ha.", examples=["40"]),
]


class StateTreeNode(NodeHeading, Command):
    """State a node, or change what it says of itself; what is left out stays as it is."""

    verb: Literal["state_tree_node"]
    tree: TreeId
    node: NodeId
    under: NodeMeant | None = Field(
        None,
        title="nodo padre",
        description="Il nodo da cui dipende, per codice, titolo esatto o nome breve; nessuno, per la radice.",
        examples=["mis032"],
    )
    weight: NodeWeight = None


class ReweighTreeNode(Command):
    """Change the weight of a node; null for none."""

    verb: Literal["reweigh_tree_node"]
    tree: TreeId
    node: NodeMeant
    weight: NodeWeight


class WithdrawTreeNode(Command):
    """Drop a node; the objectives that name it stay as they are."""

    verb: Literal["withdraw_tree_node"]
    tree: TreeId
    node: NodeMeant
