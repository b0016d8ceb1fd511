"""Given what was proposed, when something is decided, then it does what was proposed or it does not."""

from decimal import Decimal

import pytest

from domain.event import Event
from domain.indicators.events import IndicatorAssigned, IndicatorUnassigned
from domain.objectives.events import ObjectiveReweighted, ObjectiveReworded, ObjectiveWithdrawn
from domain.proposals.own import does_what_was_proposed

BELOW = {"a": ["a1", "incasso"]}


def below(objective: str) -> list[str]:
    """What hangs from an objective of the plan of these tests."""
    return BELOW.get(objective, [])


@pytest.mark.parametrize(
    ("decided", "proposed", "same"),
    [
        (
            ObjectiveReweighted(objective="a1", weight=Decimal(5)),
            ObjectiveReweighted(objective="a1", weight=Decimal(7)),
            True,
        ),
        (
            ObjectiveReweighted(objective="a1", weight=Decimal(5)),
            ObjectiveReweighted(objective="a2", weight=Decimal(5)),
            False,
        ),
        (
            ObjectiveReweighted(objective="a1", weight=Decimal(5)),
            ObjectiveReworded(objective="a1", title="Altro"),
            False,
        ),
        (ObjectiveWithdrawn(objective="a"), ObjectiveReweighted(objective="a1", weight=Decimal(5)), True),
        (ObjectiveReweighted(objective="a1", weight=Decimal(5)), ObjectiveWithdrawn(objective="a"), True),
        (ObjectiveWithdrawn(objective="a2"), ObjectiveReweighted(objective="a1", weight=Decimal(5)), False),
        (IndicatorUnassigned(indicator="incasso", objective="a1"), ObjectiveWithdrawn(objective="a"), True),
        (IndicatorAssigned(indicator="nuovo", objective="a1"), ObjectiveReworded(objective="a1", title="Altro"), False),
    ],
)
def test_two_decisions_meet_in_a_field_or_in_a_life(decided: Event, proposed: Event, *, same: bool) -> None:
    assert does_what_was_proposed([decided], [proposed], below) is same
