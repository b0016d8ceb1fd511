"""What the forcing of a score needs: a year of the plan that is open, a subject that is there, a reason."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from domain.errors import DomainError, NotFound, OutsidePlan, YearNotOpen
from domain.plans import events as plan_events
from domain.plans.state import PlanState
from domain.scoring.commands import OverrideScore
from domain.scoring.decide import override_score
from domain.scoring.events import ScoreOverridden
from tests.support.recorded import Office

COMMAND = {
    "subject": "indicator",
    "id": "i",
    "year": 2022,
    "forced": "95",
    "justification": "Il dato è di un altro ente.",
    "act": "delibera di Giunta n. 9 del 30/09/2022",
}


def decide(calculated: Decimal | None = None, *, closed: bool = False, **fields: Any) -> ScoreOverridden:
    office = Office()
    office.objective("a")
    office.indicator("i", "a", ">= 100")
    office.approved()
    if closed:
        office.plan.add(date(2023, 6, 30), plan_events.YearClosed(year=2022))
    state = PlanState(office.history.timelines, date(2023, 7, 1))
    return override_score(state, OverrideScore.model_validate(COMMAND | fields), calculated)


def test_what_was_calculated_stays_beside_what_is_forced() -> None:
    event = decide(Decimal(70))
    assert (event.calculated, event.forced) == (Decimal(70), Decimal(95))


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"year": 2030}, OutsidePlan),
        ({"closed": True}, YearNotOpen),
        ({"id": "nessuno"}, NotFound),
        ({"subject": "objective"}, NotFound),
    ],
)
def test_it_is_refused_by_name(fields: dict[str, Any], error: type[DomainError]) -> None:
    with pytest.raises(error):
        decide(**fields)


@pytest.mark.parametrize("missing", ["act", "justification"])
def test_it_cannot_be_asked_for_without_an_act_and_a_reason(missing: str) -> None:
    with pytest.raises(ValidationError):
        OverrideScore.model_validate({name: value for name, value in COMMAND.items() if name != missing})
