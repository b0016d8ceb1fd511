"""The events of what is observed: measurements of a series, statuses of an objective or indicator.

They are no changes of the plan: no act, no kind. They take effect on the day that the data are of.
"""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from domain.event import Event, Occurrence, StatesItsBody, StoredBody
from domain.facts import Fact, series_key
from domain.formulas.model import TermId
from domain.italian import print_number
from domain.measurements.printer import print_value
from domain.measurements.values import Observed
from domain.names import Names
from domain.periods import Period, is_month, period_said
from domain.vocabulary import NO_PEOPLE, Frozen, Identifier, IsoDate, Line, ObjectKind, Sha256

Finality = Literal["provisional", "final"]
StatusWord = Literal["in_line", "at_risk", "reached", "to_be_renegotiated", "not_reported"]
FINALITY_WORDS: dict[Finality, str] = {"provisional": "provvisorio", "final": "definitivo"}
STATUS_WORDS: dict[str, str] = {
    "in_line": "in linea",
    "at_risk": "a rischio",
    "reached": "raggiunto",
    "to_be_renegotiated": "da rinegoziare",
    "not_reported": "non comunicato",
}


class Evidence(Frozen):
    """Where a figure can be checked: a reference in the office's own archive, and the digest of the file."""

    reference: Line | None = Field(
        None,
        title="riferimento",
        description=f"Dove si trova il documento, nell'archivio dell'ufficio. {NO_PEOPLE}",
        examples=["prot. 12345/2022"],
    )
    sha256: Sha256 | None = Field(None, title="impronta SHA-256", description="L'impronta SHA-256 del documento.")


class MeasurementEvent(StatesItsBody, Occurrence):
    """What an event of a figure has in common with the others."""

    series: Identifier
    period: Period

    @classmethod
    def facts_in(cls, body: StoredBody) -> list[Fact]:
        figure = {name: value for name, value in body.items() if name not in {"series", "period", "before"}}
        return [Fact(series_key(body["series"]), body["period"], figure)]


class FormerFigure(MeasurementEvent):
    """An event that puts a figure right. `before` is what was recorded: evidence, and the old event stays."""

    before: Observed


class NewFigure(MeasurementEvent):
    """An event from which another figure is known; `terms` are what its formula was worked out from, where there is one."""

    observed: Observed
    finality: Finality
    data_as_at: IsoDate
    office: Line | None = None
    evidence: Evidence | None = None
    terms: dict[TermId, Decimal] | None = None


class MeasurementRecorded(NewFigure):
    """A series was measured for a period; `terms` are what its formula was worked out from, where there is one."""

    topic = "measurement-recorded"

    def sentence(self, names: Names) -> str:
        figure = f"{print_value(self.observed)} ({FINALITY_WORDS[self.finality]})"
        series, period = names.series(self.series), period_said(self.period)
        if is_month(self.period):
            return f"Misurato {series} per {period}: {figure}"
        return f"Misurato {series} per il {period}: {figure}"


class MeasurementRestated(NewFigure, FormerFigure):
    """A recorded figure was put right; `before` is kept as evidence, and the old event stays."""

    topic = "measurement-restated"

    def sentence(self, names: Names) -> str:
        figure = f"{print_value(self.observed)} ({FINALITY_WORDS[self.finality]})"
        series, period, before = names.series(self.series), period_said(self.period), print_value(self.before)
        if is_month(self.period):
            return f"Rettificato il valore di {series} per {period}: da {before} a {figure}"
        return f"Rettificato il valore di {series} per il {period}: da {before} a {figure}"


class StatusReported(StatesItsBody, Occurrence):
    """How an objective or an indicator stands; the words of the note lie beside the event, by digest."""

    topic = "status-reported"

    subject: ObjectKind
    id: Identifier
    status: StatusWord
    progress: Annotated[Decimal, Field(ge=0, le=1000)] | None = None
    reported_on: IsoDate

    @classmethod
    def facts_in(cls, body: StoredBody) -> list[Fact]:
        status = {name: value for name, value in body.items() if name not in {"subject", "id"}}
        return [Fact(f"{body['subject']}/{body['id']}", "status", status)]

    def sentence(self, names: Names) -> str:
        progress = f", avanzamento {print_number(self.progress)}%" if self.progress is not None else ""
        subject = names.called(f"{self.subject}/{self.id}")
        return f"Riferito lo stato di {subject}: {STATUS_WORDS[self.status]}{progress}"


EVENTS: tuple[type[Event], ...] = (MeasurementRecorded, MeasurementRestated)
STATUS_EVENTS: tuple[type[Event], ...] = (StatusReported,)
