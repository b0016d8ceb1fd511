"""Given the events of a plan, when some are annulled, then what hangs on them is refused or taken along."""

import pytest

from domain.annulments.commands import AnnulEvents
from domain.annulments.decide import PlanKept, annul
from domain.annulments.events import EventsAnnulled
from domain.errors import AlreadyAnnulled, ContradictsLater, NotFound
from domain.event import Event
from domain.indicators.card import Card
from domain.indicators.events import IndicatorAdded, IndicatorAssigned
from domain.objectives.events import ObjectiveAdded, ObjectiveReworded
from tests.support.given import Given

# The plan itself is version 1.
A = ObjectiveAdded(objective="a", level="strategico")  # 2
A1 = ObjectiveAdded(objective="a1", level="operativo", parent="a")  # 3
ADDED = IndicatorAdded(indicator="incasso", series="serie", card=Card(name="Incasso"))  # 4
ASSIGNED = IndicatorAssigned(indicator="incasso", objective="a1")  # 5
REWORDED = ObjectiveReworded(objective="a", title="Altro")  # 6
THERE = (A, A1, ADDED, ASSIGNED, REWORDED)


def annulling(
    *events: Event,
    versions: tuple[int, ...],
    take_along: bool = False,
    annulments: dict[int, tuple[int, ...]] | None = None,
    act_given: bool = False,
) -> EventsAnnulled:
    """The event by which versions of a plan are left out."""
    timelines = Given(*events).timelines
    command = AnnulEvents(versions=versions, take_along=take_along)
    return annul(timelines, annulments or {}, command, head=timelines.version, act_given=act_given)


def test_an_event_on_which_nothing_hangs_is_annulled() -> None:
    assert annulling(*THERE, versions=(6, 6)) == EventsAnnulled(versions=(6,), reason="recorded_by_mistake")


def test_an_annulment_by_an_act_says_so() -> None:
    assert annulling(*THERE, versions=(6,), act_given=True).reason == "act_annulled"


@pytest.mark.parametrize("version", [0, 7])
def test_what_is_not_there_is_not_annulled(version: int) -> None:
    with pytest.raises(NotFound, match="fra 1 e 6"):
        annulling(*THERE, versions=(version,))


def test_what_counts_no_more_is_not_annulled_again_but_an_annulment_is() -> None:
    annulments: dict[int, tuple[int, ...]] = {6: (5,)}
    with pytest.raises(AlreadyAnnulled):
        annulling(
            A,
            A1,
            ADDED,
            REWORDED,
            EventsAnnulled(versions=(5,), reason="corrected"),
            versions=(5,),
            annulments=annulments,
        )
    assert annulling(
        A,
        A1,
        REWORDED,
        REWORDED,
        EventsAnnulled(versions=(5,), reason="corrected"),
        versions=(6,),
        annulments=annulments,
    ).versions == (6,)


def test_the_event_that_opens_a_plan_stays() -> None:
    with pytest.raises(PlanKept):
        annulling(*THERE, versions=(1,))


def test_what_hangs_on_the_annulled_is_listed_or_taken_along() -> None:
    with pytest.raises(ContradictsLater, match="versione 5"):
        annulling(*THERE, versions=(2,))
    assert annulling(*THERE, versions=(2,), take_along=True).versions == (2, 3, 4, 5, 6)


def test_an_indicator_is_not_left_without_any_place() -> None:
    with pytest.raises(ContradictsLater, match="versione 4"):
        annulling(*THERE, versions=(5,))
