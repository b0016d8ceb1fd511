"""What every event is: one fact in the past tense, absolute, frozen, under a permanent topic."""

from typing import ClassVar

from domain.vocabulary import Frozen


class Event(Frozen):
    """One fact of the life of a plan or of an administration.

    `topic` is permanent and stored with the event; `class_version` rises when the shape changes, and a static method
    `upcast_v1_v2(state)`, as the library names it, then turns an older body into the next shape, before validation.
    """

    topic: ClassVar[str]
    class_version: ClassVar[int] = 1

    def body(self) -> bytes:
        """The fact as it is stored: flat JSON, what is absent left out."""
        return self.model_dump_json(exclude_none=True).encode()


class SaysAbsence(Event):
    """An event in which a null is a value: "no parent", "no weight", a field of a card emptied."""

    def body(self) -> bytes:
        """The fact as it is stored: flat JSON, what was not said left out."""
        return self.model_dump_json(exclude_unset=True).encode()
