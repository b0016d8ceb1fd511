"""Changes that are proposed: drafted, seen with their effects, submitted, commented, and enacted by an act, or not."""

from collections.abc import Mapping

from api.commands.handler import Outcome
from api.commands.proposals import (
    ProposalAct,
    act_on_proposal,
    enact_proposal,
    foresee_enactment,
    foresee_submission,
    staleness,
    submit_proposal,
)
from api.commands.service import Service
from api.operations.changes import into_named, require_changes_of
from api.operations.dated import Dated
from api.operations.model import AnsweredBy, Cli, CommandContext, QueryContext, command, written_command
from api.operations.queries import OfProposals, Preview
from api.operations.schemas import Recorded
from domain.documents.proposal import ProposedChanges, ProposedImport
from domain.point import today
from domain.proposals.commands import (
    AskOpinion,
    CommentProposal,
    EnactProposal,
    RejectProposal,
    SubmitProposal,
    WithdrawProposal,
)
from domain.vocabulary import JsonValue
from projections.proposal_effects import EffectsShown
from projections.proposals import ProposalList, ProposalWhole, proposal_list, proposal_whole
from projections.store.store import Store

GIUNTA = "giunta"


def read_proposed(plan: str, content: Mapping[str, JsonValue], store: Store | None = None) -> ProposedChanges:
    """The changes that a document proposes for a plan, which names objects as a change file does.

    Malformed beyond the limit of one change file.
    """
    require_changes_of(plan, content)
    return into_named(ProposedChanges, plan, content, store)


def show_proposal(context: QueryContext, _: Dated) -> ProposalWhole:
    """One proposal, whole; whether it can still be enacted is told of what is known now."""
    is_now = context.point.known_at is None
    stale = staleness(Service(context.store), context.reader, context.subject, context.part) if is_now else None
    day = today(context.point.known_at or context.now)
    return proposal_whole(context.reader, context.subject, context.part, context.point, stale, day)


def submit(context: CommandContext, submission: SubmitProposal) -> Outcome:
    """Submits a proposal."""
    return submit_proposal(context.service, context.subject, context.part, submission, context.caller)


def preview_submission(context: CommandContext, submission: SubmitProposal) -> EffectsShown:
    """The effects that it would be submitted with."""
    return foresee_submission(context.service, context.subject, context.part, submission, context.caller)


def enact(context: CommandContext, enactment: EnactProposal) -> Outcome:
    """Enacts a proposal."""
    return enact_proposal(context.service, context.subject, context.part, enactment, context.caller)


def preview_enactment(context: CommandContext, enactment: EnactProposal) -> EffectsShown:
    """The effects that it would be enacted with."""
    return foresee_enactment(context.service, context.subject, context.part, enactment, context.caller)


def act_on(context: CommandContext, act: ProposalAct) -> Outcome:
    """Records what is said of a proposal, or what becomes of it without its changes."""
    return act_on_proposal(context.service, context.subject, context.part, act, context.caller)


PROPOSALS = (
    AnsweredBy(ProposalList).question(
        "list_proposals",
        "Proposte di un piano",
        "Le proposte, ciascuna col suo stato, e quante per esito; con `status`, solo quelle di uno stato.",
        tag="proposte",
        permission="read_proposals",
        path="/plans/{plan}/proposals",
        cli=Cli(words="proposal list"),
        query=OfProposals,
        handler=lambda context, of: proposal_list(context.reader, context.subject, context.point, of.status),
        identity="none",
    ),
    AnsweredBy(ProposalWhole).question(
        "show_proposal",
        "Una proposta",
        "Una proposta con tutta la sua vita: modifiche, effetti come furono mostrati, pareri, commenti, esito.\n\n"
        "Di una proposta presentata, per ciò che è noto adesso, dice anche se il piano è andato avanti e che cosa collide.",
        tag="proposte",
        permission="read_proposals",
        path="/plans/{plan}/proposals/{proposal}",
        cli=Cli(words="proposal show"),
        handler=show_proposal,
        identity="none",
    ),
    written_command(
        "draft_proposal",
        "Redige una proposta",
        "Registra come bozza le modifiche di un file, senza atto: nulla del piano cambia.\n\n"
        "Con `preview=true` dice che cosa farebbero: tasso di modifica e tetto, punteggi, segnalazioni, tempo dell'OIV.",
        tag="proposte",
        permission="draft_proposals",
        path="/plans/{plan}/proposals",
        cli=Cli(words="proposal draft", written=True),
        takes=ProposedChanges,
        answer=Recorded,
        query=Preview,
        preview=EffectsShown,
    ),
    written_command(
        "propose_import",
        "Fa di un'anteprima una proposta",
        "Le modifiche che l'anteprima di un file mostra diventano una proposta in bozza, invece di essere registrate.",
        tag="proposte",
        permission="draft_proposals",
        path="/plans/{plan}/imports/{import_id}/proposal",
        cli=Cli(words="proposal draft", written=True),
        takes=ProposedImport,
        answer=Recorded,
    ),
    written_command(
        "amend_proposal",
        "Modifica una proposta",
        "Mette altre modifiche al posto di quelle che la proposta aveva: torna bozza, e va presentata di nuovo.",
        tag="proposte",
        permission="draft_proposals",
        path="/plans/{plan}/proposals/{proposal}/amendments",
        cli=Cli(words="proposal amend", written=True),
        takes=ProposedChanges,
        answer=Recorded,
    ),
    command(
        "submit_proposal",
        "Presenta una proposta",
        "Presenta la proposta con i suoi effetti, che restano come sono mostrati; una superata si presenta di nuovo.\n\n"
        "Con `preview=true` li mostra soltanto.",
        tag="proposte",
        permission="draft_proposals",
        path="/plans/{plan}/proposals/{proposal}/submission",
        cli=Cli(words="proposal submit"),
        takes=SubmitProposal,
        handler=submit,
        query=Preview,
        preview=EffectsShown,
        foresee=preview_submission,
    ),
    command(
        "comment_proposal",
        "Commenta una proposta",
        "Un commento a una proposta ancora aperta; le parole stanno accanto all'evento.",
        tag="proposte",
        permission="comment_proposals",
        path="/plans/{plan}/proposals/{proposal}/comments",
        cli=Cli(words="proposal comment"),
        takes=CommentProposal,
        handler=act_on,
    ),
    command(
        "ask_opinion",
        "Chiede il parere dell'OIV",
        "Chiede all'OIV il parere su una proposta presentata, con o senza scadenza; l'OIV risponde con un parere su proposal/ID.",
        tag="proposte",
        permission="draft_proposals",
        path="/plans/{plan}/proposals/{proposal}/opinion-request",
        cli=Cli(words="proposal ask-opinion"),
        takes=AskOpinion,
        handler=act_on,
    ),
    command(
        "withdraw_proposal",
        "Ritira una proposta",
        "Ritira una proposta in bozza o presentata: resta nel registro, ed è contata.",
        tag="proposte",
        permission="draft_proposals",
        path="/plans/{plan}/proposals/{proposal}/withdrawal",
        cli=Cli(words="proposal withdraw"),
        takes=WithdrawProposal,
        handler=act_on,
    ),
    command(
        "reject_proposal",
        "Respinge una proposta",
        "Respinge una proposta presentata, con la motivazione e, se c'è, l'atto: resta nel registro e nel fascicolo.",
        tag="proposte",
        permission="enact_proposals",
        path="/plans/{plan}/proposals/{proposal}/rejection",
        cli=Cli(words="proposal reject", actor=GIUNTA),
        takes=RejectProposal,
        handler=act_on,
    ),
    command(
        "enact_proposal",
        "Adotta una proposta",
        "Registra con un atto tutte le modifiche di una proposta, insieme o per niente, alla data dell'atto.\n\n"
        "Se il piano è andato avanti in ciò che la proposta tocca, o gli effetti non sono più quelli mostrati, è rifiutata e si\n"
        "presenta di nuovo. Chi l'ha redatta non la adotta, se non con `exception`. Con `preview=true` mostra gli effetti.",
        tag="proposte",
        permission="enact_proposals",
        path="/plans/{plan}/proposals/{proposal}/enactment",
        cli=Cli(words="proposal enact", actor=GIUNTA),
        takes=EnactProposal,
        handler=enact,
        query=Preview,
        preview=EffectsShown,
        foresee=preview_enactment,
    ),
)
