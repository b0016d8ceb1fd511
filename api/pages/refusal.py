"""The page of a refusal: what a browser shows where a program reads a problem."""

from starlette.responses import Response

from api.pages.forms import form_problems
from api.pages.frame import bare_frame, render
from api.settings import Language
from domain.errors import DomainError


def refusal_page(error: DomainError, language: Language = "it", again: str | None = None, back: str = "") -> Response:
    """The page, with the status of the refusal; no field of it is on this page, so that nothing leads there.

    `again` is how the same is asked again in another language; None where it was sent, and cannot be. `back` is the page of
    the plan that it is about.
    """
    problems = [problem._replace(field="") for problem in form_problems(error, language)]
    frame = bare_frame(again)
    return render(
        "refusal.html", error.title, frame, language, status=error.status, private=True, problems=problems, back=back
    )
