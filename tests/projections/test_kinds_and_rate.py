"""The kinds of change, derived at the point of the question, and the change rate that counts them."""

from datetime import date
from typing import Any

import pytest

from domain.errors import (
    NotInForce,
)
from domain.plans.history import plan_changes
from projections.change_rate import changes_of_year
from projections.history import history
from projections.plan_history import plan_history
from tests.support.harness import PLAN, ServiceHarness, point, versions


@pytest.fixture
def harness(sqlite_path: object) -> ServiceHarness:
    """A harness with the small plan, loaded on 5 February 2022 by an act of 31 January."""
    harness = ServiceHarness(str(sqlite_path)).on("2022-02-05")
    harness.load()
    return harness


def kinds(harness: ServiceHarness, known: str | None = None) -> list[str]:
    """The kinds of the changes after the approval, in the order of the two dates."""
    with harness.store.reading() as reader:
        at = point("2026-12-31", known)
        return [one.kind for one in plan_changes(plan_history(reader, PLAN, at), at.as_of) if one.kind != "drafting"]


def rate(harness: ServiceHarness, year: int, variant: str = "any", known: str | None = None) -> dict[str, Any]:
    """One variant of the change rate of a year."""
    answer = harness.ask(changes_of_year, PLAN, year, point("2026-12-31", known))
    return dict(answer["change_rate"][variant])


def approve_2023(harness: ServiceHarness, *changes: dict[str, Any], act: str = "2023-01-31") -> Any:
    """The yearly update that approves 2023."""
    return harness.change(*changes, act={"body": "Giunta", "date": act, "number": "2"}, approves_year=2023)


def revision(target: str, year: int = 2023) -> dict[str, Any]:
    """A revision of the target on collection."""
    return {"verb": "revise_target", "object": "incasso", "year": year, "target": target}


def test_a_revision_of_january_is_in_year_until_the_act_of_the_year_is_known(harness: ServiceHarness) -> None:
    harness.on("2023-01-20").change(revision(">= 69%"), act={"body": "Giunta", "date": "2023-01-20"})
    harness.on("2023-03-10")
    approve_2023(harness)
    assert kinds(harness, "2023-02-01") == ["in_year_revision"]
    assert kinds(harness) == ["rolling_update"]
    assert rate(harness, 2023, known="2023-02-01")["numerator"] == 1
    assert rate(harness, 2023)["numerator"] == 0


def test_before_and_direction_are_those_of_the_timeline_not_of_the_event(harness: ServiceHarness) -> None:
    harness.on("2022-10-03").revise(">= 69%", "2022-09-30")
    harness.on("2022-11-15").revise(">= 68%", "2022-06-30")
    answer = harness.ask(changes_of_year, PLAN, 2022, point("2022-12-31"))
    seen = [(one["before"]["text"], one["after"]["text"], one["direction"]) for one in answer["changes"]]
    assert seen == [(">= 70,34%", ">= 68%", "easier"), (">= 68%", ">= 69%", "harder")]


def test_a_correction_is_counted_apart_and_what_it_restores_keeps_its_kind(harness: ServiceHarness) -> None:
    typed = harness.on("2022-10-03").revise(">= 86%", "2022-09-30")
    wrong = {"kind": "correction", "restores": list(versions(typed))}
    harness.on("2022-10-05").change(
        revision(">= 68%", 2022) | wrong, act=None, cause=None, justification="cifre scambiate"
    )
    answer = harness.ask(changes_of_year, PLAN, 2022, point("2022-12-31"))
    assert [one["kind"] for one in answer["changes"]] == ["correction"]
    assert answer["counted_apart"]["correction"]
    assert answer["change_rate"]["easier"]["objectives"] == ["a1"]
    assert harness.target("2022-09-30") == ">= 68%"
    assert harness.target("2022-09-30", "2022-10-04") == ">= 86%"


def test_an_act_with_one_change_that_is_refused_makes_none(harness: ServiceHarness) -> None:
    before = harness.store.head(f"plan/{PLAN}")
    with pytest.raises(NotInForce) as refusal:
        harness.on("2022-10-03").change(
            {"verb": "withdraw_indicator", "object": "incasso"},
            revision(">= 68%", 2022),
        )
    assert refusal.value.problem.where == "changes[1].object"
    assert harness.store.head(f"plan/{PLAN}") == before


def test_an_objective_merged_hands_its_indicators_and_children_over(harness: ServiceHarness) -> None:
    harness.on("2022-10-03").change({"verb": "merge_objective", "object": "a1", "into": "a2"})
    plan = harness.plan("2022-12-31")
    assert [one["id"] for one in plan["objectives"]] == ["a", "a2"]
    assert {one["id"]: one["objective"] for one in plan["indicators"]}["incasso"] == "a2"
    assert {one["id"] for one in harness.plan("2022-09-29")["objectives"]} == {"a", "a1", "a2"}


def test_annulling_an_annulment_gives_back_what_it_left_out(harness: ServiceHarness) -> None:
    revised = harness.on("2022-10-03").revise(">= 68%", "2022-09-30")
    gone = harness.on("2022-10-10").annul(*versions(revised))
    assert harness.target("2022-10-01") == ">= 70,34%"
    harness.on("2022-10-20").annul(*versions(gone))
    assert harness.target("2022-10-01") == ">= 68%"
    assert harness.target("2022-10-01", "2022-10-15") == ">= 70,34%"


def test_a_command_repeated_after_a_lost_answer_gives_the_same_answer_and_one_event(harness: ServiceHarness) -> None:
    first = harness.on("2022-10-03").revise(">= 68%", "2022-09-30", command_id="una-volta")
    head = harness.store.head(f"plan/{PLAN}")
    again = harness.revise(">= 68%", "2022-09-30", command_id="una-volta")
    assert again.repeated
    assert again.versions == first.versions
    assert harness.store.head(f"plan/{PLAN}") == head


def test_one_series_measured_once_is_seen_in_two_overlapping_plans(harness: ServiceHarness) -> None:
    series = f"{PLAN}.incasso"
    harness.on("2023-02-01").measure(series=series, period="2022", value="67.46", data_as_at="2022-12-31")
    second = "prova-2023-2025"
    indicator = {"id": "riscossione", "series": series, "objective": "b", "name": "Incasso"}
    harness.load(
        plan={"id": second, "title": "Secondo", "first_year": 2023, "last_year": 2025},
        act="delibera di Giunta n. 3 del 31/01/2023",
        objectives=[{"id": "b", "level": "strategic", "title": "Riscuotere"}],
        indicators=[indicator],
    )
    for plan, name in ((PLAN, "incasso"), (second, "riscossione")):
        rows = harness.ask(history, plan, name, point("2023-12-31"))["measurements"]
        assert [row["value"]["observed"]["value"] for row in rows] == ["67.46"]


def test_a_restatement_keeps_both_figures_and_takes_effect_on_its_own_date(harness: ServiceHarness) -> None:
    series = f"{PLAN}.incasso"
    harness.on("2023-02-01").measure(series=series, period="2022", value="67.46", data_as_at="2022-12-31")
    harness.on("2023-05-01").restate(
        series=series, period="2022", value="67.64", data_as_at="2022-12-31", effective_on="2023-04-30"
    )
    rows = harness.ask(history, PLAN, "incasso", point("2023-12-31"))["measurements"]
    assert [row["value"]["observed"]["value"] for row in rows] == ["67.46", "67.64"]
    held = harness.plan("2023-04-29")["measurements"]
    assert [row["value"] for row in held] == ["67.46"]
    assert date.fromisoformat(rows[1]["effective_on"]) == date(2023, 4, 30)
