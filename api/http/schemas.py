"""What is answered, field by field: the description of the interface, which the tests hold the answers to."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from domain.acts.citation import ActText
from domain.annulments.decide import AnnulEvents
from domain.changes.commands import VERBS
from domain.measurements.commands import RecordMeasurement, RestateMeasurement
from domain.vocabulary import Cause, Frozen, Identifier, IsoDate, JsonValue, Line

Text = Annotated[str, Field(max_length=4000)]
Name = Annotated[str, Field(max_length=120)]
Count = Annotated[int, Field(ge=0)]
Version = Annotated[int, Field(ge=1)]
Percent = Annotated[str, Field(pattern=r"^\d{1,3}\.\d{2}$", max_length=6)]


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


class OneChange(Frozen):
    """Una sola modifica: i campi del suo verbo, con accanto atto, motivazione e causa."""

    model_config = ConfigDict(extra="allow")

    verb: Annotated[str, Field(json_schema_extra={"enum": list(VERBS)})]
    act: ActText | None = None
    justification: Line | None = None
    cause: Cause | None = None
    effective_on: IsoDate | None = None
    retrospective: bool = False


class ActRequest(Frozen):
    """Un atto da registrare, per esteso o con la frase che lo cita."""

    act: ActText


class AnnulmentRequest(AnnulEvents):
    """Gli eventi da annullare, per versione, con la motivazione e, se un atto è venuto meno, l'atto che lo dice."""

    versions: Annotated[tuple[int, ...], Field(min_length=1, max_length=60_000)]
    justification: Line | None = None
    act: ActText | None = None
    measurements: bool = False


def _without_default(schema: JsonDict) -> None:
    schema.pop("default")


class MeasurementRequest(RecordMeasurement):
    """Un valore osservato; la serie si dice con `series` oppure con `indicator`."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": ["series"]}, {"required": ["indicator"]}]})

    series: Identifier = Field("", json_schema_extra=_without_default)
    indicator: Line | None = None


class RestatementRequest(RestateMeasurement):
    """La rettifica di un valore; la serie si dice con `series` oppure con `indicator`."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": ["series"]}, {"required": ["indicator"]}]})

    series: Identifier = Field("", json_schema_extra=_without_default)
    indicator: Line | None = None


class ImportPreview(Answer):
    """Un file inviato: a che punto è la sua anteprima, e che cosa mostra quando è pronta."""

    id: Name
    state: Annotated[Literal["working", "ready", "confirmed", "failed"], Field(description="A che punto è.")]
    stage: Text
    created_at: datetime
    expires_at: datetime
    preview: dict[str, JsonValue] | None = None
