"""Monitoring rounds: opened, followed, checked, closed."""

from api.commands.evaluation import close_round, open_round
from api.commands.handler import Outcome
from api.imports.collection_preview import CollectionLook
from api.imports.options import CollectionOptions
from api.operations.dated import Dated
from api.operations.model import AnsweredBy, Cli, CommandContext, QueryContext, command, written_command
from api.operations.queries import OfCollection, OfWatch
from api.operations.requests import RoundClosing
from api.operations.schemas import Recorded
from domain.facts import PLAN
from domain.rounds.commands import CloseRound, OpenRound
from domain.rounds.decide import find_round
from projections.contradictions import Contradictions, contradictions
from projections.deadlines import Deadlines, plan_deadlines
from projections.dues import PlanDues, plan_dues
from projections.rounds import RoundList, RoundStatus, round_status, rounds
from projections.streams import find_plan, plan_stream
from projections.watch import PlanWatch, plan_watch


def close_named_round(context: CommandContext, closing: RoundClosing) -> Outcome:
    """Closes a round that is named by its id, or by the date of its data."""
    with context.service.store.reading() as reader:
        plan = find_plan(reader, context.subject)
        named = find_round(reader.timelines(plan.stream), context.part)
    command_ = CloseRound(round=named.id, **closing.model_dump())
    return close_round(context.service, context.subject, command_, context.caller)


def list_deadlines(context: QueryContext, _: Dated) -> Deadlines:
    """What is due of a plan, of the kinds that whoever asks may read; of the offices alone whose values it records."""
    owner = str(context.reader.only_value(plan_stream(context.subject), PLAN, "administration"))
    by = context.principal
    return plan_deadlines(
        context.reader,
        context.subject,
        context.point,
        legal=context.legal,
        may=lambda permission: by.may(permission, owner),
        offices=by.offices("record_values", owner) if by.may("record_values", owner) else None,
    )


RETURNED = (
    "application/octet-stream",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/zip",
)
"""What an office may send back: a sheet of collection, or a ZIP of several."""

ROUNDS = (
    AnsweredBy(RoundList).question(
        "list_rounds",
        "Monitoraggi",
        "I monitoraggi di un piano, aperti e chiusi.",
        tag="monitoraggio",
        permission="read_monitoring",
        path="/plans/{plan}/rounds",
        cli=Cli(words="round status"),
        handler=lambda context, _: rounds(context.reader, context.subject, context.point),
    ),
    command(
        "open_round",
        "Apre un monitoraggio",
        "Apre un monitoraggio: di che data sono i dati, da chi si aspettano, entro quando.",
        tag="monitoraggio",
        permission="open_rounds",
        path="/plans/{plan}/rounds",
        cli=Cli(
            words="round open",
            options={
                "round": "id",
                "scope.offices": "office",
                "scope.levels": "level",
                "scope.objectives": "objective",
            },
        ),
        takes=OpenRound,
        handler=lambda context, opening: open_round(context.service, context.subject, opening, context.caller),
        names={"scope.objectives": "objective"},
    ),
    AnsweredBy(RoundStatus).question(
        "show_round",
        "Un monitoraggio",
        "Per ogni ufficio che cosa è dovuto, che cosa è arrivato e se in ritardo; i solleciti.",
        tag="monitoraggio",
        permission="read_monitoring",
        path="/plans/{plan}/rounds/{round}",
        cli=Cli(words="round status"),
        handler=lambda context, _: round_status(context.reader, context.subject, context.part, context.point),
        identity="answer",  # what bodies that are gone measured counts, too
    ),
    command(
        "close_round",
        "Chiude un monitoraggio",
        "Chiude un monitoraggio: ciò che arriva dopo si registra, e dice di essere arrivato dopo.",
        tag="monitoraggio",
        permission="close_rounds",
        path="/plans/{plan}/rounds/{round}/closing",
        cli=Cli(words="round close"),
        takes=RoundClosing,
        handler=close_named_round,
    ),
    AnsweredBy(bytes).question(
        "export_round",
        "Le schede di raccolta di un monitoraggio",
        "Le schede che gli uffici compilano: i valori dovuti, i target e gli ultimi valori accanto, i termini delle formule. Di "
        "un ufficio una cartella di lavoro, di tutti uno ZIP; chi ha un ruolo per alcuni uffici ha le loro.",
        tag="monitoraggio",
        permission="read_monitoring",
        path="/plans/{plan}/rounds/{round}/export",
        cli=Cli(words="round export", written=True),
        query=OfCollection,
        identity="none",
        media_types=RETURNED[2:],
    ),
    written_command(
        "collect_round",
        "Registra le schede restituite",
        "Registra i valori e gli stati delle schede che tornano dagli uffici, una o uno ZIP, tutto o niente; prima l'anteprima, "
        "che dice che cosa è cambiato nella scheda, il valore calcolato e che cosa vuol dire rispetto al target.",
        tag="monitoraggio",
        permission="record_values",
        path="/plans/{plan}/rounds/{round}/collection",
        cli=Cli(words="round import", written=True),
        takes=None,
        answer=Recorded,
        query=CollectionOptions,
        preview=CollectionLook,
        media_types=RETURNED,
    ),
    AnsweredBy(PlanDues).question(
        "list_dues",
        "Che cosa è dovuto",
        "I valori che un monitoraggio aperto aspetta, e quelli degli anni finiti, per la Relazione: di quale ufficio, entro "
        "quando, con gli ultimi che ha dato.",
        tag="monitoraggio",
        permission="read_monitoring",
        path="/plans/{plan}/dues",
        cli=Cli(words="round due"),
        handler=lambda context, _: plan_dues(context.reader, context.subject, context.point, legal=context.legal),
        varies=True,
    ),
    AnsweredBy(Deadlines).question(
        "list_deadlines",
        "Che cosa scade",
        "Tutto ciò che di un piano ha una scadenza, in ordine di giorno: il piano e la Relazione, i monitoraggi, i valori che "
        "mancano ufficio per ufficio, le richieste e i pareri dell'OIV; di ciò che chi chiede può leggere.",
        tag="monitoraggio",
        permission="read_plan",
        path="/plans/{plan}/deadlines",
        cli=Cli(words="dues list"),
        handler=list_deadlines,
        identity="none",
    ),
    AnsweredBy(PlanWatch).question(
        "list_watch",
        "Che cosa va completato",
        "Gli indicatori mai misurati, senza target, ufficio, polarità, formula o termini della formula; gli obiettivi senza "
        "indicatori o senza ufficio: una riga ciascuno, con tutto ciò che gli manca.",
        tag="monitoraggio",
        permission="read_plan",
        path="/plans/{plan}/watch",
        cli=Cli(words="plan watch"),
        query=OfWatch,
        handler=lambda context, of: plan_watch(context.reader, context.subject, of.year, context.point, of.lack),
    ),
    AnsweredBy(Contradictions).question(
        "list_contradictions",
        "Che cosa non torna",
        "Parole contro cifre, cifre senza valore, una frase sola per molti: segnalate, non giudicate.",
        tag="monitoraggio",
        permission="read_monitoring",
        path="/plans/{plan}/rounds/{round}/contradictions",
        cli=Cli(words="round check"),
        handler=lambda context, _: contradictions(
            context.reader, context.subject, context.point, name=context.part or None
        ),
        identity="answer",  # what bodies that are gone measured counts, too
    ),
)
