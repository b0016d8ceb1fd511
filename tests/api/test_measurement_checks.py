"""What is refused of a measurement, by name, and what is asked about before it is taken."""

import pytest

from api.commands.evaluation import confirm_formula
from domain.errors import NoChange
from domain.formulas.commands import ConfirmFormula
from domain.formulas.decide import NothingToConfirm
from domain.measurements.refusals import (
    DenominatorZero,
    OfficeNotResponsible,
    PeriodInFuture,
    TermMissing,
    UnitDoubtful,
)
from tests.support.desk import PLAN, Desk

SERIES = f"{PLAN}."


@pytest.fixture
def desk(sqlite_path: object) -> Desk:
    """The small plan; it is January 2023."""
    desk = Desk(str(sqlite_path)).on("2022-02-05")
    desk.load()
    return desk.on("2023-01-20")


def said(**more: object) -> dict[str, object]:
    return {"series": f"{SERIES}cassetto", "period": "2022", "data_as_at": "2022-12-31"} | more


@pytest.mark.parametrize("value", ["0.15", "1500", "15000"])
def test_a_value_in_the_wrong_unit_is_asked_about_and_taken_when_confirmed(desk: Desk, value: str) -> None:
    with pytest.raises(UnitDoubtful) as refusal:
        desk.measure(**said(value=value))
    assert "confirm_unit" in refusal.value.problem.accepted
    assert desk.measure(**said(value=value, confirm_unit=True)).versions


@pytest.mark.parametrize("value", ["14", "7", "2", "90", "0"])
def test_a_value_of_the_size_that_is_known_is_taken(desk: Desk, value: str) -> None:
    assert desk.measure(**said(value=value)).versions


def test_a_denominator_of_zero_is_refused_however_it_is_said(desk: Desk) -> None:
    with pytest.raises(DenominatorZero):
        desk.measure(**said(numerator="3", denominator="0"))
    with pytest.raises(DenominatorZero):
        desk.measure(**said(text="NUM 3 DEN 0"))


@pytest.mark.parametrize(
    ("period", "data_as_at"), [("2022-H2", "2022-06-30"), ("2023", "2022-12-31"), ("2023-02", "2023-02-28")]
)
def test_a_period_in_the_future_is_refused(desk: Desk, period: str, data_as_at: str) -> None:
    with pytest.raises(PeriodInFuture):
        desk.measure(**said(value="14", period=period, data_as_at=data_as_at))


def test_an_office_that_is_not_responsible_is_refused_or_warned_of_by_the_rules(desk: Desk) -> None:
    incasso = said(series=f"{SERIES}incasso", value="68")
    with pytest.raises(OfficeNotResponsible):
        desk.measure(**incasso, office="Servizio Promozione")
    desk.change({"verb": "adopt_system", "year": 2022, "system": {"foreign_office": "warned"}},
                act="delibera di Giunta n. 2 del 28/02/2022")  # fmt: skip
    outcome = desk.measure(**incasso, office="Servizio Promozione")
    assert [warning.name for warning in outcome.warnings] == ["office_not_responsible"]


def test_the_responsible_office_is_known_by_any_spelling(desk: Desk) -> None:
    assert not desk.measure(**said(series=f"{SERIES}incasso", value="68"), office="SERVIZIO  bilancio").warnings


def test_the_stated_value_is_kept_beside_the_computed_one_and_the_difference_is_told(desk: Desk) -> None:
    outcome = desk.measure(**said(value="15", numerator="140", denominator="1000"))
    assert [warning.name for warning in outcome.warnings] == ["ratio_differs"]


def test_terms_want_a_confirmed_formula_and_all_of_its_terms(desk: Desk) -> None:
    with pytest.raises(TermMissing):
        desk.measure(**said(terms={"aderenti": "140", "attive": "1000"}))
    confirm_formula(desk.service, PLAN, ConfirmFormula(indicator="cassetto"), desk.caller())
    with pytest.raises(TermMissing):
        desk.measure(**said(terms={"aderenti": "140"}))
    with pytest.raises(TermMissing):
        desk.measure(**said(terms={"aderenti": "140", "attive": "1000", "altro": "1"}))
    with pytest.raises(DenominatorZero):
        desk.measure(**said(terms={"aderenti": "140", "attive": "0"}))
    desk.measure(**said(terms={"aderenti": "140", "attive": "1000"}))
    (row,) = desk.plan("2023-01-31")["measurements"]
    assert row["terms"] == {"aderenti": "140", "attive": "1000"}
    assert row["value"] == "14.00"


def test_a_formula_is_confirmed_once_edited_or_kept_as_prose(desk: Desk) -> None:
    confirm_formula(desk.service, PLAN, ConfirmFormula(indicator="cassetto"), desk.caller())
    with pytest.raises(NoChange):
        confirm_formula(desk.service, PLAN, ConfirmFormula(indicator="cassetto"), desk.caller())
    edited = ConfirmFormula(indicator="cassetto", expression="percentuale(aderenti / attive)")
    assert confirm_formula(desk.service, PLAN, edited, desk.caller()).version
    with pytest.raises(NothingToConfirm):
        confirm_formula(desk.service, PLAN, ConfirmFormula(indicator="regolamento"), desk.caller())
    assert confirm_formula(
        desk.service, PLAN, ConfirmFormula(indicator="regolamento", prose=True), desk.caller()
    ).version
