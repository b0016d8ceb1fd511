"""The commands by which an administration changes: an office that ceases, a body that takes the place of others."""

from collections.abc import Callable
from datetime import date

from api.commands.administration_writer import AdministrationWriter, act_of
from api.commands.handler import Caller, Decision, Outcome
from api.commands.service import Service, administration_timelines
from domain.acts.model import day_of_effect
from domain.administrations import decide as administrations
from domain.administrations.commands import CloseOffice, SucceedAdministration
from domain.event import Event
from domain.point import today
from domain.recording import Pending
from domain.timelines import Timelines
from projections.predecessors import lineage
from projections.store.append import StreamAppend
from projections.store.reader import Reader

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
        act = act_of(command.act) if command.act else None
        day = day_of_effect(command.effective_on, act, today(service.store.clock()))
        if act is not None:
            writer.act(act)
        pending = (Pending(event, day, act=act.id if act else None) for event in decide(reader, timelines, day))
        return Decision((StreamAppend(stream, writer.expected, (*writer.pending, *pending)),))

    return service.handle(caller, None, [administration, type(command).__name__, command], decided)
