"""The rules of deviations: a cause is given of what the plan has, an action is planned once, and ends once."""

from collections.abc import Collection
from datetime import date
from itertools import count

from domain.access.principal import Forbidden
from domain.administrations.offices import KnownOffices
from domain.deviations.commands import (
    EndCorrectiveAction,
    ExplainDeviation,
    OfDeviation,
    PlanCorrectiveAction,
    RescheduleCorrectiveAction,
)
from domain.deviations.events import (
    ACTION_OUTCOMES,
    CorrectiveActionEnded,
    CorrectiveActionPlanned,
    CorrectiveActionRescheduled,
    DeviationExplained,
    action_key,
    subject_key,
)
from domain.deviations.model import CorrectiveAction, corrective_actions, explained_deviation
from domain.errors import AlreadyThere, MotivationMissing, NoChange, NotFound, OutsidePlan, Refusal, YearNotOpen
from domain.event import Event
from domain.italian import print_date
from domain.measurements.refusals import PeriodInFuture
from domain.periods import period_said
from domain.plans.decide import require_plan_year
from domain.plans.state import PlanState
from domain.timelines import Timelines
from domain.vocabulary import first_day, period_year


class ActionEnded(Refusal):
    """A corrective action that was done or dropped already: nothing more becomes of it."""

    name = "corrective_action_ended"
    title = "Azione correttiva già conclusa"


def explain_deviation(
    state: PlanState, command: ExplainDeviation, today: date, words: str | None = None
) -> DeviationExplained:
    """Refused for what the plan has never had, a year that is closed, a period to come, or when it changes nothing.

    `words` are those that lie beside the cause that was given before: others put them right, on the same day too.
    """
    _require_deviation(state, command, command.explained_on, today, retrospective=command.retrospective)
    given = explained_deviation(
        state.timelines, subject_key(command.subject, command.id), command.period, command.explained_on
    )
    is_same = given is not None and (given.cause, given.explained_on) == (command.cause, command.explained_on)
    if is_same and words in {None, command.words}:
        raise NoChange(
            f"la causa dello scostamento ({period_said(command.period)}) al {print_date(command.explained_on)} è già questa",
            accepted="un'altra causa, altre parole, oppure un'altra data",
            where="cause",
        )
    return DeviationExplained(
        subject=command.subject,
        id=command.id,
        period=command.period,
        cause=command.cause,
        explained_on=command.explained_on,
    )


def plan_corrective_action(
    state: PlanState, command: PlanCorrectiveAction, offices: KnownOffices, today: date
) -> CorrectiveActionPlanned:
    """Refused as a cause is; for an office that there is not; for a term before the day on which it is planned."""
    _require_deviation(state, command, command.planned_on, today, retrospective=command.retrospective)
    offices.require([command.office], "office")
    if command.due_by < command.planned_on:
        raise _before(command.due_by, command.planned_on, "sarebbe da fare entro", "due_by")
    name = command.action or free_action(state.timelines)
    if state.timelines.known(action_key(name)):
        raise AlreadyThere(f"l'azione correttiva {name} c'è già", accepted="un altro identificativo", where="action")
    return CorrectiveActionPlanned(
        action=name,
        subject=command.subject,
        id=command.id,
        period=command.period,
        office=offices.name(command.office),
        due_by=command.due_by,
        planned_on=command.planned_on,
    )


def free_action(timelines: Timelines, taken: Collection[str] = ()) -> str:
    """The first numbered id of a corrective action that neither the plan has nor some others took."""
    numbered = (f"azione-{number}" for number in count(1))
    return next(free for free in numbered if free not in taken and not timelines.known(action_key(free)))


def reschedule_corrective_action(
    state: PlanState, command: RescheduleCorrectiveAction, offices: KnownOffices, today: date
) -> CorrectiveActionRescheduled:
    """Refused for an action that is not under way, for a day to come, or when nothing would change."""
    action = _under_way(state, command.action)
    _require_day(command.rescheduled_on, action, today, "rescheduled_on")
    if command.office is not None:
        offices.require([command.office], "office")
    office, due_by = offices.name(command.office or action.office), command.due_by or action.due_by
    if (office, due_by) == (action.office, action.due_by):
        raise NoChange(
            f"l'azione correttiva {action.id} è già di {office}, entro il {print_date(due_by)}",
            accepted="un altro termine, oppure un altro ufficio",
            where="due_by",
        )
    if due_by < command.rescheduled_on and due_by != action.due_by:
        raise _before(due_by, command.rescheduled_on, "sarebbe da fare entro", "due_by")
    return CorrectiveActionRescheduled(
        action=action.id, office=office, due_by=due_by, rescheduled_on=command.rescheduled_on
    )


def end_corrective_action(state: PlanState, command: EndCorrectiveAction, today: date) -> CorrectiveActionEnded:
    """Refused for an action that is not under way, for a day to come, and for one that is dropped without a reason."""
    action = _under_way(state, command.action)
    _require_day(command.ended_on, action, today, "ended_on")
    if command.outcome == "dropped" and not command.words:
        raise MotivationMissing(
            "un'azione correttiva abbandonata dice perché", accepted="il perché, in parole", where="words"
        )
    return CorrectiveActionEnded(action=action.id, outcome=command.outcome, ended_on=command.ended_on)


def require_own_action(state: PlanState, event: Event, offices: KnownOffices, own: frozenset[str] | None) -> None:
    """Forbidden for whoever is confined to `own` offices, and would give an action to another one."""
    match event:
        case CorrectiveActionPlanned():
            before = None
        case CorrectiveActionRescheduled():
            before = find_action(state, event.action).office
        case _:
            return
    if not offices.among([event.office], own) and (
        before is None or offices.same(before) != offices.same(event.office)
    ):
        found = f"l'azione correttiva sarebbe di {event.office}, che non l'ha detto"
        raise Forbidden(found, accepted=f"un ufficio fra {', '.join(sorted(own or ()))}", where="office")


def find_action(state: PlanState, name: str) -> CorrectiveAction:
    """A corrective action of a plan by its id; NotFound with those that are under way otherwise."""
    actions = corrective_actions(state.timelines)
    for action in actions:
        if action.id == name:
            return action
    there = ", ".join(action.id for action in actions if action.ended_on is None)
    raise NotFound(
        f"l'azione correttiva {name[:80]!r} non c'è",
        accepted=f"una fra: {there}" if there else "nessuna è in corso",
        where="action",
    )


def _under_way(state: PlanState, name: str) -> CorrectiveAction:
    action = find_action(state, name)
    if action.ended_on is not None and action.outcome is not None:
        raise ActionEnded(
            f"l'azione correttiva {name} è già conclusa: {ACTION_OUTCOMES[action.outcome]} il {print_date(action.ended_on)}",
            accepted="un'altra azione correttiva",
            where="action",
        )
    return action


def _require_deviation(state: PlanState, command: OfDeviation, day: date, today: date, *, retrospective: bool) -> None:
    """The subject is of the plan, the period in an open year of it and begun, the day not to come."""
    if not state.timelines.known(subject_key(command.subject, command.id)):
        raise NotFound(f"{command.id} non è nel piano", accepted="un obiettivo o un indicatore del piano", where="id")
    year = period_year(command.period)
    require_plan_year(state, year, where="period")
    if state.closed(year) and not retrospective:
        raise YearNotOpen(f"l'anno {year} è chiuso", accepted="un periodo di un anno ancora aperto", where="period")
    if day > today:
        where = "explained_on" if isinstance(command, ExplainDeviation) else "planned_on"
        raise OutsidePlan(f"il {print_date(day)} è nel futuro", accepted="una data fino a oggi", where=where)
    if first_day(command.period) > day:
        problem = f"il periodo {command.period} non è ancora cominciato al {print_date(day)}"
        raise PeriodInFuture(problem, accepted="un periodo cominciato alla data", where="period")


def _require_day(day: date, action: CorrectiveAction, today: date, where: str) -> None:
    if day > today:
        raise OutsidePlan(f"il {print_date(day)} è nel futuro", accepted="una data fino a oggi", where=where)
    if day < action.planned_on:
        raise _before(day, action.planned_on, "sarebbe", where)


def _before(day: date, start: date, words: str, where: str) -> OutsidePlan:
    problem = f"{words} il {print_date(day)}, prima del {print_date(start)} in cui è prevista"
    return OutsidePlan(problem, accepted=f"una data dal {print_date(start)} in poi", where=where)
