"""The nodes of the further trees of a plan: stated, weighed, withdrawn; refused where a tree would not hold."""

from typing import Any

import pytest

from domain.errors import ClaimRefused, MotivationMissing, NoChange, NotFound, TreeBroken
from domain.event import Touch
from domain.plans.history import plan_changes
from domain.plans.state import PlanState
from domain.trees.decide import trees_begun, trees_hold
from domain.trees.events import TreeNodeReweighted, TreeNodeStated, TreeNodeWithdrawn
from domain.trees.placed import trees_in
from tests.support.given import TODAY, Given, day_of

LATER = "2022-12-01"


def stated(node: str, tree: str = "mission", **fields: Any) -> TreeNodeStated:
    return TreeNodeStated.model_validate({"tree": tree, "node": node, **fields})


@pytest.fixture
def plan() -> Given:
    """A mission with a programme, at which an objective stands."""
    plan = Given(
        stated("m32", level="mission", code="032", title="Servizi"),
        stated("p3", level="program", code="003", title="Affari generali", parent="m32"),
        TreeNodeReweighted.model_validate({"tree": "mission", "node": "p3", "weight": "60"}),
    )
    plan.objective("o", classifications={"program": "p3"})
    plan.indicator("i", "o", ">= 10")
    return plan.approved()


def node(**fields: Any) -> dict[str, Any]:
    return {"verb": "state_tree_node", "tree": "mission", **fields}


def test_a_new_node_says_what_it_is_and_its_weight_apart(plan: Given) -> None:
    plan.change(node(node="p4", level="program", title="Formazione", under="Servizi", weight="40", order=2)).then(
        stated("p4", level="program", title="Formazione", parent="m32", order=2),
        TreeNodeReweighted.model_validate({"tree": "mission", "node": "p4", "weight": "40"}),
    )


def test_of_a_node_only_what_differs_is_stated(plan: Given) -> None:
    plan.change(node(node="p3", title="Affari e servizi", code="003", level="program")).then(
        stated("p3", title="Affari e servizi")
    )
    weighed = TreeNodeReweighted.model_validate({"tree": "mission", "node": "p3", "weight": "60"})
    plan.change(node(node="p3", under=None)).then(stated("p3", parent=None), weighed)  # its points weigh elsewhere
    plan.change(node(node="p3", title="Affari generali", weight="60.0")).refused(NoChange)


def test_what_a_node_is_called_asks_for_words_and_its_weight_for_an_act_and_a_cause(plan: Given) -> None:
    plan.change(node(node="p3", title="Altro"), act=None, cause=None).then(stated("p3", title="Altro"))
    for change in (node(node="p3", weight="50"), {**node(node="p3", weight="50"), "verb": "reweigh_tree_node"}):
        plan.change(change, act=None, cause=None).refused(MotivationMissing, where="changes[0].cause")


@pytest.mark.parametrize(
    ("change", "error", "where"),
    [
        (node(node="p4", under="niente"), NotFound, "under"),
        (node(node="m32", under="p3"), TreeBroken, "under"),
        (node(node="p3", under="p3"), TreeBroken, "under"),
        (node(tree="area", node="a", level="Programma"), TreeBroken, "level"),
        (node(tree="missioni", node="a"), TreeBroken, "tree"),
        ({"verb": "withdraw_tree_node", "tree": "mission", "node": "m32"}, TreeBroken, "node"),
        ({"verb": "withdraw_tree_node", "tree": "mission", "node": "032 Servizi"}, TreeBroken, "node"),
        ({"verb": "withdraw_tree_node", "tree": "area", "node": "p3"}, NotFound, "node"),
        ({"verb": "reweigh_tree_node", "tree": "mission", "node": "003", "weight": "60"}, NoChange, None),
    ],
)
def test_a_tree_that_would_not_hold_is_refused_with_its_place(
    plan: Given, change: dict[str, Any], error: type[Exception], where: str | None
) -> None:
    plan.change(change).refused(error, **({"where": f"changes[0].{where}"} if where else {}))  # type: ignore[arg-type]


def test_a_node_is_not_placed_under_one_that_leaves_later_nor_under_one_that_will_hang_from_it(plan: Given) -> None:
    plan.later(LATER, stated("m12", title="Mercati")).later(LATER, stated("m32", parent="m12"))
    plan.change(node(node="m12", title="Mercati", under="m32")).refused(TreeBroken, where="changes[0].under")
    plan.later("2022-12-15", stated("p3", parent=None)).later(
        "2022-12-20", TreeNodeWithdrawn(tree="mission", node="m32")
    )
    plan.change(node(node="p9", under="m32")).refused(TreeBroken, where="changes[0].under")


def test_a_withdrawn_node_comes_back_with_what_is_said_of_it_alone(plan: Given) -> None:
    plan.later(TODAY, TreeNodeWithdrawn(tree="mission", node="p3"))
    assert trees_in(PlanState(plan.timelines, TODAY))["program"].placed == {"o": ("p3",)}
    plan.change(node(node="p3", level="program", title="Di nuovo", under="m32")).then(
        stated("p3", code=None, title="Di nuovo"),
        TreeNodeReweighted.model_validate({"tree": "mission", "node": "p3", "weight": None}),
    )


def test_a_weight_is_a_revision_of_the_objectives_that_stand_there_and_a_title_none(plan: Given) -> None:
    plan.later(TODAY, TreeNodeReweighted.model_validate({"tree": "mission", "node": "m32", "weight": "70"}))
    plan.later(TODAY, stated("m32", title="Servizi generali"))
    weighed, called = plan_changes(plan.history, day_of("2022-12-31"))[-2:]
    assert (weighed.touch, weighed.kind, weighed.objectives) == (Touch("weight"), "in_year_revision", ("o",))
    assert (called.touch, called.kind, called.objectives) == (Touch("classification"), "reclassification", ())


WITHDRAW = {"verb": "withdraw_tree_node", "tree": "mission", "node": "p3"}


def test_what_a_tree_is_scored_by_goes_with_an_act_and_counts(plan: Given) -> None:
    """The only programme of its mission is withdrawn: its weight goes first, and the objective that stood there is touched."""
    plan.change(WITHDRAW, act=None, cause=None).refused(MotivationMissing, where="changes[0].cause")
    unweighed = TreeNodeReweighted.model_validate({"tree": "mission", "node": "p3", "weight": None})
    plan.change(WITHDRAW).then(unweighed, TreeNodeWithdrawn(tree="mission", node="p3"))
    plan.later(TODAY, unweighed, TreeNodeWithdrawn(tree="mission", node="p3"))
    weighed, withdrawn = plan_changes(plan.history, day_of("2022-12-31"))[-2:]
    assert (weighed.kind, weighed.objectives, weighed.node) == ("in_year_revision", ("o",), "tree/mission/p3")
    assert (withdrawn.kind, withdrawn.node) == ("reclassification", "tree/mission/p3")


@pytest.mark.parametrize(
    ("change", "weight"),
    [
        (node(node="p4", title="Vuoto", under="m32"), "none"),  # nothing stands there
        (node(node="p3", title="Altro nome"), "none"),
        (node(node="p5", title="Formazione", under="m32"), None),  # one that an objective names already
    ],
)
def test_a_node_is_weighed_with_what_it_says_only_where_the_scores_go_otherwise(
    plan: Given, change: dict[str, Any], weight: str | None
) -> None:
    plan.objective("q", classifications={"mission": "m32", "program": "p5"})
    decided = [one.event for one in plan.change(change).pending]
    weighed = TreeNodeReweighted.model_validate({"tree": "mission", "node": "p5", "weight": None})
    assert decided[1:] == ([weighed] if weight is None else [])


def test_what_a_plan_was_born_with_is_no_change_of_it(plan: Given) -> None:
    assert plan_changes(plan.history, day_of("2022-12-31"), drafting=False) == []


def test_a_tree_that_begins_is_told(plan: Given) -> None:
    """A name that is nearly another's begins a tree of its own: whoever meant the other sees it."""
    state = PlanState(plan.timelines, TODAY)
    (begun,) = trees_begun(state, [stated("a", tree="mision"), stated("b", tree="mision"), stated("m40")])
    assert (begun.where, begun.words) == ("mision", "comincia un altro albero del piano, accanto a: mission")


def test_a_correction_puts_a_node_and_a_weight_right(plan: Given) -> None:
    fixed = plan.change({**node(node="p3", title="Affari"), "kind": "correction"}, act=None, cause=None).pending
    assert fixed[-1].event == stated("p3", level="program", code="003", title="Affari", parent="m32")
    reweigh = {"verb": "reweigh_tree_node", "tree": "mission", "node": "003", "weight": "65", "kind": "correction"}
    assert plan.change(reweigh).pending[-1].event == TreeNodeReweighted.model_validate(
        {"tree": "mission", "node": "p3", "weight": "65"}
    )
    plan.change({**reweigh, "kind": "reclassification"}).refused(ClaimRefused)


def test_a_statement_on_which_another_node_hangs_is_not_left_out_alone(plan: Given) -> None:
    timelines = plan.timelines
    timelines.exclude({2})
    with pytest.raises(TreeBroken, match="p3 starebbe sotto m32"):
        trees_hold(timelines)
