"""Which events concern a plan, or one of its objects."""

import pytest

from domain.acts.model import Act
from domain.administrations.events import (
    ActRegistered,
    AdministrationSucceeded,
    OfficeClosed,
    OfficeRegistered,
)
from domain.event import Event
from domain.indicators.events import IndicatorAssigned
from domain.objectives.events import ObjectiveMerged, ObjectiveWithdrawn
from domain.oiv.events import RemarkMade
from domain.plans.concerned import concerning_plan, concerns_object, speaks_of
from domain.plans.events import PlanApproved
from domain.rounds.events import RoundClosed
from tests.support.given import DRAFTED, Stream, measured, revised

ACT = Act.model_validate({"id": "delibera-1", "body": "Giunta", "type": "delibera", "date": "2022-01-31"})
ASSIGNED = IndicatorAssigned(indicator="i", objective="a", weight=None)


@pytest.mark.parametrize(
    ("event", "concerned"),
    [
        (measured("s.i", "80", "2022", DRAFTED), True),
        (measured("piano.tolto", "80", "2022", DRAFTED), True),
        (measured("piano-altro.i", "80", "2022", DRAFTED), False),
        (ActRegistered(act=ACT), True),
        (ActRegistered(act=ACT.model_copy(update={"id": "delibera-2"})), False),
        (AdministrationSucceeded(how="merger", predecessors=("ente-a",)), True),
        (OfficeClosed(office="legale"), True),
        (OfficeRegistered(office="legale", name="Servizio Legale"), False),
    ],
)
def test_of_an_administration_a_plan_is_concerned_by_its_figures_its_acts_and_who_ceases(
    event: Event, *, concerned: bool
) -> None:
    stream = Stream("administration/ente")
    stream.add(DRAFTED, event)
    assert bool(concerning_plan(stream.records, "piano", {"s.i"}, {"delibera-1", None}, 2024)) is concerned


@pytest.mark.parametrize(
    ("event", "id_", "spoken"),
    [
        (revised("i", ">= 80", ">= 70"), "i", True),
        (revised("i", ">= 80", ">= 70"), "a", False),
        (ASSIGNED, "i", True),
        (ASSIGNED, "a", True),
        (ObjectiveWithdrawn(objective="a"), "a", True),
        (PlanApproved(year=2022), "plan", False),
        (RoundClosed(round="a", closed_on=DRAFTED), "a", False),
    ],
)
def test_an_event_speaks_of_the_objects_of_its_facts(event: Event, id_: str, *, spoken: bool) -> None:
    assert speaks_of(event, id_) is spoken


@pytest.mark.parametrize(
    ("event", "id_", "concerned"),
    [
        (ObjectiveMerged(objective="a", into="b"), "b", True),
        (RemarkMade(remark="rilievo-1", about="objective/a", versions=()), "a", True),
        (RemarkMade(remark="rilievo-1", about="objective/a", versions=()), "b", False),
        (measured("piano.i", "80", "2022", DRAFTED), "i", True),
        (measured("piano.i", "80", "2022", DRAFTED), "piano.i", True),
        (measured("piano.i", "80", "2022", DRAFTED), "piano", False),
        (PlanApproved(year=2022), "plan", True),
    ],
)
def test_an_object_is_concerned_by_what_is_said_about_it_goes_into_it_or_measures_it(
    event: Event, id_: str, *, concerned: bool
) -> None:
    assert concerns_object(event, id_) is concerned
