"""Questions across administrations on HTTP: what they say, how they are paged, what they refuse."""

from typing import Any

from tests.api.http.client import Client, P, problem
from tests.support.harness import PLAN, ServiceHarness

RATES = "/v1/change-rates?year=2022&as_of=2022-12-31"
OTHER: dict[str, Any] = {
    "administration": {"id": "cciaa-altra", "name": "Camera di Commercio Altra"},
    "plan": {"id": "altra-2022-2024", "title": "Altro", "first_year": 2022, "last_year": 2024},
}


def _two_plans(harness: ServiceHarness) -> None:
    harness.on("2022-02-05").load()
    harness.load(**OTHER)
    harness.on("2022-10-03").revise(">= 68%", "2022-09-30")


def test_a_figure_is_the_one_that_the_plan_gives(harness: ServiceHarness, client: Client) -> None:
    _two_plans(harness)
    answer = client.get(RATES).json()
    alone = client.get(f"{P}/change-rates?year=2022&as_of=2022-12-31").json()["change_rate"]
    row = next(row for row in answer["rows"] if row["plan"] == PLAN)
    for variant, rate in row["change_rate"].items():
        assert rate == {name: alone[variant][name] for name in ("numerator", "denominator", "rate")}
    assert answer["total"]["change_rate"]["any"] == {"numerator": 1, "denominator": 4, "rate": "25.00"}
    assert answer["followed"]["behind"] == 0
    assert answer["administrations"] == 2
    assert answer["total"]["by_cause"]["new_data"]["any"]["numerator"] == 1


def test_pages_follow_next_and_nothing_is_shown_twice(harness: ServiceHarness, client: Client) -> None:
    _two_plans(harness)
    first = client.get(f"{RATES}&limit=1").json()
    second = client.get(first["next"]).json()
    assert [row["plan"] for row in (*first["rows"], *second["rows"])] == ["altra-2022-2024", PLAN]
    assert second["next"] is None
    for number in range(3):
        harness.revise(f">= {60 + number}%", "2022-10-05")
    address: str | None = "/v1/changes?recorded_since=2022-10-01&limit=2"
    seen = []
    while address:
        page = client.get(address).json()
        seen += [(one["plan"], one["version"]) for one in page["changes"]]
        address = page["next"]
    assert len(seen) == len(set(seen)) == 4


def test_a_change_says_who_when_why_and_what(harness: ServiceHarness, client: Client) -> None:
    _two_plans(harness)
    (one,) = client.get("/v1/changes?since=2022-09-30&until=2022-09-30&cause=new_data").json()["changes"]
    assert (one["administration"], one["actor"], one["role"]) == (
        "cciaa-prova",
        "ufficio-performance",
        "ufficio-performance",
    )
    assert (one["before"]["text"], one["after"]["text"], one["direction"]) == (">= 70,34%", ">= 68%", "easier")
    assert (one["objectives"], one["levels"], one["counted"]) == (["a1"], ["operational"], True)
    assert one["justification"] == "dati del monitoraggio"
    for nothing in ("cause=legal", "administration=cciaa-altra", "actor=oiv", "recorded_until=2022-10-02"):
        assert client.get(f"/v1/changes?{nothing}").json()["changes"] == []


def test_a_day_of_recording_is_whole_and_of_rome(harness: ServiceHarness, client: Client) -> None:
    _two_plans(harness)
    day = "recorded_since=2022-10-03&recorded_until=2022-10-03"
    assert len(client.get(f"/v1/changes?{day}").json()["changes"]) == 1
    assert client.get("/v1/changes?recorded_since=2022-10-04").json()["changes"] == []
    assert len(client.get("/v1/changes?recorded_since=2022-10-02T22:00:00Z").json()["changes"]) == 1


def test_the_same_answer_is_not_sent_twice_and_a_new_event_makes_another(
    harness: ServiceHarness, client: Client
) -> None:
    _two_plans(harness)
    tag = client.get(RATES).headers["etag"]
    assert client.get(RATES, if_none_match=tag).status_code == 304
    harness.revise(">= 60%", "2022-10-05", indicator="cassetto")
    again = client.get(RATES, if_none_match=tag)
    assert again.status_code == 200
    assert again.json()["total"]["change_rate"]["any"]["numerator"] == 2


def test_what_cannot_be_asked_is_refused(harness: ServiceHarness, client: Client) -> None:
    _two_plans(harness)
    problem(client.get("/v1/change-rates"), 422, "malformed")
    problem(client.get(f"{RATES}&known_at=2022-10-01"), 422, "malformed")
    problem(client.get("/v1/changes?after=qualcosa"), 422, "malformed")
    problem(client.get("/v1/changes?recorded_since=31.12.2022"), 422, "malformed")
    problem(client.get("/v1/changes?cause=capriccio"), 422, "malformed")
