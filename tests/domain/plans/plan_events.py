"""A plan as events, for tests without a database: decided on a day, recorded at an instant."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from domain.event import Event
from domain.indicators.card import Card
from domain.indicators.events import IndicatorAdded, IndicatorAssigned
from domain.objectives.events import ObjectiveAdded
from domain.plans.events import PlanApproved, PlanDrafted, YearApproved
from domain.plans.history import PlanHistory, history_of
from domain.recording import Recorded
from domain.targets.decide import read_target_text
from domain.targets.events import TargetRevised, TargetSet
from domain.targets.model import Target
from domain.timelines import annulled, annulments_in

PLAN = "prova-2022-2024"


class Record:
    """The stream of a plan: each call records what was decided on a day, together, on another day."""

    def __init__(self) -> None:
        self.records: list[Recorded] = []

    def add(self, recorded_on: str, effective_on: str, *events: Event, **said: Any) -> "Record":
        """Records events with effect from a day."""
        instant = datetime.combine(date.fromisoformat(recorded_on), time(9), UTC)
        for event in events:
            self.records.append(
                Recorded(
                    event=event,
                    effective_on=date.fromisoformat(effective_on),
                    stream=f"plan/{PLAN}",
                    version=len(self.records) + 1,
                    recorded_at=instant,
                    actor="ufficio-performance",
                    command_id="c",
                    **said,
                )
            )
        return self

    def known_on(self, day: str) -> PlanHistory:
        """The history as known at the end of a day."""
        records = [record for record in self.records if record.recorded_at.date() <= date.fromisoformat(day)]
        version = len(records)
        return history_of(PLAN, version, records, annulled(annulments_in(records), version))


def target(text: str, year: int = 2022) -> Target:
    """A target as an office writes it."""
    return read_target_text(text, year, polarity="up", formula=None)


def revised(text: str, before: str, year: int = 2022, indicator: str = "i1") -> TargetRevised:
    """A revision."""
    return TargetRevised(indicator=indicator, year=year, before=target(before, year), target=target(text, year))


def opened(years: Sequence[int] = (2022,), objectives: int = 1) -> Record:
    """A plan of so many objectives, one indicator each: drafted and approved by the act of 31 January, typed on 5 February."""
    events: list[Event] = [
        PlanDrafted(
            plan=PLAN,
            administration="prova",
            title="Piano",
            first_year=2022,
            last_year=2024,
            drafted_on=date(2022, 1, 31),
        )
    ]
    for number in range(1, objectives + 1):
        name = f"i{number}"
        events += [
            ObjectiveAdded(objective=f"o{number}", level="operativo", title=f"Obiettivo {number}"),
            IndicatorAdded(indicator=name, series=name, card=Card(name=f"Indicatore {number}", polarity="up")),
            IndicatorAssigned(indicator=name, objective=f"o{number}"),
            *(TargetSet(indicator=name, year=year, target=target(">= 70,34", year)) for year in years),
        ]
    return Record().add("2022-02-05", "2022-01-31", *events, PlanApproved(year=2022))


def year_approved(year: int) -> YearApproved:
    """The approval of a later year."""
    return YearApproved(year=year)
