"""Attention flags: what deserves a question, never a verdict, never about a person.

A rule sees a case, that is what the record says of one change or one figure, and answers with a finding in words and
numbers, or with None where it has nothing to say of such a case.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, NamedTuple

from pydantic import Field, ValidationError

from domain.vocabulary import Frozen, JsonValue

Outcome = Literal["raised", "clear", "not_knowable"]
Severity = Literal["low", "medium", "high"]


class Thresholds(Frozen):
    """The thresholds of the rules, as the measurement system of the year sets them in `flags`, with their defaults.

    - `margin_percent`: how far, in percent of the known value, a new target may stand and still "just" be met by it.
    - `last_days`: how many days before the end of the year a decision is late.
    - `recording_days`: how many days after its act a change is recorded late.
    - `eased_years`: in how many years in a row the same indicator must have been eased.
    - `off`: the rules that the system leaves out.
    """

    margin_percent: Annotated[Decimal, Field(ge=0, le=100)] = Decimal(2)
    last_days: Annotated[int, Field(ge=0, le=366)] = 60
    recording_days: Annotated[int, Field(ge=0, le=3660)] = 30
    eased_years: Annotated[int, Field(ge=2, le=10)] = 2
    off: tuple[str, ...] = ()


def thresholds_of(flags: Mapping[str, JsonValue]) -> tuple[Thresholds, list[str]]:
    """The thresholds that a system's `flags` say, and what of them could not be taken: total, it never raises."""
    kept: dict[str, JsonValue] = {}
    ignored: list[str] = []
    for name, value in flags.items():
        try:
            Thresholds.model_validate({name: value})
            kept[name] = value
        except ValidationError:
            ignored.append(name)
    return Thresholds.model_validate(kept), ignored


class Finding(NamedTuple):
    """What a rule found, in words; `severity` where this case weighs otherwise than the rule in general."""

    outcome: Outcome
    words: str
    severity: Severity | None = None


class Value(NamedTuple):
    """A figure that was there when something was decided.

    `recorded_on` is the day on which it was recorded; `meets_before` and `meets_after` say whether it meets the target
    before and after the change, None where that cannot be said; `distance` is how far the new target stands from it, in
    percent of the value; `worse` whether it is worse than the figure of the period before.
    """

    period: str
    text: str
    data_as_at: date
    recorded_on: date
    retrospective: bool = False
    meets_before: bool | None = None
    meets_after: bool | None = None
    distance: Decimal | None = None
    worse: bool | None = None
    earlier: str | None = None

    @property
    def interim(self) -> bool:
        """Whether the figure is of a part of the year: it may still grow."""
        return "-" in self.period


class Revised(NamedTuple):
    """A change of the plan, with what was known; `known` is None where nothing was measured by its recording."""

    name: str
    year: int
    kind: str
    aspect: str
    direction: str | None
    before: str
    after: str
    effective_on: date
    recorded_on: date
    retrospective: bool
    act: str | None = None
    act_assumed: bool = False
    known: Value | None = None
    fields: tuple[str, ...] = ()
    withdrawn: str | None = None


class Moved(NamedTuple):
    """Weights of one objective changed together: who lost, who gained, and whether each meets its target."""

    objective: str
    effective_on: date
    lost: tuple[tuple[str, str, bool | None], ...]
    gained: tuple[tuple[str, str, bool | None], ...]


class Started(NamedTuple):
    """A target and the start value of its indicator; `direction` is how the target compares with it."""

    name: str
    year: int
    target: str
    baseline: str
    direction: str


class EasedYears(NamedTuple):
    """The years whose target of one indicator was eased."""

    name: str
    years: tuple[int, ...]


class Overridden(NamedTuple):
    """A score that was forced; `calculated` is None where the rules gave none."""

    name: str
    year: int
    forced: str
    calculated: str | None


class Restated(NamedTuple):
    """A figure put right, and the day on which the year's report was validated or the year closed."""

    name: str
    period: str
    before: str
    after: str
    effective_on: date
    recorded_on: date
    validated_on: date | None
    retrospective: bool = False


class Corrected(NamedTuple):
    """A correction: what was recorded, what it was put right to, and in which direction that goes."""

    name: str
    year: int | None
    recorded: str
    corrected: str
    direction: str | None


Case = Revised | Moved | Started | EasedYears | Overridden | Restated | Corrected
