"""The card of an indicator: its fields, once, with the words for them; command, event and document row share them."""

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field

from domain.vocabulary import NO_PEOPLE, Frozen, Line, Polarity, field_labels

PolarityBasis = Literal["stated", "inferred", "unknown"]

_NAME = Field(title="nome", description="il nome dell'indicatore", examples=["Percentuale di incasso"])
IndicatorName = Annotated[Line | None, _NAME]
StatedName = Annotated[Line, _NAME]
"""The name where there must be one."""
Formula = Annotated[
    Line | None,
    Field(title="formula", description="come si calcola", examples=["incassato / dovuto * 100"]),
]
PrintedUnit = Annotated[
    Line | None, Field(title="unità di misura", description="percentuale, giorni, euro", examples=["%"])
]
CardPolarity = Annotated[
    Polarity | None,
    Field(title="polarità", description="Se più è meglio o meno è meglio", examples=["up"]),
]
CardPolarityBasis = Annotated[
    PolarityBasis | None,
    Field(title="polarità", description="dichiarata dall'ufficio, dedotta dai segni dei target, ignota"),
]
DataSource = Annotated[
    Line | None, Field(title="fonte", description=f"da dove vengono i dati. {NO_PEOPLE}", examples=["contabilità"])
]
IndicatorKind = Annotated[
    Line | None,
    Field(title="tipo", description="efficacia, efficienza, qualità, impatto", examples=["efficacia"]),
]
Frequency = Annotated[Line | None, Field(title="frequenza", description="ogni quanto si rileva", examples=["annuale"])]
Owner = Annotated[
    Line | None,
    Field(
        title="responsabile",
        description="l'ufficio che risponde dell'indicatore, mai una persona",
        examples=["Servizio Bilancio"],
    ),
]
Baseline = Annotated[
    Line | None,
    Field(title="valore di partenza", description="il valore da cui si parte", examples=["68,2%"]),
]
IndicatorCode = Annotated[
    Line | None, Field(title="codice", description="il codice stampato nel piano", examples=["1.1.a"])
]
Codes = Annotated[
    dict[str, str] | None,
    Field(title="codici esterni", description="codici di altri sistemi", examples=[{"KPISTD": "84"}]),
]
Common = Annotated[
    bool | None,
    Field(title="obiettivo comune", description="se è comune a tutto il sistema"),
]
NameFromFormula = Annotated[
    bool | None,
    Field(title="nome tratto dalla formula", description="se il nome manca nel documento"),
]


class Card(Frozen):
    """The card of an indicator. A field that is not set is not said; a field set to None is emptied."""

    name: IndicatorName = None
    formula: Formula = None
    unit: PrintedUnit = None
    polarity: CardPolarity = None
    polarity_basis: CardPolarityBasis = None
    source: DataSource = None
    kind: IndicatorKind = None
    frequency: Frequency = None
    owner: Owner = None
    baseline: Baseline = None
    code: IndicatorCode = None
    codes: Codes = None
    common: Common = None
    name_from_formula: NameFromFormula = None


class CardDefinition(Frozen):
    """What of a card says what is measured, and how. Its kind is apart: a command has another field of that name."""

    name: IndicatorName = None
    formula: Formula = None
    unit: PrintedUnit = None
    polarity: CardPolarity = None
    source: DataSource = None
    frequency: Frequency = None
    baseline: Baseline = None


class CardClassification(Frozen):
    """What of a card changes nothing that a score depends on; a field set to None is emptied."""

    code: IndicatorCode = None
    codes: Codes = None
    owner: Owner = None


CARD_FIELDS = tuple(Card.model_fields)
DEFINITION_FIELDS = (*CardDefinition.model_fields, "kind")
CLASSIFICATION_FIELDS = tuple(CardClassification.model_fields)
CARD_LABELS = field_labels(Card)
"""The Italian name of each field of a card."""


def card_words(fields: Iterable[str]) -> str:
    """The names of several fields, in a sentence."""
    return ", ".join(dict.fromkeys(CARD_LABELS[field] for field in sorted(fields)))
