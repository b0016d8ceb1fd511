"""Whatever is corrected, annulled or withdrawn, the plan that is left holds together."""

from typing import Any

import pytest

from domain.errors import ContradictsLater, DomainError, NoChange, OutsidePlan, TreeBroken
from projections.change_rate import changes_of_year
from tests.support.desk import PLAN, Desk, document, point, versions

JUNE = "delibera di Giunta n. 5 del 30/06/2022"


@pytest.fixture
def desk(sqlite_path: object) -> Desk:
    """A desk with the small plan, in October."""
    desk = Desk(str(sqlite_path)).on("2022-02-05")
    desk.load()
    return desk.on("2022-10-03")


def version_of(desk: Desk, topic: str, one: str) -> int:
    """The version of the event that brought an object in."""
    with desk.store.reading() as reader:
        records = reader.records(f"plan/{PLAN}")
    return next(r.version for r in records if r.event.topic == topic and getattr(r.event, "objective", None) == one)


@pytest.mark.parametrize(("one", "parent"), [("a", "a2"), ("a1", "zz"), ("a1", "a1")])
def test_a_correction_cannot_break_the_tree(desk: Desk, one: str, parent: str) -> None:
    wrong = version_of(desk, "objective-added", one)
    change = {"verb": "move_objective", "object": one, "parent": parent, "kind": "correction", "restores": [wrong]}
    with pytest.raises(TreeBroken):
        desk.change(change, act=None, cause=None)
    assert len(desk.plan()["objectives"]) == 3


def test_an_annulment_cannot_make_a_cycle(desk: Desk) -> None:
    def move(one: str, parent: str | None, day: str) -> Any:
        return desk.change(
            {"verb": "move_objective", "object": one, "parent": parent}, act={"body": "Giunta", "date": day}
        )

    move("a2", "a1", "2022-06-30")
    apart = move("a2", None, "2022-07-30")
    move("a1", "a2", "2022-08-30")
    with pytest.raises(TreeBroken):
        desk.annul(*versions(apart))


def test_annulling_a_part_of_a_merge_is_refused_and_the_whole_of_it_is_not(desk: Desk) -> None:
    merged = versions(desk.change({"verb": "merge_objective", "object": "a2", "into": "a1"}))
    with pytest.raises(ContradictsLater):
        desk.annul(merged[0])
    desk.annul(*merged)
    assert {one["objective"] for one in desk.plan()["indicators"]} == {"a1", "a2"}


@pytest.mark.parametrize(
    ("withdrawn", "later"),
    [
        ("a", {"verb": "add_objective", "object": "a3", "level": "operational", "title": "Nuovo", "parent": "a"}),
        ("a1", {"verb": "add_indicator", "object": "n", "objective": "a1", "name": "Nuovo"}),
        ("a1", {"verb": "move_objective", "object": "a2", "parent": "a1"}),
        ("a2", {"verb": "assign_indicator", "object": "incasso", "objective": "a2", "weight": "10"}),
    ],
)
def test_a_late_withdrawal_sees_what_comes_under_it_later(desk: Desk, withdrawn: str, later: dict[str, Any]) -> None:
    desk.change(later)
    with pytest.raises(ContradictsLater):
        desk.change({"verb": "withdraw_objective", "object": withdrawn}, act=JUNE)


def test_withdrawing_a_parent_touches_all_that_hangs_from_it(desk: Desk) -> None:
    desk.change({"verb": "withdraw_objective", "object": "a"})
    rates = desk.ask(changes_of_year, PLAN, 2022, point("2022-12-31"))["change_rate"]
    assert all(rates[variant]["objectives"] == ["a1", "a2"] for variant in rates)


@pytest.mark.parametrize("day", ["2026-09-30", "2031-09-30"])
def test_a_plan_that_is_over_changes_no_more(desk: Desk, day: str) -> None:
    with pytest.raises(OutsidePlan):
        desk.change({"verb": "reweigh_objective", "object": "a1", "weight": "10"}, act={"body": "Giunta", "date": day})


@pytest.mark.parametrize(
    "change",
    [
        {"verb": "reweigh_objective", "object": "a1", "weight": "60.00"},
        {"verb": "reweigh_indicator", "object": "incasso", "weight": "100,0%"},
    ],
)
def test_the_same_weight_in_other_digits_is_no_change(desk: Desk, change: dict[str, Any]) -> None:
    with pytest.raises(NoChange):
        desk.change(change)


def test_an_act_without_changes_is_no_change(desk: Desk) -> None:
    with pytest.raises(DomainError):
        desk.change(act="delibera di Giunta n. 77 del 30/09/2022")


def test_two_dates_in_one_cell_of_a_document_are_two_targets(sqlite_path: object) -> None:
    desk = Desk(str(sqlite_path))
    indicator = {"id": "r", "objective": "a1", "name": "Regolamento"}
    cell = {"year": 2022, "text": "30/06/2022 31/12/2022"}
    desk.load(indicators=[indicator | {"targets": [cell]}], objectives=document()["objectives"])
    rows = desk.plan()["indicators"][0]["targets"]
    assert [(row["ordinal"], row["form"], row["value"]) for row in rows] == [
        (1, "deadline", "2022-06-30"),
        (2, "deadline", "2022-12-31"),
    ]


def test_an_export_brings_the_approval_of_its_years_with_it(desk: Desk, tmp_path: Any) -> None:
    act = {"body": "Giunta", "date": "2023-01-31", "number": "2"}
    desk.on("2023-02-01").change(act=act, approves_year=2023)
    held = desk.plan("2023-06-30")
    other = Desk(str(tmp_path / "altrove.sqlite")).on("2023-07-01")
    other.load(**held)
    again = other.plan("2023-06-30")
    assert again["plan"]["years"] == held["plan"]["years"]
    assert {key: value for key, value in again.items() if key != "version"} == {
        key: value for key, value in held.items() if key != "version"
    }
