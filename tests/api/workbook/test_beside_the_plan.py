"""What stands beside a plan leaves with its JSON document, and comes back with the plan that the document opens."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pytest

from api.commands.benchmarks import publish_benchmark
from api.commands.deviations import end_corrective_action, explain_deviation, plan_corrective_action
from api.commands.oversight import redact_texts
from api.workbook.export import exported
from domain.benchmarks.commands import PublishBenchmark
from domain.deviations.commands import EndCorrectiveAction, ExplainDeviation, PlanCorrectiveAction
from domain.documents.plan import PlanDocument
from domain.documents.uploaded import BESIDE, uploaded_of
from domain.redactions.commands import RedactTexts
from projections.scores import scores
from tests.support.harness import PLAN, ServiceHarness, document, point

ABOUT = {"subject": "indicator", "id": "incasso", "period": "2022-H1"}
AT = point("2022-12-31")


@pytest.fixture
def harness(tmp_path: Path) -> Iterator[ServiceHarness]:
    """A plan with a target that refers to the nation, a cause, an action that is done and one that is not."""
    harness = ServiceHarness(tmp_path / "di-prima.sqlite").on("2022-02-05")
    content = document()
    content["indicators"][1]["targets"] = [{"year": 2022, "text": ">= media nazionale"}]
    harness.load(**content)
    service, caller = harness.on("2022-07-20").service, harness.caller()
    for indicator, text in (("incasso", "60%"), ("cassetto", "30")):
        harness.measure(series=f"{PLAN}.{indicator}", period="2022-H1", text=text, data_as_at="2022-06-30")
    published = {"indicator": "cassetto", "whose": "nation", "period": "2022", "text": "1.234,5", "source": "MIMIT"}
    published |= {"published_on": "2022-07-05", "note": "dato provvisorio"}
    publish_benchmark(service, PLAN, PublishBenchmark.model_validate(published), caller)
    cause = ABOUT | {"cause": "exogenous", "words": "Versamenti prorogati.", "explained_on": "2022-07-10"}
    explain_deviation(service, PLAN, ExplainDeviation.model_validate(cause), caller)
    action = ABOUT | {"office": "Servizio Bilancio", "due_by": "2022-10-31", "planned_on": "2022-07-10"}
    for remedy in ("Solleciti", "Rateizzazioni"):
        plan_corrective_action(service, PLAN, PlanCorrectiveAction.model_validate(action | {"remedy": remedy}), caller)
    ending = EndCorrectiveAction(action="azione-1", words="Incassati 12.000 euro", ended_on=date(2022, 7, 19))
    end_corrective_action(service, PLAN, ending, caller)
    yield harness.on("2022-12-31")
    harness.store.close()


def _document(harness: ServiceHarness) -> dict[str, Any]:
    content: dict[str, Any] = harness.ask(lambda reader: orjson.loads(exported(reader, PLAN, AT, "json")))
    return content


def _elsewhere(tmp_path: Path, content: dict[str, Any]) -> tuple[ServiceHarness, list[str]]:
    """The plan of a document in an empty archive, and what was told of what it leaves out."""
    harness = ServiceHarness(tmp_path / "di-poi.sqlite").on("2023-01-10")
    outcome = harness.service.load_plan(PlanDocument.model_validate(content), harness.caller())
    return harness, [notice.words for notice in outcome.warnings if notice.name == "left_alone"]


def test_what_others_published_causes_and_actions_come_back(harness: ServiceHarness, tmp_path: Path) -> None:
    before = _document(harness)
    assert [len(before[part]) for part in BESIDE] == [1, 1, 2]
    other, left_alone = _elsewhere(tmp_path, before)
    after = _document(other)
    assert left_alone == []
    assert {part: after[part] for part in BESIDE} == {part: before[part] for part in BESIDE}
    score = harness.ask(scores, PLAN, 2022, AT)["score"]
    assert score is not None
    assert other.ask(scores, PLAN, 2022, AT)["score"] == score
    other.store.close()


def test_what_an_order_took_the_words_of_is_left_out_and_told(harness: ServiceHarness, tmp_path: Path) -> None:
    (version,) = [
        record.version
        for record in harness.ask(lambda reader: reader.records(f"plan/{PLAN}"))
        if record.event.topic == "deviation-explained"
    ]
    redact_texts(
        harness.service,
        PLAN,
        RedactTexts(version=version),
        "decreto del Presidente n. 1 del 30/11/2022",
        harness.caller(),
    )
    other, left_alone = _elsewhere(tmp_path, _document(harness))
    assert len(left_alone) == 1
    assert "le parole sono oscurate" in left_alone[0]
    assert "deviations" not in _document(other)
    other.store.close()


def test_into_a_plan_that_is_there_none_of_it_is_taken_and_that_is_told(harness: ServiceHarness) -> None:
    remarks = uploaded_of(PlanDocument.model_validate(_document(harness))).remarks
    assert [part for part, _ in remarks] == list(BESIDE)
    assert all("non si prendono" in words for _, words in remarks)
