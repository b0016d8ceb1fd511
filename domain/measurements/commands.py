"""The commands of what is observed. No act, no kind: they are no changes of the plan."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from domain.formulas.model import TermId
from domain.measurements.events import Evidence, Finality, StatusWord
from domain.measurements.values import Number, read_value
from domain.vocabulary import Frozen, Identifier, IsoDate, Line, Period


def _decimal(value: object) -> object:
    if isinstance(value, float):
        msg = "scrivere il numero come testo decimale ('12.5'): un numero binario ne perde le cifre"
        raise ValueError(msg)  # noqa: TRY004 - pydantic collects ValueError only
    if isinstance(value, str) and "," in value:
        return value.replace(".", "").replace(",", ".")
    return value


Figure = Annotated[Decimal, BeforeValidator(_decimal), Field(allow_inf_nan=False, max_digits=28)]


class _Measuring(Frozen):
    series: Identifier
    period: Period
    text: Annotated[Line | None, Field(description="the value as the office writes it, which is read")] = None
    value: Figure | None = None
    unit: Line | None = None
    numerator: Figure | None = None
    denominator: Figure | None = None
    data_as_at: IsoDate
    finality: Finality = "final"
    office: Line | None = None
    evidence: Evidence | None = None
    note: Line | None = None
    retrospective: bool = False
    terms: Annotated[
        dict[TermId, Figure] | None, Field(description="i termini della formula confermata, per nome", max_length=32)
    ] = None
    confirm_unit: Annotated[
        bool, Field(description="conferma un valore che, per grandezza, sembra in un'altra unità")
    ] = False

    @model_validator(mode="before")
    @classmethod
    def _stated_beside_its_terms(cls, said: object) -> object:
        """A text beside numerator and denominator is the stated value, kept beside the computed one."""
        if not isinstance(said, dict) or said.get("numerator") is None or said.get("value") is not None:
            return said
        text = said.get("text")
        if not isinstance(text, str):
            return said
        read = read_value(text)
        if not isinstance(read, Number) or read.value is None or read.numerator is not None:
            msg = "accanto a numeratore e denominatore text è il solo valore scritto, per esempio 70%"
            raise ValueError(msg)
        unit = said.get("unit")
        if unit is not None and read.unit is not None and unit != read.unit:
            msg = f"text è in {read.unit}, unit dice {unit}: la stessa unità, oppure una sola delle due"
            raise ValueError(msg)
        return said | {"text": None, "value": read.value, "unit": read.unit or unit}

    @model_validator(mode="after")
    def _says_something(self) -> "_Measuring":
        if (self.numerator is None) != (self.denominator is None):
            msg = "numeratore e denominatore vanno insieme"
            raise ValueError(msg)
        if self.text is None and self.value is None and self.numerator is None and not self.terms:
            msg = "manca il valore: value, oppure numerator e denominator, oppure terms, oppure text"
            raise ValueError(msg)
        if self.text is not None and self.value is not None:
            msg = "text e value dicono la stessa cosa: uno solo dei due"
            raise ValueError(msg)
        return self


class RecordMeasurement(_Measuring):
    """Record what was observed of a series for a period."""


class RestateMeasurement(_Measuring):
    """Put a recorded figure right, from a day of its own on."""

    effective_on: IsoDate


class ReportStatus(Frozen):
    """Say how an objective or an indicator stands."""

    subject: Literal["objective", "indicator"]
    id: Identifier
    status: StatusWord
    progress: Annotated[Figure, Field(ge=0, le=1000)] | None = None
    reported_on: IsoDate
    note: Line | None = None
    retrospective: bool = False
