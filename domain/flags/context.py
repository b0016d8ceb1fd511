"""What the cases of the flags are found in: the record of a plan for one year, and how its objects are called."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Literal, NamedTuple, Protocol

from domain.changes.kinds import touched_years
from domain.flags.figures import KnownFigures
from domain.flags.model import Case
from domain.library.known import NO_LIBRARY, Library
from domain.plans.history import PlanChange, PlanHistory
from domain.plans.successive import Succession

StreamName = Literal["plan", "administration", "review", "proposals"]
"""The streams whose events a statement on a plan rests on."""

EventRef = tuple[StreamName, int]
"""An event, by the stream that it stands in and its version there."""


def in_plan(versions: Iterable[int]) -> tuple[EventRef, ...]:
    """Events of the plan's own stream."""
    return tuple(("plan", version) for version in versions)


class NamesOfObjects(Protocol):
    """How to call the objects of a plan, in quotes."""

    def objective(self, objective: str, /) -> str:
        """An objective."""

    def indicator(self, indicator: str, /) -> str:
        """An indicator."""

    def series(self, series: str, /) -> str:
        """What a series measures."""


class PlanBefore(NamedTuple):
    """The plan that a plan follows, compared with it, and the figures that were there of its series in a year."""

    succession: Succession
    figures_of: Callable[[int], KnownFigures]


class YearOnRecord(NamedTuple):
    """One year of a plan, as known at a point.

    `changes` are those that hold on `as_of`, without what made the plan; `earlier` the plans that it took over from,
    the nearest first, read only as far as they are asked for; `before` the one that it follows; `library` what cards inherit of; `validated_on` the day from which the figures of the
    year were settled, `settled_at` the instant at which that was recorded; `field_words` the Italian names of the fields of a card.
    """

    history: PlanHistory
    changes: list[PlanChange]
    year: int
    as_of: date
    figures: KnownFigures
    names: NamesOfObjects
    field_words: Mapping[str, str]
    earlier: Iterable[PlanHistory] = ()
    validated_on: date | None = None
    settled_at: datetime | None = None
    before: PlanBefore | None = None
    library: Library = NO_LIBRARY

    def of_year(self) -> list[PlanChange]:
        """The changes that touch the year."""
        return [
            change
            for change in self.changes
            if change.year in (self.year, None)
            and self.year in touched_years(change.touch, change.record.effective_on, self.history.years)
        ]


class LocatedCase(NamedTuple):
    """A case with what it is about: its id within the rule, its events, its objects."""

    id: str
    case: Case
    events: tuple[EventRef, ...]
    indicator: str | None = None
    objectives: tuple[str, ...] = ()
