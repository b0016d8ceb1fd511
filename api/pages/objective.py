"""The page of an objective: what it says of itself, what hangs from it, its score, who changed it."""

from typing import NamedTuple

from starlette.responses import Response

from api.language.labels import LEVELS, SCHEMES
from api.language.translation import translated
from api.language.values import value_in_words
from api.pages import addresses
from api.pages.frame import render
from api.pages.places import above
from api.pages.plan_tree import BY_OBJECTIVES, Branch, node_score, plan_tree
from api.pages.visit import PlanVisit
from api.pages.who_set_it import who_set_it
from api.settings import Language
from domain.objectives.fields import DEFINITION_FIELDS, OBJECTIVE_LABELS
from domain.scoring.rule_names import RULE_NAMES
from domain.vocabulary import JsonValue
from projections.plan_in_force import ObjectiveInForce
from projections.plan_parts import part_by_id
from projections.scores import ObjectiveScoreRow


class ObjectiveLine(NamedTuple):
    """A line of what an objective says of itself."""

    name: str
    value: str


def objective_page(visit: PlanVisit) -> Response:
    """An objective from the point of the visit; NotFound where it is not in force there."""
    reading, year = visit.reading, visit.year
    row = part_by_id(reading.document["objectives"], visit.parts["objective"], visit.point, "objective")
    path = above(visit, row["parent"])
    scores = reading.scores(year)
    score = next((each for each in scores["objectives"] if each["id"] == row["id"]), None)
    titles = {each["id"]: each["title"] or each["id"] for each in reading.document["objectives"]}
    titles |= {node["id"]: node["title"] or node["id"] for node in reading.document.get("trees", [])}
    tree = plan_tree(reading, year, BY_OBJECTIVES, lambda _: True)
    return render(
        "objective.html",
        row["title"] or row["code"] or row["id"],
        visit.frame({"JSON": visit.data(f"/objectives/{row['id']}")}),
        visit.language,
        verbatim=True,
        scripts=("pages.js",),
        code=row["code"] or "",
        level=visit.worded(LEVELS[row["level"]]) if row["level"] in LEVELS else row["level"],
        above=path,
        offices=row["offices"],
        lines=_lines(row, titles, visit.language),
        year=year,
        year_choices=visit.choices("anno", {str(each): str(each) for each in reading.history.years}),
        score=node_score(score) if score else None,
        rule=RULE_NAMES.get(score["rule"], "") if score else "",
        ex_ante=score["ex_ante"] if score else None,
        difference=_difference(score),
        score_address=visit.to(addresses.SCORE, {"anno": str(year)}, node=row["id"]),
        explains=visit.may("explain_score"),
        tree=tree._replace(branches=_beneath(tree.branches, row["id"])),
        objective_address=visit.to(addresses.OBJECTIVE, objective="OBJECTIVE"),
        indicator_address=visit.to(addresses.INDICATOR, indicator="INDICATOR"),
        who=who_set_it(visit, row["id"]),
        history_address=visit.data(f"/objectives/{row['id']}/history"),
    )


def _beneath(branches: list[Branch], objective: str) -> list[Branch]:
    """The branch of an objective and all that hangs from it, at the depth that they have from there."""
    start = next((place for place, branch in enumerate(branches) if branch.id == objective), None)
    if start is None:
        return []
    depth = branches[start].depth
    beneath = [branches[start]._replace(is_objective=False)]  # no link to the page that it is on
    for branch in branches[start + 1 :]:
        if branch.depth <= depth:
            break
        beneath.append(branch)
    return [branch._replace(depth=branch.depth - depth) for branch in beneath]


def _lines(row: ObjectiveInForce, titles: dict[str, str], language: Language) -> list[ObjectiveLine]:
    """The lines with their names in a language; a scheme that only its office names keeps its name."""
    of_schemes = [
        (translated(SCHEMES[scheme], language) if scheme in SCHEMES else scheme, titles.get(name, name))
        for scheme, name in row["classifications"].items()
    ]
    neutralised = ", ".join(map(str, row.get("neutralised", [])))
    stated: dict[str, JsonValue] = {**row}  # type: ignore[dict-item]  # a row is JSON
    own = {
        OBJECTIVE_LABELS["level"]: translated(LEVELS.get(row["level"], row["level"]), language),
        OBJECTIVE_LABELS["weight"]: (row["weight"] or "").replace(".", ","),
        OBJECTIVE_LABELS["offices"]: ", ".join(row["offices"]),
        OBJECTIVE_LABELS["period"]: row.get("period", ""),
        **{
            OBJECTIVE_LABELS[field]: value_in_words(stated[field], field, language)
            for field in DEFINITION_FIELDS
            if row.get(field)
        },
        OBJECTIVE_LABELS["condition"]: row.get("condition", ""),
        "condizione avverata": ""
        if (met := row.get("condition_met")) is None
        else translated("sì" if met else "no", language),
        "anni in cui non conta": neutralised,
    }
    named = [(translated(name, language), value) for name, value in own.items()]
    return [ObjectiveLine(name, value) for name, value in (*named, *of_schemes) if value]


def _difference(score: ObjectiveScoreRow | None) -> str | None:
    return score["difference"] if score and score["difference"] and float(score["difference"]) else None
