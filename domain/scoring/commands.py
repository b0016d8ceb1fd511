"""The command that forces a score."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from domain.acts.citation import ActText
from domain.vocabulary import Frozen, Identifier, IsoDate, Line, Year


def _decimal(value: object) -> object:
    if isinstance(value, float):
        msg = "scrivere il numero come testo decimale ('12.5'): un numero binario ne perde le cifre"
        raise ValueError(msg)  # noqa: TRY004 - pydantic collects ValueError only
    return value


class OverrideScore(Frozen):
    """Force the score of an indicator or an objective for a year, by an act and for a reason."""

    subject: Literal["objective", "indicator"]
    id: Identifier
    year: Year
    forced: Annotated[Decimal, BeforeValidator(_decimal), Field(ge=0, le=1000, max_digits=28, allow_inf_nan=False)]
    justification: Annotated[Line, Field(min_length=1)]
    act: ActText
    effective_on: IsoDate | None = None
    retrospective: bool = False
