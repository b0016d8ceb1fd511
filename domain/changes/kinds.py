"""What a change touches, and therefore of what kind it is: derived, never stored.

A change is decided on the date of its act, whatever the day from which it holds; what was decided after the act that
approved a year changes it under way. The kind is a matter of what is known, too: a revision of January is in-year until
the act that approved the year later than it is known; then it is part of what was approved.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal, NamedTuple

from domain.event import Aspect, Touch

ChangeKind = Literal["drafting", "in_year_revision", "rolling_update", "correction", "reclassification"]
SUBSTANCE: frozenset[Aspect] = frozenset(
    {"target", "weight", "feeds", "formula", "wording", "withdrawal", "neutralisation"}
)
"""What the variant `substance` of the change rate counts."""


class EventPlace(NamedTuple):
    """Where an event stands among all that was decided: the day of its decision, then its version."""

    decided_on: date
    version: int


class Approval(NamedTuple):
    """The approval of a year: from when, decided when, and the append (first to last version) that approved it.

    Without an act `first` and `last` are None. `annulled_on` is the day from which another act annulled it.
    """

    on: date
    decided_on: date
    first: int | None = None
    last: int | None = None
    annulled_on: date | None = None

    def reaches(self, place: EventPlace) -> bool:
        """Whether what stands at this place belongs to the state that was approved (ex ante)."""
        if self.first is None or self.last is None:
            return place.decided_on <= self.decided_on
        return self.first <= place.version <= self.last or place <= (self.decided_on, self.last)


def from_january(year: int) -> Approval:
    """How a year counts that no act has approved: as approved on its 1 January."""
    return Approval(date(year, 1, 1), date(year, 1, 1))


def touched_years(touched: Touch, effective_on: date, years: range) -> Sequence[int]:
    """The years of the plan that a change touches: its own, or every one from that of its date on."""
    if touched.year is not None:
        return (touched.year,)
    return range(max(years.start, effective_on.year), years.stop)


def unclaimed_kind(
    touched: Touch, place: EventPlace, years: range, approvals: Mapping[int, Approval], in_year: int | None
) -> ChangeKind:
    """The kind of a change that claims none, given the first year that it changes under way, if there is one."""
    if not approvals:
        return "drafting"
    if touched.aspect == "classification":
        # What was there when the plan was approved is what it was born with.
        return "drafting" if place.version <= (approvals[years[0]].last or 0) else "reclassification"
    if in_year is not None:
        return "in_year_revision"
    return "drafting" if approvals[years[0]].reaches(place) else "rolling_update"


def in_year_of(touched_years: Sequence[int], place: EventPlace, approvals: Mapping[int, Approval]) -> int | None:
    """The first of the years that a change touches which had been approved when it was decided; None when none had."""
    return next((year for year in touched_years if not approvals[year].reaches(place)), None)


def counts_in_the_rate(kind: ChangeKind, restored_kind: ChangeKind | None) -> bool:
    """Whether a change rate counts a change of this kind, or a correction of what was of it."""
    return "in_year_revision" in (kind, restored_kind)
