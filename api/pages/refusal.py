"""The page of a refusal: what a browser shows where a program reads a problem."""

from fastapi.responses import Response

from api.pages.forms import form_problems
from api.pages.frame import page
from domain.errors import DomainError

CONTENT = """
{{ forms.summary(problems) }}
<p><a href="/">Torna all'inizio</a></p>
"""


def refusal_page(error: DomainError) -> Response:
    """The page, with the status of the refusal; no field of it is on this page, so that nothing leads there."""
    problems = [problem._replace(field="") for problem in form_problems(error)]
    return page(error.title, CONTENT, status=error.status, private=True, problems=problems)
