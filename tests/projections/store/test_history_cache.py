"""What a process keeps of the histories that it read answers as if it were read anew, whoever wrote since."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from domain.changes.rated_history import RatedHistory
from domain.event import Event
from domain.indicators.card import Card
from domain.indicators.events import IndicatorAdded, IndicatorAssigned, IndicatorUnassigned
from domain.objectives.events import (
    ObjectiveAdded,
    ObjectiveMoved,
    ObjectiveReweighted,
    ObjectiveReworded,
    ObjectiveWithdrawn,
)
from domain.plans.events import YearApproved
from domain.plans.history import PlanHistory
from domain.point import Point
from domain.recording import Pending, SaltedText
from domain.targets.events import TargetRevised, TargetSet
from domain.targets.reader import read_one
from projections.change_preview import ChangePreview, change_preview
from projections.differences import differences
from projections.plan_history import plan_history
from projections.store.append import Append, StreamAppend
from projections.store.history_cache import HistoryCache
from projections.store.preview_reader import PreviewReader
from projections.store.store import Store
from tests.projections.across.histories import (
    ADMINISTRATIONS,
    STEPS,
    Clock,
    append,
    opened,
    pending_of,
    recorded,
    registered,
)

PLAN, STREAM = "alfa-2022", "plan/alfa-2022"
OWNER = f"administration/{ADMINISTRATIONS[PLAN]}"
DAY = date(2022, 5, 1)


def previewed(store: Store, plan: str, pending: list[Pending], on: date | None = None) -> tuple[ChangePreview, ...]:
    """A preview from what is kept, and one with nothing kept."""
    version = store.head(f"plan/{plan}").version
    wanted = Append(uuid4().hex, "", "ufficio-performance", (StreamAppend(f"plan/{plan}", version, tuple(pending)),))

    def both(reader: PreviewReader) -> tuple[ChangePreview, ...]:
        from_kept = change_preview(reader, plan, on)
        reader.recorded_histories = HistoryCache()
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
        return cache.rated(reader, PLAN, STREAM, OWNER)


def weighed(weight: int) -> list[Pending]:
    """An objective is given a weight."""
    return [Pending(ObjectiveReweighted(objective="uno", weight=Decimal(weight)), DAY)]


def test_what_is_kept_is_the_same_while_nothing_is_recorded_and_another_after(store: Store) -> None:
    cache = HistoryCache()
    kept = kept_of(store, cache)
    assert kept_of(store, cache).counted is kept.counted
    append(store, STREAM, weighed(10))
    later = kept_of(store, cache)
    assert (later.history.version, kept.history.version) == (kept.history.version + 1, kept.history.version)
    assert len(later.counted) == len(kept.counted) + 1


@pytest.mark.parametrize(
    "event", [ObjectiveReweighted(objective="uno", weight=Decimal(9)), ObjectiveWithdrawn(objective="uno")]
)
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
    assert kept_of(store, cache).counted is kept.counted
    with store.reading() as reader:
        cache.rated(reader, "beta-2022", "plan/beta-2022", OWNER)
    anew = kept_of(store, cache)
    assert anew.counted is not kept.counted
    append(store, STREAM, weighed(10))
    assert kept_of(store, cache).counted is not kept_of(store, cache).counted


def test_a_history_that_is_asked_for_and_one_with_its_rates_are_of_the_same_events(store: Store) -> None:
    cache = HistoryCache()

    def asked() -> PlanHistory:
        with store.reading() as reader:
            return cache.history(reader, PLAN, STREAM, OWNER)

    first = asked()
    assert kept_of(store, cache).history.records is first.records
    append(store, STREAM, weighed(10))
    later = asked()
    assert later.version == first.version + 1
    assert kept_of(store, cache).history.records is later.records
    assert later.state(DAY) is not asked().state(DAY)  # what a reading derives goes with it


def test_a_page_of_an_earlier_knowledge_is_not_made_of_what_is_kept(store: Store) -> None:
    with store.reading() as reader:
        known_at = reader.appends(STREAM)[-1][2]
    append(store, STREAM, weighed(10))
    with store.reading() as reader:
        assert plan_history(reader, PLAN, Point(DAY)).version == store.head(STREAM).version
        assert plan_history(reader, PLAN, Point(DAY, known_at)).version == store.head(STREAM).version - 1


def revised(percent: int, year: int = 2022, before: int = 50) -> Event:
    """A target of the first indicator is another percentage."""
    return TargetRevised(
        indicator="i-uno",
        year=year,
        before=read_one(f">= {before}%", year),
        target=read_one(f">= {percent}%", year),
    )


def test_a_change_that_came_to_light_later_turns_the_direction_of_the_one_after_it(store: Store) -> None:
    append(store, STREAM, [Pending(revised(60), DAY)])
    earlier = [Pending(revised(70), date(2022, 4, 1))]
    kept, anew = previewed(store, PLAN, earlier, date(2022, 12, 31))
    assert kept == anew
    rates = kept["change_rate"]["2022"]
    assert (rates["before"]["easier"]["numerator"], rates["after"]["easier"]["numerator"]) == (0, 1)


def test_the_approval_of_a_year_makes_what_came_before_it_part_of_it(store: Store) -> None:
    append(store, STREAM, [Pending(revised(60, 2023), date(2023, 2, 1))])
    approval = [Pending(YearApproved(year=2023), date(2023, 3, 1)), Pending(revised(70, 2023, 60), date(2023, 4, 1))]
    kept, anew = previewed(store, PLAN, approval, date(2023, 12, 31))
    assert kept == anew
    rates = kept["change_rate"]["2023"]
    assert (rates["before"]["any"]["numerator"], rates["after"]["any"]["numerator"]) == (1, 0)


PLACED = {
    "a parent that is withdrawn": [ObjectiveWithdrawn(objective="uno")],
    "a new objective with an indicator": [
        ObjectiveAdded(objective="quattro", level="operativo", title="Quattro", parent="uno"),
        IndicatorAdded(indicator="i-4", series="s.4", card=Card(name="i", polarity="up", polarity_basis="stated")),
        IndicatorAssigned(indicator="i-4", objective="quattro"),
        TargetSet(indicator="i-4", year=2022, target=read_one(">= 50%", 2022)),
    ],
    "beneath another": [ObjectiveMoved(objective="due", parent="tre")],
    "beneath one that is withdrawn": [
        ObjectiveWithdrawn(objective="tre"), ObjectiveMoved(objective="due", parent="tre"),
    ],
    "an indicator for another objective": [
        IndicatorAssigned(indicator="i-uno", objective="due"), IndicatorUnassigned(indicator="i-uno", objective="uno"),
    ],
    "a target": [revised(70)],
}  # fmt: skip


@pytest.mark.parametrize("events", PLACED.values(), ids=PLACED.keys())
def test_the_differences_are_found_wherever_the_change_reaches(store: Store, events: list[Event]) -> None:
    append(store, STREAM, [Pending(ObjectiveMoved(objective="due", parent="uno"), date(2022, 1, 21))])
    pending = [Pending(event, DAY) for event in events]
    kept, anew = previewed(store, PLAN, pending)
    assert kept == anew
    knowledge = store.clock()
    append(store, STREAM, pending)
    with store.reading() as reader:
        after = differences(reader, PLAN, Point(DAY, knowledge), Point(DAY))
    assert kept["differences"] == after["differences"] != []
