"""What becomes of a draft: it takes the date of the act that approves it, or it is discarded."""

from collections.abc import Iterable, Mapping
from datetime import date

from domain.annulments.events import EventsAnnulled, Reason
from domain.errors import AlreadyApproved, NotFound
from domain.plans.events import PlanDrafted
from domain.plans.state import PlanState
from domain.recording import Pending, Recorded
from domain.timelines import Timelines


def redated(timelines: Timelines, recorded: Mapping[int, Recorded], day: date) -> list[Pending]:
    """A draft that was typed after the day from which it was approved, as of that day.

    What was recorded is annulled, and recorded again with effect from the day: whoever asks what was known before still
    sees a draft of its own date. `recorded` are the events of the draft that count.
    """
    drafted = [record for record in recorded.values() if not isinstance(record.event, EventsAnnulled)]
    drafted_on = PlanState(timelines, day).drafted_on
    pending = [_annulment(drafted, "dated_by_act", day)]
    for record in drafted:
        event = record.event
        if isinstance(event, PlanDrafted):
            event = event.model_copy(update={"drafted_on": day})
        effective_on = day if record.effective_on == drafted_on else record.effective_on
        pending.append(Pending(event, effective_on, act=record.act, cause=record.cause, act_date=record.act_date))
    timelines.exclude(recorded)
    for again in pending:
        timelines.evolve(again.event, again.effective_on)
    return pending


def discard(state: PlanState, recorded: Mapping[int, Recorded]) -> Pending:
    """The event that discards a draft, whole; refused for a plan that was ever approved."""
    if state.drafted_on is None:
        raise NotFound("la bozza non c'è, o è già stata scartata", where="plan")
    if state.is_approved:
        raise AlreadyApproved(
            "il piano è stato approvato: non si scarta",
            accepted="una modifica con motivazione, causa e atto, o l'annullamento con l'atto che annulla quello che lo approva",
        )
    drafted = [record for record in recorded.values() if not isinstance(record.event, EventsAnnulled)]
    return _annulment(drafted, "draft_discarded", state.on)


def _annulment(records: Iterable[Recorded], reason: Reason, day: date) -> Pending:
    return Pending(EventsAnnulled(versions=tuple(record.version for record in records), reason=reason), day)
