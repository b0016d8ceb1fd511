"""Which question an answer is of: one that another answer brings up among them, by number and in a file."""

from collections.abc import Mapping

import pytest

from api.imports.answering import CHANGED, GONE, answers_placed
from domain.documents.answers import GivenAnswer, Option
from domain.documents.questions import OpenQuestion
from domain.documents.uploaded import UploadedPlan
from domain.errors import Malformed


def question(id_: str, words: str, answers: Mapping[str, str], *options: str) -> OpenQuestion:
    choices = tuple(Option(answer=option, words=option) for option in options)
    return OpenQuestion(id=id_, where=f"Piano!{id_[-1]}", words=words, options=choices, answer=answers.get(id_))


def asked(answers: Mapping[str, str]) -> list[OpenQuestion]:
    """A column; where it is of targets, their year, and the column in other words."""
    words = "di nuovo" if answers.get("q:c") else "che cos'è la colonna"
    there = [question("q:c", words, answers, "target", "niente")]
    if answers.get("q:c") == "target":
        there.append(question("q:e", "di quale anno", answers, "2024", "2025"))
    return there


def of_file(*answers: tuple[str, str, str]) -> UploadedPlan:
    given = tuple(GivenAnswer(f"Domande!E{n}", id_, mark, text) for n, (id_, mark, text) in enumerate(answers, start=2))
    return UploadedPlan(None, None, answers=given)


def test_a_question_that_an_answer_brings_up_is_answered_in_the_same_round() -> None:
    by_number = answers_placed(of_file().answers, {"1": "target", "2": "2025"}, asked)
    by_cell = answers_placed(of_file().answers, {"Piano!c": "target", "Piano!e": "2025"}, asked)
    assert by_number.answers == by_cell.answers == {"q:c": "target", "q:e": "2025"}
    assert by_number.order == ("q:c", "q:e")


@pytest.mark.parametrize("as_answered", [False, True])
def test_a_file_answers_what_its_other_answers_bring_up_however_that_was_worded_by_then(*, as_answered: bool) -> None:
    column, year = asked({"q:c": "target"})
    (before,) = asked({})
    mark = column.mark if as_answered else before.mark
    placed = answers_placed(of_file(("q:c", mark, "target"), ("q:e", year.mark, "2024")).answers, {}, asked)
    assert placed.answers == {"q:c": "target", "q:e": "2024"}
    assert not placed.remarks


def test_what_was_asked_otherwise_is_asked_again_and_what_is_no_answer_is_refused() -> None:
    (before,) = asked({})
    placed = answers_placed(of_file(("q:c", "another", "target"), ("q:z", "", "x")).answers, {}, asked)
    assert [words for _, words in placed.remarks] == [CHANGED, GONE]
    assert not placed.answers
    with pytest.raises(Malformed, match="non è fra le risposte"):
        answers_placed(of_file(("q:c", before.mark, "boh")).answers, {}, asked)
