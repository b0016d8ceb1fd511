"""The last figure of a series: what stands beside an indicator where somebody sets its next targets."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from domain.measurements.decide import OBSERVED
from domain.measurements.printer import print_value
from domain.measurements.values import NotApplicable, NotAvailable, NotYetDue, UnreadValue
from domain.timelines import Entry
from domain.vocabulary import first_day, last_day


class LastFigure(NamedTuple):
    """A figure as it is printed, its period, and the day of its data."""

    text: str
    period: str
    data_as_at: date


def last_figure(by_period: Mapping[str, Entry], *, whole_year: bool = False) -> LastFigure | None:
    """The figure of the period that ends last, of those that end on one day the longest; None where there is none.

    What says that there is no figure is none. With `whole_year` a part of a year is left aside.
    """
    figures: list[tuple[tuple[date, int], LastFigure]] = []
    for period, entry in by_period.items():
        part = "-" in period
        if not isinstance(entry.value, dict) or (part and whole_year):
            continue
        observed = OBSERVED.validate_python(entry.value["observed"])
        if not isinstance(observed, NotAvailable | NotYetDue | NotApplicable | UnreadValue):
            day = date.fromisoformat(str(entry.value.get("data_as_at") or entry.effective_on.isoformat()))
            figures.append(
                ((last_day(period), -first_day(period).toordinal()), LastFigure(print_value(observed), period, day))
            )
    return max(figures, key=lambda figure: figure[0])[1] if figures else None
