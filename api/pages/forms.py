"""What forms of pages are made of: fields with their labels, and a summary of what is wrong that leads to each."""

from collections.abc import Sequence
from typing import NamedTuple

from pydantic import BaseModel

from api.language.sentences import text_in
from api.language.translation import filled_in
from api.pages.templating import printed_signs
from api.settings import Language
from domain.errors import DomainError, Malformed, Problem

CSRF_FIELD = "csrf"
"""The hidden field of every form that says that this service made it."""


PROGRAMS = "/v1/"
"""What an address is under that only a program asks for: a page sends nobody there."""


class FormProblem(NamedTuple):
    """What is wrong with a form: the name of the field, empty where it is of none, and a sentence."""

    field: str
    text: str


class FormField(NamedTuple):
    """A field of a form: its name in the command, what people call it, a hint, whether it is asked for."""

    name: str
    label: str
    hint: str
    required: bool


def form_fields(command: type[BaseModel], names: Sequence[str]) -> tuple[FormField, ...]:
    """Fields of a command, called and explained as the command does at every door."""
    fields = [(name, command.model_fields[name]) for name in names]
    return tuple(
        FormField(name, (field.title or name).capitalize(), field.description or "", field.is_required())
        for name, field in fields
    )


def form_problems(error: DomainError, language: Language) -> tuple[FormProblem, ...]:
    """What a refusal says, for the form that was refused: at its fields where it names them."""
    problems = error.problems if isinstance(error, Malformed) else [error.problem]
    return tuple(
        FormProblem(problem.where, printed_signs(f"{problem_words(problem, language)}.")) for problem in problems
    )


def problem_words(problem: Problem, language: Language) -> str:
    """What is wrong, and what would be accepted, but for what only a program asks for."""
    found = text_in(problem.found, language)
    words = found[:1].upper() + found[1:]
    if not problem.accepted or PROGRAMS in problem.accepted:
        return words
    accepted = text_in(problem.accepted, language)
    return filled_in("%(found)s. Si accetta: %(accepted)s", language, found=words, accepted=accepted)
