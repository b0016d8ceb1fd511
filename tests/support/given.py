"""Given the events of a plan, when a command is decided, then events or a refusal: no store, no clock."""

from collections.abc import Callable
from datetime import date
from typing import Self, TypeVar

import pytest

from domain.errors import DomainError
from domain.event import Event
from domain.plans.events import PlanDrafted
from domain.plans.state import PlanState
from domain.timelines import Timelines

DRAFTED = date(2022, 1, 31)
TODAY = date(2022, 9, 30)
PLAN = PlanDrafted(
    plan="prova-2022-2024",
    administration="cciaa-prova",
    title="Piano di prova",
    first_year=2022,
    last_year=2024,
    drafted_on=DRAFTED,
)

Request = TypeVar("Request")
Decide = Callable[[PlanState, Request], list[Event]]


class Given:
    """What is recorded of a plan: events of the day on which it was drafted, and of later days."""

    def __init__(self, *events: Event) -> None:
        self.timelines = Timelines()
        for event in (PLAN, *events):
            self.timelines.evolve(event, DRAFTED)

    def later(self, day: date, *events: Event) -> Self:
        """What is recorded for a later day."""
        for event in events:
            self.timelines.evolve(event, day)
        return self

    def when(self, decide: Decide[Request], command: Request, on: date = TODAY) -> "Decided":
        """A command that is to be decided in the state of a day."""
        return Decided(lambda: decide(PlanState(self.timelines, on), command))


class Decided:
    """What comes of a command."""

    def __init__(self, decide: Callable[[], list[Event]]) -> None:
        self._decide = decide

    def then(self, *events: Event) -> None:
        """These events, in this order."""
        assert self._decide() == list(events)

    def refused(self, error: type[DomainError], words: str = "") -> None:
        """A refusal of this name, in whose sentence these words stand."""
        with pytest.raises(error, match=words or None) as refusal:
            self._decide()
        assert type(refusal.value) is error
