"""All that the product knows of an event stands in its class; the catalogue misses none."""

import importlib
import pkgutil
from collections.abc import Iterator

import pytest

import domain
from domain.annulments.events import EventsAnnulled
from domain.catalogue import TOPICS
from domain.event import Event, Touch
from domain.facts import Fact
from domain.indicators.card import CARD_FIELDS, CLASSIFICATION_FIELDS, DEFINITION_FIELDS, Card
from domain.indicators.events import IndicatorAssigned, IndicatorReclassified, IndicatorRedefined
from domain.names import Names
from domain.objectives import fields as objectives
from domain.objectives.events import ObjectiveAdded, ObjectiveMoved, ObjectiveNeutralised, ObjectiveReclassified
from domain.oiv.events import OpinionGiven
from domain.plans.events import MeasurementSystemAdopted, PlanApproved
from domain.redactions.events import TextRedacted
from domain.targets.events import TargetSet, TargetWithdrawn
from domain.targets.model import Unread

NAMES = Names({"objective/a1": "1.1 Incassare", "indicator/incasso": "Percentuale di incasso"})
UNREAD = Unread(text="circa metà", reason="non si legge", at=0)


def test_every_event_of_the_domain_is_in_the_catalogue() -> None:
    for module in pkgutil.walk_packages(domain.__path__, "domain."):
        importlib.import_module(module.name)
    classes = {
        cls
        for cls in below(Event)  # type: ignore[type-abstract]
        if cls.__module__.startswith("domain.") and "topic" in vars(cls)
    }

    assert sorted(cls.topic for cls in classes) == sorted(TOPICS)


def test_an_event_that_leaves_out_its_facts_cannot_be_made() -> None:
    class Forgetful(Event):
        topic = "forgetful"

    with pytest.raises(TypeError, match=r"facts.*sentence.*touch"):
        Forgetful()  # type: ignore[abstract]


@pytest.mark.parametrize(
    ("event", "touch"),
    [
        (MeasurementSystemAdopted(year=2023, system={}), None),
        (ObjectiveNeutralised(objective="a1", year=2022), Touch("neutralisation", 2022)),
        (TargetSet(indicator="incasso", year=2024, target=UNREAD), Touch("target", 2024)),
        (ObjectiveMoved(objective="a1", parent=None), Touch("structure")),
        (IndicatorRedefined(indicator="incasso", card=Card(formula="a / b", name="Incasso")), Touch("formula")),
        (IndicatorRedefined(indicator="incasso", card=Card(name="Incasso")), Touch("wording")),
        (IndicatorRedefined(indicator="incasso", card=Card(source=None)), Touch("card")),
        (IndicatorReclassified(indicator="incasso", card=Card(code="1")), Touch("classification")),
        (PlanApproved(year=2022), None),
        (EventsAnnulled(versions=(3,), reason="corrected"), None),
    ],
)
def test_an_event_says_what_it_touches_of_the_plan(event: Event, touch: Touch | None) -> None:
    assert event.touch() == touch


@pytest.mark.parametrize(
    ("event", "facts"),
    [
        (
            ObjectiveAdded(objective="a1", level="operativo", offices=()),
            [Fact("objective/a1", "life", "in_force"), Fact("objective/a1", "level", "operativo")],
        ),
        (ObjectiveReclassified(objective="a1", code=None), [Fact("objective/a1", "code", None)]),
        (
            IndicatorAssigned(indicator="incasso", objective="a1"),
            [
                Fact("assignment/incasso/a1", "life", "in_force"),
                Fact("assignment/incasso/a1", "weight", None),
                Fact("assignment/incasso/a1", "feeds", "both"),
            ],
        ),
        (
            TargetWithdrawn(indicator="incasso", year=2022, before=UNREAD),
            [Fact("indicator/incasso", "target/2022/1", None)],
        ),
        (EventsAnnulled(versions=(3,), reason="corrected"), []),
    ],
)
def test_an_event_states_facts_in_a_fixed_order(event: Event, facts: list[Fact]) -> None:
    assert event.facts() == facts


@pytest.mark.parametrize(
    ("event", "sentence"),
    [
        (ObjectiveMoved(objective="a1", parent=None), "Spostato l'obiettivo «1.1 Incassare» sotto la radice"),
        (ObjectiveMoved(objective="b", parent="a1"), "Spostato l'obiettivo «b» sotto «1.1 Incassare»"),
        (
            IndicatorRedefined(indicator="incasso", card=Card(polarity="up", polarity_basis="stated", unit="%")),
            "Ridefinito l'indicatore «Percentuale di incasso»: polarità, unità di misura",
        ),
        (
            ObjectiveReclassified(objective="a1", offices=(), code=None),
            "Riclassificato l'obiettivo «1.1 Incassare»: codice, uffici",
        ),
        (
            TargetSet(indicator="incasso", year=2022, ordinal=2, target=UNREAD),
            "Fissato il target 2022 (2°) di «Percentuale di incasso»: circa metà",
        ),
        (EventsAnnulled(versions=(3,), reason="corrected"), "Annullato evento 3 (rettifica)"),
        (
            EventsAnnulled(versions=tuple(range(1, 22)), reason="act_annulled"),
            f"Annullati eventi {', '.join(map(str, range(1, 21)))} e altri (atto annullato)",
        ),
        (TextRedacted(digests=("sha256:" + "0" * 64,)), "Oscurato per ordine 1 testo"),
        (
            OpinionGiven(opinion="p", judgement="favourable", about="plan", versions=(4, 5)),
            "Parere favorevole dell'OIV sul piano, eventi 4, 5",
        ),
        (
            OpinionGiven(opinion="p", judgement="contrary", about="proposal/r-2"),
            "Parere contrario dell'OIV sulla proposta «r-2»",
        ),
    ],
)
def test_an_event_is_said_in_one_italian_sentence(event: Event, sentence: str) -> None:
    assert event.sentence(NAMES) == sentence


def test_what_is_defined_and_what_is_classified_of_a_card_are_fields_of_the_card_with_the_same_words() -> None:
    assert {*DEFINITION_FIELDS, *CLASSIFICATION_FIELDS} < set(CARD_FIELDS)
    assert not set(DEFINITION_FIELDS) & set(CLASSIFICATION_FIELDS)
    assert all(field.title and field.description for field in Card.model_fields.values())


def test_what_is_classified_of_an_objective_are_fields_of_the_objective() -> None:
    assert set(objectives.CLASSIFICATION_FIELDS) < set(objectives.OBJECTIVE_FIELDS)
    assert all(field.title and field.description for field in objectives.ObjectiveFields.model_fields.values())


def below(cls: type[Event]) -> Iterator[type[Event]]:
    """Every class under one."""
    for child in cls.__subclasses__():
        yield child
        yield from below(child)
