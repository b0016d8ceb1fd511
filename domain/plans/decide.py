"""The rules of the plan as a whole."""

from domain.errors import AlreadyApproved, NoChange, NotApproved, OutsidePlan, YearNotOpen
from domain.event import Event
from domain.facts import PLAN
from domain.plans.commands import ApprovePlan, ApproveYear, CloseYear, SucceedPlan
from domain.plans.events import PlanApproved, PlanSucceeded, YearApproved, YearClosed
from domain.plans.state import PlanState


def approve_plan(state: PlanState, _command: ApprovePlan) -> list[Event]:
    """Refused when the plan is approved already, and no act annulled that."""
    if state.is_approved and state.approval_annulled(state.first_year) is None:
        raise AlreadyApproved("il piano è già approvato", accepted="una modifica con motivazione, causa e atto")
    _after_annulment(state, state.first_year)
    return [PlanApproved(year=state.first_year)]


def approve_year(state: PlanState, command: ApproveYear) -> list[Event]:
    """Refused for a year outside the plan, one approved already, or a plan that is still a draft."""
    require_plan_year(state, command.year)
    if not state.is_approved:
        if command.year == state.first_year:
            return [PlanApproved(year=command.year)]
        raise NotApproved("il piano è ancora una bozza", accepted=f"l'approvazione del {state.first_year}, primo anno")
    if (day := state.approval(command.year)) is not None and state.approval_annulled(command.year) is None:
        raise AlreadyApproved(f"l'anno {command.year} è già approvato dal {day:%d/%m/%Y}")
    _after_annulment(state, command.year)
    return [YearApproved(year=command.year)]


def _after_annulment(state: PlanState, year: int) -> None:
    """Refuses to approve a year again from a day before the one on which its approval was annulled."""
    annulled_on = state.approval_annulled(year)
    if annulled_on is not None and state.on < annulled_on:
        raise OutsidePlan(
            f"l'approvazione del {year} è stata annullata il {annulled_on:%d/%m/%Y}, la nuova varrebbe dal {state.on:%d/%m/%Y}",
            accepted="un atto non anteriore all'annullamento",
            where="effective_on",
        )


def close_year(state: PlanState, command: CloseYear) -> list[Event]:
    """Refused for a year outside the plan, one closed already, one that has not ended, or a draft."""
    require_plan_year(state, command.year)
    if not state.is_approved:
        raise NotApproved("il piano è ancora una bozza", accepted="la chiusura di un anno di un piano approvato")
    if state.closed(command.year):
        raise YearNotOpen(f"l'anno {command.year} è già chiuso")
    if state.on.year <= command.year:
        problem = f"l'anno {command.year} non è ancora finito al {state.on:%d/%m/%Y}"
        raise OutsidePlan(problem, accepted=f"una data dal 01/01/{command.year + 1} in poi")
    return [YearClosed(year=command.year)]


def succeed_plan(state: PlanState, command: SucceedPlan) -> list[Event]:
    """Refused when the same plan is named already."""
    if state.value(PLAN, "succeeded_by") == command.by:
        raise NoChange(f"al piano succede già {command.by}")
    return [PlanSucceeded(by=command.by)]


def require_plan_year(state: PlanState, year: int, where: str = "year") -> None:
    """Refuses a year that the plan does not cover."""
    if year not in state.years:
        problem = f"l'anno {year} non è del piano"
        raise OutsidePlan(problem, accepted=f"un anno dal {state.first_year} al {state.last_year}", where=where)
