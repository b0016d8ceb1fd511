"""An act as a document, or whoever sends a command, cites it."""

from operator import not_
from typing import Annotated

from pydantic import Discriminator, Field, Tag

from domain.acts.model import ActType
from domain.point import WrittenDay
from domain.vocabulary import NO_PEOPLE, Frozen, Identifier, Line, Sha256, TrueOrFalse


class ActPart(Frozen):
    """An act in full; the id is made of body, type, number and date when it is not said."""

    id: Identifier | None = Field(
        None,
        title="id",
        description="L'identificativo; fatto di organo, tipo, numero e data, se manca.",
        examples=["giunta-2022-09-30-9"],
    )
    body: Annotated[Line, Field(min_length=1)] | None = Field(
        None,
        title="organo",
        description=f"L'organo che lo ha adottato; nulla se la citazione non lo dice. {NO_PEOPLE}",
        examples=["Giunta"],
    )
    type: ActType = Field("delibera", title="tipo di atto", description="Che atto è.")
    number: Line | None = Field(None, title="numero", description="Il numero.", examples=["9"])
    date: WrittenDay = Field(title="data", description="La data.", examples=["2022-09-30"])
    title: Line | None = Field(
        None, title="oggetto", description=f"L'oggetto. {NO_PEOPLE}", examples=["Rimodulazione degli obiettivi 2022"]
    )
    protocol: Line | None = Field(None, title="protocollo", description="Il protocollo.", examples=["0012345/2022"])
    sha256: Sha256 | None = Field(
        None, title="impronta SHA-256", description="L'impronta SHA-256 del documento dell'atto."
    )
    ratifies: tuple[Identifier, ...] = Field(
        (), title="atti ratificati", description="Gli atti che ratifica, per identificativo."
    )
    annuls: tuple[Identifier, ...] = Field(
        (), title="atti annullati", description="Gli atti che annulla, per identificativo."
    )
    date_confirmed: TrueOrFalse = Field(
        default=False,
        exclude_if=not_,  # a request that does not say it is the one that an older program digested
        title="data confermata",
        description="La data è giusta, anche se è dopo oggi o lontana dagli anni del piano.",
    )
    body_confirmed: TrueOrFalse = Field(
        default=False,
        exclude_if=not_,
        title="organo confermato",
        description="L'organo è proprio un organo, anche se il suo nome sembra quello di una persona.",
    )
    other_confirmed: TrueOrFalse = Field(
        default=False,
        exclude_if=not_,
        title="altro atto",
        description="È un altro atto, anche se somiglia a uno già registrato.",
    )
    same_confirmed: TrueOrFalse = Field(
        default=False,
        exclude_if=not_,
        title="stesso atto",
        description="È proprio l'atto che ha adottato una proposta, e ha deciso anche questo.",
    )
    assumed: TrueOrFalse = Field(
        default=False,
        title="presunto",
        description="L'atto è presunto: il documento non lo dice, e chi lo registra lo suppone.",
    )


class CitedAct(Frozen):
    """The phrase by which an act is cited, with its protocol number and the digest of its file: they may be said later."""

    citation: Annotated[Line, Field(min_length=1)] = Field(
        title="citazione", description="L'atto come lo si cita.", examples=["delibera di Giunta n. 9 del 30/09/2022"]
    )
    protocol: Line | None = Field(None, title="protocollo", description="Il protocollo.", examples=["0012345/2022"])
    sha256: Sha256 | None = Field(
        None, title="impronta SHA-256", description="L'impronta SHA-256 del documento dell'atto."
    )


def _form(value: object) -> str:
    """Which of the forms of an act a value is: what is wrong with it is said of that one."""
    if isinstance(value, str):
        return "phrase"
    return "cited" if isinstance(value, CitedAct) or (isinstance(value, dict) and "citation" in value) else "in_full"


ActText = Annotated[
    Annotated[ActPart, Tag("in_full")] | Annotated[CitedAct, Tag("cited")] | Annotated[Line, Tag("phrase")],
    Discriminator(_form),
]
"""An act in full, or the phrase by which it is cited, alone or with its protocol and the digest of its file."""
