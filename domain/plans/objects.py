"""A state of a stream, object by object, with what of a plan is in force in it."""

from typing import NamedTuple

from domain.plans import in_force
from domain.vocabulary import JsonValue


class Objects(NamedTuple):
    """A state by object: for each object the values of its fields in force."""

    by_key: dict[str, dict[str, JsonValue]]

    def value(self, key: str, field: str) -> JsonValue:
        """The value of one field, or None."""
        return self.by_key[key].get(field) if key in self.by_key else None

    def of(self, kind: str) -> list[str]:
        """The ids of the objects of a kind, in the order of their entry."""
        prefix = f"{kind}/"
        return [key[len(prefix) :] for key in self.by_key if key.startswith(prefix)]

    def objectives_in_force(self) -> set[str]:
        """The objectives that are in force with all that they hang from."""
        return set(in_force.objectives_in_force(self.value, self.of("objective")))

    def places_in_force(self, alive: set[str]) -> dict[str, list[str]]:
        """For each indicator in force, the objectives in force that it serves; `alive` are those that are."""
        assignments = (assignment.partition("/")[::2] for assignment in self.of("assignment"))
        return in_force.places_in_force(self.value, self.of("indicator"), assignments, alive)
