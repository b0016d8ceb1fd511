"""What was put right: figures that took the place of others, and targets that a correction or an annulment changed."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from domain.annulments.events import EventsAnnulled
from domain.benchmarks.events import BENCHMARK_NAMES, BenchmarkEvent
from domain.facts import indicator_key, target_field
from domain.flags.context import LocatedCase, YearOnRecord, in_plan
from domain.flags.model import Corrected, Restated, quoted
from domain.italian import print_number
from domain.measurements.events import MeasurementRecorded, MeasurementRestated
from domain.measurements.printer import print_rounded, print_value
from domain.point import today
from domain.recording import Recorded
from domain.targets.closed_years import TakenFrom, figure_measured, figure_published, years_that_take
from domain.targets.decide import target_of
from domain.targets.easing import easing
from domain.targets.events import TargetReferenceResolved, TargetRevised, TargetSet
from domain.targets.model import Reference, Target
from domain.timelines import place
from domain.vocabulary import JsonValue, period_year, polarity_of


class Replacement(NamedTuple):
    """A record by which a figure took the place of another, or of none (None): of which series and period, before and after.

    `whose` is None for the administration's own; `figure` what years other than its own look it up by.
    """

    record: Recorded
    series: str
    period: str
    before: str | None
    after: str
    whose: str | None = None

    @property
    def figure(self) -> TakenFrom | None:
        """What the targets of other years look it up by."""
        return figure_measured(self.period) if self.whose is None else figure_published(self.whose, self.period)


def restated_figures(year: YearOnRecord) -> Iterator[LocatedCase]:
    """The figures of the year that were put right, and those of elsewhere by which one of its targets is judged."""
    state = year.history.state(year.as_of)
    for replacement in replacements(year.figures.records):
        record, figure = replacement.record, replacement.figure
        indicator = year.figures.indicator_of.get(replacement.series)
        if indicator is None or record.effective_on > year.as_of or record.version in year.figures.annulled:
            continue
        own = replacement.whose is None and period_year(replacement.period) == year.year
        elsewhere = not own and figure is not None and year.year in years_that_take(state, [indicator], figure)
        if not elsewhere and (replacement.before is None or not own):
            continue
        called = f" ({BENCHMARK_NAMES.get(replacement.whose, replacement.whose)})" if replacement.whose else ""
        judged = f", con cui si giudica un target del {year.year}," if elsewhere else ""
        case = Restated(
            name=f"{year.names.series(replacement.series)}{called}{judged}",
            period=replacement.period,
            before=replacement.before or "nessun valore",
            first=replacement.before is None,
            after=replacement.after,
            effective_on=record.effective_on,
            recorded_on=today(record.recorded_at),
            validated_on=year.validated_on,
            retrospective=record.retrospective,
            recorded_after=year.settled_at is not None and record.recorded_at > year.settled_at,
        )
        yield LocatedCase(f"m{record.version}", case, (("administration", record.version),), indicator)


def replacements(records: Sequence[Recorded]) -> Iterator[Replacement]:
    """Each record by which a figure came, or took the place of another: a recording, a restatement, an annulment."""
    by_version = {record.version: record for record in records}
    latest: dict[tuple[str | None, str, str], tuple[str, str]] = {}
    for record in records:
        event = record.event
        match event:
            case MeasurementRecorded() | MeasurementRestated() | BenchmarkEvent():
                key = _figure_of(event)
                exact, before = latest.get(key, (None, None))
                if isinstance(event, MeasurementRestated):
                    exact, before = None, print_rounded(event.before)
                if exact != _exact(event):
                    yield Replacement(record, event.series, event.period, before, _shown(event), key[0])
                latest[key] = _exact(event), _shown(event)
            case EventsAnnulled():
                for version in event.versions:
                    annulled = by_version[version].event if version in by_version else None
                    if isinstance(annulled, MeasurementRecorded | MeasurementRestated | BenchmarkEvent):
                        key, before = _figure_of(annulled), _shown(annulled)
                        latest.pop(key, None)
                        gone = "nessun valore (annullato)"
                        yield Replacement(record, annulled.series, annulled.period, before, gone, key[0])
            case _:
                pass


_Figure = MeasurementRecorded | MeasurementRestated | BenchmarkEvent


def _figure_of(event: _Figure) -> tuple[str | None, str, str]:
    """Whose figure an event states, of which series and period."""
    return (event.whose if isinstance(event, BenchmarkEvent) else None), event.series, event.period


def _shown(event: _Figure) -> str:
    return event.figure if isinstance(event, BenchmarkEvent) else print_rounded(event.observed)


def _exact(event: _Figure) -> str:
    return event.figure if isinstance(event, BenchmarkEvent) else print_value(event.observed)


def resolved_again(year: YearOnRecord) -> Iterator[LocatedCase]:
    """The values said for the references of the year by an act that were put right, or left out."""
    by_version = {record.version: record for record in year.history.records}
    for record in year.history.counting:
        event = record.event
        versions = event.versions if isinstance(event, EventsAnnulled) else record.restores
        if record.effective_on > year.as_of or (isinstance(event, EventsAnnulled) and event.reason == "corrected"):
            continue
        for version in versions:
            wrong = by_version.get(version)
            if wrong is None or not isinstance(wrong.event, TargetReferenceResolved) or wrong.event.year != year.year:
                continue
            resolved = event.target if isinstance(event, TargetReferenceResolved) else None
            case = Restated(
                name=f"riferimento del target {year.year} di {year.names.indicator(wrong.event.indicator)}",
                period="",
                before=_reference_value(wrong.event.target),
                after=_reference_value(resolved) if resolved else "nessun valore (annullato)",
                effective_on=record.effective_on,
                recorded_on=today(record.recorded_at),
                validated_on=year.validated_on,
                retrospective=record.retrospective,
                recorded_after=year.settled_at is not None and record.recorded_at > year.settled_at,
            )
            events = in_plan((wrong.version, record.version))
            yield LocatedCase(f"r{record.version}-{version}", case, events, wrong.event.indicator)


def _reference_value(target: Target) -> str:
    value = target.value if isinstance(target, Reference) else None
    return "nessun valore" if value is None else print_number(value)


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
