"""The documents that there are on paper: the page that each is of, and what makes it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from api.operations.papers import OfComparisonPaper, OfPaper, OfPlanPaper, OfScoresPaper, OfYearPaper
from api.pages import addresses
from api.pages.addresses import FROM, KNOWN_FROM, KNOWN_TO, TO, TREE
from api.pages.frame import Visitor
from api.settings import Language
from domain.late import late
from domain.point import Point
from domain.vocabulary import Frozen
from projections.store.envelope import write_instant

with late:  # a paper is made when it is asked
    from api.commands.proposals import Unrecorded
    from api.pages.plan_reading import PlanReading
    from api.pages.visit import PlanVisit
    from api.paper.act import act_of_unrecorded, act_paper
    from api.paper.changes import rates_paper, variations_paper
    from api.paper.comparison import comparison_paper
    from api.paper.evidence import evidence_paper
    from api.paper.indicator import indicator_paper
    from api.paper.model import Paper, PaperKind
    from api.paper.monitoring import round_paper
    from api.paper.plan import plan_paper
    from api.paper.revisions import revisions_paper
    from api.paper.scores import scores_paper
    from domain.plans.decide import require_plan_year

YEAR = "anno"
"""How an address says the year; as pages do."""


class Asked(NamedTuple):
    """What is asked of a document: what the address of its page would say behind it, and in its path; the language."""

    query: Mapping[str, str]
    parts: Mapping[str, str] = MappingProxyType({})
    language: Language = "it"


class Document(NamedTuple):
    """A document: its row, the page from which it is seen and to which its code leads, and the function that makes it."""

    row: str
    page: str
    make: Callable[[PlanVisit], Paper]


DOCUMENTS: Mapping[PaperKind, Document] = {
    "plan": Document("print_plan", addresses.PLAN, plan_paper),
    "variations": Document("print_variations", addresses.CHANGES, variations_paper),
    "comparison": Document("print_comparison", addresses.COMPARISON, comparison_paper),
    "indicator": Document("print_indicator", addresses.INDICATOR, indicator_paper),
    "scores": Document("print_scores", addresses.SCORES, scores_paper),
    "round": Document("print_round", addresses.MONITORING, round_paper),
    "rates": Document("print_rates", addresses.CHANGES, rates_paper),
    "evidence": Document("print_evidence", addresses.FLAGS, evidence_paper),
    "revisions": Document("print_revisions", addresses.COMPARISON, revisions_paper),
    "act": Document("print_act", addresses.PROPOSAL, act_paper),
}


KIND_OF_ROW: Mapping[str, PaperKind] = {document.row: kind for kind, document in DOCUMENTS.items()}


def asked_of_paper(kind: PaperKind, query: Frozen, part: str = "", *, otherwise: Language = "it") -> Asked:
    """What the query of a row, and the part that its address names, ask of a document; `otherwise` is its language unless said."""
    said: dict[str, str] = {}
    parts: dict[str, str] = {}
    if isinstance(query, OfPlanPaper | OfYearPaper) and query.year is not None:
        said[YEAR] = str(query.year)
    if isinstance(query, OfPlanPaper | OfScoresPaper) and query.tree:
        said[TREE] = query.tree
    if isinstance(query, OfComparisonPaper):
        said |= {name: value for name, value in _two_points(query).items() if value}
    if kind == "act":
        parts["proposal"] = part
    if kind == "indicator":
        parts["indicator"] = part
    if kind == "round":
        parts["round"], said["monitoraggio"] = part, part
    language = query.language if isinstance(query, OfPaper | OfComparisonPaper) else None
    return Asked(said, parts, language or otherwise)


def make_paper(visit: PlanVisit, kind: PaperKind) -> Paper:
    """The document of a kind, of the plan, the point, the year and the part that a visit says.

    OutsidePlan for a year that the plan does not cover.
    """
    if year := visit.query.get(YEAR):
        require_plan_year(visit.reading.history.state(visit.point.as_of), int(year))
    return DOCUMENTS[kind].make(visit)


def _two_points(query: OfComparisonPaper) -> dict[str, str]:
    """Both points as the address of the page says them."""
    return {
        FROM: query.from_.isoformat(),
        TO: query.to.isoformat() if query.to else "",
        KNOWN_FROM: write_instant(query.known_from) if query.known_from else "",
        KNOWN_TO: write_instant(query.known_to) if query.known_to else "",
    }


def unrecorded_act(
    reading: PlanReading, changes: Unrecorded, *, language: Language, now: datetime, visitor: Visitor, origin: str
) -> Paper:
    """The draft of the act for changes that are not recorded, seen from the plan that they would change."""
    visit = PlanVisit(
        reading,
        path=addresses.PLAN,
        parts={"plan": reading.plan},
        query={},
        now=now,
        language=language,
        visitor=visitor,
        origin=origin,
    )
    return act_of_unrecorded(visit, changes)


def machine_visitor(may_read: Callable[[str, Point], bool]) -> Visitor:
    """Whoever is on the machine of an archive, and may do anything there."""
    return Visitor("", csrf="", sign_in="", may=lambda _: True, may_read=may_read)


def paper_visit(
    reading: PlanReading,
    kind: PaperKind,
    asked: Asked,
    *,
    now: datetime,
    visitor: Visitor,
    origin: str,
) -> PlanVisit:
    """A visit for a document: as to the page that it is of, with all that the address would say."""
    return PlanVisit(
        reading,
        path=DOCUMENTS[kind].page,
        parts={"plan": reading.plan, **asked.parts},
        query=asked.query,
        now=now,
        language=asked.language,
        visitor=visitor,
        origin=origin,
    )
