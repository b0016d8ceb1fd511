"""The commands of evaluation: monitoring rounds, forced scores, confirmed formulas, interpreted targets."""

from api.commands.administration_writer import cited_act, registered_act, salting
from api.commands.handler import Caller, Decision, Outcome
from api.commands.separation import measurers_of_round, separated_or_waived, waiver
from api.commands.service import Service
from domain.access.separation import unneeded
from domain.acts.model import day_of_effect
from domain.administrations.offices import KnownOffices
from domain.formulas.commands import ConfirmFormula
from domain.formulas.decide import confirm_formula as decide_formula
from domain.formulas.decide import confirmed_on
from domain.plans.state import PlanState
from domain.point import Point, today
from domain.recording import Pending
from domain.rounds.commands import CloseRound, OpenRound
from domain.rounds.decide import close_round as decide_closing
from domain.rounds.decide import open_round as decide_opening
from domain.scoring.commands import OverrideScore
from domain.scoring.decide import override_score as decide_override
from domain.targets.commands import InterpretTarget
from domain.targets.decide import interpret_target as decide_meaning
from domain.targets.decide import interpreted_on
from projections.rounds import collected_round
from projections.scores import calculated_of
from projections.store.append import StreamAppend
from projections.store.reader import Reader
from projections.streams import PlanKnown, find_plan, proposals_stream


def open_round(service: Service, plan: str, command: OpenRound, caller: Caller) -> Outcome:
    """Opens a monitoring round."""

    def decided(reader: Reader) -> Decision:
        known = find_plan(reader, plan)
        day = today(service.store.clock())
        state = PlanState(reader.timelines(known.stream), command.as_at)
        offices = KnownOffices(reader.timelines(known.administration_stream))
        event = decide_opening(state, command, day, offices)
        return _alone(known, Pending(event, event.opened_on, retrospective=command.retrospective))

    return service.handle(caller, plan, [plan, "open_round", command], decided)


def close_round(service: Service, plan: str, command: CloseRound, caller: Caller) -> Outcome:
    """Closes a monitoring round: whoever measured what came for it does not, unless an exception says why."""

    def decided(reader: Reader) -> Decision:
        known = find_plan(reader, plan)
        event = decide_closing(reader.timelines(known.stream), command, today(service.store.clock()))
        closing = _alone(known, Pending(event, event.closed_on, retrospective=command.retrospective))

        def measurers() -> frozenset[str]:
            _, collected = collected_round(reader, plan, event.round, Point(event.closed_on))
            return measurers_of_round(reader, known, collected)

        waived = separated_or_waived(service, caller, measurers, command.exception)
        if waived is None:
            return closing._replace(warnings=unneeded(command.exception, waived))
        exception = waiver(f"round/{event.round}", event.closed_on, waived)
        stream = proposals_stream(plan)
        return closing._replace(parts=(*closing.parts, StreamAppend(stream, reader.head(stream).version, (exception,))))

    return service.handle(caller, plan, [plan, "close_round", command], decided)


def confirm_formula(service: Service, plan: str, command: ConfirmFormula, caller: Caller) -> Outcome:
    """Makes the terms of a formula the office's own."""

    def decided(reader: Reader) -> Decision:
        known = find_plan(reader, plan)
        timelines = reader.timelines(known.stream)
        day = confirmed_on(timelines, command, today(service.store.clock()))
        return _alone(known, Pending(decide_formula(PlanState(timelines, day), command), day))

    return service.handle(caller, plan, [plan, "confirm_formula", command], decided)


def interpret_target(service: Service, plan: str, command: InterpretTarget, caller: Caller) -> Outcome:
    """Says what a target means whose text cannot be read."""

    def decided(reader: Reader) -> Decision:
        known = find_plan(reader, plan)
        timelines = reader.timelines(known.stream)
        day = interpreted_on(timelines, command, today(service.store.clock()))
        return _alone(known, Pending(decide_meaning(PlanState(timelines, day), command), day))

    return service.handle(caller, plan, [plan, "interpret_target", command], decided)


def override_score(service: Service, plan: str, command: OverrideScore, caller: Caller) -> Outcome:
    """Forces a score: what was calculated is kept beside, with the reason and the act."""

    def decided(reader: Reader) -> Decision:
        known = find_plan(reader, plan)
        act = cited_act(reader, known, command.act)
        day = day_of_effect(command.effective_on, act, today(service.store.clock()))
        calculated = calculated_of(reader, plan, command.subject, command.id, command.year, Point(day))
        event = decide_override(PlanState(reader.timelines(known.stream), day), command, calculated)
        pending = Pending(
            event,
            day,
            act=act.id,
            retrospective=command.retrospective,
            justification=salting()(command.justification),
        )
        first = registered_act(reader, known, act, today(service.store.clock()))
        return Decision((first, *_alone(known, pending).parts))

    return service.handle(caller, plan, [plan, "override_score", command], decided)


def _alone(known: PlanKnown, pending: Pending) -> Decision:
    return Decision((StreamAppend(known.stream, known.known.version, (pending,)),))
