"""One history, and both doors to it."""

from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from projections.access import door
from projections.store.store import Store
from projections.webhooks import stored_letter
from tests.api.operations.doors import NOW, Doors
from tests.api.operations.history import ACCOUNTS_KEPT, WEBHOOK, record
from tests.support.harness import ServiceHarness


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the database of the whole history, and its key."""
    folder = tmp_path_factory.mktemp("storia")
    harness = ServiceHarness(folder / "archivio.sqlite")
    record(harness)
    harness.store.close()
    doors = Doors(folder, NOW)
    assert doors.cli("checkpoint", "--json").accepted  # from here on there is a key
    for address, body in ACCOUNTS_KEPT:
        assert doors.http("POST", address, body).accepted, address
    doors.close()
    with closing(Store(folder / "archivio.sqlite")) as store:  # an event that could not be delivered
        door.writing(store, partial(door.keep, stored=stored_letter(WEBHOOK, 3, 11, "away", NOW)))
    return folder


@pytest.fixture(scope="module")
def doors(recorded: Path) -> Iterator[Doors]:
    """The doors of the history, for those who only ask."""
    doors = Doors(recorded, NOW)
    yield doors
    doors.close()
