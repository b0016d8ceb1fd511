"""What a change touches, and therefore of what kind it is: derived, never stored.

The kind is a matter of the two dates: a revision of January is in-year until the act that approved the year later than
it is known; then it is part of what was approved.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal, NamedTuple

from domain.event import Aspect, Touch

Kind = Literal["drafting", "in_year_revision", "rolling_update", "correction", "reclassification"]
SUBSTANCE: frozenset[Aspect] = frozenset({"target", "weight", "formula", "wording", "withdrawal", "neutralisation"})
"""What the variant `substance` of the change rate counts."""

EventPlace = tuple[date, int]
"""Where an event stands among all: effective date, then version."""


class Approval(NamedTuple):
    """The approval of a year: from when, and the append (first to last version) that approved it.

    Without an act `first` and `last` are None.
    """

    on: date
    first: int | None = None
    last: int | None = None

    def reaches(self, place: EventPlace) -> bool:
        """Whether what stands at this place belongs to the state that was approved (ex ante)."""
        effective_on, version = place
        if self.first is None or self.last is None:
            return effective_on <= self.on
        return self.first <= version <= self.last or place <= (self.on, self.last)


def from_january(year: int) -> Approval:
    """How a year counts that no act has approved: as approved on its 1 January."""
    return Approval(date(year, 1, 1))


def touched_years(touched: Touch, effective_on: date, years: range) -> Sequence[int]:
    """The years of the plan that a change touches: its own, or every one from that of its date on."""
    if touched.year is not None:
        return (touched.year,)
    return range(max(years.start, effective_on.year), years.stop)


def unclaimed_kind(
    touched: Touch, place: EventPlace, years: range, approvals: Mapping[int, Approval], in_year: int | None
) -> Kind:
    """The kind of a change that claims none, given the first year that it changes under way, if there is one."""
    if not approvals:
        return "drafting"
    if touched.aspect == "classification":
        return "reclassification"
    if in_year is not None:
        return "in_year_revision"
    return "drafting" if approvals[years[0]].reaches(place) else "rolling_update"


def in_year_of(touched: Touch, place: EventPlace, years: range, approvals: Mapping[int, Approval]) -> int | None:
    """The first year that the change touches after its approval took effect; None when there is none."""
    for year in touched_years(touched, place[0], years):
        if not approvals[year].reaches(place) and place[0] >= approvals[year].on:
            return year
    return None
