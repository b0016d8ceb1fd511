"""What is wrong with several changes is told of all of them at once, without what only follows from another refusal."""

import pytest

from domain.errors import ChangesRefused, MotivationMissing, NotFound, TreeBroken
from tests.domain.changes.test_decide import REVISE, plan

NOT_THERE = {"verb": "reword_objective", "object": "x", "title": "Altro"}
CYCLE = {"verb": "move_objective", "object": "a", "parent": "a"}
UNREAD = {"verb": "revise_target", "object": "i", "year": 2022, "target": "boh"}
ADDED_UNDER_NOTHING = {"verb": "add_objective", "object": "n", "level": "l", "title": "Nuovo", "parent": "x"}


def places(error: ChangesRefused) -> list[str]:
    return [problem.where.partition(".")[0] for problem in error.problems]


def test_every_refusal_is_told_with_its_place_and_what_is_right_is_not() -> None:
    with pytest.raises(ChangesRefused) as refused:
        _ = plan().change(NOT_THERE, REVISE, CYCLE, UNREAD).pending
    assert places(refused.value) == ["changes[0]", "changes[2]", "changes[3]"]
    assert "3 modifiche" in str(refused.value)


def test_one_refusal_is_told_as_it_is() -> None:
    plan().change(REVISE, NOT_THERE).refused(NotFound, where="changes[1].object")


def test_what_only_follows_from_another_refusal_is_not_told() -> None:
    under_it = {"verb": "add_indicator", "object": "k", "objective": "n", "name": "Nuovo"}
    and_so_on = {"verb": "revise_target", "object": "k", "year": 2022, "target": ">= 1"}
    plan().change(ADDED_UNDER_NOTHING, under_it, and_so_on).refused(TreeBroken, where="changes[0].parent")


def test_reasons_that_are_missing_are_told_once_and_with_them_what_else_is_wrong() -> None:
    with pytest.raises(ChangesRefused) as refused:
        _ = plan().change(REVISE, UNREAD, CYCLE, act=None).pending
    assert places(refused.value) == ["changes[0]", "changes[1]", "changes[2]"]
    plan().change(REVISE, REVISE | {"year": 2023}, act=None).refused(MotivationMissing, where="changes[0].act")
