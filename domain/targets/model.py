"""What a target commits to: one frozen model a form, with the text as the office wrote it.

Numbers are `Decimal` and keep their printed digits (`90.00` stays `90.00`, and is a decimal string in JSON).
"""

from decimal import Decimal
from typing import Annotated, Literal, Self, get_args

import orjson
from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, TypeAdapter, model_validator

from domain.italian import WrittenDecimal
from domain.periods import Period
from domain.spelling import as_seen
from domain.vocabulary import DEFERRED, IsoDate, JsonValue, Polarity

Comparator = Literal[">=", ">", "<=", "<", "="]
DIRECTIONS: dict[Comparator, Polarity] = {">=": "up", ">": "up", "<=": "down", "<": "down"}
"""Which way is better, as a comparator says; `=` says neither."""
ChangeBase = Literal["previous", "baseline", "mean3"]
Unit = Literal[
    "%",
    "per_mille",
    "points",
    "percentage_points",
    "EUR",
    "seconds",
    "minutes",
    "hours",
    "days",
    "working_days",
    "weeks",
    "months",
    "years",
    "per_day",
    "per_week",
    "per_month",
    "per_year",
    "per_100",
    "per_1000",
    "per_10000",
    "per_100000",
]
UNITS: tuple[Unit, ...] = get_args(Unit)
DURATIONS: frozenset[Unit] = frozenset(
    ("seconds", "minutes", "hours", "days", "working_days", "weeks", "months", "years")
)


def _plain(value: Decimal) -> str:
    return format(value, "f")


Exact = Annotated[WrittenDecimal, PlainSerializer(_plain, return_type=str, when_used="json")]
"""A number with the digits that were printed."""

COMMON = ("form", "comparator", "value", "unit")
NOT_A_COMMITMENT = frozenset({"text", "note", "implied", "meaning"})


class _Target(BaseModel):
    """What every form has: the text as written and, where there is one, the remark beside the commitment.

    `meaning` is what the office said that a text means which nobody can read for certain: then the rest is read from it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    text: str
    note: str | None = None
    meaning: str | None = None


class Threshold(_Target):
    """A quantity to reach or not to pass: `>= 3.500`, `< 30 gg`, `90,00%`, `zero`.

    `implied` is the comparator that the indicator's polarity gives to a bare value; `tolerance` is in the same unit.
    """

    form: Literal["threshold"] = "threshold"
    comparator: Comparator | None = None
    value: Exact
    unit: Unit | None = None
    implied: Literal[">=", "<="] | None = None
    tolerance: Annotated[Exact, Field(ge=0)] | None = None

    @model_validator(mode="after")
    def _fields_agree(self) -> Self:
        if self.implied is not None and self.comparator is not None:
            raise ValueError("a comparator that is written is not implied")
        if self.tolerance is not None and self.comparator not in {"<=", "<"}:
            raise ValueError("a tolerance goes with an upper limit")
        return self


class Range(_Target):
    """A quantity between two others, both included: `tra 5 e 10`."""

    form: Literal["range"] = "range"
    low: Exact
    high: Exact
    unit: Unit | None = None

    @model_validator(mode="after")
    def _rises(self) -> Self:
        if self.low >= self.high:
            raise ValueError("a range goes from its lower end to its higher end")
        return self


class Deadline(_Target):
    """A day by which something is done, that day included: `entro il 31/7`."""

    form: Literal["deadline"] = "deadline"
    comparator: Literal["<="] = "<="
    value: IsoDate


class Step(BaseModel):
    """A quantity due by a day."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    by: IsoDate
    value: Exact
    unit: Unit | None = None


class Milestones(_Target):
    """Quantities due by successive days: `giugno 60%; ottobre 100%`."""

    form: Literal["milestones"] = "milestones"
    steps: tuple[Step, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _follow_one_another(self) -> Self:
        days = [step.by for step in self.steps]
        if days != sorted(set(days)):
            raise ValueError("steps follow one another in time")
        if len({step.unit for step in self.steps}) > 1:
            raise ValueError("steps share one unit")
        return self


class YesNo(_Target):
    """Something done, or not: `Sì`."""

    form: Literal["yes_no"] = "yes_no"
    comparator: Literal["="] = "="
    value: Literal["yes", "no"]


class Level(_Target):
    """A degree on a scale of words, in lower case: `≥ Medio`; `scale` from the lowest up, where it is known."""

    form: Literal["level"] = "level"
    comparator: Comparator | None = None
    value: str = Field(min_length=1)
    scale: tuple[str, ...] | None = None

    @model_validator(mode="after")
    def _is_on_its_scale(self) -> Self:
        if self.value != self.value.lower():
            raise ValueError("a level is in lower case")
        if self.scale is not None and self.value not in self.scale:
            raise ValueError("a level is one of its scale")
        return self


class Change(_Target):
    """A variation on an earlier value, downwards if negative: `+10% sul 2018`; `base` may be a year."""

    form: Literal["change"] = "change"
    comparator: Comparator
    value: Exact
    unit: Unit | None = None
    base: ChangeBase | Annotated[int, Field(ge=1900, le=2199)]


class Reference(_Target):
    """A value that others will publish or that is looked up: `≤ dato medio nazionale`; `reference` is the rule.

    `value` and `unit` are null until the value that the rule points to is said by an act; then `period`, `published_on` and
    `source` say of when it is and where it comes from, as those of a published one do.
    """

    form: Literal["reference"] = "reference"
    comparator: Comparator | None = None
    value: Exact | None = None
    unit: Unit | None = None
    reference: str = Field(min_length=1)
    period: Period | None = None
    published_on: IsoDate | None = None
    source: str | None = None


SAID_OF_A_REFERENCE = ("value", "unit", "period", "published_on", "source")
"""What is said of a reference when its value is: the rest is what it asks for."""


class SurveyYear(_Target):
    """A year in which the indicator is only surveyed: `Anno di rilevazione`."""

    form: Literal["survey_year"] = "survey_year"


class Recurring(_Target):
    """An activity that comes round, with the frequency that its text says: `Annuale`."""

    form: Literal["recurring"] = "recurring"


class ToBeDefined(_Target):
    """A target still to be set: `da def.`."""

    form: Literal["to_be_defined"] = "to_be_defined"


class NoTarget(_Target):
    """No target for that year: `---`, or an empty cell."""

    form: Literal["none"] = "none"


class Unread(_Target):
    """A text that the reader does not understand for certain: why, in Italian, and from which character (0-based)."""

    form: Literal["unread"] = "unread"
    reason: str
    at: int = Field(ge=0)


Target = Annotated[
    Threshold
    | Range
    | Deadline
    | Milestones
    | YesNo
    | Level
    | Change
    | Reference
    | SurveyYear
    | Recurring
    | ToBeDefined
    | NoTarget
    | Unread,
    Field(discriminator="form"),
]

TARGET: TypeAdapter[Target] = TypeAdapter(Target, config=DEFERRED)

MOST_SHARED = 10_000
_shared: dict[bytes, Target] = {}


def shared_target(said: JsonValue) -> Target | JsonValue:
    """Give the target that a JSON object says, the same one to all who say it so: what replaces it names it again.

    They say it so where their JSON is the same: to Python `1` and `true` are equal, and only one of them may be a value.
    What is no object of JSON is handed back as it is, to be read by whoever asked. ValidationError for what is no target.
    """
    if not isinstance(said, dict):
        return said
    try:
        key = orjson.dumps(said)
    except TypeError:
        return said
    known = _shared.get(key)
    if known is None:
        known = TARGET.validate_python(said)
        if len(_shared) >= MOST_SHARED:
            _shared.clear()
        _shared[key] = known
    return known


def typed(target: Target) -> dict[str, JsonValue]:
    """Give the JSON object of a target as other programs want it.

    Always `form`, `comparator`, `value`, `unit` (null where they do not apply), the form's own fields where they are
    not null, `text`, and `note` if there is one. Numbers are decimal strings, dates are ISO.
    """
    stated = {key: value for key, value in target.model_dump(mode="json").items() if value is not None}
    return {key: stated.pop(key, None) for key in COMMON} | stated


def same_commitment(a: Target, b: Target) -> bool:
    """Say whether two targets commit to the same thing, whatever their spelling, words beside it and implied comparator.

    Numbers compare by value (`90` and `90.00` are the same). A recurring or unread target has only its text to compare, a
    reference its comparator and rule, whatever value the rule gave.
    """
    match a, b:
        case (Recurring(), Recurring()) | (Unread(), Unread()):
            return _spelling_aside(a.text) == _spelling_aside(b.text)
        case Reference(), Reference():
            same_rule = _spelling_aside(a.reference) == _spelling_aside(b.reference)
            return same_rule and a.comparator == b.comparator
        case _:
            kind = type(a)
            fields = kind.model_fields.keys() - NOT_A_COMMITMENT
            return kind is type(b) and all(getattr(a, field) == getattr(b, field) for field in fields)


def same_words(a: Target, b: Target) -> bool:
    """Say whether two targets that commit to the same thing say it of the same: "70 %", or "70 % of the reduced plan".

    Marks of footnotes and figures in brackets are no words.
    """
    return _words_of(a.note) == _words_of(b.note)


def _words_of(note: str | None) -> list[str]:
    words = ("".join(c for c in word if c.isalnum()) for word in as_seen(note or "").casefold().split())
    return [word for word in words if any(c.isalpha() for c in word)]


def _spelling_aside(text: str) -> str:
    return as_seen(text).casefold().rstrip(".")
