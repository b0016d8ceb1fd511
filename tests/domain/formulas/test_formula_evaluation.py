"""A formula worked out: the number and its steps, or the state that keeps it from being one."""

from decimal import Decimal

import pytest

from domain.formulas.evaluation import (
    Computed,
    DivisionByZero,
    EarlierYearUnknown,
    EvaluationStep,
    Missing,
    MissingTerm,
    TooLarge,
    evaluate,
)
from domain.formulas.language import parse_expression
from domain.formulas.model import Binary, Expression, Number, Term, TermKey

A, B, A_BEFORE = TermKey("a"), TermKey("b"), TermKey("a", 1)


def formula(text: str) -> Expression:
    return parse_expression(text, ["a", "b"])


def test_each_step_has_its_value_and_says_what_it_is_made_of() -> None:
    outcome = evaluate(formula("(a - b) / a * 100"), {A: Decimal(80), B: Decimal(20)})
    assert outcome == Computed(
        value=Decimal(75),
        steps=(
            EvaluationStep(printed="a", value=Decimal(80)),
            EvaluationStep(printed="b", value=Decimal(20)),
            EvaluationStep(printed="a - b", value=Decimal(60), operands=(0, 1)),
            EvaluationStep(printed="a", value=Decimal(80)),
            EvaluationStep(printed="(a - b) / a", value=Decimal("0.75"), operands=(2, 3)),
            EvaluationStep(printed="100", value=Decimal(100)),
            EvaluationStep(printed="(a - b) / a * 100", value=Decimal(75), operands=(4, 5)),
        ),
    )


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a / b", "0.3333333333333333333333333333333333"),
        ("somma(a; b; 1)", "5"),
        ("media(a; b)", "2"),
        ("percentuale(a / 8)", "12.5"),
        ("-a + b", "2"),
        ("t(a, -1) / b", "2"),
        ("0,1 + 0,2", "0.3"),
    ],
)
def test_numbers_are_decimal_with_34_digits(text: str, value: str) -> None:
    outcome = evaluate(formula(text), {A: Decimal(1), B: Decimal(3), A_BEFORE: Decimal(6)})
    assert isinstance(outcome, Computed)
    assert outcome.value == Decimal(value)


def test_a_division_by_zero_says_where() -> None:
    assert evaluate(formula("100 * (a / (b - b))"), {A: Decimal(1), B: Decimal(3)}) == DivisionByZero(at="a / (b - b)")


def test_zero_is_a_value_and_not_available_is_none() -> None:
    assert evaluate(formula("a / b"), {A: Decimal(0), B: Decimal(3)}) == Computed(
        value=Decimal(0),
        steps=(
            EvaluationStep(printed="a", value=Decimal(0)),
            EvaluationStep(printed="b", value=Decimal(3)),
            EvaluationStep(printed="a / b", value=Decimal(0), operands=(0, 1)),
        ),
    )
    assert evaluate(formula("a / b"), {A: Missing.NOT_AVAILABLE, B: Decimal(3)}) == MissingTerm(term="a")


@pytest.mark.parametrize("why", list(Missing))
def test_a_missing_term_keeps_the_reason(why: Missing) -> None:
    assert evaluate(formula("a / b"), {A: Decimal(1), B: why}) == MissingTerm(term="b", why=why)


def test_a_missing_term_is_said_before_a_division_by_zero() -> None:
    assert evaluate(formula("a / 0 + b"), {A: Decimal(1)}) == MissingTerm(term="b")


def test_an_earlier_year_that_is_not_known_has_a_state_of_its_own() -> None:
    assert evaluate(formula("(a - t(a, -1)) / t(a, -1)"), {A: Decimal(1)}) == EarlierYearUnknown(term="a", years_back=1)


@pytest.mark.parametrize("value", ["1E+1000", "1E-1000", "NaN", "Infinity", "9" * 35])
def test_a_value_beyond_the_bounds_is_refused_as_too_large(value: str) -> None:
    assert isinstance(evaluate(formula("a"), {A: Decimal(value)}), TooLarge)


@pytest.mark.parametrize("text", ["a * a", "b / a", "a / b", "b * b"])
def test_a_result_beyond_the_bounds_is_too_large_and_no_exception(text: str) -> None:
    assert isinstance(evaluate(formula(text), {A: Decimal("1E+600"), B: Decimal("1E-600")}), TooLarge)


def test_a_tree_deeper_than_allowed_is_not_worked_out() -> None:
    tree: Expression = Term(id="a")
    for _ in range(200):
        tree = Binary(operator="+", left=tree, right=Number(value=Decimal(1)))
    assert isinstance(evaluate(tree, {A: Decimal(1)}), TooLarge)
