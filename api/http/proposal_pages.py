"""The pages of proposals: each form is a command of the table, each page a question, with what its row asks for."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response

from api.access.sessions import is_csrf_token
from api.commands.handler import Caller, Outcome
from api.commands.proposals import amend_proposal, foresee_draft
from api.commands.service import Service
from api.formats.json_reader import into
from api.http.access import Gate, admission_of
from api.http.ended_sessions import MARK, EndedSessions
from api.http.forms import FormEndpoint, FormFields, form_secret, not_our_form, read_form, with_form_cookie
from api.http.plan_visits import plan_visit, recorded_answer
from api.http.visitors import keep_language, own_address
from api.operations.dated import Dated
from api.operations.model import CommandContext, Operation, QueryContext
from api.operations.proposals import read_proposed, show_proposal
from api.operations.table import COMMANDS, QUESTIONS
from api.pages import addresses
from api.pages.addresses import DATES, page_address
from api.pages.forms import CSRF_FIELD
from api.pages.proposals.actions import PROPOSAL_FORMS, RefusedForm, without_id
from api.pages.proposals.effects_of import TEXTS
from api.pages.sign_in import SIGN_IN, onwards
from domain.access.principal import Unauthenticated
from domain.errors import DomainError, NotFound, VersionOutdated
from domain.late import late
from domain.patterns import regex
from domain.proposals.decide import ProposalRedacted
from domain.vocabulary import JsonValue
from projections.proposals import ProposalWhole

with late:  # a page is made when it is asked
    from api.pages.proposals.amend_form import AmendForm
    from api.pages.proposals.amend_page import amend_page
    from api.pages.proposals.list_page import proposals_page
    from api.pages.proposals.proposal_page import EffectsNow, proposal_page
    from api.pages.visit import PlanVisit
    from api.pages.work.act_details import cites_act, with_details

SUBMISSION = regex("[1-9][0-9]{0,14}")
SEEN = "seen"
ACTION = "action"


class ProposalPages:
    """The routes of one service."""

    def __init__(self, app: FastAPI, service: Service, gate: Gate) -> None:
        self.app = app
        self.service = service
        self.gate = gate
        self.ended = EndedSessions(service, gate)

    def add(self) -> None:
        """Adds them to the application; those that name a form before those that take any word."""
        for path, operation, answer in (
            (addresses.PROPOSALS, QUESTIONS["list_proposals"], self._list),
            (addresses.AMENDED_PROPOSAL, COMMANDS["amend_proposal"], self._text),
            (addresses.PROPOSAL, QUESTIONS["show_proposal"], self._one),
        ):
            self.app.add_route(path, self._page(answer, operation), methods=["GET"])
        for path, sent in (
            (addresses.AMENDED_PROPOSAL, self._amend),
            (addresses.PROPOSAL_ACTION, self._act),
        ):
            self.app.add_route(path, self._form(sent), methods=["POST"])

    # -- pages -----------------------------------------------------------------------------------------------------

    def _list(self, request: Request) -> Response:
        with self._visiting(request, addresses.PROPOSALS) as visit:
            return proposals_page(visit)

    def _one(self, request: Request) -> Response:
        with self._visiting(request, addresses.PROPOSAL) as visit:
            proposal, typed = self._proposal(visit), self.ended.typed(request)
            again = RefusedForm(typed.pop(ACTION, ""), typed) if typed else None
            return proposal_page(visit, proposal, self._effects_now(request, visit, proposal), again)

    def _text(self, request: Request) -> Response:
        with plan_visit(self.service, request, addresses.AMENDED_PROPOSAL) as visit:
            proposal, typed = self._proposal(visit), self.ended.typed(request)
            form = _amending(visit, proposal, typed or None)
            return amend_page(visit, proposal, form, seen=_text_version(proposal), restored=bool(typed))

    # -- what is sent ----------------------------------------------------------------------------------------------

    def _amend(self, request: Request, sent: FormFields) -> Response:
        admission_of(request).require(COMMANDS["amend_proposal"], None)
        name = str(request.path_params["proposal"])
        with plan_visit(self.service, request, addresses.AMENDED_PROPOSAL) as visit:
            proposal = self._proposal(visit)
            form, seen = _amending(visit, proposal, _typed(sent)), _text_version(proposal)
            try:
                if sent.get(SEEN) != str(seen):
                    raise VersionOutdated("il testo della proposta è stato modificato da un altro")
                outcome = amend_proposal(self.service, visit.plan, name, form.proposed(), _caller(request))
            except DomainError as error:
                _require_told(error)
                problems = [p._replace(text=without_id(p.text, proposal)) for p in form.problems_of(error)]
                return amend_page(visit, proposal, form, problems, seen=seen, status=error.status)
        self.ended.forget(request, request.url.path)
        return self._recorded(outcome, name)

    def _act(self, request: Request, sent: FormFields) -> Response:
        form = PROPOSAL_FORMS.get(str(request.path_params["action"]))
        if form is None:
            raise NotFound("questa azione non c'è", accepted=", ".join(PROPOSAL_FORMS))
        admission_of(request).require(form.row, None)
        plan, name = str(request.path_params["plan"]), str(request.path_params["proposal"])
        said: dict[str, JsonValue] = {field: sent[field] for field in form.accepted if sent.get(field, "").strip()}
        said |= {ticked: True for ticked in ("same_act", "before_opinion") if ticked in said}
        if cites_act(form.row.inputs[0]):
            said = with_details(said, sent)
        if form.of_submission and SUBMISSION.fullmatch(sent.get("submission", "")):
            said["submission"] = int(sent["submission"])
        row = form.row
        if row.handler is None:
            raise TypeError(f"{row.name} has no handler")
        try:
            context = CommandContext(self.service, plan, _caller(request), name)
            outcome = row.handler(context, into(row.inputs[0], said))
        except DomainError as error:
            _require_told(error)
            with plan_visit(self.service, request, addresses.PROPOSAL) as visit:
                proposal = self._proposal(visit)
                refused = RefusedForm(form.name, _typed(sent), error)
                return proposal_page(visit, proposal, self._effects_now(request, visit, proposal), refused)
        self.ended.forget(request, _page_of_form(request), {ACTION: form.name})
        return self._recorded(outcome, name)

    def _recorded(self, outcome: Outcome, proposal: str) -> Response:
        address = page_address(addresses.PROPOSAL, plan=outcome.plan or "", proposal=proposal)
        return recorded_answer(address, outcome, self.gate)

    # -- what all have in common -----------------------------------------------------------------------------------

    @contextmanager
    def _visiting(self, request: Request, path: str) -> Iterator[PlanVisit]:
        """A visit from the dates that the address says."""
        query = request.query_params
        point = into(Dated, {name: query[name] for name in DATES if query.get(name)}).point(self.service.store.clock())
        with plan_visit(self.service, request, path, point) as visit:
            admission_of(request).require_published(visit.reading.reader, visit.plan, point)
            yield visit

    def _proposal(self, visit: PlanVisit) -> ProposalWhole:
        context = QueryContext(
            self.service.store, visit.reading.reader, visit.point, visit.now, visit.plan, visit.parts["proposal"]
        )
        return show_proposal(context, Dated())

    def _effects_now(self, request: Request, visit: PlanVisit, proposal: ProposalWhole) -> EffectsNow:
        """Those of a draft, for whoever may submit it."""
        if proposal["status"] != "draft" or proposal["file"] is None or visit.kept_dates:
            return EffectsNow()
        if not visit.may("submit_proposal"):
            return EffectsNow()
        try:
            proposed = read_proposed(visit.plan, {**proposal["file"], "title": proposal["title"] or "proposta"})
            return EffectsNow(foresee_draft(self.service, visit.plan, proposed, _caller(request)))
        except DomainError as error:
            if error.status >= 500:
                raise
            return EffectsNow(refused=[error.problem.found, *error.listed])

    def _kept_at(self, request: Request, sent: FormFields) -> str:
        """The page of a form whose session had ended, with what was typed where it is known for whom to keep it."""
        typed = _typed(sent) | {ACTION: str(request.path_params.get("action", ""))}
        return self.ended.kept_at(_page_of_form(request), self.ended.marked(sent), typed)

    def _page(self, answer: Callable[[Request], Response], operation: Operation) -> FormEndpoint:
        async def endpoint(request: Request) -> Response:
            try:
                admission_of(request).require(operation, None)
            except Unauthenticated:
                return RedirectResponse(onwards(SIGN_IN, own_address(request)), status_code=303)
            page = await run_in_threadpool(answer, request)
            return with_form_cookie(request, keep_language(request, page))

        return endpoint

    def _form(self, work: Callable[[Request, FormFields], Response]) -> FormEndpoint:
        async def endpoint(request: Request) -> Response:
            sent = await read_form(request)
            if not self.gate.is_open and not admission_of(request).secret:
                wanted = await run_in_threadpool(self._kept_at, request, sent)
                return RedirectResponse(onwards(SIGN_IN, wanted), status_code=303)
            if not is_csrf_token(form_secret(request), sent.get(CSRF_FIELD, "")):
                if not self.ended.is_own_again(request, sent):
                    raise not_our_form()
                wanted = await run_in_threadpool(self._kept_at, request, sent)
                return RedirectResponse(wanted, status_code=303)
            return with_form_cookie(request, await run_in_threadpool(work, request, sent))

        return endpoint


def _page_of_form(request: Request) -> str:
    """The page on which a form stands."""
    plan, proposal = str(request.path_params["plan"]), str(request.path_params.get("proposal", ""))
    if "action" in request.path_params:
        return page_address(addresses.PROPOSAL, plan=plan, proposal=proposal)
    return request.url.path


def _amending(visit: PlanVisit, proposal: ProposalWhole, typed: FormFields | None = None) -> AmendForm:
    if proposal["file"] is None:
        raise ProposalRedacted("il testo della proposta è stato oscurato per ordine", accepted="una proposta nuova")
    return AmendForm(visit, proposal["title"] or "", proposal["file"], typed)


def _text_version(proposal: ProposalWhole) -> int:
    """The version of the text that a proposal holds."""
    return max(event["version"] for event in proposal["events"] if event["event"] in TEXTS)


def _typed(sent: FormFields) -> FormFields:
    return {name: text for name, text in sent.items() if name not in {CSRF_FIELD, SEEN, MARK}}


def _require_told(error: DomainError) -> None:
    """Raises what no form can tell."""
    if error.status in {401, 403, 404} or error.status >= 500:
        raise error


def _caller(request: Request) -> Caller:
    return Caller.of(admission_of(request).principal)
