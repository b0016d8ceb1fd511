"""The facts of the store agree with the fold that defines them, on any sequence of events, at any point."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from domain.annulments.events import EventsAnnulled
from domain.event import Event
from domain.indicators.card import Card
from domain.indicators.events import IndicatorAdded, IndicatorRedefined, IndicatorReinstated, IndicatorWithdrawn
from domain.measurements.events import MeasurementRecorded, MeasurementRestated
from domain.measurements.values import NumberValue
from domain.objectives.events import ObjectiveMoved, ObjectiveReinstated, ObjectiveReweighted, ObjectiveWithdrawn
from domain.recording import Pending
from domain.targets.events import TargetSet, TargetWithdrawn
from domain.targets.reader import read_one
from domain.timelines import fold, timelines_of
from projections.rebuild import rebuild
from projections.store.append import Append, StreamAppend
from projections.store.store import Store

STREAM = "plan/prova"
DAYS = st.dates(date(2021, 12, 1), date(2023, 3, 1))
NAMES = st.sampled_from(["uno", "due", "tre"])
SERIES = st.sampled_from(["serie-uno", "serie-due"])


def _target(name: str, year: int, percent: int) -> Event:
    return TargetSet(indicator=name, year=year, target=read_one(f">= {percent}%", year))


def _number(value: int) -> NumberValue:
    return NumberValue(text="", value=Decimal(value))


def _measured(series: str, value: int, day: date) -> Event:
    return MeasurementRecorded(
        series=series, period="2022", observed=_number(value), finality="provisional", data_as_at=day
    )


def _restated(series: str, value: int, day: date) -> Event:
    old = _number(1)
    return MeasurementRestated(
        series=series, period="2022", before=old, observed=_number(value), finality="provisional", data_as_at=day
    )


EVENTS = st.one_of(
    st.builds(_target, NAMES, st.sampled_from([2022, 2023]), st.integers(1, 99)),
    st.builds(lambda name: TargetWithdrawn(indicator=name, year=2022, before=read_one("1", 2022)), NAMES),
    st.builds(lambda name: IndicatorAdded(indicator=name, series=name, card=Card(name=name)), NAMES),
    st.builds(
        lambda name, words: IndicatorRedefined(indicator=name, card=Card(formula=words)), NAMES, st.none() | NAMES
    ),
    st.builds(lambda name: IndicatorWithdrawn(indicator=name), NAMES),
    st.builds(lambda name: IndicatorReinstated(indicator=name), NAMES),
    st.builds(lambda name: ObjectiveWithdrawn(objective=name), NAMES),
    st.builds(lambda name: ObjectiveReinstated(objective=name), NAMES),
    st.builds(lambda name, parent: ObjectiveMoved(objective=name, parent=parent), NAMES, st.none() | NAMES),
    st.builds(lambda name, weight: ObjectiveReweighted(objective=name, weight=weight), NAMES, st.integers(0, 100)),
    st.builds(_measured, SERIES, st.integers(0, 99), DAYS),
    st.builds(_restated, SERIES, st.integers(0, 99), DAYS),
)
"""Backdated and late, withdrawn and reinstated, measured and restated, in any order."""

STEPS = st.lists(
    st.tuples(
        st.lists(st.tuples(EVENTS, DAYS), min_size=1, max_size=4),
        st.lists(st.integers(1, 40), max_size=3),
        st.integers(-900, 900),
    ),
    min_size=1,
    max_size=12,
)
"""Appends: events with their effective dates, what they annul among the versions before, how the clock jumps."""


class _Clock:
    def __init__(self) -> None:
        self.now = datetime(2022, 6, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def _recorded(steps: list[Any]) -> Store:
    clock = _Clock()
    store = Store(f"file:{uuid4().hex}?mode=memory&cache=shared", clock)
    version = 0
    for events, annuls, jump in steps:
        clock.now += timedelta(hours=jump)
        pending = [Pending(event, day) for event, day in events]
        versions = tuple(sorted({v for v in annuls if v <= version}))
        if versions:
            pending.append(Pending(EventsAnnulled(versions=versions, reason="recorded_by_mistake"), date(2022, 1, 1)))
        store.append(Append(uuid4().hex, "", "prova", (StreamAppend(STREAM, version, tuple(pending)),)))
        version += len(pending)
    return store


def _points(version: int) -> list[tuple[date, int]]:
    days = [date(2021, 12, 15), date(2022, 2, 1), date(2022, 6, 30), date(2022, 11, 11), date(2023, 12, 31)]
    return [(day, known) for day in days for known in sorted({1, version // 3, version // 2, version}) if known]


def _tables(store: Store) -> list[list[tuple[object, ...]]]:
    with store.datastore.cursor() as cursor:
        orders = {"append": "1, 2", "cell": "1", "fact": "1", "annulment": "1, 2, 3"}
        return [cursor.execute(f"SELECT * FROM {t} ORDER BY {o}").fetchall() for t, o in orders.items()]


def _agree(steps: list[Any], held: Callable[[Store], None] = lambda _: None) -> None:
    store = _recorded(steps)
    try:
        with store.reading() as reader:
            records = reader.records(STREAM)
            head = reader.head(STREAM).version
            assert [r.version for r in records] == list(range(1, head + 1))
            instants = [r.recorded_at for r in records]
            assert instants == sorted(instants)
            for as_of, known in _points(head):
                at = next(r.recorded_at for r in records if r.version == known)
                resolved = reader.known(STREAM, at)
                assert resolved.version == max(r.version for r in records if r.recorded_at <= at)
                expected = fold(records, as_of, resolved.version)
                assert reader.state(STREAM, as_of, resolved) == expected
                naive = timelines_of(records, resolved.version)
                read = reader.timelines(STREAM, resolved.version)
                for (object_, field), entry in expected.items():
                    assert naive.entry(object_, field, as_of) == entry
                    assert read.entry(object_, field, as_of) == entry
        held(store)
    finally:
        store.close()


@given(STEPS)
def test_the_store_answers_what_the_fold_defines(steps: list[Any]) -> None:
    _agree(steps)


@given(STEPS)
def test_a_rebuild_gives_the_same_ordered_rows(steps: list[Any]) -> None:
    def same(store: Store) -> None:
        before = _tables(store)
        rebuild(store)
        assert _tables(store) == before

    _agree(steps, same)
