"""The commands of a monitoring round."""

from operator import not_

from pydantic import Field

from domain.point import WrittenDay
from domain.rounds.model import Scope
from domain.vocabulary import Frozen, Identifier, Line, TrueOrFalse


class OpenRound(Frozen):
    """Open a collection of data as at a date; the id is made of the date when it is not said."""

    as_at: WrittenDay = Field(title="data dei dati", description="La data dei dati.", examples=["2022-06-30"])
    round: Identifier | None = Field(None, title="nome", description="Un nome; altrimenti si fa dalla data.")
    opened_on: WrittenDay | None = Field(
        None, title="aperto dal", description="Da quando è aperto; da oggi, se non si dice.", examples=["2022-07-01"]
    )
    due_by: WrittenDay | None = Field(
        None, title="risposta entro", description="Entro quando si risponde.", examples=["2022-07-15"]
    )
    scope: Scope = Field(
        Scope(),
        title="da chi si aspettano",
        description="Di chi si aspettano i dati: uffici, mai persone; di tutti, se non si dice.",
    )
    retrospective: TrueOrFalse = Field(
        default=False, title="a posteriori", description="Un monitoraggio di allora, registrato a posteriori."
    )


class CloseRound(Frozen):
    """Close a collection, with whatever is missing."""

    round: Identifier = Field(title="nome", description="L'identificativo del monitoraggio.")
    closed_on: WrittenDay | None = Field(None, title="chiuso il", description="Quando si chiude; oggi, se non si dice.")
    retrospective: TrueOrFalse = Field(
        default=False, title="a posteriori", description="Una chiusura di allora, registrata a posteriori."
    )
    exception: Line | None = Field(
        None,
        exclude_if=not_,  # a request that does not say it is the one that an older program digested
        title="eccezione",
        description="Perché chiude chi ha registrato i valori: un'eccezione alla separazione dei compiti, che resta registrata.",
        examples=["l'ufficio ha una persona sola"],
    )
