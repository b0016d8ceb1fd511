"""The page of the scores of a year: the cascade with both scores, each figure leading to what it is made of."""

from collections.abc import Iterable

from starlette.responses import Response

from api.pages import addresses
from api.pages.frame import render
from api.pages.placed_twice import placed_twice_shown
from api.pages.plan_tree import BY_OBJECTIVES, node_score
from api.pages.score_lines import ScoreLine, node_address, score_lines, score_trees
from api.pages.table_file import spreadsheets, table_file, wants_file
from api.pages.visit import PlanVisit
from domain.scoring.rule_names import RULE_NAMES

COLUMNS = (
    "voce",
    "livello",
    "peso",
    "in vigore",
    "contro i target approvati",
    "differenza",
    "peso coperto",
    "parziale",
    "perché non conta",
)


def scores_page(visit: PlanVisit) -> Response:
    """The scores of the year of the visit."""
    year = visit.year
    scores = visit.reading.scores(year)
    trees = score_trees(scores)
    tree = visit.choice("albero", trees)
    lines = score_lines(visit, scores, tree)
    if wants_file(visit):
        return scores_file(visit, lines)
    of_tree = {"year": str(year), "tree": "" if tree == BY_OBJECTIVES else tree}
    return render(
        "scores.html",
        "Punteggi",
        visit.frame(
            {
                "JSON": visit.data("/scores", {"year": str(year)}),
                **spreadsheets(visit),
                **visit.papers("scores", of_tree),
            }
        ),
        visit.language,
        scripts=("pages.js",),
        year=year,
        scores=scores,
        body=node_score(scores["body"]),
        body_address=node_address(visit, "body"),
        unscored={RULE_NAMES.get(rule, rule): count for rule, count in scores["unscored"].items()},
        lines=lines,
        both=any(line.ex_ante is not None for line in lines),
        weighted=any(line.weight for line in lines),
        chosen=tree,
        twice=placed_twice_shown(visit, tree),
        trees=visit.choices("albero", trees, BY_OBJECTIVES),
        year_choices=visit.choices("anno", {str(each): str(each) for each in visit.reading.history.years}),
        rules_address=visit.to(addresses.RULES, {"anno": str(year)}) if visit.may("compare_systems") else "",
    )


def scores_file(visit: PlanVisit, lines: Iterable[ScoreLine]) -> Response:
    """The rows of a cascade to take away."""
    return table_file(visit, f"punteggi-{visit.plan}-{visit.year}", COLUMNS, map(_row, lines), ("perché non conta",))


def _row(line: ScoreLine) -> tuple[object, ...]:
    return (
        line.title, line.depth, line.weight, line.score.figure, line.ex_ante, line.difference, line.score.covered,
        line.score.partial, line.score.why_not,
    )  # fmt: skip
