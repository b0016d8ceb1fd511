"""What stands before every request: this machine only, a measure of requests, every failure a problem."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from eventsourcing.persistence import OperationalError

from api.http.network import AddressRefused
from api.http.request_counts import RequestCounts
from api.http.workers import serve
from api.settings import Settings
from domain.errors import UnknownRecord
from projections.store.reader import Reader
from tests.api.http.client import Client, P, problem
from tests.support.harness import ServiceHarness, document
from tests.support.problem_places import place_of


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8000", "127.0.0.1", "127.0.0.1:80", "127.1.2.3", "[::1]:8000", "LOCALHOST"]
)
def test_this_machine_may_be_named_in_several_ways(client: Client, host: str) -> None:
    assert client.get("/v1/status", Host=host).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["esempio.it", "localhost.esempio.it", "10.0.0.1", "0.0.0.0", "", "127.0.0.1.esempio.it", "[::2]", "localhost@x"],  # noqa: S104 - it is refused
)
def test_any_other_host_is_refused(client: Client, host: str) -> None:
    told = problem(client.get("/v1/status", Host=host), 421, "host-refused")
    assert place_of(told) == "Host"


@pytest.mark.parametrize(
    "origin", ["https://esempio.it", "http://localhost.esempio.it", "null", "", "http://[", "file://"]
)
def test_a_page_elsewhere_cannot_write(client: Client, origin: str) -> None:
    problem(client.post("/v1/plans", document(), Origin=origin), 403, "origin-refused")
    assert client.get("/v1/plans", Origin=origin).json()["plans"] == []


@pytest.mark.parametrize("origin", ["http://localhost:8000", "http://127.0.0.1:3000", "http://[::1]:8000"])
def test_a_page_of_this_machine_can(client: Client, origin: str) -> None:
    assert client.post("/v1/plans", document(), Origin=origin).status_code == 201


def test_no_page_elsewhere_may_read_what_is_answered(client: Client) -> None:
    answer = client.get("/v1/plans", Origin="https://esempio.it")
    assert not [name for name in answer.headers if name.startswith("access-control")]
    asked = {"Origin": "https://esempio.it", "Access-Control-Request-Method": "POST"}
    problem(client.http.options("/v1/plans", headers=asked), 405, "method-not-allowed")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.10", "esempio.it", ""])  # noqa: S104 - it is refused
def test_the_service_listens_on_no_other_address(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("uvicorn.run", lambda *_, **__: pytest.fail("it listens"))
    with pytest.raises(AddressRefused, match="credenziali"):
        serve(Settings(host=host, database="unused", sign_in="open"))


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_the_service_listens_on_this_machine(
    host: str, harness: ServiceHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    listening: list[object] = []
    monkeypatch.setattr("uvicorn.run", lambda *_, **how: listening.append(how["host"]))
    monkeypatch.setattr("api.http.workers.configure_logs", lambda *_, **__: None)
    serve(Settings(host=host, database=harness.store.location, sign_in="open"))
    assert listening == [host]


@pytest.mark.parametrize(
    "path", ["/v1", "/v1/", "/v1/plans/", "/v2/plans", "/docs", "/redoc", "/v1/plans/x/y", "/%00", "/è/€"]
)
def test_an_unknown_address_is_a_problem(client: Client, path: str) -> None:
    problem(client.get(path), 404, "no-such-address")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/v1/plans", "GET, HEAD, POST"),
        ("PUT", P, "GET, HEAD"),
        ("PATCH", "/v1/status", "GET, HEAD"),
        ("GET", f"{P}/annulments", "POST"),
        ("BREW", "/v1/plans", "GET, HEAD, POST"),
    ],
)
def test_a_method_that_an_address_does_not_take_is_told_which_it_does(
    client: Client, method: str, path: str, allowed: str
) -> None:
    answer = client.http.request(method, path)
    problem(answer, 405, "method-not-allowed")
    assert answer.headers["allow"] == allowed


def test_a_head_is_a_get_without_its_body(harness: ServiceHarness, client: Client) -> None:
    harness.load()
    head, whole = client.http.head(f"{P}?as_of=2022-06-30"), client.get(f"{P}?as_of=2022-06-30")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == whole.headers["etag"]
    assert head.headers["content-length"] == str(len(whole.content))


def test_the_status_is_a_problem_that_is_none(harness: ServiceHarness, client: Client) -> None:
    harness.load()
    for path in ("/status", "/v1/status"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/problem+json")
        told = answer.json()
        assert (told["status"], told["name"], told["plans"]) == (200, "In Itinere", 1)
        assert told["version"].count(".") == 2


def test_every_answer_says_how_many_requests_are_left(client: Client) -> None:
    first, second = client.get("/v1/plans"), client.get("/v1/nessuno")
    left = [int(answer.headers["x-ratelimit-remaining"]) for answer in (first, second)]
    assert left[1] in {left[0] - 1, int(first.headers["x-ratelimit-limit"]) - 1}
    assert 0 < int(first.headers["x-ratelimit-reset"]) <= 60


def test_too_many_requests_are_told_when_to_come_back(harness: ServiceHarness) -> None:
    client = Client(harness, requests_per_minute=1)
    answer = next(one for _ in range(3) if (one := client.get("/v1/plans")).status_code != 200)
    problem(answer, 429, "too-many-requests")
    assert answer.headers["x-ratelimit-remaining"] == "0"
    assert answer.headers["retry-after"] == answer.headers["x-ratelimit-reset"]


def test_a_window_counts_each_client_and_begins_anew_every_minute() -> None:
    now = 120.0
    counts = RequestCounts(clock=lambda: now)
    assert [counts.take("a")[0], counts.take("a")[0], counts.take("a")[0], counts.take("b")[0]] == [1, 2, 3, 1]
    now = 179.5
    assert counts.take("a") == (4, 1)
    now = 180.0
    assert counts.take("a") == (1, 60)
    counts.close()


def test_processes_that_share_the_counts_count_together() -> None:
    first = RequestCounts(clock=lambda: 60.0)
    second = RequestCounts(first.shared, clock=lambda: 61.0)
    assert [counts.take("a")[0] for counts in (first, second, second, first)] == [1, 2, 3, 4]
    first.close()
    second.close()


def test_counts_that_nobody_uses_any_more_leave_no_file_open() -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(20):
        RequestCounts().take("a")
    gc.collect()
    assert len(list(Path("/proc/self/fd").iterdir())) < before + 10


def test_a_crowd_of_clients_is_counted_one_by_one() -> None:
    counts = RequestCounts(clock=lambda: 60.0)
    assert {counts.take(f"10.{n // 250}.{n % 250}.1")[0] for n in range(8_000)} == {1}
    assert {counts.take(f"10.{n // 250}.{n % 250}.1")[0] for n in range(8_000)} == {2}
    counts.close()


@pytest.mark.parametrize("content_length", [True, False])
def test_a_document_beyond_the_limit_is_refused_whether_or_not_it_says_its_length(
    harness: ServiceHarness, *, content_length: bool
) -> None:
    # given
    client = Client(harness, max_document_bytes=10_000)
    chunks = [b" " * 1_000] * 11

    def stream() -> Iterator[bytes]:
        yield from chunks

    # when
    content = b"".join(chunks) if content_length else stream()
    answer = client.http.post("/v1/plans", content=content, headers={"Content-Type": "application/json"})
    # then
    assert ("content-length" in answer.request.headers) is content_length
    assert "10000" in problem(answer, 413, "too-large")["accepted"]


def test_a_document_at_the_limit_is_read(harness: ServiceHarness) -> None:
    client = Client(harness, max_document_bytes=10_000)
    problem(client.send("/v1/plans", b"{}".ljust(10_000)), 422, "malformed")


@contextmanager
def _failing(harness: ServiceHarness, monkeypatch: pytest.MonkeyPatch, error: Exception) -> Iterator[None]:
    def reading(_: object = None) -> Reader:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(harness.store, "reading", reading)
        patched.setattr(harness.store, "reading_on_event_loop", reading)
        yield


@pytest.mark.parametrize(
    ("error", "status", "name"),
    [
        (ZeroDivisionError("segreto"), 500, "unexpected"),
        (KeyError("segreto"), 500, "unexpected"),
        (RecursionError("segreto"), 500, "unexpected"),
        (UnknownRecord("segreto"), 500, "unknown-record"),
        (OperationalError("segreto"), 503, "store-busy"),
    ],
)
@pytest.mark.parametrize("path", [P, "/v1/status"])
def test_a_failure_is_a_problem_that_shows_nothing_of_the_inside(
    harness: ServiceHarness,
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    error: Exception,
    status: int,
    name: str,
) -> None:
    with _failing(harness, monkeypatch, error):
        answer = client.get(path)
    problem(answer, status, name)
    assert "segreto" not in answer.text
    assert "Traceback" not in answer.text
    assert ("retry-after" in answer.headers) is (status == 503)
    assert client.get("/v1/status").status_code == 200
