"""The event by which the office makes a proposed formula its own."""

from typing import Literal

from pydantic import Field, model_validator

from domain.event import Event, Occurrence
from domain.facts import Fact, indicator_key
from domain.formulas.model import Expression, FormulaTerm
from domain.names import Names
from domain.vocabulary import Identifier, Line


class FormulaConfirmed(Occurrence):
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

    def facts(self) -> list[Fact]:
        body = self.model_dump(mode="json", exclude={"indicator"}, exclude_none=True)
        return [Fact(indicator_key(self.indicator), "confirmed_formula", body)]

    def sentence(self, names: Names) -> str:
        terms = ", ".join(term.phrase for term in self.terms) or "resta prosa, il valore si inserisce direttamente"
        return f"Confermati i termini della formula di {names.indicator(self.indicator)}: {terms}"


EVENTS: tuple[type[Event], ...] = (FormulaConfirmed,)
