"""What is done to a proposal. What it holds is a change file, of `domain/documents/proposal.py`."""

from operator import not_
from typing import Annotated

from pydantic import Field, StringConstraints

from domain.access.separation import ExceptionReason
from domain.acts.citation import ActText
from domain.point import WrittenDay
from domain.vocabulary import NO_PEOPLE, EventVersion, Frozen, Line, TrueOrFalse

ProposalWords = Annotated[str, StringConstraints(min_length=1, max_length=20_000, strip_whitespace=True)]
SAME_ACT = "L'atto ha già deciso altro, o uno dello stesso numero ha un'altra data, ed è voluto."


class ProposalCommand(Frozen):
    """What everything that is done to a proposal may say: its date (today, when it is not said)."""

    on: WrittenDay | None = Field(
        None, title="data", description="La data; oggi, se non si dice.", examples=["2022-09-20"]
    )


class SubmitProposal(ProposalCommand):
    """Submit a draft, or submit again what is outdated: its effects are worked out, shown and kept."""

    effective_on: WrittenDay | None = Field(
        None,
        title="in vigore dal",
        description="Da quando varrebbero le modifiche: la data prevista per l'atto. Se manca, quella della proposta, o oggi.",
        examples=["2022-09-30"],
    )


class CommentProposal(ProposalCommand):
    """Comment a proposal that is still open."""

    words: ProposalWords = Field(
        title="testo",
        description=f"Le parole del commento. {NO_PEOPLE}",
        examples=["La fonte del nuovo valore va detta."],
    )


class AskOpinion(ProposalCommand):
    """Ask the OIV for its opinion on a submitted proposal."""

    due: WrittenDay | None = Field(
        None, title="parere entro", description="Entro quando l'OIV si esprime.", examples=["2022-09-28"]
    )
    words: ProposalWords | None = Field(
        None, title="testo", description=f"Che cosa si chiede, se va detto. {NO_PEOPLE}"
    )


class WithdrawProposal(ProposalCommand):
    """Withdraw a proposal."""

    justification: Line | None = Field(
        None,
        title="motivazione",
        description=f"Perché è ritirata. {NO_PEOPLE}",
        examples=["il dato è stato rettificato"],
    )


class RejectProposal(ProposalCommand):
    """Reject a submitted proposal, with the reason."""

    justification: Annotated[Line, Field(min_length=1)] = Field(
        title="motivazione", description=f"Perché è respinta. {NO_PEOPLE}", examples=["il target resta raggiungibile"]
    )
    act: ActText | None = Field(
        None,
        title="atto",
        description="L'atto che la respinge, se ce n'è uno.",
        examples=["delibera di Giunta n. 9 del 30/09/2022"],
    )
    same_act: TrueOrFalse = Field(default=False, title="stesso atto", description=SAME_ACT)


class EnactProposal(Frozen):
    """Enact a submitted proposal by an act: all of its changes are recorded, or none."""

    act: ActText = Field(
        title="atto",
        description='L\'atto che la adotta, per esempio "delibera di Giunta n. 9 del 30/09/2022".',
        examples=["delibera di Giunta n. 9 del 30/09/2022"],
    )
    submission: EventVersion | None = Field(
        None,
        title="presentazione vista",
        description="La versione della presentazione che chi adotta ha visto: se non è più quella, è rifiutata.",
        examples=[2],
    )
    same_act: TrueOrFalse = Field(default=False, title="stesso atto", description=SAME_ACT)
    before_opinion: TrueOrFalse = Field(
        default=False,
        exclude_if=not_,  # a request that does not say it is the one that an older program digested
        title="senza attendere il parere",
        description="L'organo decide prima che l'OIV, a cui il parere è chiesto, abbia risposto.",
    )
    exception: ExceptionReason | None = Field(
        None,
        title="eccezione",
        description=f"Perché adotta chi ha redatto: l'eccezione alla separazione dei compiti resta registrata. {NO_PEOPLE}",
        examples=["unico funzionario in servizio"],
    )
