"""What a node of a further tree of a plan says of itself; command, event and document row share it."""

from collections.abc import Iterable
from typing import Annotated

from pydantic import Field

from domain.vocabulary import NO_FLAG, Frozen, Identifier, Line, OneLine, Points, field_labels

TreeId = Annotated[
    Identifier,
    Field(
        title="albero",
        description="L'albero in cui sta il nodo: missioni, prospettive, aree; lo schema con cui il piano classifica.",
        examples=["mission"],
    ),
]
NodeId = Annotated[
    Identifier,
    Field(title="nodo", description="Il nome breve del nodo, che non cambia: prg032-003.", examples=["prg032-003"]),
]
MOST_ORDER = 10_000
"""The last place among siblings; cells of a workbook take as many."""


class NodeHeading(Frozen):
    """What says where a node stands and what it is called; `order` is its place among its siblings."""

    level: OneLine | None = Field(
        None,
        title="livello",
        description="Che cosa è il nodo nel suo albero: missione, programma.",
        examples=["program"],
    )
    code: Line | None = Field(None, title="codice", description="Il codice stampato nel piano.", examples=["003"])
    title: Line | None = Field(
        None, title="titolo", description="Il titolo del nodo.", examples=["Servizi e affari generali"]
    )
    order: Annotated[int, Field(ge=1, le=MOST_ORDER), NO_FLAG] | None = Field(
        None, title="ordine", description="Il posto fra i nodi dello stesso padre.", examples=[1]
    )


class NodeFields(NodeHeading):
    """All that a node says of itself."""

    parent: Identifier | None = Field(
        None, title="nodo padre", description="Il nodo da cui dipende, vuoto per la radice.", examples=["mis032"]
    )
    weight: Points | None = Field(
        None, title="peso", description="I punti fra i nodi dello stesso padre.", examples=["40"]
    )


NODE_HEADING = tuple(NodeHeading.model_fields)
NODE_FIELDS = tuple(NodeFields.model_fields)
NODE_LABELS = field_labels(NodeFields)
"""The Italian name of each field of a node."""


def node_words(fields: Iterable[str]) -> str:
    """The names of several fields, in a sentence."""
    return ", ".join(NODE_LABELS[field] for field in NODE_FIELDS if field in set(fields))
