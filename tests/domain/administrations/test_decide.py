"""Given what is recorded of an administration, when a command is decided, then its events or a refusal."""

from datetime import date

import pytest

from domain.acts.model import Act
from domain.administrations import commands as c
from domain.administrations import decide as d
from domain.administrations import events as e
from domain.errors import AlreadyThere, ContradictsLater, NoChange, NotFound, NotInForce, TreeBroken
from domain.event import Event
from domain.plans.state import PlanState
from tests.support.given import Decided, Stream

BORN = date(2020, 1, 1)
CLOSING = date(2022, 12, 31)
LEGAL = e.OfficeRegistered(office="legale", name="Servizio Legale", aliases=("Avvocatura",))
CLOSED = e.OfficeClosed(office="legale")
MERGED = e.AdministrationSucceeded(how="merger", predecessors=("cciaa-a", "cciaa-b"))
ACT = Act(id="delibera-1", type="delibera", body="Giunta", date=date(2022, 1, 31))


def given(*events: Event) -> Stream:
    """An administration of which these events are recorded since it was born."""
    stream = Stream("administration/cciaa-nuova")
    stream.add(BORN, e.AdministrationRegistered(administration="cciaa-nuova", name="Camera nuova"), *events)
    return stream


def registering(stream: Stream, name: str, ipa_code: str | None = None) -> Decided:
    def decide(state: PlanState, ipa_code: str | None) -> list[Event]:
        return d.register_administration(state.timelines, "cciaa-nuova", name, ipa_code)

    return stream.when(decide, ipa_code)


def register_office(state: PlanState, command: c.RegisterOffice) -> list[Event]:
    return d.register_office(state.timelines, command, state.on)


def close_office(state: PlanState, command: c.CloseOffice) -> list[Event]:
    return d.close_office(state.timelines, command, state.on)


def succeed(state: PlanState, command: c.SucceedAdministration) -> list[Event]:
    return d.succeed_administration(state.timelines, command)


def register_act(state: PlanState, act: Act) -> list[Event]:
    return d.register_act(state.timelines, act)


def test_an_administration_is_entered_once_and_renamed_when_name_or_code_differ() -> None:
    registering(Stream("administration/cciaa-nuova"), "Camera nuova").then(
        e.AdministrationRegistered(administration="cciaa-nuova", name="Camera nuova")
    )
    registering(given(), "Camera nuova").then()
    registering(given(), "Camera nuova", "c_nuova").then(
        e.AdministrationRenamed(name="Camera nuova", ipa_code="c_nuova")
    )
    registering(given(), "Camera").then(e.AdministrationRenamed(name="Camera"))


@pytest.mark.parametrize("spelling", ["Servizio Legale", "SERVIZIO  «legale»", "avvocatura"])
def test_an_office_is_known_by_any_spelling_and_takes_another_name_from_a_date_on(spelling: str) -> None:
    command = c.RegisterOffice(name=spelling, aliases=("Ufficio legale",))
    renamed = e.OfficeRenamed(office="legale", name=spelling, aliases=("Avvocatura", "Ufficio legale"))
    given(LEGAL).when(register_office, command).then(renamed)


def test_an_office_that_nobody_knows_is_registered_under_an_id_of_its_name() -> None:
    command = c.RegisterOffice(name="Servizio Bilancio", valid_from=BORN)
    registered = e.OfficeRegistered(office="servizio-bilancio", name="Servizio Bilancio", valid_from=BORN)
    given(LEGAL).when(register_office, command).then(registered)


def test_a_closed_office_is_taken_up_again_by_registering_it() -> None:
    command = c.RegisterOffice(name="Servizio Legale")
    closed = given(LEGAL)
    closed.add(CLOSING, CLOSED)
    closed.when(register_office, command, "2024-01-01").then(
        e.OfficeRenamed(office="legale", name="Servizio Legale", aliases=("Avvocatura",))
    )
    given(LEGAL).when(register_office, command, "2024-01-01").refused(NoChange)


def test_an_office_in_activity_is_closed() -> None:
    given(LEGAL).when(close_office, c.CloseOffice(office="legale"), CLOSING).then(CLOSED)


def test_an_office_that_nobody_registered_is_not_closed() -> None:
    given(LEGAL).when(close_office, c.CloseOffice(office="bilancio"), CLOSING).refused(NotFound, where="office")


@pytest.mark.parametrize("day", [date(2019, 12, 31), CLOSING, date(2023, 6, 1)])
def test_an_office_is_not_closed_before_it_began_nor_twice(day: date) -> None:
    closed = given(LEGAL)
    closed.add(CLOSING, CLOSED)
    closed.when(close_office, c.CloseOffice(office="legale"), day).refused(NotInForce, where="office")


def test_an_office_that_is_spoken_of_at_a_later_date_is_not_closed_before_it() -> None:
    renamed = given(LEGAL)
    renamed.add("2023-03-01", e.OfficeRenamed(office="legale", name="Servizio Affari Legali"))
    refusal = renamed.when(close_office, c.CloseOffice(office="legale"), CLOSING).refused(ContradictsLater)
    assert refusal.problem.accepted == "una data non anteriore al 01/03/2023"
    assert refusal.listed == ("versione 3: dal 01/03/2023",)


def test_an_act_is_entered_once_with_what_it_links_to() -> None:
    given().when(register_act, ACT).then(e.ActRegistered(act=ACT))
    entered = given(e.ActRegistered(act=ACT))
    entered.when(register_act, ACT).then()
    entered.when(register_act, ACT.model_copy(update={"body": "Consiglio"})).refused(AlreadyThere, where="act")
    ratifying = ACT.model_copy(update={"id": "delibera-2", "ratifies": ("delibera-1",)})
    entered.when(register_act, ratifying).then(e.ActRegistered(act=ratifying))
    given().when(register_act, ratifying).refused(NotFound, "delibera-1", where="act")


def test_an_administration_takes_the_place_of_others() -> None:
    command = c.SucceedAdministration(how="merger", predecessors=("cciaa-a", "cciaa-b", "cciaa-a"))
    given().when(succeed, command).then(MERGED)


def test_a_succession_that_is_recorded_is_not_recorded_again_and_a_further_one_adds_to_it() -> None:
    merged = given(MERGED)
    merged.when(succeed, c.SucceedAdministration(how="merger", predecessors=("cciaa-b",))).refused(NoChange)
    further = e.AdministrationSucceeded(how="merger", predecessors=("cciaa-c",))
    merged.when(succeed, c.SucceedAdministration(how="merger", predecessors=("cciaa-c",))).then(further)
    merged.add(CLOSING, further)
    assert d.predecessors_of(merged.timelines) == ("cciaa-a", "cciaa-b", "cciaa-c")


@pytest.mark.parametrize(
    ("named", "lineage"), [("cciaa-nuova", ()), ("cciaa-a", ("cciaa-a", "cciaa-b", "cciaa-nuova"))]
)
def test_an_administration_does_not_come_before_itself(named: str, lineage: tuple[str, ...]) -> None:
    def of_lineage(state: PlanState, command: c.SucceedAdministration) -> list[Event]:
        return d.succeed_administration(state.timelines, command, lineage=lineage)

    command = c.SucceedAdministration(how="split", predecessors=(named,))
    given().when(of_lineage, command).refused(TreeBroken, where="predecessors")


def test_an_act_is_entered_by_itself_once() -> None:
    assert d.enter_act(given().timelines, ACT) == [e.ActRegistered(act=ACT)]
    with pytest.raises(NoChange, match="delibera-1"):
        d.enter_act(given(e.ActRegistered(act=ACT)).timelines, ACT)
