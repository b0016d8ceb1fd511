"""The command that forces a score."""

from typing import Annotated

from pydantic import Field

from domain.acts.citation import ActText
from domain.italian import WrittenPercent
from domain.point import WrittenDay
from domain.vocabulary import NO_PEOPLE, Frozen, Line, NamedId, ObjectKind, TrueOrFalse, Year


class OverrideScore(Frozen):
    """Force the score of an indicator or an objective for a year, by an act and for a reason."""

    subject: ObjectKind = Field(title="obiettivo o indicatore", description="Se è un obiettivo o un indicatore.")
    id: NamedId = Field(title="id", description="L'obiettivo o l'indicatore: id, codice o nome.", examples=["s4"])
    year: Year = Field(title="anno", description="L'anno.", examples=[2022])
    forced: Annotated[WrittenPercent, Field(ge=0, le=1000, max_digits=28, allow_inf_nan=False)] = Field(
        title="punteggio forzato", description="Il punteggio che conta, in percento.", examples=["80"]
    )
    justification: Annotated[Line, Field(min_length=1)] = Field(
        title="motivazione", description=f"La motivazione. {NO_PEOPLE}"
    )
    act: ActText = Field(
        title="atto",
        description='L\'atto, per esempio "delibera di Giunta n. 9 del 30/09/2022".',
        examples=["delibera di Giunta n. 9 del 30/09/2022"],
    )
    effective_on: WrittenDay | None = Field(
        None,
        title="in vigore dal",
        description="Da quando vale; la data dell'atto, se non si dice.",
        examples=["2022-09-30"],
    )
    retrospective: TrueOrFalse = Field(
        default=False, title="a posteriori", description="Una forzatura di allora, registrata a posteriori."
    )
