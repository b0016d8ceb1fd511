"""The cause of a deviation and its corrective actions: what is decided, what is refused, how an action stands."""

from datetime import date
from typing import Any

import pytest

from domain.access.principal import Forbidden
from domain.administrations.events import OfficeRegistered
from domain.administrations.offices import KnownOffices
from domain.deviations import decide as d
from domain.deviations.commands import (
    EndCorrectiveAction,
    ExplainDeviation,
    PlanCorrectiveAction,
    RescheduleCorrectiveAction,
)
from domain.deviations.events import (
    CorrectiveActionEnded,
    CorrectiveActionPlanned,
    CorrectiveActionRescheduled,
    DeviationExplained,
)
from domain.deviations.model import corrective_actions, explained_deviation
from domain.errors import DomainError, MotivationMissing, NoChange, NotFound, OutsidePlan
from domain.measurements.refusals import PeriodInFuture
from domain.plans.state import PlanState
from tests.support.given import Given

TODAY = date(2022, 9, 30)
CAUSE = {
    "subject": "indicator",
    "id": "i1",
    "period": "2022-H1",
    "cause": "exogenous",
    "words": "proroga",
    "explained_on": "2022-07-10",
}
ACTION = {
    "subject": "indicator",
    "id": "i1",
    "period": "2022-H1",
    "remedy": "solleciti",
    "office": "Bilancio",
    "due_by": "2022-10-31",
    "planned_on": "2022-07-10",
}
PLANNED = CorrectiveActionPlanned.model_validate({**ACTION, "action": "azione-1", "remedy": None})


@pytest.fixture
def plan() -> Given:
    plan = Given.numbered()
    plan.administration.add("2022-01-31", OfficeRegistered(office="bilancio", name="Bilancio"))
    return plan


def explain(plan: Given, **said: Any) -> Any:
    command = ExplainDeviation.model_validate(CAUSE | said)
    return plan.when(lambda state, asked: d.explain_deviation(state, asked, TODAY), command, TODAY)


def act(plan: Given, **said: Any) -> Any:
    offices = KnownOffices(plan.administration.timelines)
    command = PlanCorrectiveAction.model_validate(ACTION | said)
    return plan.when(lambda state, asked: d.plan_corrective_action(state, asked, offices, TODAY), command, TODAY)


def test_a_cause_is_one_of_three_and_is_known_from_its_day(plan: Given) -> None:
    explain(plan).then(DeviationExplained.model_validate({k: v for k, v in CAUSE.items() if k != "words"}))
    plan.later("2022-07-10", DeviationExplained.model_validate({k: v for k, v in CAUSE.items() if k != "words"}))
    given = explained_deviation(plan.timelines, "indicator/i1", "2022-H1")
    assert given is not None
    assert given.cause == "exogenous"
    assert explained_deviation(plan.timelines, "indicator/i1", "2022-H1", date(2022, 7, 9)) is None
    explain(plan).refused(NoChange, where="cause")
    explain(plan, cause="endogenous").then(
        DeviationExplained.model_validate({k: v for k, v in CAUSE.items() if k != "words"} | {"cause": "endogenous"})
    )


@pytest.mark.parametrize(
    ("said", "error", "where"),
    [
        ({"id": "nothing"}, NotFound, "id"),
        ({"period": "2029"}, OutsidePlan, "period"),
        ({"period": "2022-H2", "explained_on": "2022-06-30"}, PeriodInFuture, "period"),
        ({"explained_on": "2022-10-01"}, OutsidePlan, "explained_on"),
    ],
)
def test_what_has_no_deviation_has_no_cause(
    plan: Given, said: dict[str, Any], error: type[DomainError], where: str
) -> None:
    explain(plan, **said).refused(error, where=where)


def test_the_words_of_a_cause_are_put_right_on_its_own_day(plan: Given) -> None:
    plan.later("2022-07-10", DeviationExplained.model_validate({k: v for k, v in CAUSE.items() if k != "words"}))
    state, same = PlanState(plan.timelines, TODAY), ExplainDeviation.model_validate(CAUSE)
    for before in (None, "proroga"):
        with pytest.raises(NoChange):
            d.explain_deviation(state, same, TODAY, before)
    assert d.explain_deviation(state, same, TODAY, "altre parole").cause == "exogenous"


def test_an_action_is_of_an_office_and_due_after_it_is_planned(plan: Given) -> None:
    act(plan).then(PLANNED)
    act(plan, office="Nessuno").refused(NotFound, where="office")
    act(plan, due_by="2022-07-09").refused(OutsidePlan, where="due_by")


def test_an_action_is_put_off_done_and_then_over(plan: Given) -> None:
    plan.later("2022-07-10", PLANNED)
    offices = KnownOffices(plan.administration.timelines)
    state = PlanState(plan.timelines, TODAY)

    def moved(**said: Any) -> Any:
        command = RescheduleCorrectiveAction.model_validate(
            {"action": "azione-1", "words": "w", "rescheduled_on": "2022-09-01"} | said
        )
        return d.reschedule_corrective_action(state, command, offices, TODAY)

    with pytest.raises(NoChange):
        moved()
    plan.later("2022-09-01", moved(due_by="2022-11-30"))
    (action,) = corrective_actions(plan.timelines)
    assert (action.due_by, action.state(date(2022, 11, 30)), action.state(date(2022, 12, 1))) == (
        date(2022, 11, 30),
        "under_way",
        "overdue",
    )
    end = {"action": "azione-1", "ended_on": "2022-09-30"}
    ended = d.end_corrective_action(PlanState(plan.timelines, TODAY), EndCorrectiveAction.model_validate(end), TODAY)
    assert ended == CorrectiveActionEnded(action="azione-1", outcome="done", ended_on=TODAY)
    with pytest.raises(MotivationMissing):
        d.end_corrective_action(
            PlanState(plan.timelines, TODAY), EndCorrectiveAction.model_validate(end | {"outcome": "dropped"}), TODAY
        )
    plan.later("2022-09-30", ended)
    with pytest.raises(d.ActionEnded):
        d.end_corrective_action(PlanState(plan.timelines, TODAY), EndCorrectiveAction.model_validate(end), TODAY)
    assert corrective_actions(plan.timelines)[0].state(TODAY) == "done"


def test_whoever_is_confined_to_an_office_gives_no_action_to_another(plan: Given) -> None:
    plan.administration.add("2022-01-31", OfficeRegistered(office="registro", name="Registro"))
    plan.later("2022-07-10", PLANNED)
    offices, state = KnownOffices(plan.administration.timelines), PlanState(plan.timelines, TODAY)
    given = PLANNED.model_copy(update={"action": "azione-2", "office": "Registro"})
    moved = CorrectiveActionRescheduled(
        action="azione-1", office="Registro", due_by=date(2022, 11, 30), rescheduled_on=TODAY
    )
    for event in (given, moved):
        d.require_own_action(state, event, offices, None)
        d.require_own_action(state, event, offices, frozenset({"registro"}))
        with pytest.raises(Forbidden):
            d.require_own_action(state, event, offices, frozenset({"bilancio"}))
    kept = moved.model_copy(update={"office": "Bilancio"})
    d.require_own_action(state, kept, offices, frozenset({"registro"}))  # it stays whose it was
