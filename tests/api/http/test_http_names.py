"""Objects of a plan over HTTP, named as people name them: in addresses, in bodies, in change files."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.api.http.client import Client, P, problem
from tests.support.harness import ServiceHarness
from tests.support.problem_places import place_of

GROUND: dict[str, Any] = {
    "act": "delibera di Giunta n. 9 del 30/09/2022",
    "justification": "dati del monitoraggio",
    "cause": "new_data",
}
TWINS = [
    {
        "verb": "add_objective",
        "object": "n1",
        "title": "Semplificare",
        "code": "3",
        "level": "operational",
        "parent": "Riscuotere",
    },
    {
        "verb": "add_objective",
        "object": "n2",
        "title": "Semplificare",
        "code": "4",
        "level": "operational",
        "parent": "n1",
    },
]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A plan, approved on 31 January; it is October, and two objectives have one title."""
    harness = ServiceHarness(tmp_path_factory.mktemp("names") / "names.sqlite")
    harness.load()
    harness.on("2022-10-03")
    client = Client(harness)
    told = client.post(f"{P}/changes", GROUND | {"changes": TWINS})
    assert told.status_code == 201, told.text
    yield client
    harness.store.close()


@pytest.mark.parametrize(
    ("address", "id_"),
    [
        ("indicators/Percentuale di incasso", "incasso"),
        ("indicators/percentuale DI incasso/history", "incasso"),
        ("objectives/3 Semplificare", "n1"),
        ("objectives/4", "n2"),
        ("objectives/Incassare/history", "a1"),
    ],
)
def test_an_address_names_an_object_as_people_do(client: Client, address: str, id_: str) -> None:
    answer = client.get(f"{P}/{address}")
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told.get("object", "").partition("/")[2] or told[address.partition("/")[0][:-1]]["id"] == id_


BODIES = [
    (
        "statuses",
        {"subject": "indicator", "id": "Adesione al cassetto", "status": "in_line", "reported_on": "2022-09-30"},
    ),
    ("statuses", {"subject": "objective", "id": "4 semplificare", "status": "in_line", "reported_on": "2022-09-30"}),
    ("rounds", {"as_at": "2022-09-30", "scope": {"objectives": ["Incassare"]}}),
    (
        "changes",
        {"verb": "revise_target", "object": "Percentuale di incasso", "year": 2022, "target": ">= 68%", **GROUND},
    ),
    ("changes?preview=true", {"verb": "move_objective", "object": "4", "parent": "Riscuotere", **GROUND}),
    (
        "proposals",
        {"title": "Spostamento", "changes": [{"verb": "move_objective", "object": "3", "parent": "Incassare"}]},
    ),
]


@pytest.mark.parametrize(("where", "body"), BODIES)
def test_a_body_names_an_object_as_people_do(client: Client, where: str, body: dict[str, Any]) -> None:
    answer = client.post(f"{P}/{where}", body)
    assert answer.status_code in {200, 201}, answer.text


@pytest.mark.parametrize(
    ("where", "body", "at"),
    [
        ("objectives/Semplificare", None, "objective"),
        (
            "statuses",
            {"subject": "objective", "id": "Semplificare", "status": "in_line", "reported_on": "2022-09-30"},
            "id",
        ),
        (
            "changes",
            {"changes": [{"verb": "reword_objective", "object": "Semplificare", "title": "Altro"}], **GROUND},
            "changes[0].object",
        ),
        ("changes", {"verb": "reword_objective", "object": "Semplificare", "title": "Altro", **GROUND}, "object"),
        ("changes", {"changes": [], "polarities": {"Semplificare": "up"}}, "polarities"),
    ],
)
def test_a_name_of_two_objects_is_refused_with_the_two(client: Client, where: str, body: Any, at: str) -> None:
    answer = client.get(f"{P}/{where}") if body is None else client.post(f"{P}/{where}", body)
    if at == "polarities":
        assert "non è un indicatore" in problem(answer, 404, "not-found")["detail"]
        return
    told = problem(answer, 409, "name-ambiguous")
    assert told["listed"] == [
        "obiettivo «3 Semplificare» sotto «Riscuotere» (id n1)",
        "obiettivo «4 Semplificare» sotto «3 Semplificare» (id n2)",
    ]
    assert place_of(told) == at


def test_all_names_of_nothing_are_told_at_once_after_what_has_a_wrong_form(client: Client) -> None:
    changes = [
        {"verb": "reword_objective", "object": "Incassar", "title": "Altro"},
        {"verb": "reweigh_indicator", "object": "Adesione al caseto", "weight": "60"},
    ]
    told = problem(client.post(f"{P}/changes", GROUND | {"changes": changes}), 409, "changes-refused")
    assert [place_of(one) for one in told["problems"]] == ["changes[0].object", "changes[1].object"]
    assert "forse «Incassare»" in told["problems"][0]["found"]
    wrong = [changes[0] | {"title": 7}]
    told = problem(client.post(f"{P}/changes", GROUND | {"changes": wrong}), 422, "malformed")
    assert [place_of(one) for one in told["problems"]] == ["changes[0].title"]
