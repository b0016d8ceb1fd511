"""The commands of deviations: the cause of one, and its corrective actions, which an office may give of its own indicators."""

from collections.abc import Callable
from datetime import date

from api.commands.administration_writer import salting
from api.commands.handler import Caller, Decision, Outcome
from api.commands.service import Service
from domain.administrations.offices import KnownOffices
from domain.administrations.texts_told import text_told
from domain.deviations import decide
from domain.deviations.commands import (
    EndCorrectiveAction,
    ExplainDeviation,
    PlanCorrectiveAction,
    RescheduleCorrectiveAction,
)
from domain.deviations.events import subject_key
from domain.deviations.found import deviations
from domain.deviations.model import explained_deviation
from domain.indicators.feeds import EVERY
from domain.measurements.checks import require_own_subject
from domain.notice import Notice
from domain.periods import period_said
from domain.plans.state import PlanState
from domain.point import Point, today
from domain.recording import Pending
from domain.scoring.inputs import score_year
from domain.timelines import Timelines
from domain.vocabulary import period_year
from projections.plan_history import read_history
from projections.predecessors import administration_record
from projections.store.append import StreamAppend
from projections.store.reader import Reader
from projections.streams import find_plan

DecidedAbout = tuple[Pending, str]
"""What is recorded, and the objective or indicator that it is about."""


def explain_deviation(service: Service, plan: str, command: ExplainDeviation, caller: Caller) -> Outcome:
    """Gives the cause of a deviation."""
    request = [plan, "explain_deviation", command]

    def decided(reader: Reader) -> Decision:
        decision = explaining(service, reader, plan, command, caller)
        notice = _nothing_deviates(reader, plan, command, today(service.store.clock()))
        return decision if notice is None else decision._replace(warnings=(*decision.warnings, notice))

    return service.handle(caller, plan, request, decided)


def _nothing_deviates(reader: Reader, plan: str, command: ExplainDeviation, day: date) -> Notice | None:
    """That a cause is given where nothing is short of its target, nor said to be at risk; of an objective, nothing below it either."""
    known = find_plan(reader, plan)
    history, record = read_history(reader, known), administration_record(reader, known, None)
    scored = score_year(history, record, period_year(command.period), Point(day), feeds=EVERY)
    state, subject = scored.inputs.structure, subject_key(command.subject, command.id)

    def concerns(about: str) -> bool:
        kind, _, id_ = about.partition("/")
        if about == subject or command.subject != "objective":
            return about == subject
        served = state.serves(id_) if kind == "indicator" else [id_]
        return any(command.id in {each, *state.ancestors(each)} for each in served)

    found = [each for each in deviations(scored, day) if each.period == command.period and concerns(each.subject)]
    if any(each.is_missed or each.is_at_risk for each in found):
        return None
    words = (
        f"{period_said(command.period)}: nessun valore manca il target, e nessuno lo dice a rischio: "
        "la causa è registrata, e non è di nessuno scostamento"
    )
    return Notice(where=command.id, name="nothing_deviates", words=words)


def explaining(service: Service, reader: Reader, plan: str, command: ExplainDeviation, caller: Caller) -> Decision:
    """What giving the cause of a deviation comes to; nothing is recorded."""

    def decided(state: PlanState, _: KnownOffices) -> DecidedAbout:
        given = explained_deviation(
            state.timelines, subject_key(command.subject, command.id), command.period, command.explained_on
        )
        stream = find_plan(reader, plan).stream
        before = None if given is None else reader.records(stream, [given.version])[0].note
        words = reader.texts([before], stream).get(before) if before else None
        event = decide.explain_deviation(state, command, today(service.store.clock()), words)
        note, retrospective = salting()(command.words), command.retrospective
        subject = subject_key(command.subject, command.id)
        return Pending(event, command.explained_on, retrospective=retrospective, note=note), subject

    return _decision(service, reader, plan, caller, decided, words=command.words)


def plan_corrective_action(service: Service, plan: str, command: PlanCorrectiveAction, caller: Caller) -> Outcome:
    """Plans what an office does about a deviation."""
    request = [plan, "plan_corrective_action", command]
    return service.handle(caller, plan, request, lambda reader: planning(service, reader, plan, command, caller))


def planning(service: Service, reader: Reader, plan: str, command: PlanCorrectiveAction, caller: Caller) -> Decision:
    """What planning a corrective action comes to; nothing is recorded."""

    def decided(state: PlanState, offices: KnownOffices) -> DecidedAbout:
        event = decide.plan_corrective_action(state, command, offices, today(service.store.clock()))
        words, retrospective = "\n".join(filter(None, (command.remedy, command.note))), command.retrospective
        subject = subject_key(command.subject, command.id)
        return Pending(event, command.planned_on, retrospective=retrospective, note=salting()(words)), subject

    return _decision(service, reader, plan, caller, decided, remedy=command.remedy, note=command.note)


def reschedule_corrective_action(
    service: Service, plan: str, command: RescheduleCorrectiveAction, caller: Caller
) -> Outcome:
    """Puts a corrective action off, or gives it to another office."""

    def decided(state: PlanState, offices: KnownOffices) -> DecidedAbout:
        event = decide.reschedule_corrective_action(state, command, offices, today(service.store.clock()))
        subject = decide.find_action(state, command.action).subject
        return Pending(event, command.rescheduled_on, note=salting()(command.words)), subject

    return _recorded(service, plan, ["reschedule_corrective_action", command], caller, decided, words=command.words)


def end_corrective_action(service: Service, plan: str, command: EndCorrectiveAction, caller: Caller) -> Outcome:
    """Says that a corrective action was done, or dropped."""

    def decided(state: PlanState, _: KnownOffices) -> DecidedAbout:
        event = decide.end_corrective_action(state, command, today(service.store.clock()))
        note = salting()(command.words) if command.words else None
        subject = decide.find_action(state, command.action).subject
        return Pending(event, command.ended_on, note=note), subject

    return _recorded(service, plan, ["end_corrective_action", command], caller, decided, words=command.words)


def _recorded(
    service: Service,
    plan: str,
    request: list[object],
    caller: Caller,
    decided: Callable[[PlanState, KnownOffices], DecidedAbout],
    **said: str | None,
) -> Outcome:
    """Records what is decided today, where it is of the offices of whoever gives the command."""
    return service.handle(
        caller, plan, [plan, *request], lambda reader: _decision(service, reader, plan, caller, decided, **said)
    )


def _decision(
    service: Service,
    reader: Reader,
    plan: str,
    caller: Caller,
    decided: Callable[[PlanState, KnownOffices], DecidedAbout],
    **said: str | None,
) -> Decision:
    """What is decided today, with what is to be told of the texts that were `said`."""
    known = find_plan(reader, plan)
    owner: Timelines = reader.timelines(known.administration_stream)
    state = PlanState(reader.timelines(known.stream), today(service.store.clock()))
    pending, subject = decided(state, KnownOffices(owner))
    own = caller.principal.offices("record_values", known.administration)
    require_own_subject(state, owner, subject, own)
    decide.require_own_action(state, pending.event, KnownOffices(owner), own)
    told = [notice for where, text in said.items() if text for notice in text_told(text, where)]
    append = StreamAppend(known.stream, known.known.version, (pending,))
    return Decision((append,), tuple(told))
