"""What a measurement is checked for in the light of its plan: from the events alone."""

from datetime import date
from typing import Any

import pytest

from domain.errors import DomainError, YearNotOpen
from domain.measurements.commands import RecordMeasurement
from domain.measurements.plan_checks import Checked, checked_against_plan
from domain.measurements.refusals import OfficeNotResponsible, PeriodInFuture, UnitDoubtful
from domain.plans import events as plan_events
from domain.plans.events import MeasurementSystemAdopted
from tests.support.given import Given

TODAY = date(2023, 1, 20)


def checked(recorded: Given, /, **fields: Any) -> Checked[RecordMeasurement]:
    body = {"series": "s.i", "period": "2022", "value": "14", "data_as_at": "2022-12-31"} | fields
    command = RecordMeasurement.model_validate(body)
    return checked_against_plan(recorded.history.timelines, recorded.record.timelines, command, TODAY)


@pytest.fixture
def plan() -> Given:
    """One indicator, of an office that is named."""
    plan = Given()
    plan.objective("a")
    plan.indicator("i", "a", ">= 15", owner="Servizio Bilancio")
    return plan.approved()


@pytest.mark.parametrize("value", ["14", "7", "2", "90", "0"])
def test_a_value_of_the_size_that_is_known_is_taken_without_a_word(plan: Given, value: str) -> None:
    assert checked(plan, value=value).warnings == ()


@pytest.mark.parametrize("value", ["0.15", "1500", "15000"])
def test_a_value_of_another_size_is_asked_about_and_taken_when_it_is_confirmed(plan: Given, value: str) -> None:
    with pytest.raises(UnitDoubtful) as refusal:
        checked(plan, value=value)
    assert "«unità confermata»" in refusal.value.problem.accepted
    assert checked(plan, value=value, confirm_unit=True).warnings == ()


def test_the_responsible_office_is_known_by_any_spelling(plan: Given) -> None:
    assert checked(plan, office="SERVIZIO  bilancio").warnings == ()


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"value": "1500"}, UnitDoubtful),
        ({"office": "Servizio Cultura"}, OfficeNotResponsible),
        ({"data_as_at": "2023-06-30", "period": "2023"}, PeriodInFuture),
        ({"data_as_at": "2023-02-28", "period": "2023-02"}, PeriodInFuture),
    ],
)
def test_what_cannot_be_meant_is_refused_unless_it_was_loaded_long_after(
    plan: Given, fields: dict[str, str], error: type[DomainError]
) -> None:
    with pytest.raises(error):
        checked(plan, **fields)
    assert checked(plan, **fields, retrospective=True).warnings == ()


def test_a_closed_year_takes_no_new_measurement(plan: Given) -> None:
    plan.add(date(2023, 1, 15), plan_events.YearClosed(year=2022))
    with pytest.raises(YearNotOpen) as refused:
        checked(plan)
    # That the report was validated is an event of its own, which nobody recorded here.
    assert "validat" not in str(refused.value)


def test_the_rules_of_the_year_may_only_warn_of_another_office(plan: Given) -> None:
    plan.add(date(2022, 2, 1), MeasurementSystemAdopted(year=2022, system={"foreign_office": "warned"}))
    ((name, words),) = checked(plan, office="Servizio Cultura").warnings
    assert (name, words) == (
        "office_not_responsible",
        "Servizio Cultura non è responsabile di i: è di Servizio Bilancio",
    )
