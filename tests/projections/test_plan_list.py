"""The list of plans comes in pages, and each row says what it would say read anew."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from domain.access.principal import MACHINE, PUBLIC
from domain.plans.state import UNPUBLISHED
from domain.point import Point
from projections.plans import PlanRow, count_published, plans, readable_page, readable_plans
from projections.store import postgres
from projections.store.cursor import AskedStatement
from projections.store.postgres import PostgresCursor
from projections.store.reader import Reader
from projections.store.store import Store
from tests.support.harness import ACT_OF_PLAN, PLAN, ServiceHarness

DAYS = [
    date(2021, 12, 31),
    date(2022, 1, 31),
    date(2022, 9, 29),
    date(2022, 9, 30),
    date(2022, 12, 31),
    date(2030, 1, 1),
]
INSTANTS = [None, datetime(2022, 3, 1, tzinfo=UTC), datetime(2022, 10, 10, tzinfo=UTC)]


def six_plans(location: str) -> ServiceHarness:
    """Six plans, of which two are drafts, not in the order of their names."""
    made = ServiceHarness(location).on("2022-02-05")
    for number in (3, 1, 2, 5, 4):
        made.load(
            administration={"id": f"cciaa-{number}", "name": f"Camera {number}"},
            plan={
                "id": f"camera-{number}-2022-2024",
                "title": f"Piano {number}",
                "first_year": 2022,
                "last_year": 2024,
            },
            act=None if number in {2, 5} else ACT_OF_PLAN,
        )
    made.load()
    return made


@pytest.fixture
def harness(location: str) -> Iterator[ServiceHarness]:
    made = six_plans(location)
    yield made
    made.store.close()


def walked(reader: Reader, limit: int, *points: Point) -> list[list[PlanRow]]:
    pages: list[list[PlanRow]] = []
    after: str | None = ""
    while after is not None:
        page = readable_page(reader, MACHINE, *points, after=after, limit=limit)
        pages.append(page.rows)
        after = page.after
    return pages


def anew(store: Store, point: Point) -> list[PlanRow]:
    """The rows read without what was kept, nor read ahead."""
    with store.reading() as reader:
        reader.plan_rows = None
        return sorted(plans(reader, point), key=lambda row: row["id"])


def test_the_pages_together_are_the_list(harness: ServiceHarness) -> None:
    point = Point(date(2022, 12, 31))
    everything = anew(harness.store, point)
    with harness.store.reading() as reader:
        for limit in (1, 2, 3, 6, 7, 100):
            pages = walked(reader, limit, point)
            assert [row for page in pages for row in page] == everything
            assert all(len(page) == limit for page in pages[:-1])
            assert pages[-1]


def test_a_row_is_not_given_of_another_record_with_as_many_events(tmp_path: Path) -> None:
    """As after a standby took over that lacked the last of them: a process goes on with what it has kept."""
    point, kept = Point(date(2022, 12, 31)), None
    for day, title in (("2022-10-03", "Un titolo"), ("2022-10-04", "Un altro")):
        made = ServiceHarness(tmp_path / f"{day}.sqlite").on("2022-02-05")
        made.load()
        made.on(day).change({"verb": "amend_plan", "title": title}, justification="si chiama così")
        with made.store.reading() as reader:
            reader.plan_rows = kept = kept or reader.plan_rows
            assert [row["title"] for row in readable_page(reader, MACHINE, point).rows] == [title]
        made.store.close()


def test_whoever_reads_no_drafts_has_full_pages_without_them(harness: ServiceHarness) -> None:
    point = Point(date(2022, 12, 31))
    with harness.store.reading() as reader:
        page = readable_page(reader, PUBLIC, point, limit=3)
        assert [row["id"][:8] for row in page.rows] == ["camera-1", "camera-3", "camera-4"]
        assert page.after == "camera-4-2022-2024"
        rest = readable_page(reader, PUBLIC, point, after=page.after, limit=3)
        assert ([row["id"] for row in rest.rows], rest.after) == ([PLAN], None)
        assert [row["id"] for row in readable_plans(reader, point, PUBLIC)][3:] == [PLAN]
        before = Point(date(2022, 12, 31), datetime(2022, 2, 1, tzinfo=UTC))
        assert readable_page(reader, PUBLIC, point, before).rows == []


def test_published_plans_are_counted_as_each_of_them_says(harness: ServiceHarness) -> None:
    def counts() -> list[int]:
        with harness.store.reading() as reader:
            each = [sum(row["status"] not in UNPUBLISHED for row in plans(reader, Point(day))) for day in DAYS]
            assert [count_published(reader, day) for day in DAYS] == each
        return each

    assert counts() == [0, 4, 4, 4, 4, 4]
    with harness.store.reading() as reader:
        approved = [e.version for e in reader.records(f"plan/{PLAN}") if e.event.topic == "plan-approved"]
    harness.on("2022-10-03").annul(*approved, act="decreto del Presidente n. 2 del 01/10/2022")
    assert counts() == [0, 4, 4, 4, 4, 4]  # what was approved is no draft again
    again = "decreto del Presidente n. 3 del 02/10/2022"
    harness.annul(harness.store.head(f"plan/{PLAN}").version, act=again)  # the latest of its approval counts no more
    assert counts() == [0, 4, 4, 4, 4, 4]


def test_a_row_says_what_it_would_read_anew_at_every_point_after_whatever_is_recorded(harness: ServiceHarness) -> None:
    def the_same() -> None:
        for at in INSTANTS:
            for day in (*DAYS, *reversed(DAYS)):
                point = Point(day, at)
                with harness.store.reading() as reader:
                    found = [row for page in walked(reader, 4, point) for row in page]
                assert found == anew(harness.store, point), point

    the_same()
    harness.on("2022-10-03").revise(">= 68%", "2022-09-30")
    the_same()
    harness.annul(harness.store.head(f"plan/{PLAN}").version)
    the_same()


def test_a_page_asks_a_server_a_few_times_however_many_plans_it_has(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    postgres.migrate(postgres_url)
    harness = six_plans(postgres_url)
    asked: list[int] = []
    alone, together = PostgresCursor._another, PostgresCursor.ask_together

    def counted_alone(cursor: PostgresCursor) -> object:
        asked.append(1)
        return alone(cursor)

    def counted_together(cursor: PostgresCursor, statements: Iterable[AskedStatement]) -> None:
        before = len(asked)
        together(cursor, statements)
        asked[before:] = [len(asked) - before]  # one way there and back

    monkeypatch.setattr(PostgresCursor, "_another", counted_alone)
    monkeypatch.setattr(PostgresCursor, "ask_together", counted_together)
    try:
        with harness.store.reading() as reader:
            page = readable_page(reader, MACHINE, Point(date(2022, 12, 31)), limit=6)
        # The names; the plans; their administrations; both states of each plan.
        assert asked == [1, 4, 4, 12]
        assert page.rows == anew(harness.store, Point(date(2022, 12, 31)))
        asked.clear()
        with harness.store.reading() as reader:
            assert readable_page(reader, MACHINE, Point(date(2022, 12, 31)), limit=6) == page
        assert asked == [1, 4, 4]
        asked.clear()
        then = Point(date(2022, 12, 31), datetime(2022, 10, 10, tzinfo=UTC))
        with harness.store.reading() as reader:
            reader.plan_rows = None
            assert readable_page(reader, MACHINE, then, limit=6) == page
        assert asked == [1, 4, 4, 12, 12]  # what the instant means for each of them, too
    finally:
        harness.store.close()
