"""Measurements, restatements, statuses, acts and offices over HTTP."""

from typing import Any

import pytest

from tests.api.http.client import Client, P, problem
from tests.support.harness import ServiceHarness

A = "/v1/administrations/cciaa-prova"
VALUE: dict[str, Any] = {
    "indicator": "incasso",
    "period": "2022-H1",
    "numerator": "2710000",
    "denominator": "4000000",
    "data_as_at": "2022-06-30",
}


@pytest.fixture(autouse=True)
def loaded(harness: ServiceHarness) -> ServiceHarness:
    """A plan; it is July."""
    harness.load()
    return harness.on("2022-07-04")


@pytest.mark.parametrize("which", ["incasso", "Percentuale di incasso"])
def test_a_value_is_recorded_under_the_series_of_its_indicator(client: Client, which: str) -> None:
    # when
    answer = client.post(f"{P}/measurements", VALUE | {"indicator": which})
    # then
    assert answer.status_code == 201
    assert answer.json()["version"] is None
    assert client.get(answer.headers["location"]).json()["topic"] == "measurement-recorded"
    (row,) = client.get(f"{P}/measurements").json()["measurements"]
    assert (row["series"], row["numerator"]) == ("prova-2022-2024.incasso", "2710000")


def test_a_text_is_read(client: Client) -> None:
    body = {"series": "prova-2022-2024.incasso", "period": "2022-H1", "text": "67,75%", "data_as_at": "2022-06-30"}
    assert client.post(f"{P}/measurements", body).status_code == 201
    assert client.get(f"{P}/measurements").json()["measurements"][0]["observed"]["value"] == "67.75"


def test_a_value_is_restated_from_a_day_of_its_own(client: Client) -> None:
    # given
    client.post(f"{P}/measurements", VALUE)
    # when
    answer = client.post(f"{P}/restatements", VALUE | {"numerator": "2726000", "effective_on": "2022-07-01"})
    # then
    assert answer.status_code == 201
    assert client.get(f"{P}/measurements?as_of=2022-06-30").json()["measurements"][0]["numerator"] == "2710000"
    assert client.get(f"{P}/measurements?as_of=2022-07-01").json()["measurements"][0]["numerator"] == "2726000"


@pytest.mark.parametrize(
    ("said", "status", "name"),
    [
        ({"indicator": "nessuno"}, 404, "not-found"),
        ({"indicator": "a1"}, 404, "not-found"),
        ({"indicator": 7}, 422, "malformed"),
        ({"series": "prova-2022-2024.incasso"}, 422, "malformed"),
        ({"period": "primo semestre"}, 422, "malformed"),
        ({"data_as_at": "0"}, 422, "malformed"),
        ({"numerator": 2.5}, 422, "malformed"),
        ({"numerator": "NaN"}, 422, "malformed"),
        ({"numerator": "1e999999999"}, 422, "malformed"),
        ({"denominator": None}, 422, "malformed"),
        ({"value": "67.75", "text": "67,75%"}, 422, "malformed"),
        ({"period": "2031"}, 409, "period-in-future"),
    ],
)
def test_a_value_that_cannot_be_is_told_why(client: Client, said: dict[str, Any], status: int, name: str) -> None:
    problem(client.post(f"{P}/measurements", VALUE | said), status, name)


def test_a_final_value_is_restated_not_recorded_again(client: Client) -> None:
    client.post(f"{P}/measurements", VALUE)
    problem(client.post(f"{P}/measurements", VALUE), 409, "no-change")
    problem(client.post(f"{P}/measurements", VALUE | {"numerator": "1"}), 409, "already-there")


def test_a_value_of_an_unknown_plan_is_not_found(client: Client) -> None:
    body = {name: value for name, value in VALUE.items() if name != "indicator"} | {"series": "x"}
    problem(client.post("/v1/plans/nessuno/measurements", body), 404, "not-found")
    problem(client.post("/v1/plans/nessuno/measurements", VALUE), 404, "not-found")


def test_a_restatement_wants_something_to_restate(client: Client) -> None:
    problem(client.post(f"{P}/restatements", VALUE | {"effective_on": "2022-07-01"}), 404, "not-found")


def test_a_status_is_reported_and_shown_with_its_note(client: Client) -> None:
    # given
    body = {
        "subject": "indicator",
        "id": "incasso",
        "status": "at_risk",
        "progress": "67.75",
        "reported_on": "2022-06-30",
        "note": "mancano i riversamenti di giugno",
    }
    # when
    assert client.post(f"{P}/statuses", body).status_code == 201
    # then
    (row,) = client.get(f"{P}/statuses").json()["statuses"]
    assert row == body
    problem(client.post(f"{P}/statuses", body), 409, "no-change")
    problem(client.post(f"{P}/statuses", body | {"id": "nessuno"}), 404, "not-found")
    problem(client.post(f"{P}/statuses", body | {"status": "boh"}), 422, "malformed")


@pytest.mark.parametrize(
    "act",
    [
        "determina del Segretario Generale n. 41 del 05/07/2022 (data confermata)",
        {
            "body": "Segretario Generale",
            "type": "determina",
            "number": "41",
            "date": "2022-07-05",
            "date_confirmed": True,
        },
    ],
)
def test_an_act_is_registered_in_full_or_by_its_phrase(client: Client, act: object) -> None:
    assert client.post(f"{A}/acts", {"act": act}).status_code == 201
    acts = client.get(f"{A}/acts?as_of=2022-07-05").json()["acts"]
    assert acts[-1]["number"] == "41"
    assert len(client.get(f"{A}/acts?as_of=2022-07-04").json()["acts"]) == len(acts) - 1
    problem(client.post(f"{A}/acts", {"act": act}), 409, "no-change")


def test_a_plan_names_the_acts_that_it_cites_and_the_offices_that_answer_for_it(client: Client) -> None:
    # given
    client.post(f"{A}/acts", {"act": "determina del Segretario Generale n. 41 del 05/07/2022 (data confermata)"})
    client.post(f"{A}/offices", {"name": "Servizio Legale"})
    # then
    assert len(client.get(f"{P}/acts").json()["acts"]) == 1
    assert [one["name"] for one in client.get(f"{P}/offices").json()["offices"]] == ["Servizio Bilancio"]
    assert len(client.get(f"{A}/offices").json()["offices"]) == 2


def test_an_office_gets_another_alias_and_not_the_same_twice(client: Client) -> None:
    body = {"name": "Servizio Bilancio", "aliases": ["Ragioneria"]}
    assert client.post(f"{A}/offices", body).status_code == 201
    assert client.get(f"{A}/offices").json()["offices"][0]["aliases"] == ["Ragioneria"]
    problem(client.post(f"{A}/offices", body), 409, "no-change")


@pytest.mark.parametrize(
    "body", [{}, {"act": 7}, {"act": ""}, {"act": "boh"}, {"act": {"body": "Giunta"}}, {"atto": "x"}, "x", []]
)
def test_an_act_that_cannot_be_read_is_malformed(client: Client, body: object) -> None:
    problem(client.post(f"{A}/acts", body), 422, "malformed")


@pytest.mark.parametrize("body", [{}, {"name": 7}, {"name": ""}, {"name": "  "}, {"name": "x", "office": "Non Un Id"}])
def test_an_office_without_a_name_is_malformed(client: Client, body: object) -> None:
    problem(client.post(f"{A}/offices", body), 422, "malformed")


def test_an_unknown_administration_takes_nothing(client: Client) -> None:
    problem(
        client.post("/v1/administrations/nessuna/acts", {"act": "delibera di Giunta n. 1 del 05/07/2022"}),
        404,
        "not-found",
    )
    problem(client.post("/v1/administrations/nessuna/offices", {"name": "Servizio"}), 404, "not-found")


def test_an_empty_value_is_malformed_and_not_taken_as_not_available(client: Client) -> None:
    answer = client.post(f"{P}/measurements", {"indicator": "incasso", "period": "2022-H1", "text": " ",
                                               "data_as_at": "2022-06-30"})  # fmt: skip
    assert answer.status_code == 422
    assert "il valore è vuoto" in answer.text
    assert client.get(f"{P}/measurements").json()["measurements"] == []
