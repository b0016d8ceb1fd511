"""Sheets of collection over HTTP: who may have which, and what comes back."""

import io
import zipfile
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from api.commands.evaluation import open_round
from domain.rounds.commands import OpenRound
from tests.support.chamber import BY_MACHINE, OWN, PUBLISHED, Chambers, signed_in
from tests.support.collection_books import filled

PLAN = PUBLISHED[OWN]
SHEETS = f"/v1/plans/{PLAN}/rounds/2022-06-30/export"
BACK = f"/v1/plans/{PLAN}/rounds/2022-06-30/collection"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def chambers(tmp_path: Path) -> Iterator[Chambers]:
    """A round open, and one of the indicators with an office that nobody's role is for."""
    made = Chambers(tmp_path)
    made.harness.change(
        {"verb": "reclassify_indicator", "object": "cassetto", "owner": "Servizio Registro"},
        act="delibera di Giunta n. 2 del 01/02/2022",
    )
    made.harness.on("2022-07-05")
    opening = OpenRound.model_validate({"as_at": "2022-06-30", "due_by": "2022-07-15"})
    open_round(made.service, PLAN, opening, BY_MACHINE)
    yield made
    made.close()


def sent(chambers: Chambers, token: str, content: bytes, query: str = "", media: str = XLSX) -> tuple[int, dict]:  # type: ignore[type-arg]
    answer = chambers.client.post(
        BACK + query, content=content, headers={"Authorization": f"Bearer {token}", "Content-Type": media}
    )
    return answer.status_code, answer.json()


def test_who_holds_a_role_for_an_office_has_its_sheet_and_no_other(chambers: Chambers) -> None:
    planner, own = chambers.token("planner"), chambers.token("responsible")
    for token, names in (
        (planner, ["2022-06-30-servizio-bilancio.xlsx", "2022-06-30-servizio-registro.xlsx"]),
        (own, ["2022-06-30-servizio-bilancio.xlsx"]),
    ):
        answer = chambers.ask("GET", SHEETS, token)
        assert answer.headers["content-type"] == "application/zip"
        assert zipfile.ZipFile(io.BytesIO(answer.content)).namelist() == names
    assert chambers.ask("GET", f"{SHEETS}?office=Servizio+Bilancio", own).headers["content-type"] == XLSX
    assert chambers.ask("GET", f"{SHEETS}?office=Servizio+Registro", own).status_code == 403
    assert chambers.ask("GET", SHEETS, chambers.token("reader")).status_code == 403


def test_a_sheet_is_looked_at_and_recorded_and_of_another_office_it_is_told(chambers: Chambers) -> None:
    planner, own = chambers.token("planner"), chambers.token("responsible")
    bilancio = chambers.ask("GET", f"{SHEETS}?office=Servizio+Bilancio", planner).content
    registro = chambers.ask("GET", f"{SHEETS}?office=Servizio+Registro", planner).content
    given = filled(bilancio, {0: {"Valore": "60%", "Stato": "a rischio"}})
    status, looked = sent(chambers, own, given, "?preview=true")
    assert (status, looked["preview"], looked["items"][0]["value"]) == (200, True, "60%")
    status, of_another = sent(chambers, own, filled(registro, {0: {"Valore": "9%"}}), "?preview=true")
    assert of_another["problems"][0]["where"] == "Dati tecnici!B4"
    assert of_another["problems"][0]["found"] == "la scheda è di Servizio Registro"
    assert sent(chambers, own, filled(registro, {0: {"Valore": "9%"}}))[0] == 422
    assert sent(chambers, own, given)[0] == 201
    assert sent(chambers, own, given)[0] == 409
    assert sent(chambers, chambers.token("validator"), given)[0] == 403


def test_a_file_that_is_none_is_refused(chambers: Chambers) -> None:
    planner = chambers.token("planner")
    status, problem = sent(chambers, planner, b"non una cartella")
    assert (status, problem["type"]) == (422, "urn:in-itinere:problem:workbook-refused")
    assert sent(chambers, planner, b"{}", media="application/json")[0] == 422
    assert sent(chambers, planner, b"x", media="text/plain")[0] == 415


def test_the_page_of_the_round_has_the_sheets_of_whoever_may(chambers: Chambers) -> None:
    _, planner = signed_in(chambers, "anna", "planner")
    page = unescape(planner.open(f"/piani/{PLAN}/monitoraggio").text)
    address = f"/v1/plans/{PLAN}/rounds/monitoraggio-2022-06-30/export"
    assert f'href="{address}"' in page
    assert f'href="{address}?office=Servizio+Registro"' in page
    assert planner.open(address).status_code == 200
