"""A state of a stream, object by object, with what of a plan is in force in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from domain.plans import in_force
from domain.vocabulary import JsonValue


@dataclass(frozen=True)
class Objects:
    """A state by object: for each object the values of its fields in force."""

    by_key: Mapping[str, Mapping[str, JsonValue]]

    def value(self, key: str, field: str) -> JsonValue:
        """The value of one field, or None."""
        fields = self.by_key.get(key)
        return None if fields is None else fields.get(field)

    def of(self, kind: str) -> list[str]:
        """The ids of the objects of a kind, in the order of their entry."""
        return self._of_kind.get(kind, [])

    @cached_property
    def _of_kind(self) -> dict[str, list[str]]:
        of_kind: dict[str, list[str]] = {}
        for key in self.by_key:
            kind, slash, id_ = key.partition("/")
            if slash:
                of_kind.setdefault(kind, []).append(id_)
        return of_kind

    def objectives_in_force(self) -> set[str]:
        """The objectives that are in force with all that they hang from."""
        return set(in_force.objectives_in_force(self.value, self.of("objective")))

    def places_in_force(self, alive: set[str]) -> dict[str, list[str]]:
        """For each indicator in force, the objectives in force that it serves; `alive` are those that are."""
        assignments = (assignment.partition("/")[::2] for assignment in self.of("assignment"))
        return in_force.places_in_force(self.value, self.of("indicator"), assignments, alive)
