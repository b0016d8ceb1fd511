"""What every event is: one fact in the past tense, absolute, frozen, under a permanent topic.

All that the product knows of a kind of event stands in its class: topic, shape, facts, what it touches, its sentence.
"""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Literal, NamedTuple, Self, TypeAlias

import orjson

from domain.facts import Fact
from domain.names import Names
from domain.vocabulary import Frozen

Aspect = Literal[
    "target",
    "weight",
    "feeds",
    "formula",
    "wording",
    "withdrawal",
    "neutralisation",
    "structure",
    "card",
    "classification",
]


StoredBody: TypeAlias = Mapping[str, Any]
"""The body of a stored event: JSON that was held to its shape when it was recorded."""


class Touch(NamedTuple):
    """What a change touches: an aspect of the plan, and a year, or (None) the structure from its date on."""

    aspect: Aspect
    year: int | None = None


class Event(Frozen):
    """One fact of the life of a plan or of an administration.

    `topic` is permanent and stored with the event; `class_version` rises when the shape changes, and a static method
    `upcast_v1_v2(state)`, as the library names it, then turns an older body into the next shape, before validation. A
    class is a `PlanChangeEvent` or an `Occurrence`.
    """

    topic: ClassVar[str]
    class_version: ClassVar[int] = 1
    holds_document: ClassVar[bool] = False
    """Whether its note is a JSON document for programs, no words for whoever reads the trail."""
    takes_away: ClassVar[bool] = False
    """Whether it took something from sight, or shut somebody out: a copy from before it shows it, and lets them in, again."""

    def body(self) -> bytes:
        """The fact as it is stored: flat JSON, what is absent left out."""
        return self.model_dump_json(exclude_none=True).encode()

    @classmethod
    def of_body(cls, body: StoredBody) -> Self:
        """The event that a stored body of today's shape says; ValidationError where it is of no such shape."""
        return cls.model_validate(body)

    @abstractmethod
    def facts(self) -> list[Fact]:
        """The facts that the event states, in a fixed order; total, and never an error on history."""

    def facts_beside(self, body: bytes) -> list[Fact]:
        """The same, for whoever has its body already."""
        del body
        return self.facts()

    @abstractmethod
    def touch(self) -> Touch | None:
        """What the event touches of the plan; None when it is no change of the plan."""

    @abstractmethod
    def sentence(self, names: Names) -> str:
        """What happened, in one Italian sentence for the people who read the trail."""

    def annulled_versions(self) -> tuple[int, ...]:
        """The earlier versions of its stream that the event leaves out; none, but for an annulment."""
        return ()


class StatesItsBody(Event):
    """An event whose facts lie in its body as they are answered: one function reads them, for recording and rebuilding.

    The model is not built again for it: worth it for the commonest topics only.
    """

    @classmethod
    @abstractmethod
    def facts_in(cls, body: StoredBody) -> list[Fact]:
        """The facts of a stored body of today's shape, in a fixed order; KeyError, TypeError where it is of no shape."""

    def facts(self) -> list[Fact]:
        """The facts that its body will be read for."""
        return self.facts_beside(self.body())

    def facts_beside(self, body: bytes) -> list[Fact]:
        """The same, read from the body."""
        return self.facts_in(orjson.loads(body))


class PlanChangeEvent(Event):
    """An event that changes what the plan says; its class says what it touches."""

    @abstractmethod
    def touch(self) -> Touch:
        """What the change touches of the plan: its kind, and the rate of changes, are derived from it."""


class Occurrence(Event):
    """An event that changes nothing of what the plan says: an approval, a figure, an act, an annulment."""

    def touch(self) -> None:
        """Nothing of the plan."""


class SaysAbsence(Event):
    """An event in which a null is a value: "no parent", "no weight", a field of a card emptied."""

    def body(self) -> bytes:
        """The fact as it is stored: flat JSON, what was not said left out."""
        return self.model_dump_json(exclude_unset=True).encode()


def weight_fact(key: str, weight: object) -> Fact:
    """The fact of a weight: its digits as they were said, or that there is none."""
    return Fact(key, "weight", None if weight is None else str(weight))


def weight_words(weight: object) -> str:
    """A weight in a sentence."""
    return "nessun peso" if weight is None else f"peso {weight}"
