"""The commands of what is observed. No act, no kind: they are no changes of the plan."""

from typing import Annotated

from pydantic import Field, model_validator

from domain.formulas.model import TermId
from domain.italian import WrittenAmount, WrittenDecimal, WrittenPercent
from domain.late import late
from domain.measurements.events import Evidence, Finality, StatusWord
from domain.measurements.values import NumberValue, ObservedText
from domain.periods import Period
from domain.point import WrittenDay
from domain.vocabulary import NO_PEOPLE, Frozen, Identifier, Line, NamedId, ObjectKind, TrueOrFalse

with late:  # what is stored was read before
    from domain.measurements.reader import read_value

StatedFigure = Annotated[WrittenDecimal, Field(allow_inf_nan=False, max_digits=28)]
StatedTerm = Annotated[WrittenAmount, Field(allow_inf_nan=False, max_digits=28)]


class _Measuring(Frozen):
    series: Identifier = Field(
        title="serie", description="La serie, per identificativo.", examples=["incasso-diritto-annuale"]
    )
    period: Period = Field(
        title="periodo",
        description="Un anno, un semestre, un trimestre o un mese: 2022, I semestre 2022, settembre 2022.",
        examples=["2022-H1"],
    )
    text: ObservedText | None = Field(
        None, title="testo", description="Il valore come lo scrive l'ufficio, che viene letto.", examples=["Sì"]
    )
    value: StatedFigure | None = Field(
        None, title="valore", description="Il valore, come lo scrive l'ufficio: 67,46%, 12, Sì.", examples=["67.46"]
    )
    unit: Line | None = Field(None, title="unità di misura", description="L'unità del valore.", examples=["%"])
    numerator: StatedTerm | None = Field(None, title="numeratore", description="Il numeratore.", examples=["1200"])
    denominator: StatedTerm | None = Field(
        None, title="denominatore", description="Il denominatore.", examples=["1800"]
    )
    data_as_at: WrittenDay = Field(title="dati al", description="A quale data sono i dati.", examples=["2022-06-30"])
    finality: Finality = Field(
        "final", title="definitivo o provvisorio", description="Se il valore è definitivo o provvisorio."
    )
    office: Line | None = Field(
        None,
        title="ufficio",
        description="L'ufficio che misura, mai una persona: deve esserne responsabile.",
        examples=["Servizio Bilancio"],
    )
    evidence: Evidence | None = Field(None, title="documento", description="Il documento che prova il valore.")
    note: Line | None = Field(
        None, title="nota", description=f"Una nota. {NO_PEOPLE}", examples=["dato del sistema contabile"]
    )
    retrospective: TrueOrFalse = Field(
        default=False, title="a posteriori", description="Un valore di allora, registrato a posteriori."
    )
    terms: dict[TermId, StatedTerm] | None = Field(
        None,
        max_length=32,
        title="termini",
        description="I termini della formula confermata, per nome: un termine, nome=valore.",
    )
    confirm_unit: TrueOrFalse = Field(
        default=False,
        title="unità confermata",
        description="Il valore è proprio questo, anche se per grandezza sembra in un'altra unità.",
    )

    @model_validator(mode="before")
    @classmethod
    def _stated_beside_its_terms(cls, data: object) -> object:
        """A text beside numerator and denominator is the stated value, kept beside the computed one."""
        if not isinstance(data, dict) or data.get("numerator") is None or data.get("value") is not None:
            return data
        text = data.get("text")
        if not isinstance(text, str):
            return data
        read = read_value(text)
        if not isinstance(read, NumberValue) or read.value is None or read.numerator is not None:
            msg = "accanto a numeratore e denominatore text è il solo valore scritto, per esempio 70%"
            raise ValueError(msg)
        unit = data.get("unit")
        if unit is not None and read.unit is not None and unit != read.unit:
            msg = f"text è in {read.unit}, unit dice {unit}: la stessa unità, oppure una sola delle due"
            raise ValueError(msg)
        return data | {"text": None, "value": read.value, "unit": read.unit or unit}

    @model_validator(mode="after")
    def _says_something(self) -> "_Measuring":
        if (self.numerator is None) != (self.denominator is None):
            msg = "numeratore e denominatore vanno insieme"
            raise ValueError(msg)
        if self.text is None and self.value is None and self.numerator is None and not self.terms:
            msg = "manca il valore: il numero, oppure numeratore e denominatore, oppure i termini, oppure il testo"
            raise ValueError(msg)
        if self.text is not None and self.value is not None:
            msg = "text e value dicono la stessa cosa: uno solo dei due"
            raise ValueError(msg)
        return self


class RecordMeasurement(_Measuring):
    """Record what was observed of a series for a period."""


class RestateMeasurement(_Measuring):
    """Put a recorded figure right, from a day of its own on."""

    effective_on: WrittenDay = Field(title="in vigore dal", description="Da quando vale.", examples=["2022-10-03"])


class ReportStatus(Frozen):
    """Say how an objective or an indicator stands."""

    subject: ObjectKind = Field(title="obiettivo o indicatore", description="Se è un obiettivo o un indicatore.")
    id: NamedId = Field(title="id", description="L'obiettivo o l'indicatore: id, codice o nome.", examples=["s4"])
    status: StatusWord = Field(
        title="stato",
        description="Lo stato.",
        examples=["in_line"],
    )
    progress: Annotated[WrittenPercent, Field(ge=0, le=1000, allow_inf_nan=False, max_digits=28)] | None = Field(
        None, title="avanzamento", description="L'avanzamento, in percento.", examples=["45"]
    )
    reported_on: WrittenDay = Field(title="alla data", description="A quale data.", examples=["2022-06-30"])
    note: Line | None = Field(None, title="nota", description=f"Una nota. {NO_PEOPLE}")
    retrospective: TrueOrFalse = Field(
        default=False, title="a posteriori", description="Uno stato di allora, registrato a posteriori."
    )
