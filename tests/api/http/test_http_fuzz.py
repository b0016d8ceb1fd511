"""Requests made of the description, right and wrong: the service does what the description says, and nothing else.

Every check that schemathesis has runs on a real archive with the five plans of the examples. Bounded, and always the
same: the requests are drawn without chance. `make test-slow` draws many more. Where the door is closed, everybody asks for
everything: each role with its token, and nobody.
"""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import Failure
from schemathesis.core.parameters import ParameterLocation
from schemathesis.engine import events, from_schema
from schemathesis.schemas import BaseSchema
from starlette.types import Receive, Scope, Send

from api.cli import main
from api.formats import validation_errors
from api.http.app import create_app
from api.http.openapi import openapi_document
from api.settings import Settings
from domain.access.roles import ROLES, Role
from tests.support.chamber import OWN, PUBLISHED, Chambers

OF_CHAMBER = {"plan": PUBLISHED[OWN], "administration": OWN, "objective": "a1"}
KNOWN = {"plan": "riviere-di-liguria-2022-2024", "administration": "cciaa-riviere-di-liguria", "objective": "s4"}
OPERATIONS = [operation["operationId"] for path in openapi_document()["paths"].values() for operation in path.values()]
FEW, MANY = 1, 100
WRITING = {
    operation["operationId"]
    for path in openapi_document()["paths"].values()
    for method, operation in path.items()
    if method != "get"
}
"""Whose bounds the usual run tries: of a question they are tried at both doors, and by the slow run."""
OF_MANY_FIELDS = {"change_plan", "draft_proposal", "amend_proposal", "load_plan", "draft_act"}
"""The bounds of every field of a plan, and of every verb, take minutes: they are tried by the slow run."""
STATED = re.compile(
    r"missing|extra_forbidden|string_(type|too_long|too_short|pattern_mismatch)|int_type|bool_type|.*_than.*"
)
"""What of a document a schema can state: what is valid by the schema is never refused for such a reason."""


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The description of a service on an archive of its own: what is sent is not undone, and finds what was sent before."""
    database = str(tmp_path_factory.mktemp("fuzz") / "fuzz.sqlite")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("sys.argv", ["initinere", "demo", "--database", database])
        with pytest.raises(SystemExit) as ended:
            main()
    assert not ended.value.code
    app = create_app(Settings(database=database, sign_in="open"), requests_per_minute=10**9)

    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":  # each operation has a client of its own, and would end the application with it
            await app(scope, receive, send)

    def of(operation: str, examples: int) -> BaseSchema:
        described = schemathesis.openapi.from_asgi(
            "/v1/openapi.json",
            served,
            config=_config(examples, bounds=examples > FEW or operation in WRITING - OF_MANY_FIELDS),
            headers={"Host": "localhost"},
        )
        described.config.update(base_url="http://localhost:8000")
        return described.include(operation_id=operation)

    yield of
    app.state.imports.close()
    app.state.store.close()


def _config(examples: int, *, bounds: bool) -> SchemathesisConfig:
    """`bounds`: whether each bound of each field is tried, one by one."""
    return SchemathesisConfig.from_dict(
        {
            "seed": 1,
            "generation": {"max-examples": examples, "database": "none", "no-shrink": True},
            "phases": {"stateful": {"enabled": False}, "coverage": {"enabled": bounds}},
            "continue-on-failure": True,
            "checks": {
                # 412: the version that If-Match names is judged before the rest. 422: a text that no schema can tell from
                # one that is read (an act, a target, a formula), or fields that do not go together.
                "positive_data_acceptance": {
                    "expected-statuses": ["2xx", "304", "403", "404", "409", "412", "415", "422"]
                },
                "negative_data_rejection": {"expected-statuses": ["400", "403", "404", "409", "412", "415", "422"]},
            },
        }
    )


@pytest.fixture(autouse=True)
def known_parts(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[None]:
    """Where an address may be any, it is that of something that is there; and what a schema can say, it says."""
    known = OF_CHAMBER if "signed_in" in request.fixturenames else KNOWN
    kinds: list[str] = []
    problem_of = getattr(validation_errors, "problem_of")  # noqa: B009

    def noted(error: Any, *more: Any) -> Any:
        kinds.append(error["type"])
        return problem_of(error, *more)

    monkeypatch.setattr(validation_errors, "problem_of", noted)

    @schemathesis.check
    def schemas_say_what_they_can(ctx: Any, response: Any, case: Any) -> None:
        del ctx
        if response.status_code == 422 and case.meta is not None and case.meta.generation.mode.is_positive:
            assert [kind for kind in kinds if STATED.fullmatch(kind)] == [], response.text

    @schemathesis.hook
    def before_call(context: Any, case: Any, kwargs: Any) -> None:
        del context, kwargs
        kinds.clear()
        if case.meta is not None and not case.meta.is_negative_at(ParameterLocation.PATH):
            case.path_parameters |= {name: value for name, value in known.items() if name in case.path_parameters}

    yield
    schemathesis.hooks.unregister_all()
    schemathesis.checks.CHECKS.unregister("schemas_say_what_they_can")


@pytest.mark.timeout(300)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_service_does_what_its_description_says(schema: Any, operation: str) -> None:
    _hold(schema(operation, FEW))


@pytest.mark.slow
@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_service_does_what_its_description_says_whatever_is_drawn(schema: Any, operation: str) -> None:
    _hold(schema(operation, MANY))


ROLE_NAMES: tuple[Role | None, ...] = (None, *ROLES)
"""Each role, and nobody who signed in."""


@pytest.fixture(scope="module")
def signed_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The description as somebody with a role sees it, on a service whose door is closed."""
    chambers = Chambers(tmp_path_factory.mktemp("fuzz"))
    chambers.harness.now = datetime.now(UTC)
    app = create_app(chambers.settings, chambers.harness.store, requests_per_minute=10**9)

    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await app(scope, receive, send)

    def of(role: Role | None, examples: int) -> BaseSchema:
        headers = {"Host": "localhost"}
        if role is not None:
            headers["Authorization"] = f"Bearer {chambers.token(role)}"
        config = SchemathesisConfig.from_dict(
            {
                "seed": 1,
                "generation": {"max-examples": examples, "database": "none", "no-shrink": True},
                "phases": {"stateful": {"enabled": False}, "coverage": {"enabled": False}},
                "continue-on-failure": True,
                # What a role may not is refused before it is read: right and wrong requests alike.
                "checks": {
                    "positive_data_acceptance": {"enabled": False},
                    "negative_data_rejection": {"enabled": False},
                    "missing_required_header": {"enabled": False},
                },
            }
        )
        described = schemathesis.openapi.from_asgi("/v1/openapi.json", served, config=config, headers=headers)
        described.config.update(base_url="http://localhost:8000")
        return described

    yield of
    app.state.imports.close()
    chambers.close()


USUALLY = {"planner", None}
"""Who asks in every run: it takes a quarter of a minute each; all the others in the slow one."""


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    "role", [role if role in USUALLY else pytest.param(role, marks=pytest.mark.slow) for role in ROLE_NAMES]
)
def test_whoever_asks_gets_an_answer_that_is_described_and_no_failure(signed_in: Any, role: Role | None) -> None:
    _hold(signed_in(role, 1))


@pytest.mark.slow
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("role", ROLE_NAMES)
def test_whoever_asks_gets_an_answer_that_is_described_whatever_is_drawn(signed_in: Any, role: Role | None) -> None:
    _hold(signed_in(role, 40))


def _hold(described: BaseSchema) -> None:
    failures: dict[str, Failure] = {}
    checks: Counter[str] = Counter()
    for event in from_schema(described).execute():
        assert not isinstance(event, events.NonFatalError | events.FatalError), event
        if isinstance(event, events.ScenarioFinished):
            for case in event.recorder.checks.values():
                for check in case:
                    checks[check.name] += 1
                    if check.failure_info is not None:
                        failure = check.failure_info.failure
                        failures[f"{check.name}: {failure.message}\n{check.failure_info.code_sample}"[:2_000]] = failure
    assert checks["response_schema_conformance"]
    assert not failures, "\n\n".join(list(failures)[:5])
