"""The rules of a measurement system: read whole before it is adopted, and found again for each year."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from domain.errors import Malformed, Problem, UnknownRecord
from domain.facts import PLAN
from domain.flags.model import threshold_problems
from domain.systems.model import DEFAULT, MeasurementSystem
from domain.systems.presets import PRESETS
from domain.timelines import Timelines
from domain.vocabulary import JsonValue

PRESET = "preset"


class SystemInForce(NamedTuple):
    """The rules of a year, and where they come from: the year that adopted them and the event, or the defaults."""

    system: MeasurementSystem
    year: int | None = None
    version: int | None = None
    effective_on: date | None = None


def read_system(document: Mapping[str, JsonValue], where: str = "system") -> MeasurementSystem:
    """The rules that a document says, on a preset if it names one; Malformed with every problem and its place."""
    amended = dict(document)
    preset = amended.pop(PRESET, None)
    if preset is not None and preset not in PRESETS:
        problem = f"{str(preset)[:80]!r} non è fra i sistemi noti"
        raise Malformed([Problem(where=f"{where}.{PRESET}", found=problem, accepted=", ".join(PRESETS))])
    base = PRESETS[str(preset)].model_dump(exclude_unset=True, mode="json") if preset is not None else {}
    try:
        system = MeasurementSystem.model_validate(base | amended)
    except ValidationError as error:
        raise Malformed([_problem(detail, where) for detail in error.errors(include_url=False)]) from None
    if problems := threshold_problems(system.flags, f"{where}.flags"):
        raise Malformed(problems)
    return system


def rules_json(system: MeasurementSystem) -> dict[str, JsonValue]:
    """The rules as JSON, whole: an adopted system does not change when the defaults do."""
    return system.model_dump(mode="json", exclude_none=False)


def system_of(timelines: Timelines, year: int, as_of: date) -> SystemInForce:
    """The rules of a year on a date: its own, else those of the last earlier year that adopted any, else the defaults."""
    adopted = sorted(
        (int(field.partition("/")[2]) for field in timelines.fields(PLAN) if field.startswith("system/")),
        reverse=True,
    )
    for earlier in adopted:
        entry = timelines.entry(PLAN, f"system/{earlier}", as_of) if earlier <= year else None
        if entry is not None and isinstance(entry.value, dict):
            return SystemInForce(stored_rules(entry.value), earlier, entry.version, entry.effective_on)
    return SystemInForce(DEFAULT)


def stored_rules(value: Mapping[str, JsonValue]) -> MeasurementSystem:
    """The rules that an event holds; what an older event could not know of takes its default, what cannot be read stops."""
    try:
        return MeasurementSystem.model_validate(value)
    except ValidationError as error:
        msg = "il sistema di misurazione adottato non si legge con questa versione"
        raise UnknownRecord(msg) from error


def _problem(error: ErrorDetails, where: str) -> Problem:
    place = ".".join([where, *map(str, error["loc"])])
    expected = str(error.get("ctx", {}).get("expected", ""))
    match error["type"]:
        case "extra_forbidden":
            fields = ", ".join(sorted(MeasurementSystem.model_fields))
            return Problem(where=place, found="regola non prevista", accepted=fields)
        case "literal_error":
            return Problem(
                where=place, found=f"{str(error['input'])[:80]!r} non è fra i valori ammessi", accepted=expected
            )
        case "value_error":
            return Problem(where=place, found=str(error["msg"]).removeprefix("Value error, "))
        case _:
            problem = f"{str(error['input'])[:80]!r} non è un valore di questa regola"
            return Problem(where=place, found=problem, accepted="quanto descritto in docs/punteggi.md")
