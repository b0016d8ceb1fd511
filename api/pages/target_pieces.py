"""The targets of an indicator along the calendar: which one held in which part of its year, and which was approved."""

from datetime import date
from typing import NamedTuple

from api.pages.plan_reading import PlanReading
from domain.facts import indicator_key, target_field
from domain.targets.decide import target_of
from domain.targets.model import Target


class Piece(NamedTuple):
    """A part of a year, last day included, and the target that held in it; None where there was none."""

    start: date
    end: date
    target: Target | None


class TargetOfYear(NamedTuple):
    """A target of a year: its pieces in order, and what it was when the year was approved."""

    year: int
    ordinal: int
    pieces: list[Piece]
    approved: Target | None

    @property
    def in_force(self) -> Target | None:
        """The one that holds last."""
        return self.pieces[-1].target


def targets_on_calendar(reading: PlanReading, indicator: str) -> list[TargetOfYear]:
    """The targets of every year of the plan, as decided by the date, in their order."""
    targets: list[TargetOfYear] = []
    for year in reading.history.years:
        approved = reading.scored_alone(indicator, year, "ex_ante").inputs.forest.indicators.get(indicator)
        of_approved = approved.targets if approved else {}
        for ordinal in sorted({*of_approved, *_ordinals(reading, indicator, year)}):
            pieces = _pieces(reading, indicator, year, ordinal)
            if pieces:
                targets.append(TargetOfYear(year, ordinal, pieces, of_approved.get(ordinal)))
    return targets


def _ordinals(reading: PlanReading, indicator: str, year: int) -> list[int]:
    prefix = f"target/{year}/"
    fields = reading.history.timelines.fields(indicator_key(indicator))
    return [int(field.removeprefix(prefix)) for field in fields if field.startswith(prefix)]


def _pieces(reading: PlanReading, indicator: str, year: int, ordinal: int) -> list[Piece]:
    """A target is of its whole year: the first holds from its beginning, whenever the act came."""
    entries = reading.history.since_published(indicator_key(indicator), target_field(year, ordinal))
    first, last = date(year, 1, 1), date(year, 12, 31)
    by_day: dict[date, Target | None] = {}
    for entry in entries:
        if entry.effective_on <= reading.point.as_of:
            day = min(max(entry.effective_on, first), last) if by_day else first
            by_day[day] = None if entry.value is None else target_of(entry.value)
    days = list(by_day)
    ends = [*days[1:], last] if days else []
    return [Piece(day, following, by_day[day]) for day, following in zip(days, ends, strict=True)]
