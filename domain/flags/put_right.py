"""What was put right: figures that took the place of others, and targets that a correction or an annulment changed."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from domain.annulments.events import EventsAnnulled
from domain.benchmarks.events import BenchmarkRestated
from domain.facts import indicator_key, target_field
from domain.flags.context import LocatedCase, YearOnRecord, in_plan
from domain.flags.model import Corrected, Restated, quoted
from domain.measurements.events import MeasurementRecorded, MeasurementRestated
from domain.measurements.printer import print_rounded, print_value
from domain.measurements.values import Observed
from domain.point import today
from domain.recording import Recorded
from domain.targets.decide import target_of
from domain.targets.easing import easing
from domain.targets.events import TargetRevised, TargetSet
from domain.targets.printer import print_in_unit
from domain.timelines import place
from domain.vocabulary import JsonValue, period_year, polarity_of


class Replacement(NamedTuple):
    """A record by which a figure took the place of another: of which series and period, before and after."""

    record: Recorded
    series: str
    period: str
    before: str
    after: str


def restated_figures(year: YearOnRecord) -> Iterator[LocatedCase]:
    """The figures of the year that were put right."""
    for replacement in replacements(year.figures.records):
        record = replacement.record
        indicator = year.figures.indicator_of.get(replacement.series)
        if period_year(replacement.period) != year.year or record.effective_on > year.as_of:
            continue
        if indicator is None or record.version in year.figures.annulled:
            continue
        case = Restated(
            name=year.names.series(replacement.series),
            period=replacement.period,
            before=replacement.before,
            after=replacement.after,
            effective_on=record.effective_on,
            recorded_on=today(record.recorded_at),
            validated_on=year.validated_on,
            retrospective=record.retrospective,
        )
        yield LocatedCase(f"m{record.version}", case, (("administration", record.version),), indicator)


def replacements(records: Sequence[Recorded]) -> Iterator[Replacement]:
    """Each record by which a figure took the place of another: a restatement, a later recording, an annulment.

    A published value of others, on which a target may rest, is one of them.
    """
    by_version = {record.version: record for record in records}
    latest: dict[tuple[str, str], Observed] = {}
    for record in records:
        event = record.event
        match event:
            case MeasurementRestated():
                yield _replaced(record, event, event.before, event.observed)
                latest[event.series, event.period] = event.observed
            case MeasurementRecorded():
                earlier = latest.get((event.series, event.period))
                if earlier is not None and print_value(earlier) != print_value(event.observed):
                    yield _replaced(record, event, earlier, event.observed)
                latest[event.series, event.period] = event.observed
            case BenchmarkRestated():
                before = print_in_unit(event.before, event.unit)
                yield Replacement(record, event.series, event.period, f"{event.called} {before}", event.figure)
            case EventsAnnulled():
                for version in event.versions:
                    annulled = by_version[version].event if version in by_version else None
                    if isinstance(annulled, MeasurementRecorded | MeasurementRestated):
                        latest.pop((annulled.series, annulled.period), None)
                        yield _replaced(record, annulled, annulled.observed, None)
            case _:
                pass


def _replaced(
    record: Recorded, of: MeasurementRecorded | MeasurementRestated, before: Observed, after: Observed | None
) -> Replacement:
    shown = "nessun valore (annullato)" if after is None else print_rounded(after)
    return Replacement(record, of.series, of.period, print_rounded(before), shown)


def corrected_targets(year: YearOnRecord) -> Iterator[LocatedCase]:
    """The targets that were put right: by a correction, or by an annulment that brought back an earlier one."""
    history = year.history
    by_version = {record.version: record for record in history.records}
    for change in year.of_year():
        if change.kind == "correction" and change.record.restores:
            wrong = by_version.get(change.record.restores[0])
            yield from _corrected(year, wrong, change.record, change.after)
    for record in history.counting:
        event = record.event
        if not isinstance(event, EventsAnnulled) or event.reason == "corrected" or record.effective_on > year.as_of:
            continue
        for version in event.versions:
            wrong = by_version.get(version)
            if (
                wrong is not None
                and isinstance(wrong.event, TargetSet | TargetRevised)
                and wrong.event.year == year.year
            ):
                key = indicator_key(wrong.event.indicator)
                field = target_field(wrong.event.year, wrong.event.ordinal)
                brought_back = [
                    entry
                    for entry in history.timelines.entries(key, field)
                    if entry.version < record.version and entry.effective_on <= wrong.effective_on
                ]  # what was recorded after the annulment is a revision of its own
                now = max(brought_back, key=place).value if brought_back else None
                yield from _corrected(year, wrong, record, now)


def _corrected(year: YearOnRecord, wrong: Recorded | None, by: Recorded, after: JsonValue) -> Iterator[LocatedCase]:
    if wrong is None or not isinstance(wrong.event, TargetSet | TargetRevised):
        return
    event = wrong.event
    polarity = polarity_of(year.history.state(wrong.effective_on).indicator(event.indicator, "polarity"))
    now = target_of(after) if isinstance(after, dict) else None
    way = easing(event.target, now, polarity, year.history.bare_value(event.year))
    corrected = quoted(now.text) if now else "nessun target"
    name = year.names.indicator(event.indicator)
    case = Corrected(name, event.year, quoted(event.target.text), corrected, way)
    events = in_plan((wrong.version, by.version))
    yield LocatedCase(f"{by.version}-{wrong.version}", case, events, event.indicator)
