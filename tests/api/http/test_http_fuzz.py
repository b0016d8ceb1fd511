"""Requests made of the description, right and wrong: whatever is sent, the service neither fails nor answers out of shape.

Bounded, and always the same: the requests are drawn without chance.
"""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from api.documentation.schemas import validator
from api.http.openapi import openapi_document
from api.operations.schemas import Problem
from tests.api.http.client import Client
from tests.support.harness import PLAN, ServiceHarness

schemathesis = pytest.importorskip("schemathesis", reason="schemathesis is not installed: make setup")

EXAMPLES = 12
PROBLEMS = validator(Problem)
KNOWN = {"plan": PLAN, "administration": "cciaa-prova", "objective": "a1", "indicator": "incasso", "version": 1}
OPERATIONS = [
    (path, method.upper(), mode)
    for path, operations in openapi_document()["paths"].items()
    for method, operation in operations.items()
    for mode in ("positive", "negative")
    if mode == "positive" or operation.get("parameters") or "requestBody" in operation
]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Client:
    """A client of a harness with a plan: what is sent is not undone, and finds what was sent before."""
    harness = ServiceHarness(tmp_path_factory.mktemp("fuzz") / "harness.sqlite")
    harness.load()
    return Client(harness, requests_per_minute=1_000_000)


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("path", "method", "mode"), OPERATIONS)
def test_no_request_that_can_be_made_of_the_description_fails(
    client: Client, path: str, method: str, mode: str
) -> None:
    schema = schemathesis.openapi.from_dict(client.get("/v1/openapi.json").json())
    modes = schemathesis.GenerationMode
    cases = schema[path][method].as_strategy(generation_mode=modes.POSITIVE if mode == "positive" else modes.NEGATIVE)

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def send(case: Any) -> None:
        case.path_parameters = {**(case.path_parameters or {}), **_known(case.path_parameters)}
        answer = client.http.request(**_sent(case.as_transport_kwargs(base_url="http://localhost:8000")))
        assert answer.status_code < 500, answer.text
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == "application/problem+json"
            PROBLEMS.validate_python([answer.json()])

    send()


def _sent(drawn: dict[str, Any]) -> dict[str, Any]:
    """The same request for our client: it takes bytes, and JSON may hold what no text can."""
    sent = {name: drawn[name] for name in ("method", "url", "params", "headers") if name in drawn}
    body = json.dumps(drawn["json"]) if "json" in drawn else drawn.get("data")
    return sent | ({} if body is None else {"content": body if isinstance(body, str | bytes) else str(body)})


def _known(drawn: Any) -> dict[str, Any]:
    return {name: KNOWN[name] for name in drawn or {} if name in KNOWN}
