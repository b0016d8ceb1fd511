"""The rules of what is observed.

A measurement takes effect on the day its data are of, a restatement on a day of its own. It may precede the indicator:
history does.
"""

from collections.abc import Mapping
from datetime import date

from pydantic import TypeAdapter

from domain.administrations.offices import require_office_named
from domain.errors import AlreadyThere, NoChange, NotFound, TextUnread, YearNotOpen, parted_reason
from domain.facts import indicator_key, objective_key, series_key
from domain.late import late
from domain.measurements.commands import RecordMeasurement, ReportStatus, RestateMeasurement
from domain.measurements.events import MeasurementRecorded, MeasurementRestated, StatusReported
from domain.measurements.refusals import DenominatorZero, PeriodInFuture
from domain.measurements.values import NotYetDue, NumberValue, Observed, UnreadValue
from domain.periods import period_said
from domain.plans.state import PlanState
from domain.timelines import Timelines
from domain.vocabulary import DEFERRED, JsonValue, first_day, period_year

with late:  # what is stored was read before
    from domain.measurements.reader import read_value

OBSERVED: TypeAdapter[Observed] = TypeAdapter(Observed, config=DEFERRED)


def record_measurement(timelines: Timelines, command: RecordMeasurement) -> MeasurementRecorded:
    """Refused when a final figure stands (restate it), or the same figure does, or the period has not ended by then."""
    _not_ahead(command, command.data_as_at)
    observed = observed_in(command)
    entry = timelines.entry(series_key(command.series), command.period, command.data_as_at)
    if entry is not None:
        recorded = entry.value if isinstance(entry.value, dict) else {}
        same = _same(recorded.get("observed"), observed) and recorded.get("finality") == command.finality
        if same and recorded.get("data_as_at") == command.data_as_at.isoformat():
            raise NoChange(f"il valore di {command.series} per {period_said(command.period)} è già questo")
        if recorded.get("finality") == "final":
            problem = f"{command.series} ha già un valore definitivo per {period_said(command.period)}"
            raise AlreadyThere(problem, accepted="una rettifica (restate)", where="period")
    require_office_named(timelines, command.office, "office")
    return MeasurementRecorded(
        series=command.series,
        period=command.period,
        observed=observed,
        finality=command.finality,
        data_as_at=command.data_as_at,
        office=command.office,
        evidence=command.evidence,
        terms=command.terms,
    )


def restate_measurement(timelines: Timelines, command: RestateMeasurement) -> MeasurementRestated:
    """Refused when there is nothing to restate on that day, or the figure is the same; who measured stays unless it is said."""
    _not_ahead(command, command.effective_on)
    observed = observed_in(command)
    entry = timelines.entry(series_key(command.series), command.period, command.effective_on)
    if entry is None or not isinstance(entry.value, dict):
        problem = (
            f"{command.series} non ha un valore per {period_said(command.period)} al {command.effective_on:%d/%m/%Y}"
        )
        raise NotFound(problem, accepted="prima la misurazione", where="period")
    recorded = entry.value
    if _same(recorded.get("observed"), observed) and recorded.get("finality") == command.finality:
        raise NoChange(f"il valore di {command.series} per {period_said(command.period)} è già questo")
    require_office_named(timelines, command.office, "office")
    return MeasurementRestated(
        series=command.series,
        period=command.period,
        before=OBSERVED.validate_python(recorded.get("observed")),
        observed=observed,
        finality=command.finality,
        data_as_at=command.data_as_at,
        office=command.office if "office" in command.model_fields_set else _office_of(recorded),
        evidence=command.evidence,
        terms=command.terms,
    )


def _office_of(recorded: Mapping[str, JsonValue]) -> str | None:
    office = recorded.get("office")
    return None if office is None else str(office)


def report_status(state: PlanState, command: ReportStatus) -> StatusReported:
    """Refused for what the plan has never had, a closed year, or when the same was reported for that day."""
    key = objective_key(command.id) if command.subject == "objective" else indicator_key(command.id)
    if not state.timelines.known(key):
        raise NotFound(f"{command.id} non è nel piano", accepted="un obiettivo o un indicatore del piano", where="id")
    year = command.reported_on.year
    if year in state.years and state.closed(year) and not command.retrospective:
        accepted = "uno stato di un anno ancora aperto"
        raise YearNotOpen(f"l'anno {year} è chiuso", accepted=accepted, where="reported_on")
    event = StatusReported(
        subject=command.subject,
        id=command.id,
        status=command.status,
        progress=command.progress,
        reported_on=command.reported_on,
    )
    recorded = state.timelines.value(key, "status", command.reported_on)
    if recorded == event.model_dump(mode="json", exclude={"subject", "id"}, exclude_none=True):
        raise NoChange(f"lo stato di {command.id} al {command.reported_on:%d/%m/%Y} è già questo")
    return event


def observed_in(command: RecordMeasurement | RestateMeasurement) -> Observed:
    """What a command says was observed; TextUnread when its text cannot be read for certain."""
    if command.denominator == 0:
        raise DenominatorZero(
            f"il denominatore è zero: {command.numerator} / 0 non è un valore",
            accepted="un denominatore diverso da zero, oppure n.d. o non applicabile",
            where="denominator",
        )
    if command.text is None:
        return NumberValue(
            text="",
            value=command.value,
            unit=command.unit,
            numerator=command.numerator,
            denominator=command.denominator,
        )
    observed = read_value(command.text, period_year(command.period))
    if isinstance(observed, UnreadValue) and not command.retrospective:
        why, accepted = parted_reason(observed.reason, "un valore leggibile, per esempio 67,46%")
        raise TextUnread(f"{command.text!r}: {why}", accepted=accepted, where="text")
    if isinstance(observed, NumberValue) and observed.denominator == 0 and not command.retrospective:
        raise DenominatorZero(
            f"{command.text!r}: il denominatore è zero, e non se ne fa un valore",
            accepted="un denominatore diverso da zero, oppure n.d. o non applicabile",
            where="text",
        )
    return observed


def _same(recorded: object, observed: Observed) -> bool:
    return recorded == observed.model_dump(mode="json", exclude_none=True)


def _not_ahead(command: RecordMeasurement | RestateMeasurement, day: date) -> None:
    if first_day(command.period) > day and not isinstance(observed_in(command), NotYetDue):
        problem = f"il periodo {command.period} non è ancora cominciato al {day:%d/%m/%Y}"
        raise PeriodInFuture(problem, accepted="un periodo cominciato alla data dei dati", where="period")
