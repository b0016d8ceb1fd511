"""The figures that were there when something was decided: by knowledge, or by the date of the data."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from domain.administrations.events import ActRegistered
from domain.facts import indicator_key
from domain.flags.model import Value, quoted
from domain.formulas.decide import confirmed_formula
from domain.formulas.evaluation import Computed
from domain.measurements.checks import work_out
from domain.measurements.events import MeasurementRecorded, MeasurementRestated
from domain.measurements.printer import print_rounded
from domain.measurements.values import WITHOUT_VALUE, DayValue, Degree, NumberValue, Observed, YesNoValue
from domain.plans.history import PlanHistory
from domain.point import Point, today
from domain.recording import Recorded
from domain.scoring.basis import Basis
from domain.scoring.figures import figure
from domain.scoring.forms import Circumstances, achieve
from domain.scoring.inputs import AdministrationRecord, inputs
from domain.scoring.numbers import percent
from domain.scoring.shares import resolved_share
from domain.targets.decide import target_of
from domain.targets.model import Deadline, Level, Range, Threshold, YesNo
from domain.timelines import annulled, annulments_in
from domain.vocabulary import JsonValue, Polarity, last_day, period_year, polarity_of

BASES: tuple[Basis, ...] = ("ex_ante", "in_force")
MeasuredEvent = MeasurementRecorded | MeasurementRestated


class Measured(NamedTuple):
    """A measurement of the record: the event, and what surrounds it."""

    record: Recorded
    event: MeasuredEvent

    @property
    def within_year(self) -> bool:
        """Whether it is of a part of a year."""
        return "-" in self.event.period


class KnownFigures:
    """The measurements of a plan's series in one year, as known at a point.

    `records` are the events of the administration's stream up to the point, without a gap.
    """

    def __init__(
        self,
        history: PlanHistory,
        record: AdministrationRecord,
        records: Sequence[Recorded],
        year: int,
        point: Point,
    ) -> None:
        self.history = history
        self.year = year
        self.records = records
        self.system = history.system(year, point.as_of).system
        self._annulments = annulments_in(records)
        self._annulled_at: dict[int, set[int]] = {}
        self.annulled = self._annulled_by(records[-1].version if records else 0)
        self._acts = {r.event.act.id: r.event.act for r in records if isinstance(r.event, ActRegistered)}
        self.indicator_of: dict[str, str] = {}
        self._series_of: dict[str, str] = {}
        for key in history.timelines.objects("indicator/"):
            for entry in history.timelines.entries(key, "series"):
                self.indicator_of[str(entry.value)] = key.partition("/")[2]
                self._series_of[key.partition("/")[2]] = str(entry.value)
        self._by_series: dict[str, list[Measured]] = {}
        for recorded in records:
            if isinstance(recorded.event, MeasuredEvent):
                self._by_series.setdefault(recorded.event.series, []).append(Measured(recorded, recorded.event))
        self._record, self._point = record, point

    @cached_property
    def _cases(self) -> dict[str, Circumstances]:
        """The case of each indicator: most changes are judged without one."""
        return {
            indicator: row.case
            for basis in BASES
            for indicator, row in inputs(
                self.history, self._record, self.year, self._point, basis=basis, feeds="all"
            ).forest.indicators.items()
        }

    def assumed(self, act: str | None) -> bool:
        """Whether the date of an act is not documented."""
        return act in self._acts and self._acts[act].assumed

    def decided_on(self, change: Recorded) -> date:
        """The day on which a change was decided: of its act, else of its effect."""
        act = self._acts.get(change.act or "")
        return act.date if act else change.effective_on

    def known(self, indicator: str, change: Recorded, before: JsonValue, after: JsonValue) -> Value | None:
        """The last figure of the year that was recorded by the time a change was; for a later load, by its own date.

        What was annulled since had been known all the same.
        """
        if change.retrospective:
            there = self._by_date(indicator, change)
        else:
            left_out = self._annulled_by(self._version_at(change.recorded_at))
            there = [
                measured
                for measured in self._of_year(indicator)
                if measured.record.recorded_at <= change.recorded_at and measured.record.version not in left_out
            ]
        return self._value(indicator, there, change.effective_on, [before], after)

    def at(self, indicator: str, change: Recorded) -> Value | None:
        """The last figure of the year that was there on the day of a change, against the targets of the day before."""
        targets = self._targets(indicator, change.effective_on)
        return self._value(indicator, self._by_date(indicator, change), change.effective_on, targets, None)

    def target_text(self, indicator: str, before: date) -> str:
        """The targets of the year of an indicator that stood before a day, as written."""
        texts = [quoted(str(target["text"])) for target in self._targets(indicator, before) if isinstance(target, dict)]
        return " e ".join(texts) or "nessun target"

    def _targets(self, indicator: str, before: date) -> list[JsonValue]:
        """The last target of each place that stood before a day, or since that day where there was none."""
        timelines, key = self.history.timelines, indicator_key(indicator)
        targets: list[JsonValue] = []
        for field in sorted(timelines.fields(key)):
            if field.startswith(f"target/{self.year}/"):
                entries = [entry for entry in timelines.entries(key, field) if entry.value is not None]
                earlier = [entry for entry in entries if entry.effective_on < before]
                same_day = [entry for entry in entries if entry.effective_on == before]
                targets += [entry.value for entry in (earlier[-1:] or same_day[:1])]
        return targets

    def _version_at(self, instant: datetime) -> int:
        """The version of the administration's stream that an instant means."""
        count = bisect_right(self.records, instant, key=lambda record: record.recorded_at)
        return self.records[count - 1].version if count else 0

    def _annulled_by(self, version: int) -> set[int]:
        if version not in self._annulled_at:
            self._annulled_at[version] = annulled(self._annulments, version)
        return self._annulled_at[version]

    def _of_year(self, indicator: str) -> list[Measured]:
        return [
            measured
            for measured in self._by_series.get(self._series_of.get(indicator, ""), [])
            if period_year(measured.event.period) == self.year
            and not isinstance(measured.event.observed, WITHOUT_VALUE)
        ]

    def _by_date(self, indicator: str, change: Recorded) -> list[Measured]:
        """What counts of the year, with data of a day up to that of the change or of its act."""
        by = max(change.effective_on, self.decided_on(change))
        return [
            measured
            for measured in self._of_year(indicator)
            if measured.record.version not in self.annulled and measured.record.effective_on <= by
        ]

    def _value(
        self, indicator: str, there: list[Measured], day: date, before: Sequence[JsonValue], after: JsonValue
    ) -> Value | None:
        if not there:
            return None
        last = max(there, key=_rank)
        observed = self._figure(indicator, last)
        case = self._cases.get(indicator, Circumstances())._replace(
            system=self.system,
            polarity=polarity_of(self.history.state(day).indicator(indicator, "polarity")),
            year=self.year,
            on=last_day(last.event.period),
            part=last.event.period if last.within_year else None,
            within_year={
                measured.event.period: measured.event.observed
                for measured in sorted(there, key=_rank)
                if measured.within_year
            },
        )
        earlier = self._earlier(indicator, last)
        return Value(
            period=last.event.period,
            text=print_rounded(observed),
            data_as_at=last.record.effective_on,
            recorded_on=today(last.record.recorded_at),
            retrospective=last.record.retrospective,
            meets_before=_all([_meets(target, observed, case) for target in before]),
            meets_after=_meets(after, observed, case),
            distance=self._distance(after, observed, case),
            worse=self._worse(observed, earlier, case.polarity),
            earlier=print_rounded(earlier) if earlier is not None else None,
            annulled=last.record.version in self.annulled,
        )

    def _figure(self, indicator: str, measured: Measured) -> Observed:
        """What a measurement says: worked out from its terms where the office confirmed a formula, else as stated."""
        observed, terms = measured.event.observed, measured.event.terms
        formula = confirmed_formula(self.history.state(date.max), indicator)
        if not terms or formula is None or formula.expression is None:
            return observed
        outcome = work_out(formula, terms, self.year, {})
        if isinstance(outcome, Computed):
            return NumberValue(text="", value=outcome.value, unit=formula.unit or getattr(observed, "unit", None))
        return observed

    def _earlier(self, indicator: str, last: Measured) -> Observed | None:
        """The figure of the same part of the year before: a part of a year is never held against a whole one."""
        before = f"{self.year - 1}{last.event.period[4:]}"
        counting = [
            measured
            for measured in self._by_series.get(self._series_of.get(indicator, ""), [])
            if measured.event.period == before and measured.record.version not in self.annulled
        ]
        if not counting:
            return None
        return self._figure(
            indicator, max(counting, key=lambda measured: (measured.record.effective_on, measured.record.version))
        )

    def _distance(self, target: JsonValue, observed: Observed, case: Circumstances) -> Decimal | None:
        """How far a target stands from a value: in percent of the value; a deadline in percent of the days of a year."""
        wanted = target_of(target) if isinstance(target, dict) else None
        worth = resolved_share(wanted, observed, case.own_unit, is_ratio=case.is_ratio) if wanted is not None else None
        match wanted, worth:
            case ((Threshold() | Range()), NumberValue() as number):
                value = figure(number, wanted.unit, self.system, own_unit=case.own_unit).value
                if value is None:
                    return None
                limits = [wanted.low, wanted.high] if isinstance(wanted, Range) else [wanted.value]
                if isinstance(wanted, Threshold) and wanted.tolerance:
                    limits += [wanted.value - wanted.tolerance, wanted.value + wanted.tolerance]
                return min(_apart(limit, value) for limit in limits)
            case Deadline(), DayValue() as day:
                return percent(Decimal(abs((wanted.value - day.value).days)), Decimal(365))
            case (YesNo(), YesNoValue()) | (Level(), Degree()):
                return Decimal(0) if _meets(target, observed, case) else None
            case _:
                return None

    def _worse(self, observed: Observed, earlier: Observed | None, polarity: Polarity | None) -> bool | None:
        if not isinstance(observed, NumberValue) or not isinstance(earlier, NumberValue) or polarity is None:
            return None
        now, then = (figure(number, None, self.system).value for number in (observed, earlier))
        if now is None or then is None:
            return None
        return now < then if polarity == "up" else now > then


def _rank(measured: Measured) -> tuple[date, bool, date, int]:
    """The figure of the whole year last, else that of the part that ends last, with the latest data."""
    record, period = measured.record, measured.event.period
    return last_day(period), not measured.within_year, record.effective_on, record.version


def _apart(limit: Decimal, value: Decimal) -> Decimal:
    if value == 0:
        # No percentage of nothing: what is not exactly there is far.
        return Decimal(0) if limit == 0 else Decimal(100)
    return percent(abs(limit - value), abs(value))


def _all(met: Sequence[bool | None]) -> bool | None:
    """Whether all of several targets are met: one that is missed is enough, one that nobody can judge leaves it open."""
    if False in met:
        return False
    return True if met and None not in met else None


def _meets(target: JsonValue, observed: Observed, case: Circumstances) -> bool | None:
    return achieve(target_of(target), observed, case).met if isinstance(target, dict) else None
