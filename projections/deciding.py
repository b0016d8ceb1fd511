"""What an append decides of a plan as a whole: by acts of which date, which years it approves or closes, and from when."""

from collections.abc import Iterable
from typing import Literal

from typing_extensions import TypedDict

from domain.plans.events import ApprovalAnnulled, ClosingAnnulled, PlanApproved, YearApproved, YearClosed
from domain.recording import Pending, Recorded
from domain.vocabulary import Identifier, Year
from projections.answers import Day

YearEffect = Literal["approved", "approval_annulled", "closed", "closing_annulled"]
YearEvent = PlanApproved | YearApproved | ApprovalAnnulled | YearClosed | ClosingAnnulled
EFFECTS: dict[type[YearEvent], YearEffect] = {
    PlanApproved: "approved",
    YearApproved: "approved",
    ApprovalAnnulled: "approval_annulled",
    YearClosed: "closed",
    ClosingAnnulled: "closing_annulled",
}


class DatedAct(TypedDict):
    """Un atto che decide, con la sua data."""

    act: Identifier
    date: Day


class YearDecided(TypedDict):
    """Che cosa se ne fa di un anno del piano, e da quando."""

    year: Year
    effect: YearEffect
    since: Day
    act: Identifier | None


class Deciding(TypedDict):
    """Gli atti che decidono, e gli anni che approvano, chiudono o riaprono."""

    acts: list[DatedAct]
    years: list[YearDecided]


def deciding(events: Iterable[Pending | Recorded]) -> Deciding:
    """What the events of a plan that are to be recorded decide of it as a whole."""
    acts: dict[str, str] = {}
    years: list[YearDecided] = []
    for pending in events:
        if pending.act is not None:
            acts[pending.act] = (pending.act_date or pending.effective_on).isoformat()
        event = pending.event
        if isinstance(event, YearEvent):
            since = pending.effective_on.isoformat()
            years.append({"year": event.year, "effect": EFFECTS[type(event)], "since": since, "act": pending.act})
    return {"acts": [{"act": act, "date": day} for act, day in acts.items()], "years": years}
