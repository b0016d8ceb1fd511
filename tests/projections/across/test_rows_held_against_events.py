"""The rows across administrations agree with the events at any step of the follower, and what does not is named."""

from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projections.across.comparison import rows_that_differ
from projections.across.follower import catch_up, step
from projections.across.view import VERSION
from projections.store.store import Store
from tests.projections.across.histories import STEPS, recorded
from tests.support.harness import ServiceHarness

MEMORY = "file:{}?mode=memory&cache=shared"


def _differing(store: Store) -> list[str]:
    with store.reading() as reader:
        return [f"{row.table}, {row.row}" for row in rows_that_differ(reader)]


@settings(max_examples=60)
@given(STEPS, st.integers(0, 3))
def test_followed_to_any_place_no_row_differs(steps: list[Any], further: int) -> None:
    store = Store(MEMORY.format(uuid4().hex))
    try:
        recorded(store, steps, step)
        assert _differing(store) == []
        for _ in range(further):
            step(store)
        assert _differing(store) == []
        catch_up(store)
        assert _differing(store) == []
    finally:
        store.close()


@pytest.fixture
def store(sqlite_path: object) -> Any:
    harness = ServiceHarness(str(sqlite_path)).on("2022-02-05")
    harness.load()
    harness.on("2022-10-03").revise(">= 68%", "2022-09-30")
    catch_up(harness.store)
    harness.revise(">= 66%", "2022-09-30")
    yield harness.store
    harness.store.close()


@pytest.mark.parametrize(
    ("statement", "where"),
    [
        ("UPDATE across_count SET objectives = 0", "across_count, year="),
        ("UPDATE across_change SET kind = 'correction'", "across_change, plan=prova-2022-2024, version="),
        ("UPDATE across_plan SET since = NULL", "across_plan, plan=prova-2022-2024"),
        ("DELETE FROM across_plan", "across_plan, plan=prova-2022-2024"),
        (
            "INSERT INTO across_plan SELECT 'altro', administration, 2022, 2024, since, version FROM across_plan",
            "altro",
        ),
        (
            "INSERT INTO across_count SELECT 2031, plan, measure, cause, level, since, 1 FROM across_count LIMIT 1",
            "2031",
        ),
        ("UPDATE across_plan SET version = version - 1", "across_plan, plan=prova-2022-2024"),
        ("UPDATE followed SET position = 900", "followed, name=across"),
        ("UPDATE followed SET version = 0", "followed, name=across"),
        ("UPDATE followed SET recorded_at = '2021-01-01T00:00:00.000000Z'", "followed, name=across"),
        ("DELETE FROM followed", "followed, name=across"),
    ],
)
def test_a_row_that_the_events_do_not_say_is_named(store: Store, statement: str, where: str) -> None:
    assert _differing(store) == []
    with store.datastore.cursor(commit=True) as cursor:
        cursor.execute(statement)
    assert any(where in row for row in _differing(store))


def test_a_position_moved_ahead_of_what_was_read_is_found(store: Store) -> None:
    """The rows are right for where they were read; the position says that the last revision is among them."""
    with store.datastore.cursor(commit=True) as cursor:
        cursor.execute("UPDATE followed SET position = (SELECT max(position) FROM stored_events)")
        cursor.execute("UPDATE followed SET recorded_at = (SELECT max(recorded_at) FROM append)")
    assert _differing(store) == ["across_plan, plan=prova-2022-2024"]


def test_rows_of_an_older_program_answer_nothing_and_are_not_compared(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("projections.across.comparison.VERSION", VERSION + 1)
    with store.datastore.cursor(commit=True) as cursor:
        cursor.execute("UPDATE across_count SET objectives = 0")
    assert _differing(store) == []
