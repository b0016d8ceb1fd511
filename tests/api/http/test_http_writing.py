"""Who writes, the command that is sent again, the version that the writer saw."""

from typing import Any

import pytest

from tests.api.http.client import Client, P, problem
from tests.support.harness import ServiceHarness, document
from tests.support.problem_places import place_of

CHANGE: dict[str, Any] = {
    "verb": "revise_target",
    "object": "incasso",
    "year": 2022,
    "target": ">= 68%",
    "act": "delibera di Giunta n. 9 del 30/09/2022",
    "justification": "dati del monitoraggio",
    "cause": "new_data",
}
MEASUREMENT = {"indicator": "incasso", "period": "2022-H1", "value": "67.5", "data_as_at": "2022-06-30"}
WRITES: list[tuple[str, dict[str, Any]]] = [
    (f"{P}/changes", CHANGE),
    (f"{P}/measurements", MEASUREMENT),
    (f"{P}/statuses", {"subject": "objective", "id": "a1", "status": "in_line", "reported_on": "2022-06-30"}),
    (
        f"{P}/annulments",
        {"versions": [8], "justification": "annullata", "act": "delibera di Giunta n. 7 del 30/06/2022"},
    ),
    ("/v1/administrations/cciaa-prova/acts", {"act": "decreto del Presidente n. 2 del 01/07/2022"}),
    ("/v1/administrations/cciaa-prova/offices", {"name": "Servizio Legale"}),
    ("/v1/plans", document(plan=document()["plan"] | {"id": "altro-2022-2024"})),
]


@pytest.fixture(autouse=True)
def loaded(harness: ServiceHarness) -> ServiceHarness:
    """A plan, approved on 31 January; it is October."""
    harness.load()
    return harness.on("2022-10-03")


def _position(client: Client) -> int:
    return int(client.get("/v1/events?limit=1000").json()["last"])


@pytest.mark.parametrize(("path", "body"), WRITES)
def test_a_command_sent_again_is_answered_again_and_recorded_once(
    client: Client, path: str, body: dict[str, Any]
) -> None:
    # given
    first = client.post(path, body, Idempotency_Key="prova-1")
    position = _position(client)
    # when
    again = client.post(path, body, Idempotency_Key='"prova-1"')
    # then
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json() | {"repeated": True}
    assert again.headers["location"] == first.headers["location"]
    assert _position(client) == position
    assert first.json()["command_id"] == "prova-1"


@pytest.mark.parametrize(("path", "body"), WRITES)
def test_the_key_of_another_command_is_refused(client: Client, path: str, body: dict[str, Any]) -> None:
    client.post(f"{P}/changes", CHANGE | {"target": ">= 66%"}, Idempotency_Key="prova-1")
    told = problem(client.post(path, body, Idempotency_Key="prova-1"), 409, "command-reused")
    assert place_of(told) == "Idempotency-Key"


def test_the_key_of_another_actor_is_refused(client: Client) -> None:
    client.post(f"{P}/changes", CHANGE, Idempotency_Key="prova-1")
    problem(client.post(f"{P}/changes", CHANGE, Idempotency_Key="prova-1", Actor="oiv"), 409, "command-reused")


def test_a_preview_uses_up_no_key(client: Client) -> None:
    client.post(f"{P}/changes?preview=true", CHANGE, Idempotency_Key="prova-1")
    assert client.post(f"{P}/changes", CHANGE, Idempotency_Key="prova-1").status_code == 201


@pytest.mark.parametrize("key", ["", " ", "con spazi", "x" * 121, "-prima", "'; drop table receipt", "é"])
def test_a_key_that_is_none_is_malformed(client: Client, key: str) -> None:
    answer = client.http.post(f"{P}/changes", json=CHANGE, headers={b"Idempotency-Key": key.encode()})
    assert place_of(problem(answer, 422, "malformed")["problems"][0]) == "idempotency-key"


def test_the_actor_is_the_one_that_the_request_names(client: Client) -> None:
    # when
    mine = client.post(f"{P}/changes", CHANGE, Actor="responsabile.bilancio")
    other = client.post(f"{P}/measurements", MEASUREMENT)
    # then
    assert client.get(mine.headers["location"]).json()["envelope"]["actor"] == "responsabile.bilancio"
    assert client.get(other.headers["location"]).json()["envelope"]["actor"] == "ufficio-performance"


@pytest.mark.parametrize("actor", ["Mario Rossi", "", "x", "è", "a" * 81, "mario.rossi@esempio.it"])
def test_an_actor_that_is_no_account_is_malformed(client: Client, actor: str) -> None:
    answer = client.http.post(f"{P}/changes", json=CHANGE, headers={b"Actor": actor.encode()})
    assert place_of(problem(answer, 422, "malformed")["problems"][0]) == "actor"


@pytest.mark.parametrize("form", ["tag", "version", "quoted", "any"])
def test_who_saw_the_latest_version_may_write(client: Client, form: str) -> None:
    # given
    answer = client.get(P)
    version = str(answer.json()["version"])
    seen = {"tag": answer.headers["etag"], "version": version, "quoted": f'"{version}"', "any": "*"}[form]
    # then
    assert client.post(f"{P}/changes", CHANGE, If_Match=seen).status_code == 201


def test_who_saw_an_older_version_of_the_object_is_refused(harness: ServiceHarness, client: Client) -> None:
    # given
    seen = client.get(P).headers["etag"]
    harness.revise(">= 69%", "2022-09-15")
    # then
    told = problem(client.post(f"{P}/changes", CHANGE, If_Match=seen), 412, "version-outdated")
    assert place_of(told) == "If-Match"
    assert harness.target("2022-12-31") == ">= 69%"


def test_a_change_of_another_object_does_not_stand_in_the_way(harness: ServiceHarness, client: Client) -> None:
    seen = client.get(P).headers["etag"]
    harness.revise(">= 13%", "2022-09-15", indicator="cassetto")
    assert client.post(f"{P}/changes", CHANGE, If_Match=seen).status_code == 201


@pytest.mark.parametrize(("path", "body"), WRITES[1:4])
def test_what_is_no_change_wants_the_very_version_that_was_seen(
    harness: ServiceHarness, client: Client, path: str, body: dict[str, Any]
) -> None:
    seen = client.get(P).headers["etag"]
    harness.revise(">= 13%", "2022-09-15", indicator="cassetto")
    problem(client.post(path, body, If_Match=seen), 412, "version-outdated")
    assert client.post(path, body, If_Match=client.get(P).headers["etag"]).status_code == 201


@pytest.mark.parametrize(("path", "body"), WRITES[4:6])
def test_an_administration_has_a_version_too(client: Client, path: str, body: dict[str, Any]) -> None:
    seen = client.get(path).headers["etag"]
    client.post("/v1/administrations/cciaa-prova/offices", {"name": "Servizio Altro"})
    problem(client.post(path, body, If_Match=seen), 412, "version-outdated")
    assert client.post(path, body, If_Match=client.get(path).headers["etag"]).status_code == 201


def test_a_command_sent_again_is_answered_again_whatever_it_had_seen(client: Client) -> None:
    seen = client.get(P).headers["etag"]
    assert client.post(f"{P}/changes", CHANGE, If_Match=seen, Idempotency_Key="prova-1").status_code == 201
    assert client.post(f"{P}/changes", CHANGE, If_Match=seen, Idempotency_Key="prova-1").status_code == 200


@pytest.mark.parametrize("seen", ["999", '"2022-10-03;999;1"'])
def test_a_version_that_never_was_is_a_mismatch(client: Client, seen: str) -> None:
    problem(client.post(f"{P}/changes", CHANGE, If_Match=seen), 412, "version-outdated")


@pytest.mark.parametrize("seen", ["", "ieri", 'W/"12"', '"12', "-1", '"a;b;c"', "9" * 30, '"1", "2"'])
def test_an_if_match_that_cannot_be_read_is_malformed(client: Client, seen: str) -> None:
    told = problem(client.post(f"{P}/changes", CHANGE, If_Match=seen), 422, "malformed")
    assert place_of(told["problems"][0]).lower() == "if-match"


def test_a_header_of_before_is_refused_and_its_name_of_today_said(client: Client) -> None:
    # who is not heard would record as another
    answer = client.http.post(f"{P}/changes", json=CHANGE, headers={"X-Actor": "responsabile.bilancio"})
    told = problem(answer, 422, "malformed")["problems"][0]
    assert (place_of(told), told["accepted"]) == ("X-Actor", "Actor")
