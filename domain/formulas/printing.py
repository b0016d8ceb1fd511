"""A tree printed back in the editor's language, with no parenthesis more than it takes to read the same tree again."""

from collections.abc import Iterable
from decimal import Decimal
from typing import assert_never

from domain.formulas.model import Binary, Expression, FormulaTerm, Mean, Negate, Number, Percent, Sum, Term

_BINDS = {"+": 1, "-": 1, "*": 2, "/": 2}
_OPERAND = 3


def print_expression(expression: Expression) -> str:
    """The canonical form: `(a - t(a, -1)) / t(a, -1) * 100`; decimals with a comma, lists with a semicolon."""
    return _print(expression, {})


def print_with_phrases(expression: Expression, terms: Iterable[FormulaTerm]) -> str:
    """The same for people: each term as the office wrote it, between guillemets, the earlier years as `(t-1)`."""
    return _print(expression, {term.id: term.phrase for term in terms})


def print_decimal(value: Decimal) -> str:
    """A decimal with a comma, without exponent and without grouping of thousands."""
    return format(value, "f").replace(".", ",")


def _print(node: Expression, phrases: dict[str, str]) -> str:
    match node:
        case Number(value=value):
            return print_decimal(value)
        case Term(id=name, years_back=years) if name in phrases:
            return f"«{phrases[name]}»" + (f"(t-{years})" if years else "")
        case Term(id=name, years_back=years):
            return f"t({name}, -{years})" if years else name
        case Negate(operand=operand):
            return "-" + _operand(operand, phrases, _OPERAND)
        case Binary(operator=operator, left=left, right=right):
            binds = _BINDS[operator]
            return f"{_operand(left, phrases, binds)} {operator} {_operand(right, phrases, binds + 1)}"
        case Sum(items=items):
            return "somma(" + "; ".join(_print(item, phrases) for item in items) + ")"
        case Mean(items=items):
            return "media(" + "; ".join(_print(item, phrases) for item in items) + ")"
        case Percent(operand=operand):
            return f"percentuale({_print(operand, phrases)})"
        case _:
            assert_never(node)


def _operand(node: Expression, phrases: dict[str, str], at_least: int) -> str:
    printed = _print(node, phrases)
    binds = _OPERAND
    if isinstance(node, Binary):
        binds = _BINDS[node.operator]
    elif isinstance(node, Negate):
        binds = 2  # as a left operand it stands bare; on the right, or under another minus, it takes parentheses
    return printed if binds >= at_least else f"({printed})"
