"""What an objective says of itself: its fields, once, with the words for them; command, event and document row share them."""

from collections.abc import Iterable
from typing import Annotated

from pydantic import Field

from domain.vocabulary import Frozen, Identifier, Line, Points, field_labels

_LEVEL = Field(title="livello", description="il nome del livello nel piano", examples=["obiettivo operativo"])
ObjectiveLevel = Annotated[Line | None, _LEVEL]
StatedLevel = Annotated[Line, _LEVEL]
"""The level where there must be one."""
ObjectiveCode = Annotated[
    Line | None, Field(title="codice", description="il codice stampato nel piano", examples=["1.1"])
]
_TITLE = Field(title="titolo", description="il testo dell'obiettivo", examples=["Incassare il diritto annuale"])
Title = Annotated[Line | None, _TITLE]
StatedTitle = Annotated[Line, _TITLE]
"""The title where there must be one."""

Parent = Annotated[
    Identifier | None,
    Field(title="obiettivo padre", description="l'obiettivo da cui dipende, vuoto per la radice", examples=["a"]),
]
Weight = Annotated[
    Points | None, Field(title="peso", description="i punti fra gli obiettivi dello stesso padre", examples=["40"])
]
_CLASSIFICATIONS = Field(
    title="classificazioni", description="altri alberi: missione, programma", examples=[{"missione": "012"}]
)
Classifications = Annotated[dict[str, str], _CLASSIFICATIONS]
_OFFICES = Field(title="uffici", description="gli uffici responsabili, mai persone", examples=[["Servizio Bilancio"]])
ResponsibleOffices = Annotated[tuple[Line, ...], _OFFICES]
Condition = Annotated[
    Line | None,
    Field(title="condizione", description="l'evento da cui dipende un obiettivo condizionato"),
]
PrintedPeriod = Annotated[
    Line | None, Field(title="periodo", description="gli anni, come li stampa il piano", examples=["2022-2024"])
]


class ObjectiveFields(Frozen):
    """All that an objective may say of itself."""

    level: ObjectiveLevel = None
    code: ObjectiveCode = None
    title: Title = None
    parent: Parent = None
    weight: Weight = None
    classifications: Classifications = {}
    offices: ResponsibleOffices = ()
    condition: Condition = None
    period: PrintedPeriod = None


class ObjectiveClassification(Frozen):
    """What of an objective changes nothing that a score depends on; a field set to None is emptied."""

    code: ObjectiveCode = None
    level: ObjectiveLevel = None
    classifications: Annotated[dict[str, str] | None, _CLASSIFICATIONS] = None
    offices: Annotated[tuple[Line, ...] | None, _OFFICES] = None


OBJECTIVE_FIELDS = tuple(ObjectiveFields.model_fields)
CLASSIFICATION_FIELDS = tuple(ObjectiveClassification.model_fields)
OBJECTIVE_LABELS = field_labels(ObjectiveFields)
"""The Italian name of each field of an objective."""


def objective_words(fields: Iterable[str]) -> str:
    """The names of several fields, in a sentence."""
    return ", ".join(dict.fromkeys(OBJECTIVE_LABELS[field] for field in sorted(fields)))
