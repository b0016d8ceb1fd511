"""The description of the interface is the committed one, follows the Italian rules, and tells the truth."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from api.documentation import http as pages
from api.documentation.api_rules import PROFILE, RELEASE, RESULT, profile_and_release, result_of
from api.documentation.schemas import validator
from api.http.description import INFO, retold, written
from api.http.examples import WRITTEN, conversation
from api.http.openapi import COMMITTED, openapi_document
from api.operations.schemas import Problem
from api.operations.table import types_sent_and_answered
from tests.api.http import scenario
from tests.api.http.client import Client

BY_NAME = {type_.__name__: type_ for type_ in types_sent_and_answered()}


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    """The description, as the application makes it."""
    return openapi_document()


def _operations(description: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            yield method.upper(), path, operation


def _nodes(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        for name, one in node.items():
            if name in {"properties", "schemas"}:
                yield from _nodes(list(one.values()))
            elif name not in {"example", "examples"}:
                yield from _nodes(one)
    elif isinstance(node, list):
        for one in node:
            yield from _nodes(one)


def test_the_committed_description_is_the_one_of_this_code(description: dict[str, Any]) -> None:
    assert COMMITTED.read_text(encoding="utf-8") == written(description), "run: python -m api.http.openapi"


def test_the_committed_pages_are_those_of_this_code() -> None:
    assert pages.PAGE.read_text(encoding="utf-8") == pages.http_page(INFO["tags"]), "run: python -m api.http.openapi"


def test_the_examples_are_a_conversation_that_takes_place_again() -> None:
    assert WRITTEN.read_text(encoding="utf-8") == scenario.written(), "run: python -m tests.api.http.scenario"


def test_the_service_gives_its_description(client: Client, description: dict[str, Any]) -> None:
    assert client.get("/v1/openapi.json").json() == description


def test_the_description_of_the_interface_is_in_the_language_that_is_asked_for(client: Client) -> None:
    answer = client.get("/v1/openapi.json", accept_language="en")
    assert (answer.headers["content-language"], answer.headers["vary"]) == (
        "en",
        "Accept-Language, Accept-Encoding, Cookie, Authorization",
    )
    english, italian = answer.json(), client.get("/v1/openapi.json").json()
    assert english["paths"]["/v1/plans"]["get"]["summary"] == "List of plans"
    assert english["components"]["schemas"]["OpenRound"]["properties"]["due_by"]["title"] == "answer by"
    assert {tag["name"] for tag in english["tags"]} >= set(english["paths"]["/v1/plans"]["get"]["tags"])
    assert english["paths"].keys() == italian["paths"].keys()
    assert italian["paths"]["/v1/plans"]["get"]["summary"] == "Elenco dei piani"
    assert retold(english, lambda _: "") == retold(italian, lambda _: "")


def test_every_address_and_every_error_is_described_in_the_documentation(description: dict[str, Any]) -> None:
    page = pages.PAGE.read_text(encoding="utf-8")
    for method, path, _ in _operations(description):
        assert path == "/status" or f"\n| `{method} {path}` |" in page
    by_hand = page.partition(pages.MARK)[0]
    for name in description["components"]["responses"]:
        assert f"\n| {name.removeprefix('Error')} |" in by_hand


def test_it_says_who_answers_for_it_and_on_what_terms(description: dict[str, Any]) -> None:
    info = description["info"]
    assert description["openapi"].startswith("3.1")
    assert re.fullmatch(r"\d+\.\d+\.\d+", info["version"])
    assert info["contact"]["name"] == "Ufficio performance"
    assert info["termsOfService"].startswith("https://")
    assert info["license"]["identifier"] == "EUPL-1.2"
    assert info["summary"] == info["x-summary"]
    assert info["x-api-id"]
    assert all(server["description"] and server["x-sandbox"] for server in description["servers"])


def test_addresses_fields_and_headers_are_written_as_the_rules_want(description: dict[str, Any]) -> None:
    for path in description["paths"]:
        assert re.fullmatch(r"(/[a-z0-9.-]+|/\{[a-z_]+\})+", path)
    for name, schema in description["components"]["schemas"].items():
        assert re.fullmatch(r"[A-Z][A-Za-z]+", name)
        for field in schema.get("properties", {}):
            assert re.fullmatch(r"[a-z][a-z0-9_]*", field)
    for _, _, operation in _operations(description):
        for parameter in operation.get("parameters", []):
            pattern = r"[A-Z][a-z]*(-[A-Z][a-z]+)*" if parameter["in"] == "header" else r"[a-z][a-z_]*"
            assert re.fullmatch(pattern, parameter["name"])


def test_numbers_have_a_width_and_answers_are_objects(description: dict[str, Any]) -> None:
    for node in _nodes(description):
        if node.get("type") in {"integer", "number"}:
            assert node["format"] in {"int32", "int64", "double"}
    for name in ("PlanList", "EventPage", "AuditTrail", "Problem"):
        assert description["components"]["schemas"][name]["type"] == "object"


def test_the_status_answers_a_problem_that_is_none(description: dict[str, Any]) -> None:
    for path in ("/status", "/v1/status"):
        assert {"422"} == {"404", "422"} & description["paths"][path]["get"]["responses"].keys()
        content = description["paths"][path]["get"]["responses"]["200"]["content"]
        assert list(content) == ["application/problem+json"]
    fields = description["components"]["schemas"]["Status"]["properties"]
    assert {"status", "title", "detail"} <= fields.keys()


def test_every_operation_has_a_name_words_tags_and_declares_its_answers(description: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, _, operation in _operations(description)]
    assert len(names) == len(set(names))
    known = {tag["name"] for tag in description["tags"]}
    for method, _, operation in _operations(description):
        assert operation["summary"]
        assert operation["description"]
        assert set(operation["tags"]) <= known
        assert {"200", "421", "429", "500", "503"} <= operation["responses"].keys()
        if method == "POST" and not operation["operationId"].startswith(
            ("compare_", "compute_", "draft_act")
        ):  # they record nothing
            assert {"201", "403", "409", "412", "413", "415", "422"} <= operation["responses"].keys()
            content = operation["requestBody"]["content"]
            assert all(kind.startswith("application/") for kind in content)
            assert "application/json" not in content or content["application/json"]["examples"]


def test_every_answer_declares_the_limits_and_every_error_is_a_problem(description: dict[str, Any]) -> None:
    answers = [
        answer
        for _, _, operation in _operations(description)
        for answer in operation["responses"].values()
        if "$ref" not in answer
    ]
    errors = description["components"]["responses"]
    for answer in [*answers, *errors.values()]:
        assert {"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"} <= answer["headers"].keys()
    for name, answer in errors.items():
        (media,) = answer["content"].items()
        assert media[0] == "application/problem+json"
        assert str(media[1]["example"]["status"]) == name.removeprefix("Error")
    for name in ("Error429", "Error503"):
        assert "Retry-After" in errors[name]["headers"]


def test_nothing_is_named_that_is_not_there(description: dict[str, Any]) -> None:
    for node in _nodes(description):
        if isinstance(place := node.get("$ref"), str):
            found: Any = description
            for part in place.removeprefix("#/").split("/"):
                found = found[part]
            assert found is not None


def test_what_is_said_to_people_is_italian(description: dict[str, Any]) -> None:
    english = re.compile(r"\b(the|of|and|is|with|which)\b", re.IGNORECASE)
    for node in _nodes(description):
        words = node.get("description")
        if isinstance(words, str):
            assert not english.search(words), words


@pytest.mark.parametrize("one", conversation(), ids=lambda one: f"{one['operation']} {one['title']}")
def test_every_example_is_as_the_description_says(description: dict[str, Any], one: dict[str, Any]) -> None:
    # given
    body, status = one["response"]["body"], str(one["response"]["status"])
    if one["operation"].isdecimal():
        validator(Problem).validate_python([body])
        return
    operation = next(o for _, _, o in _operations(description) if o["operationId"] == one["operation"])
    # then
    answer = operation["responses"][status]
    if "$ref" in answer:
        validator(Problem).validate_python([body])
        return
    content = answer["content"]
    _valid(content.get("application/json", next(iter(content.values())))["schema"], body)
    if one["request"]["body"] is not None:
        _valid(operation["requestBody"]["content"]["application/json"]["schema"], one["request"]["body"])


def _valid(schema: dict[str, Any], body: Any) -> None:
    """Fails unless a value is of one of the models that a schema names; both directions of JSON."""
    names = [place["$ref"].rpartition("/")[2] for place in schema.get("anyOf", [schema])]
    errors: list[ValueError] = []
    for name in names:
        try:
            validator(BY_NAME[name]).validate_json(json.dumps([body]))
        except ValueError as error:
            errors.append(error)
        else:
            return
    raise errors[0]


def test_what_a_release_keeps_of_the_italian_rules_is_without_errors_and_warnings(description: dict[str, Any]) -> None:
    # given
    kept = json.loads(RESULT.read_text(encoding="utf-8"))
    # then
    assert (kept["errors"], kept["warnings"], kept["notes"], kept["findings"]) == (0, 0, 0, [])
    assert (kept["rules"]["profile"], kept["rules"]["release"]) == (PROFILE, RELEASE)
    # and what the rules found once is held here, for the judge itself runs before a release alone
    for _, _, operation in _operations(description):
        assert not [each["name"] for each in operation.get("parameters", ()) if each["name"].startswith("X-")]
        assert all("Cache-Control" in said["headers"] for said in operation["responses"].values() if "$ref" not in said)


@pytest.mark.parametrize(
    ("head", "found"),
    [
        ("#\tRuleset name: Italian Guidelines Full\n#\tRuleset version: 2.3\n", (PROFILE, RELEASE)),
        ("#\tRuleset name: Best Practices Only\n", ("Best Practices Only", "")),
        ("extends: spectral:oas\nrules: {}\n", ("", "")),
        ("", ("", "")),
    ],
)
def test_a_ruleset_is_known_by_what_its_first_lines_say(head: str, found: tuple[str, str]) -> None:
    assert profile_and_release(head) == found


def test_what_is_found_is_counted_by_its_severity_and_told_with_its_place() -> None:
    finding = {"severity": 1, "code": "no-x-headers-request", "path": ["paths", "/v1", 0], "message": "..."}
    result = result_of([finding], b"rules", b"{}")
    assert (result["errors"], result["warnings"]) == (0, 1)
    assert result["findings"] == [
        {"severity": "warnings", "rule": "no-x-headers-request", "at": "/paths/~1v1/0", "words": "..."}
    ]
