"""Plans over HTTP: the list, one, its parts, and a new one."""

import pytest

from tests.api.http.client import Client, P, problem
from tests.support.harness import PLAN, ServiceHarness, document
from tests.support.problem_places import place_of


def test_a_new_plan_is_recorded_and_says_where_it_is(client: Client) -> None:
    # when
    answer = client.post("/v1/plans", document())
    # then
    assert answer.status_code == 201
    assert answer.headers["location"] == P
    told = answer.json()
    assert told["plan"] == PLAN
    assert told["repeated"] is False
    assert told["version"] == told["versions"][f"plan/{PLAN}"]["last"]
    assert client.get(P).json()["plan"]["status"] == "approved"


def test_a_preview_shows_the_plan_and_its_oddities_and_records_nothing(client: Client) -> None:
    # given
    odd = document()
    odd["indicators"][0]["targets"][0]["text"] = "circa settanta"
    # when
    answer = client.post("/v1/plans?preview=true", odd)
    # then
    assert answer.status_code == 200
    assert "location" not in answer.headers
    assert len(answer.json()["plan"]["indicators"]) == 3
    assert "unread_target" in {one["name"] for one in answer.json()["warnings"]}
    problem(client.get(P), 404, "not-found")


def test_a_preview_and_a_plan_take_the_date_of_effect_that_the_address_says(
    harness: ServiceHarness, client: Client
) -> None:
    # given
    harness.on("2022-03-01")
    # when
    shown = client.post("/v1/plans?preview=true&effective_on=2022-02-15", document()).json()["plan"]
    made = client.post("/v1/plans?effective_on=2022-02-15", document())
    # then
    assert shown["plan"]["years"]["2022"]["approved_on"] == "2022-02-15"
    assert made.status_code == 201
    assert client.get(P).json()["plan"]["years"]["2022"]["approved_on"] == "2022-02-15"


def test_a_plan_that_is_there_is_refused(harness: ServiceHarness, client: Client) -> None:
    harness.load()
    told = problem(client.post("/v1/plans", document()), 409, "already-there")
    assert place_of(told) == "plan.id"
    assert told["accepted"]


def test_a_plan_document_with_mistakes_is_told_all_of_them_and_nothing_is_stored(client: Client) -> None:
    # given
    wrong = document()
    wrong["plan"]["first_year"] = "presto"
    wrong["objectives"][1]["wheight"] = "60"
    wrong["indicators"][0]["targets"][0]["year"] = 1
    # when
    told = problem(client.post("/v1/plans", wrong), 422, "malformed")
    # then
    places = {place_of(one) for one in told["problems"]}
    assert places == {"plan.first_year", "objectives[1].wheight", "indicators[0].targets[0].year"}
    assert told["total"] == 3
    assert client.get("/v1/events").json()["events"] == []


def test_a_tree_that_bites_its_tail_is_told(client: Client) -> None:
    wrong = document()
    wrong["objectives"][0]["parent"] = "a1"
    told = problem(client.post("/v1/plans", wrong), 422, "malformed")
    assert "objectives[0].parent" in {place_of(one) for one in told["problems"]}


def test_the_list_says_where_each_plan_stands(harness: ServiceHarness, client: Client) -> None:
    harness.load()
    row = client.get("/v1/plans?as_of=2022-06-30").json()["plans"][0]
    assert (row["id"], row["status"], row["indicators"]) == (PLAN, "approved", 3)


def test_the_list_of_an_empty_store_is_empty(client: Client) -> None:
    assert client.get("/v1/plans").json()["plans"] == []


def test_what_is_shown_can_be_taken_in_again(harness: ServiceHarness, client: Client) -> None:
    # given
    harness.load()
    exported = client.get(f"{P}?as_of=2022-06-30").json()
    # when
    exported["plan"]["id"] = "copia-2022-2024"
    for indicator in exported["indicators"]:
        indicator.pop("series")
    # then
    assert client.post("/v1/plans", exported).status_code == 201


def test_the_parts_of_a_plan_are_those_of_its_document(harness: ServiceHarness, client: Client) -> None:
    # given
    harness.load()
    whole = client.get(f"{P}?as_of=2022-06-30").json()
    # then
    for name in ("objectives", "indicators", "measurements", "statuses"):
        part = client.get(f"{P}/{name}?as_of=2022-06-30").json()
        assert part[name] == whole[name]
        assert (part["plan"], part["as_of"], part["version"]) == (PLAN, "2022-06-30", whole["version"])
    one = client.get(f"{P}/objectives/a1?as_of=2022-06-30").json()
    assert one["objective"] == next(row for row in whole["objectives"] if row["id"] == "a1")
    other = client.get(f"{P}/indicators/incasso?as_of=2022-06-30").json()
    assert other["indicator"] == next(row for row in whole["indicators"] if row["id"] == "incasso")


def test_the_history_of_an_indicator_holds_every_value_with_its_reason(harness: ServiceHarness, client: Client) -> None:
    # given
    harness.load()
    harness.on("2022-10-03").revise(">= 68%", "2022-09-30")
    # when
    for name in ("incasso", "Percentuale di incasso"):
        rows = client.get(f"{P}/indicators/{name}/history?as_of=2022-12-31").json()["values"]
        # then
        revised = next(row for row in rows if row["event"] == "target-revised")
        assert (revised["before"]["text"], revised["value"]["text"]) == (">= 70,34%", ">= 68%")
        assert (revised["justification"], revised["kind"]) == ("dati del monitoraggio", "in_year_revision")


def test_the_history_of_an_objective_is_asked_for_among_objectives(harness: ServiceHarness, client: Client) -> None:
    harness.load()
    assert client.get(f"{P}/objectives/a1/history").json()["object"] == "objective/a1"
    problem(client.get(f"{P}/indicators/a1/history"), 404, "not-found")
    problem(client.get(f"{P}/objectives/incasso/history"), 404, "not-found")


@pytest.mark.parametrize(
    "path",
    [
        "/v1/plans/nessuno",
        "/v1/plans/NESSUNO%00",
        "/v1/plans/..%2f..",
        f"{P}/objectives/nessuno",
        f"{P}/indicators/nessuno",
        f"{P}/indicators/nessuno/history",
        f"{P}/events/999",
        f"{P}?as_of=2021-01-01",
        f"{P}?known_at=2021-01-01",
        "/v1/administrations/nessuna/acts",
        "/v1/administrations/nessuna/offices",
        "/v1/administrations/nessuna/events",
        "/v1/administrations/cciaa-prova/events/999",
        "/v1/administrations/cciaa-prova/acts?known_at=2021-01-01",
    ],
)
def test_what_is_not_there_is_not_found_and_says_what_is(harness: ServiceHarness, client: Client, path: str) -> None:
    harness.load()
    answer = client.get(path)
    assert answer.json()["type"] in {"urn:in-itinere:problem:not-found", "urn:in-itinere:problem:no-such-address"}
    assert problem(answer, 404, answer.json()["type"].rpartition(":")[2])["accepted"]


@pytest.mark.parametrize(
    "part",
    [
        "changes?year=2022",
        "change-rates?year=2022",
        "differences?from=2022-01-01",
        "audit",
        "events",
        "acts",
        "offices",
    ],
)
def test_every_question_about_an_unknown_plan_is_not_found(client: Client, part: str) -> None:
    problem(client.get(f"/v1/plans/nessuno/{part}"), 404, "not-found")
