"""A formula as a small tree, and what is proposed when a printed one is read.

A term is a quantity that the office enters once a year; `years_back` says of which year its value is taken.
Nothing here is executable: a tree is data, bounded in depth, digits and number of terms.
"""

from collections.abc import Iterator
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from domain.italian import WrittenDecimal
from domain.vocabulary import Frozen

MAX_CHARACTERS = 1000
MAX_DEPTH = 32
MAX_TERMS = 32
MAX_DIGITS = 34
MAX_YEARS_BACK = 9

RESERVED = frozenset({"t", "somma", "media", "percentuale"})
"""The words of the editor's language: no term may be called so."""


def _not_reserved(name: str) -> str:
    if name in RESERVED:
        msg = f"{name!r} è una parola del linguaggio delle formule"
        raise ValueError(msg)
    return name


def _bounded(value: Decimal) -> Decimal:
    if not value.is_finite() or value < 0:
        msg = "un numero di una formula è finito e non negativo: il segno è un'operazione"
        raise ValueError(msg)
    if len(format(value, "f").replace(".", "")) > MAX_DIGITS:
        msg = f"un numero di una formula ha al più {MAX_DIGITS} cifre"
        raise ValueError(msg)
    return value


TermId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$"), AfterValidator(_not_reserved)]
"""The name of a term within its formula: lower-case letters, digits and underscores."""

YearsBack = Annotated[int, Field(ge=0, le=MAX_YEARS_BACK)]
"""How many years before the measured one a value is taken: 0 is the year itself, 1 is `(t-1)`."""


class Number(Frozen):
    """A number written in the formula."""

    node: Literal["number"] = "number"
    value: Annotated[WrittenDecimal, AfterValidator(_bounded)]


class Term(Frozen):
    """The value of a term, in the measured year or in an earlier one."""

    node: Literal["term"] = "term"
    id: TermId
    years_back: YearsBack = 0


class Negate(Frozen):
    """The opposite."""

    node: Literal["negate"] = "negate"
    operand: "Expression"


class Binary(Frozen):
    """One of the four operations."""

    node: Literal["binary"] = "binary"
    operator: Literal["+", "-", "*", "/"]
    left: "Expression"
    right: "Expression"


class Sum(Frozen):
    """The sum of a list."""

    node: Literal["sum"] = "sum"
    items: "Annotated[tuple[Expression, ...], Field(min_length=1)]"


class Mean(Frozen):
    """The arithmetic mean of a list."""

    node: Literal["mean"] = "mean"
    items: "Annotated[tuple[Expression, ...], Field(min_length=1)]"


class Percent(Frozen):
    """A ratio said as a percentage: a hundred times its operand."""

    node: Literal["percent"] = "percent"
    operand: "Expression"


Expression = Annotated[Number | Term | Negate | Binary | Sum | Mean | Percent, Field(discriminator="node")]


class TermKey(NamedTuple):
    """Which value a formula asks for: a term, so many years back."""

    id: str
    years_back: int = 0


class FormulaTerm(Frozen):
    """A quantity that a formula names: its phrase as the office wrote it, and the farthest year that is asked of it."""

    id: TermId = Field(title="termine", description="Il nome del termine.", examples=["pratiche_evase"])
    phrase: str = Field(
        title="parole", description="Le parole con cui la formula lo chiama.", examples=["pratiche evase"]
    )
    years_back: YearsBack = Field(
        0, title="anni indietro", description="Di quanti anni prima è il valore più lontano che si chiede."
    )


class FormulaKind(StrEnum):
    """What a printed formula was taken for."""

    EXPRESSION = "expression"
    SINGLE_TERM = "single_term"
    YES_NO = "yes_no"
    META = "meta"
    PROSE = "prose"


class Meta(StrEnum):
    """What the system itself can compute from the plan."""

    WEIGHTED_MEAN_OF_CHILDREN = "weighted_mean_of_children"
    SHARE_ABOVE = "share_above"
    CHANGE_RATE = "change_rate"


META_WORDS: dict[Meta, str] = {
    Meta.WEIGHTED_MEAN_OF_CHILDREN: "la media ponderata di ciò che ne dipende",
    Meta.SHARE_ABOVE: "la quota di ciò che supera una soglia",
    Meta.CHANGE_RATE: "il tasso di modifica",
}
"""What the system itself can compute of a plan, in words."""


class Confidence(StrEnum):
    """How sure the reading is."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Proposal(Frozen):
    """What a printed formula is proposed to mean, until the office confirms or edits it.

    `expression`, `printed` and `terms` are there for `expression` and `single_term` only; `meta` for `meta` only, and
    `threshold` (in %) for `share_above` only. `reasons` say in Italian why the
    confidence is not high. `is_change`: the formula measures a change from an earlier year.
    """

    text: str
    kind: FormulaKind
    terms: tuple[FormulaTerm, ...] = ()
    expression: Expression | None = None
    printed: str | None = None
    unit: Literal["%"] | None = None
    is_change: bool = False
    meta: Meta | None = None
    threshold: Decimal | None = None
    confidence: Confidence = Confidence.HIGH
    reasons: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        calculated = self.kind in {FormulaKind.EXPRESSION, FormulaKind.SINGLE_TERM}
        if calculated != (self.expression is not None) or calculated != bool(self.terms):
            msg = "termini ed espressione vanno insieme, e solo per una formula che si calcola"
            raise ValueError(msg)
        if (self.kind is FormulaKind.META) != (self.meta is not None):
            msg = "meta accompagna il tipo meta, e solo quello"
            raise ValueError(msg)
        if (self.meta is Meta.SHARE_ABOVE) != (self.threshold is not None):
            msg = "la soglia accompagna la quota di indicatori sopra soglia, e solo quella"
            raise ValueError(msg)
        return self


def children(expression: Expression) -> tuple[Expression, ...]:
    """The direct operands of a node, in reading order."""
    match expression:
        case Binary(left=left, right=right):
            return (left, right)
        case Negate(operand=operand) | Percent(operand=operand):
            return (operand,)
        case Sum(items=items) | Mean(items=items):
            return items
        case Number() | Term():
            return ()


def nodes(expression: Expression) -> Iterator[tuple[Expression, int]]:
    """Every node in reading order with its depth, the root at 1; not recursive, so that no depth is too much for it."""
    waiting = [(expression, 1)]
    while waiting:
        node, depth = waiting.pop()
        yield node, depth
        waiting.extend((child, depth + 1) for child in reversed(children(node)))


def depth_of(expression: Expression) -> int:
    """How many levels a tree has."""
    return max(depth for _, depth in nodes(expression))


def keys_of(expression: Expression) -> tuple[TermKey, ...]:
    """What an evaluation asks for, each once, in reading order."""
    return tuple(
        dict.fromkeys(TermKey(node.id, node.years_back) for node, _ in nodes(expression) if isinstance(node, Term))
    )


def years_earlier(expression: Expression, years: int) -> Expression:
    """The same tree, each term so many years earlier."""
    match expression:
        case Term(id=name, years_back=back):
            return Term(id=name, years_back=back + years)
        case Binary(operator=operator, left=left, right=right):
            return Binary(operator=operator, left=years_earlier(left, years), right=years_earlier(right, years))
        case Negate(operand=operand):
            return Negate(operand=years_earlier(operand, years))
        case Percent(operand=operand):
            return Percent(operand=years_earlier(operand, years))
        case Sum(items=items):
            return Sum(items=tuple(years_earlier(item, years) for item in items))
        case Mean(items=items):
            return Mean(items=tuple(years_earlier(item, years) for item in items))
        case Number():
            return expression
