"""Given an indicator with a formula, when the office confirms it, then an event or a refusal."""

from datetime import date
from typing import Any

import pytest

from domain.errors import DomainError, NoChange, NotFound
from domain.formulas.commands import ConfirmFormula
from domain.formulas.decide import NothingToConfirm, confirm_formula, confirmed_formula, confirmed_on
from domain.formulas.events import FormulaConfirmed
from domain.formulas.language import parse_expression
from domain.formulas.model import FormulaTerm
from domain.timelines import Timelines
from tests.support.given import DRAFTED, TODAY, Decided, Given

TEXT = "aderenti / attive * 100"
TERMS = (FormulaTerm(id="aderenti", phrase="aderenti"), FormulaTerm(id="attive", phrase="attive"))
AS_READ = FormulaConfirmed(
    indicator="i", formula=TEXT, terms=TERMS, unit="%",
    expression=parse_expression(TEXT, ["aderenti", "attive"]),
)  # fmt: skip
PROSE = FormulaConfirmed(indicator="j", formula="Regolamento approvato")


def plan(*confirmed_before: FormulaConfirmed) -> Given:
    """One indicator with a formula, one whose formula is its name."""
    there = Given().objective("a").indicator("i", "a", formula=TEXT).indicator("j", "a", name="Regolamento approvato")
    for event in confirmed_before:
        there.later("2022-03-01", event)
    return there


def confirming(there: Given, indicator: str = "i", on: str = "2022-09-30", **fields: Any) -> Decided:
    return there.when(confirm_formula, ConfirmFormula.model_validate({"indicator": indicator} | fields), on)


def test_a_proposal_is_confirmed_as_it_is_read() -> None:
    confirming(plan()).then(AS_READ)


def test_it_is_confirmed_once_and_was_not_before_that_day() -> None:
    confirming(plan(AS_READ)).refused(NoChange)
    confirming(plan(AS_READ), on="2022-02-28").then(AS_READ)
    assert confirmed_formula(plan(AS_READ).history.state(TODAY), "i") == AS_READ
    assert confirmed_formula(plan().history.state(TODAY), "i") is None


def test_an_expression_of_ones_own_keeps_the_terms_that_it_uses_with_the_farthest_year() -> None:
    expression = "(aderenti - t(aderenti, -1)) / t(aderenti, -1)"
    confirming(plan(AS_READ), expression=expression).then(
        FormulaConfirmed(
            indicator="i", formula=TEXT, terms=(FormulaTerm(id="aderenti", phrase="aderenti", years_back=1),),
            expression=parse_expression(expression, ["aderenti"]),
        )
    )  # fmt: skip


def test_a_text_without_terms_stays_prose_on_request() -> None:
    confirming(plan(), "j", prose=True).then(PROSE)
    confirming(plan(AS_READ), prose=True).then(FormulaConfirmed(indicator="i", formula=TEXT))


@pytest.mark.parametrize(
    ("indicator", "fields", "error", "where"),
    [
        ("nessuno", {}, NotFound, "indicator"),
        ("j", {}, NothingToConfirm, "expression"),
    ],
)
def test_there_must_be_something_to_confirm(
    indicator: str, fields: dict[str, Any], error: type[DomainError], where: str
) -> None:
    confirming(plan(), indicator, **fields).refused(error, where=where)


@pytest.mark.parametrize("expression", ["aderenti / altre", "aderenti /"])
def test_an_expression_is_over_its_terms(expression: str) -> None:
    with pytest.raises(DomainError):
        confirming(plan(), expression=expression).then()


def test_a_formula_is_confirmed_from_the_day_that_is_stated_else_from_the_birth_of_the_plan() -> None:
    command, stated = ConfirmFormula(indicator="i"), date(2022, 5, 1)
    assert confirmed_on(Given().timelines, command.model_copy(update={"confirmed_on": stated}), TODAY) == stated
    assert confirmed_on(Given().timelines, command, TODAY) == DRAFTED
    assert confirmed_on(Timelines(), command, TODAY) == TODAY
