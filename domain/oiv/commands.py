"""The commands of the OIV, and the answers of the office."""

from operator import not_
from typing import Annotated

from pydantic import Field, StringConstraints

from domain.oiv.events import About, FlagId, Judgement, Versions
from domain.point import WrittenDay
from domain.vocabulary import NO_PEOPLE, Frozen, Identifier, Line, Sha256, TrueOrFalse, Year

StatedWords = Annotated[str, StringConstraints(min_length=1, max_length=20_000, strip_whitespace=True)]


class _Said(Frozen):
    """What every act has: its words, and its date (today, when it is not said)."""

    words: StatedWords = Field(
        title="testo", description=f"Le parole dell'atto. {NO_PEOPLE}", examples=["La motivazione non dice quali dati."]
    )
    on: WrittenDay | None = Field(
        None, title="data", description="La data; oggi, se non si dice.", examples=["2022-12-12"]
    )


class GiveOpinion(_Said):
    """Give an opinion on a proposal, on revisions, or on the plan."""

    judgement: Judgement = Field(title="esito", description="L'esito.")
    about: About = Field(
        "plan",
        title="di che cosa",
        description="Di che cosa: piano, relazione, obiettivo/ID, indicatore/ID oppure proposta/ID.",
    )
    versions: Versions = Field((), title="versioni", description="Un evento del piano di cui si parla.")
    year: Year | None = Field(None, title="anno", description="L'anno di cui si parla.", examples=[2022])
    opinion: Identifier | None = Field(
        None, title="id del parere", description="L'identificativo del parere; altrimenti si fa."
    )


class MakeRemark(_Said):
    """Make a remark."""

    about: About = Field(
        "plan",
        title="di che cosa",
        description="Di che cosa: piano, relazione, obiettivo/ID, indicatore/ID oppure proposta/ID.",
    )
    versions: Versions = Field((), title="versioni", description="Un evento del piano di cui si parla.")
    remark: Identifier | None = Field(
        None, title="id del rilievo", description="L'identificativo del rilievo; altrimenti si fa."
    )


class MakeRequest(_Said):
    """Ask the office for something."""

    about: About = Field(
        "plan",
        title="di che cosa",
        description="Di che cosa: piano, relazione, obiettivo/ID, indicatore/ID oppure proposta/ID.",
    )
    versions: Versions = Field((), title="versioni", description="Un evento del piano di cui si parla.")
    due: WrittenDay | None = Field(
        None, title="risposta entro", description="Entro quando si risponde.", examples=["2022-12-31"]
    )
    request: Identifier | None = Field(
        None, title="id della richiesta", description="L'identificativo della richiesta; altrimenti si fa."
    )


class GiveAnswer(_Said):
    """Answer a remark or a request; the office does."""

    to: Identifier = Field(title="rilievo o richiesta", description="Il rilievo o la richiesta a cui si risponde.")
    answer: Identifier | None = Field(
        None, title="id della risposta", description="L'identificativo della risposta; altrimenti si fa."
    )


class ValidateReport(_Said):
    """Validate the report on a year, or not."""

    year: Year = Field(title="anno", description="L'anno della relazione.", examples=[2022])
    validated: TrueOrFalse = Field(default=True, title="validata", description="Se la relazione è validata.")
    sha256: Sha256 | None = Field(
        None, title="impronta SHA-256", description="L'impronta SHA-256 del file della relazione."
    )
    exception: Line | None = Field(
        None,
        exclude_if=not_,  # a request that does not say it is the one that an older program digested
        title="eccezione",
        description=f"Perché valida chi ha registrato i valori: un'eccezione alla separazione dei compiti, che resta registrata. {NO_PEOPLE}",
        examples=["l'ufficio ha una persona sola"],
    )


class AnswerFlag(_Said):
    """Answer an attention flag; the office does."""

    flag: FlagId = Field(title="segnalazione", description="La segnalazione, per id, come la elenca flags.")


class DrawSample(Frozen):
    """Draw measurements of a year by lot; the seed is made when it is not said."""

    year: Year = Field(title="anno", description="L'anno delle misurazioni.", examples=[2022])
    size: Annotated[int, Field(ge=1, le=10_000)] = Field(
        title="quante misurazioni", description="Quante misurazioni.", examples=[5]
    )
    seed: Annotated[Line, Field(min_length=1, max_length=200)] | None = Field(
        None, title="seme", description="Il seme; a caso, se non si dice."
    )
    sample: Identifier | None = Field(
        None, title="id del campione", description="L'identificativo del campione; altrimenti si fa."
    )
    on: WrittenDay | None = Field(
        None, title="data", description="La data; oggi, se non si dice.", examples=["2022-12-12"]
    )


class LogOpened(Frozen):
    """Note in the log of diligence that something was opened."""

    what: Annotated[Line, Field(min_length=1, max_length=400)] = Field(
        title="pagina o documento", description="Pagina o documento."
    )
    as_of: WrittenDay | None = Field(
        None, title="in vigore al", description="A quale data era visto.", examples=["2022-09-30"]
    )
    known: Annotated[int, Field(ge=0, le=2**53)] | None = Field(
        None, title="versione nota", description="A quale versione era noto."
    )
