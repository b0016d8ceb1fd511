"""The nodes of further trees, uploaded against those of the plan."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from domain.documents.diff import diff_plan
from domain.documents.difference import CurrentPlan, PlanDiff
from domain.documents.load import load_document
from domain.documents.plan import PlanDocument
from domain.documents.uploaded import uploaded_of
from domain.documents.warnings import plan_warnings
from domain.errors import Malformed
from domain.trees.commands import StateTreeNode
from domain.trees.events import TreeNodeReweighted, TreeNodeStated

DAY = date(2022, 1, 31)
MISSION = {"tree": "mission", "id": "m32", "level": "mission", "code": "032", "title": "Servizi", "order": 1}
PROGRAM = {"tree": "mission", "id": "p3", "level": "program", "code": "003", "parent": "m32", "weight": "60"}


def plan(*nodes: dict[str, Any], **classifications: str) -> PlanDocument:
    return PlanDocument.model_validate(
        {
            "administration": {"id": "ente", "name": "Ente"},
            "plan": {"id": "piano", "title": "Piano", "first_year": 2022, "last_year": 2024},
            "objectives": [{"id": "o", "level": "operativo", "title": "O", "classifications": classifications}],
            "trees": nodes,
        }
    )


def difference(current: PlanDocument, wanted: PlanDocument, **more: Any) -> PlanDiff:
    return diff_plan(CurrentPlan(current), uploaded_of(wanted, **more), {})


def test_a_plan_that_comes_back_as_it_was_differs_in_nothing() -> None:
    assert difference(plan(MISSION, PROGRAM), plan(PROGRAM, MISSION)).items == ()


def test_a_document_without_trees_leaves_them_alone() -> None:
    silent = PlanDocument.model_validate(plan().model_dump(mode="json", exclude={"trees"}, exclude_unset=True))
    found = difference(plan(MISSION), silent)
    assert (found.items, found.ignored) == ((), ())


def test_what_differs_of_a_node_is_told_field_by_field_and_made_of_one_change() -> None:
    changed = {**PROGRAM, "title": "Affari", "code": "004", "parent": None, "weight": "55"}
    found = difference(plan(MISSION, PROGRAM), plan(MISSION, changed))
    assert [(item.type, item.field, item.object) for item in found.items] == [
        ("reclassified", "code", "tree/mission/p3"),
        ("reclassified", "title", "tree/mission/p3"),
        ("moved", "parent", "tree/mission/p3"),
        ("reweighted", "weight", "tree/mission/p3"),
    ]


def test_new_nodes_come_after_their_parents_and_a_missing_one_is_withdrawn_where_the_part_is_complete() -> None:
    child = {"tree": "mission", "id": "p9", "title": "Nuovo", "parent": "m9"}
    wanted = plan(MISSION, child, {"tree": "mission", "id": "m9", "title": "Nuova"})
    changes = [step.change for step in difference(plan(MISSION, PROGRAM), wanted).steps]
    assert [(change.node, change.under) for change in changes if isinstance(change, StateTreeNode)] == [
        ("m9", None),
        ("p9", "m9"),
    ]
    assert "p3" in difference(plan(MISSION, PROGRAM), wanted).ignored[0]
    complete = difference(plan(MISSION, PROGRAM), plan(), complete=["trees"])
    assert [(item.type, item.object) for item in complete.items] == [
        ("withdrawn", "tree/mission/p3"),
        ("withdrawn", "tree/mission/m32"),
    ]


@pytest.mark.parametrize(
    ("nodes", "where"),
    [
        ([MISSION, MISSION], "trees[1].id"),
        ([{**PROGRAM, "parent": "nessuno"}], "trees[0].parent"),
        ([{**MISSION, "parent": "p3"}, PROGRAM], "trees[0].parent"),
        ([MISSION, {"tree": "area", "id": "a", "level": "Missione"}], "trees[1].level"),
    ],
)
def test_a_document_whose_trees_do_not_hold_is_refused_with_the_place(nodes: list[dict[str, Any]], where: str) -> None:
    document = plan(*nodes)
    with pytest.raises(Malformed) as refused:
        load_document(document, DAY, approve=False)
    assert where in [problem.where for problem in refused.value.problems]


def test_what_stands_twice_at_no_node_or_at_any_of_several_is_a_warning_with_its_place() -> None:
    twice = plan(MISSION, PROGRAM, {**MISSION, "id": "m12", "code": "012"}, mission="m12", program="p3")
    unknown = plan(MISSION, mission="099")
    several = plan(MISSION, {**PROGRAM, "parent": None}, {**PROGRAM, "id": "p4"}, program="003")
    told = [
        [(w.notice.where, w.notice.name) for w in plan_warnings(one) if w.notice.name != "weights_not_100"]
        for one in (twice, unknown, several)
    ]
    assert told == [
        [("objectives[0]", "placed_twice_in_tree")],
        [("objectives[0]", "tree_node_unknown")],
        [("objectives[0]", "tree_node_undecided")],
    ]


def test_the_trees_of_the_five_plans_are_those_that_they_print() -> None:
    sizes = {}
    for path in sorted((Path(__file__).parents[3] / "examples" / "plans").glob("*.json")):
        document = PlanDocument.model_validate(json.loads(path.read_text(encoding="utf-8")))
        events = load_document(document, DAY, approve=True)
        stated = [event for event in events.events if isinstance(event, TreeNodeStated | TreeNodeReweighted)]
        placed = sum(bool(row.classifications) for row in document.objectives)
        sizes[path.stem] = (len(stated), placed)
        told = {warning.name for warning in events.warnings}
        assert told.isdisjoint({"placed_twice_in_tree", "tree_node_unknown", "tree_node_undecided"})
    assert sizes == {
        "brindisi-2022-2024": (10, 19),
        "frosinone-latina-2022-2024": (0, 0),
        "lecce-2021-2023": (0, 0),
        "maremma-e-tirreno-2022-2026": (4, 14),
        "riviere-di-liguria-2022-2024": (0, 0),
    }
