"""The rules of a monitoring round: opened once for its date, closed once."""

from datetime import date

from domain.administrations.offices import KnownOffices
from domain.errors import AlreadyThere, NotFound, OutsidePlan, Refusal, YearNotOpen
from domain.italian import print_date, read_date
from domain.objectives.levels import levels_of, named_level
from domain.plans.state import PlanState
from domain.rounds.commands import CloseRound, OpenRound
from domain.rounds.events import RoundClosed, RoundOpened
from domain.rounds.model import Round, round_called, round_id
from domain.timelines import Timelines
from domain.vocabulary import JsonValue

OPENED = "opened"
CLOSED = "closed"


class RoundAlreadyClosed(Refusal):
    """A round that is closed already; what still comes is recorded, and says that it came late."""

    name = "round_already_closed"
    title = "Monitoraggio già chiuso"


def round_key(name: str) -> str:
    """The object under which a round's facts stand."""
    return f"round/{name}"


def open_round(state: PlanState, command: OpenRound, today: date, offices: KnownOffices) -> RoundOpened:
    """Refused when the id is taken, the date is outside the plan or in a closed year, or data are due before they are of.

    Its scope names objectives and levels that the plan has, in the plan's own spelling, and offices that there are.
    """
    name = command.round or round_id(command.as_at)
    if state.timelines.entries(round_key(name), OPENED):
        raise AlreadyThere(f"il monitoraggio {name} c'è già", accepted="un altro identificativo", where="round")
    if command.as_at.year not in state.years:
        problem = f"il {command.as_at:%d/%m/%Y} non è in un anno del piano"
        raise OutsidePlan(problem, accepted=f"una data fra il {state.first_year} e il {state.last_year}", where="as_at")
    if state.closed(command.as_at.year):
        raise YearNotOpen(f"l'anno {command.as_at.year} è chiuso", accepted="un anno ancora aperto", where="as_at")
    opened_on = command.opened_on or today
    if command.due_by is not None and command.due_by < min(command.as_at, opened_on):
        problem = f"i dati sono attesi entro il {command.due_by:%d/%m/%Y}, prima che si aprano"
        raise OutsidePlan(problem, accepted="una data successiva", where="due_by")
    known = set(state.objectives())
    unknown = [objective for objective in command.scope.objectives if objective not in known]
    if unknown:
        raise NotFound(f"l'obiettivo {unknown[0]} non è nel piano", accepted="un obiettivo del piano", where="scope")
    offices.require(command.scope.offices, "scope.offices")
    levels = levels_of(state) if command.scope.levels else []
    named = tuple(named_level(level, levels, where="scope.levels") for level in command.scope.levels)
    scope = command.scope.model_copy(update={"levels": named}) if named else command.scope
    return RoundOpened(round=name, as_at=command.as_at, opened_on=opened_on, due_by=command.due_by, scope=scope)


def close_round(timelines: Timelines, command: CloseRound, today: date) -> RoundClosed:
    """Refused when there is no such round, it is closed already, or it would close before it opened, or on a day to come."""
    to_close = find_round(timelines, command.round)
    if to_close.closed_on is not None:
        raise RoundAlreadyClosed(
            f"il monitoraggio {round_called(to_close.id)} è già chiuso dal {to_close.closed_on:%d/%m/%Y}",
            accepted="un monitoraggio aperto, oppure un nuovo monitoraggio",
            where="round",
        )
    closed_on = command.closed_on or today
    if closed_on < to_close.opened_on:
        raise OutsidePlan(
            f"il monitoraggio {round_called(to_close.id)} è stato aperto il {to_close.opened_on:%d/%m/%Y}",
            accepted="una data di chiusura non anteriore",
            where="closed_on",
        )
    if closed_on > today:
        raise OutsidePlan(
            f"il {closed_on:%d/%m/%Y} è nel futuro",
            accepted=f"una data dal {to_close.opened_on:%d/%m/%Y} al {today:%d/%m/%Y}",
            where="closed_on",
        )
    return RoundClosed(round=to_close.id, closed_on=closed_on)


def find_round(timelines: Timelines, name: str, as_of: date = date.max) -> Round:
    """A round by its id, or by the date that its data are of; NotFound otherwise."""
    rounds = rounds_of(timelines, as_of)
    for round_ in rounds:
        if name == round_.id or read_date(name) == round_.as_at:
            return round_
    there = ", ".join(f"{print_date(round_.as_at)} ({round_.id})" for round_ in rounds) or "nessuno"
    raise NotFound(f"il monitoraggio {name[:80]!r} non c'è", accepted=f"uno fra: {there}", where="round")


def rounds_of(timelines: Timelines, as_of: date = date.max) -> list[Round]:
    """The rounds of a plan that were opened by a date, in the order of the date that their data are of."""
    rounds = [_round(timelines, key, as_of) for key in timelines.objects("round/")]
    return sorted((round_ for round_ in rounds if round_), key=lambda round_: (round_.as_at, round_.id))


def _round(timelines: Timelines, key: str, as_of: date) -> Round | None:
    opened = timelines.entry(key, OPENED, as_of)
    if opened is None or not isinstance(opened.value, dict):
        return None
    closed = timelines.entry(key, CLOSED, as_of)
    body: dict[str, JsonValue] = opened.value
    event = RoundOpened.model_validate({"round": key.partition("/")[2]} | body)
    closed_on = date.fromisoformat(str(closed.value)) if closed is not None and closed.value else None
    return Round(
        id=event.round,
        as_at=event.as_at,
        opened_on=event.opened_on,
        due_by=event.due_by,
        scope=event.scope,
        closed_on=closed_on,
        opened_version=opened.version,
        closed_version=closed.version if closed is not None else None,
    )
