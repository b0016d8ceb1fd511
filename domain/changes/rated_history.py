"""The history of a plan with what its change rates are made of: worked out once, and carried over to the history after.

An append leaves most of it as it was: what a change counted for on its day, and what stood ex ante, are only worked out
again where what is new reaches back to them.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from domain.changes import official_rate as official
from domain.changes.kinds import from_january
from domain.changes.rate import YearRates, bearing_objectives, triggered
from domain.event import Touch
from domain.plans.history import PlanChange, PlanHistory, changes_that_count, years_touched
from domain.plans.state import PlanState
from domain.point import Point
from domain.recording import Recorded
from domain.systems.decide import AdoptedSystems


class CountedChange(NamedTuple):
    """A change that the rate of its year counts, as it stood on its day."""

    year: int | None
    effective_on: date
    touch: Touch
    indicator: str | None
    objectives: tuple[str, ...]
    eases: bool

    @classmethod
    def of(cls, change: PlanChange) -> "CountedChange":
        """The change, worked out."""
        on = change.record.effective_on
        return cls(change.year, on, change.touch, change.indicator, change.objectives, change.eases)


class _ExAnte(NamedTuple):
    """A year as it was approved, and the objectives that bear a target of it."""

    state: PlanState
    bearing: list[str]


class _Reach(NamedTuple):
    """From which day on events may change what older changes come to: of each indicator, and of the objectives together.

    What a change of an indicator comes to depends on that one and its assignments; what one of an objective does, on the
    tree of the objectives.
    """

    indicators: dict[str, date]
    objectives: date | None

    @classmethod
    def of(cls, records: Iterable[Recorded]) -> "_Reach":
        """The reach of some events."""
        indicators: dict[str, date] = {}
        objectives: list[date] = []
        for record in records:
            for fact in record.event.facts():
                kind, _, rest = fact.object.partition("/")
                if kind == "objective":
                    objectives.append(record.effective_on)
                elif kind in {"indicator", "assignment"}:
                    name = rest.partition("/")[0]
                    indicators[name] = min(indicators.get(name, date.max), record.effective_on)
        return cls(indicators, min(objectives, default=None))

    def reaches(self, change: CountedChange) -> bool:
        """Whether the events may change what a change comes to."""
        since = self.objectives if change.indicator is None else self.indicators.get(change.indicator)
        return since is not None and since <= change.effective_on


@dataclass(frozen=True, eq=False)
class RatedHistory:
    """A history, the changes in it that count by version, its ex ante years, the indicators that may hold its ceiling."""

    history: PlanHistory
    counted: dict[int, CountedChange]
    own: list[str]
    ex_ante: dict[int, _ExAnte] = field(default_factory=dict)

    @classmethod
    def of(cls, history: PlanHistory) -> "RatedHistory":
        """A history, looked through as a whole."""
        indicators = history.state(date.max).indicators()
        return cls(
            history,
            _worked_out(changes_that_count(history, date.max)),
            official.ever_own(history.timelines, indicators),
        )

    def after(self, records: list[Recorded], annulled: Collection[int], systems: AdoptedSystems) -> "RatedHistory":
        """The same once these events were recorded next.

        `annulled` are all the versions that do not count then, `systems` what the administration has adopted then.
        """
        before, after = self.history, self.history.after(records, annulled, systems)
        if (before.annulled, before.years, before.approvals) != (after.annulled, after.years, after.approvals):
            return RatedHistory.of(after)
        if any(before.bare_value(year) != after.bare_value(year) for year in after.years):
            return RatedHistory.of(after)
        for year in years_touched(records, before.years):
            self._ex_ante(year)  # is asked of both
        reach = _Reach.of(records)
        again = {version for version, change in self.counted.items() if reach.reaches(change)}
        counted = {version: change for version, change in self.counted.items() if version not in again}
        older = [record for record in before.counting if record.version in again] if again else []
        counted |= _worked_out(changes_that_count(after, date.max, [*older, *records]))
        own = {*self.own, *official.ever_own(after.timelines, reach.indicators)}
        in_order = (
            self.own if len(own) == len(self.own) else [i for i in after.state(date.max).indicators() if i in own]
        )
        ex_ante = {year: kept for year, kept in list(self.ex_ante.items()) if not _in_ex_ante(after, records, year)}
        return RatedHistory(after, counted, in_order, ex_ante)

    def rates(self, years: Iterable[int], as_of: date) -> dict[int, YearRates]:
        """What the rates of some years are made of on a date."""
        return {year: self._rates(year, as_of) for year in years}

    def official_rates(self, rates: dict[int, YearRates], point: Point) -> dict[int, official.OfficialRate]:
        """The official rates of the years whose rates are at hand, at the same date."""
        return official.official_rates(self.history, rates, point, rates, self.own)

    def _ex_ante(self, year: int) -> _ExAnte:
        if year not in self.ex_ante:
            state = self.history.ex_ante(year)
            self.ex_ante[year] = _ExAnte(state, bearing_objectives(state, year))
        return self.ex_ante[year]

    def _rates(self, year: int, as_of: date) -> YearRates:
        ex_ante = self._ex_ante(year)
        now = self.history.state(min(as_of, date(year, 12, 31)))
        counted = (one for one in self.counted.values() if one.year == year and one.effective_on <= as_of)
        # Of a thousand revisions of one target the rate counts one of each direction.
        unlike = {(one.objectives, one.touch, one.eases): one for one in counted}
        return YearRates(year, list(unlike.values()), ex_ante.state, triggered(ex_ante.state, now, ex_ante.bearing))


def _worked_out(changes: Iterable[PlanChange]) -> dict[int, CountedChange]:
    return {change.record.version: CountedChange.of(change) for change in changes}


def _in_ex_ante(history: PlanHistory, records: Iterable[Recorded], year: int) -> bool:
    """Whether one of the events belongs to the state that was approved."""
    approval = history.approvals.get(year) or from_january(year)
    return any(approval.reaches(history.places[record.version]) for record in records)
