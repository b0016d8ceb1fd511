"""What the forcing of a score needs: a year of the plan that is open, a subject that is there, a reason."""

from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from domain.errors import DomainError, NotFound, OutsidePlan, YearNotOpen
from domain.plans.events import YearClosed
from domain.plans.state import PlanState
from domain.scoring.commands import OverrideScore
from domain.scoring.decide import override_score
from domain.scoring.events import ScoreOverridden
from tests.support.given import Decided, Given

COMMAND = {
    "subject": "indicator",
    "id": "i",
    "year": 2022,
    "forced": "95",
    "justification": "Il dato è di un altro ente.",
    "act": "delibera di Giunta n. 9 del 30/09/2022",
}


def overriding(calculated: Decimal | None = None, *, closed: bool = False, **fields: Any) -> Decided:
    """A score that is forced in July 2023, in a plan of one indicator."""
    plan = Given().objective("a").indicator("i", "a", ">= 100").approved()
    if closed:
        plan.later("2023-06-30", YearClosed(year=2022))

    def decide(state: PlanState, command: OverrideScore) -> ScoreOverridden:
        return override_score(state, command, calculated)

    return plan.when(decide, OverrideScore.model_validate(COMMAND | fields), "2023-07-01")


@pytest.mark.parametrize("calculated", [None, Decimal(70)])
def test_what_was_calculated_stays_beside_what_is_forced(calculated: Decimal | None) -> None:
    overriding(calculated).then(
        ScoreOverridden(subject="indicator", id="i", year=2022, calculated=calculated, forced=Decimal(95))
    )


@pytest.mark.parametrize(
    ("fields", "error", "where"),
    [
        ({"year": 2030}, OutsidePlan, "year"),
        ({"closed": True}, YearNotOpen, "year"),
        ({"id": "nessuno"}, NotFound, "id"),
        ({"subject": "objective"}, NotFound, "id"),
    ],
)
def test_it_is_refused_by_name(fields: dict[str, Any], error: type[DomainError], where: str) -> None:
    overriding(**fields).refused(error, where=where)


@pytest.mark.parametrize("missing", ["act", "justification"])
def test_it_cannot_be_asked_for_without_an_act_and_a_reason(missing: str) -> None:
    with pytest.raises(ValidationError):
        OverrideScore.model_validate({name: value for name, value in COMMAND.items() if name != missing})
