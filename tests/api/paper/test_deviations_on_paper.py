"""Why a target is missed, and what is done about it, stand on paper beside what was observed, and nowhere else."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from api.commands.deviations import explain_deviation, plan_corrective_action
from api.commands.evaluation import open_round
from api.pages.plan_reading import PlanReading
from api.paper.documents import Asked, machine_visitor, make_paper, paper_visit
from api.paper.model import Paper, PaperKind
from api.paper.plan import plan_without_results
from domain.deviations.commands import ExplainDeviation, PlanCorrectiveAction
from domain.point import Point
from domain.rounds.commands import OpenRound
from tests.support.harness import PLAN, ServiceHarness

AS_OF = date(2022, 7, 31)
ABOUT = {"subject": "indicator", "id": "incasso", "period": "2022-H1"}


@pytest.fixture(scope="module")
def harness(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceHarness]:
    made = ServiceHarness(tmp_path_factory.mktemp("scostamenti") / "h.sqlite").on("2022-02-05")
    made.load()
    service, caller = made.on("2022-07-10").service, made.caller()
    open_round(service, PLAN, OpenRound.model_validate({"as_at": "2022-06-30"}), caller)
    made.measure(series=f"{PLAN}.incasso", period="2022-H1", text="60%", data_as_at="2022-06-30")
    cause = {"cause": "exogenous", "words": "Versamenti prorogati.", "explained_on": "2022-07-10"}
    explain_deviation(service, PLAN, ExplainDeviation.model_validate(ABOUT | cause), caller)
    action = {"remedy": "Solleciti", "office": "Servizio Bilancio", "due_by": "2022-10-31", "planned_on": "2022-07-10"}
    plan_corrective_action(service, PLAN, PlanCorrectiveAction.model_validate(ABOUT | action), caller)
    yield made
    made.store.close()


def paper_of(harness: ServiceHarness, kind: PaperKind, asked: Asked) -> Paper:
    with harness.store.reading() as reader:
        reading = PlanReading(reader, PLAN, Point(AS_OF), drafting=True)
        visitor = machine_visitor(lambda _plan, _point: True)
        now = datetime(2022, 7, 31, 12, tzinfo=UTC)
        return make_paper(paper_visit(reading, kind, asked, now=now, visitor=visitor, origin="https://x.example"), kind)


def printed(paper: Paper) -> str:
    return "\n".join("".join(part.text for part in line) for line in paper.lines())


def test_the_plan_says_them_beneath_the_indicator_in_each_language(harness: ServiceHarness) -> None:
    paper = paper_of(harness, "plan", Asked({"anno": "2022"}))
    told = "primo semestre 2022: scostamento -10,34 punti percentuali (-14,7 %); chiesto 70,34%; causa esogena: Versamenti prorogati.; azione correttiva: Solleciti (Servizio Bilancio), in corso, entro il 31/10/2022"
    assert told in printed(paper).replace("\u00a0", " ")
    assert b"Versamenti prorogati." in paper.twin.content
    assert "exogenous" in printed(paper_of(harness, "plan", Asked({"anno": "2022"}, language="en")))
    assert "Versamenti" not in printed(paper_of(harness, "plan", Asked({"anno": "2023"})))


def test_the_round_says_them_too(harness: ServiceHarness) -> None:
    paper = paper_of(harness, "round", Asked({"monitoraggio": "2022-06-30"}, {"round": "2022-06-30"}))
    assert "causa esogena: Versamenti prorogati." in printed(paper)


def test_the_plan_without_results_has_none_of_it(harness: ServiceHarness) -> None:
    with harness.store.reading() as reader:
        reading = PlanReading(reader, PLAN, Point(AS_OF), drafting=True)
        visitor = machine_visitor(lambda _plan, _point: True)
        now = datetime(2022, 7, 31, 12, tzinfo=UTC)
        visit = paper_visit(reading, "plan", Asked({"anno": "2022"}), now=now, visitor=visitor, origin="")
        paper = plan_without_results(visit)
    assert "Versamenti" not in printed(paper)
    assert b"Versamenti" not in paper.twin.content
