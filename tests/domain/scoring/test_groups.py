"""The scores of classes and of offices, without a database."""

from datetime import date
from decimal import Decimal

import pytest

from domain.administrations.events import OfficeRegistered
from domain.objectives.events import ObjectiveNeutralised
from domain.plans.state import PlanState
from domain.point import Point
from domain.scoring.events import ScoreOverridden
from domain.scoring.groups import POOLED, classes_of, scored_classes, scored_offices, scored_trees, topmost, unscored
from domain.scoring.inputs import Scored, score_year
from domain.scoring.numbers import difference
from domain.trees.events import TreeNodeReweighted, TreeNodeStated
from tests.support.given import DRAFTED, Given, measured

AREA = {"area": "Servizi"}
END = date(2022, 12, 31)


@pytest.fixture
def plan() -> Given:
    """Of one class, a tree of two levels and an objective apart; the office of one indicator is spelt in two ways."""
    plan = Given()
    plan.objective("top", classifications=AREA)
    plan.objective("below", parent="top", weight="60", classifications=AREA)
    plan.objective("between", parent="top", weight="40")
    plan.objective("apart", weight="50", offices=("UFFICIO STUDI",), classifications=AREA)
    plan.indicator("i", "below", ">= 100", polarity="up", weight="30", owner="Ufficio Studi")
    plan.indicator("j", "between", ">= 100", polarity="up", weight="10")
    plan.indicator("k", "apart", ">= 100", polarity="up")
    plan.approved()
    plan.administration.add("2022-01-01", OfficeRegistered(office="studi", name="Ufficio Studi"))
    plan.administration.add(END, measured("s.i", "50", "2022", END), measured("s.k", "100", "2022", END))
    return plan


def score(plan: Given) -> Scored:
    return score_year(plan.history, plan.record, 2022, Point(END))


def test_what_hangs_from_another_of_the_class_counts_through_it(plan: Given) -> None:
    state = PlanState(plan.timelines, END)
    assert classes_of(state, state.objectives()) == {"area": {"Servizi": ["top", "below", "apart"]}}
    assert topmost(state, ["top", "below", "apart"]) == ["top", "apart"]
    assert topmost(state, ["below", "between"]) == ["below", "between"]


def test_a_class_is_put_together_as_if_its_topmost_objectives_hung_from_it(plan: Given) -> None:
    of_class = scored_classes(score(plan))["area"]["Servizi"]
    assert of_class.objectives == ["top", "apart"]
    assert of_class.combined == score(plan).body().calculated


def test_a_forced_objective_is_covered_in_its_class_as_in_the_tree(plan: Given) -> None:
    assert scored_classes(score(plan))["area"]["Servizi"].combined.covered != Decimal(100)
    plan.later(END, ScoreOverridden(subject="objective", id="top", year=2022, forced=Decimal(90)))
    of_class = scored_classes(score(plan))["area"]["Servizi"].combined
    assert of_class.covered == score(plan).body().calculated.covered == Decimal(100)


def test_an_office_has_every_place_of_its_indicators_under_any_spelling(plan: Given) -> None:
    offices = scored_offices(score(plan))
    assert [(place.indicator, place.objective) for place in offices["Ufficio Studi"].places] == [
        ("i", "below"),
        ("k", "apart"),
    ]
    assert list(offices) == ["Ufficio Studi"]


def test_an_office_is_not_held_to_an_objective_that_does_not_count(plan: Given) -> None:
    plan.later(END, ObjectiveNeutralised(objective="apart", year=2022))
    assert [place.indicator for place in scored_offices(score(plan))["Ufficio Studi"].places] == ["i"]


def test_indicators_without_a_figure_are_counted_by_why(plan: Given) -> None:
    assert unscored(score(plan).scores) == {"not_measured": 1}


@pytest.mark.parametrize(
    ("after", "before", "above"),
    [(Decimal(90), Decimal("87.5"), Decimal("2.5")), (None, Decimal(1), None), (Decimal(1), None, None)],
)
def test_one_figure_is_above_another_where_both_are_there(
    after: Decimal | None, before: Decimal | None, above: Decimal | None
) -> None:
    assert difference(after, before) == above


def stating(plan: Given, *nodes: tuple[str, str | None, str | None]) -> None:
    """States nodes of the tree of areas, each with its parent and its weight."""
    for node, parent, weight in nodes:
        plan.later(DRAFTED, TreeNodeStated.model_validate({"tree": "area", "node": node, "parent": parent}))
        if weight is not None:
            plan.later(DRAFTED, TreeNodeReweighted(tree="area", node=node, weight=Decimal(weight)))


@pytest.fixture
def two_areas() -> Given:
    """Two objectives at two nodes of one branch, and a third that stands nowhere: 50, 100 and 0 reached."""
    plan = Given()
    for id_, area, weight in (("a", "left", "30"), ("b", "right", "10"), ("c", None, "60")):
        plan.objective(id_, weight=weight, classifications={"area": area} if area else {})
        plan.indicator(f"i{id_}", id_, ">= 100", polarity="up")
    plan.approved()
    for id_, figure in (("a", "50"), ("b", "100"), ("c", "0")):
        plan.administration.add(END, measured(f"s.i{id_}", figure, "2022", END))
    return plan


def test_nodes_without_weights_put_their_objectives_together_as_they_are_and_say_so(two_areas: Given) -> None:
    stating(two_areas, ("top", None, None), ("left", "top", None), ("right", "top", None))
    tree = scored_trees(score(two_areas))["area"]
    assert tree.nodes["top"].combined.score == Decimal("62.5")  # (50 x 30 + 100 x 10) / 40
    assert tree.nodes["top"].pooled == ["a", "b"]
    assert tree.nodes["top"].combined.notes[0] == POOLED
    assert (tree.nodes["left"].combined.score, tree.nodes["right"].combined.score) == (Decimal(50), Decimal(100))
    assert (tree.whole.combined.score, tree.unplaced) == (Decimal("62.5"), ["c"])


def test_nodes_with_weights_count_by_them(two_areas: Given) -> None:
    stating(two_areas, ("top", None, None), ("left", "top", "20"), ("right", "top", "80"))
    tree = scored_trees(score(two_areas))["area"]
    assert tree.nodes["top"].combined.score == Decimal(90)  # (50 x 20 + 100 x 80) / 100
    assert (tree.nodes["top"].pooled, tree.nodes["left"].pooled) == (None, ["a"])
    assert tree.whole.combined.score == Decimal(90)  # the only root


def test_a_tree_of_classes_alone_scores_as_its_classes_do(plan: Given) -> None:
    tree, classes = scored_trees(score(plan))["area"], scored_classes(score(plan))["area"]
    assert tree.nodes["Servizi"].combined == classes["Servizi"].combined
    assert tree.nodes["Servizi"].pooled == classes["Servizi"].objectives
