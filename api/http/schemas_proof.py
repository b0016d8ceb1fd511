"""What proof and oversight answer, field by field."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from api.http.schemas import Answer, Count, Name, Text, Version
from domain.acts.citation import ActText
from domain.vocabulary import Frozen, Identifier, IsoDate, JsonValue, Line, Year
from projections.proof.redactions import Redaction


class CheckpointRequest(Frozen):
    """L'occasione di un checkpoint."""

    occasion: Annotated[Line, Field(max_length=200)] = "on-demand"


class Cited(Answer):
    """Un evento su cui poggia ciò che si dice."""

    in_: Literal["plan", "administration", "review"] = Field(alias="in")
    version: Version


class FlagReply(Answer):
    """La risposta dell'ufficio a una segnalazione."""

    words: Text | None
    redacted: bool
    on: date
    actor: Name
    version: Version


class Flag(Answer):
    """Una segnalazione: un fatto che merita una domanda, mai un giudizio, mai su una persona."""

    id: Text
    rule: Name
    title: Text
    severity: Literal["low", "medium", "high"]
    outcome: Literal["raised", "not_knowable"]
    words: Text
    question: Text
    indicator: Identifier | None
    objectives: list[Identifier]
    events: list[Cited]
    answer: FlagReply | None


class FlagCount(Answer):
    """Quanti casi una regola ha guardato, e che cosa ne ha detto."""

    rule: Name
    title: Text
    off: bool
    judged: Count
    raised: Count
    not_knowable: Count


class FlagList(Answer):
    """Le segnalazioni di un anno, e ciò che non è conoscibile."""

    plan: Identifier
    year: Year
    as_of: date
    version: Version
    thresholds: dict[str, JsonValue]
    thresholds_ignored: list[Name]
    flags: list[Flag]
    not_knowable: list[Flag]
    rules: list[FlagCount]


class FlagAnswering(Frozen):
    """La risposta a una segnalazione di un anno."""

    flag: Annotated[str, Field(pattern=r"^[a-z0-9_]+/[A-Za-z0-9._:/-]{1,200}$", max_length=240)]
    year: Year
    words: Annotated[str, Field(min_length=1, max_length=20_000)]
    on: IsoDate | None = None


class ReviewRow(Answer):
    """Un atto dell'OIV, una risposta dell'ufficio, o una riga del diario."""

    version: Version
    event: Name
    sentence: Text
    on: date
    recorded_at: datetime
    actor: Name
    role: Name
    words: Annotated[str, Field(max_length=20_000)] | None
    redaction: Redaction | None
    body: dict[str, JsonValue]


class Reviews(Answer):
    """Gli atti dell'OIV e le risposte; `open` sono rilievi e richieste senza risposta."""

    plan: Identifier
    as_of: date
    events: list[ReviewRow]
    open: list[Identifier]
    samples: list[dict[str, JsonValue]]


class Ranked(Answer):
    """Una misurazione (serie, periodo, versione) e l'impronta che le dà il suo posto nell'estrazione."""

    hash: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    measurement: Text


class SampleAgain(Answer):
    """Un campione estratto di nuovo, fra ciò che era noto allora; `same` dice se è quello registrato."""

    plan: Identifier
    sample: Identifier
    year: Year
    seed: Line
    known: Version
    recorded_at: datetime
    population: Count
    drawn: list[Text]
    same: bool
    ranking: list[Ranked]


class Diligence(Answer):
    """Il diario dell'OIV: che cosa ha aperto, estratto, portato via."""

    plan: Identifier
    as_of: date
    events: list[ReviewRow]


class RedactionRequest(Frozen):
    """Quali parole oscurare, e per ordine di quale atto."""

    version: Annotated[int, Field(ge=1)]
    of: Literal["plan", "administration", "review"] = "plan"
    act: ActText
    justification: Line | None = None


MODELS = (
    CheckpointRequest,
    FlagList,
    FlagAnswering,
    Reviews,
    SampleAgain,
    Diligence,
    RedactionRequest,
)
