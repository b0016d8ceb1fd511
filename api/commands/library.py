"""The commands to the library of indicators, and the one that takes polarities of it into a plan."""

from collections.abc import Mapping, Sequence

from api.commands.handler import Caller, Decision, Outcome
from api.commands.service import Service
from api.formats.json_reader import into
from domain.documents.changes import ChangeFile
from domain.errors import NoChange
from domain.library import decide as library
from domain.library.commands import LoadLibrary, StateEntry, TakePolarities, WithdrawEntry
from domain.library.decide import LIBRARY
from domain.notice import Notice
from domain.plans.state import PlanState
from domain.point import Point, today
from domain.recording import Pending
from domain.vocabulary import Polarity
from projections.library import PolaritiesToTake, indicator_called, library_known
from projections.store.append import StreamAppend
from projections.store.reader import Reader
from projections.streams import find_plan


def state_entry(service: Service, command: StateEntry, caller: Caller) -> Outcome:
    """Records an entry of the library."""
    library.require_keeper(caller.principal)

    def decided(reader: Reader) -> Decision:
        timelines = reader.timelines(LIBRARY)
        event, day = library.state_entry(timelines, command, today(service.store.clock()))
        return _decision(timelines.version, [Pending(event, day)])

    return service.handle(caller, None, ["state_library_entry", command], decided)


def withdraw_entry(service: Service, command: WithdrawEntry, caller: Caller) -> Outcome:
    """Records that an entry is in the library no more."""
    library.require_keeper(caller.principal)

    def decided(reader: Reader) -> Decision:
        timelines = reader.timelines(LIBRARY)
        event, day = library.withdraw_entry(timelines, command, today(service.store.clock()))
        return _decision(timelines.version, [Pending(event, day)])

    return service.handle(caller, None, ["withdraw_library_entry", command], decided)


def load_library(
    service: Service,
    command: LoadLibrary,
    caller: Caller,
    places: Mapping[int, str] | None = None,
    not_taken: tuple[Notice, ...] = (),
) -> Outcome:
    """Records what of a file the library does not have so already, whole or not at all; says what of it is `not_taken`."""
    library.require_keeper(caller.principal)

    def decided(reader: Reader) -> Decision:
        timelines = reader.timelines(LIBRARY)
        events, day = library.load_library(timelines, command, today(service.store.clock()), places)
        decision = _decision(timelines.version, [Pending(event, day) for event in events])
        return decision._replace(warnings=not_taken)

    return service.handle(caller, None, ["load_library", command], decided, large=True)


def _decision(version: int, pending: Sequence[Pending]) -> Decision:
    return Decision((StreamAppend(LIBRARY, version, tuple(pending)),))


def take_polarities(service: Service, plan: str, command: TakePolarities, caller: Caller) -> Outcome:
    """Says, of the indicators of a plan whose polarity is not known, what the library says of it."""

    def decided(reader: Reader) -> Decision:
        _, told = _to_take(service, reader, plan, command)
        if not told:
            raise NoChange(
                "la biblioteca non dice nessuna polarità che il piano non sappia",
                accepted="una voce con la polarità, sotto un codice di una scheda che non l'ha",
            )
        polarities = {indicator: polarity for indicator, (polarity, _) in told.items()}
        return service.changing_past_proposals(
            reader, into(ChangeFile, {"plan": plan, "polarities": dict(polarities)}), caller
        )

    return service.handle(caller, plan, [plan, "take_polarities", command], decided)


def preview_taking(service: Service, plan: str, command: TakePolarities) -> PolaritiesToTake:
    """What the command would say, indicator by indicator; nothing is recorded."""
    with service.store.reading() as reader:
        state, told = _to_take(service, reader, plan, command)
        return {
            "plan": plan,
            "polarities": [
                {
                    "indicator": indicator,
                    "name": indicator_called(state, indicator),
                    "polarity": polarity,
                    "entry": entry,
                }
                for indicator, (polarity, entry) in told.items()
            ],
        }


def _to_take(
    service: Service, reader: Reader, plan: str, command: TakePolarities
) -> tuple[PlanState, dict[str, tuple[Polarity, str]]]:
    point = Point(today(service.store.clock()))
    state = PlanState(reader.timelines(find_plan(reader, plan).stream), point.as_of)
    known = library_known(reader, point)
    return state, library.take_polarities(state, known, command, point.as_of)
