"""The pages of a plan: each is a question of the table with a template, and asks for what its row asks for."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import NamedTuple

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response

from api.commands.service import Service
from api.formats.json_reader import into
from api.http.access import Admission, admission_of
from api.http.at_least import reading_for
from api.http.forms import FormEndpoint
from api.http.kept_answers import KeptAnswer, KeptAnswers
from api.http.language import asked_again, language_of
from api.http.page_cache import as_kept, is_of_nobody, is_settled, page_of, quotes_any
from api.http.plan_visits import visit_of
from api.http.visitors import keep_language, own_address, visitor_of
from api.operations.dated import Dated
from api.operations.table import QUESTIONS
from api.pages import addresses
from api.pages.addresses import DATES
from api.pages.frame import LANGUAGE
from api.pages.sign_in import SIGN_IN, onwards
from domain.access.principal import Unauthenticated
from domain.errors import NotFound
from domain.late import late
from domain.point import Point, today
from projections.store.noting_reader import NotingReader
from projections.store.reader import Reader

with late:  # a page is made when it is asked
    from api.pages.before import before_page
    from api.pages.calendar import calendar
    from api.pages.changes import changes_page
    from api.pages.comparison import comparison_page, two_points
    from api.pages.deadlines import deadlines_page
    from api.pages.deadlines_feed import deadlines_feed
    from api.pages.deviations import deviations_page
    from api.pages.documents import documents_page
    from api.pages.dues import dues_page
    from api.pages.event import event_page
    from api.pages.feed import feed
    from api.pages.fields import fields_page
    from api.pages.flags import flags_page
    from api.pages.indicator import indicator_page
    from api.pages.monitoring import monitoring_page
    from api.pages.objective import objective_page
    from api.pages.plan import plan_page
    from api.pages.plan_reading import PlanReading
    from api.pages.preceding import preceding_page
    from api.pages.rules import rules_page
    from api.pages.score import score_page
    from api.pages.scores import scores_page
    from api.pages.trail import trail_page
    from api.pages.upload.returned_page import sheets_page
    from api.pages.visit import PlanVisit
    from api.pages.watch import watch_page


def one_point(query: Mapping[str, str]) -> Sequence[Dated]:
    """The point that most addresses say."""
    return (into(Dated, {name: query[name] for name in DATES if query.get(name)}),)


class PlanPage(NamedTuple):
    """A page: its address, the question whose permission it needs, and what makes it.

    `points` reads from its address the points that it is of; it is seen from the last of them.
    """

    path: str
    question: str
    answer: Callable[[PlanVisit], Response]
    points: Callable[[Mapping[str, str]], Sequence[Dated]] = one_point


PAGES = (
    PlanPage(addresses.PLAN, "show_plan", plan_page),
    PlanPage(addresses.INDICATOR, "show_indicator", indicator_page),
    PlanPage(addresses.OBJECTIVE, "show_objective", objective_page),
    PlanPage(addresses.COMPARISON, "show_differences", comparison_page, two_points),
    PlanPage(addresses.CHANGES, "list_changes", changes_page),
    PlanPage(addresses.PRECEDING, "show_predecessor_differences", preceding_page),
    PlanPage(addresses.FLAGS, "list_flags", flags_page),
    PlanPage(addresses.SCORES, "show_scores", scores_page),
    PlanPage(addresses.RULES, "compare_systems", rules_page),
    PlanPage(addresses.SCORE, "explain_score", score_page),
    PlanPage(addresses.DOCUMENTS, "export_plan", documents_page),
    PlanPage(addresses.FEED, "show_plan", feed),
    PlanPage(addresses.CALENDAR, "show_plan", calendar),
    PlanPage(addresses.DEADLINES_FEED, "show_plan", deadlines_feed),
    PlanPage(addresses.AUDIT, "list_audit", trail_page),
    PlanPage(addresses.FIELDS, "show_blame", fields_page),
    PlanPage(addresses.EVENT, "show_plan_event", event_page),
    PlanPage(addresses.MONITORING, "list_rounds", monitoring_page),
    PlanPage(addresses.DUES, "list_dues", dues_page),
    PlanPage(addresses.DEADLINES, "list_deadlines", deadlines_page),
    PlanPage(addresses.DEVIATIONS, "list_deviations", deviations_page),
    PlanPage(addresses.SHEETS, "list_rounds", sheets_page),
    PlanPage(addresses.WATCH, "list_watch", watch_page),
)


UNCOVERED = b'class="uncovered"'
"""What a page has that tells of something which no checkpoint covers yet: it will say another one."""
FROM_BEFORE = frozenset({"plan", "as_of", "known_at"})
"""Where a refusal says that a plan is not seen from a point; any other is of what the page is about."""


class PlanPages:
    """The routes of one service."""

    def __init__(self, app: FastAPI, service: Service) -> None:
        self.app = app
        self.service = service
        self.kept: KeptAnswers = app.state.kept

    def add(self) -> None:
        """Adds them to the application."""
        for page in PAGES:
            self.app.add_route(page.path, self._endpoint(page), methods=["GET"])

    def _endpoint(self, page: PlanPage) -> FormEndpoint:
        question = QUESTIONS[page.question]

        async def endpoint(request: Request) -> Response:
            admission = admission_of(request)
            try:
                admission.require(question, None)
            except Unauthenticated:
                return RedirectResponse(onwards(SIGN_IN, own_address(request)), status_code=303)
            return await run_in_threadpool(self._answer, page, request, admission)

        return endpoint

    def _answer(self, page: PlanPage, request: Request, admission: Admission) -> Response:
        query = dict(request.query_params)
        now = self.service.store.clock()
        asked = page.points(query)
        point = asked[-1].point(now)
        plan, store = str(request.path_params["plan"]), self.service.store
        settled = is_settled(store, asked, now)
        lasts = settled and LANGUAGE not in query and is_of_nobody(request, admission)
        points = tuple(one.point(now) for one in asked)
        with reading_for(request.scope, points) as reader:
            visitor = visitor_of(request, admission, reader)
            address = (request.scope["path"], request.scope["query_string"])
            key = ("page", *address, page_of(request, admission, visitor, points, today(now)))
            try:
                admission.require_published(reader, plan, point)
                made = self.kept.find(key, reader)
                if made is None:
                    with self.kept.turn(key):
                        made = self.kept.find(key, reader) or self._made(page, request, admission, point, key, reader)
            except NotFound as error:
                present = Point(today(now))
                if error.problem.where not in FROM_BEFORE or point == present or not visitor.may_read(plan, present):
                    raise
                before = PlanReading(reader, plan, present)
                return keep_language(request, before_page(before, point, language_of(request), asked_again(request)))
        request.scope["state"]["kept"] = made.body
        if admission.session:
            return keep_language(request, made.response)
        return keep_language(request, as_kept(request, made.response, lasts=lasts and not made.quotes))

    def _made(
        self, page: PlanPage, request: Request, admission: Admission, point: Point, key: Hashable, reader: Reader
    ) -> KeptAnswer:
        """A page; one that is there may be shown again, of a session to that session alone, by whose secret it is kept."""
        noting = NotingReader(reader)
        drafting = admission.allows(QUESTIONS["list_audit"])
        reading = PlanReading(noting, str(request.path_params["plan"]), point, drafting=drafting)
        visitor = visitor_of(request, admission, noting)
        answer = page.answer(visit_of(request, reading, page.path, self.service.store.clock(), visitor))
        body = bytes(answer.body)
        quotes = UNCOVERED in body or quotes_any(body, noting.words_read)
        rests_on = noting.rests_on()
        made = KeptAnswer.of(answer, rests_on, quotes=quotes)
        if rests_on and answer.status_code == 200:
            self.kept.put(key, made)
        return made
