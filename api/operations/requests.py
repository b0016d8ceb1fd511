"""What is sent where it is not a command of the domain as it stands: a body with an act in a phrase, a name for an id."""

from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, model_validator
from pydantic.config import JsonDict

from domain.access.separation import ExceptionReason
from domain.acts.citation import ActText
from domain.annulments.commands import AnnulEvents
from domain.changes.commands import VERBS
from domain.library.commands import MOST_ENTRIES, StatedOn
from domain.library.entry import LibraryEntry
from domain.measurements.commands import RecordMeasurement, RestateMeasurement
from domain.oiv.events import FlagId
from domain.patterns import regex
from domain.point import WrittenDay
from domain.vocabulary import (
    NO_PEOPLE,
    Cause,
    EventVersion,
    Frozen,
    Identifier,
    JsonValue,
    Line,
    Polarity,
    TrueOrFalse,
    Year,
)
from projections.answers import Text


class OneChange(Frozen):
    """Una sola modifica: i campi del suo verbo, con accanto atto, motivazione e causa."""

    model_config = ConfigDict(extra="allow")

    verb: Annotated[str, Field(json_schema_extra={"enum": list(VERBS)})] = Field(
        title="modifica", description="Che modifica è.", examples=["revise_target"]
    )
    act: ActText | None = Field(
        None,
        title="atto",
        description='L\'atto, per esempio "delibera di Giunta n. 9 del 30/09/2022".',
        examples=["delibera di Giunta n. 9 del 30/09/2022"],
    )
    justification: Line | None = Field(
        None, title="motivazione", description=f"La motivazione. {NO_PEOPLE}", examples=["dati del monitoraggio"]
    )
    cause: Cause | None = Field(None, title="causa", description="La causa.", examples=["new_data"])
    effective_on: WrittenDay | None = Field(
        None,
        title="in vigore dal",
        description="Da quando vale; la data dell'atto, se non si dice.",
        examples=["2022-09-30"],
    )
    retrospective: TrueOrFalse = Field(
        default=False, title="a posteriori", description="Una modifica di allora, registrata a posteriori."
    )


class ActRequest(Frozen):
    """Un atto da registrare, per esteso o con la frase che lo cita."""

    act: ActText = Field(
        title="atto",
        description='L\'atto, per esempio "delibera di Giunta n. 9 del 30/09/2022".',
        examples=["delibera di Giunta n. 9 del 30/09/2022"],
    )


OF_ADMINISTRATION = regex(r"[eE]([1-9][0-9]{0,8})")
"""How a version of the administration's record is written, so that nobody takes it for one of a plan's: e12."""
VERSION_OF_EITHER: JsonDict = {
    "anyOf": [{"type": "integer", "minimum": 1, "maximum": 2**53}, {"type": "string", "pattern": "^e[1-9][0-9]{0,8}$"}]
}


class AnnulmentRequest(AnnulEvents):
    """Gli eventi da annullare, per versione, con la motivazione e, se un atto è venuto meno, l'atto che lo dice."""

    versions: Annotated[tuple[EventVersion, ...], Field(min_length=1, max_length=60_000)] = Field(
        title="versioni",
        description="Le versioni da annullare: `12` nel piano, `e12` nel registro dell'ente (misurazioni, atti, uffici).",
        examples=[[12]],
        json_schema_extra={"items": VERSION_OF_EITHER},
    )
    justification: Line | None = Field(
        None, title="motivazione", description=f"La motivazione. {NO_PEOPLE}", examples=["registrato per errore"]
    )
    act: ActText | None = Field(
        None,
        title="atto",
        description="L'atto, dove un atto è ciò che viene meno.",
        examples=["delibera di Giunta n. 9 del 30/09/2022"],
    )
    take_along: TrueOrFalse = Field(
        default=False,
        title="anche ciò che vi poggia",
        description="Annulla anche gli eventi che poggiano su quelli detti.",
    )
    measurements: TrueOrFalse = Field(
        default=False,
        title="nel registro dell'ente",
        description="Le versioni, anche senza la `e`, sono quelle delle misurazioni e degli atti dell'ente.",
    )

    @model_validator(mode="before")
    @classmethod
    def _of_one_record(cls, content: object) -> object:
        """The versions as numbers, and of which record they are; those of two records are not annulled together."""
        if not isinstance(content, dict) or not isinstance(content.get("versions"), list | tuple):
            return content
        written = [OF_ADMINISTRATION.fullmatch(str(version)) for version in content["versions"]]
        if not any(written):
            return content
        if not all(written):
            raise ValueError("versioni del piano e versioni dell'ente (e12) si annullano in due volte")
        return {**content, "versions": [int(match[1]) for match in written if match], "measurements": True}


def _without_default(schema: JsonDict) -> None:
    schema.pop("default")


class MeasurementRequest(RecordMeasurement):
    """Un valore osservato; la serie si dice con `series` oppure con `indicator`."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": ["series"]}, {"required": ["indicator"]}]})

    series: Identifier = Field(
        "", json_schema_extra=_without_default, title="serie", description="La serie, per identificativo."
    )
    indicator: Line | None = Field(
        None, title="indicatore", description="L'id, il codice o il nome esatto.", examples=["incasso-diritto-annuale"]
    )


class RestatementRequest(RestateMeasurement):
    """La rettifica di un valore; la serie si dice con `series` oppure con `indicator`."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": ["series"]}, {"required": ["indicator"]}]})

    series: Identifier = Field(
        "", json_schema_extra=_without_default, title="serie", description="La serie, per identificativo."
    )
    indicator: Line | None = Field(
        None, title="indicatore", description="L'id, il codice o il nome esatto.", examples=["incasso-diritto-annuale"]
    )


A_TEXT: JsonDict = {"type": "string", "maxLength": 4000}
A_NUMBER: JsonDict = {"type": "number"}
NOTHING: JsonDict = {"type": "null"}
A_ROUNDING: JsonDict = {
    "type": "object",
    "properties": {"how": {"enum": ["half_up", "truncated"]}, "step": {"anyOf": [A_TEXT, A_NUMBER]}},
    "additionalProperties": False,
}


def _one_of(*kinds: JsonDict) -> Callable[[JsonDict], None]:
    """Says what a field may be in a document, where the command line knows texts alone."""

    def described(schema: JsonDict) -> None:
        for name in ("type", "maxLength"):
            schema.pop(name, None)
        schema["anyOf"] = [*kinds]

    return described


class AchievementRequest(Frozen):
    """Un target e ciò che si è osservato: un valore, o i suoi termini."""

    target: Text = Field(
        title="target",
        description="Il target, come lo scrive l'ufficio.",
        examples=[">= 70,34%"],
        json_schema_extra=_one_of(A_TEXT, A_NUMBER),
    )
    observed: Text | None = Field(
        None,
        title="valore osservato",
        description="Il valore osservato: 68%, 12, Sì, 28/07/2022.",
        examples=["68%"],
        json_schema_extra=_one_of(A_TEXT, A_NUMBER, {"type": "boolean"}, NOTHING),
    )
    numerator: Text | None = Field(
        None,
        title="numeratore",
        description="Il numeratore.",
        examples=["1200"],
        json_schema_extra=_one_of(A_TEXT, A_NUMBER, NOTHING),
    )
    denominator: Text | None = Field(
        None,
        title="denominatore",
        description="Il denominatore.",
        examples=["1800"],
        json_schema_extra=_one_of(A_TEXT, A_NUMBER, NOTHING),
    )
    polarity: Polarity | None = Field(
        None, title="polarità", description="Se più è meglio o meno è meglio.", examples=["up"]
    )
    rounding: Text | None = Field(
        None,
        title="arrotondamento",
        description="Arrotondato o troncato, col passo: arrotondato:0,01. Senza, nessuno.",
        examples=["half_up:0.01"],
        json_schema_extra=_one_of(A_TEXT, A_ROUNDING, NOTHING),
    )
    year: Year | None = Field(None, title="anno", description="L'anno del target.", examples=[2022])


class RoundClosing(Frozen):
    """La chiusura di un monitoraggio."""

    closed_on: WrittenDay | None = Field(
        None, title="chiuso il", description="Quando si chiude; oggi, se non si dice.", examples=["2022-07-15"]
    )
    retrospective: TrueOrFalse = Field(
        default=False, title="a posteriori", description="Una chiusura di allora, registrata a posteriori."
    )
    exception: ExceptionReason | None = Field(
        None,
        title="eccezione",
        description=f"Perché chiude chi ha registrato i valori: un'eccezione alla separazione dei compiti, che resta registrata. {NO_PEOPLE}",
        examples=["l'ufficio ha una persona sola"],
    )


class SystemRules(Frozen):
    """Le regole proposte: quelle che non si dicono sono le predefinite, o quelle del sistema noto che si nomina."""

    rules: dict[str, JsonValue] = Field(title="regole", description="Le regole, per nome; o `preset`, un sistema noto.")


class CheckpointRequest(Frozen):
    """L'occasione di un checkpoint."""

    occasion: Annotated[Line, Field(max_length=200)] = Field(
        "on-demand", title="occasione", description="In che occasione è fatto.", examples=["verifica dell'OIV"]
    )


class FlagAnswering(Frozen):
    """La risposta a una segnalazione di un anno."""

    flag: Annotated[FlagId, Field(max_length=240)] = Field(
        title="segnalazione", description="L'id, come lo elenca flags."
    )
    year: Year = Field(title="anno", description="L'anno.", examples=[2022])
    words: Annotated[str, Field(min_length=1, max_length=20_000)] = Field(
        title="risposta", description=f"Le parole della risposta. {NO_PEOPLE}"
    )
    on: WrittenDay | None = Field(
        None, title="data", description="La data; oggi, se non si dice.", examples=["2022-12-12"]
    )


class RedactionRequest(Frozen):
    """Quali parole oscurare, e per ordine di quale atto."""

    version: EventVersion = Field(title="versione", description="L'evento le cui parole si oscurano.", examples=[12])
    of: Literal["plan", "administration", "review", "proposals"] = Field(
        "plan", title="flusso", description="In quale registro è l'evento."
    )
    act: ActText = Field(
        title="atto",
        description='L\'atto che lo ordina, per esempio "delibera di Giunta n. 9 del 30/09/2022".',
        examples=["delibera di Giunta n. 9 del 30/09/2022"],
    )
    justification: Line | None = Field(None, title="motivazione", description=f"La motivazione. {NO_PEOPLE}")


class LibraryToLoad(Frozen):
    """Una biblioteca intera da caricare: le sue voci, o il CSV che le ha."""

    entries: tuple[LibraryEntry, ...] | None = Field(
        None,
        max_length=MOST_ENTRIES,
        title="voci",
        description="Le voci, ognuna intera. Quelle che la biblioteca ha già così restano come sono.",
        examples=[[{"scheme": "KPISTD", "code": "84", "name": "Percentuale di incasso", "polarity": "up"}]],
    )
    csv: str | None = Field(
        None,
        max_length=5_000_000,
        title="CSV",
        description="In loro vece il testo di un CSV con le colonne dell'esportazione; ogni errore è detto con la sua riga.",
        examples=["schema;codice;nome;polarità\nKPISTD;84;Percentuale di incasso;crescente\n"],
    )
    stated_on: StatedOn = None
