"""What a plan document carries beside the plan: what others published, why targets were missed, what is done about it."""

from typing import Annotated

from pydantic import Field

from domain.benchmarks.events import BenchmarkOf
from domain.deviations.commands import OfDeviation
from domain.deviations.events import ActionOutcome, DeviationCause
from domain.periods import Period
from domain.point import WrittenDay
from domain.vocabulary import NO_PEOPLE, Frozen, Identifier, Line, OneLine


class PublishedRow(Frozen):
    """The value of others of a series, for a period."""

    series: Identifier
    whose: BenchmarkOf
    period: Period
    text: Annotated[Line, Field(min_length=1)]
    published_on: WrittenDay
    source: Annotated[Line, Field(min_length=1)]
    note: Line | None = Field(None, description=NO_PEOPLE)


class CauseRow(OfDeviation):
    """The cause of a deviation; without `words` where an order took them away: it is not taken then."""

    cause: DeviationCause
    words: Line | None = Field(None, description=NO_PEOPLE)
    explained_on: WrittenDay


class ActionRow(OfDeviation):
    """A corrective action as it stands; without `remedy` where an order took it away: it is not taken then."""

    action: Identifier
    remedy: Annotated[OneLine, Field(max_length=500)] | None = Field(None, description=NO_PEOPLE)
    office: Annotated[Line, Field(min_length=1)]
    planned_on: WrittenDay
    due_by: WrittenDay
    outcome: ActionOutcome | None = None
    ended_on: WrittenDay | None = None
    notes: tuple[Line | None, ...] = Field((), description=NO_PEOPLE)
