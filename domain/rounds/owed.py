"""What is still owed of a plan on a day: the values that open rounds wait for, and those of years that have ended.

A year that has ended is asked for whether or not a round was opened for it: its values go into the report, which the
law wants by 30 June of the next (D.lgs. 150/2009, article 10, paragraph 1, letter b).
"""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from domain.administrations.offices import KnownOffices
from domain.deadlines.model import STATUTORY, LegalDates
from domain.facts import indicator_key, series_key
from domain.measurements.checks import valuing_offices
from domain.periods import period_ending
from domain.plans.state import PlanState, SettledState
from domain.rounds.collection import awaited
from domain.rounds.decide import rounds_of
from domain.rounds.model import Round, unopened_round
from domain.scoring.inputs import measured_by_system
from domain.timelines import Timelines
from domain.vocabulary import last_day


class Owed(NamedTuple):
    """A value that has not come: of which indicator, from whom, for which period, by when.

    `round` is the round that waits for it, None where a year that has ended does. `wants_status` where the round has no
    status of it either. `late` says that the day by which it was due has passed.
    """

    indicator: str
    offices: tuple[str, ...]
    as_at: date
    due_by: date | None
    round: str | None
    wants_status: bool
    late: bool

    @property
    def period(self) -> str:
        """The period that the value is of."""
        return period_ending(self.as_at)


def owed_values(plan: Timelines, owner: Timelines, on: date, legal: LegalDates = STATUTORY) -> list[Owed]:
    """All that is owed of a plan on a day, the first that was due before; `owner` are the timelines of its administration."""
    offices, opened = KnownOffices(owner), rounds_of(plan, on)
    listed: list[Owed] = []
    for round_ in _asking(SettledState(plan, on), opened):
        state = SettledState(plan, round_.as_at)
        due_by = round_.due_by if round_.opened_version else legal.report_on(round_.as_at.year)
        what = awaited(state, owner, round_, opened, on, offices)
        listed += [
            Owed(
                indicator=indicator,
                offices=offices.names(valuing_offices(state, indicator)),
                as_at=round_.as_at,
                due_by=due_by,
                round=round_.id if round_.opened_version else None,
                wants_status=bool(round_.opened_version) and indicator_key(indicator) not in what.statuses,
                late=due_by is not None and due_by < on,
            )
            for indicator in what.indicators
            if indicator not in what.measurements and not measured_by_system(state, indicator)
        ]
    return sorted(listed, key=lambda owed: (owed.due_by or date.max, owed.as_at))


def lacking(plan: Timelines, owner: Timelines, period: str, on: date) -> list[str]:
    """The indicators that the end of a period asks for, and that have no value of this very period."""
    end = last_day(period)
    state = SettledState(plan, end)
    what = awaited(state, owner, unopened_round(end), (), on, KnownOffices(owner))
    series = {
        indicator: series_key(str(state.indicator(indicator, "series")))
        for indicator in what.indicators
        if not measured_by_system(state, indicator)
    }
    return [indicator for indicator, key in series.items() if owner.entry(key, period, on) is None]


def _asking(now: PlanState, opened: list[Round]) -> Iterator[Round]:
    """The rounds that are open; for each year that an act approved, that has ended and is not closed, one at its end."""
    waiting = [round_ for round_ in opened if round_.closed_on is None]
    yield from waiting
    ends = {date(year, 12, 31) for year in now.years if now.approval(year) and not now.closed(year)}
    for end in sorted(ends - {round_.as_at for round_ in waiting}):
        if end < now.on:
            yield unopened_round(end)
