"""The events of an objective, at whatever level of the plan's own tree."""

from domain.event import (
    Event,
    Occurrence,
    PlanChangeEvent,
    SaysAbsence,
    StatesItsBody,
    StoredBody,
    Touch,
    weight_fact,
    weight_words,
)
from domain.facts import IN_FORCE, LIFE, MERGED_INTO, WITHDRAWN, Fact, objective_key
from domain.names import Names
from domain.objectives.fields import (
    ObjectiveClassification,
    ObjectiveDefinition,
    ObjectiveFields,
    StatedLevel,
    objective_words,
)
from domain.vocabulary import Identifier, JsonValue, Line, Points, Year


class OfObjective(Event):
    """What an event of an objective has in common with the others."""

    objective: Identifier

    def fact(self, field: str, value: JsonValue) -> Fact:
        """A fact of the objective."""
        return Fact(objective_key(self.objective), field, value)


class ObjectiveEvent(OfObjective, PlanChangeEvent):
    """An event that changes an objective."""


class ObjectiveAdded(StatesItsBody, ObjectiveFields, ObjectiveEvent):
    """An objective entered the plan; its title or code may be missing in print."""

    topic = "objective-added"

    level: StatedLevel

    @classmethod
    def facts_in(cls, body: StoredBody) -> list[Fact]:
        key = objective_key(body["objective"])
        stated = [
            Fact(key, field, value) for field, value in body.items() if field != "objective" and value not in ([], {})
        ]
        return [Fact(key, LIFE, IN_FORCE), *stated]

    def touch(self) -> Touch:
        return Touch("structure")

    def sentence(self, names: Names) -> str:
        return f"Aggiunto l'obiettivo {names.objective(self.objective)}"


class ObjectiveReworded(ObjectiveEvent):
    """The title of an objective, that is the wording of its commitment, was changed."""

    topic = "objective-reworded"

    title: Line

    def facts(self) -> list[Fact]:
        return [self.fact("title", self.title)]

    def touch(self) -> Touch:
        return Touch("wording")

    def sentence(self, names: Names) -> str:
        return f"Riformulato l'obiettivo {names.objective(self.objective)}: «{self.title}»"


class ObjectiveMoved(SaysAbsence, ObjectiveEvent):
    """An objective was put under another parent (None: at the root)."""

    topic = "objective-moved"

    parent: Identifier | None

    def facts(self) -> list[Fact]:
        return [self.fact("parent", self.parent)]

    def touch(self) -> Touch:
        return Touch("structure")

    def sentence(self, names: Names) -> str:
        parent = names.objective(self.parent) if self.parent else "la radice"
        return f"Spostato l'obiettivo {names.objective(self.objective)} sotto {parent}"


class ObjectiveReweighted(SaysAbsence, ObjectiveEvent):
    """The weight of an objective among its siblings was changed."""

    topic = "objective-reweighted"

    weight: Points | None

    def facts(self) -> list[Fact]:
        return [weight_fact(objective_key(self.objective), self.weight)]

    def touch(self) -> Touch:
        return Touch("weight")

    def sentence(self, names: Names) -> str:
        return f"Ripesato l'obiettivo {names.objective(self.objective)}: {weight_words(self.weight)}"


class ObjectiveReclassified(ObjectiveClassification, SaysAbsence, ObjectiveEvent):
    """Code, level, classifications or offices of an objective were changed: nothing that a score depends on."""

    topic = "objective-reclassified"

    def facts(self) -> list[Fact]:
        body = self.model_dump(mode="json", exclude={"objective"}, exclude_unset=True)
        return [self.fact(field, value) for field, value in body.items()]

    def touch(self) -> Touch:
        return Touch("classification")

    def sentence(self, names: Names) -> str:
        fields = objective_words(self.model_fields_set - {"objective"})
        return f"Riclassificato l'obiettivo {names.objective(self.objective)}: {fields}"


class ObjectiveRedefined(ObjectiveDefinition, SaysAbsence, ObjectiveEvent):
    """What an objective says of itself beyond its title was changed: description, benefits, resources, tags."""

    topic = "objective-redefined"

    def facts(self) -> list[Fact]:
        body = self.model_dump(mode="json", exclude={"objective"}, exclude_unset=True)
        return [self.fact(field, value) for field, value in body.items()]

    def touch(self) -> Touch:
        return Touch("card")

    def sentence(self, names: Names) -> str:
        fields = objective_words(self.model_fields_set - {"objective"})
        return f"Ridefinito l'obiettivo {names.objective(self.objective)}: {fields}"


class ObjectiveWithdrawn(ObjectiveEvent):
    """An objective was dropped; what hangs from it is no longer in force either."""

    topic = "objective-withdrawn"

    def facts(self) -> list[Fact]:
        return [self.fact(LIFE, WITHDRAWN)]

    def touch(self) -> Touch:
        return Touch("withdrawal")

    def sentence(self, names: Names) -> str:
        return f"Ritirato l'obiettivo {names.objective(self.objective)}"


class ObjectiveReinstated(ObjectiveEvent):
    """A withdrawn objective was taken up again."""

    topic = "objective-reinstated"

    def facts(self) -> list[Fact]:
        return [self.fact(LIFE, IN_FORCE)]

    def touch(self) -> Touch:
        return Touch("structure")

    def sentence(self, names: Names) -> str:
        return f"Ripristinato l'obiettivo {names.objective(self.objective)}"


class ObjectiveMerged(ObjectiveEvent):
    """An objective was merged into another, which goes on."""

    topic = "objective-merged"

    into: Identifier

    def facts(self) -> list[Fact]:
        return [self.fact(LIFE, MERGED_INTO + self.into)]

    def touch(self) -> Touch:
        return Touch("withdrawal")

    def sentence(self, names: Names) -> str:
        return f"Accorpato l'obiettivo {names.objective(self.objective)} in {names.objective(self.into)}"


class ObjectiveNeutralised(ObjectiveEvent):
    """An objective was taken out of the evaluation of a year, without being withdrawn."""

    topic = "objective-neutralised"

    year: Year

    def facts(self) -> list[Fact]:
        return [self.fact(f"neutralised/{self.year}", value=True)]

    def touch(self) -> Touch:
        return Touch("neutralisation", self.year)

    def sentence(self, names: Names) -> str:
        return f"Neutralizzato l'obiettivo {names.objective(self.objective)} per il {self.year}"


class ObjectiveConditionMet(OfObjective, Occurrence):
    """The trigger of a conditional objective, which the plan had declared, was met: from here on it counts."""

    topic = "objective-condition-met"

    def facts(self) -> list[Fact]:
        return [self.fact("condition_met", value=True)]

    def sentence(self, names: Names) -> str:
        return f"Avverata la condizione dell'obiettivo {names.objective(self.objective)}"


class ObjectiveConditionFailed(OfObjective, Occurrence):
    """The trigger of a conditional objective failed: from here on, until it is met, the objective is in no count."""

    topic = "objective-condition-failed"

    def facts(self) -> list[Fact]:
        return [self.fact("condition_met", value=False)]

    def sentence(self, names: Names) -> str:
        return f"Non avverata la condizione dell'obiettivo {names.objective(self.objective)}"


EVENTS: tuple[type[Event], ...] = (
    ObjectiveAdded,
    ObjectiveReworded,
    ObjectiveMoved,
    ObjectiveReweighted,
    ObjectiveReclassified,
    ObjectiveRedefined,
    ObjectiveWithdrawn,
    ObjectiveReinstated,
    ObjectiveMerged,
    ObjectiveNeutralised,
    ObjectiveConditionMet,
    ObjectiveConditionFailed,
)
