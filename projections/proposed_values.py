"""What proposed changes bring besides changes of the plan: figures, restatements, statuses, the rules of a year."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Annotated, Literal, NamedTuple

from pydantic import Field
from typing_extensions import TypedDict

from domain.administrations.events import (
    ActCompleted,
    ActRegistered,
    AdministrationSystemAdopted,
    LayoutRemembered,
    OfficeEvent,
)
from domain.annulments.events import EventsAnnulled
from domain.event import Event
from domain.facts import indicator_key, series_key
from domain.italian import print_number
from domain.measurements.decide import OBSERVED
from domain.measurements.events import (
    FINALITY_WORDS,
    STATUS_WORDS,
    Finality,
    MeasurementRestated,
    NewFigure,
    StatusReported,
)
from domain.measurements.printer import print_value
from domain.names import Names
from domain.plans.events import (
    ApprovalAnnulled,
    ClosingAnnulled,
    PlanApproved,
    PlanDrafted,
    YearApproved,
    YearClosed,
)
from domain.recording import Recorded
from domain.timelines import Cell, Timelines
from domain.vocabulary import Identifier, JsonValue, period_year
from projections.answers import Day, Name, Text
from projections.audit import names_of
from projections.store.preview_reader import PreviewReader
from projections.streams import PlanKnown, find_plan

ValueKind = Literal["measurement", "restatement", "status", "other"]
TOLD_ELSEWHERE = (
    *(ActRegistered, ActCompleted, LayoutRemembered, OfficeEvent, EventsAnnulled, PlanDrafted),
    *(PlanApproved, YearApproved, YearClosed, ApprovalAnnulled, ClosingAnnulled),
)
"""Events that a preview tells in other rows, or that follow from the changes: acts, offices, annulments, approvals."""


class ProposedValue(TypedDict):
    """Che cosa portano le modifiche oltre a quelle del piano: un valore, una rettifica, uno stato, le regole di un anno."""

    kind: ValueKind
    subject: Annotated[Text, Field(description="Come si chiama ciò di cui si parla.")]
    object: Annotated[Name | None, Field(description="objective/ID oppure indicator/ID; null di ciò che non lo è.")]
    series: Identifier | None
    period: Name | None
    before: Annotated[Text | None, Field(description="Ciò che vale ora; null se nulla vale.")]
    before_finality: Finality | None
    after: Annotated[Text | None, Field(description="Ciò che varrebbe.")]
    finality: Finality | None
    effective_on: Day
    words: Annotated[Text, Field(description="La riga, in una frase.")]


class _Subject(NamedTuple):
    """What a figure, or a status, is of: how it is called, and what it is in the plan."""

    name: str
    object: str | None = None
    series: str | None = None
    period: str | None = None


class _Stand(NamedTuple):
    """What a figure, or a status, says."""

    text: str | None = None
    finality: Finality | None = None

    def __str__(self) -> str:
        finality = f" ({FINALITY_WORDS[self.finality]})" if self.finality else ""
        return f"{self.text}{finality}"


def pending_beside(reader: PreviewReader, known: PlanKnown) -> list[Recorded]:
    """The pending events that bring something besides changes of the plan, and that say something new.

    What is recorded already is recorded again where a draft takes the date of its act.
    """
    return [
        record
        for stream in (known.administration_stream, known.stream)
        for record in reader.pending(stream)
        if record.event.touch() is None
        and not isinstance(record.event, TOLD_ELSEWHERE)
        and not _says_nothing_new(reader.before.timelines(stream), record)
    ]


def proposed_values(reader: PreviewReader, plan: str) -> list[ProposedValue]:
    """A row for each of them, in the order in which they would be recorded."""
    known = find_plan(reader, plan)
    names, indicators = names_of(reader, known), _indicators(reader.timelines(known.stream))
    before_it: dict[Cell, _Stand] = {}
    rows: list[ProposedValue] = []
    for record in pending_beside(reader, known):
        cell = record.event.facts()[0].object, record.event.facts()[0].field
        if cell not in before_it:
            recorded = reader.before.timelines(record.stream).value(*cell, record.effective_on)
            before_it[cell] = _stand(record.event, recorded)
        before, after = before_it[cell], _stand(record.event, record.event.facts()[0].value)
        before_it[cell] = after
        rows.append(_row(record, names, indicators, before, after))
    return rows


def years_of(records: Iterable[Recorded]) -> set[int]:
    """The years that such events are of."""
    years: set[int] = set()
    for record in records:
        match record.event:
            case NewFigure() as event:
                years.add(period_year(event.period))
            case AdministrationSystemAdopted() as event:
                years.add(event.year)
            case _:
                years.add(record.effective_on.year)
    return years


def _row(record: Recorded, names: Names, indicators: Mapping[str, str], before: _Stand, after: _Stand) -> ProposedValue:
    subject, moved = _subject(record.event, names, indicators), f"da {before} a {after}" if before.text else str(after)
    match record.event:
        case NewFigure() as event:
            kind: ValueKind = "restatement" if isinstance(event, MeasurementRestated) else "measurement"
            words = f"{names.series(event.series)}, {event.period}: {moved}"
        case StatusReported() as event:
            kind = "status"
            words = f"Stato di {names.called(f'{event.subject}/{event.id}')} al {event.reported_on:%d/%m/%Y}: {moved}"
        case event:
            kind, words = "other", event.sentence(names)
    return {
        "kind": kind,
        "subject": subject.name or words,
        "object": subject.object,
        "series": subject.series,
        "period": subject.period,
        "before": before.text,
        "before_finality": before.finality,
        "after": after.text,
        "finality": after.finality,
        "effective_on": record.effective_on.isoformat(),
        "words": words,
    }


def _subject(event: Event, names: Names, indicators: Mapping[str, str]) -> _Subject:
    match event:
        case NewFigure():
            indicator = indicators.get(event.series)
            name = names.by_key.get(series_key(event.series)) or event.series
            return _Subject(name, indicator_key(indicator) if indicator else None, event.series, event.period)
        case StatusReported():
            key = f"{event.subject}/{event.id}"
            return _Subject(names.by_key.get(key) or event.id, key)
        case _:
            return _Subject("")


def _stand(event: Event, value: JsonValue) -> _Stand:
    """What stands, or would, of what an event speaks of, from the value of its fact."""
    if not isinstance(value, dict):
        return _Stand()
    match event:
        case NewFigure():
            observed, finality = OBSERVED.validate_python(value.get("observed")), value.get("finality")
            return _Stand(print_value(observed), "final" if finality == "final" else "provisional")
        case StatusReported():
            progress = value.get("progress")
            reached = f", avanzamento {print_number(Decimal(str(progress)))}%" if progress is not None else ""
            return _Stand(STATUS_WORDS[str(value.get("status"))] + reached)
        case _:
            return _Stand()


def _says_nothing_new(timelines: Timelines, record: Recorded) -> bool:
    """Whether all that an event says is what is recorded of that day."""
    return all(
        timelines.value(fact.object, fact.field, record.effective_on) == fact.value for fact in record.event.facts()
    )


def _indicators(timelines: Timelines) -> dict[str, str]:
    """The indicator that measures each series."""
    return {
        str(entries[-1].value): key.partition("/")[2]
        for key in timelines.objects("indicator/")
        if (entries := timelines.entries(key, "series"))
    }
