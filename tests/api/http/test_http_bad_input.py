"""What bad input gets: a problem that says where and why, and nothing stored; never a failure."""

from collections.abc import Iterator
from typing import Any

import pytest

from api.operations.model import Command, Question, part_of
from api.operations.table import QUESTIONS, served
from tests.api.http.client import Client, P, problem
from tests.support.harness import ServiceHarness, document
from tests.support.problem_places import place_of

ADDRESSES = [
    "/v1/plans",
    f"{P}/changes",
    f"{P}/measurements",
    f"{P}/restatements",
    f"{P}/statuses",
    f"{P}/annulments",
    "/v1/administrations/cciaa-prova/acts",
    "/v1/administrations/cciaa-prova/offices",
]
NOT_JSON = {
    "nothing": b"",
    "spaces": b"   ",
    "words": b"piano della performance",
    "half": b'{"plan": {"id": "x"',
    "nan": b'{"plan": NaN}',
    "infinity": b'{"plan": -Infinity}',
    "too large a number": b'{"plan": 1e999}',
    "an endless integer": b'{"plan": ' + b"9" * 5_000 + b"}",
    "a large integer": b'{"plan": ' + b"9" * 60 + b"}",
    "a name twice": b'{"verb": "a", "verb": "b"}',
    "not UTF-8": b'{"plan": "\xe8"}',
    "UTF-16": '{"plan": "è"}'.encode("utf-16"),
    "half a character": b'{"plan": "\\ud83d"}',
    "a null character": b'{"plan": "\\u0000"}',
    "deep lists": b"[" * 100_000 + b"]" * 100_000,
    "deep objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "deep but readable": b'{"plan": ' + b"[" * 200 + b"]" * 200 + b"}",
    "a list": b"[]",
    "a text": b'"piano"',
    "a number": b"7",
    "null": b"null",
    "true": b"true",
    "a wrong field": b'{"act": 7}',
    "an unknown field": b'{"colore": "blu"}',
    "after the end": b"{} {}",
    "a comment": b"{/* no */}",
}


@pytest.fixture(autouse=True)
def loaded(request: pytest.FixtureRequest) -> None:
    """A plan, where a test has an archive of its own."""
    if "harness" in request.fixturenames:
        request.getfixturevalue("harness").load()


@pytest.fixture(scope="module")
def refusing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A client of one archive for all that is refused: it is the same before and after."""
    harness = ServiceHarness(tmp_path_factory.mktemp("refusing") / "harness.sqlite")
    harness.load()
    client = Client(harness)
    last = client.get("/v1/events?limit=1000").json()["last"]
    yield client
    assert client.get("/v1/events?limit=1000").json()["last"] == last
    harness.store.close()


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("content", NOT_JSON.values(), ids=NOT_JSON.keys())
def test_what_is_not_the_document_that_it_should_be_is_malformed(
    refusing: Client, address: str, content: bytes
) -> None:
    last = refusing.get("/v1/events?limit=1000").json()["last"]
    told = problem(refusing.send(address, content), 422, "malformed")
    assert told["problems"]
    assert refusing.get("/v1/events?limit=1000").json()["last"] == last


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/xml", "multipart/form-data; boundary=x", "application/json; charset=latin-1", ""],
)
def test_what_does_not_call_itself_json_is_refused(refusing: Client, address: str, content_type: str) -> None:
    told = problem(refusing.send(address, b"{}", **{"Content-Type": content_type}), 415, "unsupported-media-type")
    assert "application/json" in told["accepted"]


def test_json_may_say_that_it_is_utf8_and_begin_with_a_mark(client: Client) -> None:
    body = b'\xef\xbb\xbf{"name": "Servizio Legale"}'
    address = "/v1/administrations/cciaa-prova/offices"
    for content_type in ("application/json; charset=utf-8", "application/vnd.prova+json"):
        assert client.send(address, body, **{"Content-Type": content_type}).status_code in {201, 409}


def _plan(**parts: Any) -> dict[str, Any]:
    return document(**({"plan": document()["plan"] | {"id": "altro-2022-2024"}} | parts))


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        (_plan(act="31/02/2022"), ""),
        (_plan(plan={"id": "Non Un Id", "title": "x", "first_year": 2022, "last_year": 2024}), "plan.id"),
        (_plan(plan={"id": "a/b", "title": "x", "first_year": 2022, "last_year": 2024}), "plan.id"),
        (_plan(plan={"id": "x", "title": "", "first_year": 2022, "last_year": 2024}), "plan.title"),
        (_plan(plan={"id": "x", "title": "x", "first_year": 2024, "last_year": 2022}), "plan.last_year"),
        (_plan(plan={"id": "x", "title": "x" * 5_000, "first_year": 2022, "last_year": 2024}), "plan.title"),
        (
            _plan(plan={"id": "x", "title": "x", "first_year": 2022, "last_year": 2022, "drafted_on": "0"}),
            "plan.drafted_on",
        ),
        (
            _plan(plan={"id": "x", "title": "x", "first_year": 2022, "last_year": 2022, "drafted_on": 1767225600}),
            "plan.drafted_on",
        ),
        (_plan(objectives=[{"id": "a", "level": "x"}, {"id": "a", "level": "x"}], indicators=[]), "objectives[1].id"),
        (_plan(objectives=[{"id": "a", "level": "x", "parent": "b"}], indicators=[]), "objectives[0].parent"),
        (_plan(objectives=[{"id": "a", "level": "x", "parent": "a"}], indicators=[]), "objectives[0].parent"),
        (_plan(objectives=[{"id": "a", "level": "x", "weight": 33.3}], indicators=[]), "objectives[0].weight"),
        (_plan(objectives=[{"id": "a", "level": "x", "weight": "1e99"}], indicators=[]), "objectives[0].weight"),
        (_plan(objectives=[{"id": "a", "level": "x", "weight": "NaN"}], indicators=[]), "objectives[0].weight"),
        (_plan(objectives=[]), "indicators[0].objective"),
        (_plan(measurements=[{"series": "x", "period": "2022", "data_as_at": "2022-12-31"}]), "measurements[0]"),
    ],
)
def test_a_wrong_field_is_told_with_its_place(refusing: Client, wrong: dict[str, Any], where: str) -> None:
    told = problem(refusing.post("/v1/plans", wrong), 422, "malformed")
    assert any(where in place_of(one) for one in told["problems"]), told
    problem(refusing.get("/v1/plans/altro-2022-2024"), 404, "not-found")


def test_half_a_million_rows_are_too_many(harness: ServiceHarness) -> None:
    client = Client(harness, max_document_bytes=100_000_000)
    head = b'{"administration": {"id": "a", "name": "a"}, "plan": {"id": "x", "title": "x", "first_year": 2022, "last_year": 2022}, '
    rows = b'"objectives": [' + b",".join([b'{"id":"a","level":"x"}'] * 500_000) + b"]}"
    told = problem(client.send("/v1/plans", head + rows), 422, "malformed")
    assert place_of(told["problems"][0]) == "objectives"


def test_a_document_with_thousands_of_mistakes_is_told_the_first_thousand(refusing: Client) -> None:
    wrong = _plan(
        objectives=[{"id": str(place), "level": "x", "colore": "blu"} for place in range(1_500)], indicators=[]
    )
    told = problem(refusing.post("/v1/plans", wrong), 422, "malformed")
    assert (told["total"], len(told["problems"])) == (1_500, 1_000)


@pytest.mark.parametrize(
    "change",
    [
        {"verb": "adopt_system", "year": 2022, "system": {"x": [[[[[[]]]]]]}},
        {
            "verb": "revise_target",
            "object": "incasso",
            "year": 2022,
            "target": ">= 68%",
            "restores": [10**17],
            "kind": "correction",
        },
        {"verb": "reword_objective", "object": "a", "title": "x", "restores": [10**60], "kind": "correction"},
        {"verb": "add_objective", "object": "b", "level": "x", "parent": "nessuno"},
        {"verb": "move_objective", "object": "a", "parent": "a1"},
        {"verb": "merge_objective", "object": "a1", "into": "a1"},
        {"verb": "withdraw_objective", "object": "a"},
        {"verb": "approve_year", "year": 2022},
        {"verb": "succeed_plan", "by": "nessuno"},
    ],
)
def test_a_strange_change_is_taken_or_refused_and_never_fails(client: Client, change: dict[str, Any]) -> None:
    ground = {"act": "delibera di Giunta n. 9 del 30/09/2022", "justification": "x", "cause": "other"}
    assert client.post(f"{P}/changes?preview=true", change | ground).status_code in {200, 404, 409, 422}
    assert client.post(f"{P}/changes", change | ground).status_code in {201, 404, 409, 422}


OF_A_PART = [row for row in QUESTIONS.values() if row.path is not None and part_of(row.path) and row.method == "GET"]


@pytest.mark.parametrize("part", ["abc", "0", "-1", "1e9", "9" * 30, "%00", "è", "a b", "'"])
@pytest.mark.parametrize("row", OF_A_PART, ids=lambda row: row.name)
def test_a_part_of_an_address_that_is_none_is_refused(refusing: Client, row: Question, part: str) -> None:
    names = {"plan": "prova-2022-2024", "administration": "cciaa-prova", str(part_of(row.path)): part}
    answer = refusing.get(f"/v1{str(row.path).format(**names)}")
    assert answer.status_code in {404, 422}, answer.text
    assert answer.json()["detail"]


@pytest.mark.parametrize("row", served(), ids=lambda row: row.name)
def test_a_parameter_that_a_row_does_not_take_is_refused_and_nothing_is_recorded(
    refusing: Client, row: Command | Question
) -> None:
    name = "boh" if "preview" in row.query.model_fields else "preview"
    parts = {"plan": "prova-2022-2024", "administration": "cciaa-prova", str(part_of(row.path)): "1"}
    address = f"/v1{str(row.path).format(**parts)}?{name}=true"
    last = refusing.get("/v1/events?limit=1000").json()["last"]
    sent_as = row.media_types[0] if isinstance(row, Command) else "application/json"  # of a question, what it answers
    told = problem(
        refusing.get(address) if row.method == "GET" else refusing.send(address, b"{}", **{"Content-Type": sent_as}),
        422,
        "malformed",
    )
    assert name in [place_of(one) for one in told["problems"]]
    assert refusing.get("/v1/events?limit=1000").json()["last"] == last


OFFICE = "/v1/administrations/cciaa-prova/offices"


def test_a_command_without_a_preview_is_not_recorded_for_one(client: Client) -> None:
    last = client.get("/v1/events?limit=1000").json()["last"]
    told = problem(client.post(f"{OFFICE}?preview=true", {"name": "Servizio Legale"}), 422, "malformed")
    assert [place_of(one) for one in told["problems"]] == ["preview"]
    assert client.get("/v1/events?limit=1000").json()["last"] == last
    assert client.post(OFFICE, {"name": "Servizio Legale"}).status_code == 201


@pytest.mark.parametrize(
    ("address", "body"),
    [
        (f"{P}/annulments", {"versions": [10**20], "justification": "x"}),
        (f"{P}/annulments?preview=true", {"versions": [10**20], "justification": "x"}),
        (f"{P}/redactions", {"version": 10**20, "act": "delibera di Giunta n. 9 del 30/09/2022", "justification": "x"}),
        (f"{P}/opinions", {"judgement": "favourable", "words": "x", "versions": [10**20]}),
        (f"{P}/remarks", {"about": "plan", "words": "x", "versions": [10**20]}),
        (
            "/v1/administrations/cciaa-prova/systems",
            {"year": 2023, "system": {}, "corrects": 10**20, "justification": "x"},
        ),
        (f"{P}/changes", {"verb": "withdraw_objective", "object": "a", "kind": "correction", "restores": [10**20]}),
    ],
)
def test_an_integer_that_no_database_holds_is_malformed(refusing: Client, address: str, body: dict[str, Any]) -> None:
    told = problem(refusing.post(address, body), 422, "malformed")
    assert any("troppo grande" in one["found"] for one in told["problems"])


@pytest.mark.parametrize("version", ["9" * 20, "\u0663", "1_0", "-1", "x"])
def test_the_key_of_a_page_that_is_none_is_malformed(refusing: Client, version: str) -> None:
    told = problem(refusing.get(f"/v1/changes?after=2022-10-03T09:00:06.000000Z/prova/{version}"), 422, "malformed")
    assert [place_of(one) for one in told["problems"]] == ["after"]


@pytest.mark.parametrize(
    "change",
    [
        {"period": "\u0662\u0660\u0662\u0662", "value": "1", "data_as_at": "2022-12-31"},
        {"period": "2022", "value": "\u0661", "data_as_at": "2022-12-31"},
        {"period": "2022", "numerator": "1_0", "denominator": "2", "data_as_at": "2022-12-31"},
        {"period": "2022", "value": "1", "data_as_at": "\u0662\u0660\u0662\u0662-12-31"},
    ],
)
def test_digits_that_are_not_those_of_ascii_are_no_number(refusing: Client, change: dict[str, Any]) -> None:
    problem(refusing.post(f"{P}/measurements", {"indicator": "incasso"} | change), 422, "malformed")


def test_a_list_whose_one_item_is_wrong_is_not_called_empty(refusing: Client) -> None:
    told = problem(refusing.post(f"{P}/annulments", {"versions": ["x"], "justification": "x"}), 422, "malformed")
    assert [one["found"] for one in told["problems"]] == ["'x' non è un numero intero"]
    told = problem(refusing.post(f"{P}/annulments", {"versions": [], "justification": "x"}), 422, "malformed")
    assert [one["found"] for one in told["problems"]] == ["un elenco è vuoto"]


def test_a_sign_that_an_address_lost_is_told_of(refusing: Client) -> None:
    lost = problem(refusing.get(f"{P}?known_at=2022-10-10T10:00:00+02:00"), 422, "malformed")
    assert lost["problems"][0]["found"].endswith("(in un indirizzo + si scrive %2B)")
    other = problem(refusing.get(f"{P}?known_at=ieri"), 422, "malformed")
    assert "%2B" not in other["problems"][0]["found"]


def test_the_name_of_an_office_stands_in_one_line(client: Client) -> None:
    assert client.post(OFFICE, {"name": "Servizio\n  Legale", "aliases": ["Ufficio\r\nLegale"]}).status_code == 201
    offices = client.get(OFFICE).json()["offices"]
    assert [office["name"] for office in offices if office["name"].endswith("Legale")] == ["Servizio Legale"]
    told = problem(client.post(OFFICE, {"name": "\n"}), 422, "malformed")
    assert [place_of(one) for one in told["problems"]] == ["name"]


@pytest.mark.parametrize(
    "content",
    [
        b'{"' + b"k" * 900_000 + b'": 1}',
        b'{"act": "' + b"x" * 900_000 + b'"}',
        b'{"' + b"k" * 400_000 + b'": 1, "' + b"k" * 400_000 + b'": 2}',
        b'{"act": ' + b'{"kkkkkkkk": ' * 60 + b"NaN" + b"}" * 61,
    ],
    ids=["a name", "a text", "a name twice", "a place"],
)
@pytest.mark.parametrize("address", ADDRESSES)
def test_a_refusal_says_a_bounded_part_of_what_was_sent_again(refusing: Client, address: str, content: bytes) -> None:
    answer = refusing.send(address, content)
    problem(answer, 422, "malformed")
    assert len(answer.content) < 20_000


@pytest.mark.parametrize("part", ["plans", "administrations"])
@pytest.mark.parametrize("name", ["0" * 121, "A", "a%20b", "%00", "è"])
def test_a_name_that_nothing_may_have_is_not_there(refusing: Client, part: str, name: str) -> None:
    last = {"plans": "polarities", "administrations": "offices"}[part]
    body = {"polarities": {"incasso": "up"}} if part == "plans" else {"name": "Servizio Legale"}
    told = problem(refusing.post(f"/v1/{part}/{name}/{last}", body), 404, "not-found")
    assert place_of(told) == part.removesuffix("s")


@pytest.mark.parametrize(
    ("address", "body", "where"),
    [
        (
            f"{P}/measurements",
            {"indicator": "incasso", "period": "2022", "value": "1", "retrospective": 1},
            "retrospective",
        ),
        (f"{P}/changes", {"verb": "approve_year", "year": True}, "year"),
        (f"{P}/annulments", {"versions": [True], "justification": "x"}, "versions[0]"),
        ("/v1/plans", _plan(version=False), "version"),
        ("/v1/plans", _plan(retrospective="true"), "retrospective"),
    ],
)
def test_yes_and_no_are_no_numbers_and_numbers_neither(
    refusing: Client, address: str, body: dict[str, Any], where: str
) -> None:
    told = problem(refusing.post(address, body), 422, "malformed")
    assert any(place_of(one).endswith(where) for one in told["problems"]), told
