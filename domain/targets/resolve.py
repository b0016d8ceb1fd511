"""The rules of saying, by an act, the value that a target refers to: once, with its unit, period, day and source."""

from collections.abc import Iterable
from datetime import date

from domain.errors import AlreadyThere, NotFound, Refusal, TextUnread
from domain.event import Event
from domain.italian import print_date
from domain.measurements.refusals import PeriodInFuture, UnitDoubtful
from domain.measurements.values import NumberValue
from domain.plans.state import PlanState
from domain.scoring.units import unit_of_card, unit_problem
from domain.targets.commands import ResolveReference
from domain.targets.decide import target_of, target_there
from domain.targets.events import TargetReferenceResolved
from domain.targets.model import Reference, Target, Threshold
from domain.targets.reader import read_one
from domain.vocabulary import first_day

SOURCE_WORDS = {"period": "il periodo", "published_on": "il giorno in cui è stato pubblicato", "source": "la fonte"}
"""What a value that is said for a reference comes with, as a refusal calls it, by field."""


class SourceMissing(Refusal):
    """A value is said for a target that refers to another, and not of when it is, or where it comes from."""

    name = "source_missing"
    title = "Manca da dove viene il valore"


def resolve_reference(state: PlanState, command: ResolveReference) -> list[Event]:
    """Refused when the target refers to no outside value, one that was published already, or the value is no number."""
    before = target_there(state, command.object, command.year, command.ordinal)
    if not isinstance(before, Reference):
        raise NotFound(f"il target {command.year} di {command.object} non rimanda a un valore esterno", where="object")
    if before.value is not None:
        raise AlreadyThere(
            f"il valore di riferimento del target {command.year} di {command.object} è già pubblicato",
            accepted="una rettifica che nomina la versione da rimettere a posto",
            where="object",
        )
    target = resolved(state, before, command)
    return [
        TargetReferenceResolved(indicator=command.object, year=command.year, ordinal=command.ordinal, target=target)
    ]


def resolved(state: PlanState, reference: Reference, command: ResolveReference) -> Reference:
    """A target that refers to an outside value, with the value, of when it is and where from.

    Refused when that is no number, in a unit that the indicator is not measured in, of a day to come, or when any is missing.
    """
    read = read_one(command.value, command.year)
    if not isinstance(read, Threshold):
        raise TextUnread(f"{command.value!r} non è un numero", accepted="un numero, per esempio 12,5", where="value")
    missing = [name for name in SOURCE_WORDS if getattr(command, name) is None]
    if missing:
        raise SourceMissing(
            f"del valore a cui il target rimanda manca {', '.join(SOURCE_WORDS[name] for name in missing)}",
            accepted="l'anno del valore, quando è stato pubblicato, e dove",
            where=missing[0],
        )
    if command.period is not None and command.published_on is not None:
        require_begun(command.period, command.published_on)
    own_unit = state.indicator(command.object, "unit")
    require_comparable(
        [target_of(value) for value in state.targets(command.object).values()],
        NumberValue(text=command.value, value=read.value, unit=read.unit),
        None if own_unit is None else str(own_unit),
        where="value",
    )
    said = {name: getattr(command, name) for name in SOURCE_WORDS}
    return reference.model_copy(update={"value": read.value, "unit": read.unit} | said)


def require_begun(period: str, published_on: date) -> None:
    """Refuses a value that was published before the period that it is of had begun."""
    if first_day(period) > published_on:
        problem = f"il periodo {period} non era ancora cominciato al {print_date(published_on)}"
        raise PeriodInFuture(problem, accepted="un periodo cominciato a quella data", where="period")


def require_comparable(targets: Iterable[Target], value: NumberValue, own_unit: str | None, where: str) -> None:
    """Refuses a value in a unit that these targets of its indicator, or the unit of its card, cannot be compared with."""
    share = unit_of_card(own_unit)
    beside = (
        [Threshold(text=f"in {own_unit}", value=value.value, unit=share)]
        if share and value.unit and value.value
        else []
    )
    for target in (*targets, *beside):
        problem = unit_problem(target, value, own_unit)
        if problem is not None:
            raise UnitDoubtful(problem.note or target.text, accepted="un valore nell'unità del target", where=where)
