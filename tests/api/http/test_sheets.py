"""Questions as sheets: `?format=xlsx` gives the rows that the page of the question offers, to be calculated with."""

import io
import re
from collections.abc import Iterator
from datetime import datetime

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.api.http.client import Client
from tests.support.harness import PLAN, ServiceHarness, document

P, PAGE = f"/v1/plans/{PLAN}", f"/piani/{PLAN}"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ASKED = {
    "": "?anno=2022",
    "/scores?year=2022": "/punteggi?anno=2022",
    "/trees/mission": "?anno=2022&albero=mission",
    "/scores?year=2022&tree=mission": "/punteggi?anno=2022&albero=mission",
    "/scores/body?year=2022": "/punteggi/body?anno=2022",
    "/flags?year=2022": "/segnalazioni?anno=2022",
    "/audit?limit=1": "/registro",
    "/audit?object=incasso": "/registro?oggetto=incasso",
}
"""Questions, and the addresses at which their pages offer the same."""


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A client of a service with the small plan, revised once and measured once; nothing writes to it."""
    harness = ServiceHarness(tmp_path_factory.mktemp("fogli") / "piano.sqlite").on("2022-02-05")
    content = document()
    content["objectives"][1]["classifications"] = {"mission": "032"}
    harness.load(**content)
    harness.on("2022-07-05").measure(series=f"{PLAN}.incasso", period="2022-H1", text="67%", data_as_at="2022-06-30")
    harness.on("2022-10-03").revise(">= 66,915%", "2022-09-30")
    yield Client(harness)
    harness.store.close()


def sheet_at(client: Client, address: str) -> Worksheet:
    """The sheet at an address."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == XLSX
    return load_workbook(io.BytesIO(answer.content)).worksheets[0]


def rows_of(sheet: Worksheet) -> list[tuple[object, ...]]:
    """The heads and the rows of a sheet, without what stands above them."""
    rows = list(sheet.iter_rows(values_only=True))
    return rows[next(number for number, row in enumerate(rows) if all(row)) :]


@pytest.mark.parametrize("question", ASKED)
def test_a_question_gives_the_rows_of_its_page(client: Client, question: str) -> None:
    also = "&" if "?" in question else "?"
    page = f"{PAGE}{ASKED[question]}"
    rows = rows_of(sheet_at(client, f"{P}{question}{also}format=xlsx"))
    assert rows == rows_of(sheet_at(client, f"{page}{'&' if '?' in page else '?'}formato=xlsx"))
    assert len(rows) > 1


def test_the_changes_of_a_year_are_all_there_also_those_that_do_not_count(client: Client) -> None:
    answer = client.get(f"{P}/changes?year=2022").json()
    rows = rows_of(sheet_at(client, f"{P}/changes?year=2022&format=xlsx"))
    assert [row[0] for row in rows[1:]] == [change["version"] for change in answer["changes"]]


@pytest.mark.parametrize("path", ["objectives/a1", "indicators/incasso"])
def test_a_history_has_a_row_for_each_value(client: Client, path: str) -> None:
    sheet = sheet_at(client, f"{P}/{path}/history?format=xlsx")
    heads, *rows = rows_of(sheet)
    assert heads[:3] == ("evento", "in vigore dal", "che cosa")
    assert all(isinstance(row[1], datetime) and isinstance(row[8], datetime) for row in rows)
    if path.endswith("incasso"):
        assert (">= 70,34%", ">= 66,915%") in {row[4:6] for row in rows}
        assert "67%" in {row[5] for row in rows}


def test_a_sheet_is_made_to_be_printed_and_not_sent_twice(client: Client) -> None:
    address = f"{P}/scores?year=2022&format=xlsx&as_of=2022-12-31&known_at=2022-12-31"
    sheet = sheet_at(client, address)
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows
    first = client.get(address)
    again = client.get(address, **{"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(f"{P}/scores?year=2022&format=csv").status_code == 422
    assert client.get(f"{P}/scores?year=2022&format=json").json() == client.get(f"{P}/scores?year=2022").json()


def test_years_and_events_are_numbers_of_something_and_the_foot_says_dates_and_checkpoint(client: Client) -> None:
    sheet = sheet_at(client, f"{P}/indicators/incasso/history?format=xlsx&as_of=2022-12-31")
    head = next(row for row in sheet.iter_rows() if row[0].value == "evento")
    assert {row[0].number_format for row in sheet.iter_rows(min_row=head[0].row + 1)} == {"0"}
    assert sheet.title == "Chi l'ha fissato"
    assert sheet.cell(2, 1).value == "Chi l'ha fissato"
    foot = str(sheet.oddFooter.left.text)
    assert "In vigore al 31/12/2022 · noto al " in foot
    assert re.search(r"version[ei] [0-9, ]+ · (checkpoint n. [0-9]+ del .* · |nessun checkpoint)", foot)
    trail = rows_of(sheet_at(client, f"{P}/audit?format=xlsx"))
    assert not {"in_force", "withdrawn", "up", "down"} & {str(cell) for row in trail for cell in row}
