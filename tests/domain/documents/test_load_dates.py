"""From when a loaded plan exists, and what an exported document says of its later years."""

from datetime import date
from typing import Any

import pytest

from domain.acts.model import Act
from domain.documents.load import drafting_day, later_years
from domain.documents.plan import PlanDocument
from domain.plans.events import YearApproved, YearClosed
from domain.recording import Pending

TODAY, DRAFTED, STATED = date(2022, 10, 3), date(2022, 1, 10), date(2022, 2, 1)
ACT = Act.model_validate({"id": "delibera-1", "body": "Giunta", "type": "delibera", "date": "2022-01-31"})


def document(**plan: Any) -> PlanDocument:
    return PlanDocument.model_validate(
        {
            "administration": {"id": "ente", "name": "Ente"},
            "plan": {"id": "p", "title": "Piano", "first_year": 2022, "last_year": 2024} | plan,
            "objectives": [],
            "indicators": [],
        }
    )


@pytest.mark.parametrize(
    ("act", "drafted_on", "stated", "day"),
    [
        (ACT, DRAFTED, None, ACT.date),
        (ACT, DRAFTED, STATED, STATED),
        (None, DRAFTED, STATED, DRAFTED),
        (None, None, STATED, TODAY),
    ],
)
def test_a_plan_exists_from_its_approval_and_a_draft_from_the_day_that_it_says(
    act: Act | None, drafted_on: date | None, stated: date | None, day: date
) -> None:
    assert drafting_day(document(drafted_on=drafted_on), act, stated, TODAY) == day


def test_the_years_after_the_first_are_approved_and_any_closed_by_their_acts_or_the_document_s() -> None:
    years = {
        "2023": {"approved_on": "2023-01-31", "act": "delibera-2"},
        "2022": {"approved_on": "2022-01-31", "closed_on": "2023-06-30"},
    }
    assert later_years(document(years=years), ACT) == [
        Pending(YearClosed(year=2022), date(2023, 6, 30), act="delibera-1"),
        Pending(YearApproved(year=2023), date(2023, 1, 31), act="delibera-2"),
    ]
