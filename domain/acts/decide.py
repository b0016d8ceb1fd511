"""Whether the date of an act is plausible: a slip of the keyboard moves a change to another year."""

from datetime import date

from domain.acts.model import Act
from domain.errors import ActDateDoubtful

CONFIRMED = "la data giusta; se è proprio quella, «(data confermata)» dopo la citazione"


def require_adopted(act: Act, today: date, *, where: str = "act") -> None:
    """Refuses an act that is not adopted yet to approve or close anything, whoever confirms its date."""
    if act.date > today:
        problem = (
            f"l'atto è datato {act.date:%d/%m/%Y}, dopo oggi ({today:%d/%m/%Y}): non approva e non chiude ancora nulla"
        )
        raise ActDateDoubtful(problem, accepted="l'atto, quando sarà adottato", where=where)


def require_plausible_date(act: Act, today: date, years: range | None = None, *, where: str = "act") -> None:
    """Refuses an act dated after today, or more than a year away from the years of the plan, until the date is confirmed."""
    if act.date_confirmed:
        return
    if act.date > today:
        problem = f"l'atto è datato {act.date:%d/%m/%Y}, dopo oggi ({today:%d/%m/%Y})"
        raise ActDateDoubtful(problem, accepted=CONFIRMED, where=where)
    if years and not years[0] - 1 <= act.date.year <= years[-1] + 1:
        problem = f"l'atto è datato {act.date:%d/%m/%Y}, il piano è degli anni {years[0]}-{years[-1]}"
        raise ActDateDoubtful(problem, accepted=CONFIRMED, where=where)
