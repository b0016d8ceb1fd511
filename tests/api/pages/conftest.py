"""What the tests of pages share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.http.client import Client
from tests.api.pages.changed_plan import ChangedPlan
from tests.support.chamber import Chambers
from tests.support.harness import ServiceHarness
from tests.support.site import example_site


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChangedPlan]:
    """A plan in the middle of its year; tests of a module read it, and write nothing."""
    folder: Path = tmp_path_factory.mktemp("cambiato")
    plan = ChangedPlan(folder)
    yield plan
    plan.harness.store.close()


@pytest.fixture(scope="module")
def reader_of(changed: ChangedPlan) -> Client:
    """A client in front of an open door."""
    return Client(changed.harness)


@pytest.fixture
def harness(tmp_path: Path) -> Iterator[ServiceHarness]:
    """A harness on a new file, empty."""
    made = ServiceHarness(tmp_path / "piano.sqlite")
    yield made
    made.store.close()


@pytest.fixture(scope="module")
def chambers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chambers]:
    """Two chambers with their accounts, behind a closed door."""
    made = Chambers(tmp_path_factory.mktemp("camere"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the examples are served, for the tests of a module to read and to work on."""
    with example_site(tmp_path_factory.mktemp("esempi")) as address:
        yield address
