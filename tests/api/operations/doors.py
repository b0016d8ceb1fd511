"""The two doors of one installation, at one instant that does not pass: what each answers to the same question."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import orjson
from click.testing import CliRunner
from starlette.testclient import TestClient

from api.cli import app, session
from api.http.app import create_app
from api.settings import Settings
from projections.event_log import events_after
from projections.store.store import Store

NOW = datetime(2023, 7, 3, 9, tzinfo=UTC)
"""A Monday: the year 2022 is closed, and another plan has taken the place of this one."""

ALIKE = ("type", "title", "status", "detail", "where", "accepted", "listed", "problems")
"""What both doors say of a refusal; `instance` is of HTTP alone, which leaves out what is empty."""


class Reply(NamedTuple):
    """What a door answered: whether it did what was asked, and its bytes."""

    accepted: bool
    content: bytes

    def document(self) -> Any:
        """The JSON document that was answered."""
        return json.loads(self.content)

    def refusal(self) -> dict[str, Any]:
        """The problem that was answered, in what is said of it at either door."""
        assert not self.accepted, self.content
        problem = self.document()
        return {name: problem[name] for name in ALIKE if problem.get(name)}


class Doors:
    """The command line and HTTP, to the database of a folder."""

    def __init__(self, folder: Path, now: datetime) -> None:
        self.folder = folder
        self.database = str(folder / "archivio.sqlite")
        self._now = now
        self._store: Store | None = None

    def tick(self) -> datetime:
        """The clock, which stands still."""
        return self._now

    def cli(self, *arguments: str) -> Reply:
        """Runs `initinere` with these arguments."""
        environment = {"INITINERE_DATABASE": self.database, "XDG_DATA_HOME": str(self.folder)}
        with (
            patch.object(session, "Store", partial(Store, clock=self.tick)),
            patch.object(session, "now_in_utc", self.tick),
            frozen_salts(),
        ):
            result = CliRunner(env=environment).invoke(app, arguments, prog_name="initinere", catch_exceptions=False)
        return Reply(result.exit_code == 0, result.stdout_bytes if result.exit_code == 0 else result.stderr_bytes)

    def http(self, method: str, address: str, body: object = None, *, sent: bytes = b"", **headers: str) -> Reply:
        """Sends a request to the address under /v1; a header is named with underscores."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if method == "POST":
            named = {"Content-Type": "application/json"} | named
        content = sent or (json.dumps(body).encode() if method == "POST" else None)
        with frozen_salts():
            answer = self._client.request(method, f"/v1{address}", content=content, headers=named)
        return Reply(answer.is_success, answer.content)

    @cached_property
    def _client(self) -> TestClient:
        self._store = Store(self.database, clock=self.tick)
        service = create_app(Settings(database=self.database, sign_in="open"), self._store, requests_per_minute=100_000)
        return TestClient(service, base_url="http://localhost:8000", raise_server_exceptions=False)

    def close(self) -> None:
        """Ends the service, if there was one."""
        if self._store is not None:
            self._store.close()

    def events(self) -> list[Mapping[str, Any]]:
        """All that is recorded, byte for byte."""
        store = Store(self.database)
        try:
            with store.reading() as reader:
                events: list[Mapping[str, Any]] = orjson.loads(orjson.dumps(events_after(reader, 0, 1000).events))
                return events
        finally:
            store.close()


@contextmanager
def frozen_salts() -> Iterator[None]:
    """The salts of texts, and all that is made at random, are the same each time."""
    with (
        patch("api.commands.administration_writer.secrets.token_hex", lambda size: "5a" * size),
        patch("api.commands.accounts.secrets.token_bytes", lambda size: b"\x5a" * size),
        patch("api.access.tokens.secrets.randbits", lambda bits: 2**bits - 1),
    ):
        yield
