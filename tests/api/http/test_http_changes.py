"""Changes over HTTP: one, a file, a preview, an annulment; and what was changed in a year."""

from typing import Any

import pytest

from domain.changes.decide import MOTIVE_WORDS
from tests.api.http.client import Client, P, problem
from tests.support.harness import PLAN, ServiceHarness
from tests.support.problem_places import place_of

REVISION: dict[str, Any] = {"verb": "revise_target", "object": "incasso", "year": 2022, "target": ">= 68%"}
GROUND: dict[str, Any] = {
    "act": "delibera di Giunta n. 9 del 30/09/2022",
    "justification": "dati del monitoraggio",
    "cause": "new_data",
}


@pytest.fixture(autouse=True)
def loaded(harness: ServiceHarness) -> ServiceHarness:
    """A plan, approved on 31 January; it is October."""
    harness.load()
    return harness.on("2022-10-03")


def test_one_change_is_recorded_with_its_act_beside_it(harness: ServiceHarness, client: Client) -> None:
    # when
    answer = client.post(f"{P}/changes", REVISION | GROUND)
    # then
    assert answer.status_code == 201
    version = answer.json()["version"]
    assert answer.headers["location"] == f"{P}/events/{version}"
    event = client.get(answer.headers["location"]).json()
    assert (event["topic"], event["envelope"]["effective_on"]) == ("target-revised", "2022-09-30")
    assert harness.target("2022-10-01") == ">= 68%"


@pytest.mark.parametrize("said", [{}, {"plan": PLAN}])
def test_a_whole_change_file_is_recorded_together(client: Client, said: dict[str, str]) -> None:
    # given
    other = {"verb": "reweigh_indicator", "object": "cassetto", "weight": "60"}
    # when
    answer = client.post(f"{P}/changes", GROUND | said | {"changes": [REVISION, other]})
    # then
    span = answer.json()["versions"][f"plan/{PLAN}"]
    assert span["last"] - span["first"] == 1


def test_one_change_that_is_refused_leaves_nothing_of_the_file(harness: ServiceHarness, client: Client) -> None:
    # given
    twice = [REVISION, {"verb": "revise_target", "object": "cassetto", "year": 2022, "target": ">= 14%"}]
    # when
    told = problem(client.post(f"{P}/changes", GROUND | {"changes": twice}), 409, "no-change")
    # then
    assert place_of(told) == "changes[1].target"
    assert harness.target("2022-12-31") == ">= 70,34%"


@pytest.mark.parametrize("missing", ["act", "justification", "cause"])
def test_a_change_without_its_ground_is_refused(client: Client, missing: str) -> None:
    body = {name: value for name, value in (REVISION | GROUND).items() if name != missing}
    told = problem(client.post(f"{P}/changes", body), 409, "motivation-missing")
    assert MOTIVE_WORDS[missing] in told["detail"]
    assert told["accepted"]


@pytest.mark.parametrize(
    ("said", "status", "name", "where"),
    [
        ({"target": ">= 70,34%"}, 409, "no-change", "target"),
        ({"object": "nessuno"}, 404, "not-found", "object"),
        ({"year": 2030}, 409, "outside-plan", "year"),
        ({"year": 0}, 422, "malformed", "year"),
        ({"target": "circa"}, 409, "text-unread", "target"),
        ({"verb": "cancella"}, 422, "malformed", ""),
        ({"cause": "boh"}, 422, "malformed", "cause"),
        ({"act": "chissà"}, 422, "malformed", "act"),
        ({"effective_on": "31/02/2022"}, 422, "malformed", "effective_on"),
        ({"plan": "altro"}, 422, "malformed", "plan"),
        ({"colore": "blu"}, 422, "malformed", "colore"),
    ],
)
def test_a_change_alone_is_told_what_is_wrong_with_its_own_fields(
    client: Client, said: dict[str, Any], status: int, name: str, where: str
) -> None:
    told = problem(client.post(f"{P}/changes", REVISION | GROUND | said), status, name)
    places = [place_of(one) for one in told["problems"]] if status == 422 else [place_of(told)]
    assert any(place.endswith(where) and not place.startswith("changes") for place in places), told


def test_a_preview_says_what_would_change_and_how_far_the_rate_goes(harness: ServiceHarness, client: Client) -> None:
    # when
    answer = client.post(f"{P}/changes?preview=true", REVISION | GROUND)
    # then
    assert answer.status_code == 200
    told = answer.json()
    assert [one["kind"] for one in told["changes"]] == ["in_year_revision"]
    assert [(one["type"], one["direction"]) for one in told["differences"]] == [("target_revised", "easier")]
    rates = told["change_rate"]["2022"]
    assert (rates["before"]["any"]["rate"], rates["after"]["any"]["rate"]) == ("0.00", "50.00")
    assert harness.target("2022-12-31") == ">= 70,34%"
    assert "etag" not in answer.headers


def test_a_preview_is_refused_as_the_change_would_be(client: Client) -> None:
    problem(client.post(f"{P}/changes?preview=true", REVISION | GROUND | {"target": ">= 70,34%"}), 409, "no-change")
    problem(client.post(f"{P}/changes?preview=forse", REVISION | GROUND), 422, "malformed")


def test_the_changes_of_a_year_come_with_their_rate(client: Client) -> None:
    # given
    client.post(f"{P}/changes", REVISION | GROUND)
    # when
    told = client.get(f"{P}/changes?year=2022").json()
    # then
    assert told["change_rate"]["easier"] == {"numerator": 1, "denominator": 2, "rate": "50.00", "objectives": ["a1"]}
    assert [one["event"] for one in told["changes"]] == ["target-revised"]
    rates = client.get(f"{P}/change-rates?year=2022&level=operational").json()
    assert rates["change_rate"] == told["change_rate"]
    assert "changes" not in rates


@pytest.mark.parametrize("part", ["changes", "change-rates"])
def test_a_year_is_wanted_and_must_be_of_the_plan(client: Client, part: str) -> None:
    assert place_of(problem(client.get(f"{P}/{part}"), 422, "malformed")["problems"][0]) == "year"
    problem(client.get(f"{P}/{part}?year=duemila"), 422, "malformed")
    problem(client.get(f"{P}/{part}?year=2031"), 409, "outside-plan")


def test_what_is_annulled_no_longer_counts(harness: ServiceHarness, client: Client) -> None:
    # given
    version = client.post(f"{P}/changes", REVISION | GROUND).json()["version"]
    # when
    answer = client.post(f"{P}/annulments", {"versions": [version], "justification": "registrato per errore"})
    # then
    assert answer.status_code == 201
    assert harness.target("2022-12-31") == ">= 70,34%"


@pytest.mark.parametrize(
    ("body", "status", "name"),
    [
        ({"versions": [], "justification": "x"}, 422, "malformed"),
        ({"versions": ["uno"], "justification": "x"}, 422, "malformed"),
        ({"justification": "x"}, 422, "malformed"),
        ({"versions": [1], "justification": "x"}, 409, "plan-kept"),
        ({"versions": [999], "justification": "x"}, 404, "not-found"),
        ({"versions": [0], "justification": "x"}, 422, "malformed"),
        ({"versions": [10**17], "justification": "x"}, 422, "malformed"),
        ({"versions": [5]}, 409, "motivation-missing"),
        ([5], 422, "malformed"),
    ],
)
def test_an_annulment_names_what_is_there_and_why(client: Client, body: Any, status: int, name: str) -> None:
    problem(client.post(f"{P}/annulments", body), status, name)


def test_an_annulment_of_measurements_is_of_the_administration(harness: ServiceHarness, client: Client) -> None:
    # given
    made = harness.measure(series=f"{PLAN}.incasso", period="2022-H1", value="67.5", data_as_at="2022-06-30")
    (_, version) = made.versions["administration/cciaa-prova"]
    # when
    body = {"versions": [version], "justification": "foglio sbagliato", "measurements": True}
    answer = client.post(f"{P}/annulments", body)
    # then
    assert answer.headers["location"].startswith("/v1/administrations/cciaa-prova/events/")
    assert client.get(f"{P}/measurements").json()["measurements"] == []


def test_what_a_change_file_leaves_open_is_asked_and_answered_in_it(harness: ServiceHarness, client: Client) -> None:
    # given
    body = GROUND | {"changes": [REVISION | {"target": "70% (rimodulato: 66%)"}]}
    # when
    told = problem(client.post(f"{P}/changes?preview=true", body), 409, "questions-open")
    # then
    assert told["listed"][0].startswith("1. modifiche n. 1, target 2022: ")
    assert "2: vale '66%'" in told["listed"][0]
    assert problem(client.post(f"{P}/changes", body), 409, "questions-open")["listed"] == told["listed"]
    wrong = problem(client.post(f"{P}/changes", body | {"answers": {"1": "5"}}), 422, "malformed")
    assert "'5' non è fra le risposte" in wrong["problems"][0]["found"]
    assert client.post(f"{P}/changes", body | {"answers": {"1": "2"}}).status_code == 201
    assert harness.target("2022-12-31") == "66%"
    alone = REVISION | GROUND | {"target": "64% (rimodulato: 63%)", "answers": {"modifiche n. 1, target 2022": "63%"}}
    assert client.post(f"{P}/changes", alone).status_code == 201
    assert harness.target("2022-12-31") == "63%"
