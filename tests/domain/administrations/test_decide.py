"""Given what is recorded of an administration, when a command is given, then its events or a refusal."""

from datetime import date

import pytest

from domain.administrations.commands import CloseOffice, RegisterOffice, SucceedAdministration
from domain.administrations.decide import close_office, predecessors_of, register_office, succeed_administration
from domain.administrations.events import (
    AdministrationRegistered,
    AdministrationSucceeded,
    OfficeClosed,
    OfficeRegistered,
    OfficeRenamed,
)
from domain.errors import ContradictsLater, NoChange, NotFound, NotInForce, TreeBroken
from domain.event import Event
from domain.timelines import Timelines

BORN = date(2020, 1, 1)
CLOSING = date(2022, 12, 31)
ADMINISTRATION = AdministrationRegistered(administration="cciaa-nuova", name="Camera nuova")
LEGAL = OfficeRegistered(office="legale", name="Servizio Legale", aliases=("Avvocatura",))


def given(*events: tuple[Event, date]) -> Timelines:
    """An administration of which these events are recorded."""
    timelines = Timelines()
    timelines.evolve(ADMINISTRATION, BORN)
    for event, effective_on in events:
        timelines.evolve(event, effective_on)
    return timelines


def test_an_office_in_activity_is_closed() -> None:
    assert close_office(given((LEGAL, BORN)), CloseOffice(office="legale"), CLOSING) == [OfficeClosed(office="legale")]


def test_an_office_that_nobody_registered_is_not_closed() -> None:
    with pytest.raises(NotFound):
        close_office(given((LEGAL, BORN)), CloseOffice(office="bilancio"), CLOSING)


@pytest.mark.parametrize("day", [date(2019, 12, 31), CLOSING, date(2023, 6, 1)])
def test_an_office_is_not_closed_before_it_began_nor_twice(day: date) -> None:
    recorded = given((LEGAL, BORN), (OfficeClosed(office="legale"), CLOSING))
    with pytest.raises(NotInForce):
        close_office(recorded, CloseOffice(office="legale"), day)


def test_an_office_that_is_spoken_of_at_a_later_date_is_not_closed_before_it() -> None:
    renamed = OfficeRenamed(office="legale", name="Servizio Affari Legali")
    with pytest.raises(ContradictsLater, match="01/03/2023"):
        close_office(given((LEGAL, BORN), (renamed, date(2023, 3, 1))), CloseOffice(office="legale"), CLOSING)


def test_a_closed_office_is_taken_up_again_by_registering_it() -> None:
    recorded = given((LEGAL, BORN), (OfficeClosed(office="legale"), CLOSING))
    command = RegisterOffice(name="Servizio Legale")
    (event,) = register_office(recorded, command, date(2024, 1, 1))
    assert event == OfficeRenamed(office="legale", name="Servizio Legale", aliases=("Avvocatura",))
    with pytest.raises(NoChange):
        register_office(given((LEGAL, BORN)), command, date(2024, 1, 1))


def test_an_administration_takes_the_place_of_others() -> None:
    command = SucceedAdministration(how="merger", predecessors=("cciaa-a", "cciaa-b", "cciaa-a"))
    events = succeed_administration(given(), command)
    assert events == [AdministrationSucceeded(how="merger", predecessors=("cciaa-a", "cciaa-b"))]


def test_a_succession_that_is_recorded_is_not_recorded_again_and_a_further_one_adds_to_it() -> None:
    recorded = given((AdministrationSucceeded(how="merger", predecessors=("cciaa-a", "cciaa-b")), BORN))
    with pytest.raises(NoChange):
        succeed_administration(recorded, SucceedAdministration(how="merger", predecessors=("cciaa-b",)))
    (event,) = succeed_administration(recorded, SucceedAdministration(how="merger", predecessors=("cciaa-c",)))
    recorded.evolve(event, CLOSING)
    assert predecessors_of(recorded) == ("cciaa-a", "cciaa-b", "cciaa-c")


@pytest.mark.parametrize(
    ("named", "lineage"), [("cciaa-nuova", ()), ("cciaa-a", ("cciaa-a", "cciaa-b", "cciaa-nuova"))]
)
def test_an_administration_does_not_come_before_itself(named: str, lineage: tuple[str, ...]) -> None:
    with pytest.raises(TreeBroken):
        succeed_administration(given(), SucceedAdministration(how="split", predecessors=(named,)), lineage=lineage)
