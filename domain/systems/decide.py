"""The rules of a measurement system: read whole before it is adopted, and found again for each year.

They belong to the administration, which adopts them by an act of its own and may do so before there is a plan; they
hold for all its plans of the year. Old records have them in the stream of a plan: there they hold for that plan alone,
in the years for which the administration adopted none.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Literal, NamedTuple

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from domain.errors import Malformed, Problem, UnknownRecord
from domain.facts import ADMINISTRATION, PLAN, SYSTEMS
from domain.flags.model import threshold_problems
from domain.systems.model import DEFAULT, MeasurementSystem
from domain.systems.presets import PRESETS
from domain.timelines import Entry, Timelines
from domain.validation_errors import document_place, problem_of
from domain.vocabulary import JsonValue, Polarity, polarity_of

PRESET = "preset"
AdoptedSystems = Mapping[int, Sequence[Entry]]
"""What was adopted for each year, in the order of the two dates."""
BareValues = Callable[[int], Polarity | None]
"""Which way is better for a bare value of a year."""
Adopter = Literal["administration", "plan"]
"""Where the rules of a year stand: in the stream of the administration, or, in an old record, in that of the plan."""


class SystemInForce(NamedTuple):
    """The rules of a year, and where they come from: the year that adopted them and the event, or the defaults.

    `version` is a place in the stream of the `adopter`.
    """

    system: MeasurementSystem
    year: int | None = None
    version: int | None = None
    effective_on: date | None = None
    adopter: Adopter | None = None


def read_system(document: Mapping[str, JsonValue], where: str = "system") -> MeasurementSystem:
    """The rules that a document says, on a preset if it names one; Malformed with every problem and its place."""
    amended = dict(document)
    preset = amended.pop(PRESET, None)
    if preset is not None and not (isinstance(preset, str) and preset in PRESETS):
        problem = f"{str(preset)[:80]!r} non è fra i sistemi noti"
        raise Malformed([Problem(where=f"{where}.{PRESET}", found=problem, accepted=", ".join(PRESETS))])
    base = PRESETS[preset].model_dump(exclude_unset=True, mode="json") if preset is not None else {}
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


def adopted_systems(owner: Timelines) -> AdoptedSystems:
    """What an administration adopted for each year, as its stream says."""
    return _adopted(owner, ADMINISTRATION)


def system_of(adopted: AdoptedSystems, plan: Timelines, year: int, as_of: date) -> SystemInForce:
    """The rules of a year on a date: its own, else those of the last earlier year that has any, else the defaults.

    Those of a year are what the administration adopted for it (`adopted`), else what the plan's own record says.
    """
    source = _source(adopted, plan, year, as_of)
    if source is None:
        return SystemInForce(DEFAULT)
    adopter, adopted_for, entry, rules = source
    return SystemInForce(stored_rules(rules), adopted_for, entry.version, entry.effective_on, adopter)


def nobody_says(year: int) -> None:
    """Rules that say nothing of a bare value, in any year."""
    del year


def bare_value_of(adopted: AdoptedSystems, plan: Timelines, year: int) -> Polarity | None:
    """Which way is better for a bare value of a year, by the last rules that are known of it, whenever they were adopted.

    What a change means is judged, like its kind, by all that is known: not by what was in force on the day of the change.
    """
    source = _source(adopted, plan, year, date.max)
    return None if source is None else polarity_of(source.rules.get("bare_value"))


class _Source(NamedTuple):
    adopter: Adopter
    year: int
    entry: Entry
    rules: Mapping[str, JsonValue]


def _source(adopted: AdoptedSystems, plan: Timelines, year: int, as_of: date) -> _Source | None:
    in_plan = _adopted(plan, PLAN)
    for earlier in sorted({*adopted, *in_plan}, reverse=True):
        sources: tuple[tuple[Adopter, AdoptedSystems], ...] = (("administration", adopted), ("plan", in_plan))
        for adopter, systems in sources if earlier <= year else ():
            in_force = [entry for entry in systems.get(earlier, ()) if entry.effective_on <= as_of]
            if in_force and isinstance(in_force[-1].value, dict):
                return _Source(adopter, earlier, in_force[-1], in_force[-1].value)
    return None


def _adopted(timelines: Timelines, object_: str) -> AdoptedSystems:
    return {
        int(field.removeprefix(SYSTEMS)): tuple(entries)
        for field, entries in timelines.fields(object_).items()
        if field.startswith(SYSTEMS)
    }


def stored_rules(value: Mapping[str, JsonValue]) -> MeasurementSystem:
    """The rules that an event holds; what an older event could not know of takes its default, what cannot be read stops."""
    try:
        return MeasurementSystem.model_validate(value)
    except ValidationError as error:
        msg = "il sistema di misurazione adottato non si legge con questa versione"
        raise UnknownRecord(msg) from error


def _problem(error: ErrorDetails, where: str) -> Problem:
    problem = problem_of(error, document_place(error["loc"], where))
    if error["type"] == "extra_forbidden" and len(error["loc"]) == 1:
        return problem.model_copy(update={"accepted": ", ".join(sorted(MeasurementSystem.model_fields))})
    return (
        problem if problem.accepted else problem.model_copy(update={"accepted": "quanto descritto in docs/punteggi.md"})
    )
