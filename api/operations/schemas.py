"""What is answered, field by field: the description of the interface, which the tests hold the answers to."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from domain.vocabulary import Identifier, JsonValue
from projections.answers import Count, Name, Text, Version


class Answer(BaseModel):
    """An answer has the fields that it says, and no others; it is built when the description is asked for."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True, defer_build=True)


class ProblemItem(Answer):
    """Un singolo problema di un dato in ingresso: dove, che cosa, che cosa si accetta."""

    where: Text
    found: Text
    accepted: Text


class Problem(Answer):
    """Un errore, secondo la RFC 9457. `type` è stabile; `title` e `detail` sono per le persone."""

    type: Annotated[str, Field(max_length=200, examples=["urn:in-itinere:problem:no-change"])]
    title: Text
    status: Annotated[int, Field(ge=100, le=599)]
    detail: Text
    instance: Annotated[str, Field(max_length=4000)]
    where: Text | None = None
    accepted: Text | None = None
    listed: list[Text] | None = None
    total: Count | None = None
    problems: Annotated[list[ProblemItem], Field(max_length=1000)] | None = None


class Status(Answer):
    """Lo stato del servizio, nella forma di un problema che non c'è."""

    type: Name
    title: Text
    status: Annotated[int, Field(ge=100, le=599)]
    detail: Text
    name: Name
    version: Name
    plans: Count


class Notice(Answer):
    """Una stranezza presa come è: dove, di che genere, in parole."""

    where: Text
    name: Name
    words: Text


class Span(Answer):
    """Le versioni registrate in un flusso, dalla prima all'ultima."""

    first: Version
    last: Version


class Recorded(Answer):
    """Che cosa un comando ha registrato."""

    command_id: Name
    plan: Identifier | None
    version: Version | None
    versions: dict[str, Span]
    warnings: list[Notice]
    repeated: bool


class PlanPreview(Answer):
    """Che cosa farebbe un documento di piano: il piano come sarebbe in vigore, e le stranezze."""

    preview: Literal[True]
    plan: dict[str, JsonValue]
    warnings: list[Notice]


class ImportPreview(Answer):
    """Un file inviato: a che punto è la sua anteprima, e che cosa mostra quando è pronta."""

    id: Name
    state: Annotated[Literal["working", "ready", "confirmed", "failed"], Field(description="A che punto è.")]
    stage: Text
    created_at: datetime
    expires_at: datetime
    preview: dict[str, JsonValue] | None = None
