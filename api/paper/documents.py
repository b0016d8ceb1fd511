"""The documents that there are on paper: the page that each is of, and what makes it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple

from api.pages import addresses
from api.pages.frame import Visitor
from api.pages.plan_reading import PlanReading
from api.pages.visit import PlanVisit
from api.paper.changes import rates_paper, variations_paper
from api.paper.comparison import comparison_paper
from api.paper.evidence import evidence_paper
from api.paper.indicator import indicator_paper
from api.paper.model import Paper, PaperKind
from api.paper.monitoring import round_paper
from api.paper.plan import plan_paper
from api.paper.scores import scores_paper
from api.settings import Language
from domain.point import Point


class Asked(NamedTuple):
    """What is asked of a document: what the address of its page would say behind it, and in its path; the language."""

    query: Mapping[str, str]
    parts: Mapping[str, str] = {}
    language: Language = "it"


class Document(NamedTuple):
    """A document: the page from which it is seen, to which the code on it leads, and the function that makes it."""

    page: str
    make: Callable[[PlanVisit], Paper]


DOCUMENTS: Mapping[PaperKind, Document] = {
    "plan": Document(addresses.PLAN, plan_paper),
    "variations": Document(addresses.CHANGES, variations_paper),
    "comparison": Document(addresses.COMPARISON, comparison_paper),
    "indicator": Document(addresses.INDICATOR, indicator_paper),
    "scores": Document(addresses.SCORES, scores_paper),
    "round": Document(addresses.MONITORING, round_paper),
    "rates": Document(addresses.CHANGES, rates_paper),
    "evidence": Document(addresses.FLAGS, evidence_paper),
}


def make_paper(visit: PlanVisit, kind: PaperKind) -> Paper:
    """The document of a kind, of the plan, the point, the year and the part that a visit says."""
    return DOCUMENTS[kind].make(visit)


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
