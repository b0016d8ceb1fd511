"""The event by which the office makes a proposed formula its own."""

from typing import Literal

from pydantic import Field, model_validator

from domain.event import Event
from domain.formulas.model import Expression, FormulaTerm
from domain.vocabulary import Identifier, Line


class FormulaConfirmed(Event):
    """The terms that an indicator is measured by, and the expression over them, were confirmed.

    `formula` is the text that was read; without an expression the value is entered directly, and is kept as prose.
    """

    topic = "formula-confirmed"

    indicator: Identifier
    formula: Line
    terms: tuple[FormulaTerm, ...] = ()
    expression: Expression | None = Field(default=None)
    unit: Literal["%"] | None = None

    @model_validator(mode="after")
    def _terms_go_with_an_expression(self) -> "FormulaConfirmed":
        if bool(self.terms) != (self.expression is not None):
            msg = "termini ed espressione vanno insieme"
            raise ValueError(msg)
        return self
