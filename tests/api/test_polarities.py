"""The polarities that the office is asked for, in one list, and answers in one go: at loading and later."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from api.imports.importing import Importing
from api.imports.reading import read_incoming
from api.workbook.safety import Limits
from domain.documents.changes import ChangeFile
from domain.documents.difference import Decisions
from domain.errors import AlreadyThere, NoChange, NotFound
from projections.change_rate import changes_of_year
from projections.undirected import undirected_indicators
from tests.support.harness import PLAN, ServiceHarness, document, point


def blind() -> dict[str, Any]:
    """The small plan with bare values: nobody knows of two indicators whether more is better."""
    content = document()
    for row, text in zip(content["indicators"][:2], ("70%", "14%"), strict=True):
        row["targets"] = [{"year": 2022, "text": text}]
    return content


@pytest.fixture
def harness(tmp_path: Path) -> ServiceHarness:
    return ServiceHarness(tmp_path / "harness.sqlite").on("2022-02-05")


def asked(harness: ServiceHarness, as_of: str = "2022-12-31") -> list[str]:
    answer = harness.ask(undirected_indicators, PLAN, point(as_of))
    return [row["indicator"] for row in answer["indicators"]]


def say(harness: ServiceHarness, **polarities: Any) -> Any:
    return harness.service.change(ChangeFile.model_validate({"plan": PLAN, "polarities": polarities}), harness.caller())


def test_the_preview_of_a_new_plan_lists_them_and_the_decisions_answer_them_all(harness: ServiceHarness) -> None:
    incoming = read_incoming(orjson.dumps(blind()), Limits())
    shown = Importing(harness.service).preview(incoming, Decisions(), harness.caller())
    assert [row.indicator for row in shown.undetermined] == ["incasso", "cassetto"]
    answered = Decisions.model_validate({"polarities": {"incasso": "up", "cassetto": "unknown"}})
    assert Importing(harness.service).preview(incoming, answered, harness.caller()).undetermined == ()
    Importing(harness.service).confirm(incoming, answered, harness.caller())
    assert asked(harness) == []
    assert [row["polarity"] for row in harness.plan()["indicators"][:2]] == ["up", None]


def test_a_file_for_a_plan_that_is_there_answers_them_too(harness: ServiceHarness) -> None:
    harness.load(**blind())
    incoming = read_incoming(orjson.dumps(blind()), Limits())
    answered = Decisions.model_validate({"polarities": {"incasso": "up", "cassetto": "down"}})
    assert len(Importing(harness.service).preview(incoming, Decisions(), harness.caller()).undetermined) == 2
    Importing(harness.service).confirm(incoming, answered, harness.caller())
    assert asked(harness) == []


def test_what_is_said_later_completes_the_cards_and_is_no_change_of_the_plan(harness: ServiceHarness) -> None:
    harness.load(**blind())
    harness.on("2022-10-05").revise("60%", "2022-09-30")
    assert asked(harness) == ["incasso", "cassetto"]
    before = harness.ask(changes_of_year, PLAN, 2022, point("2022-12-31"))
    say(harness, incasso="up", cassetto="unknown")
    assert asked(harness) == []
    after = harness.ask(changes_of_year, PLAN, 2022, point("2022-12-31"))
    assert [change["direction"] for change in before["changes"]] == ["undetermined"]
    assert [change["direction"] for change in after["changes"]] == ["easier"]
    assert len(harness.plan("2022-03-01", "2022-10-04")["indicators"]) == 3
    assert harness.plan("2022-03-01")["indicators"][0]["polarity"] == "up"


def test_another_polarity_than_the_known_one_is_a_change_and_the_same_is_nothing(harness: ServiceHarness) -> None:
    harness.load(**blind())
    say(harness, incasso="up")
    with pytest.raises(AlreadyThere, match="una modifica della scheda"):
        say(harness, incasso="down")
    with pytest.raises(NoChange):
        say(harness, incasso="up")
    with pytest.raises(NotFound) as refused:
        say(harness, nessuno="up")
    assert refused.value.problem.where == "polarities.nessuno"


def test_a_closed_year_keeps_its_scores(harness: ServiceHarness) -> None:
    harness.load(**blind())
    harness.on("2023-06-01").change(
        {"verb": "close_year", "year": 2022}, act="delibera di Giunta n. 5 del 31/05/2023", effective_on="2023-05-31"
    )
    say(harness, incasso="up")
    assert harness.plan("2022-12-31")["indicators"][0]["polarity"] is None
    assert harness.plan("2023-06-01")["indicators"][0]["polarity"] == "up"
