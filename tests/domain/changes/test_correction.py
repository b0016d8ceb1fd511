"""Given an event that was recorded wrong, when it is corrected, then it is annulled and recorded as it should have been."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain.annulments.events import EventsAnnulled
from domain.errors import ClaimRefused, DomainError, RetroactiveUnsaid, TextUnread, TreeBroken
from domain.event import Event
from domain.indicators import events as ie
from domain.indicators.card import Card
from domain.objectives import events as oe
from domain.plans.events import PlanApproved, YearApproved, YearClosed
from domain.targets.events import TargetRevised, TargetSet
from tests.support.given import Decided, Given, revised, target

A = oe.ObjectiveAdded(objective="a", level="strategico", title="Riscuotere", offices=("Bilancio",))  # 2
B = oe.ObjectiveAdded(objective="b", level="operativo", parent="a", weight=Decimal(60))  # 3
CARD = Card(name="Incasso", formula="incassato / dovuto", code="1")
ADDED = ie.IndicatorAdded(indicator="i", series="s.i", card=CARD)  # 4
ASSIGNED = ie.IndicatorAssigned(indicator="i", objective="b", weight=Decimal(50))  # 5
SET = TargetSet(indicator="i", year=2022, target=target(">= 70,34"))  # 6
REVISED = revised("i", ">= 70,34", ">= 86")  # 8


def plan() -> Given:
    """The plan above, approved (7), with a target revised in September (8) by an act, and recorded in October."""
    approved = Given(A, B, ADDED, ASSIGNED, SET).approved()
    return approved.later("2022-09-30", REVISED, recorded_on="2022-10-03", act="delibera-9", cause="resources")


def correcting(restores: int, verb: str, object_: str, *, there: Given | None = None, **fields: Any) -> Decided:
    """A correction without act and cause of its own."""
    change = {"verb": verb, "object": object_, "kind": "correction", "restores": [restores]} | fields
    return (there or plan()).change(change, on="2022-10-05", act=None, cause=None)


@pytest.mark.parametrize(
    ("version", "verb", "object_", "fields", "event"),
    [
        (6, "set_target", "i", {"year": 2022, "target": ">= 75"},
         SET.model_copy(update={"target": target(">= 75")})),
        (6, "revise_target", "i", {"year": 2022, "target": ">= 75"},
         SET.model_copy(update={"target": target(">= 75")})),
        (2, "reword_objective", "a", {"title": "Incassare"}, A.model_copy(update={"title": "Incassare"})),
        (3, "reweigh_objective", "b", {"weight": "40"}, B.model_copy(update={"weight": Decimal(40)})),
        (3, "move_objective", "b", {"parent": None}, B.model_copy(update={"parent": None})),
        (2, "reclassify_objective", "a", {"code": "1"}, A.model_copy(update={"code": "1"})),
        (5, "reweigh_indicator", "i", {"weight": "40"}, ASSIGNED.model_copy(update={"weight": Decimal(40)})),
        (5, "reweigh_indicator", "i", {"objective": "b", "weight": None}, ASSIGNED.model_copy(update={"weight": None})),
        (4, "redefine_indicator", "i", {"source": "bilancio"},
         ADDED.model_copy(update={"card": Card(**CARD.model_dump(exclude_unset=True), source="bilancio")})),
        (4, "reclassify_indicator", "i", {"code": "2"},
         ADDED.model_copy(update={"card": Card.model_validate(CARD.model_dump(exclude_unset=True) | {"code": "2"})})),
    ],
)  # fmt: skip
def test_what_the_plan_began_with_is_put_right_on_its_own_day(
    version: int, verb: str, object_: str, fields: dict[str, Any], event: Event
) -> None:
    annulment = EventsAnnulled(versions=(version,), reason="corrected")
    correcting(version, verb, object_, **fields).then(annulment, event, on="2022-01-31")


@pytest.mark.parametrize(
    ("wrong", "verb", "object_", "fields", "event"),
    [
        (oe.ObjectiveReworded(objective="a", title="X"), "reword_objective", "a", {"title": "Y"},
         oe.ObjectiveReworded(objective="a", title="Y")),
        (oe.ObjectiveReweighted(objective="b", weight=Decimal(1)), "reweigh_objective", "b", {"weight": "2"},
         oe.ObjectiveReweighted(objective="b", weight=Decimal(2))),
        (oe.ObjectiveMoved(objective="b", parent=None), "move_objective", "b", {"parent": "a"},
         oe.ObjectiveMoved(objective="b", parent="a")),
        (oe.ObjectiveReclassified(objective="b", code="1"), "reclassify_objective", "b", {"code": "2"},
         oe.ObjectiveReclassified(objective="b", code="2")),
        (ie.IndicatorReweighted(indicator="i", objective="b", weight=None), "reweigh_indicator", "i", {"weight": "9"},
         ie.IndicatorReweighted(indicator="i", objective="b", weight=Decimal(9))),
        (ie.IndicatorRedefined(indicator="i", card=Card(unit="%")), "redefine_indicator", "i", {"unit": "gg"},
         ie.IndicatorRedefined(indicator="i", card=Card(unit="gg"))),
        (ie.IndicatorReclassified(indicator="i", card=Card(code="2")), "reclassify_indicator", "i", {"code": "3"},
         ie.IndicatorReclassified(indicator="i", card=Card(code="3"))),
    ],
)  # fmt: skip
def test_a_later_change_is_put_right_as_the_same_change(
    wrong: Event, verb: str, object_: str, fields: dict[str, Any], event: Event
) -> None:
    there = plan().later("2022-06-30", wrong)
    annulment = EventsAnnulled(versions=(9,), reason="corrected")
    correcting(9, verb, object_, there=there, **fields).then(annulment, event, on="2022-06-30")


def test_it_keeps_the_act_and_the_cause_of_what_it_restores_and_says_what_it_is() -> None:
    annulment, again = correcting(8, "revise_target", "i", year=2022, target=">= 68").pending
    assert again.event == TargetRevised(indicator="i", year=2022, before=REVISED.before, target=target(">= 68"))
    for pending in (annulment, again):
        assert (pending.act, pending.cause, pending.claim) == ("delibera-9", "resources", "correction")
        assert (pending.restores, pending.effective_on) == ((8,), date(2022, 9, 30))
    change = {"verb": "revise_target", "object": "i", "year": 2022, "target": ">= 68", "kind": "correction"}
    _, by_act = plan().change(change | {"restores": [8]}, act="delibera-10", cause="new_data").pending
    assert (by_act.act, by_act.cause) == ("delibera-10", "new_data")


def test_the_day_alone_may_have_been_wrong() -> None:
    fields: dict[str, Any] = {"year": 2022, "target": ">= 86", "effective_on": "2022-08-31"}
    correcting(8, "revise_target", "i", **fields).then(
        EventsAnnulled(versions=(8,), reason="corrected"), REVISED, on="2022-08-31"
    )
    refusal = correcting(8, "revise_target", "i", **fields | {"effective_on": "2022-09-30"}).refused(ClaimRefused)
    assert refusal.problem.accepted == "un valore diverso, o un altro atto"


def test_a_day_before_the_act_says_why() -> None:
    fields: dict[str, Any] = {"year": 2022, "target": ">= 86", "effective_on": "2022-08-31"}
    decided = Given(A, B, ADDED, ASSIGNED, SET).approved()
    decided.later("2022-09-30", REVISED, act="delibera-9", cause="resources", act_date=date(2022, 9, 30))
    correcting(8, "revise_target", "i", there=decided, **fields).refused(
        RetroactiveUnsaid, where="changes[0].retroactive"
    )
    _, again = correcting(8, "revise_target", "i", there=decided, **fields, retroactive="così l'atto").pending
    assert (again.effective_on, again.note and again.note.text) == (date(2022, 8, 31), "così l'atto")


@pytest.mark.parametrize(
    ("version", "verb", "fields", "event"),
    [
        (8, "revise_target", {"object": "i", "year": 2022, "target": ">= 86"}, REVISED),
        (7, "approve_plan", {}, PlanApproved(year=2022)),
        (7, "approve_year", {"year": 2022}, PlanApproved(year=2022)),
        (9, "approve_year", {"year": 2023}, YearApproved(year=2023)),
        (10, "close_year", {"year": 2022}, YearClosed(year=2022)),
    ],
)
def test_the_act_alone_may_have_been_written_down_wrong(
    version: int, verb: str, fields: dict[str, Any], event: Event
) -> None:
    there = plan().later("2023-01-31", YearApproved(year=2023)).later("2023-06-30", YearClosed(year=2022))
    day = there.records[version - 1].effective_on
    change = {"verb": verb, "kind": "correction", "restores": [version]} | fields
    decided = there.change(change, act="delibera-10")
    decided.then(EventsAnnulled(versions=(version,), reason="corrected"), event, on=day)
    assert {pending.act for pending in decided.pending} == {"delibera-10"}
    there.change(change, act=None).refused(ClaimRefused, "dice già questo")


@pytest.mark.parametrize(
    ("version", "verb", "object_", "fields", "error", "where"),
    [
        (8, "revise_target", "i", {"year": 2023, "target": ">= 1"}, ClaimRefused, "restores"),
        (8, "revise_target", "i", {"year": 2022, "ordinal": 2, "target": ">= 1"}, ClaimRefused, "restores"),
        (8, "revise_target", "j", {"year": 2022, "target": ">= 1"}, ClaimRefused, "restores"),
        (8, "reword_objective", "a", {"title": "X"}, ClaimRefused, "restores"),
        (2, "reword_objective", "b", {"title": "X"}, ClaimRefused, "restores"),
        (3, "reweigh_objective", "a", {"weight": "1"}, ClaimRefused, "restores"),
        (3, "move_objective", "a", {"parent": None}, ClaimRefused, "restores"),
        (2, "reclassify_objective", "b", {"code": "1"}, ClaimRefused, "restores"),
        (5, "reweigh_indicator", "j", {"weight": "1"}, ClaimRefused, "restores"),
        (5, "reweigh_indicator", "i", {"objective": "a", "weight": "1"}, ClaimRefused, "restores"),
        (4, "redefine_indicator", "j", {"unit": "%"}, ClaimRefused, "restores"),
        (4, "reclassify_indicator", "j", {"code": "9"}, ClaimRefused, "restores"),
        (7, "approve_year", None, {"year": 2023}, ClaimRefused, "restores"),
        (99, "revise_target", "i", {"year": 2022, "target": ">= 1"}, ClaimRefused, "restores"),
        (8, "revise_target", "i", {"year": 2022, "target": "circa metà, forse"}, TextUnread, "target"),
        (3, "move_objective", "b", {"parent": "b"}, TreeBroken, "parent"),
        (3, "move_objective", "b", {"parent": "nessuno"}, TreeBroken, "parent"),
        (2, "move_objective", "a", {"parent": "b"}, TreeBroken, "parent"),
    ],
)
def test_a_correction_is_of_one_event_on_the_same_object_and_leaves_a_tree(
    version: int, verb: str, object_: str | None, fields: dict[str, Any], error: type[DomainError], where: str
) -> None:
    change = {"verb": verb, "kind": "correction", "restores": [version]} | fields
    change |= {} if object_ is None else {"object": object_}
    plan().change(change).refused(error, where=f"changes[0].{where}" if where != "parent" else None)


def test_a_correction_names_no_more_than_one_version() -> None:
    change = {"verb": "revise_target", "object": "i", "year": 2022, "target": ">= 1", "kind": "correction"}
    refusal = plan().change(change | {"restores": [6, 8]}).refused(ClaimRefused, where="changes[0].restores")
    assert refusal.problem.accepted == "una sola versione, quella registrata male"


def test_a_correction_that_names_no_version_restores_the_one_that_says_what_it_says() -> None:
    change = {"verb": "revise_target", "object": "i", "year": 2022, "target": ">= 1", "kind": "correction"}
    annulment, again = plan().change(change).pending
    assert (annulment.event.annulled_versions(), again.restores) == ((8,), (8,))


def test_a_correction_of_what_several_versions_say_must_name_one() -> None:
    change = {"verb": "withdraw_target", "object": "i", "year": 2022, "kind": "correction"}
    plan().change(change).refused(ClaimRefused, where="changes[0].restores")


def test_what_counts_no_more_is_not_corrected_again() -> None:
    there = plan().later("2022-10-05", EventsAnnulled(versions=(8,), reason="recorded_by_mistake"))
    correcting(8, "revise_target", "i", there=there, year=2022, target=">= 68").refused(ClaimRefused, "già annullata")
