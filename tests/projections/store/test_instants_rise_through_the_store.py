"""Every instant is later than all before it in the store, and than what was answered for, whatever the clocks say."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from domain.objectives.events import ObjectiveWithdrawn
from domain.recording import Pending
from projections.proof.live_verification import verify_database
from projections.store.append import Append, StreamAppend
from projections.store.instants import ClockBehind
from projections.store.store import Store
from projections.store_copy import copy_store

NOON = datetime(2022, 3, 1, 12, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
BEHIND = timedelta(minutes=2)
FAR_BEHIND = timedelta(hours=2)
OTHER_PROCESS = """
import sys
from datetime import datetime
from projections.store.store import Store
from tests.projections.store.test_instants_rise_through_the_store import record
store = Store(sys.argv[1], lambda: datetime.fromisoformat(sys.argv[3]))
try:
    print(record(store, sys.argv[2]).isoformat())
except Exception as error:
    print(type(error).__name__, error)
finally:
    store.close()
"""


@pytest.fixture
def at_noon(location: str) -> Iterator[Store]:
    """A store of a machine whose clock says noon."""
    with closing(Store(location, lambda: NOON)) as store:
        yield store


def record(store: Store, stream: str) -> datetime:
    """Records an event in a stream; its instant."""
    version = store.head(stream).version
    pending = Pending(ObjectiveWithdrawn(objective="a"), date(2022, 3, 1))
    store.append(Append(uuid4().hex, "", "prova", (StreamAppend(stream, version, (pending,)),)))
    with store.reading() as reader:
        return reader.records(stream)[-1].recorded_at


def in_another_process(location: str, stream: str, now: datetime) -> str:
    """What recording comes to in a process whose clock says something else."""
    done = subprocess.run(
        [sys.executable, "-c", OTHER_PROCESS, location, stream, now.isoformat()],
        cwd=Path(__file__).parents[3], capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.stdout.strip() or done.stderr


def test_a_clock_a_little_behind_is_carried_on_from_the_last_instant_of_any_stream(
    at_noon: Store, location: str
) -> None:
    assert record(at_noon, "plan/uno") == NOON
    with closing(Store(location, lambda: NOON - BEHIND)) as second:
        assert record(second, "plan/due") == NOON + MICROSECOND
        assert record(second, "plan/tre") == NOON + 2 * MICROSECOND
    assert record(at_noon, "plan/uno") == NOON + 3 * MICROSECOND


def test_a_clock_far_behind_is_refused_with_both_instants_and_a_way_on(at_noon: Store, location: str) -> None:
    record(at_noon, "plan/uno")
    with (
        closing(Store(location, lambda: NOON - FAR_BEHIND)) as second,
        pytest.raises(
            ClockBehind, match=r"2022-03-01T10:00:00\.000000Z.*2022-03-01T12:00:00\.000000Z.*7260"
        ) as refused,
    ):
        record(second, "plan/due")
    assert (refused.value.status, refused.value.name) == (503, "clock_behind")
    assert at_noon.head("plan/due").version == 0
    with closing(Store(location, lambda: NOON - FAR_BEHIND, timedelta(hours=3))) as second:
        assert record(second, "plan/due") == NOON + MICROSECOND


def test_two_processes_whose_clocks_differ(at_noon: Store, location: str) -> None:
    record(at_noon, "plan/uno")
    assert in_another_process(location, "plan/due", NOON - BEHIND) == (NOON + MICROSECOND).isoformat()
    assert in_another_process(location, "plan/due", NOON - FAR_BEHIND).startswith("ClockBehind")
    assert at_noon.head("plan/due").version == 1


def test_nothing_is_recorded_before_what_was_answered_for(location: str) -> None:
    with closing(Store(location, lambda: NOON - timedelta(minutes=6))) as early:
        record(early, "plan/uno")
    with closing(Store(location, lambda: NOON)) as reading:
        asked = NOON - timedelta(minutes=3)
        assert not reading.is_settled(asked, NOON)
        assert reading.settle(asked, NOON)
        assert reading.is_settled(asked, NOON)
    behind = in_another_process(location, "plan/due", NOON - timedelta(minutes=5))
    assert datetime.fromisoformat(behind) > asked
    assert in_another_process(location, "plan/due", NOON - timedelta(minutes=9)).startswith("ClockBehind")


def test_a_question_by_a_machine_whose_clock_is_ahead_stops_nobody(location: str) -> None:
    with closing(Store(location, lambda: NOON)) as store:
        record(store, "plan/uno")
    with closing(Store(location, lambda: NOON + timedelta(days=365))) as ahead:
        assert ahead.settle(NOON + timedelta(minutes=1), NOON + timedelta(days=365))
    assert not in_another_process(location, "plan/due", NOON + timedelta(minutes=2)).startswith("ClockBehind")


def test_the_last_minute_is_not_settled_and_is_minded_by_the_process_that_answered(at_noon: Store) -> None:
    record(at_noon, "plan/uno")
    later = NOON + timedelta(seconds=30)
    assert not at_noon.settle(later, later + timedelta(seconds=10))
    assert record(at_noon, "plan/due") == later + MICROSECOND


def test_a_question_about_what_is_recorded_writes_nothing(at_noon: Store, location: str) -> None:
    record(at_noon, "plan/uno")
    with closing(Store(location, lambda: NOON + FAR_BEHIND)) as reading:
        with reading.datastore.cursor() as cursor:
            before = reading.datastore.mark(cursor)
        assert reading.settle(NOON, NOON + FAR_BEHIND)
        with reading.datastore.cursor() as cursor:
            assert reading.datastore.mark(cursor) == before


def test_writers_at_once_never_share_an_instant(location: str) -> None:
    stores = [Store(location, lambda behind=behind: NOON - timedelta(seconds=behind)) for behind in (0, 20, 40)]  # type: ignore[misc]
    try:
        with ThreadPoolExecutor(6) as pool:
            work = [
                pool.submit(record, store, f"plan/{number}-{turn}")
                for turn in range(8)
                for number, store in enumerate(stores)
            ]
            instants = [each.result() for each in work]
        assert len(set(instants)) == len(instants)
        assert record(stores[2], "plan/ultimo") > max(instants)
    finally:
        for store in stores:
            store.close()


def test_the_mark_goes_with_a_copy_and_is_no_alteration(at_noon: Store, tmp_path: Path) -> None:
    record(at_noon, "plan/uno")
    answered = NOON + timedelta(hours=1)
    at_noon.settle(answered, answered + timedelta(hours=1))
    with closing(Store(tmp_path / "copia.sqlite", lambda: NOON + timedelta(hours=2))) as copy:
        copy_store(at_noon, copy)
        with copy.datastore.cursor() as cursor:
            assert copy.datastore.mark(cursor) >= answered
            assert verify_database(cursor).events == 1
