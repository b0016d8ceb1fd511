"""Plans that come in as a document or a file, and go out as one."""

from api.imports.options import ImportOptions
from api.operations.model import AnsweredBy, Cli, written_command
from api.operations.previews import DecidedPreview, ImportPreview, PlanPreview
from api.operations.queries import Loading, Nothing, OfExport, OfNextPlan, OfTemplate, Preview
from api.operations.schemas import Recorded
from domain.documents.difference import Decisions
from domain.documents.plan import PlanDocument

SHEETS = (
    "application/json",
    "application/octet-stream",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/zip",
)
"""What an office may send: a workbook, a ZIP of CSV files, a plan document."""
CONFIRMED = Cli(words="import", left_out=frozenset({"answers", "polarities", "rows"}), written=True)
"""A preview is confirmed on the command line as it is made; answers, polarities and rows come in a file."""

FILES = (
    written_command(
        "load_plan",
        "Registra un piano",
        "Apre il piano di un documento e, se il documento porta il suo atto, lo approva: tutto o niente.\n\n"
        "Le stranezze dei piani veri (pesi che non fanno 100, target non interpretabili) sono prese come sono e segnalate.",
        tag="piani",
        permission="change_plan",
        path="/plans",
        cli=Cli(
            words="import",
            written=True,
            help="Carica un piano, o ciò che cambia in un piano che c'è già, da una cartella di lavoro o da JSON. "
            "Tutto o niente.",
        ),
        takes=PlanDocument,
        answer=Recorded,
        query=Loading,
        preview=PlanPreview,
    ),
    written_command(
        "send_plan_file",
        "Invia il file di un piano nuovo",
        "L'anteprima di un piano che non c'è ancora: che cosa entrerebbe, quali indicatori continuano le loro serie.",
        tag="cartelle di lavoro",
        permission="change_plan",
        path="/imports",
        cli=Cli(words="import", written=True),
        takes=PlanDocument,
        answer=ImportPreview,
        query=ImportOptions,
        media_types=SHEETS,
        writes=False,
    ),
    AnsweredBy(ImportPreview).question(
        "show_plan_import",
        "L'anteprima di un piano nuovo",
        "L'anteprima, o a che punto è.",
        tag="cartelle di lavoro",
        permission="change_plan",
        path="/imports/{import_id}",
        query=Nothing,
        identity="none",
    ),
    written_command(
        "confirm_plan_import",
        "Conferma un piano nuovo",
        "Registra il piano dell'anteprima: tutto o niente.",
        tag="cartelle di lavoro",
        permission="change_plan",
        path="/imports/{import_id}/confirm",
        cli=CONFIRMED,
        takes=Decisions,
        answer=Recorded,
        query=Preview,
        preview=DecidedPreview,
    ),
    written_command(
        "send_file",
        "Invia una cartella di lavoro",
        "L'anteprima di ciò che il file (XLSX, ODS, ZIP di CSV, JSON) cambierebbe nel piano: nulla è registrato.",
        tag="cartelle di lavoro",
        permission="change_plan",
        path="/plans/{plan}/imports",
        cli=Cli(words="import", written=True),
        takes=PlanDocument,
        answer=ImportPreview,
        query=ImportOptions,
        media_types=SHEETS,
        writes=False,
    ),
    AnsweredBy(ImportPreview).question(
        "show_import",
        "Un'anteprima",
        "L'anteprima, o a che punto è.",
        tag="cartelle di lavoro",
        permission="change_plan",
        path="/plans/{plan}/imports/{import_id}",
        query=Nothing,
        identity="none",
    ),
    written_command(
        "confirm_import",
        "Conferma un'anteprima",
        "Registra le modifiche dell'anteprima, con atto, motivazione e causa, sulla versione su cui è stata fatta.",
        tag="cartelle di lavoro",
        permission="change_plan",
        path="/plans/{plan}/imports/{import_id}/confirm",
        cli=CONFIRMED,
        takes=Decisions,
        answer=Recorded,
        query=Preview,
        preview=DecidedPreview,
    ),
    AnsweredBy(bytes, described_as=PlanDocument).question(
        "export_plan",
        "Il piano come file",
        "Il piano in vigore a una data, per quanto era noto a un'altra, come cartella di lavoro o documento.",
        tag="cartelle di lavoro",
        permission="read_plan",
        path="/plans/{plan}/export",
        cli=Cli(words="export", written=True),
        query=OfExport,
        media_types=(
            "application/json",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "application/zip",
        ),
    ),
    AnsweredBy(bytes, described_as=PlanDocument).question(
        "prepare_next_plan",
        "Il piano degli anni successivi, da compilare",
        "Prepara da un piano quello degli anni successivi, come documento o cartella di lavoro: nulla è registrato finché non si carica.\n\n"
        "Serie, id, albero, schede e pesi proseguono; i target degli anni che i due piani hanno in comune restano, gli altri sono\n"
        "da fissare; il valore di partenza è l'ultimo di un anno intero; accanto c'è l'ultimo valore misurato, che non si importa.",
        tag="cartelle di lavoro",
        permission="read_plan",
        path="/plans/{plan}/next",
        cli=Cli(words="plan next", written=True),
        query=OfNextPlan,
        identity="none",
        media_types=(
            "application/json",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "application/zip",
        ),
    ),
    AnsweredBy(bytes).question(
        "template",
        "Il modello di cartella di lavoro",
        "La cartella di lavoro da compilare: ogni foglio, ogni intestazione con la sua nota, nessuna riga.",
        tag="cartelle di lavoro",
        permission="compute",
        path="/template",
        cli=Cli(words="template", written=True),
        query=OfTemplate,
        identity="none",
        media_types=("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",),
    ),
)
