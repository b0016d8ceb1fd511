"""What a process keeps of the histories that it read answers as if it were read anew, whoever wrote since."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from domain.changes.rated_history import RatedHistory
from domain.event import Event
from domain.objectives.events import ObjectiveReweighted, ObjectiveReworded, ObjectiveWithdrawn
from domain.recording import Pending, SaltedText
from projections.change_preview import ChangePreview, change_preview
from projections.store.append import Append, StreamAppend
from projections.store.history_cache import HistoryCache
from projections.store.preview_reader import PreviewReader
from projections.store.store import Store
from tests.projections.across.histories import STEPS, Clock, append, opened, pending_of, recorded, registered

PLAN, STREAM = "alfa-2022", "plan/alfa-2022"
DAY = date(2022, 5, 1)


def previewed(store: Store, plan: str, pending: list[Pending], on: date | None = None) -> tuple[ChangePreview, ...]:
    """A preview from what is kept, and one with nothing kept."""
    version = store.head(f"plan/{plan}").version
    wanted = Append(uuid4().hex, "", "ufficio-performance", (StreamAppend(f"plan/{plan}", version, tuple(pending)),))

    def both(reader: PreviewReader) -> tuple[ChangePreview, ...]:
        from_kept = change_preview(reader, plan, on)
        reader.histories = HistoryCache()
        return from_kept, change_preview(reader, plan, on)

    return store.preview(lambda _: wanted, both)


@settings(max_examples=25, phases=(Phase.explicit, Phase.generate))
@given(STEPS.filter(bool), st.sampled_from([None, date(2022, 9, 30), date(2023, 7, 1)]))
def test_a_preview_from_what_is_kept_is_that_of_a_history_read_anew(steps: list[Any], on: date | None) -> None:
    place = f"file:{uuid4().hex}?mode=memory&cache=shared"
    mine, another = Store(place, Clock()), Store(place, Clock())
    try:
        recorded(another, [], lambda _: None)
        for step in steps:
            pending = pending_of(mine, step)
            kept, anew = previewed(mine, step[0], pending, on)
            assert kept == anew
            append(another, f"plan/{step[0]}", pending)
    finally:
        mine.close()
        another.close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store with a plan that was approved."""
    store = Store(tmp_path / "a.sqlite", Clock())
    registered(store)
    opened(store, PLAN, date(2022, 1, 31))
    yield store
    store.close()


def kept_of(store: Store, cache: HistoryCache) -> RatedHistory:
    """What a cache gives of the plan."""
    with store.reading() as reader:
        return cache.history(reader, PLAN, STREAM)


def weighed(weight: int) -> list[Pending]:
    """An objective is given a weight."""
    return [Pending(ObjectiveReweighted(objective="uno", weight=weight), DAY)]


def test_what_is_kept_is_the_same_while_nothing_is_recorded_and_another_after(store: Store) -> None:
    cache = HistoryCache()
    kept = kept_of(store, cache)
    assert kept_of(store, cache) is kept
    append(store, STREAM, weighed(10))
    later = kept_of(store, cache)
    assert (later.history.version, kept.history.version) == (kept.history.version + 1, kept.history.version)
    assert len(later.counted) == len(kept.counted) + 1


@pytest.mark.parametrize("event", [ObjectiveReweighted(objective="uno", weight=9), ObjectiveWithdrawn(objective="uno")])
def test_a_history_is_not_changed_by_the_one_after_it(store: Store, event: Event) -> None:
    kept = kept_of(store, HistoryCache())
    before = {key: dict(kept.history.timelines.fields(key)) for key in kept.history.timelines.objects("/")}
    previewed(store, PLAN, [Pending(event, DAY)])
    append(store, STREAM, [Pending(event, DAY)])
    assert {key: dict(kept.history.timelines.fields(key)) for key in kept.history.timelines.objects("/")} == before


def test_the_record_of_another_database_is_read_anew(store: Store, tmp_path: Path) -> None:
    cache = HistoryCache()
    other = Store(tmp_path / "b.sqlite", Clock())
    registered(other)
    opened(other, PLAN, date(2022, 1, 31))
    append(store, STREAM, weighed(10))
    append(other, STREAM, weighed(20))
    append(other, STREAM, weighed(30))
    kept_of(store, cache)
    records = kept_of(other, cache).history.records
    assert [r.event.weight for r in records if isinstance(r.event, ObjectiveReweighted)] == [20, 30]
    other.close()


def test_no_text_is_kept(store: Store) -> None:
    text = SaltedText(salt="sale", text="parole riservate")
    pending = Pending(ObjectiveReworded(objective="uno", title="Uno"), DAY, justification=text)
    append(store, STREAM, [pending])
    kept = kept_of(store, HistoryCache())
    assert text.digest in repr(kept.history.records)
    assert "riservate" not in repr(kept)


def test_the_least_recently_asked_for_goes_first_and_a_history_too_long_is_not_kept(store: Store) -> None:
    opened(store, "beta-2022", None)
    cache = HistoryCache(most_events=store.head(STREAM).version)
    kept = kept_of(store, cache)
    assert kept_of(store, cache) is kept
    with store.reading() as reader:
        cache.history(reader, "beta-2022", "plan/beta-2022")
    anew = kept_of(store, cache)
    assert anew is not kept
    append(store, STREAM, weighed(10))
    assert kept_of(store, cache) is not kept_of(store, cache)
