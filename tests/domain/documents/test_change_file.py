"""What a change file asks for, and from when it holds."""

from datetime import date
from typing import Any

import pytest

from domain.acts.model import Act, day_of_effect
from domain.documents.changes import ChangeFile
from domain.errors import NoChange
from domain.plans.events import PlanApproved
from domain.recording import Pending

TODAY = date(2022, 10, 3)
ACT = Act.model_validate({"id": "delibera-1", "body": "Giunta", "type": "delibera", "date": "2022-09-30"})
MEASUREMENT = {"series": "s.i", "period": "2022", "data_as_at": "2022-12-31", "text": "80"}


def change_file(**parts: Any) -> ChangeFile:
    return ChangeFile.model_validate({"plan": "piano"} | parts)


@pytest.mark.parametrize(
    ("stated", "act", "day"),
    [(date(2022, 9, 1), ACT, date(2022, 9, 1)), (None, ACT, ACT.date), (None, None, TODAY)],
)
def test_it_holds_from_the_day_that_is_stated_else_from_the_act_else_from_today(
    stated: date | None, act: Act | None, day: date
) -> None:
    assert day_of_effect(stated, act, TODAY) == day


@pytest.mark.parametrize(
    ("verb", "verbs"),
    [
        ("withdraw_objective", ["withdraw_objective", "approve_year"]),
        ("approve_year", ["approve_year"]),
        ("approve_plan", ["approve_plan"]),
    ],
)
def test_the_year_that_it_approves_is_approved_once(verb: str, verbs: list[str]) -> None:
    part = {"verb": verb} | (
        {"object": "a"} if verb == "withdraw_objective" else {"year": 2023} if verb == "approve_year" else {}
    )
    assert [change.verb for change in change_file(changes=[part], approves_year=2023).every_change()] == verbs
    assert [change.verb for change in change_file(changes=[part]).every_change()] == [verb]


def test_a_file_that_brings_nothing_is_refused() -> None:
    with pytest.raises(NoChange):
        change_file().require_effect([])
    change_file().require_effect([Pending(PlanApproved(year=2022), TODAY)])
    change_file(measurements=[MEASUREMENT]).require_effect([])
