"""The form by which an empty installation takes in the example plans."""

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response

from api.commands.examples import load_examples, require_only_examples
from api.commands.service import Service
from api.http.access import Admission, admission_of
from api.http.forms import read_form, require_form_of
from api.operations.table import COMMANDS
from api.pages import addresses


def may_load_examples(admission: Admission) -> bool:
    """Whether whoever asks may take them in: who opens accounts of the whole installation, and whoever is on its machine."""
    principal = admission.principal
    everywhere = any(grant.administration is None and grant.role == "administrator" for grant in principal.grants)
    return principal.is_machine or (everywhere and principal.may("manage_accounts", None))


def add_example_plans(app: FastAPI, service: Service) -> None:
    """Adds its route."""

    async def endpoint(request: Request) -> Response:
        admission = admission_of(request)
        require_form_of(admission, await read_form(request))
        if not may_load_examples(admission):
            admission.require(COMMANDS["open_account"], None)
        await run_in_threadpool(_load, service)
        return RedirectResponse("/", status_code=303)

    app.add_route(addresses.EXAMPLES, endpoint, methods=["POST"])


def _load(service: Service) -> None:
    require_only_examples(service)
    load_examples(service)
