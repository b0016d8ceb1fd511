"""Which account recorded something is read by whoever reads the record of that administration, and by nobody else."""

import io
import zipfile
from collections.abc import Iterator
from typing import Any, NamedTuple

import httpx2
import orjson
import pytest
from starlette.testclient import TestClient
from typing_extensions import get_type_hints, is_typeddict

from api.commands.accounts import give_role, issue_token, open_account
from api.commands.handler import Caller
from api.http.app import create_app
from api.http.command_request import IfMatch
from api.operations.actors import as_shown, may_hold_actors
from api.operations.model import Question
from api.operations.table import QUESTIONS
from api.settings import Settings
from domain.access.commands import GiveRole, IssueToken, OpenAccount
from domain.access.principal import MACHINE, PUBLIC, Grant, Principal
from domain.access.roles import PERMISSIONS_OF, ROLES
from projections.answers import ActorShown
from projections.proof.log import Log
from tests.api.http.client import P, problem
from tests.api.operations import history
from tests.api.operations.test_both_doors import FILES_ASKED, QUESTIONS_ASKED, WRITTEN_OUT
from tests.support.harness import ServiceHarness

ACTOR = "acc-aaaaaaaaaaaaaaaa"
CHANGES = f"{P}/changes?year=2022"


class Readers(NamedTuple):
    """A service that is open to the public, and the tokens of some accounts."""

    http: TestClient
    tokens: dict[str, str]

    def get(self, path: str, reader: str = "", body: object = None, **headers: str) -> httpx2.Response:
        """Asks, with the token of an account or as the public; with a document, where the question wants one."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if reader:
            named["Authorization"] = f"Bearer {self.tokens[reader]}"
        return self.http.get(path, headers=named) if body is None else self.http.post(path, json=body, headers=named)


@pytest.fixture(scope="module")
def readers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Readers]:
    """What two offices recorded in two years, all of it by one account; a planner of each of them, and a responsible one."""
    folder = tmp_path_factory.mktemp("public")
    harness = ServiceHarness(folder / "archivio.sqlite")
    harness.service.log = Log(harness.store, folder / "signing.key")
    harness.actor = ACTOR
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(history, "HISTORY", tuple(given._replace(actor=ACTOR) for given in history.HISTORY))
        history.record(harness)
    tokens, machine = {}, Caller(MACHINE.actor)
    day = harness.on("2023-07-01").now.date().replace(month=12)
    for name, role, administration, offices in (
        ("own", "planner", history.OFFICE, ()),
        ("other", "planner", "cciaa-altra", ()),
        ("stranger", "planner", "ente-in-bozza", ()),
        ("responsible", "responsible", history.OFFICE, ("servizio-bilancio",)),
    ):
        account = f"acc-{name[:2] * 8}"
        opening = OpenAccount(name=f"Persona {name}", login=name, account=account)
        open_account(harness.service, opening, machine)
        given: Any = {"account": account, "role": role, "administration": administration, "offices": offices}
        give_role(harness.service, GiveRole.model_validate(given), machine)
        token = IssueToken(name="prova", rights=(f"{role}@{administration}",), expires_on=day, account=account)
        tokens[name] = issue_token(harness.service, token, machine).secret
    settings = Settings(
        database=harness.store.location, keys=str(folder / "signing.key"), sign_in="required", public=True
    )
    app = create_app(settings, harness.store, requests_per_minute=1_000_000)
    yield Readers(TestClient(app, base_url="http://localhost:8000", raise_server_exceptions=False), tokens)
    harness.store.close()


def _questions() -> Iterator[tuple[str, object]]:
    asked = (asked for questions in QUESTIONS_ASKED.values() for asked in questions)
    for question in asked:
        for parameters in question.parameters:
            yield "/v1" + question.target(parameters), None
            if not {"from", "as_of", "recorded_since", "since", "known_at"} & parameters.keys():
                yield "/v1" + question.target({"as_of": "2023-06-30", "known_at": "2023-06-30", **parameters}), None
    for written in (written for rows in (WRITTEN_OUT, FILES_ASKED) for some in rows.values() for written in some):
        yield f"/v1{written.address}", written.body


def _holds(answer: httpx2.Response, words: bytes) -> bool:
    """Whether words are in an answer, or in a file within."""
    content = [answer.content, repr(dict(answer.headers)).encode()]
    if zipfile.is_zipfile(io.BytesIO(answer.content)):
        with zipfile.ZipFile(io.BytesIO(answer.content)) as parts:
            content += [parts.read(name) for name in parts.namelist()]
    return any(words in part for part in content)


@pytest.mark.parametrize("reader", ["", "stranger", "responsible"])
def test_no_answer_to_who_reads_no_record_names_an_account(readers: Readers, reader: str) -> None:
    given, naming = 0, []
    for address, body in _questions():
        answer = readers.get(address, reader, body)
        given += answer.status_code == 200
        if answer.status_code == 200 and _holds(answer, ACTOR.encode()):
            naming.append(address)
    assert naming == []
    assert given > 80


def test_who_reads_the_record_is_told(readers: Readers) -> None:
    told = [change["actor"] for change in readers.get(CHANGES, "own").json()["changes"]]
    assert set(told) == {ACTOR}
    left_out = [change["actor"] for change in readers.get(CHANGES).json()["changes"]]
    assert left_out == [None] * len(told)


def test_across_administrations_each_change_is_shown_by_its_own(readers: Readers) -> None:
    for reader, administration in (("own", history.OFFICE), ("other", "cciaa-altra")):
        changes = readers.get("/v1/changes", reader).json()["changes"]
        assert {change["administration"] for change in changes if change["actor"]} == {administration}
        assert {change["administration"] for change in changes} == {history.OFFICE, "cciaa-altra"}


def test_nobody_finds_out_by_asking_for_one(readers: Readers) -> None:
    asked = f"/v1/changes?actor={ACTOR}"
    for reader, more in (
        ("", ""),
        ("", f"&administration={history.OFFICE}"),
        ("own", ""),
        ("own", "&administration=cciaa-altra"),
    ):
        problem(readers.get(asked + more, reader), 403, "forbidden")
    assert readers.get(f"{asked}&administration={history.OFFICE}", "own").json()["changes"]


@pytest.mark.parametrize("order", [("own", ""), ("", "own")])
def test_what_lies_ready_for_one_is_not_given_to_the_other(readers: Readers, order: tuple[str, str]) -> None:
    dates = "&as_of=2023-06-30&known_at=2023-06-30"
    for path in (CHANGES + dates, f"{P}/indicators/incasso/history?{dates[1:]}", CHANGES):
        first, second = (readers.get(path, reader) for reader in order)
        assert first.status_code == second.status_code == 200
        assert (ACTOR in first.text, ACTOR in second.text) == (order[0] == "own", order[1] == "own")
        assert first.headers["etag"] != second.headers["etag"]
        assert "immutable" not in first.headers["cache-control"] + second.headers["cache-control"]
        held = readers.get(path, order[1], If_None_Match=first.headers["etag"])
        assert (held.status_code, ACTOR in held.text) == (200, order[1] == "own")
        assert readers.get(path, order[0], If_None_Match=first.headers["etag"]).status_code == 304


def test_the_tag_of_a_reduced_answer_says_which_version_was_seen(readers: Readers) -> None:
    for reader in ("", "own"):
        tag = readers.get(CHANGES, reader).headers["etag"]
        assert IfMatch(tag).version == readers.get(P, reader).json()["version"]


# -- the types ----------------------------------------------------------------------------------------------------------


def _of_actors(kind: object, above: frozenset[object] = frozenset()) -> Iterator[object]:
    """The types of every field `actor` within a type."""
    if kind in above:
        return
    if is_typeddict(kind):
        for name, of in get_type_hints(kind, include_extras=True).items():
            if name == "actor":
                yield of
            yield from _of_actors(of, above | {kind})
    for argument in getattr(kind, "__args__", ()):
        yield from _of_actors(argument, above)


REACHED = [
    row
    for row in QUESTIONS.values()
    if row.path is not None
    and any(row.permission in PERMISSIONS_OF[role] and "read_record" not in PERMISSIONS_OF[role] for role in ROLES)
]


@pytest.mark.parametrize("row", REACHED, ids=lambda row: row.name)
def test_what_is_read_without_the_record_may_be_without_actors(row: Question) -> None:
    kinds = list(_of_actors(row.answer))
    assert all(kind == ActorShown for kind in kinds)
    assert bool(kinds) <= may_hold_actors(row.answer)


def test_an_answer_is_shown_as_it_is_or_without_actors_and_never_altered() -> None:
    answer = {"plan": "p", "changes": [{"actor": ACTOR, "of": {"actor": ACTOR}, "after": [1, "x"]}]}
    before = orjson.dumps(answer)
    reader = Principal("acc-b", (Grant("planner", "a"),))
    assert as_shown(answer, MACHINE, "b") is answer
    assert as_shown(answer, reader, "a") == answer
    for principal, of in ((reader, "b"), (reader, None), (PUBLIC, "a")):
        shown = as_shown(answer, principal, of)
        assert shown["changes"] == [{"actor": None, "of": {"actor": None}, "after": [1, "x"]}]
    assert orjson.dumps(answer) == before
