"""Compares what was observed with what a document brings: measurements of a series, statuses."""

from collections.abc import Mapping

from domain.documents.diff_builder import Ledger, Of, norm
from domain.documents.diff_indicators import Indicators
from domain.documents.difference import Held, UnreadCell
from domain.documents.plan import MeasurementRow, StatusRow
from domain.documents.references import Tree
from domain.documents.uploaded import SERIES_LATER, Wanted, WantedMeasurement
from domain.measurements.values import UnreadValue, read_value
from domain.vocabulary import JsonValue, period_year

FIGURES = ("text", "value", "unit", "numerator", "denominator", "finality", "data_as_at")


def compare_measurements(held: Held, wanted: Wanted, indicators: Indicators, ledger: Ledger) -> None:
    """Writes down the figures that are new, and those that restate a final one."""
    there = {(row.series, row.period): row for row in held.document.measurements}
    base = {(row.series, row.period): row for row in held.base.measurements} if held.base else there
    names = {series: id_ for id_, series in indicators.series.items() if series}
    seen: set[tuple[str, str]] = set()
    for one in wanted.measurements or ():
        row = _with_series(one, indicators, ledger)
        if row is None:
            continue
        key = (row.series, row.period)
        if key in seen:
            ledger.problem(one.where, "period", f"{row.series} ha due valori per {row.period}", "una riga per periodo")
            continue
        seen.add(key)
        now, then = there.get(key), base.get(key)
        if _same(row, now) or _same(row, then):
            continue
        of = Of(f"series/{row.series}", names.get(row.series, row.series))
        restates = now is not None and now.finality == "final"
        made = row.model_copy(update={"restated": True if restates else None, "observed": None})
        said: dict[str, JsonValue] = {"period": row.period}
        _readable(one, row, ledger)
        ledger.step(
            "measurement_restated" if restates else "measurement_new",
            of,
            None,
            where=ledger.wanted.spot(one.where, "text" if row.text else "value"),
            field=str(said["period"]),
            before=_shown(now),
            after=_shown(row),
            measurement=made,
        )


def _with_series(one: WantedMeasurement, indicators: Indicators, ledger: Ledger) -> MeasurementRow | None:
    known = {series for series in indicators.series.values() if series}
    row = one.row
    if one.indicator is None or row.series in known:
        return row
    id_ = indicators.tree.resolve(one.indicator)
    if id_ is None:
        if row.series != SERIES_LATER:
            return row
        if not indicators.tree.is_open(one.indicator):
            found = f"l'indicatore {one.indicator[:80]!r} non si trova, o ce n'è più d'uno"
            ledger.problem(one.where, "indicator", found, "la serie, o l'identificativo di un indicatore")
        return None
    series = indicators.series.get(id_)
    if row.series != SERIES_LATER or series is None:
        return row
    return row.model_copy(update={"series": series})


def _same(row: MeasurementRow, other: MeasurementRow | None) -> bool:
    return other is not None and all(norm(_figure(row, name)) == norm(_figure(other, name)) for name in FIGURES)


def _figure(row: MeasurementRow, name: str) -> object:
    value = getattr(row, name)
    return str(value) if name == "data_as_at" else value


def _readable(one: WantedMeasurement, row: MeasurementRow, ledger: Ledger) -> None:
    if row.text is not None:
        read = read_value(row.text, period_year(row.period))
        if isinstance(read, UnreadValue):
            where = ledger.wanted.spot(one.where, "text")
            ledger.unread.append(UnreadCell(where=where, text=row.text, reason=read.reason))


def _shown(row: MeasurementRow | None) -> JsonValue:
    if row is None:
        return None
    said = row.model_dump(mode="json", include=set(FIGURES), exclude_none=True)
    return {name: value for name, value in said.items() if value is not None}


def compare_statuses(held: Held, wanted: Wanted, objectives: Tree, indicators: Indicators, ledger: Ledger) -> None:
    """Writes down the statuses that are not reported yet."""
    there: Mapping[tuple[str, str], StatusRow] = {(row.subject, row.id): row for row in held.document.statuses}
    base = {(row.subject, row.id): row for row in held.base.statuses} if held.base else {}
    for one in wanted.statuses or ():
        tree = objectives if one.row.subject == "objective" else indicators.tree
        id_ = tree.resolve(one.row.id)
        if id_ is None:
            if not tree.is_open(one.row.id):
                words = "l'obiettivo" if one.row.subject == "objective" else "l'indicatore"
                ledger.problem(
                    one.where,
                    "id",
                    f"{words} {one.row.id[:80]!r} non si trova, o ce n'è più d'uno",
                    "un identificativo",
                )
            continue
        row = one.row.model_copy(update={"id": id_})
        if _told(row) in {
            _told(other) for other in (there.get((row.subject, id_)), base.get((row.subject, id_))) if other
        }:
            continue
        now = there.get((row.subject, id_))
        of = Of(f"{row.subject}/{id_}", id_)
        ledger.step(
            "status_reported",
            of,
            None,
            where=ledger.wanted.spot(one.where, "status"),
            field=row.reported_on.isoformat(),
            before=now.status if now else None,
            after=row.model_dump(mode="json", exclude={"subject", "id"}, exclude_none=True),
            status=row,
        )


def _told(row: StatusRow) -> tuple[object, ...]:
    return (row.status, norm(row.progress), row.reported_on, norm(row.note))
