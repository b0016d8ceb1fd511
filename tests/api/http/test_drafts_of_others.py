"""Nobody learns that another administration has a draft: not by what is there of it, by a refusal, by an id, by a count."""

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from api.operations.model import part_of
from api.operations.table import served
from domain.access.roles import ROLES
from domain.plans.ids import is_own_id
from domain.point import Point
from projections.plan_history import plan_history
from projections.predecessors import preceding_plan
from projections.streams import find_plan
from tests.api.http.client import problem
from tests.support.chamber import DRAFTS, OTHER, OWN, PUBLISHED, Chambers
from tests.support.harness import document

OPERATIONS_SERVED = {operation.name: operation for operation in served()}
SECRET, NEVER = "cciaa-terza", "cciaa-mai"
SECRET_PLAN = "terza-2024-2026"
TAKEN = "prova-dell-altra"
"""A draft of the other administration, whose id begins as those of the first."""
OF_A_DRAFT: dict[str, Any] = {
    "act": None,
    "objectives": [{"id": "a", "level": "operational", "title": "A", "offices": ["Ufficio mai nominato"]}],
    "indicators": [],
}


def _plan(id_: str, first: int = 2024) -> dict[str, Any]:
    return {"id": id_, "title": "Bozza", "first_year": first, "last_year": first + 2}


@pytest.fixture(scope="module")
def chambers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chambers]:
    """Beside the two chambers a third, which has a draft alone; and a draft with an id that is none of its own."""
    made = Chambers(tmp_path_factory.mktemp("camere"), public=True)
    made.harness.load(administration={"id": SECRET, "name": "Camera terza"}, plan=_plan(SECRET_PLAN), **OF_A_DRAFT)
    made.harness.load(
        administration={"id": OTHER, "name": "Camera di Commercio Altra"}, plan=_plan(TAKEN), **OF_A_DRAFT
    )
    yield made
    made.close()


def _askers(chambers: Chambers) -> list[str]:
    return ["", *(chambers.token(role) for role in ROLES)]


def _told(answer: httpx2.Response, name: str) -> tuple[int, str]:
    return answer.status_code, answer.text.replace(name, "…")


@pytest.mark.parametrize("name", [name for name, row in OPERATIONS_SERVED.items() if row.scope == "administration"])
def test_an_administration_that_has_only_a_draft_is_not_there(chambers: Chambers, name: str) -> None:
    operation = OPERATIONS_SERVED[name]
    for token in _askers(chambers):
        secret, never = (
            chambers.ask(
                operation.method,
                f"/v1{operation.path}".format(administration=body, **{part_of(operation.path) or "": "1"}),
                token,
                {},
            )
            for body in (SECRET, NEVER)
        )
        assert _told(secret, SECRET) == _told(never, NEVER)
        assert secret.status_code in {401, 403, 404}
        assert SECRET not in never.text


def test_it_is_there_for_who_reads_its_drafts_and_for_all_when_it_publishes_a_plan(chambers: Chambers) -> None:
    path = "/v1/administrations/{}/offices"
    mine = chambers.ask("GET", path.format(SECRET), chambers.token("planner", SECRET))
    assert [office["name"] for office in mine.json()["offices"]] == ["Ufficio mai nominato"]
    assert chambers.ask("GET", path.format(SECRET), chambers.token("administrator", SECRET)).status_code == 200
    assert chambers.ask("GET", path.format(OTHER)).status_code == 200
    refused = problem(chambers.ask("GET", path.format(NEVER)), 404, "not-found")
    assert refused["accepted"] == f"una fra: {OWN}, {OTHER}"
    before = chambers.ask("GET", path.format(OTHER) + "?known_at=2022-02-04")
    problem(before, 404, "not-found")


def test_the_changes_of_all_administrations_do_not_tell_it_either(chambers: Chambers) -> None:
    for token in _askers(chambers):
        secret, never = (chambers.ask("GET", f"/v1/changes?administration={body}", token) for body in (SECRET, NEVER))
        assert _told(secret, SECRET) == _told(never, NEVER)


@pytest.mark.parametrize("way", ["/v1/plans", "/v1/plans?preview=true", "/v1/imports"])
def test_an_id_that_is_not_free_does_not_say_whether_it_is_taken(chambers: Chambers, way: str) -> None:
    planner = chambers.token("planner")
    taken, foreign, same = (
        chambers.ask("POST", way, planner, document(plan=_plan(id_)) | OF_A_DRAFT)
        for id_ in (SECRET_PLAN, "nessuno-2024-2026", TAKEN)
    )
    if way == "/v1/imports" and taken.status_code == 201:
        taken, foreign, same = (chambers.ask("GET", one.headers["location"], planner) for one in (taken, foreign, same))
    assert taken.status_code == foreign.status_code == same.status_code == 409, taken.text
    refused = {_told(taken, SECRET_PLAN), _told(foreign, "nessuno-2024-2026"), _told(same, TAKEN)}
    assert len(refused) == 1
    assert problem(taken, 409, "plan-id-not-free")["accepted"].endswith("«prova-…» o «cciaa-prova-…»")
    drafted = document(plan=_plan(DRAFTS[OWN])) | OF_A_DRAFT
    if way == "/v1/plans":
        problem(chambers.ask("POST", way, planner, drafted), 409, "already-there")


def test_an_id_of_its_own_is_free(chambers: Chambers) -> None:
    own = document(plan=_plan("prova-2030-2032", 2030)) | OF_A_DRAFT
    assert chambers.ask("POST", "/v1/plans?preview=true", chambers.token("planner"), own).status_code == 200
    assert is_own_id("cciaa-prova", "cciaa-prova")
    assert not is_own_id("provarola-2030", "cciaa-prova")
    assert not is_own_id("-2030", "cciaa-")


def test_the_next_plan_is_prepared_whatever_draft_of_others_has_its_id(chambers: Chambers) -> None:
    prepared = f"/v1/plans/{PUBLISHED[OWN]}/next?years=2025-2027&id="
    for id_ in (SECRET_PLAN, "nessuno-2024-2026"):
        assert chambers.ask("GET", prepared + id_).status_code == 200
    problem(chambers.ask("GET", prepared + DRAFTS[OWN], chambers.token("planner")), 409, "already-there")


def test_whoever_names_anothers_draft_as_predecessor_is_shown_nothing_of_it(chambers: Chambers) -> None:
    follower = _plan("prova-2027-2029", 2027) | {"predecessor": SECRET_PLAN}
    assert (
        chambers.ask("POST", "/v1/plans", chambers.token("planner"), document(plan=follower) | OF_A_DRAFT).status_code
        == 201
    )
    point = Point(chambers.harness.now.date())
    with chambers.harness.store.reading() as reader:
        known, history = find_plan(reader, "prova-2027-2029"), plan_history(reader, "prova-2027-2029", point)
        before = preceding_plan(reader, known, history, point)
    assert before is None or before.known.plan != SECRET_PLAN


def test_what_everybody_may_count_is_what_is_published(chambers: Chambers) -> None:
    listed = {row["id"] for row in chambers.client.get("/v1/plans").json()["plans"]}
    born = {"administration": {"id": SECRET, "name": "Camera terza"}, "plan": _plan("terza-altra")} | OF_A_DRAFT
    for _ in range(2):
        counted = {chambers.client.get(path).json()["plans"] for path in ("/status", "/v1/status")}
        assert counted == {len(listed)} == {2}
        chambers.harness.load(**born)
        born["plan"] = _plan("terza-terza")
