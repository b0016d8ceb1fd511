"""A plan and its administration as recorded, event by event: what the rules of the domain read, without a store."""

from datetime import UTC, date, datetime, time
from typing import Any

from domain.event import Event
from domain.indicators.card import Card
from domain.indicators.events import IndicatorAdded, IndicatorAssigned
from domain.objectives.events import ObjectiveAdded
from domain.plans.events import PlanApproved, PlanDrafted
from domain.plans.history import PlanHistory, history_of
from domain.recording import Recorded
from domain.scoring.inputs import AdministrationRecord
from domain.targets.events import TargetSet
from domain.targets.reader import read_one
from domain.timelines import annulled, annulments_in, timelines_of
from domain.vocabulary import JsonValue

PLAN = "prova-2022-2024"
DRAFTED = date(2022, 1, 31)
NOON = time(12, tzinfo=UTC)


class Stream:
    """The events of one stream, in the order of recording."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.records: list[Recorded] = []

    def add(self, day: date, *events: Event, recorded_on: date | None = None, **envelope: Any) -> Recorded:
        """Events that take effect on a day, recorded on it at noon or on another; the last of them."""
        for event in events:
            self.records.append(
                Recorded(
                    event=event,
                    effective_on=day,
                    stream=self.name,
                    version=len(self.records) + 1,
                    recorded_at=datetime.combine(recorded_on or day, NOON),
                    actor="ufficio-performance",
                    command_id=f"c{len(self.records) + 1}",
                    **envelope,
                )
            )
        return self.records[-1]


class Office:
    """A plan that was drafted and approved at the end of January 2022, beside the record of its administration."""

    def __init__(self) -> None:
        self.plan = Stream(f"plan/{PLAN}")
        self.administration = Stream("administration/ente")
        drafted = PlanDrafted(
            plan=PLAN, administration="ente", title="Piano", first_year=2022, last_year=2024, drafted_on=DRAFTED
        )
        self.plan.add(DRAFTED, drafted)

    def objective(self, id_: str, day: date = DRAFTED, **fields: Any) -> None:
        """An objective, at the root unless a parent is said."""
        self.plan.add(
            day, ObjectiveAdded.model_validate({"objective": id_, "level": "op", "title": id_.upper()} | fields)
        )

    def indicator(
        self, id_: str, objective: str, target: str | None = None, *, weight: str | None = None, **card: JsonValue
    ) -> None:
        """An indicator of an objective, with its target of 2022."""
        fields = Card.model_validate({"name": id_.upper()} | card)
        self.plan.add(
            DRAFTED,
            IndicatorAdded(indicator=id_, series=f"s.{id_}", card=fields),
            IndicatorAssigned.model_validate({"indicator": id_, "objective": objective, "weight": weight}),
        )
        if target is not None:
            self.plan.add(DRAFTED, TargetSet(indicator=id_, year=2022, target=read_one(target, 2022)))

    def approved(self) -> "Office":
        """The plan is approved: what comes from here on changes it."""
        self.plan.add(DRAFTED, PlanApproved(year=2022))
        return self

    @property
    def history(self) -> PlanHistory:
        """The history of the plan."""
        records, version = self.plan.records, len(self.plan.records)
        return history_of(PLAN, version, records, annulled(annulments_in(records), version))

    @property
    def record(self) -> AdministrationRecord:
        """The record of the administration."""
        records = self.administration.records
        return AdministrationRecord(timelines_of(records, len(records)))


class Names:
    """Objects are called by their ids."""

    def objective(self, objective: str) -> str:
        """An objective."""
        return f"«{objective}»"

    def indicator(self, indicator: str) -> str:
        """An indicator."""
        return f"«{indicator}»"

    def series(self, series: str) -> str:
        """A series."""
        return f"«{series}»"
