"""What a command enters on the way: the administration, its offices and acts, the measurements and statuses of a document."""

import secrets
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date
from functools import cached_property
from typing import assert_never

from api.commands.measurement_checks import Checked
from domain.acts.citation import ActPart, ActText, CitedAct
from domain.acts.decide import require_plausible_date
from domain.acts.known import act_on_its_day, resolve_act
from domain.acts.model import Act
from domain.acts.phrase import act_id, read_citation
from domain.administrations.commands import RegisterOffice
from domain.administrations.decide import (
    known_acts,
    register_act,
    register_administration,
    register_office,
)
from domain.administrations.events import NamedOffice
from domain.administrations.offices import KnownOffices, spelling
from domain.administrations.people_named import PersonNamed, person_seen
from domain.documents.plan import MeasurementRow, PlanDocument, StatusRow
from domain.errors import (
    DomainError,
    Malformed,
    NoChange,
    Problem,
    Refusals,
)
from domain.indicators.card import card_offices
from domain.measurements.commands import RecordMeasurement, ReportStatus, RestateMeasurement
from domain.measurements.decide import record_measurement, report_status, restate_measurement
from domain.measurements.values import UnreadValue, stated_beside_terms
from domain.notice import Notice
from domain.plans.state import PlanState
from domain.recording import Pending, SaltedText
from domain.systems.adoption import Plans, systems_brought
from domain.timelines import Timelines
from domain.vocabulary import JsonValue, as_it_shows
from projections.store.append import StreamAppend
from projections.store.reader import Reader
from projections.streams import PlanKnown, plan_stream, plans_of


def act_of(text: ActText | Act, known: Collection[Act] = ()) -> Act:
    """The act that a document says in full, or cites in a phrase; Malformed when the phrase cannot be read.

    Among the acts that are `known` it is the one that it cites, whatever the words; ActLooksKnown where it is not certain.
    """
    return resolve_act(act_as_written(text, known), known)


def act_as_written(text: ActText | Act, known: Collection[Act] = ()) -> Act:
    """The act as a text says it, whatever the known ones are called; they tell the day where the text says the year only."""
    match text:
        case Act():
            return text
        case str():
            return act_on_its_day(read_citation(text), known, text)
        case CitedAct():
            act = act_on_its_day(read_citation(text.citation), known, text.citation)
            stated = {name: value for name in ("protocol", "sha256") if (value := getattr(text, name))}
            return act.model_copy(update=stated)
        case ActPart():
            id_ = text.id or act_id(text.body, text.type, text.number, text.date.isoformat())
            return Act.model_validate(dict(text) | {"id": id_})
        case _:
            assert_never(text)


def cited_act(reader: Reader, plan_known: PlanKnown, text: ActText) -> Act:
    """The act that is cited, among those of the administration of a plan."""
    return act_of(text, known_acts(reader.timelines(plan_known.administration_stream)))


class AdministrationWriter:
    """What an append enters in the administration's stream on the way: itself, offices, acts, measurements."""

    def __init__(self, timelines: Timelines, today: date, confirmed_offices: Iterable[str] = ()) -> None:
        self.timelines = timelines
        self.today = today
        self.expected = timelines.version
        self.pending: list[Pending] = []
        self.warnings: list[Notice] = []
        self._confirmed = frozenset(spelling(name) for name in confirmed_offices)

    @cached_property
    def _offices(self) -> KnownOffices:
        return KnownOffices(self.timelines)

    def add(self, pending: Pending) -> None:
        """Enters an event that was decided."""
        self.timelines.evolve(pending.event, pending.effective_on)
        self.pending.append(pending)

    def administration(self, document: PlanDocument, day: date) -> None:
        """Enters the administration and the offices that the document speaks of."""
        part = document.administration
        for event in register_administration(self.timelines, part.id, part.name, part.ipa_code):
            self.add(Pending(event, day))
        for place, row in enumerate(part.offices):
            name, aliases = as_it_shows(row.name), tuple(filter(None, map(as_it_shows, row.aliases)))
            if name and self._offices.id(name) is None:
                command = RegisterOffice(name=name, aliases=aliases, office=row.id)
                self._office(command, day, f"administration.offices[{place}]")
        for place, objective in enumerate(document.objectives):
            self.office_names(objective.offices, day, f"objectives[{place}].offices")
        for place, indicator in enumerate(document.indicators):
            self.office_names(card_offices(dict(indicator)), day, f"indicators[{place}].owner")

    def registered(self, administration: str, name: str, day: date) -> None:
        """Enters an administration of which there is no plan yet."""
        for event in register_administration(self.timelines, administration, name, None):
            self.add(Pending(event, day))

    def office_names(self, names: Sequence[str], day: date, where: str) -> None:
        """Enters the offices of these names that no spelling knows yet; PersonNamed for what looks like a person."""
        for name in map(as_it_shows, names):  # what no one sees in a cell was not meant
            if name and self._offices.id(name) is None:
                self._office(RegisterOffice(name=name), day, where)

    def _office(self, command: RegisterOffice, day: date, where: str) -> None:
        is_office = all(
            spelling(name) in self._confirmed
            for name in (command.name, *command.aliases)
            if person_seen(name) is not None
        )
        command = command.model_copy(update={"is_office": is_office})
        try:
            events = register_office(self.timelines, command, day)
        except PersonNamed as refused:
            raise PersonNamed(refused.problem.found, accepted=refused.problem.accepted, where=where) from None
        for event in events:
            self.add(Pending(event, day))
            if isinstance(event, NamedOffice):
                self._offices.take_in(event)

    def entered(self, act: Act) -> bool:
        """Whether an act of this id is there."""
        return self.timelines.known(f"act/{act.id}")

    def cited(self, text: ActText) -> Act:
        """The act that a document or a command cites: a known one by whatever words, or a new one."""
        if isinstance(text, str | CitedAct) or text.id is None or not self.timelines.known(f"act/{text.id}"):
            return act_of(text, known_acts(self.timelines))
        return act_of(text)

    def act(self, act: Act, years: range | None = None) -> None:
        """Enters an act, unless it is there; `years` are those of the plan of which it decides."""
        if not self.entered(act):
            require_plausible_date(act, self.today, years)
        for event in register_act(self.timelines, act):
            self.add(Pending(event, act.date))

    def systems(self, document: PlanDocument, day: date, act: str | None, plans: Plans) -> None:
        """Enters the rules that the document of a plan brings, where they are new; refused where others are recorded."""
        for event in systems_brought(self.timelines, document.plan.systems or {}, day, plans):
            self.add(Pending(event, day, act=act, retrospective=document.retrospective))

    def measurement(
        self,
        row: MeasurementRow,
        where: str,
        salted: Callable[[str], SaltedText],
        *,
        retrospective: bool,
        check: Callable[[RecordMeasurement], Checked[RecordMeasurement]] | None = None,
        restated_on: date | None = None,
        as_it_stood: bool = False,
    ) -> None:
        """Records a measurement of a document; one that is recorded already is left as it is.

        What stood in a plan before it was here is taken `as_it_stood`: what cannot be read of it is told, and counts as no
        value. Asking for another text would have somebody change what was written at the time.
        """
        if row.office and spelling(row.office) in self._confirmed:
            self.office_names([row.office], row.data_as_at, where)
        if row.restated and restated_on is not None:
            self._restated(row, restated_on, where, salted, retrospective=retrospective)
            return
        try:
            command = RecordMeasurement.model_validate(_figures(row) | {"retrospective": retrospective or as_it_stood})
            if check is not None:
                checked = check(command)
                command = checked.command
                self.warnings += [Notice(where=where, name=name, words=words) for name, words in checked.warnings]
            event = record_measurement(self.timelines, command)
        except NoChange:
            return
        except ValueError as error:
            raise Malformed([Problem(where=where, found=str(error).splitlines()[-1].strip())]) from error
        except DomainError as error:
            raise error.located(where) from None
        if isinstance(event.observed, UnreadValue):
            words = f"{(row.text or '')[:120]!r}: {event.observed.reason}"
            self.warnings.append(Notice(where=where, name="unread_value", words=words))
        elif differs := stated_beside_terms(event.observed):
            self.warnings.append(Notice(where=where, name="ratio_differs", words=differs))
        note = salted(row.note) if row.note else None
        self.add(Pending(event, row.data_as_at, retrospective=retrospective, note=note))

    def _restated(
        self,
        row: MeasurementRow,
        restated_on: date,
        where: str,
        salted: Callable[[str], SaltedText],
        *,
        retrospective: bool,
    ) -> None:
        dates = {"retrospective": retrospective, "effective_on": restated_on}
        try:
            command = RestateMeasurement.model_validate(_figures(row) | dates)
            event = restate_measurement(self.timelines, command)
        except NoChange:
            return
        except ValueError as error:
            raise Malformed([Problem(where=where, found=str(error).splitlines()[-1].strip())]) from error
        except DomainError as error:
            raise error.located(where) from None
        note = salted(row.note) if row.note else None
        self.add(Pending(event, command.effective_on, retrospective=command.retrospective, note=note))


def plan_states(reader: Reader, administration: str) -> Plans:
    """The plans of an administration, as they stand."""
    return {plan: PlanState(reader.timelines(plan_stream(plan)), date.max) for plan in plans_of(reader, administration)}


def _figures(row: MeasurementRow) -> dict[str, date | JsonValue]:
    """What a row says of what was measured: the fields of the command."""
    return row.model_dump(exclude={"observed", "restated"}, exclude_none=True)


def status_events(
    timelines: Timelines,
    rows: Iterable[tuple[int, StatusRow]],
    salted: Callable[[str], SaltedText],
    refusals: Refusals,
    *,
    retrospective: bool,
) -> list[Pending]:
    """The reported statuses of a document, each with its place in it; one that is reported already is left as it is.

    What is refused is noted among the refusals, of which the caller makes an end.
    """
    pending: list[Pending] = []
    for place, row in rows:
        command = ReportStatus.model_validate(row.model_dump() | {"retrospective": retrospective})
        try:
            event = report_status(PlanState(timelines, row.reported_on), command)
        except NoChange:
            continue
        except DomainError as error:
            refusals.errors.append(error.located(f"statuses[{place}]"))
            continue
        timelines.evolve(event, row.reported_on)
        note = salted(row.note) if row.note else None
        pending.append(Pending(event, row.reported_on, retrospective=retrospective, note=note))
    return pending


def salting() -> Callable[[str], SaltedText]:
    """Gives each different text of an append one salt."""
    salts: dict[str, SaltedText] = {}

    def salted(text: str) -> SaltedText:
        return salts.setdefault(text, SaltedText(salt=secrets.token_hex(16), text=text))

    return salted


def registered_act(reader: Reader, plan_known: PlanKnown, act: Act, day: date) -> StreamAppend:
    """What enters an act, today, in the stream of its administration; empty when it is there."""
    registry = AdministrationWriter(reader.timelines(plan_known.administration_stream), day)
    registry.act(act)
    return StreamAppend(plan_known.administration_stream, registry.expected, tuple(registry.pending))
