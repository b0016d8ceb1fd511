"""Proposals by pages: drafted, submitted with effects, commented and enacted by people of the roles that may."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.point import Point, today
from projections.plan_in_force import plan_in_force
from tests.support.chamber import OTHER, OWN, PUBLISHED, Browser, Chambers, signed_in

PLAN = PUBLISHED[OWN]
LIST = f"/piani/{PLAN}/proposte"
REVISE = f"/piani/{PLAN}/lavoro/revise_target"
REVISION = {
    "step": "keep",
    "proposal_title": "Meno incasso",
    "object": "incasso",
    "year": "2022",
    "target": ">= 65%",
    "justification": "calo dei versamenti",
    "cause": "new_data",
}


@pytest.fixture
def chambers(tmp_path: Path) -> Iterator[Chambers]:
    made = Chambers(tmp_path)
    made.harness.on("2022-09-20")
    yield made
    made.close()


def _drafted(chambers: Chambers) -> tuple[Browser, str]:
    _, planner = signed_in(chambers, "anna", "planner")
    assert planner.open(f"{REVISE}?object=incasso").status_code == 200
    sent = planner.send(REVISE, **REVISION)
    assert sent.status_code == 303, sent.text
    address = sent.headers["location"]
    assert planner.open(address).status_code == 200
    return planner, address


def _target(chambers: Chambers) -> str:
    with chambers.harness.store.reading() as reader:
        document = plan_in_force(reader, PLAN, Point(today(chambers.harness.store.clock())))
    (card,) = [card for card in document["indicators"] if card["id"] == "incasso"]
    return next(str(target["text"]) for target in card["targets"] if target["year"] == 2022)


def test_a_proposal_is_drafted_submitted_and_enacted_by_two_people(chambers: Chambers) -> None:
    planner, address = _drafted(chambers)
    assert "calo dei versamenti" in planner.page
    assert "Rimodula un target: «Percentuale di incasso»; anno 2022; target &gt;= 65%" in planner.page
    assert "revise_target" not in planner.page
    assert "Adotta" not in planner.page
    assert planner.send(f"{address}/presenta", effective_on="20/09/2022").status_code == 303
    planner.open(address)
    assert "Tasso di modifica" in planner.page
    assert "presentata" in planner.page
    assert _target(chambers) == ">= 70,34%"
    _, approver = signed_in(chambers, "bruno", "approver")
    approver.open(address)
    assert "Persona" in approver.page or "Anna" in approver.page
    enacted = approver.send(f"{address}/adotta", act="delibera di Giunta n. 9 del 20/09/2022")
    assert enacted.status_code == 303, enacted.text
    assert "adottata" in approver.open(address).text
    assert _target(chambers) == ">= 65%"


def test_who_drafted_does_not_enact_unless_an_exception_says_why(chambers: Chambers) -> None:
    _, both = signed_in(chambers, "anna", "planner", "approver")
    both.open(f"{REVISE}?object=incasso")
    address = both.send(REVISE, **REVISION).headers["location"]
    both.open(address)
    both.send(f"{address}/presenta")
    both.open(address)
    act = "delibera di Giunta n. 9 del 20/09/2022"
    refused = both.send(f"{address}/adotta", act=act)
    assert refused.status_code == 409
    assert "non la adotta" in refused.text
    assert _target(chambers) == ">= 70,34%"
    assert both.send(f"{address}/adotta", act=act, exception="un solo funzionario").status_code == 303
    assert "Eccezione alla separazione dei compiti" in both.open(address).text


@pytest.mark.parametrize(
    ("role", "seen", "actions"),
    [
        ("oiv", True, {"commenta"}),
        ("validator", True, {"commenta"}),
        ("approver", True, {"commenta"}),
        ("planner", True, {"presenta", "commenta", "ritira"}),
        ("responsible", False, set()),
        ("administrator", False, set()),
        ("reader", False, set()),
    ],
)
def test_each_role_sees_and_does_what_the_table_says(
    chambers: Chambers, role: str, *, seen: bool, actions: set[str]
) -> None:
    _, address = _drafted(chambers)
    _, other = signed_in(chambers, "altro", *([] if role == "responsible" else [role]))
    answer = other.open(address)
    assert answer.status_code == (200 if seen else 403)
    assert {
        name for name in ("presenta", "commenta", "ritira", "adotta", "respingi") if f"{address}/{name}" in answer.text
    } == actions
    for name in {"presenta", "ritira"} - actions if seen else ():
        assert other.send(f"{address}/{name}", justification="no").status_code == 403


def test_nobody_from_elsewhere_sees_a_proposal_nor_whoever_has_not_signed_in(chambers: Chambers) -> None:
    _, address = _drafted(chambers)
    stranger = Browser(chambers)
    sent = stranger.open(address)
    assert (sent.status_code, sent.headers["location"]) == (303, f"/accesso?poi={address}")
    _, abroad = signed_in(chambers, "carla", "planner")
    assert abroad.open(address.replace(PLAN, PUBLISHED[OTHER])).status_code == 403
    forged = abroad.http.post(f"{address}/ritira", data={"csrf": "0" * 64})
    assert forged.status_code == 403
    assert forged.json()["type"].endswith("csrf-refused")


def test_a_proposal_submitted_again_between_page_and_click_is_not_adopted(chambers: Chambers) -> None:
    planner, address = _drafted(chambers)
    planner.send(f"{address}/presenta", effective_on="20/09/2022")
    _, approver = signed_in(chambers, "bruno", "approver")
    approver.open(address)
    seen = re.findall(r'name="submission" value="([0-9]+)"', approver.page)
    assert len(seen) == 1
    planner.open(address)
    planner.send(f"{address}/presenta", effective_on="20/09/2022")
    sent = {"act": "delibera di Giunta n. 9 del 20/09/2022", "submission": seen[0]}
    refused = approver.send(f"{address}/adotta", **sent)
    assert refused.status_code == 412
    assert "presentata di nuovo" in refused.text
    assert _target(chambers) == ">= 70,34%"
    (now,) = re.findall(r'name="submission" value="([0-9]+)"', approver.page)
    assert approver.send(f"{address}/adotta", **(sent | {"submission": now})).status_code == 303
    assert _target(chambers) == ">= 65%"
