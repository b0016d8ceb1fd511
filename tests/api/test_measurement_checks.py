"""What is refused of a measurement, by name, and what is asked about before it is taken."""

import pytest

from api.commands.evaluation import confirm_formula
from domain.formulas.commands import ConfirmFormula
from domain.measurements.refusals import (
    DenominatorZero,
    OfficeNotResponsible,
    TermMissing,
)
from tests.support.harness import PLAN, ServiceHarness

SERIES = f"{PLAN}."


@pytest.fixture
def harness(sqlite_path: object) -> ServiceHarness:
    """The small plan; it is January 2023."""
    harness = ServiceHarness(str(sqlite_path)).on("2022-02-05")
    harness.load()
    return harness.on("2023-01-20")


def said(**more: object) -> dict[str, object]:
    return {"series": f"{SERIES}cassetto", "period": "2022", "data_as_at": "2022-12-31"} | more


def test_an_office_that_is_not_responsible_is_refused_or_warned_of_by_the_rules(harness: ServiceHarness) -> None:
    incasso = said(series=f"{SERIES}incasso", value="68")
    with pytest.raises(OfficeNotResponsible):
        harness.measure(**incasso, office="Servizio Promozione")
    harness.change({"verb": "adopt_system", "year": 2022, "system": {"foreign_office": "warned"}},
                act="delibera di Giunta n. 2 del 28/02/2022")  # fmt: skip
    outcome = harness.measure(**incasso, office="Servizio Promozione")
    assert [warning.name for warning in outcome.warnings] == ["office_not_responsible"]


def test_the_stated_value_is_kept_beside_the_computed_one_and_the_difference_is_told(harness: ServiceHarness) -> None:
    outcome = harness.measure(**said(value="15", numerator="140", denominator="1000"))
    assert [warning.name for warning in outcome.warnings] == ["ratio_differs"]


def test_terms_want_a_confirmed_formula_and_all_of_its_terms(harness: ServiceHarness) -> None:
    with pytest.raises(TermMissing):
        harness.measure(**said(terms={"aderenti": "140", "attive": "1000"}))
    confirm_formula(harness.service, PLAN, ConfirmFormula(indicator="cassetto"), harness.caller())
    with pytest.raises(TermMissing):
        harness.measure(**said(terms={"aderenti": "140"}))
    with pytest.raises(TermMissing):
        harness.measure(**said(terms={"aderenti": "140", "attive": "1000", "altro": "1"}))
    with pytest.raises(DenominatorZero):
        harness.measure(**said(terms={"aderenti": "140", "attive": "0"}))
    harness.measure(**said(terms={"aderenti": "140", "attive": "1000"}))
    (row,) = harness.plan("2023-01-31")["measurements"]
    assert row["terms"] == {"aderenti": "140", "attive": "1000"}
    assert row["value"] == "14.00"
