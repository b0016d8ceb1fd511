"""Proof: checkpoints, public keys, the proof of one event, the evidence pack."""

from api.formats.json_reader import into
from api.operations.model import AnsweredBy, Cli, QueryContext, written_command
from api.operations.queries import Nothing, OfCheckpoint, OfVersion, OfYear
from api.operations.requests import CheckpointRequest
from projections.proof.checkpoints import CheckpointAnswer
from projections.proof.log import KeyList, key_list
from projections.proof.receipt import EventProof, receipt
from projections.streams import find_plan


def prove_plan_event(context: QueryContext, _: Nothing) -> EventProof:
    """The proof of one event of a plan; Malformed when its version is no number."""
    version = into(OfVersion, {"version": context.part}).version
    return receipt(context.reader, find_plan(context.reader, context.subject, even_discarded=True).stream, version)


PACK = "Uno ZIP che vale senza il prodotto: eventi, prove, chiavi, verificatore in sorgente e relazione leggibile."

PROOF = (
    AnsweredBy(CheckpointAnswer).question(
        "show_checkpoint",
        "Checkpoint",
        "L'ultimo checkpoint, o uno per numero: poche righe firmate che fissano tutto ciò che era registrato.\n\n"
        "Con `Accept: text/plain` dà il solo testo firmato, da conservare così com'è.",
        tag="prova",
        permission="read_proof",
        path="/checkpoint",
        cli=Cli(
            words="checkpoint",
            written=True,
            help="Stampa un checkpoint, nuovo o già fatto: poche righe firmate che fissano tutto ciò che è registrato.",
        ),
        query=OfCheckpoint,
        identity="answer",
    ),
    written_command(
        "make_checkpoint",
        "Fa un checkpoint",
        "Firma tutto ciò che è registrato ora; se nulla è cambiato dall'ultimo checkpoint, dà quello (200).",
        tag="prova",
        permission="take_evidence",
        path="/checkpoint",
        cli=Cli(words="checkpoint", written=True),
        takes=CheckpointRequest,
        answer=CheckpointAnswer,
    ),
    AnsweredBy(KeyList).question(
        "list_keys",
        "Chiavi pubbliche",
        "Le chiavi con cui i checkpoint sono stati firmati, l'attuale per ultima, nella forma C2SP.",
        tag="prova",
        permission="read_proof",
        path="/keys",
        cli=Cli(words="keys show", written=True),
        query=Nothing,
        handler=lambda context, _: key_list(context.reader),
        identity="answer",
    ),
    AnsweredBy(EventProof).question(
        "prove_plan_event",
        "Prova di un evento",
        "La prova che l'evento è nell'albero firmato dall'ultimo checkpoint che lo copre (RFC 9162, 2.1.3).",
        tag="prova",
        permission="read_record",
        path="/plans/{plan}/events/{version}/proof",
        query=Nothing,
        handler=prove_plan_event,
        identity="answer",
    ),
    AnsweredBy(bytes).question(
        "take_pack",
        "Fascicolo probatorio",
        PACK + "\n\nSi regge sul primo checkpoint che copre quel punto; leggere non ne fa: dove manca, 409.",
        tag="prova",
        permission="take_evidence",
        path="/plans/{plan}/pack",
        cli=Cli(words="pack", written=True, help=PACK),
        query=OfYear,
        identity="none",
        media_types=("application/zip",),
    ),
)
