"""Plans as a whole, and their parts: the list, the document."""

from api.operations.model import AnsweredBy, Cli, QueryContext
from api.operations.paging import next_page
from api.operations.queries import OfPlans
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
        "che segue, null all'ultima. Ogni pagina è di quando la si chiede; con «noto al» l'elenco è lo stesso fino alla fine.",
        tag="piani",
        permission="read_plan",
        path="/plans",
        cli=Cli(words="plans"),
        query=OfPlans,
        handler=list_plans,
        identity="answer",
        varies=True,
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
        sheet=True,
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
        varies=True,
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
        varies=True,
    ),
)
