"""What differs between two states, by kind, without a database."""

from collections import defaultdict
from datetime import date

import pytest

from domain.event import Event
from domain.indicators.card import Card
from domain.indicators.events import (
    IndicatorAssigned,
    IndicatorRedefined,
    IndicatorWithdrawn,
)
from domain.objectives.events import (
    ObjectiveAdded,
    ObjectiveConditionFailed,
    ObjectiveConditionMet,
    ObjectiveNeutralised,
    ObjectiveReinstated,
    ObjectiveReworded,
    ObjectiveWithdrawn,
)
from domain.plans.differences import StateDifference, between
from domain.plans.objects import Objects
from domain.systems.decide import nobody_says
from domain.targets.events import TargetSet, TargetWithdrawn
from domain.timelines import fold
from domain.vocabulary import JsonValue
from tests.support.given import Given, revised, target

END = date(2022, 12, 31)


def objects(plan: Given) -> Objects:
    """The last state of a plan."""
    by_key: defaultdict[str, dict[str, JsonValue]] = defaultdict(dict)
    for (key, field), entry in fold(plan.records, END, len(plan.records)).items():
        by_key[key][field] = entry.value
    return Objects(dict(by_key))


def differences(*events: Event, before: tuple[Event, ...] = ()) -> list[StateDifference]:
    """What some events of the year make different in a plan of two objectives and two indicators."""
    plan = Given.numbered(2).later("2022-05-01", *before)
    start = objects(plan)
    return between(start, objects(plan.later("2022-06-01", *events)), nobody_says)


@pytest.mark.parametrize(
    ("event", "kind", "key"),
    [
        (ObjectiveAdded(objective="o3", level="operativo", title="Nuovo"), "added", "objective/o3"),
        (ObjectiveReworded(objective="o1", title="Altro"), "reworded", "objective/o1"),
        (ObjectiveNeutralised(objective="o1", year=2022), "neutralised", "objective/o1"),
        (ObjectiveConditionMet(objective="o1"), "condition_met", "objective/o1"),
        (ObjectiveConditionFailed(objective="o1"), "condition_failed", "objective/o1"),
        (IndicatorRedefined(indicator="i1", card=Card(source="altra")), "redefined", "indicator/i1"),
        (IndicatorRedefined(indicator="i1", card=Card(name="Altro")), "reworded", "indicator/i1"),
        (IndicatorAssigned(indicator="i1", objective="o2", weight=None), "assigned", "assignment/i1/o2"),
        (IndicatorWithdrawn(indicator="i1"), "withdrawn", "indicator/i1"),
    ],
)
def test_what_differs_has_the_kind_of_what_was_done(event: Event, kind: str, key: str) -> None:
    assert (kind, key) in [(difference.type, difference.object) for difference in differences(event)]


def test_what_comes_back_is_reinstated_and_not_added() -> None:
    listed = differences(ObjectiveReinstated(objective="o1"), before=(ObjectiveWithdrawn(objective="o1"),))
    assert [(d.type, d.object, d.before, d.after) for d in listed] == [
        ("reinstated", "objective/o1", None, "O1"),
        ("reinstated", "indicator/i1", None, "I1"),
    ]


@pytest.mark.parametrize(
    ("event", "kind", "direction"),
    [
        (revised("i1", ">= 70,34", ">= 60"), "target_revised", "easier"),
        (revised("i1", ">= 70,34", ">= 80"), "target_revised", "harder"),
        (TargetWithdrawn(indicator="i1", year=2022, before=target(">= 70,34")), "target_withdrawn", "easier"),
    ],
)
def test_a_target_says_which_way_it_went(event: Event, kind: str, direction: str) -> None:
    (difference,) = differences(event)
    assert (difference.type, difference.direction, difference.year, difference.ordinal) == (kind, direction, 2022, 1)


def test_a_target_of_another_year_is_set() -> None:
    (difference,) = differences(TargetSet(indicator="i1", year=2023, target=target(">= 70", 2023)))
    assert (difference.type, difference.before, difference.year) == ("target_set", None, 2023)


def test_of_what_goes_only_the_going_is_told() -> None:
    assert [
        (d.type, d.object) for d in differences(ObjectiveWithdrawn(objective="o1"), revised("i1", ">= 70", ">= 1"))
    ] == [
        ("withdrawn", "objective/o1"),
        ("withdrawn", "indicator/i1"),
    ]


def test_what_is_the_same_differs_in_nothing() -> None:
    assert differences() == []
