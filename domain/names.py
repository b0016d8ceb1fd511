"""How people call the objects of a plan: by code and title, not by id."""

from typing import NamedTuple

from domain.facts import indicator_key, objective_key, series_key
from domain.patterns import regex

_COUNTED = regex("(?:parere|rilievo|richiesta|risposta|campione|commento)-([0-9]+)")
"""The names that acts, comments and samples are given where nobody gives one: their kind, and the next number."""


class Names(NamedTuple):
    """How to call an object: its code and title where they are known, else its id."""

    by_key: dict[str, str]

    def objective(self, objective: str) -> str:
        """An objective, in quotes."""
        return self.called(objective_key(objective))

    def indicator(self, indicator: str) -> str:
        """An indicator, in quotes."""
        return self.called(indicator_key(indicator))

    def series(self, series: str) -> str:
        """What a series measures, in quotes."""
        return self.called(series_key(series))

    def beside(self, key: str) -> "Names":
        """The names of what an object may hang from: of a node of a further tree, its nodes, in the place of the objectives."""
        kind, _, rest = key.partition("/")
        if kind != "tree":
            return self
        tree = f"tree/{rest.partition('/')[0]}/"
        nodes = ((each.removeprefix(tree), name) for each, name in self.by_key.items() if each.startswith(tree))
        return Names({objective_key(node): name for node, name in nodes})

    def called(self, key: str) -> str:
        """An object by its key, in quotes."""
        return f"«{self.by_key.get(key) or key.partition('/')[2]}»"


def numbered(name: str) -> str:
    """An act, or a comment, by its number, where its name was counted out; else by its own name, in quotes."""
    counted = _COUNTED.fullmatch(name)
    return f"n. {counted[1]}" if counted else f"«{name}»"
