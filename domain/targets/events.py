"""The events of a target: of one indicator, one year, one ordinal within the cell."""

from typing import Self

from domain.event import Event, Occurrence, PlanChangeEvent, StatesItsBody, StoredBody, Touch
from domain.facts import Fact, indicator_key, target_field
from domain.italian import print_signs
from domain.names import Names
from domain.targets.model import Target, shared_target
from domain.vocabulary import Identifier, JsonValue, Ordinal, Year

TARGET_FIELDS = ("before", "target")


class OfTarget(Event):
    """What an event of a target has in common with the others."""

    indicator: Identifier
    year: Year
    ordinal: Ordinal = 1

    @classmethod
    def of_body(cls, body: StoredBody) -> Self:
        said = dict(body)
        for name in TARGET_FIELDS:
            if name in said:
                said[name] = shared_target(said[name])
        return cls.model_validate(said)

    def fact(self, value: JsonValue) -> Fact:
        """What the target is from here on."""
        return Fact(indicator_key(self.indicator), target_field(self.year, self.ordinal), value)

    def called(self, names: Names) -> str:
        """Year, place and indicator of the target, in a sentence."""
        ordinal = f" ({self.ordinal}°)" if self.ordinal > 1 else ""
        return f"{self.year}{ordinal} di {names.indicator(self.indicator)}"


class TargetEvent(OfTarget, PlanChangeEvent):
    """An event that changes what a target asks for."""

    def touch(self) -> Touch:
        return Touch("target", self.year)


class FormerTarget(TargetEvent):
    """An event that ends a target. `before` is what was in force, as known then: evidence, never the source of an answer."""

    before: Target


class NewTarget(StatesItsBody, OfTarget):
    """An event from which another target is in force."""

    target: Target

    @classmethod
    def facts_in(cls, body: StoredBody) -> list[Fact]:
        field = target_field(body["year"], body.get("ordinal", 1))
        return [Fact(indicator_key(body["indicator"]), field, body["target"])]


class TargetSet(NewTarget, TargetEvent):
    """A target was set where there was none."""

    topic = "target-set"

    def sentence(self, names: Names) -> str:
        return f"Fissato il target {self.called(names)}: {print_signs(self.target.text)}"


class TargetRevised(NewTarget, FormerTarget):
    """A target was replaced. `before` is what was in force, as known then: evidence, never the source of an answer."""

    topic = "target-revised"

    def sentence(self, names: Names) -> str:
        return f"Rimodulato il target {self.called(names)}: da {print_signs(self.before.text)} a {print_signs(self.target.text)}"


class TargetWithdrawn(FormerTarget):
    """A target was dropped without another in its place."""

    topic = "target-withdrawn"

    def facts(self) -> list[Fact]:
        return [self.fact(None)]

    def sentence(self, names: Names) -> str:
        return f"Ritirato il target {self.called(names)}, che era {print_signs(self.before.text)}"


class TargetReferenceResolved(NewTarget, Occurrence):
    """The outside value that a target refers to ("the national mean") was published: it asks for what it asked for."""

    topic = "target-reference-resolved"

    def sentence(self, names: Names) -> str:
        return f"Pubblicato il valore di riferimento del target {self.called(names)}"


class TargetInterpreted(NewTarget, Occurrence):
    """The office said what the text of a target means, which could not be read: it asks for what it asked for."""

    topic = "target-interpreted"

    def sentence(self, names: Names) -> str:
        text, meaning = print_signs(self.target.text), print_signs(self.target.meaning or "")
        return f"Interpretato il target {self.called(names)}: {text} vuol dire {meaning}"


EVENTS: tuple[type[Event], ...] = (
    TargetSet,
    TargetRevised,
    TargetWithdrawn,
    TargetReferenceResolved,
    TargetInterpreted,
)
