"""The small types that every noun of the domain shares: ids, dates, periods, points, causes.

Dates are strictly `YYYY-MM-DD`: pydantic alone would read the text "0" as a day of 1970.
"""

import re
import unicodedata
from calendar import monthrange
from datetime import date
from decimal import Decimal
from typing import Annotated, ClassVar, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    SerializerFunctionWrapHandler,
    StringConstraints,
    WithJsonSchema,
    model_serializer,
)

from domain.patterns import regex

__all__ = [
    "DEFERRED",
    "NO_FLAG",
    "Cause",
    "Claim",
    "CommandId",
    "Frozen",
    "Grown",
    "Identifier",
    "IsoDate",
    "JsonValue",
    "Line",
    "NamedId",
    "ObjectKind",
    "Ordinal",
    "Points",
    "Polarity",
    "Sha256",
    "TrueOrFalse",
    "Year",
    "field_labels",
    "first_day",
    "last_day",
    "period_year",
    "polarity_of",
    "shortened",
]


class Frozen(BaseModel):
    """A value that is never altered and knows no field beyond its own."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, defer_build=True)
    """Built when it is first asked: a process asks a few of the hundreds of models that there are."""


DEFERRED = ConfigDict(defer_build=True)
"""The same, for an adapter of what is no model."""


class Grown(Frozen):
    """A value that got fields `later`: one that is not said is not written, as a program wrote it that did not know of it."""

    later: ClassVar[frozenset[str]] = frozenset()

    @model_serializer(mode="wrap")
    def _without_later(self, written: SerializerFunctionWrapHandler):  # type: ignore[no-untyped-def]  # noqa: ANN202 - it would be its schema
        fields = written(self)
        for name in self.later - self.model_fields_set:
            fields.pop(name, None)
        return fields


def field_labels(model: type[BaseModel]) -> dict[str, str]:
    """How people call the fields of a model: the title of each, or its name where it has none."""
    return {name: field.title or name for name, field in model.model_fields.items()}


def _iso_date(value: object) -> object:
    if isinstance(value, str):
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            msg = f"{value!r} non è una data: scrivere AAAA-MM-GG, per esempio 2022-09-30"
            raise ValueError(msg)
        try:
            return date.fromisoformat(value)
        except ValueError:
            msg = f"{value!r} non esiste nel calendario: scrivere AAAA-MM-GG, per esempio 2022-09-30"
            raise ValueError(msg) from None
    if type(value) is int or type(value) is float or isinstance(value, bool):
        msg = f"{value!r} non è una data: scrivere AAAA-MM-GG, per esempio 2022-09-30"
        raise ValueError(msg)
    return value


def shortened(text: str, most: int = 400) -> str:
    """A text that was sent, as far as it is said again: at most so many characters, and none that no text can have."""
    kept = text if len(text) <= most else f"{text[: most - 3]}..."
    return _NO_CHARACTER.sub("?", kept)


_NO_CHARACTER = regex("[\x00\ud800-\udfff]")

IsoDate = Annotated[date, BeforeValidator(_iso_date), Field(json_schema_extra={"format": "date"})]
"""A day of the calendar, written YYYY-MM-DD and nothing else."""

_IDENTIFIER = r"^[a-z0-9][a-z0-9._-]{0,119}$"
Identifier = Annotated[str, StringConstraints(pattern=_IDENTIFIER)]
"""A readable id: lower-case letters, digits, dot, dash, underscore; at most 120 characters; never a slash."""

NamedId = Annotated[Identifier, WithJsonSchema({"type": "string", "minLength": 1, "maxLength": 300})]
"""The id of an objective or an indicator in a command: every door takes its code, its name, or both for it, and finds the id."""


def is_identifier(text: str) -> bool:
    """Whether a text may be an id as it is."""
    return re.fullmatch(_IDENTIFIER, text) is not None


CommandId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,119}$")]
"""What makes a repeated command the same command; a UUID, or any key that the client keeps."""

NO_PEOPLE = "Mai nomi di persone, né dati sulla salute."
"""Stands with every field in which somebody writes freely: what is recorded stays, and may be published."""

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""The SHA-256 digest of a file, in hexadecimal digits."""

LONGEST_LINE = 4_000
"""How many characters a text of an office has at most."""

Line = Annotated[str, StringConstraints(max_length=LONGEST_LINE)]
"""A text as an office writes it: a title, a formula, a remark."""


def _in_one_line(value: object) -> object:
    return _LINE_BREAK.sub(" ", value).strip() if isinstance(value, str) else value


_LINE_BREAK = regex(r"\s*[\n\r\v\f\x85\u2028\u2029]\s*")

OneLine = Annotated[Line, BeforeValidator(_in_one_line)]
"""A name, which stands in one line: a cell may break it, and that is a blank."""


def _without_unseen(text: str) -> str:
    if any(unicodedata.category(sign) in _UNSEEN for sign in text):
        msg = f"{visible(text)!r} ha segni che non si vedono, che vanno a capo o che girano il verso di lettura: scriverlo senza"
        raise ValueError(msg)
    return text


def visible(text: str) -> str:
    """A text with a question mark for each sign that nobody sees, or that turns the order of the others."""
    return "".join("?" if unicodedata.category(sign) in _UNSEEN else sign for sign in text)


def as_it_shows(text: str) -> str:
    """A text without the signs that nobody sees: what a reader of it has before the eyes."""
    blanks = "".join(" " if sign.isspace() or unicodedata.category(sign) == "Cc" else sign for sign in text)
    return " ".join("".join(sign for sign in blanks if unicodedata.category(sign) not in _UNSEEN).split())


_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})

SaysWhatItShows = AfterValidator(_without_unseen)
"""Makes of a text one that says what it shows: no control signs, none of bidirectional writing, no line breaks."""

TrueOrFalse = Annotated[bool, Field(strict=True)]
"""Yes or no, in a document: `true` or `false`, never 0, 1 or a word."""


def _no_flag(value: object) -> object:
    if isinstance(value, bool):
        msg = f"{value!r} non è un numero intero"
        raise ValueError(msg)  # noqa: TRY004 - pydantic collects ValueError only
    return value


NO_FLAG = BeforeValidator(_no_flag)
"""Makes `true`, which is no number, none of a whole number either."""

EventVersion = Annotated[int, Field(ge=1, le=2**53), NO_FLAG]
"""The version of an event in its stream, as somebody sends it; JSON has no larger integer for certain."""

Year = Annotated[int, Field(ge=1990, le=2200), NO_FLAG]

ObjectKind = Literal["objective", "indicator"]
"""The two kinds of object that people speak of in a plan."""


def is_year(text: str) -> bool:
    """Whether a text is a year in four digits, as the name of what belongs to it."""
    return re.fullmatch("[0-9]{4}", text) is not None


Ordinal = Annotated[int, Field(ge=1, le=9), NO_FLAG]
"""Which of the targets that one cell holds, from 1."""


def _finite(value: Decimal) -> Decimal:
    if not value.is_finite() or value < 0 or value > 10**9 or len(value.as_tuple().digits) > 28:
        msg = "un peso è un numero di punti finito, non negativo, al più 1000000000"
        raise ValueError(msg)
    return value


def _plain_number(value: object) -> object:
    if isinstance(value, float):
        msg = "scrivere il numero come testo decimale ('33.33'): un numero binario ne perde le cifre"
        raise ValueError(msg)  # noqa: TRY004 - pydantic collects ValueError only
    if isinstance(value, str):
        printed = re.fullmatch(r"([0-9]+(?:[.,][0-9]+)?)\s*%?", value.strip())
        if printed is None:
            msg = f"{value[:40]!r} non è un peso: scrivere i punti, per esempio '20', '33.33' oppure '6%'"
            raise ValueError(msg)
        return printed[1].replace(",", ".")
    return value


Points = Annotated[Decimal, BeforeValidator(_plain_number), AfterValidator(_finite)]
"""A weight, in points among its siblings; the digits as printed are kept: `6%`, `20,00%`, `40` are 6, 20.00, 40."""

Polarity = Literal["up", "down"]
"""Whether more is better (`up`) or less is better (`down`)."""


def polarity_of(value: object) -> Polarity | None:
    """The polarity that a stored value says; None for anything else."""
    return "up" if value == "up" else "down" if value == "down" else None


Cause = Literal["exogenous", "organisational", "legal", "resources", "indicator_error", "new_data", "merger", "other"]
"""Why a plan was changed: a closed list; `other` wants words, which the justification gives."""

Claim = Literal["correction", "reclassification"]
"""The only two kinds of change that a user may claim; both claims are checked."""

PERIOD = regex(r"^(?P<year>[12][0-9]{3})(?:-(?:H(?P<half>[12])|Q(?P<quarter>[1-4])|(?P<month>0[1-9]|1[0-2])))?$")

YearKey = Annotated[str, StringConstraints(pattern=r"^[12][0-9]{3}$")]
"""A year as the name of an entry: `2022`."""


def period_year(period: str) -> int:
    """The year in which a period lies."""
    return int(period[:4])


def first_day(period: str) -> date:
    """The day on which a period begins; ValueError when the text is no period."""
    end = last_day(period)
    months = {"": 12, "H": 6, "Q": 3}.get(period[5:6], 1)
    return date(end.year, end.month - months + 1, 1)


def last_day(period: str) -> date:
    """The day on which a period ends; ValueError when the text is no period."""
    match = PERIOD.match(period)
    if match is None:
        msg = f"{period!r} non è un periodo: scrivere 2022, I semestre 2022, III trimestre 2022 oppure settembre 2022"
        raise ValueError(msg)
    year = int(match["year"])
    month = 12
    if match["half"]:
        month = 6 * int(match["half"])
    elif match["quarter"]:
        month = 3 * int(match["quarter"])
    elif match["month"]:
        month = int(match["month"])
    return date(year, month, monthrange(year, month)[1])
