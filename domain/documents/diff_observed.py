"""Compares what was observed with what a document brings: measurements of a series, statuses."""

from collections.abc import Container
from datetime import date

from domain.documents.diff_builder import DiffBuilder, Subject, norm
from domain.documents.diff_indicators import Indicators
from domain.documents.difference import CurrentPlan, UnreadCell
from domain.documents.figures import KEEP, RECORD, BroughtFigure, figure_to_take
from domain.documents.plan import MeasurementRow, StatusRow
from domain.documents.questions import Option
from domain.documents.references import MatchedRows
from domain.documents.uploaded import SERIES_LATER, UploadedMeasurement, UploadedPlan
from domain.italian import print_date
from domain.measurements.events import STATUS_WORDS
from domain.measurements.reader import read_value
from domain.measurements.values import UnreadValue
from domain.periods import period_said
from domain.vocabulary import JsonValue, period_year

FIGURES = ("text", "value", "unit", "numerator", "denominator", "finality", "data_as_at")


def diff_measurements(
    current: CurrentPlan, uploaded: UploadedPlan, indicators: Indicators, builder: DiffBuilder
) -> None:
    """Writes down the figures that are new, and those that were said to restate what stands or to be recorded before it."""
    recorded = {(row.series, row.period): row for row in current.document.measurements}
    base = {(row.series, row.period): row for row in current.base.measurements} if current.base else {}
    names = {series: id_ for id_, series in indicators.series.items() if series}
    seen: set[tuple[str, str]] = set()
    for measurement in uploaded.measurements or ():
        row = _with_series(measurement, indicators, names, builder)
        if row is None:
            continue
        key = (row.series, row.period)
        if key in seen:
            words = f"{row.series} ha due valori per {period_said(row.period)}"
            builder.problem(measurement.where, "period", words, "una riga per periodo")
            continue
        seen.add(key)
        if _same(row, base.get(key)):
            continue
        name = names.get(row.series, row.series)
        where = builder.uploaded.location(measurement.where, "text" if row.text else "value")
        taken = figure_to_take(BroughtFigure(row, name, where), current.figures.get(key, ()), builder)
        if taken is None:
            continue
        _tell_unread(measurement, row, builder)
        builder.step(
            "measurement_restated" if taken.restated else "measurement_new",
            Subject(f"series/{row.series}", name),
            None,
            where=where,
            field=row.period,
            before=_shown(recorded.get(key)),
            after=_shown(row),
            measurement=taken,
        )


def _with_series(
    measurement: UploadedMeasurement, indicators: Indicators, known: Container[str], builder: DiffBuilder
) -> MeasurementRow | None:
    row = measurement.row
    if measurement.indicator is None or row.series in known:
        return row
    if row.series != SERIES_LATER:
        return row
    accepted = "la serie, o l'identificativo di un indicatore"
    id_ = builder.resolve(indicators.matched, measurement.where, "indicator", measurement.indicator, accepted=accepted)
    if id_ is None:
        return None
    series = indicators.series.get(id_)
    return row if series is None else row.model_copy(update={"series": series})


def _same(row: MeasurementRow, other: MeasurementRow | None) -> bool:
    return other is not None and all(norm(getattr(row, name)) == norm(getattr(other, name)) for name in FIGURES)


def _tell_unread(measurement: UploadedMeasurement, row: MeasurementRow, builder: DiffBuilder) -> None:
    if row.text is not None:
        read = read_value(row.text, period_year(row.period))
        if isinstance(read, UnreadValue):
            where = builder.uploaded.location(measurement.where, "text")
            builder.unread.append(UnreadCell(where=where, text=row.text, reason=read.reason))


def _shown(row: MeasurementRow | None) -> JsonValue:
    return None if row is None else row.model_dump(mode="json", include=set(FIGURES), exclude_none=True)


def diff_statuses(
    current: CurrentPlan, uploaded: UploadedPlan, objectives: MatchedRows, indicators: Indicators, builder: DiffBuilder
) -> None:
    """Writes down the statuses that are not reported yet; one that would stand before what is known is asked about."""
    base = {(row.subject, row.id): row for row in current.base.statuses} if current.base else {}
    for status in uploaded.statuses or ():
        subject, reference = status.row.subject, status.row.id
        matched = objectives if subject == "objective" else indicators.matched
        id_ = builder.resolve(matched, status.where, "id", reference, accepted="un identificativo")
        if id_ is None:
            continue
        row = status.row.model_copy(update={"id": id_})
        key = f"{subject}/{id_}"
        known = current.reported.get(key, ())
        unchanged = (other := base.get((subject, id_))) is not None and _reported(row) == _reported(other)
        if unchanged or any(_body(row) == entry.value for entry in known):
            continue
        where = builder.uploaded.location(status.where, "status")
        if any(entry.effective_on >= row.reported_on for entry in known):
            words = f"{id_}: nel file è {_status_words(_body(row))}, ed è già noto {_status_words(known[-1].value)}"
            recorded = f"si registra dal {print_date(row.reported_on)}: cambia le risposte da quel giorno in poi"
            options = [Option(answer=RECORD, words=recorded), Option(answer=KEEP, words="resta ciò che è noto")]
            if builder.ask(f"status:{key}:{row.reported_on}", where, words, options) != RECORD:
                continue
        now = known[-1].value if known else None
        builder.step(
            "status_reported",
            Subject(key, id_),
            None,
            where=where,
            field=row.reported_on.isoformat(),
            before=now.get("status") if isinstance(now, dict) else None,
            after=row.model_dump(mode="json", exclude={"subject", "id"}, exclude_none=True),
            status=row,
        )


def _body(row: StatusRow) -> JsonValue:
    """A status as it is stored: its note lies elsewhere."""
    body: JsonValue = row.model_dump(mode="json", exclude={"subject", "id", "note"}, exclude_none=True)
    return body


def _status_words(body: JsonValue) -> str:
    if not isinstance(body, dict):
        return "nessuno stato"
    day = print_date(date.fromisoformat(str(body.get("reported_on"))))
    return f"{STATUS_WORDS.get(str(body.get('status')), str(body.get('status')))} al {day}"


def _reported(row: StatusRow) -> tuple[object, ...]:
    return (row.status, norm(row.progress), row.reported_on, norm(row.note))
