"""The command by which the office confirms what a formula is made of, or edits it."""

from typing import Literal

from pydantic import Field

from domain.formulas.model import FormulaTerm
from domain.point import WrittenDay
from domain.vocabulary import Frozen, Line, NamedId, TrueOrFalse


class ConfirmFormula(Frozen):
    """Confirm the proposal for an indicator's formula, or say terms and expression of one's own.

    Nothing said takes the proposal as it is; `prose` keeps the text, and the value is entered directly. `expression` is
    in the language of formulas, over the ids of `terms` (of the proposal, where they are not said).
    """

    indicator: NamedId = Field(
        title="indicatore",
        description="L'indicatore di cui si conferma la formula: id, codice o nome.",
        examples=["incasso-diritto-annuale"],
    )
    confirmed_on: WrittenDay | None = Field(
        None,
        title="in vigore dal",
        description="Da quando vale; dall'inizio del piano, se non si dice.",
        examples=["2022-01-31"],
    )
    prose: TrueOrFalse = Field(
        default=False, title="resta prosa", description="Resta prosa, il valore si inserisce direttamente."
    )
    terms: tuple[FormulaTerm, ...] = Field(
        (), title="termini", description="I termini; quelli proposti, se non si dicono."
    )
    expression: Line | None = Field(None, title="espressione", description="L'espressione corretta, sui suoi termini.")
    unit: Literal["%"] | None = Field(None, title="unità di misura", description="L'unità del valore che ne viene.")
