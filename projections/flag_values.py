"""The figures that were there when something was decided: by knowledge, or by the date of the data."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from domain.administrations.events import ActRegistered
from domain.facts import indicator_key
from domain.flags.model import Value
from domain.formulas.decide import confirmed
from domain.formulas.evaluation import Computed
from domain.measurements.checks import work_out
from domain.measurements.decide import OBSERVED
from domain.measurements.events import MeasurementRecorded, MeasurementRestated
from domain.measurements.printer import print_value
from domain.measurements.values import (
    Answer,
    Day,
    Degree,
    NotAvailable,
    NotYetDue,
    Number,
    Observed,
    UnreadValue,
)
from domain.plans.state import PlanState
from domain.recording import Recorded
from domain.scoring.figures import figure
from domain.scoring.forms import Circumstances, achieve
from domain.scoring.numbers import percent
from domain.systems.decide import system_of
from domain.targets.decide import target_of
from domain.targets.model import Deadline, Level, Range, Threshold, YesNo
from domain.vocabulary import JsonValue, Polarity, last_day, period_year
from projections.score_inputs import Basis, inputs
from projections.store.point import Point, today
from projections.store.reader import Reader
from projections.variations import PlanHistory

WITHOUT_VALUE = NotAvailable | NotYetDue | UnreadValue
"""What says that there is no figure: it does not stand in front of one that was there."""

BASES: tuple[Basis, ...] = ("ex_ante", "in_force")


def polarity_of(state: PlanState, indicator: str) -> Polarity | None:
    """The polarity of an indicator on the date of a state."""
    value = state.indicator(indicator, "polarity")
    return "up" if value == "up" else "down" if value == "down" else None


class Values:
    """The measurements of a plan's series in one year, as known at the point."""

    def __init__(self, reader: Reader, history: PlanHistory, year: int, point: Point) -> None:
        found = history.found
        self.history = history
        self.year = year
        self.reader = reader
        self.stream = found.administration_stream
        self.system = system_of(history.timelines, year, point.as_of).system
        self.gone = reader.annulled(self.stream, found.administration_known.version)
        self._gone_at: dict[int, set[int]] = {}
        records = self.records = reader.records(self.stream, upto=found.administration_known.version)
        acts = [record.event.act for record in records if isinstance(record.event, ActRegistered)]
        self._acts = {act.id: act for act in acts}
        self.indicator_of: dict[str, str] = {}
        self.series_of: dict[str, str] = {}
        for key in history.timelines.objects("indicator/"):
            for entry in history.timelines.entries(key, "series"):
                self.indicator_of[str(entry.value)] = key.partition("/")[2]
                self.series_of[key.partition("/")[2]] = str(entry.value)
        self._by_series: dict[str, list[Recorded]] = {}
        for record in records:
            if isinstance(record.event, MeasurementRecorded | MeasurementRestated):
                self._by_series.setdefault(record.event.series, []).append(record)
        self._cases: dict[str, Circumstances] = {}
        for basis in BASES:
            rows = inputs(reader, history, year, point, basis=basis, feeds="all").forest.indicators
            self._cases |= {indicator: row.case for indicator, row in rows.items()}

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
            by = max(change.effective_on, self.decided_on(change))
            there = [one for one in self._counting(indicator) if one.effective_on <= by]
        else:
            gone = self._annulled_by(change)
            there = [
                one for one in self._of(indicator) if one.recorded_at <= change.recorded_at and one.version not in gone
            ]
        return self._value(indicator, there, change.effective_on, [before], after)

    def at(self, indicator: str, change: Recorded) -> Value | None:
        """The last figure of the year that was there on the day of a change, against the targets of the day before."""
        by = max(change.effective_on, self.decided_on(change))
        there = [one for one in self._counting(indicator) if one.effective_on <= by]
        return self._value(indicator, there, change.effective_on, self._targets(indicator, change.effective_on), None)

    def target_text(self, indicator: str, before: date) -> str:
        """The targets of the year of an indicator that stood before a day, as written."""
        texts = [f"«{one['text']}»" for one in self._targets(indicator, before) if isinstance(one, dict)]
        return " e ".join(texts) or "nessun target"

    def _targets(self, indicator: str, before: date) -> list[JsonValue]:
        """The last target of each place that stood before a day, or since that day where there was none."""
        timelines, key = self.history.timelines, indicator_key(indicator)
        found: list[JsonValue] = []
        for field in sorted(timelines.fields(key)):
            if field.startswith(f"target/{self.year}/"):
                entries = [entry for entry in timelines.entries(key, field) if entry.value is not None]
                earlier = [entry for entry in entries if entry.effective_on < before]
                found += [one.value for one in (earlier[-1:] or [e for e in entries if e.effective_on == before][:1])]
        return found

    def _annulled_by(self, change: Recorded) -> set[int]:
        version = self.reader.known(self.stream, change.recorded_at).version
        if version not in self._gone_at:
            self._gone_at[version] = self.reader.annulled(self.stream, version)
        return self._gone_at[version]

    def _of(self, indicator: str) -> list[Recorded]:
        return [
            one
            for one in self._by_series.get(self.series_of.get(indicator, ""), [])
            if period_year(_period(one)) == self.year and not isinstance(_observed(one), WITHOUT_VALUE)
        ]

    def _counting(self, indicator: str) -> list[Recorded]:
        return [one for one in self._of(indicator) if one.version not in self.gone]

    def _value(
        self, indicator: str, there: list[Recorded], on: date, before: Sequence[JsonValue], after: JsonValue
    ) -> Value | None:
        if not there:
            return None
        there = sorted(
            there, key=lambda one: (last_day(_period(one)), "-" not in _period(one), one.effective_on, one.version)
        )
        last = there[-1]
        observed = self._figure(indicator, last)
        case = self._cases.get(indicator, Circumstances())._replace(
            system=self.system,
            polarity=polarity_of(self.history.state(on), indicator),
            year=self.year,
            on=last_day(_period(last)),
            within_year={_period(one): _observed(one) for one in there if "-" in _period(one)},
        )
        earlier = self._earlier(indicator, last)
        return Value(
            period=_period(last),
            text=print_value(observed),
            data_as_at=last.effective_on,
            recorded_on=today(last.recorded_at),
            retrospective=last.retrospective,
            meets_before=_all([_meets(one, observed, case) for one in before]),
            meets_after=_meets(after, observed, case),
            distance=self._distance(after, observed, case),
            worse=self._worse(observed, earlier, case.polarity),
            earlier=print_value(earlier) if earlier is not None else None,
            annulled=last.version in self.gone,
        )

    def _figure(self, indicator: str, record: Recorded) -> Observed:
        """What a measurement says: worked out from its terms where the office confirmed a formula, else as stated."""
        observed, terms = _observed(record), getattr(record.event, "terms", None)
        formula = confirmed(self.history.state(date.max), indicator)
        if not terms or formula is None or formula.expression is None:
            return observed
        numbers = {str(name): Decimal(str(value)) for name, value in terms.items()}
        outcome = work_out(formula, numbers, self.year, {})
        if isinstance(outcome, Computed):
            return Number(text="", value=outcome.value, unit=formula.unit or getattr(observed, "unit", None))
        return observed

    def _earlier(self, indicator: str, last: Recorded) -> Observed | None:
        """The figure of the same part of the year before: a part of a year is never held against a whole one."""
        before = f"{self.year - 1}{_period(last)[4:]}"
        found = [
            one
            for one in self._by_series.get(self.series_of.get(indicator, ""), [])
            if _period(one) == before and one.version not in self.gone
        ]
        return self._figure(indicator, max(found, key=lambda one: (one.effective_on, one.version))) if found else None

    def _distance(self, target: JsonValue, observed: Observed, case: Circumstances) -> Decimal | None:
        """How far a target stands from a value: in percent of the value; a deadline in percent of the days of a year."""
        wanted = target_of(target) if isinstance(target, dict) else None
        match wanted, observed:
            case ((Threshold() | Range()), Number()):
                value = figure(observed, wanted.unit, self.system, own_unit=case.own_unit).value
                if value is None:
                    return None
                limits = [wanted.low, wanted.high] if isinstance(wanted, Range) else [wanted.value]
                if isinstance(wanted, Threshold) and wanted.tolerance:
                    limits += [wanted.value - wanted.tolerance, wanted.value + wanted.tolerance]
                return min(_apart(limit, value) for limit in limits)
            case Deadline(), Day():
                return percent(Decimal(abs((wanted.value - observed.value).days)), Decimal(365))
            case (YesNo(), Answer()) | (Level(), Degree()):
                return Decimal(0) if _meets(target, observed, case) else None
            case _:
                return None

    def _worse(self, observed: Observed, earlier: Observed | None, polarity: Polarity | None) -> bool | None:
        if not isinstance(observed, Number) or not isinstance(earlier, Number) or polarity is None:
            return None
        now, then = (figure(one, None, self.system).value for one in (observed, earlier))
        if now is None or then is None:
            return None
        return now < then if polarity == "up" else now > then


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


def _observed(record: Recorded) -> Observed:
    observed = getattr(record.event, "observed", None)
    return OBSERVED.validate_python(observed)


def _period(record: Recorded) -> str:
    return str(getattr(record.event, "period", ""))
