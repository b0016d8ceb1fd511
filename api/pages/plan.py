"""The page of a plan: its tree on a date, the four figures of a year, and the ways to see less of it."""

from collections import Counter
from collections.abc import Iterator

from starlette.responses import Response

from api.language.labels import PLAN_STATUSES
from api.pages import addresses
from api.pages.addresses import TREE
from api.pages.dues import dues_block
from api.pages.frame import render
from api.pages.placed_twice import placed_twice_shown
from api.pages.plan_tree import BY_OBJECTIVES, IndicatorLine, PlanTree, node_score, plan_tree
from api.pages.table_file import table_file, these_rows, wants_file
from api.pages.visit import PlanVisit
from domain.rounds.collection import NOBODY
from projections.scores import IndicatorScoreRow

FILTERS = ("mostra", "cerca", TREE)
COLUMNS_BEFORE = ("ramo", "indicatore", "uffici", "peso")
COLUMNS_AFTER = ("osservato", "periodo", "provvisorio", "raggiunto", "stato")
STANDINGS = {
    "scored": "punteggio calcolato",
    "missing": "dato mancante",
    "pending": "non ancora dovuto",
    "outside": "fuori dal calcolo",
}
SHOWS = {"tutto": "Tutto", "rimodulati": "Rimodulati", "mancanti": "Dato mancante"}


def plan_page(visit: PlanVisit) -> Response:
    """The plan from the point of the visit."""
    reading, year = visit.reading, visit.year
    show, sought = visit.choice("mostra", SHOWS), visit.query.get("cerca", "").casefold().split()

    def wanted(row: IndicatorLine) -> bool:
        if show == "rimodulati" and not any(target.struck for target in row.targets.values()):
            return False
        if show == "mancanti" and row.score.standing != "missing":
            return False
        text = f"{row.name} {row.offices} {row.id}".casefold()
        return all(word in text for word in sought)

    by = visit.query.get(TREE, BY_OBJECTIVES)
    tree = plan_tree(reading, year, by, wanted)
    document, scores = reading.document, reading.scores(year)
    standings = Counter(map(data_of, scores["indicators"]))
    title = document["plan"]["title"]
    if wants_file(visit):
        return plan_file(visit, tree)
    return render(
        "plan.html",
        title,
        visit.frame(_downloads(visit), streams=reading.preceding_streams if visit.may("list_flags") else ()),
        visit.language,
        verbatim=True,
        scripts=("pages.js",),
        tree=tree,
        twice=placed_twice_shown(visit, by),
        year=year,
        stands=PLAN_STATUSES[document["plan"]["status"]],
        years=document["plan"]["years"],
        objectives=len(document["objectives"]),
        body=node_score(scores["body"]),
        ex_ante=scores["ex_ante"],
        difference=scores["difference"],
        with_data=standings["scored"],
        missing=standings["missing"],
        counted=standings["counted"],
        pending=standings["pending"],
        outside=tree.total - sum(standings[of] for of in ("scored", "missing", "counted", "pending")),
        missing_address=visit.here(mostra="mancanti"),
        rate=reading.official_rate(year),
        changes_address=visit.to(addresses.CHANGES, {"anno": str(year)}),
        flags=reading.flags(year)["flags"] if visit.may("list_flags") else None,
        flags_address=visit.to(addresses.FLAGS, {"anno": str(year)}),
        chosen={TREE: visit.choice(TREE, tree.trees), "anno": str(year), "mostra": show},
        trees=visit.choices(TREE, tree.trees, BY_OBJECTIVES),
        year_choices=visit.choices("anno", {str(each): str(each) for each in tree.years}),
        shows=visit.choices("mostra", SHOWS, "tutto"),
        indicator_address=visit.to(addresses.INDICATOR, indicator="INDICATOR"),
        objective_address=visit.to(addresses.OBJECTIVE, objective="OBJECTIVE"),
        workbook=visit.data("/export", {"format": "xlsx"}),
        may_write=visit.is_now and visit.may("change_plan"),
        import_address=visit.to(addresses.DOCUMENTS),
        watch_address=visit.to(addresses.WATCH, {"anno": str(year)}),
        dues=dues_block(visit),
        nobody=NOBODY,
    )


def plan_file(visit: PlanVisit, tree: PlanTree) -> Response:
    """The indicators of a tree to take away."""
    columns = [*COLUMNS_BEFORE, *(f"target {each}" for each in tree.years), *COLUMNS_AFTER]
    return table_file(visit, f"{visit.plan}-{visit.year}", columns, _rows(tree), ("stato",), "Il piano")


def data_of(row: IndicatorScoreRow) -> str:
    """By what an indicator is counted among those with data: `counted` is what the system counts from part of them."""
    return "counted" if row["standing"] == "scored" and row["covered"] is not None else row["standing"]


def _downloads(visit: PlanVisit) -> dict[str, str]:
    """The whole plan, in the formats that are read in again; of a part of it, the rows that are shown."""
    whole = visit.data("/export", {"format": "xlsx"})
    if any(visit.query.get(name) for name in FILTERS):
        of_tree = {"tree": tree} if (tree := visit.query.get(TREE, "")) else {}
        said = visit.worded("Il piano intero")
        return {
            **these_rows(visit),
            f"{said} (Excel)": whole,
            **visit.papers("plan", {"year": str(visit.year), **of_tree}, said),
        }
    year = {"year": str(visit.year)}
    return {
        "JSON": visit.data(""),
        "CSV": visit.data("/export", {"format": "csv"}),
        "Excel": whole,
        **visit.papers("plan", year),
    }


def _rows(tree: PlanTree) -> Iterator[tuple[object, ...]]:
    """Each indicator beneath each of its branches, as the table shows it."""
    for branch in tree.branches:
        for row in branch.indicators:
            yield (
                f"{branch.code} {branch.title}".strip(),
                row.name,
                row.offices,
                row.weight,
                *("; ".join(target.texts) for target in row.targets.values()),
                row.observed,
                row.period,
                row.provisional,
                row.score.figure,
                STANDINGS[row.score.standing],
            )
