"""Previews are kept until they expire, on both databases."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from projections.store.postgres import migrate
from projections.store.previews import Previews, Seal, StoredPreview
from projections.store.store import Store

NOW = datetime(2022, 10, 1, 9, 0, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgres"])
def previews(request: pytest.FixtureRequest, sqlite_path: Path) -> Iterator[Previews]:
    location = str(sqlite_path)
    if request.param == "postgres":
        location = request.getfixturevalue("postgres_url")
        migrate(location)
    store = Store(location, clock=lambda: NOW)
    seal = Seal.of_process()
    yield Previews(store.datastore, lambda: [seal])
    store.close()


def kept(id_: str, now: datetime = NOW) -> StoredPreview:
    return StoredPreview(id_, "piano", 0, now, now + timedelta(hours=1), "lettura", "{}", None, b"\x00file")


def test_a_preview_is_found_as_it_was_kept_and_as_it_was_changed(previews: Previews) -> None:
    previews.keep(kept("a"))
    assert previews.find("a", NOW) == kept("a")
    previews.change("a", "ready", '{"x": 1}', 7)
    previews.change("a", "confirmed")
    assert previews.find("a", NOW) == kept("a")._replace(state="confirmed", shown='{"x": 1}', version=7)


def test_a_preview_that_expired_is_not_found_and_goes_when_another_is_kept(previews: Previews) -> None:
    previews.keep(kept("a"))
    later = NOW + timedelta(hours=1)
    assert previews.find("a", later) is None
    previews.keep(kept("b", later))
    assert previews.find("a", NOW) is None
    assert previews.find("b", later) is not None
