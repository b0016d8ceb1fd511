"""What the service writes of itself, read as an operator's machine reads it: one JSON object a line, and no person in it."""

import io
import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from api.http.logs import REQUESTS, configure_logs
from tests.api.http.client import Client, P
from tests.support.accounts import account_with, cookie_header, session_of, token_of
from tests.support.harness import PLAN, ServiceHarness, document

Lines = Any


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What is written while logs are configured as a service has them; as they were afterwards."""
    names = ("", "uvicorn", "uvicorn.error", "api", "api.http", "api.imports", "asyncio", REQUESTS)
    loggers = [logging.getLogger(name) for name in names]
    before = [(one.handlers, one.level, one.propagate, list(one.filters), one.disabled) for one in loggers]
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    configure_logs("json", of_requests=True)
    yield stream
    for one, (handlers, level, propagate, filters, disabled) in zip(loggers, before, strict=True):
        one.handlers, one.propagate, one.filters, one.disabled = handlers, propagate, filters, disabled
        one.setLevel(level)


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    """The lines, each read as JSON."""
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_request_is_one_line_with_the_template_of_its_address(
    harness: ServiceHarness, client: Client, written: io.StringIO
) -> None:
    harness.load()
    answer = client.get(f"{P}?as_of=2022-06-30", Cookie="initinere=segreto", Actor="ufficio-performance")
    [line] = lines(written)
    assert (line["method"], line["route"], line["status"]) == ("GET", "/v1/plans/{plan}", 200)
    assert line["request_id"] == answer.headers["x-request-id"]
    assert line["ms"] > 0
    assert line["event"] == "request"
    assert set(line) == {
        *("event", "method", "route", "status", "ms", "account", "request_id", "timestamp", "level", "logger")
    }
    assert not {PLAN, "2022-06-30", "segreto"} & set(written.getvalue().split('"'))


def test_what_lies_ready_and_what_is_nowhere_have_their_line_too(
    harness: ServiceHarness, client: Client, written: io.StringIO
) -> None:
    harness.load()
    harness.on("2022-11-10")
    address = f"{P}?as_of=2022-06-30&known_at=2022-02-02T00:00:00%2B01:00"
    for path in (address, address, "/mario.rossi/segreto", "/v1/status", "/"):
        client.get(path)
    client.http.request("HEAD", P)
    client.http.request("MARIO", P)
    told = [(line["method"], line["route"], line["status"]) for line in lines(written)]
    assert told == [
        ("GET", "/v1/plans/{plan}", 200),
        ("GET", "/v1/plans/{plan}", 200),
        ("GET", None, 404),
        ("GET", "/v1/status", 200),
        ("GET", "/", 200),
        ("HEAD", "/v1/plans/{plan}", 200),
        ("other", "/v1/plans/{plan}", 405),
    ]


def test_the_log_says_which_account_asked_and_nothing_else_of_it(harness: ServiceHarness, written: io.StringIO) -> None:
    harness.load()
    client = Client(harness, sign_in="required")
    account = account_with(client.app, "planner", "cciaa-prova", login="anna.prova@esempio.it")
    opened, token = session_of(client.app, account), token_of(client.app, account)
    client.http.get(P, headers=cookie_header(client.app, opened))
    client.http.get(f"{P}?nome=anna", headers={"Authorization": f"Bearer {token}"})
    client.http.get(P, headers={"Authorization": f"Bearer {token[:-1]}x"})
    client.http.post("/v1/plans", json=document(), headers=cookie_header(client.app, opened))
    assert [(line["account"], line["status"]) for line in lines(written)] == [
        (account, 200),
        (account, 422),
        (None, 401),
        (account, 403),
    ]
    for secret in (opened.secret, token, token[4:20], "anna", "Anna", "Camera di Commercio", "nome"):
        assert secret not in written.getvalue()


def test_a_failure_is_told_to_the_log_under_the_id_of_its_request(
    harness: ServiceHarness, client: Client, written: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def reading(_: object = None) -> None:
        raise ZeroDivisionError("una divisione")

    monkeypatch.setattr(harness.store, "reading", reading)
    monkeypatch.setattr(harness.store, "reading_on_event_loop", reading)
    answer = client.get(P)
    failure, request = lines(written)
    assert "ZeroDivisionError" in failure["exception"]
    assert {failure["request_id"], request["request_id"]} == {answer.headers["x-request-id"]}
    for inside in ("Traceback", "ZeroDivision", "divisione", ".py", str(harness.store.location)):
        assert inside not in answer.text


@pytest.mark.parametrize(
    ("peer", "sent", "is_taken"),
    [
        ("10.0.0.1", "abc-123-DEF", True),
        ("10.0.0.2", "abc-123-DEF", False),
        ("10.0.0.1", "x" * 65, False),
        ("10.0.0.1", 'riga"}{"altra', False),
        ("10.0.0.1", "corta", False),
    ],
)
def test_the_id_of_a_request_is_taken_from_our_own_proxy_alone(
    harness: ServiceHarness, written: io.StringIO, peer: str, sent: str, *, is_taken: bool
) -> None:
    client = Client(harness, peer=peer, proxies="10.0.0.1")
    answer = client.get("/v1/status", X_Request_Id=sent)
    assert (answer.headers["x-request-id"] == sent) is is_taken
    assert lines(written)[-1]["request_id"] == answer.headers["x-request-id"]


def test_the_lines_of_requests_may_be_left_out(
    client: Client, written: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", written)
    configure_logs("json", of_requests=False)
    client.get("/v1/status")
    assert written.getvalue() == ""


def test_a_log_for_a_person_is_no_json(client: Client, written: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", written)
    configure_logs("text", of_requests=True)
    client.get("/v1/status")
    assert "status=200" in written.getvalue()
    assert "{" not in written.getvalue()
