"""What is in force hangs from what is in force: one rule, from values to values, and of a plan on a date."""

from datetime import date

import pytest

from domain.facts import IN_FORCE, LIFE, WITHDRAWN
from domain.objectives.events import ObjectiveWithdrawn
from domain.plans.in_force import objective_in_force, objectives_in_force, places_in_force, served_in_force
from domain.vocabulary import JsonValue
from tests.support.given import Given


class Tree:
    """Values of objects that are in force, unless they are said to be withdrawn."""

    def __init__(self, parents: dict[str, str | None], assignments: str = "", withdrawn: str = "") -> None:
        self.parents = parents
        self.assignments = [(pair[0], pair[1]) for pair in assignments.split()]
        self.lives = {f"objective/{name}": IN_FORCE for name in parents}
        self.lives |= {f"indicator/{indicator}": IN_FORCE for indicator, _ in self.assignments}
        self.lives |= {f"assignment/{indicator}/{objective}": IN_FORCE for indicator, objective in self.assignments}
        self.lives |= dict.fromkeys(withdrawn.split(), WITHDRAWN)
        self.asked: list[tuple[str, str]] = []

    def value(self, key: str, field: str) -> JsonValue:
        """The value of a field."""
        self.asked.append((key, field))
        return self.lives.get(key) if field == LIFE else self.parents.get(key.partition("/")[2])

    def objectives(self) -> list[str]:
        """The objectives in force."""
        return objectives_in_force(self.value, self.parents)

    def places(self) -> dict[str, list[str]]:
        """The places in force."""
        indicators = dict.fromkeys(indicator for indicator, _ in self.assignments)
        return places_in_force(self.value, indicators, self.assignments, set(self.objectives()))


LINE: dict[str, str | None] = {"c": "b", "b": "a", "a": None, "d": None}


@pytest.mark.parametrize(
    ("withdrawn", "alive"),
    [("", "c b a d"), ("objective/c", "b a d"), ("objective/b", "a d"), ("objective/a", "d"), ("objective/d", "c b a")],
)
def test_an_objective_is_in_force_with_all_that_it_hangs_from(withdrawn: str, alive: str) -> None:
    assert Tree(LINE, withdrawn=withdrawn).objectives() == alive.split()


@pytest.mark.parametrize("parents", [{"a": "a"}, {"a": "b", "b": "a"}, {"c": "a", "a": "b", "b": "a"}])
def test_what_hangs_from_itself_or_from_what_is_not_there_is_not_in_force(parents: dict[str, str | None]) -> None:
    assert Tree(parents).objectives() == []
    assert Tree({"a": "nulla"}).objectives() == []


def test_each_objective_is_looked_at_once() -> None:
    tree = Tree(LINE)
    tree.objectives()
    assert len(tree.asked) == len(set(tree.asked)) == 2 * len(LINE)
    assert objective_in_force(tree.value, "c", {"b": False}) is False


@pytest.mark.parametrize(
    ("withdrawn", "places"),
    [
        ("", {"i": ["c", "d"], "j": ["a"]}),
        ("objective/b", {"i": ["d"], "j": ["a"]}),
        ("objective/a", {"i": ["d"]}),
        ("assignment/i/c", {"i": ["d"], "j": ["a"]}),
        ("indicator/i", {"j": ["a"]}),
        ("objective/a objective/d", {}),
    ],
)
def test_an_indicator_is_in_force_where_it_serves_what_is(withdrawn: str, places: dict[str, list[str]]) -> None:
    tree = Tree(LINE, "ic id ja", withdrawn)
    assert tree.places() == places
    served = {i: list(served_in_force(tree.value, i, LINE, set(tree.objectives()).__contains__)) for i in "ij"}
    assert {indicator: objectives for indicator, objectives in served.items() if objectives} == places


def test_a_plan_on_a_date_follows_the_same_rule() -> None:
    plan = Given().objective("a").objective("b", parent="a").indicator("i", "b", ">= 80").approved()
    plan.later("2022-06-30", ObjectiveWithdrawn(objective="a"))
    history = plan.known_on("2022-12-31")
    before, after = history.state(date(2022, 6, 29)), history.state(date(2022, 6, 30))
    assert (before.in_force("b"), before.indicator_in_force("i")) == (True, True)
    assert (after.in_force("b"), after.indicator_in_force("i")) == (False, False)
