"""Whether weights sum up: by the parent that they stand under, by the way that the plan shares them out nearest by."""

import json
from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from domain.documents.plan import PlanDocument
from domain.documents.warnings import plan_warnings
from domain.event import Event
from domain.indicators.events import IndicatorAssigned, IndicatorReweighted, IndicatorWithdrawn
from domain.objectives.events import ObjectiveReweighted
from domain.plans.state import PlanState
from domain.plans.weights import UnevenWeights, Weighed, WeightedTree, uneven_after, uneven_nodes, uneven_weights
from domain.recording import Pending
from domain.trees.placed import TreeNode, trees_of
from tests.support.given import DRAFTED, TODAY, Given, revised

PLANS = Path(__file__).parents[3] / "examples" / "plans"


def tree(objectives: Mapping[str, tuple[str | None, str | None]], *places: tuple[str, str | None]) -> WeightedTree:
    """Objectives with their parent and weight, and the weights of indicators under them."""
    return WeightedTree(
        {name: parent for name, (parent, _) in objectives.items()},
        {name: None if weight is None else Decimal(weight) for name, (_, weight) in objectives.items()},
        tuple(Weighed(parent, None if weight is None else Decimal(weight)) for parent, weight in places),
    )


def told(weights: WeightedTree) -> list[tuple[str, str, str, int]]:
    return [(each.parent, each.of, str(each.total), each.unweighted) for each in weights.uneven()]


A_SHEET = {"s": (None, None), "a": ("s", None), "b": ("s", None)}


@pytest.mark.parametrize(
    ("objectives", "places"),
    [
        (A_SHEET, [("a", "60"), ("a", "40"), ("b", "33.3"), ("b", "66.6")]),
        (A_SHEET, [("a", "20"), ("a", "30"), ("b", "50")]),
        ({"a": (None, None), "b": (None, None)}, [("a", "70"), ("b", "30")]),
        ({"a": (None, None), "b": ("a", "60")}, [("a", "40"), ("b", "100")]),
        ({"a": (None, "30"), "b": ("a", "10"), "c": ("a", "20"), "d": (None, "70")}, []),
        (A_SHEET, [("a", None), ("b", None)]),
    ],
    ids=["each objective", "a sheet", "the whole plan", "indicators and objectives together", "passed down", "none"],
)
def test_a_hundred_points_are_shared_out_in_several_ways(
    objectives: dict[str, tuple[str | None, str | None]], places: list[tuple[str, str | None]]
) -> None:
    assert told(tree(objectives, *places)) == []


FOUR: dict[str, tuple[str | None, str | None]] = {
    "s": (None, "60"),
    "t": (None, "40"),
    "o": ("s", "70"),
    "p": ("s", "30"),
    "q": ("t", "50"),
    "r": ("t", "50"),
}
HUNDREDS: list[tuple[str, str | None]] = [("p", "60"), ("p", "40"), ("r", "100")]
POINTS: list[tuple[str, str | None]] = [("p", "20"), ("p", "10"), ("r", "50")]


@pytest.mark.parametrize(
    ("places", "words"),
    [
        ([("o", "40"), ("o", "30"), ("q", "100"), *HUNDREDS], ["di o fanno 70, non 100"]),
        ([("o", "100"), ("q", "50"), *HUNDREDS], ["di q fanno 50, non 100"]),
        ([("o", "100"), ("q", "20"), ("q", "30"), *POINTS], ["di o fanno 100, non 70"]),
        ([("o", "40"), ("o", "30"), ("q", "50"), *POINTS], []),
        (
            [("o", "40"), ("o", "30"), ("q", "50"), *HUNDREDS],
            ["di o fanno 70, non 100; sono i punti", "di q fanno 50, non 100; sono i punti"],
        ),
        ([("o", "40"), ("o", "30")], []),
    ],
    ids=["hundreds", "another of them", "points of the parent", "all points", "both ways", "one group says nothing"],
)
def test_a_group_that_stands_by_another_way_than_the_others_of_its_plan_is_told(
    places: list[tuple[str, str | None]], words: list[str]
) -> None:
    found = [each.words for each in tree(FOUR, *places).uneven() if each.of == "indicators"]
    assert [
        said.removeprefix("i pesi degli indicatori ")[: len(begun)] for said, begun in zip(found, words, strict=True)
    ] == words


def test_what_leaves_the_points_of_its_parent_behind_is_told_in_the_score_that_it_leaves_too() -> None:
    main, other = frozenset({"objective"}), frozenset({"dirigenti"})
    rows = [("o", "40", main), ("o", "30", main), ("o", "30", other), ("p", "100", main), ("q", "100", main)]
    places = tuple(Weighed(parent, Decimal(weight), scores) for parent, weight, scores in rows)
    four = tree(FOUR)
    assert [each.words for each in WeightedTree(four.parents, four.weights, places).uneven()] == [
        "i pesi degli indicatori di o che contano nel punteggio «dirigenti» fanno 30, non 100",
        "i pesi degli indicatori di o che contano nel punteggio «albero» fanno 70, non 100",
    ]


def test_of_an_objective_among_others_that_sum_up_it_is_told_of_that_objective() -> None:
    weights = tree(A_SHEET, ("a", "60"), ("a", "40"), ("b", "50"), ("b", "40"), ("b", None))
    assert told(weights) == [("b", "indicators", "90", 1)]


def test_of_points_spread_over_a_sheet_it_is_told_once_of_the_sheet() -> None:
    assert told(tree(A_SHEET, ("a", "20"), ("a", "25"), ("b", "50"))) == [("s", "indicators", "95", 0)]


def test_where_other_sheets_sum_up_the_one_that_does_not_is_named_and_not_what_holds_them_all() -> None:
    objectives: dict[str, tuple[str | None, str | None]] = {"top": (None, None)}
    for sheet in ("s", "t"):
        objectives |= {sheet: ("top", None), f"{sheet}1": (sheet, None), f"{sheet}2": (sheet, None)}
    assert told(tree(objectives, ("s1", "60"), ("s2", "40"), ("t1", "60"), ("t2", "30"))) == [
        ("t", "indicators", "90", 0)
    ]


def test_objectives_are_summed_under_their_parent_and_roots_under_the_plan() -> None:
    weights = tree({"a": (None, "2"), "b": (None, "1"), "c": (None, None), "d": ("a", "60"), "e": ("a", "30")})
    assert told(weights) == [("", "objectives", "3", 1), ("a", "objectives", "90", 0)]
    assert [each.words for each in weights.uneven()] == [
        "i pesi degli obiettivi in cima al piano fanno 3, non 100; senza peso: 1",
        "i pesi degli obiettivi di a fanno 90, non 100",
    ]


def test_rows_that_count_in_different_scores_are_summed_score_by_score() -> None:
    tree_, productivity = frozenset({"objective"}), frozenset({"individual"})

    def of(*weights: tuple[str, frozenset[str]]) -> list[str]:
        rows = tuple(Weighed("a", Decimal(weight), scores) for weight, scores in weights)
        return [each.words for each in WeightedTree({"a": None}, {"a": None}, rows).uneven()]

    assert of(("60", tree_), ("40", tree_), ("70", productivity), ("30", productivity)) == []
    assert of(("60", tree_), ("40", tree_), ("70", productivity), ("20", productivity)) == [
        "i pesi degli indicatori di a che contano nel punteggio «produttività» fanno 90, non 100"
    ]
    assert of(("60", tree_ | productivity), ("30", tree_), ("30", productivity)) == [
        "i pesi degli indicatori di a che contano nel punteggio «produttività», «albero» fanno 90, non 100"
    ]


def plan_of_two() -> Given:
    """Two objectives, and an indicator that serves both."""
    plan = Given().objective("a").objective("b")
    plan.indicator("x", "a", weight="60").indicator("y", "a", ">= 5", weight="40").indicator("z", "b", weight="30")
    return plan.later(DRAFTED, IndicatorAssigned(indicator="x", objective="b", weight=Decimal(70)))


def test_an_indicator_weighs_in_each_of_its_places() -> None:
    plan = plan_of_two()
    assert uneven_weights(PlanState(plan.timelines, DRAFTED)) == []
    plan.later(DRAFTED, IndicatorReweighted(indicator="x", objective="b", weight=Decimal(50)))
    assert uneven_weights(PlanState(plan.timelines, DRAFTED)) == [UnevenWeights("b", "indicators", Decimal(80), 0)]


def after(plan: Given, *events: Event) -> list[str]:
    """What some events of a day leave uneven."""
    before, changed = partial(PlanState, plan.timelines), plan.timelines
    for event in events:
        changed.evolve(event, TODAY)
    told = uneven_after([Pending(event, TODAY) for event in events], before, partial(PlanState, changed))
    return [each.words for each in told]


def test_of_a_change_what_it_leaves_uneven_is_told_and_not_what_stood_so_before() -> None:
    plan = plan_of_two().objective("c", weight="20")
    assert after(plan, IndicatorWithdrawn(indicator="y")) == ["i pesi degli indicatori di a fanno 60, non 100"]
    assert after(plan, ObjectiveReweighted(objective="c", weight=Decimal(40))) == [
        "i pesi degli obiettivi in cima al piano fanno 40, non 100; senza peso: 2"
    ]
    assert after(plan, revised("y", ">= 5", ">= 4")) == []


def test_the_sums_of_the_five_plans() -> None:
    found: dict[str, Any] = {}
    for path in sorted(PLANS.glob("*.json")):
        document = PlanDocument.model_validate(json.loads(path.read_bytes()))
        warnings = [each for each in plan_warnings(document) if each.notice.name == "weights_not_100"]
        found |= {warning.subject: warning.notice.words for warning in warnings}
    assert {subject: words.split(" fanno ")[1] for subject, words in found.items()} == {
        "objective/op1.1.3": "300, non 100",
        "objective/op1.2.2": "400, non 100",
        "objective/op1.6.2": "400, non 100",
        "objective/op1.6.3": "400, non 100",
        "objective/ind": "23, non 100",
        "plan": "7, non 100; senza peso: 5",
        "objective/srv-innovazione": "95, non 100",
    }


def test_the_parent_that_is_named_does_not_depend_on_the_score_that_a_row_of_another_one_feeds() -> None:
    """One of a1's rows counts in a score of its own; of a2 a row was withdrawn: each is told of itself, not of their parent."""
    both, other = frozenset({"objective", "individual"}), frozenset({"dirigenti"})
    rows = (
        Weighed("a1", Decimal(50), both),
        Weighed("a1", Decimal(50), other),
        Weighed("a2", Decimal(50), both),
        Weighed("a2", Decimal(20), both),
    )
    tree = WeightedTree({"a": None, "a1": "a", "a2": "a"}, {"a": None, "a1": None, "a2": None}, rows)
    told = {uneven.words for uneven in tree.uneven()}
    assert told == {
        "i pesi degli indicatori di a1 che contano nel punteggio «dirigenti», «produttività», «albero» fanno 50, non 100",
        "i pesi degli indicatori di a2 fanno 70, non 100",
    }


def test_the_nodes_of_a_further_tree_are_summed_under_their_parent() -> None:
    def node(id_: str, weight: str | None, parent: str | None = None) -> tuple[str, TreeNode]:
        return "mission", TreeNode(id_, code=id_, parent=parent, weight=None if weight is None else Decimal(weight))

    trees = trees_of([node("m1", "60"), node("m2", "20"), node("p1", "100", "m1"), node("p2", None, "m2")], {})
    assert [each.words for each in uneven_nodes(trees.values())] == [
        "i pesi dei nodi nell'albero mission fanno 80, non 100"
    ]
    trees = trees_of([node("m1", "60"), node("m2", "40"), node("p1", "70", "m1"), node("p2", None, "m1")], {})
    assert [each.words for each in uneven_nodes(trees.values())] == [
        "i pesi dei nodi di «m1» nell'albero mission fanno 70, non 100; senza peso: 1"
    ]
    trees = trees_of([node("m1", "60"), node("m2", "40"), node("p1", "25", "m1"), node("p2", "35", "m1")], {})
    assert list(uneven_nodes(trees.values())) == []  # the programmes share out the points of their mission
