"""Histories of several plans, of any events in any order, and what lies in the tables across administrations."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from hypothesis import strategies as st

from domain.administrations.events import AdministrationRegistered
from domain.annulments.events import EventsAnnulled
from domain.event import Event
from domain.indicators.card import Card
from domain.indicators.events import IndicatorAdded, IndicatorAssigned, IndicatorRedefined, IndicatorWithdrawn
from domain.measurements.events import StatusReported
from domain.objectives.events import (
    ObjectiveAdded,
    ObjectiveConditionMet,
    ObjectiveNeutralised,
    ObjectiveReclassified,
    ObjectiveReinstated,
    ObjectiveReweighted,
    ObjectiveReworded,
    ObjectiveWithdrawn,
)
from domain.plans.events import PlanApproved, PlanDrafted, YearApproved
from domain.recording import Pending
from domain.targets.events import TargetRevised, TargetSet, TargetWithdrawn
from domain.targets.reader import read_one
from projections.across.rows import KEYS
from projections.store.append import Append, StreamAppend
from projections.store.store import Store

PLANS = ("alfa-2022", "alfa-2023", "beta-2022")
FIRST = {"alfa-2022": 2022, "alfa-2023": 2023, "beta-2022": 2022}
ADMINISTRATIONS = {"alfa-2022": "alfa", "alfa-2023": "alfa", "beta-2022": "beta"}
OBJECTIVES = ("uno", "due", "tre")
LEVELS = {"uno": "strategico", "due": "operativo", "tre": "operativo"}
DAYS = st.dates(date(2021, 12, 1), date(2024, 6, 1))
CAUSES = st.sampled_from([None, "new_data", "legal", "resources"])
_OBJECTIVE = st.sampled_from(OBJECTIVES)
_INDICATOR = st.sampled_from([f"i-{name}" for name in OBJECTIVES])
_YEAR = st.sampled_from((0, 1, 2))
"""A year of whichever plan it comes to, from its first."""


def _revised(indicator: str, year: int, percent: int) -> Event:
    return TargetRevised(
        indicator=indicator, year=year, before=read_one(">= 50%", year), target=read_one(f">= {percent}%", year)
    )


Said = Callable[[int], Event]
"""An event, once the first year of its plan is known."""


def _of(make: Callable[..., Event], *parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Said]:
    return st.tuples(*parts).map(lambda values: lambda first: make(first, *values))


EVENTS = st.one_of(
    _of(lambda first, i, y, percent: _revised(i, first + y, percent), _INDICATOR, _YEAR, st.integers(1, 99)),
    _of(lambda first, i, y, percent: _revised(i, first + y, percent), _INDICATOR, _YEAR, st.integers(1, 99)),
    _of(
        lambda first, i, y: TargetWithdrawn(indicator=i, year=first + y, before=read_one("1", first)), _INDICATOR, _YEAR
    ),
    _of(lambda _, i, words: IndicatorRedefined(indicator=i, card=Card(formula=words)), _INDICATOR, _OBJECTIVE),
    _of(lambda _, i: IndicatorWithdrawn(indicator=i), _INDICATOR),
    _of(lambda _, o: ObjectiveWithdrawn(objective=o), _OBJECTIVE),
    _of(lambda _, o: ObjectiveReinstated(objective=o), _OBJECTIVE),
    _of(lambda _, o: ObjectiveConditionMet(objective=o), _OBJECTIVE),
    _of(lambda first, o, y: ObjectiveNeutralised(objective=o, year=first + y), _OBJECTIVE, _YEAR),
    _of(lambda _, o, weight: ObjectiveReweighted(objective=o, weight=weight), _OBJECTIVE, st.integers(0, 100)),
    _of(lambda _, o, words: ObjectiveReworded(objective=o, title=words), _OBJECTIVE, _OBJECTIVE),
    _of(lambda _, o: ObjectiveReclassified(objective=o, code="1.1"), _OBJECTIVE),
    _of(lambda first, y: YearApproved(year=first + y), _YEAR),
    _of(lambda _, o, d: StatusReported(subject="objective", id=o, status="in_line", reported_on=d), _OBJECTIVE, DAYS),
)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(PLANS),
        st.lists(st.tuples(EVENTS, DAYS, CAUSES, st.sampled_from([None, "correction"])), min_size=1, max_size=3),
        st.lists(st.integers(10, 40), max_size=2),
        st.booleans(),
    ),
    max_size=12,
)
"""Appends to plans: events with effective date, cause and claim; versions to annul; whether to follow after it."""


class Clock:
    """An hour more each time."""

    def __init__(self) -> None:
        self.now = datetime(2022, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(hours=1)
        return self.now


def drafted(plan: str) -> list[Event]:
    """What opens a plan: three objectives, one of them conditional, each with an indicator and its targets."""
    first = FIRST[plan]
    events: list[Event] = [
        PlanDrafted(
            plan=plan,
            administration=ADMINISTRATIONS[plan],
            title=plan,
            first_year=first,
            last_year=first + 2,
            drafted_on=date(first, 1, 20),
            levels=("strategico", "operativo"),
        )
    ]
    for name in OBJECTIVES:
        condition = "se arrivano i fondi" if name == "tre" else None
        events.append(ObjectiveAdded(objective=name, level=LEVELS[name], title=name, condition=condition))
        card = Card(name=name, polarity="up", polarity_basis="stated")
        events.append(IndicatorAdded(indicator=f"i-{name}", series=f"{plan}.{name}", card=card))
        events.append(IndicatorAssigned(indicator=f"i-{name}", objective=name))
        events += [
            TargetSet(indicator=f"i-{name}", year=year, target=read_one(">= 50%", year)) for year in (first, first + 1)
        ]
    return events


def opened(store: Store, plan: str, approved_on: date | None) -> None:
    """Opens a plan of an administration, and approves it when a day is said."""
    day = date(FIRST[plan], 1, 20)
    events = [Pending(event, day) for event in drafted(plan)]
    if approved_on is not None:
        events.append(Pending(PlanApproved(year=FIRST[plan]), approved_on))
    append(store, f"plan/{plan}", events)


def registered(store: Store) -> None:
    """Enters the administrations."""
    for name in sorted(set(ADMINISTRATIONS.values())):
        event = AdministrationRegistered(administration=name, name=f"Ente {name}")
        append(store, f"administration/{name}", [Pending(event, date(2021, 1, 1))])


def append(store: Store, stream: str, pending: list[Pending]) -> None:
    """Appends events to a stream at its head."""
    version = store.head(stream).version
    store.append(Append(uuid4().hex, "", "ufficio-performance", (StreamAppend(stream, version, tuple(pending)),)))


def recorded(store: Store, steps: list[Any], follow: Callable[[Store], object]) -> None:
    """A history of all plans, followed now and then."""
    registered(store)
    for plan in PLANS:
        opened(store, plan, None if plan == "beta-2022" and len(steps) % 3 == 2 else date(FIRST[plan], 1, 31))
    for step in steps:
        append(store, f"plan/{step[0]}", pending_of(store, step))
        if step[-1]:
            follow(store)


def pending_of(store: Store, step: Any) -> list[Pending]:
    """The events of a step, on the plan as it stands."""
    plan, events, annuls, _ = step
    head = store.head(f"plan/{plan}").version
    pending = [
        Pending(event(FIRST[plan]), day, cause=cause, claim=claim, restores=(head,) if claim else ())
        for event, day, cause, claim in events
    ]
    versions = tuple(sorted({version for version in annuls if version <= head}))
    if versions:
        pending.append(Pending(EventsAnnulled(versions=versions, reason="recorded_by_mistake"), date(2022, 1, 1)))
    return pending


def tables(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """Every row of the tables, in order."""
    with store.datastore.cursor() as cursor:
        return {
            table: cursor.execute(
                f"SELECT * FROM {table} ORDER BY {', '.join(map(str, range(1, width + 1)))}"
            ).fetchall()
            for table, (_, width) in KEYS.items()
        }
