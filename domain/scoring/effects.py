"""What changes of a plan did to the score of a year and to its official change rate: each as it would be without them."""

from collections.abc import Collection
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from domain.changes.official_rate import official_rate
from domain.changes.rate import counts
from domain.plans.history import PlanHistory, plan_changes
from domain.point import Point
from domain.recording import Recorded
from domain.scoring.inputs import AdministrationRecord, score_year

MOST_SCORED = 400_000
"""What each change did to the score is worked out one by one while indicators times changes are no more: a minute."""


class Figures(NamedTuple):
    """A score and an official rate, in percent, unrounded; None where there is none."""

    score: Decimal | None
    rate: Decimal | None


class ChangeEffects:
    """The score and the official rate of a year, and what they would be without some changes.

    Every version of the plan that is asked about is read from timelines of its own: those of the history stay as they
    are.
    """

    def __init__(
        self, history: PlanHistory, record: AdministrationRecord, year: int, point: Point, *, scorings: int
    ) -> None:
        self._history = history
        self._record = record
        self._year = year
        self._point = point
        self._system = history.system(year, point.as_of).system
        self.scored = scorings * len(history.timelines.objects("indicator/")) <= MOST_SCORED
        """Whether scores are worked out: for `scorings` of them it would take too long in a large plan."""
        self._rate = official_rate(history, year, point, self._system)
        self.whole = Figures(self._score(history) if self.scored else None, self._rate.figure)
        approvals = history.approvals.values()
        self._later = [
            r
            for r in history.counting
            if not all(approval.reaches(history.places[r.version]) for approval in approvals)
        ]

    def without(self, versions: Collection[int]) -> Figures:
        """The score and the official rate as if some changes had not been."""
        left_out = [record for record in self._history.counting if record.version in versions]
        rest = replace(
            self._history,
            records=[record for record in self._history.records if record.version not in versions],
            counting=[record for record in self._history.counting if record.version not in versions],
            timelines=self._history.timelines.without(left_out),
        )
        return Figures(self._score(rest) if self.scored else None, self._rate_of(rest, left_out))

    def _score(self, history: PlanHistory) -> Decimal | None:
        return score_year(history, self._record, self._year, self._point).body().counted

    def _rate_of(self, rest: PlanHistory, left_out: list[Recorded]) -> Decimal | None:
        """The official rate of a history without some changes: none of them changes what was planned."""
        versions = {record.version for record in left_out}
        later = replace(rest, counting=[record for record in self._later if record.version not in versions])
        touched = {
            objective
            for change in plan_changes(later, self._point.as_of, drafting=False)
            if change.counts and change.year == self._year and counts(change, self._system.change_rate_variant)
            for objective in change.objectives
        }
        planned = self._rate.planned
        return self._rate._replace(touched=tuple(name for name in planned if name in touched)).figure
