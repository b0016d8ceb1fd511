"""Which question each answer is of: by its number, by its cell, or as the sheet of an earlier preview brings it.

A question that was asked otherwise by then is asked again; an answer that is none of those offered is refused.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from domain.documents.answers import GivenAnswer, answer_meant, no_answer
from domain.documents.questions import OpenQuestion
from domain.errors import Malformed, Problem

Questions = Callable[[Mapping[str, str]], Sequence[OpenQuestion]]
"""The questions that a file leaves, given the answers by the id of their question."""
CHANGED = "la domanda è cambiata da quando fu posta: si chiede di nuovo"
GONE = "la domanda non c'è più: la risposta non serve"


class PlacedAnswers(NamedTuple):
    """The answers by the id of their question, the questions in the order of their numbers, what there is to say of answers."""

    answers: dict[str, str]
    order: tuple[str, ...]
    remarks: tuple[tuple[str, str], ...]

    def numbered(self, questions: Sequence[OpenQuestion]) -> tuple[OpenQuestion, ...]:
        """Questions in the order of their numbers: one that only an answer brought up comes last."""
        places = {id_: place for place, id_ in enumerate(self.order)}
        return tuple(sorted(questions, key=lambda question: places.get(question.id, len(places))))


def answers_placed(of_file: Sequence[GivenAnswer], answers: Mapping[str, str], ask: Questions) -> PlacedAnswers:
    """The answers of a file and of whoever sends it; Malformed, at its place, for one that is none of those offered.

    Of one question the sender's answer counts before that of the file.
    """
    by_id = {name: text for name, text in answers.items() if not _is_place(name)}
    by_place = {name: text for name, text in answers.items() if _is_place(name)}
    given = {answer.question: answer for answer in of_file if answer.question not in by_id}
    questions, remarks, problems = _asked_alike(given, by_id, ask)
    settled = {id_: answer.text for id_, answer in given.items()} | by_id
    order = [question.id for question in questions]
    while by_place:
        known = {question.id: question for question in questions}
        meant = {name: id_ for name in by_place if (id_ := _question_at(name, order, known)) is not None}
        for name, id_ in meant.items():
            text = by_place.pop(name)
            if answer_meant(known[id_].options, text) is None:
                problems.append(no_answer(f"risposta {name}", text, known[id_].options))
            settled[id_] = text
        if not meant:
            problems += [_no_question(name, len(order)) for name in by_place]
            break
        questions = ask(settled)
        order += [question.id for question in questions if question.id not in order]
    if problems:
        raise Malformed(problems)
    return PlacedAnswers(settled, tuple(order), tuple(remarks))


def _asked_alike(
    given: dict[str, GivenAnswer], by_id: Mapping[str, str], ask: Questions
) -> tuple[Sequence[OpenQuestion], list[tuple[str, str]], list[Problem]]:
    """The questions, with the answers of a file that still answer them; those that do not are taken out of `given`.

    A question that another answer brings up, or words otherwise, is looked at as it was when it was written: among the
    answers that had been given by then, its own among them or not.
    """
    questions = ask(by_id)
    if not given:
        return questions, [], []
    asked: dict[str, OpenQuestion] = {}
    problems: list[Problem] = []
    settled = dict(by_id)
    while True:
        fresh = {
            q.id: q for q in questions if q.id in given and q.id not in settled and given[q.id].mark in {"", q.mark}
        }
        for id_, question in fresh.items():
            answer = given[id_]
            if answer_meant(question.options, answer.text) is None:
                problems.append(no_answer(answer.where, answer.text, question.options))
                asked[id_] = question
                del given[id_]
            else:
                settled[id_] = answer.text
        asked |= {question.id: question for question in questions}
        if not fresh:
            waiting = {
                id_: answer.text
                for id_, answer in given.items()
                if id_ not in settled and id_ in asked and answer_meant(asked[id_].options, answer.text) is not None
            }
            again = {q.id: q for q in ask(settled | waiting)} if waiting else {}
            alike = {id_ for id_ in waiting if id_ in again and given[id_].mark == again[id_].mark}
            if not alike:
                break
            settled |= {id_: waiting[id_] for id_ in alike}
        questions = ask(settled)
    dropped = [id_ for id_ in given if id_ not in settled]
    remarks = [(given.pop(id_).where, CHANGED if id_ in asked else GONE) for id_ in dropped]
    return questions, remarks, problems


def says_by_place(answers: Mapping[str, str]) -> bool:
    """Whether an answer names its question otherwise than by its id."""
    return any(map(_is_place, answers))


def _is_place(name: str) -> bool:
    """Whether an answer names its question by a number or a cell; an id has a colon."""
    return ":" not in name


def _question_at(name: str, order: Sequence[str], known: Mapping[str, OpenQuestion]) -> str | None:
    if name.isdecimal():
        number = int(name)
        id_ = order[number - 1] if 1 <= number <= len(order) else None
        return id_ if id_ in known else None
    at = [question.id for question in known.values() if question.where.casefold() == name.strip().casefold()]
    return at[0] if len(at) == 1 else None


def _no_question(name: str, last: int) -> Problem:
    accepted = (
        f"un numero da 1 a {last}, o la cella di una domanda" if last else "nessuna risposta: non ci sono domande"
    )
    return Problem(where=f"risposta {name}", found=f"non c'è la domanda {name[:80]}", accepted=accepted)
