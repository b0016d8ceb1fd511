"""What every answer says to a browser: on every route, with every error, and of what lies ready."""

import re
from collections.abc import Iterator

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.routing import Route

from api.http.headers import SECURITY_HEADERS, STRICT_TRANSPORT
from tests.api.http.client import Client, P
from tests.support.accounts import account_with, cookie_header, session_of, token_of
from tests.support.harness import PLAN, ServiceHarness, document

AS_IT_WAS = f"{P}?as_of=2022-06-30&known_at=2022-02-02T00:00:00%2B01:00"
PARTS = {"plan": PLAN, "administration": "cciaa-prova", "indicator": "incasso", "objective": "a1", "version": "1"}


def hold(answer: httpx2.Response) -> None:
    """Fails where an answer lacks what every answer says."""
    assert {name: answer.headers.get(name) for name in SECURITY_HEADERS} == dict(SECURITY_HEADERS)
    assert "server" not in answer.headers
    assert re.fullmatch(r"[0-9a-f]{20}", answer.headers["x-request-id"])
    kept = answer.headers["cache-control"]
    assert ("public" in kept) == ("Authorization" not in answer.headers.get("vary", "")), kept
    assert "no-store" in kept or "no-cache" in kept or "immutable" in kept


@pytest.fixture
def loaded(harness: ServiceHarness, client: Client) -> Client:
    """A client of a service that has a plan."""
    harness.load()
    harness.on("2022-11-10")
    return client


def _addresses(app: FastAPI) -> set[tuple[str, str]]:
    described = {(method, path) for path, item in app.openapi()["paths"].items() for method in item}
    others = {("get", route.path) for route in app.routes if isinstance(route, Route | APIRoute)}
    return {
        (method.upper(), re.sub(r"{(\w+)[^}]*}", lambda part: PARTS.get(part[1], "x"), path))
        for method, path in described | others
    }


def test_every_route_says_what_every_answer_says(loaded: Client) -> None:
    addresses = _addresses(loaded.app)
    assert len(addresses) > 80
    for method, path in addresses:
        hold(loaded.http.request(method, path))
        if method == "POST":
            hold(loaded.send(path, b"\xff"))


def _answers(harness: ServiceHarness, client: Client) -> Iterator[tuple[int, httpx2.Response]]:
    yield 403, client.post("/v1/plans", document(), Origin="https://esempio.it")
    yield 404, client.get("/nessuno")
    yield 405, client.http.delete("/v1/plans")
    yield 413, client.send("/v1/plans", b" " * 1_000_001)
    yield 415, client.http.post("/v1/plans", content=b"{}")
    yield 421, client.get("/v1/plans", Host="esempio.it")
    yield 422, client.get(f"{P}?as_of=domani")
    yield 431, client.get("/v1/plans", X_Lungo="x" * 40_000)
    yield 404, client.get("/v1/plans/altro")
    yield 409, client.post(f"{P}/annulments", {"versions": [1], "justification": "errore"})
    tag = client.get(P).headers["etag"]
    yield 304, client.get(P, If_None_Match=tag)
    for _ in range(2):
        yield 200, client.get(AS_IT_WAS)
    assert "immutable" in client.get(AS_IT_WAS).headers["cache-control"]
    yield 304, client.get(AS_IT_WAS, If_None_Match=client.get(AS_IT_WAS).headers["etag"])
    yield 200, client.http.head(P)
    yield 429, _last(Client(harness, requests_per_minute=1))


def _last(client: Client) -> httpx2.Response:
    return next(answer for _ in range(3) if (answer := client.get(P)).status_code == 429)


def test_every_error_and_what_lies_ready_says_it_too(harness: ServiceHarness, loaded: Client) -> None:
    for status, answer in _answers(harness, loaded):
        assert answer.status_code == status, answer.text
        hold(answer)


@pytest.mark.parametrize("error", [ZeroDivisionError("segreto"), MemoryError()])
def test_a_failure_says_it_too(
    harness: ServiceHarness, client: Client, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def reading(_: object = None) -> None:
        raise error

    monkeypatch.setattr(harness.store, "reading", reading)
    monkeypatch.setattr(harness.store, "reading_on_event_loop", reading)
    answer = client.get(P)
    assert answer.status_code == 500
    hold(answer)


def test_nothing_but_tls_is_asked_for_only_where_tls_stands_in_front(harness: ServiceHarness) -> None:
    assert "strict-transport-security" not in Client(harness).get("/v1/status").headers
    secure = Client(harness, public_address="https://piani.esempio.it", sign_in="required")
    for path, status in (("/v1/status", 200), ("/nessuno", 404), ("/v1/plans", 401)):
        answer = secure.get(path, Host="piani.esempio.it")
        assert (answer.status_code, answer.headers["strict-transport-security"]) == (status, STRICT_TRANSPORT)


def _signed_in(harness: ServiceHarness) -> tuple[Client, dict[str, str]]:
    client = Client(harness, sign_in="required")
    app: FastAPI = client.app
    return client, cookie_header(app, session_of(app, account_with(app, "planner", "cciaa-prova")))


def test_what_somebody_who_signed_in_sees_is_kept_by_no_cache_between(harness: ServiceHarness) -> None:
    harness.load()
    client, cookie = _signed_in(harness)
    seen = {path: client.http.get(path, headers=cookie) for path in ("/", P, "/v1/plans", "/checkpoint", AS_IT_WAS)}
    assert {answer.status_code for answer in seen.values()} == {200}
    for path, answer in seen.items():
        kept = answer.headers["cache-control"]
        assert kept.startswith("private") or kept == "no-store", (path, kept)
        assert {"Cookie", "Authorization"} <= {one.strip() for one in answer.headers["vary"].split(",")}
    assert seen["/"].headers["cache-control"] == "no-store"
    assert seen[P].headers["cache-control"] == "private, no-cache"
    again = client.http.get(P, headers=cookie | {"If-None-Match": seen[P].headers["etag"]})
    assert (again.status_code, again.headers["cache-control"]) == (304, "private, no-cache")


def test_what_a_token_sees_is_kept_by_no_cache_between(harness: ServiceHarness) -> None:
    harness.load()
    client = Client(harness, sign_in="required")
    token = token_of(client.app, account_with(client.app, "oiv", "cciaa-prova"))
    answer = client.get(P, Authorization=f"Bearer {token}")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "private, no-cache")
    assert client.get(P).status_code == 401


def test_a_file_of_the_pages_is_for_everybody(client: Client) -> None:
    [style] = re.findall(r'href="(/static/style[^"]+)"', client.get("/").text)
    answer = client.get(style)
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["vary"] == "Accept-Encoding"
