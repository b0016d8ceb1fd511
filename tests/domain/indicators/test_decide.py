"""Given a tree with an indicator, when its card or its places are changed, then an event or a refusal."""

from decimal import Decimal

import pytest

from domain.errors import AlreadyThere, NoChange, NotFound, NotInForce, OutsidePlan, TextUnread
from domain.event import Event
from domain.indicators import commands as c
from domain.indicators import decide as d
from domain.indicators import events as e
from domain.indicators.card import Card
from domain.objectives.events import ObjectiveAdded, ObjectiveWithdrawn
from domain.plans.state import PlanState
from domain.targets.commands import TargetText
from domain.targets.events import TargetSet
from domain.targets.model import Threshold
from tests.support.given import DRAFTED, TODAY, Given

A = ObjectiveAdded(objective="a", level="strategico")
B = ObjectiveAdded(objective="b", level="strategico")
CARD = Card(name="Percentuale di incasso", unit="%", code="1.1", polarity="up", polarity_basis="stated")
ADDED = e.IndicatorAdded(indicator="incasso", series="serie", card=CARD)
ASSIGNED = e.IndicatorAssigned(indicator="incasso", objective="a", weight=Decimal(60))
BOTH = e.IndicatorAssigned(indicator="incasso", objective="b")
THERE = (A, B, ADDED, ASSIGNED)


def add(state: PlanState, command: c.AddIndicator) -> list[Event]:
    """Adds an indicator on a series of its own."""
    return d.add_indicator(state, command, "serie-nuova")


def adding(**said: object) -> c.AddIndicator:
    """The command that adds an indicator, with what is said beside."""
    command = {"verb": "add_indicator", "object": "nuovo", "objective": "a", "name": "Adesioni"}
    return c.AddIndicator.model_validate(command | said)


def test_a_score_that_begins_is_told_and_one_that_is_called_nearly_so() -> None:
    plan = Given().objective("a").indicator("x", "a").indicator("y", "a")

    def told(indicator: str, feeds: str) -> list[str]:
        event = e.IndicatorFeedsChanged(indicator=indicator, objective="a", feeds=feeds)
        return [notice.words for notice in d.scores_begun(PlanState(plan.timelines, TODAY), [event])]

    assert told("x", "albero") == []
    (begun,) = told("x", "dirigenti; produttività")
    assert begun == "comincia un altro punteggio del piano, «dirigenti», accanto a: albero, produttività"
    plan.later(DRAFTED, e.IndicatorFeedsChanged(indicator="x", objective="a", feeds="dirigenti"))
    assert told("y", "dirigenti") == []
    (again,) = told("y", "Dirigenti")
    assert again.endswith("; se è «dirigenti», si scrive allo stesso modo")


def test_an_indicator_is_added_with_card_place_and_targets_and_the_polarity_that_these_agree_on() -> None:
    command = adding(owner="Servizio Bilancio", indicator_kind="efficacia", targets=[{"year": 2022, "text": ">= 14"}])
    card = Card(name="Adesioni", kind="efficacia", owner="Servizio Bilancio", polarity="up", polarity_basis="inferred")
    Given(A).when(add, command).then(
        e.IndicatorAdded(indicator="nuovo", series="serie-nuova", card=card),
        e.IndicatorAssigned(indicator="nuovo", objective="a"),
        TargetSet(
            indicator="nuovo", year=2022, target=Threshold(text=">= 14", comparator=">=", value=Decimal(14), unit=None)
        ),
    )


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"object": "incasso"}, AlreadyThere),
        ({"objective": "nessuno"}, NotFound),
        ({"targets": [{"year": 2025, "text": "14"}]}, OutsidePlan),
        ({"targets": [{"year": 2022, "text": "circa metà, forse"}]}, TextUnread),
        ({"targets": [{"year": 2022, "text": "14"}, {"year": 2022, "text": "15"}]}, AlreadyThere),
    ],
)
def test_an_indicator_that_cannot_be_added_is_refused(said: dict[str, object], error: type[NotFound]) -> None:
    Given(*THERE).when(add, adding(**said)).refused(error)


def test_a_polarity_that_is_stated_is_not_inferred() -> None:
    command = adding(polarity="down", targets=[{"year": 2022, "text": ">= 14"}])
    card = Card(name="Adesioni", polarity="down", polarity_basis="stated")
    decided = Given(A).when(add, command)
    target = Threshold(text=">= 14", comparator=">=", value=Decimal(14), unit=None)
    decided.then(
        e.IndicatorAdded(indicator="nuovo", series="serie-nuova", card=card),
        e.IndicatorAssigned(indicator="nuovo", objective="a"),
        TargetSet(indicator="nuovo", year=2022, target=target),
    )


def test_only_what_differs_of_a_card_is_recorded() -> None:
    command = c.RedefineIndicator(verb="redefine_indicator", object="incasso", unit="%", source="contabilità")
    redefined = e.IndicatorRedefined(indicator="incasso", card=Card(source="contabilità"))
    Given(*THERE).when(d.redefine_indicator, command).then(redefined)
    same = c.RedefineIndicator(verb="redefine_indicator", object="incasso", unit="%", formula=None)
    Given(*THERE).when(d.redefine_indicator, same).refused(NoChange)


def test_a_polarity_that_is_taken_away_is_unknown() -> None:
    command = c.RedefineIndicator(verb="redefine_indicator", object="incasso", polarity=None)
    card = Card(polarity=None, polarity_basis="unknown")
    Given(*THERE).when(d.redefine_indicator, command).then(e.IndicatorRedefined(indicator="incasso", card=card))


def test_the_claim_of_a_command_is_not_the_kind_of_an_indicator() -> None:
    command = c.ReclassifyIndicator(
        verb="reclassify_indicator", object="incasso", kind="reclassification", code="1.2", owner="Servizio Bilancio"
    )
    card = Card(code="1.2", owner="Servizio Bilancio")
    Given(*THERE).when(d.reclassify_indicator, command).then(e.IndicatorReclassified(indicator="incasso", card=card))


def test_an_indicator_serves_one_more_objective_once() -> None:
    command = c.AssignIndicator(verb="assign_indicator", object="incasso", objective="b")
    Given(*THERE).when(d.assign_indicator, command).then(BOTH)
    Given(*THERE, BOTH).when(d.assign_indicator, command).refused(AlreadyThere)


def test_an_indicator_is_not_taken_from_its_only_objective() -> None:
    command = c.UnassignIndicator(verb="unassign_indicator", object="incasso", objective="a")
    unassigned = e.IndicatorUnassigned(indicator="incasso", objective="a")
    Given(*THERE, BOTH).when(d.unassign_indicator, command).then(unassigned)
    Given(*THERE).when(d.unassign_indicator, command).refused(OutsidePlan)


def test_a_weight_wants_its_objective_where_there_are_two() -> None:
    command = c.ReweighIndicator(verb="reweigh_indicator", object="incasso", weight=Decimal(40))
    reweighted = e.IndicatorReweighted(indicator="incasso", objective="a", weight=Decimal(40))
    Given(*THERE).when(d.reweigh_indicator, command).then(reweighted)
    Given(*THERE, BOTH).when(d.reweigh_indicator, command).refused(OutsidePlan)
    same = c.ReweighIndicator(verb="reweigh_indicator", object="incasso", weight=Decimal("60.0"))
    Given(*THERE).when(d.reweigh_indicator, same).refused(NoChange)
    elsewhere = c.ReweighIndicator(verb="reweigh_indicator", object="incasso", objective="b", weight=None)
    Given(*THERE).when(d.reweigh_indicator, elsewhere).refused(NotInForce)


def test_an_indicator_is_withdrawn_and_taken_up_again() -> None:
    withdraw = c.WithdrawIndicator(verb="withdraw_indicator", object="incasso")
    reinstate = c.ReinstateIndicator(verb="reinstate_indicator", object="incasso")
    withdrawn = e.IndicatorWithdrawn(indicator="incasso")
    Given(*THERE).when(d.withdraw_indicator, withdraw).then(withdrawn)
    Given(*THERE, withdrawn).when(d.withdraw_indicator, withdraw).refused(NotInForce)
    Given(*THERE, withdrawn).when(d.reinstate_indicator, reinstate).then(e.IndicatorReinstated(indicator="incasso"))
    Given(*THERE).when(d.reinstate_indicator, reinstate).refused(NoChange)


def test_an_indicator_whose_objectives_are_withdrawn_is_not_in_force() -> None:
    command = c.WithdrawIndicator(verb="withdraw_indicator", object="incasso")
    Given(*THERE, ObjectiveWithdrawn(objective="a")).when(d.withdraw_indicator, command).refused(NotInForce)


def test_an_indicator_that_the_plan_never_had_is_not_found() -> None:
    command = c.WithdrawIndicator(verb="withdraw_indicator", object="altro")
    Given(*THERE).when(d.withdraw_indicator, command).refused(NotFound)


def test_a_target_that_is_read_at_need_is_kept_as_text() -> None:
    target = TargetText(year=2022, text="circa metà, forse", accept_unread=True)
    (_, _, event) = add(PlanState(Given(A).timelines, TODAY), adding(targets=[target.model_dump()]))
    assert isinstance(event, TargetSet)
    assert event.target.form == "unread"
