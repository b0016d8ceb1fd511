"""Given a tree of objectives, when one is changed, then an event or a refusal."""

from datetime import date
from decimal import Decimal

import pytest
from pydantic import BaseModel, ValidationError

from domain.documents.plan import ObjectiveRow
from domain.errors import AlreadyThere, NoChange, NotFound, NotInForce, OutsidePlan, TreeBroken
from domain.indicators.events import IndicatorAssigned, IndicatorUnassigned
from domain.objectives import commands as c
from domain.objectives import decide as d
from domain.objectives import events as e
from tests.support.given import Given

A = e.ObjectiveAdded(objective="a", level="strategico", title="Riscuotere", offices=("Servizio Bilancio",))
A1 = e.ObjectiveAdded(objective="a1", level="operativo", title="Incassare", parent="a", weight=Decimal("60.00"))
B = e.ObjectiveAdded(objective="b", level="strategico", condition="se la norma è convertita")
LATER = date(2023, 1, 1)


def test_an_objective_is_added_with_all_that_was_said_of_it() -> None:
    command = c.AddObjective(verb="add_objective", object="a2", level="operativo", parent="a", weight=Decimal(40))
    added = e.ObjectiveAdded(objective="a2", level="operativo", parent="a", weight=Decimal(40))
    Given(A).when(d.add_objective, command).then(added)


@pytest.mark.parametrize(
    ("object_", "parent", "error"), [("a", None, AlreadyThere), ("a2", "nessuno", TreeBroken), ("a2", "b", NotInForce)]
)
def test_an_objective_needs_an_id_of_its_own_and_a_parent_in_force(
    object_: str, parent: str | None, error: type[AlreadyThere]
) -> None:
    command = c.AddObjective(verb="add_objective", object=object_, level="operativo", parent=parent)
    Given(A, B, e.ObjectiveWithdrawn(objective="b")).when(d.add_objective, command).refused(error)


def test_a_title_is_changed_and_not_to_itself() -> None:
    command = c.RewordObjective(verb="reword_objective", object="a", title="Incassare di più")
    Given(A).when(d.reword_objective, command).then(e.ObjectiveReworded(objective="a", title="Incassare di più"))
    same = c.RewordObjective(verb="reword_objective", object="a", title="Riscuotere")
    Given(A).when(d.reword_objective, same).refused(NoChange)


def test_an_objective_that_is_not_there_or_not_in_force_is_not_changed() -> None:
    command = c.RewordObjective(verb="reword_objective", object="x", title="Altro")
    Given(A).when(d.reword_objective, command).refused(NotFound)
    withdrawn = Given(A, A1, e.ObjectiveWithdrawn(objective="a"))
    below = c.RewordObjective(verb="reword_objective", object="a1", title="Altro")
    withdrawn.when(d.reword_objective, below).refused(NotInForce)


def test_an_objective_is_moved_to_the_root() -> None:
    command = c.MoveObjective(verb="move_objective", object="a1", parent=None)
    Given(A, A1).when(d.move_objective, command).then(e.ObjectiveMoved(objective="a1", parent=None))
    same = c.MoveObjective(verb="move_objective", object="a1", parent="a")
    Given(A, A1).when(d.move_objective, same).refused(NoChange, "già sotto a")


def test_a_move_makes_no_circle_then_or_later() -> None:
    command = c.MoveObjective(verb="move_objective", object="a", parent="b")
    Given(A, B).when(d.move_objective, command).then(e.ObjectiveMoved(objective="a", parent="b"))
    moved = Given(A, B).later(LATER, e.ObjectiveMoved(objective="b", parent="a"))
    moved.when(d.move_objective, command).refused(TreeBroken, "01/01/2023")


@pytest.mark.parametrize("weight", ["60", "60.00", "60,0%"])
def test_a_weight_with_other_digits_is_the_same_weight(weight: str) -> None:
    command = c.ReweighObjective.model_validate({"verb": "reweigh_objective", "object": "a1", "weight": weight})
    Given(A, A1).when(d.reweigh_objective, command).refused(NoChange)


def test_a_weight_is_taken_away() -> None:
    command = c.ReweighObjective(verb="reweigh_objective", object="a1", weight=None)
    Given(A, A1).when(d.reweigh_objective, command).then(e.ObjectiveReweighted(objective="a1", weight=None))


def test_only_what_differs_of_a_classification_is_recorded() -> None:
    command = c.ReclassifyObjective(
        verb="reclassify_objective", object="a", code="1", level="strategico", offices=("Servizio Bilancio",)
    )
    Given(A).when(d.reclassify_objective, command).then(e.ObjectiveReclassified(objective="a", code="1"))
    same = c.ReclassifyObjective(verb="reclassify_objective", object="a", code=None, classifications={})
    Given(A).when(d.reclassify_objective, same).refused(NoChange)


def test_what_was_withdrawn_is_taken_up_again() -> None:
    command = c.ReinstateObjective(verb="reinstate_objective", object="a")
    withdrawn = Given(A, e.ObjectiveWithdrawn(objective="a"))
    withdrawn.when(d.reinstate_objective, command).then(e.ObjectiveReinstated(objective="a"))
    Given(A).when(d.reinstate_objective, command).refused(NoChange)


def test_a_merged_objective_leaves_its_indicators_and_what_hangs_from_it_to_the_other() -> None:
    assigned = IndicatorAssigned(indicator="incasso", objective="a", weight=Decimal(100), feeds="individual")
    command = c.MergeObjective(verb="merge_objective", object="a", into="b")
    Given(A, A1, B, assigned).when(d.merge_objective, command).then(
        IndicatorAssigned(indicator="incasso", objective="b", weight=Decimal(100), feeds="individual"),
        IndicatorUnassigned(indicator="incasso", objective="a"),
        e.ObjectiveMoved(objective="a1", parent="b"),
        e.ObjectiveMerged(objective="a", into="b"),
    )


def test_an_objective_is_not_merged_into_what_hangs_from_it() -> None:
    command = c.MergeObjective(verb="merge_objective", object="a", into="a1")
    Given(A, A1).when(d.merge_objective, command).refused(TreeBroken)


def test_an_objective_is_neutralised_once_a_year_of_the_plan() -> None:
    command = c.NeutraliseObjective(verb="neutralise_objective", object="a", year=2022)
    neutralised = e.ObjectiveNeutralised(objective="a", year=2022)
    Given(A).when(d.neutralise_objective, command).then(neutralised)
    Given(A, neutralised).when(d.neutralise_objective, command).refused(NoChange)
    outside = c.NeutraliseObjective(verb="neutralise_objective", object="a", year=2025)
    Given(A).when(d.neutralise_objective, outside).refused(OutsidePlan)


def test_an_objective_is_withdrawn_while_it_is_in_force() -> None:
    command = c.WithdrawObjective(verb="withdraw_objective", object="a")
    withdrawn = Given(A).later(LATER, e.ObjectiveWithdrawn(objective="a"))
    withdrawn.when(d.withdraw_objective, command, "2022-12-31").then(e.ObjectiveWithdrawn(objective="a"))
    withdrawn.when(d.withdraw_objective, command, LATER).refused(NotInForce, "01/01/2023", where="object")


def test_a_condition_is_met_once_where_there_is_one() -> None:
    command = c.MeetCondition(verb="meet_condition", object="b")
    met = e.ObjectiveConditionMet(objective="b")
    Given(B).when(d.meet_condition, command).then(met)
    Given(B, met).when(d.meet_condition, command).refused(NoChange)
    Given(A).when(d.meet_condition, c.MeetCondition(verb="meet_condition", object="a")).refused(OutsidePlan)


def test_a_level_of_the_plan_in_other_case_or_spacing_keeps_the_spelling_of_the_plan() -> None:
    command = c.AddObjective(verb="add_objective", object="a2", level=" Operativo ", parent="a")
    Given(A, A1).when(d.add_objective, command).then(e.ObjectiveAdded(objective="a2", level="operativo", parent="a"))
    same = c.ReclassifyObjective(verb="reclassify_objective", object="a1", level="OPERATIVO")
    Given(A, A1).when(d.reclassify_objective, same).refused(NoChange)


def test_a_label_in_other_letters_is_the_same_label() -> None:
    said = {
        "verb": "redefine_objective",
        "object": "a",
        "tags": ["Parità di genere", "trasparenza", "parita  di genere"],
    }
    told = e.ObjectiveRedefined(objective="a", tags=("Parità di genere", "trasparenza"))
    Given(A).when(d.redefine_objective, c.RedefineObjective.model_validate(said)).then(told)


@pytest.mark.parametrize("model", [c.AddObjective, c.RedefineObjective, ObjectiveRow])
def test_an_amount_in_euro_is_said_to_the_cent(model: type[BaseModel]) -> None:
    said = {"budget_amount": "150.000,505"}
    with pytest.raises(ValidationError, match="più di due decimali"):
        model.model_validate(said)
    with pytest.raises(ValidationError) as error:
        model.model_validate({"budget_amount": "150.000,50"})
    assert "più di due decimali" not in str(error.value)
