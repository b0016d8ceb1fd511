"""What the tests of papers share: a plan in the middle of its year, and each document of it."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from api.commands.evaluation import open_round
from api.pages.plan_reading import PlanReading
from api.paper.documents import Asked, machine_visitor, make_paper, paper_visit
from api.paper.model import Paper, PaperKind
from domain.point import Point
from domain.rounds.commands import OpenRound
from tests.api.pages.changed_plan import ChangedPlan
from tests.support.harness import PLAN

ORIGIN = "https://performance.example.it"
AS_OF = date(2022, 12, 31)
NOW = datetime(2022, 12, 31, 12, 0, tzinfo=UTC)
ASKED: dict[PaperKind, Asked] = {
    "plan": Asked({"anno": "2022"}),
    "variations": Asked({"anno": "2022"}),
    "comparison": Asked({"da": "2022-02-05", "a": "2022-12-31"}),
    "indicator": Asked({}, {"indicator": "incasso"}),
    "scores": Asked({"anno": "2022"}),
    "round": Asked({"monitoraggio": "2022-09-30"}, {"round": "2022-09-30"}),
    "rates": Asked({"anno": "2022"}),
    "evidence": Asked({"anno": "2022"}),
    "revisions": Asked({"da": "2022-02-05", "a": "2022-12-31"}),
}
"""What is asked of each document of the plan."""
Papers = Callable[..., Paper]


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChangedPlan]:
    """A plan in the middle of its year, with a monitoring round; tests of a module read it, and write nothing."""
    folder: Path = tmp_path_factory.mktemp("cambiato")
    plan = ChangedPlan(folder)
    opened = OpenRound.model_validate({"as_at": "2022-09-30", "due_by": "2022-10-15"})
    open_round(plan.harness.service, PLAN, opened, plan.harness.caller())
    yield plan
    plan.harness.store.close()


@pytest.fixture(scope="module")
def papers(changed: ChangedPlan) -> Papers:
    """Makes a document of the plan."""

    def made(kind: PaperKind, asked: Asked | None = None, point: Point | None = None) -> Paper:
        with changed.harness.store.reading() as reader:
            reading = PlanReading(reader, PLAN, point or Point(AS_OF), drafting=True)
            visitor = machine_visitor(lambda _plan, _point: True)
            visit = paper_visit(reading, kind, asked or ASKED[kind], now=NOW, visitor=visitor, origin=ORIGIN)
            return make_paper(visit, kind)

    return made
