"""Every operation that has an address, asked for by every role, in its own and in another administration, and by nobody."""

from collections.abc import Iterator
from typing import Any

import pytest

from api.operations.model import Command, Question, part_of
from api.operations.table import OPERATIONS, served
from domain.access.roles import ANONYMOUS, OF_EVERY_ACCOUNT, PERMISSIONS, PERMISSIONS_OF, ROLES, Role
from tests.support.chamber import DRAFTS, OTHER, OWN, PUBLISHED, Chambers

OPERATIONS_SERVED = {operation.name: operation for operation in served()}
READ_ABROAD = PERMISSIONS_OF["reader"] | OF_EVERY_ACCOUNT
"""What any account may do in an administration in which it has no role."""
PARTS = {"import_id": "7b1f6d0e-8d53-4c0f-9a55-0c9f3d7b2a10", "version": "1", "objective": "a1", "indicator": "incasso"}


@pytest.fixture(scope="module")
def chambers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chambers]:
    made = Chambers(tmp_path_factory.mktemp("camere"))
    yield made
    made.close()


def _address(operation: Command | Question, body: str, plans: dict[str, str]) -> str:
    values = {"plan": plans[body], "administration": body} | PARTS
    part = part_of(operation.path)
    if part:
        values.setdefault(part, "a1")
    return f"/v1{operation.path}".format(**values)


def _let_in(answer: Any) -> bool:
    """Whether somebody may: what is wrong with the request, or not there, is told only to whoever may."""
    return answer.status_code not in {401, 403}


@pytest.mark.parametrize("name", OPERATIONS_SERVED)
def test_an_operation_is_for_the_roles_that_have_its_permission_and_for_no_other(chambers: Chambers, name: str) -> None:
    operation = OPERATIONS_SERVED[name]
    for role in ROLES:
        held = PERMISSIONS_OF[role] | READ_ABROAD
        for body in (OWN, OTHER):
            answer = chambers.ask(operation.method, _address(operation, body, PUBLISHED), chambers.token(role), {})
            abroad = body == OTHER and operation.scope != "installation"
            expected = operation.permission in ANONYMOUS | (READ_ABROAD if abroad else held)
            assert _let_in(answer) is expected, (name, role, body, answer.status_code, answer.text[:300])
            if not expected:
                assert answer.status_code == 403, (name, role, body)
                assert answer.json()["type"] == "urn:in-itinere:problem:forbidden"


@pytest.mark.parametrize("name", OPERATIONS_SERVED)
def test_nobody_is_let_in_without_signing_in(chambers: Chambers, name: str) -> None:
    operation = OPERATIONS_SERVED[name]
    for body in (OWN, OTHER):
        for plans in (PUBLISHED, DRAFTS):
            answer = chambers.ask(operation.method, _address(operation, body, plans), body={})
            assert _let_in(answer) is (operation.permission in ANONYMOUS), (name, answer.text[:300])
            if operation.permission not in ANONYMOUS:
                assert answer.status_code == 401
                assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("name", [name for name, row in OPERATIONS_SERVED.items() if row.scope == "plan"])
def test_a_draft_of_another_administration_is_not_there(chambers: Chambers, name: str) -> None:
    operation = OPERATIONS_SERVED[name]
    unknown = {OTHER: "mai-esistito-2024-2026"}
    for role in ROLES:
        may = operation.permission in PERMISSIONS_OF[role] | READ_ABROAD
        answers = [
            chambers.ask(operation.method, _address(operation, OTHER, plans), chambers.token(role), {})
            for plans in (DRAFTS, unknown)
        ]
        there, never = (answer.json() for answer in answers)
        assert [answer.status_code for answer in answers] == [404 if may else 403] * 2, (name, role, answers[0].text)
        if may:
            assert {key: there[key] for key in ("type", "title", "accepted")} == {
                key: never[key] for key in ("type", "title", "accepted")
            }
            assert DRAFTS[OTHER] not in answers[1].text


@pytest.mark.parametrize("role", ROLES)
def test_a_draft_is_read_by_those_of_its_own_administration_who_may_read_drafts(chambers: Chambers, role: Role) -> None:
    answer = chambers.ask("GET", f"/v1/plans/{DRAFTS[OWN]}", chambers.token(role))
    reads = "read_drafts" in PERMISSIONS_OF[role]
    assert answer.status_code == (200 if reads else 404)
    listed = {row["id"] for row in chambers.ask("GET", "/v1/plans", chambers.token(role)).json()["plans"]}
    assert set(PUBLISHED.values()) <= listed
    assert (DRAFTS[OWN] in listed) is reads
    assert DRAFTS[OTHER] not in listed


def test_every_permission_is_asked_for_by_an_operation_and_held_by_a_role_or_by_the_machine_alone() -> None:
    asked = {operation.permission for operation in OPERATIONS}
    held = frozenset().union(*PERMISSIONS_OF.values(), ANONYMOUS, OF_EVERY_ACCOUNT)
    assert asked | {"read_drafts"} == set(PERMISSIONS)
    assert set(PERMISSIONS) - held == {"operate"}


def test_an_administrator_touches_no_plan_and_the_oiv_alters_none() -> None:
    changing = {row.permission for row in OPERATIONS_SERVED.values() if row.writes and row.scope == "plan"}
    assert not PERMISSIONS_OF["administrator"] & changing
    assert PERMISSIONS_OF["oiv"] & changing == {"review", "comment_proposals", "take_evidence"} & changing
