"""Given the events of a plan, when some are annulled, then what hangs on them is refused or taken along."""

from datetime import date

import pytest

from domain.acts.model import Act
from domain.annulments.commands import AnnulEvents
from domain.annulments.decide import MOST_CHAINED, AnnulmentsChained, PlanKept, annul, require_motivation
from domain.annulments.events import EventsAnnulled
from domain.errors import AlreadyAnnulled, ContradictsLater, MotivationMissing, NotFound, TreeBroken
from domain.event import Event
from domain.indicators.card import Card
from domain.indicators.events import IndicatorAdded, IndicatorAssigned, IndicatorUnassigned
from domain.objectives.events import ObjectiveAdded, ObjectiveMoved, ObjectiveReworded
from domain.plans.state import PlanState
from domain.timelines import annulments_in
from tests.support.given import Decided, Given

# The plan itself is version 1.
A = ObjectiveAdded(objective="a", level="strategico")  # 2
A1 = ObjectiveAdded(objective="a1", level="operativo", parent="a")  # 3
ADDED = IndicatorAdded(indicator="incasso", series="serie", card=Card(name="Incasso"))  # 4
ASSIGNED = IndicatorAssigned(indicator="incasso", objective="a1")  # 5
REWORDED = ObjectiveReworded(objective="a", title="Altro")  # 6
THERE = (A, A1, ADDED, ASSIGNED, REWORDED)
ANNULLING = Act(id="giunta-12", body="Giunta", type="delibera", number="12", date=date(2022, 10, 20))
MISTAKE = EventsAnnulled(versions=(6,), reason="recorded_by_mistake")


def annulling(plan: Given, *versions: int, act: Act | None = None, take_along: bool = False) -> Decided:
    """The decision to leave versions of a plan out."""

    def decide(state: PlanState, command: AnnulEvents) -> list[Event]:
        recorded = {record.version: record for record in plan.records}
        return annul(state.timelines, annulments_in(plan.records), command, recorded, act=act)

    return plan.when(decide, AnnulEvents(versions=versions, take_along=take_along))


def test_an_event_on_which_nothing_hangs_is_annulled() -> None:
    annulling(Given(*THERE), 6, 6).then(MISTAKE)


def test_an_annulment_by_an_act_says_so() -> None:
    annulling(Given(*THERE), 6, act=ANNULLING).then(EventsAnnulled(versions=(6,), reason="act_annulled"))


@pytest.mark.parametrize("version", [0, 7])
def test_what_is_not_there_is_not_annulled(version: int) -> None:
    annulling(Given(*THERE), version).refused(NotFound, "fra 1 e 6", where="versions")


def test_what_counts_no_more_is_not_annulled_again_but_an_annulment_is() -> None:
    annulling(Given(*THERE, MISTAKE), 6).refused(AlreadyAnnulled, where="versions")
    annulling(Given(*THERE, MISTAKE), 7).then(EventsAnnulled(versions=(7,), reason="recorded_by_mistake"))


def test_annulments_leave_out_one_another_only_so_far() -> None:
    plan = Given(*THERE, MISTAKE)  # 7
    for version in range(7, 6 + MOST_CHAINED):
        again = EventsAnnulled(versions=(version,), reason="recorded_by_mistake")
        annulling(plan, version).then(again)
        plan.later("2022-06-30", again)
    refusal = annulling(plan, 6 + MOST_CHAINED).refused(AnnulmentsChained, where="versions")
    assert refusal.problem.accepted == "registrare di nuovo ciò che deve valere"


def test_the_event_that_opens_a_plan_stays() -> None:
    annulling(Given(*THERE), 1).refused(PlanKept)


def test_what_hangs_on_the_annulled_is_listed_or_taken_along() -> None:
    refusal = annulling(Given(*THERE), 2).refused(ContradictsLater)
    assert refusal.listed == (
        "versione 3: «a1»", "versione 4: «Incasso»", "versione 5: «Incasso» in «a1»", "versione 6: «Altro»",
    )  # fmt: skip
    annulling(Given(*THERE), 2, take_along=True).then(
        EventsAnnulled(versions=(2, 3, 4, 5, 6), reason="recorded_by_mistake")
    )


def test_an_indicator_is_not_left_without_any_place() -> None:
    annulling(Given(*THERE), 5).refused(ContradictsLater, "versione 4")


def test_an_indicator_is_not_left_without_an_objective_by_half_of_a_move() -> None:
    b = ObjectiveAdded(objective="b", level="operativo")  # 6
    assigned = IndicatorAssigned(indicator="incasso", objective="b")  # 7
    unassigned = IndicatorUnassigned(indicator="incasso", objective="a1")  # 8
    moved = Given(A, A1, ADDED, ASSIGNED, b, assigned, unassigned)
    assert annulling(moved, 7).refused(ContradictsLater).listed == ("indicatore incasso",)
    annulling(moved, 7, 8).then(EventsAnnulled(versions=(7, 8), reason="recorded_by_mistake"))


def test_an_annulment_makes_no_circle_on_any_date() -> None:
    b = ObjectiveAdded(objective="b", level="strategico")  # 3
    plan = Given(A, b).later("2022-06-30", ObjectiveMoved(objective="b", parent="a"))  # 4
    plan.later("2022-07-30", ObjectiveMoved(objective="b", parent=None))  # 5
    plan.later("2022-08-30", ObjectiveMoved(objective="a", parent="b"))  # 6
    annulling(plan, 5).refused(TreeBroken, "30/08/2022")


@pytest.mark.parametrize("justification", [None, ""])
def test_an_annulment_says_why(justification: str | None) -> None:
    with pytest.raises(MotivationMissing) as refusal:
        require_motivation(AnnulEvents(versions=(6,), justification=justification))
    assert refusal.value.problem.where == "justification"
    require_motivation(AnnulEvents(versions=(6,), justification="registrato per errore"))
