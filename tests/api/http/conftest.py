"""A desk with a service on HTTP: given what the desk recorded, when a client asks, then what it is answered."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.http.client import Client
from tests.support.desk import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk on a new SQLite file."""
    made = Desk(tmp_path / "desk.sqlite")
    yield made
    made.store.close()


@pytest.fixture
def client(desk: Desk) -> Client:
    """A client of that desk."""
    return Client(desk)
