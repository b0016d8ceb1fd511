"""A refusal as a problem document (RFC 9457): one shape, with a permanent type, for the command line and for HTTP."""

from typing import Annotated, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from api.language.closed_lists import accepted_in_words
from api.language.places import place_words, pointer_of
from domain.errors import DomainError, Malformed, Problem
from projections.answers import Text

Pointer = Annotated[str, Field(description="Lo stesso luogo come JSON Pointer (RFC 6901), per i programmi.")]

TYPE = "urn:in-itinere:problem:"
"""What the type of every problem begins with; the name of the error follows."""


class ProblemItem(TypedDict):
    """Un singolo problema di un dato in ingresso: dove, che cosa, che cosa si accetta."""

    where: Text
    pointer: NotRequired[Pointer]
    found: Text
    accepted: Text


class WholeProblem(TypedDict):
    """A refusal with every member, also those that say nothing here; `instance` and `total` are for HTTP to add."""

    type: str
    title: str
    status: int
    detail: str
    where: str
    pointer: str | None
    accepted: str
    listed: list[str]
    problems: list[ProblemItem]


def type_of(error: DomainError | type[DomainError]) -> str:
    """The permanent type of an error."""
    return TYPE + error.name.replace("_", "-")


def problem_object(error: DomainError) -> WholeProblem:
    """A refusal as JSON."""
    problems = error.problems if isinstance(error, Malformed) else None
    return {
        "type": type_of(error),
        "title": error.title,
        "status": error.status,
        "detail": error.problem.found,
        "where": place_words(error.problem.where),
        "pointer": pointer_of(error.problem.where),
        "accepted": accepted_in_words(error.problem.accepted),
        "listed": list(error.listed) if problems is None else [],
        "problems": [problem_item(problem) for problem in problems or ()],
    }


def problem_item(problem: Problem) -> ProblemItem:
    """One problem as JSON."""
    item: ProblemItem = {
        "where": place_words(problem.where),
        "found": problem.found,
        "accepted": accepted_in_words(problem.accepted),
    }
    if (pointer := pointer_of(problem.where)) is not None:
        item["pointer"] = pointer
    return item
