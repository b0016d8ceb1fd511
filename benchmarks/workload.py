"""A plan of some 4,000 cells and revisions of its targets, drawn from a seed: what every candidate is given and asked."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import NamedTuple
from uuid import uuid4

from api.commands.handler import Caller
from api.commands.service import Service
from domain.documents.plan import PlanDocument
from domain.recording import Pending
from domain.targets.events import TargetRevised
from domain.targets.reader import read_one
from domain.timelines import Cell
from domain.vocabulary import JsonValue
from projections.store.append import Append, StreamAppend
from projections.store.facts import day_number
from projections.store.reader import Known
from projections.store.store import Store

PLAN = "prova"
STREAM = f"plan/{PLAN}"
OBJECTIVES = 40
INDICATORS = 326
YEARS = range(2022, 2026)
BACKDATED = 0.8
FIRST_DAY = date(2022, 2, 1)
DAYS = 1_000
LAST_DAY = FIRST_DAY + timedelta(days=DAYS)
EVER = date(2030, 1, 1)
OPENED = datetime(2022, 1, 31, 8, tzinfo=UTC)
TARGETS = [read_one(f">= {tenths // 10},{tenths % 10}%", 2022) for tenths in range(100, 1_000)]
BATCH = 2_000


class Revision(NamedTuple):
    """One revision: its place among the revisions, from 1, and what it says."""

    place: int
    effective_on: date
    event: TargetRevised


class Question(NamedTuple):
    """As of a date, as known after so many revisions."""

    as_of: date
    place: int


class Filled(NamedTuple):
    """A store that holds the plan and so many revisions; `opened` is the version at which they begin."""

    store: Store
    workload: "Workload"
    opened: int
    horizons: list[int]

    def known(self, place: int) -> Known:
        """What was known after so many revisions."""
        return Known(self.opened + place, self.horizons[place])


class Workload(NamedTuple):
    """So many revisions, one after the other over a thousand days; with a part of them dated before the day they came."""

    events: int
    backdated: float = BACKDATED

    def revisions(self) -> Iterator[Revision]:
        """The revisions, the same each time."""
        chance = random.Random(1)
        current_targets: dict[tuple[str, int], int] = {}
        for place in range(1, self.events + 1):
            day = DAYS * place // self.events
            if chance.random() < self.backdated:
                day = chance.randrange(day + 1)
            cell = f"i{chance.randrange(INDICATORS)}", chance.choice(YEARS)
            target = chance.randrange(len(TARGETS))
            event = TargetRevised(
                indicator=cell[0], year=cell[1], before=TARGETS[current_targets.get(cell, 0)], target=TARGETS[target]
            )
            current_targets[cell] = target
            yield Revision(place, FIRST_DAY + timedelta(days=day), event)

    def said(self) -> Iterator[tuple[int, date, Cell, JsonValue]]:
        """Place, date, cell and value of each revision, for those who keep nothing else."""
        for place, on, event in self.revisions():
            (fact,) = event.facts()
            yield place, on, (fact.object, fact.field), fact.value

    def questions(self, many: int, seed: int = 2) -> dict[str, list[Question]]:
        """Points by kind: so many of each, but for now, which is one."""
        chance = random.Random(seed)

        def day() -> date:
            return FIRST_DAY + timedelta(days=chance.randrange(DAYS))

        return {
            "now, as known now": [Question(EVER, self.events)] * many,
            "any date, as known now": [Question(day(), self.events) for _ in range(many)],
            "any date, as known at any": [Question(day(), chance.randrange(1, self.events)) for _ in range(many)],
            "now, as known long ago": [Question(EVER, chance.randrange(1, self.events // 3)) for _ in range(many)],
        }


def document(plan: str = PLAN, indicators: int = INDICATORS) -> PlanDocument:
    """The plan as it was approved."""
    return PlanDocument.model_validate(
        {
            "administration": {"id": f"ente-{plan}", "name": "Ente"},
            "plan": {"id": plan, "title": "Prova", "first_year": YEARS[0], "last_year": YEARS[-1]},
            "act": "delibera di Giunta n. 1 del 31/01/2022",
            "objectives": [{"id": f"o{n}", "level": "operational"} for n in range(OBJECTIVES)],
            "indicators": [
                {
                    "id": f"i{n}",
                    "objective": f"o{n % OBJECTIVES}",
                    "name": f"Indicatore {n}",
                    "targets": [{"year": year, "text": ">= 50%"} for year in YEARS],
                }
                for n in range(indicators)
            ],
        }
    )


def pending(revision: Revision) -> Pending:
    """A revision as an append takes it."""
    return Pending(revision.event, revision.effective_on, act="delibera-di-giunta-2-2022-02-01", cause="new_data")


SPARE = 20
"""How many ticks of the clock more there are than appends: opening a plan asks what time it is more than once."""


def fill(location: str, workload: Workload, batch: int = BATCH) -> Filled:
    """Makes a store of it: the plan through the front door, the revisions in appends of so many."""
    steps = workload.events // batch + 2
    clock = iter([OPENED, OPENED] + [OPENED + n * timedelta(days=DAYS) / steps for n in range(1, steps + SPARE)])
    store = Store(location, clock=lambda: next(clock, datetime.now(UTC)))
    Service(store).load_plan(document(), Caller("prova"))
    opened = version = store.head(STREAM).version
    horizons = [store.head(STREAM).horizon]
    revisions = workload.revisions()
    while group := tuple(islice(revisions, batch)):
        store.append(Append(uuid4().hex, "", "prova", (StreamAppend(STREAM, version, tuple(map(pending, group))),)))
        version += len(group)
        for revision in group:
            horizons.append(max(horizons[-1], day_number(revision.effective_on)))
    return Filled(store, workload, opened, horizons)
