"""The command by which the office confirms what a formula is made of, or edits it."""

from typing import Literal

from domain.formulas.model import FormulaTerm
from domain.vocabulary import Frozen, Identifier, IsoDate, Line


class ConfirmFormula(Frozen):
    """Confirm the proposal for an indicator's formula, or say terms and expression of one's own.

    Nothing said takes the proposal as it is; `prose` keeps the text, and the value is entered directly. `expression` is
    in the language of formulas, over the ids of `terms` (of the proposal, where they are not said).
    """

    indicator: Identifier
    confirmed_on: IsoDate | None = None
    prose: bool = False
    terms: tuple[FormulaTerm, ...] = ()
    expression: Line | None = None
    unit: Literal["%"] | None = None
