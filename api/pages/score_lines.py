"""The scores of a year as a table: the cascade of the objectives, or another tree, with both scores and their difference."""

from collections.abc import Iterator
from typing import NamedTuple

from api.language.labels import SCHEMES
from api.pages import addresses
from api.pages.plan_tree import BY_OBJECTIVES, BY_OFFICES, ScoreShown, combined_score, indicator_score, node_score
from api.pages.visit import PlanVisit
from projections.scores import CombinedScore, IndicatorScoreRow, Scores, TreeScore


class ScoreLine(NamedTuple):
    """A row: an objective, a node of another tree, an office (`is_group`), or an indicator; `difference` is what the changes were worth.

    `node` is the id of what it is of, empty for a node of another tree and an office.
    """

    node: str
    title: str
    depth: int
    is_group: bool
    address: str
    weight: str | None
    score: ScoreShown
    ex_ante: str | None
    difference: str | None
    forced: bool


def score_lines(visit: PlanVisit, scores: Scores, tree: str) -> list[ScoreLine]:
    """The rows of a tree."""
    if tree == BY_OFFICES:
        return list(_offices(visit, scores))
    for further in scores["trees"]:
        if further["tree"] == tree:
            return list(_nodes(visit, scores, further))
    return list(_Cascade(visit, scores).lines())


def score_trees(scores: Scores) -> dict[str, str]:
    """The trees that a year has."""
    further = [tree["tree"] for tree in scores["trees"]]
    return {BY_OBJECTIVES: "Obiettivi", BY_OFFICES: "Uffici"} | {
        name: SCHEMES.get(name, name.capitalize()) for name in further
    }


def node_address(visit: PlanVisit, node: str) -> str:
    """Where a score is explained; the year goes along."""
    return visit.to(addresses.SCORE, {"anno": str(visit.year)}, node=node)


class _Cascade:
    """The objectives, each before its indicators and the objectives beneath it."""

    def __init__(self, visit: PlanVisit, scores: Scores) -> None:
        self.visit = visit
        self.children: dict[str | None, list[str]] = {}
        self.objectives = {row["id"]: row for row in scores["objectives"]}
        for row in scores["objectives"]:
            parent = row["parent"] if row["parent"] in self.objectives else None
            self.children.setdefault(parent, []).append(row["id"])
        self.indicators: dict[str, list[tuple[IndicatorScoreRow, str | None]]] = {}
        for indicator in scores["indicators"]:
            for place in indicator["places"]:
                self.indicators.setdefault(place["objective"], []).append((indicator, place["weight"]))

    def lines(self, parent: str | None = None, depth: int = 0) -> Iterator[ScoreLine]:
        for id_ in self.children.get(parent, []):
            row = self.objectives[id_]
            yield ScoreLine(
                node=id_,
                title=" ".join(words for words in (row["code"], row["title"]) if words) or id_,
                depth=depth,
                is_group=True,
                address=node_address(self.visit, id_),
                weight=row["weight"],
                score=node_score(row),
                ex_ante=row["ex_ante"],
                difference=row["difference"],
                forced=row["forced"] is not None,
            )
            for indicator, weight in self.indicators.get(id_, []):
                yield _indicator(self.visit, indicator, weight, depth + 1)
            yield from self.lines(id_, depth + 1)


def _indicator(visit: PlanVisit, row: IndicatorScoreRow, weight: str | None, depth: int) -> ScoreLine:
    return ScoreLine(
        node=row["id"],
        title=row["name"] or row["id"],
        depth=depth,
        is_group=False,
        address=node_address(visit, row["id"]),
        weight=weight,
        score=indicator_score(row),
        ex_ante=row["ex_ante"],
        difference=row["difference"],
        forced=row["forced"] is not None,
    )


def _offices(visit: PlanVisit, scores: Scores) -> Iterator[ScoreLine]:
    rows = {row["id"]: row for row in scores["indicators"]}
    names = {office["id"]: office["name"] for office in visit.reading.document["administration"]["offices"]}
    for office in scores["offices"]:
        yield _group(names.get(office["office"], office["office"]), office)
        for indicator in dict.fromkeys(place["indicator"] for place in office["places"]):
            yield _indicator(visit, rows[indicator], None, 1)


def _nodes(visit: PlanVisit, scores: Scores, tree: TreeScore) -> Iterator[ScoreLine]:
    objectives = {row["id"]: row for row in scores["objectives"]}
    for node in tree["nodes"]:
        name = " ".join(filter(None, (node["code"], node["title"]))) or node["id"]
        yield _group(name, node)._replace(depth=node["depth"], weight=node["weight"])
        for id_ in node["objectives"]:
            row = objectives[id_]
            title = " ".join(words for words in (row["code"], row["title"]) if words) or id_
            yield ScoreLine(
                id_, title, node["depth"] + 1, is_group=False, address=node_address(visit, id_), weight=row["weight"],
                score=node_score(row), ex_ante=row["ex_ante"], difference=row["difference"], forced=row["forced"] is not None,
            )  # fmt: skip


def _group(title: str, combined: CombinedScore) -> ScoreLine:
    """A node of another tree, or an office, which is scored on the targets in force alone."""
    return ScoreLine(
        "", title, 0, is_group=True, address="", weight=None, score=combined_score(combined), ex_ante=None, difference=None,
        forced=False,
    )  # fmt: skip
