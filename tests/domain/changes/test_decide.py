"""Given a plan, when changes of it are decided together, then the events of all, each with its day, or a refusal."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain.annulments.events import EventsAnnulled
from domain.changes.commands import VERBS
from domain.errors import (
    ClaimRefused,
    ContradictsLater,
    DomainError,
    MotivationMissing,
    NotFound,
    NotInForce,
    OutsidePlan,
    TreeBroken,
    YearNotOpen,
)
from domain.event import Event
from domain.indicators.card import Card
from domain.indicators.events import IndicatorAdded, IndicatorAssigned, IndicatorWithdrawn
from domain.objectives import events as oe
from domain.plans.events import PlanApproved, YearClosed
from domain.targets.events import TargetSet
from domain.trees.events import TreeNodeStated
from tests.support.given import ACT, Given, revised, salted, target

REVISE = {"verb": "revise_target", "object": "i", "year": 2022, "target": ">= 68"}
REVISED = revised("i", ">= 70,34", ">= 68")
REWEIGH = {"verb": "reweigh_objective", "object": "b", "weight": "40"}
WITHDRAW = {"verb": "withdraw_objective", "object": "a"}
RESTORES = {"kind": "correction", "restores": [6]}
"""A correction of the target as it was first set, version 6."""


def draft() -> Given:
    """Two objectives, the first with an indicator that has targets of 2022 and 2023: versions 1 to 7."""
    return Given().objective("a").objective("b").indicator("i", "a", ">= 70,34", years=(2022, 2023))


def plan() -> Given:
    """The same plan, approved: version 8."""
    return draft().approved()


def withdrawn(*, day: str = "2022-10-15") -> Given:
    return plan().later(day, oe.ObjectiveWithdrawn(objective="a"))


# -- what they stand on ------------------------------------------------------------------------------------------------


def test_a_change_is_made_on_the_ground_of_its_file() -> None:
    (pending,) = plan().change(REVISE).pending
    assert (pending.event, pending.effective_on) == (REVISED, date(2022, 9, 30))
    assert (pending.act, pending.cause, pending.justification) == (ACT, "new_data", salted("dati del monitoraggio"))


def test_a_change_may_say_its_own_day_cause_and_reason() -> None:
    change = REVISE | {"effective_on": "2022-06-30", "cause": "resources", "justification": "meno personale"}
    (pending,) = plan().change(change).pending
    assert (pending.effective_on, pending.cause) == (date(2022, 6, 30), "resources")
    assert pending.justification == salted("meno personale")


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        (REVISE, "justification"),
        (REVISE, "cause"),
        (REVISE, "act"),
        ({"verb": "close_year", "year": 2022, "effective_on": "2023-06-30"}, "act"),
        ({"verb": "approve_year", "year": 2023}, "act"),
        ({"verb": "reclassify_objective", "object": "a", "code": "1"}, "justification"),
        (REVISE | RESTORES, "justification"),
    ],
)
def test_an_approved_plan_changes_only_with_what_its_change_needs(change: dict[str, Any], missing: str) -> None:
    ground: dict[str, Any] = {missing: None}
    refusal = plan().change(change, **ground).refused(MotivationMissing, where=f"changes[0].{missing}")
    assert refusal.problem.accepted.startswith("la motivazione in parole")


@pytest.mark.parametrize(
    ("change", "needless"),
    [
        ({"verb": "close_year", "year": 2022, "effective_on": "2023-06-30"}, ["cause", "justification"]),
        ({"verb": "approve_year", "year": 2023}, ["cause", "justification"]),
        ({"verb": "reclassify_objective", "object": "a", "code": "1"}, ["cause", "act"]),
        ({"verb": "reclassify_indicator", "object": "i", "code": "1"}, ["cause", "act"]),
        (REVISE | RESTORES, ["cause", "act"]),
    ],
)
def test_what_a_change_does_not_need_may_be_left_out(change: dict[str, Any], needless: list[str]) -> None:
    ground: dict[str, Any] = dict.fromkeys(needless)
    assert plan().change(change, **ground).pending


def test_a_draft_changes_without_reasons_from_the_day_that_it_was_drafted() -> None:
    draft().change(REVISE, act=None, cause=None, justification=None).then(REVISED, on="2022-01-31")


def test_what_is_no_plan_yet_takes_no_change() -> None:
    nothing = Given()
    nothing.records.clear()
    nothing.change({"verb": "approve_plan"}).refused(NotFound, where="changes[0]")


@pytest.mark.parametrize(
    ("day", "change", "error"),
    [
        ("2022-01-30", REVISE, OutsidePlan),
        ("2025-01-01", REWEIGH, OutsidePlan),
        ("2026-01-01", REVISE, OutsidePlan),
    ],
)
def test_a_day_outside_the_plan_is_refused(day: str, change: dict[str, Any], error: type[DomainError]) -> None:
    plan().change(change, on=day).refused(error, where="changes[0].effective_on")


@pytest.mark.parametrize(("day", "change"), [("2022-01-31", REVISE), ("2024-12-31", REWEIGH), ("2025-12-31", REVISE)])
def test_the_first_day_of_a_plan_and_the_year_after_its_last_are_within_it(day: str, change: dict[str, Any]) -> None:
    assert [one.effective_on.isoformat() for one in plan().change(change, on=day).pending] == [day]


# -- which rule decides each verb --------------------------------------------------------------------------------------

SAID = {"period": "2021", "published_on": "2022-04-30", "source": "osservatorio"}
ALL_VERBS: list[tuple[dict[str, Any], list[str]]] = [
    ({"verb": "add_objective", "object": "c", "level": "operativo"}, ["objective-added"]),
    ({"verb": "reword_objective", "object": "a", "title": "Altro"}, ["objective-reworded"]),
    ({"verb": "move_objective", "object": "a", "parent": "b"}, ["objective-moved"]),
    (REWEIGH, ["objective-reweighted"]),
    ({"verb": "reclassify_objective", "object": "a", "code": "1"}, ["objective-reclassified"]),
    (WITHDRAW, ["objective-withdrawn"]),
    ({"verb": "reinstate_objective", "object": "gone"}, ["objective-reinstated"]),
    ({"verb": "merge_objective", "object": "b", "into": "a"}, ["indicator-unassigned", "objective-merged"]),
    ({"verb": "neutralise_objective", "object": "a", "year": 2022}, ["objective-neutralised"]),
    ({"verb": "meet_condition", "object": "b"}, ["objective-condition-met"]),
    ({"verb": "fail_condition", "object": "b"}, ["objective-condition-failed"]),
    ({"verb": "redefine_objective", "object": "a", "tags": ["anticorruzione"]}, ["objective-redefined"]),
    ({"verb": "add_indicator", "object": "n", "objective": "b", "name": "N"},
     ["indicator-added", "indicator-assigned"]),
    ({"verb": "redefine_indicator", "object": "i", "unit": "%"}, ["indicator-redefined"]),
    ({"verb": "reclassify_indicator", "object": "i", "code": "1"}, ["indicator-reclassified"]),
    ({"verb": "assign_indicator", "object": "i", "objective": "b"}, ["indicator-assigned"]),
    ({"verb": "unassign_indicator", "object": "j", "objective": "b"}, ["indicator-unassigned"]),
    ({"verb": "reweigh_indicator", "object": "i", "weight": "10"}, ["indicator-reweighted"]),
    ({"verb": "feed_indicator", "object": "i", "feeds": "albero; dirigenti"}, ["indicator-feeds-changed"]),
    ({"verb": "withdraw_indicator", "object": "i"}, ["indicator-withdrawn"]),
    ({"verb": "reinstate_indicator", "object": "k"}, ["indicator-reinstated"]),
    ({"verb": "set_target", "object": "i", "year": 2024, "target": "1"}, ["target-set"]),
    (REVISE, ["target-revised"]),
    ({"verb": "withdraw_target", "object": "i", "year": 2022}, ["target-withdrawn"]),
    ({"verb": "resolve_reference", "object": "j", "year": 2022, "value": "9"} | SAID, ["target-reference-resolved"]),
    ({"verb": "state_tree_node", "tree": "mission", "node": "m", "weight": "40"},
     ["tree-node-stated", "tree-node-reweighted"]),
    ({"verb": "reweigh_tree_node", "tree": "area", "node": "n", "weight": "40"}, ["tree-node-reweighted"]),
    ({"verb": "withdraw_tree_node", "tree": "area", "node": "n"}, ["tree-node-withdrawn"]),
    ({"verb": "adopt_system", "year": 2022, "system": {}}, ["administration-system-adopted"]),
    ({"verb": "amend_plan", "last_year": 2025}, ["plan-amended"]),
    ({"verb": "approve_year", "year": 2023}, ["year-approved"]),
    ({"verb": "close_year", "year": 2022, "effective_on": "2023-06-30"}, ["year-closed"]),
    ({"verb": "succeed_plan", "by": "altro"}, ["plan-succeeded"]),
]  # fmt: skip


@pytest.mark.parametrize(("change", "topics"), ALL_VERBS, ids=[str(change["verb"]) for change, _ in ALL_VERBS])
def test_every_verb_of_a_change_is_decided(change: dict[str, Any], topics: list[str]) -> None:
    there = Given().objective("a").objective("b", condition="accorpamento").objective("gone")
    there.indicator("i", "a", ">= 70,34").indicator("j", "a", "<= dato medio nazionale").indicator("k", "a")
    there.later("2022-01-31", IndicatorAssigned(indicator="j", objective="b")).approved()
    there.later("2022-02-28", TreeNodeStated(tree="area", node="n"))
    there.later("2022-02-28", oe.ObjectiveWithdrawn(objective="gone"), IndicatorWithdrawn(indicator="k"))
    assert [pending.event.topic for pending in there.change(change).pending] == topics


def test_the_verbs_above_are_all_but_the_approval_of_the_plan() -> None:
    assert {change["verb"] for change, _ in ALL_VERBS} == set(VERBS) - {"approve_plan"}


# -- several together --------------------------------------------------------------------------------------------------


def test_each_change_sees_what_the_ones_before_it_did() -> None:
    add = {"verb": "add_objective", "object": "c", "level": "operativo", "weight": "40"}
    move = {"verb": "move_objective", "object": "b", "parent": "c"}
    plan().change(add, move).then(
        oe.ObjectiveAdded(objective="c", level="operativo", weight=Decimal(40)),
        oe.ObjectiveMoved(objective="b", parent="c"),
    )
    plan().change(move, add).refused(TreeBroken, where="changes[0].parent")


def test_one_refusal_names_its_place_among_all() -> None:
    plan().change(REWEIGH, {"verb": "withdraw_indicator", "object": "i"}, REVISE).refused(
        NotInForce, where="changes[2].object"
    )


def test_the_approval_of_a_year_comes_last_and_structure_waits_for_january() -> None:
    add = {"verb": "add_objective", "object": "c", "level": "operativo"}
    target_2023 = REVISE | {"year": 2023}
    approve = {"verb": "approve_year", "year": 2023}
    decided = plan().change(approve, add, target_2023, on="2022-12-20")
    assert [(one.event.topic, one.effective_on.isoformat()) for one in decided.pending] == [
        ("objective-added", "2023-01-01"), ("target-revised", "2022-12-20"), ("year-approved", "2022-12-20"),
    ]  # fmt: skip
    assert plan().change(approve, add, on="2023-01-31").pending[0].effective_on == date(2023, 1, 31)
    own_day = add | {"effective_on": "2022-12-20"}
    assert plan().change(own_day, approve, on="2022-12-20").pending[0].effective_on == date(2022, 12, 20)


def test_a_plan_is_approved_with_what_is_changed_before() -> None:
    draft().change({"verb": "approve_plan"}, REVISE).then(REVISED, PlanApproved(year=2022))


# -- what is recorded for later dates ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "later"),
    [
        ({"verb": "withdraw_indicator", "object": "i"}, revised("i", ">= 70,34", ">= 69")),
        ({"verb": "withdraw_target", "object": "i", "year": 2022}, revised("i", ">= 70,34", ">= 69")),
        (WITHDRAW, oe.ObjectiveReworded(objective="a", title="Altro")),
        (WITHDRAW, revised("i", ">= 70,34", ">= 69")),
        (WITHDRAW, oe.ObjectiveAdded(objective="c", level="operativo", parent="a")),
        (WITHDRAW, oe.ObjectiveMoved(objective="b", parent="a")),
        (WITHDRAW | {"object": "b"}, IndicatorAssigned(indicator="i", objective="b")),
        ({"verb": "merge_objective", "object": "b", "into": "a"}, IndicatorAssigned(indicator="i", objective="b")),
    ],
)
def test_what_goes_while_more_is_recorded_of_it_later_is_refused_or_takes_that_along(
    change: dict[str, Any], later: Event
) -> None:
    recorded = plan().later("2022-10-15", later)
    refusal = recorded.change(change).refused(ContradictsLater, where="changes[0]")
    assert [line.partition(":")[0] for line in refusal.listed] == ["versione 9"]
    assert "15/10/2022" in refusal.listed[0]
    first, *_ = recorded.change(change | {"take_along": True}).pending
    assert first.event == EventsAnnulled(versions=(9,), reason="taken_along")
    assert recorded.change(change, on="2022-10-15").pending


def test_an_indicator_that_comes_later_with_its_objective_is_listed_whole() -> None:
    added = IndicatorAdded(indicator="n", series="s.n", card=Card(name="N"))
    recorded = plan().later("2022-10-15", added, IndicatorAssigned(indicator="n", objective="b"))
    refusal = recorded.change(WITHDRAW | {"object": "b"}).refused(ContradictsLater)
    assert [line.partition(":")[0] for line in refusal.listed] == ["versione 9", "versione 10"]


@pytest.mark.parametrize(
    ("change", "later"),
    [
        ({"verb": "withdraw_target", "object": "i", "year": 2023}, revised("i", ">= 70,34", ">= 69")),
        (WITHDRAW | {"object": "b"}, revised("i", ">= 70,34", ">= 69")),
        (REVISE, revised("i", ">= 70,34", ">= 69")),
    ],
)
def test_what_is_recorded_later_of_something_else_is_no_hindrance(change: dict[str, Any], later: Event) -> None:
    assert len(plan().later("2022-10-15", later).change(change).pending) == 1


# -- closed years ------------------------------------------------------------------------------------------------------


def closed() -> Given:
    """The same plan, with 2022 closed in June 2023."""
    return plan().later("2023-06-30", YearClosed(year=2022))


@pytest.mark.parametrize(
    ("change", "day"),
    [(REVISE, "2023-07-01"), (REVISE, "2022-09-30"), (REWEIGH, "2022-09-30"), (WITHDRAW, "2022-12-31")],
)
def test_a_closed_year_changes_no_more(change: dict[str, Any], day: str) -> None:
    refusal = closed().change(change, on=day).refused(YearNotOpen, where="changes[0]")
    assert refusal.problem.accepted.startswith("una rettifica, che rimette")


@pytest.mark.parametrize(("change", "day"), [(REVISE | {"year": 2023}, "2022-09-30"), (REWEIGH, "2023-01-01")])
def test_the_years_after_a_closed_one_do(change: dict[str, Any], day: str) -> None:
    assert closed().change(change, on=day).pending


def test_a_closed_year_takes_a_correction() -> None:
    closed().change(REVISE | RESTORES).then(
        EventsAnnulled(versions=(6,), reason="corrected"),
        TargetSet(indicator="i", year=2022, target=target(">= 68")),
        on="2022-01-31",
    )


# -- claims ------------------------------------------------------------------------------------------------------------


def test_a_reclassification_is_of_what_no_score_depends_on() -> None:
    claim = {"kind": "reclassification"}
    (pending,) = plan().change({"verb": "move_objective", "object": "b", "parent": "a"} | claim).pending
    assert (pending.event, pending.claim) == (oe.ObjectiveMoved(objective="b", parent="a"), "reclassification")
    (pending,) = plan().change({"verb": "reclassify_objective", "object": "a", "code": "1"} | claim).pending
    assert pending.event == oe.ObjectiveReclassified(objective="a", code="1")


@pytest.mark.parametrize(
    "change",
    [
        REVISE,
        {"verb": "reword_objective", "object": "a", "title": "Altro"},
        {"verb": "move_objective", "object": "a", "parent": "b"},
        {"verb": "approve_year", "year": 2023},
    ],
)
def test_what_bears_on_scores_is_no_reclassification(change: dict[str, Any]) -> None:
    plan().change(change | {"kind": "reclassification"}).refused(ClaimRefused, where="changes[0].kind")


def test_moving_what_holds_a_measured_objective_is_no_reclassification() -> None:
    below = plan().later("2022-02-01", oe.ObjectiveMoved(objective="a", parent="b")).objective("c", "2022-02-01")
    move = {"verb": "move_objective", "object": "b", "parent": "c", "kind": "reclassification"}
    below.change(move).refused(ClaimRefused)


def test_a_withdrawn_objective_hides_nothing_of_its_later_dates() -> None:
    withdrawn().change(REVISE).then(REVISED)
    withdrawn().change(REVISE, on="2022-10-15").refused(NotInForce)
