"""The events of an indicator: its card, and the places in the tree that it serves."""

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
from domain.facts import IN_FORCE, LIFE, WITHDRAWN, Fact, assignment_key, indicator_key
from domain.indicators.card import Card, card_words
from domain.indicators.feeds import BOTH, SCORE_NAMES, PlaceFeeds, fed_scores
from domain.names import Names
from domain.vocabulary import Identifier, JsonValue, Points, Polarity


class IndicatorEvent(PlanChangeEvent):
    """What an event of an indicator has in common with the others."""

    indicator: Identifier

    def fact(self, field: str, value: JsonValue) -> Fact:
        """A fact of the indicator."""
        return Fact(indicator_key(self.indicator), field, value)


class AssignmentEvent(IndicatorEvent):
    """What an event of the place of an indicator in an objective has in common with the others."""

    objective: Identifier

    @property
    def key(self) -> str:
        """The object under which its facts stand."""
        return assignment_key(self.indicator, self.objective)


class IndicatorAdded(StatesItsBody, IndicatorEvent):
    """An indicator entered the plan, with the series that its measurements go to."""

    topic = "indicator-added"

    series: Identifier
    card: Card

    @classmethod
    def facts_in(cls, body: StoredBody) -> list[Fact]:
        key = indicator_key(body["indicator"])
        stated = [Fact(key, field, value) for field, value in body["card"].items()]
        return [Fact(key, LIFE, IN_FORCE), Fact(key, "series", body["series"]), *stated]

    def touch(self) -> Touch:
        return Touch("structure")

    def sentence(self, names: Names) -> str:
        return f"Aggiunto l'indicatore {names.indicator(self.indicator)}"


class IndicatorRedefined(SaysAbsence, IndicatorEvent):
    """Fields of an indicator's card were changed: name, formula, unit, polarity, source, kind, frequency, baseline."""

    topic = "indicator-redefined"

    card: Card

    def facts(self) -> list[Fact]:
        card = self.card.model_dump(mode="json", exclude_unset=True)
        return [self.fact(field, value) for field, value in card.items()]

    def touch(self) -> Touch:
        fields = self.card.model_fields_set
        return Touch("formula" if "formula" in fields else "wording" if "name" in fields else "card")

    def sentence(self, names: Names) -> str:
        return f"Ridefinito l'indicatore {names.indicator(self.indicator)}: {card_words(self.card.model_fields_set)}"


class IndicatorReclassified(SaysAbsence, IndicatorEvent):
    """Code, external codes or office of an indicator were changed: nothing that a score depends on."""

    topic = "indicator-reclassified"

    card: Card

    def facts(self) -> list[Fact]:
        card = self.card.model_dump(mode="json", exclude_unset=True)
        return [self.fact(field, value) for field, value in card.items()]

    def touch(self) -> Touch:
        return Touch("classification")

    def sentence(self, names: Names) -> str:
        return (
            f"Riclassificato l'indicatore {names.indicator(self.indicator)}: {card_words(self.card.model_fields_set)}"
        )


class PolarityStated(SaysAbsence, Occurrence):
    """Whether more or less is better was said of an indicator of which it was not known: its card was completed.

    A null polarity says that the office does not know it, and is not to be asked again.
    """

    topic = "indicator-polarity-stated"

    indicator: Identifier
    polarity: Polarity | None

    def facts(self) -> list[Fact]:
        key = indicator_key(self.indicator)
        return [Fact(key, "polarity", self.polarity), Fact(key, "polarity_basis", "stated")]

    def sentence(self, names: Names) -> str:
        words = {"up": "più è meglio", "down": "meno è meglio", None: "non si sa"}[self.polarity]
        return f"Detta la polarità dell'indicatore {names.indicator(self.indicator)}: {words}"


class IndicatorAssigned(StatesItsBody, AssignmentEvent):
    """An indicator was put to the service of an objective, with a weight of its own there."""

    topic = "indicator-assigned"

    weight: Points | None = None
    feeds: PlaceFeeds = BOTH

    @classmethod
    def facts_in(cls, body: StoredBody) -> list[Fact]:
        key = assignment_key(body["indicator"], body["objective"])
        return [
            Fact(key, LIFE, IN_FORCE),
            Fact(key, "weight", body.get("weight")),
            Fact(key, "feeds", body.get("feeds", BOTH)),
        ]

    def touch(self) -> Touch:
        return Touch("structure")

    def sentence(self, names: Names) -> str:
        indicator, objective = names.indicator(self.indicator), names.objective(self.objective)
        return f"Assegnato l'indicatore {indicator} all'obiettivo {objective}, {weight_words(self.weight)}"


class IndicatorUnassigned(AssignmentEvent):
    """An indicator no longer serves an objective."""

    topic = "indicator-unassigned"

    def facts(self) -> list[Fact]:
        return [Fact(self.key, LIFE, WITHDRAWN)]

    def touch(self) -> Touch:
        return Touch("withdrawal")

    def sentence(self, names: Names) -> str:
        return f"Tolto l'indicatore {names.indicator(self.indicator)} dall'obiettivo {names.objective(self.objective)}"


class IndicatorReweighted(SaysAbsence, AssignmentEvent):
    """The weight of an indicator in one objective was changed."""

    topic = "indicator-reweighted"

    weight: Points | None

    def facts(self) -> list[Fact]:
        return [weight_fact(self.key, self.weight)]

    def touch(self) -> Touch:
        return Touch("weight")

    def sentence(self, names: Names) -> str:
        indicator, objective = names.indicator(self.indicator), names.objective(self.objective)
        return f"Ripesato l'indicatore {indicator} in {objective}: {weight_words(self.weight)}"


class IndicatorFeedsChanged(AssignmentEvent):
    """Which scores the row of an indicator counts in, in one objective, was changed: a matter of substance."""

    topic = "indicator-feeds-changed"

    feeds: PlaceFeeds

    def facts(self) -> list[Fact]:
        return [Fact(self.key, "feeds", self.feeds)]

    def touch(self) -> Touch:
        return Touch("feeds")

    def sentence(self, names: Names) -> str:
        indicator, objective = names.indicator(self.indicator), names.objective(self.objective)
        feeds = ", ".join(sorted(SCORE_NAMES.get(name, name) for name in fed_scores(self.feeds)))
        return f"Cambiati i punteggi in cui conta l'indicatore {indicator} in {objective}: {feeds}"


class IndicatorWithdrawn(IndicatorEvent):
    """An indicator was dropped from the plan; its series and its measurements stay."""

    topic = "indicator-withdrawn"

    def facts(self) -> list[Fact]:
        return [self.fact(LIFE, WITHDRAWN)]

    def touch(self) -> Touch:
        return Touch("withdrawal")

    def sentence(self, names: Names) -> str:
        return f"Ritirato l'indicatore {names.indicator(self.indicator)}"


class IndicatorReinstated(IndicatorEvent):
    """A withdrawn indicator was taken up again."""

    topic = "indicator-reinstated"

    def facts(self) -> list[Fact]:
        return [self.fact(LIFE, IN_FORCE)]

    def touch(self) -> Touch:
        return Touch("structure")

    def sentence(self, names: Names) -> str:
        return f"Ripristinato l'indicatore {names.indicator(self.indicator)}"


EVENTS: tuple[type[Event], ...] = (
    IndicatorAdded,
    IndicatorRedefined,
    IndicatorReclassified,
    PolarityStated,
    IndicatorAssigned,
    IndicatorUnassigned,
    IndicatorReweighted,
    IndicatorFeedsChanged,
    IndicatorWithdrawn,
    IndicatorReinstated,
)
