"""Compares what was observed with what a document brings: measurements of a series, statuses."""

from collections.abc import Container

from domain.documents.diff_builder import DiffBuilder, Subject, norm
from domain.documents.diff_indicators import Indicators
from domain.documents.difference import CurrentPlan, UnreadCell
from domain.documents.plan import MeasurementRow, StatusRow
from domain.documents.references import MatchedRows
from domain.documents.uploaded import SERIES_LATER, UploadedMeasurement, UploadedPlan
from domain.measurements.values import UnreadValue, read_value
from domain.vocabulary import JsonValue, period_year

FIGURES = ("text", "value", "unit", "numerator", "denominator", "finality", "data_as_at")


def diff_measurements(
    current: CurrentPlan, uploaded: UploadedPlan, indicators: Indicators, builder: DiffBuilder
) -> None:
    """Writes down the figures that are new, and those that restate a final one."""
    recorded = {(row.series, row.period): row for row in current.document.measurements}
    base = {(row.series, row.period): row for row in current.base.measurements} if current.base else recorded
    names = {series: id_ for id_, series in indicators.series.items() if series}
    seen: set[tuple[str, str]] = set()
    for measurement in uploaded.measurements or ():
        row = _with_series(measurement, indicators, names, builder)
        if row is None:
            continue
        key = (row.series, row.period)
        if key in seen:
            words = f"{row.series} ha due valori per {row.period}"
            builder.problem(measurement.where, "period", words, "una riga per periodo")
            continue
        seen.add(key)
        now = recorded.get(key)
        if _same(row, now) or _same(row, base.get(key)):
            continue
        restates = now is not None and now.finality == "final"
        _tell_unread(measurement, row, builder)
        builder.step(
            "measurement_restated" if restates else "measurement_new",
            Subject(f"series/{row.series}", names.get(row.series, row.series)),
            None,
            where=builder.uploaded.location(measurement.where, "text" if row.text else "value"),
            field=row.period,
            before=_shown(now),
            after=_shown(row),
            measurement=row.model_copy(update={"restated": True if restates else None, "observed": None}),
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
    """Writes down the statuses that are not reported yet."""
    reported = {(row.subject, row.id): row for row in current.document.statuses}
    base = {(row.subject, row.id): row for row in current.base.statuses} if current.base else {}
    for status in uploaded.statuses or ():
        subject, reference = status.row.subject, status.row.id
        matched = objectives if subject == "objective" else indicators.matched
        id_ = builder.resolve(matched, status.where, "id", reference, accepted="un identificativo")
        if id_ is None:
            continue
        row = status.row.model_copy(update={"id": id_})
        now = reported.get((subject, id_))
        if any(other and _reported(row) == _reported(other) for other in (now, base.get((subject, id_)))):
            continue
        builder.step(
            "status_reported",
            Subject(f"{subject}/{id_}", id_),
            None,
            where=builder.uploaded.location(status.where, "status"),
            field=row.reported_on.isoformat(),
            before=now.status if now else None,
            after=row.model_dump(mode="json", exclude={"subject", "id"}, exclude_none=True),
            status=row,
        )


def _reported(row: StatusRow) -> tuple[object, ...]:
    return (row.status, norm(row.progress), row.reported_on, norm(row.note))
