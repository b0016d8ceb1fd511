"""The figures that were there when something was decided: by knowledge, or by the date of the data."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from domain.facts import indicator_key
from domain.flags.model import Value
from domain.measurements.decide import OBSERVED
from domain.measurements.events import MeasurementRecorded, MeasurementRestated
from domain.measurements.printer import print_value
from domain.measurements.values import Number, Observed, read_value
from domain.plans.state import PlanState
from domain.recording import Recorded
from domain.scoring.figures import figure
from domain.scoring.forms import Circumstances, achieve
from domain.scoring.numbers import percent
from domain.systems.decide import system_of
from domain.targets.decide import target_of
from domain.targets.easing import easing
from domain.targets.model import Target, Threshold
from domain.vocabulary import JsonValue, Polarity, last_day, period_year
from projections.store.point import Point, today
from projections.store.reader import Reader
from projections.variations import PlanHistory


def polarity_of(state: PlanState, indicator: str) -> Polarity | None:
    """The polarity of an indicator on the date of a state."""
    value = state.indicator(indicator, "polarity")
    return "up" if value == "up" else "down" if value == "down" else None


def start_direction(target: Target, baseline: str, polarity: Polarity | None) -> str:
    """How a target compares with the start value of its indicator; undetermined where they cannot be compared."""
    start = read_value(baseline)
    if not isinstance(target, Threshold) or not isinstance(start, Number) or start.value is None:
        return "undetermined"
    if start.unit != target.unit:
        return "undetermined"
    before = target.model_copy(update={"text": baseline, "value": start.value, "tolerance": None})
    return easing(before, target.model_copy(update={"tolerance": None}), polarity)


class Values:
    """The measurements of a plan's series in one year, as known at the point."""

    def __init__(self, reader: Reader, history: PlanHistory, year: int, point: Point) -> None:
        found = history.found
        self.history = history
        self.year = year
        self.system = system_of(history.timelines, year, point.as_of).system
        gone = reader.annulled(found.administration_stream, found.administration_known.version)
        records = reader.records(found.administration_stream, upto=found.administration_known.version)
        self.owned = [record for record in records if record.version not in gone]
        self.acts: Mapping[str, JsonValue] = {
            record.event.act.id: record.event.act.assumed  # type: ignore[attr-defined]
            for record in records
            if record.event.topic == "act-registered"
        }
        self.indicator_of: dict[str, str] = {}
        self.series_of: dict[str, str] = {}
        for key in history.timelines.objects("indicator/"):
            for entry in history.timelines.entries(key, "series"):
                self.indicator_of[str(entry.value)] = key.partition("/")[2]
                self.series_of[key.partition("/")[2]] = str(entry.value)
        self._by_series: dict[str, list[Recorded]] = {}
        for record in self.owned:
            if isinstance(record.event, MeasurementRecorded | MeasurementRestated):
                self._by_series.setdefault(record.event.series, []).append(record)

    def assumed(self, act: str | None) -> bool:
        """Whether the date of an act is not documented."""
        return bool(act and self.acts.get(act))

    def known(self, indicator: str, change: Recorded, before: JsonValue, after: JsonValue) -> Value | None:
        """The last figure of the year that was recorded by the time a change was; for a later load, by its own date."""
        there = [
            one
            for one in self._of(indicator)
            if one.recorded_at <= change.recorded_at
            or (change.retrospective and one.effective_on <= change.effective_on)
        ]
        if change.retrospective:
            there = [one for one in there if one.effective_on <= change.effective_on]
        return self._value(indicator, there, change.effective_on, before, after)

    def at(self, indicator: str, change: Recorded) -> Value | None:
        """The last figure of the year that was there on the day of a change, against the target before that day."""
        there = [one for one in self._of(indicator) if one.effective_on <= change.effective_on]
        return self._value(indicator, there, change.effective_on, self._target(indicator, change.effective_on), None)

    def target_text(self, indicator: str) -> str:
        """The latest target of the year of an indicator, as written."""
        value = self._target(indicator, date.max)
        return f"«{value['text']}»" if isinstance(value, dict) else "nessun target"

    def _target(self, indicator: str, on: date) -> JsonValue:
        timelines = self.history.timelines
        entries = [
            e for e in timelines.entries(indicator_key(indicator), f"target/{self.year}/1") if e.effective_on <= on
        ]
        return next((entry.value for entry in reversed(entries) if entry.value is not None), None)

    def _of(self, indicator: str) -> list[Recorded]:
        return [
            one
            for one in self._by_series.get(self.series_of.get(indicator, ""), [])
            if period_year(_period(one)) == self.year
        ]

    def _value(
        self, indicator: str, there: list[Recorded], on: date, before: JsonValue, after: JsonValue
    ) -> Value | None:
        if not there:
            return None
        last = max(
            there, key=lambda one: (last_day(_period(one)), "-" not in _period(one), one.effective_on, one.version)
        )
        observed = _observed(last)
        state = self.history.state(on)
        case = Circumstances(system=self.system, polarity=polarity_of(state, indicator), year=self.year, own_unit=None)
        earlier = self._earlier(indicator, last)
        return Value(
            period=_period(last),
            text=print_value(observed),
            data_as_at=last.effective_on,
            recorded_on=today(last.recorded_at),
            retrospective=last.retrospective,
            meets_before=_meets(before, observed, case),
            meets_after=_meets(after, observed, case),
            distance=self._distance(after, observed),
            worse=self._worse(observed, earlier, case.polarity),
            earlier=print_value(earlier) if earlier is not None else None,
        )

    def _earlier(self, indicator: str, last: Recorded) -> Observed | None:
        before = f"{self.year - 1}{_period(last)[4:]}"
        found = [
            one
            for one in self._by_series.get(self.series_of.get(indicator, ""), [])
            if _period(one) in {before, str(self.year - 1)}
        ]
        return _observed(max(found, key=lambda one: (_period(one) == before, one.version))) if found else None

    def _distance(self, target: JsonValue, observed: Observed) -> Decimal | None:
        wanted = target_of(target) if isinstance(target, dict) else None
        if not isinstance(wanted, Threshold) or not isinstance(observed, Number):
            return None
        value = figure(observed, wanted.unit, self.system).value
        return percent(abs(wanted.value - value), abs(value)) if value else None

    def _worse(self, observed: Observed, earlier: Observed | None, polarity: Polarity | None) -> bool | None:
        if not isinstance(observed, Number) or not isinstance(earlier, Number) or polarity is None:
            return None
        now, then = (figure(one, None, self.system).value for one in (observed, earlier))
        if now is None or then is None:
            return None
        return now < then if polarity == "up" else now > then


def _meets(target: JsonValue, observed: Observed, case: Circumstances) -> bool | None:
    return achieve(target_of(target), observed, case).met if isinstance(target, dict) else None


def _observed(record: Recorded) -> Observed:
    observed = getattr(record.event, "observed", None)
    return OBSERVED.validate_python(observed)


def _period(record: Recorded) -> str:
    return str(getattr(record.event, "period", ""))
