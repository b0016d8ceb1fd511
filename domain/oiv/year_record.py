"""What the OIV must look at in the record of a year: what came late, what was put right, what was never measured."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import NamedTuple

from domain.annulments.events import EventsAnnulled
from domain.changes.official_rate import own_indicators
from domain.facts import indicator_key, target_field
from domain.flags.context import StreamName
from domain.measurements.events import MeasurementRecorded, MeasurementRestated
from domain.measurements.printer import print_value
from domain.measurements.values import NotAvailable, NotYetDue
from domain.oiv.events import (
    AnswerGiven,
    OpinionGiven,
    RemarkMade,
    ReportNotValidated,
    ReportValidated,
    RequestMade,
    SampleDrawn,
)
from domain.plans.history import PlanChange, PlanHistory
from domain.point import today
from domain.recording import Recorded
from domain.recording_delay import recording_delay
from domain.scoring.events import ScoreOverridden
from domain.targets.decide import target_of
from domain.targets.model import NoTarget
from domain.vocabulary import JsonValue, period_year

OIV_ACTS = OpinionGiven | RemarkMade | RequestMade | AnswerGiven | ReportValidated | ReportNotValidated | SampleDrawn
"""The events of a review that a year shows: the answer to a flag stands beside its flag."""
Located = tuple[StreamName, Recorded]
"""An event, and the stream that it stands in."""


class LateRecording(NamedTuple):
    """What one append recorded late, or with an effect before what was known already (`backdated`)."""

    stream: StreamName
    effective_on: date
    recorded_at: datetime
    days: int
    backdated: bool
    records: list[Recorded]


class LateRecordings(NamedTuple):
    """What was recorded late, and what was loaded long after the fact: of that nobody knows."""

    recordings: list[LateRecording]
    not_knowable: list[Located]


class PutRight(NamedTuple):
    """What put the record right: by correction, annulment or restatement, and the versions that it put right."""

    stream: StreamName
    record: Recorded
    restored: list[int]


class NeverMeasured(NamedTuple):
    """An indicator without a value: what was recorded in its place, if anything was, and the event of its target."""

    indicator: str
    recorded: str | None
    target_version: int | None


class YearRecord(NamedTuple):
    """The events of a plan and of its administration, as known at a point, for the questions on one year.

    `administration` are the events that count, `everything` those that were annulled too; `series` are the plan's.
    """

    history: PlanHistory
    administration: list[Recorded]
    everything: list[Recorded]
    series: set[str]
    year: int
    as_of: date

    def holding(self, records: Iterable[Recorded]) -> list[Recorded]:
        """Those of some records that hold by the date that is asked about."""
        return [record for record in records if record.effective_on <= self.as_of]

    def concerns_year(self, record: Recorded) -> bool:
        """Whether a record concerns the year: by the year that it speaks of, else by its date."""
        event = record.event
        if isinstance(event, MeasurementRecorded | MeasurementRestated):
            return period_year(event.period) == self.year
        touched = event.touch()
        return (touched.year if touched and touched.year else record.effective_on.year) == self.year

    def late(self, allowed_days: int) -> LateRecordings:
        """What was recorded long after it took effect, or took effect before what was known already: one row an append."""
        groups: dict[tuple[StreamName, datetime, date, bool], list[Recorded]] = {}
        not_knowable: list[Located] = []
        for stream, record, backdated in self._in_turn():
            if not self.concerns_year(record) or record.effective_on > self.as_of:
                continue
            delay = recording_delay(
                record.effective_on,
                today(record.recorded_at),
                retrospective=record.retrospective,
                allowed_days=allowed_days,
            )
            if delay == "not_knowable":
                not_knowable.append((stream, record))
            elif backdated or delay == "late":
                groups.setdefault((stream, record.recorded_at, record.effective_on, backdated), []).append(record)
        recordings = [
            LateRecording(
                stream, effective_on, recorded_at, (today(recorded_at) - effective_on).days, backdated, records
            )
            for (stream, recorded_at, effective_on, backdated), records in groups.items()
        ]
        return LateRecordings(recordings, not_knowable)

    def _in_turn(self) -> Iterator[tuple[StreamName, Recorded, bool]]:
        """The events that stand for themselves, and whether each took effect before what was known of its subject."""
        streams: tuple[tuple[StreamName, list[Recorded]], ...] = (
            ("plan", self.history.counting),
            ("administration", self.administration),
        )
        for stream, records in streams:
            latest: dict[str, date] = {}
            for record in records:
                if stream == "administration" and getattr(record.event, "series", None) not in self.series:
                    continue
                if isinstance(record.event, EventsAnnulled) or record.claim == "correction":
                    continue  # it takes the date of what it puts right, and is listed as such
                # Changes are decided one after the other; figures and statuses of one subject say nothing of another's.
                about = "" if record.event.touch() else next((fact.object for fact in record.event.facts()), "")
                backdated = record.effective_on < latest.get(about, date.min)
                latest[about] = max(latest.get(about, date.min), record.effective_on)
                yield stream, record, backdated

    def put_right(self) -> list[PutRight]:
        """What was put right of the year: in the plan by correction or annulment, among the figures by restatement too."""
        of_series = {r.version: r for r in self.everything if getattr(r.event, "series", None) in self.series}
        streams: tuple[tuple[StreamName, list[Recorded], dict[int, Recorded]], ...] = (
            ("plan", self.history.counting, {record.version: record for record in self.history.records}),
            ("administration", self.administration, of_series),
        )
        return [
            PutRight(stream, record, restored)
            for stream, records, by_version in streams
            for record in records
            # What an annulment left out is gone at whatever date: it is a matter of what is known.
            if record.effective_on <= self.as_of or isinstance(record.event, EventsAnnulled)
            if (restored := _restored(record)) is not None
            and any(
                self.concerns_year(by_version[version])
                for version in restored or [record.version]
                if version in by_version
            )
        ]

    def measurements(self) -> list[Recorded]:
        """The measurements of the plan's series for the year that count."""
        return [record for record, _ in self._measurements()]

    def _measurements(self) -> list[tuple[Recorded, MeasurementRecorded | MeasurementRestated]]:
        return measurements_among(self.holding(self.administration), self.series, self.year)

    def overrides(self) -> list[tuple[Recorded, ScoreOverridden]]:
        """The scores of the year that were forced."""
        return [
            (record, record.event)
            for record in self.holding(self.history.counting)
            if isinstance(record.event, ScoreOverridden) and record.event.year == self.year
        ]

    def acts_of_the_oiv(self, reviews: Iterable[Recorded]) -> list[Recorded]:
        """What the OIV said and drew, and was answered, among all that is recorded of a plan's review."""
        return [record for record in self.holding(reviews) if isinstance(record.event, OIV_ACTS)]

    def opinions_on(self, version: int, reviews: Iterable[Recorded]) -> list[tuple[Recorded, OpinionGiven]]:
        """The opinions of the OIV on an event of the plan."""
        return [
            (record, record.event)
            for record in self.holding(reviews)
            if isinstance(record.event, OpinionGiven) and version in record.event.versions
        ]

    def never_measured(self) -> list[NeverMeasured]:
        """The indicators in force with a target of the year of which no value was ever recorded for that year.

        The plan's own indicators on its change rate are measured by the record itself.
        """
        state = self.history.state(min(self.as_of, date(self.year, 12, 31)))
        by_itself = set(own_indicators(state))
        without_value: dict[str, str] = {}
        measured: set[str] = set()
        for _, event in self._measurements():
            if isinstance(event.observed, NotAvailable | NotYetDue):
                without_value[event.series] = print_value(event.observed)
            else:
                measured.add(event.series)
        listed: list[NeverMeasured] = []
        for indicator, targets in committed(self.history, self.year, self.as_of).items():
            series = str(state.indicator(indicator, "series"))
            if series not in measured and indicator not in by_itself:
                field = target_field(self.year, min(targets))
                entry = state.timelines.entry(indicator_key(indicator), field, self.as_of)
                listed.append(NeverMeasured(indicator, without_value.get(series), entry.version if entry else None))
        return listed


def measurements_among(
    records: Iterable[Recorded], series: Collection[str], year: int
) -> list[tuple[Recorded, MeasurementRecorded | MeasurementRestated]]:
    """The measurements of a year, of some series, among some records."""
    return [
        (record, record.event)
        for record in records
        if isinstance(record.event, MeasurementRecorded | MeasurementRestated)
        and record.event.series in series
        and period_year(record.event.period) == year
    ]


def unexplained(changes: Iterable[PlanChange], texts: Mapping[str, str | None]) -> list[PlanChange]:
    """The in-year revisions of which nobody can read why they were made; `texts` are the words that remain, by digest."""
    return [
        change
        for change in changes
        if change.kind == "in_year_revision" and not texts.get(change.record.justification or "")
    ]


def committed(history: PlanHistory, year: int, as_of: date) -> dict[str, dict[int, JsonValue]]:
    """The indicators in force by the end of the year, with the targets of it that commit to something, as of the date."""
    state, now = history.state(min(as_of, date(year, 12, 31))), history.state(as_of)
    by_indicator: dict[str, dict[int, JsonValue]] = {}
    for indicator in state.indicators():
        if state.indicator_in_force(indicator) and state.is_counted(indicator, now):
            for (target_year, ordinal), value in now.targets(indicator).items():
                if target_year == year and not isinstance(target_of(value), NoTarget):
                    by_indicator.setdefault(indicator, {})[ordinal] = value
    return by_indicator


def _restored(record: Recorded) -> list[int] | None:
    """The events that a correction, an annulment or (none of them) a restatement puts right; None for what is neither."""
    if isinstance(record.event, EventsAnnulled):
        return list(record.event.versions)
    if isinstance(record.event, MeasurementRestated):
        return []
    return list(record.restores) if record.claim == "correction" else None
