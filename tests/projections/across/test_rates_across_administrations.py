"""What is answered across administrations is what each plan answers by itself, on any history."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings

from domain.changes.rate import VARIANTS
from domain.errors import OutsidePlan
from domain.facts import PLAN
from domain.plans.history import plan_changes
from domain.plans.state import status_of
from domain.point import Point
from domain.recording import Pending
from domain.targets.events import TargetRevised
from domain.targets.reader import read_one
from projections.across.changes import ChangeFilter, changes_across, read_page_key
from projections.across.follower import catch_up
from projections.across.rates import rates_across
from projections.across.view import AcrossView, followed
from projections.change_rate import changes_of_year
from projections.plan_history import plan_history
from projections.store.reader import Reader
from projections.store.store import Store
from tests.projections.across.histories import PLANS, STEPS, Clock, append, opened, recorded, registered, tables

ON = [date(2022, 1, 25), date(2022, 2, 15), date(2022, 9, 30), date(2023, 1, 1), date(2023, 7, 1), date(2025, 1, 1)]


def _store() -> Store:
    return Store(f"file:{uuid4().hex}?mode=memory&cache=shared", Clock())


def _figures(rates: dict[str, Any]) -> dict[str, Any]:
    names = ("numerator", "denominator", "rate")
    return {variant: {name: rates[variant][name] for name in names} for variant in VARIANTS}


def _touching(by_cause: dict[str, Any]) -> dict[str, Any]:
    """Causes that touched something that was planned."""
    return {name: _figures(rates) for name, rates in by_cause.items() if rates["any"]["numerator"]}


def _agrees(reader: Reader, year: int, on: date, level: str | None) -> None:
    answer = rates_across(reader, year, on, level=level)
    rows = {row["plan"]: row for row in answer["rows"]}
    for plan in PLANS:
        state = plan_history(reader, plan, Point(on)).state(on)
        fields = {field: state.timelines.value(PLAN, field, on) for field in state.timelines.fields(PLAN)}
        drafted = state.drafted_on is not None and state.drafted_on <= on
        approved = drafted and status_of(fields) not in {"absent", "draft"}
        try:
            expected = changes_of_year(reader, plan, year, Point(on), level)
        except OutsidePlan:
            expected = None
        if expected is None or not approved:
            assert plan not in rows
            continue
        row = rows[plan]
        assert row["change_rate"] == _figures(dict(expected["change_rate"]))
        assert row["by_level"] == {name: _figures(dict(rates)) for name, rates in expected["by_level"].items()}
        assert _touching(row["by_cause"]) == _touching(expected["rates_by_cause"])
    for variant in VARIANTS:
        for part in ("numerator", "denominator"):
            counted = [row["change_rate"][variant][part] for row in rows.values() if row["counted"]]
            assert answer["total"]["change_rate"][variant][part] == sum(counted)
    alfa = [row for row in answer["rows"] if row["administration"] == "alfa"]
    assert [row["counted"] for row in alfa] == [row is alfa[-1] for row in alfa]


@settings(max_examples=60)
@given(STEPS)
def test_every_figure_is_the_one_that_the_plan_gives_by_itself(steps: list[Any]) -> None:
    store = _store()
    try:
        recorded(store, steps, catch_up)
        catch_up(store)
        with store.reading() as reader:
            for year in (2022, 2023, 2024):
                for on in ON:
                    _agrees(reader, year, on, None)
                _agrees(reader, year, ON[-1], "operativo")
    finally:
        store.close()


@settings(max_examples=60)
@given(STEPS)
def test_every_change_is_one_that_the_plan_tells_by_itself(steps: list[Any]) -> None:
    store = _store()
    try:
        recorded(store, steps, catch_up)
        catch_up(store)
        with store.reading() as reader:
            expected = []
            for plan in PLANS:
                history = plan_history(reader, plan, Point(date.max))
                if history.approvals:
                    expected += [
                        (plan, one.record.version, one.kind, one.direction, list(one.objectives), one.before, one.after)
                        for one in plan_changes(history, date.max, drafting=False)
                    ]
            told = changes_across(reader, ChangeFilter(), limit=1000)["changes"]
        answered = [
            (c["plan"], c["version"], c["kind"], c["direction"], c["objectives"], c["before"], c["after"]) for c in told
        ]
        assert sorted(change[:2] for change in answered) == sorted(change[:2] for change in expected)
        assert {str(change) for change in answered} == {str(change) for change in expected}
    finally:
        store.close()


@settings(max_examples=60)
@given(STEPS)
def test_followed_step_by_step_or_from_the_start_the_rows_are_the_same(steps: list[Any]) -> None:
    store = _store()
    try:
        recorded(store, steps, catch_up)
        catch_up(store)
        before = tables(store)
        AcrossView(store).empty()
        assert not any(tables(store).values())
        catch_up(store)
        assert tables(store) == before
    finally:
        store.close()


@pytest.fixture
def store(sqlite_path: object) -> Store:
    """Three plans, and in two of them a revision of September 2022."""
    made = Store(str(sqlite_path), Clock())
    registered(made)
    for plan in PLANS:
        opened(made, plan, date(2022 if plan != "alfa-2023" else 2023, 1, 31))
    for plan, cause in (("alfa-2022", "legal"), ("beta-2022", "new_data")):
        _revise(made, plan, date(2022, 9, 30), cause)
    catch_up(made)
    return made


def _revise(store: Store, plan: str, day: date, cause: Any, indicator: str = "i-uno") -> None:
    event = TargetRevised(
        indicator=indicator, year=2022, before=read_one(">= 50%", 2022), target=read_one(">= 40%", 2022)
    )
    append(store, f"plan/{plan}", [Pending(event, day, cause=cause)])


def test_the_total_is_of_all_administrations_by_level_and_by_cause(store: Store) -> None:
    with store.reading() as reader:
        answer = rates_across(reader, 2022, date(2022, 12, 31))
    total = answer["total"]
    assert total["change_rate"]["easier"] == {"numerator": 2, "denominator": 4, "rate": "50.00"}
    assert total["by_level"]["strategico"]["any"] == {"numerator": 2, "denominator": 2, "rate": "100.00"}
    assert total["by_level"]["operativo"]["any"]["numerator"] == 0
    assert {cause: one["any"]["numerator"] for cause, one in total["by_cause"].items()} == {"legal": 1, "new_data": 1}
    assert (answer["administrations"], answer["plans"]) == (2, 2)
    assert answer["followed"]["behind"] == 0
    assert [row["name"] for row in answer["rows"]] == ["Ente alfa", "Ente beta"]


def test_a_change_of_a_later_date_counts_from_that_date_on(store: Store) -> None:
    with store.reading() as reader:
        before = rates_across(reader, 2022, date(2022, 9, 29))["total"]["change_rate"]["any"]
        then = rates_across(reader, 2022, date(2022, 9, 30))["total"]["change_rate"]["any"]
    assert (before["numerator"], then["numerator"]) == (0, 2)


def test_in_a_year_of_two_plans_an_administration_counts_once_by_the_later(store: Store) -> None:
    with store.reading() as reader:
        answer = rates_across(reader, 2023, date(2023, 12, 31))
    assert {row["plan"]: row["counted"] for row in answer["rows"]} == {
        "alfa-2022": False,
        "alfa-2023": True,
        "beta-2022": True,
    }
    counted = [row["change_rate"]["any"]["denominator"] for row in answer["rows"] if row["counted"]]
    assert answer["total"]["change_rate"]["any"]["denominator"] == sum(counted)


def test_rates_are_paged_by_plan(store: Store) -> None:
    with store.reading() as reader:
        first = rates_across(reader, 2022, date(2022, 12, 31), limit=1)
        second = rates_across(reader, 2022, date(2022, 12, 31), limit=1, after=first["next"] or "")
    assert [row["plan"] for row in (*first["rows"], *second["rows"])] == ["alfa-2022", "beta-2022"]
    assert second["next"] is None
    assert first["total"] == second["total"]


def test_changes_are_filtered_and_paged_by_key(store: Store) -> None:
    for number in range(5):
        _revise(store, "beta-2022", date(2022, 10, 1 + number), "resources", "i-due")
    catch_up(store)
    with store.reading() as reader:
        every = changes_across(reader, ChangeFilter(since=date(2022, 9, 30), until=date(2022, 10, 3)))
        pages = [changes_across(reader, ChangeFilter(since=date(2022, 9, 30)), limit=3)]
        while pages[-1]["next"]:
            after = read_page_key(pages[-1]["next"])
            pages.append(changes_across(reader, ChangeFilter(since=date(2022, 9, 30)), after=after, limit=3))
        by_cause = changes_across(reader, ChangeFilter(cause="resources"))["changes"]
        by_administration = changes_across(reader, ChangeFilter(administration="alfa"))["changes"]
        by_actor = changes_across(reader, ChangeFilter(actor="oiv"))["changes"]
        by_kind = changes_across(reader, ChangeFilter(kind="in_year_revision"))["changes"]
        recorded_at = every["changes"][0]["recorded_at"]
    assert [one["effective_on"] for one in every["changes"]] == ["2022-09-30"] * 2 + [
        f"2022-10-0{day}" for day in (1, 2, 3)
    ]
    assert every["order"] == "effective_on"
    assert [len(page["changes"]) for page in pages] == [3, 3, 1]
    assert len({(one["plan"], one["version"]) for page in pages for one in page["changes"]}) == 7
    assert len(by_cause) == 5
    assert [one["plan"] for one in by_administration] == ["alfa-2022"]
    assert not by_actor
    assert len(by_kind) == 7
    assert recorded_at.endswith("Z")


def test_an_answer_says_up_to_which_event_it_holds(store: Store) -> None:
    _revise(store, "alfa-2022", date(2022, 11, 1), "legal", "i-due")
    with store.reading() as reader:
        behind = followed(reader)
    catch_up(store)
    with store.reading() as reader:
        level = followed(reader)
    assert behind["behind"] == 1
    assert (level["position"], level["behind"]) == (behind["position"] + 1, 0)
    assert level["recorded_at"] is not None
    assert behind["recorded_at"] is not None
    assert level["recorded_at"] > behind["recorded_at"]
