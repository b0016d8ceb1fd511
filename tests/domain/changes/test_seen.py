"""A change is refused when what it speaks of went on since its writer looked."""

import pytest

from domain.changes.commands import CHANGE
from domain.changes.seen import require_unchanged
from domain.errors import VersionOutdated
from domain.event import Event
from domain.plans.events import PlanApproved
from tests.support.given import revised

WITHDRAW_A: dict[str, object] = {"verb": "withdraw_objective", "object": "a"}
APPROVE: dict[str, object] = {"verb": "approve_year", "year": 2023}
REVISED_I = revised("i", ">= 80", ">= 70")
APPROVED = PlanApproved(year=2022)


def require(change: dict[str, object], *since: Event) -> None:
    require_unchanged([CHANGE.validate_python(change)], dict(enumerate(since, 5)), 4)


def test_what_went_on_elsewhere_in_the_plan_is_no_matter() -> None:
    require(WITHDRAW_A, REVISED_I, APPROVED)
    require(APPROVE, REVISED_I)


@pytest.mark.parametrize(
    ("change", "event", "subject"),
    [
        ({"verb": "withdraw_indicator", "object": "i"}, REVISED_I, "i"),
        (APPROVE, APPROVED, "il piano"),
    ],
)
def test_what_is_spoken_of_must_be_as_it_was_seen(change: dict[str, object], event: Event, subject: str) -> None:
    with pytest.raises(VersionOutdated, match=f"{subject} è cambiato dopo la versione 4") as refusal:
        require(change, event)
    assert refusal.value.problem.where == "If-Match"
