"""How offices are called: by any spelling, in one name."""

import pytest

from domain.administrations.events import OfficeRegistered, OfficeRenamed
from domain.administrations.offices import KnownOffices, offices_named, spelling
from domain.indicators.card import Card
from domain.indicators.events import IndicatorAdded
from domain.objectives.events import ObjectiveAdded, ObjectiveWithdrawn
from tests.support.given import Stream

LEGAL = OfficeRegistered(office="legale", name="Servizio Legale", aliases=("Avvocatura",))


@pytest.fixture
def offices() -> KnownOffices:
    """One office, that took another name."""
    stream = Stream("administration/ente")
    stream.add("2020-01-01", LEGAL)
    stream.add("2022-01-01", OfficeRenamed(office="legale", name="Affari legali"))
    return KnownOffices(stream.timelines)


def test_case_accents_quotes_and_spaces_make_no_other_office() -> None:
    assert spelling("  Attività «Promozionali»") == spelling("ATTIVITA' PROMOZIONALI")
    assert spelling("Servizio Bilancio") != spelling("Servizio Bilanci")


@pytest.mark.parametrize("spelled", ["servizio legale", "AVVOCATURA", "Affari Legali"])
def test_an_office_is_known_by_all_that_it_was_ever_called_and_has_its_latest_name(
    offices: KnownOffices, spelled: str
) -> None:
    assert (offices.id(spelled), offices.name(spelled)) == ("legale", "Affari legali")


def test_what_is_no_office_keeps_its_spelling(offices: KnownOffices) -> None:
    assert (offices.id("Ufficio Studi"), offices.name("Ufficio Studi")) == (None, "Ufficio Studi")
    assert offices.same("Ufficio Studi") == offices.same("ufficio  studi")
    assert offices.same("Ufficio Studi") != offices.same("Avvocatura")


def test_several_spellings_of_one_office_are_one_name(offices: KnownOffices) -> None:
    assert offices.names(["avvocatura", "Ufficio Studi", "servizio legale"]) == ("Affari legali", "Ufficio Studi")


def test_an_office_that_was_just_registered_is_known_and_takes_no_spelling_from_another(offices: KnownOffices) -> None:
    offices.take_in(OfficeRegistered(office="studi", name="Ufficio Studi", aliases=("Avvocatura",)))
    assert (offices.id("ufficio studi"), offices.id("avvocatura")) == ("studi", "legale")


def test_an_event_names_the_offices_of_an_objective_or_the_owner_of_an_indicator() -> None:
    added = ObjectiveAdded(objective="a", level="operativo", title="A", offices=("Bilancio", "Legale"))
    assert offices_named(added) == ["Bilancio", "Legale"]
    owned = IndicatorAdded(indicator="i", series="s.i", card=Card(name="I", owner="Bilancio"))
    assert offices_named(owned) == ["Bilancio"]
    assert offices_named(ObjectiveWithdrawn(objective="a")) == []
