"""A tree worked out over known values: a number with its steps, or the named state that keeps it from being one.

Decimal throughout, in a context of its own: 34 significant digits, half to even, exponents within 999.
Every term is looked up before anything is computed, in reading order: a missing value is said before a division by zero.
"""

from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation, Overflow, Underflow
from enum import StrEnum
from typing import Annotated, Literal, assert_never

from pydantic import Field

from domain.formulas.model import (
    MAX_DEPTH,
    MAX_DIGITS,
    MAX_TERMS,
    Binary,
    Expression,
    Mean,
    Negate,
    Number,
    Percent,
    Sum,
    Term,
    TermKey,
    depth_of,
    keys_of,
    nodes,
)
from domain.formulas.printing import print_expression
from domain.vocabulary import Frozen

MAX_EXPONENT = 999
MAX_NODES = 1000


class Missing(StrEnum):
    """Why a term has no value; zero is a value."""

    NOT_AVAILABLE = "not_available"
    NOT_YET_DUE = "not_yet_due"
    NOT_APPLICABLE = "not_applicable"


class EvaluationStep(Frozen):
    """One node worked out; `operands` are the places of its operands among the steps."""

    printed: str
    value: Decimal
    operands: tuple[int, ...] = ()


class Computed(Frozen):
    """The value, and the steps to it, operands before what uses them: the last step is the value."""

    state: Literal["computed"] = "computed"
    value: Decimal
    steps: tuple[EvaluationStep, ...]


class DivisionByZero(Frozen):
    """A divisor is zero; `at` is the division, in the editor's language."""

    state: Literal["division_by_zero"] = "division_by_zero"
    at: str


class MissingTerm(Frozen):
    """A term has no value for the measured year."""

    state: Literal["missing_term"] = "missing_term"
    term: str
    why: Missing = Missing.NOT_AVAILABLE


class EarlierYearUnknown(Frozen):
    """A term has no value for the year so many years before the measured one."""

    state: Literal["earlier_year_unknown"] = "earlier_year_unknown"
    term: str
    years_back: int
    why: Missing = Missing.NOT_AVAILABLE


class TooLarge(Frozen):
    """A value, an intermediate result or the tree itself is beyond the bounds; `reason` is Italian."""

    state: Literal["too_large"] = "too_large"
    reason: str


Evaluation = Annotated[
    Computed | DivisionByZero | MissingTerm | EarlierYearUnknown | TooLarge, Field(discriminator="state")
]


class _Stopped(Exception):
    def __init__(self, outcome: DivisionByZero | TooLarge) -> None:
        self.outcome = outcome


def evaluate(expression: Expression, values: Mapping[TermKey, Decimal | Missing]) -> Evaluation:
    """The value of a formula, or why it has none; a key that is absent is not available. Raises nothing."""
    if depth_of(expression) > MAX_DEPTH or sum(1 for _ in nodes(expression)) > MAX_NODES:
        return TooLarge(reason=f"la formula supera i {MAX_DEPTH} livelli o i {MAX_NODES} elementi")
    keys = keys_of(expression)
    if len(keys) > MAX_TERMS:
        return TooLarge(reason=f"la formula ha più di {MAX_TERMS} termini")
    known: dict[TermKey, Decimal] = {}
    for key in keys:
        value = values.get(key, Missing.NOT_AVAILABLE)
        if isinstance(value, Missing):
            if key.years_back:
                return EarlierYearUnknown(term=key.id, years_back=key.years_back, why=value)
            return MissingTerm(term=key.id, why=value)
        if not _within_bounds(value):
            return TooLarge(reason=f"il valore di {key.id} non è un numero finito di al più {MAX_DIGITS} cifre")
        known[key] = value
    working = _Working(known)
    try:
        working.out(expression)
    except _Stopped as stopped:
        return stopped.outcome
    return Computed(value=working.steps[-1].value, steps=tuple(working.steps))


def _within_bounds(value: Decimal) -> bool:
    if not value.is_finite() or len(value.as_tuple().digits) > MAX_DIGITS:
        return False
    return abs(value.adjusted()) <= MAX_EXPONENT


class _Working:
    """One evaluation: the known values, and the steps done so far."""

    def __init__(self, known: Mapping[TermKey, Decimal]) -> None:
        self.known = known
        self.steps: list[EvaluationStep] = []
        self.context = Context(
            prec=MAX_DIGITS,
            rounding=ROUND_HALF_EVEN,
            Emin=-MAX_EXPONENT,
            Emax=MAX_EXPONENT,
            traps=[InvalidOperation, Overflow, Underflow],
        )

    def out(self, node: Expression) -> int:
        """Work a node out and return the place of its step."""
        match node:
            case Number(value=value):
                return self._done(node, value)
            case Term(id=name, years_back=years):
                return self._done(node, self.known[TermKey(name, years)])
            case Negate(operand=operand):
                place = self.out(operand)
                return self._done(node, self.context.minus(self._at(place)), place)
            case Percent(operand=operand):
                place = self.out(operand)
                return self._done(node, self._operation(node, "*", self._at(place), Decimal(100)), place)
            case Binary(operator=operator, left=left, right=right):
                first, second = self.out(left), self.out(right)
                return self._done(
                    node, self._operation(node, operator, self._at(first), self._at(second)), first, second
                )
            case Sum(items=items):
                places = tuple(self.out(item) for item in items)
                return self._done(node, self._total(node, places), *places)
            case Mean(items=items):
                places = tuple(self.out(item) for item in items)
                total = self._total(node, places)
                return self._done(node, self._operation(node, "/", total, Decimal(len(places))), *places)
            case _:
                assert_never(node)

    def _at(self, place: int) -> Decimal:
        return self.steps[place].value

    def _done(self, node: Expression, value: Decimal, *operands: int) -> int:
        self.steps.append(EvaluationStep(printed=print_expression(node), value=value, operands=operands))
        return len(self.steps) - 1

    def _total(self, node: Expression, places: tuple[int, ...]) -> Decimal:
        total = self._at(places[0])
        for place in places[1:]:
            total = self._operation(node, "+", total, self._at(place))
        return total

    def _operation(
        self, node: Expression, operator: Literal["+", "-", "*", "/"], left: Decimal, right: Decimal
    ) -> Decimal:
        if operator == "/" and right.is_zero():
            raise _Stopped(DivisionByZero(at=print_expression(node)))
        try:
            match operator:
                case "+":
                    return self.context.add(left, right)
                case "-":
                    return self.context.subtract(left, right)
                case "*":
                    return self.context.multiply(left, right)
                case "/":
                    return self.context.divide(left, right)
        except (InvalidOperation, Overflow, Underflow):
            reason = f"il risultato di {print_expression(node)} è fuori dai limiti di calcolo"
            raise _Stopped(TooLarge(reason=reason)) from None
