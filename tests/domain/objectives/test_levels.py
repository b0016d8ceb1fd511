"""A level keeps the spelling that the plan has of it, and a plan of many objectives is not gone through at every change."""

from datetime import date
from random import Random

import pytest

from domain.facts import objective_key
from domain.objectives.levels import level_as_spelled, levels_of, spelled_level
from domain.plans.state import PlanState
from domain.timelines import Entry, Timelines
from domain.vocabulary import JsonValue

DAYS = [date(2022, month, 1) for month in range(1, 5)]
SPELLINGS = ["Operativo", "operativo", "OPERATIVO", "Strategico", "strategico", None]


@pytest.mark.parametrize("seed", range(30))
def test_the_spelling_is_that_of_the_first_objective_which_has_the_level_on_the_date(seed: int) -> None:
    # given
    chance, timelines = Random(seed), Timelines()  # noqa: S311 - no secret is made of it
    for version in range(1, 60):
        key, level = objective_key(str(chance.randrange(8))), chance.choice(SPELLINGS)
        if chance.random() < 0.1:
            timelines.exclude({chance.randrange(version)})
        timelines.insert(key, chance.choice(["title", "level", "level"]), Entry(chance.choice(DAYS), version, level))
        # when
        state, name = PlanState(timelines, chance.choice(DAYS)), chance.choice(["operativo ", "STRATEGICO", "altro"])
        # then
        assert level_as_spelled(name, state) == (spelled_level(name, levels_of(state)) or name)


def test_thousands_of_objectives_with_levels_of_their_own_are_each_looked_at_once() -> None:
    # given
    looked_at = 0

    class Counting(Timelines):
        def value(self, object_: str, field: str, on: date) -> JsonValue:
            nonlocal looked_at
            looked_at += 1
            return super().value(object_, field, on)

    timelines = Counting()
    # when
    for version in range(1, 4_000):
        level = "lo stesso" if version % 2 else f"livello {version}"
        level_as_spelled(level, PlanState(timelines, DAYS[0]))
        day = DAYS[version % 3 % 2]
        timelines.insert(objective_key(str(version)), "level", Entry(day, version, level))
    # then
    assert looked_at < 5 * 4_000
