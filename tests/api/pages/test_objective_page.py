"""The page of an objective, and who may see which of these pages."""

import re
from collections.abc import Iterator

import pytest

from domain.access.roles import Role
from tests.support.chamber import DRAFTS, OTHER, OWN, PUBLISHED, Chambers

PLAN = f"/piani/{PUBLISHED[OWN]}"
PAGES = (f"{PLAN}/indicatori/incasso", f"{PLAN}/obiettivi/a1", f"{PLAN}/confronto")
SECRET = "OBIETTIVO SEGRETO"


@pytest.fixture(scope="module")
def chambers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chambers]:
    """Two chambers; a draft of the first was reworded, and approved."""
    service = Chambers(tmp_path_factory.mktemp("camere"))
    service.harness.on("2022-10-03").revise("68%", "2022-09-30")
    service.harness.on("2023-12-01")
    planner, draft = service.token("planner"), f"/v1/plans/{DRAFTS[OWN]}/changes"
    for title in (SECRET, "Titolo approvato"):
        change = {"verb": "reword_objective", "object": "a", "title": title, "justification": f"via {SECRET}"}
        assert service.ask("POST", draft, planner, {"changes": [change]}).status_code == 201
    service.harness.on("2024-01-31")
    approval = {"changes": [{"verb": "approve_plan"}], "act": "delibera di Giunta n. 1 del 31/01/2024"}
    assert service.ask("POST", draft, planner, approval).status_code == 201
    service.harness.on("2024-02-05")
    yield service
    service.close()


def asked(chambers: Chambers, path: str, role: Role, body: str = OWN) -> tuple[int, str]:
    """The status, and the page on one line."""
    answer = chambers.ask("GET", path, chambers.token(role, body), Accept="text/html")
    return answer.status_code, re.sub(r"\s+", " ", answer.text)


def test_an_objective_shows_what_hangs_from_it_and_where_it_hangs(chambers: Chambers) -> None:
    status, page = asked(chambers, f"{PLAN}/obiettivi/a1?as_of=2022-12-31", "planner")
    assert status == 200
    assert re.search(r'<nav class="trail".*/obiettivi/a\?as_of=2022-12-31.*</nav>', page)
    assert f"{PLAN}/indicatori/incasso?as_of=2022-12-31" in page
    assert "cassetto" not in page
    assert "<del>" in page
    assert "nuovo indicatore" in page.lower()


def test_the_branches_of_the_plan_lead_to_their_objectives(chambers: Chambers) -> None:
    _, page = asked(chambers, f"{PLAN}?as_of=2022-12-31", "planner")
    assert f'href="{PLAN}/obiettivi/a2?as_of=2022-12-31"' in page


def test_the_score_leads_to_how_it_comes_out(chambers: Chambers) -> None:
    _, page = asked(chambers, f"{PLAN}/obiettivi/a1?as_of=2022-12-31&anno=2022", "planner")
    assert f"{PLAN}/punteggi/a1?" in page


@pytest.mark.parametrize("path", PAGES)
def test_who_recorded_and_the_way_to_the_trail_are_for_those_who_read_the_record(chambers: Chambers, path: str) -> None:
    assert "/registro/" in asked(chambers, f"{path}?as_of=2022-12-31", "planner")[1]
    status, page = asked(chambers, f"{path}?as_of=2022-12-31", "planner", OTHER)
    assert status == 200
    assert "/registro/" not in page
    assert "ufficio-performance" not in page


@pytest.mark.parametrize("path", ["obiettivi/a", "confronto"])
def test_a_draft_of_another_body_is_not_there(chambers: Chambers, path: str) -> None:
    draft = f"/piani/{DRAFTS[OTHER]}/{path}"
    assert asked(chambers, draft, "planner", OTHER)[0] == 200
    assert asked(chambers, draft, "planner", OWN)[0] == 404


@pytest.mark.parametrize("path", ["obiettivi/a", "confronto?da=2024-02-01", "indicatori/x"])
def test_how_it_was_drafted_is_told_to_nobody_else(chambers: Chambers, path: str) -> None:
    page = asked(chambers, f"/piani/{DRAFTS[OWN]}/{path}", "planner", OTHER)[1]
    assert SECRET not in page


@pytest.mark.parametrize(
    "query", ["da=2023-12-15", "da=2024-02-01&da_noto=2023-12-15", "da=2024-02-01&a=2024-02-05&a_noto=2023-12-15"]
)
def test_nobody_else_compares_with_when_it_was_a_draft(chambers: Chambers, query: str) -> None:
    path = f"/piani/{DRAFTS[OWN]}/confronto?{query}"
    status, page = asked(chambers, path, "planner", OTHER)
    assert (status, SECRET in page) == (404 if "&a_noto" in query else 200, False)  # begun there, it was empty
    assert asked(chambers, path, "planner")[0] == 200


@pytest.mark.parametrize("path", PAGES)
def test_who_may_not_record_is_led_to_no_form(chambers: Chambers, path: str) -> None:
    assert "/lavoro/" not in asked(chambers, path, "reader")[1]
