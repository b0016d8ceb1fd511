"""One target and one observed value, as an office writes them, to one achievement: for a whole list, row by row."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from domain.errors import Malformed, Problem
from domain.italian import read_date, read_number
from domain.measurements.reader import read_value
from domain.measurements.values import DayValue, NumberValue, Observed, UnreadValue, YesNoValue
from domain.patterns import regex
from domain.scoring.achievement import Achievement, both_to_be_met
from domain.scoring.forms import Circumstances, achieve
from domain.scoring.units import unit_problem
from domain.systems.model import DEFAULT, MeasurementSystem, Rounding
from domain.targets.model import Deadline, Target, Unread
from domain.targets.reader import read_target
from domain.vocabulary import Frozen, JsonValue, Line, Polarity, TrueOrFalse, Year

UNKNOWN_YEAR = 2000
"""Stands for a year that neither the target nor the value says: both days are of the same one."""

_HOW: dict[str, Literal["half_up", "truncated"]] = {
    "half_up": "half_up",
    "half-up": "half_up",
    "arrotondato": "half_up",
    "truncated": "truncated",
    "truncate": "truncated",
    "troncato": "truncated",
}
_UNROUNDED = {"", "none", "unrounded", "nessuno"}
_MAYBE_THOUSANDS = regex(r"[+-]?[1-9][0-9]{0,2}\.[0-9]{3}")
_ROUNDING = regex(r"\s*(?P<how>[a-z_-]+)\s*(?:[:@ ]\s*(?P<step>[0-9]+(?:[.,][0-9]+)?))?\s*", re.IGNORECASE)


class AchieveRow(Frozen):
    """A target, what was observed (a value or its terms), and the rules that are not the usual ones.

    `previous` and `baseline` are the earlier values for targets that are changes; `unit` is the indicator's own.
    """

    target: Line
    observed: (
        Line | TrueOrFalse | Annotated[int, Field(strict=True)] | Annotated[Decimal, Field(strict=True)] | None
    ) = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    polarity: Polarity | None = None
    rounding: Rounding | None = None
    year: Year | None = None
    unit: Literal["%", "per_mille"] | None = None
    previous: Decimal | None = None
    baseline: Decimal | None = None


def read_achieve_row(body: Mapping[str, JsonValue]) -> AchieveRow:
    """The row that a JSON object says; Malformed with every problem and its place."""
    fields: dict[str, JsonValue | Decimal | Rounding] = {**body}
    problems: list[Problem] = []
    for field in ("numerator", "denominator", "previous", "baseline"):
        if body.get(field) is not None:
            figure = _earlier(body[field]) if field in {"previous", "baseline"} else _figure(body[field])
            fields[field] = figure
            if figure is None:
                problem = f"{str(body[field])[:80]!r} non è un numero certo"
                problems.append(Problem(where=field, found=problem, accepted="per esempio 6551 oppure 12,5"))
    if isinstance(body.get("observed"), float):
        fields["observed"] = Decimal(repr(body["observed"]))
    if isinstance(body.get("target"), int | float) and not isinstance(body["target"], bool):
        fields["target"] = str(body["target"]).replace(".", ",")
    if body.get("rounding") is not None:
        try:
            fields["rounding"] = read_rounding(body["rounding"])
        except ValueError as error:
            problems.append(Problem(where="rounding", found=str(error), accepted=_ACCEPTED_ROUNDING))
    if (fields.get("numerator") is None) != (fields.get("denominator") is None) and not problems:
        lacking = "denominator" if fields.get("denominator") is None else "numerator"
        problem = "numeratore e denominatore vanno insieme"
        problems.append(Problem(where=lacking, found=problem, accepted="tutti e due, o nessuno"))
    if problems:
        raise Malformed(problems)
    try:
        return AchieveRow.model_validate(fields)
    except ValidationError as error:
        accepted = {"polarity": "up, down oppure null", "target": "il testo di un target", "unit": "% oppure per_mille"}
        raise Malformed(
            [
                Problem(
                    where=".".join(map(str, detail["loc"][:1])),
                    found="non è previsto" if detail["type"] == "extra_forbidden" else "manca, o non è valido",
                    accepted=accepted.get(str(detail["loc"][0]), ", ".join(AchieveRow.model_fields)),
                )
                for detail in {detail["loc"][:1]: detail for detail in error.errors(include_url=False)}.values()
            ]
        ) from None


_ACCEPTED_ROUNDING = "arrotondato o troncato, con il passo se non è 0,01: arrotondato:0,1, troncato:1"


def read_rounding(stated: object) -> Rounding | None:
    """A rounding as it is said: a word, a word with its step, or an object; ValueError when it is none."""
    if isinstance(stated, Mapping):
        unknown = set(stated) - {"how", "step"}
        how, step = _HOW.get(str(stated.get("how", "half_up")).casefold()), stated.get("step", "0.01")
        if how is None or unknown:
            raise ValueError("l'arrotondamento non si legge")
        return _rounding(how, str(step))
    match = _ROUNDING.fullmatch(stated) if isinstance(stated, str) else None
    word = stated.strip().casefold() if isinstance(stated, str) else None
    if word in _UNROUNDED:
        return None
    if match is None or match["how"].casefold() not in _HOW:
        raise ValueError(f"{str(stated)[:80]!r} non è un arrotondamento")
    return _rounding(_HOW[match["how"].casefold()], (match["step"] or "0.01").replace(",", "."))


def _rounding(how: Literal["half_up", "truncated"], step: str) -> Rounding:
    try:
        return Rounding.model_validate({"how": how, "step": step})
    except ValidationError:
        raise ValueError(f"{step[:80]!r} non è un passo: un numero maggiore di 0, al più 100") from None


def achieve_row(row: AchieveRow, system: MeasurementSystem = DEFAULT) -> Achievement:
    """The achievement of a row; two targets in one cell are both to be met."""
    if row.rounding is not None:
        system = system.model_copy(update={"achievements": row.rounding})
    observed = _observed(row, None)
    targets, year = _targets(row, observed)
    if isinstance(observed, UnreadValue):
        observed = _observed(row, year or UNKNOWN_YEAR)
    if isinstance(observed, UnreadValue) and all(isinstance(target, Deadline) for target in targets):
        # Beside a deadline `5/8` is no fraction.
        done = read_date(observed.text, year or UNKNOWN_YEAR)
        observed = DayValue(text=observed.text, value=done) if done is not None else observed
    case = Circumstances(
        system=system,
        polarity=row.polarity,
        own_unit=row.unit,
        year=year,
        earlier=_Always(row.previous) if row.previous is not None else {},
        baseline=row.baseline,
    )
    achievement = both_to_be_met(
        [unit_problem(target, observed, row.unit) or achieve(target, observed, case) for target in targets]
    )
    return achievement if year is not None else _without_year(achievement)


def _without_year(achievement: Achievement) -> Achievement:
    """The same, where the year that stands for the one nobody says is not printed."""
    texts = {"arithmetic": achievement.arithmetic, "note": achievement.note}
    return achievement.model_copy(
        update={name: text.replace(f"/{UNKNOWN_YEAR}", "") for name, text in texts.items() if text is not None}
    )


class _Always(dict[int, Decimal]):
    """The same earlier value, whichever year a target names: a row says one only; also counted back from no year."""

    def __init__(self, value: Decimal) -> None:
        super().__init__(dict.fromkeys((*range(-3, 0), *range(1900, 2200)), value))


def _targets(row: AchieveRow, observed: Observed | None) -> tuple[list[Target], int | None]:
    """The targets, and their year; None when nothing says it."""
    year = row.year or (observed.value.year if isinstance(observed, DayValue) else None)
    targets = read_target(row.target, row.year, row.polarity)
    if row.year is None and any(isinstance(target, Unread) for target in targets):
        # A day without its year: that of the observed day, or one and the same for both.
        targets = read_target(row.target, year or UNKNOWN_YEAR, row.polarity)
        if year is None:
            return targets, None
    days = [target.value for target in targets if hasattr(target, "value") and isinstance(target.value, date)]
    return targets, year or (days[0].year if days else None)


def _observed(row: AchieveRow, year: int | None) -> Observed | None:
    year = row.year or year
    observed: Observed | None
    match row.observed:
        case None:
            observed = None
        case bool():
            observed = YesNoValue(text="", value="yes" if row.observed else "no")
        case int() | Decimal():
            observed = NumberValue(text="", value=Decimal(row.observed))
        case str():
            observed = read_value(row.observed, year)
    if row.numerator is None:
        return observed
    stated = observed if isinstance(observed, NumberValue) else NumberValue(text="")
    return stated.model_copy(update={"numerator": row.numerator, "denominator": row.denominator})


def _earlier(value: JsonValue) -> Decimal | None:
    """An earlier value, read as an observed one is: `70%`, `€ 1.500`."""
    read = read_value(value) if isinstance(value, str) else None
    return read.value if isinstance(read, NumberValue) and read.value is not None else _figure(value)


def _figure(value: JsonValue) -> Decimal | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return Decimal(repr(value))
    if not isinstance(value, str) or _MAYBE_THOUSANDS.fullmatch(value.strip()):
        return None
    return read_number(value)
