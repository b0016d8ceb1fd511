"""The commands by which an administration changes: an office that ceases, a succession, the rules of its plans."""

from collections.abc import Callable
from datetime import date

from api.commands.administration_writer import AdministrationWriter, plan_states, salting
from api.commands.handler import Answer, Caller, Decision, Outcome
from api.commands.service import Service, administration_timelines
from domain.acts.model import day_of_effect
from domain.administrations import decide as administrations
from domain.administrations.commands import AdoptAdministrationSystem, CloseOffice, SucceedAdministration
from domain.annulments.events import EventsAnnulled
from domain.event import Event
from domain.facts import ADMINISTRATION
from domain.point import today
from domain.recording import Pending
from domain.systems.adoption import adopt_by_act, corrected_adoption, wrong_adoption
from domain.systems.decide import read_system
from domain.timelines import Timelines
from projections.predecessors import lineage
from projections.store.append import StreamAppend
from projections.store.preview_reader import PreviewReader
from projections.store.reader import Reader
from projections.streams import administration_stream

Decide = Callable[[Reader, Timelines, date], list[Event]]


def close_office(service: Service, administration: str, command: CloseOffice, caller: Caller) -> Outcome:
    """Records that an office ceased to be; refused when it is not in activity on that date."""

    def decide(_reader: Reader, timelines: Timelines, day: date) -> list[Event]:
        return administrations.close_office(timelines, command, day)

    return _record(service, administration, command, caller, decide)


def succeed_administration(
    service: Service, administration: str, command: SucceedAdministration, caller: Caller
) -> Outcome:
    """Records which bodies the administration took the place of; refused when it would come before itself."""

    def decide(reader: Reader, timelines: Timelines, _on: date) -> list[Event]:
        before = lineage(reader, command.predecessors)
        return administrations.succeed_administration(timelines, command, lineage=before)

    return _record(service, administration, command, caller, decide)


def adopt_administration_system(
    service: Service, administration: str, command: AdoptAdministrationSystem, caller: Caller
) -> Outcome:
    """Records the measurement system of a year, with its act; or in the place of one that was recorded wrong."""
    request: list[object] = [administration, type(command).__name__, command]
    return service.handle(caller, None, request, lambda reader: _adopting(service, reader, administration, command))


def preview_adopted_system(
    service: Service,
    administration: str,
    command: AdoptAdministrationSystem,
    caller: Caller,
    question: Callable[[PreviewReader], Answer],
) -> Answer:
    """What a question would answer after the system was adopted; nothing is recorded."""
    return service.dry_run(caller, lambda reader: _adopting(service, reader, administration, command), question)


def _adopting(service: Service, reader: Reader, administration: str, command: AdoptAdministrationSystem) -> Decision:
    read_system(command.system)  # what cannot be read is malformed, whatever else stands in the way
    stream, now = administration_stream(administration), today(service.store.clock())
    if command.name is None:
        administration_timelines(reader, administration)
    timelines = reader.timelines(stream)
    writer = AdministrationWriter(timelines, now)
    act = writer.cited(command.act) if command.act else None
    if command.name is not None and not timelines.known(ADMINISTRATION):
        writer.registered(administration, command.name, command.effective_on or (act.date if act else now))
    if act is not None:
        writer.act(act)
    reason = salting()(command.justification) if command.justification else None
    if command.corrects is None:
        day = command.effective_on or (act.date if act else now)
        event = adopt_by_act(timelines, command, day, plan_states(reader, administration))
        pending = [Pending(event, day, act=act.id if act else None, cause=command.cause, justification=reason)]
    else:
        wrong = wrong_adoption(timelines, command)
        recorded = reader.records(stream, [wrong.version])[0]
        day = command.effective_on or wrong.effective_on
        event = corrected_adoption(wrong, command, day, other_act=act is not None and act.id != recorded.act)
        annulment = Pending(
            EventsAnnulled(versions=(wrong.version,), reason="corrected"),
            day,
            act=act.id if act else recorded.act,
            cause=command.cause or recorded.cause,
            claim="correction",
            justification=reason,
        )
        pending = [annulment, annulment._replace(event=event, restores=(wrong.version,))]
    return Decision((StreamAppend(stream, writer.expected, (*writer.pending, *pending)),))


def _record(
    service: Service,
    administration: str,
    command: CloseOffice | SucceedAdministration,
    caller: Caller,
    decide: Decide,
) -> Outcome:
    """Records what a command comes to, with the act that it cites, which is entered where it is new."""

    def decided(reader: Reader) -> Decision:
        stream, timelines = administration_timelines(reader, administration)
        writer = AdministrationWriter(timelines, today(service.store.clock()))
        act = writer.cited(command.act) if command.act else None
        day = day_of_effect(command.effective_on, act, today(service.store.clock()))
        if act is not None:
            writer.act(act)
        pending = (Pending(event, day, act=act.id if act else None) for event in decide(reader, timelines, day))
        return Decision((StreamAppend(stream, writer.expected, (*writer.pending, *pending)),))

    return service.handle(caller, None, [administration, type(command).__name__, command], decided)
