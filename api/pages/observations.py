"""What was observed of an indicator, period by period: the value that counts, and those that it took the place of."""

from datetime import date
from typing import NamedTuple

from api.pages.plan_reading import PlanReading
from domain.facts import series_key
from domain.measurements.printer import print_value
from domain.measurements.values import Observed
from domain.scoring.inputs import observed_of
from domain.timelines import Entry
from domain.vocabulary import last_day, period_year


class PeriodValue(NamedTuple):
    """One value of a period, as it was recorded."""

    observed: Observed
    text: str
    provisional: bool
    effective_on: date


class ObservedPeriod(NamedTuple):
    """A period with its values, oldest first: the last one counts."""

    period: str
    year: int
    ends_on: date
    values: list[PeriodValue]

    @property
    def latest(self) -> PeriodValue:
        """The one that counts."""
        return self.values[-1]

    @property
    def is_part(self) -> bool:
        """Whether it is of a part of a year."""
        return "-" in self.period


def observed_periods(reading: PlanReading, series: str) -> list[ObservedPeriod]:
    """The periods of a series by their end, as known at the point; a predecessor's where the body has none of its own."""
    as_of, record, key = reading.point.as_of, reading.record, series_key(series)
    own = record.measured(series, as_of)
    by_period = {period: record.timelines.entries(key, period) for period in own}
    by_period |= {period: [entry] for period, entry in record.inherited(series, as_of).items() if period not in own}
    periods = [
        ObservedPeriod(period, period_year(period), last_day(period), values)
        for period, entries in by_period.items()
        if (values := [value for entry in entries if entry.effective_on <= as_of and (value := _value(entry))])
    ]
    return sorted(periods, key=lambda period: (period.ends_on, not period.is_part))


def _value(entry: Entry) -> PeriodValue | None:
    observed = observed_of(entry)
    if observed is None:
        return None
    provisional = isinstance(entry.value, dict) and entry.value.get("finality") == "provisional"
    return PeriodValue(observed, print_value(observed), provisional, entry.effective_on)
