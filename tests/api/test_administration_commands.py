"""An office that ceases and a body that takes the place of others: recorded with their act, and answered."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from api.commands.administrations import close_office, succeed_administration
from domain.administrations.commands import CloseOffice, RegisterOffice, SucceedAdministration
from domain.documents.plan import PlanDocument
from domain.errors import NotFound, NotInForce, TreeBroken
from projections.audit import audit_trail
from projections.predecessors import lineage
from projections.store.reader import Reader
from tests.api.http.client import Client
from tests.support.harness import PLAN, ServiceHarness, document, point

OWNER = "cciaa-prova"
CLOSING = CloseOffice(office="servizio-bilancio", act="delibera di Giunta n. 4 del 31/12/2022")
MERGER = SucceedAdministration(how="merger", predecessors=("cciaa-vecchia",), effective_on=date(2022, 1, 1))


@pytest.fixture
def harness(tmp_path: Path) -> Iterator[ServiceHarness]:
    """A harness on which the small plan is loaded."""
    harness = ServiceHarness(tmp_path / "harness.sqlite")
    harness.load()
    harness.on("2023-01-10")
    yield harness
    harness.store.close()


def test_a_closed_office_is_listed_apart_with_the_day_of_its_act(harness: ServiceHarness) -> None:
    close_office(harness.service, OWNER, CLOSING, harness.caller())

    offices = Client(harness).get(f"/v1/administrations/{OWNER}/offices?as_of=2023-01-10").json()
    before = Client(harness).get(f"/v1/administrations/{OWNER}/offices?as_of=2022-12-30").json()

    assert (offices["offices"], [row["id"] for row in before["offices"]]) == ([], ["servizio-bilancio"])
    assert [(row["name"], row["closed_on"]) for row in offices["closed"]] == [("Servizio Bilancio", "2022-12-31")]
    assert before["closed"] == []


def test_a_plan_goes_on_naming_an_office_that_closed(harness: ServiceHarness) -> None:
    close_office(harness.service, OWNER, CLOSING, harness.caller())

    named = Client(harness).get(f"/v1/plans/{PLAN}/offices?as_of=2023-01-10").json()

    assert [row["id"] for row in named["closed"]] == ["servizio-bilancio"]
    assert harness.plan("2023-01-10")["objectives"][0]["offices"] == ["Servizio Bilancio"]


def test_an_office_is_closed_once_and_taken_up_again_by_registering_it(harness: ServiceHarness) -> None:
    close_office(harness.service, OWNER, CLOSING, harness.caller())
    with pytest.raises(NotInForce):
        close_office(harness.service, OWNER, CloseOffice(office="servizio-bilancio"), harness.caller())

    again = RegisterOffice(name="Servizio Bilancio", valid_from=date(2023, 2, 1))
    harness.service.register_office(OWNER, again, harness.caller())

    offices = Client(harness).get(f"/v1/administrations/{OWNER}/offices?as_of=2023-02-01").json()
    assert ([row["id"] for row in offices["offices"]], offices["closed"]) == (["servizio-bilancio"], [])


def test_a_repeated_closing_is_answered_from_its_receipt(harness: ServiceHarness) -> None:
    first = close_office(harness.service, OWNER, CLOSING, harness.caller("chiusura-1"))
    again = close_office(harness.service, OWNER, CLOSING, harness.caller("chiusura-1"))
    assert (again.repeated, again.versions) == (True, first.versions)


def test_the_trail_of_a_plan_says_what_happened_to_its_administration(harness: ServiceHarness) -> None:
    close_office(harness.service, OWNER, CLOSING, harness.caller())
    succeed_administration(harness.service, OWNER, MERGER, harness.caller())

    events = harness.ask(audit_trail, PLAN, point("2023-01-10"))["events"]

    assert [row["sentence"] for row in events[:2]] == [
        "Succeduta l'amministrazione a cciaa-vecchia",
        "Cessato l'ufficio servizio-bilancio",
    ]
    assert [row["act"] for row in events[:2]] == [None, "delibera-giunta-4-2022-12-31"]


def test_who_took_the_place_of_whom_is_followed_through_the_administrations(harness: ServiceHarness) -> None:
    plan = document()["plan"] | {"id": "vecchio-2022-2024"}
    other = document(administration={"id": "cciaa-vecchia", "name": "Camera vecchia"}, plan=plan)
    harness.service.load_plan(PlanDocument.model_validate(other), harness.caller())
    older = SucceedAdministration(how="split", predecessors=("cciaa-antica",))
    succeed_administration(harness.service, "cciaa-vecchia", older, harness.caller())
    succeed_administration(harness.service, OWNER, MERGER, harness.caller())

    def bodies(reader: Reader) -> set[str]:
        return lineage(reader, [OWNER])

    assert harness.ask(bodies) == {OWNER, "cciaa-vecchia", "cciaa-antica"}
    circle = SucceedAdministration(how="merger", predecessors=(OWNER,))
    with pytest.raises(TreeBroken):
        succeed_administration(harness.service, "cciaa-vecchia", circle, harness.caller())


def test_an_administration_that_is_not_there_takes_no_command(harness: ServiceHarness) -> None:
    with pytest.raises(NotFound):
        close_office(harness.service, "nessuna", CLOSING, harness.caller())
    with pytest.raises(NotFound):
        succeed_administration(harness.service, "nessuna", MERGER, harness.caller())
