"""A plan along its further trees: shown, scored, changed, and told in the pack of its evidence."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.proof.pack import make_pack
from domain.errors import NotFound
from initinere_verify.pack import verify_pack
from projections.change_rate import changes_of_year
from projections.plan_history import change_key
from projections.plan_in_force import plan_in_force
from projections.proof.log import Log
from projections.scores import scores
from projections.trees import tree, trees
from tests.support.harness import PLAN, ServiceHarness, document, point

END = point("2023-01-31")
NODES = [
    {"tree": "mission", "id": "m32", "level": "mission", "code": "032", "title": "Servizi", "order": 2},
    {
        "tree": "mission",
        "id": "p3",
        "level": "program",
        "code": "003",
        "title": "Affari",
        "parent": "m32",
        "weight": "60",
    },
    {"tree": "mission", "id": "m12", "level": "mission", "code": "012", "title": "Mercati", "order": 1},
]


@pytest.fixture(scope="module")
def harness(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceHarness]:
    """The small plan with missions; in October a weight is changed by an act, and a title."""
    harness = ServiceHarness(tmp_path_factory.mktemp("trees") / "archivio.sqlite").on("2022-02-05")
    made = document()
    made["objectives"][1]["classifications"] = {"mission": "032", "program": "003"}
    made["objectives"][2]["classifications"] = {"mission": "m12"}
    harness.load(objectives=made["objectives"], trees=NODES)
    harness.on("2022-10-03")
    weigh = {"verb": "reweigh_tree_node", "tree": "mission", "node": "003", "weight": "70"}
    harness.change(weigh, act={"body": "Giunta", "date": "2022-09-30"}, cause="new_data", justification="riparto")
    harness.change(
        {"verb": "state_tree_node", "tree": "mission", "node": "p3", "title": "Affari generali"}, justification="titolo"
    )
    harness.on("2023-01-20")
    harness.measure(series=f"{PLAN}.cassetto", period="2022", value="7", unit="%", data_as_at="2022-12-31")
    yield harness
    harness.store.close()


def test_a_tree_is_shown_with_its_nodes_in_order_and_where_objectives_stand(harness: ServiceHarness) -> None:
    (found,) = harness.ask(trees, PLAN, END)["trees"]
    standing = [(node["id"], node["depth"], node["weight"], node["objectives"]) for node in found["nodes"]]
    assert standing == [("m12", 0, None, ["a2"]), ("m32", 0, None, []), ("p3", 1, "70", ["a1"])]
    assert (found["depth"], found["placed"], found["unplaced"], found["placed_twice"]) == (2, 2, [], [])
    assert harness.ask(tree, PLAN, END, "Programma")["tree"] == found
    before = harness.ask(tree, PLAN, point("2022-06-30"), "mission")["tree"]["nodes"][2]
    assert (before["title"], before["weight"]) == ("Affari", "60")
    with pytest.raises(NotFound, match="non è un altro albero"):
        harness.ask(tree, PLAN, END, "perspective")


def test_scores_go_up_the_tree_that_is_asked_for(harness: ServiceHarness) -> None:
    found: dict[str, Any] = harness.ask(scores, PLAN, 2022, END, tree="missione")
    (of_tree,) = found["trees"]
    by_id = {node["id"]: node for node in of_tree["nodes"]}
    objectives = {row["id"]: row["score"] for row in found["objectives"]}
    assert (by_id["m12"]["score"], by_id["m12"]["pooled"]) == (objectives["a2"], ["a2"])
    assert by_id["m32"]["score"] == by_id["p3"]["score"] == objectives["a1"]
    with pytest.raises(NotFound):
        harness.ask(scores, PLAN, 2022, END, tree="area")


def test_a_weight_counts_in_the_rate_of_its_node_and_a_title_stands_apart(harness: ServiceHarness) -> None:
    found: dict[str, Any] = harness.ask(changes_of_year, PLAN, 2022, END, tree="mission")
    kinds = {change["event"]: change["kind"] for change in found["changes"]}
    assert kinds == {"tree-node-reweighted": "in_year_revision", "tree-node-stated": "reclassification"}
    rates = {
        node["id"]: (node["change_rate"]["substance"]["objectives"], len(node["versions"]))
        for node in found["by_tree"]["mission"]
    }
    assert rates == {"m12": ([], 0), "m32": (["a1"], 1), "p3": (["a1"], 1)}


def test_the_pack_of_a_year_shows_the_nodes_and_is_verified(harness: ServiceHarness, tmp_path: Path) -> None:
    assert len(harness.ask(plan_in_force, PLAN, END)["trees"]) == 3
    made = make_pack(harness.store, Log(harness.store, tmp_path / "signing.key"), PLAN, 2022, END)
    path = tmp_path / "fascicolo.zip"
    path.write_bytes(made.content)
    assert verify_pack(path).statement().startswith("VERIFICATO")


def test_a_change_of_a_node_is_about_the_node(harness: ServiceHarness) -> None:
    found: dict[str, Any] = harness.ask(changes_of_year, PLAN, 2022, END)
    of_node = [change for change in found["changes"] if change["event"] == "tree-node-reweighted"]
    assert [(change["node"], change_key(change)) for change in of_node] == [("tree/mission/p3", "tree/mission/p3")]
