"""What was proposed, beside what is recorded without a proposal.

Who drafted a change does not record it; an act that decided a proposal is asked about before it decides anything else.
"""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain

from api.commands.administration_writer import salting
from api.commands.handler import Caller, Decision
from api.commands.provisional import Provisional
from domain.access.separation import SeparationSetting, require_separated, unneeded
from domain.acts.model import Act
from domain.documents.changes import ChangeFile
from domain.errors import DomainError
from domain.plans.concerned import speaks_of
from domain.plans.state import PlanState
from domain.proposals.decide import require_act_unused
from domain.proposals.events import SeparationWaived, proposal_key
from domain.proposals.life import ProposalLife, lives
from domain.proposals.own import does_what_was_proposed
from domain.proposals.status import STATUS_NAMES
from domain.recording import Pending
from projections.decided_proposals import decided_proposals
from projections.store.append import StreamAppend
from projections.store.reader import Reader
from projections.streams import PlanKnown, plan_is_there, proposals_stream

ChangesDecided = Callable[[ChangeFile], Decision]
"""What the changes of a file come to; nothing is recorded."""


def require_act_of_no_proposal(reader: Reader, known: PlanKnown, act: Act) -> None:
    """ActReused for an act by which a proposal of the administration was decided, unless it is said to be that very act."""
    by_this_act = [d for d in decided_proposals(reader, known.administration) if d.record.act == act.id]
    latest = {(decided.plan, decided.proposal): decided for decided in by_this_act}
    words = [
        f"{'' if plan == known.plan else f'{plan}, '}proposta {proposal}, {'adottata' if decided.is_enacted else 'respinta'}"
        for (plan, proposal), decided in latest.items()
        if plan_is_there(reader, plan)
    ]
    require_act_unused(act, words, (), meant=act.same_confirmed, said="«(stesso atto)» dopo la citazione")


def recorded_past_proposals(
    reader: Reader,
    known: PlanKnown,
    changes: ChangeFile,
    decision: Decision,
    caller: Caller,
    setting: SeparationSetting,
    changing: ChangesDecided,
) -> Decision:
    """The same decision, with the exceptions by which the caller records what it has proposed and nobody has enacted.

    DutiesNotSeparated where it does so and states none: what was withdrawn or rejected is proposed still, as far as who
    drafted it is concerned. On the command line of the machine nobody is told from anybody: there it asks nothing.
    """
    waivers: list[Pending] = []
    again = _proposed_again(reader, known, decision, caller, changing) if caller.principal.is_account else ()
    for life in again:
        reason = require_separated(
            "drafter_does_not_enact", caller.actor, life.drafters, changes.exception, setting, about=_standing(life)
        )
        if reason is not None:
            event = SeparationWaived(rule="drafter_does_not_enact", about=proposal_key(life.proposal))
            # From when it is decided, however late it takes effect: an exception is seen at once.
            decided_on = (one.act_date or one.effective_on for part in decision.parts for one in part.pending)
            day = max(life.last_day, *decided_on)
            waivers.append(Pending(event, day, note=salting()(reason)))
    if not waivers:
        return decision._replace(warnings=(*decision.warnings, *unneeded(changes.exception, None)))
    stream = proposals_stream(changes.plan)
    part = StreamAppend(stream, reader.head(stream).version, tuple(waivers))
    return decision._replace(parts=(*decision.parts, part))


def _proposed_again(
    reader: Reader, known: PlanKnown, decision: Decision, caller: Caller, changing: ChangesDecided
) -> Iterator[ProposalLife]:
    """The proposals that the caller drafted, that nothing enacted, and of which a decision does something."""
    decided = [pending.event for part in decision.parts for pending in part.pending]
    for life in lives(reader.records(proposals_stream(known.plan))).values():
        if life.enactment is not None or caller.actor not in life.drafters:
            continue
        text = reader.texts([life.text.note], life.text.stream).get(life.text.note or "")
        if text is None:
            continue  # removed by order: nobody can say any more what it proposed
        file = ChangeFile.model_validate_json(text)
        day = file.effective_on or life.last_day
        try:
            decision = changing(Provisional(file, day, life.last_day).motivated().by_act())
        except DomainError:  # the plan went on, and it could not be done as it stands any more
            objects = {str(getattr(change, "object", "")) for change in file.every_change()} - {""}
            if any(speaks_of(event, object_) for event in decided for object_ in objects):
                yield life
            continue
        proposed = [pending.event for part in decision.parts for pending in part.pending]
        state = PlanState(reader.timelines(known.stream), day)
        if does_what_was_proposed(decided, proposed, partial(_below, state)):
            yield life


def _below(state: PlanState, objective: str) -> set[str]:
    objectives = [objective, *state.below(objective)]
    indicators = chain.from_iterable(state.assignments(objective=one) for one in objectives)
    return {*objectives, *(indicator for indicator, _ in indicators)}


def _standing(life: ProposalLife) -> str:
    return f"la stessa modifica è nella proposta {life.proposal}, {STATUS_NAMES[life.status]}, di chi chiede"
