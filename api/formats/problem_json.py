"""A refusal as a problem document (RFC 9457): one shape, with a permanent type, for the command line and for HTTP."""

from typing_extensions import TypedDict

from domain.errors import DomainError, Malformed
from projections.answers import Text

TYPE = "urn:in-itinere:problem:"
"""What the type of every problem begins with; the name of the error follows."""


class ProblemItem(TypedDict):
    """Un singolo problema di un dato in ingresso: dove, che cosa, che cosa si accetta."""

    where: Text
    found: Text
    accepted: Text


class WholeProblem(TypedDict):
    """A refusal with every member, also those that say nothing here; `instance` and `total` are for HTTP to add."""

    type: str
    title: str
    status: int
    detail: str
    where: str
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
        "where": error.problem.where,
        "accepted": error.problem.accepted,
        "listed": list(error.listed) if problems is None else [],
        "problems": [
            {"where": problem.where, "found": problem.found, "accepted": problem.accepted} for problem in problems or ()
        ],
    }
