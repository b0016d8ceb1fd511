"""What a change file asks about its targets, and the changes that the answers come to."""

import pytest

from domain.documents.change_questions import changes_answered
from domain.documents.changes import ChangeFile
from domain.timelines import Timelines
from domain.vocabulary import JsonValue
from tests.support.given import Given


@pytest.fixture(scope="module")
def timelines() -> Timelines:
    plan = Given().objective("o", title="Ridurre i tempi").indicator("i", "o", name="Tempo medio")
    return plan.timelines


def file(*changes: dict[str, JsonValue]) -> ChangeFile:
    return ChangeFile.model_validate({"plan": "p", "changes": list(changes)})


def a_target(text: str, **more: JsonValue) -> dict[str, JsonValue]:
    return {"verb": "set_target", "object": "i", "year": 2024, "target": text, **more}


def come_to(timelines: Timelines, changes: ChangeFile, **answers: str) -> list[tuple[object, ...]]:
    by_id = {f"{kind}:modifiche n. 1, target 2024": answer for kind, answer in answers.items()}
    answered, questions = changes_answered(changes, by_id, timelines)
    assert all(question.answer is not None for question in questions)
    said = (change.model_dump(exclude_none=True) for change in answered.changes)
    return [tuple(one.get(name) for name in ("verb", "ordinal", "target", "accept_unread")) for one in said]


def test_a_target_that_says_that_it_was_changed_is_asked_about_as_in_a_workbook(timelines: Timelines) -> None:
    asked = file(a_target("90% (rimodulato: 85%)"))
    _, (question,) = changes_answered(asked, {}, timelines)
    assert (question.where, question.answer) == ("modifiche n. 1, target 2024", None)
    assert [option.words for option in question.options][:2] == ["vale '90%'", "vale '85%'"]
    assert come_to(timelines, asked, changed_cell="2") == [("set_target", 1, "85%", False)]
    assert come_to(timelines, asked, changed_cell="testo") == [("set_target", 1, "90% (rimodulato: 85%)", True)]


def test_two_values_are_two_targets_or_one(timelines: Timelines) -> None:
    asked = file(a_target("15% 20%"))
    assert come_to(timelines, asked, two_values="20%") == [("set_target", 1, "20%", False)]
    assert come_to(timelines, asked, two_values="tutti") == [
        ("set_target", 1, "15%", False),
        ("set_target", 2, "20%", False),
    ]


def test_a_target_that_is_no_longer_asked_for_is_no_change_where_there_is_none(timelines: Timelines) -> None:
    assert come_to(timelines, file(a_target("90% (annullato)")), changed_cell="nessuno") == []


@pytest.mark.parametrize("said", [a_target(">= 85%"), a_target("90% (rimodulato: 85%)", accept_unread=True)])
def test_what_reads_and_what_is_to_stay_as_it_is_asks_nothing(timelines: Timelines, said: dict[str, JsonValue]) -> None:
    asked = file(said)
    answered, questions = changes_answered(asked, {}, timelines)
    assert (answered.changes, questions) == (asked.changes, [])


def test_a_target_of_a_new_indicator_is_asked_about_too(timelines: Timelines) -> None:
    new: dict[str, JsonValue] = {"verb": "add_indicator", "object": "n", "objective": "o", "name": "Nuovo"}
    asked = file(new | {"targets": [{"year": 2024, "text": "90% (sosp.)"}, {"year": 2025, "text": "95%"}]})
    answered, (question,) = changes_answered(asked, {"changed_cell:modifiche n. 1, target 2024": "nessuno"}, timelines)
    assert question.answer == "withdraw"
    assert [(one.year, one.text) for one in answered.changes[0].targets] == [(2025, "95%")]  # type: ignore[union-attr]
