"""Why a target is missed, and what is done about it, stand on paper beside what was observed, and nowhere else."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from html import unescape
from pathlib import Path

import pytest

from api.commands.benchmarks import publish_benchmark
from api.commands.deviations import explain_deviation, plan_corrective_action
from api.commands.evaluation import open_round
from api.pages.plan_reading import PlanReading
from api.paper.documents import Asked, machine_visitor, make_paper, paper_visit
from api.paper.model import Paper, PaperKind
from api.paper.plan import plan_without_results
from api.proof.pack import make_pack
from domain.benchmarks.commands import PublishBenchmark
from domain.deviations.commands import ExplainDeviation, PlanCorrectiveAction
from domain.point import Point
from domain.rounds.commands import OpenRound
from initinere_verify.pack import verify_pack
from projections.proof.log import Log
from tests.support.harness import PLAN, ServiceHarness, document
from tests.support.packs import files_of

AS_OF = date(2022, 7, 31)
ABOUT = {"subject": "indicator", "id": "incasso", "period": "2022-H1"}


@pytest.fixture(scope="module")
def harness(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceHarness]:
    made = ServiceHarness(tmp_path_factory.mktemp("scostamenti") / "h.sqlite").on("2022-02-05")
    content = document()
    content["indicators"][1]["targets"] = [{"year": 2022, "text": "<= media nazionale + 10%"}]
    made.load(**content)
    service, caller = made.on("2022-07-10").service, made.caller()
    open_round(service, PLAN, OpenRound.model_validate({"as_at": "2022-06-30"}), caller)
    made.measure(series=f"{PLAN}.incasso", period="2022-H1", text="60%", data_as_at="2022-06-30")
    cause = {"cause": "exogenous", "words": "Versamenti prorogati.", "explained_on": "2022-07-10"}
    explain_deviation(service, PLAN, ExplainDeviation.model_validate(ABOUT | cause), caller)
    action = {"remedy": "Solleciti", "office": "Servizio Bilancio", "due_by": "2022-10-31", "planned_on": "2022-07-10"}
    plan_corrective_action(service, PLAN, PlanCorrectiveAction.model_validate(ABOUT | action), caller)
    published = {"indicator": "cassetto", "whose": "nation", "period": "2022", "text": "50", "source": "MIMIT"}
    publish_benchmark(
        service, PLAN, PublishBenchmark.model_validate(published | {"published_on": "2022-07-05"}), caller
    )
    made.measure(series=f"{PLAN}.cassetto", period="2022-H1", text="68", data_as_at="2022-06-30")
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


def test_the_card_has_its_deviations_what_its_target_refers_to_and_what_others_published(
    harness: ServiceHarness,
) -> None:
    card = printed(paper_of(harness, "indicator", Asked({}, {"indicator": "incasso"}))).replace("\u00a0", " ")
    assert "causa esogena: Versamenti prorogati.; azione correttiva: Solleciti" in card
    card = printed(paper_of(harness, "indicator", Asked({}, {"indicator": "cassetto"}))).replace("\u00a0", " ")
    assert "media nazionale + 10%: 50 (media nazionale 2022, pubblicato il 05/07/2022, fonte: MIMIT)" in card
    assert "Confronto con altri" in card


def test_the_evidence_says_what_a_target_refers_to_and_what_was_asked_by_when(
    harness: ServiceHarness, tmp_path: Path
) -> None:
    meant = (
        "media nazionale + 10%: 55, cioè 50 (media nazionale 2022, pubblicato il 05/07/2022, fonte: MIMIT); +10%: 55"
    )
    paper = printed(paper_of(harness, "evidence", Asked({"anno": "2022"})))
    assert f"il target rimanda a: {meant}" in paper
    log = Log(harness.store, tmp_path / "signing.key")
    pack = tmp_path / "fascicolo.zip"
    pack.write_bytes(make_pack(harness.store, log, PLAN, 2022, Point(AS_OF)).content)
    verify_pack(pack)
    page = unescape(files_of(pack)["index.html"].decode())
    assert "chiesto al 30/06/2022: 55. Il target rimanda a: " + meant in page


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
