"""Decides changes of a plan: a list of commands on one ground, taken together or not at all.

Each command is judged in the state of its own effective date, with what the ones before it in the list have done.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import NamedTuple, assert_never

from domain.administrations.events import AdministrationSystemAdopted
from domain.annulments.events import EventsAnnulled
from domain.changes.commands import AnyChange
from domain.changes.correction import corrected
from domain.changes.kinds import touched_years
from domain.changes.later import later_events
from domain.changes.refused import RefusedChanges
from domain.changes.restored import version_meant
from domain.command import Motivation
from domain.errors import (
    ClaimRefused,
    ContradictsLater,
    DomainError,
    MotivationMissing,
    NotFound,
    OutsidePlan,
    RetroactiveUnsaid,
    YearNotOpen,
)
from domain.event import Event
from domain.facts import ANNULLED, PLAN
from domain.indicators import commands as ic
from domain.indicators import decide as indicators
from domain.indicators.series import own_series
from domain.objectives import commands as oc
from domain.objectives import decide as objectives
from domain.objectives.events import ObjectiveConditionFailed, ObjectiveConditionMet, ObjectiveMoved
from domain.plans import commands as pc
from domain.plans import decide as plans
from domain.plans.amend import amend_plan
from domain.plans.drafts import redated
from domain.plans.events import PlanApproved, YearApproved, YearClosed
from domain.plans.invariants import deeper_than, deepest_level, too_deep, tree_holds
from domain.plans.object_names import names_in
from domain.plans.state import PlanState
from domain.recording import Pending, Recorded, SaltedText
from domain.systems.adoption import Plans, adopted
from domain.targets import commands as tc
from domain.targets import decide as targets
from domain.targets.events import OfTarget, TargetEvent
from domain.targets.resolve import resolve_reference
from domain.timelines import Timelines
from domain.trees import commands as trc
from domain.trees import decide as trees
from domain.trees.events import TreeNodeReweighted


class ChangeContext(NamedTuple):
    """What the commands of one append stand on.

    `motive` serves every command that does not say its own. `salted` turns a command's own words into a text with a
    salt: chance comes from outside. `recorded` reads earlier events of the stream, which a correction restores.
    `owner` is what the administration recorded, `siblings` its plans: they are asked for by what it decides itself.
    """

    plan: str
    motive: Motivation
    salted: Callable[[str], SaltedText]
    recorded: Callable[[Sequence[int]], Mapping[int, Recorded]]
    owner: Timelines
    siblings: Callable[[], Plans]


def decide(timelines: Timelines, changes: Sequence[AnyChange], ground: ChangeContext) -> list[Pending]:
    """The events that the changes make, in order, the approval of a year last; every refusal names its place.

    What is wrong is told of all changes at once: each is judged without those that are refused, and what only fails
    because of one of them is not told. The timelines evolve with what is decided. A draft takes the date of the act that
    approves it. What the administration decides, its measurement system, is an `AdministrationSystemAdopted`: it belongs
    in the administration's stream.
    """
    approving = [change for change in changes if isinstance(change, pc.ApprovePlan | pc.ApproveYear)]
    approved_year = next((change.year for change in approving if isinstance(change, pc.ApproveYear)), None)
    moving = [change for change in changes if isinstance(change, oc.MoveObjective | oc.MergeObjective)]
    deepest = deepest_level(timelines) if moving else 0
    pending = _draft_at_its_act(timelines, approving, ground)
    refused = RefusedChanges()
    for position, change in sorted(enumerate(changes), key=lambda numbered: numbered[1] in approving):
        try:
            pending += _decide_one(timelines, change, ground, approved_year)
        except MotivationMissing as error:
            refused.note(position, change, error)
            # What else is wrong with it is told in the same round, as if its reasons were said.
            with refused.noted_of(position, change):
                _decide_one(timelines, change, _as_if_motivated(timelines, ground), approved_year)
        except DomainError as error:
            refused.note(position, change, error)
    refused.require_none()
    if moving and (deep := deeper_than(timelines, deepest)) is not None:
        objective, day = deep
        moved = {objective, *PlanState(timelines, day).ancestors(objective)}
        by = [change for change in moving if change.object in moved or getattr(change, "into", None) in moved]
        raise too_deep(objective).located(f"changes[{changes.index((by or moving)[-1])}]")
    return pending


def _as_if_motivated(timelines: Timelines, ground: ChangeContext) -> ChangeContext:
    """A ground with all that a change may want of it, for what else is wrong with the change.

    Without an act nobody has said from when it would hold: on a day of the plan.
    """
    motive = ground.motive
    last = date(PlanState(timelines, motive.effective_on).last_year, 12, 31)
    return ground._replace(
        motive=motive._replace(
            act=motive.act or "act",
            cause=motive.cause or "other",
            justification=motive.justification or SaltedText(salt="", text=""),
            effective_on=motive.effective_on if motive.act else min(motive.effective_on, last),
        )
    )


def _draft_at_its_act(timelines: Timelines, approving: Sequence[AnyChange], ground: ChangeContext) -> list[Pending]:
    """What brings a draft to the date of the act that approves it, where it was typed after that."""
    state = PlanState(timelines, ground.motive.effective_on)
    if not approving or state.is_approved or state.drafted_on is None:
        return []
    day = approving[0].effective_on or ground.motive.effective_on
    if day >= state.drafted_on:
        return []
    return redated(timelines, ground.recorded(range(1, timelines.version + 1)), day)


def _decide_one(
    timelines: Timelines, change: AnyChange, ground: ChangeContext, approved_year: int | None
) -> list[Pending]:
    motive = _motive(change, ground)
    state = PlanState(timelines, motive.effective_on)
    drafted_on, approved = state.drafted_on, state.is_approved
    if drafted_on is None:
        raise NotFound(f"il piano {ground.plan} non esiste", accepted="prima import di un documento di piano")
    if motive.claim == "correction":
        return _correct(timelines, change, motive, ground)
    approves = isinstance(change, pc.ApprovePlan | pc.ApproveYear)
    if approved:
        _motivated(change, motive)
    elif not approves:
        motive = motive._replace(effective_on=drafted_on)
    state = _dated(timelines, change, motive, approved_year)
    if state.on.year > state.last_year + 1:
        problem = f"la modifica vale dal {state.on:%d/%m/%Y}, il piano finisce col {state.last_year}"
        raise OutsidePlan(problem, accepted=f"una data non oltre il {state.last_year + 1}", where="effective_on")
    if state.on < drafted_on:
        problem = f"il piano è stato aperto il {drafted_on:%d/%m/%Y}, la modifica vale dal {state.on:%d/%m/%Y}"
        raise OutsidePlan(problem, accepted="una data non anteriore", where="effective_on")
    note = _reason_of_retroactivity(motive, state.on) if approved or approves else None
    events = _dispatch(state, change, ground)
    if approved:
        _motivated(change, motive, weighing=any(isinstance(event, TreeNodeReweighted) for event in events))
        _within_their_year(state, events, motive)
    if motive.claim == "reclassification":
        _reclassifies(state, events)
    _within_years(state, events)
    _open_years(state, events)
    along = later_events(state, events)
    pending: list[Pending] = []
    if along:
        if not change.take_along:
            names = names_in(timelines)
            raise ContradictsLater(
                "contraddice quanto è già registrato per date successive",
                accepted="prima il loro annullamento, oppure «anche ciò che contraddice»",
                listed=tuple(f"versione {version}: {along[version].words(names)}" for version in sorted(along)),
            )
        pending.append(_annulment(tuple(sorted(along)), "taken_along", motive, state.on))
        timelines.exclude(along)
        timelines.version += 1
    for event in events:
        (ground.owner if isinstance(event, AdministrationSystemAdopted) else timelines).evolve(event, state.on)
        pending.append(_pending(event, motive, state.on)._replace(note=note))
    return pending


def _reason_of_retroactivity(motive: Motivation, day: date) -> SaltedText | None:
    """Why a change holds from before its act; None where it does not, refused where it does and nothing says why."""
    if motive.act_date is None or day >= motive.act_date:
        return None
    if motive.retroactive is None:
        raise RetroactiveUnsaid(
            f"l'atto è del {motive.act_date:%d/%m/%Y}, la modifica varrebbe già dal {day:%d/%m/%Y}",
            accepted="un giorno non anteriore all'atto, oppure perché vale da prima («perché retroattiva»)",
            where="retroactive",
        )
    return motive.retroactive


def _motive(change: AnyChange, ground: ChangeContext) -> Motivation:
    motive = ground.motive
    if change.justification:
        motive = motive._replace(justification=ground.salted(change.justification))
    if change.retroactive:
        motive = motive._replace(retroactive=ground.salted(change.retroactive))
    return motive._replace(
        cause=change.cause or motive.cause,
        claim=change.kind,
        restores=change.restores,
        effective_on=change.effective_on or motive.effective_on,
    )


TECHNICAL = (oc.ReclassifyObjective, ic.ReclassifyIndicator, trc.StateTreeNode, trc.WithdrawTreeNode)
"""The verbs that ask for words alone, where they move nothing that is weighed."""
MOTIVE_WORDS = {"justification": "la motivazione", "cause": "la causa", "act": "l'atto"}
"""What an approved plan is changed with, as a refusal calls it, by field."""


def _motivated(change: AnyChange, motive: Motivation, *, weighing: bool = False) -> None:
    """Refuses a change without its reasons; `weighing` is one that changes, by what it does, what scores go by."""
    wanted: list[tuple[str, object]] = [("justification", motive.justification)]
    weighing = weighing or "weight" in change.model_fields_set
    technical = (isinstance(change, TECHNICAL) and not weighing) or motive.claim is not None
    if not technical:
        wanted += [("cause", motive.cause), ("act", motive.act)]
        if isinstance(change, pc.ApprovePlan | pc.ApproveYear | pc.CloseYear):
            wanted = [("act", motive.act)]
    missing = [name for name, value in wanted if not value]
    if missing:
        raise MotivationMissing(
            f"un piano approvato si modifica solo con motivazione, causa e atto: manca {', '.join(map(MOTIVE_WORDS.__getitem__, missing))}",
            accepted="la motivazione in parole, una delle cause previste, l'atto che lo decide",
            where=missing[0],
        )


def _dated(timelines: Timelines, change: AnyChange, motive: Motivation, approved_year: int | None) -> PlanState:
    """The state on the day from which the change holds: within a yearly update, structure waits for 1 January."""
    state = PlanState(timelines, motive.effective_on)
    if approved_year is None or change.effective_on is not None or isinstance(change, pc.ApproveYear):
        return state
    first = max(motive.effective_on, date(approved_year, 1, 1))
    if isinstance(change, tc.SetTarget | tc.ReviseTarget | tc.WithdrawTarget) and state.indicator_in_force(
        change.object
    ):
        return state
    return PlanState(timelines, first)


def _dispatch(state: PlanState, change: AnyChange, ground: ChangeContext) -> list[Event]:
    match change:
        case oc.AddObjective():
            return objectives.add_objective(state, change)
        case oc.RewordObjective():
            return objectives.reword_objective(state, change)
        case oc.MoveObjective():
            return objectives.move_objective(state, change)
        case oc.ReweighObjective():
            return objectives.reweigh_objective(state, change)
        case oc.ReclassifyObjective():
            return objectives.reclassify_objective(state, change)
        case oc.RedefineObjective():
            return objectives.redefine_objective(state, change)
        case oc.WithdrawObjective():
            return objectives.withdraw_objective(state, change)
        case oc.ReinstateObjective():
            return objectives.reinstate_objective(state, change)
        case oc.MergeObjective():
            return objectives.merge_objective(state, change)
        case oc.NeutraliseObjective():
            return objectives.neutralise_objective(state, change)
        case oc.MeetCondition():
            return objectives.meet_condition(state, change)
        case oc.FailCondition():
            return objectives.fail_condition(state, change)
        case ic.AddIndicator():
            return indicators.add_indicator(state, change, series=own_series(ground.plan, change.object))
        case ic.RedefineIndicator():
            return indicators.redefine_indicator(state, change)
        case ic.ReclassifyIndicator():
            return indicators.reclassify_indicator(state, change)
        case ic.AssignIndicator():
            return indicators.assign_indicator(state, change)
        case ic.UnassignIndicator():
            return indicators.unassign_indicator(state, change)
        case ic.ReweighIndicator():
            return indicators.reweigh_indicator(state, change)
        case ic.FeedIndicator():
            return indicators.feed_indicator(state, change)
        case ic.WithdrawIndicator():
            return indicators.withdraw_indicator(state, change)
        case ic.ReinstateIndicator():
            return indicators.reinstate_indicator(state, change)
        case tc.SetTarget():
            return targets.set_target(state, change)
        case tc.ReviseTarget():
            return targets.revise_target(state, change)
        case tc.WithdrawTarget():
            return targets.withdraw_target(state, change)
        case tc.ResolveReference():
            return resolve_reference(state, change)
        case trc.StateTreeNode():
            return trees.state_tree_node(state, change)
        case trc.ReweighTreeNode():
            return trees.reweigh_tree_node(state, change)
        case trc.WithdrawTreeNode():
            return trees.withdraw_tree_node(state, change)
        case pc.AdoptSystem():
            plans.require_plan_year(state, change.year)
            return [adopted(ground.owner, change.year, change.system, state.on, ground.siblings())]
        case pc.AmendPlan():
            return amend_plan(state, change)
        case pc.ApprovePlan():
            return plans.approve_plan(state, change)
        case pc.ApproveYear():
            return plans.approve_year(state, change)
        case pc.CloseYear():
            return plans.close_year(state, change)
        case pc.SucceedPlan():
            return plans.succeed_plan(state, change)
        case _:
            assert_never(change)


def _correct(timelines: Timelines, change: AnyChange, motive: Motivation, ground: ChangeContext) -> list[Pending]:
    meant = None if motive.restores else version_meant(PlanState(timelines, motive.effective_on), change)
    if meant is not None:
        motive = motive._replace(restores=(meant,))
    if len(motive.restores) != 1:
        raise ClaimRefused(
            "una rettifica nomina la versione che ripristina, dove non ce n'è una sola",
            accepted="una sola versione, quella registrata male",
            where="restores",
        )
    if isinstance(change, pc.AdoptSystem):
        raise ClaimRefused(
            "il sistema di misurazione è dell'amministrazione: non si rettifica come una modifica del piano",
            accepted="initinere system adopt --corrects, con la versione dell'adozione nel registro dell'amministrazione",
            where="kind",
        )
    _motivated(change, motive)
    version = motive.restores[0]
    wrong = ground.recorded([version]).get(version)
    if wrong is None:
        raise ClaimRefused(
            f"la versione {version} non c'è, o è già annullata", accepted="una versione che conta", where="restores"
        )
    day = change.effective_on or wrong.effective_on
    event = corrected(PlanState(timelines, day), wrong.event, change)
    if event == wrong.event and day == wrong.effective_on and motive.act in (None, wrong.act):
        raise ClaimRefused(
            f"la versione {version} dice già questo", accepted="un valore diverso, o un altro atto", where="restores"
        )
    decided = motive._replace(act_date=wrong.act_date)
    note = _reason_of_retroactivity(decided, day) if day < wrong.effective_on else None
    if motive.act is None:
        motive = motive._replace(act=wrong.act, act_date=wrong.act_date)
    motive = motive._replace(cause=motive.cause or wrong.cause)
    _still_sealed(timelines, wrong)
    _on_its_day(timelines, wrong, day)
    deepest = deepest_level(timelines)
    timelines.exclude([version])
    timelines.version += 1
    timelines.evolve(event, day)
    tree_holds(timelines, deepest)
    trees.trees_hold(timelines)
    return [_annulment((version,), "corrected", motive, day), _pending(event, motive, day)._replace(note=note)]


def _on_its_day(timelines: Timelines, wrong: Recorded, day: date) -> None:
    """Refuses to move what is put right to a day on which it would no longer be seen where it counts.

    What an approval put in force, and the approvals and closings themselves, stay on their day; a change under way stays
    in its year.
    """
    if day == wrong.effective_on:
        return
    approvals = [
        entry.version
        for field, entries in timelines.fields(PLAN).items()
        if field.startswith("approved/")
        for entry in entries
    ]
    sealed = wrong.event.touch() is None or wrong.version <= max(approvals, default=0)
    drafted_on = PlanState(timelines, day).drafted_on
    if sealed or day.year != wrong.effective_on.year or (drafted_on is not None and day < drafted_on):
        same = "la data di ciò che si rettifica" if sealed else f"una data del {wrong.effective_on.year}"
        raise ClaimRefused(
            f"ciò che si rettifica vale dal {wrong.effective_on:%d/%m/%Y}, e non si sposta al {day:%d/%m/%Y}",
            accepted=same,
            where="effective_on",
        )


def _still_sealed(timelines: Timelines, wrong: Recorded) -> None:
    """Refuses to put right the act of an approval, or of a closing, that another act annulled since."""
    if not isinstance(wrong.event, PlanApproved | YearApproved | YearClosed):
        return
    for fact in wrong.event.facts():
        latest = timelines.entries(fact.object, fact.field)[-1]
        if latest.value == ANNULLED:
            raise ClaimRefused(
                f"un altro atto l'ha annullata dal {latest.effective_on:%d/%m/%Y}: non si rettifica più",
                accepted="una nuova approvazione, o una nuova chiusura",
                where="restores",
            )


def _reclassifies(state: PlanState, events: Sequence[Event]) -> None:
    for event in events:
        touched = event.touch()
        if touched is not None and touched.aspect == "classification":
            continue
        if isinstance(event, ObjectiveMoved) and not _bears_score(state, event.objective):
            continue
        raise ClaimRefused(
            f"non è una riclassificazione tecnica: {event.sentence(names_in(state.timelines))}",
            accepted="codice, classificazione, ufficio, o uno spostamento che non cambia punteggi",
            where="kind",
        )


def _bears_score(state: PlanState, objective: str) -> bool:
    subtree = {objective, *state.below(objective)}
    return any(serves in subtree for _, serves in state.assignments())


def _within_their_year(state: PlanState, events: Sequence[Event], motive: Motivation) -> None:
    """Refuses a change of a year's target that was decided by its end and would hold only after it: nobody would see it."""
    for event in events:
        if isinstance(event, TargetEvent) and motive.act_date and motive.act_date.year <= event.year < state.on.year:
            raise OutsidePlan(
                f"il target è del {event.year}, la modifica varrebbe dal {state.on:%d/%m/%Y}: a quell'anno non servirebbe",
                accepted=f"una data entro il 31/12/{event.year}",
                where="effective_on",
            )


def _within_years(state: PlanState, events: Sequence[Event]) -> None:
    for event in events:
        touched = event.touch()
        if touched is not None and not touched_years(touched, state.on, state.years):
            problem = f"al {state.on:%d/%m/%Y} il piano è finito: la sua struttura non cambia più"
            raise OutsidePlan(problem, accepted=f"una data entro il 31/12/{state.last_year}", where="effective_on")


def _open_years(state: PlanState, events: Sequence[Event]) -> None:
    for event in events:
        for year in _years_that_see(state, event):
            if state.closed(year):
                raise YearNotOpen(
                    f"l'anno {year} è chiuso",
                    accepted="una rettifica, che rimette a posto ciò che è registrato",
                )


def _years_that_see(state: PlanState, event: Event) -> Sequence[int]:
    """The years that an event is seen in first: those that it touches; where it is no change, those that it is judged by."""
    touched = event.touch()
    if touched is not None:
        return touched_years(touched, state.on, state.years)[:1]
    if isinstance(event, OfTarget):
        return [event.year]
    return state.closed_since(state.on) if isinstance(event, ObjectiveConditionMet | ObjectiveConditionFailed) else []


def _annulment(versions: tuple[int, ...], reason: str, motive: Motivation, day: date) -> Pending:
    event = EventsAnnulled.model_validate({"versions": versions, "reason": reason})
    return _pending(event, motive._replace(claim="correction" if reason == "corrected" else None), day)


def _pending(event: Event, motive: Motivation, day: date) -> Pending:
    return Pending(
        event=event,
        effective_on=day,
        act=motive.act,
        cause=motive.cause,
        claim=motive.claim,
        restores=motive.restores,
        retrospective=motive.retrospective,
        justification=motive.justification,
        act_date=motive.act_date,
    )
