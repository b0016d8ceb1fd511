"""The commands on proposals: each reads what it needs, lets the domain decide, and is recorded whole, or previewed.

Nothing of a proposal reaches the plan before it is enacted; then all of it does, in one append with the enactment.
"""

from collections.abc import Callable, Collection
from datetime import date
from typing import NamedTuple

import orjson

from api.commands.administration_writer import act_as_written, act_of, registered_act, salting
from api.commands.handler import Caller, Decision, Outcome
from api.commands.provisional import Provisional
from api.commands.service import Service
from domain.access.separation import require_separated, unneeded
from domain.acts.citation import ActPart, ActText
from domain.acts.decide import require_adopted
from domain.acts.known import CONFIRMED_OF_AN_ACT, resolve_act
from domain.acts.model import Act, day_of_effect
from domain.administrations.decide import known_acts
from domain.documents.changes import ChangeFile
from domain.documents.proposal import AFTER_THE_FACT, ProposedChanges, canonical, counts_of
from domain.errors import DomainError, Malformed, Problem
from domain.event import Event
from domain.flags.model import OF_RECORDING, OF_THE_DECISION
from domain.names import Names
from domain.notice import Notice
from domain.plans.concerned import speaks_of
from domain.plans.state import PlanState
from domain.point import today
from domain.proposals import decide as rules
from domain.proposals.commands import (
    AskOpinion,
    CommentProposal,
    EnactProposal,
    RejectProposal,
    SubmitProposal,
    WithdrawProposal,
)
from domain.proposals.decide import ProposalRedacted, ProposalStale
from domain.proposals.events import ProposalSubmitted, SeparationWaived, proposal_key
from domain.proposals.life import ProposalLife, lives, opinions_on_proposal
from domain.recording import Pending, Recorded, SaltedText
from domain.timelines import Cell, annulments_in
from projections.audit import names_of
from projections.proposal_effects import (
    EffectsShown,
    Foreseen,
    effects_kept,
    effects_shown,
    flags_not_shown,
    what_differs,
    without_words,
)
from projections.proposals import Staleness
from projections.store.append import StreamAppend
from projections.store.reader import Reader
from projections.streams import PlanKnown, find_plan, plan_stream, plans_of, proposals_stream, review_stream

ProposalAct = CommentProposal | AskOpinion | WithdrawProposal | RejectProposal


class _Asked(NamedTuple):
    """A command as it came: by whom, on which plan, which of its proposals, read from one snapshot."""

    service: Service
    reader: Reader
    plan: str
    name: str
    caller: Caller

    @property
    def clock(self) -> date:
        """Today."""
        return today(self.service.store.clock())

    def life(self) -> ProposalLife:
        """The proposal; NotFound where there is none of that name."""
        find_plan(self.reader, self.plan)
        return rules.proposal_named(proposals_of(self.reader, self.plan), self.name)

    def changing(self, file: ChangeFile) -> Decision:
        """What the changes come to; which version was seen is a matter of the proposal, not of each of its changes."""
        return self.service.changing(self.reader, file, self.caller._replace(seen=None))

    def could_be(self, file: ChangeFile, day: date) -> Decision:
        """What the changes of a draft would come to, whatever is still missing of their motivation.

        A draft is written on what its writer saw of each object, as a change is.
        """
        provisional = Provisional(file, file.effective_on or day, day).motivated()
        return self.service.changing(self.reader, provisional.by_act(), self.caller)

    def foreseen_effects(self, file: ChangeFile, on: date) -> EffectsShown:
        """What changes would do by an act that stands for theirs, whatever is still missing of their motivation."""
        provisional = Provisional(file, file.effective_on or on, on).motivated()
        foreseen = Foreseen(provisional.day, act_of(provisional.act).id)
        return self.effects(self.changing(provisional.by_act()), foreseen)

    def effects(self, decision: Decision, foreseen: Foreseen, worked_out: EffectsShown | None = None) -> EffectsShown:
        """What a decision would do."""
        return self.service.dry_run_on(
            self.reader, self.caller, decision, lambda reader: effects_shown(reader, self.plan, foreseen, worked_out)
        )

    def foreseen(self, life: ProposalLife, day: date, act: ActPart | None = None) -> Foreseen:
        """From where the effects of a proposal are seen."""
        opinions = opinions_on_proposal(life, self.reader.records(review_stream(self.plan)))
        return Foreseen(day, act_of(act).id if act else None, life, tuple(opinions))

    def recorded(self, *pending: Pending, of: Decision | None = None) -> Decision:
        """The decision that records these events of the proposal, after what `of` records."""
        stream = proposals_stream(self.plan)
        append = StreamAppend(stream, self.reader.head(stream).version, pending)
        first, warnings = (of.parts, of.warnings) if of else ((), ())
        return Decision((*first, append), warnings, proposal=self.name)


class Unrecorded(NamedTuple):
    """Changes that are not recorded, and what they would do; `act` is the one that they bring, where they bring one."""

    file: ChangeFile
    effects: EffectsShown
    act: Act | None


class _Worked(NamedTuple):
    """What a command came to, and the effects that it was decided by."""

    decision: Decision
    effects: EffectsShown


def proposals_of(reader: Reader, plan: str) -> dict[str, ProposalLife]:
    """The proposals of a plan, as they stand."""
    return lives(reader.records(proposals_stream(plan)))


def draft_proposal(
    service: Service, plan: str, proposed: ProposedChanges, caller: Caller, *, sha256: str | None = None
) -> Outcome:
    """Records changes as a draft; `sha256` is the digest of the workbook that they were made of."""
    request = [plan, "draft_proposal", proposed, sha256]
    return service.handle(
        caller,
        plan,
        request,
        lambda reader: drafting(service, reader, plan, proposed, caller, sha256=sha256),
        large=True,
    )


def drafting(
    service: Service, reader: Reader, plan: str, proposed: ProposedChanges, caller: Caller, *, sha256: str | None = None
) -> Decision:
    """What drafting comes to; what could not be made, whatever its motivation, is refused here already."""
    file = proposed.file()
    if proposed.title is None:
        found = "campo obbligatorio mancante"
        raise Malformed([Problem(where="title", found=found, accepted="l'oggetto della proposta")])
    find_plan(reader, plan)
    event = rules.drafted(proposals_of(reader, plan), proposed.proposal, counts_of(file, sha256))
    asked = _Asked(service, reader, plan, event.proposal, caller)
    day = rules.day_of_event(None, proposed.on, asked.clock)
    could_be = asked.could_be(file, day)
    salted = salting()
    pending = Pending(event, day, justification=salted(proposed.title), note=salted(canonical(file)))
    return asked.recorded(pending)._replace(warnings=could_be.warnings)


def foresee_draft(service: Service, plan: str, proposed: ProposedChanges, caller: Caller) -> EffectsShown:
    """What the changes of a draft would do; nothing is recorded."""
    with service.store.reading() as reader:
        drafting(service, reader, plan, proposed, caller)
        asked = _Asked(service, reader, plan, "", caller)
        return asked.foreseen_effects(proposed.file(), proposed.on or asked.clock)


def foresee_unrecorded(service: Service, file: ChangeFile, caller: Caller) -> Unrecorded:
    """What changes would do by their own act, or by one that stands for it today, as long as the plan runs.

    Nothing is recorded. What is missing of their motivation is no reason to refuse: it is still to be written.
    """
    with service.store.reading() as reader:
        known = find_plan(reader, file.plan)
        asked = _Asked(service, reader, file.plan, "", caller)
        if file.act is None:
            last = PlanState(reader.timelines(known.stream), date.max).last_year
            return Unrecorded(file, asked.foreseen_effects(file, min(asked.clock, date(last, 12, 31))), None)
        act = act_of(file.act, known_acts(reader.timelines(known.administration_stream)))
        day = day_of_effect(file.effective_on, act, asked.clock)
        motivated = Provisional(file, day, act.date).motivated().file
        return Unrecorded(file, asked.effects(asked.changing(motivated), Foreseen(day)), act)


def amend_proposal(service: Service, plan: str, name: str, proposed: ProposedChanges, caller: Caller) -> Outcome:
    """Puts another change file in the place of the one that a proposal holds."""
    file = proposed.file()
    if proposed.proposal not in {None, name}:
        found = f"il documento è della proposta {proposed.proposal!r}, la richiesta di {name[:120]!r}"
        accepted = "la stessa proposta, o nessun campo proposal"
        raise Malformed([Problem(where="proposal", found=found, accepted=accepted)])

    def decided(reader: Reader) -> Decision:
        asked = _Asked(service, reader, plan, name, caller)
        life = asked.life()
        event = rules.amended(life, counts_of(file))
        day = rules.day_of_event(life, proposed.on, asked.clock)
        could_be = asked.could_be(file, day)
        salted = salting()
        title = salted(proposed.title) if proposed.title else None
        pending = Pending(event, day, justification=title, note=salted(canonical(file)))
        return asked.recorded(pending)._replace(warnings=could_be.warnings)

    return service.handle(caller, plan, [plan, "amend_proposal", name, proposed], decided, large=True)


def submit_proposal(service: Service, plan: str, name: str, command: SubmitProposal, caller: Caller) -> Outcome:
    """Submits a proposal with its effects, which are kept as they are shown."""
    request = [plan, "submit_proposal", name, command]
    return service.handle(
        caller,
        plan,
        request,
        lambda reader: _submitting(_Asked(service, reader, plan, name, caller), command).decision,
        large=True,
    )


def foresee_submission(service: Service, plan: str, name: str, command: SubmitProposal, caller: Caller) -> EffectsShown:
    """The effects that a submission would show; nothing is recorded."""
    with service.store.reading() as reader:
        return _submitting(_Asked(service, reader, plan, name, caller), command).effects


def enact_proposal(service: Service, plan: str, name: str, command: EnactProposal, caller: Caller) -> Outcome:
    """Records all changes of a proposal by an act, with the enactment, in one append."""
    request = [plan, "enact_proposal", name, command]
    return service.handle(
        caller,
        plan,
        request,
        lambda reader: _enacting(_Asked(service, reader, plan, name, caller), command).decision,
        large=True,
    )


def foresee_enactment(service: Service, plan: str, name: str, command: EnactProposal, caller: Caller) -> EffectsShown:
    """The effects of an enactment by its act; nothing is recorded."""
    with service.store.reading() as reader:
        return _enacting(_Asked(service, reader, plan, name, caller), command).effects


def act_on_proposal(service: Service, plan: str, name: str, command: ProposalAct, caller: Caller) -> Outcome:
    """Records a comment, a request to the OIV, a withdrawal, a rejection."""

    def decided(reader: Reader) -> Decision:
        asked = _Asked(service, reader, plan, name, caller)
        life = asked.life()
        day = rules.day_of_event(life, command.on, asked.clock)
        salted = salting()
        match command:
            case CommentProposal():
                return asked.recorded(Pending(rules.commented(life), day, note=salted(command.words)))
            case AskOpinion():
                words = salted(command.words) if command.words else None
                return asked.recorded(Pending(rules.opinion_asked(life, command.due, day), day, note=words))
            case WithdrawProposal():
                why = salted(command.justification) if command.justification else None
                return asked.recorded(Pending(rules.withdrawn(life), day, justification=why))
            case RejectProposal():
                return _rejecting(asked, life, command, salted(command.justification))

    return service.handle(caller, plan, [plan, type(command).__name__, name, command], decided)


def staleness(service: Service, reader: Reader, plan: str, name: str) -> Staleness | None:
    """Whether a submitted proposal can still be enacted as it was shown; None of any other, or where nobody can tell."""
    life = proposals_of(reader, plan).get(name)
    if life is None or life.status != "submitted":
        return None
    try:
        record, submission = rules.submission_to_enact(life, None)
        asked = _Asked(service, reader, plan, name, Caller(record.actor))
        provisional = Provisional(_file_of(reader, life), submission.as_of, today(record.recorded_at))
        _asked_again(asked, life, provisional, submission, _effects_of(reader, life, record))
    except ProposalRedacted:
        return None
    except ProposalStale as error:
        return {"stale": True, "listed": list(error.listed)}
    return {"stale": False, "listed": []}


# -- deciding ----------------------------------------------------------------------------------------------------------


def _rejecting(asked: _Asked, life: ProposalLife, command: RejectProposal, why: SaltedText) -> Decision:
    event = rules.rejected(life)
    if command.act is None:
        return asked.recorded(Pending(event, rules.day_of_event(life, command.on, asked.clock), justification=why))
    known = find_plan(asked.reader, asked.plan)
    act = _cited(asked.reader, known, command.act, meant=command.same_act)
    require_adopted(act, asked.clock)
    rules.require_act_after_text(life, act)
    entered = registered_act(asked.reader, known, act, asked.clock)
    pending = Pending(event, _day_of(life, act), act=act.id, act_date=act.date, justification=why)
    return asked.recorded(pending, of=Decision((entered,)))


def _submitting(asked: _Asked, command: SubmitProposal) -> _Worked:
    life = asked.life()
    day = rules.day_of_event(life, command.on, asked.clock)
    rules.submitted(life, day, (0, 0), ())  # what is closed is told before anything is worked out
    file = _file_of(asked.reader, life)
    if file.retrospective:  # as a draft of an earlier program may say
        raise Malformed([AFTER_THE_FACT])
    if command.effective_on and file.effective_on and command.effective_on != file.effective_on:
        found = f"la proposta dice già da quando vale: dal {file.effective_on:%d/%m/%Y}"
        raise Malformed([Problem(where="effective_on", found=found, accepted="la stessa data, o nessuna")])
    provisional = Provisional(file, file.effective_on or command.effective_on or day, asked.clock)
    if provisional.act.date > asked.clock and file.effective_on is not None:
        asked.changing(provisional.by_act_of(asked.clock))  # refused: what an act of today could not do
    decision = asked.changing(provisional.by_act())
    effects = asked.effects(decision, asked.foreseen(life, provisional.day, provisional.act))
    known = find_plan(asked.reader, asked.plan)
    versions = (known.known.version, known.administration_known.version)
    event = rules.submitted(life, provisional.day, versions, [int(year) for year in effects["scores"]])
    pending = Pending(event, day, note=salting()(_document(effects)))
    return _Worked(asked.recorded(pending)._replace(warnings=decision.told), effects)


def _enacting(asked: _Asked, command: EnactProposal) -> _Worked:
    reader, life = asked.reader, asked.life()
    record, submission = rules.submission_to_enact(life, command.submission)
    known = find_plan(reader, asked.plan)
    act = _cited(reader, known, command.act, meant=command.same_act)
    require_adopted(act, asked.clock)
    waived = require_separated(
        "drafter_does_not_enact", asked.caller.actor, life.drafters, command.exception, asked.service.separation
    )
    rules.require_act_after_text(life, act)
    opinions = opinions_on_proposal(life, reader.records(review_stream(asked.plan)))
    rules.require_opinion_not_awaited(life, opinions, act, meant=command.before_opinion)
    file, shown = _file_of(reader, life), _effects_of(reader, life, record)
    provisional = Provisional(file, submission.as_of, today(record.recorded_at))
    now = _asked_again(asked, life, provisional, submission, shown)
    decision = asked.changing(file.model_copy(update={"act": _in_full(act)}))
    day = day_of_effect(file.effective_on, act, asked.clock)
    as_expected = (day, act.date) == (provisional.day, act_of(provisional.act).date)
    effects = asked.effects(decision, asked.foreseen(life, day), now if as_expected else None)
    # The act of changes that state their day cannot be foreseen: a flag on its day alone is told, and is no reason to refuse.
    apart_from = OF_RECORDING | (OF_THE_DECISION if file.effective_on is not None else frozenset())
    if differs := what_differs(shown, effects, names_of(reader, known), apart_from=apart_from):
        raise _other_than_shown(life, differs, act, file)
    decision = decision._replace(warnings=(*decision.warnings, *_born_unseen(shown, effects)))
    spans = {part.stream: (part.expected + 1, part.last) for part in decision.parts if part.pending}
    event = rules.enacted(life, spans.get(known.stream), spans.get(known.administration_stream))
    salted = salting()
    enactment = Pending(event, _day_of(life, act), act=act.id, act_date=act.date, note=salted(_document(effects)))
    if waived is None:
        decision = decision._replace(warnings=(*decision.warnings, *unneeded(command.exception, waived)))
        return _Worked(asked.recorded(enactment, of=decision), effects)
    waiver = SeparationWaived(rule="drafter_does_not_enact", about=proposal_key(asked.name))
    exception = enactment._replace(event=waiver, note=salted(waived))
    return _Worked(asked.recorded(enactment, exception, of=decision), effects)


def _asked_again(
    asked: _Asked, life: ProposalLife, provisional: Provisional, submission: ProposalSubmitted, shown: EffectsShown
) -> EffectsShown:
    """What was asked at a submission, asked now; refused where what the proposal touches moved, or the answer is another."""
    known = find_plan(asked.reader, asked.plan)
    since = _since(asked.reader, known, submission.plan_version)
    names = names_of(asked.reader, known)

    def moved(concerned: Callable[[Event], bool]) -> list[str]:
        return [
            f"versione {record.version}, dal {record.effective_on:%d/%m/%Y}: {record.event.sentence(names)}"
            for record in since
            if concerned(record.event)
        ]

    try:
        decision = asked.changing(provisional.by_act())
    except DomainError as error:
        objects = {str(getattr(change, "object", "")) for change in provisional.file.changes} - {""}
        spoken_of = moved(lambda event: any(speaks_of(event, id_) for id_ in objects))
        raise _stale(life, [*spoken_of, *str(error).splitlines()]) from None
    cells = {
        cell
        for part in decision.parts
        if part.stream == known.stream
        for pending in part.pending
        for cell in _cells(pending.event)
    }
    if collisions := moved(lambda event: not cells.isdisjoint(_cells(event))):
        raise _stale(life, collisions)
    now = asked.effects(decision, asked.foreseen(life, provisional.day, provisional.act))
    if differs := what_differs(shown, now, names):
        raise _stale(life, differs)
    return now


def _since(reader: Reader, known: PlanKnown, version: int) -> list[Recorded]:
    """What was recorded of a plan after a version, and what was annulled since."""
    recorded = reader.records(known.stream, range(version + 1, known.known.version + 1))
    annulled = [v for versions in annulments_in(recorded).values() for v in versions if v <= version]
    return [*reader.records(known.stream, annulled), *recorded] if annulled else recorded


def _cells(event: Event) -> set[Cell]:
    return {(fact.object, fact.field) for fact in event.facts()}


def _stale(life: ProposalLife, listed: list[str]) -> ProposalStale:
    return ProposalStale(
        f"la proposta {life.proposal} non è più quella che fu presentata: il piano è andato avanti",
        accepted="presentarla di nuovo, o prima modificarla: gli effetti di ora sono mostrati, e poi si adotta",
        where="proposal",
        listed=tuple(listed[:50]),
    )


def _other_than_shown(life: ProposalLife, listed: list[str], act: Act, file: ChangeFile) -> ProposalStale:
    """The refusal of an act of another day than was expected, with which the changes would do something else."""
    day = act.date
    on_that_day = f" con efficacia dal {day:%d/%m/%Y}" if file.effective_on is None else ""
    return ProposalStale(
        f"con un atto del {day:%d/%m/%Y} gli effetti della proposta {life.proposal} non sono quelli mostrati",
        accepted=f"presentarla di nuovo{on_that_day}: gli effetti di allora sono mostrati, e poi si adotta; o modificarla",
        where="act",
        listed=tuple(listed[:50]),
    )


def _born_unseen(shown: EffectsShown, now: EffectsShown) -> tuple[Notice, ...]:
    """Says which flags are born that were not shown at the submission: of the delay, or of the day of the act."""
    return tuple(
        Notice(where="act", name="flag_not_shown", words=f"nasce anche una segnalazione non mostrata: {flag['words']}")
        for flag in flags_not_shown(shown, now)
    )


def _day_of(life: ProposalLife, act: Act) -> date:
    """The day of what an act makes of a proposal: its own, but never before what happened to the proposal already."""
    return max(act.date, life.last_day)


def _file_of(reader: Reader, life: ProposalLife) -> ChangeFile:
    """The change file that a proposal holds."""
    text = reader.texts([life.text.note], life.text.stream).get(life.text.note or "")
    if text is None:
        raise ProposalRedacted(
            f"il testo della proposta {life.proposal} è stato oscurato per ordine",
            accepted="modificarla, con un testo nuovo, o ritirarla",
            where="proposal",
        )
    return ChangeFile.model_validate_json(text)


def _effects_of(reader: Reader, life: ProposalLife, submission: Recorded) -> EffectsShown:
    """The effects as a submission showed them."""
    text = reader.texts([submission.note], submission.stream).get(submission.note or "")
    if text is None:
        raise _stale(life, ["gli effetti mostrati sono stati oscurati per ordine"])
    return effects_kept(text)


def _cited(reader: Reader, known: PlanKnown, text: ActText, *, meant: bool) -> Act:
    """The act that decides: a known one by whatever words; ActReused, or ActLooksKnown, unless it is said to be meant."""
    registered = known_acts(reader.timelines(known.administration_stream))
    written = act_as_written(text, registered)
    act = resolve_act(written.model_copy(update={"other_confirmed": True}), registered)
    _require_unused(reader, known, act, registered, meant=meant)
    if not meant:
        resolve_act(written, registered)
    return act


def _in_full(act: Act) -> ActPart:
    confirmed = {name: getattr(act, name) for name in CONFIRMED_OF_AN_ACT}
    return ActPart.model_validate(act.model_dump() | confirmed)


def _require_unused(reader: Reader, known: PlanKnown, act: Act, registered: Collection[Act], *, meant: bool) -> None:
    """Refuses an act that decided something else already, under whatever id, or that has the number of another."""
    same = {other.id for other in registered if other.id == act.id or other.same_as(act)}
    rules.require_act_unused(act, _decided_by(reader, known, same), registered, meant=meant)


def _decided_by(reader: Reader, known: PlanKnown, acts: Collection[str]) -> list[str]:
    """What some acts decided already, of any plan of the administration, or of what was proposed for one."""
    if not acts:
        return []
    listed: list[str] = []
    for plan in plans_of(reader, known.administration):
        for stream in (plan_stream(plan), proposals_stream(plan)):
            annulled = reader.annulled(stream, reader.head(stream).version)
            decided = [r for r in reader.records(stream) if r.act in acts and r.version not in annulled]
            names = names_of(reader, find_plan(reader, plan)) if decided else Names({})
            of_plan = "" if plan == known.plan else f"{plan}, "
            listed += [f"{of_plan}versione {record.version}: {record.event.sentence(names)}" for record in decided]
    return listed


def _document(effects: EffectsShown) -> str:
    return orjson.dumps(without_words(effects)).decode()
