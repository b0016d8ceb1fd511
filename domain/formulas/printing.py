"""A tree printed back in the editor's language, with no parenthesis more than it takes to read the same tree again."""

from decimal import Decimal
from typing import assert_never

from domain.formulas.model import Binary, Expression, Mean, Negate, Number, Percent, Sum, Term

_BINDS = {"+": 1, "-": 1, "*": 2, "/": 2}
_OPERAND = 3


def print_expression(node: Expression) -> str:
    """The canonical form: `(a - t(a, -1)) / t(a, -1) * 100`; decimals with a comma, lists with a semicolon."""
    match node:
        case Number(value=value):
            return print_decimal(value)
        case Term(id=name, years_back=years):
            return f"t({name}, -{years})" if years else name
        case Negate(operand=operand):
            return "-" + _operand(operand, _OPERAND)
        case Binary(operator=operator, left=left, right=right):
            binds = _BINDS[operator]
            return f"{_operand(left, binds)} {operator} {_operand(right, binds + 1)}"
        case Sum(items=items):
            return "somma(" + "; ".join(print_expression(item) for item in items) + ")"
        case Mean(items=items):
            return "media(" + "; ".join(print_expression(item) for item in items) + ")"
        case Percent(operand=operand):
            return f"percentuale({print_expression(operand)})"
        case _:
            assert_never(node)


def print_decimal(value: Decimal) -> str:
    """A decimal with a comma, without exponent and without grouping of thousands."""
    return format(value, "f").replace(".", ",")


def _operand(node: Expression, at_least: int) -> str:
    printed = print_expression(node)
    binds = _OPERAND
    if isinstance(node, Binary):
        binds = _BINDS[node.operator]
    elif isinstance(node, Negate):
        binds = 2  # as a left operand it stands bare; on the right, or under another minus, it takes parentheses
    return printed if binds >= at_least else f"({printed})"
