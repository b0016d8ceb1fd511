"""What was observed: a value with its terms and benchmarks, or why there is none; one frozen model a kind."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from domain.measurements.agreement import SCALES, scale_of
from domain.scoring.numbers import over
from domain.targets.model import Exact
from domain.vocabulary import IsoDate, Line


class _Observed(BaseModel):
    """What every kind has: the text as written and, where there is one, the remark beside the value."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    text: str
    note: str | None = None


class Benchmark(BaseModel):
    """The value of others, printed beside one's own: `media naz.: -9,65`."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    name: str
    value: Exact


class NumberValue(_Observed):
    """A number; `value` is as stated, and null where only the terms of a ratio are given.

    `unit` is a word of `domain.targets.model.Unit` where the text was read, or the indicator's own unit.
    """

    kind: Literal["number"] = "number"
    value: Exact | None = None
    unit: str | None = None
    numerator: Exact | None = None
    denominator: Exact | None = None
    benchmarks: tuple[Benchmark, ...] = ()

    def scale_stated(self, scales: Iterable[Decimal] = SCALES) -> Decimal | None:
        """The first of the scales on which the value is the ratio of its terms; None where it is on none of them."""
        if self.value is None or self.numerator is None or not self.denominator:
            return None
        return scale_of(self.value, self.numerator, self.denominator, scales)

    def differing_ratio(self) -> Decimal | None:
        """The ratio of the terms, where the value beside them is it on no scale; None where nothing differs."""
        if self.value is None or self.numerator is None or not self.denominator:
            return None
        return over(self.numerator, self.denominator) if self.scale_stated() is None else None


class DayValue(_Observed):
    """A day on which something was done."""

    kind: Literal["date"] = "date"
    value: IsoDate


class YesNoValue(_Observed):
    """Yes or no."""

    kind: Literal["yes_no"] = "yes_no"
    value: Literal["yes", "no"]


class Degree(_Observed):
    """A degree on a scale of words, in lower case."""

    kind: Literal["level"] = "level"
    value: str = Field(min_length=1)


class ChangeValue(_Observed):
    """How much a value changed from an earlier one, said in words: `incremento del 12%`; negative if downwards."""

    kind: Literal["change"] = "change"
    value: Exact
    unit: str | None = None


class NotAvailable(_Observed):
    """A value that should be there and is not: `n.d.`."""

    kind: Literal["not_available"] = "not_available"


class NotYetDue(_Observed):
    """A value that will come: `I dati si avranno a fine anno`."""

    kind: Literal["not_yet_due"] = "not_yet_due"


class NotApplicable(_Observed):
    """A value that cannot be: `non applicabile`."""

    kind: Literal["not_applicable"] = "not_applicable"


class UnreadValue(_Observed):
    """A text that the reader does not understand for certain: why, in Italian, and from which character (0-based)."""

    kind: Literal["unread"] = "unread"
    reason: str
    at: int = Field(ge=0)


Observed = Annotated[
    NumberValue | DayValue | YesNoValue | Degree | ChangeValue | NotAvailable | NotYetDue | NotApplicable | UnreadValue,
    Field(discriminator="kind"),
]

WITHOUT_VALUE = NotAvailable | NotYetDue | UnreadValue
"""What says that there is no figure: it is a reply, and does not stand in front of a figure that was there."""


def _says_something(text: str) -> str:
    """Refuses a text in which nothing is said before its remark: an empty cell is no "n.d."."""
    if not text.partition("(")[0].strip(" .\t\r\n\xa0"):
        msg = "il valore è vuoto: un valore, per esempio 67,46%, oppure n.d. se non è disponibile"
        raise ValueError(msg)
    return text


ObservedText = Annotated[Line, AfterValidator(_says_something)]
"""A value as an office writes it when it enters one; never empty."""


def stated_beside_terms(observed: Observed) -> str | None:
    """In words, how a stated value differs from the ratio of its own terms; None when it does not, at its digits."""
    ratio = observed.differing_ratio() if isinstance(observed, NumberValue) else None
    if not isinstance(observed, NumberValue) or ratio is None:
        return None
    numerator, denominator, value = (
        f"{figure}".replace(".", ",") for figure in (observed.numerator, observed.denominator, observed.value)
    )
    share = f"{round(ratio * 100, 2)}".replace(".", ",")
    return f"il valore scritto {value} non è il rapporto fra {numerator} e {denominator} ({share}%)"
