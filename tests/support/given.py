"""Given what is recorded, when a command is decided, then its events or a refusal: no database, no clock, no chance."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time
from typing import Any, Self, TypeVar

import pytest

from domain.changes.commands import CHANGE
from domain.changes.decide import ChangeContext, decide
from domain.command import Motivation
from domain.errors import DomainError
from domain.event import Event
from domain.indicators.card import Card
from domain.indicators.events import IndicatorAdded, IndicatorAssigned
from domain.measurements.events import MeasurementRecorded
from domain.measurements.reader import read_value
from domain.objectives.events import ObjectiveAdded
from domain.plans.events import PlanApproved, PlanDrafted
from domain.plans.history import PlanHistory, history_of
from domain.plans.state import PlanState
from domain.recording import Pending, Recorded, SaltedText
from domain.scoring.inputs import AdministrationRecord
from domain.systems.decide import adopted_systems
from domain.targets.events import TargetRevised, TargetSet
from domain.targets.model import Target
from domain.targets.reader import read_one
from domain.timelines import Timelines, annulled, annulments_in, timelines_of
from domain.vocabulary import JsonValue

PLAN = "prova-2022-2024"
OWNER = "ente"
DRAFTED = date(2022, 1, 31)
TODAY = date(2022, 9, 30)
ACT = "delibera-giunta-9-2022-09-30"
DRAFT = PlanDrafted(
    plan=PLAN, administration=OWNER, title="Piano di prova", first_year=2022, last_year=2024, drafted_on=DRAFTED
)
NOON = time(12, tzinfo=UTC)

Request = TypeVar("Request")
Result = Event | Sequence[Event] | Sequence[Pending]
Decide = Callable[[PlanState, Request], Result]


def day_of(day: date | str) -> date:
    """A day, or its text."""
    return date.fromisoformat(day) if isinstance(day, str) else day


def target(text: str, year: int = 2022) -> Target:
    """A target as an office writes it."""
    return read_one(text, year)


def revised(indicator: str, before: str, after: str, year: int = 2022) -> TargetRevised:
    """A revision of a target."""
    return TargetRevised(indicator=indicator, year=year, before=target(before, year), target=target(after, year))


def measured(series: str, text: str, period: str, data_as_at: date | str) -> MeasurementRecorded:
    """A final figure."""
    return MeasurementRecorded(
        series=series, period=period, observed=read_value(text), finality="final", data_as_at=day_of(data_as_at)
    )


class Stream:
    """The events of one stream, in the order of recording."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.records: list[Recorded] = []

    def add(self, day: date | str, *events: Event, recorded_on: date | str | None = None, **envelope: Any) -> Recorded:
        """Events that take effect on a day, recorded together at noon of that day or of another; the last of them."""
        self.records += [
            Recorded(
                event=event,
                effective_on=day_of(day),
                stream=self.name,
                version=version,
                recorded_at=datetime.combine(day_of(recorded_on or day), NOON),
                actor="ufficio-performance",
                command_id=f"c{version}",
                **envelope,
            )
            for version, event in enumerate(events, len(self.records) + 1)
        ]
        return self.records[-1]

    @property
    def counting(self) -> dict[int, Recorded]:
        """What was not annulled, by version."""
        left_out = annulled(annulments_in(self.records), len(self.records))
        return {record.version: record for record in self.records if record.version not in left_out}

    @property
    def timelines(self) -> Timelines:
        """What the whole of the stream says."""
        return timelines_of(self.records, len(self.records))

    def when(self, decide_on: Decide[Request], command: Request, on: date | str = TODAY) -> "Decided":
        """A command that is to be decided in the state of a day."""
        return Decided(lambda: decide_on(PlanState(self.timelines, day_of(on)), command))


class Given(Stream):
    """A plan as recorded, drafted at the end of January 2022, beside the stream of its administration."""

    def __init__(self, *events: Event) -> None:
        super().__init__(f"plan/{PLAN}")
        self.administration = Stream(f"administration/{OWNER}")
        self.add(DRAFTED, DRAFT, *events)

    @classmethod
    def numbered(cls, objectives: int = 1, years: Sequence[int] = (2022,), target_text: str = ">= 70,34") -> "Given":
        """An approved plan of objectives o1, o2, each with an indicator i1, i2 and its target of each year."""
        plan = cls()
        for number in range(1, objectives + 1):
            plan.objective(f"o{number}")
            plan.indicator(f"i{number}", f"o{number}", target_text, years=years, polarity="up")
        return plan.approved()

    def objective(self, id_: str, day: date | str = DRAFTED, **fields: Any) -> Self:
        """An objective, at the root unless a parent is said."""
        return self.later(
            day, ObjectiveAdded.model_validate({"objective": id_, "level": "operativo", "title": id_.upper()} | fields)
        )

    def indicator(
        self,
        id_: str,
        objective: str,
        target_text: str | None = None,
        *,
        weight: str | None = None,
        years: Sequence[int] = (2022,),
        **card: JsonValue,
    ) -> Self:
        """An indicator of an objective, with its target of each year."""
        fields = Card.model_validate({"name": id_.upper()} | card)
        assigned = IndicatorAssigned.model_validate({"indicator": id_, "objective": objective, "weight": weight})
        self.later(DRAFTED, IndicatorAdded(indicator=id_, series=f"s.{id_}", card=fields), assigned)
        if target_text is not None:
            sets = (TargetSet(indicator=id_, year=year, target=target(target_text, year)) for year in years)
            self.later(DRAFTED, *sets)
        return self

    def approved(self) -> Self:
        """The plan is approved: what comes from here on changes it."""
        return self.later(DRAFTED, PlanApproved(year=2022))

    def later(self, day: date | str, *events: Event, recorded_on: date | str | None = None, **envelope: Any) -> Self:
        """What is recorded next, with effect from a day."""
        self.add(day, *events, recorded_on=recorded_on, **envelope)
        return self

    @property
    def history(self) -> PlanHistory:
        """The history of the plan."""
        return self.known_on(date.max)

    def known_on(self, day: date | str) -> PlanHistory:
        """The history as known at the end of a day."""
        records = [record for record in self.records if record.recorded_at.date() <= day_of(day)]
        version = len(records)
        return history_of(
            PLAN,
            version,
            records,
            annulled(annulments_in(records), version),
            adopted_systems(self.administration.timelines),
        )

    @property
    def record(self) -> AdministrationRecord:
        """The record of the administration."""
        return AdministrationRecord(self.administration.timelines)

    def change(self, *changes: dict[str, Any], on: date | str = TODAY, **ground: Any) -> "Decided":
        """Changes on one ground, complete unless the test says otherwise."""
        defaults: dict[str, Any] = {"act": ACT, "cause": "new_data", "justification": salted("dati del monitoraggio")}
        state, owner = PlanState(self.timelines, date.max), self.administration.timelines
        motive = Motivation(day_of(on), **defaults | ground)
        context = ChangeContext(PLAN, motive, salted, self._counting, owner, lambda: {PLAN: state})
        return Decided(lambda: decide(self.timelines, [CHANGE.validate_python(change) for change in changes], context))

    def _counting(self, versions: Sequence[int]) -> dict[int, Recorded]:
        return {version: record for version, record in self.counting.items() if version in versions}


def salted(text: str) -> SaltedText:
    """A text with the salt of all tests."""
    return SaltedText(salt="sale", text=text)


class Decided:
    """What comes of a command."""

    def __init__(self, decide_now: Callable[[], Result]) -> None:
        self._decide = decide_now

    @property
    def pending(self) -> list[Pending]:
        """The events of a change of the plan, with what surrounds each."""
        result = self._decide()
        assert isinstance(result, list)
        return result

    def then(self, *events: Event, on: date | str | None = None) -> None:
        """These events, in this order; of a change, with effect from this day."""
        result = self._decide()
        decided = list(result) if isinstance(result, Sequence) else [result]
        assert [item.event if isinstance(item, Pending) else item for item in decided] == list(events)
        if on is not None:
            assert {item.effective_on for item in decided if isinstance(item, Pending)} == {day_of(on)}

    def refused(self, error: type[DomainError], words: str = "", where: str | None = None) -> DomainError:
        """A refusal of this name, in whose sentence these words stand, said of this place in the command."""
        with pytest.raises(error, match=words or None) as refusal:
            self._decide()
        assert type(refusal.value) is error
        if where is not None:
            assert refusal.value.problem.where == where
        return refusal.value
