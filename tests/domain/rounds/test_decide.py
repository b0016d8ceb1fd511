"""Given a plan, when a monitoring round is opened or closed, then an event or a refusal."""

from datetime import date
from typing import Any

import pytest

from domain.administrations.events import OfficeRegistered
from domain.administrations.offices import KnownOffices
from domain.errors import AlreadyThere, DomainError, NotFound, OutsidePlan, YearNotOpen
from domain.plans.events import YearClosed
from domain.plans.state import PlanState
from domain.rounds import commands as c
from domain.rounds import decide as d
from domain.rounds import events as e
from domain.rounds.model import Scope
from tests.support.given import Decided, Given

AS_AT = date(2022, 6, 30)
TODAY = date(2022, 7, 4)
OPENED = e.RoundOpened(round="monitoraggio-2022-06-30", as_at=AS_AT, opened_on=TODAY)
CLOSED = e.RoundClosed(round="monitoraggio-2022-06-30", closed_on=date(2022, 7, 31))


def opening(plan: Given, **fields: Any) -> Decided:
    """A round that is opened on 4 July."""

    def decide(state: PlanState, command: c.OpenRound) -> e.RoundOpened:
        return d.open_round(state, command, state.on, KnownOffices(plan.administration.timelines))

    return plan.when(decide, c.OpenRound.model_validate({"as_at": AS_AT} | fields), TODAY)


def closing(plan: Given, round_: str = "monitoraggio-2022-06-30", closed_on: str | None = None) -> Decided:
    """A round that is closed on 31 July, unless another day is said."""

    def decide(state: PlanState, command: c.CloseRound) -> e.RoundClosed:
        return d.close_round(state.timelines, command, state.on)

    return plan.when(decide, c.CloseRound.model_validate({"round": round_, "closed_on": closed_on}), "2022-07-31")


def test_a_round_is_opened_today_under_the_name_of_its_date() -> None:
    opening(Given()).then(OPENED)


def test_a_round_is_opened_as_it_is_said() -> None:
    fields = {"round": "giugno", "opened_on": "2022-07-01", "due_by": "2022-07-15", "scope": {"objectives": ["a"]}}
    opening(Given().objective("a"), **fields).then(
        e.RoundOpened(round="giugno", as_at=AS_AT, opened_on=date(2022, 7, 1), due_by=date(2022, 7, 15),
                      scope=Scope(objectives=("a",)))
    )  # fmt: skip


def test_data_may_be_due_before_the_day_that_they_are_of_once_the_round_is_open() -> None:
    command = {"opened_on": "2022-06-01", "due_by": "2022-06-15"}
    opening(Given(), **command).then(
        e.RoundOpened(round="monitoraggio-2022-06-30", as_at=AS_AT, opened_on=date(2022, 6, 1),
                      due_by=date(2022, 6, 15))
    )  # fmt: skip


@pytest.mark.parametrize(
    ("plan", "fields", "error", "where"),
    [
        (Given(OPENED), {}, AlreadyThere, "round"),
        (Given(OPENED), {"as_at": "2022-09-30", "round": OPENED.round}, AlreadyThere, "round"),
        (Given(), {"as_at": "2021-12-31"}, OutsidePlan, "as_at"),
        (Given(), {"as_at": "2025-01-01"}, OutsidePlan, "as_at"),
        (Given().approved().later("2023-06-30", YearClosed(year=2022)), {}, YearNotOpen, "as_at"),
        (Given(), {"due_by": "2022-06-29"}, OutsidePlan, "due_by"),
        (Given().objective("a"), {"scope": {"objectives": ["a", "x"]}}, NotFound, "scope"),
    ],
)
def test_a_round_that_cannot_be_opened_is_refused(
    plan: Given, fields: dict[str, Any], error: type[DomainError], where: str
) -> None:
    opening(plan, **fields).refused(error, where=where)


@pytest.mark.parametrize("name", ["monitoraggio-2022-06-30", "2022-06-30"])
def test_a_round_is_closed_by_its_name_or_its_date(name: str) -> None:
    closing(Given().later(TODAY, OPENED), name).then(CLOSED)


@pytest.mark.parametrize(
    ("plan", "round_", "closed_on", "error", "where"),
    [
        (Given().later(TODAY, OPENED), "settembre", None, NotFound, "round"),
        (Given(), "settembre", None, NotFound, "round"),
        (Given().later(TODAY, OPENED, CLOSED), OPENED.round, None, d.RoundAlreadyClosed, "round"),
        (Given().later(TODAY, OPENED), OPENED.round, "2022-07-03", OutsidePlan, "closed_on"),
        (Given().later(TODAY, OPENED), OPENED.round, "2022-08-01", OutsidePlan, "closed_on"),
    ],
)
def test_a_round_that_cannot_be_closed_is_refused(
    plan: Given, round_: str, closed_on: str | None, error: type[DomainError], where: str
) -> None:
    closing(plan, round_, closed_on).refused(error, where=where)


def test_the_rounds_of_a_plan_are_in_the_order_of_their_dates_and_open_until_they_are_closed() -> None:
    march = e.RoundOpened(round="marzo", as_at=date(2022, 3, 31), opened_on=TODAY)
    plan = Given().later(TODAY, OPENED, march).later("2022-07-31", CLOSED)
    assert [(one.id, one.closed_on) for one in d.rounds_of(plan.timelines)] == [
        ("marzo", None), ("monitoraggio-2022-06-30", date(2022, 7, 31)),
    ]  # fmt: skip
    assert d.rounds_of(plan.timelines, date(2022, 7, 3)) == []
    assert [one.closed_on for one in d.rounds_of(plan.timelines, date(2022, 7, 30))] == [None, None]


def test_the_scope_of_a_round_names_levels_in_the_spelling_of_the_plan_and_no_other() -> None:
    plan = Given().objective("a", level="operativo")
    opened = OPENED.model_copy(update={"scope": Scope(levels=("operativo",))})
    opening(plan, scope={"levels": [" Operativo"]}).then(opened)
    opening(plan, scope={"levels": ["tattico"]}).refused(NotFound, where="scope.levels")


def test_an_office_that_is_not_there_is_an_error_that_names_those_there_are() -> None:
    plan = Given().objective("a")
    plan.administration.add("2022-01-31", OfficeRegistered(office="bilancio", name="Servizio Bilancio"))
    opened = OPENED.model_copy(update={"scope": Scope(offices=("servizio BILANCIO",))})
    opening(plan, scope={"offices": ["servizio BILANCIO"]}).then(opened)
    refusal = opening(plan, scope={"offices": ["Servizio Estero"]}).refused(NotFound, where="scope.offices")
    assert refusal.problem.accepted == "Servizio Bilancio"
