"""Where objectives stand in the further trees of a plan."""

from decimal import Decimal

import pytest

from domain.errors import NotFound
from domain.trees.placed import Classified, PlacedTwice, TreeNode, Undecided, named_tree, trees_of

MISSIONS = [
    ("missioni", TreeNode("m32", "mission", "032", "Servizi generali", order=2)),
    ("missioni", TreeNode("p3", "program", "003", "Affari generali", parent="m32", order=2)),
    ("missioni", TreeNode("p2", "program", "002", "Indirizzo politico", parent="m32", order=1)),
    ("missioni", TreeNode("m12", "mission", "012", "Regolazione dei mercati", order=1)),
    ("missioni", TreeNode("p12-3", "program", "003", "Vigilanza", parent="m12", weight=Decimal(40))),
]


def objective(parent: str | None = None, **classifications: str) -> Classified:
    return Classified(parent, classifications)


def test_nodes_come_depth_first_and_siblings_in_their_order() -> None:
    tree = trees_of(MISSIONS, {})["missioni"]
    assert list(tree.nodes) == ["m12", "p12-3", "m32", "p2", "p3"]
    assert (tree.depth, tree.above("p3"), tree.branch("m32")) == (2, ["m32"], ["m32", "p2", "p3"])


@pytest.mark.parametrize(
    "classifications",
    [
        {"mission": "m32", "program": "p3"},
        {"Missione": "032", "programma": "003"},
        {"missione": "servizi generali", "Programma": "003 Affari generali"},
        {"program": "p3"},
        {"missioni": "p3"},
    ],
)
def test_a_programme_is_meant_by_id_code_or_title_and_its_mission_tells_two_of_one_code(
    classifications: dict[str, str],
) -> None:
    trees = trees_of(MISSIONS, {"o": Classified(None, classifications)})
    assert list(trees) == ["missioni"]
    assert trees["missioni"].placed == {"o": ("p3",)}
    assert trees["missioni"].undecided == []


def test_a_code_of_two_programmes_is_told_and_stands_for_itself_where_nothing_says_which() -> None:
    tree = trees_of(MISSIONS, {"o": objective(program="003")})["missioni"]
    assert tree.undecided == [Undecided("o", "program", "003", ("p12-3", "p3"))]
    assert tree.placed == {"o": ("003",)}
    assert (tree.nodes["003"].stated, tree.nodes["003"].name) == (False, "003")


def test_a_plan_that_states_no_node_has_a_tree_of_each_scheme_and_a_node_of_each_value() -> None:
    trees = trees_of(
        [], {"a": Classified(None, {"area": "Servizi"}, "Titolo"), "b": objective(area="a", perspective="X")}
    )
    assert {name: list(tree.nodes) for name, tree in trees.items()} == {"area": ["Servizi", "a"], "perspective": ["X"]}
    assert trees["area"].nodes["a"].title == "Titolo"  # headings once were objectives, named by their ids
    assert not any(node.stated for tree in trees.values() for node in tree.nodes.values())


def test_rows_that_stand_in_two_branches_are_told_and_those_of_one_branch_are_not() -> None:
    objectives = {
        "both": objective(mission="m12", program="p3"),
        "above": objective(mission="m32"),
        "deeper": objective("above", program="p2"),
        "elsewhere": objective("above", program="p12-3"),
        "inherits": objective("deeper"),
    }
    tree = trees_of(MISSIONS, objectives)["missioni"]
    parents = {id_: each.parent for id_, each in objectives.items()}
    serving = {"i": ["deeper", "inherits"], "j": ["deeper", "elsewhere"], "k": ["above", "deeper"]}
    assert list(tree.placed_twice(parents, serving)) == [
        PlacedTwice("objective/both", ("m12", "p3")),
        PlacedTwice("objective/elsewhere", ("p12-3", "m32")),
        PlacedTwice("indicator/j", ("p12-3", "p2")),
    ]
    assert tree.at("inherits", parents) == ("p2",)


def test_what_stands_nowhere_is_the_topmost_that_nothing_placed_is_above_or_beneath() -> None:
    objectives = {
        "top": objective(),
        "placed": objective("top", mission="m12"),
        "under": objective("placed"),
        "apart": objective(),
        "below": objective("apart"),
    }
    tree = trees_of(MISSIONS, objectives)["missioni"]
    assert tree.unplaced({id_: each.parent for id_, each in objectives.items()}) == ["apart"]


def test_a_tree_is_named_by_itself_or_by_one_of_its_levels_and_those_there_are_are_told() -> None:
    trees = trees_of(MISSIONS, {})
    assert named_tree(trees, "Programma").name == named_tree(trees, "missioni").name == "missioni"
    with pytest.raises(NotFound) as refused:
        named_tree(trees, "prospettive")
    assert refused.value.problem.accepted == "missioni"
