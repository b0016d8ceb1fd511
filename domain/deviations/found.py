"""The deviations of a year: each measured indicator and period against what was asked for, with cause and actions.

A cause is asked for where a target is missed, or where an office says that it is at risk; that of an objective is asked
for where one is said to be at risk.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from domain.deviations.model import (
    CorrectiveAction,
    ExplainedDeviation,
    corrective_actions,
    explained_deviation,
    of_subject,
)
from domain.facts import deviation_field, indicator_key, objective_key
from domain.measurements.values import Observed
from domain.periods import period_ending
from domain.plans.state import PlanState
from domain.rounds.collection import CollectedRound, Due
from domain.rounds.contradictions import TROUBLED
from domain.rounds.decide import rounds_of
from domain.rounds.judged import Judged, judged, judged_due, part_of_year, undirected_variance, why_not_held
from domain.rounds.model import Round
from domain.scoring.forms import Circumstances
from domain.scoring.inputs import Scored
from domain.scoring.tree import system_figure
from domain.scoring.variance import Variance
from domain.targets.model import Target
from domain.timelines import Timelines
from domain.vocabulary import last_day, period_year

_ENDS = ((3, 31), (6, 30), (9, 30), (12, 31))


class Deviation(NamedTuple):
    """How one objective or indicator stands for one period, why, and what is done about it.

    Nothing is asked of one that `waits` for its condition.
    """

    subject: str
    period: str
    targets: Mapping[int, Target]
    observed: Observed | None
    held: Judged | None
    status: str | None
    explained: ExplainedDeviation | None
    actions: tuple[CorrectiveAction, ...]
    waits: bool = False
    undirected: Variance | None = None
    not_held: str | None = None
    """Why what was observed is not held against the target, where something has to be said."""

    @property
    def variance(self) -> Variance | None:
        """How far what was observed is from what was asked for, whether or not more is better."""
        return self.held.variance if self.held is not None else self.undirected

    @property
    def is_missed(self) -> bool:
        """Whether what was observed falls short of what was asked for at the date."""
        return self.held is not None and not self.held.met and not self.waits

    @property
    def is_at_risk(self) -> bool:
        """Whether the office says that the target is at risk, or has to be renegotiated."""
        return self.status in TROUBLED and not self.waits

    @property
    def asks_cause(self) -> bool:
        """Whether the cause is asked for: nobody gave it."""
        return (self.is_missed or self.is_at_risk) and self.explained is None


def deviations(scored: Scored, as_of: date) -> list[Deviation]:
    """The deviations of a scored year, as of a date: in the order of the plan, each subject's in the order of the periods."""
    inputs = scored.inputs
    timelines, year = inputs.now.timelines, inputs.year
    actions = corrective_actions(timelines, as_of)
    statuses = _Statuses(timelines, year, as_of)
    subjects = [*map(objective_key, inputs.forest.objectives), *map(indicator_key, inputs.forest.indicators)]
    return [
        deviation
        for subject in subjects
        for deviation in _of_subject(scored, subject, statuses, actions, as_of)
        if deviation.observed is not None or deviation.explained or deviation.actions or deviation.is_at_risk
    ]


def of_round(whole: CollectedRound, as_of: date) -> list[Deviation]:
    """What came for a round and is short of its target, or said to be at risk, or was explained, as of a date."""
    timelines, ending = whole.state.timelines, period_ending(whole.round.as_at)
    now = PlanState(timelines, as_of)
    actions = corrective_actions(timelines, as_of)

    def deviation(subject: str, period: str, status: str | None, due: Due | None = None) -> Deviation:
        return Deviation(
            subject,
            period,
            due.targets if due else {},
            due.observed if due else None,
            judged_due(whole, due) if due else None,
            status,
            explained_deviation(timelines, subject, period, as_of),
            tuple(of_subject(actions, subject, period)),
            whole.state.waits(subject, now),
        )

    found = [
        *(
            deviation(objective_key(objective), ending, str(reply.body.get("status")))
            for objective, reply in whole.objectives.items()
        ),
        *(deviation(indicator_key(due.indicator), due.period or ending, due.word, due) for due in whole.dues),
    ]
    return [each for each in found if each.is_missed or each.is_at_risk or each.explained or each.actions]


def _of_subject(
    scored: Scored, subject: str, statuses: "_Statuses", actions: list[CorrectiveAction], as_of: date
) -> Iterator[Deviation]:
    timelines, year = scored.inputs.now.timelines, scored.inputs.year
    kind, _, id_ = subject.partition("/")
    seen = _observed(scored, id_, as_of) if kind == "indicator" else {}
    said, taken = statuses.of(subject), list(of_subject(actions, subject))
    about = {each.period for each in taken} | _explained_periods(timelines, subject)
    periods = {period for period in (*seen, *said, *about) if period_year(period) == year}
    for period in sorted(periods, key=lambda period: (last_day(period), -len(period))):
        targets = scored.inputs.forest.indicators[id_].targets if kind == "indicator" else {}
        observed, case = seen.get(period), _case(scored, id_, period) if period in seen else None
        held = undirected = not_held = None
        if observed is not None and case is not None:
            held = judged(targets, observed, case, last_day(period))
            if held is None:
                undirected = undirected_variance(targets, observed, case, last_day(period))
                not_held = why_not_held(targets, observed, case, last_day(period)) if undirected is None else None
        yield Deviation(
            subject,
            period,
            targets,
            observed,
            held,
            said.get(period),
            explained_deviation(timelines, subject, period, as_of),
            tuple(of_subject(taken, subject, period)),
            scored.inputs.structure.waits(subject, scored.inputs.now),
            undirected,
            not_held,
        )


def system_period(year: int, as_of: date) -> str:
    """Of which period is what the system measures of a year by a date: of the part that ended last, else of the year."""
    ended = [day for month, last in _ENDS if (day := date(year, month, last)) <= as_of]
    return period_ending(max(ended, default=date(year, 12, 31)))


def _observed(scored: Scored, indicator: str, as_of: date) -> dict[str, Observed]:
    """What was observed of an indicator, by period of the year."""
    row, score = scored.inputs.forest.indicators[indicator], scored.scores.indicators[indicator]
    year = scored.inputs.year
    seen = dict(row.case.within_year)
    chosen = scored.inputs.seen.get(indicator)
    if score.by_system is not None:
        return {system_period(year, as_of): system_figure(score.by_system)}
    if chosen is not None and score.observed is not None:
        seen[chosen.period] = score.observed  # as its terms make it
    return seen


def _case(scored: Scored, indicator: str, period: str) -> Circumstances:
    """The circumstances of a value of a period: with what was observed of the year by the end of it."""
    case, end = scored.inputs.forest.indicators[indicator].case, last_day(period)
    parts = {part: value for part, value in case.within_year.items() if last_day(part) <= end}
    return case._replace(within_year=parts, part=part_of_year(period))


def _explained_periods(timelines: Timelines, subject: str) -> set[str]:
    prefix = deviation_field("")
    return {field.removeprefix(prefix) for field in timelines.fields(subject) if field.startswith(prefix)}


class _Statuses:
    """The last status that was reported of an object for each period: of the round that was open, else of the half that had ended."""

    def __init__(self, timelines: Timelines, year: int, as_of: date) -> None:
        self._timelines, self._year, self._as_of = timelines, year, as_of
        self._rounds = rounds_of(timelines, as_of)

    def of(self, subject: str) -> dict[str, str]:
        """By period, of the year."""
        said: dict[str, str] = {}
        for entry in self._timelines.entries(subject, "status"):
            if entry.effective_on <= self._as_of and isinstance(entry.value, dict):
                said[period_reported(entry.effective_on, self._rounds)] = str(entry.value.get("status"))
        return {period: status for period, status in said.items() if period_year(period) == self._year}


def period_reported(day: date, rounds: Sequence[Round]) -> str:
    """Of which period a status is that was reported on a day: of the latest round that was open, else of the half that had ended."""
    opened = [round_.as_at for round_ in rounds if min(round_.opened_on, round_.as_at) <= day]
    latest = max(opened, default=None)
    half = date(day.year, 6, 30)
    if latest is not None and (latest.year == day.year or day < half):
        return period_ending(latest)
    return period_ending(half) if half <= day < date(day.year, 12, 31) else str(day.year)
