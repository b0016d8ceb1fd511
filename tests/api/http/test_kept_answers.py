"""Every question, asked again from what is kept, says what it would say made anew, after whatever was recorded."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx2
import pytest
from starlette.testclient import TestClient

from api.http.app import create_app
from api.http.kept_answers import KeptAnswer, KeptAnswers
from api.http.query_request import QueryRequest
from api.operations.model import QueryContext, Question
from api.operations.table import QUESTIONS
from api.settings import Settings
from projections.store.noting_reader import NotingReader
from projections.streams import administration_stream, plan_stream
from tests.api.http.scenario import ADMINISTRATION, PLAN, STEPS, A, P, Step, Talk

PLAN_PAGES = ("", "/modifiche", "/punteggi?year=2022", "/registro", "/documenti", "/monitoraggio", "/segnalazioni")
MORE = (
    *(P.replace("/v1/plans", "/piani") + page for page in PLAN_PAGES),
    *(f"{P}/{rest}" for rest in ("watch?year=2022", "undetermined", "library", "official-change-rates", "trees")),
    *(f"{P}/papers/{paper}?format=xlsx" for paper in ("plan", "scores?year=2022")),
    f"{P}/audit-export?format=csv",
    f"{A}/systems",
)
EVERY = 9
"""After how many steps of the conversation all that was asked so far is asked again: it has some hundred and fifty."""


class Kept:
    """A conversation, and beside the service that it is held with another one, on the same record, that keeps nothing."""

    def __init__(self, folder: Path) -> None:
        self.talk = Talk(folder, requests_per_minute=1_000_000)
        settings = Settings(database="unused", keys=str(folder / "signing.key"), sign_in="open")
        app = create_app(settings, self.talk.store)
        app.state.kept.most_bytes = 0
        self.anew = TestClient(app, base_url="http://127.0.0.1:8000", raise_server_exceptions=False)
        self.anew.headers["Accept-Encoding"] = "identity"  # as the other
        self.asked: dict[str, None] = dict.fromkeys(MORE)

    def ask(self, step: Step) -> None:
        """Goes on with the conversation."""
        self.talk.ask(step)
        if step.method == "GET" and not step.headers:
            self.asked[step.path] = None


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    made = Kept(tmp_path)
    yield made
    made.talk.store.close()


def told(answer: httpx2.Response) -> tuple[object, ...]:
    kept = answer.headers.get("cache-control", "")
    # The tag of what never changes counts the redactions of the day on which it was first given.
    tag = None if "immutable" in kept else answer.headers.get("etag")
    return answer.status_code, tag, kept, answer.content


def test_whatever_is_recorded_every_question_says_what_it_would_made_anew(kept: Kept) -> None:
    for number, step in enumerate(STEPS, start=1):
        kept.ask(step)
        if number % EVERY == 0 or number == len(STEPS):
            for path in kept.asked:
                assert told(kept.talk.client.get(path)) == told(kept.anew.get(path)), (step, path)


ACROSS = ("/v1/change-rates", "/v1/changes")


def test_a_question_about_a_plan_or_about_all_is_not_answered_anew_while_nothing_is_recorded(kept: Kept) -> None:
    for step in STEPS:
        kept.ask(step)
    paths = [path for path in kept.asked if path.startswith((P, P.replace("/v1/plans", "/piani"), *ACROSS))]
    assert {path.partition("?")[0] for path in paths} >= set(ACROSS)
    before = {path: told(kept.talk.client.get(path)) for path in paths}
    written_out = ("/events", "/next", "/rounds/", "/imports/")  # the record itself, and what is made for one alone
    with patch.object(NotingReader, "__init__", side_effect=AssertionError("made anew")):
        for path, answer in before.items():
            if answer[0] == 200 and not any(part in path for part in written_out):
                assert told(kept.talk.client.get(path)) == answer, path


def test_the_tag_of_an_answer_names_all_that_it_rests_on(kept: Kept) -> None:
    rests: dict[str, set[str]] = {}
    put = KeptAnswers.put

    def noted(answers: KeptAnswers, key: object, answer: KeptAnswer) -> None:
        if isinstance(key, tuple) and key[0] in QUESTIONS and answer.rests_on is not None:
            past = {statement.sql for statement in answer.rests_on.statements}
            rests.setdefault(key[0], set()).update(answer.rests_on.streams, past)
        put(answers, key, answer)

    with patch.object(KeptAnswers, "put", noted):
        for step in STEPS:
            kept.ask(step)
        for path in kept.asked:
            kept.talk.client.get(path)
    of_plan = {plan_stream(PLAN), administration_stream(ADMINISTRATION)}
    assert len(rests) > 30
    for name, streams in rests.items():
        row = QUESTIONS[name]
        if row.identity in {"plan", "administration"}:
            named = of_plan if row.identity == "plan" else {administration_stream(ADMINISTRATION)}
            assert streams <= named | {stream(PLAN) for stream in row.beside}, name


class Untouchable:
    """Who asks, or how the installation is set, of a question that says the same to all."""

    def __getattribute__(self, name: str) -> Any:
        raise AssertionError(f"it depends on more than the record: {name}")


def test_a_question_that_is_not_said_to_vary_depends_on_the_record_alone(kept: Kept) -> None:
    made, steady = QueryRequest._made, set[str]()

    def blind(request: QueryRequest, row: Question, query: Any, context: QueryContext, subject: str) -> KeptAnswer:
        if not row.varies and row.identity != "none":
            steady.add(row.name)
            nobody: Any = Untouchable()
            context = context._replace(principal=nobody, legal=nobody)
        return made(request, row, query, context, subject)

    for step in STEPS:
        kept.ask(step)
    with patch.object(QueryRequest, "_made", blind):
        for path in kept.asked:
            assert kept.anew.get(path).status_code == kept.talk.client.get(path).status_code, path
    assert len(steady) > 25
