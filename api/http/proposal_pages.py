"""The pages of proposals: each form is a command of the table, each page a question, with what its row asks for."""

import re
from collections.abc import Callable
from typing import NamedTuple

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response

from api.access.sessions import csrf_token
from api.commands.handler import Caller, Outcome
from api.commands.service import Service
from api.formats.json_reader import into
from api.http.access import Gate, admission_of
from api.http.forms import FormEndpoint, FormFields, form_secret, read_form, require_own_form, with_form_cookie
from api.operations.dated import Dated
from api.operations.model import Command, CommandContext, QueryContext
from api.operations.table import COMMANDS, QUESTIONS
from api.pages.forms import FormProblem, form_fields, form_problems
from api.pages.proposals import (
    PROPOSAL,
    PROPOSAL_ACTION,
    PROPOSALS,
    ProposalAction,
    proposal_page,
    proposals_page,
)
from api.pages.sign_in import SIGN_IN, onwards
from domain.errors import DomainError, NotFound
from domain.point import Point, today
from domain.vocabulary import JsonValue
from projections.access.accounts import actors_of
from projections.audit import names_of
from projections.plan_in_force import plan_in_force
from projections.proposals import ProposalWhole, proposal_list
from projections.store.reader import Reader
from projections.streams import find_plan


class ActionRow(NamedTuple):
    """What a form of a proposal sends: the row of the command, in which states it is offered, its title and its fields.

    With `of_submission`, which submission was seen: what was submitted since is told as a conflict.
    """

    row: str
    states: frozenset[str]
    title: str
    fields: tuple[str, ...]
    grave: bool = False
    of_submission: bool = False


SUBMITTED = frozenset({"submitted"})
SUBMISSION = re.compile("[1-9][0-9]{0,14}")
DRAFT_OR_SUBMITTED = frozenset({"draft", "submitted"})
ACTIONS: dict[str, ActionRow] = {
    "presenta": ActionRow("submit_proposal", DRAFT_OR_SUBMITTED, "Presenta con i suoi effetti", ("effective_on",)),
    "parere": ActionRow("ask_opinion", SUBMITTED, "Chiedi il parere dell'OIV", ("due", "words")),
    "commenta": ActionRow("comment_proposal", DRAFT_OR_SUBMITTED, "Commenta", ("words",)),
    "adotta": ActionRow("enact_proposal", SUBMITTED, "Adotta con un atto", ("act", "exception"), of_submission=True),
    "respingi": ActionRow("reject_proposal", SUBMITTED, "Respingi", ("justification", "act"), grave=True),
    "ritira": ActionRow("withdraw_proposal", DRAFT_OR_SUBMITTED, "Ritira", ("justification",), grave=True),
}
"""What may be done with a proposal from its page, by the last word of its address."""


class ProposalPages:
    """The routes of one service."""

    def __init__(self, app: FastAPI, service: Service) -> None:
        self.app = app
        self.service = service

    def add(self) -> None:
        """Adds them to the application."""
        for path, question, answer in (
            (PROPOSALS, QUESTIONS["list_proposals"], self.list_page),
            (PROPOSAL, QUESTIONS["show_proposal"], self.show_page),
        ):
            self.app.add_route(path, self._page(answer, question.name), methods=["GET"])
        self.app.add_route(PROPOSAL_ACTION, self._form(self.act, self.show_page_again), methods=["POST"])

    # -- pages -----------------------------------------------------------------------------------------------------

    def list_page(self, request: Request) -> Response:
        """The proposals of a plan."""
        with self.service.store.reading() as reader:
            point, plan = self._point(), str(request.path_params["plan"])
            listed = proposal_list(reader, plan, point)
            may_draft = admission_of(request).allows(COMMANDS["draft_proposal"])
            return proposals_page(plan_in_force(reader, plan, point), listed, may_draft=may_draft)

    def show_page(self, request: Request) -> Response:
        """One proposal."""
        return self._shown(request)

    def show_page_again(self, request: Request, _: FormFields, error: DomainError) -> Response:
        """The proposal, with what was refused of what was sent."""
        action = str(request.path_params["action"])
        problems = tuple(
            problem._replace(field=f"{action}-{problem.field}" if problem.field else "")
            for problem in form_problems(error)
        )
        return self._shown(request, problems, error.status)

    def _shown(self, request: Request, problems: tuple[FormProblem, ...] = (), status: int = 200) -> Response:
        admission, plan = admission_of(request), str(request.path_params["plan"])
        with self.service.store.reading() as reader:
            proposal = self._proposal(reader, plan, str(request.path_params["proposal"]))
            names = {
                actor["account"]: actor["name"] or "persona cancellata"
                for actor in actors_of(reader, admission.administration or "")["actors"]
            }
            called = names_of(reader, find_plan(reader, plan))
        seen = [str(one["version"]) for one in proposal["submissions"] if one["current"]]
        actions = [
            ProposalAction(
                name,
                action.title,
                form_fields(COMMANDS[action.row].inputs[0], action.fields),
                action.grave,
                seen[-1] if action.of_submission and seen else "",
            )
            for name, action in ACTIONS.items()
            if proposal["status"] in action.states and admission.allows(COMMANDS[action.row])
        ]
        return proposal_page(
            plan, proposal, actions, names, called, csrf=_csrf(request), problems=problems, status=status
        )

    def _proposal(self, reader: Reader, plan: str, name: str) -> ProposalWhole:
        context = QueryContext(self.service.store, reader, self._point(), self.service.store.clock(), plan, name)
        handler = QUESTIONS["show_proposal"].handler
        if handler is None:
            raise TypeError("show_proposal has no handler")
        answer: ProposalWhole = handler(context, Dated())  # type: ignore[assignment]  # its row says so
        return answer

    # -- commands --------------------------------------------------------------------------------------------------

    def act(self, request: Request, form: FormFields) -> str:
        """Does with a proposal what its form says; the address of its page."""
        action = ACTIONS.get(str(request.path_params["action"]))
        if action is None:
            raise NotFound("questa azione non c'è", accepted=", ".join(ACTIONS))
        row = COMMANDS[action.row]
        admission_of(request).require(row, None)
        plan, proposal = str(request.path_params["plan"]), str(request.path_params["proposal"])
        said = {field: form[field] for field in action.fields if form.get(field, "").strip()}
        seen: dict[str, JsonValue] = {}
        if action.of_submission and SUBMISSION.fullmatch(form.get("submission", "")):
            seen["submission"] = int(form["submission"])
        self._given(row, CommandContext(self.service, plan, _caller(request), proposal), {**said, **seen})
        return PROPOSAL.format(plan=plan, proposal=proposal)

    def _given(self, row: Command, context: CommandContext, said: dict[str, JsonValue]) -> Outcome:
        if row.handler is None:
            raise TypeError(f"{row.name} has no handler")
        return row.handler(context, into(row.inputs[0], said))

    # -- what all have in common -----------------------------------------------------------------------------------

    def _point(self) -> Point:
        return Point(today(self.service.store.clock()))

    def _page(self, answer: Callable[[Request], Response], row: str) -> FormEndpoint:
        operation = QUESTIONS.get(row) or COMMANDS[row]

        async def endpoint(request: Request) -> Response:
            if (away := _to_sign_in(request)) is not None:
                return away
            admission_of(request).require(operation, None)
            return with_form_cookie(request, await run_in_threadpool(answer, request))

        return endpoint

    def _form(
        self, work: Callable[[Request, FormFields], str], again: Callable[[Request, FormFields, DomainError], Response]
    ) -> FormEndpoint:
        async def endpoint(request: Request) -> Response:
            if (away := _to_sign_in(request)) is not None:
                return away
            form = await read_form(request)
            require_own_form(form_secret(request), form)
            try:
                address = await run_in_threadpool(work, request, form)
            except DomainError as error:
                if error.status in {401, 403, 404} or error.status >= 500:
                    raise
                return await run_in_threadpool(again, request, form, error)
            return RedirectResponse(address, status_code=303)

        return endpoint


def _to_sign_in(request: Request) -> Response | None:
    """The way in for whoever has no session, where the door is closed; a token is for programs, which have the interface."""
    gate: Gate = request.app.state.gate
    if admission_of(request).secret or gate.is_open:
        return None
    return RedirectResponse(onwards(SIGN_IN, request.url.path), status_code=303)


def _caller(request: Request) -> Caller:
    return Caller.of(admission_of(request).principal)


def _csrf(request: Request) -> str:
    return csrf_token(form_secret(request))
