"""What holds of any text, any tree and any values."""

import time
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from domain.formulas.evaluation import Computed, DivisionByZero, evaluate
from domain.formulas.language import FormulaRefused, parse_expression
from domain.formulas.model import (
    MAX_DEPTH,
    Binary,
    Confidence,
    Expression,
    FormulaKind,
    Mean,
    Negate,
    Number,
    Percent,
    Proposal,
    Sum,
    Term,
    TermKey,
    depth_of,
    keys_of,
    nodes,
)
from domain.formulas.printing import print_expression
from domain.formulas.reader import read_formula

NAMES = ("a", "b", "tempo_medio", "somma_1")
PIECES = (
    *("n. ", "numero di ", "totale ", "% ", "percentuale di ", "media ", "somma ", "Σ ", "rapporto tra ", " e ", " su ", " ogni "),
    *("imprese", "pratiche evase", "proventi", "giorni", "azioni", "indicatori", "obiettivi modificati", "31/12", "2022/2023"),
    *("/", " / ", "*100", " x 100", " - ", "-", " + ", "(", ")", "[", "]", ":", ";", ",", ".", "=", " anno n-1", " anno n-10", "(t)", "(t-1)"),
    *(" anno precedente", " media triennio precedente", " anni n-1_n-3", "100 ", "1.000 ", "0,5", "90%", " sul totale ", "\n---\n", "½"),
)  # fmt: skip

numbers = st.decimals(min_value=0, max_value=10**9, places=3, allow_nan=False, allow_infinity=False)
leaves: st.SearchStrategy[Expression] = st.one_of(
    st.builds(Number, value=numbers),
    st.builds(Term, id=st.sampled_from(NAMES), years_back=st.integers(0, 9)),
)


def _nodes(children: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    lists = st.lists(children, min_size=1, max_size=3).map(tuple)
    return st.one_of(
        st.builds(Binary, operator=st.sampled_from("+-*/"), left=children, right=children),
        st.builds(Negate, operand=children),
        st.builds(Percent, operand=children),
        st.builds(Sum, items=lists),
        st.builds(Mean, items=lists),
    )


trees = st.recursive(leaves, _nodes, max_leaves=12)
printed_texts = st.lists(st.sampled_from(PIECES), max_size=20).map("".join)


@given(st.one_of(st.text(max_size=200), printed_texts))
def test_any_text_has_a_proposal(text: str) -> None:
    proposal = read_formula(text)
    assert proposal == read_formula(text)
    assert (proposal.confidence is Confidence.HIGH) == (not proposal.reasons)
    ids = [term.id for term in proposal.terms]
    assert len(ids) == len(set(ids))
    if proposal.expression is not None:
        assert proposal.printed is not None
        assert {key.id for key in keys_of(proposal.expression)} == set(ids)
        assert parse_expression(proposal.printed, ids) == proposal.expression
    assert Proposal.model_validate_json(proposal.model_dump_json()) == proposal


@given(st.text(alphabet="ab()+-*/;,. 019tsoma", max_size=60))
def test_any_text_is_an_expression_or_a_named_refusal(text: str) -> None:
    refused: FormulaRefused | None = None
    expression: Expression | None = None
    try:
        expression = parse_expression(text, ["a", "b"])
    except FormulaRefused as error:
        refused = error
    if expression is not None:
        assert parse_expression(print_expression(expression), ["a", "b"]) == expression
    if refused is not None:
        assert 1 <= refused.position <= len(text) + 1
        assert refused.problem.accepted


@given(trees)
def test_a_printed_tree_is_read_back_the_same(tree: Expression) -> None:
    assume(depth_of(tree) <= MAX_DEPTH and len(keys_of(tree)) <= 32 and len(print_expression(tree)) <= 1000)
    assert parse_expression(print_expression(tree), NAMES) == tree


def _exact(node: Expression, values: dict[TermKey, Decimal]) -> Fraction:
    match node:
        case Number(value=value):
            return Fraction(value)
        case Term(id=name, years_back=years):
            return Fraction(values[TermKey(name, years)])
        case Percent(operand=operand):
            return _exact(operand, values) * 100
        case Sum(items=items):
            return sum((_exact(item, values) for item in items), Fraction(0))
        case Mean(items=items):
            return sum((_exact(item, values) for item in items), Fraction(0)) / len(items)
        case Binary(operator="+", left=left, right=right):
            return _exact(left, values) + _exact(right, values)
        case Binary(operator="*", left=left, right=right):
            return _exact(left, values) * _exact(right, values)
        case Binary(operator="/", left=left, right=right):
            return _exact(left, values) / _exact(right, values)
        case _:
            raise AssertionError(node)


@given(tree=trees, data=st.data())
def test_where_nothing_is_taken_away_a_value_is_right_to_its_last_digits(tree: Expression, data: st.DataObject) -> None:
    parts = [node for node, _ in nodes(tree)]
    assume(not any(isinstance(part, Negate) or (isinstance(part, Binary) and part.operator == "-") for part in parts))
    values = {key: data.draw(st.integers(1, 10**6).map(Decimal)) for key in keys_of(tree)}
    outcome = evaluate(tree, values)
    if isinstance(outcome, Computed):
        exact = _exact(tree, values)
        assert abs(Fraction(outcome.value) - exact) <= exact * Fraction(10 * len(parts), 10**33)
    else:
        assert isinstance(outcome, DivisionByZero)


@given(tree=trees, data=st.data())
def test_the_steps_lead_to_the_value(tree: Expression, data: st.DataObject) -> None:
    values = {key: data.draw(st.integers(-1000, 1000).map(Decimal)) for key in keys_of(tree)}
    outcome = evaluate(tree, values)
    if isinstance(outcome, Computed):
        assert outcome.steps[-1].value == outcome.value
        assert outcome.steps[-1].printed == print_expression(tree)
        assert len(outcome.steps) == sum(1 for _ in nodes(tree))
        used = [operand for step in outcome.steps for operand in step.operands]
        assert sorted(used) == list(range(len(outcome.steps) - 1))
        assert all(operand < place for place, step in enumerate(outcome.steps) for operand in step.operands)
    else:
        assert isinstance(outcome, DivisionByZero)
        assert outcome.at


@given(st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=8))
def test_sums_products_and_differences_of_whole_numbers_are_exact(values: list[int]) -> None:
    keys = [f"x{place}" for place in range(len(values))]
    known = {TermKey(key): Decimal(value) for key, value in zip(keys, values, strict=True)}
    total = evaluate(parse_expression(f"somma({'; '.join(keys)})", keys), known)
    assert isinstance(total, Computed)
    assert total.value == sum(values)
    first, last = known[TermKey(keys[0])], known[TermKey(keys[-1])]
    for sign, expected in (("-", first - last), ("+", first + last), ("*", first * last)):
        outcome = evaluate(parse_expression(f"{keys[0]} {sign} {keys[-1]}", keys), known)
        assert isinstance(outcome, Computed)
        assert outcome.value == expected


@given(st.integers(-(10**9), 10**9), st.integers(1, 10**9))
def test_a_ratio_is_right_to_the_last_of_its_34_digits(numerator: int, denominator: int) -> None:
    outcome = evaluate(
        parse_expression("a / b", ["a", "b"]), {TermKey("a"): Decimal(numerator), TermKey("b"): Decimal(denominator)}
    )
    assert isinstance(outcome, Computed)
    exact = Fraction(numerator, denominator)
    assert abs(Fraction(outcome.value) - exact) <= abs(exact) * Fraction(1, 10**33)


@pytest.mark.parametrize(
    "text",
    [
        *("(" * 1000, ")" * 1000, "()" * 500, "(a/b)" * 200, "/" * 1000, "a:" * 500, "- " * 500, "a-" * 500, " " * 1000),
        *("n. a / " * 142, "rapporto tra " * 76, "A e " * 250, " su " * 250, "9" * 1000, "1/" * 500, "(t-1)" * 200),
        *("anno n-1 " * 111, "% " * 500, "media ponderata " * 62, "di " * 333, "la " * 333, "n. imprese ogni 100 " * 50),
        *("dove " * 200, "nota " * 200, "a." * 500, "anni n-1_n-" * 90, "x" * 10**6),
    ],
)  # fmt: skip
def test_hostile_text_takes_no_time(text: str) -> None:
    started = time.process_time()
    assert read_formula(text).kind in FormulaKind
    with pytest.raises(FormulaRefused):
        parse_expression(text, ["a"])
    assert time.process_time() - started < 1
