"""The small language in which the office edits a formula, and its refusals."""

import pytest

from domain.errors import Refusal
from domain.formulas.language import FormulaRefused, parse_expression
from domain.formulas.model import Binary, Mean, Sum, Term
from domain.formulas.printing import print_expression


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("a/b*100", "a / b * 100"),
        ("(a)/((b))", "a / b"),
        ("a-(b-a)", "a - (b - a)"),
        ("a-b-a", "a - b - a"),
        ("a/(b*a)", "a / (b * a)"),
        ("-a*b", "-a * b"),
        ("-(a*b)", "-(a * b)"),
        ("a*-b", "a * (-b)"),
        ("--a", "-(-a)"),
        ("SOMMA(a;b;1)", "somma(a; b; 1)"),
        ("media(a, b)", "media(a; b)"),
        ("percentuale(a/b)", "percentuale(a / b)"),
        ("t(a,-1) + t(b ; -2)", "t(a, -1) + t(b, -2)"),
        ("0,5*a + 1.25", "0,5 * a + 1,25"),
    ],
)
def test_what_is_written_is_printed_in_one_canonical_form(text: str, printed: str) -> None:
    assert print_expression(parse_expression(text, ["a", "b"])) == printed


def test_a_comma_between_digits_is_decimal_and_a_semicolon_always_separates() -> None:
    assert parse_expression("media(1;5)", []) != parse_expression("media(1,5)", [])


def test_operations_lean_to_the_left() -> None:
    a, b = Term(id="a"), Term(id="b")
    assert parse_expression("a / b / a", ["a", "b"]) == Binary(
        operator="/", left=Binary(operator="/", left=a, right=b), right=a
    )
    assert parse_expression("somma(a; media(a; b))", ["a", "b"]) == Sum(items=(a, Mean(items=(a, b))))


@pytest.mark.parametrize(
    ("text", "position", "accepted"),
    [
        ("a / c", 5, "a, b"),
        ("a +", 4, "un numero"),
        ("", 1, "un termine"),
        ("a b", 3, "+"),
        ("a / (b", 7, ")"),
        ("a ^ b", 3, "/"),
        ("__import__('os')", 1, "un termine"),
        ("t(a, -0)", 7, "tra -1 e -9"),
        ("t(a, -1,5)", 7, "tra -1 e -9"),
        ("t(a)", 4, ";"),
        ("a * 1.000", 5, "1000 per le migliaia"),
        ("a * " + "9" * 35, 5, "34 cifre"),
        ("(" * 40 + "a", 42, ")"),
        ("a" * 1001, 1001, "1000 caratteri"),
    ],
)
def test_a_refusal_says_where_and_what_is_accepted(text: str, position: int, accepted: str) -> None:
    with pytest.raises(FormulaRefused) as refused:
        parse_expression(text, ["a", "b"])
    assert refused.value.position == position
    assert accepted in refused.value.problem.accepted
    assert f"carattere {position}" in str(refused.value)


@pytest.mark.parametrize("text", ["+".join("a" for _ in range(40)), "-" * 40 + "a", "(" * 40 + "a" + "+1)" * 40])
def test_a_tree_too_deep_is_refused(text: str) -> None:
    with pytest.raises(FormulaRefused, match="troppi livelli"):
        parse_expression(text, ["a"])


def test_too_many_terms_are_refused() -> None:
    names = [f"x{number}" for number in range(33)]
    with pytest.raises(FormulaRefused, match="troppi termini"):
        parse_expression(f"somma({'; '.join(names)})", names)


def test_a_refusal_keeps_its_position_when_it_is_said_of_a_place() -> None:
    with pytest.raises(Refusal) as refused:
        parse_expression("a +", ["a"])
    located = refused.value.located("changes[2].formula")
    assert isinstance(located, FormulaRefused)
    assert located.position == 4
    assert str(located).startswith("changes[2].formula.carattere 4: ")
