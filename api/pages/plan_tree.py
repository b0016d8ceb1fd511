"""The tree of a plan as one table: its branches, their indicators, targets by year, what was observed and reached.

The tree is that of the objectives, or another that the plan has: its offices, or missions and programmes, perspectives,
areas. What a row shows comes from the scores of the year: a score that too little data carries is told as such.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import groupby
from typing import Literal, NamedTuple

from api.language.labels import SCHEMES
from api.pages.plan_reading import PlanReading
from domain.plans.history import PlanHistory
from domain.scoring.achievement import Standing
from domain.scoring.numbers import print_hundredths
from domain.trees.placed import FurtherTree, trees_in
from projections.plan_in_force import IndicatorInForce, ObjectiveInForce, TargetInForce
from projections.scores import BandAnswer, CombinedScore, CountedIndicators, IndicatorScoreRow, NodeScore, Scores

BY_OBJECTIVES, BY_OFFICES = "obiettivi", "uffici"
WHOLE = Decimal(100)
PARTIAL, TOO_LITTLE = Decimal(50), Decimal(1)
"""Percent of the weight that data cover: below the one a score is partial, below the other there is none to tell."""


Tone = Literal["good", "between", "bad", "none"]


class ScoreShown(NamedTuple):
    """A score as it may be shown: `figure` is None where too little is known, `partial` where less than half is.

    `band` is the word that the rules of the year have for it, `tone` what sign and colour go with it; `below`: it is of
    an indicator whose target is not met, whatever the band.
    """

    figure: str | None
    partial: bool
    band: str
    covered: str | None
    standing: Standing
    why_not: str
    tone: Tone = "none"
    below: bool = False


NOT_SCORED = ScoreShown(None, partial=False, band="", covered=None, standing="outside", why_not="")


class TargetShown(NamedTuple):
    """The targets of a cell in force, and those that stood before, oldest first."""

    texts: tuple[str, ...]
    struck: tuple[str, ...]


class IndicatorLine(NamedTuple):
    """A row of an indicator; `by_system`: what is observed is the system's own figure, `counted_from` from how many."""

    id: str
    name: str
    offices: str
    weight: str | None
    targets: dict[int, TargetShown]
    observed: str | None
    period: str
    provisional: bool
    score: ScoreShown
    by_system: bool = False
    counted_from: CountedIndicators | None = None


class Branch(NamedTuple):
    """A heading with its indicators: an objective, a node of another tree, or an office."""

    id: str
    depth: int
    code: str
    title: str
    offices: str
    weight: str | None
    below: int
    score: ScoreShown | None
    indicators: list[IndicatorLine]
    is_objective: bool
    folded: bool


class PlanTree(NamedTuple):
    """The whole table."""

    years: list[int]
    branches: list[Branch]
    weighted: bool
    trees: dict[str, str]
    shown: int
    total: int


Wanted = Callable[[IndicatorLine], bool]


def plan_tree(reading: PlanReading, year: int, tree: str, wanted: Wanted, *, whole: bool = False) -> PlanTree:
    """The rows of a tree, those of indicators that are wanted alone; `whole` with the objectives that have none."""
    document, scores = reading.document, reading.scores(year)
    years = list(reading.history.years)
    rows = _Rows(reading, scores, years)
    made = {indicator["id"]: rows.indicator(indicator) for indicator in document["indicators"]}
    further = trees_in(reading.history.state(reading.point.as_of))
    if tree == BY_OFFICES:
        branches = list(_by_office(document["indicators"], made, scores, wanted))
    elif tree in further:
        of_tree = further[tree]
        branches = list(_by_tree(document["objectives"], document["indicators"], made, scores, of_tree, wanted))
    else:
        of_objectives = _Tree(document["objectives"], document["indicators"], made, scores, wanted, whole=whole)
        branches = list(of_objectives.branches())
    shown = {row.id for branch in branches for row in branch.indicators}
    weighted = (
        any(branch.weight for branch in branches)
        or any(objective["weight"] for objective in document["objectives"])
        or any(indicator["weight"] for indicator in document["indicators"])
    )
    return PlanTree(
        years=years,
        branches=branches,
        weighted=weighted,
        trees={BY_OBJECTIVES: "Obiettivi", BY_OFFICES: "Uffici"}
        | {name: SCHEMES.get(name, name.capitalize()) for name in further},
        shown=len(shown),
        total=len(made),
    )


def node_score(node: NodeScore) -> ScoreShown:
    """How the score of a node may be told."""
    return score_shown(node["score"], node["covered"], node["standing"], node["band"], node["why_not"] or "")


def combined_score(row: CombinedScore) -> ScoreShown:
    """The same of a class or an office."""
    return score_shown(row["score"], row["covered"], "missing" if row["score"] is None else "scored", row["band"])


def indicator_score(row: IndicatorScoreRow) -> ScoreShown:
    """How the achievement of an indicator may be told; one that was forced says nothing of its target."""
    met = None if row["forced"] is not None else row["met"]
    return score_shown(row["score"], row["covered"], row["standing"], row["band"], met=met)


def score_shown(
    figure: str | None,
    covered: str | None,
    standing: Standing,
    band: BandAnswer | None = None,
    why_not: str = "",
    *,
    met: bool | None = None,
) -> ScoreShown:
    """How a score may be told: the share of the weight that data cover, in percent, governs it.

    `met`: whether the target of an indicator is met.
    """
    share = Decimal(covered) if covered is not None else None
    partial = share is not None and share < PARTIAL
    if share is not None and share < TOO_LITTLE:
        figure = None
    told = figure is not None and not partial
    return ScoreShown(
        figure=figure,
        partial=partial,
        band=band["word"] if band and told else "",
        covered=covered,
        standing=standing,
        why_not=why_not,
        tone=_tone(Decimal(figure), band, met) if figure is not None and told else "none",
        below=told and met is False,
    )


def _tone(figure: Decimal, band: BandAnswer | None, met: bool | None) -> Tone:  # noqa: FBT001 - private
    """What sign goes with a score: that of its band, but never a good one of a target that is not met."""
    if band is None:
        return "good" if met or (met is None and figure >= WHOLE) else "between"
    tone: Tone = {"highest": "good", "between": "between", "lowest": "bad"}[band["place"]]  # type: ignore[assignment]  # of these three
    return "between" if tone == "good" and met is False else tone


class _Rows:
    """Rows of indicators, made once for every tree."""

    def __init__(self, reading: PlanReading, scores: Scores, years: list[int]) -> None:
        self.history: PlanHistory = reading.history
        self.years = years
        self.scores = {row["id"]: row for row in scores["indicators"]}
        self.offices = {office["id"]: office["name"] for office in reading.document["administration"]["offices"]}
        self.as_of = reading.point.as_of

    def indicator(self, row: IndicatorInForce) -> IndicatorLine:
        score = self.scores.get(row["id"])
        by_year: dict[int, list[TargetInForce]] = {}
        for target in row["targets"]:
            by_year.setdefault(target["year"], []).append(target)
        return IndicatorLine(
            id=row["id"],
            name=row["name"],
            offices=self.offices.get(row["owner"] or "", row["owner"] or ""),
            weight=row["weight"],
            targets={year: self._target(row["id"], year, by_year.get(year, [])) for year in self.years},
            observed=_observed(score) if score else None,
            period=(score["period"] if score else None) or "",
            provisional=bool(score and score["finality"] == "provisional"),
            score=indicator_score(score) if score else NOT_SCORED,
            by_system=bool(score and score["measured_by_system"] is not None),
            counted_from=score["counted_from"] if score else None,
        )

    def _target(self, indicator: str, year: int, targets: list[TargetInForce]) -> TargetShown:
        struck: list[str] = []
        for target in targets:
            field = f"target/{year}/{target['ordinal']}"
            entries = self.history.since_published(f"indicator/{indicator}", field)
            before = [
                str(entry.value["text"])
                for entry in entries
                if entry.effective_on <= self.as_of and isinstance(entry.value, dict) and entry.value.get("text")
            ]
            steps = [text for text, _ in groupby(before)]  # a text that came back is struck where it stood before
            struck += steps[:-1] if steps[-1:] == [target["text"]] else steps
        return TargetShown(tuple(target["text"] or "" for target in targets), tuple(struck))


def _observed(score: IndicatorScoreRow) -> str | None:
    """What was observed: the figure of the system where it measures, which is the one that counts."""
    by_system = score["measured_by_system"]
    return score["observed"] if by_system is None else print_hundredths(Decimal(by_system))


class _Tree:
    """The tree of the objectives."""

    def __init__(
        self,
        objectives: list[ObjectiveInForce],
        indicators: list[IndicatorInForce],
        rows: dict[str, IndicatorLine],
        scores: Scores,
        wanted: Wanted,
        *,
        whole: bool,
    ) -> None:
        self.whole = whole
        self.children: dict[str | None, list[ObjectiveInForce]] = {}
        ids = {objective["id"] for objective in objectives}
        for objective in objectives:
            parent = objective["parent"] if objective["parent"] in ids else None
            self.children.setdefault(parent, []).append(objective)
        self.of_objective: dict[str, list[IndicatorLine]] = {}
        for indicator in indicators:
            places = indicator.get("assignments") or [indicator]
            for place in places:
                row = rows[indicator["id"]]
                if wanted(row):
                    self.of_objective.setdefault(place["objective"], []).append(row._replace(weight=place["weight"]))
        self.scores = {row["id"]: row for row in scores["objectives"]}

    def branches(self, parent: str | None = None, depth: int = 0) -> Iterator[Branch]:
        """Each objective before those beneath it; one without any indicator that is wanted is left out, but of the whole tree."""
        for objective in self.children.get(parent, []):
            beneath = list(self.branches(objective["id"], depth + 1))
            own = self.of_objective.get(objective["id"], [])
            below = len(own) + sum(branch.below for branch in beneath if branch.depth == depth + 1)
            if not (below or self.whole):
                continue
            score = self.scores.get(objective["id"])
            yield Branch(
                id=objective["id"],
                depth=depth,
                code=objective["code"] or "",
                title=objective["title"] or "",
                offices=", ".join(objective["offices"]),
                weight=objective["weight"],
                below=below,
                score=node_score(score) if score else None,
                indicators=own,
                is_objective=True,
                folded=depth > 1,
            )
            yield from beneath


def _by_office(
    indicators: list[IndicatorInForce], rows: dict[str, IndicatorLine], scores: Scores, wanted: Wanted
) -> Iterator[Branch]:
    of_office: dict[str, list[IndicatorLine]] = {}
    for indicator in indicators:
        row = rows[indicator["id"]]
        if wanted(row):
            of_office.setdefault(row.offices or "Nessun ufficio indicato", []).append(row)
    scored = {office["office"]: office for office in scores["offices"]}
    for office in sorted(of_office):
        yield _group(office, of_office[office], scored.get(office))


def _by_tree(
    objectives: list[ObjectiveInForce],
    indicators: list[IndicatorInForce],
    rows: dict[str, IndicatorLine],
    scores: Scores,
    tree: FurtherTree,
    wanted: Wanted,
) -> Iterator[Branch]:
    """Each node before those beneath it, with the indicators that stand there; last those that stand nowhere."""
    parents = {objective["id"]: objective["parent"] for objective in objectives}
    at_node: dict[str | None, dict[str, IndicatorLine]] = {}
    for indicator in indicators:
        row = rows[indicator["id"]]
        if not wanted(row):
            continue
        for place in indicator.get("assignments") or [indicator]:
            for node in tree.at(place["objective"], parents) or (None,):
                at_node.setdefault(node, {})[row.id] = row
    scored = {row["id"]: row for of_tree in scores["trees"] if of_tree["tree"] == tree.name for row in of_tree["nodes"]}
    for node_ in tree.nodes.values():
        beneath = sum(len(at_node.get(below, ())) for below in tree.branch(node_.id))
        if beneath:
            depth = len(tree.above(node_.id))
            yield Branch(
                id=node_.id,
                depth=depth,
                code=node_.code or "",
                title=node_.title or node_.id,
                offices="",
                weight=None if node_.weight is None else str(node_.weight),
                below=beneath,
                score=combined_score(scored[node_.id]) if node_.id in scored else score_shown(None, None, "missing"),
                indicators=list(at_node.get(node_.id, {}).values()),
                is_objective=False,
                folded=depth > 1,
            )
    if None in at_node:
        yield _group("Non classificati", list(at_node[None].values()), None)


def _group(title: str, rows: list[IndicatorLine], combined: CombinedScore | None) -> Branch:
    shown = combined_score(combined) if combined else score_shown(None, None, "missing")
    return Branch(title, 0, "", title, "", None, len(rows), shown, rows, is_objective=False, folded=False)
