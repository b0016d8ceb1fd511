"""Questions whose answer goes out as a sheet too: the table that their page offers beneath «these data», of the same rows.

A row of the table of operations says that a question is one (`sheet`); here is which table that is.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from starlette.responses import Response

from api.operations.queries import OfAllScores, OfScores, OfTrail
from api.pages import addresses
from api.pages.changes import changes_file
from api.pages.flags import flags_file
from api.pages.frame import Visitor
from api.pages.plan import plan_file
from api.pages.plan_reading import PlanReading
from api.pages.plan_tree import BY_OBJECTIVES, plan_tree
from api.pages.score import score_file
from api.pages.score_explained import node_explained
from api.pages.score_lines import score_lines
from api.pages.scores import scores_file
from api.pages.table_file import FORMAT
from api.pages.trail_lines import FILTERS, trail_file
from api.pages.visit import PlanVisit
from api.pages.who_set_it import history_file
from api.settings import Language
from domain.vocabulary import Frozen
from projections.audit import audit_trail
from projections.scores import Scores
from projections.trees import TreeAnswer


class QuestionTable(NamedTuple):
    """The page of a question, and what makes the file of its table: from a visit, what is asked, and the answer."""

    page: str
    file: Callable[[PlanVisit, Any, Any], Response]


def _plan(visit: PlanVisit, _query: Frozen, _answer: object) -> Response:
    return plan_file(visit, plan_tree(visit.reading, visit.year, BY_OBJECTIVES, lambda _: True))


def _tree(visit: PlanVisit, _query: Frozen, answer: TreeAnswer) -> Response:
    return plan_file(visit, plan_tree(visit.reading, visit.year, answer["tree"]["tree"], lambda _: True))


def _scores(visit: PlanVisit, query: OfAllScores, answer: Scores) -> Response:
    """By the tree that is asked for, else by that of the objectives."""
    tree = BY_OBJECTIVES if query.tree is None else answer["trees"][0]["tree"]
    return scores_file(visit, score_lines(visit, answer, tree))


def _trail(visit: PlanVisit, query: OfTrail, _answer: object) -> Response:
    """All that the filters leave: a sheet has no pages to be asked for."""
    whole = audit_trail(visit.reading.reader, visit.plan, query.point(visit.now), query.filter())
    return trail_file(visit, f"registro-{visit.plan}", whole["events"])


QUESTION_TABLES: Mapping[str, QuestionTable] = {
    "show_plan": QuestionTable(addresses.PLAN, _plan),
    "list_changes": QuestionTable(
        addresses.CHANGES, lambda visit, _, answer: changes_file(visit, answer, answer["changes"])
    ),
    "show_tree": QuestionTable(addresses.PLAN, _tree),
    "show_scores": QuestionTable(addresses.SCORES, _scores),
    "explain_score": QuestionTable(
        addresses.SCORE, lambda visit, _, answer: score_file(visit, node_explained(visit, answer["explanation"]))
    ),
    "list_flags": QuestionTable(addresses.FLAGS, lambda visit, _, answer: flags_file(visit, answer)),
    "list_audit": QuestionTable(addresses.AUDIT, _trail),
    "show_objective_history": QuestionTable(addresses.OBJECTIVE, lambda visit, _, answer: history_file(visit, answer)),
    "show_indicator_history": QuestionTable(addresses.INDICATOR, lambda visit, _, answer: history_file(visit, answer)),
}
"""By the name of the question."""


class AskedFrom(NamedTuple):
    """Who asks, when, in which language, and where the service is reached."""

    visitor: Visitor
    now: datetime
    language: Language
    origin: str


def question_table(
    name: str, part: tuple[str, str] | None, reading: PlanReading, query: Frozen, answer: object, asking: AskedFrom
) -> Response:
    """The file of the table of an answer; `part` is the part of the plan that the address names, with its name there."""
    table = QUESTION_TABLES[name]
    visit = PlanVisit(
        reading,
        path=table.page,
        parts={"plan": reading.plan, **(dict([part]) if part else {})},
        query={**_said(query), FORMAT: "xlsx"},
        now=asking.now,
        language=asking.language,
        visitor=asking.visitor,
        origin=asking.origin,
    )
    return table.file(visit, query, answer)


def _said(query: Frozen) -> dict[str, str]:
    """What is asked, as the address of the page says it."""
    said = {"anno": str(year)} if (year := getattr(query, "year", None)) else {}
    if isinstance(query, OfScores) and query.basis == "ex_ante":
        said["base"] = "ex-ante"
    if isinstance(query, OfTrail):
        asked = query.model_dump(mode="json", exclude_none=True)
        said |= {address: str(asked[name]) for address, name in FILTERS.items() if name in asked}
    return said
