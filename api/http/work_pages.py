"""The addresses of the work on a plan: a form, what it would do, and the recording; nothing is recorded at once.

Whoever has no session any more finds what was typed again after signing in; who was overtaken by somebody else sees what
that was, and keeps what was typed.
"""

from collections.abc import Callable, Mapping, Sequence
from uuid import uuid4

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response

from api.access.sessions import csrf_token, is_csrf_token
from api.commands.handler import Caller, Outcome
from api.commands.proposals import draft_proposal, foresee_draft, foresee_unrecorded
from api.commands.service import Service
from api.http.access import Admission, Gate, admission_of
from api.http.ended_sessions import KEPT, LOOKED_AT, MARK, CheckedForms, EndedSessions
from api.http.forms import FormEndpoint, FormFields, form_secret, not_our_form, with_form_cookie
from api.http.language import language_of
from api.http.multipart import read_form_with_act
from api.http.papers import act_file
from api.http.plan_visits import plan_visit, recorded_answer
from api.http.visitors import keep_language, own_address
from api.language.translation import translated
from api.operations.table import COMMANDS, QUESTIONS
from api.pages import addresses
from api.pages.addresses import page_address
from api.pages.forms import CSRF_FIELD, FormProblem
from api.pages.sign_in import SIGN_IN, onwards
from api.pages.work.check_page import SURE, UNSURE
from api.pages.work.table import WORK_FORMS, WorkForm
from domain.access.principal import PUBLIC, Unauthenticated
from domain.errors import DomainError, NotFound
from domain.late import late
from domain.patterns import regex

with late:  # a page is made when it is asked
    from api.commands.rehearsal import rehearse
    from api.pages.visit import PlanVisit
    from api.pages.work.check_page import check_page, checked_before_page
    from api.pages.work.choices import WorkChoices
    from api.pages.work.filled import FilledForm
    from api.pages.work.foreseen import AskedOfWork, WorkForeseen, foreseeing, foreseen_of_draft
    from api.pages.work.form_page import Carried, form_page, work_list_page
    from api.pages.work.meanwhile import recorded_meanwhile, seen_of
    from api.pages.work.owed import OwedValues
    from api.pages.work.problems import found_wrong, problems_in_form
    from api.pages.work.recorded import where_it_shows

STEP, SEEN, COMMAND, TITLE = "step", "seen", "command", "proposal_title"
CHECKED = "checked"
"""What says that the page of the check showed this very form: nothing is recorded that was not looked at."""
ASKED = "asked"
"""What says that the page of the check asked whether something is a slip."""
CARRIED = frozenset({CSRF_FIELD, STEP, SEEN, COMMAND, MARK, KEPT, LOOKED_AT, TITLE, CHECKED, ASKED, SURE})
"""The fields of a form that are none of its command."""
UUID_WRITTEN = regex("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class WorkPages:
    """The routes of one service."""

    def __init__(self, app: FastAPI, service: Service, gate: Gate) -> None:
        self.app = app
        self.service = service
        self.gate = gate
        self.ended = EndedSessions(service, gate)
        self.looked_at = CheckedForms(service, gate)

    def add(self) -> None:
        """Adds them to the application."""
        self.app.add_route(addresses.WORK_LIST, self._guarded(self._list), methods=["GET"])
        self.app.add_route(addresses.WORK, self._guarded(self._empty_form), methods=["GET"])
        self.app.add_route(addresses.WORK, self._sending(), methods=["POST"])

    # -- what is shown ---------------------------------------------------------------------------------------------

    def _list(self, request: Request) -> Response:
        with plan_visit(self.service, request, addresses.WORK_LIST) as visit:
            return work_list_page(visit)

    def _empty_form(self, request: Request) -> Response:
        form = form_named(request)
        if LOOKED_AT in request.query_params:
            return self._looked_at(request, form)
        typed = self.ended.typed(request)
        with plan_visit(self.service, request, addresses.WORK) as visit:
            filled = self._filled(request, visit, form, typed)
            hidden = {SEEN: seen_of(visit)} | ({KEPT: request.query_params[KEPT]} if typed is not None else {})
            return form_page(filled, self._carried(request, filled, hidden), restored=typed is not None)

    def _looked_at(self, request: Request, form: WorkForm) -> Response:
        """What was sent, looked at as often as its address is asked for; where it shows, once it was recorded."""
        kept = self.looked_at.find(request)
        with plan_visit(self.service, request, addresses.WORK) as visit:
            if kept is None or kept.recorded_at:
                return checked_before_page(visit, form, kept.recorded_at if kept else "")
            sent = {**kept.typed, LOOKED_AT: request.query_params[LOOKED_AT]}
            step = sent.get(STEP, "check")
            filled = self._filled(request, visit, form, _typed(sent))
            if step == "back" or filled.wants_object:
                return self._again(request, sent, filled)
            return self._checked(request, sent, filled, proposing=step in {"propose", "keep"} and form.is_change)

    # -- what is sent ----------------------------------------------------------------------------------------------

    def _sent(self, request: Request, sent: FormFields) -> Response:
        """Records what was looked at; all else is shown at an address of its own, to which the way back leads again."""
        step, typed = sent.get(STEP, "check"), _typed(sent)
        is_answered = not sent.get(ASKED) or bool(sent.get(SURE))
        is_seen = sent.get(CHECKED, "") == seal_of_form(request, typed) and is_answered
        if step == "record" and is_seen:
            return self._record(request, sent, typed)
        if step == "keep" and is_seen:
            return self._keep(request, sent, typed)
        if step == "act":
            return self._act(request, sent, typed)
        kept = {name: text for name, text in sent.items() if name not in {CSRF_FIELD, MARK, CHECKED, LOOKED_AT}}
        address = self.looked_at.looked_at(request, {**kept, COMMAND: sent.get(COMMAND) or str(uuid4())})
        return RedirectResponse(address, status_code=303)

    def _checked(self, request: Request, sent: FormFields, filled: FilledForm, *, proposing: bool) -> Response:
        wrong = found_wrong(filled, lambda typed: self._foreseen(request, sent, typed), unacted=proposing)
        if wrong.problems:
            return self._again(request, sent, filled, wrong.problems, wrong.error)
        foresee = self._foreseen_draft if proposing else self._foreseen
        try:
            foreseen, warnings = foresee(request, sent, filled)
        except DomainError as error:
            if error.status in {401, 403} or error.status >= 500:
                raise
            return self._again(
                request, sent, filled, problems_in_form(error, filled, filled.visit, filled.about), error
            )
        about = {"object": filled.about} if filled.about else {}
        seal = seal_of_form(request, {**(filled.typed or {}), **about})
        hidden = self._hidden(sent) | {name: sent[name] for name in (COMMAND, LOOKED_AT)} | {CHECKED: seal}
        is_asked = bool(foreseen.effects and foreseen.effects["questions"])
        unanswered = is_asked and sent.get(STEP) in {"record", "keep"} and bool(sent.get(ASKED))
        return check_page(
            filled,
            self._carried(request, filled, hidden | ({ASKED: "1"} if is_asked else {})),
            foreseen,
            warnings,
            proposing=proposing,
            proposal_title=sent.get(TITLE) or title_of_proposal(filled),
            problems=(FormProblem(SURE, translated(UNSURE, filled.visit.language)),) if unanswered else (),
            status=422 if unanswered else 200,
        )

    def _foreseen(self, request: Request, sent: FormFields, filled: FilledForm) -> tuple[WorkForeseen, list[str]]:
        given = filled.given(self._caller(request, sent, filled.form))
        rehearsed = rehearse(self.service, foreseeing(filled.visit.plan, asked_of(filled)), given.give)
        return rehearsed.answer, [filled.visit.called(notice.words, filled.about) for notice in rehearsed.warnings]

    def _foreseen_draft(self, request: Request, sent: FormFields, filled: FilledForm) -> tuple[WorkForeseen, list[str]]:
        proposed = filled.proposed(sent.get(TITLE) or title_of_proposal(filled))
        effects = foresee_draft(self.service, filled.visit.plan, proposed, self._caller(request, sent, filled.form))
        warnings = [filled.visit.called(uneven["words"], uneven["parent"] or "") for uneven in effects["weights"]]
        return foreseen_of_draft(filled.visit, effects), warnings

    def _record(self, request: Request, sent: FormFields, typed: dict[str, str]) -> Response:
        form = form_named(request)
        caller = self._caller(request, sent, form)

        def work(filled: FilledForm) -> Callable[[], Outcome]:
            given = filled.given(caller)
            return lambda: given.give(self.service)

        return self._written(request, sent, typed, work)

    def _keep(self, request: Request, sent: FormFields, typed: dict[str, str]) -> Response:
        form = form_named(request)
        admission_of(request).require(COMMANDS["draft_proposal"], None)
        caller = self._caller(request, sent, form)

        def work(filled: FilledForm) -> Callable[[], Outcome]:
            proposed = filled.proposed(sent.get(TITLE) or title_of_proposal(filled))
            plan = filled.visit.plan
            return lambda: draft_proposal(self.service, plan, proposed, caller)

        return self._written(request, sent, typed, work)

    def _act(self, request: Request, sent: FormFields, typed: dict[str, str]) -> Response:
        """The draft of the act for a change of the plan; refused, the form is shown again with what was typed."""
        admission_of(request).require(QUESTIONS["draft_act"], None)
        form = form_named(request)
        caller = self._caller(request, sent, form)
        try:
            with plan_visit(self.service, request, addresses.WORK) as visit:
                given = self._filled(request, visit, form, typed).given(caller).changes
            if given is None:
                raise NotFound(
                    "questo modulo non modifica il piano", accepted="una modifica del piano", where="command"
                )
            changes = foresee_unrecorded(self.service, given, caller)
        except DomainError as error:
            if error.status in {401, 403, 404} or error.status >= 500:
                raise
            return self._refused(request, sent, typed, error)
        return act_file(request, given.plan, changes, language_of(request))

    def _refused(self, request: Request, sent: FormFields, typed: dict[str, str], error: DomainError) -> Response:
        with plan_visit(self.service, request, addresses.WORK) as visit:
            filled = self._filled(request, visit, form_named(request), typed)
            return self._again(request, sent, filled, problems_in_form(error, filled, visit, filled.about), error)

    def _written(
        self,
        request: Request,
        sent: FormFields,
        typed: dict[str, str],
        work: Callable[[FilledForm], Callable[[], Outcome]],
    ) -> Response:
        """Records, away from what was read for it; refused, the form is shown again with what was typed."""
        form = form_named(request)
        try:
            with plan_visit(self.service, request, addresses.WORK) as visit:
                filled = self._filled(request, visit, form, typed)
                record = work(filled)
                address = where_it_shows(filled)
            outcome = record()
        except DomainError as error:
            if error.status in {401, 403, 404} or error.status >= 500:
                raise
            return self._refused(request, sent, typed, error)
        if outcome.proposal is not None:
            address = page_address(addresses.PROPOSAL, plan=outcome.plan or "", proposal=outcome.proposal)
        self.ended.forget(request, request.url.path, {"object": typed.get("object", "")})
        self.looked_at.recorded(request, sent, address)
        return recorded_answer(address, outcome, self.gate)

    def _again(
        self,
        request: Request,
        sent: FormFields,
        filled: FilledForm,
        problems: tuple[FormProblem, ...] = (),
        error: DomainError | None = None,
        *,
        restored: bool = False,
    ) -> Response:
        """The form as it was sent, with what is wrong; with what others recorded meanwhile, where that is why."""
        meanwhile = recorded_meanwhile(filled, sent.get(SEEN, "")) if error and error.status in {409, 412} else []
        hidden = self._hidden(sent) | ({SEEN: seen_of(filled.visit)} if meanwhile or restored else {})
        status = error.status if error else 422 if problems else 200
        return form_page(
            filled,
            self._carried(request, filled, hidden),
            problems=problems,
            conflict=meanwhile,
            restored=restored,
            status=status,
        )

    # -- what all have in common -----------------------------------------------------------------------------------

    def _guarded(self, answer: Callable[[Request], Response]) -> FormEndpoint:
        async def endpoint(request: Request) -> Response:
            try:
                self._require(request)
            except Unauthenticated:
                return RedirectResponse(onwards(SIGN_IN, own_address(request)), status_code=303)
            made = await run_in_threadpool(answer, request)
            return with_form_cookie(request, keep_language(request, made))

        return endpoint

    def _sending(self) -> FormEndpoint:
        async def endpoint(request: Request) -> Response:
            sent = await read_form_with_act(request, self.app.state.settings.max_document_bytes)
            if not self.gate.is_open and admission_of(request).session is None:
                return await run_in_threadpool(self._to_sign_in, request, sent)
            self._require(request)
            if not is_csrf_token(form_secret(request), sent.get(CSRF_FIELD, "")):
                if not self.ended.is_own_again(request, sent):
                    raise not_our_form()
                return await run_in_threadpool(self._restored, request, sent)
            return with_form_cookie(request, await run_in_threadpool(self._sent, request, sent))

        return endpoint

    def _require(self, request: Request) -> None:
        """What the row of the form asks for; its list, of what somebody may do, asks who that is, and to read the plan."""
        admission = admission_of(request)
        if "command" not in request.path_params and admission.principal == PUBLIC:
            raise Unauthenticated("chi chiede non ha fatto l'accesso", accepted=SIGN_IN)
        row = form_named(request).row if "command" in request.path_params else QUESTIONS["show_plan"]
        if row.scope != "plan":  # what is of the administration is asked for on the page of one of its plans
            admission.require(QUESTIONS["show_plan"], None)
        admission.require(row, admission.administration)

    def _to_sign_in(self, request: Request, sent: FormFields) -> Response:
        """The way in for whoever has no session any more; what was typed is kept for the account that the form was made for."""
        wanted = self.ended.kept_at(request.url.path, self.ended.marked(sent), _typed(sent))
        return RedirectResponse(onwards(SIGN_IN, wanted), status_code=303)

    def _restored(self, request: Request, sent: FormFields) -> Response:
        typed = _typed(sent)
        with plan_visit(self.service, request, addresses.WORK) as visit:
            filled = self._filled(request, visit, form_named(request), typed)
            return self._again(request, sent, filled, restored=True)

    def _filled(
        self, request: Request, visit: PlanVisit, form: WorkForm, typed: Mapping[str, str] | None
    ) -> FilledForm:
        choices = WorkChoices(visit, offices_of(admission_of(request), form))
        said = visit.query if typed is None else typed
        if form.name == "record_measurement" and not (said.get("object") or said.get("indicator")):
            return OwedValues(visit, choices, typed)
        return FilledForm(form, visit, choices, typed)

    def _carried(self, request: Request, filled: FilledForm, hidden: Mapping[str, str]) -> Carried:
        csrf = csrf_token(form_secret(request))
        mark = self.ended.mark_of(request, csrf)
        about = {"object": filled.about} if filled.about else {}
        typed = {name: text for name, text in (filled.typed or {}).items() if text and name != "object"}
        return Carried(csrf, {**hidden, **mark, **about}, typed)

    def _hidden(self, sent: FormFields) -> dict[str, str]:
        return {name: sent[name] for name in (SEEN, KEPT) if sent.get(name)}

    def _caller(self, request: Request, sent: FormFields, form: WorkForm) -> Caller:
        version = sent.get(SEEN, "").partition(".")[0]
        seen = int(version) if form.is_change and version.isdecimal() and len(version) < 16 else None
        command = sent.get(COMMAND, "")
        if not UUID_WRITTEN.fullmatch(command):
            command = ""
        return Caller.of(admission_of(request).principal, command, seen)


def _typed(sent: FormFields) -> FormFields:
    return {name: text for name, text in sent.items() if name not in CARRIED}


def seal_of_form(request: Request, typed: Mapping[str, str]) -> str:
    """What only the page of a check could say of a form: derived from the secret of its session, and from all that is written."""
    written = sorted((name, text.replace("\r\n", "\n")) for name, text in typed.items() if text)
    return csrf_token(f"{form_secret(request)} {request.url.path} {written}")


def form_named(request: Request) -> WorkForm:
    """The form that an address names."""
    name = str(request.path_params["command"])
    if name not in WORK_FORMS:
        raise NotFound(
            "questo modulo non c'è", accepted="uno di quelli elencati in «Lavoro sul piano»", where="command"
        )
    return WORK_FORMS[name]


def asked_of(filled: FilledForm) -> AskedOfWork:
    """What is asked of the rehearsal of a form."""
    form, reading = filled.form, filled.visit.reading
    scored = filled.scores_year and (form.scored or form.object == "indicator")
    years: Sequence[int] = [filled.year] if scored else []
    adopted = None
    if form.name == "adopt_system" and (said := filled.value("year")).isdecimal():
        adopted, last = int(said), reading.default_year()
        years = [year for year in reading.history.years if scored and adopted <= year <= last]
    return AskedOfWork(
        is_change=form.is_change,
        years=years,
        indicator=filled.about,
        whole=form.scored and filled.visit.may("list_flags"),
        adopted=adopted,
        round={"open_round": filled.value("as_at"), "close_round": filled.value("round")}.get(form.name, ""),
    )


def offices_of(admission: Admission, form: WorkForm) -> frozenset[str] | None:
    """The offices to which the visitor is confined in what a form records; None where to none."""
    return admission.principal.offices(form.row.permission, admission.administration or "")


def title_of_proposal(filled: FilledForm) -> str:
    """What a proposal is called unless somebody says otherwise."""
    about = f": {filled.title_of_object}" if filled.title_of_object else ""
    return f"{filled.form.title}{about}"[:400]
