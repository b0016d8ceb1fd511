"""The card of an indicator: its fields, once, with the words for them; command, event and document row share them."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from domain.point import WrittenDay
from domain.vocabulary import NO_PEOPLE, Grown, Line, Polarity, field_labels

Link = Annotated[str, StringConstraints(max_length=1_000, strip_whitespace=True, pattern=r"^https?://[^\s<>\"']+$")]
"""The address of a page, as http or https."""
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


Description = Annotated[
    Line | None,
    Field(
        title="descrizione",
        description=f"che cosa misura, per esteso. {NO_PEOPLE}",
        examples=["Quanto si incassa nell'anno"],
    ),
]
CardNote = Annotated[
    Line | None, Field(title="nota", description=f"una nota della scheda. {NO_PEOPLE}", examples=["dato di cassa"])
]
BaselineUnit = Annotated[
    Line | None,
    Field(title="unità del valore di partenza", description="dove il valore non la dice", examples=["%"]),
]
BaselineDay = Annotated[
    WrittenDay | None,
    Field(
        title="data del valore di partenza", description="a quale data è il valore di partenza", examples=["2021-12-31"]
    ),
]
CardLinks = Annotated[
    tuple[Link, ...] | None,
    Field(
        title="collegamenti", description="indirizzi web di fonti e metodi", examples=[["https://example.org/metodo"]]
    ),
]
CoOwners = Annotated[
    tuple[Line, ...] | None,
    Field(
        title="altri uffici responsabili",
        description="gli uffici che ne rispondono col primo",
        examples=[["Servizio Bilancio"]],
    ),
]
MeasuredBy = Annotated[
    Line | None,
    Field(
        title="ufficio che misura",
        description="l'ufficio che rileva il valore, mai una persona",
        examples=["Controllo di gestione"],
    ),
]


_LATER = frozenset({"description", "note", "baseline_unit", "baseline_on", "links", "co_owners", "measured_by"})


class Card(Grown):
    """The card of an indicator. A field that is not set is not said; a field set to None is emptied."""

    later = _LATER

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
    description: Description = None
    note: CardNote = None
    baseline_unit: BaselineUnit = None
    baseline_on: BaselineDay = None
    links: CardLinks = None
    co_owners: CoOwners = None
    measured_by: MeasuredBy = None


class CardDefinition(Grown):
    """What of a card says what is measured, and how. Its kind is apart: a command has another field of that name."""

    later = _LATER

    name: IndicatorName = None
    formula: Formula = None
    unit: PrintedUnit = None
    polarity: CardPolarity = None
    source: DataSource = None
    frequency: Frequency = None
    baseline: Baseline = None
    baseline_unit: BaselineUnit = None
    baseline_on: BaselineDay = None
    description: Description = None
    note: CardNote = None
    links: CardLinks = None


class CardClassification(Grown):
    """What of a card changes nothing that a score depends on; a field set to None is emptied."""

    later = _LATER

    code: IndicatorCode = None
    codes: Codes = None
    owner: Owner = None
    co_owners: CoOwners = None
    measured_by: MeasuredBy = None


OFFICE_FIELDS = ("owner", "co_owners", "measured_by")
"""The fields of a card that name offices: the one that answers, those that answer with it, the one that measures."""


def card_offices(card: Mapping[str, object]) -> list[str]:
    """The offices that a card names, each field in its turn."""
    named = (card.get(field) for field in OFFICE_FIELDS)
    return [str(name) for value in named if value for name in (value if isinstance(value, list | tuple) else (value,))]


CARD_FIELDS = tuple(Card.model_fields)
DEFINITION_FIELDS = (*CardDefinition.model_fields, "kind")
CLASSIFICATION_FIELDS = tuple(CardClassification.model_fields)
CARD_LABELS = field_labels(Card)
"""The Italian name of each field of a card."""


def card_words(fields: Iterable[str]) -> str:
    """The names of several fields, in a sentence."""
    return ", ".join(dict.fromkeys(CARD_LABELS[field] for field in sorted(fields)))
