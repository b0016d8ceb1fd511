"""A harness with a service on HTTP: given what the harness recorded, when a client asks, then what it is answered."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.http.client import Client
from tests.support.harness import ServiceHarness


@pytest.fixture
def harness(tmp_path: Path) -> Iterator[ServiceHarness]:
    """A harness on a new SQLite file."""
    made = ServiceHarness(tmp_path / "harness.sqlite")
    yield made
    made.store.close()


@pytest.fixture
def client(harness: ServiceHarness) -> Client:
    """A client of that harness."""
    return Client(harness)
