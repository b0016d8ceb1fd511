"""A client of a harness: when it asks, then what it is answered."""

from typing import Any

import httpx2
from starlette.testclient import TestClient

from api.http.app import create_app
from api.settings import Settings
from tests.support.harness import PLAN, ServiceHarness

P = f"/v1/plans/{PLAN}"


class Client:
    """A client on this machine, to the harness's own store."""

    def __init__(self, harness: ServiceHarness, **how: Any) -> None:
        settings = Settings(
            database=harness.store.location,
            max_document_bytes=how.pop("max_document_bytes", 1_000_000),
            sign_in=how.pop("sign_in", "open"),
            **{
                name: how.pop(name)
                for name in list(how)
                if name in Settings.model_fields and name != "requests_per_minute"
            },
        )
        peer: str = how.pop("peer", "testclient")
        app = create_app(settings, harness.store, **how)
        self.app = app
        self.http = TestClient(
            app, base_url="http://localhost:8000", raise_server_exceptions=False, client=(peer, 50_000)
        )
        self.http.headers["Accept-Encoding"] = "identity"  # the tag of an answer names its coding

    def get(self, path: str, **headers: str) -> httpx2.Response:
        """Asks; a header is named with underscores."""
        return self.http.get(path, headers=_named(headers))

    def post(self, path: str, body: object, **headers: str) -> httpx2.Response:
        """Sends a JSON document."""
        return self.http.post(path, json=body, headers=_named(headers))

    def send(self, path: str, content: bytes, **headers: str) -> httpx2.Response:
        """Sends bytes that call themselves JSON, unless the headers say otherwise."""
        return self.http.post(path, content=content, headers={"Content-Type": "application/json"} | _named(headers))


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def problem(answer: httpx2.Response, status: int, name: str) -> dict[str, Any]:
    """The problem that an answer is; fails unless it is this one, in the one shape that errors have."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told: dict[str, Any] = answer.json()
    assert told["type"] == f"urn:in-itinere:problem:{name}"
    assert told["status"] == status
    assert told["title"]
    assert told["detail"]
    assert told["instance"].startswith("/")
    assert int(answer.headers["x-ratelimit-limit"]) > 0
    return told
