"""What an objective says of itself: its fields, once, with the words for them; command, event and document row share them."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated

from pydantic import Field, field_validator

from domain.italian import WrittenAmount, print_number
from domain.spelling import folded
from domain.vocabulary import Frozen, Grown, Identifier, Line, Points, field_labels

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


ObjectiveDescription = Annotated[
    Line | None,
    Field(
        title="descrizione", description="che cosa si vuole ottenere, per esteso", examples=["Più incassi spontanei"]
    ),
]
Benefits = Annotated[
    Line | None,
    Field(title="benefici attesi", description="che cosa ne viene a chi, in parole", examples=["meno cartelle"]),
]
Stakeholders = Annotated[
    tuple[Line, ...] | None,
    Field(title="portatori di interesse", description="per chi, mai una persona", examples=[["imprese"]]),
]
BudgetReference = Annotated[
    Line | None,
    Field(title="riferimento di bilancio", description="la voce, la missione, il capitolo", examples=["capitolo 123"]),
]
BudgetAmount = Annotated[
    WrittenAmount | None,
    Field(
        title="risorse in euro",
        description="quanto è stanziato, in euro",
        ge=0,
        max_digits=20,
        allow_inf_nan=False,
        examples=["150000"],
    ),
]
Staff = Annotated[
    Line | None,
    Field(title="personale", description="quante persone e di quale area, mai chi", examples=["2,5 unità"]),
]
Tags = Annotated[
    tuple[Annotated[Line, Field(max_length=80)], ...] | None,
    Field(
        title="etichette",
        description="anticorruzione, trasparenza, parità di genere, lavoro agile, valore pubblico, o altre del piano",
        examples=[["anticorruzione"]],
    ),
]


class ObjectiveDefinition(Grown):
    """What an objective says of itself beyond its title (D.Lgs. 150/2009, articles 4, 5, 10); null empties a field."""

    later = frozenset({"description", "benefits", "stakeholders", "budget_reference", "budget_amount", "staff", "tags"})

    description: ObjectiveDescription = None
    benefits: Benefits = None
    stakeholders: Stakeholders = None
    budget_reference: BudgetReference = None
    budget_amount: BudgetAmount = None
    staff: Staff = None
    tags: Tags = None


class ObjectiveFields(ObjectiveDefinition):
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


class DefinitionSaid(Frozen):
    """What an objective says of itself, as somebody sends it: what is stored already is read as it is."""

    @field_validator("tags", check_fields=False)
    @classmethod
    def _each_once(cls, tags: tuple[str, ...] | None) -> tuple[str, ...] | None:
        """A label that is there twice, in whatever letters, is one: as it is written first."""
        if tags is None:
            return None
        once: dict[str, str] = {}
        for tag in tags:
            once.setdefault(folded(tag) or tag, tag)
        return tuple(once.values())

    @field_validator("budget_amount", check_fields=False)
    @classmethod
    def _in_cents(cls, amount: Decimal | None) -> Decimal | None:
        if amount is not None and amount != round(amount, 2):
            msg = f"{print_number(amount)} ha più di due decimali: un importo in euro si scrive al centesimo, per esempio 150000,50"
            raise ValueError(msg)
        return amount


DEFINITION_FIELDS = tuple(ObjectiveDefinition.model_fields)
OBJECTIVE_FIELDS = tuple(ObjectiveFields.model_fields)
CLASSIFICATION_FIELDS = tuple(ObjectiveClassification.model_fields)
OBJECTIVE_LABELS = field_labels(ObjectiveFields)
"""The Italian name of each field of an objective."""


def objective_words(fields: Iterable[str]) -> str:
    """The names of several fields, in a sentence."""
    return ", ".join(dict.fromkeys(OBJECTIVE_LABELS[field] for field in sorted(fields)))
