"""The very same file, or the export of what it made, imported again is no change, and records nothing."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.commands.handler import Caller
from api.imports.import_preview import FilePreview
from api.imports.importing import Importing
from api.imports.reading import read_incoming
from api.workbook.export import exported
from api.workbook.safety import Limits
from api.workbook.write import write_csv, write_xlsx
from domain.documents.difference import Decisions
from domain.documents.plan import PlanDocument
from projections.streams import administration_stream, plan_stream
from tests.api.workbook.books import EXAMPLES, as_ods
from tests.api.workbook.test_round_trip import NAMES, documents
from tests.support.harness import ServiceHarness, point

FORMATS = ("json", "xlsx", "csv", "ods")
DAY = "2022-03-01"


def written(document: Any, format_: str) -> bytes:
    """A document as a file of a format."""
    match format_:
        case "json":
            return orjson.dumps(document)
        case "xlsx":
            return write_xlsx(document)
        case "csv":
            return write_csv(document)
        case _:
            return as_ods(write_csv(document))


def exported_again(harness: ServiceHarness, plan: str, format_: str) -> bytes:
    """The plan as it is exported in a format."""
    with harness.store.reading() as reader:
        content = exported(reader, plan, point(DAY), "csv" if format_ == "ods" else format_)
    return as_ods(content) if format_ == "ods" else content


def answered(harness: ServiceHarness, content: bytes) -> Decisions:
    """Decisions with the last answer to every question of a file: as it is written, what is new, unknown."""
    decisions = Decisions()
    while True:
        shown = Importing(harness.service).preview(read_incoming(content, Limits()), decisions, harness.caller())
        open_questions = [question for question in shown.questions if question.answer is None]
        if not open_questions:
            return decisions
        answers = {question.id: question.options[-1].answer for question in open_questions}
        decisions = decisions.model_copy(update={"answers": decisions.answers | answers})


def assert_imported_again_without_a_trace(harness: ServiceHarness, plan: str, owner: str, content: bytes) -> None:
    """Nothing differs, nothing is recorded; what was answered once is answered again."""
    streams = (plan_stream(plan), administration_stream(owner))
    with harness.store.reading() as reader:
        before = [reader.head(stream).version for stream in streams]
    outcome = Importing(harness.service).confirm_unless_unchanged(
        read_incoming(content, Limits()), answered(harness, content), harness.caller()
    )
    assert isinstance(outcome, FilePreview)
    assert outcome.changes == {}, outcome.items[:3]
    with harness.store.reading() as reader:
        assert [reader.head(stream).version for stream in streams] == before


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("name", NAMES)
def test_each_of_the_five_plans_imported_twice_in_each_format_is_one_import(
    name: str, format_: str, tmp_path: Path
) -> None:
    document = orjson.loads((EXAMPLES / "plans" / f"{name}.json").read_bytes())
    harness = ServiceHarness(tmp_path / "twice.sqlite").on(DAY)
    content = written(document, format_)
    Importing(harness.service).confirm(read_incoming(content, Limits()), answered(harness, content), harness.caller())
    plan, owner = document["plan"]["id"], document["administration"]["id"]
    assert_imported_again_without_a_trace(harness, plan, owner, content)
    assert_imported_again_without_a_trace(harness, plan, owner, exported_again(harness, plan, format_))
    harness.store.close()


def test_an_inferred_polarity_is_not_withdrawn_by_a_column_that_is_empty(harness: ServiceHarness) -> None:
    with harness.store.reading() as reader:
        shown = orjson.loads(exported(reader, "prova-2022-2024", point("2022-09-01"), "json"))
    for row in shown["indicators"]:
        row.pop("polarity_basis", None)
        row["polarity"] = None
    del shown["as_of"], shown["version"]
    for format_ in FORMATS:
        assert_imported_again_without_a_trace(harness, "prova-2022-2024", "cciaa-prova", written(shown, format_))


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much], deadline=None)
@given(documents(), st.sampled_from(["json", "xlsx", "csv"]))
def test_any_document_imported_twice_is_one_import(content: dict[str, Any], format_: str) -> None:
    plain = orjson.loads(PlanDocument.model_validate(content).model_dump_json(exclude_unset=True))
    file = written(plain, format_)
    with TemporaryDirectory() as folder:
        harness = ServiceHarness(Path(folder) / "twice.sqlite").on(DAY)
        Importing(harness.service).confirm(read_incoming(file, Limits()), answered(harness, file), Caller("prova"))
        plan, owner = content["plan"]["id"], content["administration"]["id"]
        assert_imported_again_without_a_trace(harness, plan, owner, file)
        assert_imported_again_without_a_trace(harness, plan, owner, exported_again(harness, plan, format_))
        harness.store.close()
