"""A file over HTTP: its preview has an address, expires, and is confirmed on the version that it was made on."""

import io
from datetime import timedelta
from typing import Any

import openpyxl
import orjson
import pytest

from api.imports.import_jobs import ImportJobs
from api.settings import Settings
from tests.api.http.client import Client, P, problem
from tests.api.workbook.books import GROUND, book, edited, parts
from tests.support.harness import PLAN, ServiceHarness

XLSX = {"Content_Type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@pytest.fixture
def office(harness: ServiceHarness) -> ServiceHarness:
    harness.load()
    return harness.on("2022-10-01")


@pytest.fixture
def changed(office: ServiceHarness) -> bytes:
    return edited(book(office), lambda made: setattr(made["Target"]["D2"], "value", ">= 68%"))


def test_a_sent_workbook_is_looked_at_then_confirmed(office: ServiceHarness, client: Client, changed: bytes) -> None:
    sent = client.send(f"{P}/imports", changed, **XLSX)
    assert sent.status_code == 201
    told = sent.json()
    assert (told["state"], told["preview"]["changes"]) == ("ready", {"target_revised": 1})
    assert client.get(sent.headers["location"]).json() == told
    assert office.target("2022-12-31") == ">= 70,34%"
    problem(client.post(f"{sent.headers['location']}/confirm", {}), 409, "motivation-missing")
    shown = client.post(f"{sent.headers['location']}/confirm?preview=true", GROUND)
    assert (shown.status_code, shown.json()["preview"]) == (200, True)
    done = client.post(f"{sent.headers['location']}/confirm", GROUND, Idempotency_Key="una-volta")
    assert done.status_code == 201
    assert office.target("2022-12-31") == ">= 68%"
    again = client.post(f"{sent.headers['location']}/confirm", GROUND, Idempotency_Key="una-volta")
    assert (again.status_code, again.json()["repeated"]) == (200, True)
    assert client.get(sent.headers["location"]).json()["state"] == "confirmed"


def test_a_preview_that_is_overtaken_is_refused(office: ServiceHarness, client: Client, changed: bytes) -> None:
    where = client.send(f"{P}/imports", changed, **XLSX).headers["location"]
    office.revise(">= 13%", "2022-09-20", indicator="cassetto")
    problem(client.post(f"{where}/confirm", GROUND), 412, "version-outdated")
    assert office.target("2022-12-31") == ">= 70,34%"


def test_a_preview_expires(office: ServiceHarness, client: Client, changed: bytes) -> None:
    where = client.send(f"{P}/imports", changed, **XLSX).headers["location"]
    office.now += timedelta(hours=73)
    problem(client.get(where), 404, "not-found")
    problem(client.post(f"{where}/confirm", GROUND), 404, "not-found")


def test_a_long_preview_is_made_meanwhile_and_says_how_far_it_is(office: ServiceHarness, changed: bytes) -> None:
    client = Client(office)
    client.app.state.imports.wait_seconds = 0.0
    sent = client.send(f"{P}/imports", changed, **XLSX)
    assert sent.status_code in {201, 202}
    told = sent.json()
    for _ in range(2_000):
        told = client.get(sent.headers["location"]).json()
        if told["state"] == "ready":
            break
        assert told["stage"]
    assert told["preview"]["changes"] == {"target_revised": 1}


def test_a_workbook_with_mistakes_is_refused_with_every_cell(office: ServiceHarness, client: Client) -> None:
    def spoil(made: Any) -> None:
        made["Obiettivi"]["F2"].value = "tanto"
        made["Target"]["A2"].value = "nessuno"

    told = problem(client.send(f"{P}/imports", edited(book(office), spoil), **XLSX), 422, "malformed")
    assert [one["where"] for one in told["problems"]] == ["Obiettivi!F2", "Target!A2"]
    told = problem(
        client.send(f"{P}/imports", parts(book(office), **{"xl/vbaProject.bin": b"x"}), **XLSX), 422, "workbook-refused"
    )
    assert "macro" in told["detail"]


def test_a_file_of_another_kind_plan_or_size_is_refused(office: ServiceHarness, client: Client, changed: bytes) -> None:
    problem(client.send(f"{P}/imports", changed, Content_Type="text/plain"), 415, "unsupported-media-type")
    problem(client.send("/v1/plans/nessuno/imports", changed, **XLSX), 404, "not-found")
    small = Client(office, max_document_bytes=1_000)
    problem(small.send(f"{P}/imports", changed, **XLSX), 413, "too-large")


@pytest.mark.usefixtures("office")
def test_a_json_document_of_a_plan_that_is_there_is_a_difference_too(client: Client) -> None:
    document = client.get(f"{P}?as_of=2022-09-01").json()
    document["indicators"][0]["targets"][0] = {"year": 2022, "text": ">= 68%"}
    told = client.post(f"{P}/imports", document).json()
    assert told["preview"]["changes"] == {"target_revised": 1}


def test_a_new_plan_is_sent_without_an_address_of_its_own(office: ServiceHarness, client: Client) -> None:
    content = book(office)
    fresh = edited(
        content,
        lambda made: setattr(
            next(r for r in made["Piano"].iter_rows() if r[0].value == "Id piano")[1], "value", "altro-2022-2024"
        ),
    )
    sent = client.send("/v1/imports", fresh, **XLSX)
    assert sent.status_code == 201
    assert sent.json()["preview"]["kind"] == "new_plan"
    assert client.post(f"{sent.headers['location']}/confirm", {}).status_code == 201
    assert client.get("/v1/plans/altro-2022-2024").status_code == 200


@pytest.mark.parametrize("format_", ["json", "xlsx", "csv"])
@pytest.mark.usefixtures("office")
def test_a_plan_goes_out_and_comes_back_unchanged(client: Client, format_: str) -> None:
    gone = client.get(f"{P}/export?format={format_}&as_of=2022-09-01")
    assert gone.status_code == 200
    assert PLAN in gone.headers["content-disposition"]
    sent = client.send(f"{P}/imports", gone.content, Content_Type=gone.headers["content-type"])
    assert sent.json()["preview"]["changes"] == {}


def test_the_template_has_every_sheet_with_its_headings(client: Client) -> None:
    made = openpyxl.load_workbook(io.BytesIO(client.get("/v1/template?year=2025").content))
    sheets = ["Istruzioni", "Piano", "Obiettivi", "Altri alberi", "Indicatori", "Assegnazioni", "Target"]
    assert made.sheetnames[: len(sheets)] == sheets
    assert [cell.value for cell in made["Target"][1]][-3:] == ["2025", "2026", "2027"]
    assert made["Indicatori"]["A1"].comment is not None
    assert made["Indicatori"].protection.sheet
    assert made["Indicatori"]["A1"].protection.locked
    assert not made["Indicatori"].column_dimensions["A"].protection.locked


def test_a_file_for_which_there_is_no_room_is_refused_with_the_time_to_wait(
    office: ServiceHarness, changed: bytes
) -> None:
    client = Client(office)
    client.app.state.imports = ImportJobs(office.service, Settings(), workers=1, waiting=-1)
    refused = client.send(f"{P}/imports", changed, **XLSX)
    problem(refused, 503, "imports-busy")
    assert refused.headers["retry-after"] == "10"


def test_a_figure_that_would_alter_the_past_is_a_question_over_http_too(office: ServiceHarness, client: Client) -> None:
    half = {"series": f"{PLAN}.incasso", "period": "2022-H1", "data_as_at": "2022-06-30"}
    office.measure(**half, text="35%")
    content = office.plan()
    content["plan"] |= {"id": "altro-2023-2025", "first_year": 2023, "last_year": 2025, "years": {}}
    for row in content["indicators"]:
        row["targets"] = []
    content["measurements"][0] |= {"text": "36%", "observed": None}
    content = {name: part for name, part in content.items() if name not in {"act", "acts", "as_of", "version"}}
    sent = client.send("/v1/imports", orjson.dumps(content), Content_Type="application/json")
    [question] = sent.json()["preview"]["questions"]
    assert question["id"] == f"measurement:{PLAN}.incasso:2022-H1"
    confirm = f"{sent.headers['location']}/confirm"
    problem(client.post(confirm, {}), 409, "questions-open")
    problem(client.post("/v1/plans", content), 409, "questions-open")
    assert client.post(confirm, {"answers": {question["id"]: "keep"}}).status_code == 201
    assert [row["text"] for row in office.plan()["measurements"]] == ["35%"]
