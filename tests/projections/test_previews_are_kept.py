"""Previews are kept until they expire, on both databases."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from projections.store.previews import PreviewQuota, Previews, PreviewsFull, Seal, StoredPreview
from projections.store.store import Store

NOW = datetime(2022, 10, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def previews(location: str) -> Iterator[Previews]:
    store = Store(location, clock=lambda: NOW)
    seal = Seal.of_process()
    yield Previews(store.datastore, lambda: [seal])
    store.close()


ROOM = PreviewQuota(10_000_000, 10_000_000, frozenset({"piano"}))


def kept(id_: str, now: datetime = NOW, *, plan: str = "piano", file: bytes = b"\x00file") -> StoredPreview:
    return StoredPreview(id_, plan, 7, now, now + timedelta(hours=1), "ready", "{}", '{"x": 1}', file)


def test_a_preview_is_found_as_it_was_kept_and_as_it_was_changed(previews: Previews) -> None:
    previews.keep(kept("a"), ROOM)
    assert previews.find("a", "piano", NOW) == kept("a")
    previews.change("a", "piano", "confirmed")
    assert previews.find("a", "piano", NOW) == kept("a")._replace(state="confirmed")


def test_a_preview_that_expired_is_not_found_and_goes_when_another_is_kept(previews: Previews) -> None:
    previews.keep(kept("a"), ROOM)
    later = NOW + timedelta(hours=1)
    assert previews.find("a", "piano", later) is None
    previews.keep(kept("b", later), ROOM)
    assert previews.find("a", "piano", NOW) is None
    assert previews.find("b", "piano", later) is not None


def test_what_expired_is_deleted_and_nothing_else(previews: Previews) -> None:
    previews.keep(kept("a"), ROOM)
    previews.keep(kept("b", NOW + timedelta(minutes=1)), ROOM)
    previews.delete_expired(NOW + timedelta(hours=1))
    assert (previews.find("a", "piano", NOW), previews.find("b", "piano", NOW) is not None) == (None, True)
    assert previews.plans() == {"piano"}


def test_no_more_is_kept_than_the_quota_of_all_and_of_some_plans(previews: Previews) -> None:
    def quota(total: int, of_plans: int, *plans: str) -> PreviewQuota:
        return PreviewQuota(total, of_plans, frozenset(plans))

    previews.keep(kept("a", file=b"x" * 2_000), quota(3_000, 3_000, "piano"))
    with pytest.raises(PreviewsFull, match="in tutto") as refused:
        previews.keep(kept("b", plan="altro", file=b"x" * 2_000), quota(3_000, 3_000, "altro"))
    assert "INITINERE_MAX_PREVIEWS_BYTES" in refused.value.problem.accepted
    with pytest.raises(PreviewsFull, match="per questa amministrazione"):
        previews.require_room(quota(9_000, 3_000, "piano", "altro"), 2_000, NOW)
    with pytest.raises(PreviewsFull, match="non ci sono ancora"):
        previews.require_room(quota(9_000, 1_000, ""), 2_000, NOW)
    previews.keep(kept("b", plan="altro", file=b"x" * 2_000), quota(9_000, 3_000, "altro"))
    previews.require_room(quota(3_000, 3_000, "piano"), 2_000, NOW + timedelta(hours=1))


@pytest.mark.parametrize("others", [False, True], ids=["alone", "while another reads"])
def test_the_file_shrinks_when_what_was_kept_is_gone(sqlite_path: Path, *, others: bool) -> None:
    store, seal = Store(str(sqlite_path), clock=lambda: NOW), Seal.of_process()
    previews = Previews(store.datastore, lambda: [seal])
    files = [sqlite_path, sqlite_path.with_name(f"{sqlite_path.name}-wal")]
    before = sum(file.stat().st_size for file in files)
    for number in range(5):
        previews.keep(kept(str(number), file=bytes(1_900_000)), ROOM)
    assert sum(file.stat().st_size for file in files) > 9_000_000
    later = NOW + timedelta(hours=1)
    if others:
        with store.reading() as reader:
            reader.streams("plan/")
            previews.delete_expired(later)
            assert reader.streams("plan/") == []
    previews.delete_expired(later)
    assert sum(file.stat().st_size for file in files) < before + 200_000
    store.close()
