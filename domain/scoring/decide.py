"""What the forcing of a score needs: an act, a reason, an open year of the plan, and a subject that is there."""

from decimal import Decimal

from domain.errors import NotFound, YearNotOpen
from domain.plans.decide import require_plan_year
from domain.plans.state import PlanState
from domain.scoring.commands import OverrideScore
from domain.scoring.events import ScoreOverridden


def override_score(state: PlanState, command: OverrideScore, calculated: Decimal | None) -> ScoreOverridden:
    """The score that is forced, with what the rules gave beside it, None where they gave nothing.

    OutsidePlan, YearNotOpen or NotFound where it cannot be; the command cannot be made without act and reason.
    """
    require_plan_year(state, command.year)
    if state.closed(command.year):
        accepted = "l'annullamento motivato di quanto registrato, oppure un anno aperto"
        raise YearNotOpen(f"l'anno {command.year} è chiuso", accepted=accepted, where="year")
    if not state.timelines.known(f"{command.subject}/{command.id}"):
        accepted = "un obiettivo o un indicatore del piano"
        raise NotFound(f"{command.id} non è nel piano", accepted=accepted, where="id")
    return ScoreOverridden(
        subject=command.subject, id=command.id, year=command.year, calculated=calculated, forced=command.forced
    )
