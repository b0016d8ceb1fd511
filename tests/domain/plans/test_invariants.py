"""How deep the tree of a plan may be, then and later; an old record that is deeper is read all the same."""

from datetime import date
from time import process_time

import pytest

from domain.documents.load import load_document
from domain.documents.plan import PlanDocument
from domain.errors import Malformed, TreeBroken
from domain.objectives import commands as c
from domain.objectives import decide as d
from domain.objectives import events as e
from domain.plans.invariants import MOST_LEVELS, deepest_level, tree_holds, tree_levels
from tests.support.given import Given
from tests.support.harness import document

LATER = date(2023, 1, 1)


def chain(name: str, levels: int, under: str | None = None) -> list[e.ObjectiveAdded]:
    """Objectives each under the one before."""
    parents = [under, *(f"{name}{level}" for level in range(1, levels))]
    return [
        e.ObjectiveAdded(objective=f"{name}{level}", level="livello", parent=parent)
        for level, parent in enumerate(parents, 1)
    ]


def add(objective: str, parent: str) -> c.AddObjective:
    """A command that adds an objective."""
    return c.AddObjective(verb="add_objective", object=objective, level="livello", parent=parent)


def test_an_objective_stands_at_the_last_level_and_not_beyond() -> None:
    Given(*chain("a", MOST_LEVELS - 1)).when(d.add_objective, add("x", f"a{MOST_LEVELS - 1}")).then(
        e.ObjectiveAdded(objective="x", level="livello", parent=f"a{MOST_LEVELS - 1}")
    )
    full = Given(*chain("a", MOST_LEVELS))
    full.when(d.add_objective, add("x", f"a{MOST_LEVELS}")).refused(
        TreeBroken, f"x starebbe oltre il livello {MOST_LEVELS}", where="parent"
    )


def test_an_objective_is_not_placed_where_a_later_move_takes_it_too_deep() -> None:
    plan = Given(*chain("a", MOST_LEVELS - 1), *chain("b", 1))
    plan.later(LATER, e.ObjectiveMoved(objective="b1", parent=f"a{MOST_LEVELS - 1}"))
    plan.when(d.add_objective, add("x", "b1")).refused(TreeBroken, where="parent")


@pytest.mark.parametrize(
    ("verb", "rest"), [("move_objective", {"parent": "a40"}), ("merge_objective", {"into": "a40"})]
)
def test_what_is_moved_takes_nothing_too_deep(verb: str, rest: dict[str, str]) -> None:
    plan = Given(*chain("a", 40), *chain("b", 30))
    reworded = {"verb": "reword_objective", "object": "a1", "title": "Altro"}
    plan.change(reworded, {"verb": verb, "object": "b1", **rest}).refused(
        TreeBroken, "oltre il livello", where="changes[1].parent"
    )


def test_an_old_record_may_stay_as_deep_as_it_is_and_become_no_deeper() -> None:
    plan = Given(*chain("a", 100), *chain("b", 60))
    assert deepest_level(plan.timelines) == 100
    tree_holds(plan.timelines, 100)
    with pytest.raises(TreeBroken):
        tree_holds(plan.timelines)
    plan.change({"verb": "move_objective", "object": "b1", "parent": "a30"}).then(
        e.ObjectiveMoved(objective="b1", parent="a30")
    )
    plan.change({"verb": "move_objective", "object": "b1", "parent": "a80"}).refused(TreeBroken)


def test_a_ring_and_what_hangs_from_it_stand_at_no_level() -> None:
    parents = {"a": "b", "b": "a", "c": "a", "d": None, "e": "d", "f": "altrove"}
    assert tree_levels(parents) == {"d": 1, "e": 2, "f": 1}


def test_a_document_that_is_too_deep_is_refused_where_it_is_and_at_once() -> None:
    objectives = [
        {"id": f"a{n}", "level": f"l{n}", "title": "t", "parent": f"a{n - 1}" if n else None} for n in range(8000)
    ]
    plan = PlanDocument.model_validate(document(objectives=objectives[::-1], indicators=[]))
    started = process_time()
    with pytest.raises(Malformed) as refusal:
        load_document(plan, date(2022, 1, 31), approve=False)
    assert process_time() - started < 2
    (problem,) = refusal.value.problems
    assert problem.where == f"objectives[{7999 - MOST_LEVELS}].parent"
    assert problem.found == f"a{MOST_LEVELS} starebbe oltre il livello {MOST_LEVELS}"
    assert problem.accepted == f"un albero di al più {MOST_LEVELS} livelli, a ogni data"
