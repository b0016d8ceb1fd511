"""Plans as a whole, and their parts: the list, the document, a new one."""

from api.imports.options import ImportOptions
from api.operations.model import AnsweredBy, Cli, QueryContext, written_command
from api.operations.paging import next_page
from api.operations.queries import Loading, Nothing, OfExport, OfNextPlan, OfPlans, OfTemplate, Preview
from api.operations.schemas import DecidedPreview, ImportPreview, PlanPreview, Recorded
from domain.documents.difference import Decisions
from domain.documents.plan import PlanDocument
from projections.history import History
from projections.plan_in_force import PlanInForce, plan_in_force
from projections.plan_parts import (
    IndicatorAnswer,
    IndicatorList,
    ObjectiveAnswer,
    ObjectiveList,
    indicator,
    indicator_history,
    indicators,
    objective,
    objective_history,
    objectives,
)
from projections.plans import PlanList, readable_page
from projections.trees import TreeAnswer, TreeList, tree, trees

SHEETS = (
    "application/json",
    "application/octet-stream",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/zip",
)
"""What an office may send: a workbook, a ZIP of CSV files, a plan document."""


def list_plans(context: QueryContext, of: OfPlans) -> PlanList:
    """A page of the plans at a point, with the date that they are seen on, and the address of the next."""
    page = readable_page(context.reader, context.principal, context.point, after=of.after or "", limit=of.limit)
    as_of = context.point.as_of.isoformat()
    return {"as_of": as_of, "plans": page.rows, "next": next_page("plans", of, page.after, as_of=as_of)}


PLANS = (
    AnsweredBy(PlanList).question(
        "list_plans",
        "Elenco dei piani",
        "I piani noti, nell'ordine dei loro id e a pagine, con lo stato di ciascuno alla data. `next` è l'indirizzo della pagina\n"
        "che segue, null all'ultima.",
        tag="piani",
        permission="read_plan",
        path="/plans",
        cli=Cli(words="plans"),
        query=OfPlans,
        handler=list_plans,
        identity="answer",
    ),
    AnsweredBy(PlanInForce, described_as=PlanDocument).question(
        "show_plan",
        "Il piano in vigore",
        "Il documento di piano come era in vigore a una data, per quanto era noto a un'altra: lo stesso che si importa.",
        tag="piani",
        permission="read_plan",
        path="/plans/{plan}",
        cli=Cli(words="show"),
        handler=lambda context, _: plan_in_force(context.reader, context.subject, context.point),
        identity="document",
        sheet=True,
    ),
    AnsweredBy(TreeAnswer).question(
        "show_tree",
        "Il piano lungo un altro albero",
        "Un altro albero del piano (missioni e programmi, prospettive, aree): i nodi con titolo, codice, ordine, padre e peso, "
        "gli obiettivi che vi stanno, quelli che non stanno in nessuno, e le righe che vi stanno due volte.",
        tag="piani",
        permission="read_plan",
        path="/plans/{plan}/trees/{tree}",
        cli=Cli(words="show", options={"tree": "tree"}),
        handler=lambda context, _: tree(context.reader, context.subject, context.point, context.part),
    ),
    AnsweredBy(TreeList).question(
        "list_trees",
        "Gli altri alberi del piano",
        "Gli altri alberi in cui stanno gli obiettivi del piano: missioni e programmi, prospettive, aree.",
        tag="piani",
        permission="read_plan",
        path="/plans/{plan}/trees",
        cli=Cli(words="tree list"),
        handler=lambda context, _: trees(context.reader, context.subject, context.point),
    ),
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
)

CONFIRMED = Cli(words="import", left_out=frozenset({"answers", "polarities", "rows"}), written=True)
"""A preview is confirmed on the command line as it is made; answers, polarities and rows come in a file."""

FILES = (
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

PARTS = (
    AnsweredBy(ObjectiveList).question(
        "list_objectives",
        "Obiettivi in vigore",
        "Gli obiettivi in vigore alla data, di ogni livello; l'albero è in `parent`.",
        tag="obiettivi e indicatori",
        permission="read_plan",
        path="/plans/{plan}/objectives",
        handler=lambda context, _: objectives(context.reader, context.subject, context.point),
        identity="document",
    ),
    AnsweredBy(ObjectiveAnswer).question(
        "show_objective",
        "Un obiettivo",
        "Un obiettivo in vigore alla data: per id, codice o titolo.",
        tag="obiettivi e indicatori",
        permission="read_plan",
        path="/plans/{plan}/objectives/{objective}",
        handler=lambda context, _: objective(context.reader, context.subject, context.point, context.part),
    ),
    AnsweredBy(History).question(
        "show_objective_history",
        "Storia di un obiettivo",
        "Ogni valore che l'obiettivo ha avuto, con chi, quando, con quale atto e perché; anche ciò che fu annullato.",
        tag="obiettivi e indicatori",
        permission="read_plan",
        path="/plans/{plan}/objectives/{objective}/history",
        cli=Cli(words="history"),
        handler=lambda context, _: objective_history(
            context.reader, context.subject, context.point, context.part, drafting=context.reads_drafting
        ),
        sheet=True,
    ),
    AnsweredBy(IndicatorList).question(
        "list_indicators",
        "Indicatori in vigore",
        "Gli indicatori in vigore alla data, ciascuno con la scheda, i pesi e i target.",
        tag="obiettivi e indicatori",
        permission="read_plan",
        path="/plans/{plan}/indicators",
        handler=lambda context, _: indicators(context.reader, context.subject, context.point),
        identity="document",
    ),
    AnsweredBy(IndicatorAnswer).question(
        "show_indicator",
        "Un indicatore",
        "Un indicatore in vigore alla data: per id, codice o nome.",
        tag="obiettivi e indicatori",
        permission="read_plan",
        path="/plans/{plan}/indicators/{indicator}",
        handler=lambda context, _: indicator(context.reader, context.subject, context.point, context.part),
    ),
    AnsweredBy(History).question(
        "show_indicator_history",
        "Storia di un indicatore",
        "Ogni valore della scheda, dei pesi e dei target, e ogni misurazione, con chi, quando, con quale atto e perché.\n\n"
        "L'indicatore si dice per identificativo, per codice o per nome esatto.",
        tag="obiettivi e indicatori",
        permission="read_plan",
        path="/plans/{plan}/indicators/{indicator}/history",
        cli=Cli(words="history"),
        handler=lambda context, _: indicator_history(
            context.reader, context.subject, context.point, context.part, drafting=context.reads_drafting
        ),
        sheet=True,
    ),
)
