"""Proposals over HTTP: a workbook's preview becomes one, and nothing of it is in the plan until an act enacts it."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import load_workbook
from starlette.testclient import TestClient

from api.http.app import create_app
from api.settings import Settings
from tests.api.http.client import Client, P, problem
from tests.support.harness import PLAN, ServiceHarness

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
REVISION: dict[str, Any] = {"verb": "revise_target", "object": "incasso", "year": 2022, "target": ">= 68%"}
PROPOSED: dict[str, Any] = {
    "title": "Rimodulazione",
    "justification": "dati del monitoraggio",
    "cause": "new_data",
    "changes": [REVISION],
}
Q = f"{P}/proposals"
ACT = {"act": "delibera di Giunta n. 9 del 30/09/2022"}
GIUNTA = {"Actor": "giunta"}
OF_THE_PLAN = (
    f"{P}?as_of=2022-12-31",
    f"{P}/objectives?as_of=2022-12-31",
    f"{P}/indicators?as_of=2022-12-31",
    f"{P}/indicators/incasso/history?as_of=2022-12-31",
    f"{P}/scores?year=2022&as_of=2022-12-31",
    f"{P}/scores?year=2022&basis=ex_ante&as_of=2022-12-31",
    f"{P}/changes?year=2022&as_of=2022-12-31",
    f"{P}/change-rates?year=2022&as_of=2022-12-31",
    f"{P}/official-change-rates?as_of=2022-12-31",
    f"{P}/flags?year=2022&as_of=2022-12-31",
    f"{P}/differences?from=2022-01-31",
    f"{P}/blame?as_of=2022-12-31",
    f"{P}/acts?as_of=2022-12-31",
    f"{P}/measurements?as_of=2022-12-31",
    f"{P}/statuses?as_of=2022-12-31",
    f"{P}/events",
    "/v1/plans?as_of=2022-12-31",
    "/v1/changes",
    "/v1/change-rates?year=2022&as_of=2022-12-31",
    "/v1/administrations/cciaa-prova/acts?as_of=2022-12-31",
    "/v1/administrations/cciaa-prova/events",
)
"""All that is asked of a plan, of its administration, and across administrations."""


@pytest.fixture(autouse=True)
def loaded(harness: ServiceHarness) -> ServiceHarness:
    """A plan, approved on 31 January, with a figure; it is September."""
    harness.load()
    harness.on("2022-07-05").measure(series=f"{PLAN}.incasso", period="2022-H1", text="67%", data_as_at="2022-06-30")
    return harness.on("2022-09-20")


def answers(client: Client) -> dict[str, Any]:
    """What all questions on the plan, and across plans, answer."""
    asked = {address: client.get(address) for address in OF_THE_PLAN}
    assert {answer.status_code for answer in asked.values()} == {200}
    told = {address: answer.json() for address, answer in asked.items()}
    for answer in told.values():
        answer.pop("followed", None)  # how far the whole record was followed
    return told


def submitted(client: Client, *changes: dict[str, Any]) -> str:
    """The address of a submitted proposal."""
    drafted = client.post(Q, PROPOSED | {"changes": list(changes or (REVISION,))})
    assert drafted.status_code == 201, drafted.text
    address = str(drafted.headers["location"])
    assert address == f"{Q}/{drafted.json()['proposal']}"
    assert client.post(f"{address}/submission", {"effective_on": "2022-09-30"}).status_code == 201
    return address


def test_nothing_of_a_proposal_is_in_the_plan_before_it_is_enacted(client: Client, harness: ServiceHarness) -> None:
    # given
    before = answers(client)
    # when
    figure = {"series": f"{PLAN}.cassetto", "period": "2022-H1", "text": "13%", "data_as_at": "2022-06-30"}
    drafted = client.post(Q, PROPOSED | {"measurements": [figure], "approves_year": 2023})
    assert drafted.status_code == 201, drafted.text
    address = submitted(client, REVISION, {"verb": "withdraw_indicator", "object": "regolamento"})
    for path, body in (
        ("amendments", PROPOSED),
        ("submission", {}),
        ("comments", {"words": "Da quale fonte?"}),
        ("opinion-request", {"due": "2022-09-28"}),
    ):
        assert client.post(f"{address}/{path}", body).status_code == 201
    opinion = {"judgement": "contrary", "about": f"proposal/{address.rpartition('/')[2]}", "words": "No."}
    assert client.post(f"{P}/opinions", opinion, Actor="oiv").status_code == 201
    rejected = submitted(client)
    assert client.post(f"{rejected}/rejection", {"justification": "no"}, **GIUNTA).status_code == 201
    assert client.post(f"{Q}/proposta-1/withdrawal", {}).status_code == 201
    # then
    assert answers(client) == before
    harness.on("2022-10-03")
    assert client.post(f"{address}/enactment", ACT, **GIUNTA).status_code == 201
    assert answers(client) != before


def test_what_a_workbook_would_change_is_proposed_seen_by_the_oiv_and_enacted(
    client: Client, edited: Callable[[], bytes], harness: ServiceHarness
) -> None:
    # given
    preview = client.send(f"{P}/imports", edited(), Content_Type=SHEET)
    assert preview.status_code == 201, preview.text
    named = {"title": "Dal foglio", "justification": "dati", "cause": "new_data", "proposal": "autunno"}
    # when
    key = {"Idempotency_Key": "proposta-dal-foglio"}
    address = preview.headers["location"]
    proposed = [client.post(f"{address}/proposal", named, **key) for _ in range(2)]
    assert [answer.status_code for answer in proposed] == [201, 200], proposed[0].text
    assert client.get(address).json()["state"] == "proposed"
    life = client.get(f"{Q}/autunno").json()
    assert (
        life["file"]["changes"]
        == [{"verb": "revise_target", "object": "incasso", "year": 2022, "ordinal": 1, "target": ">= 68%"}]
        or life["file"]["changes"][0]["target"] == ">= 68%"
    )
    assert life["events"][0]["body"]["sha256"]
    foreseen = client.post(f"{Q}/autunno/submission?preview=true", {"effective_on": "2022-09-30"})
    assert (foreseen.status_code, client.get(f"{Q}/autunno").json()["status"]) == (200, "draft")
    assert client.post(f"{Q}/autunno/submission", {"effective_on": "2022-09-30"}).status_code == 201
    shown = client.get(f"{Q}/autunno").json()["submissions"][0]["effects"]
    told = foreseen.json()
    assert [shown[part] for part in ("scores", "change_rate")] == [told[part] for part in ("scores", "change_rate")]
    assert client.post(f"{Q}/autunno/opinion-request", {"due": "2022-09-28"}).status_code == 201
    opinion = {"judgement": "favourable", "about": "proposal/autunno", "words": "Coerente."}
    assert client.post(f"{P}/opinions", opinion, Actor="oiv").status_code == 201
    harness.on("2022-10-03")
    enacted = client.post(f"{Q}/autunno/enactment", ACT, **GIUNTA)
    # then
    assert (enacted.status_code, enacted.headers["location"]) == (201, f"{Q}/autunno"), enacted.text
    assert harness.target("2022-12-31") == ">= 68%"
    row = client.get(f"{Q}?status=enacted").json()["proposals"][0]
    assert (row["proposal"], row["opinions"], row["act"]) == ("autunno", 1, "delibera-giunta-9-2022-09-30")


@pytest.fixture
def edited(client: Client) -> Callable[[], bytes]:
    """The workbook of the plan as it is exported, with one target changed by the office."""

    def edit() -> bytes:
        exported = client.get(f"{P}/export?format=xlsx&as_of=2022-12-31")
        book = load_workbook(io.BytesIO(exported.content))
        for row in book["Target"].iter_rows():
            for cell in row:
                if cell.value == ">= 70,34%":
                    cell.value = ">= 68%"
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

    return edit


def test_a_preview_that_the_plan_overtook_is_not_proposed(
    client: Client, edited: Callable[[], bytes], harness: ServiceHarness
) -> None:
    address = client.send(f"{P}/imports", edited(), Content_Type=SHEET).headers["location"]
    harness.revise(">= 14%", "2022-09-19", indicator="cassetto", year=2023)
    told = problem(client.post(f"{address}/proposal", {"title": "Tardi", "cause": "other"}), 412, "version-outdated")
    assert "anteprima" in told["detail"]


@pytest.mark.parametrize(
    ("path", "body", "status", "name"),
    [
        ("", PROPOSED | {"changes": [REVISION | {"object": "nessuno"}]}, 404, "not-found"),
        ("", PROPOSED | {"changes": [REVISION | {"target": ">= 70,34%"}]}, 409, "no-change"),
        ("", PROPOSED | {"act": "delibera di Giunta n. 9 del 30/09/2022"}, 422, "malformed"),
        ("", PROPOSED | {"plan": "altro"}, 422, "malformed"),
        ("", PROPOSED | {"proposal": "proposta-1"}, 409, "already-there"),
        ("", PROPOSED | {"on": "2022-09-21"}, 409, "outside-plan"),
        ("/nessuna/submission", {}, 404, "not-found"),
        ("/proposta-1/enactment", ACT, 409, "duties-not-separated"),
        ("/proposta-1/enactment", {}, 422, "malformed"),
        ("/proposta-1/enactment", {"act": "una frase"}, 422, "malformed"),
        ("/proposta-1/rejection", {}, 422, "malformed"),
        ("/proposta-1/comments", {"words": ""}, 422, "malformed"),
        ("/proposta-1/opinion-request", {"due": "2022-09-01"}, 409, "outside-plan"),
        ("/proposta-1/amendments", PROPOSED | {"proposal": "un-altra"}, 422, "malformed"),
        ("/proposta-2/enactment", ACT | {"exception": "urgenza"}, 409, "proposal-not-submitted"),
        ("/proposta-2/opinion-request", {}, 409, "proposal-not-submitted"),
        ("/proposta-3/submission", {}, 409, "proposal-closed"),
    ],
)
def test_what_is_wrong_is_refused_with_its_name_and_records_nothing(
    client: Client, harness: ServiceHarness, path: str, body: dict[str, Any], status: int, name: str
) -> None:
    submitted(client)
    for _ in range(2):
        assert client.post(Q, PROPOSED).status_code == 201
    assert client.post(f"{Q}/proposta-3/withdrawal", {}).status_code == 201
    before = len(harness.ask(lambda reader: reader.scan(settled=False)))
    harness.now = harness.now.replace(day=30) if "enactment" in path else harness.now
    told = problem(client.post(f"{Q}{path}", body), status, name)
    assert told["title"]
    assert len(harness.ask(lambda reader: reader.scan(settled=False))) == before


def test_what_collides_is_listed(client: Client, harness: ServiceHarness) -> None:
    address = submitted(client)
    harness.on("2022-09-25").revise(">= 69%", "2022-09-24")
    harness.on("2022-10-03")
    told = problem(client.post(f"{address}/enactment", ACT, **GIUNTA), 409, "proposal-stale")
    assert told["listed"]
    assert client.get(address).json()["staleness"] == {"stale": True, "listed": told["listed"]}
    assert client.get(f"{address}?known_at=2022-09-23").json()["staleness"] is None
    assert client.post(f"{address}/submission", {"effective_on": "2022-09-30"}).status_code == 201
    assert client.get(address).json()["staleness"] == {"stale": False, "listed": []}
    assert client.post(f"{address}/enactment?preview=true", ACT, **GIUNTA).status_code == 200
    assert client.post(f"{address}/enactment", ACT, **GIUNTA).status_code == 201


def test_where_the_separation_is_off_whoever_drafted_enacts_and_it_is_recorded(
    harness: ServiceHarness, client: Client
) -> None:
    address = submitted(client)
    harness.on("2022-10-03")
    settings = Settings(database=harness.store.location, separation="off", sign_in="open")
    other = TestClient(create_app(settings, harness.store), base_url="http://localhost:8000")
    assert other.post(f"{address}/enactment", json=ACT).status_code == 201
    (waiver,) = client.get(address).json()["separation_waived"]
    assert waiver["words"] == "regola disattivata nelle impostazioni"


def test_a_proposal_on_a_plan_that_is_not_there_is_not_found(client: Client) -> None:
    problem(client.get("/v1/plans/nessuno/proposals"), 404, "not-found")
    problem(client.post("/v1/plans/nessuno/proposals", PROPOSED), 404, "not-found")
    assert client.get(Q).json()["proposals"] == []
    problem(client.get(f"{Q}?status=boh"), 422, "malformed")
