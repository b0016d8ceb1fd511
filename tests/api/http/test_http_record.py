"""The record over HTTP: pages that neither skip nor repeat, envelopes byte by byte, the audit trail."""

from typing import Any

import orjson
import pytest
from eventsourcing.persistence import Notification

from tests.api.http.client import Client, P, problem
from tests.support.harness import PLAN, ServiceHarness
from tests.support.problem_places import place_of


@pytest.fixture(autouse=True)
def loaded(harness: ServiceHarness) -> ServiceHarness:
    """A plan, and three revisions of it."""
    harness.load()
    for day, target in (("2022-05-10", ">= 69%"), ("2022-07-10", ">= 68%"), ("2022-09-10", ">= 67%")):
        harness.on(day).revise(target, day)
    return harness


def _stored(harness: ServiceHarness, stream: str | None = None) -> list[Notification]:
    with harness.store.reading() as reader:
        return reader.select_notifications(limit=10_000, stream=stream)


@pytest.mark.parametrize("limit", [1, 3, 7, 1000])
@pytest.mark.parametrize(
    ("path", "stream"),
    [
        ("/v1/events", None),
        (f"{P}/events", f"plan/{PLAN}"),
        ("/v1/administrations/cciaa-prova/events", "administration/cciaa-prova"),
    ],
)
def test_pages_neither_skip_nor_repeat_while_others_write(
    harness: ServiceHarness, client: Client, path: str, stream: str | None, limit: int
) -> None:
    # given
    seen: list[int] = []
    address: str | None = f"{path}?limit={limit}"
    writes = iter([">= 66%", ">= 65%", ">= 64%"])
    page: dict[str, Any] = {}
    # when
    while address:
        page = client.get(address).json()
        seen += [row["position"] for row in page["events"]]
        assert len(page["events"]) <= limit
        if (target := next(writes, None)) is not None:
            harness.revise(target, "2022-09-20")
        address = page["next"]
    resumed = client.get(f"{path}?after={page['last']}&limit=1000").json()
    seen += [row["position"] for row in resumed["events"]]
    # then
    assert seen == [row.id for row in _stored(harness, stream)]


def test_a_page_says_where_the_next_one_is(client: Client) -> None:
    answer = client.get("/v1/events?limit=2")
    assert answer.json()["next"] == "/v1/events?after=2&limit=2"
    assert answer.headers["link"] == '</v1/events?after=2&limit=2>; rel="next"'
    last = client.get("/v1/events?limit=1000")
    assert last.json()["next"] is None
    assert "link" not in last.headers


def test_an_envelope_is_shown_byte_by_byte(harness: ServiceHarness, client: Client) -> None:
    stored = _stored(harness, f"plan/{PLAN}")[3]
    assert b'"envelope":' + stored.state in client.get(f"{P}/events/{stored.originator_version}").content
    row = client.get(f"{P}/events/{stored.originator_version}").json()
    assert row["envelope"] == orjson.loads(stored.state)
    assert (row["position"], row["topic"]) == (stored.id, stored.topic)


@pytest.mark.parametrize(
    "said", ["after=-1", "after=x", "limit=0", "limit=1001", f"after={10**30}", "after=1&after=2", "page=2"]
)
def test_a_page_that_cannot_be_is_malformed(client: Client, said: str) -> None:
    problem(client.get(f"/v1/events?{said}"), 422, "malformed")


@pytest.mark.parametrize("version", ["0", "-1", "x", str(10**30)])
def test_a_version_that_cannot_be_is_malformed(client: Client, version: str) -> None:
    problem(client.get(f"{P}/events/{version}"), 422, "malformed")


def test_the_trail_is_newest_first_in_sentences(client: Client) -> None:
    # when
    told = client.get(f"{P}/audit?limit=2").json()
    # then
    assert told["events"][0]["event"] == "target-revised"
    assert "67%" in told["events"][0]["sentence"]
    assert told["events"][0]["justification"] == "dati del monitoraggio"
    instants = [row["recorded_at"] for row in told["events"]]
    assert instants == sorted(instants, reverse=True)


def test_the_pages_of_the_trail_neither_skip_nor_repeat_while_others_write(
    harness: ServiceHarness, client: Client
) -> None:
    # given
    whole = [row["position"] for row in client.get(f"{P}/audit?limit=1000").json()["events"]]
    seen: list[int] = []
    address: str | None = f"{P}/audit?limit=4"
    targets = iter(range(66, 0, -1))
    # when
    while address:
        page = client.get(address).json()
        seen += [row["position"] for row in page["events"]]
        harness.revise(f">= {next(targets)}%", "2022-09-20")
        address = page["next"]
    # then
    assert seen == whole


@pytest.mark.parametrize(
    ("said", "count"),
    [
        ("kind=in_year_revision", 3),
        ("kind=in_year_revision&since=2022-07-10", 2),
        ("kind=in_year_revision&until=2022-07-10", 2),
        ("event=target-revised", 3),
        ("event=target-revised&actor=altri", 0),
        ("event=target-revised&object=incasso", 3),
        ("event=target-revised&object=cassetto", 0),
        ("event=target-revised&as_of=2022-05-31", 1),
        ("event=target-revised&known_at=2022-05-31", 1),
    ],
)
def test_the_trail_is_filtered_by_all_that_is_said(client: Client, said: str, count: int) -> None:
    told = client.get(f"{P}/audit?{said}").json()
    assert told["total"] == len(told["events"]) == count


def test_the_next_page_keeps_the_filters(client: Client) -> None:
    page = client.get(f"{P}/audit?event=target-revised&object=incasso&limit=1").json()
    assert page["total"] == 3
    following = client.get(page["next"]).json()
    assert (following["total"], len(following["events"])) == (3, 1)
    assert following["events"][0]["event"] == "target-revised"


@pytest.mark.parametrize(
    "said", ["kind=boh", "event=boh", "since=0", "actor=Mario Rossi", "limit=0", "offset=-1", "wer=x"]
)
def test_a_filter_that_cannot_be_is_malformed(client: Client, said: str) -> None:
    told = problem(client.get(f"{P}/audit?{said}"), 422, "malformed")
    assert place_of(told["problems"][0]) == said.partition("=")[0]
