"""How a plan was drafted is told to whoever reads the record of its administration: all others see what an act approved."""

from collections.abc import Iterator
from typing import Any

import pytest

from domain.access.roles import Role
from tests.api.http.client import problem
from tests.support.chamber import DRAFTS, OTHER, OWN, PUBLISHED, Chambers

THIRD = "terza-bozza"
SECRET = "TITOLO SEGRETO"
DRAFT = f"/v1/plans/{DRAFTS[OWN]}"


@pytest.fixture(scope="module")
def chambers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chambers]:
    """A draft of the own chamber that was reworded, with its reasons, twice; then an act approved it."""
    service = Chambers(tmp_path_factory.mktemp("bozze"))
    service.harness.on("2023-12-01")
    planner = service.token("planner")
    service.harness.load(
        administration={"id": OWN, "name": "Camera di Commercio di Prova"},
        plan={"id": THIRD, "title": SECRET, "first_year": 2025, "last_year": 2027},
        act=None,
        objectives=[{"id": "a", "level": "operational", "title": "A"}],
        indicators=[],
    )
    for title, why in ((SECRET, f"perché {SECRET}"), ("Titolo approvato", f"via il {SECRET}")):
        change = {"verb": "reword_objective", "object": "a", "title": title, "justification": why}
        assert service.ask("POST", f"{DRAFT}/changes", planner, {"changes": [change]}).status_code == 201
    service.harness.on("2024-01-31")
    approval = {"changes": [{"verb": "approve_plan"}], "act": "delibera di Giunta n. 1 del 31/01/2024"}
    assert service.ask("POST", f"{DRAFT}/changes", planner, approval).status_code == 201
    service.harness.on("2024-02-05")
    yield service
    service.close()


QUESTIONS: tuple[str, ...] = (
    f"{DRAFT}/objectives/a/history",
    f"{DRAFT}/changes?year=2024",
    f"{DRAFT}/changes?year=2025",
    f"{DRAFT}/differences?from=2024-02-01&to=2024-02-05",
    f"{DRAFT}/predecessor-differences",
    f"/v1/changes?plan={DRAFTS[OWN]}",
    # Where it was a draft, it is an empty plan to whoever reads none.
    f"{DRAFT}/differences?from=2024-02-04&to=2024-02-05&known_from=2023-12-31T00:00:00Z",
    f"{DRAFT}/differences?from=2023-12-31&to=2024-02-05",
    f"{DRAFT}/differences?from=2024-02-04&to=2024-02-05&known_to=2023-12-31T00:00:00Z",
)
OUTSIDE: tuple[tuple[Role, str], ...] = (("reader", OWN), ("planner", OTHER), ("administrator", OWN))


@pytest.mark.parametrize(("role", "body"), OUTSIDE)
@pytest.mark.parametrize("question", QUESTIONS)
def test_nobody_outside_is_told_how_it_was_drafted(chambers: Chambers, role: Role, body: str, question: str) -> None:
    answer = chambers.ask("GET", question, chambers.token(role, body))
    assert answer.status_code == 200, answer.text
    assert SECRET not in answer.text


@pytest.mark.parametrize(("role", "body"), OUTSIDE)
def test_nobody_outside_looks_from_when_it_was_a_draft(chambers: Chambers, role: Role, body: str) -> None:
    question = f"{DRAFT}?known_at=2023-12-31T00:00:00Z"
    problem(chambers.ask("GET", question, chambers.token(role, body)), 404, "not-found")


def test_the_history_begins_with_what_the_act_approved(chambers: Chambers) -> None:
    def titles(token: str) -> list[Any]:
        values = chambers.ask("GET", f"{DRAFT}/objectives/a/history", token).json()["values"]
        return [(row["value"], row["justification"]) for row in values if row["field"] == "title"]

    assert titles(chambers.token("reader")) == [("Titolo approvato", None)]
    assert titles(chambers.token("planner")) == [
        ("A", None),
        (SECRET, f"perché {SECRET}"),
        ("Titolo approvato", f"via il {SECRET}"),
    ]


@pytest.mark.parametrize(
    "question", ["/v1/plans/{plan}/predecessor-differences?before={other}", "/v1/changes?plan={other}"]
)
def test_a_draft_of_another_body_is_as_if_it_were_not_there(chambers: Chambers, question: str) -> None:
    token = chambers.token("planner", OTHER)

    def asked(other: str) -> tuple[int, str]:
        answer = chambers.ask("GET", question.format(plan=PUBLISHED[OTHER], other=other), token)
        return answer.status_code, answer.text.replace(other, "X")

    assert asked(THIRD) == asked("non-c-e")
    assert asked(THIRD)[0] == 404
    assert OWN not in chambers.ask("GET", f"/v1/plans/{THIRD}/audit", chambers.token("reader", OTHER)).text


@pytest.mark.parametrize(
    ("stream", "role", "body", "status"),
    [
        (f"plan/{THIRD}", "planner", OWN, 200),
        (f"plan/{THIRD}", "reader", OWN, 412),
        (f"plan/{THIRD}", "planner", OTHER, 412),
        (f"proposals/{PUBLISHED[OWN]}", "reader", OWN, 412),
        (f"administration/{OWN}", "reader", OTHER, 200),
        ("installation/accounts", "reader", OWN, 412),
        ("installation/accounts", "administrator", OWN, 200),
        ("plan/nessuno", "planner", OWN, 412),
    ],
)
def test_a_version_that_is_asked_for_tells_nothing_of_what_is_not_for_who_asks(
    chambers: Chambers, stream: str, role: Role, body: str, status: int
) -> None:
    token = chambers.token(role, body)
    asked = [
        chambers.ask("GET", f"/v1/plans/{PUBLISHED[OWN]}", token, **{"Version-At-Least": f"{stream}:{version}"})
        for version in (1, 999_999)
    ]
    assert [answer.status_code for answer in asked] == [status, 412]
    if status == 412:
        assert [answer.json()["detail"] for answer in asked] == [f"di {stream} non risulta nulla a chi chiede"] * 2
